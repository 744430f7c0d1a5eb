"""Zoned lines → blocks: paragraphs made whole across line and page breaks, each with its heading mark.

A printed line goes on in the next one when its sentence is not finished or a bracket is open (where all lines are cut
at one width: when it is full), unless the next one begins with a mark that carries the numbering on. Numbers inside
running text ("3.5万", "2018年") are no marks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vetkb.parse.layout import Layout, is_indented
from vetkb.parse.line_forms import COPIED, IMPRINT, LABELLED, PRINTED
from vetkb.parse.lines import Line, one_form
from vetkb.parse.zones import Label, ZonedLine
from vetkb.zh.marks import Mark, read_mark

_FINISHED = frozenset("。！？；：…”’》）!?;:)")
_GOING_ON = frozenset("，、,（(《“‘—-－")
_OPENERS, _CLOSERS = "（(《", "）)》"
_HEADING_LENGTH = 45
_PLAIN_LINE = 25
_OPEN_BRACKET_REACH = 400
_SURE_MARKS = frozenset({"chapter", "section", "article", "han", "han-bracket"})
_MOST_LEFT_OUT = 6


@dataclass(slots=True)
class Block:
    """Lines that belong together: [start, end) from the first printed character to the last."""

    label: Label
    part: str
    start: int
    end: int
    lines: list[Line] = field(default_factory=list)
    mark: Mark | None = None

    @property
    def last(self) -> str:
        return self.lines[-1].text


@dataclass(slots=True)
class _Numbering:
    """The last number seen of each kind of mark in a part."""

    last: dict[str, int] = field(default_factory=dict)

    def expects(self, mark: Mark) -> bool:
        return mark.number == 1 or mark.kind.startswith("decimal") or mark.number == self.last.get(mark.kind, 0) + 1

    def may_skip_to(self, mark: Mark) -> bool:
        """Whether a mark that no running text begins with goes on behind units that were left out (本文有删减)."""
        return mark.kind in _SURE_MARKS and 0 < mark.number - self.last.get(mark.kind, 0) <= _MOST_LEFT_OUT


def make_blocks(zoned: list[ZonedLine], layout: Layout | None = None) -> list[Block]:
    """Join the lines of each zone into blocks; blank lines and page numbers inside a block are taken in, others make blocks."""
    blocks: list[Block] = []
    numbering = _Numbering()
    current: Block | None = None  # the block that the next line may continue
    depth = 0  # brackets open in it
    since = 0  # how many blocks there were when it was last added to
    for item in zoned:
        line = item.line
        if item.label in ("blank", "page"):
            blocks.append(Block(item.label, item.part, line.start if item.label == "blank" else line.at, line.end, [line]))
            continue
        if current is not None and current.part != item.part:
            numbering = _Numbering()
        mark = item.decimal or (read_mark(line.text) if item.label == "body" else None)
        if current is not None and _belongs(current, depth, item, mark, numbering, _Gap(tuple(blocks[since:]), layout)):
            del blocks[since:]  # what stands in between stands inside it
            current.lines.append(line)
            current.end = line.until
            depth = _open_brackets(line.text, depth)
            continue
        current = Block(item.label, item.part, line.at, line.until, [line], mark)
        if mark:
            numbering.last[mark.kind] = mark.number
        depth = _open_brackets(line.text, 0)
        blocks.append(current)
        since = len(blocks)
    return blocks


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between a block and the next printed line, and the layout of the text."""

    between: tuple[Block, ...]
    layout: Layout | None

    @property
    def at_page_end(self) -> bool:
        return any(block.label == "page" for block in self.between)

    @property
    def is_running_head(self) -> bool:
        """A line of words stands in between, which cannot be left out of a sentence."""
        return any(block.label == "page" and not block.lines[0].is_page_number for block in self.between)


def _belongs(block: Block, depth: int, item: ZonedLine, mark: Mark | None, numbering: _Numbering, gap: _Gap) -> bool:
    """Whether a line goes on what the block began."""
    if block.label != item.label or block.part != item.part:
        return False
    if item.label == "title":
        return True
    if item.label == "addressee":
        return block.last[-1] not in "：:"
    if item.label == "note":
        return _goes_on_as_imprint(block, item.line)
    if item.label != "body" or gap.is_running_head or (depth == 0 and LABELLED.match(one_form(item.line.text[:30]))):
        return False
    if depth > 0 and block.last[-1] not in "。；" and block.end - block.start < _OPEN_BRACKET_REACH + len(block.lines[0].text):
        return mark is None or not numbering.expects(mark)
    if gap.layout is not None:
        return _fills_line(block, item.line, mark, numbering, gap)
    if block.last[-1] in _FINISHED or item.line.text.startswith("——"):
        return False
    if block.last[-1] in _GOING_ON:
        return mark is None or not numbering.expects(mark) or mark.kind in ("number", "number-bracket")
    if mark is not None and (numbering.expects(mark) or numbering.may_skip_to(mark)):
        return False
    return _is_running_text(block)


def _fills_line(block: Block, line: Line, mark: Mark | None, numbering: _Numbering, gap: _Gap) -> bool:
    """Where all lines are cut at one width, a full line goes on and a shorter one ends its paragraph."""
    layout, last = gap.layout, block.lines[-1]
    if layout is None or (mark is not None and numbering.expects(mark)):
        return False
    unfinished = last.text[-1] not in _FINISHED
    if line.text.startswith("——") and not unfinished:
        return False
    if not layout.is_full(last):
        return last.text[-1] in _GOING_ON or (unfinished and len(last.text) >= _PLAIN_LINE and gap.at_page_end)
    if layout.indented:
        return not is_indented(line) and (unfinished or not gap.between)
    return unfinished or (not gap.between and layout.fills(last))


def _goes_on_as_imprint(block: Block, line: Line) -> bool:
    """A list of copies over several lines, the last of which ends with a stop."""
    if not COPIED.match(block.lines[0].text) or block.last[-1] in "。;；":
        return False
    return not (COPIED.match(line.text) or IMPRINT.match(line.text) or PRINTED.match(line.text)) and (
        block.last[-1] in "，、," or line.text[-1] in "。，、,"
    )


def _is_running_text(block: Block) -> bool:
    """Tell a paragraph that was cut off from a heading, which ends without a stop."""
    if len(block.lines) > 1:
        return True
    text = block.last
    if block.mark is not None:
        return any(stop in text for stop in "。；") or len(text) > _HEADING_LENGTH
    return len(text) >= _PLAIN_LINE or any(stop in text for stop in "。；，,")


def _open_brackets(text: str, depth: int) -> int:
    for char in text:
        if char in _OPENERS:
            depth += 1
        elif char in _CLOSERS and depth:
            depth -= 1
    return depth
