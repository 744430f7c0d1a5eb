"""A description in the asker's words → the tasks, clauses or targets whose own words cover it.

Full-text search finds candidates; a candidate is meant only if every part of the description stands in it, but for
words that say nothing (的, 各) and words that mean the same (占比: 比例). What is left uncovered is what the base does
not know, and then the description means nothing here. So 北京的现代学徒制试点 is not 现代学徒制试点.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from vetkb.ask.words import Words, fold

_NOISE: Final = re.compile(r"[\s“”\"'‘’「」《》()\[\]、,，.。;；:：!！?？·—\-]+")
_CLAUSE_END: Final = re.compile(r"[，。；;,]")
LIST_JOINT: Final = re.compile(r"[、，]?(?:以及|和|及|与)|、")
_BRACKETS: Final = re.compile(r"[（(][^（()）]*[)）]")
_FIGURE: Final = re.compile(r"[a-z0-9.%]+")  # a number or a word of Latin letters is covered whole or not at all
_SHORTEST: Final = 2
_LONGEST: Final = 120
_SHARE: Final = "占"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a description: any of `forms` will do; `free` parts are covered bit by bit."""

    forms: tuple[str, ...]
    free: bool


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return a text as descriptions are compared with it: folded, without quotation marks, punctuation and spaces.

    >>> plain("“双师型”（“一体化”）教师占 专任教师")
    '双师型一体化教师占专任教师'
    """
    return _NOISE.sub("", fold(text))


def pieces(description: str, words: Words) -> tuple[Piece, ...] | None:
    """Cut a description into what must be covered; None where it holds an English word that the glossary lacks."""
    found: list[Piece] = []
    for stretch in fold(description).split("\n"):
        if words.glossary is None:
            found.append(Piece((plain(stretch),), free=True))
            continue
        translated = words.glossary.translated(stretch, words.weak)
        if translated is None:
            return None
        for others in translated:
            bare = tuple(map(plain, others))
            found.append(Piece(bare, free=len(bare) == 1 and not bare[0].isascii() and bare[0] in plain(stretch)))
    return tuple(one for one in found if one.forms[0])


def uncovered(parts: Iterable[Piece], text: str, words: Words, light: Sequence[str] = ()) -> str:
    """Return what of a description a (plain) text does not hold; "" where it holds all of it.

    `light` are words that need not be held either.
    """
    missing: list[str] = []
    for part in parts:
        if part.free:
            missing.append(_left_over(part.forms[0], text, words, light))
        elif not any(form in text for form in part.forms):
            missing.append(part.forms[0])
    return "".join(missing)


@dataclass(frozen=True, slots=True)
class _Place:
    """What can stand at a place of a description, whatever the text: a figure, words with others, light words, nothing."""

    figure: tuple[int, re.Pattern[str]] | None = None
    same: tuple[tuple[int, tuple[str, ...]], ...] = ()
    light: int = 0
    weak: bool = False


@lru_cache(maxsize=4096)
def _places(description: str, words: Words, light: tuple[str, ...]) -> tuple[_Place, ...]:
    """Look at each place of a description once, however many texts it is held against."""
    return tuple(_place(description, at, words, light) for at in range(len(description)))


def _place(description: str, at: int, words: Words, light: tuple[str, ...]) -> _Place:
    figure = _FIGURE.match(description, at)
    if figure:
        return _Place((figure.end(), re.compile(rf"(?<![a-z0-9.]){re.escape(figure[0])}(?![a-z0-9])")))
    stretches = ((start, start + length) for length in range(4, 0, -1) for start in range(max(0, at - length + 1), at + 1))
    same = (
        (end, words.same.get(description[start:end], ()))
        for start, end in (stretches if description[at] in words.same_letters else ())
        if end <= len(description)
    )
    return _Place(
        same=tuple((end, others) for end, others in same if others),
        light=at + next((len(word) for word in light if description.startswith(word, at)), 0),
        weak=description[at] in words.weak,
    )


def _left_over(description: str, text: str, words: Words, light: Sequence[str]) -> str:
    missing: list[str] = []
    places = _places(description, words, tuple(light))
    at = 0
    while at < len(description):
        place = places[at]
        if place.figure is not None:
            end, figure = place.figure
            if not figure.search(text):
                missing.append(description[at:end])
            at = end
            continue
        end = _longest(description, at, text)
        if end - at < _SHORTEST and len(description) > 1:
            # a word around this place for which the text has another
            end = next((after for after, others in place.same if any(other in text for other in others)), at)
        if end - at < _SHORTEST:
            end = max(end, place.light)
        if end == at:
            if not place.weak:
                missing.append(description[at])
            end = at + 1
        at = end
    return "".join(missing)


def _longest(words: str, at: int, text: str) -> int:
    """Return where the longest stretch from `at` ends that stands in the text."""
    end = at
    while end < min(len(words), at + _LONGEST) and words[at : end + 1] in text:
        end += 1
    return end


def names_measure(parts: Sequence[Piece], label: str, words: Words, *, share: bool, asked_for: bool) -> bool:
    """Say whether a description names what an indicator measures, and not only what it relates that to.

    Who asks for a percentage (`asked_for`) need not name it.

    经费 must be named for 按工资总额提取培训经费的比例; and who asks for an amount (工资总额) does not ask for a share of it.
    """
    asked = parts[-1].forms[0] if parts else ""
    if share and asked.endswith(words.amounts) and not any(_SHARE in part.forms[0] for part in parts):
        return False
    if share and asked_for:
        return True
    core = plain(label)
    tail = next((tail for tail in words.tails if core.endswith(tail) and len(core) > len(tail) + 1), "")
    core = core.removesuffix(tail)
    heads = [core, *(core[: core.find(word)] for word in words.relations if core.find(word) > 1)]
    return any(head[-2:] in form for head in heads for part in parts for form in part.forms)


def scraps(parts: Sequence[Piece], text: str) -> int:
    """Return in how many stretches a (plain) text holds a description: 职业院校 is one in 职业院校数量, two in 职业教育院校."""
    count = 0
    for part in parts:
        said = part.forms[0] if part.free else next((form for form in part.forms if form in text), "")
        at = 0
        while at < len(said):
            end = _longest(said, at, text)
            count += end - at >= _SHORTEST
            at = max(end, at + 1)
    return count


def searched(parts: Sequence[Piece]) -> str:
    """Return what to give to the full-text search for a description."""
    return " ".join(part.forms[0] for part in parts if part.forms[0])


def size(parts: Iterable[Piece]) -> int:
    """Return how many characters a description has that must be covered."""
    return sum(len(part.forms[0]) for part in parts)


def place_in_list(head: str, size: int, asked: str) -> int | None:
    """Return which of as many things as there are numbers a question asks for, where both are listed (A、B，分别1、2).

    >>> place_in_list("果蔬、肉类、水产品低温处理率分别达到", 3, "肉类低温处理率")
    1
    """
    before = _BRACKETS.sub("", head[: head.rfind("分别")]) if "分别" in head else ""
    listed = [one for one in _CLAUSE_END.split(before) if LIST_JOINT.search(one)]
    things = [plain(one) for one in LIST_JOINT.split(listed[-1])] if listed else []
    if len(things) != size:
        return None
    said, last = plain(asked), size - 1
    # of the first thing its end, of the last its beginning tells it from the others
    shared = [
        max((n for n in range(1, len(thing) + 1) if _cut(thing, n, place, last) in said), default=0)
        for place, thing in enumerate(things)
    ]
    best = max(shared)
    return shared.index(best) if best >= _SHORTEST and shared.count(best) == 1 else None


def _cut(thing: str, size: int, place: int, last: int) -> str:
    return thing[-size:] if place == 0 else thing[:size] if place == last else thing


def clauses_around(text: str, quote: str) -> Iterator[str]:
    """Yield the clauses, from comma to comma, in which a quotation stands; 3所 is not in 13所."""
    for found in re.finditer(rf"(?<![\d.]){re.escape(quote)}", text):
        start = max((m.end() for m in _CLAUSE_END.finditer(text, 0, found.start())), default=0)
        end = _CLAUSE_END.search(text, found.end())
        yield text[start : end.start() if end else len(text)]
