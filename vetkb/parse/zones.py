"""Lines → zones: which line is letterhead, number, title, addressee, body, table row, signature or note, and which
part of the source it belongs to (the document itself, a plan behind a covering letter, an annex).

The order of parts follows GB/T 9704-2012: 版头, 主体 (title, addressee, body, annex note, signature, date, 附注,
annexes), 版记 (copies, printing). Nothing here fails: what fits nowhere is labelled unparsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from vetkb.parse.lines import Line
from vetkb.zh.marks import read_mark

Label = Literal[
    "blank", "letterhead", "number", "title", "addressee", "body", "row", "signature", "note", "annex-mark", "unparsed"
]
Zone = Literal["head", "body", "annex-list", "remarks", "tail", "imprint"]

_DATE = (
    r"(?:\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日)"
)
DATE_LINE = re.compile(_DATE + r"$")
BRACKET_DATE = re.compile(r"[（(]\s*" + _DATE + r"[^（）()]{0,40}[）)]$")
SIGNED_DATE = re.compile(r"([^\s，。；：]{2,30})[\s\u3000]+(" + _DATE + r")$")
NUMBER_LINE = re.compile(
    r"[^\s\d，。；、（）()《》]{1,15}[〔\[［【（(]\s*[12]\d{3}\s*[〕\]］】）)]\s*第?\s*\d{1,5}\s*号(?=$|[\s\u3000]{1,}签发人)"
)
_ANNEX_MARK = re.compile(r"附\s*[件表录]\s*([0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})?\s*[:：]?$")
_ANNEX_TITLED = re.compile(r"附\s*件\s*([0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})?\s*[:：.．、]\s*[^\s，。；]{4,60}$")
_ANNEX_LIST = re.compile(r"附\s*件\s*[0-9]*\s*[:：]\s*\S")
_IMPRINT = re.compile(
    r"(?:主办|承办|抄送|抄报|分送|报送|主题词|联系人|联系电话|信息公开选项|公开方式|打字|校对|共印)(?:单位|部门)?\s*[:：]"
)
_PRINTED = re.compile(r"(?:.{0,40}\s)?" + _DATE + r"\s*印发$")
_NOTE = re.compile(r"[（(][^（）()]{2,60}[）)]$")
_DATELINE = re.compile(r"(?:新华社.{0,20}电|来源\s*[:：].{0,80}|发布时间.{0,80}|索\s*引\s*号.{0,80}|字号\s*[:：].{0,30})$")
_ADDRESSEE_WORD = re.compile(r"政府|部门|单位|机构|委|局|厅|办|院|会|公司|学校|高校|企业|银行|各地|同志")
_ISSUER = re.compile(
    r"(?:国务院|政府|办公厅|办公室|委员会|人大常委会|指挥部|领导小组|管理局|总局|局|部|厅|委|署|会|院|中心|集团|公司|银行|大学|学校|总队|支队)"
    r"(?:[（(].{1,12}[）)])?$"
)
_ENDS = "。！？；：，、!?;:,"
_LONG_LINE = 60


@dataclass(frozen=True, slots=True)
class ZonedLine:
    """A line with its function and the prefix of the part it stands in ("" for the document itself)."""

    line: Line
    label: Label
    part: str


@dataclass(slots=True)
class _State:
    zone: Zone = "head"
    part: str = ""
    titled: bool = False
    parts: set[str] = field(default_factory=lambda: {""})


def label_lines(lines: list[Line]) -> list[ZonedLine]:
    """Give every line its function."""
    state = _State()
    labels: list[ZonedLine] = []
    for place, line in enumerate(lines):
        label = _label(line, state, lines, place) if line.text else "blank"
        labels.append(ZonedLine(line, label, state.part))
        if label == "signature":
            _claim_issuers(labels)
    return labels


def _label(line: Line, state: _State, lines: list[Line], place: int) -> Label:
    if line.is_row:
        state.zone = "body"
        return "row"
    text = line.text
    if _ANNEX_MARK.match(text) or (state.zone in ("tail", "imprint") and _ANNEX_TITLED.match(text)):
        return _open_annex(text, state)
    if _IMPRINT.match(text) or _PRINTED.match(text):
        state.zone = "imprint"
        return "note"
    if state.zone == "head":
        return _label_head(text, state)
    if state.zone in ("tail", "imprint"):
        return _label_tail(text, state, lines, place)
    return _label_body(text, state)


def _open_annex(text: str, state: _State) -> Label:
    if state.zone == "head" and state.parts == {""} and not state.titled:
        return "note"  # the file begins with the word 附件: a plan without its letter
    found = _ANNEX_MARK.match(text) or _ANNEX_TITLED.match(text)
    number = (found.group(1) or "") if found else ""
    name = "附件" + number.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    _open_part(name, state)
    if _ANNEX_MARK.match(text):
        return "annex-mark"
    state.titled = True
    return "title"


def _open_part(name: str, state: _State) -> None:
    unique, count = name, 2
    while unique in state.parts:
        unique, count = f"{name}~{count}", count + 1
    state.parts.add(unique)
    state.part, state.zone, state.titled = unique, "head", False


def _label_head(text: str, state: _State) -> Label:
    if NUMBER_LINE.match(text):
        return "number"
    if text.endswith("文件") and len(text) <= 40:
        return "letterhead"
    if BRACKET_DATE.match(text) or _DATELINE.match(text) or text in ("目录", "目 录"):
        return "note"
    if not state.part and _is_addressee(text, state.titled):
        if text[-1] in "：:":
            state.zone = "body"
        return "addressee"
    if _starts_body(text):
        state.zone = "body"
        return _label_body(text, state)
    if DATE_LINE.match(text):
        return "note"
    state.titled = True
    return "title"


def _is_addressee(text: str, titled: bool) -> bool:
    if not titled or "。" in text or read_mark(text) or text.startswith("附"):
        return False
    return (text[-1] in "：:" and bool(_ADDRESSEE_WORD.search(text))) or (text.startswith("各") and text[-1] in "，、,")


def _starts_body(text: str) -> bool:
    if read_mark(text):
        return True
    return "。" in text or len(text) > _LONG_LINE or text.startswith("——") or (text[-1] in "：，；:" and len(text) > 12)


def _label_body(text: str, state: _State) -> Label:
    if DATE_LINE.match(text) or SIGNED_DATE.match(text):
        state.zone = "tail"
        return "signature"
    if state.zone == "remarks":
        return "note"
    if state.zone == "annex-list":
        mark = read_mark(text)
        if (mark is None or mark.kind in ("number", "number-bracket")) and "。" not in text:
            return "note"
        state.zone = "body"
    if _ANNEX_LIST.match(text) and len(text) <= 120:
        state.zone = "annex-list"
        return "note"
    if state.part and re.match(r"(?:备注|注|说明|填表说明)\s*[:：]", text):
        state.zone = "remarks"
        return "note"
    if _NOTE.match(text) and re.search(r"公开|删减|发至|传达|登报|印发|联系|附注", text):
        return "note"
    return "body"


def _label_tail(text: str, state: _State, lines: list[Line], place: int) -> Label:
    if _NOTE.match(text):
        return "note"
    if DATE_LINE.match(text) or SIGNED_DATE.match(text):
        return "signature"
    if state.zone == "imprint" or _followed_by_imprint(lines, place):
        return "note"
    _open_part("附件", state)
    return _label_head(text, state)


def _followed_by_imprint(lines: list[Line], place: int) -> bool:
    following = [other.text for other in lines[place + 1 : place + 6] if other.text]
    return bool(following) and bool(_PRINTED.match(following[0]) or _IMPRINT.match(following[0]))


def _claim_issuers(labels: list[ZonedLine]) -> None:
    """Relabel the lines above a date of signature that name who signs."""
    at = len(labels) - 2
    while at >= 0:
        above = labels[at]
        if above.label == "blank":
            at -= 1
            continue
        text = above.line.text
        joined = above.label in ("body", "note", "unparsed") and len(text) <= 40 and text[-1] not in _ENDS
        if not (joined and _ISSUER.search(text) and read_mark(text) is None and not _ANNEX_LIST.match(text)):
            return
        labels[at] = ZonedLine(above.line, "signature", above.part)
        at -= 1
