"""Clients that others wrote: they read every format of the endpoint, and what they read is what the base says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from rdflib import Graph
from running import serving

from vetkb.engine import Iri, Literal, Quad
from vetkb.store import build_store

TEXTS = ("a+b 50%25", "汉字 “引号”", 'x,"y"\n<z>&\t;', "")
ROWS = "SELECT ?s ?o { ?s <urn:text> ?o } ORDER BY ?s"
GRAPH = "CONSTRUCT WHERE { ?s <urn:text> ?o }"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    quads = [Quad(Iri(f"urn:s{n}"), Iri("urn:text"), Literal(text), Iri("urn:graph")) for n, text in enumerate(TEXTS)]
    build_store([], folder, shared=quads).close()
    with serving("--store", folder) as (_, url):
        yield f"{url}/sparql"


def texts_of(graph):
    return sorted(str(value) for _, _, value in graph)


# --- SPARQLWrapper -----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_reads_rows(endpoint, name, method):
    from SPARQLWrapper import SPARQLWrapper

    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(ROWS)
    wrapper.setMethod(method)
    wrapper.setReturnFormat(name)
    read = wrapper.query().convert()
    if name == "json":
        assert [row["o"]["value"] for row in read["results"]["bindings"]] == list(TEXTS)
    elif name == "xml":
        literals = [node.firstChild.data if node.firstChild else "" for node in read.getElementsByTagName("literal")]
        assert literals == list(TEXTS)
    else:
        assert TEXTS[0] in read.decode()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", ["turtle", "rdf+xml", "n3", "json-ld"])
def test_sparqlwrapper_reads_graphs(endpoint, name):
    from SPARQLWrapper import SPARQLWrapper

    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(GRAPH)
    wrapper.setReturnFormat(name)
    read = wrapper.query().convert()
    graph = read if isinstance(read, Graph) else Graph().parse(data=read, format="turtle")
    assert texts_of(graph) == sorted(TEXTS)


# --- rdflib ------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_rdflib_reads_the_endpoint_as_a_store(endpoint, name, method):
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    store = SPARQLStore(endpoint, method=method, returnFormat=name)
    rows = [str(row.o or "") for row in store.query(ROWS)]
    assert len(rows) == len(TEXTS)
    assert rows[:2] == list(TEXTS[:2])
    if name in ("json", "xml"):
        assert store.query("ASK { ?s <urn:text> 'a+b 50%25' }").askAnswer is True
    if name == "xml":
        # with another format rdflib accepts no syntax of a graph
        assert texts_of(store.query(GRAPH).graph) == sorted(TEXTS)


# --- curl --------------------------------------------------------------------------------------------

MEDIA_TYPES = {
    ROWS: ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"),
    GRAPH: (
        *("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"),
        *("application/trig", "application/n-quads"),
    ),
}


@pytest.mark.parametrize(("query", "media_type"), [(query, name) for query, names in MEDIA_TYPES.items() for name in names])
def test_curl_gets_the_format_it_accepts(endpoint, query, media_type):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = ["curl", "-sS", "-G", endpoint, "--data-urlencode", f"query={query}", "-H", f"Accept: {media_type}"]
    done = subprocess.run([*command, "-w", "\n%{http_code} %{content_type}"], capture_output=True, check=True)
    body, _, said = done.stdout.decode().rpartition("\n")
    assert said.startswith(f"200 {media_type}")
    assert "a+b 50%25" in body


# --- a client in JavaScript --------------------------------------------------------------------------

SCRIPT = """
const { SparqlEndpointFetcher } = require('fetch-sparql-endpoint');
const [endpoint, rows, graph] = process.argv.slice(2);
const read = (stream) => new Promise((resolve, reject) => {
  const found = [];
  stream.on('data', (item) => found.push(item)).on('end', () => resolve(found)).on('error', reject);
});
(async () => {
  const result = {};
  for (const method of ['GET', 'POST']) {
    const fetcher = new SparqlEndpointFetcher({ method });
    result[method] = {
      rows: (await read(await fetcher.fetchBindings(endpoint, rows))).map((row) => row.o.value),
      ask: await fetcher.fetchAsk(endpoint, "ASK { ?s <urn:text> 'a+b 50%25' }"),
      graph: (await read(await fetcher.fetchTriples(endpoint, graph))).map((triple) => triple.object.value).sort(),
    };
  }
  const fetcher = new SparqlEndpointFetcher();
  for (const accept of ['application/sparql-results+json', 'application/sparql-results+xml']) {
    const [type, , stream] = await fetcher.fetchRawStream(endpoint, rows, accept);
    stream.resume();
    result[accept] = type;
  }
  console.log(JSON.stringify(result));
})();
"""


def test_a_client_in_javascript_reads_rows_answers_and_graphs(endpoint, tmp_path):
    modules = os.environ.get("VETKB_NODE_MODULES")
    if shutil.which("node") is None or not modules:
        pytest.skip("node is not installed, or VETKB_NODE_MODULES names no folder with fetch-sparql-endpoint")
    (tmp_path / "read.js").write_text(SCRIPT)
    command = ["node", str(tmp_path / "read.js"), endpoint, ROWS, GRAPH]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "NODE_PATH": str(Path(modules))}
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    for method in ("GET", "POST"):
        assert read[method] == {"rows": list(TEXTS), "ask": True, "graph": sorted(TEXTS)}
    for media_type in ("application/sparql-results+json", "application/sparql-results+xml"):
        assert read[media_type] == media_type
