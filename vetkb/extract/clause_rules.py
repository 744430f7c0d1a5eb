"""Rules over one clause: a pattern whose named groups are the parts of what is laid down, and what may stand before it.

Texts come with full-width punctuation as ASCII and same length (`View.plain`). Repetitions are bounded, and a pattern is
tried only on a clause that holds one of its cues, so that the cost is that of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from vetkb.model import PartRole, ProvisionKind

CLAUSE = re.compile(r"[^。;!?\n]+")
_LONGEST = 600  # characters of a clause that are read
_REACH = 160  # characters before the pattern in which its companions are looked for
_BRACKETS = {"(": 1, ")": -1, "“": 1, "”": -1, "《": 1, "》": -1}
_JOINTS = re.compile("、|以及|和|及|与|或者|或")
_FAR = 60  # characters between a companion and the pattern
_OTHER_MATTER = re.compile("作为|结果|依据")
_AND_OTHERS = re.compile("等$")


@dataclass(frozen=True, slots=True)
class Example:
    """A clause and the parts that the rule finds in it, as `role=words`."""

    text: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class ClauseRule:
    """子句规则 — `cue`: what a clause must hold; `before`: patterns of parts that stand before, each in the nearest place.

    A group is called as the role is; `subjects` and `recipients` are lists, `who` is the conduct that triggers and the subjects
    (推进不力的部门).
    `needs`: roles without which nothing is found.
    """

    kind: ProvisionKind
    name: str
    cue: str
    pattern: str
    examples: tuple[Example, ...]
    counterexamples: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    needs: frozenset[PartRole] = frozenset()

    @cached_property
    def cued(self) -> re.Pattern[str]:
        return re.compile(self.cue)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def companions(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.before)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: [start, end) of the text, where its own pattern begins, and the places of its parts in text order."""

    rule: ClauseRule
    start: int
    core: int
    end: int
    parts: tuple[tuple[PartRole, int, int], ...]


def find(text: str, rules: Sequence[ClauseRule]) -> Iterator[Found]:
    """Yield what rules find in a text, clause by clause; of two of one table in one place the earlier rule wins."""
    for clause in CLAUSE.finditer(text):
        start, end = clause.start(), min(clause.end(), clause.start() + _LONGEST)
        taken: list[tuple[int, int]] = []
        for rule in rules:
            if rule.cued.search(text, start, end) is None:
                continue
            for match in rule.compiled.finditer(text, start, end):
                if any(first < match.end() and match.start() < last for first, last in taken):
                    continue
                found = _read(rule, match, text, start)
                if found is not None:
                    taken.append(match.span())
                    yield found


def _read(rule: ClauseRule, match: re.Match[str], text: str, clause: int) -> Found | None:
    parts = list(_parts(match, text))
    begins = match.start()
    for companion in rule.companions:
        near = _nearest(companion, text, max(clause, match.start() - _REACH), match.start())
        if near is not None:
            begins = min(begins, near.start())
            parts += _parts(near, text)
    roles = {role for role, _, _ in parts}
    if not rule.needs <= roles:
        return None
    parts = sorted(set(parts), key=lambda part: (part[1], part[2], part[0]))
    return Found(rule, begins, match.start(), match.end(), tuple(parts))


def _nearest(companion: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the last place before `end` that speaks of the same matter."""
    near = max(companion.finditer(text, start, end), key=re.Match.start, default=None)
    if near is None or end - near.end() > _FAR or _OTHER_MATTER.search(text, near.end(), end):
        return None
    return near


def _parts(match: re.Match[str], text: str) -> Iterator[tuple[PartRole, int, int]]:
    for name, words in match.groupdict().items():
        if not words:
            continue
        start, end = match.span(name)
        if name == "who":
            yield from _conduct_and_subjects(text, start, end)
        elif name.endswith("s"):
            yield from ((cast(PartRole, name[:-1]), first, last) for first, last in split_list(text, start, end))
        else:
            yield cast(PartRole, name), start, end


def _conduct_and_subjects(text: str, start: int, end: int) -> Iterator[tuple[PartRole, int, int]]:
    """推进不力、进展缓慢的县和部门: the conduct up to the last 的, then who is meant (nobody named: the conduct alone)."""
    last = text.rfind("的", start, end)
    if last < 0:
        yield from (("subject", first, stop) for first, stop in split_list(text, start, end))
        return
    if last > start:
        yield "trigger", start, last
    if last + 1 < end:
        yield from (("subject", first, stop) for first, stop in split_list(text, last + 1, end))


def split_list(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the members of a list; joints inside brackets and quotation marks join nothing.

    >>> [("县(市、区)和部门")[a:b] for a, b in split_list("县(市、区)和部门", 0, 9)]
    ['县(市、区)', '部门']

    What is described (不裁员或少裁员的企业) is not cut.
    """
    if text.find("的", start, end) >= 0:
        yield start, end
        return
    depth, first = 0, start
    at = start
    while at < end:
        depth = max(0, depth + _BRACKETS.get(text[at], 0))
        joint = _JOINTS.match(text, at, end) if depth == 0 and at > first else None
        if joint is not None and joint.end() < end:
            yield first, at
            first = at = joint.end()
            continue
        at += 1
    others = _AND_OTHERS.search(text, first, end)
    last = others.start() if others is not None else end
    if last > first:
        yield first, last


def shown(found: Found, text: str) -> tuple[str, ...]:
    """Write the parts of what was found as examples have them."""
    return tuple(f"{role}={text[start:end]}" for role, start, end in found.parts)
