"""The logical form of a question: what is wanted, and under which conditions.

    财政局负责但教育局不负责的任务有哪些？
    → Form("tasks", where=All((By(财政局), Not(By(教育局)))))

A form says nothing about SPARQL, and of the asker's words keeps only what answers repeat: two forms that differ in
those alone are equal. `vetkb.ask.makers` makes it, `vetkb.ask.sparql` runs it, `vetkb.ask.verbalise` puts it in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from vetkb.engine import Iri
from vetkb.model import Role

Want = Literal[
    "tasks",
    "agencies",
    "targets",
    "schedule",
    "document",
    "citations",
    "programmes",
    "passages",
    "pairs",
    "truth",
    "compare",
    "structure",
    "provisions",
    "due",
    "conflicts",
]
Extreme = Literal["most", "fewest"]
Relation = Literal["by", "before", "from", "during"]
Edge = Literal["start", "end", "either"]
Quality = Literal["continuous", "dated", "open", "recurring", "annex", "quantified"]
Bounds = Literal["floor", "ceiling", "approx", "range"]


@dataclass(frozen=True, slots=True)
class Named:
    """Things of the base that words of the question mean: `words` as typed, `label` as the base has it."""

    words: str = field(compare=False)
    label: str
    iris: tuple[Iri, ...]


@dataclass(frozen=True, slots=True)
class By:
    """A responsible party: any of the agencies; `first` where it must stand first in its list."""

    who: Named
    role: Role | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class OnlyBy:
    """A party that answers alone: no other in the list, and the list closed."""

    who: Named
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """How many parties a list has: exactly, at least or at most `number`; open lists have at least what they name."""

    comparator: Literal["=", ">=", "<=", ">", "<"]
    number: int


@dataclass(frozen=True, slots=True)
class AtLevel:
    """A party of a level of government: national, provincial, municipal, county."""

    level: str


@dataclass(frozen=True, slots=True)
class InSection:
    """The printed number of a section, or of a group of the task table in the annex; `words` as typed.

    `heading` is what a question says of it beside its number: both must mean the same.
    """

    number: int
    words: str = field(compare=False)
    annex: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The printed number of a task; `tasks` are those that have it, none before it is looked up."""

    ordinal: int
    tasks: tuple[Iri, ...] | None = None


@dataclass(frozen=True, slots=True)
class About:
    """A description in the words of the asker; `vetkb.ask.describe` finds what it describes.

    `bare`: no word beside it (方面, 关于) says that it is a topic; `own`: the text itself must hold it (提到).
    """

    words: str
    bare: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Among:
    """One of the things that a description was found to mean."""

    label: str
    iris: tuple[Iri, ...]
    within: Literal["task", "group", "target", "assignment"] = "task"


@dataclass(frozen=True, slots=True)
class Timed:
    """A date or period that something is due by, before, from or in; `edge`: what does, its start, its end or either."""

    relation: Relation
    earliest: date
    latest: date
    words: str = field(compare=False)
    edge: Edge = "either"

    def in_its_year(self) -> Timed:
        """Hold what is due before or by a day to its year: what was due in 2019 is no answer to what is due by 2030."""
        if self.relation not in ("before", "by"):
            return self
        edge: Edge = "end" if self.relation == "by" else self.edge
        return replace(self, relation="during", earliest=date(self.latest.year, 1, 1), edge=edge)


@dataclass(frozen=True, slots=True)
class Being:
    """A quality: goes on, has a date, has an open list, recurs, stands in the annex, has a number."""

    quality: Quality


@dataclass(frozen=True, slots=True)
class Bounded:
    """A target that is a floor, a ceiling, about a number, a range."""

    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Within:
    """Documents that were named."""

    documents: Named


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


@dataclass(frozen=True, slots=True)
class All:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """Several parties joined by 和 alone: together, or each for itself? A question with one is not answered.

    `denied`: what is asked is that they are not.
    """

    parties: tuple[By, ...]
    denied: bool = False


Condition: TypeAlias = (
    By
    | OnlyBy
    | Unclear
    | Units
    | AtLevel
    | InSection
    | Numbered
    | About
    | Among
    | Timed
    | Being
    | Bounded
    | Within
    | Not
    | All
    | Any
)


@dataclass(frozen=True, slots=True)
class Form:
    """逻辑形式 — What is wanted, under which conditions, counted or ranked how.

    `field` names one of a document's data or the unit of a number, `level` the level of a cited document's issuer or of
    the parties that are ranked; `rank` 2 asks for the second most, `first` 3 for the three with most; `without` are
    parties that are known already (除了…还有谁); `than` is whom the party is compared with, and `most` whether it should
    have more.
    """

    want: Want
    where: All = All(())
    count: bool = False
    extreme: Extreme | None = None
    field: str | None = None
    level: str | None = None
    role: Role | None = None
    rank: int = 1
    without: Condition | None = None
    than: By | None = None
    most: bool = True
    first: int = 1


def conditions(condition: Condition) -> tuple[Condition, ...]:
    """Return a condition and all that it is made of."""
    inner: tuple[Condition, ...] = ()
    if isinstance(condition, Not):
        inner = (condition.condition,)
    elif isinstance(condition, (All, Any)):
        inner = condition.conditions
    return (condition, *(found for part in inner for found in conditions(part)))


def replaced(condition: Condition, changes: Mapping[Condition, Condition]) -> Condition:
    """Return a condition with some of its parts exchanged for others."""
    if condition in changes:
        return changes[condition]
    if isinstance(condition, Not):
        return Not(replaced(condition.condition, changes))
    if isinstance(condition, (All, Any)):
        return type(condition)(tuple(replaced(part, changes) for part in condition.conditions))
    return condition


def canonical(form: Form) -> Form:
    """Return a form in which conditions that mean the same stand in the same way: conjuncts flat, once each, in one order.

    财政局负责且持续实施 and 持续实施且财政局负责 are one form then.
    """
    where = _canonical(form.where)
    without = _canonical(form.without) if form.without is not None else None
    return replace(form, where=where if isinstance(where, All) else All((where,)), without=without)


def _canonical(condition: Condition) -> Condition:
    if isinstance(condition, Not):
        return Not(_canonical(condition.condition))
    if not isinstance(condition, (All, Any)):
        return condition
    flat: list[Condition] = []
    for part in map(_canonical, condition.conditions):
        flat += part.conditions if isinstance(part, type(condition)) else (part,)
    parts = sorted(dict.fromkeys(flat), key=_order)
    return parts[0] if len(parts) == 1 else type(condition)(tuple(parts))


def _order(value: object) -> str:
    """Return what a part of a form is put in order by: all that it is compared by."""
    if isinstance(value, tuple):
        return "".join(map(_order, value))
    if not is_dataclass(value):
        return f"{value!r} "
    return type(value).__name__ + "".join(_order(getattr(value, one.name)) for one in fields(value) if one.compare)
