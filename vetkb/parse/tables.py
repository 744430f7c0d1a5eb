"""Rows → tables: header, function of each column, group rows, rows with their numbers.

A table goes on after a page break when its header is printed again or its numbering continues.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vetkb.model import Cell, Item, Row, Table
from vetkb.parse.lines import Line
from vetkb.text import Span
from vetkb.zh.marks import read_mark

# Function of a column by the words of its header; the first that fits is taken.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("ordinal", r"序\s*号|编\s*号|^号$"),
    ("lead", r"牵头|主办"),
    ("support", r"配合|参与|参加|协办|协同"),
    ("guide", r"指导(?:部门|单位|处室)"),
    ("responsible", r"(?:负责|责任|承办|实施|落实|主管|主责)(?:单位|部门|处室|主体|机构|科室)|^(?:处室|单位|部门)$"),
    ("schedule", r"时限|进度|时间|期限|节点|完成日期"),
    (
        "task",
        r"工作任务|重点任务|主要任务|任务名称|任务分工|^任务$|改革举措|工作事项|重点工作|工作内容|具体任务|任务内容|具体措施|政策措施|举措|事项",
    ),
    ("measure", r"主要内容|内容|措施|要求|目标"),
)
_COLUMNS = tuple((name, re.compile(pattern)) for name, pattern in COLUMNS)
_BLANK = " \u3000\u00a0\r\n"
_ORDINAL = re.compile(r"[（(]?([0-9０-９]{1,4})[)）]?[.．、]?$")


@dataclass(slots=True)
class _Open:
    """A table that is being read."""

    path: str
    start: int
    end: int
    header: tuple[Cell, ...]
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    group: str | None = None
    groups: int = 0
    place: int = 0


@dataclass(slots=True)
class TableReader:
    """Takes the rows of one source in order; `tables` and `groups` (items) are what it found.

    `paths` gives each line read (by its start) the path it stands in, `headers` the starts of header lines.
    """

    tables: list[Table] = field(default_factory=list)
    groups: list[Item] = field(default_factory=list)
    paths: dict[int, str | None] = field(default_factory=dict)
    headers: set[int] = field(default_factory=set)
    _open: _Open | None = None
    _taken: set[str] = field(default_factory=set)

    def take(self, line: Line, path: str, adjacent: bool) -> None:
        """Read one row that stands in `path`; `adjacent` is false where other text stands before it."""
        cells = _cells(line)
        table = self._open
        if table is not None and table.path == path and _same_header(cells, table.header):
            self.headers.add(line.start)
            self.paths[line.start] = None
            return
        if table is None or not adjacent or table.path != path or _is_header(cells):
            self.close()
            table = self._begin(line, cells, path)
            if table.header:
                self.headers.add(line.start)
                self.paths[line.start] = None
                return
        table.end = line.until
        self.paths[line.start] = self._row(table, line, cells)

    def close(self) -> None:
        """End the table that is being read."""
        table, self._open = self._open, None
        if table is not None:
            width = 1 + max((c.column for row in table.rows for c in row.cells), default=len(table.columns) - 1)
            columns = table.columns + ("other",) * (width - len(table.columns))
            self.tables.append(Table(table.path, Span(table.start, table.end), table.header, columns, tuple(table.rows)))

    def _begin(self, line: Line, cells: tuple[Cell, ...], path: str) -> _Open:
        header = cells if _is_header(cells) else ()
        width = 1 + max((c.column for c in cells), default=0)
        named = {c.column: _function(c.text) for c in header}
        columns = tuple(named.get(n, "other") for n in range(width))
        self._open = _Open(path, line.at, line.until, header, _task_column(columns))
        return self._open

    def _row(self, table: _Open, line: Line, cells: tuple[Cell, ...]) -> str:
        first = cells[0]
        if len(cells) == 1 and first.column == 0 and not _ORDINAL.match(first.text) and table.header:
            return self._group(table, line, first)
        ordinal = _ordinal(first) if table.columns[:1] == ("ordinal",) or not table.header else None
        if first.column > 0 and table.columns[:1] == ("ordinal",) and table.rows:
            above = table.rows[-1]
            table.rows[-1] = Row(above.path, above.ordinal, above.group, Span(above.span.start, line.until), above.cells + cells)
            return above.path
        table.place += 1
        path = self._unique(f"{table.path}/row {ordinal if ordinal is not None else table.place}")
        table.rows.append(Row(path, ordinal, table.group, Span(line.at, line.until), cells))
        return path

    def _group(self, table: _Open, line: Line, cell: Cell) -> str:
        mark = read_mark(cell.text)
        table.groups += 1
        name = mark.name if mark else f"组{table.groups}"
        label = mark.printed if mark else ""
        heading = cell.text[len(label) :].strip()
        start = cell.span.end - len(heading)
        path = self._unique(f"{table.path}/{name}")
        self.groups.append(Item(path, label, heading, Span(line.at, line.until), Span(start, cell.span.end)))
        table.group = path
        return path

    def _unique(self, path: str) -> str:
        unique, count = path, 2
        while unique in self._taken:
            unique, count = f"{path}~{count}", count + 1
        self._taken.add(unique)
        return unique


def _cells(line: Line) -> tuple[Cell, ...]:
    cells, at = [], line.start
    for column, text in enumerate(line.raw.split("\t")):
        stripped = text.strip(_BLANK)
        if stripped:
            start = at + text.index(stripped)
            cells.append(Cell(column, stripped, Span(start, start + len(stripped))))
        at += len(text) + 1
    return tuple(cells)


def _function(header: str) -> str:
    plain = re.sub(r"\s+", "", header)
    return next((name for name, pattern in _COLUMNS if pattern.search(plain)), "other")


def _task_column(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Where a table of duties has no task column, what it says stands under measure or in the first free column."""
    parties = {"lead", "support", "responsible", "guide"}
    if "task" in columns or not parties & set(columns):
        return columns
    for wanted in ("measure", "other"):
        if wanted in columns:
            place = columns.index(wanted)
            return (*columns[:place], "task", *columns[place + 1 :])
    return columns


def _is_header(cells: tuple[Cell, ...]) -> bool:
    if len(cells) < 2 or any(len(c.text) > 20 or _ORDINAL.match(c.text) for c in cells):
        return False
    known = sum(_function(c.text) != "other" for c in cells)
    return (
        known >= 2
        or (known >= 1 and cells[0].column == 0 and _function(cells[0].text) == "ordinal")
        or all(c.text.endswith(("指标", "性质", "说明", "名称", "单位", "备注", "类别", "项目")) for c in cells)
    )


def _same_header(cells: tuple[Cell, ...], header: tuple[Cell, ...]) -> bool:
    return bool(header) and [(c.column, c.text) for c in cells] == [(c.column, c.text) for c in header]


def _ordinal(cell: Cell) -> int | None:
    found = _ORDINAL.match(cell.text)
    return int(found.group(1)) if found and cell.column == 0 else None
