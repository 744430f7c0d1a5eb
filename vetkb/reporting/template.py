"""Rows to fill in → an empty report in CSV, XLSX or JSON that is read back as it was written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

from vetkb.errors import UsageError
from vetkb.reporting.rows import COLUMNS

FORMATS = ("csv", "xlsx", "json")
ORDER = (
    "indicator", "name", "clause", "expected", "about", "about_type", "area", "value", "unit", "year",
    "task", "status", "date", "reporter", "document",
)  # fmt: skip

Row = Mapping[str, str | int | None]


def render_template(rows: Sequence[Row], form: str, language: str = "zh") -> bytes:
    """Return an empty report; headers are Chinese or English. Raises UsageError for an unknown format."""
    writers: dict[str, Callable[[Sequence[Row], list[str]], bytes]] = {"csv": _csv, "xlsx": _xlsx, "json": _json}
    if form not in writers:
        raise UsageError(f"unknown format {form!r} of a template; known: {', '.join(FORMATS)}")
    return writers[form](rows, [_header(c, language) for c in ORDER])


def _header(column: str, language: str) -> str:
    return next((n for n in COLUMNS[column] if not n.isascii()), column) if language == "zh" else column


def _csv(rows: Sequence[Row], headers: list[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([_safe(row.get(c)) for c in ORDER] for row in rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8", "replace")


def _safe(value: str | int | None) -> str | int | None:
    """Keep a spreadsheet from running a cell: no number of ours begins with a sign that starts a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _xlsx(rows: Sequence[Row], headers: list[str]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("vetkb")
    sheet.freeze_panes = "A2"
    for place, header in enumerate(headers, start=1):
        sheet.cell(1, place, header).font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(ORDER, start=1):
            cell = sheet.cell(number, place, row.get(column))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text, whatever it begins with
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _json(rows: Sequence[Row], headers: list[str]) -> bytes:
    named = dict(zip(ORDER, headers, strict=True))
    filled = [{named[c]: row[c] for c in ORDER if c in row} for row in rows]
    return (json.dumps({"rows": filled}, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
