"""Rows → tables: header, function of each column, group rows, rows with their numbers.

A table goes on after a page break when its header is printed again or its numbering continues. A printed line with a
blank first cell continues the row above; a line that lacks cells and is followed by one that holds the rest of them was
cut inside a cell.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from vetkb.model import Cell, Item, Row, Table
from vetkb.parse.columns import is_header, is_second_header, read_columns, read_ordinal, same_header
from vetkb.parse.lines import Line
from vetkb.text import Span
from vetkb.zh.marks import Mark, read_mark

_BLANK = " \u3000\u00a0\r\n"
_PARTIES = frozenset({"lead", "support", "responsible", "guide"})
_GROUP_RANK = 6  # 一、 and （一） open groups, 1. is a row's own number


@dataclass(slots=True)
class _Open:
    """A table that is being read."""

    path: str
    start: int
    end: int
    header: tuple[Cell, ...]
    first: tuple[Cell, ...]  # the header's rows as printed, to know them again at a page break
    second: tuple[Cell, ...]
    columns: tuple[str, ...]
    width: int
    rows: list[Row] = field(default_factory=list)
    group: str | None = None
    groups: int = 0
    place: int = 0
    missing: int = 0  # cells that the last printed line lacks

    def function(self, cell: Cell) -> str:
        return self.columns[cell.column] if cell.column < len(self.columns) else "other"


@dataclass(slots=True)
class TableReader:
    """Takes the rows of one source in order; `tables` and `groups` (items) are what it found.

    `paths` gives each line read (by its start) the path it stands in, `headers` the starts of header lines.
    """

    text: str
    tables: list[Table] = field(default_factory=list)
    groups: list[Item] = field(default_factory=list)
    paths: dict[int, str | None] = field(default_factory=dict)
    headers: set[int] = field(default_factory=set)
    _open: _Open | None = None
    _taken: Counter[str] = field(default_factory=Counter)

    def take(self, line: Line, path: str, adjacent: bool) -> None:
        """Read one row that stands in `path`; `adjacent` is false where other text stands before it."""
        cells = _cells(line)
        table = self._open
        if table is not None and table.path == path and adjacent and self._takes_header(table, line, cells):
            self.headers.add(line.start)
            self.paths[line.start] = None
            return
        if table is None or not adjacent or table.path != path or is_header(cells, first=False):
            self.close()
            table = self._begin(line, cells, path)
            if table.header:
                self.headers.add(line.start)
                self.paths[line.start] = None
                return
        table.end = line.until
        self.paths[line.start] = self._row(table, line, cells)

    def _takes_header(self, table: _Open, line: Line, cells: tuple[Cell, ...]) -> bool:
        """Take a header that is printed again, or its second row."""
        if any(same_header(cells, printed) for printed in (table.header, table.first, table.second)):
            return True
        if table.rows or table.groups or not is_second_header(cells, table.header):
            return False
        table.second = cells
        below = {c.column for c in cells}
        table.header = (*(c for c in table.header if c.column not in below), *cells)
        table.width = max(table.width, line.raw.count("\t") + 1)
        table.columns = read_columns(table.header, table.width)
        table.header = tuple(sorted(table.header, key=lambda c: c.column))
        return True

    def close(self) -> None:
        """End the table that is being read."""
        table, self._open = self._open, None
        if table is not None:
            width = 1 + max((c.column for row in table.rows for c in row.cells), default=len(table.columns) - 1)
            columns = table.columns + ("other",) * (width - len(table.columns))
            self.tables.append(Table(table.path, Span(table.start, table.end), table.header, columns, tuple(table.rows)))

    def _begin(self, line: Line, cells: tuple[Cell, ...], path: str) -> _Open:
        header = cells if is_header(cells, first=True) else ()
        width = line.raw.count("\t") + 1
        columns = read_columns(header, width)
        self._open = _Open(path, line.at, line.until, header, header, (), columns, width)
        return self._open

    def _row(self, table: _Open, line: Line, cells: tuple[Cell, ...]) -> str:
        if len(cells) > 1 and len({c.text for c in cells}) == 1 and read_mark(cells[0].text):
            cells = cells[:1]  # a group row whose merged cells repeat its words
        first = cells[0]
        numbered = table.columns[:1] == ("ordinal",)
        if table.missing and numbered and self._joins_cut_cell(table, line, cells):
            return table.rows[-1].path
        mark = read_mark(first.text) if first.column == 0 else None
        if len(cells) == 1 and first.column == 0 and table.header and not self._is_row_of_one_cell(first, mark):
            return self._group(table, line, first, mark)
        tabs = line.raw.count("\t")
        if table.rows and (self._lacks_its_number(table, cells) or (first.column > 0 and self._continues(table, cells))):
            above = table.rows[-1]
            table.rows[-1] = Row(above.path, above.ordinal, above.group, Span(above.span.start, line.until), above.cells + cells)
            return above.path
        table.missing = table.width - 1 - tabs
        table.place += 1
        ordinal = self._ordinal(table, cells, mark)
        path = self._unique(f"{table.path}/row {ordinal if ordinal is not None else table.place}")
        table.rows.append(Row(path, ordinal, table.group, Span(line.at, line.until), cells))
        return path

    @staticmethod
    def _continues(table: _Open, cells: tuple[Cell, ...]) -> bool:
        """A blank first cell continues the row above, unless that cell only classes the tasks that stand beside it."""
        if table.columns[0] in ("ordinal", "task"):
            return True
        return bool(_PARTIES & set(table.columns)) and not any(table.function(c) == "task" for c in cells)

    @staticmethod
    def _lacks_its_number(table: _Open, cells: tuple[Cell, ...]) -> bool:
        """A blank in a column of numbers that is not the first one continues the row above, whose number it has."""
        column = table.columns.index("ordinal") if "ordinal" in table.columns else 0
        return column > 0 and table.rows[-1].ordinal is not None and cells[0].column > column

    @staticmethod
    def _is_row_of_one_cell(first: Cell, mark: Mark | None) -> bool:
        return read_ordinal(first) is not None or (mark is not None and mark.rank >= _GROUP_RANK)

    @staticmethod
    def _ordinal(table: _Open, cells: tuple[Cell, ...], mark: Mark | None) -> int | None:
        """The number in the column of numbers, or before the task in the first cell (1.完善制度)."""
        numbered = next((cell for cell in cells if table.function(cell) == "ordinal"), None)
        if numbered is not None:
            return read_ordinal(numbered)
        if not table.header:
            return read_ordinal(cells[0]) if cells[0].column == 0 else None
        if table.columns[:1] == ("task",) and mark is not None and mark.kind == "number":
            return mark.number
        return None

    def _joins_cut_cell(self, table: _Open, line: Line, cells: tuple[Cell, ...]) -> bool:
        """Join a line to the row above that was cut inside its last cell."""
        tabs = line.raw.count("\t")
        above = table.rows[-1]
        if tabs > table.missing or cells[0].column != 0 or read_ordinal(cells[0]) is not None or read_mark(cells[0].text):
            return False
        table.missing -= tabs
        base = table.width - 1 - table.missing - tabs
        last = above.cells[-1]
        start = last.span.start if last.column == base else cells[0].span.start
        whole = Cell(base, self.text[start : cells[0].span.end], Span(start, cells[0].span.end))
        kept = tuple(c for c in above.cells if c.column != base or c.span.start < start)
        rest = tuple(Cell(c.column + base, c.text, c.span) for c in cells[1:])
        table.rows[-1] = Row(above.path, above.ordinal, above.group, Span(above.span.start, line.until), (*kept, whole, *rest))
        return True

    def _group(self, table: _Open, line: Line, cell: Cell, mark: Mark | None) -> str:
        table.groups += 1
        table.missing = 0
        name = mark.name if mark else f"组{table.groups}"
        label = mark.printed if mark else ""
        heading = cell.text[len(label) :].strip()
        start = cell.span.end - len(heading)
        path = self._unique(f"{table.path}/{name}")
        self.groups.append(Item(path, label, heading, Span(line.at, line.until), Span(start, cell.span.end)))
        table.group = path
        return path

    def _unique(self, path: str) -> str:
        self._taken[path] += 1
        return path if self._taken[path] == 1 else f"{path}~{self._taken[path]}"


def _cells(line: Line) -> tuple[Cell, ...]:
    cells, at = [], line.start
    for column, text in enumerate(line.raw.split("\t")):
        stripped = text.strip(_BLANK)
        if stripped:
            start = at + text.index(stripped)
            cells.append(Cell(column, stripped, Span(start, start + len(stripped))))
        at += len(text) + 1
    return tuple(cells)
