"""What other systems report, in plain Python: figures, progress of tasks, and remarks about what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from vetkb.engine import Iri
from vetkb.errors import ReportError
from vetkb.text import Message, Severity

Status = Literal["not_started", "in_progress", "done"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a file is refused: bytes (`size`; `graph` for the RDF syntaxes that are read as they come),
    `rows` of a table or figures of a graph, characters of a `cell`."""

    size: int = 32 * 1024 * 1024
    graph: int = 256 * 1024 * 1024
    rows: int = 200_000
    cell: int = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was reported: the file, and the line or row in it (from 1; None in RDF)."""

    source: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with one cell or row of reported data; collected, never raised.

    `column` is the name of the column as printed, `focus` the node of an RDF report, `value` what stood there.
    """

    code: str
    severity: Severity
    message: Message
    source: str
    row: int | None
    column: str | None = None
    value: str | None = None
    focus: Iri | None = None


def refusal(source: str, zh: str, en: str) -> ReportError:
    """Return what says in both languages, on one line, why a file is not read at all."""
    return ReportError(f"{source}: {en}（{zh}）")


def too_many_rows(source: str, limits: Limits) -> ReportError:
    """Return what says that a report has more rows than are read."""
    zh, en = f"超过{limits.rows}行，请分批报送", f"more than {limits.rows} rows; split the report and send the parts one by one"
    return refusal(source, zh, en)


@dataclass(frozen=True, slots=True)
class Record:
    """One row as sent: cells under the canonical names of columns. `headers` has the names as printed."""

    row: int | None
    cells: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    node: Iri | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """报告值 — A reported figure: of what (indicator), about whom, where, how much, and for which days (both included)."""

    indicator: Iri
    about: Iri | None
    about_type: Iri | None
    area: Iri | None
    value: Decimal
    unit: str | None
    start: date | None
    end: date | None
    row: int | None
    about_label: str | None = None
    node: Iri | None = None


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """进展报告 — How far a task has come on a day."""

    task: Iri
    status: Status
    date: date | None
    reporter: str | None
    row: int | None
    node: Iri | None = None
