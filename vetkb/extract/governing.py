"""Which deadline governs a number: the nearest before it in the sentence, the date that opens the paragraph, or, in a
table, the one of the row's schedule cell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from vetkb.extract.candidates import Candidate
from vetkb.extract.passages import Reading
from vetkb.model import Deadline, Document
from vetkb.text import Span
from vetkb.zh.units import MONEY

_STEPS = 8


class Calendar:
    """The deadlines of a document, looked up by place."""

    def __init__(self, document: Document, deadlines: Sequence[Deadline]) -> None:
        self._deadlines = deadlines
        self._starts = [d.evidence.start for d in deadlines]
        self._scheduled = self._by_row(document)

    def opening(self, reading: Reading, frame: int | None) -> int | None:
        """Return the date that opens the paragraph and so governs its later sentences; `frame` is that of the reading before."""
        if not reading.continues and not reading.text.startswith("——"):
            frame = None
        place = bisect_left(self._starts, reading.view.span.start)
        if reading.kind != "sentence" or place == len(self._starts) or self._starts[place] != reading.view.span.start:
            return frame
        return place if self._deadlines[place].kind in ("by", "during") else frame

    def governing(self, reading: Reading, c: Candidate, frame: int | None) -> int | None:
        """Return the place of the deadline that governs a number; what recurs governs its own clause only."""
        here = reading.view.to_source(c.start, c.end).start
        clause = reading.view.to_source(c.start - len(c.left), c.end).start
        place = bisect_left(self._starts, here) - 1
        for _ in range(_STEPS):
            if place < 0 or self._starts[place] < reading.view.span.start:
                break
            if self._deadlines[place].kind != "recurring" or self._starts[place] >= clause:
                return place
            place -= 1
        if reading.kind not in ("sentence", "heading"):
            return self._scheduled.get(reading.item)
        return frame if c.unit not in MONEY or c.comparator != "=" else None

    def _by_row(self, document: Document) -> dict[str | None, int]:
        """Map each row to the deadline that its schedule cell states."""
        scheduled: dict[str | None, int] = {}
        for table in document.tables:
            for row in table.rows:
                for cell in row.cells:
                    if table.columns[cell.column] == "schedule":
                        place = self._first_in(cell.span)
                        if place is not None:
                            scheduled[row.path] = place
        return scheduled

    def _first_in(self, span: Span) -> int | None:
        place = bisect_left(self._starts, span.start)
        return place if place < len(self._starts) and self._starts[place] < span.end else None
