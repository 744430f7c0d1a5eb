"""Dates and calendar periods as public documents print them → `datetime.date`.

2018年1月4日, 二〇一八年一月四日, ２０１８年３月, 2018年上半年, 2018年第一季度, 2018年3月中旬, 2018年年底, “十四五”时期.
Conventions: GB/T 9704-2012 (成文日期用阿拉伯数字), GB/T 15835-2011.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from vetkb.zh.numerals import DIGITS, half_width, parse_chinese

# Typists write the zero of a year in many ways (二〇〇六, 二○○六, 二OO六), and web pages set figures off by spaces.
_ZEROS = "〇零○ОOoＯ0０"
YEAR = rf"(?:[12１２][{DIGITS}]{{3}}|[一二][{_ZEROS}一二三四五六七八九]{{3}})\s?年"
MONTH = r"(?:1[0-2]|0?[1-9]|１[０-２]|０?[１-９]|十[一二]?|[一二三四五六七八九])\s?月(?:份)?"
DAY = rf"(?:[{DIGITS}]{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s?[日号](?![〔\[])"
PART = "(?:上半年|下半年|(?:第)?[一二三四1-4]季度)"
THIRD = "(?:上旬|中旬|下旬|月初|月中)"

_DATE = re.compile(rf"(?P<year>{YEAR})\s?(?P<month>{MONTH})\s?(?P<day>{DAY})")
_PLAIN_DATE = re.compile(r"([12][0-9]{3})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_PERIOD = re.compile(rf"(?P<year>{YEAR})?度?\s?(?:(?P<part>{PART})|(?P<month>{MONTH})(?:(?P<third>{THIRD})|\s?(?P<day>{DAY}))?)?")
_ZERO = str.maketrans(dict.fromkeys(_ZEROS, "〇"))
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
# 全国年节及纪念日放假办法: those that fall on a day of the solar calendar (清明 moves between 4 and 6 April).
FEASTS: dict[str, tuple[int, int]] = {
    "元旦": (1, 1), "五一": (5, 1), "劳动": (5, 1), "七一": (7, 1), "八一": (8, 1), "国庆": (10, 1), "十一": (10, 1),
}  # fmt: skip
_THIRDS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "月初": (1, 10), "月中": (11, 20)}


def parse_year(text: str) -> int | None:
    """Read a year with or without 年.

    >>> parse_year("2018年"), parse_year("二〇一八年"), parse_year("２０３０"), parse_year("十年")
    (2018, 2018, 2030, None)
    >>> parse_year("二OO六年"), parse_year("2018 年")
    (2006, 2018)
    """
    figures = half_width(text.removesuffix("年").strip())
    if figures[:1] in ("一", "二"):
        figures = figures.translate(_ZERO)
    value = int(figures) if re.fullmatch("[0-9]{4}", figures) else parse_chinese(figures) if len(figures) == 4 else None
    return value if value is not None and 1000 <= value <= 2999 else None


def parse_count(text: str) -> int | None:
    """Read a small whole number in figures of either kind (12, １２, 十二)."""
    figures = half_width(text)
    return int(figures) if re.fullmatch("[0-9]{1,9}", figures) else parse_chinese(text)


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the date, or None where the calendar has none (2月30日)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_date(text: str) -> date | None:
    """Read one whole date.

    >>> parse_date("2018年1月4日"), parse_date("二〇一八年十二月三十一日"), parse_date("2018-02-03")
    (datetime.date(2018, 1, 4), datetime.date(2018, 12, 31), datetime.date(2018, 2, 3))
    >>> parse_date("2018年2月30日") is None
    True
    """
    text = re.sub(r"\s", "", text)
    plain = _PLAIN_DATE.fullmatch(half_width(text))
    if plain is not None:
        return make_date(int(plain[1]), int(plain[2]), int(plain[3]))
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = parse_year(found["year"]), _month(found["month"]), parse_count(found["day"][:-1])
    return None if year is None or month is None or day is None else make_date(year, month, day)


def find_dates(text: str) -> tuple[tuple[int, int, date], ...]:
    """Return (start, end, date) of every whole date in a text.

    >>> find_dates("安阳市人民政府办公室 2018年1月4日印发")
    ((11, 20, datetime.date(2018, 1, 4)),)
    """
    found = []
    for match in _DATE.finditer(text):
        value = parse_date(match.group())
        if value is not None:
            found.append((match.start(), match.end(), value))
    return tuple(found)


def parse_period(text: str, year: int | None = None) -> tuple[date, date] | None:
    """Return the first and last day of a year, half, quarter, month, third of a month or day; `year` where none is printed.

    >>> parse_period("2018年")
    (datetime.date(2018, 1, 1), datetime.date(2018, 12, 31))
    >>> parse_period("2019年2月"), parse_period("6月", 2020)
    ((datetime.date(2019, 2, 1), datetime.date(2019, 2, 28)), (datetime.date(2020, 6, 1), datetime.date(2020, 6, 30)))
    >>> parse_period("2021年第三季度"), parse_period("2021年3月中旬")
    ((datetime.date(2021, 7, 1), datetime.date(2021, 9, 30)), (datetime.date(2021, 3, 11), datetime.date(2021, 3, 20)))
    """
    found = _PERIOD.fullmatch(re.sub(r"\s", "", text))
    if found is None or not text:
        return None
    stated = parse_year(found["year"]) if found["year"] else year
    if stated is None:
        return None
    if found["part"]:
        return _part(stated, found["part"])
    if not found["month"]:
        return (date(stated, 1, 1), date(stated, 12, 31)) if found["year"] else None
    month = _month(found["month"])
    if month is None:
        return None
    last = last_day(stated, month)
    if found["third"]:
        first_day, end_day = _THIRDS[found["third"]]
        return date(stated, month, first_day), min(date(stated, month, min(end_day, last.day)), last)
    if found["day"]:
        day = make_date(stated, month, parse_count(found["day"][:-1]) or 0)
        return None if day is None else (day, day)
    return date(stated, month, 1), last


def last_day(year: int, month: int) -> date:
    """Return the last day of a month.

    >>> last_day(2020, 2)
    datetime.date(2020, 2, 29)
    """
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)


def plan_years(number: int) -> tuple[int, int]:
    """Return the first and last year of a five-year plan: the fourteenth is “十四五”.

    >>> plan_years(14)
    (2021, 2025)
    """
    first = 2021 + 5 * (number - 14)
    return first, first + 4


def _part(year: int, part: str) -> tuple[date, date]:
    if part == "上半年":
        return date(year, 1, 1), date(year, 6, 30)
    if part == "下半年":
        return date(year, 7, 1), date(year, 12, 31)
    quarter = _QUARTERS[part.removeprefix("第")[0]]
    return date(year, 3 * quarter - 2, 1), last_day(year, 3 * quarter)


def _month(text: str) -> int | None:
    value = parse_count(text.removesuffix("份").removesuffix("月"))
    return value if value is not None and 1 <= value <= 12 else None
