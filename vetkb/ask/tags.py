"""A question → tags: every character belongs to a name of the base, a known word, a figure or a description.

The cheapest cover of the question wins: names and phrases cost one each, a character that nothing claims ten.
What nothing claims is a description (TEXT). A word inside a description (开展…的试点) may be meant as part of
it, so a question has several readings, the plainest first; the grammar and the base decide which one holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vetkb.ask.words import Words

TEXT: Final = "TEXT"
STRANGER: Final = "STRANGER"  # a name of something that the base does not hold
_FILLER: Final = "FILLER"
COMMA: Final = "COMMA"
_COST_OF_A_CHARACTER: Final = 10
_ABSORBING_STEPS: Final = 5
_LAST_STEP: Final = _ABSORBING_STEPS - 1


@dataclass(frozen=True, slots=True)
class Tag:
    """A stretch [start, end) of a question and what it is; `value` is what it stands for."""

    kind: str
    start: int
    end: int
    text: str
    value: object = "any"


def tag(question: str, folded: str, words: Words, known: Sequence[Tag]) -> list[Tag]:
    """Cover a question with tags, in order; `known` are the names and figures found in it, which may overlap."""
    by_start: dict[int, list[Tag]] = {}
    for found in known:
        by_start.setdefault(found.start, []).append(found)
    size = len(folded)
    # the cost of the rest of a question from each place; where several cost the same, the one with the longest stretch wins
    best: list[tuple[int, int, Tag | None]] = [(0, 0, None)] * (size + 1)
    for at in range(size - 1, -1, -1):
        cost, longest, _ = best[at + 1]
        best[at] = (cost + (0 if folded[at].isspace() else _COST_OF_A_CHARACTER), longest, None)
        for candidate in (*by_start.get(at, ()), *_phrases(question, folded, words, at)):
            cost, longest, _ = best[candidate.end]
            cost, longest = cost + 1, min(longest, at - candidate.end)
            if (cost, longest) < best[at][:2]:
                best[at] = (cost, longest, candidate)
    return _cover(question, best)


def _phrases(question: str, folded: str, words: Words, at: int) -> Iterator[Tag]:
    for phrase in words.starting_at(folded, at):
        end = at + len(phrase.text)
        if _is_whole(folded, at, end):
            yield Tag(phrase.kind, at, end, question[at:end], phrase.value)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Say whether a stretch does not cut a word of Latin letters or a number."""
    return not (
        (start and _joined(text[start - 1]) and _joined(text[start]))
        or (end < len(text) and _joined(text[end - 1]) and _joined(text[end]))
        # nor a compound: the level of ministry-level, the area of residential-area
        or (start > 1 and text[start - 1] == "-" and _joined(text[start - 2]) and _joined(text[start]))
        or (end + 1 < len(text) and text[end] == "-" and _joined(text[end - 1]) and _joined(text[end + 1]))
    )


def _joined(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _cover(question: str, best: Sequence[tuple[int, int, Tag | None]]) -> list[Tag]:
    tags: list[Tag] = []
    at = 0
    while at < len(question):
        chosen = best[at][2]
        if chosen is None:
            if not question[at].isspace():
                tags.append(Tag(TEXT, at, at + 1, question[at]))
            at += 1
        else:
            tags.append(chosen)
            at = chosen.end
    return _joined_text(tags, question)


def _joined_text(tags: Sequence[Tag], question: str) -> list[Tag]:
    joined: list[Tag] = []
    for one in tags:
        if one.kind == TEXT and joined and joined[-1].kind == TEXT:
            joined[-1] = replace(joined[-1], end=one.end, text=question[joined[-1].start : one.end])
        else:
            joined.append(one)
    return joined


def readings(tags: Sequence[Tag], question: str, words: Words) -> Iterator[list[Tag]]:
    """Yield the ways to take the tags, plainest first, without fillers: each lets descriptions absorb more words.

    Of the fillers commas stay: what stands behind one governs nothing before it.
    """
    seen: set[tuple[tuple[str, int], ...]] = set()
    current = list(tags)
    for step in range(_ABSORBING_STEPS):
        current = _absorb(current, question, words, step)
        reading = [replace(one, kind=COMMA) if one.text in words.commas else one for one in current]
        reading = [one for one in reading if one.kind != _FILLER]
        key = tuple((one.kind, one.start) for one in reading)
        if key not in seen:
            seen.add(key)
            yield reading


def _absorb(tags: Sequence[Tag], question: str, words: Words, step: int) -> list[Tag]:
    """Turn into description what stands in or beside one, until nothing changes."""
    current = list(tags)
    while True:
        kinds = ["", *(one.kind for one in current), ""]
        changed = [
            replace(one, kind=TEXT) if _absorbs(one, kinds[place], kinds[place + 2], words, step) else one
            for place, one in enumerate(current)
        ]
        joined = _joined_text(changed, question)
        if joined == current:
            return current
        current = joined


def _absorbs(one: Tag, before: str, after: str, words: Words, step: int) -> bool:
    if one.kind not in words.soft or TEXT not in (before, after):
        return False
    if one.kind == "ABOUT" and before == "TASKS":
        return False  # 任务讲的是…: what tasks are about is no part of what they are about
    if one.kind == "PROGRAMMES" and before == TEXT:
        return step >= 1  # 进修计划 is one name, before what is asked of it
    between = before == after == TEXT
    if step == 0:
        # a single character is rarely a word of its own beside a description (中等…, 在校生…)
        inner = one.kind == _FILLER or one.text in words.weak
        return inner and (between or (len(one.text) == 1 and one.text not in words.edges))
    if step == 1 or between:
        return between
    if step < _LAST_STEP and one.kind in words.asking:
        return False
    if one.text in words.edges:
        # 未按期完成的单位: what links a description to a word that the last steps take into it
        return step >= _LAST_STEP - 1 and before == TEXT and one.text in words.links and after in words.soft and after != _FILLER
    return step >= _LAST_STEP - 1 or one.kind == _FILLER or after == TEXT
