"""RDF terms in plain Python: what the layers above hand to the engine and get back from it.

RDF 1.1 without blank nodes in what we write ourselves; data from outside may have them, so a blank node is
an `Iri` that begins with `_:`. A `Literal` keeps its lexical form as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

XSD = "http://www.w3.org/2001/XMLSchema#"


class Iri(str):
    """An IRI, or a blank node label that begins with `_:`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{self!s}>"


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal; without datatype and language it is an xsd:string."""

    value: str
    datatype: Iri | None = None
    language: str | None = None


Term: TypeAlias = Iri | Literal


@dataclass(frozen=True, slots=True)
class Quad:
    """A triple and the named graph it stands in (None: the default graph)."""

    subject: Iri
    predicate: Iri
    object: Term
    graph: Iri | None = None
