"""A server on a port: opens the base, runs the application under uvicorn until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from dataclasses import replace

import uvicorn

from vetkb import __version__
from vetkb.base import open_base
from vetkb.errors import UsageError
from vetkb.web.app import create_app

_LOG = logging.getLogger("vetkb.web")
_GRACE_SECONDS = 5


def serve(store: str | None, *, host: str, port: int, workers: int, timeout: float) -> None:
    """Serve a base until SIGINT or SIGTERM. Port 0 takes a free one; the address is told on stderr.

    Raises UsageError where the port cannot be had, StoreError where the base cannot be opened.
    """
    with listen(host, port) as listener, replace(open_base(store), workers_count=workers, timeout=timeout) as base:
        app = create_app(base)
        # before uvicorn runs, so that what is wrong with a base ends in one line
        app.state.site.warm_up()
        _log_to_stderr()
        address, taken = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        _LOG.info("vetkb %s serves build %s at http://%s:%d/ (Ctrl-C ends it)", __version__, base.build_id, shown, taken)
        # uvicorn stops gracefully, then hands the signal on: end like this, so that the base is closed
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        config = uvicorn.Config(
            app,
            loop="auto",
            http="auto",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises UsageError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"serve: {host}:{port} cannot be listened on ({reason}); choose another --host or --port") from None


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    for name, level in (("vetkb.web", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level)
