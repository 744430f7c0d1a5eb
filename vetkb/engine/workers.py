"""A pool of worker processes for strangers' queries (docs/decisions/0001-untrusted-sparql.md).

A caller's own thread takes a worker, hands it the query, waits until the deadline and kills it there; no thread
of the pool's own stands between. Workers start when they are first needed, and anew after they died.
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from vetkb.engine.guard import CheckedQuery, check_query
from vetkb.engine.results import RawResult, formats_of
from vetkb.errors import (
    BusyError,
    QueryCancelledError,
    QueryError,
    QueryMemoryError,
    QuerySyntaxError,
    QueryTimeoutError,
    StoreError,
    UsageError,
)

_START_SECONDS = 30.0
_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from vetkb.engine.worker import main; main()"
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, slots=True)
class Running:
    """A query that is being answered: its number, how long already, its text."""

    id: int
    seconds: float
    sparql: str


class _Worker:
    """One process and the three pipes to it. Used by one thread at a time."""

    def __init__(self, path: Path | None, memory: int) -> None:
        lifeline, self._lifeline = os.pipe()
        settings = {"path": str(path) if path else None, "memory": memory, "lifeline": lifeline}
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and code)
            [sys.executable, "-s", "-c", _CODE, _PACKAGE_PARENT, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(lifeline,),
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV")},
        )
        os.close(lifeline)
        self.cancelled = False

    def greet(self) -> None:
        """Wait until the process has opened its base."""
        try:
            greeting, _ = self._read(time.monotonic() + _START_SECONDS)
        except (EOFError, TimeoutError):
            raise StoreError("a query worker could not be started") from None
        if "error" in greeting:
            raise StoreError(f"a query worker cannot open the base: {greeting['message']}")

    def ask(self, request: Mapping[str, Any], deadline: float) -> tuple[dict[str, Any], bytes]:
        """Send a request and return the answer. Raises EOFError if the process dies, TimeoutError at the deadline."""
        body = json.dumps(request).encode()
        assert self._process.stdin is not None  # noqa: S101 (a pipe was asked for)
        try:
            self._process.stdin.write(struct.pack(">I", len(body)) + body)
            self._process.stdin.flush()
        except OSError:
            raise EOFError from None
        return self._read(deadline)

    def _read(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        size = struct.unpack(">I", self._exactly(4, deadline))[0]
        header: dict[str, Any] = json.loads(self._exactly(size, deadline))
        return header, self._exactly(header["size"], deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 (a pipe was asked for)
        descriptor = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        parts: list[bytes] = []
        while size > 0:
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            part = os.read(descriptor, min(size, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """End the process and its pipes."""
        self._process.kill()
        os.close(self._lifeline)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self._process.wait()


class Workers:
    """查询进程池 — Answers SPARQL queries of strangers in processes that can be killed.

    `timeout` is in seconds of run time, `memory_mb` what one query may use beyond the open base, `queue` how many
    callers may wait for a worker. Safe to use from several threads.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        count: int = 2,
        timeout: float = 10.0,
        memory_mb: int = 512,
        max_rows: int = 10_000,
        max_bytes: int = 16 << 20,
        queue: int = 32,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self._path = path
        self._count = count
        self._timeout = timeout
        self._memory = memory_mb << 20
        self._max_rows = max_rows
        self._max_bytes = max_bytes
        self._queue = queue
        self._prefixes = dict(prefixes or {})
        self._lock = threading.Condition()
        self._idle: list[_Worker] = []
        self._started = 0
        self._waiting = 0
        self._running: dict[int, tuple[_Worker, float, str]] = {}
        self._last_id = 0
        self._closed = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def query(
        self,
        sparql: str,
        *,
        formats: Mapping[str, str] | str | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        timeout: float | None = None,
        max_rows: int | None = None,
        base_iri: str | None = None,
    ) -> RawResult:
        """Answer a query, or raise a QueryError.

        `formats` names the format of the answer, or one for each kind ({"select": "srj", "construct": "turtle"});
        graphs that are given replace those of FROM. `timeout` and `max_rows` can only lower the pool's own.
        """
        checked = check_query(sparql)
        seconds = min(timeout or self._timeout, self._timeout)
        request = {
            "query": sparql,
            "formats": _formats(checked, formats),
            "timeout": seconds,
            "max_rows": min(max_rows if max_rows is not None else self._max_rows, self._max_rows),
            "max_bytes": self._max_bytes,
            "prefixes": self._prefixes,
            "base_iri": base_iri,
            **_graphs(checked, default_graphs, named_graphs),
        }
        header, body = self._ask(request, seconds)
        if "error" in header:
            raise _error(header)
        return RawResult(body, header["format"], header["kind"], header["truncated"], header["rows"])

    def running(self) -> list[Running]:
        """Return the queries that are being answered, the longest first."""
        now = time.monotonic()
        with self._lock:
            return [Running(number, now - began, sparql) for number, (_, began, sparql) in sorted(self._running.items())]

    def cancel(self, number: int) -> bool:
        """End a running query; say whether there was one of that number."""
        with self._lock:
            if number not in self._running:
                return False
            worker = self._running[number][0]
            worker.cancelled = True
            worker.kill()
            return True

    def close(self) -> None:
        """End all workers; queries that still run are cancelled."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for worker, _, _ in self._running.values():
                worker.cancelled = True
                worker.kill()
            self._lock.notify_all()
        for worker in idle:
            worker.close()

    def _ask(self, request: Mapping[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        worker = self._take(seconds)
        began = time.monotonic()
        with self._lock:
            self._last_id += 1
            number = self._last_id
            self._running[number] = (worker, began, request["query"])
        alive = False
        try:
            header, body = worker.ask(request, began + seconds)
            alive = not header.get("crowded") and header.get("error") != "memory"
            return header, body
        except TimeoutError:
            raise QueryTimeoutError(f"the query was ended after {seconds:g} seconds: ask for less, or add LIMIT") from None
        except EOFError:
            if worker.cancelled:
                raise QueryCancelledError("the query was cancelled") from None
            cap = self._memory >> 20
            raise QueryMemoryError(f"the query was ended: it needed more than {cap} MB, or its process died") from None
        finally:
            with self._lock:
                del self._running[number]
            self._give_back(worker, alive and not worker.cancelled)

    def _take(self, patience: float) -> _Worker:
        """Return an idle worker or a new one; wait for one if all are at work."""
        end = time.monotonic() + patience
        with self._lock:
            if not self._idle and self._started >= self._count and self._waiting >= self._queue:
                raise BusyError(f"{self._waiting} queries are waiting already: try again later")
            self._waiting += 1
            try:
                while not self._closed and not self._idle and self._started >= self._count:
                    if not self._lock.wait(end - time.monotonic()):
                        raise BusyError(f"no worker was free within {patience:g} seconds: try again later")
            finally:
                self._waiting -= 1
            if self._closed:
                raise QueryCancelledError("the server is closing")
            if self._idle:
                return self._idle.pop()
            self._started += 1
        return self._start()

    def _start(self) -> _Worker:
        worker = None
        try:
            worker = _Worker(self._path, self._memory)
            worker.greet()
            return worker
        except BaseException:
            if worker is not None:
                worker.close()
            with self._lock:
                self._started -= 1
                self._lock.notify()
            raise

    def _give_back(self, worker: _Worker, alive: bool) -> None:
        with self._lock:
            keep = alive and not self._closed
            if keep:
                self._idle.append(worker)
            else:
                self._started -= 1
            self._lock.notify()
        if not keep:
            worker.close()


def _formats(checked: CheckedQuery, formats: Mapping[str, str] | str | None) -> dict[str, str]:
    if isinstance(formats, str):
        formats = {checked.kind or "select": formats}
    name = (formats or {}).get(checked.kind or "")
    if name is not None and name not in formats_of(checked.kind):
        known = ", ".join(formats_of(checked.kind))
        raise UsageError(f"the answer of this kind of query cannot be written as {name!r}; it can as {known}")
    return dict(formats or {})


def _graphs(checked: CheckedQuery, default: Sequence[str] | None, named: Sequence[str] | None) -> dict[str, list[str] | None]:
    if not default and not named and len(checked.default_graphs) > 1:
        default, named = checked.default_graphs, checked.named_graphs
    if not default and not named:
        return {"default_graphs": None, "named_graphs": None}
    return {"default_graphs": list(default or ()), "named_graphs": list(named or ())}


def _error(header: Mapping[str, Any]) -> QueryError:
    if header["error"] == "syntax":
        return QuerySyntaxError(header["message"], header["line"], header["column"])
    if header["error"] == "memory":
        return QueryMemoryError("the query was ended: it needed more memory than it may have")
    return QueryError(header["message"])
