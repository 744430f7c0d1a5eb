"""Observations and progress reports → triples in the vocabulary of reports, with stable names and no blank nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from vetkb.engine import XSD, Iri, Literal, Quad
from vetkb.graph.terms import BASE, Vk
from vetkb.reporting.model import Observation, Place, ProgressReport, Remark
from vetkb.reporting.resolve import named

_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_BROADER = Iri("http://www.w3.org/2004/02/skos/core#broader")
_LABEL = Iri("http://www.w3.org/2000/01/rdf-schema#label")
_PUBLISHER = Iri("http://purl.org/dc/terms/publisher")
_DECIMAL, _DATE = Iri(f"{XSD}decimal"), Iri(f"{XSD}date")
_DIVISIONS = f"{BASE}id/division/"
_STATUS = {"not_started": Vk.NotStarted, "in_progress": Vk.InProgress, "done": Vk.Done}

_kept = lru_cache(1 << 10)  # the same units and days come again in row after row

Report: TypeAlias = Observation | ProgressReport


@dataclass(frozen=True, slots=True)
class Reported:
    """Everything that was read from the files of one report.

    `places` says for every node of a figure or progress report where it stood, `broader` what lies above types and divisions.
    """

    observations: tuple[Observation, ...]
    progress: tuple[ProgressReport, ...]
    remarks: tuple[Remark, ...]
    places: Mapping[Iri, Place]
    broader: Mapping[str, Sequence[Iri]] = field(default_factory=dict)

    def triples(self) -> Iterator[Quad]:
        """Yield the same as triples, made as they are asked for: a large report is never held twice.

        What is said of an entity comes once, and so does what lies above the types and divisions that are named.
        """
        told: set[object] = set()
        above: dict[Iri, None] = {}
        for one in self.observations:
            yield from _observation(one)
            if one.about is not None and (one.about, one.about_type, one.about_label) not in told:
                told.add((one.about, one.about_type, one.about_label))
                yield from _entity(one)
            for node in (one.indicator, one.about, one.about_type, one.area):
                if node is not None and node in self.broader:
                    above[node] = None
        for report in self.progress:
            yield from _progress(report)
        queue = list(above)
        for node in queue:
            for each in self.broader.get(node, ()):
                yield Quad(node, _BROADER, each)
                if each not in above:
                    above[each] = None
                    queue.append(each)


class Naming:
    """Gives every report a node of its own. Nodes sent as IRIs stay; one that comes again is numbered."""

    def __init__(self) -> None:
        self._taken: set[Iri] = set()
        self._counts: Counter[Iri] = Counter()

    def name(self, report: Report) -> Report:
        """Return a report that has a node no other one has."""
        node = report.node
        if node is None or node.startswith("_:"):
            node = _node_of(report)
        while node in self._taken:
            self._counts[node] += 1
            node = Iri(f"{node}-{self._counts[node] + 1}")
        self._taken.add(node)
        return report if node == report.node else replace(report, node=node)


def _node_of(report: Report) -> Iri:
    """Name a report by what it says."""
    if isinstance(report, ProgressReport):
        return named("progress", report.task, report.status, report.date, report.reporter)
    one = report
    return named("observation", one.indicator, one.about, one.about_type, one.area, one.value, one.unit, one.start, one.end)


def _observation(one: Observation) -> list[Quad]:
    node = one.node or Iri("")
    said = [
        Quad(node, _TYPE, Vk.Observation),
        Quad(node, Vk.indicator, one.indicator),
        Quad(node, Vk.value, Literal(format(one.value, "f"), _DECIMAL)),
    ]
    if one.unit is not None:
        said.append(Quad(node, Vk.unit, _text(one.unit)))
    if one.start is not None:
        said.append(Quad(node, Vk.from_, _day(one.start)))
    if one.end is not None:
        said.append(Quad(node, Vk.to, _day(one.end)))
    if one.area is not None:
        said.append(Quad(node, Vk.area, one.area))
    if one.about is not None:
        said.append(Quad(node, Vk.about, one.about))
    return said


def _entity(one: Observation) -> Iterator[Quad]:
    """Yield what a figure says of whom it is about; a division, or all of a kind, is no entity."""
    if one.about is None or one.about.startswith(_DIVISIONS) or one.about == one.about_type:
        return
    yield Quad(one.about, _TYPE, Vk.Entity)
    if one.about_type is not None:
        yield Quad(one.about, Vk.entityType, one.about_type)
    if one.about_label is not None:
        yield Quad(one.about, _LABEL, Literal(one.about_label))


def _progress(one: ProgressReport) -> Iterator[Quad]:
    node = one.node or Iri("")
    yield Quad(node, _TYPE, Vk.ProgressReport)
    yield Quad(node, Vk.task, one.task)
    yield Quad(node, Vk.status, _STATUS[one.status])
    if one.date is not None:
        yield Quad(node, Vk.date, _day(one.date))
    if one.reporter is not None:
        yield Quad(node, _PUBLISHER, Literal(one.reporter))


@_kept
def _day(day: date) -> Literal:
    return Literal(day.isoformat(), _DATE)


@_kept
def _text(text: str) -> Literal:
    return Literal(text)
