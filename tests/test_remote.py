"""A base behind a SPARQL endpoint: the project's own server on loopback stands for any other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vetkb import errors
from vetkb.base import open_base
from vetkb.cli import main
from vetkb.engine.remote import RemoteRdf, bound
from vetkb.engine.terms import Iri, Literal

NUMBER = "安政办〔2018〕2号"


@pytest.fixture(scope="module")
def endpoint(served):
    return f"{served}/sparql"


@pytest.fixture(scope="module")
def remote(endpoint):
    with open_base(endpoint) as base:
        yield base


def ways_to_ask(query):
    """The parameters that a query needs, then those with each of the others."""
    needed = {p.name: p.example for p in query.parameters if p.required}
    yield needed
    for parameter in query.parameters:
        if not parameter.required and parameter.example:
            yield {**needed, parameter.name: parameter.example}


def in_any_order(rows):
    """Rows whose joined texts are compared as sets: the order of GROUP_CONCAT is the engine's own."""
    return [
        tuple(frozenset(value.split("、")) if isinstance(value, str) and "、" in value else value for value in row)
        for row in rows
    ]


def test_every_query_of_the_catalogue_has_the_same_rows(remote, bundled):
    for query in bundled.catalogue.values():
        for given in ways_to_ask(query):
            found, expected = remote.query(query.name, given), bundled.query(query.name, given)
            assert (found.columns, in_any_order(found.rows)) == (expected.columns, in_any_order(expected.rows)), (
                query.name,
                given,
            )


def test_documents_and_names_are_those_of_the_base(remote, bundled):
    (found,), (expected,) = remote.documents(), bundled.documents()
    assert (found.iri, found.id, found.title, found.sha256, dict(found.counts)) == (
        *(expected.iri, expected.id, expected.title, expected.sha256),
        dict(expected.counts),
    )
    assert set(remote.store.names()) == set(bundled.store.names())
    assert remote.store.named("市财政局") == bundled.store.named("市财政局")


@pytest.mark.parametrize("question", ["市财政局负责哪些任务？", "有多少项任务？", "How many tasks are there?"])
def test_questions_that_need_no_search_are_answered(remote, bundled, question):
    assert remote.ask(question).to_json() == bundled.ask(question).to_json()


@pytest.mark.parametrize(
    "call",
    [
        lambda base: base.ask("职业教育校企合作有什么规定？"),
        lambda base: base.sparql("ASK {}"),
        lambda base: base.text_of(NUMBER),
        lambda base: base.store.part(NUMBER),
    ],
)
def test_what_needs_a_local_store_says_so(remote, call):
    with pytest.raises(errors.UsageError, match="needs a local store"):
        call(remote)


def test_an_unknown_name_is_suggested_from_the_endpoint(remote):
    with pytest.raises(errors.UnknownNameError) as caught:
        remote.query("tasks-of-agency", {"agency": "市财务局"})
    assert "市财政局" in caught.value.suggestions


@pytest.mark.parametrize(
    ("sparql", "expected"),
    [
        ("SELECT ?a { ?s ?p ?a }", "SELECT ?a { VALUES ?a { <urn:x> } ?s ?p ?a }"),
        # strings, comments and IRIs are no variables
        ('SELECT ?a { ?s ?p "?a {" # ?a }\n }', 'SELECT ?a { VALUES ?a { <urn:x> } ?s ?p "?a {" # ?a }\n }'),
        # a query within takes the value into its own pattern
        (
            "SELECT ?a { { SELECT ?a { ?a ?p 1 } } }",
            "SELECT ?a { VALUES ?a { <urn:x> } { SELECT ?a { VALUES ?a { <urn:x> } ?a ?p 1 } } }",
        ),
        # what is computed is compared afterwards
        ("SELECT ?a { BIND(1 AS ?a) } LIMIT 1", "SELECT ?a { BIND(1 AS ?a) } LIMIT 1\nVALUES ?a { <urn:x> }"),
    ],
)
def test_a_value_is_seen_wherever_its_variable_stands(sparql, expected):
    assert bound(sparql, {"a": Iri("urn:x")}) == expected


def test_a_value_cannot_become_syntax(remote):
    hostile = '"} } DROP ALL # \\" \n'
    rows = remote.store.rdf.select("SELECT ?a ?b { BIND(STRLEN(?a) AS ?b) }", {"a": Literal(hostile)}).rows
    assert rows == ((hostile, len(hostile)),)
    with pytest.raises(errors.UsageError):
        remote.store.rdf.select("SELECT ?a { ?a ?p ?o }", {"a": Iri("urn:x> } #")})


def test_an_answer_that_was_cut_is_refused_rather_than_taken_for_the_whole(endpoint):
    rdf = RemoteRdf(f"{endpoint}?maxrows=3")
    with pytest.raises(errors.StoreError, match="cut an answer"):
        rdf.select("SELECT ?s { ?s ?p ?o }")


def test_an_endpoint_that_is_not_there_is_one_clear_line(capsys):
    assert main(["query", "documents", "--store", "http://127.0.0.1:9/sparql"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# --- an endpoint of others ---------------------------------------------------------------------------

FOREIGN = """
import sys
from urllib.parse import urlencode
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit
from rdflib import Dataset
data = Dataset(default_union=True)
data.parse(sys.argv[1], format="nquads")
class Endpoint(BaseHTTPRequestHandler):
    def answer(self, encoded):
        body = data.query(parse_qs(encoded)["query"][0]).serialize(format="json")
        self.send_response(200)
        self.send_header("content-type", "application/sparql-results+json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self): self.answer(urlsplit(self.path).query)
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = self.headers["content-type"].startswith("application/x-www-form-urlencoded")
        self.answer(body) if form else self.answer(urlencode({"query": body}))
    def log_message(self, *_): pass
server = HTTPServer(("127.0.0.1", 0), Endpoint)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="module")
def foreign(bundled, tmp_path_factory):
    """The base's graphs behind another engine, rdflib, and a server that is none of ours."""
    file = tmp_path_factory.mktemp("foreign") / "base.nq"
    bundled.graph().serialize(file, format="nquads", encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", FOREIGN, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/sparql"
        process.kill()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_base_behind_an_engine_of_others_has_the_same_rows(foreign, bundled):
    with open_base(foreign) as base:
        assert set(base.store.names()) == set(bundled.store.names())
        for name in ("tasks-of-agency", "agencies-of-task", "targets", "deadlines", "citations", "open-parties", "agencies"):
            given = next(ways_to_ask(bundled.catalogue[name]))
            found, expected = base.query(name, given), bundled.query(name, given)
            assert expected.rows
            assert (found.columns, in_any_order(found.rows)) == (expected.columns, in_any_order(expected.rows)), name
