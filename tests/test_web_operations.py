"""A server as its operator has it: bounds of connections, figures, running queries, a new build, logs."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from running import serving, until

from vetkb.engine import Iri, Literal, Quad
from vetkb.store import build_store

HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def build(folder, number):
    """Build a base whose one graph tells which build it is."""
    quads = [Quad(Iri("urn:base"), Iri("urn:number"), Literal(str(number)), Iri("urn:graph"))]
    quads += [Quad(Iri(f"urn:s{n}"), Iri("urn:p"), Literal(f"{n}"), Iri("urn:graph")) for n in range(500)]
    store = build_store([], folder, shared=quads, code=f"test-{number}")
    try:
        return store.build_id
    finally:
        store.close()


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    build(folder, 1)
    return folder


@pytest.fixture(scope="module")
def address(base):
    with serving("--store", base) as (_, url):
        yield url


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=address, timeout=30) as made:
        yield made


def raw(address, *pieces):
    """Send bytes on a connection of their own and return all that comes back."""
    where = urlsplit(address)
    received = b""
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        while part := connection.recv(1 << 16):
            received += part
    return received


def connected(address):
    where = urlsplit(address)
    return socket.create_connection((where.hostname, where.port), timeout=20)


def answer(connection, sent):
    """Send a request and return the lines of the answer's head, but for its date, and its body."""
    connection.sendall(sent)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1 << 16)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head)[1])
    while len(body) < length:
        body += connection.recv(1 << 16)
    return sorted(line for line in head.split(b"\r\n") if not line.startswith(b"date:")), body


def number_of(client):
    response = client.get("/sparql", params={"query": "SELECT ?n { <urn:base> <urn:number> ?n }"})
    return response.json()["results"]["bindings"][0]["n"]["value"]


# --- heads and connections ---------------------------------------------------------------------------

CLOSE = b"Host: x\r\nConnection: close\r\n\r\n"
CHUNKED = b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /health?" + b"y" * 70_000 + b" HTTP/1.1\r\n" + CLOSE, 431),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nq=x", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n folded\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n Host: x\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\nHost: x\n\n", 400),
        (b"GET /id/\xe4\xb8\xad HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /sparql?query=ASK {} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 300, 400),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nq=x", 400),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nq=x", 400),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nq=x", 400),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
        (CHUNKED + b"0x6\r\nASK {}\r\n0\r\n\r\n", 400),
        (CHUNKED + b"3\r\nASK {}\r\n0\r\n\r\n", 400),
        (CHUNKED + b"6;a=\n\r\nASK {}\r\n0\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400),
        (CHUNKED + b"-1\r\n\r\n", 400),
        (CHUNKED + b"f" * 20 + b"\r\n", 400),
        (CHUNKED.replace(b"chunked", b"gzip, chunked") + b"0\r\n\r\n", 400),
        (CHUNKED + b"1;" + b"x" * 500_000 + b"\r\n \r\n0\r\n\r\n", 400),
        (CHUNKED + b"1\r\n \r\n0\r\n" + b"X: y\r\n" * 100_000 + b"\r\n", 400),
        (CHUNKED + b"1\r\n \r\n0\r\nX: " + b"y" * 500_000 + b"\r\n\r\n", 400),
    ],
)
def test_a_head_that_is_no_http_is_answered_with_a_problem_and_the_connection_closed(address, sent, status):
    head, _, body = raw(address, sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["status"] == status


def test_an_answer_that_did_not_wait_for_its_request_arrives_whole_and_the_connection_ends(address):
    head = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
    for sent in (head % 20_000_000 + b"Connection: close\r\n\r\n" + b"x" * 20_000_000, head % 100 + b"\r\n" + b"x" * 50):
        received = raw(address, sent)
        assert received.startswith(b"HTTP/1.1 404 ")
        assert json.loads(received.partition(b"\r\n\r\n")[2])["code"] == "not-found"


def test_an_address_with_a_slash_behind_it_leads_to_the_one_without_on_whatever_host(client):
    response = client.get("/ask/?q=x%20y", headers={"host": "evil.example"})
    assert (response.status_code, response.headers["location"]) == (307, "/ask?q=x%20y")
    assert client.get("/nowhere/").status_code == 404


UPGRADES = {
    "h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    "websocket": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
}


@pytest.mark.parametrize("asked", UPGRADES)
@pytest.mark.parametrize("cut", [None, -6, -4, 60])
def test_who_would_rather_speak_another_protocol_is_answered_in_this_one(address, asked, cut):
    """As clients in Java do with their first request, whatever it is."""
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + UPGRADES[asked]
    sent = head + b"Content-Type: application/sparql-query\r\nContent-Length: 6\r\n\r\nASK {}"
    pieces = (sent,) if cut is None else (sent[:cut], sent[cut:])
    received = raw(address, *pieces, b"GET /health HTTP/1.1\r\n" + CLOSE)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b'"boolean":true') < received.index(b'"live":true')


PLACES = (
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/../../../etc/passwd",
    "/static//etc/passwd",
    "/schemas/..%2F..%2Fcli.py",
    "/shapes/..%2F..%2F..%2Fetc%2Fpasswd",
    "/documents/..%2f..%2f..%2fetc%2fpasswd",
    "/id/..%2f..%2f..%2fetc%2fpasswd",
    "/id/%00",
    "/id/%ff%fe",
    "/id/%ED%A0%80",
    "/id/a%0d%0aX-Injected:%20y",
    "/eli/%2e%2e/%2e%2e",
    "//evil.example/ask/",
    "/mcp",
    "/queries/..%2fx",
    "/%5cevil.example/ask/",
    "/static/" + "a/" * 20_000,
)


@pytest.mark.parametrize("place", PLACES)
def test_an_address_that_would_lead_elsewhere_leads_nowhere(address, place):
    head, _, body = raw(address, f"GET {place} HTTP/1.1\r\n".encode() + CLOSE).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"location:" not in head
    assert b"x-injected" not in head.lower()
    assert json.loads(body)["status"] == 404
    assert len(body) < 2000


def test_requests_sent_at_once_are_answered_in_their_order(address):
    ask = quote("SELECT (1 AS ?x) {}")
    sent = f"GET /sparql?query={ask} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 3 + b"GET /health HTTP/1.1\r\n" + CLOSE
    received = raw(address, sent)
    assert received.count(b"HTTP/1.1 200 OK") == 4
    assert received.count(b'"x":{"type":"literal"') == 3


def test_the_same_bytes_get_the_same_answer_again_and_other_bytes_their_own(address):
    def get(query, *headers):
        head = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n" + "".join(f"{h}\r\n" for h in headers) + "\r\n"
        return head.encode()

    one, other = get("SELECT (1 AS ?x) {}"), get("SELECT (2 AS ?x) {}")
    csv, compressed = get("SELECT (1 AS ?x) {}", "Accept: text/csv"), get("SELECT * { ?s ?p ?o }", "Accept-Encoding: gzip")
    with connected(address) as connection:
        for sent in (one, other, csv, compressed):
            assert answer(connection, sent) == answer(connection, sent)
        assert len({answer(connection, sent)[1] for sent in (one, other, csv, compressed)}) == 4


QUERIES = {
    "select": "SELECT ?o { ?s ?p ?o } ORDER BY ?o",
    "ask": "ASK { ?s ?p ?o }",
    "construct": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
    "malformed": "SELECT * {",
    "refused": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "volatile": "SELECT (1 AS ?x) { FILTER(RAND() < 2) }",
    "usual-names": "SELECT * { ?s rdfs:label ?o }",
    "cut": "SELECT ?p { ?s ?p ?o }&maxrows=1",
    "named": "SELECT * { GRAPH ?g { ?s ?p ?o } }&format=csv",
    "graph": "SELECT * { ?s ?p ?o }&default-graph-uri=urn:none",
    "wrong": "SELECT * {}&timeout=soon",
    "too-long": "SELECT * { VALUES ?x { " + "1 " * 3000 + "} }",
}


@pytest.mark.parametrize("head", ["", "Accept: text/csv, text/turtle\r\n", "Accept-Encoding: gzip\r\n", "Accept: text/html\r\n"])
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_whose_head_was_seen_before_is_answered_as_if_it_was_the_first(address, name, head):
    query, _, more = QUERIES[name].partition("&")

    def get(text, *, fields=""):
        where = f"/sparql?query={quote(text)}{'&' if more else ''}{more}"
        return f"GET {where} HTTP/1.1\r\nHost: x\r\n{head}{fields}\r\n".encode()

    def without_tag(found):
        # a page shows the query, and they differ in one word
        return [line for line in found[0] if not line.startswith(b"etag:")], found[1].replace(b"again", b"alone")

    with connected(address) as connection:
        answer(connection, f"GET /sparql?query={quote('SELECT (1 AS ?x) {}')} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
        again = answer(connection, get(query + f" # again {name}{head}"))
        alone = answer(connection, get(query + f" # alone {name}{head}", fields=f"X-Own: {name}\r\n"))
    assert without_tag(again) == without_tag(alone)


def test_most_queries_take_the_short_way(address):
    def heads(connection):
        # with a head that no query has had
        _, told = answer(connection, b"GET /metrics HTTP/1.1\r\nHost: figures.example\r\n\r\n")
        families = text_string_to_metric_families(told.decode())
        labels = {"cache": "heads", "outcome": "hit"}
        return sum(s.value for f in families for s in f.samples if labels.items() <= s.labels.items())

    with connected(address) as connection:
        before = heads(connection)
        for number in range(5):
            answer(connection, f"GET /sparql?query=ASK%7B%7D%23{number} HTTP/1.1\r\nHost: short.example\r\n\r\n".encode())
        assert heads(connection) == before + 4


def test_what_comes_behind_a_query_is_answered_behind_it(address):
    def get(text, *fields):
        return f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: behind.example\r\n{''.join(fields)}\r\n".encode()

    with connected(address) as connection:
        answer(connection, get("SELECT (0 AS ?x) {}"))
        slow = "SELECT (1 AS ?x) { { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } } }"
        connection.sendall(get(slow))
        connection.sendall(get("SELECT (2 AS ?x) {}") + get("SELECT (3 AS ?x) {}", "Connection: close\r\n"))
        received = b""
        while part := connection.recv(1 << 16):
            received += part
    assert re.findall(rb'"value":"(.)"', received) == [b"1", b"2", b"3"]


@pytest.mark.parametrize("seen_before", [False, True])
def test_a_query_whose_client_has_gone_is_ended(client, address, seen_before):
    def get(text):
        return f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: gone-{seen_before}.example\r\n\r\n".encode()

    with connected(address) as connection:
        if seen_before:
            answer(connection, get("ASK {}"))
        connection.sendall(get(HEAVY))
        while not client.get("/admin/queries").json()["queries"]:
            pass
    gone = time.monotonic()
    while client.get("/admin/queries").json()["queries"]:
        assert time.monotonic() < gone + 5, "it goes on for nobody"


def test_a_client_that_asks_too_often_is_told_when_to_come_back(base):
    with serving("--store", base, "--rate", "0.2") as (_, url), httpx.Client(base_url=url) as client:
        statuses = [client.get("/sparql", params={"query": "ASK {}"}).status_code for _ in range(3)]
        refused = client.get("/docs")
        assert statuses == [200, 429, 429]
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("too-many-requests", "5")
        assert client.get("/health").status_code == 200


# --- what is seen ------------------------------------------------------------------------------------


def test_figures_count_requests_by_route_and_status_and_queries_by_their_end(client):
    client.get("/sparql", params={"query": HEAVY, "timeout": 0.1})
    client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"})
    client.get("/made-up-path")
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [sample for family in text_string_to_metric_families(response.text) for sample in family.samples]
    counted = {(s.labels["route"], s.labels["status"]): s.value for s in samples if s.name == "vetkb_request_seconds_count"}
    assert counted["/sparql", "200"] >= 1
    assert counted["/sparql", "504"] >= 1
    assert counted["other", "404"] >= 1
    ends = {s.labels["end"]: s.value for s in samples if s.name == "vetkb_queries_total"}
    assert ends["done"] >= 1
    assert ends["timeout"] >= 1
    assert next(s.value for s in samples if s.name == "vetkb_workers") >= 1


def test_the_operator_sees_what_runs_and_ends_it(client):
    with ThreadPoolExecutor(1) as threads:
        query = threads.submit(client.get, "/sparql", params={"query": HEAVY})
        until(lambda: client.get("/admin/queries").json()["queries"])
        running = client.get("/admin/queries").json()["queries"]
        assert running[0]["query"] == HEAVY
        assert client.post(f"/admin/queries/{running[0]['id']}/cancel").json() == {"cancelled": running[0]["id"]}
        ended = query.result()
    assert (ended.status_code, ended.json()["code"]) == (503, "query-cancelled")
    assert client.post("/admin/queries/999999/cancel").status_code == 404


def ends(client):
    """Return how many queries ended in which way."""
    told = client.get("/metrics").text
    return {how: float(count) for how, count in re.findall(r'^vetkb_queries_total{end="([a-z-]+)"} (\S+)$', told, re.MULTILINE)}


def test_a_client_that_goes_away_leaves_no_query_running(client):
    before = ends(client)
    for number in range(3):
        with pytest.raises(httpx.ReadTimeout):
            client.post("/sparql", data={"query": f"{HEAVY} # {number}"}, timeout=0.3)
    until(lambda: not client.get("/admin/queries").json()["queries"])
    after = ends(client)
    # not at their deadline
    assert after["abandoned"] == before.get("abandoned", 0) + 3
    assert after.get("timeout", 0) == before.get("timeout", 0)


@pytest.mark.parametrize("headers", [{"x-forwarded-for": "127.0.0.1"}, {"host": "rebound.example.org"}, {"origin": "http://a.b"}])
def test_nobody_else_is_the_operator(client, headers):
    response = client.get("/admin/queries", headers=headers)
    assert (response.status_code, response.json()["code"]) == (404, "not-found")
    assert "access-control-allow-origin" not in response.headers


def test_health_tells_life_and_readiness_apart(client):
    assert client.get("/health/live").json()["live"] is True
    assert client.get("/health/ready").json()["ready"] is True


def requests_in(log):
    return [line for line in map(json.loads, log) if line["event"] == "request"]


def ask_of_a_secret(url):
    httpx.get(f"{url}/sparql", params={"query": "SELECT ('secret-word' AS ?x) {}"})
    httpx.get(f"{url}/ask", params={"q": "secret-word 是什么？"})


def test_the_log_tells_where_and_how_long_whichever_way_it_went_and_never_what_was_asked(base):
    log = []
    with serving("--store", base, log=log) as (_, url):
        ask_of_a_secret(url)
        with connected(url) as connection:
            for query in ("ASK%7B%7D", f"{quote(HEAVY)}&timeout=0.3"):
                answer(connection, f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert [(line["method"], line["path"], line["status"]) for line in requests_in(log)] == [
        ("GET", "/sparql", 200),
        ("GET", "/ask", 200),
        ("GET", "/sparql", 200),
        ("GET", "/sparql", 504),
    ]
    assert requests_in(log)[-1]["ms"] >= 300
    assert "secret-word" not in "".join(log)


def test_the_log_tells_what_was_asked_where_that_is_switched_on(base, tmp_path):
    log, questions = [], tmp_path / "questions.jsonl"
    with serving("--store", base, "--log-text", "--question-log", questions, log=log) as (_, url):
        ask_of_a_secret(url)
    assert ["secret-word" in line.get("text", "") for line in requests_in(log)] == [True, True]
    noted = json.loads(questions.read_text(encoding="utf-8"))
    assert (noted["question"], noted["status"] != "answered") == ("secret-word 是什么？", True)


# --- a new build -------------------------------------------------------------------------------------


def test_a_new_build_takes_the_old_ones_place_without_a_dropped_request_and_one_that_cannot_be_opened_does_not(tmp_path):
    first = build(tmp_path, 1)
    log = []
    with serving("--store", tmp_path, log=log) as (process, url), httpx.Client(base_url=url, timeout=30) as client:
        assert number_of(client) == "1"
        stop = threading.Event()
        seen = []

        def keep_asking():
            with httpx.Client(base_url=url, timeout=30) as asker:
                while not stop.is_set():
                    seen.append(number_of(asker))

        with ThreadPoolExecutor(3) as threads:
            asking = [threads.submit(keep_asking) for _ in range(2)]
            long = threads.submit(client.get, "/sparql", params={"query": HEAVY, "timeout": 3})
            second = build(tmp_path, 2)
            process.send_signal(signal.SIGHUP)
            until(lambda: httpx.get(f"{url}/health").json()["build"] != first)
            began_after = len(seen)
            until(lambda: len(seen) >= began_after + 20)
            stop.set()
            assert [job.result() for job in asking] == [None, None]
            assert long.result().status_code == 504
        assert set(seen) == {"1", "2"}
        assert set(seen[began_after + 2 :]) == {"2"}
        health = client.get("/health").json()
        assert (health["build"], first != second) == (second, True)
        (tmp_path / "current").write_text("gone")
        process.send_signal(signal.SIGHUP)
        until(lambda: any("stays" in line for line in log))
        assert number_of(client) == "2"


def children(pid):
    """Return the processes that one has started itself: those that workers are forked from."""
    return [int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()]


def test_builds_that_come_one_upon_the_other_leave_the_last_one_and_no_process_behind(tmp_path):
    build(tmp_path, 1)
    with serving("--store", tmp_path) as (process, url), httpx.Client(base_url=url, timeout=60) as client:
        for number in (2, 3):
            newest = build(tmp_path, number)
            for _ in range(3):
                process.send_signal(signal.SIGHUP)
                client.get("/health")  # so that each is a signal of its own
        until(lambda: client.get("/health").json()["build"] == newest)
        assert number_of(client) == "3"
        # one for queries, one for reports
        until(lambda: len(children(process.pid)) <= 2)
        # and one that is being taken up when the server is stopped
        build(tmp_path, 4)
        process.send_signal(signal.SIGHUP)
