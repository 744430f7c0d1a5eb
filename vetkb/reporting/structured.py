"""Bytes of a JSON report → records: a list of objects with the columns of a table, or `{"rows": [...]}`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import NoReturn

from vetkb.errors import ReportError
from vetkb.reporting.cells import is_absent, is_text
from vetkb.reporting.delimited import decode
from vetkb.reporting.model import Limits, Record, Remark
from vetkb.reporting.rows import canonical
from vetkb.text import Message

_LISTS = ("rows", "data", "observations", "tasks", "progress")


def parse_json(data: bytes, source: str) -> object:
    """Parse JSON with exact figures; raises ReportError for what is none, with line and column."""

    def refuse(constant: str) -> NoReturn:
        raise ReportError(f"{source}: {constant} is not JSON")

    try:
        parsed: object = json.loads(decode(data, source), parse_float=Decimal, parse_int=Decimal, parse_constant=refuse)
        return parsed
    except json.JSONDecodeError as error:
        raise ReportError(f"{source}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise ReportError(f"{source}: JSON that cannot be read ({type(error).__name__})") from None


def is_jsonld(parsed: object) -> bool:
    """Tell JSON-LD from plain rows by its keywords."""
    first = parsed[0] if isinstance(parsed, list) and parsed else parsed
    return isinstance(first, dict) and any(k in first for k in ("@context", "@graph", "@id", "@type"))


def read_rows(parsed: object, source: str, limits: Limits) -> Iterator[Record | Remark]:
    """Yield the records of parsed JSON; rows are numbered from 1."""
    rows = parsed
    if isinstance(parsed, dict):
        lists = [parsed[k] for k in _LISTS if isinstance(parsed.get(k), list)]
        rows = [row for part in lists for row in part] if lists else [parsed]
    if not isinstance(rows, list):
        raise ReportError(f"{source}: the JSON is neither a list of rows nor an object with “rows”")
    if len(rows) > limits.rows:
        raise ReportError(f"{source}: more than {limits.rows} rows; split the report and send the parts one by one")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            message = Message("本行不是对象，未读取", "this row is not an object and was not read")
            yield Remark("VK-REPORT-ROW", "error", message, source, number)
            continue
        yield _record(row, number, source, limits)


def _record(row: dict[str, object], number: int, source: str, limits: Limits) -> Record | Remark:
    cells: dict[str, str] = {}
    headers: dict[str, str] = {}
    for key, value in row.items():
        column = canonical(key[:80])
        if column is None or value is None:
            continue
        text = _text(value)
        if text is None or len(text) > limits.cell or not is_text(text) or column in cells:
            shown = key[:60]
            message = Message(f"“{shown}”不是单个值，本行未读取", f"“{shown}” is not one plain value; row not read")
            return Remark("VK-REPORT-CELL", "error", message, source, number, shown)
        headers[column] = key[:60]
        if not is_absent(text):
            cells[column] = text.strip()
    return Record(number, cells, headers)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal) and abs(value.adjusted()) <= 21:
        return format(value, "f")
    return None
