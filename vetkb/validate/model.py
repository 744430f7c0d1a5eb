"""What a check says: results, states of targets and tasks, and the report that holds them.

Nothing of a SHACL engine is seen here. A missing figure is "not reported" and a date that lies ahead "not yet due":
neither is a violation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from vetkb.engine import Iri, Quad, write_rdf
from vetkb.text import Message
from vetkb.text import Severity as FindingSeverity

Severity = Literal["violation", "warning", "info"]
State = Literal["met", "violated", "not_reported", "not_yet_due"]

NOT_COMPARED = "VK-REPORT-NOT-COMPARED"  # the code of what is said of a figure that counts for no target
STATES: tuple[State, ...] = ("met", "violated", "not_reported", "not_yet_due")


@dataclass(frozen=True, slots=True)
class Clause:
    """条款出处 — Where a target or duty stands: the document's number, the item's path, the words."""

    document: str
    item: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """检查结果 — One thing that is not as it should be.

    `focus` is the node it is about, `actual` the value found, `shape` the shape that found it and `component` the kind of its
    constraint, `demand` the target or task of a document that asked for something else; `source` and `row` say where it was
    reported (the line of a CSV file, the row of a sheet or JSON list), `column` in which column.
    """

    severity: Severity
    message: Message
    focus: Iri | None = None
    about: str | None = None
    expected: str | None = None
    actual: Decimal | str | None = None
    clause: Clause | None = None
    shape: Iri | None = None
    component: Iri | None = None
    path: Iri | None = None
    demand: Iri | None = None
    source: str | None = None
    row: int | None = None
    column: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TargetState:
    """指标状态 — A target and how it stands; `also` lists other places of the document that state it too."""

    target: Iri
    indicator: Iri
    label: str
    state: State
    expected: str
    unit: str | None
    scope: str | None
    due: date | None
    clause: Clause
    also: tuple[Clause, ...] = ()
    observations: tuple[Iri, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskState:
    """任务状态 — A task and how it stands."""

    task: Iri
    ordinal: int | None
    label: str
    state: State
    due: date | None
    clause: Clause


@dataclass(frozen=True)
class Report:
    """检查报告 — All that a check of reported data came to, as of a day. `engines` names what ran the shapes."""

    as_of: date
    build: str | None
    tolerance: Decimal
    targets: tuple[TargetState, ...] = ()
    tasks: tuple[TaskState, ...] = ()
    results: tuple[ValidationResult, ...] = ()
    engines: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        return not any(r.severity == "violation" for r in self.results)

    @property
    def summary(self) -> dict[str, int]:
        """Return how many targets and tasks are in each state, and how many warnings there are."""
        found = [*(t.state for t in self.targets), *(t.state for t in self.tasks)]
        counts: dict[str, int] = {state: found.count(state) for state in STATES}
        counts["warnings"] = sum(r.severity == "warning" for r in self.results)
        return counts

    def render(self, format: str, language: str = "zh") -> str:  # noqa: A002 - as everywhere: --format
        """Return the report as text, json, turtle, csv, junit or html. Raises UsageError for another format."""
        return self.to_bytes(format, language).decode()

    def to_bytes(self, format: str, language: str = "zh") -> bytes:  # noqa: A002
        """Return the same in UTF-8: of a large report, the text would be held twice."""
        from vetkb.validate.formats import to_bytes

        return to_bytes(self, format, language)


# --- what is handed in: the room that reads reports lies beside this one, so its types are named by their form -------


class ReportedPlace(Protocol):
    """Where a node was reported."""

    @property
    def source(self) -> str: ...
    @property
    def row(self) -> int | None: ...


class ReadingRemark(Protocol):
    """What could not be read of a report."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> FindingSeverity: ...
    @property
    def message(self) -> Message: ...
    @property
    def source(self) -> str: ...
    @property
    def row(self) -> int | None: ...
    @property
    def column(self) -> str | None: ...
    @property
    def value(self) -> str | None: ...
    @property
    def focus(self) -> Iri | None: ...


class ReportedData(Protocol):
    """A report as it was read: N-Triples in pieces, one a node; what it names; where each node stood; and remarks."""

    def lines(self) -> Iterable[str]: ...
    def named(self) -> Iterable[Iri]: ...
    @property
    def places(self) -> Mapping[Iri, ReportedPlace]: ...
    @property
    def remarks(self) -> Sequence[ReadingRemark]: ...


@dataclass(frozen=True)
class Data:
    """Triples to check that come from no file, as `ReportedData`."""

    quads: tuple[Quad, ...] = ()
    places: Mapping[Iri, ReportedPlace] = field(default_factory=dict)
    remarks: tuple[ReadingRemark, ...] = ()

    def lines(self) -> Iterable[str]:
        return write_rdf(self.quads, "ntriples").decode().splitlines(keepends=True)

    def named(self) -> Iterable[Iri]:
        return (quad.object for quad in self.quads if isinstance(quad.object, Iri))
