"""What a document asks, as plain data: the document, a bound for an indicator, a duty with its dates, a number set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from vetkb.engine import Iri
from vetkb.text import Message
from vetkb.validate.model import Clause

Reach = Literal["each", "whole", "parts", "one"]
"""Whose figures a bound holds: every member and the whole; the whole alone; each division below; each case by itself."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A document as far as a check needs it."""

    iri: Iri
    identifier: str
    issued: date | None
    division: Iri | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which figures count: those whose last day is `reaching` or later and whose first is `beginning` or earlier."""

    reaching: date | None
    beginning: date | None
    due: date | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """指标要求 — A bound set for an indicator, with every place that states it; the first names it.

    `soft`: the text does not insist (力争, 原则上), or gives no number (`qualitative`: 大体相当): who misses it is warned.
    `months` is the length of the figures that it is compared with, None where any will do. `levels` are those of the divisions
    that a number for each of them is for (每个县（市）: county, no district).
    `parts` are the indicators of the parts printed for it (其中…); `whole` tells that those parts make up all of it.
    """

    targets: tuple[Iri, ...]
    clauses: tuple[Clause, ...]
    items: tuple[Iri, ...]
    policy: Policy
    indicator: Iri
    label: str
    label_en: str | None
    comparator: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str | None
    role: str
    population: str | None
    population_concept: Iri | None
    of_persons: bool
    population_in_indicator: bool
    reach: Reach
    months: int | None
    windows: tuple[Window, ...]
    soft: bool = False
    qualitative: bool = False
    parts: tuple[Iri, ...] = ()
    whole: bool = False
    levels: tuple[str, ...] = ()

    @property
    def shape(self) -> Iri:
        return Iri(f"{self.targets[0]}__shape")

    @property
    def expected(self) -> str:
        """Return the bound in signs: `>= 12000 元`, `1–2 个`."""
        unit = f" {self.unit}" if self.unit else ""
        if self.comparator == "range":
            return f"{figure(self.low)}–{figure(self.high)}{unit}"
        sign = {"approx": "≈"}.get(self.comparator, self.comparator)
        return f"{sign} {figure(self.value)}{unit}"

    @property
    def due(self) -> date | None:
        days = [w.due for w in self.windows if w.due is not None]
        return min(days) if len(days) == len(self.windows) else None


@dataclass(frozen=True, slots=True)
class Duty:
    """任务要求 — A task and the day by which it is to be done, or from which it is to be going on.

    `reporters` are the names of the units that answer for it; empty where the text leaves the list open, since then any
    unit may be one of them. `kept_up` tells that it has no end: its last report must not be older than a year. `filed_by` is the
    day before which it, or a plan of it, is to be filed (报…备案), where that is another than the day by which it is to be done.
    """

    task: Iri
    ordinal: int | None
    label: str
    clause: Clause
    item: Iri
    policy: Policy
    by: date | None
    since: date | None
    kept_up: bool = False
    reporters: tuple[str, ...] = ()
    filed_by: date | None = None

    @property
    def shape(self) -> Iri:
        return Iri(f"{self.task}__shape")

    @property
    def due(self) -> date | None:
        return self.by or self.since


@dataclass(frozen=True, slots=True)
class SetAside:
    """不成要求 — A number or task of a document from which no shape was made, and why."""

    node: Iri
    label: str
    clause: Clause
    reason: str
    message: Message


@lru_cache(1 << 12)
def figure(value: Decimal | None) -> str:
    """Return a number without exponent and needless zeros.

    >>> figure(Decimal("1.50")), figure(Decimal("1E+3"))
    ('1.5', '1000')
    """
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
