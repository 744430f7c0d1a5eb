"""Sentences of answers: ontology/ask/wording.toml, by key and language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any as Anything
from typing import cast

from vetkb.ask.form import (
    About,
    All,
    Among,
    Any,
    AtLevel,
    Being,
    Bounded,
    By,
    Condition,
    Form,
    InSection,
    Not,
    Numbered,
    OnlyBy,
    Timed,
    Unclear,
    Units,
    Within,
)
from vetkb.paths import ONTOLOGY


@lru_cache(maxsize=1)
def _wording() -> dict[str, Anything]:
    return tomllib.loads((ONTOLOGY / "ask" / "wording.toml").read_text(encoding="utf-8"))


def say(language: str, key: str, **values: object) -> str:
    """Return a sentence; `key` may name an entry of a table (want.tasks)."""
    entry = _wording()
    for part in key.split("."):
        entry = entry[part]
    return cast(str, entry[language]).format(**values)


def joined(language: str, parts: Iterable[str]) -> str:
    """Return an enumeration.

    >>> joined("zh", ["市教育局", "市财政局"]), joined("en", ["1", "2"])
    ('市教育局、市财政局', '1, 2')
    """
    return say(language, "reading.joint").join(parts)


def reading_of(form: Form, language: str) -> str:
    """Return what a question was taken to mean: 任务 · 负责单位=安阳市财政局."""
    parts = [say(language, f"want.{form.want}")]
    if form.field and form.want in ("document", "citations"):
        parts = [say(language, f"field.{form.field}")]
    parts += [reading_of_condition(part, language) for part in form.where.conditions]
    if form.without is not None:
        parts.append(say(language, "reading.without", who=reading_of_condition(form.without, language)))
    if form.than is not None:
        key = "reading.more_than" if form.most else "reading.fewer_than"
        parts.append(say(language, key, who=form.than.who.label))
    if form.count:
        parts.append(say(language, "reading.count"))
    if form.extreme:
        parts.append(say(language, f"reading.{form.extreme}"))
    if form.rank > 1:
        parts.append(say(language, "reading.rank", rank=form.rank))
    return " · ".join(part for part in parts if part)


def reading_of_condition(condition: Condition, language: str) -> str:
    """Return what a condition was taken to mean: 负责单位=安阳市财政局."""

    def put(key: str, **values: object) -> str:
        return say(language, f"reading.{key}", **values)

    match condition:
        case By(who, role, first):
            return put("first" if first else role or "by", who=who.label)
        case OnlyBy(who, role):
            return put("only", who=put(role or "by", who=who.label))
        case Units(comparator, number):
            return put("units", number=f"{'' if comparator == '=' else comparator}{number}")
        case AtLevel(level):
            return put(f"level_{level}")
        case InSection(_, words):
            return put("section", words=words)
        case Unclear(parties, _):
            return put("or").join(reading_of_condition(party, language) for party in parties)
        case Numbered(ordinal, _):
            return put("numbered", ordinal=ordinal)
        case About(words):
            return put("about", words=words.replace("\n", " … "))
        case Among(label, _, within):
            return put("group", label=label) if within == "group" else put("about", words=label)
        case Within(documents):
            return put("within", document=documents.label)
        case Timed(_, _, _, words, edge):
            return put("timed" if edge == "either" else f"timed_{edge}", words=words)
        case Being(quality):
            return put(quality)
        case Bounded(bounds):
            return put(bounds)
        case Not(inner):
            return put("not", condition=reading_of_condition(inner, language))
        case All(parts):
            return put("and").join(reading_of_condition(part, language) for part in parts)
        case Any(parts):
            return put("or").join(reading_of_condition(part, language) for part in parts)
