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
from vetkb.ask.tags import Tag
from vetkb.paths import ONTOLOGY

_GRAMMAR: Final = ONTOLOGY / "ask" / "question.lark"
_PARTS: Final = PartBuilder()
_BETWEEN_PARTS: Final = {"AND": "PLUS", "OR": "ELSE"}


class _Tags(Lexer):
    """Hands tags to the parser as they are, but for what joins: 和 between two names is not 和 between two conditions."""

    def __init__(self, configuration: object) -> None:
        del configuration

    def lex(self, data: object) -> Iterator[Token]:  # type: ignore[override]
        tags = cast(Sequence[Tag], data)
        for place, each in enumerate(tags):
            tag = each
            if tag.kind in _BETWEEN_PARTS and not _between_names(tags, place):
                tag = replace(tag, kind=_BETWEEN_PARTS[tag.kind])
            yield Token(tag.kind, cast(str, tag), place, place, place, place, place)


def _between_names(tags: Sequence[Tag], place: int) -> bool:
    before = place - 1
    while before >= 0 and tags[before].kind in _BETWEEN_PARTS:
        before -= 1
    after = place + 1
    while after < len(tags) and tags[after].kind in (*_BETWEEN_PARTS, "BY"):
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
