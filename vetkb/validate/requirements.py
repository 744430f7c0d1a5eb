"""What the documents of a base demand, read once and held against any number of reports.

Reading and compiling the targets and duties of a document costs more than checking a small report against them, and they
change only with the build.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from vetkb.engine import Iri, RdfStore, Value
from vetkb.validate.data_graph import Surroundings
from vetkb.validate.duties import duties_of
from vetkb.validate.duty_shapes import duty_checks
from vetkb.validate.policy import Duty, Requirement
from vetkb.validate.shapes import Check, checks_of, figures_query
from vetkb.validate.targets import PREFIXES, policies_of, requirements_of

_SPOKEN_OF = (
    PREFIXES
    + """SELECT DISTINCT ?node ?document WHERE {
  { ?target cv:constrains ?node ; vk:inDocument ?document } UNION { ?node a vk:Task ; vk:inDocument ?document } }"""
)
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Demanded:
    """要求 — The requirements and duties of some documents, and the checks they are compiled to."""

    requirements: tuple[Requirement, ...]
    duties: tuple[Duty, ...]
    by_shape: Mapping[Iri, Requirement | Duty]
    checks: tuple[tuple[Requirement | Duty, Check], ...]
    queries: tuple[tuple[Requirement, str], ...]

    def figures(self, store: RdfStore, named: Container[Value]) -> dict[Iri, tuple[Iri, ...]]:
        """Return the figures of a data graph by the requirement (its shape) that they are about; `named` are the indicators."""
        found = {}
        for requirement, query in self.queries:
            if requirement.indicator in named:
                rows = store.select(query).rows
                if rows:
                    found[requirement.shape] = tuple(Iri(str(row[0])) for row in rows)
        return found

    def checks_for(self, named: Container[Value], figures: Container[Iri]) -> list[Check]:
        """Return the checks of the tasks that data name, and of the requirements that figures are about."""
        return [
            check
            for source, check in self.checks
            if (source.shape in figures if isinstance(source, Requirement) else source.task in named)
        ]


class Demands:
    """What documents demand, kept for the next report. Safe to use from several threads."""

    def __init__(self, base: RdfStore) -> None:
        self._base = base
        self.surroundings = Surroundings(base)
        self.of = lru_cache(_MOST_KEPT)(self._of)

    @cached_property
    def _documents(self) -> tuple[tuple[Value, str], ...]:
        return tuple((row["node"], str(row["document"])) for row in self._base.select(_SPOKEN_OF).dicts())

    def spoken_of(self, named: Container[Value]) -> frozenset[str]:
        """Return the documents whose indicators or tasks a report names; the only document of a base if it names none."""
        spoken = frozenset(document for node, document in self._documents if node in named)
        every = frozenset(document for _, document in self._documents)
        return spoken or (every if len(every) == 1 else frozenset())

    def _of(self, documents: frozenset[str]) -> Demanded:
        """Return what documents demand, by their IRIs."""
        policies = policies_of(self._base, documents)
        requirements, duties = requirements_of(self._base, policies), duties_of(self._base, policies)
        by_shape: dict[Iri, Requirement | Duty] = {}
        checks: list[tuple[Requirement | Duty, Check]] = []
        for requirement in requirements:
            for check in checks_of(requirement):
                checks.append((requirement, check))
                by_shape[check.shape] = requirement
        for duty in duties:
            for check in duty_checks(duty):
                checks.append((duty, check))
                by_shape[check.shape] = duty
        queries = tuple((requirement, figures_query(requirement)) for requirement in requirements)
        return Demanded(requirements, duties, by_shape, tuple(checks), queries)
