"""Quads ⇄ the RDF syntaxes. The same quads always give the same bytes: sorted, each once, no blank nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import pyoxigraph as ox

from vetkb.engine import Iri, Literal, Quad, Term
from vetkb.errors import UsageError
from vetkb.graph.terms import PREFIXES, RDF_TYPE

FORMATS: Final[dict[str, ox.RdfFormat]] = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_SURROGATE = re.compile("[\ud800-\udfff]")
# XML 1.0 has no way to write these, not even as a reference.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REPLACEMENT = "\ufffd"
_TextPattern = re.Pattern[str]


def serialise(quads: Iterable[Quad], format: str) -> bytes:  # noqa: A002 (the word of the command line)
    """Return quads in an RDF syntax; syntaxes without named graphs hold all triples of all graphs.

    Characters that a syntax cannot hold (lone surrogates; control characters in RDF/XML) become U+FFFD.
    Raises UsageError for an unknown syntax.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown RDF syntax {format!r}; known are {', '.join(FORMATS)}")
    rdf_format = FORMATS[format]
    graphs = rdf_format.supports_datasets
    unwritable = _NOT_XML if format == "rdfxml" else None
    unique = {(quad.graph or "" if graphs else "", quad.subject, quad.predicate, quad.object) for quad in quads}
    statements: Any = [
        ox.Quad(ox.NamedNode(s), ox.NamedNode(p), _term(o, unwritable), ox.NamedNode(g))
        if g
        else ox.Triple(ox.NamedNode(s), ox.NamedNode(p), _term(o, unwritable))
        for g, s, p, o in sorted(unique, key=_order)
    ]
    data = ox.serialize(statements, format=rdf_format, prefixes=PREFIXES if format in ("turtle", "trig", "rdfxml") else None)
    return data or b""


def parse(data: bytes, format: str) -> list[Quad]:  # noqa: A002 (the word of the command line)
    """Read what `serialise` wrote, or any RDF without blank nodes."""
    return [
        Quad(
            Iri(quad.subject.value) if isinstance(quad.subject, ox.NamedNode) else Iri(str(quad.subject)),
            Iri(quad.predicate.value),
            _from_term(quad.object),
            Iri(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else None,
        )
        for quad in ox.parse(data, format=FORMATS[format])
    ]


def _order(row: tuple[str, Iri, Iri, Term]) -> tuple[str, str, bool, str, bool, str, str, str]:
    graph, subject, predicate, term = row
    place = (graph, subject, predicate != RDF_TYPE, predicate)
    if isinstance(term, Literal):
        return (*place, True, term.value, term.language or "", term.datatype or "")
    return (*place, False, term, "", "")


def _term(term: Term, unwritable: _TextPattern | None) -> ox.NamedNode | ox.Literal:
    if not isinstance(term, Literal):
        return ox.NamedNode(term)
    value = term.value
    if unwritable is not None and unwritable.search(value):
        value = unwritable.sub(_REPLACEMENT, value)
    try:
        return _literal(value, term)
    except ValueError:
        return _literal(_SURROGATE.sub(_REPLACEMENT, value), term)


def _literal(value: str, term: Literal) -> ox.Literal:
    if term.language:
        return ox.Literal(value, language=term.language)
    return ox.Literal(value, datatype=ox.NamedNode(term.datatype)) if term.datatype else ox.Literal(value)


def _from_term(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if not isinstance(term, ox.Literal):
        raise UsageError(f"RDF with a node that has no name: {term}")
    if term.language:
        return Literal(term.value, None, term.language)
    datatype = term.datatype.value
    return Literal(term.value, None if datatype.endswith("#string") else Iri(datatype))
