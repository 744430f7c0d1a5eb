"""安排 — Document → clauses that say who pays, what is rewarded or punished, who may do what, what becomes how, and for whom.

The rules lie in one table a kind (money, incentives, rights, goals, beneficiaries); this module applies them to the text,
and ties what they find to the numbers and dates that other rules found in the same clause.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vetkb.extract.beneficiaries import Beneficiaries
from vetkb.extract.clause_rules import ClauseRule, Found, find
from vetkb.extract.goals import GOALS, STATES
from vetkb.extract.governing import Calendar
from vetkb.extract.incentives import INCENTIVES
from vetkb.extract.money import MONEY
from vetkb.extract.passages import PARTY_COLUMNS, Reading, readings
from vetkb.extract.rights import RIGHTS
from vetkb.model import (
    Deadline,
    Document,
    Lexicon,
    Part,
    PartRole,
    Provision,
    Quantity,
    Statement,
)
from vetkb.text import Quote, Source

_TABLES = (MONEY, INCENTIVES, RIGHTS)
_WITH_NUMBERS = frozenset({"funding", "goal", "right"})
_STATES_OF: Mapping[str, tuple[ClauseRule, ...]] = {"goal": GOALS, "description": ()}
_SKIPPED = PARTY_COLUMNS | {"schedule", "heading"}
# 学校 behind the full name of one means that one: 支持某某学院建设…，给予学校更大的自主权.
_KIND_WORDS = {"学校": "学院|大学|学校", "医院": "医院", "公司": "公司|集团", "企业": "公司|集团"}
_NAMED = r"[\u4e00-\u9fa5]{{2,12}}?(?:{ends})(?![\u4e00-\u9fa5]{{0,3}}校)"
_BEFORE_NAME = re.compile("(?:支持|推动|将|把|依托|鼓励|发挥|重点|建设)")


def extract_provisions(
    document: Document,
    source: Source,
    statements: Sequence[Statement],
    deadlines: Sequence[Deadline],
    quantities: Sequence[Quantity],
    lexicon: Lexicon,
) -> tuple[Provision, ...]:
    """Return the provisions of a document in text order."""
    states: dict[int | None, tuple[ClauseRule, ...]] = {
        statement.sentence: _STATES_OF.get(statement.modality, STATES) for statement in statements
    }
    calendar = Calendar(document, deadlines)
    numbers, dates = _Places([q.evidence for q in quantities]), _Places([d.evidence for d in deadlines])
    groups = Beneficiaries(lexicon.beneficiaries)
    found: list[Provision] = []
    frame: int | None = None
    for reading in readings(document, source, _SKIPPED):
        frame = calendar.opening(reading, frame)
        maker = _Maker(reading, source, numbers, dates)
        for table in _TABLES:
            found += [maker.make(one) for one in find(reading.view.plain, table)]
        for one in find(reading.view.plain, states.get(reading.sentence, STATES)):
            found.append(maker.make(one, frame))
        for rule, start, end, first, last in groups.find(reading.view.plain):
            found.append(maker.benefit(rule, start, end, (first, last)))
    return tuple(sorted(_merged(found), key=lambda p: (p.evidence.start, p.evidence.end, p.kind)))


def _merged(found: Sequence[Provision]) -> Iterator[Provision]:
    """One benefit a clause, with all its groups."""
    benefits: dict[tuple[str | None, Quote], Provision] = {}
    for provision in found:
        if provision.kind != "benefit":
            yield provision
            continue
        key = (provision.item, provision.evidence)
        known = benefits.setdefault(key, provision)
        words = {part.quote.words for part in known.parts}
        added = tuple(part for part in provision.parts if part.quote.words not in words)
        benefits[key] = replace(known, parts=known.parts + added)
    yield from benefits.values()


class _Places:
    """Quotations of a document, looked up by place."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        self._spans = sorted((quote.start, quote.end, place) for place, quote in enumerate(quotes))

    def within(self, start: int, end: int) -> tuple[int, ...]:
        """Return which of them lie in [start, end), in text order."""
        found: list[int] = []
        at = bisect_left(self._spans, (start,))
        while at < len(self._spans) and self._spans[at][0] < end:
            if self._spans[at][1] <= end:
                found.append(self._spans[at][2])
            at += 1
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes provisions of one reading."""

    reading: Reading
    source: Source
    numbers: _Places
    dates: _Places

    def make(self, found: Found, frame: int | None = None) -> Provision:
        """Make what a rule found; `frame` is the date that opens the paragraph."""
        parts = [self._part(role, first, last) for role, first, last in found.parts]
        start = min([found.start, *(first for role, first, _ in parts if role == "holder")])
        kind = found.rule.kind
        return Provision(
            kind=kind,
            item=self.reading.item,
            evidence=self._quote(start, found.end),
            parts=tuple(Part(role, self._quote(first, last)) for role, first, last in parts),
            quantities=self._numbers(found) if kind in _WITH_NUMBERS else (),
            deadline=self._date(found, frame) if kind == "goal" else None,
            rule=found.rule.name,
        )

    def benefit(self, rule: str, start: int, end: int, group: tuple[int, int]) -> Provision:
        evidence = self._quote(start, end)
        quantities = self.numbers.within(evidence.start, evidence.end)
        return Provision(
            "benefit", self.reading.item, evidence, (Part("beneficiary", self._quote(*group)),), quantities, None, rule
        )

    def _quote(self, start: int, end: int) -> Quote:
        return self.reading.quote(self.source, start, end)

    def _numbers(self, found: Found) -> tuple[int, ...]:
        """The numbers of what is found itself: of two sums for the same people each has its own."""
        text = self.reading.view.plain
        start = max([found.start, *(text.rfind(stop, found.start, found.core) + 1 for stop in ",、")])
        own = self._quote(start, found.end)
        return self.numbers.within(own.start, own.end)

    def _date(self, found: Found, frame: int | None) -> int | None:
        """The last date before a goal in its clause, else the one that opens the paragraph."""
        text = self.reading.view.plain
        clause = self._quote(max(text.rfind(stop, 0, found.start) + 1 for stop in "。;"), found.end)
        stated = self.dates.within(clause.start, clause.end)
        return stated[-1] if stated else frame

    def _part(self, role: PartRole, start: int, end: int) -> tuple[PartRole, int, int]:
        """A bare kind word stands for the body of that kind that the sentence has named in full before it."""
        text = self.reading.view.plain
        ends = _KIND_WORDS.get(text[start:end]) if role == "holder" else None
        if ends is None:
            return role, start, end
        name = re.compile(_NAMED.format(ends=ends))
        for lead in _BEFORE_NAME.finditer(text, text.rfind("。", 0, start) + 1, start):
            named = name.match(text, lead.end(), start)
            if named is not None and len(named.group()) >= 2 + end - start:
                return role, named.start(), named.end()
        return role, start, end
