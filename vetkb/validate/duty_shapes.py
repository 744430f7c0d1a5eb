"""Duties → SHACL: done by its date or begun by the day from which it goes on, kept up, reported by who answers for it.

As in `shapes`: each query is complete in itself and reads the as-of date from the data (vk:Assumptions).
"""

from __future__ import annotations

from vetkb.engine import Iri
from vetkb.graph.terms import BASE
from vetkb.validate.policy import Duty
from vetkb.validate.shapes import Check, quoted, shortened

STATUS = Iri(f"{BASE}ns#status")

_AS_OF = "OPTIONAL { ?assumptions a vk:Assumptions ; vk:asOf ?asOf }"
_A_YEAR_BEFORE = "CONCAT(STR(xsd:integer(SUBSTR(STR(?asOf), 1, 4)) - 1), SUBSTR(STR(?asOf), 5))"


def reports(duty: Duty) -> str:
    """Return the pattern of the reports that count for a duty: up to the as-of date, by a unit that answers for it."""
    lines = [
        f"$this vk:task <{duty.task}> ; $PATH ?value ; vk:date ?date .",
        _AS_OF,
        "OPTIONAL { $this dcterms:publisher ?reporter }",
        "FILTER (?date <= COALESCE(?asOf, ?date))",
    ]
    if duty.reporters:
        lines.append(f"FILTER (!BOUND(?reporter) || STR(?reporter) IN ({_names(duty)}))")
    return "\n    ".join(lines)


def duty_checks(duty: Duty) -> tuple[Check, ...]:
    """Return the constraints of a task."""
    checks = [] if duty.due is None else [_status(duty), *([_late(duty)] if duty.by else [])]
    if duty.filed_by is not None:
        checks.append(_unfiled(duty))
    if duty.kept_up:
        checks.append(_stale(duty))
    if duty.reporters:
        checks.append(_reporter(duty))
    return tuple(checks)


def _status(duty: Duty) -> Check:
    wrong = "?value != vk:Done" if duty.by else "?value = vk:NotStarted"
    later = f"""FILTER NOT EXISTS {{ ?later vk:task <{duty.task}> ; vk:date ?on .
      OPTIONAL {{ ?later dcterms:publisher ?by }}
      FILTER (?on > ?date && ?on <= COALESCE(?asOf, ?on) && COALESCE(STR(?by), "") = COALESCE(STR(?reporter), "")) }}"""
    select = _select(duty, f'FILTER (?date >= "{duty.due}"^^xsd:date && {wrong})', later)
    what_zh, what_en = (
        (f"应于{duty.due}前完成", f"was due by {duty.due}")
        if duty.by
        else (f"应自{duty.due}起实施", f"was to be going on from {duty.due}")
    )
    zh, en = _told(duty, f"{what_zh}，所报状态不符", f"{what_en}; the reported status is another")
    return Check(Iri(f"{duty.shape}_status"), STATUS, "violation", select, zh, en)


def _late(duty: Duty) -> Check:
    """Done, but said so only after the day: whether it was done in time, the report does not say."""
    earlier = f"FILTER NOT EXISTS {{ ?earlier vk:task <{duty.task}> ; vk:status vk:Done ; vk:date ?on . FILTER (?on < ?date) }}"
    select = _select(duty, f'FILTER (?date > "{duty.due}"^^xsd:date && ?value = vk:Done)', earlier)
    zh, en = _told(duty, f"应于{duty.due}前完成，此后才报告完成", f"was due by {duty.due} and was reported as done only later")
    return Check(Iri(f"{duty.shape}_late"), STATUS, "warning", select, zh, en)


def _unfiled(duty: Duty) -> Check:
    """What is reported after the day on which it was to be filed, and nothing of it before."""
    day = f'"{duty.filed_by}"^^xsd:date'
    filed = f"""FILTER NOT EXISTS {{ ?filed vk:task <{duty.task}> ; vk:status ?state ; vk:date ?on .
      FILTER (?on <= {day} && ?state != vk:NotStarted) }}"""
    select = _select(duty, f"FILTER (?date > {day})", filed)
    zh, en = _told(
        duty,
        f"应于{duty.filed_by}前报送或备案，此前没有报告",
        f"was to be filed by {duty.filed_by}; nothing was reported by then",
    )
    return Check(Iri(f"{duty.shape}_filed"), STATUS, "warning", select, zh, en)


def _stale(duty: Duty) -> Check:
    """The last report on what goes on is more than a year old."""
    later = f"FILTER NOT EXISTS {{ ?later vk:task <{duty.task}> ; vk:date ?on . FILTER (?on > ?date && ?on <= ?asOf) }}"
    select = _select(duty, f"FILTER (?value != vk:Done && STR(?date) < {_A_YEAR_BEFORE})", later)
    zh, en = _told(duty, "应持续实施，最近一次报告已超过一年", "is to be kept up; the last report is more than a year old")
    return Check(Iri(f"{duty.shape}_stale"), STATUS, "warning", select, zh, en)


def _reporter(duty: Duty) -> Check:
    select = f"""SELECT DISTINCT $this ?value WHERE {{
    $this vk:task <{duty.task}> ; $PATH ?value .
    FILTER (STR(?value) NOT IN ({_names(duty)}))
  }}"""
    zh, en = _told(duty, "报告单位“{?value}”不是负责单位，未计入", "“{?value}” does not answer for it and was not counted")
    return Check(Iri(f"{duty.shape}_reporter"), Iri("http://purl.org/dc/terms/publisher"), "warning", select, zh, en)


def _select(duty: Duty, *filters: str) -> str:
    lines = "\n    ".join((reports(duty), *filters))
    return f"SELECT DISTINCT $this ?value WHERE {{\n    {lines}\n  }}"


def _names(duty: Duty) -> str:
    return ", ".join(quoted(name) for name in duty.reporters)


def _told(duty: Duty, zh: str, en: str) -> tuple[str, str]:
    clause, label = duty.clause, shortened(duty.label)
    number = f"第{duty.ordinal}项任务" if duty.ordinal is not None else "任务"
    number_en = f"task {duty.ordinal}" if duty.ordinal is not None else "task"
    return (
        f"{duty.policy.identifier} {clause.item or ''}：{number}“{label}”{zh}。",
        f"{duty.policy.identifier}, {clause.item or 'text'}: {number_en} “{label}” {en}.",
    )
