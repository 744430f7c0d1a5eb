"""Agencies, groups and sector words as nodes: what a document names, with its label and what it is.

What the text names in full (市财政局 in a document of Anyang) is the agency itself; a sector word or a group
gets a node of its own that rules can link; a name that no directory knows stays a name of its document.
"""

from __future__ import annotations

from vetkb.engine import Iri
from vetkb.graph import names
from vetkb.graph.directory import Directory
from vetkb.graph.terms import RDF_TYPE, Cv, Vk
from vetkb.graph.triples import Triples, boolean
from vetkb.model import Lexicon, Party


def party_iri(party: Party, division: str | None, document: Iri) -> Iri:
    """Return the node of a responsible party in a document issued in `division`."""
    own = division or names.NATION
    if party.group is not None:
        return names.group(own, party.group)
    if party.organ is not None:
        return names.agency(party.division, party.organ) if party.division is not None else names.sector(own, party.organ)
    return names.unresolved_party(document, party.surface.text)


def agency_name(organ: str, division: str, lexicon: Lexicon) -> str | None:
    """Return the full name of an agency (安阳市财政局), none where the lexicon does not say."""
    return Directory.of(lexicon).agency_label(organ, division)


def write_party(triples: Triples, party: Party, division: str | None, directory: Directory) -> Iri:
    """Write the agent that a party of a list is, and return its node."""
    node = party_iri(party, division, triples.document)
    surface = party.surface.text
    if party.group is not None:
        _write_group(triples, node, party.group, division, surface, directory)
    elif party.organ is not None and party.division is not None:
        _write_agency(triples, node, party.organ, party.division, surface, directory)
    elif party.organ is not None:
        _write_sector(triples, node, party.organ, division, surface, directory)
    else:
        _write_unresolved(triples, node, surface)
    return node


def write_named(triples: Triples, surface: str, division: str | None, directory: Directory) -> Iri:
    """Write the agent that a printed name is (issuer, addressee, sponsor), and return its node."""
    resolved = directory.resolve(surface, division)
    if resolved:
        node = names.agency(resolved[1], resolved[0])
        _write_agency(triples, node, *resolved, surface, directory)
        return node
    group = directory.group_named(surface)
    if group is not None:
        node = names.group(division or names.NATION, group)
        _write_group(triples, node, group, division, surface, directory)
        return node
    node = names.unresolved_party(triples.document, surface)
    _write_unresolved(triples, node, surface)
    return node


def _write_agency(triples: Triples, node: Iri, organ: str, division: str, surface: str, directory: Directory) -> None:
    if triples.first_time(node):
        triples.add(node, RDF_TYPE, Cv.PublicOrganisation)
        triples.add(node, Vk.organType, names.organ(organ))
        triples.add(node, Vk.division, names.division(division))
    triples.label(node, directory.agency_label(organ, division) or surface, surface)


def _write_sector(triples: Triples, node: Iri, organ: str, division: str | None, surface: str, directory: Directory) -> None:
    if triples.first_time(node):
        triples.add(node, RDF_TYPE, Vk.SectorTerm)
        triples.add(node, Vk.organType, names.organ(organ))
        if division is not None:
            triples.add(node, Vk.division, names.division(division))
    entry = directory.organs.get(organ)
    triples.label(node, entry.sectors[0] if entry and entry.sectors else surface, surface)


def _write_group(triples: Triples, node: Iri, group: str, division: str | None, surface: str, directory: Directory) -> None:
    entry = directory.groups.get(group)
    if triples.first_time(node):
        triples.add(node, RDF_TYPE, Vk.AgentGroup)
        triples.add(node, Vk.groupKind, names.group_kind(group))
        if division is not None:
            triples.add(node, Vk.division, names.division(division))
        if entry is not None:
            triples.add(node, Vk.membershipClosed, boolean(entry.closed))
    triples.label(node, entry.patterns[0] if entry and entry.patterns else surface, surface)


def _write_unresolved(triples: Triples, node: Iri, surface: str) -> None:
    if triples.first_time(node):
        triples.add(node, RDF_TYPE, Vk.UnresolvedParty)
        triples.label(node, surface, surface)
