"""A report + a base → the data graph: what was reported, the assumptions, and as much of the base as shapes look at.

Any SHACL engine that is given this graph and the shapes comes to the same results. Triples are made one after the other,
so that a large report is never held beside the store it goes into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from vetkb.engine import XSD, Iri, Literal, Quad, RdfStore, Value, parse_rdf, written
from vetkb.graph.terms import BASE, Vk
from vetkb.validate.model import ReportedData
from vetkb.validate.targets import PREFIXES

ASSUMPTIONS = Iri(f"{BASE}id/reported/assumptions")
_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_BROADER = Iri("http://www.w3.org/2004/02/skos/core#broader")
_REPORTED = f"{BASE}id/reported/"
_NEAR = (
    PREFIXES
    + """SELECT DISTINCT ?node ?relation ?value WHERE { ?node ?relation ?value
  FILTER(?relation IN (skos:broader, vk:unit, vk:ordinal, vk:divisionLevel) ||
         (?relation IN (skos:prefLabel, rdfs:label) && LANG(?value) != "en") ||
         (?relation = <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> && STRSTARTS(STR(?value), STR(vk:)))) }"""
)
_MOST_KEPT = 1 << 13


class Surroundings:
    """What a base says of the terms that reports name, and of what lies above them; kept for the next report."""

    def __init__(self, base: RdfStore) -> None:
        self._base = base
        self._near = lru_cache(_MOST_KEPT)(self._read)

    def of(self, named: Iterable[Iri]) -> Iterator[str]:
        """Yield class, label, unit and everything above the terms of the base among `named`, as N-Triples."""
        queue = sorted({n for n in named if n.startswith(BASE) and not n.startswith(_REPORTED)})
        seen = set(queue)
        for node in queue:
            text, above = self._near(node)
            yield text
            queue += [each for each in above if each not in seen]
            seen.update(above)

    def _read(self, node: Iri) -> tuple[str, tuple[Iri, ...]]:
        found = [(Iri(str(row["relation"])), row["value"]) for row in self._base.terms(_NEAR, {"node": node})]
        text = "".join([f"{written(node)} {written(relation)} {written(value)} .\n" for relation, value in found])
        return text, tuple(value for relation, value in found if relation == _BROADER and isinstance(value, Iri))


def data_graph(surroundings: Surroundings, reported: ReportedData, as_of: date, tolerance: Decimal) -> Iterator[str]:
    """Yield the triples that shapes are run over, as pieces of N-Triples.

    What a report says of the assumptions is left out: they are not its own.
    """
    assumptions = f"{written(ASSUMPTIONS)} "
    for piece in reported.lines():
        if not piece.startswith(assumptions):
            yield piece
    assumed = (
        (_TYPE, Vk.Assumptions),
        (Vk.asOf, Literal(as_of.isoformat(), Iri(f"{XSD}date"))),
        (Vk.tolerance, Literal(format(tolerance, "f"), Iri(f"{XSD}decimal"))),
    )
    for predicate, value in assumed:
        yield f"{assumptions}{written(predicate)} {written(value)} .\n"
    yield from surroundings.of(reported.named())


def quads_of(pieces: Iterable[str]) -> Iterator[Quad]:
    """Yield a data graph as quads, made when they are asked for."""
    yield from parse_rdf("".join(pieces).encode(), "ntriples")


@dataclass(frozen=True, slots=True)
class Said:
    """What data name and whom they are about: `named` are their indicators and tasks, `figures` the nodes of figures with
    whom each is about, `abouts` the label of whom or what each figure or progress report is about."""

    named: frozenset[Value]
    figures: Mapping[Value, Value]
    abouts: Mapping[Value, str]


def said_in(store: RdfStore) -> Said:
    """Return what a data graph names."""
    labels: dict[Value, str] = {}
    for who, label in store.select(_LABELS).rows:
        labels[who] = min(labels.get(who, str(label)), str(label))
    named: set[Value] = set()
    figures: dict[Value, Value] = {}
    abouts: dict[Value, str] = {}
    for node, indicator, task, who in store.select(_SAID).rows:
        named.add(task if indicator is None else indicator)
        about = task if indicator is None else who
        if indicator is not None:
            figures[node] = who
        if isinstance(about, Iri) and not about.startswith("_:"):
            name = labels.get(about, str(about))
            abouts[node] = min(abouts.get(node, name), name)
    return Said(frozenset(named), figures, abouts)


_SAID = (
    PREFIXES
    + """SELECT ?node ?indicator ?task ?who WHERE {
  { ?node vk:indicator ?indicator OPTIONAL { ?node vk:about ?who } } UNION { ?node vk:task ?task } }"""
)
# of the whole data, not of each figure: they are about few
_LABELS = PREFIXES + """SELECT ?who ?label WHERE { ?who rdfs:label|skos:prefLabel ?label FILTER(LANG(?label) != "en") }"""
