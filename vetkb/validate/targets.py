"""Targets and tasks of documents in a base → requirements: what a report is held against.

A target that a document states in several places (a clause and the row of its annex) is one requirement. Reading:

- A rate (per head, per cent) laid down for a population binds each of its members and the whole; one laid down for
  persons (教师, 学生) binds everyone who reports on them. A total (人, 所, 项 …)
  binds the whole area, so that the pupils of one school are never held against the pupils of a city. What is laid
  down for each county binds each division below the document's own.
- A figure counts for a target by a date if its days reach that date and begin no later than the end of that year; for
  one from a date, if they reach beyond it; without a date, if they reach beyond the document's own. What is laid down
  per year is compared with figures of a whole year alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from vetkb.engine import Iri, RdfStore, Value
from vetkb.graph.terms import BASE
from vetkb.validate.model import Clause

Reach = Literal["each", "whole", "parts"]

PREFIXES = f"""PREFIX vk: <{BASE}ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX cv: <http://data.europa.eu/m8g/>
PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX qudt: <http://qudt.org/schema/qudt/>
PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_TARGETS = (
    PREFIXES
    + """SELECT ?document ?target ?indicator ?label ?labelEn ?comparator ?value ?low ?high ?unit ?per
  ?population ?own_population ?role ?item ?path ?quote ?start
WHERE {
  ?target cv:constrains ?indicator ; vk:surfaceComparator ?comparator ; vk:bound ?bound ; vk:inDocument ?document .
  OPTIONAL { ?target vk:targetRole ?role }
  OPTIONAL { ?bound qudt:numericValue ?value } OPTIONAL { ?bound qudt:lowerBound ?low } OPTIONAL { ?bound qudt:upperBound ?high }
  OPTIONAL { ?indicator skos:prefLabel ?zh FILTER(LANG(?zh) != "en") } OPTIONAL { ?target rdfs:label ?own }
  OPTIONAL { ?indicator skos:prefLabel ?labelEn FILTER(LANG(?labelEn) = "en") }
  BIND(STR(COALESCE(?own, ?zh, ?indicator)) AS ?label)
  OPTIONAL { ?target vk:unit ?unit } OPTIONAL { ?target vk:per ?per } OPTIONAL { ?target vk:population ?population }
  OPTIONAL { ?indicator vk:population ?own_population }
  OPTIONAL { ?target vk:item ?item OPTIONAL { ?item vk:path ?path } }
  OPTIONAL { ?target vk:evidence/oa:hasSelector ?selector . ?selector oa:exact ?quote
             OPTIONAL { ?selector oa:refinedBy/oa:start ?start } } }"""
)
_SCHEDULES = (
    PREFIXES
    + """SELECT DISTINCT ?document ?subject ?kind ?earliest ?latest ?recurrence WHERE {
  ?subject vk:schedule ?schedule ; vk:inDocument ?document . ?schedule vk:scheduleKind ?kind .
  OPTIONAL { ?schedule vk:earliest ?earliest } OPTIONAL { ?schedule vk:latest ?latest }
  OPTIONAL { ?schedule vk:recurrence ?recurrence } }"""
)
_TASKS = (
    PREFIXES
    + """SELECT ?document ?task ?ordinal ?text ?continuous ?item ?path WHERE {
  ?task a vk:Task ; vk:inDocument ?document . OPTIONAL { ?task vk:ordinal ?ordinal } OPTIONAL { ?task vk:text ?text }
  OPTIONAL { ?task vk:continuous ?continuous } OPTIONAL { ?task vk:item ?item OPTIONAL { ?item vk:path ?path } } }"""
)
_DOCUMENTS = (
    PREFIXES
    + """SELECT ?document ?identifier ?title ?issued ?division WHERE {
  ?document a eli:LegalResource . FILTER EXISTS { ?part vk:inDocument ?document }
  OPTIONAL { ?document eli:id_local ?identifier } OPTIONAL { ?document eli:title ?title }
  OPTIONAL { ?document eli:date_document ?issued } OPTIONAL { ?document vk:division ?division } }"""
)
_POPULATIONS = (
    PREFIXES
    + f"""SELECT ?concept ?name ?person WHERE {{
  ?concept skos:prefLabel|skos:altLabel ?name FILTER(STRSTARTS(STR(?concept), "{BASE}id/entity/"))
  BIND(EXISTS {{ ?concept skos:broader* <{BASE}id/entity/person> }} AS ?person) }}"""
)
_EACH_PLACE = re.compile(r"(?:每个?|各)?(?:县（[市区、]{1,4}）|(?:每个?|各)[省市县区乡镇])(?:政府|人民政府)?")
_BINDING_ROLES = ("target", "standard")


@dataclass(frozen=True, slots=True)
class Policy:
    """A document as far as a check needs it."""

    iri: Iri
    identifier: str
    issued: date | None
    division: Iri | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which figures count: those whose last day is `reaching` or later and whose first is `beginning` or earlier."""

    reaching: date | None
    beginning: date | None
    due: date | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """指标要求 — A bound set for an indicator, with every place that states it; the first names it."""

    targets: tuple[Iri, ...]
    clauses: tuple[Clause, ...]
    items: tuple[Iri, ...]
    policy: Policy
    indicator: Iri
    label: str
    label_en: str | None
    comparator: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str | None
    role: str
    population: str | None
    population_concept: Iri | None
    of_persons: bool
    population_in_indicator: bool
    reach: Reach
    yearly: bool
    windows: tuple[Window, ...]

    @property
    def shape(self) -> Iri:
        return Iri(f"{self.targets[0]}__shape")

    @property
    def expected(self) -> str:
        """Return the bound in signs: `>= 12000 元`, `1–2 个`."""
        unit = f" {self.unit}" if self.unit else ""
        if self.comparator == "range":
            return f"{figure(self.low)}–{figure(self.high)}{unit}"
        sign = {"approx": "≈"}.get(self.comparator, self.comparator)
        return f"{sign} {figure(self.value)}{unit}"

    @property
    def due(self) -> date | None:
        days = [w.due for w in self.windows if w.due is not None]
        return min(days) if len(days) == len(self.windows) else None


@dataclass(frozen=True, slots=True)
class Duty:
    """任务要求 — A task and the day by which it is to be done, or from which it is to be going on."""

    task: Iri
    ordinal: int | None
    label: str
    clause: Clause
    item: Iri
    policy: Policy
    by: date | None
    since: date | None

    @property
    def shape(self) -> Iri:
        return Iri(f"{self.task}__shape")

    @property
    def due(self) -> date | None:
        return self.by or self.since


def figure(value: Decimal | None) -> str:
    """Return a number without exponent and needless zeros."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def policies_of(base: RdfStore, documents: Iterable[str] | None = None) -> dict[Iri, Policy]:
    """Return the documents of a base that have facts; `documents` chooses some by IRI."""
    chosen = None if documents is None else set(documents)
    found: dict[Iri, Policy] = {}
    for row in base.select(_DOCUMENTS).dicts():
        iri = Iri(str(row["document"]))
        if chosen is None or iri in chosen:
            identifier = str(row["identifier"] or row["title"] or iri)
            found.setdefault(iri, Policy(iri, identifier, _date(row["issued"]), _iri(row["division"])))
    return found


def requirements_of(base: RdfStore, policies: Mapping[Iri, Policy]) -> tuple[Requirement, ...]:
    """Return the numeric requirements of documents, in the order of their first statement."""
    schedules = _schedules(base)
    concepts = {str(r["name"]): (Iri(str(r["concept"])), r["person"] is True) for r in base.select(_POPULATIONS).dicts()}
    rows = [r for r in base.select(_TARGETS).dicts() if r["document"] in policies and (r["role"] or "target") in _BINDING_ROLES]
    rows.sort(key=lambda r: (str(r["document"]), _number(r["start"], 0), str(r["target"])))
    groups: dict[tuple[object, ...], dict[Iri, dict[str, Value]]] = {}
    for row in rows:
        columns = ("document", "indicator", "comparator", "value", "low", "high", "unit", "per", "population", "role")
        groups.setdefault(tuple(str(row[c]) for c in columns), {}).setdefault(Iri(str(row["target"])), row)
    found = (_requirement(list(g.values()), policies, schedules, concepts) for g in groups.values())
    return tuple(r for r in found if r is not None)


def _requirement(
    rows: list[dict[str, Value]],
    policies: Mapping[Iri, Policy],
    schedules: Mapping[Iri, list[dict[str, Value]]],
    concepts: Mapping[str, tuple[Iri, bool]],
) -> Requirement | None:
    first = rows[0]
    value, low, high = (_decimal(first[c]) for c in ("value", "low", "high"))
    comparator = str(first["comparator"])
    if (low is None or high is None) if comparator == "range" else value is None:
        return None
    policy = policies[Iri(str(first["document"]))]
    unit, per = _text(first["unit"]), _text(first["per"]) or ""
    population = _text(first["population"])
    concept, of_persons = concepts.get(population or "", (None, False))
    rate = unit in ("%", "‰") or any(p not in ("年", "月", "季度", "学期", "学年") for p in per.split("·") if p)
    planned = [s for r in rows for s in schedules.get(Iri(str(r["target"])), [])]
    yearly = "年" in per.split("·") or (not rate and any(s["recurrence"] == "P1Y" for s in planned))
    clauses = tuple(Clause(policy.identifier, _text(r["path"]), _text(r["quote"]) or "") for r in rows)
    return Requirement(
        targets=tuple(Iri(str(r["target"])) for r in rows),
        clauses=clauses,
        items=tuple(dict.fromkeys(_iri(r["item"]) or policy.iri for r in rows)),
        policy=policy,
        indicator=Iri(str(first["indicator"])),
        label=str(first["label"]),
        label_en=_text(first["labelEn"]),
        comparator=comparator,
        value=value,
        low=low,
        high=high,
        unit=unit,
        role=str(first["role"] or "target"),
        population=population,
        population_concept=concept,
        of_persons=of_persons,
        population_in_indicator=population is None or first["own_population"] is not None,
        reach="parts" if _is_place(per, population) else "each" if rate else "whole",
        yearly=yearly,
        windows=_windows(rows, schedules, policy.issued),
    )


def _is_place(per: str, population: str | None) -> bool:
    """Tell whether a number is laid down for each division below the document's own (每个县（市）, 各县（市、区）)."""
    each = _EACH_PLACE.fullmatch(population or "")
    return each is not None or any(p[:1] in "省市县区乡镇" for p in per.split("·") if p)


def _windows(
    rows: Iterable[dict[str, Value]], schedules: Mapping[Iri, list[dict[str, Value]]], issued: date | None
) -> tuple[Window, ...]:
    found: dict[Window, None] = {}
    for row in rows:
        own = schedules.get(Iri(str(row["target"])), [])
        found |= {w: None for s in own if (w := _window(s)) is not None}
    # A place that gives no date adds none to a place that does.
    return tuple(found) or (Window(issued, None, issued),)


def _window(schedule: Mapping[str, Value]) -> Window | None:
    earliest, latest = _date(schedule["earliest"]), _date(schedule["latest"])
    if latest is not None:
        return Window(latest, date(latest.year, 12, 31), latest)
    return None if earliest is None else Window(earliest, None, earliest)


def duties_of(base: RdfStore, policies: Mapping[Iri, Policy]) -> tuple[Duty, ...]:
    """Return the tasks of documents, with the dates that bind them, in the order of their numbers."""
    schedules = _schedules(base)
    found: dict[Iri, Duty] = {}
    for row in base.select(_TASKS).dicts():
        task, document = Iri(str(row["task"])), Iri(str(row["document"]))
        if task in found or document not in policies:
            continue
        policy = policies[document]
        own = schedules.get(task, [])
        by = [d for s in own if (d := _date(s["latest"])) is not None]
        since = [d for s in own if (d := _date(s["earliest"])) is not None and s["latest"] is None]
        going_on = policy.issued if not by and (row["continuous"] is True or not own) else None
        text = _text(row["text"]) or ""
        clause = Clause(policy.identifier, _text(row["path"]), text)
        ordinal = int(str(row["ordinal"])) if row["ordinal"] is not None else None
        found[task] = Duty(
            task,
            ordinal,
            text,
            clause,
            _iri(row["item"]) or document,
            policy,
            min(by, default=None),
            min(since, default=going_on),
        )
    return tuple(sorted(found.values(), key=lambda d: (d.policy.iri, d.ordinal is None, d.ordinal or 0, d.task)))


def _schedules(base: RdfStore) -> dict[Iri, list[dict[str, Value]]]:
    found: dict[Iri, list[dict[str, Value]]] = {}
    for row in base.select(_SCHEDULES).dicts():
        found.setdefault(Iri(str(row["subject"])), []).append(row)
    for rows in found.values():
        rows.sort(key=lambda r: (str(r["latest"]), str(r["earliest"]), str(r["kind"])))
    return found


def _date(value: Value) -> date | None:
    return value if isinstance(value, date) else None


def _decimal(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value))


def _number(value: Value, default: int) -> int:
    return value if isinstance(value, int) else default


def _iri(value: Value) -> Iri | None:
    return value if isinstance(value, Iri) else None


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
