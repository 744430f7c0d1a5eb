"""Figures in a question → tags: the number of a task, a date or period with what it governs, a document number.

Dates are read as public documents print them (vetkb.zh.dates); a period with 前 ends before it begins, with 年底
or 底前 on its last day, as in 到2018年年底.
起, 开始 and 实施 ask what starts in a period, 完成 what ends in it.
English dates: 1 September 2018, September 2018, 2018-09-01, 2018.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from vetkb.ask.form import Edge, Relation, Timed, Units
from vetkb.ask.tags import TEXT, Tag
from vetkb.ask.words import fold
from vetkb.graph.lexicon import load_calendar
from vetkb.zh import parse_count, parse_period

_N: Final = r"(\d{1,6}|[一二三四五六七八九十百零〇两]{1,8})"
_TASK: Final = r"(?:重点|工作|主要|改革|政策|具体)*(?:任务|工作|事项|举措|措施)"
_ENGLISH_TASK: Final = r"(?:tasks?|measures?|items?|clauses?|articles?)"
_NUMBERED: Final = (
    re.compile(rf"第\s?{_N}\s?(?:项|个|条|号)(?:{_TASK})?"),
    re.compile(rf"第?[（(]{_N}[)）](?:项|个|条|款|号)?(?:{_TASK})?"),
    re.compile(rf"(?:任务|工作任务)第?{_N}号?(?![\d.%项个条多少共年月日种类家所次人])"),
    re.compile(rf"(?<![\d.]){_N}号{_TASK}"),
    re.compile(rf"\b{_ENGLISH_TASK}\s{{1,3}}(?:no\.?\s?|number\s|#\s?)?[(（]?{_N}[)）]?(?![\w%])"),
    re.compile(rf"\bthe\s(\d{{1,6}})(?:st|nd|rd|th)\s(?:key\s)?{_ENGLISH_TASK}\b"),
)
_SECTION: Final = (
    re.compile(rf"第{_N}(?:个)?(?:部分|章|节|大项|大部分|板块)"),
    re.compile(rf"\b(?:section|chapter|part)\s{{1,3}}(?:no\.?\s?|number\s)?{_N}(?![\w%])"),
)
_UNITS: Final = r"(?=(?:责任|负责|牵头|配合|指导|承担|市级|参与)*(?:单位|部门|机构|机关))"
_COUNTED: Final = (
    re.compile(
        rf"(?:只|仅)?(?:(?:涉及|牵涉|列出|列|有|由)(?:到|了|有)?)?(?P<more>超过|多于|大于|不止|不只)?(?P<least>至少|最少|起码|不少于|不低于)?(?P<most>至多|最多|不超过|不多于)?(?P<below>少于|不到|不足)?(?P<n>{_N[1:-1]})(?:个|家)(?P<up>以上)?(?P<down>以下)?(?:的)?{_UNITS}"
    ),
    re.compile(
        r"\b(?P<more>more than |over )?(?P<least>at least )?(?P<most>at most |no more than )?"
        r"(?P<below>fewer than |less than )?"
        r"(?:exactly |only |just )?(?:a single|"
        r"(?P<n>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten))(?P<up> or more)?\s"
        r"(?=(?:(?:responsible|guiding|lead|leading|supporting|municipal)\s)?(?:agenc|department|unit|part(?:y|ies)|bod(?:y|ies)|bureau))"
    ),
)
_COUNTED_AFTER: Final = re.compile(
    rf"(?:责任|负责|牵头|配合|指导|承担|参与)?(?:单位|部门|机构)(?:的?(?:数量|个数|数))?(?:在|只有|仅有|就只有|有|只是|是|为|只|仅)?"
    rf"(?P<more>超过|多于|大于|不止|不只)?(?P<least>至少|最少|不少于|不低于)?(?P<most>至多|最多|不超过|不多于)?(?P<below>少于|不足|不到)?"
    rf"(?P<n>{_N[1:-1]})(?:个|家)(?P<up>及?以上)?(?P<down>及?以下)?(?!单位|部门|机构)"
)
_RANK: Final = (
    re.compile(
        r"(?:(?:排(?:名|在)?|位居|列)第([二三四五六七八九]|[2-9])|第([二三四五六七八九]|[2-9])(?=(?:名|位)?(?:多|少|最)))(?:名|位)?"
    ),
    re.compile(
        r"\b(second|third|fourth|fifth)[\s-](?=most|fewest|largest|highest|greatest|biggest|busiest|heaviest|smallest|lowest|lightest)"
        r"|\b(?:rank(?:s|ed|ing)?|com(?:es?|ing)|stands?|placed|is|are|in)\s(?:in\s)?(?:the\s)?"
        r"(second|third|fourth|fifth)(?:\splace)?\b(?! most| fewest)"
    ),
)
_TOP: Final = re.compile(
    r"(?:排名?在?|居于|位居)?前([二两三四五六七八九十]|[2-9])(?:名|位|家|的)|\btop (two|three|four|five|[2-9])\b"
)
_ORDINALS: Final = {word: number for number, word in enumerate(["second", "third", "fourth", "fifth"], 2)}
_ENGLISH_NUMBERS: Final = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)  # noqa: SIM905 — reads better
}
_CHINESE_TIME: Final = re.compile(
    r"(?P<before>截止到|截至|截止|到了|到|在|于|从|自)?"
    r"(?P<period>[12]\d{3}年(?:度)?(?:"
    r"上半年|下半年|第?[一二三四1-4]季度|(?P<term>[春秋])(?:季学期|学期|季)(?P<opening>开学)?|\d{1,2}月(?:份)?(?:\d{1,2}[日号]?)?)?)"
    r"(?P<end>年?底|年末|末)?"
    r"(?P<after>之前|以前|前|开始|起|以来|之后|以后|后|之内|以内|期间|内|间)?"
)
_MONTH_NAMES: Final = "january february march april may june july august september october november december"
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_MONTH: Final = "|".join(_MONTHS)
_ENGLISH_TIME: Final = re.compile(
    r"\b(?P<relation>before|by|until|from|since|after|in|during|on)?\s?(?:the\s)?(?P<end>end of\s|year-end\s)?"
    r"(?:(?:(?P<opening>(?:start|beginning) of (?:the )?)?(?P<term>autumn|fall|spring) (?:term|semester)(?: of| in)?,?\s)"
    r"(?P<term_year>[12]\d{3})|"
    rf"(?P<iso>[12]\d{{3}}-\d\d-\d\d)|(?:(?P<day>\d{{1,2}})\s)?(?:(?P<month>{_MONTH})\s)?(?P<year>[12]\d{{3}}))\b"
)
_EDGE: Final = {
    "zh": re.compile(r"(?P<start>开始|启动|起步|(?<!持续)(?<!长期)实施)|(?P<end>完成|做完|办完|办结|结束|达到|达成|到期)"),
    "en": re.compile(
        r"\b(?:(?P<start>start|begin|began|launch|commence|tak(?:es?|ing) effect|implement)"
        r"|(?P<end>complet|finish|finali[sz]|accomplish|achiev|due\b|done\b|end(?:s|ed|ing)?\b))"
    ),
}
_TASK_TABLE: Final = re.compile(  # 重点任务分工表, 工作任务分解清单
    "(?:附件(?:的)?)?(?:重点|主要|年度|具体)?(?:工作|任务|目标|职责|责任|措施|事项)+(?:分工|分解|推进|进度|安排|落实)+(?:及?[进度安排]{2,4})?(?:一览|明细)?(?:表|清单)(?:里面?|中|上|内)?"
)
_FLOOR: Final = re.compile(r"\bat (?:the very |the )?(?:least|minimum|most)(?=\W*$)")  # after the question, no number does
_SHARED: Final = re.compile(r"\bshare(?=\W*$)")  # which tasks do A and B share? Elsewhere a share is a part
_YES_OR_NO: Final = re.compile(r"(?:is|are|does|do|has|have)\b")
_RELATIONS: Final[dict[str, Relation]] = {
    "since": "from",
    "after": "from",
    "by": "before",
    "until": "before",
    "before": "before",
}
_BEFORE: Final = ("之前", "以前", "前")
_LONGEST: Final = 40


def find_figures(question: str, folded: str, language: str) -> Iterator[Tag]:
    """Yield the numbers of tasks and the dates that stand in a question."""
    for pattern in _NUMBERED:
        for found in pattern.finditer(folded):
            number = parse_count(found[1])
            if number is not None:
                yield Tag("NUMBERED", found.start(), found.end(), question[found.start() : found.end()], number)
    for pattern in _SECTION:
        for found in pattern.finditer(folded):
            number = parse_count(found[1])
            if number is not None:
                yield Tag("SECTION", found.start(), found.end(), question[found.start() : found.end()], number)
    for found in _TASK_TABLE.finditer(folded):
        yield Tag("ANNEX", found.start(), found.end(), question[found.start() : found.end()])
    for found in _COUNTED[language == "en"].finditer(folded):
        units = _units(found)
        if units is not None:
            yield Tag("COUNT", found.start(), found.end(), question[found.start() : found.end()], units)
    for found in _TOP.finditer(folded):
        word = next(one for one in found.groups() if one)
        number = _ENGLISH_NUMBERS.get(word) or parse_count(word)
        yield Tag("TOP", found.start(), found.end(), question[found.start() : found.end()], number)
    for found in _COUNTED_AFTER.finditer(folded):
        units = _units(found)
        if units is not None:
            yield Tag("COUNTED", found.start(), found.end(), question[found.start() : found.end()], units)
    for found in _RANK[language == "en"].finditer(folded):
        word = next(one for one in found.groups() if one)
        number = _ORDINALS.get(word) or parse_count(word)
        yield Tag("RANK", found.start(), found.end(), question[found.start() : found.end()], number)
    shared = _SHARED.search(folded) if language == "en" else None
    if shared:
        yield Tag("BOTH", shared.start(), shared.end(), question[shared.start() : shared.end()])
    floor = _FLOOR.search(folded) if language == "en" else None
    if floor:
        yield Tag("FILLER", floor.start(), floor.end(), question[floor.start() : floor.end()])
    opening = _YES_OR_NO.match(folded) if language == "en" else None
    if opening:
        yield Tag("YESNO", 0, opening.end(), question[: opening.end()])
    pattern = _ENGLISH_TIME if language == "en" else _CHINESE_TIME
    for found in pattern.finditer(folded):
        timed = _english_time(found) if language == "en" else _chinese_time(found)
        if timed is not None:
            yield Tag("TIME", found.start(), found.end(), question[found.start() : found.end()], timed)


def _units(found: re.Match[str]) -> Units | None:
    """Return how many parties are asked for: 三个以上, more than one, a single."""
    marks = {name for name, text in found.groupdict().items() if text and name != "n"}
    number = 1 if found["n"] is None else _ENGLISH_NUMBERS.get(found["n"]) or parse_count(found["n"])
    if number is None or len(marks) > 1:
        return None
    comparators: dict[str, Literal[">", ">=", "<=", "<"]] = {
        "more": ">",
        "least": ">=",
        "up": ">=",
        "most": "<=",
        "down": "<=",
        "below": "<",
    }
    return Units(comparators[marks.pop()] if marks else "=", number)


def with_edges(tags: Sequence[Tag], language: str) -> list[Tag]:
    """Say of each date what is asked to be in it: the nearest word after it says so (2018年要完成), in English before it.

    A word belongs to one date and stands in the same condition; those of a description belong to none: 2018年有哪些关于
    顺利实施的任务 asks for no start.
    """
    found = list(tags)
    used: set[int] = set()
    for step in (1, -1) if language == "zh" else (-1, 1):
        for place, one in enumerate(found):
            if isinstance(one.value, Timed) and one.value.edge == "either":
                at = _edge_word(tags, place, step, used, language)
                if at is not None:
                    found[place] = replace(one, value=replace(one.value, edge=_edge(tags[at], language)))
                    used.add(at)
    return found


def _edge_word(tags: Sequence[Tag], place: int, step: int, used: set[int], language: str) -> int | None:
    """Return the place of the nearest word that says start or end, on one side of a date, before another condition."""
    at = place + step
    while 0 <= at < len(tags) and tags[at].kind not in ("TIME", "BUT"):
        beside = {tags[near].kind for near in (at - 1, at + 1) if 0 <= near < len(tags)}
        if tags[at].kind in ("AND", "OR") and beside != {"AGENCY"}:
            return None
        if at not in used and _edge(tags[at], language) != "either":
            return at
        at += step
    return None


def _edge(one: Tag, language: str) -> Edge:
    word = None if one.kind == TEXT else _EDGE[language].search(fold(one.text))
    return "either" if word is None else "start" if word["start"] else "end"


def _chinese_time(found: re.Match[str]) -> Timed | None:
    period = _term(found) if found["term"] else parse_period(found["period"])
    if period is None or len(found[0]) > _LONGEST:
        return None
    earliest, latest = period
    after, before = found["after"] or "", found["before"] or ""
    if after in _BEFORE:
        whole_day = earliest == latest
        # 9月1日前 takes in the day, as 年底前 does; 2018年前 ends with 2017
        last = latest if whole_day or found["end"] else date.fromordinal(earliest.toordinal() - 1)
        return Timed("before", date.min, last, found[0])
    if after in ("以来", "之后", "以后", "后"):
        return Timed("from", earliest, date.max, found[0])
    if after in ("起", "开始") and found["end"]:
        return Timed("by", earliest, latest, found[0], "start")
    if after in ("起", "开始") or before in ("从", "自"):
        return Timed("during", earliest, latest, found[0], "start")
    if found["end"] or before in ("到", "到了", "截至", "截止", "截止到"):
        return Timed("by", earliest, latest, found[0])
    return Timed("during", earliest, latest, found[0])


@lru_cache(maxsize=1)
def _term_days() -> dict[str, tuple[int, int]]:
    """Return the month and day on which the terms of schools are assumed to begin: ontology/calendar.ttl."""
    days = {name: day.lstrip("-").split("-") for name, day in load_calendar().items()}
    return {name: (int(month), int(day)) for name, (month, day) in days.items()}


def prepare_terms() -> None:
    """Read the calendar now: a server does."""
    _term_days()


def _term(found: re.Match[str]) -> tuple[date, date]:
    """Return the first and last day of a term, or the day on which it begins."""
    groups = found.groupdict()
    spring, autumn = (_term_days()[f"{name}-term-start"] for name in ("spring", "autumn"))
    year = int(re.search(r"[12]\d{3}", found[0])[0])  # type: ignore[index]
    first = date(year, *(spring if groups["term"] in ("春", "spring") else autumn))
    if groups["opening"] or groups.get("after") in _BEFORE or groups.get("relation") == "before":
        return first, first
    return first, date(year, *autumn) - timedelta(days=1) if first.month == spring[0] else date(year, 12, 31)


def _english_time(found: re.Match[str]) -> Timed | None:
    try:
        earliest, latest = _english_period(found)
    except ValueError:
        return None
    relation = _RELATIONS.get(found["relation"] or "", "during")
    if found["relation"] == "from":
        return Timed("during", earliest, latest, found[0], "start")
    if relation == "from":
        return Timed("from", earliest, date.max, found[0])
    if found["end"]:
        return Timed("by", earliest, latest, found[0])
    if relation == "before":
        last = latest if earliest == latest or found["relation"] != "before" else date.fromordinal(earliest.toordinal() - 1)
        return Timed("before", date.min, last, found[0])
    return Timed("during", earliest, latest, found[0])


def _english_period(found: re.Match[str]) -> tuple[date, date]:
    if found["term"]:
        return _term(found)
    if found["iso"]:
        day = date.fromisoformat(found["iso"])
        return day, day
    year = int(found["year"])
    if not found["month"]:
        if found["day"]:
            raise ValueError
        return date(year, 1, 1), date(year, 12, 31)
    month = _MONTHS[found["month"]]
    if found["day"]:
        day = date(year, month, int(found["day"]))
        return day, day
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
