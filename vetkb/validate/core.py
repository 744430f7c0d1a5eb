"""SHACL Core constraints → SPARQL over `?this` and `?value`: the formulas of SHACL (W3C, 2017), section 4.

`bad(…)` gives, for constraints on one value, an expression that is true where the value breaks them and never an error.
`Conditions` gives an expression that is true where a node conforms to a shape, for shapes inside shapes (sh:node, sh:or,
sh:not, qualified ones). Only then are shapes inside others part of a filter; everything else runs for all focus nodes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, count

from vetkb.engine import XSD, Iri, Literal, Term
from vetkb.validate.shapes_graph import RDF, RDFS, OutsideSubset, ShapesGraph, sparql_term

_KINDS = {
    "BlankNode": "isBLANK({0})",
    "IRI": "isIRI({0})",
    "Literal": "isLITERAL({0})",
    "BlankNodeOrIRI": "!isLITERAL({0})",
    "BlankNodeOrLiteral": "!isIRI({0})",
    "IRIOrLiteral": "!isBLANK({0})",
}
_ORDER = {"minExclusive": "<", "minInclusive": "<=", "maxExclusive": ">", "maxInclusive": ">="}
_LENGTHS = {"minLength": "<", "maxLength": ">"}
_CASTS = frozenset(
    XSD + name for name in ("integer", "decimal", "double", "float", "boolean", "dateTime", "date", "time", "dayTimeDuration")
)
_PLAIN = frozenset({XSD + "string", XSD + "anyURI", RDF + "langString", RDF + "HTML"})
MESSAGES = {
    "Class": ("不属于规定的类", "it is not of the class that is asked for"),
    "Datatype": ("数据类型不符", "it is not of the datatype that is asked for"),
    "NodeKind": ("节点种类不符", "it is not of the kind of node that is asked for"),
    "MinCount": ("数量太少", "there are too few values"),
    "MaxCount": ("数量太多", "there are too many values"),
    "MinExclusive": ("数值太小", "the value is too small"),
    "MinInclusive": ("数值太小", "the value is too small"),
    "MaxExclusive": ("数值太大", "the value is too large"),
    "MaxInclusive": ("数值太大", "the value is too large"),
    "MinLength": ("文字太短", "the text is too short"),
    "MaxLength": ("文字太长", "the text is too long"),
    "Pattern": ("文字格式不符", "the text does not match the pattern"),
    "LanguageIn": ("语言不在允许之列", "its language is not among those allowed"),
    "UniqueLang": ("同一语言出现不止一次", "a language is used more than once"),
    "Equals": ("两个属性的值不同", "the values of the two properties differ"),
    "Disjoint": ("两个属性有相同的值", "the two properties share a value"),
    "LessThan": ("不小于另一属性的值", "it is not less than the value of the other property"),
    "LessThanOrEquals": ("大于另一属性的值", "it is greater than the value of the other property"),
    "Not": ("符合了不应符合的形状", "it conforms to a shape that it must not conform to"),
    "And": ("未符合全部形状", "it does not conform to all of the shapes"),
    "Or": ("不符合任何一个形状", "it conforms to none of the shapes"),
    "Xone": ("应恰好符合一个形状", "it does not conform to exactly one of the shapes"),
    "Node": ("不符合所指的形状", "it does not conform to the shape that is named"),
    "QualifiedMinCount": ("符合条件的值太少", "too few values conform to the qualified shape"),
    "QualifiedMaxCount": ("符合条件的值太多", "too many values conform to the qualified shape"),
    "Closed": ("有不允许的属性", "it has a property that is not allowed"),
    "HasValue": ("缺少规定的值", "the value that is asked for is missing"),
    "In": ("不在允许的值之列", "it is not among the values allowed"),
    "SPARQL": ("不符合查询所述的条件", "it breaks the condition that the query states"),
}
_MAX_COUNT = 5  # pairs of variables inside a filter grow with the square

ON_VALUES = frozenset({"class", "datatype", "nodeKind", "pattern", "languageIn", "in", *_ORDER, *_LENGTHS})
LOGICAL = frozenset({"not", "and", "or", "xone", "node"})
ON_SETS = frozenset({"minCount", "maxCount", "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals", "hasValue"})
QUALIFIED = frozenset({"qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"})
ONCE = QUALIFIED | {
    "datatype",
    "nodeKind",
    "languageIn",
    "in",
    "minCount",
    "maxCount",
    "uniqueLang",
    "closed",
    *_ORDER,
    *_LENGTHS,
}
STRUCTURE = frozenset({"path", "property", "sparql", "closed", "ignoredProperties", "flags"})
ABOUT = frozenset(
    {"name", "description", "order", "group", "defaultValue", "message", "severity", "deactivated", "declare", "prefixes"}
    | {"targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"}
)
KNOWN = ON_VALUES | LOGICAL | ON_SETS | QUALIFIED | STRUCTURE | ABOUT

Probe = Callable[[str], bool]


def number_of(term: Term | None) -> int:
    """Return the whole number that a count constraint names."""
    if isinstance(term, Literal) and term.value.lstrip("+").isdecimal():
        return int(term.value)
    raise OutsideSubset("a count that is no number")


def is_true(term: Term | None) -> bool:
    """Tell whether a term is the boolean true."""
    return isinstance(term, Literal) and term.value in ("true", "1")


@dataclass(frozen=True, slots=True)
class Breach:
    """A constraint and the pattern that matches where it is broken.

    `value` and `path` are the variables of the result's value and path, `more` what else tells two results apart.
    """

    constraint: str
    pattern: str
    value: str | None = None
    path: str | None = None
    more: tuple[str, ...] = ()


class Conditions:
    """Expressions over shapes; `probe` asks the engine something that needs no data (does it read this pattern?)."""

    def __init__(self, graph: ShapesGraph, probe: Probe) -> None:
        self._graph = graph
        self._probe = probe
        self._fresh = count(1)

    def variable(self) -> str:
        """Return a variable that no other part of a query has."""
        return f"?v{next(self._fresh)}"

    # --- constraints on one value ---------------------------------------------------------------------

    def bad(self, shape: Iri, name: str, wanted: Term, value: str, open_shapes: tuple[Iri, ...] = ()) -> str:
        """Return the expression that is true where `value` breaks one constraint of a shape."""
        if name in _ORDER:
            return f"!COALESCE({sparql_term(wanted)} {_ORDER[name]} {value}, false)"
        if name in _LENGTHS:
            return f"(isBLANK({value}) || STRLEN(STR({value})) {_LENGTHS[name]} {number_of(wanted)})"
        if name in LOGICAL:
            return self._logical(name, wanted, value, (*open_shapes, shape))
        match name:
            case "class":
                return f"NOT EXISTS {{ {value} <{RDF}type>/<{RDFS}subClassOf>* {sparql_term(wanted)} }}"
            case "datatype":
                return self._datatype(wanted, value)
            case "nodeKind":
                kind = str(wanted).rpartition("#")[2]
                if kind not in _KINDS:
                    raise OutsideSubset("a kind of node that is none")
                return f"!({_KINDS[kind].format(value)})"
            case "pattern":
                return self._pattern(shape, wanted, value)
            case "languageIn":
                tags = [t.value if isinstance(t, Literal) else str(t) for t in self._graph.members(wanted)]
                matches = " || ".join(f"LANGMATCHES(LANG({value}), {sparql_term(Literal(t))})" for t in tags) or "false"
                return f"(!isLITERAL({value}) || !({matches}))"
            case "in":
                members = " || ".join(f"sameTerm({value}, {sparql_term(t)})" for t in self._graph.members(wanted)) or "false"
                return f"!({members})"
        raise OutsideSubset(name)

    def _datatype(self, wanted: Term, value: str) -> str:
        if wanted not in _CASTS and wanted not in _PLAIN:
            raise OutsideSubset("a datatype whose forms the engine does not check")
        is_it = f"isLITERAL({value}) && DATATYPE({value}) = {sparql_term(wanted)}"
        if wanted in _CASTS:
            is_it += f" && COALESCE(DATATYPE(<{wanted}>(STR({value}))) = <{wanted}>, false)"
        return f"!({is_it})"

    def _pattern(self, shape: Iri, wanted: Term, value: str) -> str:
        flags = self._graph.one(shape, "flags")
        arguments = sparql_term(wanted) + (f", {sparql_term(flags)}" if flags is not None else "")
        # The engine's patterns need linear time; one that it does not read (look-around) is the reference engine's.
        if not self._probe(f'ASK {{ BIND(REGEX("", {arguments}) AS ?read) FILTER(BOUND(?read)) }}'):
            raise OutsideSubset("a pattern that the engine does not read")
        return f"(isBLANK({value}) || !REGEX(STR({value}), {arguments}))"

    def _logical(self, name: str, wanted: Term, value: str, open_shapes: tuple[Iri, ...]) -> str:
        if name == "node" and self._graph.values(wanted, "path"):
            raise OutsideSubset("sh:node of a property shape")
        if name in ("not", "node"):
            conforms = self.conforms(wanted, value, open_shapes)
            return conforms if name == "not" else f"!({conforms})"
        members = [self.conforms(shape, value, open_shapes) for shape in self._graph.members(wanted)]
        if name == "xone":
            return f"({' + '.join(f'IF({m}, 1, 0)' for m in members) or '0'}) != 1"
        return f"!({(' && ' if name == 'and' else ' || ').join(members) or ('true' if name == 'and' else 'false')})"

    # --- does a node conform to a shape? --------------------------------------------------------------

    def conforms(self, shape: Term, node: str, open_shapes: tuple[Iri, ...] = ()) -> str:
        """Return the expression that is true where `node` conforms to a shape. Shapes that name themselves are outside."""
        if not isinstance(shape, Iri) or shape in open_shapes or len(open_shapes) > _DEPTH:
            raise OutsideSubset("a shape that leads back to itself")
        if not self._graph.is_on(shape):
            return "true"
        check_known(self._graph, shape)
        parts = list(self._parts(shape, node, (*open_shapes, shape)))
        return f"({' && '.join(parts)})" if parts else "true"

    def _parts(self, shape: Iri, node: str, open_shapes: tuple[Iri, ...]) -> Iterator[str]:
        graph = self._graph
        if graph.values(shape, "sparql"):
            raise OutsideSubset("a query inside a shape inside another")
        path = self._path(shape)
        for name in sorted(ON_VALUES | LOGICAL):
            for wanted in graph.values(shape, name):
                if path is None:
                    yield f"!({self.bad(shape, name, wanted, node, open_shapes)})"
                else:
                    value = self.variable()
                    bad = self.bad(shape, name, wanted, value, open_shapes)
                    yield f"NOT EXISTS {{ {node} {path} {value} . FILTER({bad}) }}"
        for inner in graph.values(shape, "property"):
            if path is None:
                yield self.conforms(inner, node, open_shapes)
            else:
                value = self.variable()
                yield f"NOT EXISTS {{ {node} {path} {value} . FILTER(!{self.conforms(inner, value, open_shapes)}) }}"
        for breach in self.sets(shape, node):
            yield f"NOT EXISTS {{ {breach.pattern} }}"
        yield from self._counts(shape, node, open_shapes)

    def _counts(self, shape: Iri, node: str, open_shapes: tuple[Iri, ...]) -> Iterator[str]:
        path = self._path(shape)
        if path is None:
            return

        def conforming(value: str) -> str:
            return f"{node} {path} {value} . FILTER({self.qualified(shape, value, open_shapes)})"

        def each(value: str) -> str:
            return f"{node} {path} {value} ."

        for minimum, maximum, pattern in (("minCount", "maxCount", each), ("qualifiedMinCount", "qualifiedMaxCount", conforming)):
            for wanted in self._graph.values(shape, minimum):
                yield self._at_least(pattern, number_of(wanted))
            for wanted in self._graph.values(shape, maximum):
                yield f"!({self._at_least(pattern, number_of(wanted) + 1)})"

    def _at_least(self, pattern: Callable[[str], str], number: int) -> str:
        if number > _MAX_COUNT:
            raise OutsideSubset("a large count inside a shape inside another")
        if number == 0:
            return "true"
        values = [self.variable() for _ in range(number)]
        different = " && ".join(f"!sameTerm({a}, {b})" for a, b in combinations(values, 2)) or "true"
        return f"EXISTS {{ {' '.join(pattern(v) for v in values)} FILTER({different}) }}"

    # --- constraints on all values of a path ----------------------------------------------------------

    def sets(self, shape: Iri, node: str) -> Iterator[Breach]:
        """Yield the patterns that match where `node` breaks a constraint on its values taken together."""
        graph, path = self._graph, self._path(shape)
        a, b = self.variable(), self.variable()
        values = f"{node} {path} {a} ." if path else f"BIND({node} AS {a})"
        for wanted in graph.values(shape, "hasValue"):
            term = sparql_term(wanted)
            absent = f"NOT EXISTS {{ {node} {path} {term} }}" if path else f"!sameTerm({node}, {term})"
            yield Breach("hasValue", f"FILTER({absent})")
        for wanted in graph.values(shape, "equals"):
            other = sparql_term(wanted)
            is_value = f"EXISTS {{ {node} {path} {b} }}" if path else f"sameTerm({node}, {b})"
            yield Breach("equals", f"{values} FILTER NOT EXISTS {{ {node} {other} {a} }}", a)
            yield Breach("equals", f"{node} {other} {b} . FILTER(!({is_value}))", b)
        for wanted in graph.values(shape, "disjoint"):
            yield Breach("disjoint", f"{values} FILTER EXISTS {{ {node} {sparql_term(wanted)} {a} }}", a)
        for name, sign in (("lessThan", "<"), ("lessThanOrEquals", "<=")):
            for wanted in graph.values(shape, name):
                pattern = f"{values} {node} {sparql_term(wanted)} {b} . FILTER(!COALESCE({a} {sign} {b}, false))"
                yield Breach(name, pattern, a, more=(b,))
        if graph.one(shape, "uniqueLang") == Literal("true", Iri(f"{XSD}boolean")) and path:
            same = f"LANG({a}) != '' && LCASE(LANG({a})) = LCASE(LANG({b})) && !sameTerm({a}, {b})"
            pattern = f"{values} {node} {path} {b} . FILTER({same})"
            yield Breach("uniqueLang", pattern, more=(f"(LCASE(LANG({a})) AS {self.variable()})",))
        if is_true(graph.one(shape, "closed")):
            yield Breach("closed", f"{node} {b} {a} . FILTER({self._not_allowed(shape, b)})", a, path=b)

    def _path(self, shape: Iri) -> str | None:
        path = self._graph.one(shape, "path")
        if path is None:
            return None
        if self._graph.may_be_empty(path):
            raise OutsideSubset("a path that may be empty, where it is not the values that are asked for")
        return self._graph.path(path)

    def _not_allowed(self, shape: Iri, predicate: str) -> str:
        graph = self._graph
        allowed = [p for inner in graph.values(shape, "property") for p in graph.values(inner, "path")]
        ignored = graph.one(shape, "ignoredProperties")
        allowed += graph.members(ignored) if ignored is not None else []
        named = [sparql_term(p) for p in allowed if isinstance(p, Iri) and not p.startswith("_:")]
        return f"{predicate} NOT IN ({', '.join(named)})" if named else "true"

    def qualified(self, shape: Iri, value: str, open_shapes: tuple[Iri, ...] = ()) -> str:
        """Return the expression that is true where a value conforms to the qualified shape, and to no sibling if disjoint."""
        graph = self._graph
        wanted = graph.one(shape, "qualifiedValueShape")
        if wanted is None:
            raise OutsideSubset("a qualified count without a shape")
        conforms = self.conforms(wanted, value, (*open_shapes, shape))
        disjoint = graph.one(shape, "qualifiedValueShapesDisjoint")
        if is_true(disjoint):
            parents = [p for p in graph if shape in graph.values(p, "property")]
            siblings = {s for p in parents for q in graph.values(p, "property") for s in graph.values(q, "qualifiedValueShape")}
            for sibling in sorted(siblings - {wanted}, key=str):
                conforms += f" && !({self.conforms(sibling, value, (*open_shapes, shape))})"
        return f"({conforms})"


_DEPTH = 20


def check_known(graph: ShapesGraph, shape: Iri) -> None:
    """Refuse a shape that has SHACL properties unknown here, or twice what may stand once."""
    unknown = graph.properties(shape) - KNOWN
    if unknown:
        raise OutsideSubset(", ".join(sorted(unknown)))
    for name in sorted(ONCE & graph.properties(shape)):
        graph.one(shape, name)
