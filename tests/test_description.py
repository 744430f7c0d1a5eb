"""The base describes itself: the catalogue as RDF, VoID, prefixes; deterministic, and readable by programs that are not ours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vetkb.export.description import DATASET, EXAMPLES, STATISTICS, describe, query_iri
from vetkb.graph.terms import PREFIXES
from vetkb.query import load_catalogue

CATALOGUE = load_catalogue()
VOID = "PREFIX void: <http://rdfs.org/ns/void#> PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>\n"
# what editors ask an endpoint for: its examples, and its prefixes
ASKED_BY_EDITORS = """
PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query .
} ORDER BY ?sq ?comment"""
ASKED_FOR_PREFIXES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"""


def test_an_editor_finds_every_query_with_its_words(bundled) -> None:
    rows = bundled.store.rdf.select(ASKED_BY_EDITORS).rows
    assert {str(row[0]) for row in rows} == {str(query_iri(name)) for name in CATALOGUE}
    assert len(rows) == 2 * len(CATALOGUE)
    prefixes = dict(bundled.store.rdf.select(ASKED_FOR_PREFIXES).rows)
    assert prefixes == dict(PREFIXES)


@pytest.mark.parametrize("query", CATALOGUE.values(), ids=CATALOGUE)
def test_a_published_query_is_standard_sparql_and_has_the_rows_of_the_catalogue(bundled, query) -> None:
    prepare = pytest.importorskip("rdflib.plugins.sparql").prepareQuery
    text = query.standalone()
    prepare(text)
    table = bundled.store.rdf.select(text)
    assert set(query.columns) <= set(table.columns)
    if not any(parameter.required for parameter in query.parameters):
        places = [table.columns.index(column) for column in query.columns]
        assert [tuple(row[place] for place in places) for row in table.rows] == list(bundled.query(query.name).rows)


@pytest.fixture(scope="module")
def elsewhere(bundled):
    """The base in a SPARQL engine that shares no code with ours: rdflib, written in Python."""
    rdflib = pytest.importorskip("rdflib")
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=bundled.store.rdf.serialise("nquads").decode("utf-8"), format="nquads")
    return dataset


def comparable(value):
    """Return a value as text, numbers alike however they are written (12000, 12000.0)."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return str(Decimal(str(value)).normalize())
    return str(value)


# its own parts still use what it deprecates
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning:rdflib")
@pytest.mark.parametrize("query", CATALOGUE.values(), ids=CATALOGUE)
def test_a_published_query_has_the_same_rows_in_another_engine(bundled, elsewhere, query) -> None:
    text = query.standalone()
    here = bundled.store.rdf.select(text)
    answer = elsewhere.query(text)
    assert {str(variable) for variable in answer.vars} == set(here.columns)
    there = [[None if row[column] is None else row[column].toPython() for column in here.columns] for row in answer]
    found, expected = ([[comparable(value) for value in row] for row in rows] for rows in (there, here.rows))
    assert found == expected
    assert found or query.name in ("baselines", "parent-comparison")


def test_the_figures_are_those_of_the_base(bundled) -> None:
    said = {str(p): o for _, p, o in bundled.store.rdf.select(f"SELECT ?s ?p ?o {{ BIND(<{DATASET}> AS ?s) ?s ?p ?o }}").rows}
    described = sum(len(bundled.store.rdf.quads(graph)) for graph in (EXAMPLES, STATISTICS))
    assert said["http://rdfs.org/ns/void#triples"] == len(bundled.store.rdf) - described
    assert said["http://rdfs.org/ns/void#documents"] == 1
    tasks = VOID + "SELECT ?n { ?part void:class <https://w3id.org/vetkb/ns#Task> ; void:entities ?n }"
    assert bundled.store.rdf.select(tasks).rows == ((33,),)
    graphs = VOID + "SELECT ?graph ?n { ?part a sd:NamedGraph ; sd:name ?graph ; void:triples ?n }"
    for graph, count in bundled.store.rdf.select(graphs).rows:
        assert len(bundled.store.rdf.quads(graph)) == count


def test_a_base_is_described_by_the_same_triples_every_time(bundled) -> None:
    held = {quad for graph in (EXAMPLES, STATISTICS) for quad in bundled.store.rdf.quads(graph)}
    assert not any(str(node).startswith("_:") for quad in held for node in (quad.subject, quad.object))
    from vetkb.engine import RdfStore

    rdf = RdfStore.memory()
    rdf.add(quad for quad in bundled.store.rdf.quads() if quad.graph not in (EXAMPLES, STATISTICS))
    again = describe(rdf, CATALOGUE)
    assert set(again) == held
