"""Triple patterns of rules, read from their text: matched with a conclusion, filled with a solution.

A rule's template and its premises are written as plain triples (`?s vk:p ?o`), one after the other, without `;` and `,`:
enough for rules, and readable by eye.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from vetkb.engine import XSD, Iri, Literal, Quad, Term
from vetkb.engine.guard import Token, tokenise
from vetkb.errors import UsageError
from vetkb.graph.terms import RDF_TYPE


class Variable(str):
    """A variable of a query, without its mark."""

    __slots__ = ()


Node: TypeAlias = Variable | Term


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple, in which some terms may be variables."""

    terms: tuple[Node, Node, Node]

    @property
    def variables(self) -> set[str]:
        return {str(term) for term in self.terms if isinstance(term, Variable)}

    def match(self, quad: Quad) -> dict[str, Term] | None:
        """Return what the variables are in a triple, None if it does not fit."""
        bindings: dict[str, Term] = {}
        for node, term in zip(self.terms, (quad.subject, quad.predicate, quad.object), strict=True):
            if isinstance(node, Variable):
                if bindings.setdefault(node, term) != term:
                    return None
            elif node != term:
                return None
        return bindings

    def fill(self, solution: Mapping[str, Term]) -> Quad | None:
        """Return the triple for a solution, None if a variable is not bound in it."""
        terms = [solution.get(node) if isinstance(node, Variable) else node for node in self.terms]
        subject, predicate, value = terms
        if not isinstance(subject, Iri) or not isinstance(predicate, Iri) or value is None:
            return None
        return Quad(subject, predicate, value)


def read_pattern(text: str, prefixes: Mapping[str, str]) -> Pattern:
    """Read one triple. Raises UsageError."""
    patterns = read_patterns(list(tokenise(text)), prefixes)
    if len(patterns) != 1:
        raise UsageError(f"one triple is needed, not {text[:200]!r}")
    return patterns[0]


def read_patterns(tokens: list[Token], prefixes: Mapping[str, str]) -> list[Pattern]:
    """Read triples that are separated by full stops. Raises UsageError."""
    nodes = [_node(token, prefixes) for token in tokens if not (token.kind == "mark" and token.text == ".")]
    if len(nodes) % 3:
        raise UsageError("a triple has three terms: subject, predicate, object")
    return [Pattern((nodes[at], nodes[at + 1], nodes[at + 2])) for at in range(0, len(nodes), 3)]


def _node(token: Token, prefixes: Mapping[str, str]) -> Node:
    if token.kind == "variable":
        return Variable(token.text[1:])
    if token.kind == "iri":
        return Iri(token.text[1:-1])
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        if prefix in prefixes:
            return Iri(prefixes[prefix] + local)
    if token.kind == "word" and token.text == "a":
        return RDF_TYPE
    if token.kind == "word" and token.text in ("true", "false"):
        return Literal(token.text, Iri(XSD + "boolean"))
    if token.kind == "number" and token.text.isdecimal():
        return Literal(token.text, Iri(XSD + "integer"))
    if token.kind in ("quoted", "string"):
        return Literal(token.text.strip("\"'"))
    raise UsageError(f"{token.text[:80]!r} is no term of a triple")


def template_and_where(sparql: str) -> tuple[list[Pattern], str, str, frozenset[str]]:
    """Split a CONSTRUCT query: the triples of its template, its WHERE group, its prologue, and the variables it computes."""
    tokens = list(tokenise(sparql))
    place = next(at for at, token in enumerate(tokens) if token.text.upper() == "CONSTRUCT")
    prologue = sparql[: tokens[place].start]
    end = next(at for at in range(place, len(tokens)) if tokens[at].text == "}")
    prefixes = {tokens[at + 1].text[:-1]: tokens[at + 2].text[1:-1] for at in range(0, place, 3)}
    where = next(at for at in range(end, len(tokens)) if tokens[at].text == "{")
    computed = {tokens[at + 1].text[1:] for at in range(end, len(tokens) - 1) if tokens[at].text.upper() == "AS"}
    return read_patterns(tokens[place + 2 : end], prefixes), sparql[tokens[where].start :], prologue, frozenset(computed)


def mentioned_iris(sparql: str) -> frozenset[Iri]:
    """Return the IRIs that the WHERE group of a CONSTRUCT query names."""
    _, where, prologue, _ = template_and_where(sparql)
    words = prologue.split()
    prefixes = {words[at + 1].removesuffix(":"): words[at + 2].strip("<>") for at in range(0, len(words) - 2, 3)}
    found = []
    for token in tokenise(where):
        prefix, _, local = token.text.partition(":")
        if token.kind == "iri":
            found.append(Iri(token.text[1:-1]))
        elif token.kind == "name" and prefix in prefixes:
            found.append(Iri(prefixes[prefix] + local))
    return frozenset(found)
