"""How strangers' queries are answered inside a worker process: opened, looked at, run, and written up to the bounds.

A handler for `vetkb.isolation`, which holds time, memory, files and network. A small dataset is read into memory once, from the
copy beside it, where all workers share it and queries run three times as fast; a large one is opened on disk by each worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from vetkb.engine.convert import from_graphs
from vetkb.engine.guard import CheckedQuery, Kind, check_query, tokenise
from vetkb.engine.rdf import copy_of, syntax_error
from vetkb.engine.results import RawResult, formats_of, write_boolean, write_json_natively, write_solutions, write_triples
from vetkb.errors import QueryRefusedError, QuerySyntaxError, UsageError
from vetkb.isolation import Answer, Open

_WARM_UP = "SELECT ?n { { SELECT * { ?a ?b ?c } LIMIT 1 } BIND(STR(?b) AS ?n) } ORDER BY ?n"
_PLAIN: Mapping[str, Any] = {
    "formats": {},
    "max_rows": 1,
    "default_graphs": None,
    "named_graphs": None,
    "base_iri": None,
}


def prepare(settings: Mapping[str, Any]) -> Open:
    """Return what opens the dataset at `path` (None: an empty one) in a worker. Raises OSError."""
    path = settings["path"]
    if path is None:
        return partial(_open, settings, ox.Store())
    if not Path(path).is_dir():
        raise OSError(f"there is no dataset at {path}")
    copy = copy_of(Path(path))
    return partial(_open, settings, _in_memory(copy) if copy.is_file() else path)


def _in_memory(copy: Path) -> ox.Store:
    store = ox.Store()
    try:
        # what wrote it looked at each IRI
        store.bulk_load(path=str(copy), format=ox.RdfFormat.N_QUADS, lenient=True)
    except SyntaxError as error:
        raise OSError(f"{copy} cannot be read ({error})") from None
    return store


def _open(settings: Mapping[str, Any], dataset: ox.Store | str) -> Answer:
    store = ox.Store.read_only(dataset) if isinstance(dataset, str) else dataset
    _run(store, _WARM_UP, {**settings, **_PLAIN})
    return partial(_answer, settings, store)


def _answer(
    settings: Mapping[str, Any], store: ox.Store, request: Mapping[str, Any], body: bytes
) -> tuple[dict[str, Any], bytes]:
    """Answer a query, which is the body; the header has its formats, graphs and bounds."""
    sparql = body.decode()
    try:
        result = _checked(store, sparql, {**settings, **request})
        if isinstance(result, str):
            return {"error": "format", "kind": result}, b""
        header = {"format": result.format, "kind": result.kind, "truncated": result.truncated}
        return header, result.body
    except SyntaxError as error:
        return _told(_complaint(sparql, error)), b""
    except QuerySyntaxError as error:
        return _told(error), b""
    except QueryRefusedError as error:
        return {"error": "refused", "message": str(error)}, b""
    except (RuntimeError, OSError, ValueError, UsageError) as error:
        return {"error": "query", "message": f"the query could not be answered: {error}"}, b""


def _complaint(sparql: str, error: SyntaxError) -> QuerySyntaxError:
    """Return what is wrong with a query: a string without end, which the library looks for in vain, or what it says."""
    try:
        for _ in tokenise(sparql):
            pass
    except QuerySyntaxError as unclosed:
        return unclosed
    return syntax_error(str(error))


def _told(error: QuerySyntaxError) -> dict[str, Any]:
    return {"error": "syntax", "message": str(error), "line": error.line, "column": error.column}


def _checked(store: ox.Store, sparql: str, request: Mapping[str, Any]) -> RawResult | str:
    """Return the result, or the kind of a query whose answer has none of the forms asked for."""
    checked = check_query(sparql)
    if checked.kind is not None and request["formats"].get(checked.kind, "") is None:
        return checked.kind
    return _run(store, sparql, {**request, **_graphs(checked, request)})


def _graphs(checked: CheckedQuery, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dataset: that of the request stands above that of the query, which the library does not unite rightly."""
    default, named = request["default_graphs"], request["named_graphs"]
    if not default and not named and len(checked.default_graphs) > 1:
        default, named = list(checked.default_graphs), list(checked.named_graphs)
    if not default and not named:
        return {"default_graphs": None, "named_graphs": None}
    return {"default_graphs": default or [], "named_graphs": named or []}


def _run(store: ox.Store, sparql: str, request: Mapping[str, Any]) -> RawResult:
    store, dataset = _dataset(store, request["default_graphs"], request["named_graphs"])
    dataset["base_iri"] = request["base_iri"]
    try:
        result = store.query(sparql, **dataset)
    except SyntaxError:
        # it may use the usual names without declaring them; to declare them all takes longer than a light query
        dataset["prefixes"] = request["prefixes"]
        result = store.query(sparql, **dataset)
    kind: Kind = (
        "select" if isinstance(result, ox.QuerySolutions) else "ask" if isinstance(result, ox.QueryBoolean) else "construct"
    )
    asked = request["formats"].get(kind) or formats_of(kind)[0]
    if isinstance(result, ox.QueryBoolean):
        return write_boolean(bool(result), asked)
    if isinstance(result, ox.QuerySolutions):
        if asked == "srj":
            whole = write_json_natively(result, request["max_rows"], request["max_bytes"])
            if whole is not None:
                return whole
            # it does not fit: begin again, and stop at the row
            result = store.query(sparql, **dataset)
            assert isinstance(result, ox.QuerySolutions)  # noqa: S101 (the same query)
        return write_solutions(result, asked, request["max_rows"], request["max_bytes"])
    return write_triples(result, asked, request["max_rows"], request["max_bytes"], request["prefixes"])


def _dataset(store: ox.Store, default: list[str] | None, named: list[str] | None) -> tuple[ox.Store, dict[str, Any]]:
    """Return the store and the options for the dataset that a request names; by the protocol it replaces the query's own.

    Several default graphs are copied into one, over which the library would count a triple more than once.
    """
    if default is None and named is None:
        return store, {}
    options: dict[str, Any] = {"default_graph": from_graphs(default or ()), "named_graphs": from_graphs(named or ())}
    if len(options["default_graph"]) < 2:
        return store, options
    merged = ox.Store()
    for graph in options.pop("default_graph"):
        merged.extend(ox.Quad(q.subject, q.predicate, q.object) for q in store.quads_for_pattern(None, None, None, graph))
    for graph in options["named_graphs"]:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged, {**options, "default_graph": ox.DefaultGraph()}
