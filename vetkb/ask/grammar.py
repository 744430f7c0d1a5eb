"""Tags → the parts of a question, by ontology/ask/question.lark: conditions with their scope, and single words.

LALR(1), so a question costs time in proportion to its length. A part that two rules could begin is read as long as
it can be: 财政局负责 is one condition, not a name and a duty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, cast

from lark import Lark, Token, UnexpectedInput
from lark.exceptions import VisitError
from lark.lexer import Lexer

from vetkb.ask.parts import Clause, PartBuilder
from vetkb.ask.tags import COMMA, Tag
from vetkb.paths import ONTOLOGY

_GRAMMAR: Final = ONTOLOGY / "ask" / "question.lark"
_PARTS: Final = PartBuilder()
_BETWEEN_PARTS: Final = {"AND": "PLUS", "OR": "ELSE"}
_JOINTS: Final = (*_BETWEEN_PARTS, COMMA)
_BEFORE_A_CONDITION: Final = frozenset("NOT NOT_BY ONLY ONLY_BY BOTH NEITHER EACH ALONE BY DUTY UNIT COMMA".split())  # noqa: SIM905
_DOING: Final = frozenset({"DUTY", "ABOUT", "BY"})
_CONDITIONS: Final = frozenset(
    "AGENCY TIME CONTINUOUS DATED OPEN CLOSED REPEAT QUANTIFIED COUNT LEVEL SECTION ABOUT TEXT NUMBERED".split()  # noqa: SIM905
)


class _Tags(Lexer):
    """Hands tags to the parser as they are, but for what joins and parts.

    和 between two names is not 和 between two conditions; a comma parts conditions where what follows it governs
    something of its own: in 财政局负责，不在2018年完成的任务 nothing is said of who is not responsible.
    """

    def __init__(self, configuration: object) -> None:
        del configuration

    def lex(self, data: object) -> Iterator[Token]:  # type: ignore[override]
        tags = _named_again(_as_names(cast(Sequence[Tag], data)))
        for place, each in enumerate(tags):
            tag = each
            if tag.kind == COMMA and not _parts(tags, place):
                continue
            if tag.kind == "DUTY" and _is_of_a_task(tags, place):
                tag = replace(tag, kind="ABOUT")
            if tag.kind == "OR" and tag.value == "not" and not _between_names(tags, place):
                yield _token(replace(tag, kind="PLUS"), place)
                yield _token(replace(tag, kind="NOT"), place)
                continue
            if tag.kind in _BETWEEN_PARTS and not _between_names(tags, place):
                tag = replace(tag, kind=_BETWEEN_PARTS[tag.kind])
            if tag.kind == "ABOUT" and _is_said_again(tags, place):
                continue
            if tag.kind == "ABOUT" and _denies_another(tags, place):
                tag = replace(tag, kind="DUTY", value="any")
            if tag.kind == "NOT" and place:
                of_its_own = tags[place - 1].kind == "DUTY" and _parts(tags, place)
                of_its_own |= tag.value == "before" and [one.kind for one in tags[place + 1 : place + 2]] == ["AGENCY"]
                if of_its_own or _denies_another(tags, place + 1):
                    yield _token(replace(tag, kind=COMMA), place)
            if tag.kind == "THAN" and tag.value in ("more", "fewer"):
                yield _token(replace(tag, kind="MORE"), place)  # 多于财政局
            yield _token(tag, place)
            if [one.kind for one in tags[max(0, place - 1) : place + 2]] == ["HOWMUCH", "UNIT", "AGENCY"]:
                yield _token(replace(tag, kind=COMMA), place)  # how many offices it has is not how many it has to do with


def _as_names(tags: Sequence[Tag]) -> Sequence[Tag]:
    """Return tags with A share with B as A and B share, and with A not share with B as A without B."""
    for place, tag in enumerate(tags):
        if tag.kind != "BOTH" or tag.value != "with" or [one.kind for one in tags[place + 1 : place + 2]] != ["AGENCY"]:
            continue
        denied = place - 1 if place > 1 and tags[place - 1].kind == "NOT" and tags[place - 2].kind == "AGENCY" else None
        if denied is not None:
            return (*tags[:denied], replace(tags[denied], value="before"), *tags[place + 1 :])
        start = place
        while start and tags[start - 1].kind in ("DUTY", "BOTH"):
            start -= 1
        if start and tags[start - 1].kind == "AGENCY":
            joined = (replace(tag, kind="AND"), tags[place + 1], replace(tag, value="any"), *tags[start:place])
            return (*tags[:start], *joined, *tags[place + 2 :])
    return tags


def _named_again(tags: Sequence[Tag]) -> Sequence[Tag]:
    """Return tags with a party named again for what it does not do: 民政部参加但不牵头的任务."""
    for place, tag in enumerate(tags):
        before, after = [one.kind for one in tags[:place]], [one.kind for one in tags[place + 1 : place + 4]]
        if tag.kind == "BUT" and before[-2:] == ["AGENCY", "DUTY"] and after[:2] == ["NOT", "DUTY"] and after[2:] != ["AGENCY"]:
            return (*tags[: place + 1], tags[place - 2], *tags[place + 1 :])
    return tags


def _token(tag: Tag, place: int) -> Token:
    return Token(tag.kind, cast(str, tag), place, place, place, place, place)


def _parts(tags: Sequence[Tag], place: int) -> bool:
    """Say whether what follows a comma, or begins with a 不, is a condition of its own."""
    if tags[place].kind == COMMA and _between_names(tags, place):
        return False
    after = place + 1
    while after < len(tags) and tags[after].kind in _BEFORE_A_CONDITION:
        after += 1
    ends = _CONDITIONS if tags[place].kind == COMMA else _CONDITIONS - {"AGENCY"}
    return after < len(tags) and tags[after].kind in ends


def _is_said_again(tags: Sequence[Tag], place: int) -> bool:
    """Say whether another word says after this one that something is about: belong to the section on."""
    after = place + 1
    while after < len(tags) and tags[after].kind == "ASPECT" and tags[after].text.isascii():
        after += 1
    return after < len(tags) and tags[after].kind == "ABOUT" and tags[after].text.isascii()


def _is_of_a_task(tags: Sequence[Tag], place: int) -> bool:
    """Say whether what is done is what a task is about, for nobody else is named: which task deals with teachers' titles?"""
    around = [one.kind for one in (*tags[place - 1 : place], *tags[place + 1 : place + 2])]
    nobody = not any(one.kind in ("AGENCY", "WHO", "UNIT", "NOT", "ONLY") for one in tags)
    return around == ["TASKS", "TEXT"] and tags[place].value == "any" and tags[place].text.isascii() and nobody


def _denies_another(tags: Sequence[Tag], place: int) -> bool:
    """Say whether a place stands in English words between a NOT after one name and another: of A do not involve B."""
    before = place - 1
    while before >= 0 and tags[before].kind in _DOING and tags[before].text.isascii():
        before -= 1
    if before < 1 or tags[before].kind != "NOT" or not tags[before].text.isascii():
        return False
    named = [one.kind for one in tags[max(0, before - 2) : before]]
    if named[-1:] != ["AGENCY"] and named[-2:] != ["AGENCY", "TASKS"]:
        return False
    after = before + 1
    while after < len(tags) and tags[after].kind in _DOING:
        after += 1
    ends = after < len(tags) and tags[after].kind == "AGENCY" and after > before + 1
    return ends and not any(one.kind in ("NOT", "DUTY") for one in tags[after:])


def _between_names(tags: Sequence[Tag], place: int) -> bool:
    before = place - 1
    while before >= 0 and tags[before].kind in _JOINTS:
        before -= 1
    after = place + 1
    while after < len(tags) and tags[after].kind in (*_JOINTS, "BY"):
        after += 1
    return before >= 0 and after < len(tags) and tags[before].kind == tags[after].kind == "AGENCY"


@lru_cache(maxsize=1)
def _parser() -> Lark:
    text = _GRAMMAR.read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=_Tags, start="question", maybe_placeholders=False)


def prepare() -> None:
    """Make the parser now: a server does."""
    _parser()


def parts_of(reading: Sequence[Tag]) -> tuple[Clause | Tag, ...] | None:
    """Return the parts of a question, in order; None where the tags make no sense together."""
    try:
        return cast(tuple[Clause | Tag, ...], _PARTS.transform(_parser().parse(cast(str, reading))))
    except (UnexpectedInput, VisitError):
        return None
