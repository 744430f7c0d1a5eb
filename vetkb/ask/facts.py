"""What a build says of its own nodes, looked up once: a build never changes, so neither does what it says.

A question asks the same of the same nodes again and again: the proof of a task, the headings above a sentence, the
names of a target. Those answers are kept, up to a bound; the queries that find what a question asks for are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Final

from vetkb.ask.sparql import written
from vetkb.engine import Iri, RdfStore, Value
from vetkb.graph.names import extraction_rule
from vetkb.graph.terms import PREFIXES

_MOST: Final = 100_000  # nodes and queries whose rows are kept; about 100 MB
_CLASSES: Final = """SELECT DISTINCT ?text {
  ?target prov:wasGeneratedBy %s ; vk:item ?row . ?cell dcterms:isPartOf ?row ; vk:text ?text . FILTER(STRLEN(?text) <= 8)
}"""
_Rows = tuple[dict[str, Value], ...]


class Facts:
    """节点事实 — The rows of queries about single nodes of one base, kept; any number of threads may ask."""

    def __init__(self, rdf: RdfStore) -> None:
        self._rdf = rdf
        self._known: dict[tuple[str, Iri], _Rows] = {}

    @cached_property
    def classes(self) -> frozenset[str]:
        """What the cells say that class the indicators of tables: 约束性, a field; read once, since few bases have any."""
        head = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("vk", "dcterms", "prov"))
        rule = written(extraction_rule("indicator-table"))
        return frozenset(str(row["text"]) for row in self._rdf.select(head + _CLASSES % rule).dicts())

    def rows(self, query: str, node: str, nodes: Iterable[Iri]) -> list[dict[str, Value]]:
        """Return the rows of a query about some nodes, in their order.

        `%s` in the query is where the VALUES of the variable `node` stand; the query must return that variable.
        """
        wanted = list(dict.fromkeys(nodes))
        kept = {one: self._known.get((query, one)) for one in wanted}
        missing = [one for one, rows in kept.items() if rows is None]
        found = self._ask(query, node, missing) if missing else {}
        if len(self._known) + len(found) > _MOST:
            self._known.clear()
        self._known.update({(query, one): rows for one, rows in found.items()})
        return [row for one in wanted for row in kept[one] or found.get(one, ())]

    def _ask(self, query: str, node: str, nodes: list[Iri]) -> dict[Iri, _Rows]:
        body = query % f"VALUES {node} {{ {' '.join(map(written, nodes))} }}"
        head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items() if f"{name}:" in body)
        grouped: dict[Iri, list[dict[str, Value]]] = {one: [] for one in nodes}
        for row in self._rdf.select(head + body).dicts():
            grouped[Iri(str(row[node[1:]]))].append(row)
        return {one: tuple(rows) for one, rows in grouped.items()}
