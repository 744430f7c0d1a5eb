"""Bytes of an RDF report → records, one a vk:Observation or vk:ProgressReport.

Read by the engine's parsers alone: no import, no remote context, no entity is ever followed. A node that names its
indicator or task but no class is read too. Blank nodes get names made of what they say (see resolve).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from vetkb.engine import Iri, Literal, Quad, Term, parse_rdf
from vetkb.errors import ReportError
from vetkb.graph.terms import BASE
from vetkb.reporting.cells import is_text
from vetkb.reporting.model import Limits, Record, Remark
from vetkb.text import Message

VK = f"{BASE}ns#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABELS = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://schema.org/name",
)
_FIGURE = ("indicator", "about", "area", "value", "unit", "from", "to")
_PROGRESS = ("task", "status", "date", "reporter")
_STATEMENTS_A_ROW = 40

Node = Mapping[str, Sequence[Term]]


def read_graph(data: bytes, syntax: str, source: str, limits: Limits) -> Iterator[Record | Remark]:
    """Yield the records of an RDF file; raises ReportError for one that is malformed or too large."""
    nodes: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    try:
        for count, quad in enumerate(parse_rdf(data, syntax)):
            if count >= limits.rows * _STATEMENTS_A_ROW:
                raise ReportError(f"more than {limits.rows * _STATEMENTS_A_ROW} statements; split the report")
            _keep(nodes, quad)
    except ReportError as error:
        raise ReportError(f"{source}: {error}") from None
    found = 0
    for subject, node in nodes.items():
        kinds = {str(t) for t in node[_TYPE]}
        if f"{VK}Observation" in kinds or node[f"{VK}indicator"]:
            columns: tuple[str, ...] = _FIGURE
        elif f"{VK}ProgressReport" in kinds or node[f"{VK}task"]:
            columns = _PROGRESS
        else:
            continue
        found += 1
        if found > limits.rows:
            raise ReportError(f"{source}: more than {limits.rows} observations; split the report")
        yield _record(Iri(subject), node, columns, nodes, source, limits)
    if not found:
        message = Message("其中没有 vk:Observation 或 vk:ProgressReport", "it has no vk:Observation and no vk:ProgressReport")
        yield Remark("VK-REPORT-EMPTY", "warning", message, source, None)


def _keep(nodes: dict[str, dict[str, list[Term]]], quad: Quad) -> None:
    values = nodes[quad.subject][quad.predicate]
    if quad.object not in values[:8]:
        values.append(quad.object)


def _record(
    subject: Iri, node: Node, columns: Sequence[str], nodes: Mapping[str, Node], source: str, limits: Limits
) -> Record | Remark:
    cells: dict[str, str] = {}
    for column in columns:
        values = node.get(VK + column, ())
        if len(values) > 1 and column != "indicator":
            message = Message(f"vk:{column} 有多个值，未读取", f"it has several values of vk:{column} and was not read")
            return Remark(
                "VK-REPORT-CELL", "error", message, source, None, column, None, None if subject.startswith("_:") else subject
            )
        if values:
            cells[column] = _plain(values[0])[: limits.cell]
    publisher = node.get("http://purl.org/dc/terms/publisher", ())
    if publisher and columns is _PROGRESS and "reporter" not in cells:
        cells["reporter"] = _plain(publisher[0])[: limits.cell]
    about = node.get(f"{VK}about", ())
    if about and isinstance(about[0], Iri) and about[0] in nodes:
        entity = nodes[about[0]]
        kinds = entity.get(f"{VK}entityType", ())
        if kinds:
            cells["about_type"] = _plain(kinds[0])
        areas = entity.get(f"{VK}area", ())
        if areas and "area" not in cells:
            cells["area"] = _plain(areas[0])
        labels = [value for label in _LABELS for value in entity.get(label, ())]
        if labels:
            cells["about_label"] = _plain(labels[0])[: limits.cell]
    return Record(None, cells, {c: f"vk:{c}" for c in cells}, subject)


def _plain(term: Term) -> str:
    text = term.value if isinstance(term, Literal) else str(term)
    return text if is_text(text) else "".join(c if is_text(c) else "�" for c in text)
