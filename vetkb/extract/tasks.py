"""任务 — What is to be done: the rows of a task table; in a document without one, the clauses that assign responsibility."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vetkb.model import Document, Item, Responsibility, Row, Sentence, Table, Task
from vetkb.text import Quote, Source, Span, View

# 持续实施, 长期, 常态化 are no deadline: the task goes on.
_CONTINUOUS = re.compile(r"持续|长期|常态|经常性|全年|日常")


def extract_tasks(document: Document, source: Source, responsibilities: tuple[Responsibility, ...]) -> tuple[Task, ...]:
    """Return the tasks of a document in text order."""
    tables = [table for table in document.tables if table.is_task_table]
    if tables:
        return tuple(task for table in tables for row in table.rows for task in _from_row(table, row, source))
    assigned = {r.item for r in responsibilities if r.item is not None}
    first = {s.item: s for s in reversed(document.sentences)}
    clauses = (item for item in document.items if item.path in assigned)
    return tuple(_from_clause(item, first.get(item.path), source) for item in clauses)


def _from_row(table: Table, row: Row, source: Source) -> Iterator[Task]:
    cells = {name: [c for c in row.cells if table.columns[c.column] == name] for name in ("task", "schedule")}
    if not cells["task"]:
        return
    text = View(source.text, cells["task"][0].span).text
    schedule = cells["schedule"][0] if cells["schedule"] else None
    yield Task(
        ordinal=row.ordinal,
        item=row.path,
        evidence=_quote(source, row.span),
        text=text,
        group=row.group,
        schedule=_quote(source, schedule.span) if schedule else None,
        continuous=bool(schedule and _CONTINUOUS.search(schedule.text)),
        rule="task-row",
    )


def _from_clause(item: Item, first: Sentence | None, source: Source) -> Task:
    text = item.heading or (first.text if first else "")
    return Task(None, item.path, _quote(source, item.span), text, None, None, continuous=False, rule="task-clause")


def _quote(source: Source, span: Span) -> Quote:
    return Quote(span.start, span.end, source.text[span.start : span.end])
