"""Observations and progress reports → triples in the vocabulary of reports, with stable names and no blank nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from vetkb.engine import XSD, Iri, Literal, Quad, parse_rdf, written
from vetkb.graph.terms import BASE, Vk
from vetkb.reporting.model import Observation, Place, ProgressReport, Remark
from vetkb.reporting.resolve import named

_DIVISIONS = f"{BASE}id/division/"


def _predicate(iri: str) -> str:
    return f" {written(Iri(iri))} "


_TYPE = _predicate("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_BROADER = _predicate("http://www.w3.org/2004/02/skos/core#broader")
_LABEL = _predicate("http://www.w3.org/2000/01/rdf-schema#label")
_PUBLISHER = _predicate("http://purl.org/dc/terms/publisher")
_INDICATOR, _VALUE, _UNIT = _predicate(Vk.indicator), _predicate(Vk.value), _predicate(Vk.unit)
_FROM, _TO, _AREA, _ABOUT = _predicate(Vk.from_), _predicate(Vk.to), _predicate(Vk.area), _predicate(Vk.about)
_ENTITY_TYPE, _TASK, _IS, _ON = _predicate(Vk.entityType), _predicate(Vk.task), _predicate(Vk.status), _predicate(Vk.date)
_DECIMAL, _DATE = written(Iri(f"{XSD}decimal")), Iri(f"{XSD}date")
_OBSERVATION, _ENTITY, _REPORT = written(Vk.Observation), written(Vk.Entity), written(Vk.ProgressReport)
_STATUS = {"not_started": written(Vk.NotStarted), "in_progress": written(Vk.InProgress), "done": written(Vk.Done)}

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
        """Yield the same as triples."""
        return parse_rdf("".join(self.lines()).encode(), "ntriples")

    def lines(self) -> Iterator[str]:
        """Yield the same as N-Triples, a piece for what is said of a node, as it is asked for: it is never held twice.

        What is said of an entity comes once, and so does what lies above the types and divisions that are named.
        """
        told: set[object] = set()
        above: dict[Iri, None] = {}
        for one in self.observations:
            yield _observation(one)
            if one.about is not None and (one.about, one.about_type, one.about_label) not in told:
                told.add((one.about, one.about_type, one.about_label))
                yield _entity(one)
            for node in (one.indicator, one.about, one.about_type, one.area):
                if node is not None and node in self.broader:
                    above[node] = None
        for report in self.progress:
            yield _progress(report)
        queue = list(above)
        for node in queue:
            for each in self.broader.get(node, ()):
                yield _said(node, [_BROADER + written(each)])
                if each not in above:
                    above[each] = None
                    queue.append(each)

    def named(self) -> set[Iri]:
        """Return the indicators, tasks, types, divisions and entities that are named."""
        found = {node for one in self.observations for node in (one.indicator, one.about, one.about_type, one.area)}
        return {node for node in found if node is not None} | {report.task for report in self.progress}


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


def _said(node: Iri, said: Sequence[str]) -> str:
    subject = written(node)
    return "".join([f"{subject}{each} .\n" for each in said])


def _observation(one: Observation) -> str:
    said = [_TYPE + _OBSERVATION, _INDICATOR + written(one.indicator), f'{_VALUE}"{one.value:f}"^^{_DECIMAL}']
    if one.unit is not None:
        said.append(_UNIT + _text(one.unit))
    if one.start is not None:
        said.append(_FROM + _day(one.start))
    if one.end is not None:
        said.append(_TO + _day(one.end))
    if one.area is not None:
        said.append(_AREA + written(one.area))
    if one.about is not None:
        said.append(_ABOUT + written(one.about))
    return _said(one.node or Iri(""), said)


def _entity(one: Observation) -> str:
    """Return what a figure says of whom it is about; a division, or all of a kind, is no entity."""
    if one.about is None or one.about.startswith(_DIVISIONS) or one.about == one.about_type:
        return ""
    said = [_TYPE + _ENTITY]
    if one.about_type is not None:
        said.append(_ENTITY_TYPE + written(one.about_type))
    if one.about_label is not None:
        said.append(_LABEL + _text(one.about_label))
    return _said(one.about, said)


def _progress(one: ProgressReport) -> str:
    said = [_TYPE + _REPORT, _TASK + written(one.task), _IS + _STATUS[one.status]]
    if one.date is not None:
        said.append(_ON + _day(one.date))
    if one.reporter is not None:
        said.append(_PUBLISHER + _text(one.reporter))
    return _said(one.node or Iri(""), said)


@_kept
def _day(day: date) -> str:
    return written(Literal(day.isoformat(), _DATE))


@_kept
def _text(text: str) -> str:
    return written(Literal(text))
