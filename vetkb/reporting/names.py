"""Names that a report may use → IRIs of the base: indicators, populations, divisions, tasks. Read once, then plain data."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from vetkb.engine import Iri, RdfStore, Value
from vetkb.graph.names import division
from vetkb.graph.terms import BASE
from vetkb.model import Division
from vetkb.reporting.wordings import load_wordings

PREFIXES = f"""PREFIX vk: <{BASE}ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX cv: <http://data.europa.eu/m8g/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
"""
_INDICATORS = (
    PREFIXES
    + """SELECT DISTINCT ?indicator ?name ?population ?unit ?document WHERE {
  ?indicator a vk:Indicator .
  { ?indicator skos:prefLabel|skos:altLabel|rdfs:label|skos:notation ?name }
  OPTIONAL { ?indicator vk:population ?population }
  OPTIONAL { ?target cv:constrains ?indicator OPTIONAL { ?target vk:unit ?printed } OPTIONAL { ?target vk:inDocument ?document } }
  OPTIONAL { ?indicator vk:unit ?own }
  BIND(STR(COALESCE(?own, ?printed)) AS ?unit) }"""
)
_ENTITY_TYPES = (
    PREFIXES
    + """SELECT DISTINCT ?concept ?name ?broader WHERE {
  ?concept skos:prefLabel|skos:altLabel|skos:notation ?name .
  FILTER(STRSTARTS(STR(?concept), ?root)) OPTIONAL { ?concept skos:broader ?broader } }"""
).replace("?root", f'"{BASE}id/entity/"')
_DIVISIONS = (
    PREFIXES
    + """SELECT DISTINCT ?division ?name ?broader ?level WHERE {
  ?division a vk:Division ; skos:prefLabel|skos:altLabel|skos:notation ?name . OPTIONAL { ?division skos:broader ?broader }
  OPTIONAL { ?division vk:divisionLevel ?level } }"""
)
_TASKS = (
    PREFIXES
    + """SELECT DISTINCT ?task ?ordinal ?text ?document ?identifier WHERE {
  ?task a vk:Task ; vk:inDocument ?document . OPTIONAL { ?task vk:ordinal ?ordinal } OPTIONAL { ?task vk:text ?text }
  OPTIONAL { ?document eli:id_local ?identifier } }"""
)


_PLACES = frozenset(f"{BASE}id/entity/{kind}" for kind in ("province", "city", "county", "township"))


@dataclass(frozen=True, slots=True)
class IndicatorName:
    """What is needed to recognise an indicator: its population (公办高等职业院校) tells namesakes apart."""

    iri: Iri
    population: str | None
    unit: str | None


@dataclass(frozen=True)
class Names:
    """名称表 — The names of a base, normalised, with what they name; `broader` goes up from types and divisions."""

    indicators: Mapping[str, tuple[IndicatorName, ...]]
    by_iri: Mapping[str, IndicatorName]
    entity_types: Mapping[str, Iri]
    type_labels: Mapping[str, tuple[str, ...]]
    divisions: Mapping[str, tuple[Iri, ...]]
    tasks: Mapping[tuple[str, str], tuple[Iri, ...]]
    broader: Mapping[str, tuple[Iri, ...]]

    def ancestors(self, node: Iri) -> tuple[Iri, ...]:
        """Return a node and everything above it, nearest first."""
        found = [node]
        for each in found:
            found += [b for b in self.broader.get(each, ()) if b not in found]
        return tuple(found)

    def is_place(self, entity_type: Iri) -> bool:
        """Tell whether a type is a kind of division (市, 县), so that a figure about it is about the division itself."""
        return any(a in _PLACES for a in self.ancestors(entity_type))

    @cached_property
    def _loose(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in self.indicators:
            found[loose(name)].append(name)
        return {key: tuple(names) for key, names in found.items()}

    def spelt_otherwise(self, name: str) -> str | None:
        """Return the name of the one indicator that an unknown name is another spelling of (高职, 数 for 数量), else None."""
        if len(name) > _LONGEST_NAME:
            return None
        names = self._loose.get(loose(name), ())
        every = {indicator.iri for known in names for indicator in self.indicators[known]}
        return next((n for n in sorted(names, key=len) if {i.iri for i in self.indicators[n]} == every), None)

    def places(self, name: str) -> tuple[Iri, ...]:
        """Return the divisions of a name, which may have those above it in front (河南省安阳市内黄县)."""
        return self._places(normal(name))

    @cached_property
    def _places(self) -> Callable[[str], tuple[Iri, ...]]:
        return lru_cache(_PLACES_KEPT)(self._find_places)

    def _find_places(self, text: str) -> tuple[Iri, ...]:
        found = self.divisions.get(text, ())
        if found or len(text) > _LONGEST_NAME:
            return found
        for cut in range(len(text) - 2, max(1, len(text) - _LONGEST_PLACE), -1):
            below = self.divisions.get(text[cut:], ())
            above = self._find_places(text[:cut]) if below else ()
            within = tuple(place for place in below if any(a in self.ancestors(place) for a in above))
            if within:
                return within
        return ()

    def suggest(self, name: str, among: Iterable[str]) -> tuple[str, ...]:
        """Return up to three known names near to an unknown one."""
        return tuple(difflib.get_close_matches(normal(name)[:80], list(among), n=3, cutoff=0.5))


@lru_cache(1 << 12)
def normal(name: str) -> str:
    """Return a name as it is compared: half-width, lower case, brackets of one kind, no spaces.

    >>> normal("安政办［2018］２号") == normal("安政办〔2018〕2号")
    True
    """
    text = (
        unicodedata.normalize("NFKC", name).casefold().translate({ord("〔"): "[", ord("〕"): "]", ord("【"): "[", ord("】"): "]"})
    )
    return re.sub(r"\s+", "", text)


_LONGEST_NAME = 60
_PLACES_KEPT = 1 << 10  # the same places come again in row after row
_LONGEST_PLACE = 15  # 积石山保安族东乡族撒拉族自治县
_QUOTES = re.compile("(?<=.)[“”‘’《》「」](?=.)|^[“‘《「](?=.*[^”’》」]$)")  # not around the whole of a name


@lru_cache(1 << 12)
def loose(name: str) -> str:
    """Return a name in the form in which other spellings of it are the same.

    >>> loose("高职在校生数") == loose("高等职业教育在校生规模"), loose("“双师型”教师占比") == loose("双师型教师的比例")
    (True, True)
    >>> loose("中职毕业生就业率") == loose("高职毕业生就业率")
    False
    """
    text = _QUOTES.sub("", normal(name))
    for pattern, short in load_wordings().spellings:
        text = pattern.sub(short, text)
    return text


def names_of(base: RdfStore, divisions: Iterable[Division] = ()) -> Names:
    """Read the names of a base, its ontology included; `divisions` adds those of a lexicon to those of the base."""
    indicators: dict[str, dict[Iri, IndicatorName]] = defaultdict(dict)
    by_iri: dict[str, IndicatorName] = {}
    for row in base.select(_INDICATORS).dicts():
        iri = _iri(row["indicator"])
        known = IndicatorName(iri, _text(row["population"]), _text(row["unit"]) or None)
        if by_iri.get(iri, known).unit != known.unit:
            known = IndicatorName(iri, known.population, None)  # bound in several units: none is the expected one
        by_iri[iri] = known
        label = str(row["name"])
        longer = [f"{label}({known.population})"] if known.population else []
        if known.population and not label.startswith(known.population):
            longer.append(f"{known.population}{label}")
        for name in (label, *longer):
            indicators[normal(name)][iri] = known
    broader: dict[str, list[Iri]] = defaultdict(list)
    entity_types: dict[str, Iri] = {}
    type_labels: dict[str, list[str]] = defaultdict(list)
    for row in base.select(_ENTITY_TYPES).dicts():
        concept = _iri(row["concept"])
        entity_types.setdefault(normal(str(row["name"])), concept)
        type_labels[concept].append(normal(str(row["name"])))
        _add(broader, concept, row["broader"])
    places: dict[str, list[Iri]] = defaultdict(list)
    former = set()
    for place, label, level, above in _divisions(base, divisions):
        if place not in places[normal(label)]:
            places[normal(label)].append(place)
        if level == "former":
            former.add(place)
        _add(broader, place, above)
    for name, found in places.items():
        places[name] = [p for p in found if p not in former] or found
    return Names(
        {name: tuple(found.values()) for name, found in indicators.items()},
        by_iri,
        entity_types,
        {k: tuple(v) for k, v in type_labels.items()},
        {k: tuple(v) for k, v in places.items()},
        _tasks(base),
        {k: tuple(v) for k, v in broader.items()},
    )


def _divisions(base: RdfStore, divisions: Iterable[Division]) -> Iterator[tuple[Iri, str, str, Value]]:
    """Yield place, name, level and what is above it, for each name."""
    for one in divisions:
        for name in (one.code, one.name, *one.short):
            yield division(one.code), name, one.level, division(one.parent) if one.parent else None
    for row in base.select(_DIVISIONS).dicts():
        yield _iri(row["division"]), str(row["name"]), str(row["level"] or ""), row["broader"]


def _tasks(base: RdfStore) -> dict[tuple[str, str], tuple[Iri, ...]]:
    """Tasks by (document, ordinal or text) and, for a report that names no document, by ("", …)."""
    tasks: dict[tuple[str, str], list[Iri]] = defaultdict(list)
    for row in base.select(_TASKS).dicts():
        task = _iri(row["task"])
        documents = {"", normal(str(row["document"])), normal(_text(row["identifier"]) or "")}
        keys = {normal(str(row[c])) for c in ("ordinal", "text") if row[c] is not None}
        for key in ((d, k) for d in documents for k in keys):
            if task not in tasks[key]:
                tasks[key].append(task)
        tasks["", normal(task)] = [task]
    return {k: tuple(v) for k, v in tasks.items()}


def _add(broader: dict[str, list[Iri]], node: Iri, above: Value) -> None:
    if isinstance(above, Iri) and above not in broader[node]:
        broader[node].append(above)


def _iri(value: Value) -> Iri:
    return Iri(str(value))


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
