"""Zoned lines → metadata: number, title, genre, issuers, dates, addressees, copies, sponsor.

GB/T 9704-2012: 发文机关标志, 发文字号, 标题, 主送机关, 署名, 成文日期, 抄送机关, 印发机关和印发日期.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from vetkb.model import Stated
from vetkb.parse.blocks import Block
from vetkb.parse.line_forms import COPIED, GENRES, NUMBER_DATED, NUMBER_LINE, ORDER_NUMBER, SIGNER, SITE_NUMBER
from vetkb.parse.lines import one_form
from vetkb.text import Quote, Span, View

_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_HAN_DATE = re.compile(
    r"([〇○ＯOo零0一二三四五六七八九]{4})\s?年\s?([一二三四五六七八九十]{1,3})\s?月\s?([一二三四五六七八九十]{1,3})\s?日"
)
_HAN = {c: n for n, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("○ＯOo零0", 0)
_ABOUT = re.compile(r"关于|印发|转发|批转|发布|公布")
_TITLE_TAIL = re.compile(r"[（(][^（）()]*[）)]$")
_SPONSOR = re.compile(r"(?:主办|承办)(?:单位|部门)?\s*[:：]\s*(\S[^\s，。；]*)")
_PUBLISHED = re.compile(r"[^，；。]{0,20}(?:公布|发布|印发)")  # 某日通过，某日公布: the second is the date of the document
_SPACES = re.compile(r"[\s\u3000]+")
_ORGAN_END = re.compile(r"(?:国务院|政府|办公厅|办公室|委员会|人大常委会|中央|总局|局|部|厅|委|署|会|院)$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself."""

    identifier: Stated[str] | None
    title: Stated[str] | None
    genre: Stated[str] | None
    issuers: tuple[Stated[str], ...]
    issued: Stated[date] | None
    printed: Stated[date] | None
    addressees: tuple[Stated[str], ...]
    copied_to: tuple[Stated[str], ...]
    sponsor: Stated[str] | None


def read_metadata(text: str, blocks: list[Block]) -> Metadata:
    """Read the metadata of the document itself; copies and printing stand at the end of the last part."""
    own = [b for b in blocks if b.part == ""]
    notes = [b for b in blocks if b.label == "note"]
    title = _title(text, own)
    signature = [b for b in own if b.label == "signature"]
    printed = next((d for b in notes if b.last.endswith("印发") and (d := _date(text, b))), None)
    issued = next((d for b in signature if (d := _date(text, b))), None)
    issued = issued or next((d for b in own if b.label == "number" and (d := _date(text, b))), None)
    issued = issued or next((d for b in own if b.label == "note" and b.last[-1] in "）)" and (d := _date(text, b))), None)
    return Metadata(
        identifier=_identifier(own),
        title=title,
        genre=_genre(title),
        issuers=tuple(_issuers(text, own, title)),
        issued=issued or printed,
        printed=printed,
        addressees=tuple(_parties(text, [b for b in own if b.label == "addressee"])),
        copied_to=tuple(_copied(text, notes)),
        sponsor=_sponsor(text, notes),
    )


def _identifier(own: list[Block]) -> Stated[str] | None:
    for place, block in enumerate(own):
        line = block.lines[-1]
        plain = one_form(line.text)
        if block.label == "note" and (stated := SITE_NUMBER.search(plain)):  # in the table of a site above the text
            start, end = stated.span("number")
            return Stated(_SPACES.sub("", line.text[start:end]), Quote(line.at + start, line.at + end, line.text[start:end]))
        if block.label != "number":
            continue
        found = NUMBER_LINE.match(plain) or NUMBER_DATED.match(plain)
        start, end = found.span(found.lastgroup or 0) if found else (0, len(line.text))
        number = _SPACES.sub("", line.text[start:end])
        if found is None and ORDER_NUMBER.match(plain):  # 某省人民政府令 第12号
            above = next((b.last for b in reversed(own[:place]) if b.label == "letterhead" or b.label == "title"), "")
            number = _SPACES.sub("", above) + number
        return Stated(number, Quote(line.at + start, line.at + end, line.text[start:end]))
    return None


def _title(text: str, own: list[Block]) -> Stated[str] | None:
    titles = [b for b in own if b.label == "title"]
    spoken = [b for b in titles if _ABOUT.search(text[b.start : b.end]) or _ends_in_genre(text[b.start : b.end])]
    if not titles:
        return None
    best = (spoken or titles)[-1]
    view = View(text, Span(best.start, best.end))
    return Stated(_SPACES.sub("", view.text), Quote(best.start, best.end, text[best.start : best.end]))


def _ends_in_genre(title: str) -> bool:
    return _TITLE_TAIL.sub("", title.rstrip()).endswith(GENRES)


def _genre(title: Stated[str] | None) -> Stated[str] | None:
    if title is None:
        return None
    plain = title.evidence.text.rstrip()
    while (shorter := _TITLE_TAIL.sub("", plain).rstrip()) != plain:
        plain = shorter
    for genre in GENRES:
        if plain.endswith(genre):
            end = title.evidence.start + len(plain)
            return Stated(genre, Quote(end - len(genre), end, genre))
    return None


def _issuers(text: str, own: list[Block], title: Stated[str] | None) -> Iterator[Stated[str]]:
    signed = [line for b in own if b.label == "signature" for line in b.lines]
    names = [line for line in signed if not (_DATE.match(line.text) or _HAN_DATE.match(line.text) or SIGNER.match(line.text))]
    if names:
        for line in names:
            name = _DATE.split(line.text)[0].rstrip()
            yield from _split_names(text, line.at, line.at + len(name))
        return
    if title is not None:
        head = _ABOUT.search(title.evidence.text)
        start = title.evidence.start
        end = start + len(title.evidence.text[: head.start()].rstrip()) if head else start
        if end > start and _ORGAN_END.search(text[start:end]):
            yield from _split_names(text, start, end)
            return
    for block in own:
        if block.label == "letterhead":
            name = block.last.removesuffix("文件").removesuffix("令").rstrip()
            if name:
                yield Stated(_SPACES.sub("", name), text_quote(text, block.start, block.start + len(name)))
                return


def _split_names(text: str, start: int, end: int) -> Iterator[Stated[str]]:
    at = start
    for part in re.split(r"([\s\u3000]+)", text[start:end]):
        if part.strip():
            yield Stated(part, text_quote(text, at, at + len(part)))
        at += len(part)


def text_quote(text: str, start: int, end: int) -> Quote:
    return Quote(start, end, text[start:end])


def _date(text: str, block: Block) -> Stated[date] | None:
    view = View(text, Span(block.start, block.end))
    for pattern, number in ((_DATE, int), (_HAN_DATE, _han_number)):
        published = next((m for m in pattern.finditer(view.text) if _PUBLISHED.match(view.text, m.end())), None)
        found = published or pattern.search(view.text)
        if found:
            year, month, day = (number(g) for g in found.groups())
            span = view.to_source(found.start(), found.end())
            try:
                return Stated(date(year, month, day), text_quote(text, span.start, span.end))
            except ValueError:
                return None
    return None


def _han_number(han: str) -> int:
    if "十" not in han:
        return int("".join(str(_HAN[c]) for c in han))
    tens, _, ones = han.partition("十")
    return (_HAN[tens] if tens else 1) * 10 + (_HAN[ones] if ones else 0)


def _parties(text: str, blocks: list[Block]) -> Iterator[Stated[str]]:
    for block in blocks:
        yield from _split_list(text, block.start, block.end)


def _split_list(text: str, start: int, end: int) -> Iterator[Stated[str]]:
    """Split at ，；。 but not inside brackets; 、 joins the parts of one addressee (各省、自治区、直辖市人民政府)."""
    view = View(text, Span(start, end))
    depth = at = 0
    for place in range(len(view.text) + 1):
        char = view.text[place] if place < len(view.text) else "，"
        depth += (char in "（(") - (char in "）)")
        if place == len(view.text) or (depth <= 0 and char in "，,；;。：:"):
            part = view.text[at:place]
            lead = at + len(part) - len(part.lstrip())
            if part.strip():
                span = view.to_source(lead, lead + len(part.strip()))
                yield Stated(part.strip(), text_quote(text, span.start, span.end))
            at = place + 1


def _copied(text: str, notes: list[Block]) -> Iterator[Stated[str]]:
    going_on = False
    for block in notes:
        line = block.lines[0]
        found = COPIED.match(line.text)
        if found:
            going_on = True
            yield from _split_list(text, line.at + found.end(), block.end)
        elif going_on and "印发" not in line.text and not re.search(r"[:：]", line.text) and line.text[-1] in "。，、,":
            yield from _split_list(text, line.at, line.until)
        else:
            going_on = False


def _sponsor(text: str, notes: list[Block]) -> Stated[str] | None:
    for block in notes:
        found = _SPONSOR.match(block.lines[0].text)
        if found:
            start = block.lines[0].at + found.start(1)
            return Stated(found.group(1), text_quote(text, start, start + len(found.group(1))))
    return None
