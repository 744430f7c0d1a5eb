"""A question → an answer: tag, parse, resolve, query, phrase. One `Asker` serves all questions to one base.

    question → names, figures, words (tags) → parts → forms (ontology/ask) → descriptions resolved → SPARQL → Answer

Several readings may parse; the first that the base can answer is the answer. If none can, the first reason that
says what is missing is given. A question that does not parse whole is not answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from vetkb.ask.agencies import answer_agencies, answer_compare, answer_most_tasks, answer_pairs, answer_truth
from vetkb.ask.answer import Answer
from vetkb.ask.conflicts import answer_conflicts
from vetkb.ask.context import Context, Declined
from vetkb.ask.cover import load_reading
from vetkb.ask.documents import answer_citations, answer_document, answer_parts, answer_passages, answer_structure
from vetkb.ask.entities import Entities, EntityFinder
from vetkb.ask.facts import Facts
from vetkb.ask.figures import prepare_terms, with_edges
from vetkb.ask.form import About, All, By, Form, Named, Numbered, OnlyBy, Within, canonical, conditions
from vetkb.ask.grammar import parts_of, prepare
from vetkb.ask.kinds import load_kinds
from vetkb.ask.makers import forms_of
from vetkb.ask.notes import with_notes
from vetkb.ask.printed_units import answer_by_printed_number, names_a_unit
from vetkb.ask.provisions import answer_due, answer_provisions
from vetkb.ask.reader import answer_by_quoting
from vetkb.ask.refusal import Refusals
from vetkb.ask.resolve import resolve
from vetkb.ask.spelling import language_of, said_once, spellings_of, whole_characters
from vetkb.ask.suggest import Completion, candidates, complete
from vetkb.ask.tagging import SHORT_NAME, Tagger
from vetkb.ask.tags import TEXT, readings
from vetkb.ask.targets import answer_targets
from vetkb.ask.tasks import answer_most_units, answer_schedule, answer_tasks
from vetkb.ask.words import Words, fold, load_words, plainly
from vetkb.errors import UsageError
from vetkb.gazetteer import simplified
from vetkb.store import Store

LONGEST_QUESTION: Final = 500
_KNOWN: Final = 0.5  # share of the words in brackets that a text must have for them to translate anything
_ANSWERS: Final[dict[str, Callable[[Form, Context], Answer | Declined]]] = {
    "tasks": answer_tasks,
    "agencies": answer_agencies,
    "truth": answer_truth,
    "schedule": answer_schedule,
    "targets": answer_targets,
    "document": answer_document,
    "citations": answer_citations,
    "programmes": answer_parts,
    "passages": answer_passages,
    "pairs": answer_pairs,
    "compare": answer_compare,
    "structure": answer_structure,
    "provisions": answer_provisions,
    "due": answer_due,
    "conflicts": answer_conflicts,
}


def answer(
    question: str,
    store: Store,
    *,
    language: str | None = None,
    document: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """Answer one question to a base; for several, keep an `Asker`. Raises UsageError and UnknownNameError."""
    return Asker(store).answer(question, language=language, document=document, as_of=as_of)


@dataclass(frozen=True)
class Asker:
    """提问 — Answers questions to one base; what a base knows by name is read once."""

    store: Store

    @cached_property
    def finder(self) -> EntityFinder:
        return EntityFinder(Entities.of(self.store.rdf))

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.store.rdf)

    @cached_property
    def tagger(self) -> Tagger:
        return Tagger(self.finder)

    @cached_property
    def _refusals(self) -> Refusals:
        return Refusals(self.tagger, self._run, self.parse)

    def prepare(self) -> None:
        """Make what questions need, so that the first one is as fast as the others: for servers."""
        prepare()
        load_kinds()
        for language in ("zh", "en"):
            self._words(language).prepare()
        load_reading()
        prepare_terms()
        self.finder.prepare()

    def prepare_sounds(self) -> None:
        """Load what names that are typed almost right are found by: slow, and few questions have one."""
        self.tagger.gazetteer.link("某某局")

    def answer(
        self, question: str, *, language: str | None = None, document: str | None = None, as_of: date | None = None
    ) -> Answer:
        """Answer a question. Raises UsageError if it is empty or over 500 characters, UnknownNameError for a document."""
        question = whole_characters(question)
        text = plainly(said_once(question.strip())).strip()
        if not text or len(question.strip()) > LONGEST_QUESTION:
            raise UsageError(f"a question has 1 to {LONGEST_QUESTION} characters; this one has {len(question.strip())}")
        if language not in (None, "zh", "en"):
            raise UsageError(f"unknown language {language!r}; known: zh, en")
        scope = self._scope(document)
        asked = language_of(text)
        outcome = self._outcome(text, asked, language or asked, scope, as_of)
        return replace(outcome, question=question)

    def complete(self, typed: str, *, language: str | None = None, limit: int = 5) -> list[Completion]:
        """Return questions that complete what is being typed and have answers, with the number of their results."""
        if len(typed) > LONGEST_QUESTION:
            raise UsageError(f"a question has at most {LONGEST_QUESTION} characters")
        known = self._candidates[language or ("en" if typed.isascii() and typed.strip() else "zh")]
        return complete(typed, known, lambda question: self.answer(question, language=language), limit)

    def _words(self, language: str) -> Words:
        """Return the words of a language; to the English ones the base adds what its texts call others."""
        return self._english if language == "en" else load_words(language)

    @cached_property
    def _english(self) -> Words:
        words = load_words("en")
        glossary = words.glossary
        return replace(words, glossary=replace(glossary, dictionary=self.store.translations)) if glossary is not None else words

    @cached_property
    def _candidates(self) -> dict[str, tuple[str, ...]]:
        return {language: candidates(self.finder.entities, language) for language in ("zh", "en")}

    def _scope(self, document: str | None) -> Within | None:
        if document is None:
            return None
        entry = self.store.document(document)
        return Within(Named(document, entry.id, (entry.iri,)))

    def _outcome(self, text: str, asked: str, language: str, scope: Within | None, as_of: date | None) -> Answer:
        words = self._words(asked)
        spoken = words if language == asked else replace(words, language=language)
        bare = Context(self.store, self.finder.entities, spoken, scope, self.facts, as_of)
        told = self._by_printed_number(text, bare, asked)
        if told is not None:
            return told
        refusals: list[Declined] = []
        settled = False
        spellings: list[str] = []
        for typed in spellings_of(text, self._is_known):
            spellings.append(typed)
            for notes, form in self._forms(typed, words):
                context = replace(bare, notes=list(notes))
                found = self._run(form, context)
                if isinstance(found, Answer):
                    if refusals and not found.results and found.value == 0:
                        continue  # nothing, counted in a less likely reading, says less than why a likelier one was refused
                    return self._refusals.with_emptied(found, form, context)
                refusals.append(replace(found, form=form))
                settled |= not notes and _is_settled(form)
        context = replace(bare, notes=[])
        if not settled and not any(one.status == "ambiguous" for one in refusals):
            quoted = self._quoted(spellings, context, asked)
            if isinstance(quoted, Answer):
                return quoted
            refusals += [quoted] if quoted is not None else []
        return self._refusals.refuse(text, words, refusals, context)

    def _by_printed_number(self, text: str, context: Context, language: str) -> Answer | None:
        typed = simplified(text)
        if not names_a_unit(typed):
            return None
        typed, within = self._without_document(typed)
        return answer_by_printed_number(typed, replace(context, scope=context.scope or within), language)

    def _quoted(self, spellings: Sequence[str], context: Context, language: str) -> Answer | Declined | None:
        """Answer with sentences that hold all words of a question; else the first reason why none does."""
        declined = None
        for spelling in spellings:
            typed, within = self._without_document(simplified(spelling))
            known = list(self.finder.find(typed, fold(typed)))
            names = {
                fold(one.text): self.finder.aliases(one.value)
                for one in known
                if isinstance(one.value, Named) and len(one.text) > SHORT_NAME
            }
            labels = [fold(one.text) for one in known if one.kind == TEXT]
            if language == "en":
                typed, names = self._bodies_in_chinese(typed, context.words, names)
            found = answer_by_quoting(typed, names, replace(context, scope=context.scope or within), language, labels)
            if isinstance(found, Answer):
                return found
            declined = declined or found
        return declined

    def _bodies_in_chinese(
        self, typed: str, words: Words, names: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, dict[str, tuple[str, ...]]]:
        """Return a question with its bodies called as the texts call them, and what else they are called."""
        said = {name: others for name, others in names.items() if not name.isascii()}
        found = [one for one in self.tagger.names_of(typed, fold(typed), words) if one.kind == "AGENCY" and one.text.isascii()]
        end = len(typed) + 1
        for one in sorted(found, key=lambda one: (-one.end, one.start)):
            if one.end < end and isinstance(one.value, Named):
                label = fold(self.finder.entities.labels[one.value.iris[0]])
                typed = f"{typed[: one.start]} {label} {typed[one.end :]}"
                said[label] = self.finder.aliases(one.value)
                end = one.start
        return typed, said

    def _without_document(self, typed: str) -> tuple[str, Within | None]:
        """Return a question without the one document that it names, and that document."""
        named = {
            one: one.value
            for one in self.finder.find(typed, fold(typed))
            if one.kind == "DOCNAME" and isinstance(one.value, Named)
        }
        if len({value.iris for value in named.values()}) != 1:
            return typed, None
        longest = max(named, key=lambda one: one.end - one.start)
        return f"{typed[: longest.start]} {typed[longest.end :]}", Within(named[longest])

    def _is_known(self, words: str) -> bool:
        """Say whether the base has a name in words, or a text that holds much of them."""
        if next(self.finder.find(words, fold(words)), None) is not None:
            return True
        return any(hit.coverage >= _KNOWN for hit in self.store.nearest(words, 1))

    def parse(self, question: str) -> Form | None:
        """Return what a question means, in canonical form; None where it is not understood whole.

        What `vetkb.ask.verbalise` says of a form is read as that form.
        """
        words = self._words(language_of(question))
        return next((canonical(form) for _, form in self._forms(question, words)), None)

    def _forms(self, text: str, words: Words) -> Iterator[tuple[tuple[str, ...], Form]]:
        """Yield the forms that a question may have, the likeliest first, with the names that had to be put right."""
        for notes, tags in self.tagger.tagged(text, words):
            for reading in readings(tags, text, words):
                for form in forms_of(parts_of(with_edges(reading, words.language)) or (), words.language):
                    yield notes, form

    def _run(self, form: Form, context: Context) -> Answer | Declined:
        if context.scope is not None and not any(isinstance(one, Within) for one in form.where.conditions):
            form = replace(form, where=All((*form.where.conditions, context.scope)))
        named = [one for one in form.where.conditions if isinstance(one, Within)]
        if context.scope is None and len(named) == 1:
            context = replace(context, scope=named[0])  # what is searched for is searched there
        resolved = resolve(form, context)
        if isinstance(resolved, Declined):
            return resolved
        if resolved.extreme and resolved.want == "tasks":
            found = answer_most_units(resolved, context)
        elif resolved.extreme and resolved.want == "agencies":
            found = answer_most_tasks(resolved, context)
        else:
            found = _ANSWERS[resolved.want](resolved, context)
        return with_notes(found, resolved, context) if isinstance(found, Answer) else found


def _is_settled(form: Form) -> bool:
    """Say whether a form that found nothing was all that could be meant: a party or a number, or words that a text must hold."""
    everything = conditions(form.where)
    if any(isinstance(one, About) and one.own for one in everything):
        return True
    kinds = {type(one) for one in everything}
    return About not in kinds and bool({By, OnlyBy, Numbered} & kinds)
