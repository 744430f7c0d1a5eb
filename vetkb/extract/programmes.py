"""计划、工程 — Programmes named in a text: …计划, …工程, …行动, and those that collect several (“四项计划”).

A name ends in 计划, 工程, 行动 or 行动计划; it begins behind the verb that carries it out (实施, 推进, 依托 …), at the
start of a clause, or with its own quotation marks. 和 and 、 belong to a name unless another name ends right before
them. Where a list of names is summed up (A计划、B计划等“两项计划”) and the count agrees, the sum is the broader programme.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from vetkb.extract.passages import PARTY_COLUMNS, Reading, readings
from vetkb.extract.phrases import Covered
from vetkb.model import Document, Programme
from vetkb.text import Finding, Source
from vetkb.zh.dates import parse_count

_SUFFIX = re.compile(
    r"(?:专项行动|行动计划|(?<!有)计划|工程|(?<!进)行动)(?!生|性|者|力|书|表|车|机|型|化|学|师|类|单列|造价|质量|机械|进度|项目|技术|安排|施工|监管|管理|指标|方案|用地|生产|竣工|设计|人才"
    r"|结构|创新|建设|标准|长效|制定|编制|保障|运行|保险|总承包)"
)
_COLLECTIVE = re.compile(r"“(?P<name>(?P<count>[一二两三四五六七八九十]{1,3})(?:项|大|个|类)(?P<kind>计划|工程|行动|专项行动))”")
# Words that carry a programme out or speak of it as one: a name begins behind the nearest of them.
_LEADS = re.compile(
    "实施好|实施|落实好|落实|依托|推进|启动|开展|参与|纳入|列入|贯彻|执行|推动|确保|支撑|保障|解决|组织的|巩固和扩大|申报|打好|打赢|加快|抓好|做好|做大做强|我省|我市|我国|本市|以及"
    "|(?<![存潜内现所])在(?![校职线岗建册读])"
)
_STOPS = "，。；：！？、,;:《》〈〉（） \u3000\t\n—…"
_VERB_FIRST = re.compile(
    "统筹|完善|健全|加强|支持|放宽|拓展|优化|强化|制定|编制|提高|提升|扩大|加大|鼓励|引导|规范|明确|建立|整理|按照|根据|每年|各类|各项|重点|有关|相关|该|本|此|年度|现有|所有|一批|若干|其他|以|将|把|对"
    "|与|和|及|由|从|向|的"
)
_GENERIC = re.compile(
    r"(?:^|的|本|该|各|年度)(?:工作|项目|土建|系统|具体|教学|建筑|采取|生产|经营|投资|采购|抽查|检查|招生|培训|培养|招聘|预算|财政|专项|集体|应急|建设|施工|安居|水利|基础|配套|附属|房屋建筑|市政"
    r"|改革|监督|监管|执法|自查|整改|治理|专项整治|集中整治|维修)$"
    r"|工作$|维护$|维修$|年度|一批"
)
_REACH = 40
_MOST_PARTS = 30


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in one place; offsets are those of its reading."""

    start: int
    end: int
    name: str
    rule: str


def extract_programmes(document: Document, source: Source) -> tuple[tuple[Programme, ...], tuple[Finding, ...]]:
    """Return the programmes a text names, each once an item, in text order."""
    found: list[tuple[Reading, _Name]] = []
    broader: dict[str, str] = {}
    for reading in readings(document, source, PARTY_COLUMNS):
        text = reading.text
        if "计划" not in text and "工程" not in text and "行动" not in text:
            continue
        names = list(find_programmes(text))
        found += [(reading, name) for name in names]
        broader |= _collected(text, names)
    seen: set[tuple[str | None, str]] = set()
    programmes: list[Programme] = []
    for reading, name in found:
        if (reading.item, name.name) in seen:
            continue
        seen.add((reading.item, name.name))
        quote = reading.quote(source, name.start, name.end)
        programmes.append(Programme(reading.item, quote, name.name, broader.get(name.name), name.rule))
    return tuple(programmes), ()


def find_programmes(text: str) -> Iterator[_Name]:
    """Yield the programmes that a text names, from left to right.

    >>> [n.name for n in find_programmes("依托职业教育产教融合工程和我省现代职业教育体系建设计划，支持")]
    ['职业教育产教融合工程', '现代职业教育体系建设计划']
    >>> [n.name for n in find_programmes("实施“双师素质”教师队伍建设计划，持续实施“四项计划”")]
    ['“双师素质”教师队伍建设计划', '四项计划']
    >>> [n.name for n in find_programmes("每年有计划地制定年度抽查工作计划，加强工程建设，进行动态调整")]
    []
    """
    collectives = list(_COLLECTIVE.finditer(text)) if "“" in text else []
    titles = Covered(m.span() for m in re.finditer("《[^《》]{1,120}》", text))
    starts = [m.start() for m in collectives]
    floor = 0  # where the name before this one ends
    for suffix in _SUFFIX.finditer(text):
        place = bisect_right(starts, suffix.start()) - 1
        whole = collectives[place] if place >= 0 else None
        if whole is not None and suffix.start() < whole.end():
            yield _Name(whole.start("name"), whole.end("name"), whole["name"], "collective")
            floor = whole.end()
            continue
        if titles.touches(suffix.start(), suffix.end()):
            continue
        name = _quoted(text, floor, suffix) or _named(text, floor, suffix)
        if name is not None:
            floor = name.end
            yield name


def _quoted(text: str, floor: int, suffix: re.Match[str]) -> _Name | None:
    """“雨露计划” is named by its quotation marks; “浦江之光”行动 begins with them."""
    opening = text.rfind("“", max(floor, suffix.start() - _REACH), suffix.start())
    if opening < 0:
        return None
    closing = text.find("”", opening, suffix.end() + 1)
    if closing == suffix.end() and suffix.start() - opening > 2:
        return _Name(opening + 1, suffix.end(), text[opening + 1 : suffix.end()], "quoted")
    between = text[closing + 1 : suffix.start()] if closing >= 0 else "，"
    if closing < 0 or any(c in _STOPS for c in between):
        return None
    return _Name(opening, suffix.end(), text[opening : suffix.end()], "quoted")


def _named(text: str, floor: int, suffix: re.Match[str]) -> _Name | None:
    """A name begins behind a word that carries it out, or behind the name before it, or it is the whole heading."""
    clause = _clause_start(text, max(floor, suffix.start() - _REACH), suffix.start())
    lead = None
    for found in _LEADS.finditer(text, clause, suffix.start() - 1):
        lead = found
    start = clause
    if lead is not None and suffix.start() - lead.end() >= 3:
        start = lead.end()
    elif lead is not None or not (_follows_name(text, floor, clause) or (clause == 0 and suffix.end() == len(text))):
        return None
    stem = text[start : suffix.start()]
    if len(stem) < 3 or _VERB_FIRST.match(stem) or _GENERIC.search(stem):
        return None
    return _Name(start, suffix.end(), text[start : suffix.end()], "named")


def _clause_start(text: str, limit: int, at: int) -> int:
    """Go back to the last stop before `at`; a bracket of up to four characters belongs to a name: 赴国（境）外."""
    place = at
    while place > limit:
        char = text[place - 1]
        if char in "）)":
            opening = max(text.rfind("（", max(limit, place - 6), place), text.rfind("(", max(limit, place - 6), place))
            if opening < 0:
                return place
            place = opening
        elif char in _STOPS or char in "(（":
            return place
        else:
            place -= 1
    while place < at and text[place] in "和及与":
        place += 1
    return place


def _follows_name(text: str, floor: int, start: int) -> bool:
    return floor > 0 and not text[floor:start].strip("、和及与")


def _collected(text: str, names: list[_Name]) -> dict[str, str]:
    """Read A、B、C等“三项X”: the names right before a collective one, if they are as many as it says."""
    result: dict[str, str] = {}
    for place, name in enumerate(names):
        if name.rule != "collective":
            continue
        stated = _COLLECTIVE.match(text, name.start - 1)
        count = parse_count(stated["count"]) if stated is not None else None
        if count is None:
            continue
        members: list[_Name] = []
        later = name.start - 1
        for member in reversed(names[max(0, place - _MOST_PARTS) : place]):
            if not re.fullmatch("(?:、|和|及|与|以及|等)*", text[member.end : later]):
                break
            members.append(member)
            later = member.start
        if len(members) == count:
            result |= {member.name: name.name for member in members}
    return result
