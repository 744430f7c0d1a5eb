"""A question → its tags: the names of one base, typed right or almost right, then figures and words.

A name glued to words of no kind is none (北京市财政局); one that differs from a known one by a character of the same
sound, or is a short form of it, is put right, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, cast

from vetkb.ask.bodies import EnglishBodies
from vetkb.ask.entities import EntityFinder
from vetkb.ask.figures import find_figures
from vetkb.ask.form import Named
from vetkb.ask.tags import STRANGER, TEXT, Tag, tag
from vetkb.ask.words import Words, fold
from vetkb.engine import Iri
from vetkb.gazetteer import Entry, Gazetteer, Link, pinyin, shape_of, simplified

SHORT_NAME: Final = 2  # characters of a name that is too short to be put right
_LONGEST_NAME: Final = 24
_MOST_BEFORE: Final = 3  # words that may have been taken out of a name typed almost right
_TRUSTED_LAYERS: Final = ("normalised", "pinyin", "abbreviation")
_AN_AGENCY: Final = re.compile(
    r"(?:局|委|办|厅|部|署|院|委员会|办公室|政府|中心|公司|bureau|commission|ministry|department|office)(?:长)?$", re.IGNORECASE
)
_OPENED: Final = re.compile(r"\s?[(（]")
_CLOSED: Final = ")）"
_GLUED: Final = frozenset({TEXT, "FILLER", "LEVEL", "CLASSIFIER", "AND", "AGENCY"})
_SEPARATE: Final = frozenset("的，,：:。？?和与及、了请是")


@dataclass(frozen=True)
class Tagger:
    """标注 — Tags questions with the names of one base."""

    finder: EntityFinder

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The names of agencies, for what is typed almost right; made when the first such name is met."""
        return Gazetteer(Entry(" ".join(iris), name, "agency") for name, iris in sorted(self._bodies.items()))

    @cached_property
    def _bodies(self) -> dict[str, tuple[Iri, ...]]:
        """The bodies of each Chinese name of more than two characters."""
        entities = self.finder.entities
        found = {name: (iri,) for iri, name in entities.full.items()}
        short = ((name, named) for name, named in entities.agencies.items() if not name.isascii() and len(name) > SHORT_NAME)
        return found | {name: named.iris for name, named in short}

    def tags_of(self, text: str, words: Words) -> list[Tag]:
        """Return the tags of a question as it was typed."""
        folded = fold(text)
        names = self.names_of(text, folded, words)
        known = [*names, *_said_twice(names, text), *find_figures(text, folded, words.language)]
        return self._entitled(_whole_names(tag(text, folded, words, known), text))

    def names_of(self, text: str, folded: str, words: Words) -> list[Tag]:
        """Return the names in a question: those that the base has, and English ones that its own mean."""
        names = list(self.finder.find(text, folded))
        return [*names, *self._bodies_in_english.find(text, folded, words, names)]

    @cached_property
    def _bodies_in_english(self) -> EnglishBodies:
        return EnglishBodies(self.finder.entities)

    def tagged(self, text: str, words: Words) -> Iterator[tuple[tuple[str, ...], list[Tag]]]:
        """Yield the tags of a question; where a name was typed almost right, first those with it put right, and a note."""
        tags = self.tags_of(text, words)
        linked = [self._linked_from(place, tags, text) for place, one in enumerate(tags) if one.kind == TEXT]
        corrected = [found for found in linked if found is not None]
        if corrected:
            notes = tuple(f"{one.text}\n{one.value.label}" for one in corrected if isinstance(one.value, Named))
            left = [one for one in tags if not any(found.start <= one.start < found.end for found in corrected)]
            yield notes, sorted([*left, *corrected], key=lambda one: one.start)
        yield (), tags

    def _linked_from(self, place: int, tags: Sequence[Tag], text: str) -> Tag | None:
        """Return a name put right that ends in a stretch of words; short words may have been taken out of it before."""
        last = tags[place]
        found = self._linked(last)
        start = last.start
        for before in reversed(tags[max(0, place - _MOST_BEFORE) : place]):
            if before.end != start or not _AN_AGENCY.search(last.text) or len(before.text) > SHORT_NAME:
                break
            start = before.start
            found = self._linked(replace(last, start=start, text=text[start : last.end])) or found
        return found

    def _entitled(self, tags: Sequence[Tag]) -> list[Tag]:
        """Join words and the kind of document after them into its name, where one title alone has them."""
        joined: list[Tag] = []
        for one in tags:
            last = joined[-1] if joined else None
            if one.kind == "DOC" and last is not None and last.kind == TEXT and last.end == one.start:
                words = last.text + one.text
                named = self.finder.entitled(words)
                if named is not None:
                    joined[-1] = replace(last, kind="DOCNAME", end=one.end, text=words, value=replace(named, words=words))
                    continue
            joined.append(one)
        return joined

    def _linked(self, one: Tag) -> Tag | None:
        """Return a tag for a name that differs from a known one in a character that sounds the same, or is a short form."""
        if one.text.isascii() or not SHORT_NAME < len(one.text) <= _LONGEST_NAME:
            return None
        typed = shape_of(simplified(one.text))
        # 北京市科技局 is none of this city's bodies, however little of its name is left without its place
        elsewhere = typed.place_kind == "named"
        link = self.gazetteer.link_surely(
            one.text, lambda entry: not elsewhere or _sounds_alike(shape_of(entry.name).place, typed.place)
        )
        if not isinstance(link, Link) or link.layer not in _TRUSTED_LAYERS:
            return None
        iris = tuple(dict.fromkeys(iri for entry in link.entries for iri in self._bodies[entry.name]))
        entities = self.finder.entities
        label = "、".join(entities.full.get(iri, entities.labels[iri]) for iri in iris)
        return replace(one, kind="AGENCY", value=Named(entities.labels[iris[0]], label, iris))

    def nearest(self, name: str, number: int) -> list[Iri]:
        """Return the bodies whose names are nearest to one that the base does not have."""
        return [self._bodies[entry.name][0] for entry in self.gazetteer.link(name).entries[:number]]


def _said_twice(names: Sequence[Tag], text: str) -> Iterator[Tag]:
    """Yield names that are said again in brackets, in the other language or in full: Taxation Administration (税务总局)."""
    named = [one for one in names if one.kind == "AGENCY" and isinstance(one.value, Named)]
    inside = {one.start: one for one in sorted(named, key=lambda one: one.end)}
    for one in named:
        opening = _OPENED.match(text, one.end)
        again = inside.get(opening.end()) if opening else None
        if again is None or text[again.end : again.end + 1] not in _CLOSED:
            continue
        first, second = cast(Named, one.value), cast(Named, again.value)
        both = tuple(iri for iri in second.iris if iri in first.iris)
        if both and text[again.end : again.end + 1]:
            end = again.end + 1
            yield Tag("AGENCY", one.start, end, text[one.start : end], replace(second, words=text[one.start : end], iris=both))


def _sounds_alike(one: str, other: str) -> bool:
    return one == other or (len(one) == len(other) and pinyin(one) == pinyin(other))


def _whole_names(tags: list[Tag], text: str) -> list[Tag]:
    """Undo a name that is glued to words of no kind: 北京市财政局 is not 市财政局, 财政局长 is nobody's bureau."""
    kept: list[Tag] = []
    for place, one in enumerate(tags):
        before = tags[place - 1] if place else None
        after = tags[place + 1] if place + 1 < len(tags) else None
        beside = any(
            other is not None and other.kind == "AGENCY"
            for other in (
                before if before is not None and before.end == one.start else None,
                after if after is not None and one.end == after.start else None,
            )
        )
        glued = (
            beside
            or (before is not None and before.kind == TEXT and before.end == one.start)
            or (after is not None and after.kind == TEXT and one.end == after.start)
        )
        kept.append(replace(one, kind=TEXT) if one.kind == "AGENCY" and glued else one)
    joined: list[Tag] = []
    for one in kept:
        if joined and one.kind == TEXT and joined[-1].kind == TEXT and joined[-1].end == one.start:
            joined[-1] = replace(joined[-1], end=one.end, text=text[joined[-1].start : one.end])
        else:
            joined.append(one)
    return joined


def stranger(tags: Sequence[Tag], text: str) -> str | None:
    """Return the first name of an agency or document that the base does not hold, with the words it is glued to."""
    for place, one in enumerate(tags):
        if one.kind == STRANGER or (one.kind == TEXT and _AN_AGENCY.search(one.text)):
            start = one.start
            for before in reversed(tags[:place]):
                if one.kind == STRANGER or before.end != start or before.kind not in _GLUED or before.text in _SEPARATE:
                    break
                start = before.start
            return text[start : one.end]
    return None
