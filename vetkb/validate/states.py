"""How each target and task stands: met, violated, not reported, or not yet due. By queries over the data graph.

A target is met where figures about it were reported and none is beyond its bound; what is only near it (within the
tolerance, more than was asked) leaves it met. Where the text does not insist (力争, 大体相当) to be beyond the bound is a
warning, and the target is not met all the same. A task is met by its last report by a unit that answers for it: done where
it had a date, going on or done where it only had a beginning or no date at all, and not older than a year where it is to be
kept up. What has no date and was not begun is not yet due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from vetkb.engine import Iri, RdfStore, Value
from vetkb.graph.terms import Vk
from vetkb.validate.duty_shapes import duty_checks
from vetkb.validate.model import State, TargetState, TaskState
from vetkb.validate.policy import Duty, Requirement
from vetkb.validate.shacl import Raw
from vetkb.validate.targets import PREFIXES

_PROGRESS = (
    PREFIXES
    + """SELECT ?task ?status ?date ?reporter WHERE {
  ?report vk:task ?task ; vk:status ?status ; vk:date ?date
  OPTIONAL { ?report <http://purl.org/dc/terms/publisher> ?reporter } }"""
)


def target_states(
    requirements: Iterable[Requirement], figures: Mapping[Iri, tuple[Iri, ...]], raws: Iterable[Raw], as_of: date
) -> tuple[TargetState, ...]:
    """Return the state of every requirement, from the figures about it and the results found."""
    found = {r.shape for r in raws}
    return tuple(
        _target_state(r, figures.get(shape, ()), f"{shape}_value" in found, as_of) for r in requirements for shape in (r.shape,)
    )


def _target_state(requirement: Requirement, figures: tuple[Iri, ...], violated: bool, as_of: date) -> TargetState:
    due = requirement.due
    state: State = "violated" if violated else "met" if figures else "not_reported"
    if due is not None and as_of < due:
        state = "not_yet_due"
    return TargetState(
        target=requirement.targets[0],
        indicator=requirement.indicator,
        label=requirement.label,
        state=state,
        expected=requirement.expected,
        unit=requirement.unit,
        scope=requirement.population,
        due=due,
        clause=requirement.clauses[0],
        also=requirement.clauses[1:],
        observations=figures,
    )


def task_states(store: RdfStore, duties: Sequence[Duty], raws: Iterable[Raw], as_of: date) -> tuple[TaskState, ...]:
    """Return the state of every task, from its progress reports up to the day and the results found."""
    violated = {r.shape for r in raws if r.severity == "violation"}
    reports: dict[Value, list[Progress]] = {}
    rows = list(store.select(_PROGRESS).dicts())
    for row in rows:
        if isinstance(row["date"], date) and row["date"] <= as_of:
            reporter = None if row["reporter"] is None else str(row["reporter"])
            reports.setdefault(row["task"], []).append((row["date"], row["status"], reporter))
    # only what was reported can be wrong, and most tasks are not
    reported = {row["task"] for row in rows} if violated else set()
    wrong = {d.shape for d in duties if d.task in reported and any(c.shape in violated for c in duty_checks(d))}
    return tuple(_task_state(d, reports.get(d.task, []), d.shape in wrong, as_of) for d in duties)


Progress = tuple[date, Value, str | None]


def _is_within_a_year(day: date, as_of: date) -> bool:
    """Compare as text: the 29th of February a year ago is a day that no calendar has."""
    return day.isoformat() >= f"{as_of.year - 1}{as_of.isoformat()[4:]}"


def _task_state(duty: Duty, reports: list[Progress], violated: bool, as_of: date) -> TaskState:
    state: State = "not_reported"
    due = duty.due
    if due is not None and as_of < due:
        state = "not_yet_due"
    elif violated:
        state = "violated"
    elif reports:
        counted = [(day, status) for day, status, by in reports if by is None or not duty.reporters or by in duty.reporters]
        last = max((day for day, _ in counted), default=date.min)
        statuses = {status for day, status in counted if day == last}
        enough = {Vk.Done} if duty.by else {Vk.Done, Vk.InProgress}
        fresh = not counted or not duty.kept_up or statuses == {Vk.Done} or _is_within_a_year(last, as_of)
        state = "met" if statuses and statuses <= enough and fresh else "not_reported"
        if due is None and Vk.NotStarted in statuses:
            state = "not_yet_due"
    return TaskState(duty.task, duty.ordinal, duty.label, state, due, duty.clause)
