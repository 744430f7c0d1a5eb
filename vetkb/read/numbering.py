"""自动编号 — Word's automatic numbering → the marks as printed: 一、 （一） 1. （1） 第一章 第一条.

Word keeps no mark in the text: a paragraph names a list and a level, numbering.xml says how it is counted and written
(ISO/IEC 29500-1, 17.9). Lists that share an abstract definition count on together unless one starts anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

_LEVELS = 9
_LONGEST_PATTERN = 60
_HAN = "〇一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_LEGAL = str.maketrans("〇一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
    (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
# After these a mark needs no gap before its text.
_CLOSED = frozenset("、，．.）)〕】:：-—·•")


def to_han(number: int) -> str:
    """Return a whole number below 10,000 in Chinese numerals.

    >>> to_han(3), to_han(10), to_han(12), to_han(20), to_han(105), to_han(110)
    ('三', '十', '十二', '二十', '一百〇五', '一百一十')
    """
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("〇" if gap and text else "") + _HAN[digit] + _UNITS[place]
        gap = digit == 0
    return text.removeprefix("一") if 10 <= number < 20 else text


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _letters(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26) * min(9, 1 + (number - 1) // 26) if number > 0 else str(number)


def _from(first: int, count: int, outside: Callable[[int], str] = str) -> Callable[[int], str]:
    return lambda number: chr(first + number - 1) if 0 < number <= count else outside(number)


def _digits(number: int) -> str:
    return "".join(_HAN[int(c)] for c in str(number)) if number >= 0 else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": to_han,
    "chineseCountingThousand": to_han,
    "taiwaneseCounting": to_han,
    "taiwaneseCountingThousand": to_han,
    "japaneseCounting": to_han,
    "japaneseDigitalTenThousand": _digits,
    "ideographDigital": _digits,
    "taiwaneseDigital": _digits,
    "chineseLegalSimplified": lambda n: to_han(n).translate(_LEGAL),
    "ideographLegalTraditional": lambda n: to_han(n).translate(_LEGAL),
    "ideographTraditional": lambda n: _STEMS[n - 1] if 0 < n <= len(_STEMS) else str(n),
    "ideographZodiac": lambda n: _BRANCHES[n - 1] if 0 < n <= len(_BRANCHES) else str(n),
    "decimalEnclosedCircle": _from(0x2460, 20),
    "decimalEnclosedCircleChinese": _from(0x2460, 20),
    "decimalEnclosedParen": _from(0x2474, 20, lambda n: f"({n})"),
    "decimalEnclosedFullstop": _from(0x2488, 20, lambda n: f"{n}."),
    "ideographEnclosedCircle": _from(0x3280, 10),
    "decimalFullWidth": lambda n: str(n).translate({c: c + 0xFEE0 for c in range(0x30, 0x3A)}),
    "decimalFullWidth2": lambda n: str(n).translate({c: c + 0xFEE0 for c in range(0x30, 0x3A)}),
    "decimalZero": lambda n: f"{n:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda n: _letters(n).lower(),
    "none": lambda _: "",
}


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: where it starts, how a number is written, and the pattern around it (第%1条).

    `restart` is the level (from 1) after which it starts anew, 0 for never, None for any level above.
    """

    start: int = 1
    format: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    legal: bool = False
    restart: int | None = None


@dataclass(slots=True)
class ListDefinition:
    """A list: its levels, the counters it shares with others, and where it starts its own counting anew."""

    shared: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of one document in order."""

    lists: dict[str, ListDefinition] = field(default_factory=dict)
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def next_mark(self, name: str, place: int) -> str:
        """Count a paragraph of list `name` at level `place` (from 0) and return its mark, with the gap behind it."""
        definition = self.lists.get(name)
        level = definition.levels.get(place) if definition else None
        if definition is None or level is None or not 0 <= place < _LEVELS:
            return ""
        counters = self._counters.setdefault(definition.shared, [None] * _LEVELS)
        before = counters[place]
        if place in definition.starts and (name, place) not in self._started:
            counters[place] = definition.starts[place]
        else:
            counters[place] = level.start if before is None else before + 1
        self._started.add((name, place))
        for deeper in range(place + 1, _LEVELS):
            restart = definition.levels.get(deeper, Level()).restart
            if restart is None or (restart > 0 and place < restart):
                counters[deeper] = None
        return _with_gap(_written(level, definition, counters), level)


def _written(level: Level, definition: ListDefinition, counters: list[int | None]) -> str:
    if level.format == "bullet":
        return "".join(c for c in level.pattern[:1] if not "\ue000" <= c <= "\uf8ff")  # symbol fonts print no character
    mark = level.pattern[:_LONGEST_PATTERN]
    for place in range(_LEVELS):
        if f"%{place + 1}" in mark:
            other = definition.levels.get(place, Level())
            number = counters[place]
            written = _FORMATS.get("decimal" if level.legal else other.format, str)
            mark = mark.replace(f"%{place + 1}", written(other.start if number is None else number))
    return mark.strip()


def _with_gap(mark: str, level: Level) -> str:
    if not mark or mark[-1] in _CLOSED or "\u2460" <= mark[-1] <= "\u249b":
        return mark
    return mark if level.suffix == "nothing" and not mark[-1].isalnum() else mark + "\u3000"
