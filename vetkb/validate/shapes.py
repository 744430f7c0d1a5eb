"""Requirements → SHACL: one shape a target, one a task, in a form every SHACL-SPARQL engine runs alike (W3C SHACL, 2017).

A shape looks from the indicator to the figures reported for it, so that an engine touches only those, and its results
have the figure as focus node and the number as value. The query inside is complete in itself: run with `$PATH` put in
and `$this` free, it finds the same figures on any SPARQL engine (`queries_of`). As-of date and tolerance are read from
the data (vk:Assumptions).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vetkb.engine import Iri
from vetkb.graph.terms import BASE
from vetkb.validate.model import Severity
from vetkb.validate.policy import Requirement, Window, figure

GENERATED = "#| generated = true\n"  # the first line of a file made by `shapes_of`
DEFAULT_TOLERANCE = Decimal(10)
VALUE = Iri(f"{BASE}ns#value")

DECLARED = {
    "vk": f"{BASE}ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
QUERY_PREFIXES = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in DECLARED.items())


@dataclass(frozen=True, slots=True)
class Check:
    """One constraint: its property shape, how grave a result is, and its query over `$this`, `$PATH` and `?value`."""

    shape: Iri
    path: Iri | None
    severity: Severity
    select: str
    zh: str
    en: str

    @property
    def query(self) -> str:
        """Return the query with nothing left to bind, for a SPARQL engine."""
        return query_of(self.select, self.path)


def query_of(select: str, path: Iri | None = VALUE) -> str:
    """Return the query of a shape with nothing left to bind."""
    return QUERY_PREFIXES + select.replace("$PATH", f"<{path}>").replace("$this", "?this")


# --- what the queries say ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constants:
    """How what one requirement says and another of the same form does not stands in a query: as it is, or as a variable.

    `assumed` looks the as-of date up, `narrow` are the filters for the days, the length and the unit of a figure.
    """

    indicator: str
    assumed: tuple[str, ...]
    narrow: tuple[str, ...]
    area: str | None
    concept: str | None
    levels: str | None
    bound: str
    low: str
    high: str


def lasting(less_one: str) -> str:
    """Return the condition that so many months lie between the first month of a figure and its last."""
    year, month = (f"xsd:integer(SUBSTR(STR({{}}), {digits}))" for digits in ("1, 4", "6, 2"))
    years, months = (f"{part.format('?to')} - {part.format('?from')}" for part in (year, month))
    return f"12 * ({years}) + {months} = {less_one}"


def constants_of(requirement: Requirement) -> Constants:
    """Return the constants of a requirement as they stand in a query of its own."""
    narrow = []
    windows = [_window(w) for w in requirement.windows]
    if windows and all(windows):
        narrow.append(f"FILTER ({' || '.join(windows)})")
    if requirement.months is not None:
        narrow.append(f"FILTER ({lasting(str(requirement.months - 1))})")
    if requirement.unit:
        narrow.append(f"FILTER NOT EXISTS {{ $this vk:unit ?other . FILTER (STR(?other) != {quoted(requirement.unit)}) }}")
    area, concept = requirement.policy.division, requirement.population_concept
    return Constants(
        indicator=f"<{requirement.indicator}>",
        assumed=("OPTIONAL { ?assumptions a vk:Assumptions ; vk:asOf ?asOf }",),
        narrow=tuple(narrow),
        area=f"<{area}>" if area else None,
        concept=f"<{concept}>" if concept else None,
        levels=", ".join(quoted(level) for level in requirement.levels) or None,
        bound=figure(requirement.value),
        low=figure(requirement.low),
        high=figure(requirement.high),
    )


def relevant(requirement: Requirement, constants: Constants) -> str:
    """Return the pattern of the figures that are about a requirement."""
    lines = [
        f"$this vk:indicator {constants.indicator} ; $PATH ?value ; vk:from ?from ; vk:to ?to .",
        *constants.assumed,
        "FILTER (?to <= COALESCE(?asOf, ?to))",
        *constants.narrow,
        *_whose(requirement, constants),
    ]
    return "\n    ".join(lines)


def _whose(requirement: Requirement, constants: Constants) -> list[str]:
    """Return the patterns for whose figures count: the whole of the area and population, or every member of it too.

    What is looked up is bound first and walked upwards from, so that the cost is that of each figure alone.
    """
    area, concept = constants.area, constants.concept
    about = "OPTIONAL { $this vk:about ?who }"
    # the type is looked up inside: where ?who may be unbound, engines try every entity for each figure
    typed = "OPTIONAL { $this vk:about ?who OPTIONAL { ?who vk:entityType ?type } }"
    whole = [f"?who = {concept}"] if concept else []
    if requirement.population_in_indicator:
        whole += ["!BOUND(?who)", *([f"?who = {area}"] if area else [])]
    everything = " || ".join(whole) or "false"
    if requirement.reach == "whole" or (requirement.reach == "each" and requirement.population and concept is None):
        lines = [about, f"FILTER ({everything})"]
        if area:
            lines.append(f"FILTER NOT EXISTS {{ $this vk:area ?part . FILTER (?part != {area}) }}")
        return lines
    if requirement.reach == "one":
        lines = ["$this vk:about ?who . ?who a vk:Entity .", *_within(area)]
        return lines + (["OPTIONAL { ?who vk:entityType ?type }", *_of_kind("false", concept)] if concept else [])
    if requirement.reach == "parts":
        levels = constants.levels
        return [
            "$this vk:about ?who .",
            *([f"FILTER EXISTS {{ ?who skos:broader+ {area} }}"] if area else []),
            *([f"?who vk:divisionLevel ?level . FILTER (?level IN ({levels}))"] if levels else []),
        ]
    lines = _within(area)
    if concept and not requirement.of_persons:
        lines += [typed, *_of_kind(everything, concept)]
    return lines


def _within(area: str | None) -> list[str]:
    if area is None:
        return []
    return [
        "OPTIONAL { $this vk:area|(vk:about/vk:area) ?where }",
        f"FILTER (!BOUND(?where) || EXISTS {{ ?where skos:broader* {area} }})",
    ]


def _of_kind(otherwise: str, concept: str) -> list[str]:
    return [
        "BIND (COALESCE(?type, ?who) AS ?kind)",
        f"FILTER ({otherwise} || (BOUND(?kind) && EXISTS {{ ?kind skos:broader* {concept} }}))",
    ]


def _window(window: Window) -> str:
    parts = []
    if window.reaching:
        parts.append(f"?to >= {day_literal(window.reaching)}")
    if window.beginning:
        parts.append(f"?from <= {day_literal(window.beginning)}")
    return f"({' && '.join(parts)})" if parts else ""


def day_literal(day: date) -> str:
    return f'"{day.isoformat()}"^^xsd:date'


def checks_of(requirement: Requirement) -> tuple[Check, ...]:
    """Return the constraints of a requirement: what violates it, what is only near it, and whether its parts add up."""
    constants = constants_of(requirement)
    where = relevant(requirement, constants)
    found = []
    for name, severity, condition, assumed in conditions(requirement, constants):
        tolerance = f"{_TOLERANCE}\n    " if assumed else ""
        select = f"SELECT DISTINCT $this ?value WHERE {{\n    {where}\n    {tolerance}FILTER ({condition})\n  }}"
        grade: Severity = "warning" if requirement.soft or requirement.qualitative else severity
        zh, en = _messages(requirement, name, grade)
        found.append(Check(Iri(f"{requirement.shape}_{name}"), VALUE, grade, select, zh, en))
    if requirement.parts and requirement.comparator != "range":
        found.append(_parts_check(requirement, where))
    return tuple(found)


_TOLERANCE = "OPTIONAL { ?assumptions vk:tolerance ?stated }"


def conditions(requirement: Requirement, constants: Constants) -> list[tuple[str, Severity, str, bool]]:
    """Return what is to be said of a figure where: name, severity, condition, and whether it looks at the tolerance."""
    bound, low, high = constants.bound, constants.low, constants.high
    match requirement.comparator:
        case ">=":
            return [("value", "violation", f"?value < {bound}", False)]
        case "<=":
            return [("value", "violation", f"?value > {bound}", False)]
        case ">":
            return [("value", "violation", f"?value <= {bound}", False)]
        case "<":
            return [("value", "violation", f"?value >= {bound}", False)]
        case "range":
            return [("value", "violation", f"?value < {low} || ?value > {high}", False)]
        case "approx":
            away = f"((?value - {bound}) * 100 > {bound} * {{t}} || ({bound} - ?value) * 100 > {bound} * {{t}})"
            far = away.replace("{t}", f"COALESCE(?stated, {figure(DEFAULT_TOLERANCE)})")
            near: list[tuple[str, Severity, str, bool]] = [("near", "warning", f"?value != {bound} && !{far}", True)]
            return [("value", "violation", far, True), *([] if requirement.qualitative else near)]
        case _ if requirement.role == "standard":
            return [("value", "violation", f"?value != {bound}", False)]
        case _:
            # A bare number to be reached: less is not enough; more is more than was asked, not a breach.
            return [("value", "violation", f"?value < {bound}", False), ("near", "warning", f"?value > {bound}", False)]


_ENDINGS: dict[str, tuple[str, str]] = {
    "violation": ("不符合要求", "which does not keep to it"),
    "near": ("与要求略有出入", "which is near to it but not the same"),
    "soft": ("未达到，但原文未作硬性要求", "which falls short, but the text does not insist"),
    "qualitative": ("超出所设容差，原文没有写明数值", "which is beyond the tolerance assumed; the text gives no number"),
}


def _messages(requirement: Requirement, name: str, severity: Severity) -> tuple[str, str]:
    clause, unit = requirement.clauses[0], f" {requirement.unit}" if requirement.unit else ""
    whose = f"（{requirement.population}）" if requirement.population else ""
    also = [c.item for c in requirement.clauses[1:] if c.item]
    also_zh = f"（另见{'、'.join(also)}）" if also else ""
    also_en = f" (also {', '.join(also)})" if also else ""
    kind = "qualitative" if requirement.qualitative else "near" if name == "near" else severity
    zh_end, en_end = _ENDINGS["soft" if kind == "warning" else kind]
    zh = (
        f"{clause.document} {clause.item or ''}{also_zh}：{requirement.label}{whose}应为“{clause.quote}”"
        f"（{requirement.expected}），所报为 {{?value}}{unit}，{zh_end}。"
    )
    en = (
        f"{clause.document}, {clause.item or 'text'}{also_en}: {requirement.label_en or requirement.label}"
        f"{f' ({requirement.population})' if requirement.population else ''} is to be {requirement.expected} "
        f"(“{clause.quote}”); {{?value}}{unit} was reported, {en_end}."
    )
    return zh, en


def _parts_check(requirement: Requirement, where: str) -> Check:
    """Return the check that parts reported for the same days are no more than their total, or make it up exactly."""
    area = requirement.policy.division
    lines = []
    for place, indicator in enumerate(requirement.parts, start=1):
        # inside OPTIONAL what a part must not be is asked at once; in the open it would be asked of every combination
        lines.append("OPTIONAL {")
        lines.append(f"  ?part{place} vk:indicator <{indicator}> ; vk:value ?share{place} ; vk:from ?from ; vk:to ?to .")
        lines.append(f"  FILTER NOT EXISTS {{ ?part{place} vk:about ?member{place} . ?member{place} a vk:Entity }}")
        if area:
            lines.append(f"  FILTER NOT EXISTS {{ ?part{place} vk:area ?other{place} . FILTER (?other{place} != <{area}>) }}")
        lines.append("}")
        lines.append(f"FILTER (BOUND(?share{place}))")
    total = " + ".join(f"?share{n}" for n in range(1, len(requirement.parts) + 1))
    condition = f"{total} != ?value" if requirement.whole else f"{total} > ?value"
    parts = "\n    ".join(lines)
    # the totals are found first, in a query of their own: else the parts are looked up for every figure of the indicator
    totals = f"{{ SELECT DISTINCT $this ?value ?from ?to WHERE {{\n    {where}\n    }} }}"
    select = f"SELECT DISTINCT $this ?value WHERE {{\n    {totals}\n    {parts}\n    FILTER ({condition})\n  }}"
    clause, unit = requirement.clauses[0], f" {requirement.unit}" if requirement.unit else ""
    zh_end, en_end = ("不等于", "do not add up to") if requirement.whole else ("大于", "are more than")
    zh = f"{clause.document} {clause.item or ''}：{requirement.label}所报为 {{?value}}{unit}，各分项之和{zh_end}总数，请核对。"
    en = (
        f"{clause.document}, {clause.item or 'text'}: {{?value}}{unit} was reported for "
        f"{requirement.label_en or requirement.label}; the parts reported {en_end} it."
    )
    return Check(Iri(f"{requirement.shape}_parts"), VALUE, "warning", select, zh, en)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'"{escaped}"'


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
