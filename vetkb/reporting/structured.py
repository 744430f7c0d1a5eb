"""Bytes of a JSON report → records: a list of objects with the columns of a table, or `{"rows": [...]}`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import NoReturn

from vetkb.reporting.cells import is_absent, is_text
from vetkb.reporting.delimited import decode
from vetkb.reporting.model import Limits, Record, Remark, refusal, too_many_rows
from vetkb.reporting.rows import MAX_COLUMNS, canonical
from vetkb.text import Message

_LISTS = ("rows", "data", "observations", "tasks", "progress")


def parse_json(data: bytes, source: str) -> object:
    """Parse JSON with exact figures; raises ReportError for what is none, with line and column."""

    def refuse(constant: str) -> NoReturn:
        raise refusal(source, f"JSON中没有{constant}", f"{constant} is not JSON")

    try:
        parsed: object = json.loads(
            decode(data, source), parse_float=Decimal, parse_int=Decimal, parse_constant=refuse, object_pairs_hook=_object
        )
        return parsed
    except json.JSONDecodeError as error:
        raise refusal(
            source,
            f"第{error.lineno}行第{error.colno}个字符处不是JSON",
            f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}",
        ) from None
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise refusal(source, "JSON无法读取", f"JSON that cannot be read ({type(error).__name__})") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; a key that it names twice has the list of its values, so that none of them is taken for the one."""
    content = dict(pairs)
    if len(content) != len(pairs):
        values: dict[str, list[object]] = {}
        for key, value in pairs:
            values.setdefault(key, []).append(value)
        content |= {key: found for key, found in values.items() if len(found) > 1}
    return content


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
        raise refusal(
            source, "JSON既不是行的列表，也不是含有“rows”的对象", "the JSON is neither a list of rows nor an object with “rows”"
        )
    if len(rows) > limits.rows:
        raise too_many_rows(source, limits)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            message = Message(f"第{number}行不是对象，未读取", f"row {number} is not an object and was not read")
            yield Remark("VK-REPORT-ROW", "error", message, source, number)
            continue
        yield _record(row, number, source, limits)


def _record(row: dict[str, object], number: int, source: str, limits: Limits) -> Record | Remark:
    if len(row) > MAX_COLUMNS:
        message = Message(
            f"第{number}行超过{MAX_COLUMNS}项，未读取", f"row {number} has more than {MAX_COLUMNS} keys; row not read"
        )
        return Remark("VK-REPORT-ROW", "error", message, source, number)
    cells: dict[str, str] = {}
    headers: dict[str, str] = {}
    for key, value in row.items():
        column = canonical(key[:80])
        if column is None or value is None:
            continue
        shown, text = key[:60], _text(value)
        if text is None:
            return _unread(source, number, shown, "不是单个的文字或数值", "is not one text or number")
        if column in headers:
            return _unread(source, number, shown, "所指的列本行已经写过", "names a column that the row has already")
        if len(text) > limits.cell:
            return _unread(source, number, shown, f"超过{limits.cell}个字符", f"is longer than {limits.cell} characters")
        if not is_text(text):
            return _unread(source, number, shown, "含有不是文字的字符", "holds characters that are no text")
        headers[column] = shown
        if not is_absent(text):
            cells[column] = text.strip()
    return Record(number, cells, headers)


def _unread(source: str, number: int, key: str, zh: str, en: str) -> Remark:
    message = Message(f"第{number}行“{key}”{zh}，整行未读取", f"row {number}, “{key}” {en}; row not read")
    return Remark("VK-REPORT-CELL", "error", message, source, number, key)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal) and abs(value.adjusted()) <= 21:
        return format(value, "f")
    return None
