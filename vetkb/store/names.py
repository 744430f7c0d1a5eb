"""The labelled things of a dataset, by kind: what people may call by name."""

from __future__ import annotations

from collections.abc import Iterator

from vetkb.engine import Iri, Literal, RdfStore
from vetkb.graph.terms import RDFS_LABEL, Cv, Eli, Skos, Vk
from vetkb.store.text_index import Name

# the first kind that fits a thing is its kind
KINDS: tuple[tuple[Iri, str], ...] = (
    (Cv.PublicOrganisation, "agency"),
    (Vk.AgentGroup, "group"),
    (Vk.SectorTerm, "sector"),
    (Vk.UnresolvedParty, "party"),
    (Vk.Division, "division"),
    (Vk.OrganType, "organ"),
    (Vk.GroupKind, "group-kind"),
    (Eli.LegalResource, "document"),
    (Vk.Programme, "programme"),
    (Vk.Indicator, "indicator"),
    (Skos.Concept, "concept"),
)
_RELATIONS: tuple[tuple[Iri, bool], ...] = (
    (Skos.prefLabel, True),
    (RDFS_LABEL, True),
    (Eli.title, True),
    (Eli.id_local, False),
    (Skos.altLabel, False),
    (Skos.notation, False),
)


def names_of(rdf: RdfStore) -> Iterator[Name]:
    """Yield every label of every thing of a known kind."""
    kinds: dict[Iri, str] = {}
    for type_iri, kind in KINDS:
        for row in rdf.terms(f"SELECT ?thing {{ ?thing a <{type_iri}> }}"):
            if isinstance(row["thing"], Iri):
                kinds.setdefault(row["thing"], kind)
    seen: set[tuple[Iri, str, str | None]] = set()
    for relation, preferred in _RELATIONS:
        rows = rdf.terms(f"SELECT ?thing ?label {{ ?thing <{relation}> ?label }}")
        said = ((row["thing"], row["label"]) for row in rows)
        known = ((thing, text) for thing, text in said if isinstance(thing, Iri) and isinstance(text, Literal) and thing in kinds)
        # sorted here: the engine looks an IRI up at each comparison
        for thing, label in sorted(known, key=lambda found: (found[0], found[1].value, found[1].language or "")):
            key = (thing, label.value, label.language)
            if key not in seen:
                seen.add(key)
                yield Name(thing, label.value, kinds[thing], label.language, preferred)
