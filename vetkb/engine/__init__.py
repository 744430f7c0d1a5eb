"""SPARQL over RDF, embedded: load, ask with bound terms, and run strangers' queries where they can be killed.

The only door to pyoxigraph: nothing of that library is seen outside of this package.
"""

from __future__ import annotations

from vetkb.engine.convert import Bindable, Value
from vetkb.engine.rdf import RDF_FORMATS, Function, RdfStore, Table, parse_rdf, serialise_rdf
from vetkb.engine.terms import XSD, Iri, Literal, Quad, Term

__all__ = [
    "RDF_FORMATS",
    "XSD",
    "Bindable",
    "Function",
    "Iri",
    "Literal",
    "Quad",
    "RdfStore",
    "Table",
    "Term",
    "Value",
    "parse_rdf",
    "serialise_rdf",
]
