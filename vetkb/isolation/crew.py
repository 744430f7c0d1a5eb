"""The workers of a pool: which are idle, which are being started, and the nursery that they come from."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from vetkb.errors import IsolationError
from vetkb.isolation.nursery import Child, Nursery


class Crew:
    """班组 — Up to `most` workers; `reserve` of them are started before anybody needs them.

    `size` counts idle workers, those at work and those that are being started. The lock is the pool's: all but `start` and
    `close` are called by who holds it.
    """

    def __init__(
        self, handler: str, settings: Mapping[str, Any], memory: int, *, most: int, reserve: int, lock: threading.Condition
    ) -> None:
        self.most = most
        self.reserve = reserve
        self.idle: list[Child] = []
        self.size = 0
        self._handler = handler
        self._settings = dict(settings)
        self._memory = memory
        self._lock = lock
        self._nursery: Nursery | None = None
        self._is_starting = False
        self._is_closed = False

    def is_at_work(self) -> bool:
        """Say whether there is neither an idle worker nor room for a new one."""
        return not self.idle and self.size >= self.most

    def pop(self) -> Child | None:
        """Return the worker that has been idle for the shortest time, and forget those that died meanwhile."""
        found = None
        while self.idle and found is None:
            child = self.idle.pop()
            if child.is_gone():
                self.size -= 1
                child.close()
            else:
                found = child
        if found is not None:
            self.look_ahead()
        return found

    def look_ahead(self) -> None:
        """Let a worker start before the next job needs it."""
        if not self._is_closed and not self._is_starting and len(self.idle) < self.reserve and self.size < self.most:
            self._is_starting = True
            self.size += 1
            threading.Thread(target=self._start_ahead, name="vetkb-worker-start", daemon=True).start()

    def start(self) -> Child:
        """Start a worker that `size` counts already. Raises IsolationError, and counts it no longer."""
        try:
            with self._lock:
                if self._is_closed:
                    raise IsolationError("the pool is closed")
                if self._nursery is not None and not self._nursery.alive():
                    self._nursery.close()
                    self._nursery = None
                if self._nursery is None:
                    self._nursery = Nursery(self._handler, self._settings, self._memory)
                nursery = self._nursery
            return nursery.start()
        except BaseException:
            with self._lock:
                self.size -= 1
                self._lock.notify()
            raise

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._is_closed = True
            idle, self.idle = self.idle, []
            nursery, self._nursery = self._nursery, None
        for child in idle:
            child.close()
        if nursery is not None:
            nursery.close()

    def _start_ahead(self) -> None:
        child = None
        with suppress(IsolationError):
            child = self.start()
        with self._lock:
            self._is_starting = False
            if child is None:
                return
            if self._is_closed:
                self.size -= 1
                child.close()
                return
            self.idle.insert(0, child)
            self._lock.notify()
            self.look_ahead()
