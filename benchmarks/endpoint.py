"""The endpoint beside the native Oxigraph server and rdflib-endpoint: requests per second, in one run on one machine.

    python -m venv PEERS && PEERS/bin/pip install oxigraph rdflib-endpoint "uvicorn[standard]"
    apt-get install wrk
    python benchmarks/endpoint.py --peers PEERS/bin [--seconds 3] [--connections 8] [--rounds 3] [--only look-up …]

All three serve the bundled base, and have to find as many solutions. *Uncached*: each request is another text (a comment with a
number), so that nothing can be answered from memory. *Repeated*: the same GET over and over. The servers are measured in turn,
round after round, and the median of the rounds is shown, since a machine that does other things beside changes by the minute.
The queries of the catalogue follow, each as any engine runs it, for one second each; where rdflib-endpoint has not answered one
within PATIENCE seconds it is started anew, and counted as if it had. *isolated* is the time that a process of its own adds to the
same work on the same data in this one. *engines* is the processor time of one query in this process, without HTTP, in the engine
below the endpoint and in rdflib: no server can be as many times faster than another as its engine is, but by the processors that
it uses beside. What the endpoint is to hold is said at the end, with what it did.

What it is to hold of joins is said of *join*: two hops to a small answer, written as people write it, who say of each thing
what it is. rdflib orders patterns by how many variables they leave open, whatever those are of: it pairs all targets with all
sentences before it looks which belong together, and takes 60 ms on 33,000 triples where the engine takes 0.1. *join without
classes* asks the same of who knows that, *selective join* begins at a thing itself: there rdflib looks at little more than the
engine does, and both are done in milliseconds. *all pairs* has no small answer: it shows the engines' own speed, whatever is
around them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from vetkb.base import open_base
from vetkb.engine.worker import prepare

VK = "PREFIX vk: <https://w3id.org/vetkb/ns#>\n"
FINANCE = "<https://w3id.org/vetkb/id/agency/410500/finance>"
QUERIES = {
    "look-up": f"SELECT ?p ?o {{ {FINANCE} ?p ?o }}",
    "group": "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c",
    # the targets that a clause sets: over their sentences to the clause
    "join": VK + "SELECT ?target { ?target a vk:Target ; vk:sentence ?sentence . "
    '?sentence a vk:Sentence ; vk:item ?item . ?item vk:path "五/2" }',
    "join without classes": VK
    + 'SELECT ?target { ?target vk:bound ?bound ; vk:sentence ?sentence . ?sentence vk:item ?item . ?item vk:path "五/2" }',
    # from one agency to its tasks and on to their clauses
    "selective join": VK + f"SELECT ?task ?clause {{ ?task vk:responsibleAgency {FINANCE} ; vk:operationalises ?clause }}",
    # the tasks that share an agency with one task
    "large join": VK
    + "SELECT ?a ?n { ?a vk:ordinal ?n . ?a vk:responsibleAgency ?x . ?b vk:responsibleAgency ?x . ?b vk:ordinal 15 }",
    # who works with whom
    "all pairs": VK + "SELECT DISTINCT ?a ?b { ?task vk:responsibleAgency ?a , ?b FILTER(STR(?a) < STR(?b)) }",
    "large (over 20 KB)": "SELECT * { ?s ?p ?o } LIMIT 100",
}
JSON = "application/sparql-results+json"
PATIENCE = 15.0
REQUEST = {"formats": {}, "max_rows": 100_000, "base_iri": None, "default_graphs": None, "named_graphs": None}
PORTS = {"vetkb": 8171, "oxigraph": 8172, "rdflib-endpoint": 8173}
PATHS = {"vetkb": "/sparql", "oxigraph": "/query", "rdflib-endpoint": "/query"}
RDFLIB_ENDPOINT = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
data = Dataset(default_union=True)
data.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=data, path="/query"), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""
UNCACHED = """
local number, base = 0, os.getenv("QUERY")
request = function()
  number = number + 1
  return wrk.format("GET", base .. "%23" .. number .. "x" .. math.random(1000000000))
end
"""


@contextmanager
def started(command: list[str], ready: str) -> Iterator[None]:
    """Run a server until the end of the block; wait until an address answers."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(ready, timeout=5).close()
                    break
                except urllib.error.HTTPError:
                    break
                except OSError:
                    time.sleep(0.1)
            yield
        finally:
            # who is at a query would end with it
            process.kill()


@contextmanager
def servers(peers: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """Run all three servers of the bundled base; yield a folder for what else is needed, and what starts rdflib-endpoint anew."""
    with tempfile.TemporaryDirectory() as folder:
        data, store = Path(folder) / "base.nq", f"{folder}/oxigraph"
        with open_base() as base:
            data.write_bytes(base.store.rdf.serialise("nquads"))
        native = str(peers / "oxigraph")
        subprocess.run([native, "load", "--location", store, "--file", str(data)], check=True, capture_output=True)
        where = {name: f"http://127.0.0.1:{port}" for name, port in PORTS.items()}
        serve = [native, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{PORTS['oxigraph']}"]
        slow = [str(peers / "python"), "-c", RDFLIB_ENDPOINT, str(data), str(PORTS["rdflib-endpoint"])]
        with (
            started([sys.executable, "-m", "vetkb", "serve", "--port", str(PORTS["vetkb"])], where["vetkb"] + "/health/ready"),
            started([*serve, "--union-default-graph"], where["oxigraph"]),
            ExitStack() as rdflib,
        ):

            def anew() -> None:
                rdflib.close()
                rdflib.enter_context(started(slow, where["rdflib-endpoint"]))

            anew()
            time.sleep(8)  # until vetkb's processes for /validate are warm
            yield Path(folder), anew


def solutions(peer: str, query: str) -> tuple[int, float]:
    """Ask once; return the number of solutions and the seconds it took."""
    where = f"http://127.0.0.1:{PORTS[peer]}{PATHS[peer]}?query={quote(query)}%23{time.perf_counter_ns()}"
    began = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(where, headers={"accept": JSON}), timeout=PATIENCE) as answer:
        content = json.load(answer)
    return len(content["results"]["bindings"]), time.perf_counter() - began


def rate(
    peer: str, query: str, script: Path | None, seconds: int, connections: int, anew: Callable[[], None]
) -> tuple[float, int | None]:
    """Return requests per second, and how many solutions there are.

    Not a number where a request failed; one in PATIENCE seconds, and no solutions, where none was answered by then.
    """
    try:
        count, once = solutions(peer, query)
    except TimeoutError:
        if peer != "rdflib-endpoint":
            raise
        anew()
        return 1 / PATIENCE, None
    if once * connections > seconds:
        # all connections at once would time out, and be at work still when the next server is measured
        return 1 / once, count
    path = f"{PATHS[peer]}?query={quote(query)}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H", f"Accept: {JSON}"]
    command += ["-s", str(script)] if script else []
    command += [f"http://127.0.0.1:{PORTS[peer]}{path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "QUERY": path})
    try:
        solutions(peer, "SELECT * {} ")  # what wrk left behind is done
    except TimeoutError:
        anew()
    failed = "Non-2xx" in done.stdout
    return float("nan") if failed else float(re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)[1]), count


def isolated(queries: dict[str, str]) -> dict[str, float]:
    """Return the milliseconds that a worker process adds, query by query; print them."""
    added = {}
    with open_base() as base:
        # first, since it forks, and an open dataset has threads
        here = prepare({"path": str(base.store.data), "prefixes": {}, "max_bytes": 16 << 20})()
        for name, query in queries.items():
            inline, apart = [], []
            for number in range(102):
                began = time.perf_counter()
                here(REQUEST, f"{query}#{number}".encode())
                between = time.perf_counter()
                base.workers.query(f"{query}#{number}")
                inline.append(between - began)
                apart.append(time.perf_counter() - between)
            one, other = (statistics.median(times[2:]) * 1000 for times in (inline, apart))
            added[name] = other - one
            print(f"isolated   {name:24} {one:8.2f} ms in process {other:8.2f} ms in a worker {added[name]:+8.2f} ms", flush=True)
    return added


def engines(queries: dict[str, str]) -> dict[str, float]:
    """Return how many times as long rdflib itself takes, query by query; print it."""
    from rdflib import Dataset

    factors = {}
    with open_base() as base:
        here = prepare({"path": str(base.store.data), "prefixes": {}, "max_bytes": 16 << 20})()
        other = Dataset(default_union=True)
        other.parse(data=base.store.rdf.serialise("nquads"), format="nquads")
    for name, query in queries.items():
        taken = {}
        for who, times, ask in (
            ("engine", 30, lambda text: here(REQUEST, text.encode())),
            ("rdflib", 3, lambda text: other.query(text).serialize(format="json")),
        ):
            spent = []
            for number in range(times):
                began = time.process_time()
                ask(f"{query}#{number}")
                spent.append(time.process_time() - began)
            taken[who] = statistics.median(spent) * 1000
        factors[name] = taken["rdflib"] / taken["engine"]
        print(
            f"engines    {name:24} {taken['engine']:8.2f} ms, rdflib {taken['rdflib']:8.2f} ms ({factors[name]:.0f}×)", flush=True
        )
    return factors


def compare(
    way: str,
    queries: dict[str, str],
    script: Path | None,
    seconds: int,
    rounds: int,
    connections: int,
    anew: Callable[[], None],
) -> dict[str, dict[str, float]]:
    """Return requests per second by query and peer; print them, and how many times as many ours are."""
    found = {}
    # it keeps nothing: its repeated requests are its uncached ones
    peers = [peer for peer in PORTS if script or peer != "rdflib-endpoint"]
    for name, query in queries.items():
        taken: dict[str, list[float]] = {peer: [] for peer in peers}
        counts: dict[str, int | None] = {}
        for _ in range(rounds):
            for peer in peers:
                per_second, counts[peer] = rate(peer, query, script, seconds, connections, anew)
                taken[peer].append(per_second)
        found[name] = {peer: statistics.median(rates) for peer, rates in taken.items()}
        ours = found[name]["vetkb"]
        late = [peer for peer, count in counts.items() if count is None]
        shown = "  ".join(
            f"{peer} {'<' if peer in late else ''}{value:9.1f}/s ({'>' if peer in late else ''}{ours / value:7.2f}×)"
            for peer, value in found[name].items()
        )
        differ = f"  SOLUTIONS DIFFER: {counts}" if len({count for count in counts.values() if count is not None}) > 1 else ""
        print(f"{way:10} {name:24} {shown}{differ}", flush=True)
    return found


def verdict(text: str, held: bool, figure: str) -> None:
    print(f"{'held' if held else 'NOT HELD':9} {text}: {figure}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=Path(sys.executable).parent)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="these queries, of the few and of the catalogue")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed")
    with open_base() as base:
        catalogue = {name: query.standalone() for name, query in base.catalogue.items()}
    few, many = ({n: q for n, q in all_.items() if not options.only or n in options.only} for all_ in (QUERIES, catalogue))
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    added, alone = isolated(few | many), engines(few)
    with servers(options.peers) as (folder, anew):
        script = folder / "uncached.lua"
        script.write_text(UNCACHED)
        once = (options.seconds, options.rounds, options.connections)
        uncached, repeated = compare("uncached", few, script, *once, anew), compare("repeated", few, None, *once, anew)
        listed = compare("catalogue", many, script, 1, 1, options.connections, anew)
        repeated |= compare("repeated", many, None, 1, 1, options.connections, anew)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    for name, times in (("look-up", 5), ("join", 200)):
        if name in uncached:
            factor = uncached[name]["vetkb"] / uncached[name]["rdflib-endpoint"]
            figure = f"{factor:.1f}× (the engines alone, of one processor each: {alone[name]:.0f}×)"
            verdict(f"{name}, uncached, at least {times}× rdflib-endpoint", factor >= times, figure)
    for text, rates in (
        ("large answers, uncached", {n: r for n, r in uncached.items() if "large (" in n}),
        ("repeated", repeated),
    ):
        if rates:
            least, name = min((r["vetkb"] / r["oxigraph"], n) for n, r in rates.items())
            verdict(f"{text}, at least as fast as the native server", least >= 1, f"{least:.2f}× at the least ({name})")
    if added:
        most, name = max((value, name) for name, value in added.items())
        verdict("isolation adds at most 1.5 ms at the median", most <= 1.5, f"{most:.2f} ms at the most ({name})")
    for peer in ("oxigraph", "rdflib-endpoint"):
        factors = [math.log(rates["vetkb"] / rates[peer]) for rates in listed.values()]
        if factors:
            mean = math.exp(statistics.fmean(factors))
            print(f"          the catalogue, uncached: at least {mean:.2f}× {peer} (geometric mean of {len(factors)} queries)")


if __name__ == "__main__":
    main()
