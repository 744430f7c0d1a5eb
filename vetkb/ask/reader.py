"""A question in free words → the sentences that answer it, quoted: for what no form of tasks or numbers can say.

A sentence, with the headings it stands under, answers a question if it holds every word of it, but for the words that
ask and those that say nothing (ontology/ask/reading.toml), and something of the kind that is asked for: a number for
多少, a time for 何时, a party for 谁. Most of it must stand in the sentence itself. One word that is nowhere (another
place, another year) and there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Final

from vetkb.ask.answer import Answer, Result
from vetkb.ask.context import Context, Declined, iri
from vetkb.ask.cover import Cover, Question, Reading, content_of, covered_words, load_reading, narrowest
from vetkb.ask.describe import plain
from vetkb.ask.documents import passages
from vetkb.ask.english import Glossary, is_yes_or_no, what_is_asked, with_chinese_dates
from vetkb.ask.form import About, All, Form
from vetkb.ask.measured import with_figures
from vetkb.ask.words import fold
from vetkb.engine import Iri
from vetkb.store import Hit
from vetkb.zh import find_document_numbers

_CANDIDATES: Final = 40
_MOST: Final = 3
_LONGEST_LIST: Final = 30
_LISTS_FOLLOW: Final = re.compile(r"[：:]\s*$")
_ASKS_LIST: Final = re.compile(r"哪些|哪几|什么(?:材料|条件|情形|情况|要求|内容|资料|程序|步骤)|\b(?:what|which)\b[^?]{0,40}s\b")
_SHOWN: Final = 5
_LISTS: Final = frozenset({"kinds", "meaning"})  # 分为哪几类 asks for names, not for a number
_LEAST_OWN: Final = 2  # characters of the question that the sentence itself must hold
_MOST_CONTENT: Final = 80  # a question that says more is none that a sentence answers
_LEAST_CONTENT: Final = 4  # characters of the question that say what it is about
_OWN_SHARE: Final = 0.5
_OWN_SHARE_PARTY: Final = 0.7  # who does something must stand with what is done
_OWN_SHARE_ASKED: Final = 0.3  # where the sentence has what is asked for: a number, a time, a party
_LONG_LABEL: Final = 8  # characters of a heading or task that is not named by chance
_LONG_WORDS: Final = 3  # characters that the words of a question have on average where they are no mere scraps
_SCRAPS: Final = 4  # a Chinese question is not answered by a sentence that has it in more scraps than this
_SPREAD_SCATTERED: Final = 2
_SPREAD: Final = 5  # how much wider than its words the stretch may be in which they stand
_FEW_WORDS: Final = 2
_AROUND: Final = 25
_WITHIN_ONE: Final = 25  # more where one document is asked, since its sentences are about one thing
_FARTHER: Final = 2.5
_FEW: Final = 6  # characters of a question that say little where many sentences have them
_NOTE: Final = re.compile(r"\s*[（(][^（()）]*[)）]\s*。?\s*")  # who is responsible, in brackets, says nothing else
_OR_NOT: Final = re.compile(r"([\u3400-\u9fff])不\1")  # 收不收 asks whether 收
_SHORT_VERB: Final = re.compile("[^\\W\\da-z不未无非没最省市县区乡镇村部局厅委办上下前后内外大小多少高低新旧东南西北中]")
_BESIDE: Final = 6
_OF_A_LIST: Final = re.compile("哪几|多久.{0,3}次|how often")
_NEGATION: Final = re.compile(r"[不未非勿]|禁止|除外|\b(?:not|no|only|never|without|except|besides|alone)\b|n['’]t\b")
_A_BODY: Final = re.compile(r"..[局委办厅部署院]$")
_A_THING: Final = "个"  # a unit of things, which months and times are none of
_END_OF_NOUN: Final = re.compile(
    r"[?,.;:]|\b(?:is|are|was|were|be|will|would|should|must|shall|can|could|may|might|do|does|did|has|have|had|need|needs|to|of|in|on|for|per"
    r"|by|with|from|at|under|that|which|who|based|a|an|the|each|one|there)\b"
)
_QUOTES: Final = re.compile('[“”"‘’「」]')
_HEADINGS: Final = """
SELECT ?node ?heading ?opening ?last ?before {
  %s
  ?node vk:item ?item ; vk:order ?order .
  OPTIONAL { ?item eli:is_part_of* ?upper . ?upper vk:heading ?heading . FILTER(?heading != ""@zh) }
  OPTIONAL {
    ?item eli:is_part_of ?list . ?first vk:item ?list ; a vk:Sentence ; vk:text ?opening . FILTER(STRENDS(?opening, "：")) }
  OPTIONAL { ?last vk:item ?item ; a vk:Sentence ; vk:order ?earlier ; vk:text ?before . FILTER(?earlier = ?order - 1) }
}"""
_LISTED: Final = """
SELECT ?node ?opening ?part {
  %s
  ?node vk:item ?item . ?item eli:is_part_of? ?list .
  ?opening vk:item ?list ; a vk:Sentence ; vk:order ?first ; vk:text ?text . FILTER(STRENDS(?text, "："))
  ?member eli:is_part_of ?list . ?part vk:item ?member ; a vk:Sentence ; vk:order ?place . FILTER(?place > ?first)
} ORDER BY ?place"""
_NEXT: Final = """
SELECT ?node ?next ?text {
  %s
  ?node vk:item ?item ; vk:order ?order . ?next vk:item ?item ; a vk:Sentence ; vk:order ?later ; vk:text ?text .
  FILTER(?later = ?order + 1)
}"""


def answer_by_quoting(
    question: str, names: Mapping[str, tuple[str, ...]], context: Context, language: str, labels: Sequence[str] = ()
) -> Answer | Declined | None:
    """Answer a question with sentences that hold all of its words; None where it has too few.

    `names` are the bodies that it names, each with what else it is called: they alone say nothing of what is asked.
    `labels` are headings and tasks of the base in the question: who does one is in no sentence that has but scraps of it.
    """
    reading = load_reading()
    asked = _OR_NOT.sub(r"\1", reading.everywhere.sub("", fold(question)))
    for word in context.everywhere():
        asked = asked.replace(word, "")
    if reading.never.search(asked) or reading.never.search(plain(asked)):
        return None
    wanted = _wanted(asked, language, names, reading, labels, context.words.glossary)
    if wanted is None or not wanted.enough or sum(map(len, wanted.content)) > _MOST_CONTENT:
        return None
    amounts = tuple(word for word in context.words.amounts if word not in reading.numbers)
    if wanted.number and wanted.content[-1].endswith(amounts):
        return None  # 职工工资总额 is no share of it that a sentence may print
    if not _says_enough(wanted.content, (*names, *context.entities.places)):
        return None
    document = context.scope.documents.iris[0] if context.scope else None
    wanted = replace(wanted, lists=_ASKS_LIST.search(asked) is not None)
    if document is not None:
        wanted = replace(wanted, around=_AROUND + _WITHIN_ONE)
    sought = wanted.sought
    if reading.definition.search(asked):
        sought = " ".join(f"{word}是" for word in wanted.content)  # 消费扶贫是社会各界…
    hits = [hit for hit in context.store.nearest(sought, _CANDIDATES, document) if hit.kind == "sentence"]
    hits = [hit for hit in hits if not _NOTE.fullmatch(hit.text)]
    form = Form("passages", All((About("\n".join(wanted.content)), *([context.scope] if context.scope else []))))
    found, least = _fitting(wanted, hits, context)
    if not found:
        shown = " ".join(wanted.content)
        key = "refuse_missing" if least and least != asked else "refuse_about"
        return context.declined("not_found", form, key, words=shown, missing=least)
    if reading.meaning.search(asked) or reading.definition.search(asked):
        clearer = [one for one in found if _defines(one[2].text, wanted.content, reading)]
        if not clearer and reading.definition.search(asked):
            return None
        found = clearer or found
    # who names a body asks about the sentences that name it
    naming = [one for one in found if wanted.names and all(name in fold(one[2].text) for name in wanted.names)]
    found = naming or found
    best = max(cover.rank for cover, _, _ in found)
    told = min(sum(map(len, wanted.content)), max(cover.own + cover.above for cover, _, _ in found))
    if told < _LEAST_CONTENT and (len(found) > 1 or not context.scope):
        # two characters are in many sentences; one may say what they mean
        found = [one for one in found if reading.defines.search(one[2].text)]
        if len(found) != 1:
            return None
        best = found[0][0].rank
    chosen = [hit for cover, width, hit in sorted(found, key=lambda one: (one[1], len(one[2].text))) if cover.rank == best]
    chosen = [hit for hit in chosen if len(hit.text) <= _FARTHER * len(chosen[0].text)]
    if language == "en" and wanted.party and len(wanted.content) <= _FEW_WORDS and len(chosen) >= _MOST:
        return None  # two words in any order are in many sentences about other things
    if len(chosen) > _MOST and not wanted.patterns and told <= _FEW and not reading.which_document.search(_QUOTES.sub("", asked)):
        return None  # what so many sentences name none of them is asked about
    listed = _list_of(chosen[0], context) if wanted.lists or _LISTS_FOLLOW.search(chosen[0].text) else ()
    if listed and not wanted.number:
        said = passages(listed, form, context, cut=False)
    else:
        said = passages([hit.iri for hit in chosen[:_MOST]], form, context, cut=len(chosen) > _MOST)
    bare = _QUOTES.sub("", asked)
    if said is not None and reading.cited_document.search(bare):
        return _cited_in(said, chosen[0].text, form, context)
    if said is not None and reading.which_document.search(bare):
        return _documents_of(said, form, context)
    if said is None:
        return None
    if language == "en" and _affirms(chosen[0].text, asked, [*names], wanted.content):
        return replace(said, value=True, answer=f"{context.say('verdict_yes')}{said.answer}")
    must = wanted.number and not _OF_A_LIST.search(asked)
    numbered = with_figures(said, asked, wanted.content, chosen, reading, context, must=must, counted=wanted.counted)
    return numbered or context.declined("not_found", form, "refuse_number", quote=chosen[0].text)


def _list_of(hit: Hit, context: Context) -> tuple[Iri, ...]:
    """Return the sentences of the list that a sentence opens or stands in, its opening first: 提交下列材料：（一）…"""
    rows = context.look_up(_LISTED, "?node", [hit.iri])
    openings = dict.fromkeys(iri(row["opening"]) for row in rows)
    parts = dict.fromkeys(iri(row["part"]) for row in rows)
    return (*openings, *parts) if len(openings) == 1 and 1 < len(parts) <= _LONGEST_LIST else ()


def _affirms(text: str, asked: str, names: Sequence[str], content: Sequence[str]) -> bool:
    """Say whether a sentence that holds all words of a yes-or-no question says yes: of the one body that it begins with.

    A body that the base has under no name is known by the first words of the question: 县, 审计, 局.
    """
    if not is_yes_or_no(asked) or _NEGATION.search(asked) or _NEGATION.search(text) or len(names) > 1:
        return False
    body = names[0] if names else next((said for said in accumulate(content) if _A_BODY.search(said)), "")
    return bool(body) and any(fold(clause).startswith(body) for clause in re.split("[；;。]", text))


def _defines(text: str, content: Sequence[str], reading: Reading) -> bool:
    """Say whether a sentence says what a name means: X是…, 以下统称X."""
    bare = plain(text)
    return reading.defines.search(text) is not None or any(bare.startswith(f"{plain(word)}是") for word in content)


def _documents_of(said: Answer, form: Form, context: Context) -> Answer:
    """Return the documents that sentences are in, where it is asked which document says something."""
    names = list(dict.fromkeys(one.document for one in said.results if one.document))
    results = [
        Result(
            "document",
            name,
            name,
            name,
            identifier=name,
            evidence=tuple(e for one in said.results if one.document == name for e in one.evidence),
        )
        for name in names
    ]
    return context.answered(form, f"{context.joined(names)}{context.say('colon')}{said.answer}", results, said.sparql)


def _cited_in(said: Answer, sentence: str, form: Form, context: Context) -> Answer | None:
    """Return the documents whose numbers a sentence prints, where it is asked by which document something is done."""
    numbers = dict.fromkeys(str(number) for _, _, number in find_document_numbers(sentence))
    proof = said.results[0].evidence
    within = said.results[0].document
    results = [Result("document", one, one, within, identifier=one, evidence=proof) for one in numbers]
    if not results:
        return None
    return context.answered(form, f"{context.joined(numbers)}{context.say('colon')}{said.answer}", results, said.sparql)


@dataclass(frozen=True)
class _Wanted:
    """What sentences are held against: how to cover them, what to search for, and what they must have beside it."""

    asked: str
    content: tuple[str, ...]
    sought: str
    enough: bool
    patterns: tuple[re.Pattern[str], ...]
    cover: Callable[[str, str], Cover]
    number: bool = False
    party: bool = False
    whole: bool = False
    names: tuple[str, ...] = ()
    lacks: Callable[..., bool] | None = None
    lists: bool = False
    around: int = _AROUND
    counted: tuple[str, ...] = ()  # what how many asks for the number of


def _wanted(
    asked: str,
    language: str,
    names: Mapping[str, tuple[str, ...]],
    reading: Reading,
    labels: Sequence[str],
    glossary: Glossary | None,
) -> _Wanted | None:
    asking = what_is_asked(asked) if language == "en" else asked
    kinds = {name for name, (words, _) in reading.asks.items() if any(word in asking for word in words)}
    listed = bool(kinds & _LISTS)
    patterns = tuple(reading.asks[name][1] for name in sorted(kinds) if not (listed and name == "number"))
    units = frozenset[str]() if listed else reading.units_of(asking)
    if units:
        patterns = (*patterns, _number_of(units))
    number = bool(units) or ("number" in kinds and not listed)
    party = "party" in kinds
    if language == "zh":
        content = tuple(dict.fromkeys(content_of(asked, reading)))
        whole = {label: () for label in labels if len(label) >= _LONG_LABEL} if party else {}
        question = Question.of(asked, reading, {**names, **whole})
        enough = _says_enough(content, names)
        return _Wanted(
            asked,
            content,
            " ".join([*content, *(other for word, others in reading.same.items() if word in asked for other in others)]),
            enough,
            patterns,
            question.covered,
            number,
            party,
            True,
            tuple(names),
            question.lacks,
        )
    bare = with_chinese_dates(reading.question_words.sub(" ", asked))
    translated = glossary.translated(bare, reading.spare_english) if glossary else None
    if translated is None:
        return None
    called = {plain(name): (plain(name), *map(plain, others)) for name, others in names.items()}
    said = (_with_same(tuple(map(plain, others)), reading) for others in translated if plain(others[0]))
    wanted = list(dict.fromkeys(called.get(others[0], others) for others in said))
    in_chinese = (options[0] for options in wanted if options[0] not in called and not options[0].isascii())
    typed = frozenset(word for word in in_chinese if word in plain(asked)) if not patterns else frozenset()
    content = tuple(options[0] for options in wanted)
    enough = sum(map(len, content)) >= _LEAST_OWN
    return _Wanted(
        asked,
        content,
        " ".join(option for options in wanted for option in options),
        enough,
        patterns,
        lambda text, above: covered_words(wanted, text, above, typed),
        number,
        party,
        counted=_counted(asked, reading, glossary) if glossary and _A_THING in units else (),
    )


def _with_same(options: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    """Return what a word may be called in a text, with what texts say instead of it."""
    return tuple(dict.fromkeys((*options, *(other for option in options for other in reading.same.get(option, ())))))


def _counted(asked: str, reading: Reading, glossary: Glossary) -> tuple[str, ...]:
    """Return what that may end in which an English question asks the number of: the last word before a preposition or verb."""
    after = asked.partition("how many ")[2]
    said = glossary.translated(_END_OF_NOUN.split(after)[0], reading.spare_english) if after else None
    options = next((options for options in reversed(said or ()) if options[0]), ())
    return tuple(plain(option)[-_LEAST_OWN:] for option in options)


@lru_cache(maxsize=1000)
def _number_of(units: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern for a number of some units."""
    said = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    share = "|分之" if "%" in units else ""
    return re.compile(rf"[0-9零一二两三四五六七八九十百千万亿半]\s?(?:多|余)?(?:{said}{share})")


def _says_enough(content: Sequence[str], names: Iterable[str]) -> bool:
    rest = "\n".join(content)
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(fold(name), "")
    size = len(re.sub(r"[\n0-9.%]", "", rest))
    return size >= _LEAST_OWN


def _fitting(wanted: _Wanted, hits: Sequence[Hit], context: Context) -> tuple[list[tuple[Cover, int, Hit]], str]:
    """Return the sentences that answer, each with how it does and how far apart the words stand; and what most lack."""
    above, before = _above(hits, context) if hits else ({}, {})
    found: list[tuple[Cover, int, Hit]] = []
    pairs: list[tuple[Cover, int, Hit]] = []
    open_ended: list[tuple[Cover, int, Hit]] = []
    least = wanted.asked
    for place, hit in enumerate(hits):
        text = plain(hit.text)
        title = context.entities.titles.get(hit.document, "")
        over = [above.get(hit.iri, ""), before[hit.iri][1] if hit.iri in before else ""]
        stands_under = plain("|".join(over))
        if place >= _SHOWN and wanted.lacks is not None and wanted.lacks(text, stands_under, title):
            continue  # one look tells most apart; the first few say what is missing
        cover = wanted.cover(text, stands_under)
        if cover.missing and not wanted.party:
            # the title says of what place or programme it all is, and nothing of what is asked about it, nor who does it
            titled = wanted.cover(text, plain("|".join([*over, title])))
            telling = titled.own >= _LEAST_CONTENT and max(map(len, titled.words)) >= _LONG_WORDS
            cover = titled if telling and not titled.missing else cover
        if _is_near(cover, text):
            cover = replace(cover, missing="")
        if len(cover.missing) < len(least):
            least = cover.missing
        share = _OWN_SHARE_PARTY if wanted.party else _OWN_SHARE_ASKED if wanted.patterns else _OWN_SHARE
        if cover.missing or cover.own < _LEAST_OWN:
            continue
        if cover.own < share * (cover.own + cover.above):
            # what it is about stands in the sentence before: the two answer together
            if hit.iri not in before:
                continue
            last, earlier = before[hit.iri]
            both = earlier + hit.text
            text = plain(both)
            cover = wanted.cover(text, plain(over[0]))
            longest = max(map(len, cover.words), default=0)
            if not cover.missing and longest * 2 >= cover.own >= _OWN_SHARE * (cover.own + cover.above):
                _add_fitting(pairs, cover, text, both, replace(hit, iri=last), wanted)
                _add_fitting(pairs, cover, text, both, hit, wanted)
            continue
        if not _add_fitting(found, cover, text, hit.text, hit, wanted):
            open_ended.append((cover, narrowest(text, cover.words)[1], hit))
    return found or pairs or _continued(open_ended, wanted, context), least


def _is_near(cover: Cover, text: str) -> bool:
    """Say whether all that is missing is one character, a verb cut short (奖 for 奖励), that stands beside what is there."""
    if len(cover.missing) != 1 or not _SHORT_VERB.match(cover.missing):
        return False
    places = [(found.start(), found.end()) for word in cover.words for found in re.finditer(re.escape(word), text)]
    return any(
        start - _BESIDE <= found.start() <= end + _BESIDE
        for found in re.finditer(re.escape(cover.missing), text)
        for start, end in places
    )


def _continued(fitting: Sequence[tuple[Cover, int, Hit]], wanted: _Wanted, context: Context) -> list[tuple[Cover, int, Hit]]:
    """Return the one sentence that lacks but the number that is asked for, with the next one, which has it."""
    best = max((cover.rank for cover, _, _ in fitting), default=None)
    likely = [one for one in fitting if one[0].rank == best]
    if not wanted.number or not wanted.patterns or len(likely) != 1:
        return []
    cover, width, hit = likely[0]
    for row in context.look_up(_NEXT, "?node", [hit.iri]):
        after = str(row["text"])
        if all(pattern.search(after) for pattern in wanted.patterns):
            return [likely[0], (cover, width, replace(hit, iri=iri(row["next"]), text=after))]
    return []


def _add_fitting(found: list[tuple[Cover, int, Hit]], cover: Cover, bare: str, text: str, hit: Hit, wanted: _Wanted) -> bool:
    """Add a sentence whose words stand close together, with what is asked for near them; say whether that alone is missing."""
    start, end = narrowest(bare, cover.words)
    if wanted.whole and max(map(len, cover.words)) * _SCRAPS < cover.own:
        return True
    scattered = cover.own < _LONG_WORDS * len(cover.words)
    if end - start > (_SPREAD_SCATTERED if scattered else _SPREAD) * cover.own + wanted.around:
        return True
    # a number stands near what it measures; who must do it may stand at the head of a long sentence
    holds = all(_stands_near(pattern, bare, cover.words) for pattern in wanted.patterns) if wanted.number else True
    if not holds or not all(pattern.search(text) for pattern in wanted.patterns):
        return False
    found.append((cover, end - start, hit))
    return True


def _stands_near(pattern: re.Pattern[str], text: str, words: Sequence[str]) -> bool:
    """Say whether a text has what a pattern wants near a word of the question, and not in it."""
    places = [(found.start(), found.end()) for word in words for found in re.finditer(re.escape(word), text)]
    figures = [place for place in places if any(letter.isdigit() for letter in text[slice(*place)])]
    for found in pattern.finditer(text):
        inside = any(start <= found.start() and found.end() <= end for start, end in figures)
        if not inside and any(start - _AROUND <= found.end() and found.start() <= end + _AROUND for start, end in places):
            return True
    return False


def _above(hits: Sequence[Hit], context: Context) -> tuple[dict[Iri, str], dict[Iri, tuple[Iri, str]]]:
    """Return what each sentence stands under, and the sentence before it in the same item."""
    found: dict[Iri, str] = {}
    before: dict[Iri, tuple[Iri, str]] = {}
    for row in context.look_up(_HEADINGS, "?node", [hit.iri for hit in hits]):
        words = [str(row[name]) for name in ("heading", "opening") if row[name] is not None]
        found[iri(row["node"])] = "|".join([found.get(iri(row["node"]), ""), *words])
        if row["before"] is not None:
            before[iri(row["node"])] = (iri(row["last"]), str(row["before"]))
    return found, before
