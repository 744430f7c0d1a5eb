"""Shapes and data → results, and which engine found them: compiled queries where a shape allows it, else pySHACL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from vetkb.engine import Quad, RdfStore
from vetkb.paths import SHAPES
from vetkb.validate.compiled import Compiled, compile_shapes, run_constraints
from vetkb.validate.shacl import Raw, read_shapes, run_shapes
from vetkb.validate.shapes import GENERATED

COMPILED, REFERENCE = "compiled", "pyshacl"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Results, and the engines that ran (none where there was no shape)."""

    raws: tuple[Raw, ...] = ()
    engines: tuple[str, ...] = ()


def run_compiled(store: RdfStore, data: Iterable[Quad], compiled: Compiled) -> Outcome:
    """Run compiled shapes over `store`, and what could not be compiled over `data`, the same triples, in pySHACL.

    Raises ReportError where shapes are ill-formed.
    """
    raws = run_constraints(store, compiled.constraints)
    engines = (COMPILED,) if compiled.constraints else ()
    if not compiled.rest:
        return Outcome(raws, engines)
    return Outcome((*raws, *run_shapes(data, compiled.rest)), (*engines, REFERENCE))


def run_all(data: Sequence[Quad], shapes: Iterable[Quad]) -> Outcome:
    """Compile shapes and run them over triples."""
    store = RdfStore.memory()
    store.add(data)
    return run_compiled(store, data, compile_shapes(shapes))


def shape_files(kind: str, *, generated: bool = True) -> list[Quad]:
    """Return the shapes of one folder of shapes/, all its files together; with or without those made by `shapes_of`."""
    files = ((path.name, path.read_bytes()) for path in sorted((SHAPES / kind).glob("*.ttl")))
    chosen = ((name, data) for name, data in files if generated or not data.startswith(GENERATED.encode()))
    return [q for name, data in chosen for q in read_shapes(data, name, trusted=True)]


@cache
def compiled_files(kind: str) -> Compiled:
    """Return the shapes of a folder that are not generated, compiled once a process: they ship with the code."""
    return compile_shapes(shape_files(kind, generated=False))
