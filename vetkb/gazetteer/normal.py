"""Text as typed → text as compared: one width, one kind of bracket, no stray spaces, simplified characters.

Each character of the result knows where it came from, so that a match can be shown where it stands. Unicode NFKC a
character at a time; traditional characters by OpenCC (t2s), and only where the number of characters stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_BRACKETS = str.maketrans("〔［【〈《「『（〕］】〉》」』）“”„‟‘’", "(((((((())))))))''''''")
_PLAIN = re.compile(r"[\u4e00-\u9fffa-z0-9()'、,.:;!?%-]*")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_INVISIBLE = frozenset({"Cf", "Cc"})


@dataclass(frozen=True, slots=True)
class Normalised:
    """规范化文本 — A text for comparing; character i of `text` came from character `positions[i]` of the original."""

    text: str
    positions: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of the characters [start, end), which are not none."""
        return self.positions[start], self.positions[end - 1] + 1


def normalise(text: str) -> Normalised:
    """Return a text for comparing, with the way back.

    >>> normalise("安阳市　财政局（Ｑ1）").text
    '安阳市财政局(q1)'
    """
    chars: list[str] = []
    positions: list[int] = []
    for place, char in enumerate(text):
        for plain in unicodedata.normalize("NFKC", char).translate(_BRACKETS).lower():
            if unicodedata.category(plain) in _INVISIBLE and not plain.isspace():
                continue
            chars.append(" " if plain.isspace() else plain)
            positions.append(place)
    kept = [i for i, char in enumerate(chars) if char != " " or _joins_words(chars, i)]
    return Normalised("".join(chars[i] for i in kept), tuple(positions[i] for i in kept))


def normal_text(text: str) -> str:
    """Return `normalise(text).text`, quickly where there is nothing to do."""
    plain = text.translate(_BRACKETS).lower()
    return plain if _PLAIN.fullmatch(plain) else normalise(text).text


def simplified(text: str) -> str:
    """Return the text in simplified characters, of the same length (unchanged where that cannot be).

    >>> simplified("市財政局負責哪些任務")
    '市财政局负责哪些任务'
    """
    if not _HAN.search(text):
        return text
    converted = _converter()(text)
    return converted if len(converted) == len(text) else text


def pinyin(text: str) -> str:
    """Return the toneless pinyin of a text in one word; what is not Chinese stays.

    >>> pinyin("安政办")
    'anzhengban'
    """
    return "".join(syllables(text))


@lru_cache(maxsize=4096)
def syllables(text: str) -> tuple[str, ...]:
    """Return the toneless pinyin of each character, a run of other characters as it is."""
    from pypinyin import lazy_pinyin  # a quarter of a second: only for those who need it

    return tuple(lazy_pinyin(text))


@lru_cache(maxsize=1)
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # a hundredth of a second: only for those who need it

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def _joins_words(chars: list[str], place: int) -> bool:
    """Whether a space is the first of those between two words of an alphabet: elsewhere it means nothing."""
    before = chars[place - 1] if place else " "
    if before == " " or _HAN.match(before):
        return False
    after = place + 1
    while after < len(chars) and chars[after] == " ":
        after += 1
    return after < len(chars) and not _HAN.match(chars[after])
