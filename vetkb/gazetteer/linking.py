"""名录 — Names in a text, and a name that somebody typed → the entries that are meant, or suggestions.

Layers, each asked only when the one before found nothing: exact, normalised (width, brackets, traditional characters,
the division left out), pinyin (财政居 → 财政局), abbreviation (人社局 → 人力资源社会保障局), close (with a margin).
The last three never join bodies of two levels (财政厅, 财政局, 教育部) or of two places, and name one thing or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias

from vetkb.gazetteer.matching import NameMatcher
from vetkb.gazetteer.normal import normal_text, normalise, simplified, syllables
from vetkb.gazetteer.shape import Shape, shape_of

Layer = Literal["exact", "normalised", "pinyin", "abbreviation", "close"]

Accept: TypeAlias = "Callable[[Entry], bool]"
_Layer: TypeAlias = "Callable[[str, Shape, Accept], list[Entry]]"

AGENCY = "agency"
_LONGEST_NAME = 120  # what is longer is no name: nothing is linked or suggested
_CLOSE = 85.0
_MARGIN = 8.0
_SUGGESTED = 55.0
# Words that say nothing about the field: an agency is often named without them (应急局, 扶贫办).
_GENERIC_WORDS = (
    *("监督管理", "行政管理", "综合执法", "领导小组", "管理", "开发", "事务", "行政", "工作", "服务", "发展", "监督"),
    *("和", "与", "及"),
)
_FULL_FORMS = {"团": "共青团"}
# What may not follow a short name: then its last character belongs to another word (政府办学, 财政局长, 市委书记).
_OTHER_WORD = {
    "办": "学理法好事案公得",
    "局": "长部面势限",
    "部": "分长队署",
    "委": "托任派书",
    "会": "议计",
    "院": "校长士",
    "厅": "长",
    "府": "采",
    "协": "同作调议",
}
_SHORT = 4
_RANKED = 60  # how many near names are looked at for their level and place


@dataclass(frozen=True, slots=True)
class Entry:
    """名录条目 — A name of a thing; a thing with several names has several entries. `division` is a code, `level` a level."""

    id: str
    name: str
    kind: str
    level: str | None = None
    division: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """提及 — A name in a text: characters [start, end) as typed, and the entries that bear it."""

    start: int
    end: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """链接 — The entries that a name means, the layer that found them, and how sure that is (0 to 100)."""

    entries: tuple[Entry, ...]
    layer: Layer
    score: float


@dataclass(frozen=True, slots=True)
class Suggestions:
    """建议 — No entry is meant for sure; these are the nearest, the best first."""

    entries: tuple[Entry, ...]


def _every(_entry: Entry) -> bool:
    return True


class Gazetteer:
    """Finds and links the names of its entries. Built once, asked often; what only rare questions need is made when needed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        by_name: dict[str, list[Entry]] = {}
        for entry in self.entries:
            by_name.setdefault(normal_text(entry.name), []).append(entry)
        by_name.pop("", None)
        self._by_name = by_name
        self._names = list(by_name)

    def find(self, text: str) -> list[Mention]:
        """Return the names in a text, leftmost and longest first; they do not overlap."""
        seen = normalise(text)
        found = []
        for place, start, end in self._matcher.find(simplified(seen.text)):
            name = self._names[place]
            if _stands_alone(seen.text, start, end):
                found.append(Mention(*seen.original(start, end), tuple(self._by_name[name])))
        return found

    def link(self, text: str, accept: Accept = _every) -> Link | Suggestions:
        """Return what a typed name means among the entries that `accept` lets through."""
        name = _typed_name(text)
        return (self._sure(text.strip(), name, accept) or self._close(name, accept)) if name else Suggestions(())

    def link_surely(self, text: str, accept: Accept = _every) -> Link | Suggestions | None:
        """Return what a typed name means, None where no entry has its sound or its short form: those near it cost most."""
        name = _typed_name(text)
        return self._sure(text.strip(), name, accept) if name else None

    def _sure(self, typed: str, name: str, accept: Accept) -> Link | Suggestions | None:
        exact = tuple(e for e in self._by_name.get(name, ()) if e.name == typed and accept(e))
        if exact:
            return Link(exact, "exact", 100.0)
        for form in dict.fromkeys((name, simplified(name))):
            same = tuple(e for e in self._by_name.get(form, ()) if accept(e))
            if same:
                return Link(same, "normalised", 100.0)
            bare = tuple(e for e in self._by_bare_name.get(shape_of(form).bare, ()) if accept(e) and _placeless(form))
            if bare:
                return Link(bare, "normalised", 95.0)
        name = simplified(name)
        shape = shape_of(name)
        layers: tuple[tuple[Layer, _Layer, float], ...] = (
            ("pinyin", self._same_sound, 90.0),
            ("abbreviation", self._abbreviated, 85.0),
        )
        for layer, find, score in layers:
            matches = find(name, shape, accept)
            if len({entry.id for entry in matches}) == 1:
                return Link(tuple(matches), layer, score)
            if matches:
                return Suggestions(_one_each(matches)[:3])
        return None

    def _same_sound(self, name: str, typed: Shape, accept: Accept) -> list[Entry]:
        """Return the entries of the same sound: by their whole names; else, since a place may be left out, without it."""
        for sound, mine, names in (
            (_sound_of(name, typed), name, self._normal),
            (_sound(typed.bare), typed.bare, self._bare),
        ):
            same = (place for place in self._by_sound.get(sound, ()) if _half_the_same(mine, names[place]))
            found = [self.entries[place] for place in same if self._may_be(place, typed, accept)]
            if found:
                return found
        return []

    def _abbreviated(self, name: str, typed: Shape, accept: Accept) -> list[Entry]:
        full = _FULL_FORMS.get(name[0], "") + name[1:]
        found = [
            p for p in self._by_start.get((typed.core[:1], typed.ending), ()) if _abbreviates(typed.core, self._shapes[p].core)
        ]
        if name[0] in _FULL_FORMS:
            found += [place for place in self._agencies if _in_order(full, self._normal[place])]
        return [self.entries[place] for place in dict.fromkeys(found) if self._may_be(place, typed, accept)]

    def _close(self, name: str, accept: Accept) -> Link | Suggestions:
        name = simplified(name)
        typed = shape_of(name)
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extract

        best: dict[int, float] = {}
        for query, names in ((name, self._normal), (typed.bare, self._bare)):
            for _, score, place in extract(query, names, scorer=ratio, score_cutoff=_SUGGESTED, limit=_RANKED):
                best[place] = max(score, best.get(place, 0.0))
        ranked = sorted((p for p in best if accept(self.entries[p])), key=lambda p: -best[p])
        bodies = [place for place in ranked if self._may_be(place, typed, accept)]
        if bodies and len(name) >= _SHORT and best[bodies[0]] >= _CLOSE:
            first = self.entries[bodies[0]]
            rival = next((best[p] for p in bodies if self.entries[p].id != first.id), 0.0)
            if best[bodies[0]] - rival >= _MARGIN:
                same = tuple(self.entries[p] for p in bodies if self.entries[p].id == first.id and best[p] == best[bodies[0]])
                return Link(same, "close", best[bodies[0]])
        return Suggestions(_one_each(self.entries[place] for place in ranked)[:3])

    def _may_be(self, place: int, typed: Shape, accept: Accept) -> bool:
        entry = self.entries[place]
        return accept(entry) and (entry.kind != AGENCY or _same_body(typed, entry, self._shapes[place]))

    # What only the later layers need; places count in `entries`.

    @cached_property
    def _normal(self) -> list[str]:
        return [normal_text(entry.name[:_LONGEST_NAME]) for entry in self.entries]

    @cached_property
    def _shapes(self) -> list[Shape]:
        return [shape_of(name) for name in self._normal]

    @cached_property
    def _bare(self) -> list[str]:
        """Agencies without their place (`_same_body` compares places), everything else whole."""
        whole = zip(self.entries, self._normal, self._shapes, strict=True)
        return [shape.bare if entry.kind == AGENCY else name for entry, name, shape in whole]

    @cached_property
    def _agencies(self) -> list[int]:
        return [place for place, entry in enumerate(self.entries) if entry.kind == AGENCY]

    @cached_property
    def _by_start(self) -> dict[tuple[str, str], list[int]]:
        """Agencies by the first character of their core and by their ending: 人…局."""
        found: dict[tuple[str, str], list[int]] = {}
        for place in self._agencies:
            shape = self._shapes[place]
            if shape.ending:
                found.setdefault((shape.core[:1], shape.ending), []).append(place)
        return found

    @cached_property
    def _by_sound(self) -> dict[str, list[int]]:
        """Entries by the sound of their names, whole and without their place."""
        found: dict[str, list[int]] = {}
        for place, (name, bare, shape) in enumerate(zip(self._normal, self._bare, self._shapes, strict=True)):
            for sound in {_sound_of(name, shape), _sound(bare)}:
                found.setdefault(sound, []).append(place)
        return found

    @cached_property
    def _matcher(self) -> NameMatcher:
        return NameMatcher(self._names)

    @cached_property
    def _by_bare_name(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for place in self._agencies:
            if self._shapes[place].place:
                found.setdefault(self._bare[place], []).append(self.entries[place])
        return found


def _typed_name(text: str) -> str:
    """Return a name as it is compared, "" for what is none."""
    typed = text.strip()
    return normal_text(typed) if len(typed) <= _LONGEST_NAME else ""


@lru_cache(maxsize=50_000)
def _sound(text: str) -> str:
    return " ".join(syllables(text))


def _sound_of(name: str, shape: Shape) -> str:
    """Return the sound of a name: of its place and of the rest, since the same bodies stand in many places."""
    return f"{_sound(shape.place)} {_sound(name[len(shape.place) :])}".strip()


def _placeless(name: str) -> bool:
    return not shape_of(name).place


def _same_body(typed: Shape, entry: Entry, shape: Shape) -> bool:
    """Whether two names may mean one body: no two levels (厅 and 局), no two places (北京市 and 安阳市)."""
    here = typed.level
    there = shape.level or entry.level
    if here and there and here != there:
        return False
    if typed.ending and shape.ending and typed.ending != shape.ending and (here or shape.level):
        return False
    if typed.place_kind == "named" and shape.place_kind == "named" and typed.place != shape.place:
        return False
    return not (typed.place_kind == "named" and shape.place_kind == "generic")


def _abbreviates(short: str, full: str) -> bool:
    """Whether `short` takes characters of several words of `full`, in order, from the first on (人社 of 人力资源社会保障).

    The beginning alone (农业 of 农业农村) may be another body, unless what is left out says nothing (应急 of 应急管理).
    """
    if not 2 <= len(short) < len(full) or short[0] != full[0] or not _in_order(short, full):
        return False
    if not full.startswith(short):
        return True
    rest = full[len(short) :]
    for word in _GENERIC_WORDS:
        rest = rest.replace(word, "")
    return not rest


def _half_the_same(mine: str, theirs: str) -> bool:
    return len(mine) == len(theirs) and mine != theirs and 2 * sum(map(str.__eq__, mine, theirs)) >= len(mine)


def _in_order(short: str, full: str) -> bool:
    rest = iter(full)
    return all(char in rest for char in short)


def _one_each(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple({entry.id: entry for entry in reversed(list(entries))}.values())[::-1]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a match is a word of its own: no part of a longer word of an alphabet, no 政府办 in 政府办学."""
    last, after = text[end - 1], text[end : end + 1]
    if last.isascii() and last.isalnum() and after.isascii() and after.isalnum():
        return False
    first, before = text[start], text[start - 1 : start] if start else ""
    if first.isascii() and first.isalnum() and before.isascii() and before.isalnum():
        return False
    return end - start > _SHORT or not after or after not in _OTHER_WORD.get(last, "")
