"""Shapes → queries of the embedded engine, one a constraint for all focus nodes at once, and their results.

pySHACL visits node after node, on an engine whose joins grow with the square of the data. Here each constraint of SHACL Core,
and each sh:sparql constraint of a plain form, becomes one query. A shape with anything outside that subset is left
whole to pySHACL; the W3C's test suite and random shapes and data hold the two to the same results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from vetkb.engine import Iri, Literal, Quad, RdfStore, Term
from vetkb.errors import QueryError
from vetkb.validate.at_once import at_once, leading_query
from vetkb.validate.core import LOGICAL, MESSAGES, ON_VALUES, Conditions, check_known, number_of
from vetkb.validate.model import Severity
from vetkb.validate.shacl import Raw
from vetkb.validate.shapes import Check
from vetkb.validate.shapes_graph import SH, OutsideSubset, ShapesGraph, sparql_term

Messages = tuple[tuple[str, str | None], ...]

_DEPTH = 20
_COUNTS = frozenset({"minCount", "maxCount", "qualifiedMinCount", "qualifiedMaxCount"})
_IN_MESSAGE = re.compile(r"\{[?$]([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Constraint:
    """约束 — One constraint of a shape as a query over ?this and, where it has them, ?value and ?path.

    `focus` is the pattern of the focus nodes, `first` one that the query begins with: where nothing matches them, it has no
    answer. Both are asked before, once for all the constraints that share them.
    """

    shape: Iri
    component: Iri
    path: Iri | None
    severity: Severity
    query: str
    messages: Messages
    focus: str | None = None
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Compiled:
    """What was compiled, and the triples of the shapes that were not (none where all were)."""

    constraints: tuple[Constraint, ...]
    rest: tuple[Quad, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """A path as SPARQL; `stays` where it may lead from a node to itself in no step, `plain` where it is one property, which
    leads to each value once."""

    path: str
    stays: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class _Focus:
    """The pattern that binds ?this to the focus nodes of a shape."""

    pattern: str
    depth: int = 0
    objects_of: Term | None = None  # where they are the values of one property

    def values(self, way: _Way | None, value: str = "?value", start: str = "?this") -> str:
        """Return the pattern that binds `value` to the value nodes too."""
        if way is None:
            return f"{self.pattern} BIND({start} AS {value})"
        steps = f"{self.pattern} {start} {way.path} {value} ."
        return f"{{ {steps} }} UNION {{ {self.pattern} BIND({start} AS {value}) }}" if way.stays else steps

    def step(self, way: _Way) -> _Focus:
        """Return the focus nodes one path further: the values of a property shape."""
        outer = f"?f{self.depth}"
        here = _Focus(f"{{ SELECT DISTINCT (?this AS {outer}) {{ {self.pattern} }} }}")
        return _Focus(f"{{ SELECT DISTINCT ?this {{ {here.values(way, '?this', outer)} }} }}", self.depth + 1)


def compile_shapes(shapes: Iterable[Quad]) -> Compiled:
    """Compile what can be; shapes are taken or left with all that they lead to.

    A shape that is left costs only itself: the targets of the others are taken out of the graph that pySHACL gets.
    """
    quads = tuple(shapes)
    if any(q.object == f"{SH}ConstraintComponent" for q in quads):
        return Compiled((), quads, ("constraint components of its own",))
    graph, engine = ShapesGraph(quads), RdfStore.memory()
    compiler = _Compiler(graph, Conditions(graph, engine.ask))
    constraints: list[Constraint] = []
    taken: set[str] = set()
    reasons: list[str] = []
    for shape in graph:
        try:
            targets = graph.targets(shape)
            if not targets or not graph.is_on(shape):
                continue
            focus = " UNION ".join(f"{{ {t} }}" for t in targets)
            only = graph.one(shape, "targetObjectsOf") if len(targets) == 1 else None
            made = list(compiler.shape(shape, _Focus(f"{{ SELECT DISTINCT ?this {{ {focus} }} }}", objects_of=only)))
            for constraint in made:
                engine.terms(constraint.query)  # there is nothing in it: does it read the query?
            constraints += made
            taken.add(shape)
        except (OutsideSubset, QueryError) as reason:
            reasons.append(f"{shape}: {reason}")
    targeting = {f"{SH}{name}" for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")}
    rest = (
        tuple(q for q in quads if not (q.subject in taken and (q.predicate in targeting or _is_implicit(q)))) if reasons else ()
    )
    return Compiled(tuple(constraints), rest, tuple(reasons))


def _is_implicit(quad: Quad) -> bool:
    return quad.predicate.endswith("#type") and str(quad.object).endswith("#Class")


class _Compiler:
    """Compiles one shape with a target and the property shapes below it."""

    def __init__(self, graph: ShapesGraph, conditions: Conditions) -> None:
        self._graph = graph
        self._conditions = conditions

    def shape(self, shape: Iri, focus: _Focus, above: tuple[Iri, ...] = ()) -> Iterator[Constraint]:
        graph = self._graph
        check_known(graph, shape)
        if shape in above or len(above) > _DEPTH:
            raise OutsideSubset("a shape that leads back to itself")
        path = graph.one(shape, "path")
        plain = Iri(path) if isinstance(path, Iri) and not path.startswith("_:") else None
        way = _Way(graph.path(path), graph.may_be_empty(path), plain is not None) if path is not None else None
        made = [*self._on_values(shape, focus, way), *self._on_sets(shape, focus, way), *self._queries(shape, focus, way)]
        messages = graph.messages(shape)
        for constraint in made:
            said = constraint.messages or messages or said_by_default(constraint.component)
            yield replace(constraint, path=plain, messages=said, focus=focus.pattern)
        below = focus if way is None else focus.step(way)
        for inner in graph.values(shape, "property"):
            if not isinstance(inner, Iri) or not graph.values(inner, "path"):
                raise OutsideSubset("a property shape without a path")
            if graph.is_on(inner):
                yield from self.shape(inner, below, (*above, shape))

    def _made(self, shape: Iri, constraint: str, select: str) -> Constraint:
        name = Iri(f"{SH}{constraint[0].upper()}{constraint[1:]}ConstraintComponent")
        return Constraint(shape, name, None, self._graph.severity(shape), select, ())

    def _on_values(self, shape: Iri, focus: _Focus, way: _Way | None) -> Iterator[Constraint]:
        values = focus.values(way)
        for name in sorted(ON_VALUES | LOGICAL):
            for wanted in self._graph.values(shape, name):
                bad = self._conditions.bad(shape, name, wanted, "?value")
                yield self._made(shape, name, f"SELECT DISTINCT ?this ?value {{ {values} FILTER({bad}) }}")

    def _on_sets(self, shape: Iri, focus: _Focus, way: _Way | None) -> Iterator[Constraint]:
        for breach in self._conditions.sets(shape, "?this"):
            columns = [f"({breach.value} AS ?value)"] if breach.value else []
            columns += [f"({breach.path} AS ?path)"] if breach.path else []
            select = " ".join(["?this", *columns, *breach.more])
            yield self._made(shape, breach.constraint, f"SELECT DISTINCT {select} {{ {focus.pattern} {breach.pattern} }}")
        if way is None:
            return
        graph = self._graph
        if way.stays and graph.properties(shape) & _COUNTS:
            raise OutsideSubset("a count over a path that may be empty")
        for name, sign in (("minCount", "<"), ("maxCount", ">")):
            for wanted in graph.values(shape, name):
                yield self._made(shape, name, _counting(focus, f"?this {way.path} ?v .", way, sign, number_of(wanted)))
        for name, sign in (("qualifiedMinCount", "<"), ("qualifiedMaxCount", ">")):
            for wanted in graph.values(shape, name):
                pattern = f"?this {way.path} ?v . FILTER({self._conditions.qualified(shape, '?v')})"
                yield self._made(shape, name, _counting(focus, pattern, way, sign, number_of(wanted)))

    def _queries(self, shape: Iri, focus: _Focus, way: _Way | None) -> Iterator[Constraint]:
        graph = self._graph
        for constraint in graph.values(shape, "sparql"):
            select = graph.one(constraint, "select")
            if not isinstance(constraint, Iri) or not isinstance(select, Literal):
                raise OutsideSubset("a constraint without a SELECT")
            if not graph.is_on(constraint):
                continue
            prefixes = graph.prefixes(constraint)
            known = graph.spellings(constraint, focus.objects_of) if focus.objects_of is not None else ()
            text = at_once(select.value, focus.pattern, way.path if way else None, known)
            leading = leading_query(text)
            first = None if leading is None else f"{prefixes}ASK {{ {leading} }}"
            yield replace(self._made(shape, "SPARQL", prefixes + text), messages=graph.messages(constraint), first=first)


def said_by_default(component: Iri) -> Messages:
    """Return the message of a constraint whose shape has none."""
    zh, en = MESSAGES.get(
        component.removeprefix(SH).removesuffix("ConstraintComponent"), ("不符合形状", "it does not conform to the shape")
    )
    return ((zh, "zh"), (en, "en"))


def _counting(focus: _Focus, pattern: str, way: _Way, sign: str, number: int) -> str:
    if sign == "<" and number <= 0:
        return f"SELECT ?this {{ {focus.pattern} FILTER(false) }}"
    if sign == "<" and number == 1:
        # an OPTIONAL starts from ?this; the engine begins an EXISTS of several steps wherever it likes, once a focus node
        return f"SELECT DISTINCT ?this {{ {focus.pattern} OPTIONAL {{ {pattern} }} FILTER(!BOUND(?v)) }}"
    if sign == ">" and number == 0:
        return f"SELECT DISTINCT ?this {{ {focus.pattern} FILTER EXISTS {{ {pattern} }} }}"
    if sign == ">" and number == 1 and way.plain and pattern == f"?this {way.path} ?v .":
        # to look for another value holds nothing, where to count holds a group for each focus node
        another = f"?this {way.path} ?w . FILTER(!sameTerm(?v, ?w))"
        return f"SELECT DISTINCT ?this {{ {focus.pattern} {pattern} FILTER EXISTS {{ {another} }} }}"
    having = f"COUNT({'' if way.plain else 'DISTINCT '}?v) {'>' if sign == '>' else '>='} {number}"
    many = f"SELECT ?this {{ {focus.pattern} {pattern} }} GROUP BY ?this HAVING({having})"
    return many if sign == ">" else f"SELECT DISTINCT ?this {{ {focus.pattern} MINUS {{ {many} }} }}"


# --- running -----------------------------------------------------------------------------------------


def run_constraints(store: RdfStore, constraints: Iterable[Constraint]) -> tuple[Raw, ...]:
    """Run compiled constraints over the default graph of a store; results as SHACL has them, in a stable order."""
    is_met = lru_cache(maxsize=None)(store.ask)
    found: list[Raw] = []
    for bundle in _bundles(tuple(constraints)):
        if not all(map(is_met, bundle.conditions)):
            continue
        rows = store.terms(bundle.query)
        for constraint in bundle.constraints:
            found += _results(constraint, [row for row in rows if row.get(_PATH, constraint.path) == constraint.path])
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Constraints that ask the same of different properties of the same focus nodes, in one query."""

    query: str
    conditions: tuple[str, ...]
    constraints: tuple[Constraint, ...]


_PATH = "thePath"


@lru_cache(maxsize=64)
def _bundles(constraints: tuple[Constraint, ...]) -> tuple[_Bundle, ...]:
    """Put constraints of one form together: to read and plan a query costs more than to answer it over a small report."""
    forms: dict[tuple[tuple[str, ...], str], list[Constraint]] = {}
    for constraint in constraints:
        conditions = () if constraint.focus is None else (f"ASK {{ {constraint.focus} }}",)
        conditions = conditions if constraint.first is None else (*conditions, constraint.first)
        forms.setdefault((conditions, _form(constraint)), []).append(constraint)
    return tuple(_bundle(form, conditions, members) for (conditions, form), members in forms.items())


def _form(constraint: Constraint) -> str:
    """Return the query with a variable for its path, where that is one property that ?this alone has; else as it is."""
    step = f"?this <{constraint.path}> "
    count = constraint.query.count(step)
    alone = constraint.path is not None and constraint.query.count(f"<{constraint.path}>") == count > 0
    # a query inside another (what has fewer than two values) does not see a variable that it does not hand on
    single = constraint.query.replace(constraint.focus or "", "").count("SELECT") == 1
    plain = alone and single and not constraint.component.endswith("#SPARQLConstraintComponent")
    return constraint.query.replace(step, f"?this ?{_PATH} ") if plain else constraint.query


def _bundle(form: str, conditions: tuple[str, ...], members: list[Constraint]) -> _Bundle:
    if len(members) == 1 or f"?{_PATH} " not in form:
        return _Bundle(members[0].query, conditions, tuple(members))
    paths = dict.fromkeys(sparql_term(c.path) for c in members if c.path is not None)
    grouped = form.replace("?this", f"?{_PATH} ?this", 1).replace("GROUP BY ?this", f"GROUP BY ?{_PATH} ?this")
    head, body = grouped.split("{", 1)
    return _Bundle(f"{head}{{ VALUES ?{_PATH} {{ {' '.join(paths)} }} {body}", conditions, tuple(members))


def _results(constraint: Constraint, rows: Iterable[Mapping[str, Term]]) -> list[Raw]:
    of_query = constraint.component == f"{SH}SPARQLConstraintComponent"
    found = []
    for row in rows:
        focus, path, value = row["this"], row.get("path", constraint.path), row.get("value")
        if value is None and of_query and constraint.path is None:
            value = focus
        found.append(
            Raw(
                focus if isinstance(focus, Iri) else Iri(focus.value),
                value,
                path if isinstance(path, Iri) else None,
                constraint.severity,
                constraint.shape,
                constraint.component,
                tuple((_filled(text, row), tag) for text, tag in constraint.messages),
            )
        )
    return sorted(found, key=lambda r: (r.focus, str(r.value), str(r.path)))


def _filled(text: str, row: Mapping[str, Term]) -> str:
    return _IN_MESSAGE.sub(lambda named: _shown(row.get(named[1])) or named[0], text)


def _shown(term: Term | None) -> str:
    return "" if term is None else term.value if isinstance(term, Literal) else str(term)


def run_checks(store: RdfStore, checks: Iterable[Check]) -> tuple[Raw, ...]:
    """Run the queries of a policy's checks; the results are those a SHACL engine has for their shapes."""
    return run_constraints(store, map(_constraint, checks))


def results_of(check: Check, rows: Iterable[Mapping[str, Term]]) -> list[Raw]:
    """Return the results of a check from the solutions of its query: ?this and ?value."""
    return _results(_constraint(check), rows)


def _constraint(check: Check) -> Constraint:
    component = Iri(f"{SH}SPARQLConstraintComponent")
    messages = tuple((text, tag) for text, tag in ((check.zh, "zh"), (check.en, "en")) if text)
    return Constraint(check.shape, component, check.path, check.severity, check.query, messages)
