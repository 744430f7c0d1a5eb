"""Strangers' queries, answered in processes that can be killed (docs/decisions/0001-untrusted-sparql.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from vetkb.engine.guard import MAX_LENGTH
from vetkb.engine.results import RawResult, formats_of
from vetkb.errors import (
    IsolationError,
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    QueryCancelledError,
    QueryError,
    QueryFormatError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    StoreError,
)
from vetkb.isolation import Bounds, Frame, Pool, Worker

if TYPE_CHECKING:
    import asyncio

_HANDLER = "vetkb.engine.worker:prepare"
# processes beyond those for long queries, so that short ones find one free
_SPARE = 8
# of these, as many never run long queries, and are started beforehand
_RESERVE = 2

Formats = Mapping[str, "str | None"]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that a worker is at; to cancel `answer` ends it."""

    answer: asyncio.Future[Frame]
    formats: Formats | str | None

    def result(self) -> RawResult:
        """Return the result once `answer` is done, or raise a QueryError."""
        with _as_query_errors():
            return _result(self.answer.result(), self.formats)


class Workers:
    """查询进程池 — Answers SPARQL queries of strangers. Safe to use from several threads and one event loop.

    `timeout` is in seconds of run time, `memory_mb` what one query may use beyond the open base, `count` how many may run
    long at the same time, `queue` how many callers may wait for a worker. `pool` is for operators: what runs, and its end.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        count: int = 2,
        spare: int = _SPARE,
        timeout: float = 10.0,
        memory_mb: int = 512,
        max_rows: int = 100_000,
        max_bytes: int = 16 << 20,
        queue: int = 32,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self.max_rows = max_rows
        settings = {"path": str(path) if path else None, "prefixes": dict(prefixes or {}), "max_bytes": max_bytes}
        bounds = Bounds(timeout, memory_mb << 20)
        reserve = min(_RESERVE, spare)
        self.pool = Pool(_HANDLER, settings, bounds=bounds, count=count, spare=spare, reserve=reserve, queue=queue)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def query(
        self,
        sparql: str,
        *,
        formats: Formats | str | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        timeout: float | None = None,
        max_rows: int | None = None,
        base_iri: str | None = None,
    ) -> RawResult:
        """Answer a query, or raise a QueryError.

        `formats` names the format of the answer, or one for each kind ({"select": "srj", "construct": None}; None: there is
        none, which raises QueryFormatError); graphs that are given replace those of FROM. `timeout` and `max_rows` can only
        lower the pool's own.
        """
        body = _encoded(sparql)
        request = self._request(formats, default_graphs, named_graphs, max_rows, base_iri)
        with _as_query_errors():
            return _result(self.pool.call(request, body, seconds=timeout, label=sparql), formats)

    def begin(
        self,
        sparql: str,
        *,
        formats: Formats | str | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        timeout: float | None = None,
        max_rows: int | None = None,
        base_iri: str | None = None,
        worker: Worker | None = None,
    ) -> Query | None:
        """Let a query be answered from an event loop, like `query`, by a free worker or by one of `acquire`.

        None where no worker is free at once.
        """
        body = _encoded(sparql)
        request = self._request(formats, default_graphs, named_graphs, max_rows, base_iri)
        answer = self.pool.begin(request, body, seconds=timeout, label=sparql, child=worker)
        return Query(answer, formats) if answer is not None else None

    def acquire(self, timeout: float | None = None) -> Worker:
        """Wait in this thread for a worker to `begin` a query with."""
        with _as_query_errors():
            return self.pool.acquire(timeout)

    def close(self) -> None:
        """End all workers; queries that still run are cancelled."""
        self.pool.close()

    def _request(
        self,
        formats: Formats | str | None,
        default_graphs: Sequence[str] | None,
        named_graphs: Sequence[str] | None,
        max_rows: int | None,
        base_iri: str | None,
    ) -> bytes:
        rows = min(max_rows if max_rows is not None else self.max_rows, self.max_rows)
        kinds = tuple(_by_kind(formats).items())
        return _request(kinds, tuple(default_graphs or ()), tuple(named_graphs or ()), rows, base_iri)


@lru_cache(maxsize=256)
def _request(
    formats: tuple[tuple[str, str | None], ...],
    default_graphs: tuple[str, ...],
    named_graphs: tuple[str, ...],
    max_rows: int,
    base_iri: str | None,
) -> bytes:
    """Return the header of a request, which is the same for most."""
    header = {
        "formats": dict(formats),
        "max_rows": max_rows,
        "base_iri": base_iri,
        "default_graphs": default_graphs or None,
        "named_graphs": named_graphs or None,
    }
    return json.dumps(header).encode()


def _encoded(sparql: str) -> bytes:
    """Encode a query for its worker, which looks at everything but this much."""
    try:
        body = sparql.encode()
    except UnicodeEncodeError:
        raise QuerySyntaxError("the query is not well-formed text (a lone surrogate)") from None
    if len(body) > MAX_LENGTH:
        raise QueryRefusedError(f"the query is too long: {len(body):,} bytes, at most {MAX_LENGTH:,} are read")
    return body


def _by_kind(formats: Formats | str | None) -> Formats:
    if isinstance(formats, str):
        return {kind: formats if formats in formats_of(kind) else None for kind in ("select", "ask", "construct")}
    return formats or {}


def _result(frame: Frame, formats: Formats | str | None) -> RawResult:
    header = frame.header
    error = header.get("error")
    if error is None:
        return RawResult(frame.body, header["format"], header["kind"], header["truncated"])
    if error == "syntax":
        raise QuerySyntaxError(header["message"], header["line"], header["column"])
    if error == "refused":
        raise QueryRefusedError(header["message"])
    if error == "format":
        asked = f" as {formats!r}" if isinstance(formats, str) else " so"
        known = ", ".join(formats_of(header["kind"]))
        raise QueryFormatError(f"the answer of this kind of query cannot be written{asked}; it can as {known}")
    if error == "memory":
        raise QueryMemoryError("the query was ended: it needed more memory than it may have")
    raise QueryError(header["message"])


@contextmanager
def _as_query_errors() -> Iterator[None]:
    try:
        yield
    except JobTimeoutError as error:
        raise QueryTimeoutError(f"the query was ended: {error}; ask for less, or add LIMIT") from None
    except JobFailedError as error:
        raise QueryMemoryError(f"the query was ended: {error}") from None
    except JobCancelledError as error:
        raise QueryCancelledError(f"the query was ended: {error}") from None
    except IsolationError as error:
        raise StoreError(f"a query worker cannot open the base: {error}") from None
