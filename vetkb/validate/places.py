"""篇章与原文 — Does the outline lie where the text has it? Leaves, items, rows and cells against the source.

Each test follows from what an outline is, and asks nothing of how a document was parsed: an item reaches from its mark to the
end of its last leaf, a row from its first cell to its last, a cell has as many tabs before it as columns, the function of a
column is what its header says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from vetkb.model import Document, Leaf, Row, Table
from vetkb.parse.columns import read_columns
from vetkb.text import Message, Span

Fault = tuple[Span | None, Message]
_SEEN = frozenset({"blank", "row", "paragraph", "heading"})


def outline_faults(document: Document, text: str) -> Iterator[Fault]:
    """Yield what the outline of a document says and its text does not. Cost: linear in leaves, items and cells."""
    if document.source.characters != len(text):
        yield None, Message("来源文件的字符数与原文不符", "the source file has another number of characters")
    yield from _leaves(document, text)
    yield from _items(document, text)
    taken: Counter[str | None] = Counter()
    for sentence in document.sentences:
        taken[sentence.item] += 1
        if sentence.order != taken[sentence.item]:
            yield sentence.span, Message("句在条款中的次序不连续", "the sentences of an item are not numbered through")
    lines = [_printed(text, leaf.span) for leaf in document.outline if leaf.kind in ("row", "table")]
    starts, ends = {line.start for line in lines}, {line.end for line in lines}
    for table in document.tables:
        if table.span.start not in starts or table.span.end not in ends or not _holds_its_cells(table):
            yield table.span, Message(f"表{table.path}的位置与其各行不符", f"table {table.path} does not lie where its rows do")
        yield from _table(table, text)


# --- leaves ------------------------------------------------------------------------------------------


class Stretches:
    """Stretches of a text that do not overlap, looked up by place."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [span.start for span in self._spans]

    def holding(self, place: int) -> Span | None:
        """Return the stretch that holds a place."""
        at = bisect_right(self._starts, place) - 1
        return self._spans[at] if at >= 0 and place < self._spans[at].end else None

    def first_in(self, span: Span) -> int | None:
        """Return where the first of them begins that begins in a stretch."""
        at = bisect_right(self._starts, span.start - 1)
        return self._starts[at] if at < len(self._starts) and self._starts[at] < span.end else None

    def begins_in(self, span: Span) -> bool:
        """Tell whether one of them begins in a stretch."""
        return self.first_in(span) is not None


def _leaves(document: Document, text: str) -> Iterator[Fault]:
    """What a leaf is for is seen by what lies in it: cells in rows, sentences in paragraphs, marks in headings."""
    inside = _Inside(document)
    for leaf in document.outline:
        printed = text[leaf.span.start : leaf.span.end].strip()
        if not inside.fits(leaf, printed):
            zh, en = f"段的功能“{leaf.kind}”与其内容不符", f"a leaf is no {leaf.kind} by what lies in it"
            yield leaf.span, Message(zh, en)
        if not inside.is_placed(leaf):
            yield leaf.span, Message("段所在的条款与其内容不符", "a leaf is of another item than what lies in it")


class _Inside:
    """What lies where in a document."""

    def __init__(self, document: Document) -> None:
        rows = [row for table in document.tables for row in table.rows]
        self._cells = Stretches(cell.span for row in rows for cell in row.cells)
        self._tables = Stretches(table.span for table in document.tables)
        self._marks = Stretches(item.span for item in document.items)
        self._headings = Stretches(item.heading_span for item in document.items)
        self._sentences = Stretches(sentence.span for sentence in document.sentences)
        self._labels = {item.span.start: item.label for item in document.items}
        self._rows = Stretches(row.span for row in rows)
        self._path_of_row = {row.span: row.path for row in rows}
        self._item_of_sentence = {sentence.span: sentence.item for sentence in document.sentences}

    def fits(self, leaf: Leaf, printed: str) -> bool:
        """Tell whether a leaf is of the kind that what lies in it calls for."""
        span, kind = leaf.span, leaf.kind
        if not printed:
            return kind == "blank"
        if self._cells.begins_in(span):
            return kind == "row"
        if self._tables.holding(span.start) is not None:
            return kind in ("row", "table", "note")
        if self._sentences.begins_in(span):
            return kind == "paragraph"
        if self._marks.begins_in(span) or self._headings.begins_in(span):
            only_mark = self._labels.get(self._marks.first_in(span) or 0, "").strip() == printed
            return kind == "heading" or (kind == "paragraph" and only_mark)
        return kind not in _SEEN and (kind != "number" or "号" in printed)

    def is_placed(self, leaf: Leaf) -> bool:
        """Tell whether a leaf is of the item that its row or its sentences are of."""
        row = self._rows.holding(leaf.span.start)
        if leaf.kind == "row" and row is not None:
            return self._path_of_row[row] == leaf.path
        at = self._sentences.first_in(leaf.span) if leaf.kind == "paragraph" else None
        sentence = self._sentences.holding(at) if at is not None else None
        return sentence is None or self._item_of_sentence[sentence] == leaf.path


# --- items -------------------------------------------------------------------------------------------


def _items(document: Document, text: str) -> Iterator[Fault]:
    """An item begins with the first leaf of its path and ends with the last, or with a table behind it."""
    extents = _extents(document)
    times = Counter(item.path for item in document.items)
    leaves = {_trimmed(text, leaf.span.end): leaf for leaf in document.outline if leaf.kind != "blank"}
    others = [leaf.span.end for leaf in document.outline if leaf.kind in ("heading", "paragraph")]
    for item in document.items:
        mark = text[item.span.start : item.heading_span.start].strip()
        if mark != item.label.strip():
            yield item.span, Message(f"条款{item.path}不以其序号开头", f"item {item.path} does not begin with its mark")
        if times[item.path] > 1 or item.path not in extents:
            continue  # two items of one path share their leaves
        first, last = extents[item.path]
        closing = leaves.get(item.span.end)
        right = closing is not None and closing.span.end >= last and item.span.start == _printed(text, Span(first, last)).start
        if closing is not None and closing.kind not in ("row", "table"):
            right = right and bisect_right(others, closing.span.end) == bisect_right(others, last)
        if not right:
            zh, en = f"条款{item.path}的位置与其各段不符", f"item {item.path} does not lie where its leaves do"
            yield item.span, Message(zh, en)


def _printed(text: str, span: Span) -> Span:
    """Return a stretch without the blanks at its ends."""
    start, end = span.start, _trimmed(text, span.end)
    while start < end and text[start].isspace():
        start += 1
    return Span(start, end)


def _trimmed(text: str, end: int) -> int:
    """Return where the text up to `end` ends without the blanks behind it."""
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end


def _extents(document: Document) -> dict[str, tuple[int, int]]:
    """Return from where to where the leaves of each path and of the paths below it reach."""
    found: dict[str, tuple[int, int]] = {}

    def take(path: str, span: Span) -> None:
        first, last = found.get(path, (span.start, span.end))
        found[path] = min(first, span.start), max(last, span.end)

    for leaf in document.outline:
        segments = leaf.path.split("/") if leaf.path else []
        for depth in range(1, len(segments) + 1):
            take("/".join(segments[:depth]), leaf.span)
    for row in (row for table in document.tables for row in table.rows):
        if row.group is not None:
            take(row.group, row.span)
    return found


# --- tables ------------------------------------------------------------------------------------------


def _holds_its_cells(table: Table) -> bool:
    begins = all(table.span.start <= cell.span.start for cell in table.header)
    return begins and all(table.span.start <= row.span.start and row.span.end <= table.span.end for row in table.rows)


def _table(table: Table, text: str) -> Iterator[Fault]:
    cells = [(cell, row.span.start) for row in table.rows for cell in row.cells]
    for cell, start in [*((cell, cell.span.start) for cell in table.header), *cells]:
        # a row that was cut inside a cell goes on in the next line, with the tabs of both
        if cell.column not in {_tabs(text, cell.span.start, cell.span.start), _tabs(text, start, cell.span.start)}:
            yield cell.span, Message("单元格的列号与原文不符", "a cell stands in another column")
    if table.header and read_columns(table.header, len(table.columns)) != table.columns:
        yield table.span, Message("栏目的功能与表头不符", "the function of a column is not what its header says")
    yield from _rows(table.rows)


def _tabs(text: str, start: int, place: int) -> int:
    """Count the tabs before a place, from the beginning of the line in which `start` lies."""
    return text.count("\t", max(text.rfind(mark, 0, start) for mark in "\n\r") + 1, place)


def _rows(rows: Sequence[Row]) -> Iterator[Fault]:
    for row in rows:
        reach = (min(c.span.start for c in row.cells), max(c.span.end for c in row.cells)) if row.cells else None
        if reach is not None and reach != (row.span.start, row.span.end):
            yield row.span, Message(f"表行{row.path}的位置与其单元格不符", f"row {row.path} does not lie where its cells do")
