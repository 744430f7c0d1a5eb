"""An RDF dataset in memory or on disk, asked with SPARQL 1.1 in this process. For queries of our own.

The default graph of a query is the union of the named graphs. The library can unite them while it answers,
but then counts a triple once for each graph that holds it, which SPARQL forbids; so each triple is also kept
in the default graph itself, once. This costs space and makes joins three times as fast.

A result never leaves the thread and the call that made it. Nothing is ever fetched from a network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from vetkb.engine.convert import (
    Bindable,
    Value,
    from_bindings,
    from_iri,
    from_quad,
    from_term,
    from_value,
    to_node,
    to_quad,
    to_rows,
    to_term,
    to_value,
)
from vetkb.engine.entities import check_entities, check_whole
from vetkb.engine.nquads import to_nquads
from vetkb.engine.terms import Iri, Quad, Term
from vetkb.errors import QueryError, QuerySyntaxError, ReportError, StoreError, UsageError

RDF_FORMATS: Mapping[str, ox.RdfFormat] = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
# bytes on disk up to which a dataset is also kept as one text, to be read into memory, where it takes about four times as many
MOST_IN_MEMORY = 32 << 20
_PART, _PIECES = 5_000, 1_000  # quads, or pieces of text of a few lines, that are added to a store at once
_QUAD_FORMATS = frozenset({"trig", "nquads", "jsonld"})
_SYNTAX_PLACE = re.compile(r"^error at (\d+):(\d+): ", re.ASCII)
_NOISE = re.compile(r"\[[^\[\]]*\](, | or )?|_rw|<unreported>", re.ASCII)

Function = Callable[..., "Bindable | None"]


@dataclass(frozen=True, slots=True)
class Table:
    """The solutions of a SELECT: `rows` are tuples in the order of `columns`, None where unbound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def dicts(self) -> list[dict[str, Value]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@contextmanager
def query_errors() -> Iterator[None]:
    """Turn what the library raises while it parses or answers into our own errors."""
    try:
        yield
    except SyntaxError as error:
        raise syntax_error(str(error)) from None
    except (RuntimeError, OSError, ValueError) as error:
        raise QueryError(f"the query could not be answered: {error}") from None


def syntax_error(message: str) -> QuerySyntaxError:
    """Return the library's complaint in short: the place, and what would have been allowed there."""
    place = _SYNTAX_PLACE.match(message)
    line, column = (int(place[1]), int(place[2])) if place else (0, 0)
    rest = " ".join(_NOISE.sub("", message[place.end() :] if place else message).split()).strip(" ,")
    if rest in ("expected", "expected one of", ""):
        rest = "this cannot stand here"
    where = f" at line {line}, column {column}" if place else ""
    return QuerySyntaxError(f"the query cannot be read{where}: {rest[:300]}", line, column)


def parse_rdf(data: bytes | Path, syntax: str, graph: Iri | None = None, base_iri: str | None = None) -> Iterator[Quad]:
    """Read RDF; triples outside of any named graph get `graph`. Raises ReportError for data that is malformed."""
    yield from map(to_quad, _parse(data, syntax, graph, base_iri))


def serialise_rdf(quads: Iterable[Quad], syntax: str, prefixes: Mapping[str, str] | None = None) -> bytes:
    """Write RDF, sorted, so that equal graphs give equal bytes. Formats without graphs get the triples alone."""
    native: Iterable[Any] = [from_quad(quad) for quad in quads]
    if syntax not in _QUAD_FORMATS:
        native = {quad.triple for quad in native}
    return _written(sorted(native, key=str), syntax, prefixes)


def write_rdf(quads: Iterable[Quad], syntax: str, prefixes: Mapping[str, str] | None = None) -> bytes:
    """Write RDF in the order in which it comes, one statement after the other, so that a generator is never held whole."""
    native = map(from_quad, quads)
    return _written(native if syntax in _QUAD_FORMATS else (quad.triple for quad in native), syntax, prefixes)


def _written(native: Iterable[Any], syntax: str, prefixes: Mapping[str, str] | None) -> bytes:
    return ox.serialize(native, format=_format(syntax), prefixes=dict(prefixes) if prefixes else None) or b""


def _format(name: str) -> ox.RdfFormat:
    try:
        return RDF_FORMATS[name]
    except KeyError:
        raise UsageError(f"unknown RDF format {name!r}; known: {', '.join(RDF_FORMATS)}") from None


def _parse(data: bytes | Path, syntax: str, graph: Iri | None, base_iri: str | None) -> Iterator[ox.Quad]:
    target = from_iri(graph) if graph is not None else None
    try:
        if syntax == "rdfxml":
            data = data.read_bytes() if isinstance(data, Path) else data
            check_entities(data)
            check_whole(data)
        source = {"path": str(data)} if isinstance(data, Path) else {"input": data}
        for quad in ox.parse(format=_format(syntax), base_iri=base_iri, **source):
            if target is not None and isinstance(quad.graph_name, ox.DefaultGraph):
                quad = ox.Quad(quad.subject, quad.predicate, quad.object, target)
            yield quad
    except (SyntaxError, ValueError) as error:
        raise ReportError(f"the data cannot be read as {syntax}: {error}") from None
    except OSError as error:
        raise ReportError(f"the data cannot be read: {error}") from None


def copy_of(path: Path) -> Path:
    """Return where the copy of a small dataset is: N-Quads, as the dataset has them."""
    return path.with_name(path.name + ".nq")


class RdfStore:
    """三元组库 — A dataset of named graphs that answers SPARQL queries."""

    def __init__(self, store: ox.Store, path: Path | None = None) -> None:
        self._store = store
        self._path = path

    @classmethod
    def memory(cls) -> RdfStore:
        return cls(ox.Store())

    @classmethod
    def open(cls, path: Path | str, read_only: bool = True) -> RdfStore:
        """Open a dataset on disk. Many may read it at once, one may write it while nobody reads."""
        if read_only and not (Path(path) / "CURRENT").is_file():
            raise StoreError(f"there is no base at {path}: build it with `vetkb build`")
        try:
            return cls(ox.Store.read_only(str(path)) if read_only else ox.Store(str(path)), Path(path))
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the base at {path} cannot be opened, build it anew with `vetkb build`: {error}") from None

    def load(self, data: bytes | Path, syntax: str, graph: Iri | None = None, base_iri: str | None = None) -> int:
        """Read RDF into the store, return the number of statements; `graph` takes those that name none."""
        quads = list(_parse(data, syntax, graph, base_iri))
        self._extend(quads)
        return len(quads)

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads; those of a generator are held a few thousand at a time."""
        rest = iter(quads)
        while part := list(islice(rest, _PART)):
            named = [Quad(quad.subject, quad.predicate, quad.object) for quad in part if quad.graph is not None]
            self._read(part)
            if named:
                self._read(named)

    def add_lines(self, pieces: Iterable[str]) -> None:
        """Add triples that are written down already, as pieces of N-Triples that each end at the end of a line.

        What makes quads of them by the hundred thousand takes longer than what reads them. Raises UsageError.
        """
        rest = iter(pieces)
        while part := list(islice(rest, _PIECES)):
            try:
                self._store.load(input="".join(part).encode(), format=ox.RdfFormat.N_TRIPLES)
            except SyntaxError as error:
                raise UsageError(f"these are no triples: {error}") from None

    def _read(self, quads: Sequence[Quad]) -> None:
        """Add quads as text; blank nodes, which would get other names so, term by term."""
        try:
            self._store.load(input=to_nquads(quads), format=ox.RdfFormat.N_QUADS)
        except (UsageError, SyntaxError):
            self._store.extend([from_quad(quad) for quad in quads])

    def _extend(self, quads: Sequence[ox.Quad]) -> None:
        self._store.extend(quads)
        named = [quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)]
        self._store.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in named)

    def bulk_load(self, nquads: Path) -> None:
        """Load a file of canonical N-Quads, each with a graph, without holding it in memory."""
        triples = nquads.with_suffix(".union.nt")
        with nquads.open("rb") as lines, triples.open("wb") as out:
            out.writelines(line.rstrip(b".\n ").rsplit(b" ", 1)[0] + b" .\n" for line in lines)
        try:
            self._store.bulk_load(path=str(nquads), format=ox.RdfFormat.N_QUADS)
            self._store.bulk_load(path=str(triples), format=ox.RdfFormat.N_TRIPLES)
        except (SyntaxError, OSError) as error:
            raise StoreError(f"the part {nquads} cannot be loaded: {error}") from None
        finally:
            triples.unlink()

    def finish(self) -> None:
        """Put what was loaded into its final form on disk: that of many readers, and of those who read all of it at once."""
        self._store.optimize()
        self._store.flush()
        if self._path is not None and sum(file.stat().st_size for file in self._path.iterdir()) <= MOST_IN_MEMORY:
            self._store.dump(str(copy_of(self._path)), ox.RdfFormat.N_QUADS)

    def select(
        self,
        sparql: str,
        bindings: Mapping[str, Bindable] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> Table:
        """Run a SELECT. A bound variable must be in its projection; an unbound one stays a variable."""
        solutions = self._query(sparql, bindings, functions)
        if not isinstance(solutions, ox.QuerySolutions):
            raise UsageError("this query is not a SELECT")
        with query_errors():
            columns = tuple(variable.value for variable in solutions.variables)
            written = solutions.serialize(format=ox.QueryResultsFormat.TSV) or b""
        return Table(columns, to_rows(written, len(columns)))

    def terms(
        self,
        sparql: str,
        bindings: Mapping[str, Bindable] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> list[dict[str, Term]]:
        """Run a SELECT and return its solutions as terms, with their languages and datatypes."""
        solutions = self._query(sparql, bindings, functions)
        if not isinstance(solutions, ox.QuerySolutions):
            raise UsageError("this query is not a SELECT")
        with query_errors():
            names = [variable.value for variable in solutions.variables]
            return [
                {name: to_term(term) for name, term in zip(names, solution, strict=True) if term is not None}
                for solution in solutions
            ]

    def construct(
        self,
        sparql: str,
        bindings: Mapping[str, Bindable] | None = None,
        functions: Mapping[str, Function] | None = None,
        graph: Iri | None = None,
    ) -> list[Quad]:
        """Run a CONSTRUCT or DESCRIBE; each triple comes once, in `graph`."""
        triples = self._query(sparql, bindings, functions)
        if not isinstance(triples, ox.QueryTriples):
            raise UsageError("this query is not a CONSTRUCT")
        with query_errors():
            made = (Quad(to_node(t.subject), Iri(t.predicate.value), to_term(t.object), graph) for t in triples)
            return list(dict.fromkeys(made))

    def ask(self, sparql: str, bindings: Mapping[str, Bindable] | None = None) -> bool:
        answer = self._query(sparql, bindings, None)
        if not isinstance(answer, ox.QueryBoolean):
            raise UsageError("this query is not an ASK")
        return bool(answer)

    def _query(
        self, sparql: str, bindings: Mapping[str, Bindable] | None, functions: Mapping[str, Function] | None
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        native = {ox.NamedNode(iri): _native(function) for iri, function in (functions or {}).items()}
        with query_errors():
            return self._store.query(sparql, substitutions=from_bindings(bindings or {}), custom_functions=native)

    @property
    def graph_names(self) -> list[Iri]:
        return sorted(to_node(graph) for graph in self._store.named_graphs())

    def quads(self, graph: Iri | None = None) -> list[Quad]:
        """Return the quads of one named graph, or of all; what stands outside of every named graph comes last."""
        if graph is not None:
            return [to_quad(quad) for quad in self._store.quads_for_pattern(None, None, None, from_iri(graph))]
        named = [quad for quad in self._store if not isinstance(quad.graph_name, ox.DefaultGraph)]
        known = {quad.triple for quad in named}
        alone = [quad for quad in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph()) if quad.triple not in known]
        return [to_quad(quad) for quad in [*named, *alone]]

    def triples(self) -> list[Quad]:
        """Return every triple once, whichever graphs hold it."""
        return [to_quad(quad) for quad in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph())]

    def about(self, subject: Iri) -> list[Quad]:
        """Return every statement about a subject, with the graph that holds it."""
        node = from_iri(subject)
        found = self._store.quads_for_pattern(node, None, None, None)
        return [to_quad(quad) for quad in found if not isinstance(quad.graph_name, ox.DefaultGraph)]

    def pointing_at(self, value: Iri, most: int) -> list[Quad]:
        """Return statements that have an IRI as their object, with the graph that holds them; at most so many."""
        found = self._store.quads_for_pattern(None, None, from_iri(value), None)
        return [to_quad(quad) for quad in islice((q for q in found if not isinstance(q.graph_name, ox.DefaultGraph)), most)]

    def in_graph(self, graph: Iri, most: int) -> list[Quad]:
        """Return the statements of a named graph, at most so many."""
        return [to_quad(quad) for quad in islice(self._store.quads_for_pattern(None, None, None, from_iri(graph)), most)]

    def graphs_of(self, subject: Iri, predicate: Iri, value: Term) -> list[Iri]:
        """Return the named graphs that hold a triple."""
        pattern = (from_iri(subject), ox.NamedNode(predicate), from_term(value), None)
        found = self._store.quads_for_pattern(*pattern)
        return sorted(to_node(quad.graph_name) for quad in found if not isinstance(quad.graph_name, ox.DefaultGraph))

    def serialise(self, syntax: str, graph: Iri | None = None, prefixes: Mapping[str, str] | None = None) -> bytes:
        return serialise_rdf(self.quads(graph), syntax, prefixes)

    def __len__(self) -> int:
        """Return the number of different triples."""
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def _native(function: Function) -> Callable[..., Any]:
    """Wrap a function over Python values for the library; None is an error in the sense of SPARQL."""

    def call(*terms: object) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
        answer = function(*(to_value(term) for term in terms))
        if answer is None:
            return None
        return from_value(answer)

    return call
