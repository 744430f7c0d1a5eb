"""Blocking work off the event loop, with a bound on how much of it may wait.

One lane for each kind of work, so that slow work of one kind never holds up another: questions are answered while
heavy queries run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from vetkb.errors import BusyError

T = TypeVar("T")


class Lane:
    """A few threads for one kind of work; `queue` calls may wait for one, the next is turned away."""

    def __init__(self, name: str, threads: int, queue: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"vetkb-{name}")
        self._most = threads + queue
        self._pending = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread and return what it returns. Raises BusyError when too much waits already."""
        if self._pending >= self._most:
            raise BusyError(f"{self._pending} requests of this kind are being answered already: try again later")
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except asyncio.CancelledError:
            # the server stops and waits no longer: its client gets an answer all the same
            raise BusyError("the server is being stopped: try again later") from None
        finally:
            self._pending -= 1

    def begin(self, work: Callable[[], object]) -> None:
        """Run `work` in a thread for what it leaves behind; what it returns or raises is of no interest."""
        with suppress(RuntimeError):  # the lane is closed
            self._threads.submit(work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
