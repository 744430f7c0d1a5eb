"""Strangers' queries in processes of their own: what gets through, what is ended, and that nothing else suffers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vetkb import engine
from vetkb.engine import Iri, Literal, Quad, RdfStore, Workers
from vetkb.errors import (
    BusyError,
    QueryCancelledError,
    QueryError,
    QueryFormatError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    StoreError,
)
from vetkb.isolation.frames import packed
from vetkb.isolation.nursery import Nursery

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SORT_BOMB = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i ?l LIMIT 1"
DOUBLINGS = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(26))
DOUBLING_BOMB = f"SELECT (STRLEN(?x26) AS ?n) {{ VALUES ?x0 {{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }} {DOUBLINGS} }}"
LIGHT = "SELECT ?s ?o { ?s <http://e/p> ?o } ORDER BY ?o LIMIT 2"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    store = RdfStore.memory()
    store.add(
        Quad(Iri(f"http://e/{n}"), Iri("http://e/p"), Literal(f"第{n:03}项"), Iri(f"http://e/g{n % 2}")) for n in range(300)
    )
    store.add([Quad(Iri("http://e/0"), Iri("http://e/p"), Literal("第000项"), Iri("http://e/g1"))])
    part = folder / "part.nq"
    part.write_bytes(store.serialise("nquads"))
    disk = RdfStore.open(folder / "data", read_only=False)
    disk.bulk_load(part)
    disk.finish()
    return folder / "data"


@pytest.fixture(scope="module")
def workers(base: Path) -> Iterator[Workers]:
    with Workers(base, count=2, timeout=2.0, memory_mb=256, max_rows=200, max_bytes=100_000) as pool:
        yield pool


class Canary:
    """A listener that counts who connects to it."""

    def __enter__(self) -> Canary:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def connections(self) -> int:
        count = 0
        while True:
            try:
                self._listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


def test_a_query_is_answered(workers: Workers) -> None:
    result = workers.query(LIGHT)
    assert result.table().rows == ((Iri("http://e/0"), "第000项"), (Iri("http://e/1"), "第001项"))
    assert (result.kind, result.format, result.truncated) == ("select", "srj", False)
    assert result.media_type == "application/sparql-results+json"


def test_a_runaway_query_is_ended_at_its_deadline(workers: Workers) -> None:
    with pytest.raises(QueryTimeoutError, match=r"0\.3 seconds"):
        workers.query(RUNAWAY, timeout=0.3)
    assert workers.query("ASK {}").body == b'{"head":{},"boolean":true}'


@pytest.mark.parametrize("bomb", [SORT_BOMB, DOUBLING_BOMB])
def test_a_memory_bomb_ends_itself_and_nothing_else(base: Path, bomb: str) -> None:
    with Workers(base, count=1, timeout=60, memory_mb=64) as pool:
        with pytest.raises(QueryMemoryError):
            pool.query(bomb)
        assert pool.query(LIGHT).body.count(b"http://e/") == 2


def test_a_query_that_crashes_the_parser_ends_its_worker_alone(workers: Workers) -> None:
    crash = "SELECT * { " + "MINUS{?s ?p ?o} " * 4000 + "}"
    with pytest.raises(QueryError):
        workers.query(crash)
    assert workers.query(LIGHT).body.count(b"http://e/") == 2


def test_deep_nesting_never_reaches_a_worker(workers: Workers) -> None:
    with pytest.raises(QuerySyntaxError, match="nested too deeply"):
        workers.query("SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }")


def test_a_light_query_is_served_while_a_heavy_one_runs(workers: Workers) -> None:
    with ThreadPoolExecutor(1) as threads:
        heavy = threads.submit(workers.query, RUNAWAY)
        while not workers.pool.running():
            pass
        assert workers.query(LIGHT).body.count(b"http://e/") == 2
        assert [query.label for query in workers.pool.running()] == [RUNAWAY]
        with pytest.raises(QueryTimeoutError):
            heavy.result()


def test_a_running_query_can_be_cancelled(workers: Workers) -> None:
    with ThreadPoolExecutor(1) as threads:
        heavy = threads.submit(workers.query, RUNAWAY)
        while not workers.pool.running():
            pass
        assert workers.pool.cancel(workers.pool.running()[0].id)
        with pytest.raises(QueryCancelledError):
            heavy.result()
    assert not workers.pool.cancel(10**9)


def test_many_threads_are_served_each_with_its_own_answer(workers: Workers) -> None:
    def ask(number: int) -> bool:
        result = workers.query(f"SELECT ?o {{ <http://e/{number}> <http://e/p> ?o }}")
        return result.table().rows == ((f"第{number:03}项",),)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))


def test_a_full_queue_is_said_to_be_full(base: Path) -> None:
    with Workers(base, count=1, spare=0, timeout=1.0, queue=0) as pool, ThreadPoolExecutor(1) as threads:
        heavy = threads.submit(pool.query, RUNAWAY)
        while not pool.pool.running():
            pass
        with pytest.raises(BusyError, match="try again later"):
            pool.query(LIGHT)
        with pytest.raises(QueryTimeoutError):
            heavy.result()


def test_who_waits_too_long_is_told_so(base: Path) -> None:
    with Workers(base, count=1, spare=0, timeout=1.0, queue=4) as pool, ThreadPoolExecutor(1) as threads:
        heavy = threads.submit(pool.query, RUNAWAY)
        while not pool.pool.running():
            pass
        with pytest.raises(BusyError, match="no worker was free"):
            pool.query(LIGHT, timeout=0.1)
        with pytest.raises(QueryTimeoutError):
            heavy.result()


def test_closing_cancels_what_runs(base: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        pool = Workers(base, count=1, timeout=30)
        heavy = threads.submit(pool.query, RUNAWAY)
        while not pool.pool.running():
            pass
        pool.close()
        with pytest.raises(QueryCancelledError):
            heavy.result()
        with pytest.raises(QueryCancelledError):
            pool.query(LIGHT)


def test_a_missing_base_is_told(tmp_path: Path) -> None:
    with Workers(tmp_path / "none") as pool, pytest.raises(StoreError, match="cannot open the base"):
        pool.query(LIGHT)


# --- no way out -----------------------------------------------------------------------------------------


def without_copy(base: Path, folder: Path) -> Path:
    shutil.copytree(base, folder / "data")
    return folder / "data"


def test_a_dataset_that_has_no_copy_to_be_read_into_memory_is_asked_on_disk(workers: Workers, base: Path, tmp_path: Path) -> None:
    assert engine.rdf.copy_of(base).is_file()
    every = "SELECT ?g ?s ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?o LIMIT 150"
    with Workers(without_copy(base, tmp_path), count=1, spare=0) as pool:
        for query in (LIGHT, every, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"):
            assert pool.query(query).body == workers.query(query).body


def test_a_copy_that_is_damaged_is_told(base: Path, tmp_path: Path) -> None:
    data = without_copy(base, tmp_path)
    engine.rdf.copy_of(data).write_text("<http://e/0> <http://e/p>", encoding="utf-8")
    with Workers(data, count=1, spare=0) as pool, pytest.raises(StoreError, match=r"data\.nq cannot be read"):
        pool.query("ASK {}")


def test_service_is_refused_before_it_runs(workers: Workers) -> None:
    with Canary() as canary:
        with pytest.raises(QueryRefusedError):
            workers.query(f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{canary.port}/> {{ ?s ?p ?o }} }}")
        assert canary.connections() == 0


@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_no_socket_can_be_opened_in_a_worker_even_if_a_query_got_that_far(base: Path, silent: str) -> None:
    with Canary() as canary:
        sparql = f"SELECT * {{ SERVICE {silent} <http://127.0.0.1:{canary.port}/> {{ ?s ?p ?o }} }}"
        nursery = Nursery("tests.isolation_handlers:prepare_unguarded", {"path": str(base)}, 256 << 20)
        try:
            worker = nursery.start()
            worker.send(packed({}, sparql.encode(), 5), _far())
            while (answer := worker.receive()) is None:
                worker.wait(_far())
            worker.close()
        finally:
            nursery.close()
        assert canary.connections() == 0
        assert silent or answer.header["error"] == "query"


def test_graphs_of_from_are_never_fetched(workers: Workers) -> None:
    with Canary() as canary:
        url = f"<http://127.0.0.1:{canary.port}/data.ttl>"
        result = workers.query("SELECT * FROM <u> FROM NAMED <u> { ?s ?p ?o }".replace("<u>", url))
        assert (result.table().rows, canary.connections()) == ((), 0)


def test_workers_die_with_the_process_that_started_them(base: Path) -> None:
    code = (
        "import os, sys, threading; from pathlib import Path; from vetkb.engine import Workers\n"
        "pool = Workers(Path(sys.argv[1]), count=1, timeout=60)\n"
        "threading.Thread(target=pool.query, args=(sys.argv[2],), daemon=True).start()\n"
        "while not pool.pool.running(): pass\n"
        "print(pool.pool._jobs[1].child.pid, flush=True); os._exit(1)\n"
    )
    started = subprocess.run(
        [sys.executable, "-c", code, base, RUNAWAY], capture_output=True, text=True, check=False, env=_path()
    )
    pid = int(started.stdout)
    waited = threading.Event()
    for _ in range(200):
        if not _alive(pid):
            return
        waited.wait(0.05)
    os.kill(pid, 9)
    pytest.fail("the worker outlived its parent")


def _path() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(engine.__file__).parents[2])}


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _far() -> float:
    import time

    return time.monotonic() + 20


# --- results --------------------------------------------------------------------------------------------


def test_a_result_cut_at_a_number_of_rows_says_so_in_every_format(workers: Workers) -> None:
    every = "SELECT ?s ?o { ?s ?p ?o }"
    results = {name: workers.query(every, formats=name, max_rows=5) for name in ("srj", "srx", "csv", "tsv")}
    assert all(result.truncated for result in results.values())
    assert results["srj"].body.count(b'"o":') == 5
    content = json.loads(results["srj"].body)
    assert content["truncated"] is True
    assert len(content["results"]["bindings"]) == 5
    assert b"truncated: true" in results["srx"].body
    assert len(list(ET.fromstring(results["srx"].body).iter("{http://www.w3.org/2005/sparql-results#}result"))) == 5  # noqa: S314 (our own)
    assert results["csv"].body.endswith(b"# truncated: true; only the first 5 rows\r\n")
    assert results["tsv"].body.endswith(b"# truncated: true; only the first 5 rows\n")


@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads"])
def test_a_graph_cut_at_a_number_of_triples_says_so_and_can_be_read(workers: Workers, name: str) -> None:
    result = workers.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", formats=name, max_rows=5)
    assert result.truncated
    assert b"truncated" in result.body
    store = RdfStore.memory()
    assert store.load(result.body, name) == 5


def test_a_result_is_cut_at_a_number_of_bytes(base: Path) -> None:
    with Workers(base, count=1, max_bytes=2_000) as pool:
        result = pool.query("SELECT ?s ?o { ?s ?p ?o }")
    assert result.truncated
    assert 0 < len(result.table().rows) < 30
    assert len(result.body) <= 2_000


def test_a_result_that_fits_exactly_is_not_said_to_be_cut(workers: Workers) -> None:
    assert not workers.query("SELECT ?s { ?s ?p ?o } LIMIT 5", max_rows=5).truncated


def test_several_default_graphs_make_one_graph(workers: Workers) -> None:
    graphs = ["http://e/g0", "http://e/g1"]
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert workers.query(count, default_graphs=graphs).table().rows == ((300,),)
    from_both = count.replace("{", "FROM <http://e/g0> FROM <http://e/g1> {", 1)
    assert workers.query(from_both).table().rows == ((300,),)


def test_graphs_that_are_handed_in_replace_those_of_the_query(workers: Workers) -> None:
    count = "SELECT (COUNT(*) AS ?n) FROM <http://e/g0> { ?s ?p ?o }"
    assert workers.query(count).table().rows == ((150,),)
    assert workers.query(count, default_graphs=["http://e/g1"]).table().rows == ((151,),)
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert workers.query(named, default_graphs=["http://e/g1"]).table().rows == ((0,),)
    assert workers.query(named, named_graphs=["http://e/g1"]).table().rows == ((151,),)
    assert workers.query(count, named_graphs=["http://e/g1"]).table().rows == ((0,),)


@pytest.mark.parametrize(("sparql", "name"), [("ASK {}", "turtle"), ("CONSTRUCT WHERE {}", "csv"), ("SELECT * {}", "pdf")])
def test_a_format_that_does_not_suit_the_query_is_refused(workers: Workers, sparql: str, name: str) -> None:
    with pytest.raises(QueryFormatError, match="cannot be written as"):
        workers.query(sparql, formats=name)


def test_a_syntax_error_keeps_its_place(workers: Workers) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        workers.query("SELECT *\n{ ?s ?p }")
    assert caught.value.line == 2


@pytest.mark.parametrize("text", ["SELECT *\n{ ?s ?p 'x }", 'SELECT *\n{ ?s ?p """x"" }'])
def test_a_string_without_end_is_told_with_the_line_where_it_begins(workers: Workers, text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="a string that begins in line 2 is not closed"):
        workers.query(text)


def test_cells_are_escaped_in_every_format(workers: Workers) -> None:
    decimal = '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    sparql = 'SELECT ?a ?b ?c { BIND("x,\\"y\\"\\n<z>&\\t\\u0001" AS ?a) BIND(DECIMAL AS ?b) }'.replace("DECIMAL", decimal)
    assert workers.query(sparql).table().rows[0][0] == 'x,"y"\n<z>&\t\x01'
    assert workers.query(sparql, formats="csv").body.decode() == 'a,b,c\r\n"x,""y""\n<z>&\t\x01",1.5,\r\n'
    assert workers.query(sparql, formats="tsv").body.decode().splitlines()[1].split("\t")[1:] == ["1.5", ""]
    ET.fromstring(workers.query(sparql, formats="srx").body)  # noqa: S314 (our own)
