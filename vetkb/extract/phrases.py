"""短语规则 — Ordered tables of phrase rules: what each claims, by example, and who wins where claims compete.

A rule is data: a name, a pattern and texts that show what it claims and what it must leave alone (tests are made from
them). A table is scanned once: the leftmost phrase wins, at one place the rule that stands earlier in the table.
Between tables `settle` decides, by the order in which the claims are handed in. Patterns are linear: every repetition
is bounded or runs over one class of characters that the next piece cannot begin with.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_GROUP_NAME = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """短语规则 — `examples` are pairs of a text and the phrase in it that this rule, and no other of its table, claims."""

    name: str
    pattern: str
    examples: tuple[tuple[str, str], ...]
    counterexamples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of text that a rule claims; `match` holds the groups of the rule's own pattern."""

    rule: str
    start: int
    end: int
    match: re.Match[str]


@dataclass(frozen=True, slots=True)
class Lost:
    """A claim that gave way, and the rule of the claim it gave way to."""

    phrase: Phrase
    to: str


@dataclass(frozen=True)
class PhraseTable:
    """An ordered list of rules; `anchor` is what stands at the start of every phrase, for speed (a look-ahead or class)."""

    rules: tuple[PhraseRule, ...]
    anchor: str = ""

    @cached_property
    def _combined(self) -> re.Pattern[str]:
        branches = (f"(?P<r{n}>{_GROUP_NAME.sub('(?:', rule.pattern)})" for n, rule in enumerate(self.rules))
        return re.compile(f"{self.anchor}(?:{'|'.join(branches)})")

    @cached_property
    def _own(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(rule.pattern) for rule in self.rules)

    def scan(self, text: str) -> Iterator[Phrase]:
        """Yield the phrases of a text from left to right."""
        own, rules = self._own, self.rules
        for found in self._combined.finditer(text):
            place = int((found.lastgroup or "r0")[1:])
            match = own[place].match(text, found.start())
            if match is not None:
                yield Phrase(rules[place].name, match.start(), match.end(), match)


def settle(claims: Iterable[Sequence[Phrase]]) -> tuple[tuple[Phrase, ...], tuple[Lost, ...]]:
    """Keep of the claims of several tables, the strongest table first, those that touch no stronger one.

    Within one table phrases never overlap. Both results are in text order.
    """
    kept: list[Phrase] = []
    lost: list[Lost] = []
    for claim in claims:
        stronger = sorted(kept, key=lambda p: p.start)
        at = 0
        for phrase in claim:
            while at < len(stronger) and stronger[at].end <= phrase.start:
                at += 1
            if at < len(stronger) and stronger[at].start < phrase.end:
                lost.append(Lost(phrase, stronger[at].rule))
            else:
                kept.append(phrase)
    return tuple(sorted(kept, key=lambda p: p.start)), tuple(sorted(lost, key=lambda x: x.phrase.start))


class Covered:
    """Stretches of a text that are spoken for.

    >>> Covered([(2, 5), (4, 8)]).touches(7, 9), Covered([(2, 5)]).touches(5, 6)
    (True, False)
    """

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touches(self, start: int, end: int) -> bool:
        place = bisect_right(self._ends, start)
        return place < len(self._starts) and self._starts[place] < end
