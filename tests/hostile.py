"""What the hostile suites are made of: the attacks as data, and what watches over files, sockets, memory and bystanders."""

from __future__ import annotations

import ctypes
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from running import slowness
from test_web_crashes import descendants

CLIENT = httpx.Client(timeout=100)


def warm_up(url):
    """Ask a server for one of each: what it loads behind its first answers is there before anybody measures its memory."""
    report = {"content": b"indicator,value,year\nx,1,2018\n", "headers": {"content-type": "text/csv"}}
    for response in (
        CLIENT.get(f"{url}/ask", params={"q": "市财政局负责哪些任务？"}),
        CLIENT.get(f"{url}/openapi.json"),
        CLIENT.post(f"{url}/validate", **report),
    ):
        assert response.status_code == 200, response.text


# --- attacks -----------------------------------------------------------------------------------------
# HTTP and FILE stand for an address that listens and a file that is watched

CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PAIRS = "{ ?a ?b ?c . ?d ?e ?f }"


def doubled(times, text="a" * 64):
    """Binds ?xN to a text of 2^N times the length."""
    steps = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(times))
    return f"VALUES ?x0 {{ '{text}' }} {steps}"


FEDERATION = {
    "constant": "SELECT * { SERVICE <HTTP> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <HTTP> { ?s ?p ?o } }",
    "variable": "SELECT * { BIND(<HTTP> AS ?e) SERVICE ?e { ?s ?p ?o } }",
    "variable-silent": "SELECT * { VALUES ?e { <HTTP> } SERVICE SILENT ?e { ?s ?p ?o } }",
    "computed": "SELECT * { BIND(IRI(CONCAT('HT', 'TP')) AS ?e) SERVICE ?e { ?s ?p ?o } }",
    "nested": "SELECT * { { SELECT * { OPTIONAL { GRAPH ?g { SERVICE <HTTP> { ?s ?p ?o } } } } } }",
    "comment": "SELECT * { # }\n SeRvIcE#'\n SILENT # \"\n <HTTP> { ?s ?p ?o } }",
    "behind-a-string": "SELECT * { BIND('''#' }''' AS ?x) SERVICE <HTTP> { ?s ?p ?o } }",
    "prefixed": "PREFIX e: <HTTP> SELECT * { SERVICE e: { ?s ?p ?o } }",
    "glued": "PREFIX e: <HTTP> SELECT * { SERVICE:data { ?s ?p ?o } }",
    "escaped": "SELECT * { S\\u0045RVICE <HTTP> { ?s ?p ?o } }",
    "exists": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE SILENT <HTTP> { ?s ?p ?o } } }",
    "minus": "SELECT * { ?s ?p ?o MINUS { SERVICE SILENT <HTTP> { ?s ?p ?o } } }",
    "construct": "CONSTRUCT { ?s ?p ?o } { SERVICE <HTTP> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE SILENT <HTTP> { ?s ?p ?o } }",
    "file": "SELECT * { SERVICE <FILE> { ?s ?p ?o } }",
    "load": "LOAD <HTTP>",
    "load-file": "LOAD <FILE> INTO GRAPH <urn:g>",
}
ELSEWHERE = {
    "from-file": "SELECT * FROM <FILE> { ?s ?p ?o }",
    "from-named-file": "SELECT * FROM NAMED <FILE> { GRAPH ?g { ?s ?p ?o } }",
    "from-relative-file": "BASE <FILE> SELECT * FROM <canary.ttl> { ?s ?p ?o }",
    "from-http": "SELECT * FROM <HTTP> { ?s ?p ?o }",
    "from-both": "SELECT * FROM <HTTP> FROM <FILE> { ?s ?p ?o }",
    "graph-file": "SELECT * { GRAPH <FILE> { ?s ?p ?o } }",
    "graph-http": "SELECT * { GRAPH <HTTP> { ?s ?p ?o } }",
    "subject": "CONSTRUCT WHERE { <FILE> ?p ?o }",
    "describe": "DESCRIBE <FILE> <HTTP>",
}
# what has no end within any bound
ENDLESS = {
    "cross-join-aggregate": f"SELECT (COUNT(*) AS ?n) {CROSS}",
    "cross-join-distinct": f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?d), STR(?g))) AS ?n) {CROSS}",
    "group-by": f"SELECT ?a ?d (COUNT(*) AS ?n) {CROSS} GROUP BY ?a ?d ?g HAVING (COUNT(?j) > 1e9)",
    "order-by-bomb": f"SELECT * {CROSS} ORDER BY ?c ?f ?i ?l LIMIT 1",
    "order-by-random": f"SELECT * {PAIRS} ORDER BY RAND() LIMIT 1",
    "group-concat": f"SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a), STR(?d)))) AS ?n) {CROSS}",
    "concat-doubling": f"SELECT (STRLEN(?x30) AS ?n) {{ {doubled(30)} }}",
    "one-large-value": f"SELECT ?x24 {{ {doubled(24)} }}",
    "one-large-triple": f"CONSTRUCT {{ <urn:s> <urn:p> ?x24 }} {{ {doubled(24)} }}",
    "percent-encoding": f"SELECT (STRLEN(ENCODE_FOR_URI(?x26)) AS ?n) {{ {doubled(26, '汉' * 9)} }}",
    "digest": f"SELECT (SHA512(?x26) AS ?n) {{ {doubled(26)} }}",
    "replace-doubling": "SELECT ?x { BIND(REPLACE(REPLACE(REPLACE('" + "a" * 999 + "', 'a', '" + "b" * 999 + "'), 'b', '"
    + "c" * 99 + "'), 'c', '" + "d" * 99 + "') AS ?x) }",
    "replace-groups": "SELECT ?z { BIND(REPLACE('" + "a" * 999 + "', 'a', '" + "$0" * 999 + "') AS ?y) "
    "BIND(REPLACE(?y, 'a', '" + "$0" * 999 + "') AS ?z) }",
    "regex": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f "
    "FILTER REGEX(CONCAT(STR(?c), STR(?f)), '(a*)*(b|a+)*[^z]*(a|b|ab)*c{1,50}$') }",
    "regex-classes": "SELECT * { ?a ?b ?c FILTER REGEX(STR(?c), '(\\\\p{L}{1,500}){1,20}x') }",
    "regex-a-row": f"SELECT * {PAIRS[:-1]} FILTER REGEX('x', CONCAT(STR(?c), STR(?f))) }}",
    "closure": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)+ ?b . ?c (!<urn:x>|^!<urn:x>)+ ?d }",
    "closure-of-closure": "SELECT (COUNT(*) AS ?n) { ?a (((!<urn:x>)*)*)* ?b . ?b (!<urn:y>)* ?c }",
    "long-path": "SELECT (COUNT(*) AS ?n) { ?a " + "/".join(["(!<urn:x>|^!<urn:x>)"] * 60) + " ?b }",
    "values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(8)) + " }",
    "in": f"SELECT * {PAIRS[:-1]} FILTER(?c IN ({','.join(map(str, range(8000)))})) }}",
    "union": "SELECT * { " + " UNION ".join(["{ ?a ?b ?c . ?d ?e ?f }"] * 500) + " } ORDER BY ?c",
    "minus": "SELECT * { " + "MINUS { ?s ?p ?o } " * 3000 + "}",
    "minus-of-pairs": "SELECT * { ?a ?b ?c MINUS { ?d ?e ?f . ?g ?h ?c FILTER(?f != ?c) } }",
    "optional": "SELECT * {" + " ".join(f"OPTIONAL {{ ?a{n} ?b{n} ?c{n} }}" for n in range(50)) + "}",
    "optional-nested": "SELECT * {" + "OPTIONAL { ?a ?b ?c " * 90 + "}" * 90 + "}",
    "exists-nested": "SELECT * { ?a ?b ?c FILTER NOT EXISTS { ?d ?e ?f FILTER EXISTS { ?g ?h ?i FILTER(?c = ?i && ?f = ?h) } } }",
    "lateral": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f { SELECT * { ?g ?h ?i } ORDER BY ?i } }",
    "fresh-names": f"SELECT DISTINCT ?u {PAIRS[:-1]} BIND(UUID() AS ?u) }} ORDER BY ?u",
    "fresh-nodes": f"SELECT (COUNT(DISTINCT ?u) AS ?n) {PAIRS[:-1]} BIND(BNODE() AS ?u) }}",
    "fresh-literals": f"SELECT ?x {PAIRS[:-1]} BIND(STRDT(CONCAT(STR(?a), STR(?d)), <urn:t>) AS ?x) }} ORDER BY ?x LIMIT 1",
    "construct": f"CONSTRUCT {{ ?a ?e ?i }} {CROSS}",
    "deep-quoting": "SELECT * { " + "<<?a ?b " * 5000 + "?c" + ">>" * 5000 + " ?p ?o }",
}  # fmt: skip
# what is large, and ends by itself or at a bound
LARGE = {
    "all": "SELECT * { ?s ?p ?o }",
    "pairs": f"SELECT * {PAIRS}",
    "template": "CONSTRUCT {" + " ".join(f"?a <urn:p{n}> ?c ." for n in range(1500)) + "} { ?a ?b ?c }",
    "nodes": "CONSTRUCT { [] ?b [ ?e [ ] ] } { ?a ?b ?c . ?d ?e ?f }",
    "describe-all": "DESCRIBE * { ?a ?b ?c }",
    "describe-hubs": "DESCRIBE ?t { ?x a ?t }",
    "large-values": f"SELECT ?x16 {{ {doubled(16)} ?a ?b ?c }}",
    "long-iri": "SELECT * { <urn:" + "x" * 60_000 + "> ?p ?o }",
    "many-prefixes": "".join(f"PREFIX p{n}: <urn:{n}>\n" for n in range(2500)) + "ASK {}",
    "base": "BASE <http://x/" + "a/" * 20_000 + "> SELECT (IRI('" + "../" * 5000 + "x') AS ?i) {}",
    "many-columns": "SELECT " + " ".join(f"(1 AS ?v{n})" for n in range(4000)) + " { ?a ?b ?c }",
    "many-bindings": "SELECT * { " + " ".join(f"BIND({n} AS ?x{n})" for n in range(3000)) + "}",
    "long-sum": "SELECT (" + "+".join(["1"] * 30_000) + " AS ?x) {}",
    "long-list": "SELECT * { ?a ?b (" + "1 " * 30_000 + ") }",
    "many-groups": "SELECT * { " + "{?a ?b ?c} " * 5000 + "}",
    "many-filters": "SELECT * { ?a ?b ?c " + "FILTER(?a=?a) " * 4000 + "}",
    "many-unions": "SELECT * { {} " + "UNION {} " * 7000 + "}",
    "regex-counts": "SELECT * { BIND('a' AS ?x) FILTER REGEX(?x, '((((a{1,1000}){1,1000}){1,1000}){1,100})') }",
    "overflow": "SELECT (SUM(9223372036854775807) AS ?n) (SUM(1e308 * 1e308) AS ?m) { ?a ?b ?c }",
}
MALFORMED = {
    "parentheses": "SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
    "braces": "SELECT * " + "{" * 5000 + "}" * 5000,
    "brackets": "SELECT * { ?s ?p " + "[ ?p " * 5000 + "?o" + "]" * 5000 + " }",
    "annotations": "SELECT * { ?s ?p ?o " + "{| ?p ?o " * 5000 + "|}" * 5000 + " }",
    "not": "SELECT * { FILTER(" + "!" * 20_000 + "true) }",
    "minus-signs": "SELECT (" + "-" * 20_000 + "1 AS ?x) {}",
    "path": "SELECT * { ?s " + "^" * 20_000 + "<urn:p> ?o }",
    "too-long": "SELECT * { VALUES ?x { " + "1 " * 60_000 + "} }",
    "update": "DELETE WHERE { ?s ?p ?o }",
    "string": "SELECT ('" + "\\" * 30_001,
    "byte-order-mark": "\ufeffASK {}",
}


# --- what watches ------------------------------------------------------------------------------------

_IN_ACCESS, _IN_OPEN, _IN_NONBLOCK = 0x1, 0x20, 0x800
SECRET = "canary-c0ffee"


class Canary:
    """金丝雀 — A listener on loopback that counts who connects, and files that tell who opens them (inotify)."""

    def __init__(self, folder):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.http = f"http://127.0.0.1:{self._listener.getsockname()[1]}/data"
        self.folder = folder
        (folder / "canary.ttl").write_text(f'<urn:s> <urn:p> "{SECRET}" .')
        (folder / "canary.json").write_text(json.dumps({"@context": {"p": f"urn:{SECRET}"}}))
        self.file = (folder / "canary.ttl").as_uri()
        libc = ctypes.CDLL(None, use_errno=True)
        self._events = libc.inotify_init1(_IN_NONBLOCK)
        assert self._events >= 0
        assert libc.inotify_add_watch(self._events, os.fsencode(folder), _IN_ACCESS | _IN_OPEN) >= 0

    def planted(self, text):
        return text.replace("HTTP", self.http).replace("FILE", self.file)

    def connections(self):
        count = 0
        with suppress(BlockingIOError):
            while True:
                self._listener.accept()[0].close()
                count += 1
        return count

    def openings(self):
        with suppress(BlockingIOError):
            return len(os.read(self._events, 1 << 16))
        return 0

    def is_untouched_by(self, response):
        """Hold that nothing of this was read or asked, and that nothing of it is in an answer."""
        assert SECRET not in response.text
        assert (self.connections(), self.openings()) == (0, 0)

    def close(self):
        self._listener.close()
        os.close(self._events)


@contextmanager
def canary(folder):
    made = Canary(folder)
    try:
        yield made
    finally:
        made.close()


def figure(pid, file, name):
    """Return the bytes that the kernel tells of a process; 0 for one that is gone."""
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(found[1]) << 10 if found else 0


def resident(pid):
    return figure(pid, "status", "VmRSS")


def footprint(pid):
    """Return the bytes of a process and all that came from it, what they share counted once."""
    return sum(figure(one, "smaps_rollup", "Pss") for one in (pid, *descendants(pid)))


class Peak:
    """Watches how much the processes that came from one have at most, in a thread."""

    def __init__(self, pid):
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.bytes = 0

    def _watch(self):
        while not self._stop.wait(0.005):
            for child in descendants(self._pid):
                self.bytes = max(self.bytes, figure(child, "status", "VmHWM"))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


def is_problem(response):
    """Hold an answer against what every failure looks like, and return its body."""
    assert response.headers["content-type"] == "application/problem+json", response.text[:300]
    body = response.json()
    assert body["status"] == response.status_code >= 400
    assert body["type"].endswith(body["code"])
    return body


def in_time(send, deadline, grace=0.5, tries=5):
    """Return an answer that came within a deadline and a grace, in seconds of a machine that does nothing else.

    A late one is asked for again, since nobody knows what the machine was at meanwhile: always late is late.
    """
    for left in reversed(range(tries)):
        began = time.monotonic()
        response = send()
        seconds = time.monotonic() - began
        if seconds < deadline + grace or seconds < deadline + grace * slowness():
            return response
        assert left, f"{seconds:.2f} s is over {deadline} + {grace} s, and so were the {tries - 1} before"
    raise AssertionError


# --- who stands by -----------------------------------------------------------------------------------

_BYSTANDER = """
import json, socket, sys, threading, time
ask = b"POST /sparql HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/sparql-query\\r\\nContent-Length: 6\\r\\n\\r\\nASK {}"
server = socket.create_connection((sys.argv[1], int(sys.argv[2])))
server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
seconds, wrong, stop = [], set(), threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
print("begins", flush=True)
while not stop.wait(0.01):
    began, got = time.perf_counter(), b""
    server.sendall(ask)
    while not got.endswith(b"}"):
        got += server.recv(65536) or sys.exit("closed: " + repr(got))
    seconds.append(time.perf_counter() - began)
    if not got.startswith(b"HTTP/1.1 200 ") or b'"boolean":true' not in got:
        wrong.add(got.decode())
print(json.dumps({"seconds": sorted(seconds), "wrong": sorted(wrong)}))
"""


@contextmanager
def bystander(host, port):
    """Let another process ask ASK {} again and again, on one connection and never out of a cache.

    Yields a dict that has, at the end, the `seconds` of each, sorted, and the answers that were `wrong`.
    """
    found = {}
    command = [sys.executable, "-c", _BYSTANDER, host, str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begins\n"
        yield found
        told, _ = process.communicate("", timeout=60)
        found.update(json.loads(told))


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]
