"""时间用语 → 可能的日期 — Which days words of time can mean: the first and last days of the periods they name.

到2018年年底 names 2018: its last day is 31 December. A year that is not printed is one that the passage prints, or one near the
day of issue. What depends on the moon or the weather (春节前, 汛期前) names no day that could be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from vetkb.zh.dates import DAY, MONTH, PART, THIRD, YEAR, make_date, parse_count, parse_date, parse_period, parse_year, plan_years
from vetkb.zh.numerals import CHINESE_NUMERALS, DIGITS, half_width

_TOKEN = re.compile(
    rf"(?P<year>{YEAR})|(?P<part>{PART})|(?P<month>{MONTH})(?:\s?(?P<third>{THIRD})|\s?(?P<day>{DAY}))?|(?P<only>{DAY})"
    rf"|(?P<first>[{DIGITS}]{{1,2}})(?=\s?[—–\-－~～至到]{{1,2}}\s?[{DIGITS}]{{1,2}}月)"
)
_FIGURES = re.compile(rf"(?:19|20)[{DIGITS}]{{2}}")
_SHORT = re.compile(rf"((?:19|20)[{DIGITS}]{{2}})\s?[—–\-－~～至到]{{1,2}}\s?([{DIGITS}]{{2}})年")
_PLAIN_DATE = re.compile(r"20[0-9]{2}[-./][01]?[0-9][-./][0-3]?[0-9]")
_PLAN = re.compile("(十[一二三四五六七八九]?|[六七八九])五(?!.?周年)")
_OPEN = re.compile(
    "世纪|节|元旦|“五一|“七一|“八一|“十一”|五一|汛|雨季|采暖|供暖|入冬|高考|两会|开学前|开学后|[今近][、，]?[明两三后]"
)
_TERM = re.compile("([春秋])季")
_RECURS = re.compile(
    rf"每(?P<n>半|隔?(?:[{DIGITS}]{{1,3}}|[{CHINESE_NUMERALS}]{{1,4}})个?|个)?(?P<unit>学年|学期|季度|季|年度|年|月|周|星期|[日天])"
    r"|(?P<next>次|下一?|翌)(?P<of>季度|月|年)"
)
_NEAR = (0, 1, 2)  # years after that of issue which 年底前, 明年 and 后年 may mean


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which what words name may begin and end; `certain`: whether they print them, None where that is open."""

    firsts: frozenset[date]
    lasts: frozenset[date]
    certain: bool | None


def days_named(words: str, around: str, issued: date | None, calendar: Mapping[str, str]) -> Days | None:
    """Return the days that words of time can mean; `around` is the passage they stand in. None where words name no such day.

    >>> sorted(days_named("到2018年年底", "", None, {}).lasts)
    [datetime.date(2018, 12, 31)]
    >>> days_named("春节前", "", None, {}) is None
    True
    """
    if _OPEN.search(words) and not _TERM.search(words):
        return None
    printed = _years(words)
    years = printed or (_years(around) | ({issued.year + n for n in _NEAR} if issued is not None else set()))
    if "次年" in words or "翌年" in words:
        years |= {year + 1 for year in years}
    if not years and not _PLAN.search(words):
        return None
    term = _TERM.search(words)
    periods = list(_terms(term[1], years, calendar) if term is not None else _periods(words, years))
    certain = None if not printed else term is None
    ends = {last for _, last in periods}
    if "前" in words and term is None:  # 2025年前 ends with 2024, 6月30日前 with that day
        ends |= {first - timedelta(days=1) for first, _ in periods}
    return Days(frozenset(first for first, _ in periods), frozenset(ends), certain)


def _years(text: str) -> set[int]:
    found = {year for m in re.finditer(YEAR, text) if (year := parse_year(re.sub(r"\s", "", m.group()))) is not None}
    found |= {int(half_width(m.group())) for m in _FIGURES.finditer(text)}
    return found | {int(half_width(m[1])[:2] + half_width(m[2])) for m in _SHORT.finditer(text)}


def _terms(term: str, years: set[int], calendar: Mapping[str, str]) -> Iterator[tuple[date, date]]:
    """A term has one day: it begins, and what is to be done before it is done by then."""
    stated = re.fullmatch(
        "--([0-9]{2})-([0-9]{2})", calendar.get("autumn-term-start" if term == "秋" else "spring-term-start", "")
    )
    if stated is not None:
        days = (make_date(year, int(stated[1]), int(stated[2])) for year in years)
        yield from ((day, day) for day in days if day is not None)


def _periods(words: str, years: set[int]) -> Iterator[tuple[date, date]]:
    for year in years:
        yield date(year, 1, 1), date(year, 12, 31)
        month = None
        for token in _TOKEN.finditer(words):
            if token["year"]:
                continue
            month = token["month"] or (f"{token['first']}月" if token["first"] else month)
            named = (
                f"{month or ''}{token['only']}" if token["only"] else f"{token['first']}月" if token["first"] else token.group()
            )
            period = parse_period(re.sub(r"\s", "", named), year)
            if period is not None:
                yield period
    for plain in _PLAIN_DATE.finditer(words):
        day = parse_date(plain.group())
        if day is not None:
            yield day, day
    for plan in _PLAN.finditer(words):
        number = parse_count(plan[1])
        if number is not None:
            first, last = plan_years(number)
            yield date(first, 1, 1), date(last, 12, 31)


def recurrence_named(words: str) -> str:
    """Return the ISO 8601 duration after which words say that something comes round; a year where they name none.

    >>> [recurrence_named(w) for w in ("每年", "每两年", "每半年", "每季度首月10日前", "次月10日前", "3月底前")]
    ['P1Y', 'P2Y', 'P6M', 'P3M', 'P1M', 'P1Y']
    """
    found = _RECURS.search(words)
    if found is None:
        return "P1Y"
    unit, number = found["unit"] or found["of"], (found["n"] or "").removeprefix("隔").removesuffix("个")
    if number == "半":
        return "P6M"
    count = (parse_count(number) if number else 1) or 1
    months = {"季度": 3, "季": 3, "学期": 6, "月": 1}.get(unit)
    if months is not None:
        return f"P{months * count}M"
    return f"P{count}{ {'周': 'W', '星期': 'W', '日': 'D', '天': 'D'}.get(unit, 'Y') }".replace(" ", "")
