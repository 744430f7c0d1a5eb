"""A question for the text of a unit by its printed number → its headings, or its sentences, quoted: 第九条是怎么规定的.

How such questions are put and how units are numbered in print is data (ontology/ask/printed_units.toml).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from vetkb.ask.answer import Answer
from vetkb.ask.context import Context, iri
from vetkb.ask.documents import passages, under_headings
from vetkb.ask.form import All, Form
from vetkb.ask.sparql import QueryText, printed_labels
from vetkb.ask.words import fold
from vetkb.engine import Iri, Literal
from vetkb.graph.names import in_annex
from vetkb.paths import ONTOLOGY
from vetkb.zh import parse_count, write_chinese

_NUMBER: Final = r"(\d{1,3}|[一二三四五六七八九十百零〇两]{1,6})"
_END: Final = re.compile(r"[\s?？。.!！]+$")
_MOST: Final = 12  # sentences of a unit that are quoted
_SENTENCES: Final = """
SELECT ?unit ?sentence {
  %s
  ?item eli:is_part_of* ?unit ; vk:order ?place . ?sentence vk:item ?item ; a vk:Sentence ; vk:order ?order
} ORDER BY ?place ?order"""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A way to name a unit, and the marks that it may be printed with."""

    words: re.Pattern[str]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Forms:
    units: tuple[_Unit, ...]
    below: tuple[re.Pattern[str], ...]
    questions: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    data = tomllib.loads((ONTOLOGY / "ask" / "printed_units.toml").read_text(encoding="utf-8"))
    either, below = (
        f"(?:{'|'.join(entry['words'].replace('{number}', f'(?:{_NUMBER[1:-1]})') for entry in data[name])})"
        for name in ("units", "below")
    )
    unit = f"(?P<unit>{either})(?P<below>{below})?"
    return _Forms(
        tuple(_Unit(re.compile(one["words"].replace("{number}", _NUMBER)), tuple(one["marks"])) for one in data["units"]),
        tuple(re.compile(one["words"].replace("{number}", _NUMBER)) for one in data["below"]),
        {language: re.compile(text.replace("{unit}", unit)) for language, text in data["questions"].items()},
    )


def names_a_unit(question: str) -> bool:
    """Say whether a question speaks of a numbered unit at all: most don't, and need no closer look."""
    folded = fold(question)
    return any(unit.words.search(folded) for unit in _forms().units)


def answer_by_printed_number(question: str, context: Context, language: str) -> Answer | None:
    """Answer what a unit of one document says; None where none is asked for, there is none, or there are several."""
    forms = _forms()
    asked = forms.questions[language].fullmatch(_END.sub("", fold(question)).strip())
    if asked is None:
        return None
    units = _labelled(_marks(asked["unit"], forms), context)
    if asked["below"] is not None and len(units) == 1:
        number = _number(asked["below"], forms.below)
        units = _labelled(printed_labels(number), context, units[0]) if number is not None else []
    if len(units) != 1:
        return None
    form = Form("passages", All((context.scope,) if context.scope else ()))
    headed = under_headings(units, asked["unit"] + (asked["below"] or ""), form, context)
    if headed is not None:
        return headed
    sentences = [iri(row["sentence"]) for row in context.look_up(_SENTENCES, "?unit", units)]
    return passages(sentences[:_MOST], form, context, cut=len(sentences) > _MOST) if sentences else None


def _number(named: str, ways: Iterable[re.Pattern[str]]) -> int | None:
    """Return the number in a name that is put in one of some ways."""
    found = next((found for way in ways if (found := way.fullmatch(named))), None)
    return parse_count(next(filter(None, found.groups()))) if found is not None else None


def _marks(named: str, forms: _Forms) -> Sequence[str]:
    """Return how a unit may be numbered in print, the likeliest first."""
    for unit in forms.units:
        number = _number(named, [unit.words])
        if number is not None:
            return [mark.format(n=number, N=write_chinese(number)) for mark in unit.marks]
    return ()


def _labelled(marks: Sequence[str], context: Context, above: Iri | None = None) -> list[Iri]:
    """Return the units that bear the first of some marks that any bears: of the body before the annexes, the highest ones."""
    if not marks:
        return []
    query = QueryText("?item")
    query.add(query.values("?label", [Literal(mark, language="zh") for mark in marks]), "?item a vk:Item ; vk:label ?label .")
    query.add("?item vk:path ?path ; vk:inDocument ?document .")
    if above is not None:
        query.add(query.values("?unit", [above]), "?item eli:is_part_of+ ?unit .")
    query.where(All((context.scope,) if context.scope else ()))
    query.columns += ["?label", "?path", "?document"]
    rows = context.select(query.text())
    rows = [row for row in rows if not in_annex(row["path"])] or rows
    first = next((mark for mark in marks if any(str(row["label"]) == mark for row in rows)), None)
    rows = [row for row in rows if str(row["label"]) == first]
    depth = min((str(row["path"]).count("/") for row in rows), default=0)
    return [iri(row["item"]) for row in rows if str(row["path"]).count("/") == depth]
