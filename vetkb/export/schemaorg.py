"""A document of the base → schema.org Legislation (JSON-LD), as search engines and data portals read it.

The properties are those that schema.org took over from ELI. What the graph does not say is left out, never guessed: whether a
document is in force is only stated where the text lays down from and until when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from vetkb.engine import Iri, Value
from vetkb.store import Store

_PREFIXES: Final = """
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX vk: <https://w3id.org/vetkb/ns#>
"""
_ABOUT: Final = """
SELECT ?document ?identifier ?title ?genre ?issued ?from ?to ?division ?place WHERE {
  ?document eli:is_realized_by ?text
  OPTIONAL { ?document eli:id_local ?identifier }
  OPTIONAL { ?document eli:title ?title }
  OPTIONAL { ?document eli:type_document/skos:prefLabel ?genre FILTER(LANG(?genre) = "zh") }
  OPTIONAL { ?document eli:date_document ?issued }
  OPTIONAL { ?document eli:first_date_entry_in_force ?from }
  OPTIONAL { ?document eli:date_no_longer_in_force ?to }
  OPTIONAL { ?document vk:division ?division . ?division skos:prefLabel ?place }
} ORDER BY ?title ?genre ?from ?to LIMIT 1"""
_AGENTS: Final = """
SELECT DISTINCT ?document ?relation ?agent ?name WHERE {
  VALUES ?relation { eli:passed_by eli:responsibility_of_agent vk:addressee }
  ?document ?relation ?agent . ?agent skos:prefLabel ?name
} ORDER BY ?relation ?agent ?name"""
_LINKS: Final = """
SELECT DISTINCT ?document ?relation ?other ?identifier ?title WHERE {
  VALUES ?relation { eli:cites eli:implements eli:repeals eli:amends }
  ?document ?relation ?other
  OPTIONAL { ?other eli:id_local ?identifier }
  OPTIONAL { ?other eli:title ?title }
} ORDER BY ?relation ?other ?identifier ?title"""
_PARTS: Final = """
SELECT ?document ?part ?above ?label ?heading WHERE {
  ?part a vk:Item ; vk:inDocument ?document ; vk:order ?order ; vk:label ?label ; vk:heading ?heading ; eli:is_part_of ?above
} ORDER BY ?order ?part"""
_ROLES: Final = {"passed_by": "legislationPassedBy", "responsibility_of_agent": "legislationResponsible", "addressee": "audience"}
_RELATIONS: Final = {
    "cites": "citation",
    "implements": "legislationApplies",
    "repeals": "legislationRepeals",
    "amends": "legislationChanges",
}


def to_schemaorg(store: Store, documents: Sequence[Iri]) -> bytes:
    """Return one document as an object, several as a graph, in JSON-LD."""
    described = [_legislation(store, document) for document in documents]
    context = {"@context": "https://schema.org"}
    content = context | (described[0] if len(described) == 1 else {"@graph": described})
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _legislation(store: Store, document: Iri) -> dict[str, Any]:
    def rows(query: str) -> list[dict[str, Value]]:
        return store.rdf.select(_PREFIXES + query, {"document": document}).dicts()

    about = rows(_ABOUT)[0]
    found: dict[str, Any] = {
        "@type": "Legislation",
        "@id": str(document),
        "name": _text(about["title"]),
        "legislationIdentifier": _text(about["identifier"]),
        "legislationType": _text(about["genre"]),
        "legislationDate": _text(about["issued"]),
        "inLanguage": "zh-CN",
        "temporalCoverage": _period(about),
        "legislationJurisdiction": _area(about),
    }
    for row in rows(_AGENTS):
        agent = {"@type": "Audience" if _local(row["relation"]) == "addressee" else "GovernmentOrganization"}
        found.setdefault(_ROLES[_local(row["relation"])], []).append(
            agent | {"@id": _text(row["agent"]), "name": _text(row["name"])}
        )
    for row in rows(_LINKS):
        other = {"@type": "Legislation", "@id": _text(row["other"])}
        named = {"legislationIdentifier": _text(row["identifier"]), "name": _text(row["title"])}
        found.setdefault(_RELATIONS[_local(row["relation"])], []).append(other | {k: v for k, v in named.items() if v})
    found["hasPart"] = _parts(rows(_PARTS))
    return {key: value for key, value in found.items() if value}


def _parts(rows: list[dict[str, Value]]) -> list[dict[str, Any]]:
    """Nest the clauses under those they are part of."""
    nodes: dict[str, dict[str, Any]] = {}
    for row in rows:
        label, heading = _text(row["label"]) or "", _text(row["heading"]) or ""
        node = {"@type": "Legislation", "@id": _text(row["part"]), "name": (label + heading) or None}
        nodes[str(row["part"])] = {key: value for key, value in node.items() if value}
    top: list[dict[str, Any]] = []
    for row in rows:
        above = nodes.get(str(row["above"]))
        (above.setdefault("hasPart", []) if above is not None else top).append(nodes[str(row["part"])])
    return top


def _period(about: Mapping[str, Value]) -> str | None:
    """Return an ISO 8601 interval, open where the text does not say."""
    start, end = _text(about["from"]), _text(about["to"])
    return f"{start or '..'}/{end or '..'}" if start or end else None


def _area(about: Mapping[str, Value]) -> dict[str, Any] | None:
    if about["division"] is None:
        return None
    return {"@type": "AdministrativeArea", "@id": _text(about["division"]), "name": _text(about["place"])}


def _local(iri: Value) -> str:
    return str(iri).rpartition("#")[2]


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
