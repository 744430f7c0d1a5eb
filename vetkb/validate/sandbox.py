"""Shapes of a stranger, run where they can be killed: a fresh process with a deadline, a memory cap and no open files.

The process gets triples on stdin and prints results. Once its libraries are loaded it gives up the right to open files
and sockets, so that neither SERVICE nor FROM <file:…> reaches anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from vetkb.engine import Iri, Literal, Quad, RdfStore, Term, parse_rdf, serialise_rdf, write_rdf
from vetkb.errors import ReportError
from vetkb.validate.compiled import compile_shapes
from vetkb.validate.engines import Outcome, run_compiled
from vetkb.validate.shacl import Raw, run_shapes

SECONDS = 60
MEMORY = 1 << 30
_PART = 5_000


def run_isolated(data: Iterable[Quad], shapes: Iterable[Quad], seconds: int = SECONDS, memory: int = MEMORY) -> Outcome:
    """Validate in a process of its own; raises ReportError where it fails, or goes over a cap."""
    rules = serialise_rdf(shapes, "ntriples")
    process = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
        [sys.executable, "-m", "vetkb.validate.sandbox", str(seconds), str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            _send(process, rules, data)
            output, _ = process.communicate(timeout=seconds + 10)
        except subprocess.TimeoutExpired:
            raise ReportError(f"the shapes ran longer than {seconds} seconds") from None
        finally:
            process.kill()
    if process.returncode:
        raise ReportError(f"the shapes ran out of time or memory ({seconds} seconds, {memory >> 20} MB)")
    answer: dict[str, Any] = json.loads(output)
    if "error" in answer:
        raise ReportError(str(answer["error"]))
    return Outcome(tuple(_from_json(r) for r in answer["results"]), tuple(answer["engines"]))


def _send(process: subprocess.Popen[bytes], rules: bytes, data: Iterable[Quad]) -> None:
    """Send the shapes, then the data part by part: the process reads all of it before it runs anything."""
    if process.stdin is None:
        return
    with suppress(BrokenPipeError):  # its end is told by its exit code
        process.stdin.write(b"%d\n" % len(rules) + rules)
        for part in _parts(data):
            process.stdin.write(write_rdf(part, "ntriples"))


def _parts(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    rest = iter(quads)
    while part := list(islice(rest, _PART)):
        yield part


def _from_json(raw: dict[str, Any]) -> Raw:
    value = raw["value"]
    term: Term | None = None
    if value is not None:
        kind, text, datatype, language = value
        term = Iri(text) if kind == "iri" else Literal(text, Iri(datatype) if datatype else None, language)
    shape, path, component = (Iri(raw[k]) if raw[k] else None for k in ("shape", "path", "component"))
    messages = tuple((text, language) for text, language in raw["messages"])
    return Raw(Iri(raw["focus"]), term, path, raw["severity"], shape, component, messages)


def _to_json(raw: Raw) -> dict[str, Any]:
    value = raw.value
    term = None
    if isinstance(value, Literal):
        term = ["literal", value.value, value.datatype, value.language]
    elif value is not None:
        term = ["iri", str(value), None, None]
    return {
        "focus": raw.focus,
        "value": term,
        "path": raw.path,
        "severity": raw.severity,
        "shape": raw.shape,
        "component": raw.component,
        "messages": [list(m) for m in raw.messages],
    }


def main(seconds: int, memory: int) -> None:
    """Read the shapes (their length first) and the data as N-Triples from stdin, validate, print JSON. Runs in the child only.

    The data are never held as a list: a large report costs its text and the store. The reference engine is loaded where
    shapes are left to it.
    """
    import resource

    shapes = list(parse_rdf(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())), "ntriples"))
    data = sys.stdin.buffer.read()
    store = RdfStore.memory()
    store.add(parse_rdf(data, "ntriples"))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        compiled = compile_shapes(shapes)
        if compiled.rest:
            run_shapes([], parse_rdf(_WARM_UP, "turtle"))  # loads everything that is loaded late
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        outcome = run_compiled(store, parse_rdf(data, "ntriples"), compiled)
        answer: dict[str, Any] = {"results": [_to_json(r) for r in outcome.raws], "engines": outcome.engines}
    except ReportError as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer))


_WARM_UP = b"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:s> a sh:NodeShape ; sh:targetNode <urn:n> ; sh:property [ sh:path <urn:p> ; sh:minCount 1 ; sh:pattern "x" ] ;
  sh:sparql [ a sh:SPARQLConstraint ; sh:message "m" ; sh:select "SELECT $this WHERE { FILTER NOT EXISTS { $this ?p ?o } }" ] .
"""

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
