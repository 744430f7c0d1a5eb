"""A question in free words → the sentences that answer it, quoted: for what no form of tasks or numbers can say.

A sentence, with the headings it stands under, answers a question if it holds every word of it, but for the words that
ask and those that say nothing (ontology/ask/reading.toml), and something of the kind that is asked for: a number for
多少, a time for 何时, a party for 谁. Most of it must stand in the sentence itself. One word that is nowhere (another
place, another year) and there is no answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from vetkb.ask.answer import Answer
from vetkb.ask.context import Context, Declined, iri
from vetkb.ask.describe import plain
from vetkb.ask.documents import passages
from vetkb.ask.form import About, All, Form
from vetkb.ask.words import Words, fold, load_words
from vetkb.engine import Iri
from vetkb.paths import ONTOLOGY
from vetkb.store import Hit

_CANDIDATES: Final = 60
_MOST: Final = 3
_LEAST_OWN: Final = 3  # characters of the question that the sentence itself must hold
_OWN_SHARE: Final = 0.5
_LONGEST_WORD: Final = 24
_FIGURE: Final = re.compile(r"[a-z0-9][a-z0-9.%]*")
_SKIPPED: Final = re.compile(r"[\s“”\"'‘’「」《》()\[\]、,，.。;；:：!！?？·—\-…]")
_HEADINGS: Final = """
SELECT ?node ?heading ?upper {
  %s
  ?node vk:item ?item . ?item vk:heading ?heading . OPTIONAL { ?item eli:is_part_of/vk:heading ?upper }
}"""


@dataclass(frozen=True)
class Reading:
    """原文问答用语 — The words of ontology/ask/reading.toml."""

    spare: Mapping[str, tuple[str, ...]]
    asks: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    same: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def load_reading() -> Reading:
    """Read the words for answers by quotation."""
    data = tomllib.loads((ONTOLOGY / "ask" / "reading.toml").read_text(encoding="utf-8"))
    spare: dict[str, set[str]] = {}
    asked = {word for entry in data["asks"].values() for word in entry["words"]}
    for word in {*data["spare"], *asked}:
        spare.setdefault(word[0], set()).add(word)
    same = {**load_words("zh").same, **{word: tuple(others) for word, others in data["same"].items()}}
    return Reading(
        spare={first: tuple(sorted(words, key=len, reverse=True)) for first, words in spare.items()},
        asks=tuple((tuple(entry["words"]), re.compile(entry["pattern"])) for entry in data["asks"].values()),
        same=same,
    )


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of a question a sentence holds: characters that are missing, in the sentence itself, in its headings."""

    missing: str
    own: int
    above: int


def answer_by_quoting(question: str, context: Context) -> Answer | Declined | None:
    """Answer a question with sentences that hold all of its words; None where it has too few."""
    reading = load_reading()
    asked = fold(question)
    content = list(_content(asked, reading))
    if sum(map(len, content)) < _LEAST_OWN:
        return None
    document = context.scope.documents.iris[0] if context.scope else None
    hits = [hit for hit in context.store.search(" ".join(content), _CANDIDATES, document) if hit.kind == "sentence"]
    if not hits:
        return None
    above = _headings(hits, context)
    wanted = [pattern for words, pattern in reading.asks if any(word in asked for word in words)]
    found: list[tuple[Cover, Hit]] = []
    least = question
    for hit in hits:
        cover = covered(asked, plain(hit.text), plain(above.get(hit.iri, "")), reading)
        if len(cover.missing) < len(least):
            least = cover.missing
        enough = cover.own >= _LEAST_OWN and cover.own >= _OWN_SHARE * (cover.own + cover.above)
        if not cover.missing and enough and all(pattern.search(hit.text) for pattern in wanted):
            found.append((cover, hit))
    form = Form("passages", All((About("\n".join(content)), *([context.scope] if context.scope else []))))
    if not found:
        if not least:
            return None
        return context.declined("not_found", form, "refuse_missing", words=" ".join(content), missing=least)
    best = max(cover.own for cover, _ in found)
    chosen = [hit.iri for cover, hit in sorted(found, key=lambda one: len(one[1].text)) if cover.own == best]
    return passages(chosen[:_MOST], form, context, cut=len(chosen) > _MOST)


def _content(asked: str, reading: Reading) -> Iterator[str]:
    """Yield the stretches of a question that are left without spare words and punctuation."""
    at = start = 0
    while at < len(asked):
        word = next((word for word in reading.spare.get(asked[at], ()) if asked.startswith(word, at)), None)
        if word is None and not _SKIPPED.match(asked[at]):
            at += 1
            continue
        if at > start:
            yield asked[start:at]
        at += len(word) if word else 1
        start = at
    if at > start:
        yield asked[start:at]


def _headings(hits: Sequence[Hit], context: Context) -> dict[Iri, str]:
    rows = context.look_up(_HEADINGS, "?node", [hit.iri for hit in hits])
    return {iri(row["node"]): f"{row['heading'] or ''}|{row['upper'] or ''}" for row in rows}


def covered(asked: str, text: str, above: str, reading: Reading) -> Cover:
    """Return the best way to account for a question by a sentence, its headings and spare words: least missing first."""
    size = len(asked)
    # (missing, -own, -above, words) of the rest of the question from each place, and the step taken there
    best: list[tuple[tuple[int, int, int, int], int, str]] = [((0, 0, 0, 0), 0, "")] * (size + 1)
    for at in range(size - 1, -1, -1):
        options = []
        for end, kind in _steps(asked, at, text, above, reading):
            missing, own, high, words = best[end][0]
            length = end - at
            if kind == "own":
                own -= length
            elif kind == "above":
                high -= length
            elif kind == "missing":
                missing += length
            options.append(((missing, own, high, words + (kind != "skip")), end, kind))
        best[at] = min(options)
    left, at = [], 0
    while at < size:
        _, end, kind = best[at]
        if kind == "missing":
            left.append(asked[at:end])
        at = end
    return Cover("".join(left), -best[0][0][1], -best[0][0][2])


def _steps(asked: str, at: int, text: str, above: str, reading: Reading) -> Iterator[tuple[int, str]]:
    if _SKIPPED.match(asked[at]):
        yield at + 1, "skip"
        return
    figure = _FIGURE.match(asked, at)
    if figure:
        whole = rf"(?<![a-z0-9.]){re.escape(figure[0])}(?![a-z0-9])"
        kind = "own" if re.search(whole, text) else "above" if re.search(whole, above) else "missing"
        yield figure.end(), kind
        return
    yield at + 1, "missing"
    for word in reading.spare.get(asked[at], ()):
        if asked.startswith(word, at):
            yield at + len(word), "spare"
    for kind, source in (("own", text), ("above", above)):
        for end in range(at + 2, min(len(asked), at + _LONGEST_WORD) + 1):
            if asked[at:end] not in source:
                break
            yield end, kind
    for length in range(1, 7):
        others = reading.same.get(asked[at : at + length], ())
        if len(asked) >= at + length and others:
            if any(other in text for other in others):
                yield at + length, "own"
            elif any(other in above for other in others):
                yield at + length, "above"
