"""A server on a port: opens the base, runs the application under uvicorn until it is told to stop.

SIGHUP takes up the build that is current by then: it is opened and warmed up beside the one that is served, takes its place
between two requests, and the old one is closed when its last request has been answered.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from vetkb import __version__
from vetkb.base import open_base
from vetkb.errors import UsageError, VetkbError
from vetkb.store import RemoteStore
from vetkb.web.app import create_app, site_now
from vetkb.web.site import Limits, Site, drained
from vetkb.web.telemetry import Telemetry, log_as_json
from vetkb.web.wire import Connection

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

_LOG = logging.getLogger("vetkb.web")
_GRACE_SECONDS = 5
_FLUSH_SECONDS = 0.25
_RETIRE_SECONDS = 120.0
# of malloc.h: what is mapped for itself, what is given back at once, how many heaps threads may have
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD, _M_ARENA_MAX = -3, -1, -8


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve: where, with how many long queries at once and which deadline, how much of a client, what to log,
    which foreign RDF files to serve beside the base.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    timeout: float = 10.0
    rate: float | None = None
    log_text: bool = False
    question_log: Path | None = None
    data: tuple[Path, ...] = ()


def serve(store: str | None, options: Options) -> None:
    """Serve a base until SIGINT or SIGTERM. Port 0 takes a free one; the address is told on stderr.

    Raises UsageError where the port cannot be had, StoreError where the base cannot be opened.
    """
    open_ = partial(_open, store, options)
    _give_memory_back()
    # what loads stays, and nothing of it is garbage
    gc.disable()
    sys.setswitchinterval(0.001)
    # until there is a loop to act on it
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with listen(options.host, options.port) as listener, ExitStack() as bases:
        base = bases.enter_context(open_())
        questions = bases.enter_context(_appended(options.question_log)) if options.question_log else None
        telemetry = Telemetry(sys.stderr, texts=options.log_text, questions=questions)
        app = create_app(base, Limits(rate=options.rate), telemetry)
        # before uvicorn runs, so that what is wrong with a base ends in one line
        site_now(app).warm_up()
        gc.enable()
        gc.freeze()
        log_as_json("vetkb.web", "uvicorn.error")
        address, taken = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        _LOG.info("vetkb %s serves build %s at http://%s:%d/ (Ctrl-C ends it)", __version__, base.build_id, shown, taken)
        if not sys.platform.startswith("linux"):
            _LOG.warning("on this system the memory cap of queries may not hold; serve strangers from Linux")
        # uvicorn stops gracefully, then hands the signal on: end like this, so that the base is closed
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        config = _config(app)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_run(config, app, listener, partial(_reload, app, open_, bases)))


def _give_memory_back() -> None:
    """Have large bodies and answers given back to the system as soon as they are done with, where the C library takes advice.

    Otherwise glibc keeps the room of the largest ones, and a server that was pelted with them stays half as large again.
    """
    with suppress(AttributeError, OSError):
        advise = ctypes.CDLL(None).mallopt
        for what, value in ((_M_MMAP_THRESHOLD, 256 << 10), (_M_TRIM_THRESHOLD, 1 << 20), (_M_ARENA_MAX, 4)):
            advise(what, value)


def _open(store: str | None, options: Options) -> KnowledgeBase:
    base = open_base(store)
    if isinstance(base.store, RemoteStore):
        raise UsageError(
            f"serve: {base.store.endpoint} answers SPARQL itself; what is served beside it (documents, sentences, reports) "
            "is in the folder that `vetkb build` made: name that with --store DIR. "
            "From here, `vetkb query NAME` and `vetkb ask` take the address"
        )
    return replace(base, workers_count=options.workers, timeout=options.timeout, foreign=options.data)


def _appended(path: Path) -> IO[str]:
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"serve: {path} cannot be written ({error.strerror}); choose another --question-log") from None


def _config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="auto",
        http=partial(Connection, partial(site_now, app), app.state.rate),  # type: ignore[arg-type]
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # who speaks to the server is who opened the connection, whatever a header says
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


async def _run(
    config: uvicorn.Config, app: FastAPI, listener: socket.socket, reload: Callable[[], Awaitable[Site | None]]
) -> None:
    tasks: set[asyncio.Task[None]] = set()
    turn = asyncio.Lock()

    def start(work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def take_up() -> None:
        # each looks at what is served then; two at once would both take up the same build, and one be forgotten
        async with turn:
            old = await reload()
        if old is not None:
            await _retire(old)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: start(take_up()))
    start(_flush(app))
    await uvicorn.Server(config).serve(sockets=[listener])


async def _reload(app: FastAPI, open_: Callable[[], KnowledgeBase], bases: ExitStack) -> Site | None:
    """Take up the build that is current; return the site of the one that was served, None where it stays."""
    old = site_now(app)
    try:
        base = bases.enter_context(await asyncio.to_thread(open_))
        if base.build_id == old.base.build_id:
            _LOG.info("build %s is served already", base.build_id)
            base.close()
            return None
        new = old.successor(base)
        try:
            await asyncio.to_thread(new.warm_up)
        except BaseException:  # also where the server stops: what waits for a worker in that thread ends with this
            new.close()
            base.close()
            raise
    except VetkbError as error:
        _LOG.error("the build that is served stays: %s", error)
        return None
    app.state.site = new
    _LOG.info("build %s is served now", base.build_id)
    return old


async def _retire(old: Site) -> None:
    """Close a site that is served no more when its last request has been answered."""
    try:
        await drained(old, _RETIRE_SECONDS)
    finally:
        old.close()
        old.base.close()
    _settle()


def _settle() -> None:
    """Let go of what a build leaves behind; what stays the collector leaves alone, since to look it through holds up who asks."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def _flush(app: FastAPI) -> None:
    while True:
        await asyncio.sleep(_FLUSH_SECONDS)
        site_now(app).telemetry.flush()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises UsageError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"serve: {host}:{port} cannot be listened on ({reason}); choose another --host or --port") from None
