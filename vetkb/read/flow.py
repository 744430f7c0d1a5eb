"""Printed lines of all pages → paragraphs: by the edges of the text, the indent of a first line and the gaps between lines.

A line goes on in the next one when it reaches the right edge and the next one begins at the left edge. Where places say
nothing, lines stay lines and the parser joins what the words say belongs together.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from statistics import median

from vetkb.read.grid import clean
from vetkb.read.printed import PrintedLine, join_wrapped
from vetkb.zh.marks import read_mark

_PAGE_NUMBER = re.compile(
    r"[\s\-—－–―─·•~～_]*(?:\d{1,4}|第?\s*\d{1,4}\s*页?\s*[/／,，共]{0,2}\s*共?\s*\d{1,4}\s*页?|第\s*\d{1,4}\s*页|第[一二三四五六七八九十百]{1,5}页)[\s\-—－–―─·•~～_]*"
)
_EDGE = 0.12  # share of the page's height at the top and the bottom where running lines stand
_REPEATED_SHARE = 0.4
_SAME_HEIGHT = 4.0
_UNBREAKABLE = re.compile(r"[0-9A-Za-z.%,:/\-–〔〕\[\]()（《“‘]{1,40}")
_ENDED = frozenset("。；：！？;:!?")


@dataclass(frozen=True, slots=True)
class TableRows:
    """The lines of a table, with TABs."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line or a table on a page; `size` is width and height of the page, in points."""

    page: int
    size: tuple[float, float]
    content: PrintedLine | TableRows


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
    for piece in pieces:
        if isinstance(piece.content, TableRows):
            lines += piece.content.lines
            above = None
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
    pitches = [b.top - a.top for (m, a), (n, b) in zip(found, found[1:], strict=False) if m == n and 0 < b.top - a.top < 4 * size]
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
    token = _UNBREAKABLE.match(b.text)
    slack = 1.6 * a.size + (0.6 * a.size * len(token.group()) if token else 0)
    if a.x1 < there.right - slack or a.x0 > there.left + 3 * a.size:
        return False
    if b.x0 > here.left + 0.8 * b.size:
        return False
    return not (a.text[-1] in _ENDED and read_mark(b.text) is not None)
