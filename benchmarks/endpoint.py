"""The endpoint beside the native Oxigraph server and rdflib-endpoint: requests per second, in one run on one machine.

    pip install oxigraph rdflib-endpoint        (in an environment of their own: --peers DIR is its bin folder)
    apt-get install wrk
    python benchmarks/endpoint.py [--peers DIR] [--seconds 3] [--connections 8] [--rounds 3] [--catalogue]

All three serve the bundled base. *Uncached*: each request is another text (a comment with a number), so that nothing can be
answered from memory. *Repeated*: the same GET over and over. The servers are measured in turn, round after round, and the
median of the rounds is shown, since a machine that does other things beside changes by the minute. `isolated` is the time that
the worker process adds to a query that is asked of the same dataset in this process. `--catalogue` measures the queries of the
catalogue, each as any engine runs it, in place of the few below.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from vetkb.base import open_base

VK = "PREFIX vk: <https://w3id.org/vetkb/ns#>\n"
FINANCE = "<https://w3id.org/vetkb/id/agency/410500/finance>"
QUERIES = {
    "look-up": f"SELECT ?p ?o {{ {FINANCE} ?p ?o }}",
    "group": "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c",
    "selective join": VK + f"SELECT ?task ?clause {{ ?task vk:responsibleAgency {FINANCE} ; vk:operationalises ?clause }}",
    "large join": VK
    + "SELECT ?a ?n { ?a vk:ordinal ?n . ?a vk:responsibleAgency ?x . ?b vk:responsibleAgency ?x . ?b vk:ordinal 15 }",
    "large (over 20 KB)": "SELECT * { ?s ?p ?o } LIMIT 100",
}
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
            process.terminate()


def rate(address: str, query: str, options: argparse.Namespace, script: Path | None) -> float:
    """Return requests per second; a failed one makes it a fault."""
    where = f"{address}?query={quote(query)}"
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "-H", "Accept: application/sparql-results+json"]
    command += ["-s", str(script)] if script else []
    path = "/" + where.split("/", 3)[3]
    done = subprocess.run([*command, where], capture_output=True, text=True, check=True, env={**os.environ, "QUERY": path})
    if "Non-2xx" in done.stdout:
        return float("nan")
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)[1])


def isolated(queries: dict[str, str]) -> None:
    """Print what the worker process adds, query by query."""
    with open_base() as base:
        for name, query in queries.items():
            here, there = [], []
            for _ in range(200):
                began = time.perf_counter()
                base.store.rdf.select(query)
                between = time.perf_counter()
                base.workers.query(query)
                here.append(between - began)
                there.append(time.perf_counter() - between)
            inline, apart = (statistics.median(times) * 1000 for times in (here, there))
            print(f"isolated   {name:20} {inline:8.2f} ms in process {apart:8.2f} ms in a worker {apart - inline:+8.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=Path(sys.executable).parent)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--catalogue", action="store_true")
    options = parser.parse_args()
    queries = QUERIES
    if options.catalogue:
        with open_base() as base:
            queries = {name: query.standalone() for name, query in base.catalogue.items()}
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed")
    isolated(queries)
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "base.nq", Path(folder) / "uncached.lua"
        script.write_text(UNCACHED)
        with open_base() as base:
            data.write_bytes(base.store.rdf.serialise("nquads"))
        peers = {"vetkb": "http://127.0.0.1:8171/sparql", "oxigraph": "http://127.0.0.1:8172/query"}
        native, store = str(options.peers / "oxigraph"), f"{folder}/oxigraph"
        subprocess.run([native, "load", "--location", store, "--file", str(data)], check=True, capture_output=True)
        serve = [native, "serve-read-only", "--location", store, "--bind", "127.0.0.1:8172", "--union-default-graph"]
        slow = [str(options.peers / "python"), "-c", RDFLIB_ENDPOINT, str(data), "8173"]
        with (
            started([sys.executable, "-m", "vetkb", "serve", "--port", "8171"], "http://127.0.0.1:8171/health/ready"),
            started(serve, "http://127.0.0.1:8172/"),
            started(slow, "http://127.0.0.1:8173/"),
        ):
            compare({**peers, "rdflib-endpoint": "http://127.0.0.1:8173/query"}, queries, options, script)


def compare(peers: dict[str, str], queries: dict[str, str], options: argparse.Namespace, script: Path) -> None:
    """Print requests per second, and how many times as many as the others."""
    for way, used in (("uncached", script), ("repeated", None)):
        for name, query in queries.items():
            asked = {peer: [] for peer in peers if used or peer != "rdflib-endpoint"}
            for _ in range(options.rounds):
                for peer, found in asked.items():
                    found.append(rate(peers[peer], query, options, used))
            medians = {peer: statistics.median(found) for peer, found in asked.items()}
            ours = medians["vetkb"]
            # a peer that answered nothing in the time counts as one that answered once
            times = {peer: ours / (value or 1 / options.seconds) for peer, value in medians.items()}
            shown = "  ".join(f"{peer} {value:9.1f}/s ({times[peer]:7.2f}×)" for peer, value in medians.items())
            print(f"{way:10} {name:20} {shown}", flush=True)


if __name__ == "__main__":
    main()
