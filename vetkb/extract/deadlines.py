"""时限 — Dates and periods by, from or during which something is to be done.

“到N年”, “N年底前” → by the last day; “N年前” → by the last day before it; “N年起” → from its first day; “A—B年” → during;
每年 → recurring; N年内, 三到五年时间 → relative, without dates. School terms follow a calendar that is handed in and
are marked as assumed. Left out: the days from which the document itself is in force (see effects), dates of cited
documents, and what is over on the day of issue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from vetkb.extract.deadline_phrases import find_deadline_phrases
from vetkb.extract.deadline_rules import ANY_YEAR
from vetkb.extract.indicator_tables import YEAR_RULE, heading_year, value_headers
from vetkb.extract.passages import PARTY_COLUMNS, readings
from vetkb.extract.phrases import Phrase
from vetkb.model import DateBasis, Deadline, DeadlineKind, Document, Lexicon
from vetkb.text import Finding, Message, Quote, Source
from vetkb.zh.dates import FEASTS, MONTH, PART, make_date, parse_count, parse_date, parse_period, parse_year, plan_years
from vetkb.zh.document_numbers import parse_document_number

_RECURRENCE = {"年": ("P", "Y"), "年度": ("P", "Y"), "学年": ("P", "Y"), "月": ("P", "M"), "周": ("P", "W"), "星期": ("P", "W")}
_REACH = 300  # characters behind a bare year in which a level to reach makes it a date to reach it by
_ANY_YEAR = re.compile(f"{ANY_YEAR}|五|世纪")  # what needs no year from elsewhere
_MONTH_OR_PART = re.compile(f"{MONTH}|{PART}")
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
    """What a date that leaves something out is read against: the day or year of issue, the term calendar, the year before it."""

    issued: date | None
    year_of_issue: int | None
    calendar: Mapping[str, str]
    year: int | None = None
    year_basis: DateBasis = "stated"
    recurring: bool = False


def extract_deadlines(document: Document, source: Source, lexicon: Lexicon) -> tuple[tuple[Deadline, ...], tuple[Finding, ...]]:
    """Return the deadlines of a document in text order, and findings about dates that cannot be read.

    Headings are read too; cells that list parties are not.
    """
    issued = document.issued.value if document.issued is not None else None
    blank = _Context(issued, year_of_issue(document), lexicon.calendar)
    found: list[Deadline] = []
    findings: list[Finding] = []
    for reading in readings(document, source, PARTY_COLUMNS):
        context = blank
        for phrase in find_deadline_phrases(reading.text):
            when = _placed(phrase, context, reading.text)
            quote = reading.quote(source, phrase.start, phrase.end)
            if when is None:
                if phrase.rule not in ("bare-period", "bare-part", "period-within-year"):
                    message = Message(f"日期无法解读：{quote.text}", f"date not understood: {quote.text}")
                    findings.append(Finding("VK-DEADLINE-UNREAD", "warning", message, quote.span))
                continue
            known = when.latest or when.earliest
            context = replace(context, recurring=_yearly(when))
            if known:
                printed = _ANY_YEAR.search(phrase.match.group()) is not None
                context = replace(context, year=known.year, year_basis="stated" if printed else when.basis)
            if not _is_over(when, issued):
                found.append(
                    Deadline(reading.item, quote, when.kind, when.earliest, when.latest, when.basis, when.recurrence, phrase.rule)
                )
    found += _headed(document, source, blank)
    return tuple(sorted(found, key=lambda one: (one.evidence.start, one.evidence.end))), tuple(findings)


def _headed(document: Document, source: Source, context: _Context) -> Iterator[Deadline]:
    """Yield the years that head columns of a table of indicators: what stands below is to be reached by the end of each."""
    for header in value_headers(document):
        printed = heading_year(header)
        last = make_date(printed[1], 12, 31) if printed is not None else None
        if printed is not None and last is not None and (context.issued is None or last >= context.issued):
            quote = Quote(printed[0].start, printed[0].end, source.text[printed[0].start : printed[0].end])
            yield Deadline(None, quote, "by", None, last, "stated", None, YEAR_RULE)


def _yearly(when: _When) -> bool:
    """In 每年…，3月底前… the month comes round too; in 每月5日前…，6月底前… it does not."""
    return when.kind == "recurring" and when.recurrence is not None and when.recurrence.endswith("Y")


def year_of_issue(document: Document) -> int | None:
    """The year of the date of issue, else that of the document number."""
    if document.issued is not None:
        return document.issued.value.year
    number = parse_document_number(document.identifier.value) if document.identifier is not None else None
    return number.year if number is not None else None


def _placed(phrase: Phrase, context: _Context, text: str) -> _When | None:
    """Read a phrase; a day without a year that was over on the day of issue is meant for the year after."""
    when = _read(phrase, context, text)
    year = context.year or context.year_of_issue
    if when is None or year is None or not _is_over(when, context.issued) or _ANY_YEAR.search(phrase.match.group()):
        return when
    later = _read(phrase, replace(context, year=year + 1), text)
    return later if context.year is not None or later is None else replace(later, basis="assumed")


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
    if rule.startswith("period-"):
        return _period(groups, rule, context)
    if rule.endswith("school-term"):
        return _school_term(groups, context, before=rule.startswith("before"))
    if rule.endswith("plan-period"):
        return _plan(groups["plan"], end=rule.startswith("end"))
    if rule in _BY_RULE:
        return _BY_RULE[rule](groups, context)
    if rule in ("by-end", "by-end-before"):
        return _by_end(groups, context, phrase.match.group())
    return _by_period(groups.get("period") or groups.get("later"), rule, context, text, phrase)


def _recurring(groups: Mapping[str, str | None]) -> _When | None:
    if groups.get("daily"):
        return _When("recurring", recurrence="P1D")
    unit, number = groups.get("unit") or "年", (groups.get("n") or "").removeprefix("隔").removesuffix("个")
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


def _next(groups: Mapping[str, str | None], context: _Context) -> _When:
    """次月10日前 comes round every month; 次年3月底前 every year, unless a year stands before it."""
    following = groups["next"] or ""
    if "年" not in following:
        return _When("recurring", recurrence="P3M" if "季" in following else "P1M")
    month = (groups["month"] or "").removeprefix("首月")
    if context.year is None or context.recurring or not month:
        return _When("recurring", recurrence="P1Y")
    part = (groups["part"] or "").strip("底末初")
    period = parse_period(month + part, context.year + 1)
    return _When("recurring", recurrence="P1Y") if period is None else _When("by", None, period[1])


def _period(groups: Mapping[str, str | None], rule: str, context: _Context) -> _When | None:
    first, last = groups["a"] or "", groups["b"] or ""
    if rule == "period-within-year" and context.recurring:
        return _When("recurring", recurrence="P1Y")
    if rule == "period-of-years":
        last = last if len(last) == 4 else first[:2] + last
        first, last = first + "年", last + "年"
    if rule == "period-within-year" and first.isdigit():
        first += "月"  # 4—6月
    if rule == "period-of-months":
        first, last = f"{first}{groups['first']}月", f"{first}{last}月"
    printed = re.match(ANY_YEAR, first)
    year, basis = _year(printed.group() if printed else None, context)
    if year is None:
        return None
    start = parse_period(_plain(first[printed.end() :] if printed else first), year) or _whole(year, printed)
    if start is None:
        return None
    second = re.match(ANY_YEAR, last)
    last_year = _year(second.group(), context)[0] if second else year
    rest = _plain(last[second.end() :] if second else last)
    if rest and "月" not in rest and "季" not in rest and "半年" not in rest:
        rest = f"{start[0].month}月{rest}"
    end = parse_period(rest, last_year) if rest else _whole(last_year, second)
    if end is None or end[1] < start[0]:
        return None
    return _When("during", start[0], end[1], basis)


def _plain(words: str) -> str:
    """7月底 as the end of a period is all of July, 7月初 as its beginning too."""
    return words.rstrip("底末初")


def _whole(year: int | None, printed: re.Match[str] | None) -> tuple[date, date] | None:
    return (date(year, 1, 1), date(year, 12, 31)) if year is not None and printed is not None else None


def _school_term(groups: Mapping[str, str | None], context: _Context, before: bool) -> _When | None:
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


def _century(groups: Mapping[str, str | None], context: _Context) -> _When:
    """The 20th century ends with 2000: 到本世纪末 in a text of 1994 is the last day of 2000."""
    if context.year_of_issue is None:
        return _When("by", basis="assumed")
    end = 100 * ((context.year_of_issue - 1) // 100 + (2 if groups["century"] == "下" else 1))
    return _When("by", None, date(end if groups["half"] == "末" else end - 50, 12, 31))


def _feast(groups: Mapping[str, str | None], context: _Context) -> _When:
    """Days of the solar calendar are known; 春节前 and 汛期前 keep the words and no date."""
    feast = (groups["feast"] or "").strip("“”")
    month_and_day = next((day for name, day in FEASTS.items() if feast.startswith(name)), None)
    year, basis = _year(groups["year"], context)
    if month_and_day is None or year is None:
        return _When("by", basis="assumed")
    day = date(year, *month_and_day)
    if groups["year"] is None and context.issued is not None and day <= context.issued:
        day = date(year + 1, *month_and_day)
    return _When("by", None, day - timedelta(days=1), basis)


def _this_and_next(context: _Context) -> _When:
    year = context.year_of_issue
    if year is None:
        return _When("during", basis="assumed")
    return _When("during", date(year, 1, 1), date(year + 1, 12, 31), "assumed")


def _by_end(groups: Mapping[str, str | None], context: _Context, words: str) -> _When | None:
    part = groups.get("part") or groups.get("month")
    if part is None and groups.get("year") is None:
        stated = _MONTH_OR_PART.search(words)
        part = stated.group() if stated is not None else None
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
    words = words if words is not None else phrase.match.group()
    day = parse_date(words)
    if day is not None and rule == "by-before":
        return _When("by", None, day)
    printed = re.match(ANY_YEAR, words)
    year, basis = _year(printed.group() if printed else None, context)
    if printed is None and context.recurring:
        return _When("recurring", recurrence="P1Y")
    if year is None:
        return _When("by", basis="assumed")
    rest = words[printed.end() :] if printed else words
    if rule == "within-this-year":
        return _When("by", None, date(year, 12, 31), basis)
    period = parse_period(f"{year}年{rest}")
    if period is None:
        return None
    if rule == "from":
        return _When("from", period[0], None, basis)
    if rule == "by":
        return _When("by", None, period[1], basis)
    if rule == "by-before":
        # 6月30日前, 上半年前: that day, that half are still in time
        included = period[0] == period[1] or re.search("季度|半年", rest)
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
        return (context.year_of_issue + shift if context.year_of_issue is not None else None), "assumed"
    if context.year is not None:
        return context.year, context.year_basis
    return context.year_of_issue, "assumed"


_BY_RULE: Mapping[str, Callable[[Mapping[str, str | None], _Context], _When | None]] = {
    "end-of-century": _century,
    "before-feast": _feast,
    "this-and-next-year": lambda _, context: _this_and_next(context),
    "next-before": _next,
}
