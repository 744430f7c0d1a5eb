"""A question as typed → the texts that it may be read as: in which language, said once, with brackets put right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from vetkb.ask.words import fold, load_words, plainly
from vetkb.gazetteer import simplified

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ENGLISH_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_ENGLISH_START: Final = re.compile(r"[\s“\"'‘(]*(?:[A-Za-z][A-Za-z'’]+[\s,]|I\s[a-z]+\s)")
_GLOSSED: Final = re.compile(
    r"((?:[a-zA-Z0-9'’“”\"‘-]+[\s,]+){0,11}[a-zA-Z0-9'’“”\"‘-]+[\s,]*)[(（]([^()（）]*[\u3400-\u9fff][^()（）]*)[)）]"
)
_GOVERNING: Final = frozenset(
    "not but or nor neither only except besides than without often many much when who by".split()  # noqa: SIM905
)
_BEFORE_A_NAME: Final = (  # what no name in brackets translates, nor what stands before it
    *("for", "on", "to", "with", "from", "at", "into", "under", "within", "per", "about", "what", "which", "how", "is", "are"),
    *("was", "were", "be", "do", "does", "did", "will", "must", "should", "shall", "can", "may"),
)
_LONGEST_GLOSS: Final = 9  # English words that Chinese in brackets may stand for


def language_of(text: str) -> str:
    """Return en for a question that begins in English, whatever Chinese names it has, and for one without Chinese.

    >>> language_of("Who's behind 国办发〔2019〕3号?"), language_of("GDP是多少"), language_of("市财政局 tasks")
    ('en', 'zh', 'zh')
    """
    words = _ENGLISH_WORD.findall(text)
    chinese = any("\u3400" <= letter <= "\u9fff" for letter in text)
    if not chinese:
        return "en"
    return "en" if len(words) > 1 and _ENGLISH_START.match(text) else "zh"


def said_once(text: str) -> str:
    """Return what a text says again and again, once; a text of no such kind as it is.

    >>> said_once("有哪些任务？有哪些任务？有哪些"), said_once("有哪些任务？")
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


def spellings_of(text: str, is_known: Callable[[str], bool]) -> Iterator[str]:
    """Yield a question as typed; then with Chinese in brackets instead of the English before it; then simplified.

    Chinese in brackets that the base has never heard of (`is_known`) puts nothing right.
    """
    yield text
    other = plainly(simplified(text))  # politeness is known in simplified characters
    found = _GLOSSED.search(text)
    if found:
        words = found[1].split() if is_known(found[2]) else []
        for number in range(1, min(len(words), _LONGEST_GLOSS + 1)):
            if words[-number].lower() in _GOVERNING:
                return  # what it governs is not what the brackets translate
            if words[-number].lower() in _BEFORE_A_NAME:
                break
            yield f"{text[: found.start()]}{' '.join(words[:-number])} {found[2]} {text[found.end() :]}".strip()
        gloss = fold(found[2])
        if any(phrase.text == gloss for phrase in load_words("zh").starting_at(gloss, 0)):
            # 主办 in brackets says again what sponsoring body says
            yield f"{text[: found.start()]}{found[1].strip()} {text[found.end() :]}".strip()
    elif other != text:
        yield other


def whole_characters(text: str) -> str:
    """Return a text without half surrogate pairs, which are no characters and would end in nobody's output."""
    return _LONE_SURROGATE.sub("\ufffd", text)
