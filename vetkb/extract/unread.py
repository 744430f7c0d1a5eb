"""未读之处 — What a reader should look at: units that no lexicon resolves, tables whose kind is not known, rows without a task.

None of these is a fault of the text; each is a place where the model says less than the page does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vetkb.model import Document, Responsibility, Table
from vetkb.text import Finding, Message, Source, Span

_NOTHING_SAID = frozenset({"ordinal", "other"})
_FIGURE = re.compile(r"[\d０-９.．,，%％~～—+\-/\s]+$")
_MEASURES = re.compile(r"指标|权重|分值|名额|金额|数量|人数|户数|面积|定额|补助|标准")
_FIGURES = 0.4  # the share of figures that makes a table one of numbers


def list_unread(document: Document, source: Source, responsibilities: Iterable[Responsibility]) -> Iterator[Finding]:
    """Yield findings about units, tables and rows, each unit once."""
    yield from _unresolved(responsibilities)
    for table in document.tables:
        if _is_unknown(table):
            words = "、".join(cell.text for cell in table.header)[:60] or source.text[table.span.start :][:30].strip()
            yield _finding(
                "VK-TABLE-UNREAD",
                f"表格类型不明，仅按行保存：{words}",
                f"a table whose kind is not known; its rows are kept as they are: {words}",
                table.span,
            )
        elif table.is_task_table:
            yield from _without_task(table)


def _unresolved(responsibilities: Iterable[Responsibility]) -> Iterator[Finding]:
    seen: set[str] = set()
    for assigned in responsibilities:
        for party in assigned.parties:
            words = party.surface.words
            if party.kind == "other" and words not in seen:
                seen.add(words)
                message = f"未能识别的单位：{words}", f"a unit that the lexicon does not resolve: {words}"
                yield _finding("VK-AGENCY-UNRESOLVED", *message, party.surface.span)


def _is_unknown(table: Table) -> bool:
    """No column says what it is for, and it is no table of indicators, quotas or figures either."""
    if any(function not in _NOTHING_SAID for function in table.columns) or any(_MEASURES.search(c.text) for c in table.header):
        return False
    cells = [cell for row in table.rows for cell in row.cells if cell.column > 0]
    return sum(_FIGURE.match(cell.text) is not None for cell in cells) < _FIGURES * len(cells) or not cells


def _without_task(table: Table) -> Iterator[Finding]:
    for row in table.rows:
        if not any(table.columns[cell.column] == "task" for cell in row.cells):
            message = f"任务表中的一行没有任务内容：{row.path}", f"a row of a task table without a task: {row.path}"
            yield _finding("VK-ROW-UNREAD", *message, row.span)


def _finding(code: str, zh: str, en: str, span: Span) -> Finding:
    return Finding(code, "info", Message(zh, en), span)
