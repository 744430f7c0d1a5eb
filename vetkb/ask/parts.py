"""Parse trees → the parts of a question: what each rule of ontology/ask/question.lark means.

A part is a condition with its scope (`Clause`) or a single word (`Tag`). Which form they make together is for
`vetkb.ask.makers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any as Anything
from typing import Final, Literal, cast

from lark import Token, Transformer

from vetkb.ask.form import (
    About,
    All,
    Any,
    AtLevel,
    Being,
    By,
    Condition,
    InSection,
    Named,
    Not,
    Numbered,
    OnlyBy,
    Quality,
    Timed,
    Unclear,
    Units,
    Within,
)
from vetkb.ask.tags import COMMA, Tag
from vetkb.model import Role

ClauseKind = Literal["party", "excepted", "than", "quality", "time", "units", "level", "topic", "section", "number", "scope"]
_QUALITIES: Final[dict[str, Quality]] = {
    "CONTINUOUS": "continuous",
    "DATED": "dated",
    "OPEN": "open",
    "REPEAT": "recurring",
    "QUANTIFIED": "quantified",
}
_NEGATIONS: Final = frozenset({"NOT", "NOT_BY", "NEITHER"})
_EXCLUSIONS: Final = frozenset({"ONLY", "ONLY_BY", "ALONE"})
_ENUMERATES: Final = "、"
_Parts = list[Anything]


class NotMeantError(Exception):
    """The tags stand in an order that a rule allows and do not make sense in it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition of a question; `duty`: a word says what the party does."""

    kind: ClauseKind
    condition: Condition
    duty: bool = False


class _Who(tuple[By, ...]):
    """Parties as named, with how they were joined in `joint`: "one", "and", "or" or "none"."""

    joint: str = "one"


class _Run(list[Tag]):
    """Words before or after what they govern."""


def role_of(words: Sequence[Tag]) -> Role | None:
    """Return the role that words name, if any; two are too many."""
    roles = {word.value for word in words if word.kind in ("DUTY", "UNIT", "WHO") and word.value != "any"}
    if len(roles) > 1:
        raise NotMeantError
    return cast(Role, roles.pop()) if roles else None


class PartBuilder(Transformer[Token, Anything]):
    """Makes the parts of a tree, from its leaves up. A method is a rule of the grammar."""

    def question(self, parts: _Parts) -> tuple[Clause | Tag, ...]:
        found: list[Clause | Tag] = []
        for part in parts:
            found += [_tag(one) for one in part] if isinstance(part, list) else [_tag(part)]
        return tuple(one for one in found if one.kind != COMMA)

    def run(self, parts: _Parts) -> _Run:
        return _Run(_tag(part) for part in parts)

    tail = run

    def names(self, parts: _Parts) -> _Who:
        who = _Who(By(cast(Named, part.value.value)) for part in parts if part.type == "AGENCY")
        kinds = {part.type for part in parts if part.type != "AND" or _tag(part).text != _ENUMERATES}
        if kinds == {"AGENCY"} and len(parts) > len(who):
            kinds.add("AND")  # 甲、乙、丙; in 甲、乙或丙 the 或 says what all are joined by
        who.joint = "one" if len(who) == 1 else "or" if "OR" in kinds else "and" if "AND" in kinds else "none"
        if who.joint == "none" or {"OR", "AND"} <= kinds:
            raise NotMeantError
        return who

    def party(self, parts: _Parts) -> list[Clause | Tag]:
        place = next(at for at, part in enumerate(parts) if isinstance(part, _Who))
        before = _Run(parts[0]) if place else _Run()
        after = _Run(parts[place + 1]) if place + 1 < len(parts) else _Run()
        duty = any(one.kind in ("DUTY", "UNIT") for one in (*before, *after))
        return [Clause("party", _party(before, parts[place], after), duty)]

    def excepted(self, parts: _Parts) -> list[Clause | Tag]:
        who = next(part for part in parts if isinstance(part, _Who))
        # 除了财政局，牵头任务最多的: what is done is asked of the others
        done = [one for part in parts if isinstance(part, _Run) for one in part if one.kind == "DUTY" and one.value != "any"]
        return [Clause("excepted", Any(tuple(who)) if len(who) > 1 else who[0]), *done]

    def than(self, parts: _Parts) -> Clause:
        who = next(part for part in parts if isinstance(part, _Who))
        if len(who) > 1:
            raise NotMeantError
        return Clause("than", who[0])

    def quality(self, parts: _Parts) -> list[Clause | Tag]:
        kind = parts[-1].type
        condition: Condition = Not(Being("open")) if kind == "CLOSED" else Being(_QUALITIES[kind])
        return _governed(parts, Clause("quality", condition))

    def otherwise(self, parts: _Parts) -> list[Clause | Tag]:
        """除持续实施的任务外: those that are not."""
        kind = next(part.type for part in parts if part.type in _QUALITIES or part.type == "CLOSED")
        condition: Condition = Being("open") if kind == "CLOSED" else Not(Being(_QUALITIES[kind]))
        return [Clause("quality", condition), *(_tag(part) for part in parts if part.type == "TASKS")]

    def time(self, parts: _Parts) -> list[Clause | Tag]:
        return _governed(parts, Clause("time", cast(Timed, _tag(parts[-1]).value)))

    def units(self, parts: _Parts) -> list[Clause | Tag]:
        run = parts[0] if isinstance(parts[0], _Run) else _Run()
        count = cast(
            Units, next(_tag(part).value for part in parts if isinstance(part, Token) and part.type in ("COUNT", "COUNTED"))
        )
        kept = [one for one in run if one.kind not in ("ONLY", "ONLY_BY")]
        return _governed([_Run(kept)], Clause("units", count))

    def of_level(self, parts: _Parts) -> list[Clause | Tag]:
        level = next(_tag(part).value for part in parts if isinstance(part, Token) and part.type == "LEVEL")
        if level == "any":
            raise NotMeantError
        return _governed(parts, Clause("level", AtLevel(cast(str, level))))

    def topic(self, parts: _Parts) -> list[Clause | Tag]:
        tokens = [part for part in parts if isinstance(part, Token)]
        words = "\n".join(_tag(part).text for part in tokens if part.type == "TEXT")
        own = any(_tag(part).value == "mentions" for part in tokens if part.type == "ABOUT")
        bare = all(part.type == "TEXT" for part in tokens)
        run = parts[0] if isinstance(parts[0], _Run) else _Run()
        if any(one.kind in _NEGATIONS for one in run) and (bare or len(run) > 1):
            raise NotMeantError
        return _governed(parts, Clause("topic", About(words, bare=bare, own=own)))

    def in_section(self, parts: _Parts) -> list[Clause | Tag]:
        section = next(part for part in parts if isinstance(part, Token) and part.type == "SECTION")
        heading = "".join(_tag(part).text for part in parts if isinstance(part, Token) and part.type == "TEXT")
        named = InSection(cast(int, _tag(section).value), _tag(section).text, heading=heading)
        return _governed(parts, Clause("section", named))

    def number(self, parts: _Parts) -> list[Clause | Tag]:
        run = parts[0] if isinstance(parts[0], _Run) else _Run()
        if any(one.kind in _NEGATIONS | _EXCLUSIONS for one in run):
            raise NotMeantError
        number, *words = [_tag(part) for part in parts if isinstance(part, Token)]
        named: Condition = Numbered(cast(int, number.value))
        if words:  # （十）落实失业保险待遇: the number and the words must mean the same
            named = All((named, About(words[0].text)))
        return [*run, Clause("number", named)]

    def scope(self, parts: _Parts) -> Clause:
        return Clause("scope", Within(cast(Named, next(_tag(part).value for part in parts if part.type == "DOCNAME"))))


def _tag(part: Anything) -> Anything:
    return part.value if isinstance(part, Token) else part


def _governed(parts: _Parts, clause: Clause) -> list[Clause | Tag]:
    """Apply the words before a condition to it: one 不 negates it; what says nothing about it is a word of its own."""
    run = parts[0] if isinstance(parts[0], _Run) else _Run()
    negations = [one for one in run if one.kind in _NEGATIONS]
    if len(negations) > 1 or any(one.kind in _EXCLUSIONS for one in run):
        raise NotMeantError
    rest = [one for one in run if one.kind not in _NEGATIONS]
    if not negations:
        return [*rest, clause]
    return [*rest, Clause(clause.kind, Not(clause.condition))]


def _party(before: _Run, who: _Who, after: _Run) -> Condition:
    words = [*before, *after]
    kinds = [one.kind for one in words]
    role = role_of(words)
    first = "FIRST" in kinds
    parties = tuple(By(party.who, role, first) for party in who)
    if any(one.kind == "ONLY" for one in after):
        raise NotMeantError  # 财政局只负责什么: nothing else, or nobody else?
    negations = [kind for kind in kinds if kind in _NEGATIONS]
    if _EXCLUSIONS & set(kinds):
        if negations or who.joint not in ("one", "and") or first:
            raise NotMeantError
        if len(parties) > 1:  # they alone: nobody else is in the list, and it is closed
            return All((*parties, Units("=", len(parties)), Not(Being("open"))))
        return OnlyBy(parties[0].who, role)
    if negations:
        return _negated(parties, who.joint, before, after)
    return _joined(parties, who.joint, together="BOTH" in kinds, each="EACH" in kinds)


def _joined(parties: tuple[By, ...], joint: str, *, together: bool, each: bool) -> Condition:
    if joint == "one":
        return parties[0]
    if joint == "or" or each:
        return Any(parties)
    return All(parties) if together else Unclear(parties)


def _negated(parties: tuple[By, ...], joint: str, before: _Run, after: _Run) -> Condition:
    """Return what is not: 都不 and neither deny each; 不 before several names says too little."""
    kinds = [one.kind for one in (*before, *after)]
    negations = [kind for kind in kinds if kind in _NEGATIONS]
    if len(negations) > 1:
        raise NotMeantError
    if joint == "one":
        return Not(parties[0])
    if "BOTH" in kinds and kinds.index("BOTH") > kinds.index(negations[0]):
        raise NotMeantError  # 不共同负责: not together, but perhaps one of them
    neither = "NEITHER" in kinds or (joint == "and" and any(one.kind == "NOT" for one in after))
    return All(tuple(Not(party) for party in parties)) if neither else Unclear(parties, denied=True)
