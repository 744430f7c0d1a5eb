"""The web room as clients meet it: a real server in a process of its own, on a free port, over the bundled document."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from rdflib import Graph, URIRef
from running import serving

from vetkb.engine import parse_rdf
from vetkb.paths import SCHEMAS
from vetkb.store import build_store
from vetkb.web.headers import SECURITY

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "accept-language": "zh-CN,zh;q=0.9"}
QUESTION = "市财政局负责哪些任务？"
FINANCE = "https://w3id.org/vetkb/id/agency/410500/finance"
BY_HAND = f"""
PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT DISTINCT ?ordinal {{ ?task vk:responsibleAgency <{FINANCE}> ; vk:ordinal ?ordinal }} ORDER BY ?ordinal
"""
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CSV_REPORT = (
    "indicator,about,about_type,area,value,unit,year\n生均财政拨款水平,某职业技术学院,公办高等职业院校,安阳市,{},元,2018\n"
)


@pytest.fixture(scope="module")
def address(served):
    return served


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=address, timeout=30) as made:
        yield made


@pytest.fixture(scope="module")
def is_problem():
    schema = Draft202012Validator(json.loads((SCHEMAS / "problem.json").read_text(encoding="utf-8")))

    def check(response, status, code):
        assert response.headers["content-type"] == "application/problem+json", response.text
        body = response.json()
        schema.validate(body)
        assert (response.status_code, body["status"], body["code"]) == (status, status, code), body
        return body

    return check


def conforms(body, name):
    Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))).validate(body)


def sparql(client, query, accept=None, **parameters):
    return client.get("/sparql", params={"query": query, **parameters}, headers={"accept": accept} if accept else {})


# --- questions ---------------------------------------------------------------------------------------


def test_the_same_tasks_come_from_ask_from_the_catalogue_and_from_a_query_by_hand(client):
    asked = client.get("/ask", params={"q": QUESTION})
    listed = client.get("/queries/tasks-of-agency", params={"agency": "市财政局"})
    written = sparql(client, BY_HAND)
    ordinals = [int(row["ordinal"]["value"]) for row in written.json()["results"]["bindings"]]
    assert len(ordinals) == 19
    assert sorted(result["ordinal"] for result in asked.json()["results"]) == ordinals
    assert sorted(row["ordinal"] for row in listed.json()["rows"]) == ordinals


def test_an_answer_is_json_of_its_schema_with_a_sentence_for_each_result(client):
    response = client.get("/ask", params={"q": QUESTION})
    body = response.json()
    assert response.headers["content-type"] == "application/json"
    conforms(body, "answer")
    assert body["status"] == "answered"
    assert all(result["evidence"] for result in body["results"])


@pytest.mark.parametrize("send", [{"json": {"q": QUESTION}}, {"data": {"q": QUESTION}}])
def test_a_question_may_be_posted(client, send):
    assert client.post("/ask", **send).json() == client.get("/ask", params={"q": QUESTION}).json()


def test_a_question_that_is_not_understood_is_a_200_that_says_so(client):
    response = client.get("/ask", params={"q": "今天天气怎么样？"})
    assert response.status_code == 200
    assert response.json()["status"] != "answered"
    assert response.json()["results"] == []


@pytest.mark.parametrize(
    "parameters",
    [{"q": ""}, {}, {"q": "问" * 501}, {"q": QUESTION, "lang": "fr"}, {"q": QUESTION, "as_of": "tomorrow"}],
)
def test_a_question_with_a_wrong_parameter_is_a_422(client, is_problem, parameters):
    is_problem(client.get("/ask", params=parameters), 422, "bad-parameter")


def test_a_question_about_an_unknown_document_is_a_404(client, is_problem):
    body = is_problem(client.get("/ask", params={"q": QUESTION, "document": "没有这个文件"}), 404, "unknown-name")
    assert body["suggestions"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed-request"),
        (b"[1]", "application/json", 400, "malformed-request"),
        (b"[" * 60_000, "application/json", 400, "malformed-request"),
        (b'{"q": 1}', "application/json", 400, "malformed-request"),
        (b'{"q": "\\ud800"}', "application/json", 400, "malformed-request"),
        (b"\xff", "application/x-www-form-urlencoded", 400, "malformed-request"),
        (b"q=x", "text/plain", 415, "unsupported-type"),
        (b"q=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413, "too-large"),
    ],
)
def test_a_posted_question_that_cannot_be_read_is_refused(client, is_problem, content, kind, status, code):
    is_problem(client.post("/ask", content=content, headers={"content-type": kind}), status, code)


# --- pages -------------------------------------------------------------------------------------------


def page(client, path, **parameters):
    response = client.get(path, params=parameters, headers=BROWSER, follow_redirects=True)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response


def test_the_door_leads_a_browser_to_the_page_that_lets_a_person_ask(client):
    shown = page(client, "/")
    assert shown.url.path == "/ask"
    assert '<input type="text" id="q" name="q"' in shown.text
    assert '<html lang="zh-CN">' in shown.text


def test_the_page_of_an_answer_shows_each_result_with_its_sentence_and_place(client):
    answer = client.get("/ask", params={"q": QUESTION}).json()
    shown = page(client, "/ask", q=QUESTION).text
    assert answer["answer"] in shown
    assert shown.count("<blockquote") == sum(len(result["evidence"]) for result in answer["results"])
    assert "附件/row 15" in shown
    assert "安政办〔2018〕2号" in shown


def test_a_page_speaks_the_language_asked_for(client):
    assert '<html lang="en">' in page(client, "/ask", lang="en").text
    english = client.get("/ask", headers={**BROWSER, "accept-language": "en-US"}).text
    assert "Ask the documents" in english


def test_suggestions_are_links_that_ask(client):
    suggestions = client.get("/ask", params={"q": "今天天气怎么样？"}).json()["suggestions"]
    shown = page(client, "/ask", q="今天天气怎么样？").text
    assert suggestions
    assert all(f">{suggestion}</a>" in shown for suggestion in suggestions)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/ask", {"q": "<script>alert(1)</script>"}),
        ("/ask", {"q": '"><script>alert(1)</script>'}),
        ("/sparql", {"query": 'SELECT ("<script>alert(1)</script>" AS ?x) {}'}),
        ("/sparql", {"query": "</textarea><script>alert(1)</script>"}),
        ("/queries/tasks-of-agency", {"agency": "<script>alert(1)</script>"}),
        ("/queries/<script>alert(1)</script>", {}),
        ("/<script>alert(1)</script>", {}),
    ],
)
def test_whatever_is_shown_is_escaped(client, path, parameters):
    shown = page(client, path, **parameters).text
    assert "<script" not in shown.lower()


def test_pages_need_nothing_from_elsewhere(client):
    for path in ("/ask", "/queries", "/sparql", "/docs", "/queries/targets"):
        shown = page(client, path).text
        assert "<script" not in shown
        assert "style=" not in shown
        for link in re.findall(r'<link[^>]* href="([^"]+)"', shown):
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_an_error_is_a_page_for_a_browser(client):
    shown = page(client, "/ask", q="问" * 501)
    assert shown.status_code == 422
    assert "参数有误" in shown.text


# --- SPARQL ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("SELECT (1 AS ?x) {}", None, "application/sparql-results+json"),
        ("SELECT (1 AS ?x) {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("SELECT (1 AS ?x) {}", "text/csv", "text/csv; charset=utf-8"),
        ("SELECT (1 AS ?x) {}", "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("SELECT (1 AS ?x) {}", "application/json", "application/json"),
        ("ASK {}", "application/sparql-results+xml;q=0.1, application/json;q=0.2", "application/json"),
        ("CONSTRUCT { <urn:a> <urn:b> 1 } {}", None, "text/turtle; charset=utf-8"),
        ("CONSTRUCT { <urn:a> <urn:b> 1 } {}", "application/rdf+xml", "application/rdf+xml"),
        ("CONSTRUCT { <urn:a> <urn:b> 1 } {}", "application/ld+json", "application/ld+json"),
        ("CONSTRUCT { <urn:a> <urn:b> 1 } {}", "application/n-triples", "application/n-triples"),
        (f"DESCRIBE <{FINANCE}>", "application/n-quads", "application/n-quads"),
        (f"DESCRIBE <{FINANCE}>", "application/trig", "application/trig; charset=utf-8"),
    ],
)
def test_a_result_comes_in_the_format_asked_for(client, query, accept, media_type):
    response = sparql(client, query, accept)
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)


def test_literals_come_back_as_they_were_sent(client):
    text = "a+b 50%25 汉字 \\u2603 \\\"quoted\\\" 'single'"
    for response in (
        sparql(client, f'SELECT ("{text}" AS ?x) {{}}'),
        client.post("/sparql", data={"query": f'SELECT ("{text}" AS ?x) {{}}'}),
        client.post(
            "/sparql", content=f'SELECT ("{text}" AS ?x) {{}}'.encode(), headers={"content-type": "application/sparql-query"}
        ),
    ):
        assert response.json()["results"]["bindings"][0]["x"]["value"] == "a+b 50%25 汉字 ☃ \"quoted\" 'single'"


def test_graphs_named_in_the_request_are_the_dataset(client, bundled):
    graph = f"{bundled.documents()[0].iri}/graph"
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    one = sparql(client, count, **{"default-graph-uri": graph}).json()["results"]["bindings"][0]["n"]["value"]
    none = sparql(client, count, **{"default-graph-uri": "urn:nothing"}).json()["results"]["bindings"][0]["n"]["value"]
    assert int(one) > 1000
    assert int(none) == 0
    assert sparql(client, "ASK { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": graph}).json()["boolean"] is True


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (("GET", "/sparql?query=ASK%20%7B", {}, None), 400, "malformed-query"),
        (("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}, None), 400, "malformed-request"),
        (("GET", "/sparql?query=%FF", {}, None), 400, "malformed-request"),
        (("GET", "/sparql?update=CLEAR%20ALL", {}, None), 400, "query-refused"),
        (("GET", "/sparql?query=INSERT%20DATA%20%7B%7D", {}, None), 400, "query-refused"),
        (("GET", "/sparql?query=ASK%20%7B%20SERVICE%20%3Curn:x%3E%20%7B%7D%7D", {}, None), 400, "query-refused"),
        (("GET", "/sparql?query=ASK%7B%7D", {"accept": "image/png"}, None), 406, "not-acceptable"),
        (("GET", "/sparql?query=ASK%7B%7D", {"accept": "text/turtle"}, None), 406, "not-acceptable"),
        (("GET", "/sparql?query=ASK%7B%7D&timeout=0", {}, None), 422, "bad-parameter"),
        (("GET", f"/sparql?query={'%28' * 5000}", {}, None), 400, "malformed-query"),
        (("POST", "/sparql", {"content-type": "text/plain"}, b"ASK {}"), 415, "unsupported-type"),
        (("POST", "/sparql", {}, b"ASK {}"), 415, "unsupported-type"),
        (("POST", "/sparql", {"content-type": "application/sparql-query; charset=UTF-16"}, b"ASK {}"), 415, "unsupported-type"),
        (("POST", "/sparql", {"content-type": "application/sparql-update"}, b"CLEAR ALL"), 400, "query-refused"),
        (("POST", "/sparql", {"content-type": "application/sparql-query"}, b"ASK {\xff}"), 400, "malformed-request"),
        (("POST", "/sparql", {"content-type": "application/sparql-query"}, b" " * 1_100_000), 413, "too-large"),
        (("PUT", "/sparql?query=ASK%7B%7D", {}, None), 405, "method-not-allowed"),
    ],
)
def test_a_request_that_breaks_the_protocol_gets_a_problem(client, is_problem, request_, status, code):
    method, path, headers, body = request_
    is_problem(client.request(method, path, headers=headers, content=body), status, code)


def test_a_malformed_query_is_told_its_line_and_column(client, is_problem):
    body = is_problem(sparql(client, "SELECT * {\n  ?s ?p }"), 400, "malformed-query")
    assert body["line"] == 2
    assert body["column"] > 1


def test_a_query_ends_at_its_deadline_and_the_next_is_answered(client, is_problem):
    is_problem(sparql(client, HEAVY, timeout=0.2), 504, "query-timeout")
    assert sparql(client, "ASK {}").json()["boolean"] is True


@pytest.mark.parametrize(
    ("query", "accept", "mark"),
    [
        ("SELECT * { ?s ?p ?o }", "application/sparql-results+json", '"truncated":true'),
        ("SELECT * { ?s ?p ?o }", "application/sparql-results+xml", "truncated: true"),
        ("SELECT * { ?s ?p ?o }", "text/csv", "truncated: true"),
        ("SELECT * { ?s ?p ?o }", "text/tab-separated-values", "truncated: true"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle", "truncated: true"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples", "truncated: true"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml", "truncated: true"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json", '"truncated": true'),
        ("SELECT * { ?s ?p ?o }", BROWSER["accept"], "结果不完整"),
    ],
)
def test_a_result_that_was_cut_never_looks_complete(client, query, accept, mark):
    cut = sparql(client, query, accept, maxrows=3)
    assert cut.headers["x-vetkb-truncated"] == "true"
    assert mark in cut.text
    whole = sparql(client, query.replace("?s ?p ?o", "?s a <urn:nothing>"), accept)
    assert "x-vetkb-truncated" not in whole.headers
    assert mark not in whole.text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("accept", "syntax"),
    [("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld"), ("*/*", "turtle")],
)
def test_without_a_query_the_endpoint_describes_itself(client, address, bundled, accept, syntax):
    response = client.get("/sparql", headers={"accept": accept})
    graph = Graph().parse(data=response.text, format=syntax)
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert list(graph.objects(None, URIRef(sd + "endpoint"))) == [URIRef(f"{address}/sparql")]
    assert "10 s, 512 MB" in " ".join(map(str, graph.objects(None, URIRef("http://www.w3.org/2000/01/rdf-schema#comment"))))
    named = {str(name) for name in graph.objects(None, URIRef(sd + "name"))}
    assert {f"{document.iri}/graph" for document in bundled.documents()} <= named


def test_a_host_header_that_is_no_host_is_not_repeated(client):
    response = client.get("/sparql", headers={"host": "evil<>", "accept": "text/turtle"})
    assert response.status_code == 200
    assert "evil" not in response.text


def test_a_browser_gets_a_page_to_query_with(client):
    assert "<textarea" in page(client, "/sparql").text
    shown = page(client, "/sparql", query=BY_HAND).text
    assert "19 行" in shown
    assert "format=csv" in shown


def test_a_browser_sees_what_is_wrong_beside_its_query(client):
    shown = page(client, "/sparql", query="SELECT * {")
    assert shown.status_code == 400
    assert "SELECT * {</textarea>" in shown.text
    assert "line 1" in shown.text


# --- the catalogue -----------------------------------------------------------------------------------


def test_the_catalogue_lists_every_query_with_its_parameters(client, bundled):
    listed = client.get("/queries").json()["queries"]
    assert [query["name"] for query in listed] == list(bundled.catalogue)
    parameters = {p["name"]: p for query in listed if query["name"] == "tasks-of-agency" for p in query["parameters"]}
    assert parameters["agency"]["required"] is True


def test_every_query_of_the_catalogue_runs_with_the_examples_of_its_parameters(client, bundled):
    for query in bundled.catalogue.values():
        given = {p.name: p.example for p in query.parameters if p.required}
        response = client.get(f"/queries/{query.name}", params=given)
        assert response.status_code == 200, (query.name, response.text)
        body = response.json()
        assert body["columns"] == list(query.columns)
        assert body["build"] == bundled.build_id
        shown = page(client, f"/queries/{query.name}", **given)
        assert shown.status_code == 200, query.name
        assert query.title.zh in shown.text


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("json", "application/json"),
        ("srj", "application/sparql-results+json"),
        ("srx", "application/sparql-results+xml"),
        ("csv", "text/csv; charset=utf-8"),
        ("tsv", "text/tab-separated-values; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_rows_of_the_catalogue_come_in_every_format_by_name_and_by_accept(client, name, media_type):
    given = {"agency": "市财政局"}
    by_name = client.get("/queries/tasks-of-agency", params={**given, "format": name})
    by_accept = client.get("/queries/tasks-of-agency", params=given, headers={"accept": media_type})
    assert by_name.headers["content-type"] == by_accept.headers["content-type"] == media_type
    if name != "xlsx":
        assert by_name.content == by_accept.content


def test_a_workbook_holds_the_rows_as_numbers_and_text(client):
    given = {"agency": "市财政局", "format": "xlsx"}
    rows = list(load_workbook(io.BytesIO(client.get("/queries/tasks-of-agency", params=given).content)).active.values)
    listed = client.get("/queries/tasks-of-agency", params={"agency": "市财政局"}).json()
    assert list(rows[0]) == listed["columns"]
    assert [row[0] for row in rows[1:]] == [row["ordinal"] for row in listed["rows"]]


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("/queries/tasks-of-agency", {}, 422, "bad-parameter"),
        ("/queries/tasks-of-agency", {"agency": "市财政局", "colour": "red"}, 422, "bad-parameter"),
        ("/queries/tasks-of-agency", {"agency": "市财政局", "limit": "many"}, 422, "bad-parameter"),
        ("/queries/tasks-of-agency", {"agency": "市宇航局"}, 404, "unknown-name"),
        ("/queries/no-such-query", {}, 404, "unknown-name"),
        ("/queries/targets", {"format": "docx"}, 406, "not-acceptable"),
    ],
)
def test_a_wrong_parameter_of_a_query_gets_a_problem(client, is_problem, path, parameters, status, code):
    is_problem(client.get(path, params=parameters), status, code)


def test_a_page_of_rows_says_that_there_are_more(client):
    response = client.get("/queries/tasks-of-agency", params={"agency": "市财政局", "limit": 5})
    assert response.json()["truncated"] is True
    assert len(response.json()["rows"]) == 5
    assert response.headers["x-vetkb-truncated"] == "true"


# --- validation --------------------------------------------------------------------------------------


def validate(client, data, kind="text/csv", accept=None, **parameters):
    headers = {"content-type": kind} | ({"accept": accept} if accept else {})
    return client.post("/validate", params=parameters, content=data, headers=headers)


@pytest.mark.parametrize(("value", "kept"), [(11500, False), (12500, True)])
def test_reported_figures_are_held_against_the_document(client, value, kept):
    response = validate(client, CSV_REPORT.format(value).encode(), as_of="2018-12-31")
    body = response.json()
    conforms(body, "report")
    assert body["conforms"] is kept
    violations = [result for result in body["results"] if result["severity"] == "violation"]
    assert [result["clause"]["item"] for result in violations] == ([] if kept else ["五/2"])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("accept", "syntax"), [("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")]
)
def test_a_report_comes_as_a_shacl_validation_report(client, accept, syntax):
    response = validate(client, CSV_REPORT.format(11500).encode(), accept=accept, as_of="2018-12-31")
    graph = Graph().parse(data=response.text, format=syntax)
    conforms_ = [value.toPython() for value in graph.objects(None, URIRef("http://www.w3.org/ns/shacl#conforms"))]
    assert conforms_ == [False]


def test_the_page_of_a_report_may_use_the_styles_inside_it_and_nothing_else(client):
    response = validate(client, CSV_REPORT.format(11500).encode(), accept=BROWSER["accept"], as_of="2018-12-31")
    assert "五/2" in response.text
    policy = response.headers["content-security-policy"]
    assert re.search(r"style-src 'self' 'sha256-[A-Za-z0-9+/=]+'$", policy)
    assert "script-src 'none'" in policy


@pytest.mark.parametrize(
    ("data", "kind", "parameters", "status", "code"),
    [
        (b"<urn:a> <urn:b>", "text/turtle", {}, 400, "unreadable-data"),
        (b"", "text/csv", {}, 400, "unreadable-data"),
        (b"x", "image/png", {}, 415, "unsupported-type"),
        (b"x", "text/csv", {"shapes": "/etc/passwd"}, 422, "bad-parameter"),
        (b"x", "text/csv", {"as_of": "soon"}, 422, "bad-parameter"),
        (b"x", "text/csv", {"tolerance": "200"}, 422, "bad-parameter"),
    ],
)
def test_data_that_cannot_be_checked_get_a_problem(client, is_problem, data, kind, parameters, status, code):
    is_problem(validate(client, data, kind, **parameters), status, code)


def test_a_body_that_streams_in_is_refused_once_it_is_too_large(client, is_problem):
    parts = (b"x" * (1 << 20) for _ in range(12))
    is_problem(client.post("/validate", content=parts, headers={"content-type": "text/csv"}), 413, "too-large")


def test_a_body_that_announces_itself_as_too_large_is_not_waited_for(address):
    where = urlsplit(address)
    head = "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 99999999\r\n\r\n"
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


# --- what goes around every answer -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("GET", path, 200) for path in ("/queries", "/sparql", "/docs", "/health", "/openapi.json", "/schemas/problem.json")),
        *(("GET", path, 200) for path in ("/static/style.css", "/context.jsonld", "/metrics", "/shapes", "/.well-known/void")),
        ("GET", "/", 302),
        ("GET", "/ask/", 307),
        ("GET", "/id/agency/410500/finance", 303),
        ("GET", "/sparql?query=ASK%20%7B", 400),
        ("GET", "/nowhere", 404),
        ("DELETE", "/ask", 405),
        ("GET", "/queries?format=png", 406),
        ("POST", "/validate", 415),
        ("GET", "/ask", 422),
        ("HEAD", "/queries", 200),
        ("OPTIONS", "/sparql", 204),
    ],
)
def test_every_answer_carries_what_scanners_look_for(client, method, path, status):
    response = client.request(method, path, headers={"origin": "https://elsewhere.example"})
    headers = response.headers
    assert response.status_code == status
    assert {name: headers[name] for name in SECURITY} == SECURITY
    # read by anybody, with nobody's credentials
    assert headers["access-control-allow-origin"] == "*"
    assert not {"access-control-allow-credentials", "set-cookie", "server", "x-powered-by"} & set(headers)
    assert status >= 300 or status == 204 or "content-type" in headers
    assert status < 400 or headers["cache-control"] == "no-store"
    kind = headers.get("content-type", "")
    assert not kind.startswith("text/") or kind.endswith("; charset=utf-8"), kind


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/ask", {"q": QUESTION}),
        ("/queries", {}),
        ("/queries/targets", {"format": "csv"}),
        ("/sparql", {"query": BY_HAND}),
        ("/sparql", {}),
        ("/openapi.json", {}),
    ],
)
def test_a_client_that_has_an_answer_is_not_sent_it_again(client, path, parameters):
    first = client.get(path, params=parameters)
    again = client.get(path, params=parameters, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    changed = client.get(path, params=parameters, headers={"if-none-match": 'W/"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)
    # who has any answer at all, if there is one now
    for _ in range(2):
        any_ = client.get(path, params=parameters, headers={"if-none-match": "*"})
        assert (any_.status_code, any_.content, any_.headers["etag"]) == (304, b"", first.headers["etag"])


def test_whoever_has_any_answer_is_told_all_the_same_that_there_is_none(client, is_problem):
    response = client.get("/sparql", params={"query": "SELECT"}, headers={"if-none-match": "*"})
    is_problem(response, 400, "malformed-query")


def test_another_format_or_address_has_another_tag(client):
    tags = [
        client.get("/queries/targets", params={"format": "csv"}).headers["etag"],
        client.get("/queries/targets", params={"format": "tsv"}).headers["etag"],
        client.get("/queries/targets", headers={"accept": "text/csv"}).headers["etag"],
        client.get("/queries/deadlines", params={"format": "csv"}).headers["etag"],
    ]
    assert len(set(tags)) == 4


def test_what_differs_each_time_has_no_tag(client):
    assert "etag" not in sparql(client, "SELECT (NOW() AS ?now) {}").headers
    assert "etag" not in client.post("/ask", json={"q": QUESTION}).headers


@pytest.mark.parametrize("path", ["/ask?q=x", "/queries", "/sparql?query=ASK%7B%7D", "/health"])
def test_a_head_answers_like_a_get_without_the_body(client, path):
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers.get(name) == got.headers.get(name)


@pytest.mark.parametrize(
    ("path", "allow"), [("/ask", "GET, HEAD, POST"), ("/queries", "GET, HEAD"), ("/validate", "GET, HEAD, POST")]
)
def test_a_method_that_is_not_taken_is_told_which_are(client, is_problem, path, allow):
    response = client.delete(path)
    is_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == allow


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/ask", "GET, HEAD, POST, OPTIONS"), ("/queries", "GET, HEAD, OPTIONS"), ("/validate", "GET, HEAD, POST, OPTIONS")],
)
def test_a_preflight_names_the_methods_of_its_address(client, path, allow):
    response = client.options(path)
    assert (response.status_code, response.headers["allow"]) == (204, allow)


def test_an_address_with_nothing_behind_it_is_a_404(client, is_problem):
    for path in ("/nowhere", "/static/../app.py", "/static/%2e%2e%2fapp.py", "/schemas/nothing.json", "/queries/a/b"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.json()["code"] == "not-found"


def test_health_tells_the_build(client, bundled):
    body = client.get("/health").json()
    assert body["live"] is True
    assert body["ready"] is True
    assert body["build"] == bundled.build_id


# --- the description ---------------------------------------------------------------------------------


def references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_the_openapi_document_describes_every_query_and_its_references_resolve(client, bundled):
    document = client.get("/openapi.json").json()
    assert {f"/queries/{name}" for name in bundled.catalogue} <= set(document["paths"])
    for reference in references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


def test_the_examples_of_the_documentation_page_work(client):
    shown = page(client, "/docs").text
    examples = re.findall(r'<p class="links">[^<]*<a href="([^"]+)"', shown)
    assert len(examples) > 10
    for example in examples:
        assert client.get(example.replace("&amp;", "&")).status_code == 200, example


def test_the_schemas_of_the_package_are_served(client):
    for file in SCHEMAS.glob("*.json"):
        assert client.get(f"/schemas/{file.name}").json() == json.loads(file.read_text(encoding="utf-8"))


# --- the W3C's tests ---------------------------------------------------------------------------------


def test_the_protocol_and_service_description_tests_of_the_w3c_pass(shared, tmp_path):
    tool = [sys.executable, str(shared / "tools" / "run_protocol.py")]
    manifest = str(shared / "w3c" / "sparql11" / "protocol" / "manifest.ttl")
    subprocess.run([*tool, manifest, "--nquads", str(tmp_path / "graphs.nq")], check=True, capture_output=True)
    graphs = list(parse_rdf(tmp_path / "graphs.nq", "nquads"))
    build_store([], tmp_path / "store", shared=graphs).close()
    with serving("--store", str(tmp_path / "store")) as (_, url):
        done = subprocess.run([*tool, manifest, "--url", f"{url}/sparql"], check=False, capture_output=True, text=True)
    assert done.stdout.strip().endswith("37 passed, 0 failed"), done.stdout


def test_a_port_that_is_taken_is_one_clear_line(address):
    port = str(urlsplit(address).port)
    done = subprocess.run([sys.executable, "-m", "vetkb", "serve", "--port", port], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert port in done.stderr


@pytest.mark.parametrize("asked", [["serve"], ["build", "corpus"]])
def test_an_endpoint_is_neither_served_nor_built_and_the_way_out_is_named(asked):
    command = [sys.executable, "-m", "vetkb", *asked, "--store", "http://127.0.0.1:9/sparql"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--store DIR" in done.stderr
    assert "Traceback" not in done.stderr
