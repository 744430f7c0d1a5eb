"""Tasks, targets and statements of a base → CSV and XLSX for people: sheets that open in a spreadsheet as they are.

CSV is UTF-8 with a byte order mark, so that Excel reads Chinese. A cell that a spreadsheet would take for a formula gets an
apostrophe in front, as OWASP advises; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vetkb.engine import Value

TASK_COLUMNS: Final = ("document", "ordinal", "label", "group", "parties", "open", "schedule", "item", "quote", "task")
TARGET_COLUMNS: Final = (
    *("document", "label", "scope", "comparator", "value", "min", "max", "unit", "per", "from", "to", "item", "quote"),
    *("indicator", "target"),
)
EDGE_COLUMNS: Final = ("source", "target", "source_label", "target_label", "kind", "role", "position", "via", "document", "item")
# What the rules propose stands left of the empty columns that a coder fills in.
CODING_COLUMNS: Final = (
    *("document", "item", "statement", "quote", "modality", "force", "type", "instrument", "word", "main"),
    *("coder", "code", "note"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Record = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order of `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def table(columns: Sequence[str], records: Iterable[Record]) -> Table:
    """Return the columns of records; what a record does not have stays empty."""
    return Table(tuple(columns), tuple(tuple(record.get(column) for column in columns) for record in records))


def tasks_and_targets(tasks: Iterable[Record], targets: Iterable[Record]) -> Table:
    """Return both in one table, for a format that has no second sheet; `kind` says which a row is."""
    columns = ("kind", *dict.fromkeys((*TASK_COLUMNS, *TARGET_COLUMNS)))
    records = [{"kind": "task", **task} for task in tasks] + [{"kind": "target", **target} for target in targets]
    return table(columns, records)


def edges(network: Iterable[Record]) -> Table:
    """Return the links of the query `task-network` under the heads that Gephi and networkx expect."""
    records = [
        {**row, "source": row["task"], "target": row["party"], "source_label": row["label"], "target_label": row["name"]}
        for row in network
    ]
    return table(EDGE_COLUMNS, records)


def coding(statements: Iterable[Record], codes: Iterable[Record], texts: Mapping[Value, Value]) -> Table:
    """Return one row a statement and proposed code; a statement without any has one row. Its words are its text, in one line."""
    proposed: dict[object, list[Record]] = {}
    for code in codes:
        proposed.setdefault(code["statement"], []).append(code)
    records = [
        {**code, **row, "quote": texts[row["statement"]]} for row in statements for code in proposed.get(row["statement"], [{}])
    ]
    return table(CODING_COLUMNS, records)


def to_csv(rows: Table) -> bytes:
    """Write a table as CSV for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.columns)
    writer.writerows([_cell(value) for value in row] for row in rows.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    # a number is no text: -5 is a value, -5+cmd is not; a mark alone (the comparator =) computes nothing
    return f"'{text}" if isinstance(value, str) and len(text) > 1 and text.startswith(_FORMULA) else text
