"""Targets of documents in a base → requirements: what a report is held against, and what was set aside with the reason.

A target that a document states in several places (a clause and the row of its annex) is one requirement. Reading:

- A rate (per head, per cent) laid down for a population or for each body (各级政府) binds each of them and the whole; one
  laid down for persons (教师, 学生) binds everyone who reports on them. Any other share, and a total (人, 所, 项 …), binds
  the whole area, so that the pupils of one school are never held against the pupils of a city. What is laid down for
  each county binds each division below the document's own. What is granted (给予最高500万元) binds each case by itself.
- A figure counts for a target by a date if its days reach that date and begin no later than the end of that year; where
  the level is to be kept (保持), any later figure counts too; for one from a date, if they reach beyond it; without a
  date, if they reach beyond the document's own. What is laid down per year is compared with figures of a whole year alone.
- Bounds of one name that differ and can hold for the same figure are told apart by something a report does not say: none
  of them is made a shape (创业担保贷款: 15万元 for a person, 300万元 for a firm).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from vetkb.engine import Iri, RdfStore, Value
from vetkb.graph.terms import BASE
from vetkb.text import Message
from vetkb.validate.demands import (
    is_denominator,
    is_floor,
    is_for_each,
    is_kept,
    is_per_unit,
    is_soft,
    names_another,
    names_money,
    why_no_demand,
)
from vetkb.validate.model import Clause
from vetkb.validate.passages import Passages, passages_of
from vetkb.validate.policy import Policy, Reach, Requirement, SetAside, Window
from vetkb.validate.windows import TIMES, Row, as_date, is_too_short, months_of, windows_of
from vetkb.zh.units import MONEY

PREFIXES = f"""PREFIX vk: <{BASE}ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX cv: <http://data.europa.eu/m8g/>
PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX qudt: <http://qudt.org/schema/qudt/>
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_TARGETS = (
    PREFIXES
    + """SELECT ?document ?target ?indicator ?label ?labelEn ?comparator ?value ?low ?high ?unit ?per
  ?population ?own_population ?role ?whole ?rule ?item ?path ?quote ?start
WHERE {
  ?target cv:constrains ?indicator ; vk:surfaceComparator ?comparator ; vk:bound ?bound ; vk:inDocument ?document .
  OPTIONAL { ?target vk:targetRole ?role } OPTIONAL { ?target vk:partOf ?whole } OPTIONAL { ?target prov:wasGeneratedBy ?rule }
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
    + """SELECT DISTINCT ?document ?subject ?kind ?earliest ?latest ?recurrence ?surface WHERE {
  ?subject vk:schedule ?schedule ; vk:inDocument ?document . ?schedule vk:scheduleKind ?kind .
  OPTIONAL { ?schedule vk:earliest ?earliest } OPTIONAL { ?schedule vk:latest ?latest }
  OPTIONAL { ?schedule vk:recurrence ?recurrence } OPTIONAL { ?schedule vk:surface ?surface } }"""
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
_NUMBERED = re.compile("〔((?:19|20)[0-9]{2})〕")
_MAY_ONCE = re.compile("一[证票人企户案次址]多|可以?(?:申请|延长|使用|享受|领取|办理)[^。；]{0,20}$")
_GRANTED = re.compile("给予|补助|补贴|奖励|资助|贷款|申请|发放|返还|支持|奖补|贴息")
_NAMELESS = frozenset(
    (
        "数量",
        "标准",
        "比例",
        "金额",
        "人数",
        "次数",
        "水平",
        "额度",
        "标准定额扣除",
        "扣除标准",
        "扣除额度",
        "增长",
        "年均增长",
        "增速",
    )
)
_OF_MANY = re.compile("[十百千万亿](?=[名人户个所张亩辆台]|平方)")
_RATE = Message("这是每千人等的比率，指标名称没有说明", "it is a rate per thousand or the like, which its name leaves out")
_SHORT = Message("以周、日计，报告中没有这样短的时段", "it is one for each week or day, for which nobody reports figures")
_UNNAMED = Message("看不出数字说的是什么指标", "the words do not say what the number measures")
_PAST = Message("日期在文件之前，是现状，不是要求", "its date lies before the document: it tells what was")
_IN_A_NOTE = Message("在注释中，不在条款里", "it stands in a note, in no clause")
_SEVERAL = Message(
    "同一名称有几个不同的数值，各适用于报告中看不出的情形",
    "the text sets several bounds under this name, for cases that a report does not tell apart",
)
_NO_BOUND = Message("没有可比较的数值", "there is no value to compare with")


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in documents: the requirements, and the numbers that none was made of."""

    requirements: tuple[Requirement, ...]
    set_aside: tuple[SetAside, ...]


def policies_of(base: RdfStore, documents: Iterable[str] | None = None) -> dict[Iri, Policy]:
    """Return the documents of a base that have facts; `documents` chooses some by IRI."""
    chosen = None if documents is None else set(documents)
    found: dict[Iri, Policy] = {}
    for row in base.select(_DOCUMENTS).dicts():
        iri = Iri(str(row["document"]))
        if chosen is None or iri in chosen:
            identifier = str(row["identifier"] or row["title"] or iri)
            issued = as_date(row["issued"]) or _year_of(identifier)
            found.setdefault(iri, Policy(iri, identifier, issued, _iri(row["division"])))
    return found


def _year_of(identifier: str) -> date | None:
    """Return the first day of the year that a document's number carries, where the document has no date."""
    found = _NUMBERED.search(identifier)
    return None if found is None else date(int(found[1]), 1, 1)


def requirements_of(base: RdfStore, policies: Mapping[Iri, Policy]) -> tuple[Requirement, ...]:
    """Return the numeric requirements of documents, in the order of their first statement."""
    return survey(base, policies).requirements


def survey(base: RdfStore, policies: Mapping[Iri, Policy]) -> Survey:
    """Return the numeric requirements of documents and the numbers set aside, both in the order of the text."""
    reader = _Reader(policies, schedules_of(base), _concepts(base), passages_of(base, policies))
    rows = [r for r in base.select(_TARGETS).dicts() if r["document"] in policies]
    rows.sort(key=lambda r: (str(r["document"]), _number(r["start"], 0), str(r["target"])))
    asides: dict[Iri, SetAside] = {}
    groups: dict[tuple[object, ...], dict[Iri, Row]] = {}
    for row in rows:
        target = Iri(str(row["target"]))
        why = reader.why_not(row)
        if why is not None:
            asides.setdefault(target, reader.aside(row, *why))
        else:
            groups.setdefault(tuple(str(row[c]) for c in _SAME), {}).setdefault(target, row)
    found = [reader.requirement(list(group.values())) for group in groups.values()]
    several = _several(found)
    for requirement in found:
        if requirement.targets in several:
            asides |= {
                t: SetAside(t, requirement.label, c, "several", _SEVERAL)
                for t, c in zip(requirement.targets, requirement.clauses, strict=True)
            }
    order = {Iri(str(row["target"])): place for place, row in enumerate(rows)}
    kept = _with_parts([r for r in found if r.targets not in several], rows)
    return Survey(kept, tuple(sorted(asides.values(), key=lambda a: order[a.node])))


_SAME = ("document", "indicator", "comparator", "value", "low", "high", "unit", "per", "population", "role")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the targets of a base against its schedules, populations and sentences."""

    policies: Mapping[Iri, Policy]
    schedules: Mapping[Iri, list[dict[str, Value]]]
    concepts: Mapping[str, tuple[Iri, bool]]
    passages: Passages

    def _around(self, row: Row) -> tuple[str, str]:
        return self.passages.around(Iri(str(row["document"])), _number(row["start"], -1), _text(row["quote"]) or "")

    def why_not(self, row: Row) -> tuple[str, Message] | None:
        """Return why no shape can be made of a target, or None."""
        before, after = self._around(row)
        found = why_no_demand(str(row["role"] or "target"), _text(row["unit"]), str(row["comparator"]), before, after)
        if found is not None:
            return found
        if row["path"] is None and not (before or after) and Iri(str(row["document"])) in self.passages.starts:
            return "note", _IN_A_NOTE
        if self._is_past(row):
            return "history", _PAST
        label, unit = str(row["label"]), _text(row["unit"])
        if label in _NAMELESS or names_another(label, after) or (unit in MONEY and not names_money(label)):
            return "unnamed", _UNNAMED
        if _OF_MANY.match(_text(row["per"]) or "") and not _OF_MANY.search(label):
            return "rate", _RATE
        if unit not in ("%", "‰", *MONEY) and is_too_short(before):
            return "period", _SHORT
        ranged = row["comparator"] == "range"
        if (row["low"] is None or row["high"] is None) if ranged else row["value"] is None:
            return "no-bound", _NO_BOUND
        return None

    def _is_past(self, row: Row) -> bool:
        """Tell whether a number has only dates before the document: what had been reached, not what is to be."""
        issued = self.policies[Iri(str(row["document"]))].issued
        own = self.schedules.get(Iri(str(row["target"])), [])
        latest = [as_date(s["latest"]) for s in own]
        return issued is not None and bool(own) and all(day is not None and day < issued for day in latest)

    def aside(self, row: Row, reason: str, message: Message) -> SetAside:
        return SetAside(Iri(str(row["target"])), str(row["label"]), self._clause(row), reason, message)

    def _clause(self, row: Row) -> Clause:
        policy = self.policies[Iri(str(row["document"]))]
        return Clause(policy.identifier, _text(row["path"]), _text(row["quote"]) or "")

    def requirement(self, rows: list[Row]) -> Requirement:
        """Return the requirement that some places of a document state."""
        first = rows[0]
        policy = self.policies[Iri(str(first["document"]))]
        before, after = self._around(first)
        unit, per = _text(first["unit"]), _text(first["per"]) or ""
        population = _text(first["population"])
        concept, of_persons = self.concepts.get(population or "", (None, False))
        shared = unit in ("%", "‰")
        counted = not shared and unit not in MONEY
        headed = is_per_unit(before) or any(p not in TIMES for p in per.split("·") if p)
        recurrences = [str(s["recurrence"]) for r in rows for s in self.schedules.get(Iri(str(r["target"])), [])]
        if shared and population is not None and is_denominator(population, _text(first["quote"]) or ""):
            population, concept, of_persons = None, None, False
        reach = _reach({**first, "population": population}, before, after, shared=shared, headed=headed)
        return Requirement(
            targets=tuple(Iri(str(r["target"])) for r in rows),
            clauses=tuple(self._clause(r) for r in rows),
            items=tuple(dict.fromkeys(_iri(r["item"]) or policy.iri for r in rows)),
            policy=policy,
            indicator=Iri(str(first["indicator"])),
            label=str(first["label"]),
            label_en=_text(first["labelEn"]),
            comparator=">=" if first["comparator"] == "=" and is_floor(before) else str(first["comparator"]),
            value=as_decimal(first["value"]),
            low=as_decimal(first["low"]),
            high=as_decimal(first["high"]),
            unit=unit,
            role="target" if reach == "whole" and not shared else str(first["role"] or "target"),
            population=population,
            population_concept=concept,
            of_persons=of_persons,
            population_in_indicator=population is None or first["own_population"] is not None,
            reach=reach,
            months=months_of(per, recurrences, before, counted=counted, headed=headed, shared=shared),
            windows=windows_of(rows, self.schedules, policy.issued, kept=is_kept(before)),
            soft=is_soft(before),
            levels=_levels(f"{per}{population or ''}") if reach == "parts" else (),
            qualitative=str(first["rule"] or "").endswith("/about-equal"),
        )


def _reach(row: Row, before: str, after: str, *, shared: bool, headed: bool) -> Reach:
    population = _text(row["population"])
    counted = not shared and row["unit"] not in MONEY
    if _is_place(_text(row["per"]) or "", population, before):
        return "parts"
    if counted and row["comparator"] in ("<=", "<") and (headed or population is not None or _MAY_ONCE.search(before)):
        return "one"  # 每人每年只享受一次, 可一证多批使用，但最多六批: a total of all of them is no breach
    if shared and population is not None and after.startswith(population):
        return "whole"  # 90%以上中等职业学校建成数字校园: a share of the schools, which none of them has
    if headed or (shared and (population is not None or is_for_each(before))):
        return "each"
    if row["unit"] in MONEY and row["comparator"] in ("<=", "<") and str(row["label"]).endswith("标准"):
        return "each"  # 收费标准不得高于每月3000元
    granted = row["role"] == "standard" and not counted and _GRANTED.search(f"{before[-20:]}{row['label']}")
    return "one" if granted else "whole"


def _levels(words: str) -> tuple[str, ...]:
    """Return the levels of the divisions that words name: 每个县（市） are counties and towns of that level, no districts."""
    if "县" in words:
        return ("county", "district") if "区" in words else ("county",)
    named = {"省": "provincial", "市": "municipal", "区": "district"}
    found = tuple(level for word, level in named.items() if word in words.replace("自治区", "省"))
    return (*found, "county") if "市" in words else found


def _is_place(per: str, population: str | None, before: str) -> bool:
    """Tell whether a number is laid down for each division below the document's own (每个县（市）, 各县（市、区）)."""
    each = _EACH_PLACE.fullmatch(population or "") is not None and (not before or is_for_each(before))
    return each or any(p[:1] in "省市县区乡镇" for p in per.split("·") if p)


# --- requirements beside each other ------------------------------------------------------------------


def _several(found: Iterable[Requirement]) -> set[tuple[Iri, ...]]:
    """Return the requirements (by their targets) whose name has other bounds too that could hold for the same figure."""
    named: dict[tuple[object, ...], list[Requirement]] = {}
    for r in found:
        named.setdefault((r.policy.iri, r.indicator, r.unit, r.population, r.reach == "parts"), []).append(r)
    unclear: set[tuple[Iri, ...]] = set()
    for group in named.values():
        for one, two in combinations(group, 2):
            if not _are_ends_of_a_range(one, two) and any(_overlap(a, b) for a in one.windows for b in two.windows):
                unclear |= {one.targets, two.targets}
    return unclear


def _are_ends_of_a_range(one: Requirement, two: Requirement) -> bool:
    floors, caps = (">=", ">"), ("<=", "<")
    low, high = (one, two) if one.comparator in floors else (two, one)
    if low.comparator not in floors or high.comparator not in caps or low.value is None or high.value is None:
        return False
    return low.value < high.value


def _overlap(one: Window, two: Window) -> bool:
    ends = [w.beginning or date.max for w in (one, two)]
    starts = [w.reaching or date.min for w in (one, two)]
    return starts[0] <= ends[1] and starts[1] <= ends[0]


def _with_parts(found: list[Requirement], rows: Iterable[Row]) -> tuple[Requirement, ...]:
    """Add to each total the parts printed for it; they make up the whole where their numbers do."""
    by_target = {target: r for r in found for target in r.targets}
    parts: dict[Iri, list[Requirement]] = {}
    for row in rows:
        part, total = by_target.get(Iri(str(row["target"]))), by_target.get(Iri(str(row["whole"])))
        if part is not None and total is not None and part.unit == total.unit:
            own = parts.setdefault(total.targets[0], [])
            if part not in own:
                own.append(part)
    return tuple(_with_own(r, parts.get(r.targets[0], [])) for r in found)


def _with_own(total: Requirement, parts: list[Requirement]) -> Requirement:
    printed = sum((p.value or Decimal(0) for p in parts), Decimal(0))
    return replace(total, parts=tuple(p.indicator for p in parts), whole=len(parts) > 1 and printed == total.value)


# --- reading rows ------------------------------------------------------------------------------------


def _concepts(base: RdfStore) -> dict[str, tuple[Iri, bool]]:
    """Return the populations of the ontology by name, and whether each is one of persons."""
    return {str(r["name"]): (Iri(str(r["concept"])), r["person"] is True) for r in base.select(_POPULATIONS).dicts()}


def schedules_of(base: RdfStore) -> dict[Iri, list[dict[str, Value]]]:
    """Return the schedules of every target and task of a base."""
    found: dict[Iri, list[dict[str, Value]]] = {}
    for row in base.select(_SCHEDULES).dicts():
        found.setdefault(Iri(str(row["subject"])), []).append(row)
    for rows in found.values():
        rows.sort(key=lambda r: (str(r["latest"]), str(r["earliest"]), str(r["kind"])))
    return found


def as_decimal(value: Value) -> Decimal | None:
    """Return a value that is a number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value))


def _number(value: Value, default: int) -> int:
    return value if isinstance(value, int) else default


def _iri(value: Value) -> Iri | None:
    return value if isinstance(value, Iri) else None


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
