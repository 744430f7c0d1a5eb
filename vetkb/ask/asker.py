"""A question → an answer: tag, parse, resolve, query, phrase. One `Asker` serves all questions to one base.

    question → names, figures, words (tags) → parts → forms (ontology/ask) → descriptions resolved → SPARQL → Answer

Several readings may parse; the first that the base can answer is the answer. If none can, the first reason that
says what is missing is given. A question that does not parse whole is not answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Final

from vetkb.ask.agencies import answer_agencies, answer_compare, answer_most_tasks, answer_pairs, answer_truth
from vetkb.ask.answer import Answer
from vetkb.ask.context import Context, Declined
from vetkb.ask.cover import load_reading
from vetkb.ask.documents import answer_citations, answer_document, answer_parts, answer_passages, answer_structure
from vetkb.ask.entities import Entities, EntityFinder
from vetkb.ask.facts import Facts
from vetkb.ask.figures import find_figures, prepare_terms, with_edges
from vetkb.ask.form import About, All, By, Form, Named, Numbered, OnlyBy, Within, canonical, conditions
from vetkb.ask.grammar import parts_of, prepare
from vetkb.ask.kinds import forms_of, load_kinds
from vetkb.ask.nearby import Nearby, first_of, usual
from vetkb.ask.reader import answer_by_quoting
from vetkb.ask.resolve import resolve
from vetkb.ask.suggest import Completion, candidates, complete
from vetkb.ask.tags import STRANGER, TEXT, Tag, readings, tag
from vetkb.ask.targets import answer_targets
from vetkb.ask.tasks import answer_most_units, answer_schedule, answer_tasks
from vetkb.ask.words import Words, fold, load_words, plainly
from vetkb.engine import Iri
from vetkb.errors import UsageError
from vetkb.gazetteer import Entry, Gazetteer, Link, pinyin, simplified
from vetkb.store import Store

LONGEST_QUESTION: Final = 500
_LONGEST_NAME: Final = 24
_BUSIEST: Final = """PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?agency (COUNT(?task) AS ?tasks) { ?task vk:responsibleAgency ?agency }
GROUP BY ?agency ORDER BY DESC(?tasks) ?agency LIMIT 1"""
_PRINTED: Final = """
SELECT DISTINCT ?agency ?name { %s ?participation cv:hasParticipant ?agency ; vk:surface ?name }"""
_IN_BRACKETS: Final = re.compile(r"[（(][^（()）]*[）)]")
_AN_AGENCY: Final = re.compile(
    r"(?:局|委|办|厅|部|署|院|委员会|办公室|政府|中心|公司|bureau|commission|ministry|department|office)(?:长)?$", re.IGNORECASE
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ENGLISH_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_ENGLISH_START: Final = re.compile(r"[\s“\"'‘(]*[A-Za-z]{2,}[\s,]")
_GLOSSED: Final = re.compile(r"((?:[\w'’“”\"‘-]+[\s,]+){1,12})[(（]([^()（）]*[\u3400-\u9fff][^()（）]*)[)）]")
_GOVERNING: Final = frozenset(
    [
        "not",
        "but",
        "or",
        "nor",
        "neither",
        "only",
        "except",
        "besides",
        "than",
        "without",
        "often",
        "many",
        "much",
        "when",
        "who",
        "by",
    ]
)
_SHORT_NAME: Final = 2
_KNOWN: Final = 0.5  # share of the words in brackets that a text must have for them to translate anything
_LONGEST_GLOSS: Final = 9  # English words that Chinese in brackets may stand for
_GLUED: Final = frozenset({TEXT, "FILLER", "LEVEL", "CLASSIFIER", "AND", "AGENCY"})
_SEPARATE: Final = frozenset("的，,：:。？?和与及、了请是")
_TRUSTED_LAYERS: Final = ("normalised", "pinyin", "abbreviation")
_REASONS: Final = ("ambiguous", "not_found", "unsupported")
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
    def gazetteer(self) -> Gazetteer:
        """The names of agencies, for what is typed almost right; made when the first such name is met."""
        return Gazetteer(Entry(" ".join(iris), name, "agency") for name, iris in sorted(self._bodies.items()))

    @cached_property
    def _bodies(self) -> dict[str, tuple[Iri, ...]]:
        """The bodies of each Chinese name of more than two characters."""
        entities = self.finder.entities
        found = {name: (iri,) for iri, name in entities.full.items()}
        short = ((name, named) for name, named in entities.agencies.items() if not name.isascii() and len(name) > _SHORT_NAME)
        return found | {name: named.iris for name, named in short}

    def prepare(self) -> None:
        """Make everything that questions need, so that the first one is as fast as the others: for servers."""
        prepare()
        load_kinds()
        for language in ("zh", "en"):
            load_words(language)
        load_reading()
        prepare_terms()
        # what is typed almost right is compared by sound: the library for that is slow to load
        pinyin("局")
        self.gazetteer.link("某某局")

    def answer(
        self, question: str, *, language: str | None = None, document: str | None = None, as_of: date | None = None
    ) -> Answer:
        """Answer a question. Raises UsageError if it is empty or over 500 characters, UnknownNameError for a document."""
        # half a surrogate pair is no character; it would end in nobody's output
        question = _LONE_SURROGATE.sub("\ufffd", question)
        text = plainly(_said_once(question.strip())).strip()
        if not text or len(question.strip()) > LONGEST_QUESTION:
            raise UsageError(f"a question has 1 to {LONGEST_QUESTION} characters; this one has {len(question.strip())}")
        if language not in (None, "zh", "en"):
            raise UsageError(f"unknown language {language!r}; known: zh, en")
        scope = self._scope(document)
        asked = _language_of(text)
        outcome = self._outcome(text, asked, language or asked, scope, as_of)
        return replace(outcome, question=question)

    def complete(self, typed: str, *, language: str | None = None, limit: int = 5) -> list[Completion]:
        """Return questions that complete what is being typed and have answers, with the number of their results."""
        if len(typed) > LONGEST_QUESTION:
            raise UsageError(f"a question has at most {LONGEST_QUESTION} characters")
        known = self._candidates[language or ("en" if typed.isascii() and typed.strip() else "zh")]
        return complete(typed, known, lambda question: self.answer(question, language=language), limit)

    @cached_property
    def _candidates(self) -> dict[str, tuple[str, ...]]:
        return {language: candidates(self.finder.entities, language) for language in ("zh", "en")}

    def _scope(self, document: str | None) -> Within | None:
        if document is None:
            return None
        entry = self.store.document(document)
        return Within(Named(document, entry.id, (entry.iri,)))

    def _outcome(self, text: str, asked: str, language: str, scope: Within | None, as_of: date | None) -> Answer:
        words = load_words(asked)
        spoken = words if language == asked else replace(words, language=language)
        refusals: list[Declined] = []
        settled = False
        spellings: list[str] = []
        for typed in _spellings(text, self._is_known):
            spellings.append(typed)
            for notes, form in self._forms(typed, words):
                context = Context(self.store, self.finder.entities, spoken, scope, self.facts, as_of, list(notes))
                found = self._run(form, context)
                if isinstance(found, Answer):
                    if refusals and not found.results and found.value == 0:
                        continue  # nothing, counted in a less likely reading, says less than why a likelier one was refused
                    return self._with_emptied(found, form, context)
                refusals.append(replace(found, form=form))
                settled |= not notes and _is_settled(form)
        context = Context(self.store, self.finder.entities, spoken, scope, self.facts, as_of)
        if not settled and not any(one.status == "ambiguous" for one in refusals):
            quoted = None
            for typed in spellings:
                typed, within = self._without_document(simplified(typed))
                context = replace(context, scope=scope or within)
                known = list(self.finder.find(typed, fold(typed)))
                names = {
                    fold(one.text): self.finder.aliases(one.value)
                    for one in known
                    if isinstance(one.value, Named) and len(one.text) > _SHORT_NAME
                }
                labels = [fold(one.text) for one in known if one.kind == TEXT]
                read = answer_by_quoting(typed, names, context, asked, labels)
                quoted = read if isinstance(read, Answer) else quoted or read
                if isinstance(read, Answer):
                    break
            if isinstance(quoted, Answer):
                return quoted
            refusals += [quoted] if quoted is not None else []
        return self._refusal(text, words, refusals, context)

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
        words = load_words(_language_of(question))
        return next((canonical(form) for _, form in self._forms(question, words)), None)

    def _forms(self, text: str, words: Words) -> Iterator[tuple[tuple[str, ...], Form]]:
        """Yield the forms that a question may have, the likeliest first, with the names that had to be put right."""
        for notes, tags in self._tagged(text, words):
            for reading in readings(tags, text, words):
                for form in forms_of(parts_of(with_edges(reading, words.language)) or (), words.language):
                    yield notes, form

    def _tagged(self, text: str, words: Words) -> Iterator[tuple[tuple[str, ...], list[Tag]]]:
        """Yield the tags of a question; then, where a name was typed almost right, those with it put right."""
        folded = fold(text)
        known = [*self.finder.find(text, folded), *find_figures(text, folded, words.language)]
        tags = self._entitled(_whole_names(tag(text, folded, words, known), text))
        yield (), tags
        linked = [self._linked(one) for one in tags if one.kind == TEXT and len(one.text) <= _LONGEST_NAME]
        corrected = {found.start: found for found in linked if found is not None}
        if corrected:
            notes = tuple(f"{one.text}\n{one.value.label}" for one in corrected.values() if isinstance(one.value, Named))
            yield notes, [corrected.get(one.start, one) for one in tags]

    def _entitled(self, tags: Sequence[Tag]) -> list[Tag]:
        """Join words and the kind of document after them into its name, where one title alone has them."""
        joined: list[Tag] = []
        for one in tags:
            last = joined[-1] if joined else None
            if one.kind == "DOC" and last is not None and last.kind == TEXT and last.end == one.start:
                words = last.text + one.text
                named = self.finder.entitled(words)
                if named is not None:
                    joined[-1] = replace(last, kind="DOCNAME", end=one.end, text=words, value=replace(named, words=words))
                    continue
            joined.append(one)
        return joined

    def _linked(self, one: Tag) -> Tag | None:
        """Return a tag for a name that differs from a known one in a character that sounds the same, or is a short form."""
        if one.text.isascii() or len(one.text) <= _SHORT_NAME:
            return None
        link = self.gazetteer.link(one.text)
        if not isinstance(link, Link) or link.layer not in _TRUSTED_LAYERS:
            return None
        iris = tuple(dict.fromkeys(iri for entry in link.entries for iri in self._bodies[entry.name]))
        entities = self.finder.entities
        label = "、".join(entities.full.get(iri, entities.labels[iri]) for iri in iris)
        return replace(one, kind="AGENCY", value=Named(entities.labels[iris[0]], label, iris))

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
        return _with_notes(found, resolved, context) if isinstance(found, Answer) else found

    def _refusal(self, text: str, words: Words, refusals: Iterable[Declined], context: Context) -> Answer:
        tags = next(self._tagged(text, words))[1]
        stranger = _stranger(tags, text)
        found = sorted(refusals, key=lambda one: _REASONS.index(one.status))
        forms: Sequence[Form] = ()
        understood = None
        if stranger is not None and not (found and found[0].status == "ambiguous"):
            status, reason = "not_found", context.say("refuse_agency", words=stranger)
            forms = self._nearest(stranger, context)
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

    def _nearby(self, context: Context) -> Nearby:
        words = load_words(context.language)

        def count(form: Form) -> int:
            found = self._run(form, Context(self.store, self.finder.entities, words, context.scope, self.facts, context.today))
            return len(found.results) if isinstance(found, Answer) else 0

        return Nearby(context.language, count, self.parse)

    def _with_emptied(self, found: Answer, form: Form, context: Context) -> Answer:
        """Say of an answer that counts nothing which condition leaves nothing over."""
        if not form.count or found.results or found.value != 0:
            return found
        said, _ = self._nearby(context).emptied(form)
        return replace(found, notes=(*found.notes, said)) if said else found

    def _nearest(self, name: str, context: Context) -> list[Form]:
        """Return questions about the agencies whose names are nearest to one that the base does not know."""
        if name.isascii() or context.language == "en":
            return []
        link = self.gazetteer.link(name)
        nearest = [self.finder.entities.named(self._bodies[entry.name][0], context.language) for entry in link.entries[:2]]
        return [Form("tasks", All((By(who),))) for who in nearest]

    def _usual(self, context: Context) -> list[tuple[str, int]]:
        """Return the plainest questions that this base can answer; they are asked once."""
        scope = context.scope.documents.iris if context.scope is not None else ()
        if (context.language, scope) not in self._known:
            rows = context.select(_BUSIEST)
            busiest = rows[0]["agency"] if rows else None
            who = self.finder.entities.named(Iri(str(busiest)), context.language) if busiest is not None else None
            self._known[context.language, scope] = list(self._nearby(context).asked(usual(who)))
        return self._known[context.language, scope]

    @cached_property
    def _known(self) -> dict[tuple[str, tuple[Iri, ...]], list[tuple[str, int]]]:
        return {}


def _is_settled(form: Form) -> bool:
    """Say whether a form that found nothing was all that could be meant: a party or a number, and no description."""
    kinds = [type(one) for one in conditions(form.where)]
    return About not in kinds and bool({By, OnlyBy, Numbered} & set(kinds))


def _stranger(tags: Sequence[Tag], text: str) -> str | None:
    """Return the first name of an agency or document that the base does not hold, with the words it is glued to."""
    for place, one in enumerate(tags):
        if one.kind == STRANGER or (one.kind == TEXT and _AN_AGENCY.search(one.text)):
            start = one.start
            for before in reversed(tags[:place]):
                if one.kind == STRANGER or before.end != start or before.kind not in _GLUED or before.text in _SEPARATE:
                    break
                start = before.start
            return text[start : one.end]
    return None


def _language_of(text: str) -> str:
    """Return en for a question that begins in English, whatever Chinese names it has, and for one without Chinese.

    >>> _language_of("Who issued 国办发〔2019〕3号?"), _language_of("GDP是多少"), _language_of("市财政局 tasks")
    ('en', 'zh', 'zh')
    """
    words = _ENGLISH_WORD.findall(text)
    chinese = any("\u3400" <= letter <= "\u9fff" for letter in text)
    if not chinese:
        return "en"
    return "en" if len(words) > 1 and _ENGLISH_START.match(text) else "zh"


def _said_once(text: str) -> str:
    """Return what a text says again and again, once; a text of no such kind as it is.

    >>> _said_once("有哪些任务？有哪些任务？有哪些"), _said_once("有哪些任务？")
    ('有哪些任务？', '有哪些任务？')
    """
    # the longest beginning that is an end as well, for each beginning (Knuth, Morris and Pratt)
    borders = [0] * len(text)
    for at in range(1, len(text)):
        length = borders[at - 1]
        while length and text[length] != text[at]:
            length = borders[length - 1]
        borders[at] = length + (text[length] == text[at])
    period = len(text) - borders[-1] if text else 0
    return text[:period] if 0 < period <= len(text) // 2 else text


def _spellings(text: str, is_known: Callable[[str], bool]) -> Iterator[str]:
    """Yield a question as typed; then with Chinese in brackets instead of the English before it; then simplified.

    Chinese in brackets that the base has never heard of (`is_known`) puts nothing right.
    """
    yield text
    other = simplified(text)
    found = _GLOSSED.search(text)
    if found:
        words = found[1].split() if is_known(found[2]) else []
        for number in range(1, min(len(words), _LONGEST_GLOSS + 1)):
            if words[-number].lower() in _GOVERNING:
                return  # what it governs is not what the brackets translate
            yield f"{text[: found.start()]}{' '.join(words[:-number])} {found[2]} {text[found.end() :]}".strip()
        gloss = fold(found[2])
        if any(phrase.text == gloss for phrase in load_words("zh").starting_at(gloss, 0)):
            # 主办 in brackets says again what sponsoring body says
            yield f"{text[: found.start()]}{found[1].strip()} {text[found.end() :]}".strip()
    elif other != text:
        yield other


def _whole_names(tags: list[Tag], text: str) -> list[Tag]:
    """Undo a name that is glued to words of no kind: 北京市财政局 is not 市财政局, 财政局长 is nobody's bureau."""
    kept: list[Tag] = []
    for place, one in enumerate(tags):
        before = tags[place - 1] if place else None
        after = tags[place + 1] if place + 1 < len(tags) else None
        beside = any(
            other is not None and other.kind == "AGENCY"
            for other in (
                before if before is not None and before.end == one.start else None,
                after if after is not None and one.end == after.start else None,
            )
        )
        glued = (
            beside
            or (before is not None and before.kind == TEXT and before.end == one.start)
            or (after is not None and after.kind == TEXT and one.end == after.start)
        )
        kept.append(replace(one, kind=TEXT) if one.kind == "AGENCY" and glued else one)
    joined: list[Tag] = []
    for one in kept:
        if joined and one.kind == TEXT and joined[-1].kind == TEXT and joined[-1].end == one.start:
            joined[-1] = replace(joined[-1], end=one.end, text=text[joined[-1].start : one.end])
        else:
            joined.append(one)
    return joined


def _is_printed(who: Named, context: Context) -> bool:
    """Say whether the base has the name that was typed, or a longer one with it: 财政局 is in 安阳市财政局.

    A second name in brackets, as in 市农业局(市畜牧局), is not the body's own.
    """
    rows = context.look_up(_PRINTED, "?agency", who.iris)
    names = [context.entities.labels.get(who.iris[0], ""), who.label, *(str(row["name"]) for row in rows)]
    return any(fold(who.words) in fold(_IN_BRACKETS.sub("", name)) for name in names)


def _with_notes(found: Answer, form: Form, context: Context) -> Answer:
    """Add how typed names were taken: corrected, or shared by several bodies."""
    notes: list[str] = []
    for one in found.notes:
        typed, broken, name = one.partition("\n")
        notes.append(context.say("note_linked", typed=typed, name=name) if broken else one)
    for part in conditions(form.where):
        who = part.who if isinstance(part, (By, OnlyBy)) else None
        if who is not None and len(who.iris) > 1:
            notes.append(context.say("note_several", typed=who.words, names=who.label))
        elif who is not None and not who.words.isascii() and not _is_printed(who, context):
            notes.append(context.say("note_linked", typed=who.words, name=context.entities.labels[who.iris[0]]))
    return replace(found, notes=tuple(dict.fromkeys(notes)))
