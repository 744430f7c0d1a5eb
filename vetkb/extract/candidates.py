"""Numbers of a text → candidates for quantities: figures, unit, bound words on both sides, the clause they stand in.

What deadlines, terms of validity and quotation marks cover is not looked at; a Chinese numeral that is only a word and
the count of the text's own list do not bind and are dropped here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from vetkb.extract.deadline_phrases import find_deadline_phrases
from vetkb.extract.effects import EFFECTS
from vetkb.extract.numbers import LABEL_NAMES, NUMBERS
from vetkb.extract.phrases import Covered, Lost, Phrase, settle
from vetkb.model import QuantityRole
from vetkb.zh.bounds import LOOSE_ANY, Comparator, Found, bound_after, bound_before, loose_bound
from vetkb.zh.numerals import parse_numeral, parse_share
from vetkb.zh.units import is_share, plain_unit

# 60微克/立方米, 12000元/生·年: the rate belongs to the unit, bound words stand behind it.
RATE_AFTER = re.compile(r"[/／]([生人户年月日亩次天床班·・每/／\u4e00-\u9fa5]{1,6}?)(?=[，。；、）)]|以|左|的|$)")
BRACKET = re.compile(r"[（(][^（）()]{1,60}[)）]")
LIST_JOINT = re.compile(r"[、和及与，]|以及|、和")
OF_WHICH = re.compile(r"其中[，,]?")
_CLAUSE_MARK = re.compile(r"[，。；：！？,;:\n\t|（）()]")
_CLAUSE_REACH = 90
_BEFORE_DATE = re.compile("(?:力争|确保|争取|计划|并|要|应|将|在|到|于|自|从|为|、|，)+$")
_QUOTED = re.compile(r"“[^“”]{1,24}”")
_GOAL_VERB = re.compile(
    "建设|新建|改建|续建|推进|谋划|打造|培育|创建|建成|建立|设立|组建|引育|引进|扶持|认定|遴选|推动|推广|开展|举办|新增|开发|研制|制定|布局|形成|命名|评选|实施|推出|配备|设置|开设|转化|孵化|改造|完成|达到|掌握|享受|配置"
    "|发展|支持|安排|增加|新增|提供|减少|淘汰|关闭|整治|创造|招收|带动|吸纳|覆盖|补充|发放|集聚|组织|规划|启动|帮扶|搬迁|治理|修复|储备|建|办好|改扩建"
)
_ONCE = re.compile(
    r"(?:进行|开展|组织|召开|享受|举办|举行|实施|完成|通报|报告|调度|安排|听取|修订|评估|更新|检查|督查|每[^，。；、]{1,10})(?:了|一|至少)?$"
)
_EACH = re.compile(
    "(?:户|人|村|校|班|乡镇?|县|社区)均[^，]{0,10}$|每(?!年|月|日|周|次|一次)[^，每]{1,10}(?:配备?|设立?|建|有|派|选派|安排)[^，]{0,4}$"
)
_INCLUSION = re.compile(r"[（(](?P<not>不)?(?:包?含|包括)[^（）()]{0,12}[)）]")
_INCLUDED: dict[tuple[Comparator, bool], Comparator] = {
    (">", True): ">=", ("<", True): "<=", (">=", False): ">", ("<=", False): "<",
}  # fmt: skip
# What a number says twice: 两个及两个以上.
_TWICE = re.compile("及|或者?|和")
_LIST_UNITS = frozenset(("个", "项", "类", "种", "条", "款", "件", "方面", "批", "部分", "点"))
_TOO_MANY_TO_LIST = 1000
_FREE_NUMERAL_UNITS = frozenset(("所", "家", "名", "户", "人", "套", "台", "座", "天", "倍"))


@dataclass(slots=True)
class Candidate:
    """A number on its way to a quantity; offsets are those of its reading."""

    phrase: Phrase
    start: int
    end: int
    comparator: Comparator
    value: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    unit: str | None
    before: Found | None
    after: Found | None
    base: str = ""
    left: str = ""  # its clause, up to it
    undated: str = ""  # the same without the date that opens it
    role: QuantityRole | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was found in a text: candidates, places of figures that no rule reads, and claims that gave way."""

    candidates: list[Candidate]
    unread: list[tuple[int, int]]
    lost: tuple[Lost, ...]


def find_candidates(text: str) -> Numbers:
    """Return the numbers of a text that may bind.

    >>> found = find_candidates("各地要在本意见印发之日起30日内，建成不少于5所学校，到2025年达到90%以上")
    >>> [(text.comparator, str(text.value), text.unit) for text in found.candidates]
    [('>=', '5', '所'), ('>=', '90', '%')]
    >>> [lost.to for lost in found.lost]
    ['relative-after-event', 'by']
    """
    dates = find_deadline_phrases(text)
    validity = list(EFFECTS.scan(text)) if "期" in text or "之日起" in text else []
    numbers = list(NUMBERS.scan(text))
    kept, lost = settle((dates, validity, numbers))
    strong = {id(p) for p in (*dates, *validity)}
    names = Covered(m.span() for m in _QUOTED.finditer(text)) if "“" in text else Covered(())
    found: list[Candidate] = []
    unread: list[tuple[int, int]] = []
    last: Phrase | None = None
    for phrase in kept:
        if id(phrase) in strong:
            continue
        if phrase.rule == "proportion":
            unread.append((phrase.start, phrase.end))
        if phrase.rule in LABEL_NAMES:
            continue
        if found and _in_inclusion(text, found[-1], phrase):
            continue
        candidate = None if _restates(text, phrase, last) else _candidate(text, phrase)
        last = phrase
        if candidate is None:
            continue
        bound = candidate.before is not None or candidate.after is not None
        if names.touches(phrase.start, phrase.end) and not bound and not is_share(candidate.unit):
            continue
        if phrase.rule == "number-without-unit" and not bound and not _is_large(text, phrase):
            unread.append((phrase.start, phrase.end))
            continue
        if found and _says_twice(text, found[-1], candidate):
            found[-1].after, found[-1].end = candidate.after, candidate.end
            continue
        found.append(candidate)
    _share_bounds(text, found)
    for candidate in found:
        candidate.left = clause_before(text, candidate.start)
        candidate.undated = _without_dates(text, candidate, dates)
        candidate.comparator = _comparator(candidate)
        inclusion = _INCLUSION.match(text, candidate.end)
        if inclusion is not None:
            key = (candidate.comparator, inclusion["not"] is None)
            candidate.comparator = _INCLUDED.get(key, candidate.comparator)
    return Numbers([c for c in found if _binds(text, c)], unread, lost)


def _without_dates(text: str, c: Candidate, dates: list[Phrase]) -> str:
    """Return the clause up to a number without its date; what stands before the date is the subject (近视率每年降低0.5…)."""
    opening = c.start - len(c.left)
    opened = bisect_right(dates, c.start, key=lambda p: p.end)
    if opened == 0 or dates[opened - 1].end <= opening:
        return c.left
    date = dates[opened - 1]
    earlier = max(opening, dates[opened - 2].end if opened > 1 else 0)
    subject = _BEFORE_DATE.sub("", text[earlier : max(earlier, date.start)])
    return (subject if len(subject) > 2 else "") + text[date.end : c.start]


def _candidate(text: str, phrase: Phrase) -> Candidate | None:
    value, minimum, maximum, unit = _figures(phrase)
    if value is None and (minimum is None or maximum is None or minimum > maximum):
        return None
    if text[phrase.start - 1 : phrase.start] == "每":
        return None
    floor = max(0, phrase.start - 32)
    before = bound_before(text, phrase.start)
    rate = RATE_AFTER.match(text, phrase.end)
    after = bound_after(text, rate.end() if rate is not None else phrase.end)
    bracket = BRACKET.match(text, phrase.end)
    if after is None and bracket is not None:
        after = bound_after(text, bracket.end())
    base = ""
    if before is None:
        ratio = is_share(unit) or unit == "倍"
        loose = loose_bound(text, floor, phrase.start, ratio)
        if loose is not None:
            before = loose
            words = next((w for w in sorted(loose.bound.words, key=len, reverse=True) if text.startswith(w, loose.at)), "")
            if ratio and words not in LOOSE_ANY:
                base = text[loose.at + len(words) : phrase.start]
    start = before.at if before is not None else phrase.start
    end = after.at if after is not None else phrase.end
    return Candidate(phrase, start, end, "=", value, minimum, maximum, unit, before, after, base)


def _figures(phrase: Phrase) -> tuple[Decimal | None, Decimal | None, Decimal | None, str | None]:
    groups = phrase.match.groupdict()
    rule = phrase.rule
    if rule == "range":
        return None, *_range(groups)
    if rule == "share":
        return parse_share(groups["share"] or ""), None, None, "%"
    if rule == "doubling":
        count = parse_numeral(groups["times"] or "")
        return (Decimal(2) ** int(count) if count is not None else None), None, None, "倍"
    if rule == "half":
        return Decimal("0.5"), None, None, groups["unit"]
    value = parse_numeral((groups.get("number") or groups.get("numeral") or "") + (groups.get("times") or ""))
    unit = plain_unit(groups["unit"]) if groups.get("unit") else None
    return value, None, None, unit


def _range(groups: dict[str, str | None]) -> tuple[Decimal | None, Decimal | None, str | None]:
    if groups["low"] is None:
        low, high = parse_numeral(groups["low_zh"] or ""), parse_numeral(groups["high_zh"] or "")
        return low, high, plain_unit(groups["unit_zh"] or "")
    low_text, high_text = groups["low"], groups["high"] or ""
    multiplier = re.search("[百千万亿]+$", high_text)
    if multiplier is not None and not re.search("[百千万亿]$", low_text) and groups["low_unit"] is None:
        low_text += multiplier.group()
    return parse_numeral(low_text), parse_numeral(high_text), plain_unit(groups["unit"] or "")


def _binds(text: str, c: Candidate) -> bool:
    """Tell a number that binds from the count of a list and from a Chinese numeral that is only a word."""
    rule, unit = c.phrase.rule, c.unit or ""
    bound = c.before is not None or c.after is not None
    if rule in ("numeral-with-count", "numeral-with-measure"):
        if c.value is not None and unit == "次" and not bound:
            return _ONCE.search(text, max(0, c.start - 13), c.start) is not None and not text.startswith("性", c.end)
        if not bound and c.value == 1:
            return _EACH.search(c.left) is not None
        if rule == "numeral-with-count" and not bound and unit not in _FREE_NUMERAL_UNITS:
            return False
        return not (unit in _FREE_NUMERAL_UNITS and not bound and not _GOAL_VERB.search(c.left))
    if rule == "number" and unit in _LIST_UNITS and not bound:
        return (c.value is not None and c.value >= _TOO_MANY_TO_LIST) or (
            _GOAL_VERB.search(c.left) is not None or "每" in c.left or OF_WHICH.search(c.left) is not None or _in_total(text, c)
        )
    return True


def _in_total(text: str, c: Candidate) -> bool:
    opening = text.rfind("（", max(0, c.start - 40), c.start)
    return opening > 0 and text[opening - 1] in "所个家名项" and "）" not in text[opening : c.start]


def _restates(text: str, phrase: Phrase, last: Phrase | None) -> bool:
    """In 1日（24小时）内 and 10万平方米（150亩） the bracket says the same once more."""
    return (
        last is not None
        and last.end == phrase.start - 1
        and text[last.end] in "（("
        and text[phrase.end : phrase.end + 1] in ("）", ")")
        and last.rule == phrase.rule == "number"
    )


def _in_inclusion(text: str, before: Candidate, phrase: Phrase) -> bool:
    """In 小于5万亩（不含5万亩） the bracket says whether the bound itself is in."""
    bracket = _INCLUSION.match(text, before.end)
    return bracket is not None and phrase.end <= bracket.end()


def _is_large(text: str, phrase: Phrase) -> bool:
    """8000万贫困人口: a number in 万 or 亿 counts something even where it has no measure word."""
    times = phrase.match["times"]
    return times is not None and times[-1] in "万亿" and text[phrase.end : phrase.end + 1] not in ("级", "像")


def _says_twice(text: str, first: Candidate, second: Candidate) -> bool:
    return (
        second.after is not None
        and first.after is None
        and (first.value, first.unit) == (second.value, second.unit)
        and _TWICE.fullmatch(text, first.end, second.start) is not None
    )


def _comparator(c: Candidate) -> Comparator:
    """One comparator from the words on both sides: an estimate first, then plain bounds, 达到 last."""
    if c.phrase.rule == "range":
        return "range"
    before = c.before.bound if c.before is not None else None
    after = c.after.bound if c.after is not None else None
    if after is not None and after.comparator == "approx":
        return "approx"
    if before is not None and before.comparator == "approx":
        return after.comparator if after is not None else "approx"
    if before is not None and not before.soft:
        return before.comparator
    if after is not None:
        return after.comparator
    if c.phrase.match.groupdict().get("more"):
        return ">"
    if before is not None:
        return "=" if is_share(c.unit) and c.value == 100 else before.comparator
    return "="


def _share_bounds(text: str, found: list[Candidate]) -> None:
    """Spread bound words over a paired list: in 分别保持在95%和90%以上 both are floors."""
    for first, second in pairwise(found):
        if second.start > first.end and LIST_JOINT.fullmatch(text, first.end, second.start) and first.unit == second.unit:
            if (
                second.before is None
                and first.before is not None
                and first.after is None
                and not first.base
                and second.after is None
            ):
                second.before = replace(first.before, at=second.start)
            if first.after is None and second.after is not None and first.before is None and text[first.end] != "，":
                first.after = replace(second.after, at=first.end)


def clause_before(text: str, at: int) -> str:
    """Return the clause in which `at` stands, from its beginning up to `at`; a bracket before it is taken whole."""
    start = max(0, at - _CLAUSE_REACH)
    depth = 0
    for mark in reversed(list(_CLAUSE_MARK.finditer(text, start, at))):
        char = mark.group()
        if char in "）)":
            depth += 1
        elif char in "（(":
            if depth == 0:
                return text[mark.end() : at]
            depth -= 1
        elif depth == 0:
            return text[mark.end() : at]
    return text[start:at]
