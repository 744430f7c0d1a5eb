"""The parts of a question → the kinds of questions that it may be of, by ontology/ask/kinds/*.toml.

Each kind of question is a file that says what must be there, what may, and what the form wants. A question is of a
kind only if the kind has a use for every part of it; several kinds may, and the first that the base can answer is meant.
The form of a question is made in `vetkb.ask.makers`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any as Anything
from typing import Final

from vetkb.ask.form import (
    Want,
)
from vetkb.ask.parts import Clause
from vetkb.ask.tags import Tag
from vetkb.paths import ONTOLOGY

_FOLDER: Final = ONTOLOGY / "ask" / "kinds"
LINKS: Final = frozenset({"PLUS", "ELSE", "BUT"})
_EVERYWHERE: Final = frozenset({"DOC", "BASE", "NOW"})
Part = Clause | Tag


@dataclass(frozen=True)
class Kind:
    """问题类型 — A kind of question.

    `needs`: of each group one part must be there; `words` and `clauses`: what else may; `one`: clauses of which there
    is exactly one; `count`: words that ask for a number; `field`: the word whose value is the form's field, or a constant.
    """

    name: str
    order: int
    want: Want
    needs: tuple[frozenset[str], ...]
    words: frozenset[str]
    clauses: frozenset[str]
    one: frozenset[str]
    count: frozenset[str]
    field: str | None
    make: str
    examples: Mapping[str, tuple[str, ...]]

    @cached_property
    def allowed(self) -> frozenset[str]:
        """All parts that the kind has a use for."""
        return frozenset[str]().union(self.words, self.clauses, self.one, self.count, _EVERYWHERE, LINKS, *self.needs)


@lru_cache(maxsize=1)
def load_kinds() -> tuple[Kind, ...]:
    """Read the kinds of questions, in the order in which they are tried."""
    kinds = [_kind(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(_FOLDER.glob("*.toml"))]
    return tuple(sorted(kinds, key=lambda kind: (kind.order, kind.name)))


def _kind(name: str, data: Mapping[str, Anything]) -> Kind:
    def names(key: str) -> frozenset[str]:
        return frozenset(str(data.get(key, "")).split())

    return Kind(
        name=name,
        order=data["order"],
        want=data["want"],
        needs=tuple(frozenset(group.split("|")) for group in str(data["needs"]).split()),
        words=names("words"),
        clauses=names("clauses"),
        one=names("one"),
        count=names("count"),
        field=data.get("field"),
        make=data.get("make", "plain"),
        examples={language: tuple(texts) for language, texts in data["examples"].items()},
    )


def kinds_of(parts: Sequence[Part]) -> Iterator[Kind]:
    """Yield the kinds of questions that have a use for every part."""
    present = [part.kind for part in parts]
    held = frozenset(present)
    for_documents = ("WHICH", "DOC") in pairwise(present)  # 哪些文件 asks for documents
    for kind in load_kinds():
        if present and held <= kind.allowed and (kind.want == "citations" or not for_documents) and _suits(kind, present, held):
            yield kind


def _suits(kind: Kind, present: Sequence[str], held: frozenset[str]) -> bool:
    if kind.want == "targets" and "NOW" in held:
        return False  # how many there are today is in no text that says how many there are to be
    if not all(group & held for group in kind.needs):
        return False
    named = sum(name in kind.one for name in present)
    return not kind.one or named == 1 or (kind.make == "besides" and named == present.count("topic") == 2)
