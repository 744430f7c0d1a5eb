"""行政区划 — The divisions of the lexicon as triples: what rules need to know which counties a city has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vetkb.engine import Iri, Literal, Quad
from vetkb.graph import names
from vetkb.graph.terms import RDF_TYPE, Skos, Vk
from vetkb.graph.triples import chinese
from vetkb.model import Division


def division_quads(divisions: Iterable[Division], graph: Iri) -> Iterator[Quad]:
    """Yield code, names, level and superior of each division."""
    for division in divisions:
        node = names.division(division.code)
        yield Quad(node, RDF_TYPE, Vk.Division, graph)
        yield Quad(node, Skos.notation, Literal(division.code), graph)
        yield Quad(node, Skos.prefLabel, chinese(division.name), graph)
        yield from (Quad(node, Skos.altLabel, chinese(short), graph) for short in division.short)
        yield Quad(node, Vk.divisionLevel, Literal(division.level), graph)
        if division.parent is not None:
            yield Quad(node, Skos.broader, names.division(division.parent), graph)
