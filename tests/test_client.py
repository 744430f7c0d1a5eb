"""The Python client: against a real server it answers as a local base does, and fails as a local base does."""

from __future__ import annotations

import datetime
import socket
from pathlib import Path

import pytest
from rdflib import Graph

from vetkb import errors
from vetkb.client import Client
from vetkb.engine import Quad, parse_rdf, serialise_rdf

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NUMBER = "安政办〔2018〕2号"
END_OF_2018 = datetime.date(2018, 12, 31)


@pytest.fixture(scope="module")
def client(served):
    with Client(served) as made:
        yield made


def test_documents_and_build_are_those_of_the_base(client, bundled):
    assert client.build_id == bundled.build_id
    assert [(d.iri, d.id, d.title, dict(d.counts)) for d in client.documents()] == [
        (d.iri, d.id, d.title, dict(d.counts)) for d in bundled.documents()
    ]


def test_every_query_has_the_same_result(client, bundled):
    assert list(client.catalogue) == list(bundled.catalogue)
    for query in bundled.catalogue.values():
        given = {p.name: p.example for p in query.parameters if p.required}
        assert client.query(query.name, given, language="en") == bundled.query(query.name, given, language="en")


def test_a_result_that_was_cut_says_so(client):
    assert client.query("targets", {"limit": "3"}).truncated
    assert client.sparql("SELECT * { ?s ?p ?o }", max_rows=3).truncated


@pytest.mark.parametrize(
    ("sparql", "form"),
    [
        ("SELECT ?s { ?s a ?o } ORDER BY ?s LIMIT 5", None),
        ("SELECT ?s { ?s a ?o } ORDER BY ?s LIMIT 5", "csv"),
        ("ASK { ?s ?p '汉字+%25' }", "srx"),
        ("CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } ORDER BY ?s ?o LIMIT 5", "ntriples"),
    ],
)
def test_sparql_has_the_same_bytes(client, bundled, sparql, form):
    assert client.sparql(sparql, formats=form) == bundled.sparql(sparql, formats=form)


@pytest.mark.parametrize(
    "question", ["市财政局负责哪些任务？", "第15项任务要达到什么指标？", "有多少项任务？", "今天天气怎么样？"]
)
def test_questions_have_the_same_answer(client, bundled, question):
    assert client.ask(question).to_json() == bundled.ask(question).to_json()


@pytest.mark.parametrize("name", ["funding-below.csv"])
def test_reported_data_have_the_same_report(client, bundled, name):
    content = (EXAMPLES / name).read_bytes()
    remote = client.validate([(str(EXAMPLES / name), None)], as_of=END_OF_2018)
    local = bundled.validate([("body", content)], as_of=END_OF_2018, media_type="text/csv")
    assert remote.render("json") == local.render("json")
    assert not remote.conforms


def test_the_graph_of_a_document_is_the_same(client, bundled):
    asserted = [Quad(quad.subject, quad.predicate, quad.object) for quad in parse_rdf(bundled.store.part(NUMBER), "nquads")]
    # there are no blank nodes in it
    graph = client.graph(NUMBER)
    assert set(graph) == set(Graph().parse(data=serialise_rdf(asserted, "ntriples"), format="nt"))
    with pytest.raises(errors.UnknownNameError):
        client.graph("豫政〔2001〕1号")
    assert len(client.graph()) == len(graph)
    assert len(client.describe("https://w3id.org/vetkb/id/agency/410500/finance")) > 100


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda base: base.query("no-such-query"), errors.UnknownNameError),
        (lambda base: base.query("tasks-of-agency", {"agency": "市财务局"}), errors.UnknownNameError),
        (lambda base: base.query("tasks-of-agency"), errors.UsageError),
        (lambda base: base.query("targets", {"limit": "x"}), errors.UsageError),
        (lambda base: base.sparql("SELECT * { ?s ?p "), errors.QuerySyntaxError),
        (lambda base: base.sparql("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), errors.QueryRefusedError),
        (
            lambda base: base.sparql("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.2),
            errors.QueryTimeoutError,
        ),
        (lambda base: base.sparql("ASK {}", formats="turtle"), errors.QueryFormatError),
        (lambda base: base.ask(""), errors.UsageError),
        (lambda base: base.validate([("x.ttl", b"<a")], media_type="text/turtle"), errors.ReportError),
    ],
)
def test_a_refusal_is_the_exception_of_a_local_base(client, bundled, call, error):
    raised = []
    for base in (client, bundled):
        with pytest.raises(error) as caught:
            call(base)
        raised.append(type(caught.value))
    assert raised[0] is raised[1]


def test_a_syntax_error_knows_its_place_and_an_unknown_name_its_neighbours(client):
    with pytest.raises(errors.QuerySyntaxError) as caught:
        client.sparql("SELECT *\n{ ?s ?p ")
    assert caught.value.line == 2
    with pytest.raises(errors.UnknownNameError) as unknown:
        client.query("tasks-of-agency", {"agency": "市财务局"})
    assert "市财政局" in "".join(unknown.value.suggestions)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1:8000", ""])
def test_what_is_no_address_of_a_server_is_refused(address):
    with pytest.raises(errors.UsageError):
        Client(address)


def test_a_server_that_is_not_there_is_one_clear_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = Client(f"http://127.0.0.1:{taken.getsockname()[1]}", timeout=5)
        with pytest.raises(errors.StoreError, match="does not answer"):
            client.documents()
