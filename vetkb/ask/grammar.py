"""Tags → logical forms by grammar: ontology/ask/*.lark say which orders of tags make a question.

Each kind of question is a start rule, tried in the order of FAMILIES; LALR(1), so a question costs time in
proportion to its length. Several kinds may read the same tags: the first whose terms the base knows is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from lark import Lark, Token, UnexpectedInput
from lark.exceptions import VisitError
from lark.lexer import Lexer

from vetkb.ask.form import Form
from vetkb.ask.forms import FormBuilder
from vetkb.ask.tags import Tag
from vetkb.paths import ONTOLOGY


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds of questions with one parser: its grammar files, and for each kind the tags of which one must be there."""

    files: tuple[str, ...]
    kinds: Mapping[str, frozenset[str]]


# in the order in which they are tried
FAMILIES: Final = (
    Family(
        ("tags", "conditions", "task"),
        {
            "task": frozenset({"NUMBERED"}),
            "truth": frozenset({"YESNO"}),
            "roster": frozenset({"ROSTER", "OPEN"}),
        },
    ),
    Family(
        ("tags", "conditions", "tasks"),
        {
            "tasks": frozenset({"TASKS"}),
            "count_tasks": frozenset({"HOWMUCH"}),
            "deeds": frozenset({"WHICH", "WHATIS"}),
            "count_deeds": frozenset({"HOWMUCH"}),
        },
    ),
    Family(("tags", "conditions", "alternatives"), {"either_tasks": frozenset({"OR"}), "either_count": frozenset({"OR"})}),
    Family(
        ("tags", "superlatives"),
        {
            "first_in": frozenset({"FIRST"}),
            "most_units": frozenset({"EXTREME"}),
            "who_most": frozenset({"EXTREME"}),
            "pairs": frozenset({"PAIR"}),
        },
    ),
    Family(
        ("tags", "parties"),
        {"who": frozenset({"WHO", "UNIT"}), "who_count": frozenset({"UNIT"}), "when": frozenset({"WHEN", "DATED"})},
    ),
    Family(
        ("tags", "documents"),
        {
            "field": frozenset({"FIELD"}),
            "issued": frozenset({"ISSUE"}),
            "issuer": frozenset({"ISSUE"}),
            "cites": frozenset({"IMPLEMENTS", "BASIS", "CITES"}),
            "parts": frozenset({"PARTS", "WHICH", "WHATIS"}),
            "says": frozenset({"SAYS"}),
        },
    ),
    Family(
        ("tags", "numbers"),
        {
            "targets": frozenset({"TARGETS"}),
            "count_targets": frozenset({"TARGETS"}),
            "how_much": frozenset({"HOWMUCH", "TARGETS", "DEMAND", "WHATIS"}),
        },
    ),
)
_GRAMMAR: Final = ONTOLOGY / "ask"
_FORMS: Final = FormBuilder()


class _Tags(Lexer):
    """Hands tags to the parser as they are."""

    def __init__(self, configuration: object) -> None:
        del configuration

    def lex(self, data: object) -> Iterator[Token]:  # type: ignore[override]
        for place, tag in enumerate(cast(Sequence[Tag], data)):
            yield Token(tag.kind, cast(str, tag), place, place, place, place, place)


@lru_cache(maxsize=len(FAMILIES))
def _parser(place: int) -> Lark:
    family = FAMILIES[place]
    text = "\n".join((_GRAMMAR / f"{name}.lark").read_text(encoding="utf-8") for name in family.files)
    return Lark(text, parser="lalr", lexer=_Tags, start=list(family.kinds), maybe_placeholders=False)


def prepare() -> None:
    """Make all parsers now: a server does, a single question only needs one or two."""
    for place in range(len(FAMILIES)):
        _parser(place)


def parse(reading: Sequence[Tag]) -> Iterator[Form]:
    """Yield the forms that a sequence of tags can have, the likeliest first."""
    present = {tag.kind for tag in reading}
    for place, family in enumerate(FAMILIES):
        for kind, needed in family.kinds.items():
            if not needed & present:
                continue
            try:
                tree = _parser(place).parse(cast(str, reading), start=kind)
                yield cast(Form, _FORMS.transform(tree))
            except (UnexpectedInput, VisitError):
                continue
