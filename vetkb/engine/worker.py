"""The process in which strangers' queries run: it opens a dataset, gives up every right it does not need, and answers.

Frames go through stdin and stdout: four bytes of length, a JSON object, and behind an answer its body. The kernel,
not this code, enforces the bounds, since native code that runs away listens to nobody: memory (RLIMIT_AS), processor
time (RLIMIT_CPU), wall time (SIGALRM), no new file or socket (RLIMIT_NOFILE 0), no byte written to a file, no core.
When the parent dies, its end of the lifeline pipe closes and SIGIO ends this process wherever it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

import pyoxigraph as ox

from vetkb.engine.convert import from_graphs
from vetkb.engine.guard import Kind
from vetkb.engine.rdf import syntax_error
from vetkb.engine.results import RawResult, formats_of, write_boolean, write_solutions, write_triples
from vetkb.errors import UsageError

_LENGTH = struct.Struct(">I")
_GRACE_SECONDS = 1.0
_NO_DATASET: Mapping[str, Any] = {"default_graphs": None, "named_graphs": None, "prefixes": {}, "base_iri": None}
_WARM_UP = "SELECT ?n { { SELECT * { ?a ?b ?c } LIMIT 1 } BIND(STR(?b) AS ?n) } ORDER BY ?n"


def main() -> None:
    """Serve queries until stdin closes. Arguments: JSON with path, memory (bytes) and lifeline (file descriptor)."""
    settings = json.loads(sys.argv[1])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    _die_with_parent(settings["lifeline"])
    try:
        store = ox.Store.read_only(settings["path"]) if settings["path"] else ox.Store()
        _run(store, {"query": _WARM_UP, "formats": {}, "max_rows": 1, "max_bytes": 1000, **_NO_DATASET})
    except OSError as error:
        write_frame(answers, {"error": "store", "message": str(error)})
        return
    statm = os.open("/proc/self/statm", os.O_RDONLY)
    cap = _address_space(statm) + settings["memory"]
    _limit(cap)
    write_frame(answers, {"ready": True})
    while (request := read_frame(requests)) is not None:
        header, body = _answer(store, request)
        header["crowded"] = _address_space(statm) > cap - settings["memory"] // 2
        write_frame(answers, header, body)


def read_frame(stream: BinaryIO) -> dict[str, Any] | None:
    """Read a JSON object, None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    content: dict[str, Any] = json.loads(stream.read(_LENGTH.unpack(head)[0]))
    return content


def write_frame(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write a JSON object that tells the size of the body, and the body."""
    encoded = json.dumps({**header, "size": len(body)}).encode()
    stream.write(_LENGTH.pack(len(encoded)) + encoded + body)
    stream.flush()


def _address_space(statm: int) -> int:
    """Return the bytes of address space that this process has mapped; the file is opened before the limits forbid it."""
    return int(os.pread(statm, 64, 0).split()[0]) * resource.getpagesize()


def _die_with_parent(lifeline: int) -> None:
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    for number in (signal.SIGIO, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _limit(address_space_cap: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (address_space_cap, address_space_cap))
    for name in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(name, (0, 0))


def _answer(store: ox.Store, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    seconds = float(request["timeout"])
    spent = resource.getrusage(resource.RUSAGE_SELF)
    processor = int(spent.ru_utime + spent.ru_stime + seconds + _GRACE_SECONDS) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
    try:
        result = _run(store, request)
        header = {"format": result.format, "kind": result.kind, "truncated": result.truncated, "rows": result.rows}
        return header, result.body
    except SyntaxError as error:
        complaint = syntax_error(str(error))
        return {"error": "syntax", "message": str(complaint), "line": complaint.line, "column": complaint.column}, b""
    except MemoryError:
        return {"error": "memory", "message": "no memory left"}, b""
    except (RuntimeError, OSError, ValueError, UsageError) as error:
        return {"error": "query", "message": f"the query could not be answered: {error}"}, b""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _run(store: ox.Store, request: Mapping[str, Any]) -> RawResult:
    store, dataset = _dataset(store, request["default_graphs"], request["named_graphs"])
    prefixes = request["prefixes"]
    result = store.query(request["query"], base_iri=request["base_iri"], prefixes=prefixes, **dataset)
    kind: Kind = (
        "select" if isinstance(result, ox.QuerySolutions) else "ask" if isinstance(result, ox.QueryBoolean) else "construct"
    )
    asked = request["formats"].get(kind) or formats_of(kind)[0]
    if isinstance(result, ox.QueryBoolean):
        return write_boolean(bool(result), asked)
    if isinstance(result, ox.QuerySolutions):
        return write_solutions(result, asked, request["max_rows"], request["max_bytes"])
    return write_triples(result, asked, request["max_rows"], request["max_bytes"], prefixes)


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


if __name__ == "__main__":
    main()
