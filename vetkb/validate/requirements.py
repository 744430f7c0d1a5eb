"""What the documents of a base demand, read once and held against any number of reports.

Reading and compiling the targets and duties of a document costs more than checking a small report against them, and they
change only with the build.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from vetkb.engine import Iri, RdfStore, Value
from vetkb.validate.compiled import run_checks
from vetkb.validate.data_graph import Surroundings
from vetkb.validate.duties import duties_of
from vetkb.validate.duty_shapes import duty_checks
from vetkb.validate.forms import Form, assumed_in, forms_of
from vetkb.validate.policy import Duty, Requirement
from vetkb.validate.shacl import Raw
from vetkb.validate.shapes import Check, checks_of
from vetkb.validate.targets import PREFIXES, policies_of, requirements_of

_SPOKEN_OF = (
    PREFIXES
    + """SELECT DISTINCT ?node ?document WHERE {
  { ?target cv:constrains ?node ; vk:inDocument ?document } UNION { ?node a vk:Task ; vk:inDocument ?document } }"""
)
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Demanded:
    """要求 — The requirements and duties of some documents, and what they are compiled to.

    `forms` find the figures of requirements and hold them against their bounds; `parts` ask whether the parts of a total add up.
    """

    requirements: tuple[Requirement, ...]
    duties: tuple[Duty, ...]
    by_shape: Mapping[Iri, Requirement | Duty]
    forms: tuple[Form, ...]
    parts: tuple[tuple[Requirement, Check], ...]
    duty_checks: tuple[tuple[Duty, Check], ...]

    def run(self, store: RdfStore, named: Container[Value]) -> tuple[dict[Iri, tuple[Iri, ...]], tuple[Raw, ...]]:
        """Hold a data graph against what is demanded; `named` are the indicators and tasks that it has.

        Returns the figures by the requirement (its shape) that they are about, and the results.
        """
        assumed = assumed_in(store)
        found = [figures for form in self.forms for figures in form.figures(store, named, assumed)]
        figures = {f.requirement.shape: f.nodes for f in found}
        checks = [check for requirement, check in self.parts if requirement.shape in figures]
        checks += [check for duty, check in self.duty_checks if duty.task in named]
        return figures, (*(raw for f in found for raw in f.raws), *run_checks(store, checks))


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
        own = [(requirement, check) for requirement in requirements for check in checks_of(requirement)]
        of_duties = tuple((duty, check) for duty in duties for check in duty_checks(duty))
        by_shape: dict[Iri, Requirement | Duty] = {check.shape: requirement for requirement, check in own}
        return Demanded(
            requirements,
            duties,
            by_shape | {check.shape: duty for duty, check in of_duties},
            forms=forms_of(requirements),
            parts=tuple((requirement, check) for requirement, check in own if check.shape == f"{requirement.shape}_parts"),
            duty_checks=of_duties,
        )
