"""Lines → decimal headings: 1 总则, 1.1 编制目的, 1.3.1 分级 — the numbering of emergency plans and standards (GB/T 1.1).

A figure at the head of a line may be a quantity (1.5亿元). It is a heading where the numbers of the text follow one
another as headings do: 1.1 before 1.2, 2.1 after 1.x; a lone 2 counts where 2.1 comes next or the text goes on from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vetkb.parse.lines import Line, one_form
from vetkb.zh.marks import Mark

_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})[.、]?\s{0,4}(?=[^\s\d.,;:%％\-~～—、。，；：/])")
_SINGLE = re.compile(r"(?P<number>\d{1,2})(?:[.、]\s{0,4}|\s{1,4})?(?=[\u4e00-\u9fff])")
_UNITS = re.compile(r"[万亿千百元倍个人名家件米吨亩年月日号]")
_LONGEST_HEADING = 30
_FEWEST = 3  # decimal headings that make a text one of this kind
_RANK = 6

Number = tuple[int, ...]


def find_decimals(lines: list[Line]) -> dict[int, Mark]:
    """Return the decimal headings of a text by the start of their lines; none where its numbers are not such headings."""
    candidates = [(line, number, printed) for line in lines if (found := _read(line)) for number, printed in (found,)]
    if sum(len(number) > 1 for _, number, _ in candidates) < _FEWEST:
        return {}
    kept = list(_in_sequence(candidates))
    if sum(len(mark.name.split(".")) > 1 for _, mark in kept) < _FEWEST:
        return {}
    return {line.start: mark for line, mark in kept}


def _read(line: Line) -> tuple[Number, str] | None:
    if not line.text[:1].isdigit() or line.is_row:
        return None
    plain = one_form(line.text[:60])
    found = _NUMBERED.match(plain)
    if found is None:
        found = _SINGLE.match(plain)
        if found is None or len(line.text) > _LONGEST_HEADING or line.text[-1] in "。；，、;,":
            return None
    if _UNITS.match(plain, found.end()) and found.end() == found.end("number"):
        return None  # 1.5亿元, 3个
    return tuple(int(part) for part in found["number"].split(".")), line.text[: found.end()]


def _in_sequence(candidates: list[tuple[Line, Number, str]]) -> Iterator[tuple[Line, Mark]]:
    """Yield the candidates that carry on the numbering of those before them."""
    last: Number = (0,)
    for place, (line, number, printed) in enumerate(candidates):
        following = candidates[place + 1][1] if place + 1 < len(candidates) else ()
        if not _follows(last, number):
            if number[:1] != (1,) or (len(number) == 1 and following[:2] != (1, 1)) or (len(number) > 1 and number != (1, 1)):
                continue
            # numbered anew: a table of contents before, an annex behind
        elif len(number) == 1 and following[:1] != number and last[0] + 1 != number[0]:
            continue
        last = number
        name = ".".join(map(str, number))
        yield line, Mark(f"decimal-{len(number)}", _RANK + len(number) - 1, number[-1], name, printed.rstrip())


def _follows(last: Number, number: Number) -> bool:
    """Whether a number may come next: 1.2 → 1.2.1, 1.3, 2, 2.1."""
    if len(number) == len(last) + 1 and number[:-1] == last:
        return number[-1] == 1
    depth = len(number)
    if depth <= len(last):
        return number[:-1] == last[: depth - 1] and number[-1] == last[depth - 1] + 1
    return number == (last[0] + 1, 1)
