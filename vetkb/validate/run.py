"""Reported data + a base → Report: reading remarks, reporting shapes, then the policy itself.

The requirements of the documents that the data speak of are compiled from the base to SHACL, and their queries run on
the embedded engine; `shapes_of` gives the same shapes as Turtle, and any SHACL engine comes to the same results. Shape
files (reporting, quality, a stranger's) go through pySHACL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path

from vetkb.engine import Iri, Literal, RdfStore, Term, Value
from vetkb.errors import ReportError, UsageError
from vetkb.graph.terms import BASE, Vk
from vetkb.paths import SHAPE_KINDS
from vetkb.text import Message
from vetkb.validate.data_graph import Said, data_graph, quads_of, said_in
from vetkb.validate.engines import COMPILED, Outcome, compiled_files, run_compiled
from vetkb.validate.model import NOT_COMPARED, ReadingRemark, Report, ReportedData, ReportedPlace, Severity, ValidationResult
from vetkb.validate.policy import Duty, Requirement, figure
from vetkb.validate.requirements import Demands
from vetkb.validate.sandbox import run_isolated
from vetkb.validate.shacl import Raw, read_shapes
from vetkb.validate.shapes import DEFAULT_TOLERANCE
from vetkb.validate.states import target_states, task_states
from vetkb.validate.targets import PREFIXES

_SEVERITY: dict[str, Severity] = {"error": "violation", "warning": "warning", "info": "info"}


def validate(
    base: RdfStore,
    reported: ReportedData,
    as_of: date,
    shapes: str = "compliance",
    tolerance: Decimal | float | None = None,
    build: str | None = None,
    documents: Iterable[str] | None = None,
    demands: Demands | None = None,
) -> Report:
    """Hold a report against the policies of a base as of a day.

    `shapes` is compliance (reporting shapes first, then the policies), reporting, quality, or the path of a shape file.
    `tolerance` is what 左右 allows, in per cent. `documents` are IRIs; without them, the documents that the data speak of.
    `demands` keeps what the documents of the base demand from one report to the next.
    Raises UsageError for a tolerance or shapes that make no sense, ReportError for shapes that cannot be run.
    """
    tolerance = DEFAULT_TOLERANCE if tolerance is None else Decimal(str(tolerance))
    if not (tolerance.is_finite() and 0 <= tolerance <= 100):
        raise UsageError("the tolerance is a percentage from 0 to 100")
    demands = demands or Demands(base)
    data = partial(data_graph, demands.surroundings, reported, as_of, tolerance)
    results = [_from_remark(remark) for remark in reported.remarks]
    if shapes not in SHAPE_KINDS:
        outcome = run_isolated(quads_of(data()), read_shapes(_read(Path(shapes)), shapes, trusted=False))
        found = [_result(r, {}, reported.places, {}) for r in outcome.raws]
        return Report(as_of, build, tolerance, results=_ordered([*results, *found]), engines=outcome.engines)
    store = RdfStore.memory()
    store.add_lines(data())
    said = said_in(store)
    formal = run_compiled(store, quads_of(data()), compiled_files("quality" if shapes == "quality" else "reporting"))
    results += [_result(r, {}, reported.places, said.abouts) for r in formal.raws]
    if shapes != "compliance":
        return Report(as_of, build, tolerance, results=_ordered(results), engines=formal.engines)
    demanded = demands.of(frozenset(documents) if documents is not None else demands.spoken_of(said.named))
    figures, raws_by_check = demanded.run(store, said.named)
    results += [_result(raw, demanded.by_shape, reported.places, said.abouts) for raw in raws_by_check]
    own = run_compiled(store, quads_of(data()), compiled_files("compliance"))
    results += [_result(raw, demanded.by_shape, reported.places, said.abouts) for raw in own.raws]
    targets = target_states(demanded.requirements, figures, raws_by_check, as_of)
    results += _unrelated(store, reported, said, {node for nodes in figures.values() for node in nodes})
    return Report(
        as_of,
        build,
        tolerance,
        targets=targets,
        tasks=task_states(store, demanded.duties, raws_by_check, as_of),
        results=_ordered(results),
        engines=_engines(formal, own),
    )


def _engines(*outcomes: Outcome) -> tuple[str, ...]:
    """Return every engine that ran; the policy's own checks are always compiled."""
    return tuple(dict.fromkeys([COMPILED, *(engine for outcome in outcomes for engine in outcome.engines)]))


# --- results -----------------------------------------------------------------------------------------


def _result(
    raw: Raw, shapes: Mapping[Iri, Requirement | Duty], places: Mapping[Iri, ReportedPlace], abouts: Mapping[Value, str]
) -> ValidationResult:
    """Add what a person needs to a SHACL result: whom it is about, what was asked, the clause, the row of the file."""
    focus = raw.value if raw.focus not in places and isinstance(raw.value, Iri) and raw.value in places else raw.focus
    source = shapes.get(raw.shape) if raw.shape is not None else None
    place = places.get(focus)
    expected = source.expected if isinstance(source, Requirement) else None
    if isinstance(source, Duty):
        expected = f"done <= {source.by}" if source.by else f"in_progress >= {source.since}"
    return ValidationResult(
        severity=raw.severity,
        message=raw.message,
        focus=focus,
        about=abouts.get(focus),
        expected=expected,
        actual=_plain(raw.value) if raw.value != focus else None,
        clause=(source.clauses[0] if isinstance(source, Requirement) else source.clause) if source else None,
        shape=raw.shape,
        component=raw.component,
        path=raw.path,
        demand=(source.targets[0] if isinstance(source, Requirement) else source.task) if source else None,
        source=place.source if place else None,
        row=place.row if place else None,
    )


def _unrelated(store: RdfStore, reported: ReportedData, said: Said, counted: set[Iri]) -> list[ValidationResult]:
    """Say of each figure that counts for no target that it does not, so that silence is never taken for approval."""
    places = reported.places
    alone = [(n, places[n], who) for n, who in said.figures.items() if n not in counted and isinstance(n, Iri) and n in places]
    untyped = {row[0] for row in store.select(_UNTYPED).rows} if alone else set()
    return [
        ValidationResult(
            "info",
            _UNTYPED_TOO if who in untyped else _UNRELATED,
            node,
            said.abouts.get(node),
            source=place.source,
            row=place.row,
            code=NOT_COMPARED,
        )
        for node, place, who in alone
    ]


_UNTYPED = PREFIXES + "SELECT ?who WHERE { ?who a vk:Entity FILTER NOT EXISTS { ?who vk:entityType ?type } }"
_UNTYPED_TOO = Message(
    "这一数值未与任何目标比较：没有写明对象类型（about_type），或不在目标的地区、时段或单位之内",
    "this figure was not held against any target: the type of whom it is about (about_type) is not said, "
    "or it is outside the area, period or unit of every target",
)
_UNRELATED = Message(
    "这一数值不属于任何目标的对象、地区、时段或单位，未与目标比较",
    "this figure is outside the population, area, period or unit of every target, and was not held against any",
)


def _from_remark(remark: ReadingRemark) -> ValidationResult:
    return ValidationResult(
        severity=_SEVERITY[remark.severity],
        message=remark.message,
        focus=remark.focus or _row_of(remark),
        actual=remark.value,
        source=remark.source,
        row=remark.row,
        column=remark.column,
        code=remark.code,
    )


def _row_of(remark: ReadingRemark) -> Iri:
    """Name the row of a file, or the file, that something is said of: SHACL asks for a focus node of each result."""
    digest = sha256(f"{remark.source}\n{remark.row or ''}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Iri(f"{BASE}id/reported/row/{digest}")


_STATUS_NAMES = {Vk.NotStarted: "not_started", Vk.InProgress: "in_progress", Vk.Done: "done"}


def _plain(value: Term | None) -> Decimal | str | None:
    if not isinstance(value, Literal):
        return None if value is None else _STATUS_NAMES.get(value, str(value))
    if value.datatype is not None and value.datatype.rpartition("#")[2] in (
        "decimal",
        "integer",
        "double",
        "float",
        "int",
        "long",
    ):
        try:
            return Decimal(figure(Decimal(value.value)))
        except (ArithmeticError, ValueError):
            return value.value
    return value.value


def _ordered(results: Iterable[ValidationResult]) -> tuple[ValidationResult, ...]:
    """Return results with the gravest first, then in the order of the files."""
    grave = {"violation": 0, "warning": 1, "info": 2}
    return tuple(sorted(results, key=lambda r: (grave[r.severity], r.source or "", r.row or 0, r.focus or "", r.message.en)))


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path}: the shapes cannot be read: {error.strerror or error}") from None
    if len(data) > _MAX_SHAPES:
        raise ReportError(f"{path}: shapes larger than {_MAX_SHAPES} bytes are refused")
    return data


_MAX_SHAPES = 2 * 1024 * 1024
