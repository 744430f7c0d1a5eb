"""数量 — Numbers that bind: floors, ceilings, estimates, ranges, rates; in base units, with what they measure.

Numbers are found by their anchor (`numbers`), bound words are looked up on both sides (`bounds`), what is measured is
named from the words around (`indicators`). A total takes the parts printed after it as its own; in 由A提高到B the first is
the baseline; the date that governs a number is the nearest one before it in the sentence, or the one that opens
the paragraph (到2018年年底，…).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from vetkb.extract.bounds import LOOSE_ANY, Found, bound_after, bound_before, loose_bound
from vetkb.extract.indicators import BUILD_END, COUNTED, Measured, Surroundings, distribute, name_measured, subject, thing
from vetkb.extract.numbers import LABEL_NAMES, NUMBERS
from vetkb.extract.passages import PARTY_COLUMNS, Reading, readings
from vetkb.extract.phrases import Phrase
from vetkb.model import Comparator, Deadline, Document, Lexicon, Quantity, QuantityRole
from vetkb.text import Finding, Message, Source, Span
from vetkb.zh.numerals import parse_numeral, parse_share
from vetkb.zh.units import AGE, MONEY, is_share, is_time, parse_rate, plain_unit

_CLAUSE_STOPS = "，。；：！？,;:\n\t"
_CLAUSE_REACH = 90
_BRACKET = re.compile(r"[（(][^（）()]{1,60}[)）]")
_QUOTED = re.compile(r"“[^“”]{1,24}”")
_LIST_JOINT = re.compile(r"[、和及与，]|以及|、和")
_GOAL_VERB = re.compile(
    "建设|新建|改建|打造|培育|创建|建成|建立|设立|组建|引育|引进|扶持|认定|遴选|推动|推广|开展|举办|新增|开发|研制|制定|布局|形成|命名|评选|实施|推出|配备|设置|开设|转化|孵化|改造|完成|达到|掌握|享受|配置"
    "|发展|支持|安排"
)
_ONCE = re.compile(
    r"(?:进行|开展|组织|召开|享受|举办|举行|实施|完成|通报|报告|调度|安排|听取|修订|评估|更新|检查|督查|每.{1,3})(?:了|一|至少)?$"
)
_LIST_UNITS = frozenset(("个", "项", "类", "种", "条", "款", "件", "方面", "批", "部分", "点"))
_FREE_NUMERAL_UNITS = frozenset(("所", "家", "名", "户", "人", "套", "台", "座", "天", "倍"))
_FROM = re.compile(r"(?:由|从)[^，。；]{0,30}$")
_RISES_TO = re.compile(
    r"^[^，。；、]{0,14}?(?:提高|提升|增加|扩大|放宽|增长|上升|下降|降低|减少|压缩|缩短|调整|延长|扩展|压减)(?:到|至|为)[^，。；]{0,12}$"
)
_OF_WHICH = re.compile(r"其中[，,]?")
_PAST = re.compile(r"(?:连续[^，]{0,6}|已(?:经)?(?:达|达到|建成|有|超过)?|比上年[^，]{0,6})$")
_PER = re.compile(
    r"每(?:学年|学期|季度|半年|年|月|周|天|日|小时|生|人|户|亩|次|床|班|校|村|县|乡镇)"
    r"|每(?:个|名|位|所|家|套|台|间|座|项|辆)[\u4e00-\u9fa5]{1,8}?(?:[（(][^（）()]{1,8}[)）])?(?=要|应|须|可|至少|不|每|最|给|补|奖|按|建|重点|配|设|发|资|安排|选|$)"
)
_AVERAGE = re.compile(r"(?:年|月|日)?(?:生|人|户|亩|床|师|校|村|班)均")
_PER_AFTER = re.compile(r"[/／]([生人户年月日亩次天床班·・每/／\u4e00-\u9fa5]{1,6}?)(?=[，。；、）)]|以|左|的|$)")
_STANDARD = re.compile(r"用于|提取|返还|扣除|补贴|补助|贴息|给予|缴纳|支持|投入|标准(?!化)|资助|奖励|承担|负担|支付|运营支出")
_CONDITION = re.compile(r"^[^，。；]{0,16}的(?:，|。|；|（|企业|单位|城市|地区|部分|人员|父母)")
_FRAME = re.compile(r"(?:\d{4}年[^，]{0,24}，)?对(?!于)(?:其中)?([^，,。；]{2,40})[，,]")
_SAME = re.compile(r"[\u4e00-\u9fa5]{2,24}(?:和|与|、)[\u4e00-\u9fa5]{2,20}?(?=大体相当)")


@dataclass(slots=True)
class _Candidate:
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


def extract_quantities(
    document: Document, deadlines: Sequence[Deadline], lexicon: Lexicon, source: Source
) -> tuple[tuple[Quantity, ...], tuple[Finding, ...]]:
    """Return the numbers that bind, in text order, and findings about digits that no rule could read."""
    found: list[Quantity] = []
    findings: list[Finding] = []
    dates = _Dates(document, deadlines)
    headings = {item.path: item.heading for item in document.items}
    frame: int | None = None
    for reading in readings(document, source, PARTY_COLUMNS):
        frame = dates.frame(reading, frame)
        candidates, unread = _candidates(reading, dates)
        for start, end in unread:
            quote = reading.quote(source, start, end)
            message = Message(f"数字没有解读：{quote.text}", f"number without a reading: {quote.text}")
            findings.append(Finding("VK-QUANTITY-UNREAD", "info", message, quote.span))
        if candidates:
            offset = len(found)
            measured = _measure(reading.text, candidates, lexicon, headings.get(reading.item or "", ""))
            for candidate, what in zip(candidates, measured, strict=True):
                found.append(_quantity(candidate, what, reading, source, dates.governing(reading, candidate, frame), offset))
        found += _about_equal(reading, source)
    return _in_order(found), tuple(findings)


# --- finding numbers ---------------------------------------------------------------------------------


def _candidates(reading: Reading, dates: _Dates) -> tuple[list[_Candidate], list[tuple[int, int]]]:
    text = reading.text
    taken = dates.inside(reading)
    dated = [end for _, end in taken]
    names = [m.span() for m in _QUOTED.finditer(text)] if "“" in text else []
    found: list[_Candidate] = []
    unread: list[tuple[int, int]] = []
    for phrase in NUMBERS.scan(text):
        if phrase.rule in LABEL_NAMES or any(s < phrase.end and phrase.start < e for s, e in taken):
            continue
        candidate = _candidate(text, phrase)
        if candidate is None:
            continue
        quoted = any(s < phrase.start and phrase.end < e for s, e in names)
        if quoted and candidate.before is None and candidate.after is None and not is_share(candidate.unit):
            continue
        if phrase.rule == "number-without-unit" and candidate.before is None and candidate.after is None:
            if phrase.match["times"] is None and reading.kind in ("sentence", "heading") and not quoted:
                unread.append((phrase.start, phrase.end))
            continue
        found.append(candidate)
    _share_bounds(text, found)
    for candidate in found:
        candidate.left = _clause(text, candidate.start)
        dates_before = [end for end in dated if candidate.start - len(candidate.left) < end <= candidate.start]
        candidate.undated = text[max(dates_before) : candidate.start] if dates_before else candidate.left
    kept = [c for c in found if _binds(text, c)]
    _link_parts(text, kept)
    _mark_baselines(text, kept)
    return kept, unread


def _candidate(text: str, phrase: Phrase) -> _Candidate | None:
    value, minimum, maximum, unit = _figures(phrase)
    if value is None and (minimum is None or maximum is None or minimum > maximum):
        return None
    if text[phrase.start - 1 : phrase.start] == "每":
        return None
    floor = max(0, phrase.start - 20)
    before = bound_before(text, phrase.start)
    after = bound_after(text, phrase.end)
    bracket = _BRACKET.match(text, phrase.end)
    if after is None and bracket is not None:
        after = bound_after(text, bracket.end())
    base = ""
    if before is None:
        loose = loose_bound(text, floor, phrase.start, is_share(unit))
        if loose is not None:
            before = loose
            words = next((w for w in sorted(loose.bound.words, key=len, reverse=True) if text.startswith(w, loose.at)), "")
            if is_share(unit) and words not in LOOSE_ANY:
                base = text[loose.at + len(words) : phrase.start]
    start = before.at if before is not None else phrase.start
    end = after.at if after is not None else phrase.end
    return _Candidate(phrase, start, end, "=", value, minimum, maximum, unit, before, after, base)


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


def _binds(text: str, c: _Candidate) -> bool:
    """Tell a number that binds from the count of a list and from a Chinese numeral that is only a word."""
    rule, unit = c.phrase.rule, c.unit or ""
    bound = c.before is not None or c.after is not None
    c.comparator = _comparator(c)
    if rule in ("numeral-with-count", "numeral-with-measure"):
        if c.value is not None and unit == "次" and not bound:
            return _ONCE.search(text, max(0, c.start - 8), c.start) is not None and not text.startswith("性", c.end)
        if not bound and c.value == 1:
            return False
        if rule == "numeral-with-count" and not bound and unit not in _FREE_NUMERAL_UNITS:
            return False
        return not (unit in _FREE_NUMERAL_UNITS and not bound and not _GOAL_VERB.search(c.left))
    if rule == "number" and unit in _LIST_UNITS and not bound:
        return _GOAL_VERB.search(c.left) is not None or "每" in c.left or _in_bracket_of_total(text, c)
    return not (rule == "number" and _restates(text, c))


def _in_bracket_of_total(text: str, c: _Candidate) -> bool:
    opening = text.rfind("（", max(0, c.start - 40), c.start)
    return opening > 0 and text[opening - 1] in "所个家名项" and "）" not in text[opening : c.start]


def _restates(text: str, c: _Candidate) -> bool:
    """1日（24小时）内: the bracket says the same once more."""
    return (
        text[c.start - 1 : c.start] in ("（", "(")
        and text[c.phrase.end : c.phrase.end + 1] in ("）", ")")
        and c.phrase.start == c.start
        and bool(re.search("[0-9０-９][日天年月周小时]+[（(]$", text[max(0, c.start - 6) : c.start]))
    )


def _comparator(c: _Candidate) -> Comparator:
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


def _share_bounds(text: str, found: list[_Candidate]) -> None:
    """Spread bound words over a paired list: in 分别保持在95%和90%以上 both are floors."""
    for first, second in pairwise(found):
        if second.start > first.end and _LIST_JOINT.fullmatch(text, first.end, second.start) and first.unit == second.unit:
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


def _clause(text: str, at: int) -> str:
    """Return the clause in which `at` stands, from its beginning up to `at`; a bracket before it is taken whole."""
    depth, place = 0, at
    limit = max(0, at - _CLAUSE_REACH)
    while place > limit:
        char = text[place - 1]
        if char in "）)":
            depth += 1
        elif char in "（(":
            if depth == 0:
                break
            depth -= 1
        elif depth == 0 and char in _CLAUSE_STOPS:
            break
        place -= 1
    return text[place:at]


# --- relations between numbers -----------------------------------------------------------------------


def _link_parts(text: str, found: list[_Candidate]) -> None:
    """Give a total the parts that are printed for it: in the bracket behind it, or after 其中; two at least."""
    for place, total in enumerate(found):
        bracket = _BRACKET.match(text, total.phrase.end)
        if bracket is not None:
            parts = [
                c for c in found[place + 1 :] if bracket.start() < c.start and c.end <= bracket.end() and c.unit == total.unit
            ]
        else:
            parts = _parts_after_of_which(text, found, place)
        if len(parts) >= 2:
            for part in parts:
                part.total = place


def _parts_after_of_which(text: str, found: list[_Candidate], place: int) -> list[_Candidate]:
    total, parts = found[place], []
    mark = _OF_WHICH.search(text, total.end, min(len(text), total.end + 8))
    if mark is None or is_share(total.unit):
        return []
    at = mark.end()
    for c in found[place + 1 :]:
        if c.unit != total.unit or re.search("[；。]", text[at : c.start]) or (c.value or 0) > (total.value or 0):
            break
        parts.append(c)
        at = c.end
    return parts


def _mark_baselines(text: str, found: list[_Candidate]) -> None:
    """In 由A提高到B the first number is where things stand."""
    for first, second in pairwise(found):
        if _RISES_TO.match(text[first.end : second.start]) and _FROM.search(_clause(text, first.start)):
            first.role = "baseline"
    for c in found:
        if _PAST.search(_strip_verb(c.left)):
            c.role = "baseline"


def _strip_verb(left: str) -> str:
    return re.sub("(?:保持在|稳定在|在)$", "", left)


# --- naming and placing ------------------------------------------------------------------------------


def _measure(text: str, found: list[_Candidate], lexicon: Lexicon, heading: str) -> list[Measured]:
    """Name what each number measures; members of a list share what is said once."""
    named: list[Measured] = []
    for place, c in enumerate(found):
        left, group = _own_left(text, found, place)
        right = text[c.end : found[place + 1].start] if place + 1 < len(found) else text[c.end :]
        if place + 1 < len(found) and not right.rstrip("、和及与，"):
            later = text[found[place + 1].end :]
            right = later if c.unit == found[place + 1].unit and "分别" not in left else right
        elif place + 1 < len(found) and c.unit in COUNTED and right.startswith("、") and found[place + 1].unit == c.unit:
            right = text[found[place + 1].end :]  # 重点建设2—3所、每个县（市）要重点建设1所骨干学校
        if c.base and place + 1 < len(found):
            right = text[c.end :]
        opening = c.start - len(c.left)
        if c.total is not None and text[max(0, opening - 1) : opening] in ("（", "("):
            total = named[c.total]
            named.append(Measured(f"{total.indicator}（{left.strip('、，')}）", total.scope, total.area))
            continue
        if group is not None:
            left = group
        if c.before is not None and not c.base and c.before.at == c.start:
            left += _gap(text, c)
        if is_share(c.unit) and not subject(left):
            right = text[c.end :]
        before = _clauses_before(text, c.start - len(c.left))
        around = Surroundings(left, right[:80], before, _frame_of(text, c.start), c.base, c.unit, heading)
        what = name_measured(around, lexicon.populations)
        if (
            place
            and not subject(left)
            and c.unit == found[place - 1].unit
            and not re.search("[。；]", text[found[place - 1].end : c.start])
            and not thing(right)
        ):
            what = named[-1]
        if c.total is not None and what.area is None:
            what = replace(what, area=named[c.total].area)
        named.append(what)
    return named


def _gap(text: str, c: _Candidate) -> str:
    """Return what stands between a bound word and its number: 掌握 in 至少掌握一种."""
    if c.before is None:
        return ""
    words = next((w for w in sorted(c.before.bound.words, key=len, reverse=True) if text.startswith(w, c.start)), "")
    return text[c.start + len(words) : c.phrase.start]


def _clauses_before(text: str, at: int) -> tuple[str, ...]:
    """Return up to three clauses of the sentence that end before `at`, nearest first."""
    clauses: list[str] = []
    while at > 1 and len(clauses) < 3 and text[at - 1] not in "。；":
        clause = _clause(text, at - 1)
        clauses.append(clause)
        at -= len(clause) + 1
    return tuple(clauses)


def _frame_of(text: str, at: int) -> str:
    """Return the 对…， that opens the sentence, in which whom it is about is said."""
    start = max(text.rfind("。", 0, at), text.rfind("；", 0, at)) + 1
    found = _FRAME.match(text, start, at)
    return found[1] if found is not None else ""


def _own_left(text: str, found: list[_Candidate], place: int) -> tuple[str, str | None]:
    """Return the words before a number that are its own, and its share of a paired subject."""
    c = found[place]
    first = place
    while (
        first > 0
        and found[first].start - len(found[first].left) < found[first - 1].end
        and found[first - 1].start > c.start - len(c.left)
    ):
        first -= 1
    rise = _FROM.search(c.undated)
    if rise is not None and rise.start() > 1 and c.role == "baseline":
        return c.undated[: rise.start()], None
    if (
        place > 0
        and found[place - 1].role == "baseline"
        and first < place
        and _RISES_TO.match(text[found[place - 1].end : c.start])
    ):
        return _own_left(text, found, place - 1)
    if first == place:
        members = _paired(text, found, place)
        return c.undated, distribute(c.undated, members)[0] if members > 1 and "分别" in c.left else None
    between = text[found[place - 1].end : c.start]
    same = c.unit == found[place - 1].unit
    own = re.split("[、和及与]|以及", between)[-1] if same and re.search("[、和及与]", between) else between.lstrip("的、和及与")
    if own.strip():
        return own, None
    head = found[first]
    members = _paired(text, found, first)
    if members > 1 and "分别" in head.left and place - first < members:
        return head.undated, distribute(head.undated, members)[place - first]
    return head.undated, None


def _paired(text: str, found: list[_Candidate], first: int) -> int:
    """Count the numbers of a list that has nothing but joints between them."""
    last = first
    while last + 1 < len(found) and _LIST_JOINT.fullmatch(text, found[last].end, found[last + 1].start):
        last += 1
    return last - first + 1


def _quantity(c: _Candidate, what: Measured, reading: Reading, source: Source, deadline: int | None, offset: int) -> Quantity:
    role = c.role or _role(c, what, reading.text)
    return Quantity(
        item=reading.item,
        evidence=reading.quote(source, c.start, c.end),
        comparator=c.comparator,
        value=c.value,
        minimum=c.minimum,
        maximum=c.maximum,
        unit=c.unit,
        per=_per(reading.text, c),
        indicator=what.indicator,
        scope=what.scope,
        area=what.area,
        role=role,
        deadline=None if role in ("baseline", "duration") else deadline,
        parent=None if c.total is None else offset + c.total,
        rule=c.phrase.rule,
    )


def _role(c: _Candidate, what: Measured, text: str) -> QuantityRole:
    if is_time(c.unit):
        return "duration"
    if c.unit in AGE:
        return "standard"
    goal = re.search("达到|突破|产值|规模|总量|建成|力争", c.left + text[c.start : c.phrase.start])
    if c.unit in MONEY and goal is None:
        return "standard"
    if is_share(c.unit) and _STANDARD.search(what.indicator + c.left):
        return "standard"
    return "standard" if _CONDITION.match(text[c.end : c.end + 30]) and not BUILD_END.search(c.left) else "target"


def _per(text: str, c: _Candidate) -> str | None:
    """Read the rate: 每生每年2000元, 年生均…, 12000元/生·年."""
    behind = _PER_AFTER.match(text, c.phrase.end)
    if behind is not None:
        return behind[1].replace("每", "").replace("・", "·").strip("/／")
    words = c.left + text[c.start : c.phrase.start]
    cut = max(words.rfind("、"), 0) if re.search("、[^、]*每", words) else 0
    each = "".join(m.group() for m in _PER.finditer(words[cut:]))
    if each:
        return parse_rate(each)
    average = _AVERAGE.search(words)
    return parse_rate(average.group()) if average is not None else None


def _about_equal(reading: Reading, source: Source) -> list[Quantity]:
    """大体相当 — two sizes are to be about equal: a ratio of about one, left as open as it is printed."""
    at = reading.text.find("大体相当")
    if at < 0:
        return []
    named = _SAME.search(_clause(reading.text, at) + "大体相当")
    subject = named.group() if named is not None else _clause(reading.text, at)
    indicator = re.sub(r"^(?:切实|落实|保持|确保|推动|坚持|实现)+", "", subject)
    quote = reading.quote(source, at, at + 4)
    return [
        Quantity(
            reading.item,
            quote,
            "approx",
            Decimal(1),
            None,
            None,
            None,
            None,
            f"{indicator}之比",
            None,
            None,
            "target",
            None,
            None,
            "about-equal",
        )
    ]


def _in_order(found: list[Quantity]) -> tuple[Quantity, ...]:
    """Sort by place in the text and carry the places of totals along."""
    order = sorted(range(len(found)), key=lambda n: (found[n].evidence.start, found[n].evidence.end))
    new_place = {old: new for new, old in enumerate(order)}
    moved = (found[old] for old in order)
    return tuple(q if q.parent is None else replace(q, parent=new_place[q.parent]) for q in moved)


# --- dates that govern -------------------------------------------------------------------------------


class _Dates:
    """The deadlines of a document, looked up by place."""

    def __init__(self, document: Document, deadlines: Sequence[Deadline]) -> None:
        self._deadlines = deadlines
        self._at = 0
        schedules = [
            (cell.span, row.path)
            for table in document.tables
            for row in table.rows
            for cell in row.cells
            if cell.column < len(table.columns) and table.columns[cell.column] == "schedule"
        ]
        spans = {span for span, _ in schedules}
        by_span = sorted(spans)
        self._scheduled: dict[str | None, int] = {}
        for place, deadline in enumerate(deadlines):
            if any(s.covers(deadline.evidence.span) for s in _near(by_span, deadline.evidence.start)):
                self._scheduled.setdefault(deadline.item, place)
        self._here: list[int] = []

    def inside(self, reading: Reading) -> list[tuple[int, int]]:
        """Return the stretches of a reading that deadlines cover; readings are asked for in text order."""
        span = reading.view.span
        while self._at < len(self._deadlines) and self._deadlines[self._at].evidence.start < span.start:
            self._at += 1
        self._here = []
        place = self._at
        while place < len(self._deadlines) and self._deadlines[place].evidence.start < span.end:
            self._here.append(place)
            place += 1
        return [(self._offset(reading, p), self._offset(reading, p) + len(self._text(p))) for p in self._here]

    def frame(self, reading: Reading, frame: int | None) -> int | None:
        """Return the date that opens the paragraph and so governs its later sentences."""
        if not reading.continues and not reading.text.startswith("——"):
            frame = None
        start = reading.view.span.start
        for place in range(self._at, len(self._deadlines)):
            deadline = self._deadlines[place]
            if deadline.evidence.start > start:
                break
            if deadline.evidence.start == start and deadline.kind in ("by", "during") and reading.kind == "sentence":
                return place
        return frame

    def governing(self, reading: Reading, c: _Candidate, frame: int | None) -> int | None:
        nearest: int | None = None
        for place in self._here:
            at = self._offset(reading, place)
            if at >= c.start:
                break
            if self._deadlines[place].kind == "recurring" and at < c.start - len(c.left):
                continue
            nearest = place
        if nearest is not None:
            return nearest
        if reading.kind not in ("sentence", "heading"):
            return self._scheduled.get(reading.item)
        return frame if c.unit not in MONEY or c.comparator != "=" else None

    def _text(self, place: int) -> str:
        return self._deadlines[place].evidence.text.replace("\n", "")

    def _offset(self, reading: Reading, place: int) -> int:
        return reading.text.find(self._text(place), max(0, self._deadlines[place].evidence.start - reading.view.span.start - 8))


def _near(spans: list[Span], start: int) -> list[Span]:
    place = bisect_right(spans, Span(start, 10**9))
    return spans[max(0, place - 1) : place]
