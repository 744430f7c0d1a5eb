"""Requirements → one query for all of the same form, whose constants come as a table (VALUES).

A shape carries a query of its own, with its constants inside, so that any engine can run it. To read and plan thirty queries
costs more than to answer them over a small report: here requirements that differ in their constants alone are asked about
together, and the answer tells for each figure which bounds it breaks. Patterns and conditions are those of `shapes`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from vetkb.engine import Iri, Literal, RdfStore, Term, Value
from vetkb.validate.compiled import results_of
from vetkb.validate.policy import Requirement, Window
from vetkb.validate.shacl import Raw
from vetkb.validate.shapes import (
    Check,
    Constants,
    checks_of,
    conditions,
    constants_of,
    day_literal,
    lasting,
    query_of,
    quoted,
    relevant,
)
from vetkb.validate.shapes_graph import sparql_term

_COLUMNS = ("indicator", "reaching", "beginning", "months", "unit", "area", "concept", "level", "bound", "low", "high")
_VARIABLES = ("?number", *(f"?the_{name}" for name in _COLUMNS), "?asOf", "?stated")
_VARIABLE = re.compile(r"\?\w+")
_UNDEFINED = "UNDEF"
_QUERIES_KEPT = 256
_ASSUMPTIONS = query_of(
    "SELECT DISTINCT ?asOf ?stated WHERE { ?node a vk:Assumptions "
    "OPTIONAL { ?node vk:asOf ?asOf } OPTIONAL { ?node vk:tolerance ?stated } }"
)
_TABLE = Constants(
    indicator="?the_indicator",
    assumed=(),
    narrow=(
        "FILTER (!BOUND(?the_reaching) || ?to >= ?the_reaching)",
        "FILTER (!BOUND(?the_beginning) || ?from <= ?the_beginning)",
        f"FILTER (!BOUND(?the_months) || {lasting('?the_months - 1')})",
        "FILTER (!BOUND(?the_unit) || NOT EXISTS { $this vk:unit ?other . FILTER (STR(?other) != ?the_unit) })",
    ),
    area="?the_area",
    concept="?the_concept",
    levels="?the_level",
    bound="?the_bound",
    low="?the_low",
    high="?the_high",
)


Assumed = tuple[tuple[str, str], ...]
"""The as-of date and the tolerance of a data graph, as SPARQL writes them: one pair, or more where it has more."""


def assumed_in(store: RdfStore) -> Assumed:
    """Return what a data graph assumes."""
    found = store.terms(_ASSUMPTIONS)
    return tuple((_written(row.get("asOf")), _written(row.get("stated"))) for row in found) or ((_UNDEFINED, _UNDEFINED),)


def _written(term: Term | None) -> str:
    return _UNDEFINED if term is None else sparql_term(term)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that a requirement is about, in a stable order, and what is to be said of them."""

    requirement: Requirement
    nodes: tuple[Iri, ...]
    raws: tuple[Raw, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    """A requirement, its rows of the table, and its checks, each with the place of its condition in the form."""

    requirement: Requirement
    rows: tuple[tuple[str, ...], ...]
    checks: tuple[tuple[Check, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """同形要求 — Requirements whose figures the same pattern tells; `conditions` are those that any of them is broken by."""

    pattern: str
    conditions: tuple[str, ...]
    members: tuple[_Member, ...]

    def figures(self, store: RdfStore, named: Container[Value], assumed: Assumed) -> list[Figures]:
        """Return the figures of a data graph by requirement; `named` are the indicators that the data have."""
        asked = tuple(place for place, member in enumerate(self.members) if member.requirement.indicator in named)
        if not asked:
            return []
        answers: dict[str, list[dict[str, Term]]] = defaultdict(list)
        for row in store.terms(_query(self, asked, assumed)):
            answers[_said(row["number"])].append(row)
        return [_figures(self.members[int(number)], rows) for number, rows in answers.items()]


@lru_cache(_QUERIES_KEPT)  # who reports the same figures each month has the same query
def _query(form: Form, asked: tuple[int, ...], assumed: Assumed) -> str:
    """Return the query about some of the requirements of a form, by their places.

    What is the same for all of them stands in it as it is, and what none of them has is left out: a column of the table
    is read and planned row by row.
    """
    rows = [(str(place), *row, *each) for place in asked for row in form.members[place].rows for each in assumed]
    breaks = " ".join(f"({condition} AS ?is{place})" for place, condition in enumerate(form.conditions))
    names: list[str] = []
    kept: list[tuple[str, ...]] = []
    constants: dict[str, str] = {}
    head, body = f"SELECT DISTINCT ?number $this ?value {breaks} WHERE {{", f"\n    {form.pattern}\n}}"
    for name, column in zip(_VARIABLES, zip(*rows, strict=True), strict=True):
        said = set(column)
        if said == {_UNDEFINED}:
            body = re.sub(rf"\n *FILTER \(!BOUND\(\{name}\) .*", "", body)
            continue
        if _UNDEFINED not in said:
            body = body.replace(f"!BOUND({name}) || ", "")
        if len(said) == 1 and name != _VARIABLES[0]:
            constants[name] = column[0]
        else:
            names.append(name)
            kept.append(column)
    # in one pass: a unit may be printed as `?asOf`
    head, body = (_VARIABLE.sub(lambda found: constants.get(found[0], found[0]), text) for text in (head, body))
    table = "\n".join(f"({' '.join(row)})" for row in zip(*kept, strict=True))
    return query_of(f"{head}\n VALUES ({' '.join(names)}) {{\n{table}\n }}{body}")


def _figures(member: _Member, rows: list[dict[str, Term]]) -> Figures:
    raws = [
        raw
        for check, place in member.checks
        for raw in results_of(check, [row for row in rows if _said(row.get(f"is{place}")) == "true"])
    ]
    return Figures(member.requirement, tuple(sorted({Iri(str(row["this"])) for row in rows})), tuple(raws))


def _said(term: Term | None) -> str:
    return term.value if isinstance(term, Literal) else str(term)


def forms_of(requirements: Iterable[Requirement]) -> tuple[Form, ...]:
    """Put together the requirements that differ in nothing but their constants."""
    groups: dict[str, list[Requirement]] = defaultdict(list)
    for requirement in requirements:
        groups[relevant(requirement, _lifted(requirement))].append(requirement)
    return tuple(_form(pattern, members) for pattern, members in groups.items())


def _form(pattern: str, requirements: list[Requirement]) -> Form:
    places: dict[str, int] = {}
    members = []
    for requirement in requirements:
        by_name = {check.shape: check for check in checks_of(requirement)}
        checks = tuple(
            (by_name[Iri(f"{requirement.shape}_{name}")], places.setdefault(condition, len(places)))
            for name, _, condition, _ in conditions(requirement, _TABLE)
        )
        members.append(_Member(requirement, _rows(requirement), checks))
    return Form(pattern, tuple(places), tuple(members))


def _lifted(requirement: Requirement) -> Constants:
    """Return the variables of the table; what a requirement does not have it does not look up."""
    own = constants_of(requirement)
    return replace(
        _TABLE,
        area=own.area and _TABLE.area,
        # where the whole is asked for, an unbound one is equal to nothing
        concept=_TABLE.concept if own.concept or requirement.reach == "whole" else None,
        levels=own.levels and _TABLE.levels,
    )


def _rows(requirement: Requirement) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a requirement in the table: one for each of its windows and levels."""
    own = constants_of(requirement)
    windows = requirement.windows
    if not all(w.reaching or w.beginning for w in windows):
        windows = ()
    levels = requirement.levels if requirement.reach == "parts" else ()
    return tuple(
        tuple(
            text or _UNDEFINED
            for text in (
                own.indicator,
                day_literal(window.reaching) if window.reaching else None,
                day_literal(window.beginning) if window.beginning else None,
                None if requirement.months is None else str(requirement.months),
                quoted(requirement.unit) if requirement.unit else None,
                own.area,
                own.concept,
                quoted(level) if level else None,
                own.bound,
                own.low,
                own.high,
            )
        )
        for window, level in product(windows or (Window(None, None, None),), levels or (None,))
    )
