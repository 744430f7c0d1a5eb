"""A table of cells → records under canonical column names; the header may be Chinese or English.

A title above the header is skipped; blank rows are, and the header where it comes again; one over two lines, as merged
cells leave it, is put together. A column that means nothing to us is named in a remark and left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest

from vetkb.reporting.cells import bare, is_absent, is_text, plain
from vetkb.reporting.model import Limits, Record, Remark, refusal, too_many_rows
from vetkb.reporting.wordings import load_wordings
from vetkb.text import Message

COLUMNS: Mapping[str, tuple[str, ...]] = load_wordings().columns
Row = tuple[int, Sequence[str]]
Columns = Sequence[tuple[str | None, str]]
"""The canonical name of each column, None where it means nothing, and the name as printed."""

_CANONICAL = {name: column for column, names in COLUMNS.items() for name in names}
_KEYS = frozenset({"indicator", "task"})
HEADER_WITHIN = 20
MAX_COLUMNS = 256
_LONGEST_NAME = 60


def canonical(header: str) -> str | None:
    """Return the canonical name of a column, or None.

    >>> canonical("指标"), canonical(" About "), canonical("备注") is None
    ('indicator', 'about', True)
    """
    return _named(header) if len(header) <= _LONGEST_NAME else None


@lru_cache(1 << 10)  # each cell of the first lines is held against the names, once for each delimiter
def _named(header: str) -> str | None:
    name = plain(header).casefold()
    return _CANONICAL.get(name) or _CANONICAL.get(name.replace(" ", ""))


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row names columns: one that says what the rows are about, and another."""
    found = {canonical(c) for c in cells} - {None}
    return len(found) >= 2 and bool(found & _KEYS)


def records(rows: Iterable[Row], source: str, limits: Limits) -> Iterator[Record | Remark]:
    """Turn numbered rows of cells into records; a cell too long and a row with a key twice are remarks.

    Raises ReportError where no row names the columns, a column is named twice, or there are too many rows.
    """
    filled = ((number, cells) for number, cells in rows if any(map(str.strip, cells)))
    header, names, first = _header(filled, source)
    yield from _unknown_columns(header, source, names)
    columns = tuple((canonical(name), _shown(name)) for name in header)
    headers = {column: shown for column, shown in columns if column is not None}
    count = 0
    for number, cells in chain(first, filled):
        if cells[: len(header)] == header:
            continue
        count += 1
        if count > limits.rows:
            raise too_many_rows(source, limits)
        yield _record(columns, headers, number, cells, source, limits)


def _header(rows: Iterator[Row], source: str) -> tuple[list[str], int, list[Row]]:
    """Return the header, its line, and the row after it where that was looked at and is no part of it."""
    for number, cells in islice(rows, HEADER_WITHIN):
        if not is_header(cells):
            continue
        header = _trimmed(cells)
        below = next(rows, None)
        if below is not None and _goes_on(header, below[1]):
            second = list(below[1])
            header = _trimmed([under if under.strip() else over for over, under in zip_longest(header, second, fillvalue="")])
            below = None
        if len(header) > MAX_COLUMNS:
            raise refusal(
                source, f"第{number}行的表头超过{MAX_COLUMNS}列", f"line {number} names more than {MAX_COLUMNS} columns"
            )
        return header, number, [] if below is None else [below]
    raise refusal(
        source,
        "没有一行写明列名，请加表头，可用 vetkb template",
        "no row names the columns (指标 indicator, 数值 value, … or 任务 task, 状态 status, …); "
        "add a header row, see `vetkb template`",
    )


def _goes_on(header: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a row is the second line of a header: names of columns alone, none below the key."""
    keys = {place for place, name in enumerate(header) if canonical(name) in _KEYS}
    named = {place for place, name in enumerate(below) if name.strip()}
    return not keys & named and all(canonical(below[place]) is not None for place in named)


def _trimmed(cells: Sequence[str]) -> list[str]:
    end = next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)
    return list(cells[:end])


def _unknown_columns(header: list[str], source: str, number: int) -> Iterator[Remark]:
    known = [canonical(h) for h in header]
    twice = [name for place, (name, c) in enumerate(zip(header, known, strict=True)) if c is not None and c in known[:place]]
    if twice:
        shown = _shown(twice[0])
        raise refusal(source, f"第{number}行的列“{shown}”重复", f"line {number} names the column “{shown}” more than once")
    for name, column in zip(header, known, strict=True):
        if column is None and name.strip():
            message = Message(f"不认识的列“{_shown(name)}”，未读取", f"unknown column “{_shown(name)}”, not read")
            yield Remark("VK-REPORT-COLUMN", "info", message, source, number, _shown(name))


def _record(
    columns: Columns, headers: Mapping[str, str], number: int, cells: Sequence[str], source: str, limits: Limits
) -> Record | Remark:
    values: dict[str, str] = {}
    extra = [c for c in cells[len(columns) :] if c.strip()] if len(cells) > len(columns) else []
    if extra:
        message = Message(
            f"第{number}行比表头多{len(extra)}格，整行未读取",
            f"row {number} has {len(extra)} more cells than the header; row not read",
        )
        return Remark("VK-REPORT-ROW", "error", message, source, number, None, _shown(extra[0]))
    for (column, shown), cell in zip(columns, cells, strict=False):
        if column is None:
            continue
        if len(cell) > limits.cell:
            message = Message(
                f"第{number}行“{shown}”超过{limits.cell}个字符",
                f"row {number}, column “{shown}” is longer than {limits.cell} characters",
            )
            return Remark("VK-REPORT-CELL", "error", message, source, number, shown, _shown(cell))
        said = _said(cell)
        if said is None:
            message = Message(
                f"第{number}行“{shown}”含有不是文字的字符",
                f"row {number}, column “{shown}” holds characters that are no text",
            )
            return Remark("VK-REPORT-CELL", "error", message, source, number, shown)
        if said:
            values[column] = said
    return Record(number, values, headers)


@lru_cache(1 << 12)  # of most columns the same cells come again in row after row
def _said(cell: str) -> str | None:
    """Return what a cell says, the empty text where that is nothing, None where it holds characters that are no text."""
    if not is_text(cell):
        return None
    return "" if is_absent(cell) else _unmarked(bare(cell))


def _unmarked(cell: str) -> str:
    """Take off the apostrophe by which spreadsheets, and our templates, say that a cell is text."""
    return cell[1:] if cell.startswith("'") and len(cell) > 1 and "'" not in cell[1:] else cell


def _shown(text: str) -> str:
    text = " ".join("".join(c if is_text(c) else "�" for c in text[:200]).split())
    return text if len(text) <= 60 else text[:59] + "…"
