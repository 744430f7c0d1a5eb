"""事实与原文 — Does a fact say what its words say? Numbers, dates, roles and titles, read again from the words alone.

The readings here are few and plain, and know nothing of the rules that found the facts: a number must be printed in its words, a
date must be an end of a period that its words name, a role must be what the words about the unit say. They tell what cannot
be so; what words leave open (the year of 年底前) they leave open too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal

from vetkb.extract.deadline_rules import TABLE
from vetkb.extract.indicator_tables import RULE as INDICATOR_TABLE
from vetkb.extract.indicator_tables import YEAR_RULE as YEAR_OF_COLUMN
from vetkb.extract.party_clauses import find_clauses
from vetkb.extract.party_roles import LABEL, own_role, role_lists
from vetkb.extract.wording import read_sentence
from vetkb.model import Deadline, Document, Facts, Lexicon, Party, Provision, Quantity, Responsibility, Role, Stated, Statement
from vetkb.text import Message, Quote, Span, View
from vetkb.validate.days import days_named, recurrence_named
from vetkb.validate.places import Fault, Stretches
from vetkb.zh.dates import parse_date
from vetkb.zh.numerals import ARABIC, CHINESE_NUMERALS, DIGITS, MULTIPLIER, MULTIPLIERS, half_width, parse_numeral, parse_share
from vetkb.zh.units import AGE, is_time

_NUMERAL = re.compile(rf"{ARABIC}\s?[多余]?{MULTIPLIER}?|[{CHINESE_NUMERALS}]{{1,20}}|半")
_SHARE = re.compile(
    rf"[{CHINESE_NUMERALS}]{{1,10}}分之(?:[{CHINESE_NUMERALS}]{{1,10}}|[{DIGITS}.．]{{1,16}})|[{CHINESE_NUMERALS}{DIGITS}.．]{{1,6}}成[半一二三四五六七八九]?|一半|半数"
)
_OPEN = re.compile("等|有关|相关|成员单位|其他")
_OPEN_BEHIND = re.compile("等|[及和、]?[^，。；、]{0,3}(?:有关|相关|其他)")
_TAIL = 12  # characters behind the last unit in which 等部门 stands
_UNWRITTEN = frozenset({"doubling", "about-equal"})  # 翻一番 is twice, 大体相当 about one: no number is printed
_CLOSERS = dict(zip("([〔【", ")]〕】", strict=True))
_LISTS = frozenset({"party-bracket", "party-line", "party-cell"})


def fact_faults(document: Document, facts: Facts, text: str, lexicon: Lexicon) -> Iterator[Fault]:
    """Yield what facts say and their words do not. Cost: linear in the facts and the passages they stand in."""
    notes = (leaf.span for leaf in document.outline if leaf.kind == "note")
    passages = Stretches((*(passage.span for passage in document.passages()), *notes))
    yield from _stated(document)
    for statement in facts.statements:
        yield from _statement(statement, text)
    for deadline in facts.deadlines:
        yield from _deadline(deadline, document, _around(deadline.evidence, passages, text), lexicon)
    tables = Stretches(table.span for table in document.tables)
    for place, quantity in enumerate(facts.quantities):
        held = tables if quantity.rule == INDICATOR_TABLE else passages
        yield from _quantity(quantity, place, facts, _around(quantity.evidence, held, text))
    yield from _due(facts, passages)
    yield from _parties(facts.responsibilities, passages, text, lexicon)
    for citation in facts.citations:
        words, around = _letters(citation.evidence.words), _around(citation.evidence, passages, text)
        named = (_letters(citation.title or ""), _letters(citation.identifier or ""))
        if any(name not in words for name in named) or (citation.mode or "") not in around:
            yield _fault(citation.evidence, "引用与原文不符", "a citation is not what its words say")
    for programme in facts.programmes:
        if programme.name not in programme.evidence.words or (programme.broader or "") not in text:
            yield _fault(programme.evidence, "计划的名称与原文不符", "the name of a programme is not in its words")
    for provision in facts.provisions:
        yield from _provision(provision, facts)


def _fault(evidence: Quote, zh: str, en: str) -> Fault:
    return evidence.span, Message(f"{zh}：{evidence.words[:40]}", f"{en}: {evidence.words[:40]}")


def _letters(text: str) -> str:
    """Return the letters and figures alone: brackets and blanks of a document number are written in many ways."""
    return "".join(filter(str.isalnum, half_width(text)))


def _around(evidence: Quote, passages: Stretches, text: str) -> str:
    """Return the passage in which words stand; the words themselves where they stand in none."""
    span = passages.holding(evidence.start)
    return evidence.words if span is None else View(text, Span(span.start, max(span.end, evidence.end))).text


# --- what a document says of itself ------------------------------------------------------------------


def _stated(document: Document) -> Iterator[Fault]:
    named: list[Stated[str]] = [*document.issuers, *document.addressees, *document.copied_to]
    named += [s for s in (document.identifier, document.title, document.genre, document.sponsor) if s is not None]
    for stated in named:
        value, words = _letters(stated.value), _letters(stated.evidence.words)
        # 第215号 under the name of a government is 某省人民政府令第215号
        if not value or (value not in words and not (stated is document.identifier and value.endswith(words))):
            yield _fault(stated.evidence, "著录项与原文不符", "a metadata statement is not what its words say")
    for day in (document.issued, document.printed):
        if day is not None and parse_date(day.evidence.words) not in (None, day.value):
            yield _fault(day.evidence, "日期与原文不符", "a date is not what its words say")


# --- what a sentence does ----------------------------------------------------------------------------


def _statement(statement: Statement, text: str) -> Iterator[Fault]:
    """A sentence does what its own words say, in a paragraph that the date of a goal opened or in any other."""
    view = View(text, statement.evidence.span)
    said = (statement.modality, statement.rule, statement.force.span if statement.force is not None else None)
    for read in (read_sentence(view.text, framed=framed) for framed in (False, True)):
        if said == (read.modality, read.rule, view.to_source(read.start, read.end) if read.start >= 0 else None):
            return
    yield _fault(statement.evidence, "规定的性质与句子不符", "a statement is not what its sentence says")


# --- numbers -----------------------------------------------------------------------------------------


def _quantity(quantity: Quantity, place: int, facts: Facts, around: str) -> Iterator[Fault]:
    evidence = quantity.evidence
    values = [v for v in (quantity.value, quantity.minimum, quantity.maximum) if v is not None]
    named = set(numbers_named(evidence.words))
    if quantity.rule == INDICATOR_TABLE:  # 950 beside 万立方米: the unit has a cell of its own
        named |= {value * MULTIPLIERS[times] for value in named for times in MULTIPLIERS if times in around}
    if quantity.rule not in _UNWRITTEN and not set(values) <= named:
        yield _fault(evidence, "数值与原文不符", "a number is not the one in its words")
    for said in (quantity.unit, quantity.area):
        if said and not _is_said(said, around):
            yield _fault(evidence, f"“{said}”不在原文", f"{said} does not stand in the text around")
    for each in (quantity.per or "").split("·"):
        if each and not re.search(_RATE.format(re.escape(each).replace("日", "[日天]")), around):
            yield _fault(evidence, f"“每{each}”不在原文", f"no rate per {each} stands in the text around")
    if quantity.role != "baseline" and (
        (quantity.role == "duration") != is_time(quantity.unit) or (quantity.unit in AGE and quantity.role != "standard")
    ):
        yield _fault(evidence, "数量的作用与单位不符", "the function of a number does not go with its unit")
    if quantity.parent is not None:
        total = facts.quantities[quantity.parent]
        if quantity.parent == place or total.item != quantity.item or total.unit != quantity.unit:
            yield _fault(evidence, "总数不在同一条款", "the total of a part is of another clause or unit")


def numbers_named(words: str) -> Iterator[Decimal]:
    """Yield the numbers that words may mean: each numeral, and with a multiplier that stands behind another (10—20万).

    >>> sorted(map(int, numbers_named("达到5.7万人左右"))), sorted(map(int, numbers_named("10—20万元")))
    ([57000], [10, 100000, 200000])
    """
    found = [m.group() for m in _NUMERAL.finditer(words)]
    multipliers = {word for word in (re.sub(r"[^百千万亿]", "", token) for token in found) if word in MULTIPLIERS}
    for token in found:
        plain = re.sub(r"[\s多余]", "", token)
        value = parse_numeral(plain)
        if value is None:
            continue
        yield value
        if multipliers and not plain.endswith(("百", "千", "万", "亿")):
            yield from (value * MULTIPLIERS[word] for word in multipliers)
    for share in _SHARE.finditer(words):
        value = parse_share(share.group())
        if value is not None:
            yield value


def _is_said(said: str, around: str) -> bool:
    plain = half_width(around).replace("％", "%").replace("／", "/")
    return said in plain or half_width(said) in plain or _SAID_OTHERWISE.get(said, _NEVER).search(plain) is not None


_RATE = r"每[^，。；]{{0,6}}?{0}|{0}[\u4e00-\u9fa5]?均|[/／·・每]{0}|^{0}"
_NEVER = re.compile("(?!)")
_SAID_OTHERWISE = {"%": re.compile("分之|成|半"), "日": re.compile("天"), "倍": re.compile("番")}


# --- dates -------------------------------------------------------------------------------------------


def _deadline(deadline: Deadline, document: Document, around: str, lexicon: Lexicon) -> Iterator[Fault]:
    if deadline.rule == YEAR_OF_COLUMN:
        if deadline.latest is None or str(deadline.latest.year) not in half_width(deadline.evidence.words):
            yield _fault(deadline.evidence, "日期与原文不符", "a date is not one that its words name")
        return
    words, issued = deadline.evidence.words, document.issued.value if document.issued is not None else None
    named = days_named(words, around, issued, lexicon.calendar)
    if named is not None and (
        (deadline.earliest is not None and deadline.earliest not in named.firsts)
        or (deadline.latest is not None and deadline.latest not in named.lasts)
    ):
        yield _fault(deadline.evidence, "日期与原文不符", "a date is not one that its words name")
    if named is not None and named.certain is not None and (deadline.basis == "stated") != named.certain:
        yield _fault(deadline.evidence, "日期的依据与原文不符", "a date rests on something else than is said")
    if deadline.kind == "from" and not re.search("起|开始|始", words):
        yield _fault(deadline.evidence, "时限的种类与原文不符", "a schedule is of another kind than its words say")
    claimed = [phrase.rule for phrase in TABLE.scan(around) if phrase.match.group() in words or words in phrase.match.group()]
    if deadline.rule not in claimed:
        yield _fault(deadline.evidence, "时限的规则与原文不符", "no phrase of the rule that a schedule names stands there")
    if deadline.recurrence is not None and deadline.recurrence != recurrence_named(words):
        yield _fault(deadline.evidence, "周期与原文不符", "a recurrence is not what its words say")


def _due(facts: Facts, passages: Stretches) -> Iterator[Fault]:
    """The date of a number stands before it, in its passage or in one of its clause: the last one there that does not recur."""
    starts = [deadline.evidence.start for deadline in facts.deadlines]
    for quantity in facts.quantities:
        here = passages.holding(quantity.evidence.start)
        floor = here.start if here is not None else quantity.evidence.start
        before = range(bisect_left(starts, floor), bisect_left(starts, quantity.evidence.start))
        once = [place for place in before if facts.deadlines[place].kind != "recurring"][-1:]
        linked = quantity.deadline
        if quantity.rule == INDICATOR_TABLE:  # the year heads the column
            right = linked is None or (linked < bisect_left(starts, floor) and passages.holding(starts[linked]) is None)
        elif quantity.role in ("baseline", "duration"):
            right = linked is None
        elif linked is None:
            right = not once
        elif linked in before:
            right = linked >= max(once, default=0)
        else:
            right = not once and facts.deadlines[linked].item == quantity.item
        if not right:
            yield _fault(quantity.evidence, "数量的时限与原文不符", "the date of a number is not the one before it")


# --- parties -----------------------------------------------------------------------------------------


def _parties(found: Sequence[Responsibility], passages: Stretches, text: str, lexicon: Lexicon) -> Iterator[Fault]:
    open_kinds = {group.key for group in lexicon.groups if not group.closed}
    for assigned in found:
        if not assigned.parties:
            continue
        first = min(party.surface.start for party in assigned.parties)
        last = max(party.surface.end for party in assigned.parties)
        listed, behind = View(text, Span(first, last)).text, View(text, Span(last, min(len(text), last + _TAIL))).text
        is_open = any((party.group or "").partition("/")[0] in open_kinds for party in assigned.parties)
        if assigned.open and not is_open and not (_OPEN.search(listed) or _OPEN_BEHIND.match(behind)):
            yield _fault(assigned.evidence, "名单并不开放", "a list of parties is not open by its words")
        if not assigned.open and (is_open or behind.startswith("等")):
            yield _fault(assigned.evidence, "名单是开放的", "a list of parties is open by its words")
        if assigned.inherited != (assigned.rule == "party-inherited"):
            yield _fault(assigned.evidence, "责任分工是否沿用与规则不符", "an assignment is inherited by another rule")
        yield from _roles(assigned, passages, text)


def _roles(assigned: Responsibility, passages: Stretches, text: str) -> Iterator[Fault]:
    for party in assigned.parties:
        by_position = party.basis == "by-position"
        if by_position and (party.role != "lead" or party.position != 1):
            yield _fault(party.surface, "只有列第一位者按位次牵头", "only the first of a list leads by position")
    readable = [party for party in assigned.parties if party.basis == "stated"]
    said = _roles_said(assigned, readable, passages, text)
    for party, role in zip(readable, said, strict=True):
        if role is not None and role != party.role:
            yield _fault(party.surface, "责任角色与文字不符", "a role is not what the words about the unit say")


def _roles_said(assigned: Responsibility, parties: Sequence[Party], passages: Stretches, text: str) -> list[Role | None]:
    """Return the role that the words give each party, None where they give none."""
    if assigned.rule in _LISTS:
        plain = View(text, assigned.evidence.span).plain
        bracket = assigned.rule == "party-bracket"
        stated = bracket or LABEL.search(plain) is not None  # else the column says it
        lists = role_lists(plain, int(bracket), len(plain) - int(bracket)) if stated else []
        unsaid: Role | None = "responsible" if bracket else None
        places = [_place(text, assigned.evidence.start, party.surface) for party in parties]
        return [_own(plain, place) or next((x.role for x in lists if x.start <= place[0] < x.end), unsaid) for place in places]
    if assigned.rule != "party-clause":
        return [None] * len(parties)
    around = passages.holding(assigned.evidence.start)
    if around is None:
        return [None] * len(parties)
    places = [_place(text, around.start, party.surface) for party in parties]
    edges = {start for start, _ in places}, {end for _, end in places}

    def is_party(start: int, end: int, _strictly: bool) -> bool:
        return start in edges[0] and end in edges[1]

    clauses = find_clauses(View(text, around).plain, is_party)
    listed = [one for clause in clauses for one in clause.lists]
    return [next((one.role for one in listed if one.start <= start < one.end), None) for start, _ in places]


def _place(text: str, start: int, quote: Quote) -> tuple[int, int]:
    """Return where a quotation stands in the view that begins at `start`."""
    before = len(View(text, Span(start, quote.start)).text)
    return before, before + len(quote.words)


def _own(plain: str, place: tuple[int, int]) -> Role | None:
    """Return the role that a bracket right behind a unit gives it: 市教育局（牵头）."""
    end = plain.find(_CLOSERS.get(plain[place[1] : place[1] + 1], "\n"), place[1])
    return own_role(plain, place[0], end + 1)[1] if end > 0 else None


# --- provisions --------------------------------------------------------------------------------------


def _provision(provision: Provision, facts: Facts) -> Iterator[Fault]:
    evidence = provision.evidence
    inside = all(evidence.start <= part.quote.start and part.quote.end <= evidence.end for part in provision.parts)
    amounts = [facts.quantities[place].evidence for place in provision.quantities]
    if not inside or any(not (evidence.start <= amount.start and amount.end <= evidence.end) for amount in amounts):
        yield _fault(evidence, "要素或数额不在安排之内", "a part or amount of a provision lies outside of it")
    if provision.deadline is not None:
        due = facts.deadlines[provision.deadline]
        if provision.kind != "goal" or due.evidence.start > evidence.end:
            yield _fault(evidence, "安排的时限不在其之前", "the date of a provision stands behind it")
