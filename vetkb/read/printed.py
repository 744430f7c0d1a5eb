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
_LOOSE = 2.0  # in sizes of a character: what programs leave free at the end of a line that is full
# Opening brackets, a character or a run of digits and letters, and what may not begin a line after it.
_UNIT = re.compile(r"[（《“‘〔([]{0,3}(?:[0-9A-Za-z.%,:/×+=\-–]{1,40}|.)[）〕》”’，。、；：！？/%％)\]×]{0,4}")
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


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """The paragraphs in a cell; `room` is what its last line leaves to its right, `below` under it, in sizes of a character."""

    paragraphs: tuple[str, ...] = ()
    room: float = 0.0
    below: float = 0.0


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """The cells of a drawn table, row by row, and the left edges of its columns."""

    rows: tuple[tuple[PrintedCell, ...], ...]
    edges: tuple[float, ...]


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


def read_cell(chars: Sequence[Char], box: tuple[float, float, float, float]) -> PrintedCell:
    """Return the paragraphs in a cell: a line that ends although the next word had room ends its paragraph.

    Lines that merely did not fit are joined without a blank.
    """
    left, _, right, bottom = box
    paragraphs: list[str] = []
    room = 0.0
    lines = printed_lines(chars)
    for line in lines:
        if not paragraphs or room > unit_width(line.text) + _LOOSE:
            paragraphs.append(line.text)
        else:
            paragraphs[-1] = join_wrapped(paragraphs[-1], line.text)
        room = ((right - left) - (line.x1 - line.x0) - _CELL_PADDING) / line.size
    below = (bottom - lines[-1].bottom) / lines[-1].size if lines else 0.0
    return PrintedCell(tuple(paragraphs), room, below)


def unit_width(text: str) -> float:
    """Return how wide the first part of a line is that no program breaks, in sizes of a character.

    >>> unit_width("率，缩短"), unit_width("（区）管辖"), round(unit_width("12000元"), 1)
    (2.0, 3.0, 3.0)
    """
    found = _UNIT.match(text)
    return sum(0.6 if c.isascii() else 1.0 for c in found.group()) if found else 0.0


def join_wrapped(above: str, below: str) -> str:
    """Join two lines of one paragraph: without a blank, except between words of letters.

    >>> join_wrapped("到2018", "年年底"), join_wrapped("World Wide", "Web")
    ('到2018年年底', 'World Wide Web')
    """
    words = above[-1:].isascii() and above[-1:].isalpha() and below[:1].isascii() and below[:1].isalpha()
    return f"{above} {below}" if words else above + below
