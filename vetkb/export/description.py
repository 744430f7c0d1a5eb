"""What a base holds, said in RDF: its queries, its prefixes and its statistics, each in a graph of the base itself.

The catalogue is written as SPARQL editors read examples from an endpoint (`sh:SPARQLExecutable` with `rdfs:comment`, `sh:select`
and `sh:prefixes`, the convention of the SIB's sparql-examples), the prefixes as SHACL's declarations, the statistics as a VoID
dataset with its classes, the properties of each class, and its named graphs. The figures leave these two graphs out.
No blank nodes, and nothing that depends on the machine or the day: the same base is described by the same triples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vetkb.engine import Iri, Literal, Quad, RdfStore, Term
from vetkb.graph.names import encode
from vetkb.graph.terms import BASE, PREFIXES, RDF_TYPE, RDFS_LABEL, XSD_INTEGER, Dcterms, Eli
from vetkb.query import CatalogueQuery

EXAMPLES: Final = Iri(f"{BASE}.well-known/sparql-examples")
STATISTICS: Final = Iri(f"{BASE}.well-known/void")
DATASET: Final = Iri(f"{BASE}id/dataset")
_DECLARATIONS: Final = Iri(f"{BASE}id/prefixes")
_SH: Final = "http://www.w3.org/ns/shacl#"
_VOID: Final = "http://rdfs.org/ns/void#"
_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_SCHEMA: Final = "https://schema.org/"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_TITLES: Final = (("公文知识库", "zh"), ("A knowledge base of Chinese policy documents", "en"))
_SHORTEST_KEYWORD: Final = 4

_DOCUMENTS: Final = f"SELECT DISTINCT ?document {{ ?document <{Eli.is_realized_by}> ?text }} ORDER BY ?document"
_TOTALS: Final = """
SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?distinctSubjects) (COUNT(DISTINCT ?p) AS ?properties)
  (COUNT(DISTINCT ?o) AS ?distinctObjects) { ?s ?p ?o }"""
_CLASSES: Final = "SELECT ?class (COUNT(DISTINCT ?s) AS ?entities) { ?s a ?class } GROUP BY ?class ORDER BY ?class"
_PROPERTIES: Final = """
SELECT ?class ?property (COUNT(*) AS ?triples) { ?s a ?class ; ?property ?o }
GROUP BY ?class ?property ORDER BY ?class ?property"""
_GRAPHS: Final = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"


def describe(rdf: RdfStore, catalogue: Mapping[str, CatalogueQuery]) -> list[Quad]:
    """Return the description of a dataset that has none yet."""
    statistics = [Quad(s, p, o, STATISTICS) for s, p, o in (*_statistics(rdf), *_prefixes())]
    examples = [Quad(s, p, o, EXAMPLES) for query in catalogue.values() for s, p, o in _example(query)]
    return statistics + examples


def query_iri(name: str) -> Iri:
    """Return the name of a query of the catalogue."""
    return Iri(f"{BASE}id/query/{encode(name)}")


Triple = tuple[Iri, Iri, Term]


def _example(query: CatalogueQuery) -> Iterator[Triple]:
    node = query_iri(query.name)
    yield node, RDF_TYPE, Iri(f"{_SH}SPARQLExecutable")
    yield node, RDF_TYPE, Iri(f"{_SH}SPARQLSelectExecutable")
    for text, language in ((query.title.zh, "zh"), (query.title.en, "en")):
        yield node, RDFS_LABEL, Literal(text, None, language)
    for text, language in ((query.description.zh, "zh"), (query.description.en, "en")):
        yield node, Iri(f"{_RDFS}comment"), Literal(text, None, language)
    yield node, Iri(f"{_SH}select"), Literal(query.standalone())
    yield node, Iri(f"{_SH}prefixes"), _DECLARATIONS
    for question in query.examples:
        yield node, Iri(f"{_SKOS}example"), Literal(question, None, "en" if question.isascii() else "zh")
    for word in sorted({word for word in query.name.split("-") if len(word) >= _SHORTEST_KEYWORD}):
        yield node, Iri(f"{_SCHEMA}keywords"), Literal(word)


def _prefixes() -> Iterator[Triple]:
    for prefix, namespace in sorted(PREFIXES.items()):
        node = Iri(f"{_DECLARATIONS}/{encode(prefix)}")
        yield _DECLARATIONS, Iri(f"{_SH}declare"), node
        yield node, RDF_TYPE, Iri(f"{_SH}PrefixDeclaration")
        yield node, Iri(f"{_SH}prefix"), Literal(prefix)
        yield node, Iri(f"{_SH}namespace"), Literal(namespace, Iri(f"{_XSD}anyURI"))


def _statistics(rdf: RdfStore) -> Iterator[Triple]:
    yield DATASET, RDF_TYPE, Iri(f"{_VOID}Dataset")
    for title, language in _TITLES:
        yield DATASET, Dcterms.title, Literal(title, None, language)
    yield DATASET, Iri(f"{_VOID}uriSpace"), Literal(BASE)
    for namespace in sorted(PREFIXES.values()):
        yield DATASET, Iri(f"{_VOID}vocabulary"), Iri(namespace)
    held = [Iri(str(document)) for (document,) in rdf.select(_DOCUMENTS).rows]
    yield DATASET, Iri(f"{_VOID}documents"), _number(len(held))
    for document in held:
        yield DATASET, Iri(f"{_VOID}exampleResource"), document
    for name, count in rdf.select(_TOTALS).dicts()[0].items():
        yield DATASET, Iri(f"{_VOID}{name}"), _number(count)
    yield from _partitions(rdf)
    for graph, triples in rdf.select(_GRAPHS).rows:
        node = Iri(f"{DATASET}/graph/{encode(str(graph).removeprefix(BASE))}")
        yield DATASET, Iri(f"{_VOID}subset"), node
        yield node, RDF_TYPE, Iri(f"{_VOID}Dataset")
        yield node, RDF_TYPE, Iri(f"{_SD}NamedGraph")
        yield node, Iri(f"{_SD}name"), Iri(str(graph))
        yield node, Iri(f"{_VOID}triples"), _number(triples)


def _partitions(rdf: RdfStore) -> Iterator[Triple]:
    classes = rdf.select(_CLASSES).rows
    yield DATASET, Iri(f"{_VOID}classes"), _number(len(classes))
    for kind, entities in classes:
        node = _class_partition(kind)
        yield DATASET, Iri(f"{_VOID}classPartition"), node
        yield node, Iri(f"{_VOID}class"), Iri(str(kind))
        yield node, Iri(f"{_VOID}entities"), _number(entities)
    for kind, used, triples in rdf.select(_PROPERTIES).rows:
        node = Iri(f"{_class_partition(kind)}/property/{encode(str(used))}")
        yield _class_partition(kind), Iri(f"{_VOID}propertyPartition"), node
        yield node, Iri(f"{_VOID}property"), Iri(str(used))
        yield node, Iri(f"{_VOID}triples"), _number(triples)


def _class_partition(kind: object) -> Iri:
    return Iri(f"{DATASET}/class/{encode(str(kind))}")


def _number(count: object) -> Literal:
    return Literal(str(count), XSD_INTEGER)
