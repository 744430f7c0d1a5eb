"""数量 — Numbers that bind: floors, ceilings, estimates, ranges, rates; in base units, with what they measure.

Numbers are found by their anchor (`candidates`), bound words are looked up on both sides (`bounds`), what is measured is
named from the words around (`indicators`). A total takes the parts printed for it as its own; in 由A提高到B the first is
the baseline (`relations`); the date that governs a number is the nearest one before it in the sentence, or the one that
opens the paragraph (`governing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from vetkb.extract import indicator_tables
from vetkb.extract.candidates import BRACKET, LIST_JOINT, RATE_AFTER, Candidate, clause_before, find_candidates
from vetkb.extract.deadlines import year_of_issue
from vetkb.extract.governing import Calendar
from vetkb.extract.indicator_words import BUILD_END, COUNTED, subject, thing
from vetkb.extract.indicators import Measured, Surroundings, name_measured
from vetkb.extract.passages import PARTY_COLUMNS, Reading, readings
from vetkb.extract.relations import link_parts, mark_baselines, own_words
from vetkb.model import Deadline, Document, Lexicon, Quantity, QuantityRole
from vetkb.text import Finding, Message, Quote, Source
from vetkb.zh.units import AGE, MONEY, PER, is_share, is_time, parse_rate

_WINDOW = 120  # characters behind a number in which what it counts is looked for
_SENTENCE_REACH = 300
_LONGEST_LIST = 30
_MOST_NAMED = 500
_BARE = re.compile("增速|增幅|增长|总数|总量|占比|比重|下降|提高|降低|降幅|减少|增加")
_LEADING_PLACE = re.compile("^(?:城市|农村|城镇|市区|城区|县城|[东中西]部地区)(?=.{3})")
_PLACE = re.compile(
    "([\\u4e00-\\u9fa5、（）]{0,16}(?:地区|县（市）|县（市、区）|城市|农村|城镇|市区|城区|县城|区域|省份|山区|牧区))(?:下降|增长|提高|降低|减少)?"
)
_AVERAGE = re.compile(r"(?:年|月|日)?(?:生|人|户|亩|床|师|校|村|班)均")
_STANDARD = re.compile(
    r"用于|提取|返还|扣除|补贴|补助|贴息|给予|缴纳|占[^，]{0,6}总投|标准(?!化)|资助|奖励|承担|负担|支付|运营支出"
)
_CHANGE = re.compile("(?:增速|增幅|增长|提高|降低|下降|降幅)$")
_CONDITION = re.compile(r"^[^，。；]{0,16}的(?:，|。|；|（|企业|单位|城市|地区|部分|人员|父母)")
_FRAME = re.compile(r"(?:\d{4}年[^，]{0,24}，)?对(?!于)(?:其中)?([^，,。；]{2,40})[，,]")
_SAME = re.compile(r"[\u4e00-\u9fa5]{2,24}(?:和|与|、)[\u4e00-\u9fa5]{2,20}?(?=大体相当)")


def extract_quantities(
    document: Document, deadlines: Sequence[Deadline], lexicon: Lexicon, source: Source
) -> tuple[tuple[Quantity, ...], tuple[Finding, ...]]:
    """Return the numbers that bind, in text order, and findings about figures that no rule could read."""
    found: list[Quantity] = []
    findings: list[Finding] = []
    calendar = Calendar(document, deadlines)
    headings = {item.path: item.heading for item in document.items}
    frame: int | None = None
    tabled = indicator_tables.covered(document)
    for reading in readings(document, source, PARTY_COLUMNS):
        if reading.view.span in tabled:
            continue
        frame = calendar.opening(reading, frame)
        numbers = find_candidates(reading.text)
        if reading.kind in ("sentence", "heading"):
            findings += [_unread(reading, source, start, end) for start, end in numbers.unread]
        candidates = numbers.candidates
        link_parts(reading.text, candidates)
        mark_baselines(reading.text, candidates)
        measured = measure(reading.text, candidates, lexicon.populations, headings.get(reading.item or "", ""))
        offset = len(found)
        for candidate, what in zip(candidates, measured, strict=True):
            found.append(_quantity(candidate, what, reading, source, calendar.governing(reading, candidate, frame), offset))
        found += _about_equal(reading, source)
    found += _tabled(document, deadlines, source)
    return _in_order(found), tuple(findings)


def _unread(reading: Reading, source: Source, start: int, end: int) -> Finding:
    quote = reading.quote(source, start, end)
    message = Message(f"数字没有解读：{quote.text}", f"number without a reading: {quote.text}")
    return Finding("VK-QUANTITY-UNREAD", "info", message, quote.span)


def measure(text: str, found: list[Candidate], populations: tuple[str, ...], heading: str) -> list[Measured]:
    """Name what each number measures; members of a list share what is said once.

    A run of more numbers than any sentence has is no sentence: there is nothing in it that could name them.
    """
    if len(found) > _MOST_NAMED:
        return [Measured("数量", None, None)] * len(found)
    totals = {part.total for part in found}
    named: list[Measured] = []
    for place, c in enumerate(found):
        left, group = own_words(text, found, place)
        opening = c.start - len(c.left)
        if c.total is not None and text[max(0, opening - 1) : opening] in ("（", "("):
            total = named[c.total]
            named.append(Measured(f"{total.indicator}（{left.strip('、，')}）", total.scope, total.area))
            continue
        left = (group or left) + _gap(text, c)
        right = _words_behind(text, found, place, left, place in totals)
        if _says_nothing(left, right) and place and _same_list(text, found[place - 1], c):
            named.append(named[-1])
            continue
        before, frame = _clauses_before(text, opening), _frame_of(text, c.start)
        limited = c.after is not None or c.before is not None
        what = name_measured(Surroundings(left, right, before, frame, c.base, c.unit, heading, limited), populations)
        if c.total is not None and what.area is None:
            what = replace(what, area=named[c.total].area)
        near = place > 0 and c.total is None and _in_one_sentence(text, found[place - 1], c)
        named.append(_completed(what, named[-1], found[place - 1].unit == c.unit) if near else what)
    return named


def _in_one_sentence(text: str, before: Candidate, c: Candidate) -> bool:
    return c.start - before.end < _WINDOW and not re.search("[。；]", text[before.end : c.start])


def _completed(what: Measured, before: Measured, same_unit: bool) -> Measured:
    """Complete a name that leaves out what the one before it said: 投资381亿元、增速6%; 入园率96%，县（市）92%."""
    place = _PLACE.fullmatch(what.indicator)
    if place is not None and same_unit:
        return replace(what, indicator=_LEADING_PLACE.sub("", before.indicator), scope=place[1])
    if _BARE.fullmatch(what.indicator):
        return replace(what, indicator=f"{before.indicator.removesuffix('数量')}{what.indicator}", scope=before.scope)
    return what


def _words_behind(text: str, found: list[Candidate], place: int, left: str, is_total: bool) -> str:
    """Return the text behind a number that may say what it counts.

    It ends where the next number begins, unless that one only shares it: 2—3所、每个县（市）要重点建设1所骨干学校.
    """
    c = found[place]
    whole = text[c.end : c.end + _WINDOW]
    after = found[place + 1] if place + 1 < len(found) else None
    if is_total and c.end == c.phrase.end:
        bracket = BRACKET.match(text, c.end)
        return text[bracket.end() : bracket.end() + _WINDOW] if bracket is not None else whole
    if after is None or c.base or (is_share(c.unit) and not subject(left)):
        return whole
    last = place
    while last + 1 < len(found) and last - place < _LONGEST_LIST and _follows(text, found[last], found[last + 1]):
        last += 1
    if last > place and (c.unit in MONEY or "分别" not in left):
        return text[found[last].end : found[last].end + _WINDOW]
    right = text[c.end : min(after.start, c.end + _WINDOW)]
    shared = not right.rstrip("、和及与，") or (c.unit in COUNTED and right.startswith("、"))
    if shared and after.unit == c.unit and "分别" not in left:
        return text[after.end : after.end + _WINDOW]
    return right


def _follows(text: str, c: Candidate, after: Candidate) -> bool:
    return c.unit == after.unit and LIST_JOINT.fullmatch(text, c.end, after.start) is not None


def _says_nothing(left: str, right: str) -> bool:
    return not subject(left) and not thing(right)


def _same_list(text: str, before: Candidate, c: Candidate) -> bool:
    between = text[before.end : c.start] if c.start - before.end < _WINDOW else "。"
    return c.unit == before.unit and "。" not in between and "；" not in between


def _gap(text: str, c: Candidate) -> str:
    """Return what stands between a bound word and its number: 掌握 in 至少掌握一种."""
    if c.before is None or c.base or c.before.at != c.start:
        return ""
    words = next((w for w in sorted(c.before.bound.words, key=len, reverse=True) if text.startswith(w, c.start)), "")
    return text[c.start + len(words) : c.phrase.start]


def _clauses_before(text: str, at: int) -> tuple[str, ...]:
    """Return up to three clauses of the sentence that end before `at`, nearest first."""
    clauses: list[str] = []
    while at > 1 and len(clauses) < 3 and text[at - 1] not in "。；":
        clause = clause_before(text, at - 1)
        clauses.append(clause)
        at -= len(clause) + 1
    return tuple(clauses)


def _frame_of(text: str, at: int) -> str:
    """Return the 对…， that opens the sentence, in which whom it is about is said."""
    floor = max(0, at - _SENTENCE_REACH)
    start = max(text.rfind("。", floor, at), text.rfind("；", floor, at), floor - 1) + 1
    found = _FRAME.match(text, start, at)
    return found[1] if found is not None else ""


def _quantity(c: Candidate, what: Measured, reading: Reading, source: Source, deadline: int | None, offset: int) -> Quantity:
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


def _role(c: Candidate, what: Measured, text: str) -> QuantityRole:
    if is_time(c.unit):
        return "duration"
    if c.unit in AGE:
        return "standard"
    goal = re.search("达到|突破|产值|规模|总量|建成|力争|完成|实现", c.left + text[c.start : c.phrase.start])
    if c.unit in MONEY and goal is None:
        return "standard"
    if (
        is_share(c.unit)
        and not _CHANGE.search(what.indicator)
        and _STANDARD.search(f"{what.indicator}，{c.left}，{text[c.end : c.end + 8]}")
    ):
        return "standard"
    return "standard" if _CONDITION.match(text[c.end : c.end + 30]) and not BUILD_END.search(c.left) else "target"


def _per(text: str, c: Candidate) -> str | None:
    """Read the rate: 每生每年2000元, 年生均…, 12000元/生·年."""
    behind = RATE_AFTER.match(text, c.phrase.end)
    if behind is not None:
        return behind[1].replace("每", "").replace("・", "·").strip("/／")
    words = c.left + text[c.start : c.phrase.start]
    cut = max(words.rfind("、"), 0) if re.search("、[^、]*每", words) else 0
    each = "".join(m.group() for m in PER.finditer(words[cut:]))
    if each:
        return parse_rate(each)
    average = None if is_share(c.unit) or c.unit in AGE or c.unit == "倍" else _AVERAGE.search(words)
    return parse_rate(average.group()) if average is not None else None


def _tabled(document: Document, deadlines: Sequence[Deadline], source: Source) -> Iterator[Quantity]:
    """Yield the numbers of tables of indicators; the year of its column is when one is due."""
    starts = [deadline.evidence.start for deadline in deadlines]
    for figure in indicator_tables.figures(document, year_of_issue(document)):
        number, span = figure.number, figure.cell.span
        yield Quantity(
            item=figure.path,
            evidence=Quote(span.start, span.end, source.text[span.start : span.end]),
            comparator=number.comparator,
            value=number.value,
            minimum=number.minimum,
            maximum=number.maximum,
            unit=number.unit,
            per=figure.per,
            indicator=figure.indicator,
            scope=None,
            area=None,
            role=_role_in_table(figure),
            deadline=None if figure.is_base else indicator_tables.governed(figure.header, deadlines, starts),
            parent=None,
            rule=indicator_tables.RULE,
        )


def _role_in_table(figure: indicator_tables.Figure) -> QuantityRole:
    if figure.is_base:
        return "baseline"
    if is_time(figure.number.unit):
        return "duration"
    return "standard" if figure.number.unit in AGE else "target"


def _about_equal(reading: Reading, source: Source) -> list[Quantity]:
    """大体相当 — two sizes are to be about equal: a ratio of about one, left as open as it is printed."""
    at = reading.text.find("大体相当")
    if at < 0:
        return []
    named = _SAME.search(clause_before(reading.text, at) + "大体相当")
    subject = named.group() if named is not None else clause_before(reading.text, at)
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
