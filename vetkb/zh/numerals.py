"""Numerals as public documents print them → exact decimals.

Arabic figures in both widths (12000, １２,０００, 5.7万), Chinese numerals (三百二十, 二〇一八, 百万) and shares
(五分之一, 百分之三十, 三成, 一半). Conventions: GB/T 15835-2011 (出版物上数字用法). The pattern strings are bounded,
so that they can be put into larger patterns without costing more than linear time.
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = "0-9０-９"
CHINESE_DIGITS = "〇零○一二两三四五六七八九"
CHINESE_FIGURES = "〇一二三四五六七八九"
CHINESE_NUMERALS = CHINESE_DIGITS + "十百千万亿"

# Thousands are set off by a comma of the same width as the figures: a wide one after narrow figures is punctuation.
ARABIC = (
    rf"(?:[{DIGITS}]{{1,3}}(?:,[{DIGITS}]{{3}}){{1,5}}(?![{DIGITS}])|[０-９]{{1,3}}(?:，[０-９]{{3}}){{1,5}}(?![０-９])"
    rf"|[{DIGITS}]{{1,18}})(?:[.．][{DIGITS}]{{1,9}})?"
)
MULTIPLIER = "(?:万亿|亿|万|千(?!米|克|瓦|伏|卡|赫|字节)|百(?!分))"
CHINESE = rf"[{CHINESE_NUMERALS}]{{1,20}}"

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_VALUES = {c: v for v, cs in enumerate(("〇零○", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for c in cs}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
MULTIPLIERS = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_ARABIC_WHOLE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(万亿|亿|万|千|百)?")
_FRACTION = re.compile(
    rf"([{CHINESE_NUMERALS}]{{1,10}})分之([{CHINESE_NUMERALS}]{{1,10}}"
    rf"|[{DIGITS}]{{1,9}}(?:[.．][{DIGITS}]{{1,6}})?)"
)
_TENTHS = re.compile(rf"([{CHINESE_DIGITS}]|[{DIGITS}](?:[.．][{DIGITS}])?)成(半|[一二三四五六七八九])?")


def half_width(text: str) -> str:
    """Return full-width figures, dots and commas as half-width ones.

    >>> half_width("１２，０００．５")
    '12,000.5'
    """
    return text.translate(_HALF_WIDTH)


def parse_numeral(text: str) -> Decimal | None:
    """Read a whole numeral with an optional 百, 千, 万, 亿, 万亿; None if it is none.

    >>> parse_numeral("5.7万"), parse_numeral("１２，０００"), parse_numeral("1.3万亿")
    (Decimal('57000'), Decimal('12000'), Decimal('1300000000000'))
    >>> parse_numeral("三百二十"), parse_numeral("二〇一八"), parse_numeral("百万"), parse_numeral("两万五")
    (Decimal('320'), Decimal('2018'), Decimal('1000000'), Decimal('25000'))
    >>> parse_numeral("半"), parse_numeral("若干")
    (Decimal('0.5'), None)
    """
    if text == "半":
        return Decimal("0.5")
    arabic = _ARABIC_WHOLE.fullmatch(half_width(text).replace(",", ""))
    if arabic is not None:
        value = Decimal(arabic[1]) * MULTIPLIERS.get(arabic[2] or "", 1)
        whole = value.to_integral_value()
        return whole if whole == value else value.normalize()
    number = parse_chinese(text)
    return None if number is None else Decimal(number)


def parse_chinese(text: str) -> int | None:
    """Read a Chinese numeral, positional (二〇一八) or with 十百千万亿.

    >>> parse_chinese("十"), parse_chinese("二十五"), parse_chinese("一百零六"), parse_chinese("三十三")
    (10, 25, 106, 33)
    >>> parse_chinese("十十"), parse_chinese("一千亿"), parse_chinese("一二"), parse_chinese("")
    (None, 100000000000, None, None)
    """
    if not text or len(text) > 20 or any(c not in CHINESE_NUMERALS for c in text):
        return None
    if all(c in _VALUES for c in text):
        return _positional(text)
    total, section, digit, smallest = 0, 0, None, 10**4
    last_unit = 0
    for c in text:
        if c in _VALUES:
            if digit not in (None, 0):
                return None
            digit = _VALUES[c]
        elif c in _SMALL:
            unit = _SMALL[c]
            if unit >= smallest:
                return None
            section += (1 if digit is None else digit) * unit
            smallest, digit, last_unit = unit, None, unit
        else:
            section += digit or 0
            if section == 0 and total == 0:
                section = 1
            total, section = (total + section) * _LARGE[c], 0
            smallest, digit, last_unit = 10**4, None, _LARGE[c]
    if digit and last_unit > 10 and text[-2] in "百千万亿":
        digit *= last_unit // 10  # 两万五 is 25,000
    return total + section + (digit or 0)


def _positional(text: str) -> int | None:
    if len(text) == 1:
        return _VALUES[text]
    return int("".join(str(_VALUES[c]) for c in text)) if len(text) == 4 or any(c in "〇○" for c in text) else None


def parse_share(text: str) -> Decimal | None:
    """Read a share as per cent: fractions, 百分之…, tenths and 一半.

    >>> parse_share("五分之一"), parse_share("百分之三十"), parse_share("三成"), parse_share("两成半"), parse_share("一半")
    (Decimal('20'), Decimal('30'), Decimal('30'), Decimal('25'), Decimal('50'))
    """
    if text in ("一半", "半数"):
        return Decimal(50)
    tenths = _TENTHS.fullmatch(text)
    if tenths is not None:
        value, rest = parse_numeral(tenths[1]), tenths[2]
        if value is None:
            return None
        extra = Decimal(5) if rest == "半" else Decimal(_VALUES[rest]) if rest else Decimal(0)
        return value * 10 + extra
    fraction = _FRACTION.fullmatch(text)
    if fraction is None:
        return None
    below, above = parse_numeral(fraction[1]), parse_numeral(fraction[2])
    if not below or above is None:
        return None
    share = (above * 100 / below).quantize(Decimal("0.000001"))
    whole = share.to_integral_value()
    return whole if whole == share else share.normalize()


def write_chinese(number: int) -> str:
    """Write a whole number from 1 to 9999 as headings print it; beyond that, its figures.

    >>> write_chinese(4), write_chinese(10), write_chinese(18), write_chinese(20), write_chinese(106)
    ('四', '十', '十八', '二十', '一百零六')
    """
    if not 0 < number < 10_000:
        return str(number)
    written, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            written += ("零" if gap else "") + CHINESE_FIGURES[digit] + name
            gap = False
        else:
            gap = bool(written)
    return written.removeprefix("一") if written.startswith("一十") else written
