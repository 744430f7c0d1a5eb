"""Blocks → outline: numbered units as a stack of marks, leaves that cover the source once, sentences, tables.

A mark closes all units of its own rank and below and opens a new one under what is left; its path is the path of
that one, "/" and its own name. Unnumbered paragraphs take the path they stand in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

from vetkb.model import Item, Leaf, LeafKind, Sentence, Table
from vetkb.parse.blocks import Block
from vetkb.parse.lines import one_form
from vetkb.parse.sentences import split_sentences
from vetkb.parse.tables import TableReader
from vetkb.text import Span, View
from vetkb.zh.marks import Mark

_HEADING_LENGTH = 45
_TRIM = " \u3000\t"
# In most documents clauses are one paragraph; where at least this share has more, a last paragraph is part of its clause.
_MANY_PARAGRAPHS = 0.25
_BELOW_DECIMALS = 10  # what the rank of a mark grows by there
# A sentence that directs is no heading, short as it may be.
_DIRECTS = re.compile(r"[^需重必主只]要(?![求点素])|应当|必须|不得|负责(?!任|人|制)|会同|牵头")
# What ends a document says nothing of its last clause.
_FORMULA = re.compile(
    "(?:特此|此复|专此|以上(?:意见|请示|报告)|妥否|当否|可否|盼|请(?:审议|批示|函复))"
    "|本(?:决定|通知|意见|办法|方案|规定|细则|措施|公告|通告|计划|规则|要点|政策)(?:自|由|有效期|从)"
)
_SIMPLE: dict[str, LeafKind] = {
    "blank": "blank",
    "page": "note",
    "letterhead": "letterhead",
    "number": "number",
    "title": "title",
    "addressee": "addressee",
    "signature": "signature",
    "note": "note",
    "annex-mark": "title",
    "unparsed": "unparsed",
}


@dataclass(slots=True)
class _Unit:
    """A numbered unit that is being read; `end` moves on with what it takes in."""

    path: str
    mark: Mark
    heading: str
    start: int
    heading_span: Span
    end: int
    inline: bool
    paragraphs: int = 0


@dataclass(slots=True)
class Outline:
    """What the outline holds, in text order."""

    leaves: list[Leaf] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def build_outline(text: str, blocks: list[Block]) -> Outline:
    """Read the blocks of a source into its outline."""
    builder = _Builder(text, blocks)
    return builder.build()


class _Builder:
    def __init__(self, text: str, blocks: list[Block]) -> None:
        self.text = text
        self.blocks = blocks
        self.out = Outline()
        self.tables = TableReader(text)
        self.stack: list[_Unit] = []
        self.units: list[_Unit] = []
        self.taken: Counter[str] = Counter()
        self.orders: dict[str | None, int] = {}
        self.closing = _closing_paragraphs(blocks)

    def build(self) -> Outline:
        part, adjacent = "", False
        annex = "表"  # a file may begin with the mark of the annex that it is
        for place, block in enumerate(self.blocks):
            if block.part != part:
                part, self.stack = block.part, []
            if block.label == "row":
                base = part or (self.stack[-1].path if self.stack else annex)
                self.tables.take(block.lines[0], base, adjacent)
                adjacent = True
                kind: LeafKind = "table" if block.lines[0].start in self.tables.headers else "row"
                self._leaf(kind, self.tables.paths[block.lines[0].start], block.start, block.end)
                self._stretch(block.end)
                continue
            adjacent = adjacent and block.label in ("blank", "page")
            if block.label == "annex-mark" and not part:
                annex = "".join(one_form(block.last).rstrip(":").split())
            if block.label == "body":
                self._body(place, block)
            else:
                self._leaf(_SIMPLE[block.label], None, block.start, block.end)
        self.tables.close()
        self._finish()
        return self.out

    def _body(self, place: int, block: Block) -> None:
        start = text_start = block.start
        if block.mark is not None:
            start, text_start = self._open(place, block, block.mark)
        else:
            self._return_to_article()
        path = self.stack[-1].path if self.stack else block.part or None
        if block.mark is None and place in self.closing:
            path = block.part or None
        elif block.mark is None and self.stack:
            self.stack[-1].paragraphs += 1
        if start < block.end:
            self._leaf("paragraph", path, start, block.end)
            for span, text in split_sentences(self.text, Span(text_start, block.end)):
                order = self.orders[path] = self.orders.get(path, 0) + 1
                self.out.sentences.append(Sentence(path, order, span, text))
        if place not in self.closing:
            self._stretch(block.end)

    def _return_to_article(self) -> None:
        """An unnumbered paragraph after the list of an article is the article's next 款."""
        articles = [n for n, unit in enumerate(self.stack) if unit.mark.kind == "article"]
        if articles:
            del self.stack[articles[-1] + 1 :]

    def _open(self, place: int, block: Block, mark: Mark) -> tuple[int, int]:
        """Open a unit; return where what stands after its heading begins, and the text in that."""
        mark = self._below_decimals(mark)
        while self.stack and self.stack[-1].mark.rank >= mark.rank:
            self.stack.pop()
        above = self.stack[-1].path if self.stack else block.part
        path = self._unique(f"{above}/{mark.name}" if above else mark.name)
        after = block.start + len(mark.printed)
        while after < block.end and self.text[after] in _TRIM:
            after += 1
        head = self._heading_end(place, block, mark, after)
        heading_view = View(self.text, Span(after, head))
        heading = heading_view.text.rstrip(_TRIM + "。：:")
        heading_span = heading_view.to_source(0, len(heading)) if heading else Span(after, after)
        unit = _Unit(path, mark, heading, block.start, heading_span, block.end, inline=head < block.end)
        self.stack.append(unit)
        self.units.append(unit)
        if not heading:
            return block.start, after
        self._leaf("heading", path, block.start, head)
        return head, head

    def _below_decimals(self, mark: Mark) -> Mark:
        """Under 3.1 every other mark opens what is part of it, unless its kind stands above the decimals."""
        decimals = [n for n, unit in enumerate(self.stack) if unit.mark.kind.startswith("decimal")]
        if not decimals or mark.kind.startswith("decimal"):
            return mark
        if any(unit.mark.kind == mark.kind for unit in self.stack[: decimals[0]]):
            return mark
        return replace(mark, rank=mark.rank + _BELOW_DECIMALS)

    def _heading_end(self, place: int, block: Block, mark: Mark, after: int) -> int:
        """Return where the heading of a unit ends; `after` if it has none."""
        if mark.kind == "article":
            return after
        body = self.text[after : block.end]
        stop = body.find("。")
        if body.count("“", 0, stop + 1) > body.count("”", 0, stop + 1):
            return after  # the stop is that of a quotation
        if stop < 0:
            whole = len(body) <= 2 * _HEADING_LENGTH and body[-1:] not in "；;，,、" if body else False
            return block.end if whole else after
        rest = body[stop + 1 :].strip(_TRIM + "\r\n")
        if not rest:
            return block.end if stop <= _HEADING_LENGTH and self._has_more(place, mark) else after
        if (
            self._is_directive(body[:stop])
            or "；" in body[:stop]
            or (rest[0] in "（(" and rest[-1] in "）)" and "。" not in rest[:-2])
        ):
            return after
        return after + stop + 1

    @staticmethod
    def _is_directive(sentence: str) -> bool:
        """Tell a sentence that opens a paragraph from the heading that a short one is."""
        return len(sentence) > _HEADING_LENGTH or ("，" in sentence and bool(_DIRECTS.search(sentence)))

    def _has_more(self, place: int, mark: Mark) -> bool:
        """Whether text or subordinate units follow under a mark."""
        for block in self.blocks[place + 1 : place + 8]:
            if block.label in ("blank", "page"):
                continue
            return block.label == "row" or (block.label == "body" and (block.mark is None or block.mark.rank > mark.rank))
        return False

    def _unique(self, path: str) -> str:
        self.taken[path] += 1
        return path if self.taken[path] == 1 else f"{path}~{self.taken[path]}"

    def _stretch(self, end: int) -> None:
        for unit in self.stack:
            unit.end = max(unit.end, end)

    def _leaf(self, kind: LeafKind, path: str | None, start: int, end: int) -> None:
        self.out.leaves.append(Leaf(kind, path, Span(start, end)))

    def _finish(self) -> None:
        groups = _stretch_groups(self.tables)
        own = [Item(u.path, u.mark.printed, u.heading, Span(u.start, u.end), u.heading_span) for u in self.units]
        self.out.items = sorted(own + groups, key=lambda item: item.span)
        self.out.tables = self.tables.tables
        self.out.leaves = _cover(self.out.leaves, len(self.text))


def _stretch_groups(reader: TableReader) -> list[Item]:
    """Give each group row the span of the rows under it."""
    ends: dict[str, int] = {}
    for table in reader.tables:
        for row in table.rows:
            if row.group:
                ends[row.group] = row.span.end
    return [
        Item(g.path, g.label, g.heading, Span(g.span.start, ends.get(g.path, g.span.end)), g.heading_span) for g in reader.groups
    ]


def _closing_paragraphs(blocks: list[Block]) -> set[int]:
    """Find the unnumbered paragraphs that end each part and belong to no clause.

    They follow the last clause directly, in a document whose clauses are single paragraphs.
    """
    bodies: dict[str, list[int]] = {}
    for n, block in enumerate(blocks):
        if block.label == "body":
            bodies.setdefault(block.part, []).append(n)
    closing: set[int] = set()
    for body in bodies.values():
        marked = [n for n in body if blocks[n].mark is not None]
        if not marked or any(mark.kind == "article" for n in marked if (mark := blocks[n].mark)):
            continue
        tail = body[body.index(marked[-1]) + 1 :]
        formula = next((place for place, n in enumerate(tail) if _FORMULA.match(blocks[n].lines[0].text)), len(tail))
        if formula > 0 or _is_clause(blocks[marked[-1]]):  # else it is what stands under the last heading (三、附则)
            closing.update(tail[formula:])
        if not tail or not _is_clause(blocks[marked[-1]]):
            continue
        clauses = [n for n in marked if _is_clause(blocks[n])]
        follows = {a for a, b in pairwise(body) if blocks[b].mark is None}
        longer = sum(n in follows for n in clauses if n != marked[-1])
        if longer < _MANY_PARAGRAPHS * len(clauses):
            closing.update(tail)
    return closing


def _is_clause(block: Block) -> bool:
    """A numbered unit whose text follows on the same line (or that is one sentence), not a bare heading."""
    return block.end - block.start > _HEADING_LENGTH or "。" in block.lines[0].text[:-1]


def _cover(leaves: list[Leaf], length: int) -> list[Leaf]:
    """Stretch the leaves so that they cover the source once: a leaf takes the blanks up to the next one."""
    if not leaves:
        return [Leaf("blank", None, Span(0, length))] if length else []
    covered: list[Leaf] = []
    start = 0
    for place, leaf in enumerate(leaves):
        end = leaves[place + 1].span.start if place + 1 < len(leaves) else length
        if covered and leaf.kind == "blank" == covered[-1].kind:
            covered[-1] = Leaf("blank", None, Span(covered[-1].span.start, end))
        elif end > start:
            covered.append(Leaf(leaf.kind, leaf.path, Span(start, end)))
        start = end
    return covered
