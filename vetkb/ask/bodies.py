"""English names of bodies that no list has → the bodies of a base, by what the words of a name are called in Chinese.

Big Data Bureau is 大数据局 where a base has one, Yunxi County government 郧西县政府: level, words and ending are put in
Chinese one by one, and what they make together must be the name of one body, whole. A name that may be read as several
bodies is none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from math import prod
from typing import Final

from vetkb.ask.english import Glossary
from vetkb.ask.entities import Entities
from vetkb.ask.form import Named
from vetkb.ask.tags import Tag
from vetkb.ask.words import Words
from vetkb.engine import Iri
from vetkb.paths import ONTOLOGY

_LONGEST: Final = 8  # words of a name before or after the word that says what kind of body it is
_MOST_READINGS: Final = 2000  # ways to put a name in Chinese that are tried
_WORD: Final = re.compile(r"[a-z][a-z'’-]*|[,&]|[^\x00-\x7f‘’“”–—]+")
_JOINTS: Final = {
    "and": ("", "和", "与", "及", "、"),
    "&": ("", "和", "与"),
    ",": ("", "、"),
    "of": ("",),
    "for": ("",),
    "the": ("",),
}
_EVERY: Final = "各"


@dataclass(frozen=True)
class _Heads:
    """What names of bodies end in, in both languages, and what names their level."""

    endings: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def _heads() -> _Heads:
    data = tomllib.loads((ONTOLOGY / "ask" / "english.toml").read_text(encoding="utf-8"))
    endings: dict[str, tuple[str, ...]] = {}
    for word, others in data["heads"].items():
        endings[word] = tuple(others)
        endings[f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"] = tuple(others)
    said = "|".join(map(re.escape, sorted(endings, key=len, reverse=True)))
    return _Heads(endings, {word: tuple(others) for word, others in data["levels"].items()}, re.compile(rf"\b(?:{said})\b"))


@dataclass(frozen=True)
class EnglishBodies:
    """英文机关名 — Finds bodies of a base by names in English that are made of words the base has in Chinese."""

    entities: Entities

    @cached_property
    def _kept(self) -> dict[tuple[str, ...], Named | None]:
        return {}

    def find(self, text: str, folded: str, words: Words, known: Sequence[Tag]) -> Iterator[Tag]:
        """Yield the bodies that a question calls by English names, each by the longest stretch that names one.

        A `known` name is looked at only where a word before it may belong to it.
        """
        glossary = words.glossary
        if glossary is None:
            return
        for head in _heads().pattern.finditer(folded):
            before = list(_WORD.finditer(folded, 0, head.start()))[-_LONGEST:]
            name = next((one for one in known if one.start <= head.start() and head.end() <= one.end), None)
            last = next((one[0] for one in reversed(before) if name is not None and one.end() <= name.start), "the")
            if name is not None and (last in words.weak or last in words.edges):
                continue
            found = None
            for place, first in enumerate(before):
                if first[0] in _JOINTS or not folded[first.start() : head.start()].isprintable():
                    continue
                found = self._named([one[0] for one in before[place:]], head[0], glossary)
                if found is not None:
                    yield _tag(found, text, first.start(), head.end())
                    break
            following = re.compile(r"\sof\s(?:the\s)?").match(folded, head.end())
            if found is None and following is not None:
                after = list(_WORD.finditer(folded, following.end()))[:_LONGEST]
                for size in range(len(after), 0, -1):
                    named = self._named([one[0] for one in after[:size]], head[0], glossary)
                    if named is not None and after[size - 1][0] not in _JOINTS:
                        yield _tag(named, text, head.start(), after[size - 1].end())
                        break

    def _named(self, words: Sequence[str], head: str, glossary: Glossary) -> Named | None:
        key = (*words, head)
        if key not in self._kept:
            if len(self._kept) > _MOST_READINGS:
                self._kept.clear()
            self._kept[key] = self._read(words, head, glossary)
        return self._kept[key]

    def _read(self, words: Sequence[str], head: str, glossary: Glossary) -> Named | None:
        options = _options(words, glossary)
        if options is None or prod(map(len, options)) > _MOST_READINGS:
            return None
        found: dict[tuple[Iri, ...], Named] = {}
        beginnings = ("", _EVERY) if head.endswith("s") else ("",)
        for start in beginnings:
            for said in product(*options):
                core = start + "".join(said)
                for ending in _heads().endings[head]:
                    named = self.entities.agencies.get(core + ending) if core else None
                    if named is not None:
                        found.setdefault(named.iris, named)
            if found:
                break
        return next(iter(found.values())) if len(found) == 1 else None


def _tag(named: Named, text: str, start: int, end: int) -> Tag:
    return Tag("AGENCY", start, end, text[start:end], Named(text[start:end], named.label, named.iris))


def _options(words: Sequence[str], glossary: Glossary) -> list[tuple[str, ...]] | None:
    """Return what each word of a name may be called; None where one is not known."""
    levels = _heads().levels
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        known = _JOINTS.get(words[at]) or levels.get(words[at]) or ((words[at],) if not words[at].isascii() else None)
        length = 1
        if known is None:
            known, length = glossary.entry(words, at)
        if not known:
            return None
        found.append(known)
        at += length
    return found
