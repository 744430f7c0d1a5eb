"""Why a question has no answer → the answer that says so, with what could be asked instead.

The likeliest reason comes first: a name that the base does not hold, then what the readings of the question lack,
then words that are not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from vetkb.ask.answer import Answer
from vetkb.ask.context import Context, Declined
from vetkb.ask.form import All, By, Form, Named
from vetkb.ask.nearby import Nearby, first_of, usual
from vetkb.ask.tagging import Tagger, stranger
from vetkb.ask.tags import TEXT
from vetkb.ask.words import Words, load_words
from vetkb.engine import Iri

_REASONS: Final = ("ambiguous", "not_found", "unsupported")
_NEAREST: Final = 2  # bodies whose names are near one that the base does not hold
_BUSIEST: Final = """PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?agency (COUNT(?task) AS ?tasks) { ?task vk:responsibleAgency ?agency }
GROUP BY ?agency ORDER BY DESC(?tasks) ?agency LIMIT 1"""


@dataclass(frozen=True)
class Refusals:
    """不能回答 — Says why there is no answer; `run` answers a form, `parse` reads a question."""

    tagger: Tagger
    run: Callable[[Form, Context], Answer | Declined]
    parse: Callable[[str], Form | None]
    _known: dict[tuple[str, tuple[Iri, ...], int], tuple[tuple[str, int], ...]] = field(default_factory=dict)
    _most: list[Iri | None] = field(default_factory=list)

    def refuse(self, text: str, words: Words, refusals: Iterable[Declined], context: Context) -> Answer:
        """Return why a question has no answer; `refusals` say what each of its readings lacks."""
        tags = next(self.tagger.tagged(text, words))[1]
        unknown_name = stranger(tags, text)
        found = sorted(refusals, key=lambda one: _REASONS.index(one.status))
        forms: Sequence[Form] = ()
        understood = None
        if unknown_name is not None and not (found and found[0].status == "ambiguous"):
            status, reason = "not_found", context.say("refuse_agency", words=unknown_name)
            forms = self._nearest(unknown_name, context)
        elif found:
            status, reason, forms, understood = found[0].status, found[0].reason, found[0].suggestions, found[0].understood
            if found[0].form is not None and status == "not_found":
                said, wider = self._nearby(context).emptied(found[0].form)
                reason = f"{reason}{' ' if said else ''}{said}"
                forms = (*wider, *forms)
        else:
            status = "unsupported"
            unknown = [one.text for one in tags if one.kind == TEXT]
            reason = context.say("refuse_words", words=context.joined(unknown)) if unknown else context.say("refuse_order")
        suggested, results = first_of(chain(self._nearby(context).asked(forms), self._usual(context)))
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

        def count(form: Form) -> int:
            found = self.run(form, replace(context, words=words, notes=[]))
            return len(found.results) if isinstance(found, Answer) else 0

        return Nearby(context.language, count, self.parse)

    def _nearest(self, name: str, context: Context) -> list[Form]:
        """Return questions about the agencies whose names are nearest to one that the base does not know."""
        if name.isascii() or context.language == "en":
            return []
        nearest = self.tagger.nearest(name, _NEAREST)
        return [Form("tasks", All((By(context.entities.named(one, context.language)),))) for one in nearest]

    def _usual(self, context: Context) -> Iterator[tuple[str, int]]:
        """Yield the plainest questions that this base can answer; each is asked once, and only when it is needed."""
        scope = context.scope.documents.iris if context.scope is not None else ()
        nearby = self._nearby(context)
        for place, form in enumerate(usual(self._busiest(context))):
            key = (context.language, scope, place)
            if key not in self._known:
                self._known[key] = tuple(nearby.asked([form]))
            yield from self._known[key]

    def _busiest(self, context: Context) -> Named | None:
        """Return the body with most tasks, by its name in the language of the question."""
        if not self._most:
            rows = context.select(_BUSIEST)
            self._most.append(Iri(str(rows[0]["agency"])) if rows else None)
        busiest = self._most[0]
        return context.entities.named(busiest, context.language) if busiest is not None else None
