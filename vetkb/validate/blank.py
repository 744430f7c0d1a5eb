"""What a document asks to be reported, as rows to fill in: one a requirement (each county its own), one a task."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from vetkb.engine import Iri, RdfStore
from vetkb.validate.duties import duties_of
from vetkb.validate.policy import Requirement
from vetkb.validate.targets import PREFIXES, policies_of, requirements_of

Row = dict[str, str | int | None]
"""Cells under the canonical names of the columns that reports are read from."""

_NAMES = PREFIXES + "SELECT ?node ?name WHERE { ?node skos:prefLabel ?name FILTER(LANG(?name) != 'en') }"
_CODES = PREFIXES + "SELECT ?indicator ?code WHERE { ?indicator a vk:Indicator ; skos:notation ?code }"


def blank_rows(base: RdfStore, document: Iri, places: Iterable[tuple[str, str]] = ()) -> list[Row]:
    """Return the rows of an empty report on a document; `places` are the divisions below its own, as name and level."""
    policies = policies_of(base, [document])
    policy = policies[document]
    names = {Iri(str(r["node"])): str(r["name"]) for r in base.select(_NAMES).dicts()}
    codes = {Iri(str(r["indicator"])): str(r["code"]) for r in base.select(_CODES).dicts()}
    area = names.get(policy.division) if policy.division else None
    below = list(places)
    rows: list[Row] = []
    for r in requirements_of(base, policies):
        row: Row = {
            "indicator": codes.get(r.indicator, r.indicator),
            "name": r.label,
            "expected": r.expected.removeprefix("= "),
            "clause": r.clauses[0].item,
            "area": area,
            "about_type": names.get(r.population_concept) if r.population_concept else None,
            "value": None,
            "unit": r.unit,
            "year": _year(r),
        }
        if r.reach == "parts":
            rows += [
                {**row, "about": p, "area": p, "about_type": None} for p, level in below if not r.levels or level in r.levels
            ]
        else:
            rows.append({**row, "about": area if r.reach == "whole" else None})
    for d in duties_of(base, policies):
        rows.append(
            {
                "task": d.ordinal if d.ordinal is not None else d.task,
                "name": d.label,
                "expected": f"<= {d.by}" if d.by else f">= {d.since}" if d.since else None,
                "clause": d.clause.item,
                "status": None,
                "date": None,
                "reporter": None,
                "document": policy.identifier,
            }
        )
    return rows


def _year(requirement: Requirement) -> int | None:
    days: list[date] = [w.reaching for w in requirement.windows if w.reaching is not None]
    return max(days).year if days else None
