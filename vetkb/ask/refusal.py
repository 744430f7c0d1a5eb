"""Why a question has no answer → the answer that says so, with what could be asked instead.

The likeliest reason comes first: a name that the base does not hold, then what the readings of the question lack,
then words that are not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Final, TypeVar

from vetkb.ask.answer import Answer
from vetkb.ask.context import Context, Declined
from vetkb.ask.form import All, By, Form, Named, Within
from vetkb.ask.nearby import Nearby, first_of, usual
from vetkb.ask.tagging import Tagger, stranger
from vetkb.ask.tags import TEXT
from vetkb.ask.words import Words, load_words
from vetkb.engine import Iri

_REASONS: Final = ("ambiguous", "not_found", "unsupported")
_MOST_KEPT: Final = 10_000
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")
_NEAREST: Final = 2  # bodies whose names are near one that the base does not hold
_BUSIEST: Final = """PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?agency (COUNT(?task) AS ?tasks) { ?task vk:responsibleAgency ?agency }
GROUP BY ?agency ORDER BY DESC(?tasks) ?agency LIMIT 1"""


@dataclass(frozen=True)
class Refusals:
    """不能回答 — Says why there is no answer; `run` answers a form, `parse` reads a question.

    What a suggested form finds is kept: a build never changes, and the same questions are suggested again and again.
    """

    tagger: Tagger
    run: Callable[[Form, Context], Answer | Declined]
    parse: Callable[[str], Form | None]
    _counts: dict[tuple[Form, str, Within | None, date | None], int] = field(default_factory=dict)
    _read: dict[str, Form | None] = field(default_factory=dict)
    _most: list[Iri | None] = field(default_factory=list)

    def refuse(self, text: str, words: Words, refusals: Iterable[Declined], context: Context) -> Answer:
        """Return why a question has no answer; `refusals` say what each of its readings lacks."""
        tags = self.tagger.tags_of(text, words)
        unknown_name = stranger(tags, text)
        found = sorted(refusals, key=lambda one: _REASONS.index(one.status))
        forms: Sequence[Form] = ()
        understood = None
        nearby = self._nearby(context)
        if unknown_name is not None and not (found and found[0].status == "ambiguous"):
            status, reason = "not_found", context.say("refuse_agency", words=unknown_name)
            forms = self._nearest(unknown_name, context)
        elif found:
            status, reason, forms, understood = found[0].status, found[0].reason, found[0].suggestions, found[0].understood
            if found[0].form is not None and status == "not_found":
                said, wider = nearby.emptied(found[0].form)
                reason = f"{reason}{' ' if said else ''}{said}"
                forms = (*wider, *forms)
        else:
            status = "unsupported"
            unknown = [one.text for one in tags if one.kind == TEXT]
            reason = context.say("refuse_words", words=context.joined(unknown)) if unknown else context.say("refuse_order")
        suggested, results = first_of(nearby.asked(chain(forms, usual(self._busiest(context)))))
        return Answer(
            "",
            context.language,
            status,  # type: ignore[arg-type]
            reason,
            understood=understood,
            suggestions=suggested,
            suggestion_results=results,
        )

    def with_emptied(self, found: Answer, form: Form, context: Context) -> Answer:
        """Say of an answer that counts nothing which condition leaves nothing over."""
        if not form.count or found.results or found.value != 0:
            return found
        said, _ = self._nearby(context).emptied(form)
        return replace(found, notes=(*found.notes, said)) if said else found

    def _nearby(self, context: Context) -> Nearby:
        words = load_words(context.language)
        held = (context.language, context.scope, context.today)

        def count(form: Form) -> int:
            known = self._counts.get((form, *held))
            if known is None:
                found = self.run(form, replace(context, words=words, notes=[]))
                known = len(found.results) if isinstance(found, Answer) else 0
                _keep(self._counts, (form, *held), known)
            return known

        def parse(question: str) -> Form | None:
            known = self._read.get(question)
            if known is None:
                known = self.parse(question)
                _keep(self._read, question, known)
            return known

        return Nearby(context.language, count, parse)

    def _nearest(self, name: str, context: Context) -> list[Form]:
        """Return questions about the agencies whose names are nearest to one that the base does not know."""
        if name.isascii() or context.language == "en":
            return []
        nearest = self.tagger.nearest(name, _NEAREST)
        return [Form("tasks", All((By(context.entities.named(one, context.language)),))) for one in nearest]

    def _busiest(self, context: Context) -> Named | None:
        """Return the body with most tasks, by its name in the language of the question."""
        if not self._most:
            rows = context.select(_BUSIEST)
            self._most.append(Iri(str(rows[0]["agency"])) if rows else None)
        busiest = self._most[0]
        return context.entities.named(busiest, context.language) if busiest is not None else None


def _keep(kept: dict[_Key, _Found], key: _Key, found: _Found) -> None:
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = found
