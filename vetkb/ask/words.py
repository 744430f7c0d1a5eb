"""The words of questions: ontology/ask/{zh,en}.toml → phrases by first character, each with its tag.

A jurist widens the language of questions there; nothing here knows a word.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from vetkb.ask.english import Glossary
from vetkb.paths import ONTOLOGY

# Full-width forms mean their ASCII twins; letters are compared in lower case. One character each, so offsets stay.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3010: 0x5B, 0x3011: 0x5D}


def fold(text: str) -> str:
    """Return a text in the form in which questions and names are compared; no character is added or lost.

    >>> fold("Ｇ６０（Finance　Bureau）")
    'g60(finance bureau)'
    """
    narrow = text.translate(_FOLD)
    if len(folded := narrow.lower()) == len(narrow):
        return folded
    return "".join(lower if len(lower := letter.lower()) == 1 else letter for letter in narrow)


@dataclass(frozen=True, slots=True)
class Phrase:
    """短语 — Words that carry a tag; `value` refines it (lead, number …), "any" where nothing is to refine."""

    text: str
    kind: str
    value: str


@dataclass(frozen=True, eq=False)
class Words:
    """提问用语 — The phrases of one language, longest first under each first character.

    `soft` kinds may become part of a description they stand in; `weak` words say nothing in one, `edges` end one;
    words of the `closed` class (pronouns, prepositions, auxiliaries) say nothing where they have no other use;
    `links` join one to its noun, `commas` part conditions, words of `bodiless` may be said of a task without its body;
    kinds of `asking` are taken into one last of all. `same` lists words that a text may use instead of the asker's,
    `glossary` says what English words are in Chinese. `tails`, `amounts` and `relations` are words in the names of
    indicators, `everywhere` those for the whole area of a document by its level; `measures` end what is a number;
    `called` says what bodies are called besides.
    """

    language: str
    phrases: Mapping[str, tuple[Phrase, ...]]
    soft: frozenset[str]
    weak: frozenset[str]
    edges: frozenset[str]
    asking: frozenset[str]
    links: frozenset[str]
    light: tuple[str, ...]
    commas: frozenset[str]
    bodiless: frozenset[str]
    same: Mapping[str, tuple[str, ...]]
    closed: frozenset[str] = frozenset()
    tails: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    measures: frozenset[str] = frozenset()
    called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    everywhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    glossary: Glossary | None = None

    @cached_property
    def same_letters(self) -> frozenset[str]:
        """All characters of the words that have others: elsewhere there is no need to look."""
        return frozenset("".join(self.same))

    @cached_property
    def _by_text(self) -> Mapping[str, tuple[tuple[int, ...], Mapping[str, tuple[Phrase, ...]]]]:
        """Under each first character the lengths of its phrases, longest first, and the phrases by what they say."""
        found: dict[str, tuple[tuple[int, ...], Mapping[str, tuple[Phrase, ...]]]] = {}
        for first, phrases in self.phrases.items():
            said: dict[str, tuple[Phrase, ...]] = {}
            for phrase in phrases:
                said[phrase.text] = (*said.get(phrase.text, ()), phrase)
            found[first] = (tuple(sorted({len(text) for text in said}, reverse=True)), said)
        return found

    def prepare(self) -> None:
        """Put the words in the order in which they are looked up: a server does."""
        _ = self._by_text, self.same_letters, self.glossary and self.glossary.stems

    def starting_at(self, text: str, at: int) -> list[Phrase]:
        """Return the phrases that stand at a place of a folded text, longest first."""
        lengths, said = self._by_text.get(text[at], ((), {}))
        return [phrase for length in lengths for phrase in said.get(text[at : at + length], ())]


@lru_cache(maxsize=2)
def load_words(language: str, folder: Path = ONTOLOGY / "ask") -> Words:
    """Read the words of a language (zh, en)."""
    data = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    phrases: dict[str, list[Phrase]] = {}
    for kind, values in data.items():
        if kind.isupper():
            for phrase in _phrases(kind, values):
                phrases.setdefault(phrase.text[0], []).append(phrase)
    closed = [fold(text) for text in data.get("closed", ())]
    for text in closed:
        if all(phrase.text != text for phrase in phrases.get(text[0], ())):
            phrases.setdefault(text[0], []).append(Phrase(text, "FILLER", "any"))
    # an English question may describe in Chinese, as the texts do
    chinese = data if language == "zh" else tomllib.loads((folder / "zh.toml").read_text(encoding="utf-8"))
    texts = tomllib.loads((folder / "text.toml").read_text(encoding="utf-8"))
    return Words(
        tails=tuple(texts["tails"]),
        amounts=tuple(texts["amounts"]),
        relations=tuple(texts["relations"]),
        measures=frozenset(data.get("measures", ())),
        called={name: tuple(others) for name, others in data.get("called", {}).items()},
        everywhere={level: tuple(names) for level, names in texts["everywhere"].items()},
        language=language,
        phrases={first: tuple(sorted(found, key=lambda p: -len(p.text))) for first, found in phrases.items()},
        soft=frozenset(data["soft"]),
        weak=frozenset((*data["weak"], *closed)),
        closed=frozenset(closed),
        edges=frozenset(data["edges"]),
        asking=frozenset(data["asking"]),
        links=frozenset(data["links"]),
        light=tuple(sorted(data.get("light", ()), key=len, reverse=True)),
        commas=frozenset(data["commas"]),
        bodiless=frozenset(data["bodiless"]),
        same={word: tuple(others) for word, others in (chinese.get("same", {}) | data.get("same", {})).items()},
        glossary=Glossary(folder / "glossary.toml") if language == "en" else None,
    )


@lru_cache(maxsize=1)
def _courtesy(folder: Path = ONTOLOGY / "ask") -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds politeness before and after a question, in any language."""
    data = [tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8")) for language in ("zh", "en")]
    before, after = (
        "|".join(re.escape(fold(text)) for words in data for text in sorted(words[key], key=len, reverse=True))
        for key in ("greetings", "thanks")
    )
    return re.compile(rf"(?:(?:{before})(?![a-z])[\s，,:：。.!！]*)+"), re.compile(
        rf"[\s，,。.!！;；]*(?<![a-z])(?:{after})[\s。.!！?？~]*$"
    )


def plainly(question: str) -> str:
    """Return a question without what is said before and after it for politeness.

    >>> plainly("请问一下，有哪些任务？谢谢！"), plainly("Could you tell me who leads task 3?"), plainly("谢谢")
    ('有哪些任务？', 'who leads task 3?', '谢谢')
    """
    folded = fold(question)
    greeting, thanks = _courtesy()
    start = found.end() if (found := greeting.match(folded)) else 0
    end = found.start() if (found := thanks.search(folded, start)) else len(folded)
    return question[start:end] if question[start:end].strip() else question


def _phrases(kind: str, values: Mapping[str, Any]) -> list[Phrase]:
    return [Phrase(fold(text), kind, value) for value, texts in values.items() for text in texts]
