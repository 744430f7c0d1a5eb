"""How a sentence accounts for a question: which words of it stand in the sentence, which in the headings above, which nowhere.

A question is cut into words by the sentence itself: the longest stretches that both have, words for which the text
has another ([same] of ontology/ask/reading.toml), and words that say nothing. What is left is missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from vetkb.ask.describe import plain
from vetkb.ask.words import load_words
from vetkb.paths import ONTOLOGY
from vetkb.zh.bounds import AFTER, BEFORE
from vetkb.zh.units import AGE, ALL_UNITS, COUNTS, MONEY, PEOPLE, SHARES, TIME, UNIT

_ASKING_KINDS: Final = frozenset({"WHICH", "WHO", "WHATIS", "HOWMUCH", "WHEN", "PAIR"})
_OCCURRENCES: Final = 5
_LONGEST_WORD: Final = 24
_FIGURE: Final = re.compile(r"[a-z0-9][a-z0-9.%]*")
_QUESTION: Final = re.compile(r"(?:how|what|when|where|which|whom?)\s?[a-z ]*$")
_HOW_MANY: Final = "(?<!哪)(?:多少|几)[百千万亿]{0,2}"  # 哪几项 asks for a list
_ASKED: Final = (  # what may stand between a noun that is asked for and the word that asks
    "(?=(?:[是为要应须需可能会得有在达到不]|应当|需要|可以|至少|最[高低多少长短大小]|[低高]于|超过|少于|多于|大?约|一般)*(?:多少|几|多[长久高大]))"
)
_MEASURE: Final = (  # the noun that an English question asks for: what is the monthly deduction for …
    r"\b(?:what|which)(?:['’]s| is| are| was| were| will be| should be)?(?: (?:the|a|an))?(?: [a-z0-9%'’-]+){{0,4}}? (?:{nouns})"
    r"(?= (?:for|of|per|in|to|on|under|when|if|that|is|are|does|do|must|should|can|will|may|by|from|at|a|an|each)\b|\W|$)"
)
_KINDS: Final = {
    "MONEY": MONEY,
    "SHARES": SHARES,
    "TIME": TIME,
    "AGE": AGE,
    "PEOPLE": PEOPLE,
    "COUNTS": tuple(frozenset(ALL_UNITS) - frozenset((*MONEY, *SHARES, *TIME, *AGE))),
}
_ASKED_NOUN: Final = re.compile(  # what is asked for, a text may call otherwise, or not at all: 什么样的村能认定为…
    "(?:哪些|哪类|哪种|哪几类|什么样的|怎样的|哪一类)[\u4e00-\u9fff]{1,4}?(?=可以|可|能|应当?|要|须|需要?|属于|会|不|是|享受|适用|有资格)"
)
_BOUNDS: Final = tuple(
    tuple(word for bound in (*BEFORE, *AFTER) if bound.comparator in signs for word in bound.words if len(word) > 1)
    for signs in ((">=", ">"), ("<=", "<"))
)
_ONE_OF: Final = re.compile(f"[一每](?:一)?({'|'.join(COUNTS + PEOPLE)})")
_LINK: Final = re.compile("和|与|及|以及|跟|、")
_SKIPPED: Final = re.compile(r"[\s“”\"'‘’「」《》()\[\]、,，.。;；:：!！?？·—\-…]")


@dataclass(frozen=True)
class Reading:
    """原文问答用语 — The words of ontology/ask/reading.toml."""

    spare: Mapping[str, tuple[str, ...]]
    function: frozenset[str]
    asks: Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]]
    same: Mapping[str, tuple[str, ...]]
    everywhere: re.Pattern[str]
    never: re.Pattern[str]
    unit: re.Pattern[str]
    wants: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    same_units: Mapping[str, tuple[str, ...]]
    asked_number: re.Pattern[str]
    measure_noun: re.Pattern[str]
    which_document: re.Pattern[str]
    cited_document: re.Pattern[str]
    meaning: re.Pattern[str]
    defines: re.Pattern[str]
    definition: re.Pattern[str]
    spare_english: frozenset[str]
    question_words: re.Pattern[str]
    numbers: tuple[str, ...]
    totals: tuple[str, ...]
    bounds: tuple[tuple[str, ...], ...]

    def units_of(self, asked: str) -> frozenset[str]:
        """Return the units in which the number that is asked for may stand; none where any will do."""
        found = self.unit.search(asked)
        if found is not None and found[1] not in MONEY:
            return frozenset(self.same_units.get(found[1], (found[1],)))
        return next((units for pattern, units in self.wants if pattern.search(asked)), frozenset())


@lru_cache(maxsize=1)
def load_reading() -> Reading:
    """Read the words for answers by quotation."""
    data = tomllib.loads((ONTOLOGY / "ask" / "reading.toml").read_text(encoding="utf-8"))
    spare: dict[str, set[str]] = {}
    asked = {word for entry in data["asks"].values() for word in entry["words"]}
    for word in {*data["spare"], *asked}:
        spare.setdefault(word[0], set()).add(word)
    asking = {word for word in asked if _QUESTION.match(word)} | {
        phrase.text for phrases in load_words("en").phrases.values() for phrase in phrases if phrase.kind in _ASKING_KINDS
    }
    same = {**load_words("zh").same, **{word: tuple(others) for word, others in data["same"].items()}}
    for bounds in _BOUNDS:  # whoever asks for the most that is allowed is answered by any word for a ceiling
        for word in bounds:
            same[word] = tuple(dict.fromkeys((*same.get(word, ()), *bounds)))
    return Reading(
        spare={first: tuple(sorted(words, key=len, reverse=True)) for first, words in spare.items()},
        function=frozenset(data["function"]),
        asks={name: (tuple(entry["words"]), re.compile(entry["pattern"])) for name, entry in data["asks"].items()},
        same=same,
        everywhere=re.compile("|".join(data["everywhere"])),
        never=re.compile("|".join(data["never"])),
        unit=re.compile(rf"{_HOW_MANY}({_units(data)})"),
        wants=tuple(_want(entry) for entry in data["wants"]),
        same_units={unit: tuple(others) for unit, others in data["unit_same"].items()},
        asked_number=re.compile(rf"{_HOW_MANY}(?:{_units(data)})?(?:以内|之内|内|以上|以下|之前|前|左右)?"),
        measure_noun=re.compile(rf"(?:{'|'.join(noun for entry in data['wants'] for noun in entry.get('nouns', ()))}){_ASKED}"),
        meaning=re.compile("|".join(data["asks"]["meaning"]["words"])),
        defines=re.compile(data["defines"]),
        definition=re.compile(data["definition"]),
        which_document=re.compile(data["which_document"]),
        cited_document=re.compile(data["cited_document"]),
        spare_english=frozenset(data["spare_en"]) | load_words("en").closed,
        question_words=re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, asking), key=len, reverse=True))})\b"),
        totals=tuple(data["totals"]),
        bounds=_BOUNDS,
        numbers=tuple(data["asks"]["number"]["words"]),
    )


def _units(data: Mapping[str, Any]) -> str:
    """Return the alternatives of all units that may stand behind 多少; 支 in 支持 is none."""
    return f"{'|'.join(map(re.escape, data['unit_words']))}|{UNIT}"


def _want(entry: Mapping[str, Any]) -> tuple[re.Pattern[str], frozenset[str]]:
    """Return how a question asks for a number of some kind, and the units of that kind."""
    nouns = "|".join(entry.get("nouns", ()))
    pattern = f"{entry['pattern']}|(?:{nouns}){_ASKED}" if nouns else entry["pattern"]
    if "nouns_en" in entry:
        pattern += "|" + _MEASURE.format(nouns="|".join(entry["nouns_en"]))
    return re.compile(pattern), frozenset(unit for name in entry["units"] for unit in _KINDS.get(name, (name,)))


@dataclass(frozen=True, slots=True)
class Cover:
    """How a sentence accounts for a question: what is missing, its own words of it, characters found in its headings."""

    missing: str
    words: tuple[str, ...]
    above: int
    pieces: int

    @property
    def own(self) -> int:
        return sum(map(len, self.words))

    @property
    def rank(self) -> tuple[bool, int]:
        """How well a sentence answers: best if it holds all itself; then by how much, in how few pieces."""
        return self.above == 0, 2 * self.own + self.above - 2 * self.pieces


def content_of(asked: str, reading: Reading) -> Iterator[str]:
    """Yield the stretches of a question that are left without spare words and punctuation."""
    at = start = 0
    while at < len(asked):
        word = next((word for word in reading.spare.get(asked[at], ()) if asked.startswith(word, at)), None)
        number = reading.asked_number.match(asked, at)
        word = number.group() if number is not None and len(number.group()) > len(word or "") else word
        if word is None and not _SKIPPED.match(asked[at]):
            at += 1
            continue
        if at > start:
            yield asked[start:at]
        at += len(word) if word else 1
        start = at
    if at > start:
        yield asked[start:at]


@dataclass(frozen=True, slots=True)
class _Place:
    """What can stand at a place of a question, whatever the sentence: a figure, a name, spare words, words with others."""

    skipped: bool = False
    figure: tuple[int, re.Pattern[str]] | None = None
    name: tuple[int, str, tuple[str, ...]] | None = None
    spare: tuple[int, ...] = ()
    same: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Question:
    """问句 — A Chinese question as sentences are held against it: what each of its places may be, found once."""

    asked: str
    places: tuple[_Place, ...]
    names: Mapping[str, tuple[str, ...]]
    reading: Reading

    @classmethod
    def of(cls, asked: str, reading: Reading, names: Mapping[str, tuple[str, ...]] | None = None) -> Question:
        return cls(asked, tuple(_place(asked, at, reading, names or {}) for at in range(len(asked))), names or {}, reading)

    @cached_property
    def _function(self) -> frozenset[int]:
        """The places where a word of grammar begins that stands between two others: 哪些住宅可以加装."""
        found: set[int] = set()
        for at in range(len(self.asked)):
            for end in self.places[at].spare:
                if self.asked[at:end] in self.reading.function and end - at > 1:
                    found.add(at)
        return frozenset(found)

    @cached_property
    def joined(self) -> tuple[tuple[int, ...], ...]:
        """Where what stands behind a character and a 和 goes on, for each place: 市和县区 is 市县区 in a text."""
        found = []
        for at in range(len(self.asked)):
            link = _LINK.match(self.asked, at + 1)
            found.append((link.end(),) if link is not None and not self.places[at].skipped else ())
        return tuple(found)

    @cached_property
    def _needed(self) -> frozenset[str]:
        """The characters that nothing but the same character in a text can account for."""
        free: set[int] = set()
        for at, place in enumerate(self.places):
            ends = [*place.spare, *(end for end, _ in place.same)]
            ends += [place.figure[0]] if place.figure else [place.name[0]] if place.name else [at + 1] if place.skipped else []
            for end in ends:
                free.update(range(at, end))
        return frozenset(self.asked[at] for at in range(len(self.asked)) if at not in free)

    def lacks(self, *texts: str) -> bool:
        """Say, without a look at their order, whether texts lack a character of the question that they must have."""
        return any(not any(letter in text for text in texts) for letter in self._needed)

    def covered(self, text: str, above: str) -> Cover:
        """Return the best way to account for a question by a sentence, its headings and spare words: least missing first."""
        size = len(self.asked)
        # (missing, -own, -above, words) of the rest of the question from each place, and the step taken there
        best: list[tuple[tuple[int, int, int, int], int, str]] = [((0, 0, 0, 0), 0, "")] * (size + 1)
        for at in range(size - 1, -1, -1):
            options = []
            for end, kind in self._steps(at, text, above):
                missing, own, high, words = best[end][0]
                length = end - at
                if kind == "own":
                    own -= length
                elif kind == "above":
                    high -= length
                elif kind == "missing":
                    missing += length
                options.append(((missing, own, high, words + (kind in ("own", "above", "missing"))), end, kind))
            best[at] = min(options)
        left: list[str] = []
        inside: list[str] = []
        at = 0
        while at < size:
            _, end, kind = best[at]
            if kind == "missing":
                left.append(self.asked[at:end])
            elif kind == "own":
                word = self.asked[at:end]
                others = (word, *self.names.get(word, ()), *self.reading.same.get(word, ()))
                inside.append(next((other for other in others if other in text), word))
            at = end
        return Cover("".join(left), tuple(inside), -best[0][0][2], best[0][0][3])

    def _steps(self, at: int, text: str, above: str) -> Iterator[tuple[int, str]]:
        place, asked = self.places[at], self.asked
        if place.skipped:
            yield at + 1, "skip"
        elif place.name is not None:
            end, name, others = place.name
            elsewhere = name in above or any(other in text or other in above for other in others)
            yield end, "own" if name in text else "above" if elsewhere else "missing"
        elif place.figure is not None:
            end, whole = place.figure
            yield end, "own" if whole.search(text) else "above" if whole.search(above) else "missing"
        else:
            yield at + 1, "missing"
            for end in place.spare:
                yield end, "spare"
            for kind, source in (("own", text), ("above", above)):
                if at in self._function:
                    continue
                for end in range(at + 2, min(len(asked), at + _LONGEST_WORD) + 1):
                    if asked[at:end] not in source:
                        break
                    yield end, kind
            for end in self.joined[at]:
                if asked[at] + asked[end : end + 2] in text:
                    yield end, "own"
            for end, others in place.same:
                if any(other in text for other in others):
                    yield end, "own"
                elif any(other in above for other in others):
                    yield end, "above"


def _place(asked: str, at: int, reading: Reading, names: Mapping[str, tuple[str, ...]]) -> _Place:
    if _SKIPPED.match(asked[at]):
        return _Place(skipped=True)
    name = next((name for name in names if asked.startswith(name, at)), None)
    if name is not None:
        return _Place(name=(at + len(name), plain(name), tuple(map(plain, names[name]))))
    figure = _FIGURE.match(asked, at)
    if figure:
        return _Place(figure=(figure.end(), re.compile(rf"(?<![a-z0-9.]){re.escape(figure[0])}(?![a-z0-9])")))
    spare = tuple(at + len(word) for word in reading.spare.get(asked[at], ()) if asked.startswith(word, at))
    numbers = (pattern.match(asked, at) for pattern in (reading.asked_number, reading.measure_noun, _ASKED_NOUN))
    spare += tuple(found.end() for found in numbers if found is not None)
    words = [(at + length, reading.same.get(asked[at : at + length], ())) for length in range(1, min(6, len(asked) - at) + 1)]
    each = _ONE_OF.match(asked, at)
    if each is not None:
        words.append((each.end(), (f"每{each[1]}", f"每一{each[1]}", f"单{each[1]}")))  # 加装一台 is 每台
    if asked.startswith("每个", at):
        words.append((at + 2, ("每",)))  # 每个省 is 每省
    return _Place(spare=spare, same=tuple((end, others) for end, others in words if others))


def covered_words(wanted: Sequence[tuple[str, ...]], text: str, above: str, typed: frozenset[str]) -> Cover:
    """Return how a sentence accounts for the content words of an English question.

    What is `typed` in Chinese in one names what is asked about: where nothing else is, the sentence itself must have it.
    """
    missing: list[str] = []
    own: list[str] = []
    high = 0
    for options in wanted:
        inside = next((option for option in options if _holds(text, option)), None)
        if inside is not None:
            own.append(inside)
        elif options[0] not in typed and any(_holds(above, option) for option in options):
            high += len(options[0])
        else:
            missing.append(options[0])
    return Cover("".join(missing), tuple(own), high, len(wanted))


def _holds(text: str, word: str) -> bool:
    if word[:1].isdigit():
        return re.search(rf"(?<![a-z0-9.]){re.escape(word)}(?![a-z0-9])", text) is not None
    return word in text


def narrowest(text: str, words: Sequence[str]) -> tuple[int, int]:
    """Return the stretch of a text in which words stand closest together, seen from the longest of them."""
    anchor = max(words, key=len)
    best = (0, len(text))
    at = text.find(anchor)
    for _ in range(_OCCURRENCES):
        if at < 0:
            break
        start, end = at, at + len(anchor)
        for word in words:
            before, after = text.rfind(word, 0, end), text.find(word, start)
            near = min((place for place in (before, after) if place >= 0), key=lambda place: abs(place - at), default=at)
            start, end = min(start, near), max(end, near + len(word))
        if end - start < best[1] - best[0]:
            best = (start, end)
        at = text.find(anchor, at + 1)
    return best
