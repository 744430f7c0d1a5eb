"""Lines → zones: which line is letterhead, number, title, addressee, body, table row, signature or note, and which
part of the source it belongs to (the document itself, a plan behind a covering letter, an annex).

The order of parts follows GB/T 9704-2012: 版头, 主体 (title, addressee, body, annex note, signature, date, 附注,
annexes), 版记 (copies, printing). Nothing here fails: what fits nowhere is labelled unparsed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from vetkb.parse.decimals import find_decimals
from vetkb.parse.furniture import find_contents, find_running_heads
from vetkb.parse.line_forms import (
    ANNEX_LIST,
    ANNEX_MARK,
    ANNEX_TITLED,
    BRACKET_DATE,
    CONTACT,
    COPIES,
    DATE_LINE,
    IMPRINT,
    ISSUER,
    NOTE,
    NOTE_WORD,
    NUMBER_DATED,
    NUMBER_LINE,
    ORDER_HEAD,
    ORDER_NUMBER,
    PRINTED,
    REMARKS,
    SIGNED_DATE,
    SIGNER,
    SITE_LABEL,
    SITE_LINE,
    SITE_TIME,
    SPONSORED,
    ends_title,
    is_addressee,
    is_header_text,
    may_open_addressees,
    speaks_of_title,
    starts_body,
)
from vetkb.parse.lines import Line, one_form
from vetkb.zh.marks import Mark, read_mark

Label = Literal[
    "blank", "page", "letterhead", "number", "title", "addressee", "body", "row", "signature", "note", "annex-mark", "unparsed"
]
Zone = Literal["head", "body", "annex-list", "remarks", "tail", "imprint"]

_ENDS = "。！？；：，、!?;:,"
_REMARK_RANK = 6  # marks of lists (1. （1）): those above open the next unit of the text
_LONGEST_LIST = 120
_LONGEST_TITLE = 400
_GROUP_LENGTH = 60
_LOOK_AHEAD = 12
_FORWARDS = re.compile(r"印发|转发|批转|发布|公布|颁发|颁布|下发")
_QUOTED = re.compile(r"《((?:[^《》]|《[^《》]{0,60}》){4,120})》")
_MARKS = re.compile(r"[《》〈〉<>“”\s]")


@dataclass(frozen=True, slots=True)
class ZonedLine:
    """A line with its function and the prefix of the part it stands in ("" for the document itself).

    `decimal` is its mark where it is a decimal heading (1.1 编制目的), which its form alone does not tell.
    """

    line: Line
    label: Label
    part: str
    decimal: Mark | None = None


@dataclass(slots=True)
class _State:
    """Where in the document the reader is; `title` is what was read of the part's title, `printed`: past the date of print."""

    zone: Zone = "head"
    part: str = ""
    title: str = ""
    addressed: bool = False
    printed: bool = False
    labelled: bool = False  # the line above is a site's label without its value
    named: set[str] = field(default_factory=set)  # what a letter names in 《》: the plan behind it may be one of these
    parts: Counter[str] = field(default_factory=Counter)

    @property
    def whole(self) -> bool:
        """Whether the title is complete: it ends in a kind of document, outside 《》."""
        return self.title.count("《") == self.title.count("》") and ends_title(self.title[-100:])


@dataclass(frozen=True, slots=True)
class _Here:
    """A line in one form of figures and punctuation, with a few of the lines behind it."""

    text: str
    lines: list[Line]
    place: int

    def following(self, count: int) -> list[Line]:
        """Return the next printed lines."""
        ahead = self.lines[self.place + 1 : self.place + 1 + _LOOK_AHEAD]
        return [line for line in ahead if line.text and not line.is_page_number][:count]

    @property
    def before_row(self) -> bool:
        return any(line.is_row for line in self.following(1))


def label_lines(lines: list[Line]) -> list[ZonedLine]:
    """Give every line its function."""
    state = _State()
    labels: list[ZonedLine] = []
    heads = find_running_heads(lines)
    contents = find_contents(lines)
    decimals = find_decimals([line for place, line in enumerate(lines) if place not in contents])
    for place, line in enumerate(lines):
        if not line.text:
            label: Label = "blank"
        elif line.is_page_number or place in heads:
            label = "page"
        elif place in contents:
            label = "note"
        elif line.start in decimals:
            state.zone, label = "body", "body"
        else:
            label = _label(line, state, _Here(one_form(line.text), lines, place), labels)
        labels.append(ZonedLine(line, label, state.part, decimals.get(line.start) if label == "body" else None))
        if label == "signature":
            _relabel_above(labels, _signs, "signature")
        elif label == "letterhead":
            _relabel_above(labels, _heads_letter, "letterhead")
    return labels


def _label(line: Line, state: _State, here: _Here, labels: list[ZonedLine]) -> Label:
    above = next((z.label for z in reversed(labels[-_LOOK_AHEAD:]) if z.label not in ("blank", "page")), None)
    if line.is_row or (above == "row" and _is_part_of_table(line, here)):
        state.zone = "body"
        return "row"
    text = here.text
    if ANNEX_MARK.match(text) or _opens_titled_annex(text, state, here):
        return _open_annex(text, state)
    if _is_imprint(text, state, here):
        state.zone = "imprint"
        state.printed = state.printed or bool(PRINTED.match(text) or COPIES.match(text))
        return "note"
    if state.zone == "head":
        return _label_head(state, here)
    if state.zone in ("tail", "imprint"):
        return _label_tail(state, here)
    return _label_body(state, here, after_row=above == "row")


def _is_imprint(text: str, state: _State, here: _Here) -> bool:
    if PRINTED.match(text) or COPIES.match(text):
        return True
    if state.zone == "head" and not state.title:
        return False
    return bool(IMPRINT.match(text)) or (bool(SPONSORED.match(text)) and _before_imprint(here, 4))


def _is_part_of_table(line: Line, here: _Here) -> bool:
    """Behind a row: a line whose first cells are blank, or a short line before another row (一、产业发展)."""
    if line.raw.startswith("\t"):
        return True
    if len(here.text) > _GROUP_LENGTH or "。" in here.text:
        return False
    return any(other.is_row and not is_header_text(other.text) for other in here.following(1))


def _opens_titled_annex(text: str, state: _State, here: _Here) -> bool:
    """附件1：任务分工表 behind the signature, or right above its table."""
    return bool(ANNEX_TITLED.match(text)) and (state.zone in ("tail", "imprint") or here.before_row)


def _open_annex(text: str, state: _State) -> Label:
    mark = ANNEX_MARK.match(text)
    found = mark or ANNEX_TITLED.match(text)
    name = "附件" + ((found.group(1) or "") if found else "")
    first = state.zone == "head" and not state.parts and not state.title
    if not first or not mark:
        _open_part(name, state)
    if mark:
        return "annex-mark"  # first in the file: a plan without its letter
    state.title = text
    return "title"


def _open_part(name: str, state: _State) -> None:
    state.parts[name] += 1
    state.part = name if state.parts[name] == 1 else f"{name}~{state.parts[name]}"
    state.zone, state.title, state.addressed, state.printed = "head", "", False, False


def _label_head(state: _State, here: _Here) -> Label:
    text = here.text
    if NUMBER_LINE.match(text) or NUMBER_DATED.match(text) or (state.title and ORDER_NUMBER.match(text)):
        return "number"
    if text.endswith("文件") and len(text) <= 40 and not speaks_of_title(text):
        state.title = ""
        return "letterhead"
    if state.whole and ORDER_HEAD.match(text):
        return "letterhead"
    if BRACKET_DATE.match(text) or SITE_LINE.match(text) or _is_of_site(state, here):
        return "note"
    if not state.part and state.title and (is_addressee(text) or _may_open_addressees(here)):
        if text[-1] == ":":
            state.zone = "body"
        return "addressee"
    if starts_body(text) or (state.whole and not _goes_on_as_title(here)):
        if state.whole and len(text) <= _GROUP_LENGTH and _names_issuers(text):
            return "note"
        state.zone = "body"
        return _label_body(state, here, after_row=False)
    if DATE_LINE.match(text):
        return "note"
    state.title = (state.title + text)[-_LONGEST_TITLE:]
    return "title"


def _is_of_site(state: _State, here: _Here) -> bool:
    """A line of the table that sites print above a document: a label with its value, or the value of the label above."""
    valued, state.labelled = state.labelled, False
    if SITE_LABEL.match(here.text) and "。" not in here.text:
        state.labelled = here.text[-1] in ":|"
        return True
    return bool(SITE_TIME.match(here.text)) or valued


def _may_open_addressees(here: _Here) -> bool:
    return may_open_addressees(here.text, [one_form(line.text) for line in here.following(3)])


def _goes_on_as_title(here: _Here) -> bool:
    """What may follow a title that seems whole: its second half, a remark in brackets, an issuer above the title proper."""
    text = here.text
    if len(text) > _GROUP_LENGTH or text[-1] in _ENDS:
        return False
    if text[0] == "(" and text[-1] == ")":
        return True
    if ends_title(text):
        return True
    following = [one_form(line.text) for line in here.following(2)]
    if ISSUER.search(text) and any(map(speaks_of_title, following)):
        return True
    return not read_mark(text) and any(len(line) <= _GROUP_LENGTH and line.endswith("通知") for line in following[:1])


def _names_issuers(text: str) -> bool:
    """The units that drew a plan up, printed below its title."""
    return all(ISSUER.search(name) for name in text.split()) and not read_mark(text)


def _label_body(state: _State, here: _Here, after_row: bool) -> Label:
    text = here.text
    if not state.part and state.zone == "body" and _FORWARDS.search(state.title):
        if _is_title_of_plan(state, here):
            _open_part("附件", state)
            return _label_head(state, here)
        state.named.update(_bare(name) for name in _QUOTED.findall(text))
    if DATE_LINE.match(text) or SIGNED_DATE.match(text):
        state.zone = "tail"
        return "signature"
    mark = read_mark(text)
    if state.zone == "remarks" and (mark is None or mark.rank >= _REMARK_RANK):
        return "note"
    if state.zone == "annex-list" and (mark is None or mark.rank >= _REMARK_RANK) and "。" not in text:
        return "note"
    state.zone = "body"
    if ANNEX_LIST.match(text) and len(text) <= _LONGEST_LIST:
        state.zone = "annex-list"
        return "note"
    if (state.part or after_row) and REMARKS.match(text):
        state.zone = "remarks"
        return "note"
    if NOTE.match(text) and NOTE_WORD.search(text):
        return "note"
    return "body"


def _is_title_of_plan(state: _State, here: _Here) -> bool:
    """A line, or two, that are the very title which the letter names in 《》."""
    if len(here.text) > _GROUP_LENGTH or here.text[-1] in _ENDS:
        return False
    words = _bare(here.text)
    return any(words in state.named for words in (words, *(words + _bare(line.text) for line in here.following(1))))


def _bare(title: str) -> str:
    return _MARKS.sub("", one_form(title))


def _label_tail(state: _State, here: _Here) -> Label:
    text = here.text
    if NOTE.match(text) or SITE_LINE.match(text) or CONTACT.match(text):
        return "note"
    if DATE_LINE.match(text) or SIGNED_DATE.match(text):
        state.zone = "tail"
        return "signature"
    if state.zone == "imprint" and not (state.printed and (ends_title(text[-100:]) or speaks_of_title(text))):
        return "note"
    if _before_imprint(here, 1):
        return "note"
    _open_part("附件", state)
    return _label_head(state, here)


def _before_imprint(here: _Here, reach: int) -> bool:
    following = [one_form(line.text) for line in here.following(reach)]
    return any(PRINTED.match(text) or IMPRINT.match(text) for text in following)


def _relabel_above(labels: list[ZonedLine], fits: Callable[[ZonedLine], bool], label: Label) -> None:
    """Relabel the lines right above the last one as long as they fit."""
    for at in range(len(labels) - 2, -1, -1):
        above = labels[at]
        if above.label == "blank":
            continue
        if not fits(above):
            return
        labels[at] = ZonedLine(above.line, label, above.part)


def _signs(above: ZonedLine) -> bool:
    """A line above a date of signature that names who signs."""
    text = one_form(above.line.text)
    if above.label not in ("body", "note", "unparsed") or len(text) > 60 or text[-1] in _ENDS or read_mark(text):
        return False
    if SIGNER.match(text):
        return True
    return not ANNEX_LIST.match(text) and all(ISSUER.search(name) and len(name) <= 40 for name in text.split())


def _heads_letter(above: ZonedLine) -> bool:
    """A line above the lone word 文件 that names an issuer."""
    return above.label == "title" and bool(ISSUER.search(one_form(above.line.text)))
