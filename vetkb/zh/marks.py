"""标题序号 — Heading marks of official documents: 一、 （一） 1. （1） ① 第三章 第五条.

GB/T 9704-2012 (7.3.3) orders four levels: 一、 then （一） then 1. then （1）; measures and regulations use
第X章 / 第X节 / 第X条 (立法技术规范). A mark is read here by its form alone; whether it is a heading
is decided by its neighbours (see `vetkb.parse`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)}

# Sites print articles without the blank (第三条国务院根据…); 第三条规定的, 第五条至第八条, 第七条第一款 are running text.
_ARTICLE = (
    r"第(?:[〇零一二三四五六七八九十百]{1,6}|\d{1,4})条"
    r"(?=[\s　：:]|[^\s\d，。、；：！？,.;:（(）)的规第所至中和及或与之到以])"
)
# kind, rank (outer to inner), pattern; the first that fits is taken.
_FORMS: tuple[tuple[str, int, str], ...] = (
    ("part", 0, r"第[〇零一二三四五六七八九十百]{1,5}[编篇](?=[\s　])"),
    ("chapter", 1, r"第(?:[〇零一二三四五六七八九十百]{1,5}|\d{1,3})章(?=[\s　]|$|[^，。、的])"),
    ("section", 2, r"第(?:[〇零一二三四五六七八九十百]{1,5}|\d{1,3})节(?=[\s　]|$|[^，。、的])"),
    ("article", 3, _ARTICLE),
    ("han", 4, r"[一二三四五六七八九十百]{1,4}(?:、|[．.](?!\d))"),
    ("han-bracket", 5, r"[（(][一二三四五六七八九十百]{1,4}[）)]、?"),
    ("number", 6, r"[0-9０-９]{1,3}(?:[.．](?![0-9０-９])|、|，(?=[^\d]))"),
    ("number-bracket", 7, r"[（(][0-9０-９]{1,3}[）)]、?"),
    ("number-half-bracket", 8, r"[0-9０-９]{1,3}[）)]"),
    ("circled", 9, r"[①-⑳]"),
)
_MARK = re.compile("|".join(f"(?P<f{n}>{pattern})" for n, (_, _, pattern) in enumerate(_FORMS)))
_PUNCTUATION = str.maketrans("", "", "、．.，")
_FULL_BRACKETS = str.maketrans("()", "（）")
_ASCII_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading mark: its kind, rank (smaller is outer), number, form in a path, and length as printed."""

    kind: str
    rank: int
    number: int
    name: str
    printed: str


def read_mark(text: str, start: int = 0) -> Mark | None:
    """Return the heading mark that stands at `start`, if any.

    >>> read_mark("（十二）落实责任"), read_mark("五、发展目标").name
    (Mark(kind='han-bracket', rank=5, number=12, name='（十二）', printed='（十二）'), '五')
    >>> read_mark("3.5万人") is None, read_mark("2018年") is None, read_mark("第五条　纳税人").name
    (True, True, '第五条')
    """
    found = _MARK.match(text, start)
    if not found:
        return None
    kind, rank, _ = _FORMS[int((found.lastgroup or "f0")[1:])]
    printed = found.group()
    name = printed.translate(_PUNCTUATION).translate(_FULL_BRACKETS).translate(_ASCII_DIGITS)
    if kind.endswith("half-bracket"):
        name = name.removesuffix("）") + "）"
    return Mark(kind, rank, _number(name), name, printed)


def _number(name: str) -> int:
    if name in _CIRCLED:
        return _CIRCLED[name]
    digits = re.sub(r"[^0-9]", "", name)
    if digits:
        return int(digits)
    total = unit = 0
    for char in name:
        if char in _DIGITS:
            unit = _DIGITS[char]
        elif char == "十":
            total += (unit or 1) * 10
            unit = 0
        elif char == "百":
            total += (unit or 1) * 100
            unit = 0
    return total + unit
