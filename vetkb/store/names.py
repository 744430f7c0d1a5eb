"""The labelled things of a dataset, by kind: what people may call by name."""

from __future__ import annotations

from collections.abc import Iterator

from vetkb.engine import Iri, Literal, RdfStore
from vetkb.graph.terms import Cv, Eli, Skos, Vk
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
_QUERY = """
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?type ?thing ?label ?preferred {
  ?thing a ?type ; ?relation ?label .
  VALUES (?relation ?preferred) {
    (skos:prefLabel true) (rdfs:label true) (eli:title true) (eli:id_local false) (skos:altLabel false) (skos:notation false)
  }
} ORDER BY ?thing ?relation ?label
"""


def names_of(rdf: RdfStore) -> Iterator[Name]:
    """Yield every label of every thing of a known kind."""
    seen: set[tuple[Iri, str, str | None]] = set()
    for kind_iri, kind in KINDS:
        for row in rdf.terms(_QUERY, {"type": kind_iri}):
            thing, label = row["thing"], row["label"]
            if not isinstance(thing, Iri) or not isinstance(label, Literal):
                continue
            key = (thing, label.value, label.language)
            if key not in seen:
                seen.add(key)
                yield Name(thing, label.value, kind, label.language, row["preferred"] == _TRUE)


_TRUE = Literal("true", Iri("http://www.w3.org/2001/XMLSchema#boolean"))
