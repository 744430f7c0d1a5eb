"""Characters with places → printed lines: what stands on one line, with the blanks that are seen between words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

_WIDE_GAP = 0.8  # of the size of a character: between Chinese characters this much is a blank
_WORD_GAP = 0.18  # between letters of words
_SAME_PLACE = 0.3  # a character printed twice for boldness
_CELL_PADDING = 11.0  # points, both sides, as Word sets it
_LETTERS = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Char:
    """A character and its box, in points from the top left of the page."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def centre(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of text and its box; `size` is that of most of its characters."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


def printed_lines(chars: Sequence[Char]) -> list[PrintedLine]:
    """Return the lines that characters make, from top to bottom; characters that overlap in height share a line."""
    rows: list[list[Char]] = []
    heights: list[float] = []
    for char in sorted(chars, key=lambda c: c.centre):
        if rows and abs(char.centre - heights[-1]) <= 0.5 * min(char.size, rows[-1][0].size):
            rows[-1].append(char)
        else:
            rows.append([char])
            heights.append(char.centre)
    return [line for row in rows if (line := _line(row)) is not None]


def _line(row: list[Char]) -> PrintedLine | None:
    row.sort(key=lambda c: c.x0)
    text = "".join(_pieces(row))
    seen = [c for c in row if not c.text.isspace()]
    if not seen or not text.strip():
        return None
    top, bottom = min(c.top for c in seen), max(c.bottom for c in seen)
    return PrintedLine(text.strip(" \u3000"), seen[0].x0, max(c.x1 for c in seen), top, bottom, median(c.size for c in seen))


def _pieces(row: list[Char]) -> Iterator[str]:
    before: Char | None = None
    for char in row:
        if before is not None:
            if char.text == before.text and char.x0 - before.x0 < _SAME_PLACE * (before.x1 - before.x0):
                continue
            gap = char.x0 - before.x1
            words = _LETTERS.match(char.text) and _LETTERS.match(before.text)
            blank = char.text.isspace() or before.text.isspace()
            if not blank and gap > (_WORD_GAP if words else _WIDE_GAP) * min(char.size, before.size):
                yield " "
        yield char.text
        before = char


def cell_paragraphs(chars: Sequence[Char], left: float, right: float) -> list[str]:
    """Return the paragraphs in a cell between two edges: a line that ends well before the edge ends its paragraph.

    Lines that merely did not fit are joined without a blank.
    """
    paragraphs: list[str] = []
    ended = True
    for line in printed_lines(chars):
        if ended:
            paragraphs.append(line.text)
        else:
            paragraphs[-1] = join_wrapped(paragraphs[-1], line.text)
        ended = (right - left) - (line.x1 - line.x0) > _CELL_PADDING + 2.5 * line.size
    return paragraphs


def join_wrapped(above: str, below: str) -> str:
    """Join two lines of one paragraph: without a blank, except between words of letters.

    >>> join_wrapped("到2018", "年年底"), join_wrapped("World Wide", "Web")
    ('到2018年年底', 'World Wide Web')
    """
    words = above[-1:].isascii() and above[-1:].isalpha() and below[:1].isascii() and below[:1].isalpha()
    return f"{above} {below}" if words else above + below
