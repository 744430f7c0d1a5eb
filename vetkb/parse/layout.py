"""Lines → layout: whether the printer cut the lines at one width, and where paragraphs are indented.

A text that was copied from a printed page has its paragraphs cut into lines of one width. There a line that reaches the
width goes on in the next one and a shorter one ends its paragraph, whatever stands at its end. Other texts print a paragraph
in one line, and only an unfinished sentence goes on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from vetkb.parse.lines import Line

_SHORTEST, _LONGEST = 20, 160  # widths at which lines are cut, in half-width columns
_FEWEST_LINES = 6
_SHARE_FULL = 0.4
_SHARE_LONGER = 0.04
_RAGGED = 4  # columns that a full line may lack: a stop or a word that would not fit
_INDENTS = ("\u3000", "  ", "\t")


@dataclass(frozen=True, slots=True)
class Layout:
    """The width at which lines are cut, in half-width columns, and whether paragraphs are indented."""

    width: int
    indented: bool

    def is_full(self, line: Line) -> bool:
        return columns(line) >= self.width - _RAGGED or 2 * len(line.raw.rstrip()) >= self.width

    def fills(self, line: Line) -> bool:
        """Whether the line ends exactly where lines are cut, by columns or by characters."""
        return columns(line) >= self.width - 1 or 2 * len(line.raw.rstrip()) >= self.width


def columns(line: Line) -> int:
    """Return the printed width of a line, indent included: a Han character takes two columns."""
    raw = line.raw.rstrip()
    return 2 * len(raw) - len(raw.encode("ascii", "ignore"))


def is_indented(line: Line) -> bool:
    return line.raw.startswith(_INDENTS)


def read_layout(lines: list[Line]) -> Layout | None:
    """Return the layout of a text whose lines are cut at one width, else none."""
    printed = [line for line in lines if line.text and not line.is_row]
    widths = [width for line in printed if (width := columns(line)) >= _SHORTEST]
    if len(widths) < _FEWEST_LINES:
        return None
    counted = Counter(widths)
    width = max(counted, key=lambda w: (sum(counted[w - n] for n in range(_RAGGED + 1)), counted[w]))
    full = sum(counted[width - n] for n in range(_RAGGED + 1))
    longer = sum(count for w, count in counted.items() if w > width + 1)
    if width > _LONGEST or full < _SHARE_FULL * len(widths) or longer > _SHARE_LONGER * len(widths):
        return None
    plain = Layout(width, indented=False)
    after_full = [is_indented(b) for a, b in pairwise(printed) if plain.is_full(a)]
    indents = sum(map(is_indented, printed))
    return Layout(width, indented=indents >= 3 and sum(after_full) < 0.5 * len(after_full))
