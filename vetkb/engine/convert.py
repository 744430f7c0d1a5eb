"""Terms of the library below ⇄ our own terms and Python values.

Literals of the common XML Schema types become int, Decimal, float, bool and date; every other literal
becomes its text. A date that Python cannot hold (the year 0, a time zone) stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeAlias

import pyoxigraph as ox

from vetkb.engine.terms import XSD, Iri, Literal, Quad, Term
from vetkb.errors import UsageError

Value: TypeAlias = Iri | str | int | Decimal | float | bool | date | None
Bindable: TypeAlias = Iri | Literal | str | int | Decimal | float | bool | date

_INTEGERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_STRING = XSD + "string"
_ESCAPED = re.compile(r"\\(.)")
_UNESCAPED = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "\\": "\\"}
_LANGUAGE_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


# the same predicates, classes and units come again in triple after triple
_kept = lru_cache(1 << 13)


def to_term(term: object) -> Term:
    """Return a term of the library as our own."""
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, None, term.language)
        datatype = to_node(term.datatype)
        return Literal(term.value, None if datatype == _STRING else datatype)
    return to_node(term)


@_kept
def to_node(term: object) -> Iri:
    """Return the subject, predicate or graph of a quad as an IRI."""
    return Iri(term.value) if isinstance(term, ox.NamedNode) else Iri(str(term))


def to_quad(quad: ox.Quad) -> Quad:
    subject, predicate, value, graph = quad
    return Quad(
        to_node(subject),
        to_node(predicate),
        to_term(value) if isinstance(value, ox.Literal) else to_node(value),
        None if isinstance(graph, ox.DefaultGraph) else to_node(graph),
    )


def to_value(term: object) -> Value:
    """Return a term as a plain Python value."""
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return literal_value(term.value, None if term.language else term.datatype.value)
    node = to_term(term)
    return node if isinstance(node, Iri) else node.value


class _Cells(dict[str, Value]):
    """The values of the cells of a table as they are met: documents, places and words come again in row after row."""

    def __missing__(self, cell: str) -> Value:
        value: Value
        first = cell[:1]
        if first == '"':
            end = cell.rfind('"')
            value, kind = cell[1:end], cell[end + 1 :]
            if "\\" in value:
                value = _ESCAPED.sub(_unescaped, value)
            if kind[:2] == "^^":
                value = literal_value(value, kind[3:-1])
        elif first == "<":
            value = Iri(cell[1:-1]) if cell[1] != "<" else cell
        elif first == "_":
            value = Iri(cell)
        elif first:
            # the only ones that stand without quotation marks
            value = cell == "true" if cell in ("true", "false") else Decimal(cell) if "." in cell else int(cell)
        else:
            value = None
        self[cell] = value
        return value


def _unescaped(found: re.Match[str]) -> str:
    return _UNESCAPED[found[1]]


def to_rows(written: bytes, width: int) -> tuple[tuple[Value, ...], ...]:
    """Return the rows of SPARQL 1.1 TSV Results as the library writes them, as Python values.

    A third of what it takes to ask the library for each term, its text and its datatype.
    """
    lines = str(written, "utf-8").split("\n")[1:-1]
    if not width:
        return ((),) * len(lines)
    value_of = _Cells().__getitem__
    return tuple([tuple(map(value_of, line.split("\t"))) for line in lines])


def literal_value(text: str, datatype: str | None) -> Value:
    """Return the Python value of a literal's text, the text itself where there is none."""
    if datatype is None or datatype in (_STRING, _LANGUAGE_STRING):
        return text
    try:
        if datatype in _INTEGERS:
            return int(text)
        if datatype == XSD + "decimal":
            return Decimal(text)
        if datatype in (XSD + "double", XSD + "float"):
            return float(text)
        if datatype == XSD + "boolean":
            return text in ("true", "1")
        if datatype == XSD + "date" and len(text) == 10:
            return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return text
    return text


@_kept
def from_iri(iri: str) -> ox.NamedNode | ox.BlankNode:
    try:
        return ox.BlankNode(iri[2:]) if iri.startswith("_:") else ox.NamedNode(iri)
    except ValueError as error:
        raise UsageError(f"not an IRI: {iri[:200]!r} ({error})") from error


def is_iri(text: str) -> bool:
    """Tell whether a text is an absolute IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _from_name(iri: str) -> ox.NamedNode:
    node = from_iri(iri)
    if not isinstance(node, ox.NamedNode):
        raise UsageError(f"a blank node cannot stand here: {iri[:200]!r}")
    return node


def from_term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return our term as one of the library."""
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(term.value, language=term.language)
        return ox.Literal(term.value, datatype=_from_name(term.datatype)) if term.datatype else ox.Literal(term.value)
    return from_iri(term)


def from_quad(quad: Quad) -> ox.Quad:
    subject, predicate, value = from_iri(quad.subject), _from_name(quad.predicate), from_term(quad.object)
    # the library takes long to see that a default graph that is given is one
    return ox.Quad(subject, predicate, value) if quad.graph is None else ox.Quad(subject, predicate, value, from_iri(quad.graph))


def from_value(value: Bindable) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return the term for a Python value (str is a plain literal, Iri an IRI)."""
    if isinstance(value, (Iri, Literal)):
        return from_term(value)
    if isinstance(value, bool):
        return _typed("true" if value else "false", "boolean")
    if isinstance(value, int):
        return _typed(str(value), "integer")
    if isinstance(value, Decimal):
        return _typed(format(value, "f"), "decimal")
    if isinstance(value, float):
        return _typed(repr(value), "double")
    if isinstance(value, date):
        return _typed(value.isoformat(), "date")
    return ox.Literal(value)


def _typed(text: str, name: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + name))


def from_bindings(bindings: Mapping[str, Bindable]) -> dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
    return {ox.Variable(name): from_value(value) for name, value in bindings.items()}


def from_graphs(iris: Iterable[str]) -> list[ox.NamedNode | ox.BlankNode]:
    return [from_iri(iri) for iri in iris]
