"""Agencies, groups and sector words as nodes: what a document names, with its label and what it is.

What the text names in full (市财政局 in a document of Anyang) is the agency itself; a sector word or a group
gets a node of its own that rules can link; a name that no directory knows stays a name of its document.
"""

from __future__ import annotations

import re

from vetkb.engine import Iri
from vetkb.extract.agencies import AgencyResolver, Resolution
from vetkb.extract.agencies import name as agency_name
from vetkb.graph import names
from vetkb.graph.terms import RDF_TYPE, Cv, Vk
from vetkb.graph.triples import Triples, boolean
from vetkb.model import Lexicon, Party

_SLOTS = re.compile("[{}…]")


def party_iri(party: Party | Resolution, surface: str, division: str | None, document: Iri) -> Iri:
    """Return the node of a party that a document issued in `division` prints as `surface`."""
    own = division or names.NATION
    if party.group is not None:
        return names.group(own, party.group)
    if party.organ is not None:
        return names.agency(party.division, party.organ) if party.division is not None else names.sector(own, party.organ)
    return names.unresolved_party(document, surface)


class Agents:
    """The agents that one document names, written as they are mentioned."""

    def __init__(self, triples: Triples, lexicon: Lexicon, resolver: AgencyResolver, division: str | None) -> None:
        self.division = division
        self.lexicon = lexicon
        self._triples = triples
        self._resolver = resolver
        self._organs = {organ.key: organ for organ in lexicon.organs}
        self._groups = {group.key: group for group in lexicon.groups}

    def write_named(self, surface: str) -> Iri:
        """Write the agent that a printed name is (issuer, addressee, sponsor), and return its node."""
        return self.write(self._resolver.resolve(surface), surface)

    def write_known(self, surface: str) -> Iri | None:
        """Write the agency, sector word or group that a printed name is; None where no directory knows it."""
        resolution = self._resolver.resolve(surface)
        return self.write(resolution, surface) if resolution.organ is not None or resolution.group is not None else None

    def write(self, party: Party | Resolution, surface: str) -> Iri:
        """Write the agent that a party is, and return its node."""
        node = party_iri(party, surface, self.division, self._triples.document)
        if party.group is not None:
            self._group(node, party.group, surface)
        elif party.organ is not None and party.division is not None:
            self._agency(node, party.organ, party.division, surface)
        elif party.organ is not None:
            self._sector(node, party.organ, surface)
        elif self._triples.first_time(node):
            self._triples.add(node, RDF_TYPE, Vk.UnresolvedParty)
            self._triples.label(node, surface, surface)
        return node

    def _agency(self, node: Iri, organ: str, division: str, surface: str) -> None:
        triples = self._triples
        if triples.first_time(node):
            triples.add(node, RDF_TYPE, Cv.PublicOrganisation)
            triples.add(node, Vk.organType, names.organ(organ))
            triples.add(node, Vk.division, names.division(division))
        triples.label(node, agency_name(organ, division, self.lexicon), surface)

    def _sector(self, node: Iri, organ: str, surface: str) -> None:
        triples = self._triples
        if triples.first_time(node):
            triples.add(node, RDF_TYPE, Vk.SectorTerm)
            triples.add(node, Vk.organType, names.organ(organ))
            self._write_own_division(node)
        entry = self._organs.get(organ)
        triples.label(node, entry.sectors[0] if entry and entry.sectors else None, surface)

    def _group(self, node: Iri, key: str, surface: str) -> None:
        triples = self._triples
        # A key may carry the words of its own group behind the kind: leading-group-members/职业教育攻坚工作领导小组.
        kind, _, words = key.partition("/")
        entry = self._groups.get(kind)
        if triples.first_time(node):
            triples.add(node, RDF_TYPE, Vk.AgentGroup)
            triples.add(node, Vk.groupKind, names.group_kind(kind))
            self._write_own_division(node)
            if entry is not None:
                triples.add(node, Vk.membershipClosed, boolean(entry.closed))
        plain = (pattern for pattern in (entry.patterns if entry else ()) if not _SLOTS.search(pattern))
        triples.label(node, None if words else next(plain, None), surface)

    def _write_own_division(self, node: Iri) -> None:
        if self.division is not None:
            self._triples.add(node, Vk.division, names.division(self.division))
