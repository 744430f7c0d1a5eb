"""Remarks about the rows of a file, as many as anybody reads: of each kind the first in full, the others by their rows.

A file of a hundred thousand rows that name no known indicator would else take half a gigabyte to say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vetkb.reporting.model import Remark
from vetkb.text import Message

MOST_TOLD = 1000  # remarks of one kind about one file that are told in full
_MOST_RANGES = 50


@dataclass
class _More:
    """The remarks of one kind that are only counted: how many, the rows (first and last of each run), and the last of them."""

    last: Remark
    count: int = 0
    rows: list[tuple[int, int]] = field(default_factory=list)
    is_cut: bool = False

    def add(self, remark: Remark) -> None:
        self.last = remark
        self.count += 1
        if remark.row is None:
            return
        if self.rows and remark.row - self.rows[-1][1] in (0, 1):
            self.rows[-1] = (self.rows[-1][0], remark.row)
        elif len(self.rows) < _MOST_RANGES:
            self.rows.append((remark.row, remark.row))
        else:
            self.is_cut = True

    def told(self) -> Remark:
        """Return one remark for all of them."""
        rows = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in self.rows) + (" …" if self.is_cut else "")
        column_zh, column_en = (f"“{self.last.column}”列", f", column “{self.last.column}”") if self.last.column else ("", "")
        zh = f"另有{self.count}处同类问题{column_zh}{f'，第{rows}行' if rows else ''}，不再逐一列出"
        en = f"{self.count} more of this kind{column_en}{f', rows {rows}' if rows else ''}, not listed one by one"
        last = self.last
        first = self.rows[0][0] if self.rows else None
        return Remark(last.code, last.severity, Message(zh, en), last.source, first, last.column)


class Remarks:
    """Collects the remarks about one file."""

    def __init__(self) -> None:
        self._told: list[Remark] = []
        self._counts: dict[tuple[str, str | None], int] = {}
        self._more: dict[tuple[str, str | None], _More] = {}

    def add(self, remark: Remark) -> None:
        kind = remark.code, remark.column
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= MOST_TOLD:
            self._told.append(remark)
        else:
            self._more.setdefault(kind, _More(remark)).add(remark)

    def __iter__(self) -> Iterator[Remark]:
        yield from self._told
        for more in self._more.values():
            yield more.told()
