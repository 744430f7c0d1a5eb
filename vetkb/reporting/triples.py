"""Observations and progress reports → triples in the vocabulary of reports, with stable names and no blank nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from vetkb.engine import XSD, Iri, Literal, Quad, Term
from vetkb.graph.terms import BASE, Vk
from vetkb.reporting.model import Observation, ProgressReport
from vetkb.reporting.resolve import node_of

VK = f"{BASE}ns#"
_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_BROADER = Iri("http://www.w3.org/2004/02/skos/core#broader")
_LABEL = Iri("http://www.w3.org/2000/01/rdf-schema#label")

DCTERMS_PUBLISHER = "http://purl.org/dc/terms/publisher"
_STATUS = {"not_started": Vk.NotStarted, "in_progress": Vk.InProgress, "done": Vk.Done}

Report = TypeVar("Report", Observation, ProgressReport)


def with_nodes(reports: Iterable[Report]) -> list[Report]:
    """Give every report a node of its own. Nodes sent as IRIs stay; one that comes again is numbered."""
    taken: set[Iri] = set()
    counts: Counter[Iri] = Counter()
    named: list[Report] = []
    for report in reports:
        if report.node is not None and not report.node.startswith("_:"):
            node = report.node
        elif isinstance(report, Observation):
            one = report
            said = (one.indicator, one.about, one.about_type, one.area, one.value, one.unit, one.start, one.end)
            node = node_of("observation", lambda _: False, *said)
        else:
            node = node_of("progress", lambda _: False, report.task, report.status, report.date, report.reporter)
        counts[node] += 1
        if node in taken:
            node = Iri(f"{node}-{counts[node]}")
        taken.add(node)
        named.append(replace(report, node=node))
    return named


def to_quads(
    reports: Iterable[Observation | ProgressReport], broader: Mapping[str, Sequence[Iri]], graph: Iri | None = None
) -> tuple[Quad, ...]:
    """Return the triples of reports that have nodes, each once, and what lies above the types and divisions they name."""
    quads: dict[Quad, None] = {}
    for report in reports:
        if report.node is None:
            continue
        statements = _observation(report) if isinstance(report, Observation) else _progress(report)
        for subject, predicate, value in statements:
            quads[Quad(subject, Iri(predicate), value, graph)] = None
    queue = list(dict.fromkeys(q.object for q in quads if isinstance(q.object, Iri)))
    for node in queue:
        for above in broader.get(node, ()):
            quads[Quad(node, _BROADER, above, graph)] = None
            if above not in queue:
                queue.append(above)
    return tuple(quads)


def _observation(one: Observation) -> Iterator[tuple[Iri, str, Term]]:
    node = one.node or Iri("")
    yield node, _TYPE, Iri(f"{VK}Observation")
    yield node, f"{VK}indicator", one.indicator
    yield node, f"{VK}value", _decimal(one.value)
    if one.unit is not None:
        yield node, f"{VK}unit", Literal(one.unit)
    if one.start is not None:
        yield node, f"{VK}from", _date(one.start)
    if one.end is not None:
        yield node, f"{VK}to", _date(one.end)
    if one.area is not None:
        yield node, f"{VK}area", one.area
    if one.about is None:
        return
    yield node, f"{VK}about", one.about
    if one.about.startswith(f"{BASE}id/division/") or one.about == one.about_type:
        return
    yield one.about, _TYPE, Iri(f"{VK}Entity")
    if one.about_type is not None:
        yield one.about, f"{VK}entityType", one.about_type
    if one.about_label is not None:
        yield one.about, _LABEL, Literal(one.about_label)


def _progress(one: ProgressReport) -> Iterator[tuple[Iri, str, Term]]:
    node = one.node or Iri("")
    yield node, _TYPE, Iri(f"{VK}ProgressReport")
    yield node, f"{VK}task", one.task
    yield node, f"{VK}status", _STATUS[one.status]
    if one.date is not None:
        yield node, f"{VK}date", _date(one.date)
    if one.reporter is not None:
        yield node, DCTERMS_PUBLISHER, Literal(one.reporter)


def _decimal(value: Decimal) -> Literal:
    return Literal(format(value, "f"), Iri(f"{XSD}decimal"))


def _date(day: date) -> Literal:
    return Literal(day.isoformat(), Iri(f"{XSD}date"))
