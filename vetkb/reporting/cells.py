"""Cells of a report → numbers, units, days: pure functions on str.

Both widths of figures and signs, thousands separators where they are whole (12,000 but not 12,00), 万 and 亿 in the figure
or in the unit, per cent in either. What cannot be read for certain is None, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

from vetkb.zh.dates import last_day, parse_date, parse_period
from vetkb.zh.numerals import parse_chinese

_kept = lru_cache(1 << 10)  # the same units and years come again in row after row
ABSENT = frozenset(
    {"", "-", "--", "—", "——", "/", "无", "暂无", "空", "\\", "...", "......", "n/a", "na", "null", "none", "nan", "#n/a"}
)

_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,21})(\.[0-9]{1,12})?")
_EXPONENT = re.compile(r"[+-]?[0-9](?:\.[0-9]{1,17})?[eE]([+-]?[0-9]{1,2})")
_CHINESE = re.compile("[〇零一二两三四五六七八九十百千万亿]{1,20}")
_MULTIPLIERS = (("万亿", 10**12), ("亿", 10**8), ("万", 10**4))
_UNITS = {
    "％": "%",
    "百分比": "%",
    "percent": "%",
    "pct": "%",
    "per cent": "%",
    "http://qudt.org/vocab/unit/PERCENT": "%",
    "yuan": "元",
    "cny": "元",
    "rmb": "元",
    "人民币": "元",
    "元人民币": "元",
    "人民币元": "元",
    "http://qudt.org/vocab/currency/CNY": "元",
}
_PER_HUNDRED = re.compile("百分之(?=[〇零一二两三四五六七八九十百0-9])")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NOT_A_UNIT = re.compile(r"[0-9,+]|分之|^[.-]|[多余几约]|左右|以[上下]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_RATIO = frozenset({"1", "比率", "比例", "小数", "ratio", "fraction"})
_YEAR = re.compile(r"((?:1[89]|2[01])[0-9]{2})(?:年度?)?")
_MONTH = re.compile(r"((?:1[89]|2[01])[0-9]{2})[-./年]([0-9]{1,2})月?")
_SCHOOL_YEAR = re.compile(r"((?:1[89]|2[01])[0-9]{2})(?:[-–—~至/]((?:1[89]|2[01])[0-9]{2}))?学年度?")
_MONTHS = re.compile(r"((?:1[89]|2[01])[0-9]{2})[年.](1[0-2]|0?[1-9])月?[-–—~至到](1[0-2]|0?[1-9])月")
_END_OF_YEAR = re.compile(r"(?:截至|截止|截止到|截至到|至)?((?:1[89]|2[01])[0-9]{2})年?(?:年底|年末|底|末)")
_RANGE = re.compile(r"[~至到–—]|(?<=[日月])-")
_UNTIL = re.compile("^(?:截至|截止到?|截至到)")
_NOT_EXACT = re.compile(
    r"^(?:大?约|近|将近|超过?|大于|小于|不[低少高多超]于?过?|至少|最[多少低高]|[≥≤><＞＜≈~])|(?:左右|上下|以[上下内]|[多余几][万亿]?\D*)$"
)
_DAY = re.compile(r"((?:1[89]|2[01])[0-9]{2})[-./]([0-9]{1,2})[-./]([0-9]{1,2})(?:[T ][0-9:.+Z-]{0,20})?")


def plain(text: str) -> str:
    """Return a cell with full-width forms as ASCII, without invisible characters and surrounding space.

    >>> plain(" １２，０００\u200b ")
    '12,000'
    """
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", bare(text)).strip()


def bare(text: str) -> str:
    """Return a cell as printed, without what cannot be seen: marks of direction and width, surrounding space.

    >>> bare("\ufeff安阳市\u200e ")
    '安阳市'
    """
    return text.strip() if text.isascii() else _INVISIBLE.sub("", text).strip()


def is_text(text: str) -> bool:
    """Tell whether a cell can be written down: no control characters, no half of a surrogate pair.

    >>> is_text("学院"), is_text(chr(0)), is_text(chr(0xD800))
    (True, False, False)
    """
    return text.isprintable() or _NOT_TEXT.search(text) is None


@_kept
def is_absent(text: str) -> bool:
    """Tell whether a cell says that there is nothing.

    >>> is_absent("—"), is_absent("0")
    (True, False)
    """
    return plain(text).casefold() in ABSENT


def parse_figure(text: str) -> tuple[Decimal, str] | None:
    """Read a figure and the unit that may follow it, in base units.

    >>> parse_figure("1.2万元"), parse_figure("１２，０００"), parse_figure("70%"), parse_figure("5.7万")
    ((Decimal('12000'), '元'), (Decimal('12000'), ''), (Decimal('70'), '%'), (Decimal('57000'), ''))
    >>> parse_figure("三所"), parse_figure("1.15E4")
    ((Decimal('3'), '所'), (Decimal('11500'), ''))
    >>> parse_figure("百分之十五"), parse_figure("百分之1.5"), parse_figure("三分之一")
    ((Decimal('15'), '%'), (Decimal('1.5'), '%'), None)
    >>> [parse_figure(t) for t in ("12,00", "约12000", "1万多元", "70%以上", "1e99")]
    [None, None, None, None, None]
    """
    text = plain(text).replace("¥", "").replace("−", "-")
    if _PER_HUNDRED.match(text) is not None:
        share = parse_figure(text.removeprefix("百分之"))
        return (share[0], "%") if share is not None and not share[1] else None
    exponent = _EXPONENT.fullmatch(text)
    if exponent is not None:
        return (_tidy(Decimal(text)), "") if abs(int(exponent[1])) <= 18 else None
    found = _NUMBER.match(text)
    if found is not None:
        number = Decimal(found[1] + found[2].replace(",", "") + (found[3] or ""))
        rest = text[found.end() :].strip()
    else:
        chinese = _CHINESE.match(text)
        value = parse_chinese(chinese[0]) if chinese is not None else None
        if chinese is None or value is None:
            return None
        number, rest = Decimal(value), text[chinese.end() :].strip()
    if _NOT_A_UNIT.search(rest):
        return None
    factor, unit = parse_unit(rest)
    return _tidy(number * factor), unit


def is_not_exact(text: str) -> bool:
    """Tell whether a cell gives a bound or an approximate figure, which is not the figure itself.

    >>> [is_not_exact(t) for t in ("约6万人次", "≥70%", "不低于12000元", "70%以上", "6万余人", "12000元")]
    [True, True, True, True, True, False]
    """
    return _NOT_EXACT.search(plain(text)) is not None


@_kept
def parse_unit(text: str) -> tuple[Decimal, str]:
    """Read a unit as (factor, base unit); what it is per is left out, since the indicator says that.

    >>> parse_unit("万元"), parse_unit("元/生·年"), parse_unit("％"), parse_unit("‰"), parse_unit("ratio")
    ((Decimal('10000'), '元'), (Decimal('1'), '元'), (Decimal('1'), '%'), (Decimal('0.1'), '%'), (Decimal('100'), '%'))
    """
    text = plain(text)
    if text in _UNITS:
        return Decimal(1), _UNITS[text]
    if text.casefold() in _RATIO:
        return Decimal(100), "%"
    text = text.split("/", 1)[0].strip() if not text.startswith("http") else text
    factor = Decimal(1)
    for word, size in _MULTIPLIERS:
        if text.startswith(word):
            factor, text = Decimal(size), text[len(word) :]
            break
    if text == "‰":
        return factor / 10, "%"
    return factor, _UNITS.get(text.casefold(), text)


def parse_day(text: str, *, end: bool = False) -> date | None:
    """Read a day; of a month or year alone the first day, or the last where `end`.

    >>> parse_day("2018-12-31"), parse_day("2018年6月", end=True), parse_day("2018")
    (datetime.date(2018, 12, 31), datetime.date(2018, 6, 30), datetime.date(2018, 1, 1))
    >>> parse_day("2018-02-30") is None, parse_day("18/1/2") is None
    (True, True)
    """
    period = parse_days(text)
    return None if period is None else period[1 if end else 0]


@_kept
def parse_days(text: str) -> tuple[date, date] | None:
    """Read a year, half, quarter, month or day as its first and last day.

    >>> parse_days("2018年度")
    (datetime.date(2018, 1, 1), datetime.date(2018, 12, 31))
    >>> parse_days("2018年第一季度")
    (datetime.date(2018, 1, 1), datetime.date(2018, 3, 31))
    >>> parse_days("2018-2019学年"), parse_days("2018-2020学年")
    ((datetime.date(2018, 9, 1), datetime.date(2019, 8, 31)), None)
    >>> parse_days("2018年1-6月"), parse_days("截至2018年底")
    ((datetime.date(2018, 1, 1), datetime.date(2018, 6, 30)), (datetime.date(2018, 12, 31), datetime.date(2018, 12, 31)))
    >>> parse_days("2018年1月1日至2018年12月31日")
    (datetime.date(2018, 1, 1), datetime.date(2018, 12, 31))
    """
    text = plain(text).removesuffix(".0")
    try:
        if (found := _YEAR.fullmatch(text)) is not None:
            return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
        if (found := _DAY.fullmatch(text)) is not None:
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return day, day
        if (found := _MONTH.fullmatch(text)) is not None:
            return date(int(found[1]), int(found[2]), 1), last_day(int(found[1]), int(found[2]))
        if (found := _SCHOOL_YEAR.fullmatch(text)) is not None:
            first = int(found[1])
            return (date(first, 9, 1), date(first + 1, 8, 31)) if found[2] in (None, str(first + 1)) else None
        if (found := _MONTHS.fullmatch(text)) is not None and int(found[2]) <= int(found[3]):
            return date(int(found[1]), int(found[2]), 1), last_day(int(found[1]), int(found[3]))
        if (found := _END_OF_YEAR.fullmatch(text)) is not None:
            return date(int(found[1]), 12, 31), date(int(found[1]), 12, 31)
        whole = parse_date(_UNTIL.sub("", text))
        return (whole, whole) if whole is not None else parse_period(text) or _from_to(text)
    except ValueError:
        return None


def _from_to(text: str) -> tuple[date, date] | None:
    """Read two days with a dash or 至 between them; a last one without a year is of the year of the first."""
    ends = _RANGE.split(text)
    if len(ends) != 2:
        return None
    first = parse_days(ends[0])
    last = parse_days(ends[1]) or (parse_days(f"{first[0].year}年{ends[1]}") if first is not None else None)
    return (first[0], last[1]) if first is not None and last is not None and first[0] <= last[1] else None


def _tidy(number: Decimal) -> Decimal:
    return Decimal(int(number)) if number == number.to_integral_value() else number.normalize()
