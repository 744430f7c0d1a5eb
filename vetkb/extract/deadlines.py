"""时限 — Dates and periods by, from or during which something is to be done.

“到N年”, “N年底前” → by the last day; “N年前” → by the last day before it; “N年起” → from its first day; “A—B年” → during;
每年 → recurring; N年内, 三到五年时间 → relative, without dates. School terms follow a calendar that is handed in and
are marked as assumed. Left out: the days from which the document itself is in force (see effects), dates of cited
documents, and what is over on the day of issue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from vetkb.extract.deadline_phrases import ANY_YEAR, find_deadline_phrases
from vetkb.extract.passages import PARTY_COLUMNS, readings
from vetkb.extract.phrases import Phrase
from vetkb.model import DateBasis, Deadline, DeadlineKind, Document, Lexicon
from vetkb.text import Finding, Message, Source
from vetkb.zh.dates import make_date, parse_count, parse_period, parse_year, plan_years

_RECURRENCE = {"年": ("P", "Y"), "年度": ("P", "Y"), "学年": ("P", "Y"), "月": ("P", "M"), "周": ("P", "W"), "星期": ("P", "W")}
_REACH = 300  # characters behind a bare year in which a level to reach makes it a date to reach it by
_LEVEL = re.compile(r"达到|提高到|提高至|提升到|提升至|增加到|保持在|稳定在|控制在|[0-9０-９][%％]|以上|不低于|超过|突破")


@dataclass(frozen=True, slots=True)
class _When:
    """What a phrase says, before it is placed in the document."""

    kind: DeadlineKind
    earliest: date | None = None
    latest: date | None = None
    basis: DateBasis = "stated"
    recurrence: str | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    """What a date that leaves something out is read against: the day of issue, the term calendar, the year before it."""

    issued: date | None
    calendar: dict[str, str]
    year: int | None = None
    recurring: bool = False


def extract_deadlines(document: Document, source: Source, lexicon: Lexicon) -> tuple[tuple[Deadline, ...], tuple[Finding, ...]]:
    """Return the deadlines of a document in text order, and findings about dates that cannot be read.

    Headings are read too; cells that list parties are not.
    """
    issued = document.issued.value if document.issued is not None else None
    found: list[Deadline] = []
    findings: list[Finding] = []
    for reading in readings(document, source, PARTY_COLUMNS):
        context = _Context(issued, dict(lexicon.calendar))
        for phrase in find_deadline_phrases(reading.text):
            when = _read(phrase, context, reading.text)
            quote = reading.quote(source, phrase.start, phrase.end)
            if when is None:
                if phrase.rule != "bare-period":
                    message = Message(f"日期无法解读：{quote.text}", f"date not understood: {quote.text}")
                    findings.append(Finding("VK-DEADLINE-UNREAD", "warning", message, quote.span))
                continue
            known = when.latest or when.earliest
            year = known.year if known else context.year
            context = _Context(issued, context.calendar, year, when.kind == "recurring")
            if not _is_over(when, issued):
                found.append(
                    Deadline(reading.item, quote, when.kind, when.earliest, when.latest, when.basis, when.recurrence, phrase.rule)
                )
    return tuple(found), tuple(findings)


def _is_over(when: _When, issued: date | None) -> bool:
    """Tell what was over on the day of issue: a fact, not a deadline."""
    if issued is None or when.kind in ("from", "recurring", "relative"):
        return False
    return when.latest is not None and when.latest < issued


def _read(phrase: Phrase, context: _Context, text: str) -> _When | None:
    groups = phrase.match.groupdict()
    rule = phrase.rule
    if rule.startswith("relative"):
        return _When("relative")
    if rule.startswith("recurring"):
        return _recurring(groups)
    if rule.startswith("period-of"):
        return _period(groups, rule)
    if rule.endswith("school-term"):
        return _school_term(groups, context, before=rule.startswith("before"))
    if rule.endswith("plan-period"):
        return _plan(groups["plan"], end=rule.startswith("end"))
    if rule in ("by-end", "by-end-before"):
        return _by_end(groups, context)
    return _by_period(groups["period"], rule, context, text, phrase)


def _recurring(groups: dict[str, str | None]) -> _When | None:
    unit, number = groups["unit"] or "年", (groups.get("n") or "").removeprefix("隔").removesuffix("个")
    if number == "半":
        return _When("recurring", recurrence="P6M" if unit in ("年", "年度") else None)
    count = parse_count(number) if number else 1
    if count is None:
        return None
    if unit in ("季度", "季"):
        return _When("recurring", recurrence=f"P{3 * count}M")
    if unit == "学期":
        return _When("recurring", recurrence=f"P{6 * count}M", basis="assumed")
    head, tail = _RECURRENCE[unit]
    return _When("recurring", recurrence=f"{head}{count}{tail}")


def _period(groups: dict[str, str | None], rule: str) -> _When | None:
    first, last = groups["a"] or "", groups["b"] or ""
    if rule == "period-of-years":
        last = last if len(last) == 4 else first[:2] + last
        first, last = first + "年", last + "年"
    if rule == "period-of-months":
        first, last = f"{first}{groups['first']}月", f"{first}{last}月"
    start = parse_period(first)
    if start is None:
        return None
    end = parse_period(last, start[0].year)
    if end is None or end[1] < start[0]:
        return None
    return _When("during", start[0], end[1])


def _school_term(groups: dict[str, str | None], context: _Context, before: bool) -> _When | None:
    year, _ = _year(groups["year"], context)
    day = context.calendar.get("autumn-term-start" if groups["term"] == "秋" else "spring-term-start")
    kind: DeadlineKind = "by" if before else "from"
    month_and_day = re.fullmatch("--([0-9]{2})-([0-9]{2})", day or "")
    if year is None or month_and_day is None:
        return _When(kind, basis="assumed")
    start = make_date(year, int(month_and_day[1]), int(month_and_day[2]))
    return _When("by", None, start, "assumed") if before else _When("from", start, None, "assumed")


def _plan(plan: str | None, end: bool) -> _When | None:
    number = parse_count(plan or "")
    if number is None:
        return None
    first, last = plan_years(number)
    return _When("by", None, date(last, 12, 31)) if end else _When("during", date(first, 1, 1), date(last, 12, 31))


def _by_end(groups: dict[str, str | None], context: _Context) -> _When | None:
    part = groups.get("part") or groups.get("month")
    year, basis = _year(groups["year"], context)
    if groups["year"] is None and context.recurring:
        return _When("recurring", recurrence="P1Y")
    if year is None:
        return _When("by", basis="assumed")
    if part is None:
        return _When("by", None, date(year, 12, 31), basis)
    period = parse_period(part, year)
    return None if period is None else _When("by", None, period[1], basis)


def _by_period(words: str | None, rule: str, context: _Context, text: str, phrase: Phrase) -> _When | None:
    words = words or ""
    printed = re.match(ANY_YEAR, words)
    year, basis = _year(printed.group() if printed else None, context)
    if printed is None and context.recurring:
        return _When("recurring", recurrence="P1Y")
    if year is None:
        return _When("by", basis="assumed")
    rest = words[printed.end() :] if printed else words
    period = parse_period(f"{year}年{rest}")
    if period is None:
        return None
    if rule == "from":
        return _When("from", period[0], None, basis)
    if rule == "by":
        return _When("by", None, period[1], basis)
    if rule == "by-before":
        included = period[0] == period[1] or re.search(
            "季度|半年", rest
        )  # 6月30日前, 上半年前: that day, that half are still in time
        return _When("by", None, period[1] if included else period[0] - timedelta(days=1), basis)
    if _LEVEL.search(text, phrase.end, phrase.end + _REACH):
        return _When("by", None, period[1], basis)
    return _When("during", period[0], period[1], basis)


def _year(words: str | None, context: _Context) -> tuple[int | None, DateBasis]:
    """Read a year; 今年 and a missing year are counted from the year before it or the day of issue, as an assumption."""
    if words:
        year = parse_year(words)
        if year is not None:
            return year, "stated"
        shift = {"明年": 1, "后年": 2}.get(words, 0)
        return (context.issued.year + shift if context.issued else None), "assumed"
    if context.year is not None:
        return context.year, "stated"
    return (context.issued.year if context.issued else None), "assumed"
