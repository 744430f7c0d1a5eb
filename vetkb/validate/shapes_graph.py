"""Triples of a shapes graph → what a compiler asks of it: values, lists, paths as SPARQL, targets, severity, messages.

SHACL (W3C, 2017), sections 2 (shapes, targets, paths) and 3.6.2 (messages). What this module cannot say as SPARQL it
refuses with `OutsideSubset`; such shapes go to the reference engine whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from vetkb.engine import Iri, Literal, Quad, Term, written
from vetkb.errors import UsageError
from vetkb.validate.model import Severity

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SEVERITIES: dict[str, Severity] = {f"{SH}Violation": "violation", f"{SH}Warning": "warning", f"{SH}Info": "info"}

_TARGETS = {
    "targetClass": f"?kind <{RDFS}subClassOf>* {{}} . ?this <{RDF}type> ?kind",
    "targetSubjectsOf": "?this {} ?targetObject",
    "targetObjectsOf": "?targetSubject {} ?this",
}
_REPEATS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_MAX_LIST = 10_000
_MAX_DEPTH = 30


class OutsideSubset(Exception):  # noqa: N818 - not an error: says that a shape is the reference engine's
    """A shape uses what is not compiled."""


def sparql_term(term: Term) -> str:
    """Return a term as SPARQL writes it; a blank node, which no query can name, is outside the subset.

    >>> sparql_term(Literal('a "b"', None, "en")), sparql_term(Iri("urn:x"))
    ('"a \\\\"b\\\\""@en', '<urn:x>')
    """
    try:
        return written(term)
    except UsageError:
        raise OutsideSubset(str(term)) from None


class ShapesGraph:
    """形状图 — The triples of shapes, looked at from their nodes."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._nodes: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            self._nodes[quad.subject][quad.predicate].append(quad.object)

    def __iter__(self) -> Iterator[Iri]:
        return iter([Iri(name) for name in self._nodes])

    def values(self, node: Term, name: str) -> Sequence[Term]:
        """Return the values of a SHACL property (`name` without namespace, or a whole IRI)."""
        predicate = name if ":" in name else SH + name
        return self._nodes[str(node)].get(predicate, ()) if str(node) in self._nodes else ()

    def one(self, node: Term, name: str) -> Term | None:
        """Return the only value of a property, None where there is none."""
        values = self.values(node, name)
        if len(values) > 1:
            raise OutsideSubset(f"{name} twice")
        return values[0] if values else None

    def properties(self, node: Iri) -> frozenset[str]:
        """Return the SHACL properties that a node has, without namespace."""
        return frozenset(p.removeprefix(SH) for p in self._nodes[node] if p.startswith(SH))

    def members(self, head: Term) -> list[Term]:
        """Return the members of an RDF list."""
        members: list[Term] = []
        while head != f"{RDF}nil":
            rest, first = self.values(head, f"{RDF}rest"), self.values(head, f"{RDF}first")
            if len(rest) != 1 or len(first) != 1 or len(members) > _MAX_LIST:
                raise OutsideSubset("a list that is none")
            members.append(first[0])
            head = rest[0]
        return members

    def path(self, node: Term, depth: int = 0) -> str:
        """Return a SHACL property path as a SPARQL property path."""
        if depth > _MAX_DEPTH:
            raise OutsideSubset("a path nested too deep")
        if isinstance(node, Iri) and not node.startswith("_:"):
            return sparql_term(node)
        inside = self._nodes.get(str(node), {})
        if f"{RDF}first" in inside:
            return "(" + "/".join(self.path(part, depth + 1) for part in self.members(node)) + ")"
        for name in ("alternativePath", "inversePath", *_REPEATS):
            value = self.one(node, name)
            if value is None:
                continue
            if name == "alternativePath":
                return "(" + "|".join(self.path(part, depth + 1) for part in self.members(value)) + ")"
            inner = self.path(value, depth + 1)
            return f"^({inner})" if name == "inversePath" else f"({inner}){_REPEATS[name]}"
        raise OutsideSubset("a path of another kind")

    def may_be_empty(self, node: Term) -> bool:
        """Tell whether a path leads from a node to itself in no step.

        SPARQL then finds only nodes that the data mention, SHACL also a target node that they do not.
        """
        if self.values(node, f"{RDF}first"):
            return all(self.may_be_empty(part) for part in self.members(node))
        if self.values(node, "zeroOrMorePath") or self.values(node, "zeroOrOnePath"):
            return True
        alternatives = self.one(node, "alternativePath")
        if alternatives is not None:
            return any(self.may_be_empty(part) for part in self.members(alternatives))
        inner = [v for name in ("inversePath", "oneOrMorePath") for v in self.values(node, name)]
        return bool(inner) and self.may_be_empty(inner[0])

    def targets(self, shape: Iri) -> list[str]:
        """Return the patterns that bind ?this to the focus nodes of a shape, one a target."""
        if self.values(shape, "target"):
            raise OutsideSubset("a target of another kind")
        found = [f"VALUES ?this {{ {sparql_term(node)} }}" for node in self.values(shape, "targetNode")]
        for name, pattern in _TARGETS.items():
            found += [pattern.replace("{}", sparql_term(node)) for node in self.values(shape, name)]
        if {f"{RDFS}Class", "http://www.w3.org/2002/07/owl#Class"} & set(self.values(shape, f"{RDF}type")):
            found.append(_TARGETS["targetClass"].replace("{}", sparql_term(shape)))
        return found

    def severity(self, shape: Iri) -> Severity:
        """Return how grave the results of a shape are."""
        named = self.one(shape, "severity")
        severity = "violation" if named is None else SEVERITIES.get(str(named))
        if severity is None:
            raise OutsideSubset("a severity of another kind")
        return severity

    def messages(self, node: Iri) -> tuple[tuple[str, str | None], ...]:
        """Return the messages of a shape or constraint as (text, language)."""
        found = self.values(node, "message")
        return tuple((m.value, m.language) for m in found if isinstance(m, Literal))

    def is_on(self, shape: Term) -> bool:
        """Tell whether a shape is not deactivated."""
        value = self.one(shape, "deactivated")
        return not (isinstance(value, Literal) and value.value in ("true", "1"))

    def prefixes(self, constraint: Iri) -> str:
        """Return the PREFIX lines that a SPARQL constraint declares."""
        return "".join(f"PREFIX {prefix}: {sparql_term(namespace)}\n" for prefix, namespace in self._declared(constraint))

    def spellings(self, constraint: Iri, term: Term) -> frozenset[str]:
        """Return how an IRI can be written in a SPARQL constraint: whole, and with the prefixes that it declares."""
        declared = [(prefix, str(term).removeprefix(namespace)) for prefix, namespace in self._declared(constraint)]
        return frozenset({sparql_term(term), *(f"{prefix}:{rest}" for prefix, rest in declared if rest != term)})

    def _declared(self, constraint: Iri) -> Iterator[tuple[str, Iri]]:
        declaring = list(dict.fromkeys(self.values(constraint, "prefixes")))
        for declarations in declaring:
            declaring += [o for o in self.values(declarations, "http://www.w3.org/2002/07/owl#imports") if o not in declaring]
            for one in self.values(declarations, "declare"):
                prefix, namespace = self.one(one, "prefix"), self.one(one, "namespace")
                if not isinstance(prefix, Literal) or not isinstance(namespace, Literal | Iri):
                    raise OutsideSubset("a prefix that is none")
                yield prefix.value, Iri(namespace.value if isinstance(namespace, Literal) else namespace)
