"""An application under uvicorn, from its first request to its last.

SIGHUP takes up the build that is current by then: it is opened and warmed up beside the one that is served, takes its place
between two requests, and the old one is closed when its last request has been answered.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from vetkb.errors import VetkbError
from vetkb.web.app import Application
from vetkb.web.site import Site, drained
from vetkb.web.wire import Connection

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

_LOG = logging.getLogger("vetkb.web")
_GRACE_SECONDS = 5
_FLUSH_SECONDS = 0.25
_RETIRE_SECONDS = 120.0


def run(app: Application, listener: socket.socket, open_: Callable[[], KnowledgeBase], bases: ExitStack) -> None:
    """Run an application until it is told to stop; `open_` opens the build that is current, `bases` closes what was opened."""
    config = _config(app)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_run(config, app, listener, partial(_reload, app, open_, bases)))


def _config(app: Application) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="auto",
        http=partial(Connection, lambda: app.site, app.rate),  # type: ignore[arg-type]
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
    config: uvicorn.Config, app: Application, listener: socket.socket, reload: Callable[[], Awaitable[Site | None]]
) -> None:
    tasks: set[asyncio.Task[None]] = set()
    turn = asyncio.Lock()

    def start(work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def prepare() -> None:
        try:
            await asyncio.to_thread(app.load)
            await asyncio.to_thread(app.site.prepare)
        except VetkbError as error:  # told to who asks, too
            _LOG.error("questions cannot be answered: %s", error)
        finally:
            gc.enable()
            gc.freeze()

    async def take_up() -> None:
        # each looks at what is served then; two at once would both take up the same build, and one be forgotten
        async with turn:
            old = await reload()
        if old is not None:
            await _retire(old)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: start(take_up()))
    start(_flush(app))
    start(prepare())
    await uvicorn.Server(config).serve(sockets=[listener])


async def _reload(app: Application, open_: Callable[[], KnowledgeBase], bases: ExitStack) -> Site | None:
    """Take up the build that is current; return the site of the one that was served, None where it stays."""
    old = app.site
    try:
        base = bases.enter_context(await asyncio.to_thread(open_))
        if base.build_id == old.base.build_id:
            _LOG.info("build %s is served already", base.build_id)
            base.close()
            return None
        new = old.successor(base)
        try:
            await asyncio.to_thread(new.warm_up)
            await asyncio.to_thread(new.prepare)
        except BaseException:  # also where the server stops: what waits for a worker in that thread ends with this
            new.close()
            base.close()
            raise
    except VetkbError as error:
        _LOG.error("the build that is served stays: %s", error)
        return None
    app.site = new
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


async def _flush(app: Application) -> None:
    while True:
        await asyncio.sleep(_FLUSH_SECONDS)
        app.site.telemetry.flush()
