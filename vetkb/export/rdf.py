"""A base → rdflib: for researchers whose programs already speak it."""

from __future__ import annotations

import rdflib

from vetkb.engine import Iri, Term, parse_rdf
from vetkb.store import Store


def to_dataset(store: Store) -> rdflib.Dataset:
    """Return every named graph; a query without GRAPH sees their union."""
    dataset = rdflib.Dataset(default_union=True)
    for quad in store.rdf.quads():
        graph = dataset.graph(_node(quad.graph)) if quad.graph is not None else dataset.default_graph
        graph.add((_node(quad.subject), _node(quad.predicate), _term(quad.object)))
    return dataset


def to_graph(store: Store, document: str) -> rdflib.Graph:
    """Return what one document asserts, without what was derived from it. Raises UnknownNameError."""
    graph = rdflib.Graph()
    for quad in parse_rdf(store.part(document), "nquads"):
        graph.add((_node(quad.subject), _node(quad.predicate), _term(quad.object)))
    return graph


def _node(iri: Iri) -> rdflib.URIRef | rdflib.BNode:
    return rdflib.BNode(iri[2:]) if iri.startswith("_:") else rdflib.URIRef(iri)


def _term(term: Term) -> rdflib.term.Node:
    if isinstance(term, Iri):
        return _node(term)
    return rdflib.Literal(term.value, lang=term.language, datatype=rdflib.URIRef(term.datatype) if term.datatype else None)
