"""A question without an answer → which of its conditions leave nothing over, and what could be asked instead.

Everything here is a form that was run: what is suggested has an answer, and says how many results it has. A question
is suggested only as `vetkb.ask.verbalise` puts it and only if it is read as the form that was run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from vetkb.ask.form import About, All, Being, Bounded, By, Condition, Form, InSection, Named, Numbered, Timed, Within, canonical
from vetkb.ask.verbalise import phrase, verbalise
from vetkb.ask.wording import joined, reading_of_condition, say

_ALONE: Final = (Timed, Being, Bounded)  # conditions that are worth leaving out even where nothing else is asked
_DESCRIBED: Final = frozenset({"agencies", "schedule", "programmes", "passages"})
_MOST: Final = 3
_Suggestion = tuple[str, int]


@dataclass(frozen=True)
class Nearby:
    """相近问题 — What could be asked instead: `count` runs a form and returns its number of results, `parse` reads a question."""

    language: str
    count: Callable[[Form], int]
    parse: Callable[[str], Form | None]

    def asked(self, forms: Iterable[Form]) -> Iterator[_Suggestion]:
        """Yield the questions of those forms that have results, with their number."""
        for form in forms:
            question = verbalise(form, self.language)
            if question is not None and self.parse(question) == canonical(form):
                results = self.count(form)
                if results:
                    yield question, results

    def emptied(self, form: Form) -> tuple[str, list[Form]]:
        """Return the sentence that says which conditions leave nothing over, and the forms without them.

        财政局2019年完成的任务: 去掉“2019年”有19项。
        """
        counted = [(words, wider, self.count(wider)) for words, wider in islice(loosened(form, self.language), _MOST + 1)]
        found = [one for one in counted if one[2]][:_MOST]
        parts = [say(self.language, "emptied.one", words=words, n=n) for words, _, n in found]
        said = say(self.language, "emptied.all", list=joined(self.language, parts)) if parts else ""
        return said, [wider for _, wider, _ in found]


def first_of(suggestions: Iterable[_Suggestion]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the first few questions that are suggested, once each, and how many results they have."""
    found: dict[str, int] = {}
    for question, results in suggestions:
        found.setdefault(question, results)
        if len(found) == _MOST:
            break
    return tuple(found), tuple(found.values())


def loosened(form: Form, language: str) -> Iterator[tuple[str, Form]]:
    """Yield the forms that ask for one condition less than a form does, each with the words of what is left out."""
    where = canonical(form).where
    parts = [one for one in where.conditions if not _is_asked_about(one, form)]
    if len(where.conditions) > 1 or any(isinstance(one, _ALONE) for one in parts):
        for part in parts:
            rest = tuple(one for one in where.conditions if one != part)
            yield words_of(part, language), replace(form, where=All(rest))
    if form.level is not None:
        yield phrase(f"level.{form.level}", language), replace(form, level=None)
    if form.want == "agencies" and form.role is not None:
        yield say(language, f"role.{form.role}"), replace(form, role=None)
    if form.want == "targets" and form.field is not None:
        yield form.field, replace(form, field=None)


def _is_asked_about(condition: Condition, form: Form) -> bool:
    """Say whether a condition names what the question is about: without it there is no question."""
    if isinstance(condition, Numbered):
        return True
    if form.want == "truth":
        return not isinstance(condition, (Within, InSection))
    if form.want == "compare":
        return isinstance(condition, By)
    return isinstance(condition, About) and form.want in _DESCRIBED and form.extreme is None


def words_of(condition: Condition, language: str) -> str:
    """Return what a question calls a condition: as it was typed, where words were kept."""
    match condition:
        case Timed(_, _, _, words) | InSection(_, words, _, _) | About(words) if words:
            return words.strip().replace("\n", " … ")
        case By(who, None, False):
            return who.words
    return reading_of_condition(condition, language)


def usual(busiest: Named | None) -> Iterator[Form]:
    """Yield the forms that any base with tasks or numbers can answer, the plainest first."""
    if busiest is not None:
        yield Form("tasks", All((By(busiest),)))
    yield Form("agencies", extreme="most")
    yield Form("tasks", count=True)
    yield Form("targets")
    yield Form("document", field="title")
