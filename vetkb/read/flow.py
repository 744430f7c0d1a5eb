"""Printed lines of all pages → paragraphs: by the edges of the text, the indent of a first line and the gaps between lines.

A line goes on in the next one when it reaches the right edge and the next one begins at the left edge. Where places say
nothing, lines stay lines and the parser joins what the words say belongs together.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from vetkb.read.grid import clean, table_lines
from vetkb.read.printed import PrintedCell, PrintedLine, PrintedTable, join_wrapped, unit_width
from vetkb.zh.marks import read_mark

_PAGE_NUMBER = re.compile(
    r"[\s\-—－–―─·•~～_]*(?:\d{1,4}|第?\s*\d{1,4}\s*页?\s*[/／,，共]{0,2}\s*共?\s*\d{1,4}\s*页?|第\s*\d{1,4}\s*页|第[一二三四五六七八九十百]{1,5}页)[\s\-—－–―─·•~～_]*"
)
_EDGE = 0.12  # share of the page's height at the top and the bottom where running lines stand
_REPEATED_SHARE = 0.4
_SAME_HEIGHT = 4.0
_SAME_COLUMN = 3.0
_TIGHT = 1.0  # sizes of a character
_LOOSE = 2.0
_AT_BOTTOM = 1.6
_ENOUGH_ROWS = 3
_ENDED = frozenset("。；：！？;:!?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line or a table on a page; `size` is width and height of the page, in points."""

    page: int
    size: tuple[float, float]
    content: PrintedLine | PrintedTable


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where the text of pages of one size stands, and how far apart its lines are."""

    left: float
    right: float
    pitch: float


def without_running_lines(pages: list[list[Piece]]) -> list[Piece]:
    """Return the pieces of all pages without page numbers and the heads and feet that pages repeat."""
    repeated: Counter[tuple[str, int]] = Counter()
    for page in pages:
        repeated.update({key for piece in page if (key := _running_key(piece)) is not None})
    often = max(2, _REPEATED_SHARE * len(pages))
    kept: list[Piece] = []
    for page in pages:
        for piece in page:
            key = _running_key(piece)
            if key is None or (repeated[key] < often and not _PAGE_NUMBER.fullmatch(key[0].replace("#", "1"))):
                kept.append(piece)
    return kept


def _running_key(piece: Piece) -> tuple[str, int] | None:
    """Return what is alike in a running line on all pages, None for a line that stands amid a page."""
    line = piece.content
    if not isinstance(line, PrintedLine):
        return None
    height = piece.size[1]
    if _EDGE * height < line.bottom and line.top < (1 - _EDGE) * height:
        return None
    return re.sub(r"\d+", "#", re.sub(r"\s", "", line.text)), round(line.top / _SAME_HEIGHT)


def flow(pieces: list[Piece]) -> list[str]:
    """Return paragraphs and table rows, a line each."""
    sizes = {piece.size for piece in pieces}
    edges = {size: _edges([p for p in pieces if p.size == size]) for size in sizes}
    lines: list[str] = []
    above: Piece | None = None
    for place, piece in enumerate(pieces):
        if isinstance(piece.content, PrintedTable):
            above = None
            if not _carries_on(pieces, place):
                lines += _table_lines(pieces, place)
            continue
        text = clean(piece.content.text)
        if above is not None and lines and _goes_on(above, piece, edges[piece.size], edges[above.size]):
            lines[-1] = join_wrapped(lines[-1], text)
        else:
            lines.append(text)
        above = piece
    return lines


def _edges(pieces: list[Piece]) -> _Edges:
    found = [(p.page, p.content) for p in pieces if isinstance(p.content, PrintedLine)]
    if not found:
        return _Edges(0, 0, 0)
    size = median(line.size for _, line in found)
    pitches = [b.top - a.top for (m, a), (n, b) in pairwise(found) if m == n and 0 < b.top - a.top < 4 * size]
    left = _supported(sorted(line.x0 for _, line in found), size)
    right = -_supported(sorted(-line.x1 for _, line in found), size)
    return _Edges(left, right, median(pitches) if pitches else 2 * size)


def _supported(places: list[float], size: float) -> float:
    """Return the outermost place where several lines begin; the outermost of all where there is none such."""
    need = min(3, len(places))
    for at, place in enumerate(places):
        if at + need <= len(places) and places[at + need - 1] - place <= 0.6 * size:
            return place
    return places[0]


def _goes_on(above: Piece, below: Piece, here: _Edges, there: _Edges) -> bool:
    a, b = above.content, below.content
    assert isinstance(a, PrintedLine)  # noqa: S101 (told apart by the caller)
    assert isinstance(b, PrintedLine)  # noqa: S101
    if abs(a.size - b.size) > 0.15 * max(a.size, b.size):
        return False
    if above.page == below.page:
        if b.top - a.top > 1.6 * here.pitch + 0.2 * b.size:
            return False
    elif above.page + 1 != below.page:
        return False
    if a.x1 < there.right - a.size * (unit_width(b.text) + _TIGHT) or a.x0 > there.left + 3 * a.size:
        return False
    if b.x0 > here.left + 0.8 * b.size:
        return False
    return not (a.text[-1] in _ENDED and read_mark(b.text) is not None)


def _carries_on(pieces: list[Piece], place: int) -> bool:
    """Whether a table is the next part of one that stands at the end of the page before."""
    below, above = pieces[place], pieces[place - 1] if place else None
    if above is None or above.page + 1 != below.page:
        return False
    a, b = above.content, below.content
    if not isinstance(a, PrintedTable) or not isinstance(b, PrintedTable) or len(a.edges) != len(b.edges):
        return False
    return all(abs(x - y) <= _SAME_COLUMN for x, y in zip(a.edges, b.edges, strict=True))


def _table_lines(pieces: list[Piece], place: int) -> list[str]:
    """Return the lines of the table that begins at a place, with its parts on the following pages."""
    table = pieces[place].content
    assert isinstance(table, PrintedTable)  # noqa: S101 (told apart by the caller)
    rows = list(table.rows)
    head = _texts(rows[0])
    while place + 1 < len(pieces) and _carries_on(pieces, place + 1):
        place += 1
        part = pieces[place].content
        assert isinstance(part, PrintedTable)  # noqa: S101
        below = list(part.rows)
        if len(below) > 1 and _texts(below[0]) == head:
            del below[0]  # the header, printed again
        if below and (_is_rest(rows, below[0]) or _is_cut(rows[-1], below[0])):
            rows[-1] = tuple(map(_mend, rows[-1], below.pop(0)))
        rows += below
    return table_lines([_texts(row) for row in rows])


def _texts(row: tuple[PrintedCell, ...]) -> list[tuple[str, ...]]:
    return [cell.paragraphs for cell in row]


def _is_rest(rows: list[tuple[PrintedCell, ...]], below: tuple[PrintedCell, ...]) -> bool:
    """Whether a row lacks what every row above has, and goes on only where the last one has text: its second part."""
    whole = [row for row in rows[1:] if sum(bool(cell.paragraphs) for cell in row) > 1]
    if len(whole) < _ENOUGH_ROWS or not all(a.paragraphs for a, b in zip(rows[-1], below, strict=True) if b.paragraphs):
        return False
    kept = [n for n, cell in enumerate(below) if cell.paragraphs]
    return kept != [0] and any(all(row[n].paragraphs for row in whole) for n in range(len(below)) if n not in kept)


def _is_cut(above: tuple[PrintedCell, ...], below: tuple[PrintedCell, ...]) -> bool:
    """Whether a page break cut a row in two: what stands in its second part goes on from full cells, and some cell is whole."""
    pairs = [(a, b) for a, b in zip(above, below, strict=True) if b.paragraphs]
    whole = any(a.paragraphs and not b.paragraphs for a, b in zip(above, below, strict=True))
    if not pairs or not whole or not all(a.paragraphs and a.below <= _AT_BOTTOM for a, _ in pairs):
        return False
    if any(a.room > unit_width(b.paragraphs[0]) + _TIGHT for a, b in pairs):
        return False
    first = below[0].paragraphs
    if first and (first[0].isdigit() or read_mark(first[0]) is not None):
        return False
    return all(a.paragraphs[-1][-1] not in _ENDED for a, _ in pairs)


def _mend(above: PrintedCell, below: PrintedCell) -> PrintedCell:
    if not above.paragraphs or not below.paragraphs:
        return below if below.paragraphs else above
    if above.room > unit_width(below.paragraphs[0]) + _LOOSE:
        return PrintedCell(above.paragraphs + below.paragraphs, below.room, below.below)
    joined = join_wrapped(above.paragraphs[-1], below.paragraphs[0])
    return PrintedCell((*above.paragraphs[:-1], joined, *below.paragraphs[1:]), below.room, below.below)
