"""SPARQL over RDF, embedded: load, ask with bound terms, and run strangers' queries where they can be killed.

The only door to pyoxigraph: nothing of that library is seen outside of this package.
"""

from __future__ import annotations

from vetkb.engine.convert import Bindable, Value, is_iri
from vetkb.engine.foreign import digest_of, join_foreign
from vetkb.engine.guard import CheckedQuery, Kind, check_query
from vetkb.engine.nquads import written
from vetkb.engine.rdf import RDF_FORMATS, Function, RdfStore, Table, parse_rdf, serialise_rdf, write_rdf
from vetkb.engine.results import MEDIA_TYPES, RawResult, formats_of
from vetkb.engine.terms import XSD, Iri, Literal, Quad, Term
from vetkb.engine.workers import Query, Workers

__all__ = [
    "MEDIA_TYPES",
    "RDF_FORMATS",
    "XSD",
    "Bindable",
    "CheckedQuery",
    "Function",
    "Iri",
    "Kind",
    "Literal",
    "Quad",
    "Query",
    "RawResult",
    "RdfStore",
    "Table",
    "Term",
    "Value",
    "Workers",
    "check_query",
    "digest_of",
    "formats_of",
    "is_iri",
    "join_foreign",
    "parse_rdf",
    "serialise_rdf",
    "write_rdf",
    "written",
]
