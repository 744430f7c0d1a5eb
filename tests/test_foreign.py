"""`vetkb serve --data`: foreign RDF beside the base, seen by /sparql alone, never trusted, never mixed up."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from running import serving

from vetkb.graph.terms import BASE

STATISTICS = """@prefix ex: <http://example.org/> .
<https://w3id.org/vetkb/id/division/410500> ex:schools 12 ; ex:note "<script>alert(1)</script>" .
_:a ex:label "left" .
"""
TRIG = """@prefix ex: <http://example.org/> .
<http://example.org/graph> { _:a ex:label "right" . <https://w3id.org/vetkb/id/agency/410500/finance> a ex:Hostile . }
"""
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    (folder / "学校 statistics.ttl").write_text(STATISTICS, encoding="utf-8")
    (folder / "more.trig").write_text(TRIG, encoding="utf-8")
    return [str(folder / "学校 statistics.ttl"), str(folder / "more.trig")]


@pytest.fixture(scope="module")
def client(bundled, files):
    with serving("--data", *files) as (_, url), httpx.Client(base_url=url, timeout=30) as made:
        yield made


def rows(client, query):
    response = client.get("/sparql", params={"query": query})
    assert response.status_code == 200, response.text
    return [{name: cell["value"] for name, cell in row.items()} for row in response.json()["results"]["bindings"]]


def test_foreign_data_can_be_joined_with_the_base(client):
    query = """PREFIX ex: <http://example.org/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?g ?n ?name { GRAPH ?g { ?division ex:schools ?n } ?division skos:prefLabel ?name }"""
    (row,) = rows(client, query)
    assert row == {"g": f"{BASE}data/%E5%AD%A6%E6%A0%A1%20statistics.ttl", "n": "12", "name": "安阳市"}


def test_a_graph_that_a_file_names_keeps_its_name_and_blank_nodes_stay_apart(client):
    assert rows(client, "SELECT DISTINCT ?g { GRAPH ?g { ?s a <http://example.org/Hostile> } }") == [
        {"g": "http://example.org/graph"}
    ]
    (row,) = rows(client, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <http://example.org/label> ?label }")
    assert row == {"n": "2"}


def test_nothing_but_sparql_sees_foreign_data(client, bundled):
    finance = client.get("/id/agency/410500/finance.nt").text
    assert "example.org" not in finance
    answer = client.get("/ask", params={"q": "市财政局负责哪些任务？"}).json()
    assert answer == bundled.ask("市财政局负责哪些任务？").to_json()
    found = client.get("/queries/agencies").json()
    assert found["rows"] == bundled.query("agencies").to_json()["rows"]


def test_the_base_and_its_tags_know_that_there_are_foreign_data(client, bundled):
    build = client.get("/health").json()["build"]
    assert build.startswith(f"{bundled.build_id}+")


def test_foreign_markup_is_shown_as_text(client):
    shown = client.get("/sparql", params={"query": "SELECT ?o { ?s <http://example.org/note> ?o }"}, headers=PAGE).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script" not in shown


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.ttl", "<a", "bad.ttl"),
        ("list.csv", "a,b", ".trig"),
        ("own.trig", f"<{BASE}ns> {{ <urn:a> <urn:b> <urn:c> }}", "namespace"),
        ("remote.jsonld", '{"@context": "http://127.0.0.1:9/context.jsonld", "@id": "urn:a", "b": "c"}', "remote.jsonld"),
        ("bomb.rdf", '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', "bomb.rdf"),
        (None, None, "cannot be read"),
    ],
)
def test_data_that_cannot_be_served_end_the_start_in_one_line(bundled, tmp_path, name, content, words):
    file = tmp_path / (name or "missing.ttl")
    if content is not None:
        file.write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "vetkb", "serve", "--port", "0", "--data", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert words in done.stderr
