"""Bytes of an RDF report → records, one a vk:Observation or vk:ProgressReport.

Read by the engine's parsers alone: no import, no remote context, no entity is ever followed. A node that names its
indicator or task but no class is read too. Blank nodes get names made of what they say (see resolve).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from vetkb.engine import Iri, Literal, Quad, Term, parse_rdf
from vetkb.errors import ReportError
from vetkb.graph.terms import BASE, Vk
from vetkb.reporting.cells import is_text
from vetkb.reporting.model import Limits, Record, Remark, refusal
from vetkb.text import Message

VK = f"{BASE}ns#"
_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LABELS = (
    Iri("http://www.w3.org/2000/01/rdf-schema#label"),
    Iri("http://www.w3.org/2004/02/skos/core#prefLabel"),
    Iri("http://schema.org/name"),
)
_PUBLISHER = Iri("http://purl.org/dc/terms/publisher")
_FIGURE = {c: Iri(f"{VK}{c}") for c in ("indicator", "about", "area", "value", "unit", "from", "to")}
_PROGRESS = {c: Iri(f"{VK}{c}") for c in ("task", "status", "date", "reporter")}
_HEADERS = {c: f"vk:{c}" for c in (*_FIGURE, *_PROGRESS)}
_KNOWN = frozenset((_TYPE, *_LABELS, _PUBLISHER, Vk.entityType, *_FIGURE.values(), *_PROGRESS.values()))
_OF_FEW = frozenset(f"{VK}{c}" for c in ("unit", "from", "to", "date"))  # whose values come again and again
_STATEMENTS_A_ROW = 20
_MOST_SAID = 400
_ENTITIES_KEPT = 1 << 10  # the figures of one body stand together

Node = Mapping[Term, Sequence[Term]]


def read_graph(data: bytes, syntax: str, source: str, limits: Limits) -> Iterator[Record | Remark]:
    """Yield the records of an RDF file; raises ReportError for one that is malformed or too large."""
    nodes = _Nodes()
    most = limits.rows * _STATEMENTS_A_ROW
    count = 0
    try:
        for quad in parse_rdf(data, syntax):
            count += 1
            if count > most:
                break
            nodes.keep(quad)
    except ReportError as error:
        raise refusal(source, f"不能按{syntax}读取", str(error)) from None
    if count > most:
        raise refusal(source, f"超过{most}条陈述，请分批报送", f"more than {most} statements; split the report")
    found = 0
    for subject in nodes:
        node = nodes.node(subject)
        kinds = node.get(_TYPE, ())
        if Vk.Observation in kinds or Vk.indicator in node:
            columns = _FIGURE
        elif Vk.ProgressReport in kinds or Vk.task in node:
            columns = _PROGRESS
        else:
            continue
        found += 1
        if found > limits.rows:
            raise refusal(source, f"超过{limits.rows}个报告值，请分批报送", f"more than {limits.rows} figures; split the report")
        yield _record(subject, node, columns, nodes, source, limits)
    if not found:
        message = Message("其中没有 vk:Observation 或 vk:ProgressReport", "it has no vk:Observation and no vk:ProgressReport")
        yield Remark("VK-REPORT-EMPTY", "warning", message, source, None)


class _Nodes:
    """What is said of each node, held flat: predicate, value, predicate, value … — a third of what mappings would take."""

    def __init__(self) -> None:
        self._said: dict[Iri, list[Term]] = defaultdict(list)
        self._terms: dict[Term, Term] = {}
        self.entity = lru_cache(_ENTITIES_KEPT)(self._entity)

    def keep(self, quad: Quad) -> None:
        """Keep a statement that a report can be made of; the first few hundred of a node."""
        if quad.predicate in _KNOWN:
            value, said = quad.object, self._said[quad.subject]
            if quad.predicate in _OF_FEW:
                value = self._terms.setdefault(value, value)
            if len(said) < _MOST_SAID:
                said += (quad.predicate, value)

    def __iter__(self) -> Iterator[Iri]:
        return iter(self._said)

    def node(self, subject: Iri) -> Node:
        """Return the values of each predicate, each once."""
        said = iter(self._said.get(subject, ()))
        node: dict[Term, list[Term]] = {}
        for predicate, value in zip(said, said, strict=True):
            values = node.get(predicate)
            if values is None:
                node[predicate] = [value]
            elif value not in values:
                values.append(value)
        return node

    def _entity(self, subject: Iri) -> dict[str, str]:
        """Return what is said of whom a figure is about, by column: kind, area, label."""
        node = self.node(subject)
        found = {"about_type": node.get(Vk.entityType, ()), "area": node.get(_FIGURE["area"], ())}
        found["about_label"] = [value for label in _LABELS for value in node.get(label, ())]
        return {column: _plain(values[0]) for column, values in found.items() if values}


def _record(subject: Iri, node: Node, columns: Mapping[str, Iri], nodes: _Nodes, source: str, limits: Limits) -> Record | Remark:
    cells: dict[str, str] = {}
    for column, predicate in columns.items():
        values = node.get(predicate)
        if values is None:
            continue
        if len(values) > 1 and column != "indicator":
            message = Message(f"vk:{column} 有多个值，未读取", f"it has several values of vk:{column} and was not read")
            return Remark(
                "VK-REPORT-CELL", "error", message, source, None, column, None, None if subject.startswith("_:") else subject
            )
        cells[column] = _plain(values[0])[: limits.cell]
    publisher = node.get(_PUBLISHER, ())
    if publisher and columns is _PROGRESS and "reporter" not in cells:
        cells["reporter"] = _plain(publisher[0])[: limits.cell]
    about = node.get(_FIGURE["about"], ())
    if about and isinstance(about[0], Iri):
        for column, said in nodes.entity(about[0]).items():
            cells.setdefault(column, said[: limits.cell])
    return Record(None, cells, _HEADERS, subject)


def _plain(term: Term) -> str:
    text = term.value if isinstance(term, Literal) else str(term)
    return text if is_text(text) else "".join(c if is_text(c) else "�" for c in text)
