"""Requirements → SHACL: one shape a target, one a task, in a form every SHACL-SPARQL engine runs alike (W3C SHACL, 2017).

A shape looks from the indicator to the figures reported for it, so that an engine touches only those, and its results
have the figure as focus node and the number as value. The query inside is complete in itself: run with `$PATH` put in
and `$this` free, it finds the same figures on any SPARQL engine (`queries_of`). As-of date and tolerance are read from
the data (vk:Assumptions).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vetkb.engine import Iri
from vetkb.graph.terms import BASE
from vetkb.validate.model import Severity
from vetkb.validate.targets import Duty, Requirement, Window, figure

GENERATED = "#| generated = true\n"  # the first line of a file made by `shapes_of`
DEFAULT_TOLERANCE = Decimal(10)
VALUE = Iri(f"{BASE}ns#value")
STATUS = Iri(f"{BASE}ns#status")

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
        return QUERY_PREFIXES + self.select.replace("$PATH", f"<{self.path}>").replace("$this", "?this")


# --- what the queries say ----------------------------------------------------------------------------


def relevant(requirement: Requirement) -> str:
    """Return the pattern of the figures that are about a requirement."""
    lines = [
        f"$this vk:indicator <{requirement.indicator}> ; $PATH ?value ; vk:from ?from ; vk:to ?to .",
        "OPTIONAL { ?assumptions a vk:Assumptions ; vk:asOf ?asOf }",
        "FILTER (?to <= COALESCE(?asOf, ?to))",
    ]
    windows = [_window(w) for w in requirement.windows]
    if windows and all(windows):
        lines.append(f"FILTER ({' || '.join(windows)})")
    if requirement.yearly:
        lines.append(
            "FILTER (12 * (xsd:integer(SUBSTR(STR(?to), 1, 4)) - xsd:integer(SUBSTR(STR(?from), 1, 4))) "
            "+ xsd:integer(SUBSTR(STR(?to), 6, 2)) - xsd:integer(SUBSTR(STR(?from), 6, 2)) = 11)"
        )
    if requirement.unit:
        lines.append(f"FILTER NOT EXISTS {{ $this vk:unit ?other . FILTER (STR(?other) != {quoted(requirement.unit)}) }}")
    lines += _whose(requirement)
    return "\n    ".join(lines)


def _whose(requirement: Requirement) -> list[str]:
    """Return the patterns for whose figures count: the whole of the area and population, or every member of it too.

    What is looked up is bound first and walked upwards from, so that the cost is that of each figure alone.
    """
    area, concept = requirement.policy.division, requirement.population_concept
    about = "OPTIONAL { $this vk:about ?who }"
    whole = [f"?who = <{concept}>"] if concept else []
    if requirement.population_in_indicator:
        whole += ["!BOUND(?who)", *([f"?who = <{area}>"] if area else [])]
    everything = " || ".join(whole) or "false"
    if requirement.reach == "whole" or (requirement.reach == "each" and requirement.population and concept is None):
        lines = [about, f"FILTER ({everything})"]
        if area:
            lines.append(f"FILTER NOT EXISTS {{ $this vk:area ?part . FILTER (?part != <{area}>) }}")
        return lines
    if requirement.reach == "parts":
        return ["$this vk:about ?who .", *([f"FILTER EXISTS {{ ?who skos:broader+ <{area}> }}"] if area else [])]
    lines = []
    if area:
        lines.append("OPTIONAL { $this vk:area|(vk:about/vk:area) ?where }")
        lines.append(f"FILTER (!BOUND(?where) || EXISTS {{ ?where skos:broader* <{area}> }})")
    if concept and not requirement.of_persons:
        lines += [about, "OPTIONAL { ?who vk:entityType ?type }", "BIND (COALESCE(?type, ?who) AS ?kind)"]
        lines.append(f"FILTER ({everything} || (BOUND(?kind) && EXISTS {{ ?kind skos:broader* <{concept}> }}))")
    return lines


def _window(window: Window) -> str:
    parts = []
    if window.reaching:
        parts.append(f'?to >= "{window.reaching.isoformat()}"^^xsd:date')
    if window.beginning:
        parts.append(f'?from <= "{window.beginning.isoformat()}"^^xsd:date')
    return f"({' && '.join(parts)})" if parts else ""


def checks_of(requirement: Requirement) -> tuple[Check, ...]:
    """Return the constraints of a requirement: what violates it and what is only near it."""
    where = relevant(requirement)
    found = []
    for name, severity, condition, assumed in _conditions(requirement):
        tolerance = "OPTIONAL { ?assumptions vk:tolerance ?stated }\n    " if assumed else ""
        select = f"SELECT DISTINCT $this ?value WHERE {{\n    {where}\n    {tolerance}FILTER ({condition})\n  }}"
        zh, en = _messages(requirement, severity)
        found.append(Check(Iri(f"{requirement.shape}_{name}"), VALUE, severity, select, zh, en))
    return tuple(found)


def _conditions(requirement: Requirement) -> list[tuple[str, Severity, str, bool]]:
    bound, low, high = figure(requirement.value), figure(requirement.low), figure(requirement.high)
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
            return [("value", "violation", far, True), ("near", "warning", f"?value != {bound} && !{far}", True)]
        case _ if requirement.role == "standard":
            return [("value", "violation", f"?value != {bound}", False)]
        case _:
            # A bare number to be reached: less is not enough; more is more than was asked, not a breach.
            return [("value", "violation", f"?value < {bound}", False), ("near", "warning", f"?value > {bound}", False)]


def _messages(requirement: Requirement, severity: Severity) -> tuple[str, str]:
    clause, unit = requirement.clauses[0], requirement.unit or ""
    whose = f"（{requirement.population}）" if requirement.population else ""
    also = [c.item for c in requirement.clauses[1:] if c.item]
    also_zh = f"（另见{'、'.join(also)}）" if also else ""
    also_en = f" (also {', '.join(also)})" if also else ""
    zh_end = {"violation": "不符合要求", "warning": "与要求略有出入"}.get(severity, "请核对")
    en_end = {"violation": "which does not keep to it", "warning": "which is near to it but not the same"}.get(severity, "")
    zh = (
        f"{clause.document} {clause.item or ''}{also_zh}：{requirement.label}{whose}应为“{clause.quote}”"
        f"（{requirement.expected}），所报为 {{?value}} {unit}，{zh_end}。"
    )
    en = (
        f"{clause.document}, {clause.item or 'text'}{also_en}: {requirement.label_en or requirement.label}"
        f"{f' ({requirement.population})' if requirement.population else ''} is to be {requirement.expected} "
        f"(“{clause.quote}”); {{?value}} {unit} was reported, {en_end}."
    )
    return zh, en


def duty_checks(duty: Duty) -> tuple[Check, ...]:
    """Return the constraints of a task: done by its date, or begun by the day from which it is to go on."""
    if duty.due is None:
        return ()
    day = duty.due.isoformat()
    wrong = "?value != vk:Done" if duty.by else "?value = vk:NotStarted"
    select = f"""SELECT DISTINCT $this ?value WHERE {{
    $this vk:task <{duty.task}> ; $PATH ?value ; vk:date ?date .
    OPTIONAL {{ ?assumptions a vk:Assumptions ; vk:asOf ?asOf }}
    OPTIONAL {{ $this dcterms:publisher ?reporter }}
    FILTER (?date <= COALESCE(?asOf, ?date) && ?date >= "{day}"^^xsd:date && {wrong})
    FILTER NOT EXISTS {{ ?later vk:task <{duty.task}> ; vk:date ?on .
      OPTIONAL {{ ?later dcterms:publisher ?by }}
      FILTER (?on > ?date && ?on <= COALESCE(?asOf, ?on) && COALESCE(STR(?by), "") = COALESCE(STR(?reporter), "")) }}
  }}"""
    number = f"第{duty.ordinal}项任务" if duty.ordinal is not None else "任务"
    number_en = f"task {duty.ordinal}" if duty.ordinal is not None else "task"
    what_zh, what_en = (
        (f"应于{day}前完成", f"was due by {day}") if duty.by else (f"应自{day}起实施", f"was to be going on from {day}")
    )
    zh = f"{duty.policy.identifier} {duty.clause.item or ''}：{number}“{shortened(duty.label)}”{what_zh}，所报状态不符。"
    where = f"{duty.policy.identifier}, {duty.clause.item or 'text'}"
    en = f"{where}: {number_en} “{shortened(duty.label)}” {what_en}; the reported status is another."
    return (Check(Iri(f"{duty.shape}_status"), STATUS, "violation", select, zh, en),)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'"{escaped}"'


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
