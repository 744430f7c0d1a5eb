"""The service description of the endpoint: SPARQL 1.1 Service Description, as triples without blank nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetkb.engine import XSD, Iri, Literal, Quad, Term, serialise_rdf
from vetkb.engine.results import formats_of

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_VOID = "http://rdfs.org/ns/void#"
_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_FORMAT_NAMES = {
    "srj": "SPARQL_Results_JSON",
    "srx": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nquads": "N-Quads",
}
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_CASTS = ("date", "dayTimeDuration", "yearMonthDuration", "time", "gYear", "gYearMonth")
_PREFIXES = {"sd": SD, "formats": _FORMATS, "void": _VOID, "rdfs": _RDFS, "xsd": XSD}


def description(base: KnowledgeBase, endpoint: str, syntax: str) -> bytes:
    """Return the description of the endpoint at an address, in an RDF syntax."""
    counts = base.workers.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", formats="srj").table()
    graphs = {str(name): count for name, count in counts.rows if isinstance(name, str) and isinstance(count, int)}
    pool = base.workers.pool
    bounds = (
        f"Read-only, without SERVICE. A query has {pool.bounds.seconds:g} s, {pool.bounds.memory >> 20} MB and at most "
        f"{base.workers.max_rows:,} rows; the parameters timeout (seconds) and maxrows lower that. What was cut says so."
    )
    return serialise_rdf([*triples(endpoint, graphs), *said(endpoint, bounds)], syntax, _PREFIXES)


def said(endpoint: str, bounds: str) -> list[Quad]:
    """Return what people are told of the endpoint, and the functions it knows beyond those of SPARQL 1.1: XML Schema's casts."""
    service = Iri(f"{endpoint}#service")
    found = [_triple(service, Iri(_RDFS + "comment"), Literal(bounds, None, "en"))]
    for name in _CASTS:
        found.append(_triple(service, _sd("extensionFunction"), Iri(XSD + name)))
        found.append(_triple(Iri(XSD + name), _TYPE, _sd("Function")))
    return found


def triples(endpoint: str, graphs: dict[str, int]) -> list[Quad]:
    """Return the description as triples; `graphs` are the named graphs with their sizes."""
    service, dataset, default = (Iri(f"{endpoint}#{name}") for name in ("service", "dataset", "default-graph"))
    found = [
        _triple(service, _TYPE, _sd("Service")),
        _triple(service, _sd("endpoint"), Iri(endpoint)),
        _triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        _triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
        _triple(service, _sd("defaultDataset"), dataset),
        _triple(dataset, _TYPE, _sd("Dataset")),
        _triple(dataset, _sd("defaultGraph"), default),
        _triple(default, _TYPE, _sd("Graph")),
    ]
    names = dict.fromkeys((*formats_of("select"), *formats_of("construct")))
    found += [_triple(service, _sd("resultFormat"), Iri(_FORMATS + _FORMAT_NAMES[name])) for name in names]
    for number, (graph, size) in enumerate(sorted(graphs.items()), 1):
        named, content = Iri(f"{endpoint}#named-graph-{number}"), Iri(f"{endpoint}#graph-{number}")
        found += [
            _triple(dataset, _sd("namedGraph"), named),
            _triple(named, _TYPE, _sd("NamedGraph")),
            _triple(named, _sd("name"), Iri(graph)),
            _triple(named, _sd("graph"), content),
            _triple(content, _TYPE, _sd("Graph")),
            _triple(content, Iri(_VOID + "triples"), Literal(str(size), Iri(XSD + "integer"))),
        ]
    return found


def _sd(name: str) -> Iri:
    return Iri(SD + name)


def _triple(subject: Iri, predicate: Iri, value: Term) -> Quad:
    return Quad(subject, predicate, value)
