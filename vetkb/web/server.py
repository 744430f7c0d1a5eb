"""A server on a port: opens the base, starts its processes, and runs the application until it is told to stop.

What the web needs is loaded while the processes start, since each takes about as long.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from vetkb import __version__
from vetkb.base import open_base
from vetkb.errors import UsageError
from vetkb.store import RemoteStore

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

_LOG = logging.getLogger("vetkb.web")
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
    # uvicorn stops gracefully, then hands the signal on: end like this, so that the base is closed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with listen(options.host, options.port) as listener, ExitStack() as bases:
        base = bases.enter_context(open_())
        base.workers.pool.start()
        questions = bases.enter_context(_appended(options.question_log)) if options.question_log else None
        # half a second's work: the processes start meanwhile
        from vetkb.web.app import create_app
        from vetkb.web.lifetime import run
        from vetkb.web.site import Limits
        from vetkb.web.telemetry import Telemetry, log_as_json

        telemetry = Telemetry(sys.stderr, texts=options.log_text, questions=questions)
        app = create_app(base, Limits(rate=options.rate), telemetry)
        # before uvicorn runs, so that what is wrong with a base ends in one line
        app.site.warm_up()
        log_as_json("vetkb.web", "uvicorn.error")
        address, taken = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        _LOG.info("vetkb %s serves build %s at http://%s:%d/ (Ctrl-C ends it)", __version__, base.build_id, shown, taken)
        if not sys.platform.startswith("linux"):
            _LOG.warning("on this system the memory cap of queries may not hold; serve strangers from Linux")
        run(app, listener, open_, bases)


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


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises UsageError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"serve: {host}:{port} cannot be listened on ({reason}); choose another --host or --port") from None
