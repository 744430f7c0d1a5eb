"""Quads → the RDF syntaxes. The same quads always give the same bytes: sorted, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from vetkb.engine import Literal, Quad, serialise_rdf
from vetkb.graph.terms import PREFIXES

# No syntax can hold a lone surrogate; XML 1.0 can hold no control characters, not even as references.
_NOWHERE = re.compile("[\ud800-\udfff]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def serialise(quads: Iterable[Quad], syntax: str) -> bytes:
    """Return quads in an RDF syntax; syntaxes without named graphs hold all triples of all graphs.

    Characters that the syntax cannot hold become U+FFFD. Raises UsageError for an unknown syntax.
    """
    unwritable = _NOT_IN_XML if syntax == "rdfxml" else _NOWHERE
    prefixes = None if syntax in ("nquads", "ntriples") else PREFIXES
    return serialise_rdf({_writable(quad, unwritable) for quad in quads}, syntax, prefixes)


def _writable(quad: Quad, unwritable: re.Pattern[str]) -> Quad:
    term = quad.object
    if not isinstance(term, Literal) or not unwritable.search(term.value):
        return quad
    return replace(quad, object=replace(term, value=unwritable.sub("\ufffd", term.value)))
