"""English words → what the Chinese texts call them: ontology/ask/glossary.toml, whatever the ending of a word.

An entry serves all forms of its words: `kindergarten` also kindergartens, `organise` also organizing. The longest
entry wins; a word that is in none is not known, and then its question is not understood. A compound (degree-level) is
read as its words, and so is an entry; what belongs to somebody (last year's) as the word without its ending.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from vetkb.gazetteer.english import one_spelling

_TOKEN: Final = re.compile(r"[a-z0-9%]+(?:[.'’-][a-z0-9]+)*|[^\x00-\x7f‘’“”–—]+")
_HYPHEN: Final = re.compile(r"(?<=[a-z])-(?=[a-z])")
_OWNER: Final = re.compile(r"(?:(?<=[a-z])['’]s|(?<=s)['’])(?![a-z])")
_ASKING: Final = re.compile(r"(?<!and )(?<!or )\b(?:how|what|when|whom?|whose|where|which|why)\b")
_YES_OR_NO: Final = re.compile(r"(?:is|are|was|were|do|does|did|has|have|can|could|may|must|should|shall|will|would)\b")
_MONTHS: Final = "january february march april may june july august september october november december".split()  # noqa: SIM905
_DATE: Final = re.compile(
    rf"\b(?:(?P<before>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?)?(?P<month>{'|'.join(_MONTHS)})\b(?:\s(?P<after>\d{{1,2}})(?:st|nd|rd|th)?(?![\d]))?"
)
_LONGEST_ENTRY: Final = 7
_LONGEST_GLOSS: Final = 3
_SHORTEST_STEM: Final = 3
_ENDINGS: Final = (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))


def _nothing(phrase: str) -> tuple[str, ...]:  # noqa: ARG001 (what a dictionary is called with)
    return ()


@lru_cache(maxsize=1)
def _entries(file: Path) -> Mapping[str, tuple[str, ...]]:
    return {word: tuple(others) for word, others in tomllib.loads(file.read_text(encoding="utf-8")).items()}


@dataclass(frozen=True)
class Glossary:
    """英汉对照 — What English words and phrases are called in the texts."""

    file: Path
    dictionary: Callable[[str], tuple[str, ...]] = _nothing  # for words that no entry has

    @cached_property
    def entries(self) -> Mapping[str, tuple[str, ...]]:
        """The entries of the file, read when the first English word is to be put in Chinese."""
        return _entries(self.file)

    @cached_property
    def stems(self) -> Mapping[str, tuple[str, ...]]:
        """The entries by what the forms of their words have in common."""
        found: dict[str, tuple[str, ...]] = {}
        for phrase, others in self.entries.items():
            key = " ".join(map(stem, _words(phrase).split()))
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *others)))
        return found

    @cached_property
    def _whole(self) -> Mapping[str, tuple[str, ...]]:
        """The entries by their words as they are."""
        found: dict[str, tuple[str, ...]] = {}
        for phrase, others in self.entries.items():
            found[_words(phrase)] = tuple(dict.fromkeys((*found.get(_words(phrase), ()), *others)))
        return found

    def translated(self, text: str, spare: Collection[str]) -> list[tuple[str, ...]] | None:
        """Return what each word of a folded text is called in Chinese, in order; None where one is not known.

        Chinese words and figures stand for themselves; words of `spare`, and entries without a translation, say nothing.
        """
        found: list[tuple[str, ...]] = []
        tokens = _TOKEN.findall(_words(text))
        at = 0
        while at < len(tokens):
            if not tokens[at].isascii():
                found.append((tokens[at],))
                at += 1
                continue
            entry, length = self._entry(tokens, at, spare)
            if entry is None:
                if not tokens[at][0].isdigit():
                    return None
                entry = (tokens[at],)
            if entry:
                found.append(entry)
            at += length
        return found

    def entry(self, tokens: Sequence[str], at: int) -> tuple[tuple[str, ...] | None, int]:
        """Return what the longest known phrase at a place is called, and of how many words it is; None for none."""
        return self._entry(tokens, at, ())

    def _entry(self, tokens: Sequence[str], at: int, spare: Collection[str]) -> tuple[tuple[str, ...] | None, int]:
        for length in range(min(_LONGEST_ENTRY, len(tokens) - at), 0, -1):
            words = tokens[at : at + length]
            found = self._whole.get(" ".join(words))
            if found is None and length == 1 and tokens[at] in spare:
                found = ()
            if found is None:
                found = self.stems.get(" ".join(map(stem, words)))
            if found is not None:
                return found, length
        for length in range(min(_LONGEST_GLOSS, len(tokens) - at), 0, -1):
            words = tokens[at : at + length]
            if all(map(str.isascii, words)) and (found := self.dictionary(" ".join(words))):
                return found, length
        return None, 1


def _words(text: str) -> str:
    """Return a text with its compounds cut into words, and without the endings of those to whom something belongs."""
    return _OWNER.sub("", _HYPHEN.sub(" ", text))


def what_is_asked(text: str) -> str:
    """Return a folded question without the words that ask nothing, since they open a clause of it.

    >>> what_is_asked("how much does one get when one opens a firm")
    'how much does one get      one opens a firm'
    """
    opened = is_yes_or_no(text)

    def blank(found: re.Match[str]) -> str:
        nonlocal opened
        first, opened = not opened, True
        return found[0] if first else " " * len(found[0])

    return _ASKING.sub(blank, text)


def is_yes_or_no(text: str) -> bool:
    """Say whether a folded question asks for yes or no."""
    return _YES_OR_NO.match(text) is not None


def with_chinese_dates(text: str) -> str:
    """Return a folded question with its days and months as Chinese texts print them; may without a day is a verb.

    >>> with_chinese_dates("by the end of june 2024"), with_chinese_dates("before 1st may"), with_chinese_dates("who may apply")
    ('by the end of 6月 2024', 'before 5月1日', 'who may apply')
    """

    def dated(found: re.Match[str]) -> str:
        day = found["before"] or found["after"]
        if found["month"] == "may" and not day and not re.match(r"\s[12]\d{3}\b", text[found.end() :]):
            return found[0]
        return f"{_MONTHS.index(found['month']) + 1}月{f'{day}日' if day else ''}"

    return _DATE.sub(dated, text)


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """Return what the forms of an English word have in common, in one spelling.

    >>> [stem(word) for word in ("policies", "organised", "organizing", "planned", "programmes", "centres", "trainees")]
    ['policy', 'organiz', 'organiz', 'plan', 'program', 'center', 'traine']
    """
    if not word.isalpha() or not word.isascii():
        return word
    word = one_spelling(word)
    for ending, other in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith(("ss", "us", "is")):
            word = word.removesuffix(ending) + other
            break
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "elsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word
