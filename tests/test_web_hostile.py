"""What strangers try: each request ends within its bounds with a clean error, nothing gets out, and others are served meanwhile.

The server runs with a deadline of one second, so that the suite is quick.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import socket
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from running import serving

DEADLINE = 1.0
# beyond the deadline: what the machine is doing beside is not this suite's business
GRACE = 2.0
SPARQL = {"content-type": "application/sparql-query"}


@contextmanager
def canary():
    """A listener on loopback that counts who connects to it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def connections(listener):
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def resident(pid):
    """Return the bytes of a process and all that came from it."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10


@pytest.fixture(scope="module")
def server(bundled):
    with serving("--timeout", DEADLINE) as running:
        yield running


@pytest.fixture(scope="module")
def url(server):
    return server[1]


CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
DOUBLED = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))
HERE = "<http://127.0.0.1:PORT/data>"
FEDERATION = {
    "constant": f"SELECT * {{ SERVICE {HERE} {{ ?s ?p ?o }} }}",
    "silent": f"SELECT * {{ SERVICE SILENT {HERE} {{ ?s ?p ?o }} }}",
    "variable": f"SELECT * {{ BIND({HERE} AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
    "variable-silent": f"SELECT * {{ VALUES ?e {{ {HERE} }} SERVICE SILENT ?e {{ ?s ?p ?o }} }}",
    "nested": f"SELECT * {{ {{ SELECT * {{ OPTIONAL {{ GRAPH ?g {{ SERVICE {HERE} {{ ?s ?p ?o }} }} }} }} }} }}",
    "comment": f"SELECT * {{ # }}\n SeRvIcE#'\n SILENT # \"\n {HERE} {{ ?s ?p ?o }} }}",
    "prefixed": "PREFIX e: <http://127.0.0.1:PORT/> SELECT * { SERVICE e:data { ?s ?p ?o } }",
    "glued": "PREFIX e: <http://127.0.0.1:PORT/> SELECT * { SERVICE:data { ?s ?p ?o } }",
    "escaped": f"SELECT * {{ S\\u0045RVICE {HERE} {{ ?s ?p ?o }} }}",
    "exists": f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE SILENT {HERE} {{ ?s ?p ?o }} }} }}",
    "construct": f"CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE {HERE} {{ ?s ?p ?o }} }}",
    "load": f"LOAD {HERE}",
}
EXPENSIVE = {
    "cross-join-aggregate": f"SELECT (COUNT(*) AS ?n) {CROSS}",
    "cross-join-distinct": f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?d), STR(?g))) AS ?n) {CROSS}",
    "order-by-bomb": f"SELECT * {CROSS} ORDER BY ?c ?f ?i ?l LIMIT 1",
    "group-concat": f"SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a), STR(?d)))) AS ?n) {CROSS}",
    "concat-doubling": f"SELECT (STRLEN(?x30) AS ?n) {{ VALUES ?x0 {{ '{'a' * 64}' }} {DOUBLED} }}",
    "replace-doubling": "SELECT ?x { BIND(REPLACE(REPLACE(REPLACE('" + "a" * 999 + "', 'a', '" + "b" * 999 + "'), 'b', '"
    + "c" * 99 + "'), 'c', '" + "d" * 99 + "') AS ?x) }",
    "regex": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f "
    "FILTER REGEX(CONCAT(STR(?c), STR(?f)), '(a*)*(b|a+)*[^z]*(a|b|ab)*c{1,50}$') }",
    "property-path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)+ ?b . ?c (!<urn:x>|^!<urn:x>)+ ?d }",
    "values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(8)) + " }",
    "union": "SELECT * { " + " UNION ".join(["{ ?a ?b ?c . ?d ?e ?f }"] * 500) + " } ORDER BY ?c",
    "construct": f"CONSTRUCT {{ ?a ?e ?i }} {CROSS}",
    "minus": "SELECT * { " + "MINUS { ?s ?p ?o } " * 3000 + "}",
}  # fmt: skip
READS = {
    "from-file": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "from-named-file": "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
    "from-http": "SELECT * FROM <http://127.0.0.1:PORT/data> { ?s ?p ?o }",
    "from-two": "SELECT * FROM <http://127.0.0.1:PORT/data> FROM <file:///etc/passwd> { ?s ?p ?o }",
    "graph": "SELECT * { GRAPH <file:///etc/passwd> { ?s ?p ?o } }",
}
REFUSED = {
    "parentheses": "SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
    "braces": "SELECT * " + "{" * 5000 + "}" * 5000,
    "brackets": "SELECT * { ?s ?p " + "[ ?p " * 5000 + "?o" + "]" * 5000 + " }",
    "not": "SELECT * { FILTER(" + "!" * 20_000 + "true) }",
    "minus-signs": "SELECT (" + "-" * 20_000 + "1 AS ?x) {}",
    "path": "SELECT * { ?s " + "^" * 20_000 + "<urn:p> ?o }",
    "too-long": "SELECT * { VALUES ?x { " + "1 " * 60_000 + "} }",
    "update": "DELETE WHERE { ?s ?p ?o }",
    "string": "SELECT ('" + "\\" * 30_001,
}


def is_problem(response):
    """Hold an answer against what every failure looks like, and return its body."""
    assert response.headers["content-type"] == "application/problem+json", response.text[:300]
    body = response.json()
    assert body["status"] == response.status_code >= 400
    assert body["type"].endswith(body["code"])
    return body


def timed(send):
    began = time.monotonic()
    response = send()
    return response, time.monotonic() - began


@pytest.mark.parametrize("name", FEDERATION)
def test_a_query_that_asks_another_server_is_refused_and_asks_nobody(url, name):
    with canary() as listener:
        query = FEDERATION[name].replace("PORT", str(listener.getsockname()[1]))
        for response in (
            httpx.post(f"{url}/sparql", content=query, headers=SPARQL, timeout=30),
            httpx.get(f"{url}/sparql", params={"query": query}, timeout=30),
        ):
            assert is_problem(response)["status"] == 400
        assert connections(listener) == 0


@pytest.mark.parametrize("name", READS)
def test_graphs_of_elsewhere_are_empty_and_never_fetched(url, name):
    with canary() as listener:
        query = READS[name].replace("PORT", str(listener.getsockname()[1]))
        response = httpx.post(f"{url}/sparql", content=query, headers=SPARQL, timeout=30)
        assert (response.status_code, response.json()["results"]["bindings"]) == (200, [])
        given = {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": f"http://127.0.0.1:{listener.getsockname()[1]}/"}
        assert httpx.get(f"{url}/sparql", params=given, timeout=30).json()["results"]["bindings"] == []
        assert connections(listener) == 0


@pytest.mark.parametrize("name", EXPENSIVE)
def test_a_query_without_end_ends_at_a_bound(url, name):
    response, seconds = timed(lambda: httpx.post(f"{url}/sparql", content=EXPENSIVE[name], headers=SPARQL, timeout=30))
    assert is_problem(response)["code"] in ("query-timeout", "query-memory")
    assert response.status_code in (504, 507)
    assert seconds < DEADLINE + GRACE


@pytest.mark.parametrize("name", REFUSED)
def test_a_text_that_would_harm_the_parser_is_refused_or_ends_its_worker_alone(url, name):
    response, seconds = timed(lambda: httpx.post(f"{url}/sparql", content=REFUSED[name], headers=SPARQL, timeout=30))
    assert is_problem(response)["status"] in (400, 507)
    assert seconds < DEADLINE + GRACE
    assert httpx.get(f"{url}/sparql", params={"query": "ASK {}"}, timeout=30).json()["boolean"] is True


# --- bodies ------------------------------------------------------------------------------------------

ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:x">'
    '<p xmlns="urn:">&i;</p></rdf:Description></rdf:RDF>'
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "SOURCE">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="urn:x"><p xmlns="urn:">&a;</p></rdf:Description></rdf:RDF>'
)


def zip_bomb():
    """A workbook of a few hundred kilobytes that unpacks to hundreds of megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(b" " * (1 << 20))
    return out.getvalue()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BODIES = {
    "entities": ("application/rdf+xml", lambda port: ENTITIES.encode()),
    "external-file": ("application/rdf+xml", lambda port: EXTERNAL.replace("SOURCE", "file:///etc/passwd").encode()),
    "external-http": ("application/rdf+xml", lambda port: EXTERNAL.replace("SOURCE", f"http://127.0.0.1:{port}/").encode()),
    "context": (
        "application/ld+json",
        lambda port: json.dumps({"@context": f"http://127.0.0.1:{port}/context", "@id": "urn:x", "p": 1}).encode(),
    ),
    "context-file": ("application/ld+json", lambda port: b'{"@context": "file:///etc/passwd", "@id": "urn:x", "p": 1}'),
    "context-import": (
        "application/ld+json",
        lambda port: json.dumps({"@context": {"@version": 1.1, "@import": f"http://127.0.0.1:{port}/"}, "p": 1}).encode(),
    ),
    "json-depth": ("application/json", lambda port: b"[" * 1_000_000),
    "jsonld-depth": ("application/ld+json", lambda port: b'{"urn:p":' * 100_000),
    "turtle-depth": ("text/turtle", lambda port: b"<urn:s> <urn:p> " + b"[ <urn:p> " * 500_000),
    "zip-bomb": (XLSX, lambda port: zip_bomb()),
    "not-a-zip": (XLSX, lambda port: b"PK\x03\x04" + b"\0" * 1000),
}


@pytest.mark.parametrize("name", BODIES)
def test_data_that_are_a_trap_are_refused_and_reach_nothing(url, name):
    kind, make = BODIES[name]
    with canary() as listener:
        body = make(listener.getsockname()[1])
        response = httpx.post(f"{url}/validate", content=body, headers={"content-type": kind}, timeout=60)
        assert is_problem(response)["status"] in (400, 413, 504, 507)
        assert "root:" not in response.text
        assert connections(listener) == 0


@pytest.mark.parametrize(
    ("path", "kind"), [("/sparql", SPARQL["content-type"]), ("/validate", "text/csv"), ("/ask", "application/json")]
)
def test_a_body_of_a_hundred_megabytes_is_not_read(server, path, kind):
    process, url = server
    before = resident(process.pid)
    sent = 0

    def parts():
        nonlocal sent
        for _ in range(100):
            sent += 1 << 20
            yield b" " * (1 << 20)

    try:
        response = httpx.post(f"{url}{path}", content=parts(), headers={"content-type": kind}, timeout=30)
        assert is_problem(response)["status"] == 413
    except httpx.WriteError:
        # the server answered and closed while this side was still sending
        assert sent < 100 << 20
    assert resident(process.pid) < before + (40 << 20)


def test_a_compressed_body_is_not_unpacked(url):
    body = gzip.compress(b"ASK {}" + b" " * 50_000_000)
    response = httpx.post(f"{url}/sparql", content=body, headers={**SPARQL, "content-encoding": "gzip"}, timeout=30)
    assert is_problem(response)["status"] in (400, 415)


# --- others meanwhile --------------------------------------------------------------------------------


def test_light_queries_are_answered_during_all_of_it_and_the_memory_is_given_back(server):
    process, url = server
    with httpx.Client(base_url=url, timeout=30) as client:
        for _ in range(20):
            client.get("/sparql", params={"query": "ASK {}"})
        before = resident(process.pid)
        bad = [*EXPENSIVE.values(), *REFUSED.values()]
        waits = []
        with ThreadPoolExecutor(6) as threads:
            sent = [threads.submit(httpx.post, f"{url}/sparql", content=q, headers=SPARQL, timeout=60) for q in bad]
            number = 0
            while not all(job.done() for job in sent):
                number += 1
                response, seconds = timed(lambda: client.get("/sparql", params={"query": f"ASK {{}} #{number}"}))  # noqa: B023
                assert (response.status_code, response.json()["boolean"]) == (200, True)
                waits.append(seconds)
            answers = [job.result() for job in sent]
        assert {answer.status_code for answer in answers} <= {400, 503, 504, 507}
        assert all(is_problem(answer) for answer in answers)
        assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
        # the machine may be busy with other things; what cannot be is that light queries wait for heavy ones
        # (benchmarks/under_attack.py measures them: 50 ms for 99 of 100 on a machine of its own)
        assert sorted(waits)[len(waits) * 99 // 100] < DEADLINE / 2
        assert resident(process.pid) < before * 1.1 + (8 << 20)


def test_many_idle_and_slow_connections_keep_nobody_else_away(url):
    where = urlsplit(url)
    connections_ = [socket.create_connection((where.hostname, where.port)) for _ in range(200)]
    try:
        for number, connection in enumerate(connections_):
            connection.sendall(b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\n"[: number % 50])
        assert httpx.get(f"{url}/sparql", params={"query": "ASK {}"}, timeout=30).json()["boolean"] is True
    finally:
        for connection in connections_:
            connection.close()


def test_a_client_that_does_not_read_its_answer_keeps_nobody_else_away(url):
    where = urlsplit(url)
    query = "SELECT%20%2A%20%7B%3Fs%20%3Fp%20%3Fo%7D"
    with socket.create_connection((where.hostname, where.port)) as connection:
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 20)
        assert httpx.get(f"{url}/sparql", params={"query": "ASK {}"}, timeout=30).json()["boolean"] is True
