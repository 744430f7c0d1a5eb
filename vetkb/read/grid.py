"""Cells → lines: a row of a table is a line with TABs, a merged cell is written once and blank after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from vetkb.errors import SourceError

Paragraphs = Sequence[str]
MAX_CELLS = 500_000
MAX_COLUMNS = 512
# Between these and their neighbour a line break inside a cell needs no blank to keep words apart.
_AFTER = frozenset("、，；：。！？（《“‘—,;:(/-")
_BEFORE = frozenset("、，；：。！？）》”’,;:.)/-%％")
_CONTROLS = dict.fromkeys((*range(32), 127, 173, 8203, 8204, 8205, 8288, 65279)) | {
    0x09: " ", 0x0A: " ", 0x0D: " ", 0x0B: " ", 0x0C: " ", 0x85: " ", 0xA0: " ", 0x2028: " ", 0x2029: " ",
}  # fmt: skip
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return text without what never is printed: control characters and zero-width marks; line breaks become blanks."""
    return _SURROGATES.sub("\ufffd", text.translate(_CONTROLS)).strip(" \u3000")


def join(paragraphs: Iterable[str]) -> str:
    """Write the paragraphs of a cell on one line, with a blank where they would otherwise run together.

    >>> join(["1.完善制度。", "2.落实"]), join(["市教育局", "市财政局"])
    ('1.完善制度。2.落实', '市教育局 市财政局')
    """
    joined = ""
    for paragraph in paragraphs:
        if joined and paragraph and joined[-1] not in _AFTER and paragraph[0] not in _BEFORE:
            joined += " "
        joined += paragraph
    return joined


def table_lines(rows: Sequence[Sequence[Paragraphs]]) -> list[str]:
    """Return the lines of a table whose rows all begin at its first column; a covered place is an empty cell.

    Empty rows and columns that are empty throughout go; a table of one column is a frame around text, not a table.

    >>> table_lines([[["一、总则"], [], []], [["1"], ["完善"], []]])
    ['一、总则\\t', '1\\t完善']
    >>> table_lines([[["抄送：市委。"]], [["印发"]]])
    ['抄送：市委。', '印发']
    """
    kept = [[[line for part in cell if (line := clean(part))] for cell in row] for row in rows]
    width = max((len(row) for row in kept), default=0)
    columns = [n for n in range(width) if any(n < len(row) and row[n] for row in kept)]
    if len(columns) <= 1:
        return [part for row in kept for cell in row for part in cell]
    return [
        "\t".join(join(row[n]) if n < len(row) else "" for n in columns) for row in kept if any(row[n] for n in range(len(row)))
    ]


class CellCount:
    """Counts the cells of a document and stops it where there are too many."""

    def __init__(self) -> None:
        self._cells = 0

    def add(self, cells: int) -> None:
        """Raise SourceError over the bound."""
        self._cells += cells
        if self._cells > MAX_CELLS:
            raise SourceError(f"its tables have more than the {MAX_CELLS} cells that one document may have; split it")
