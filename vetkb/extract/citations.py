"""引用 — Other documents that a text names: in《》, with or without a document number, or by number alone.

A title in《》is a document unless it ends like a form, a certificate, a book or a periodical (诉讼要素表, 许可证,
人民日报). Each document is cited once, where it is first named; a short name laid down by 以下简称 is no other document.
`mode` is the verb before it (贯彻, 按照, 依据 …), valid for every title of a list, or the one behind it (同时废止).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vetkb.extract.passages import PARTY_COLUMNS, Reading, readings
from vetkb.extract.phrases import Covered, Phrase, PhraseRule, PhraseTable
from vetkb.model import Citation, Document
from vetkb.text import Finding, Source
from vetkb.zh.document_numbers import find_document_numbers, find_orders

RULES: tuple[PhraseRule, ...] = (
    PhraseRule(
        "title",
        r"《(?P<title>[^《》〈〉]{1,120}(?:[《〈][^《》〈〉]{1,80}[》〉][^《》〈〉]{0,80}){0,3})》(?:\s?[（(](?P<note>[^（）()]{0,10}(?:[（(][^（）()]{1,4}[)）])?[^（）()]{0,40})[)）])?",
        (
            ("贯彻《关于推进职业教育的意见》（豫政办〔2017〕110号）精神", "《关于推进职业教育的意见》（豫政办〔2017〕110号）"),
            ("依据《中华人民共和国职业教育法》，", "《中华人民共和国职业教育法》"),
            ("《关于印发〈国家职业教育改革实施方案〉的通知》要求", "《关于印发〈国家职业教育改革实施方案〉的通知》"),
            ("《关于印发《发展规划》的通知》要求", "《关于印发《发展规划》的通知》"),
        ),
        ("“双证书”制度",),
    ),
)
TABLE = PhraseTable(RULES, "(?=《)")

MODES: tuple[str, ...] = (
    "贯彻落实", "贯彻执行", "全面贯彻", "深入贯彻", "认真贯彻", "贯彻", "严格落实", "落实", "严格按照", "按照", "遵照", "根据",
    "依据", "依照", "参照", "对照", "结合",
    "遵循", "遵守", "执行", "实施", "符合", "修订", "修改", "废止", "印发",
    "违反", "适用", "引用", "基于", "纳入", "制定", "按", "依",
)  # fmt: skip
_MODE = re.compile("(" + "|".join(sorted(MODES, key=len, reverse=True)) + r")(?:好|了|实施)?[\u4e00-\u9fa5]{0,14}?$")
_PLAIN_MODE = re.compile(r"^(?:全面|深入|认真|严格)(?=贯彻|按照|落实)")
# What ends like this is a form, a certificate, a book or a periodical, whatever stands in front.
_NO_DOCUMENT = re.compile(
    r"(?:表|证|证书|合同|协议书|通知书|决定书|告知书|承诺书|申请书|说明书|责任书|意向书|批准书|报告书|任务书|声明书|委托书|意见书|建议书"
    r"|台账|台帐|手册|读本|教材|课本|词典|字典|图册|执照|收据|发票|回执|样本|表格"
    r"|日报|晚报|早报|周报|时报|商报|农民报|青年报|杂志|月刊|周刊|学刊|学报|期刊|歌|曲|剧|之歌)(?:[（(][^（）()]{1,20}[)）])?$"
)
_STANDARD = re.compile(r"[A-Z]{2,4}(?:/[A-Z])?\s?[0-9][0-9.]{2,8}(?:[-—][0-9]{4})?")
_NOTICE = re.compile(r"[\u4e00-\u9fa5]{0,14}[0-9]{4}年第\s?[0-9]{1,5}号")  # 税务总局公告2022年第15号
_SHORT = re.compile(r"以下(?:统)?简称[：:]?《([^《》]{1,40})》|以下(?:统)?简称[：:]?[“]([^“”]{1,30})[”]")
# (No piece may hold the beginning of another: so there is one way to read a text, and the cost stays linear.)
# What stands between a title and the verb that ends or changes it: other titles of the list, numbers, 自…起, 同时.
_END_REACH = 400
_BETWEEN = (
    "(?:[、，和及与]|《[^《》]{1,80}》|[（(][^（）()]{0,60}[)）]|等[^，。；等自第]{0,14}?|自[^，。；等自第]{1,16}?起"
    "|第[^，。；等自第]{1,12}?[条款项]|文件|同时|予以|一并|即行|相应|作如下)"
)
_ENDED = re.compile(f"{_BETWEEN}{{0,12}}(?P<verb>废止|停止执行|停止施行|不再执行|自行失效|修改为|修订为|修正为|修改)")
# A covering letter speaks of the plan it carries: that is the document itself, also where no title is printed above it.
_CARRIES = re.compile("印发(?:给你们|你们|各地|给各)")
_CARRIED_BEFORE = re.compile("现将[^。；]{0,60}$")
_CARRIED_AFTER = re.compile("[^。；]{0,90}?已[经由]?[^。；]{0,60}(?:同意|通过|批准|审定|审议|研究)")
_LIST_GAP = re.compile(
    r"(?:[（(][^（）()]{0,60}[)）])?(?:[、，和及与]|以及|或者|或)*(?:[\u4e00-\u9fa5]{0,3}(?:国务院|省|市|部|委|局|政府|办公厅|办公室))?"
)
_NUMBER_GAP = re.compile("[、，和及与]{1,2}")


@dataclass(frozen=True, slots=True)
class _Named:
    """A document as it is named in one place."""

    start: int
    end: int
    title: str | None
    identifier: str | None
    mode: str | None
    rule: str


def extract_citations(document: Document, source: Source) -> tuple[tuple[Citation, ...], tuple[Finding, ...]]:
    """Return the documents a text cites, each once, in text order."""
    known: set[str] = set()
    if document.identifier is not None:
        known.add(_key(document.identifier.value))
    own_title = _key(document.title.value) if document.title is not None else ""
    citations: list[Citation] = []
    for reading in readings(document, source, PARTY_COLUMNS):
        text = reading.text
        if "《" not in text and "号" not in text:
            continue
        known.update(_key(m[1] or m[2]) for m in _SHORT.finditer(text))
        for named in _named_in(reading):
            keys = {_key(k) for k in (named.title, named.identifier) if k}
            if keys & known or (named.title is not None and _is_own(named.title, own_title)):
                known |= keys
                continue
            known |= keys
            quote = reading.quote(source, named.start, named.end)
            citations.append(Citation(reading.item, quote, named.title, named.identifier, named.mode, named.rule))
    return tuple(citations), ()


def _named_in(reading: Reading) -> Iterator[_Named]:
    text = reading.text
    mode: str | None = None
    last = -1
    carrying = _CARRIES.search(text)
    listed: list[tuple[int, str | None]] = []
    numbers = find_document_numbers(text) if "号" in text else ()
    titles = list(TABLE.scan(text)) if "《" in text else []
    taken = Covered((p.start, p.end) for p in titles)
    places = [start for start, _, _ in numbers]
    for phrase in titles:
        title, note = phrase.match["title"], phrase.match["note"] or ""
        end = phrase.match.end("title") + 1
        if last < 0 or _LIST_GAP.fullmatch(text, last, phrase.start) is None:
            mode = _mode(text, phrase.start)  # of a list: the verb before its first title holds for all
        last = end
        place = bisect_left(places, end)
        number = str(numbers[place][2]) if place < len(places) and numbers[place][1] <= phrase.end else None
        if number is None and note:
            order = find_orders(note)
            standard = _STANDARD.search(note)
            notice = _NOTICE.search(note)
            number = order[0][2] if order else standard.group() if standard else notice.group() if notice else None
        if number is not None:
            end = phrase.end
        if not is_document(title) and number is None:
            continue
        if carrying is not None and number is None and _is_carried(text, phrase, carrying.start()):
            continue
        listed.append((end, mode))
        yield _ended(text, _Named(phrase.start, end, title, number, mode, "title"), phrase.end)
    last = -1
    for start, stop, parsed in numbers:
        if not taken.touches(start, stop):
            mode = mode if last >= 0 and _NUMBER_GAP.fullmatch(text, last, start) else _mode(text, start)
            before = bisect_right(listed, start, key=lambda entry: entry[0]) - 1
            if mode is None and before >= 0 and _LIST_GAP.fullmatch(text, listed[before][0], start):
                mode = listed[before][1]
            last = stop
            yield _ended(text, _Named(start, stop, None, str(parsed), mode, "number"), stop)
    for start, stop, order_text in find_orders(text):
        if not taken.touches(start, stop):
            yield _Named(start, stop, None, order_text, _mode(text, start), "order")


def _ended(text: str, named: _Named, at: int) -> _Named:
    """Take the verb behind a document, or a list of them, that ends or changes it: 同时废止, 不再执行, 修改为."""
    found = _ENDED.match(text, at, at + _END_REACH)
    if found is None:
        return named
    return replace(named, mode="修改" if found["verb"].startswith("修") else "废止", rule="ended")


def is_document(title: str) -> bool:
    """Tell a document from a form, a book or a periodical by the end of its title.

    >>> is_document("关于打赢脱贫攻坚战三年行动的指导意见"), is_document("产业结构调整指导目录（2011年本）（修正）")
    (True, True)
    >>> is_document("诉讼要素表"), is_document("人民日报"), is_document("烟草专卖零售许可证")
    (False, False, False)
    """
    return _NO_DOCUMENT.search(title) is None


def _is_carried(text: str, phrase: Phrase, carrying: int) -> bool:
    """Tell the plan that a letter carries: 《…》已经市政府同意，现印发给你们; 现将《…》印发给你们."""
    before = _CARRIED_BEFORE.search(text, max(0, phrase.start - 80), phrase.start)
    after = _CARRIED_AFTER.match(text, phrase.end, carrying) if phrase.end < carrying else None
    return phrase.end <= carrying and (before is not None or after is not None)


def _mode(text: str, at: int) -> str | None:
    start = max(0, at - 22)
    clause = max((text.rfind(stop, start, at) for stop in "，。；：、》"), default=-1) + 1
    found = None
    for match in _MODE.finditer(text[max(start, clause) : at]):
        found = match
    return _PLAIN_MODE.sub("", found[1]) if found is not None else None


def _is_own(title: str, own_title: str) -> bool:
    """A covering letter names the plan it carries: that is the document itself."""
    key = _key(title)
    return len(key) > 6 and bool(own_title) and (key in own_title or own_title in key)


def _key(text: str) -> str:
    return re.sub(r"[\s《》〈〉（）()〔〕\[\]［］]", "", text)
