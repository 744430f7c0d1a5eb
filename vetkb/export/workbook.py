"""Tables → an XLSX workbook: a sheet each, a head that stays in sight, numbers and dates as such, no formula ever."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_LONGEST_CELL = 32_767
_WIDEST_COLUMN = 60


def to_workbook(columns: Sequence[str], rows: Iterable[Sequence[object]], *, note: str | None = None) -> bytes:
    """Return a workbook of rows in the order of `columns`; `note` is a last row that stands alone."""
    return sheets_to_workbook({"vetkb": (columns, rows)}, note=note)


def sheets_to_workbook(
    sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]], *, note: str | None = None
) -> bytes:
    """Return a workbook with a sheet for each table, given as columns and rows."""
    book = Workbook(write_only=True)
    for name, (columns, rows) in sheets.items():
        _write_sheet(book.create_sheet(name), columns, [list(row) for row in rows], note)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(sheet: Any, columns: Sequence[str], rows: Sequence[Sequence[object]], note: str | None) -> None:
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns):
        widest = max([len(column), *(_width(row[place]) for row in rows)])
        sheet.column_dimensions[_letters(place)].width = min(widest + 2, _WIDEST_COLUMN)
    sheet.append([_cell(sheet, column, bold=True) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    if note is not None:
        sheet.append([_cell(sheet, note, bold=True)])


def _cell(sheet: WriteOnlyWorksheet, value: object, *, bold: bool = False) -> Cell | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime(value.year, value.month, value.day))
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, bool | int | float):
        cell = WriteOnlyCell(sheet, value=value)
    else:
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value))[:_LONGEST_CELL])
        # a string, whatever it begins with: a quotation that starts with = is no formula
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _width(value: object) -> int:
    return 0 if value is None else sum(2 if ord(character) > 0x2E7F else 1 for character in str(value)[:_WIDEST_COLUMN])


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
