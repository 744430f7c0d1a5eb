"""A pool of workers: who gets one, how long for, and what becomes of one that takes too long.

`count` jobs may run long; `spare` further workers are there for short ones. A job that is no longer short gives way when
all long places are taken and others wait, so that short jobs are served whatever else is asked. `reserve` of the places are
never left to long jobs, and as many workers are started before anybody needs them. Whoever comes when `queue` wait already is
told to come again. A job is short for `short` seconds of processor time; the worker of a longer one lets all others go first, and
is used no more.

Callers drive their jobs themselves: `call` from a thread of their own, `begin` from an event loop, where a thread may
`acquire` a worker if none is free at once. No thread of the pool's own stands between.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from vetkb.errors import BusyError, JobCancelledError, JobFailedError, JobTimeoutError
from vetkb.isolation.crew import Crew
from vetkb.isolation.frames import Frame, Header, packed
from vetkb.isolation.nursery import Child

if TYPE_CHECKING:
    import asyncio

# of processor time, as long as that takes not much longer by the clock
SHORT_SECONDS = 0.1
_MUCH_LONGER = 5
_LOOK_AGAIN_SECONDS = 0.02
# what certainly fits between two processes without waiting
_SENT_AT_ONCE = 64 << 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one job may take: seconds of wall time, bytes of memory beyond what the worker has when it starts."""

    seconds: float = 10.0
    memory: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Running:
    """A job that is being done: its number, how long already, what it is."""

    id: int
    seconds: float
    label: str


@dataclass(slots=True)
class _Job:
    number: int
    child: Child
    label: str
    seconds: float
    spent_before: float
    began: float = field(default_factory=time.monotonic)
    ended_as: str | None = None
    # holds its place for long; has its worker slowed down
    is_long: bool = False
    is_heavy: bool = False
    timer: asyncio.TimerHandle | None = None

    @property
    def deadline(self) -> float:
        return self.began + self.seconds


class Pool:
    """隔离进程池 — Does jobs in confined processes. Safe to use from several threads and one event loop."""

    def __init__(
        self,
        handler: str,
        settings: Mapping[str, Any],
        *,
        bounds: Bounds | None = None,
        count: int = 2,
        spare: int = 0,
        reserve: int = 0,
        queue: int = 32,
        short: float = SHORT_SECONDS,
    ) -> None:
        self.bounds = bounds or Bounds()
        self._count = count
        self._queue = queue
        self._short = short
        self._lock = threading.Condition()
        self._crew = Crew(handler, settings, self.bounds.memory, most=count + spare, reserve=reserve, lock=self._lock)
        self._waiting = 0
        self._jobs: dict[int, _Job] = {}
        self._last = 0
        self._closed = False
        self._ends: Counter[str] = Counter()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Let the first workers start before anybody needs them."""
        with self._lock:
            self._crew.look_ahead()

    # --- for operators -------------------------------------------------------------------------------

    def running(self) -> list[Running]:
        """Return the jobs that are being done, the longest first."""
        now = time.monotonic()
        with self._lock:
            return [Running(job.number, now - job.began, job.label) for job in self._jobs.values()]

    def waiting(self) -> int:
        return self._waiting

    def workers(self) -> int:
        """Return how many worker processes there are."""
        return self._crew.size

    def ends(self) -> Mapping[str, int]:
        """Return how many jobs ended in which way: done, timeout, died, cancelled, gave-way, busy."""
        with self._lock:
            return dict(self._ends)

    def cancel(self, number: int) -> bool:
        """End a running job; say whether there was one of that number."""
        with self._lock:
            job = self._jobs.get(number)
            if job is not None:
                self._end(job, "cancelled")
            return job is not None

    def close(self) -> None:
        """End all workers; jobs that still run are cancelled."""
        with self._lock:
            self._closed = True
            for job in self._jobs.values():
                self._end(job, "cancelled")
            self._lock.notify_all()
        self._crew.close()

    # --- for callers ---------------------------------------------------------------------------------

    def call(self, header: Header | bytes, body: bytes = b"", *, seconds: float | None = None, label: str = "") -> Frame:
        """Do a job in this thread's time. `seconds` can only lower the pool's own bound.

        Raises BusyError, JobTimeoutError, JobCancelledError, JobFailedError (it died, most likely at its memory cap).
        """
        allowed = self._allowed(seconds)
        job = self._began(self._take(allowed), allowed, label)
        answer: Frame | None = None
        try:
            job.child.send(packed(header, body, allowed), job.deadline)
            look = job.began + self._short
            while (answer := job.child.receive()) is None:
                try:
                    job.child.wait(min(look, job.deadline))
                except TimeoutError:
                    if time.monotonic() >= job.deadline:
                        raise
                    look = time.monotonic() + self._look_at(job)
        except (TimeoutError, EOFError) as error:
            raise self._failure(job, error) from None
        finally:
            self._finished(job, answer)
        return answer

    def begin(
        self,
        header: Header | bytes,
        body: bytes = b"",
        *,
        seconds: float | None = None,
        label: str = "",
        child: Child | None = None,
    ) -> asyncio.Future[Frame] | None:
        """Do a job from an event loop, in a worker that is idle or in one that was acquired; None where none is idle.

        The future raises what `call` raises; to cancel it ends the job.
        """
        allowed = self._allowed(seconds)
        frame = packed(header, body, allowed)
        if child is None:
            child = self._idle_now() if len(frame) <= _SENT_AT_ONCE else None
            if child is None:
                return None
        job = self._began(child, allowed, label)
        import asyncio  # who has no event loop does not pay for one: 9 MB

        loop = asyncio.get_running_loop()
        done: asyncio.Future[Frame] = loop.create_future()
        done.add_done_callback(partial(self._left, loop, job))
        loop.add_reader(child.fileno, self._arrived, job, done)
        job.timer = loop.call_later(min(self._short, allowed), self._still_there, loop, job, done)
        try:
            child.send(frame, job.deadline)
        except (TimeoutError, EOFError) as error:
            done.set_exception(self._failure(job, error))
        return done

    def acquire(self, seconds: float | None = None) -> Child:
        """Wait in this thread for a worker, to `begin` a job with. Raises BusyError, JobCancelledError, IsolationError."""
        return self._take(self._allowed(seconds))

    # --- jobs of an event loop -----------------------------------------------------------------------

    def _arrived(self, job: _Job, done: asyncio.Future[Frame]) -> None:
        try:
            answer = job.child.receive()
        except EOFError as error:
            if not done.done():
                done.set_exception(self._failure(job, error))
            return
        if answer is not None and not done.done():
            done.set_result(answer)

    def _still_there(self, loop: asyncio.AbstractEventLoop, job: _Job, done: asyncio.Future[Frame]) -> None:
        left = job.deadline - time.monotonic()
        if left > 0:
            job.timer = loop.call_later(min(left, self._look_at(job)), self._still_there, loop, job, done)
        elif not done.done():
            done.set_exception(self._failure(job, TimeoutError()))

    def _left(self, loop: asyncio.AbstractEventLoop, job: _Job, done: asyncio.Future[Frame]) -> None:
        if job.timer is not None:
            job.timer.cancel()
        loop.remove_reader(job.child.fileno)
        self._finished(job, None if done.cancelled() or done.exception() is not None else done.result())

    # --- workers -------------------------------------------------------------------------------------

    def _allowed(self, seconds: float | None) -> float:
        return min(seconds or self.bounds.seconds, self.bounds.seconds)

    def _idle_now(self) -> Child | None:
        with self._lock:
            return self._crew.pop() if not self._waiting and not self._closed else None

    def _take(self, patience: float) -> Child:
        """Return an idle worker or a new one; wait for one if all are at work."""
        end = time.monotonic() + patience
        with self._lock:
            if self._crew.is_at_work() and self._waiting >= self._queue:
                self._ends["busy"] += 1
                raise BusyError(f"{self._waiting} others wait already: try again later")
            self._waiting += 1
            try:
                while not self._closed and self._crew.is_at_work():
                    left = end - time.monotonic()
                    if left <= 0:
                        self._ends["busy"] += 1
                        raise BusyError(f"no worker was free within {patience:g} seconds: try again later")
                    self._lock.wait(min(left, self._until_one_gives_way()))
            finally:
                self._waiting -= 1
            if self._closed:
                raise JobCancelledError("the server is closing")
            child = self._crew.pop()
            if child is not None:
                return child
            self._crew.size += 1
        return self._crew.start()

    def _until_one_gives_way(self) -> float:
        """Make the youngest job that is no longer short give way to who waits, or return when there may be one to."""
        beyond = [job for job in list(self._jobs.values())[self._count :] if job.ended_as is None]
        if not beyond or any(job.ended_as for job in self._jobs.values()):
            return SHORT_SECONDS
        long = [job for job in beyond if job.is_long]
        if not long:
            return _LOOK_AGAIN_SECONDS
        self._end(long[-1], "gave-way")
        return SHORT_SECONDS

    # --- jobs ----------------------------------------------------------------------------------------

    def _began(self, child: Child, seconds: float, label: str) -> _Job:
        with self._lock:
            self._last += 1
            job = _Job(self._last, child, label, seconds, child.processor_seconds())
            self._jobs[job.number] = job
            if self._closed:
                self._end(job, "cancelled")
        return job

    def _look_at(self, job: _Job) -> float:
        """Let a job that is no longer short stand behind others; return the seconds after which to look at it again.

        What counts is processor time: on a busy machine a job that has got little of it is none the heavier for that. It
        only holds its place no longer than by the clock.
        """
        now = time.monotonic()
        left = self._short - (job.child.processor_seconds() - job.spent_before)
        is_light = left > 0
        if not is_light or now - job.began >= _MUCH_LONGER * self._short:
            self._no_longer_short(job, is_heavy=not is_light)
        return max(left, _LOOK_AGAIN_SECONDS) if is_light else max(0.0, job.deadline - now)

    def _no_longer_short(self, job: _Job, *, is_heavy: bool) -> None:
        with self._lock:
            if job.number not in self._jobs:
                return
            job.is_long = True
            if is_heavy:
                job.is_heavy = True
                job.child.yield_processor()
            long = [one for one in self._jobs.values() if one.is_long and one.ended_as is None]
            if len(long) > self._crew.most - self._crew.reserve:
                self._end(long[-1], "gave-way")

    def _end(self, job: _Job, how: str) -> None:
        """Kill what does a job; its caller learns of it by the end of the channel. The lock is held."""
        if job.ended_as is None:
            job.ended_as = how
            job.child.kill()

    def _failure(self, job: _Job, error: Exception) -> Exception:
        if isinstance(error, TimeoutError):
            job.ended_as = job.ended_as or "timeout"
            return JobTimeoutError(f"it was not done within {job.seconds:g} seconds")
        if job.ended_as == "cancelled":
            return JobCancelledError("it was cancelled")
        if job.ended_as == "gave-way":
            return BusyError("the server is busy, and this took longer than others could wait: try again later")
        job.ended_as = job.ended_as or "died"
        return JobFailedError(f"it needed more than {self.bounds.memory >> 20} MB, or its process died")

    def _finished(self, job: _Job, answer: Frame | None) -> None:
        """Take the worker back if it is as good as new, and let the next one have it or its place."""
        header = answer.header if answer is not None else None
        usable = header is not None and not header.get("crowded") and header.get("error") != "memory"
        with self._lock:
            self._ends[job.ended_as or ("done" if answer is not None else "abandoned")] += 1
            del self._jobs[job.number]
            # a worker that was slowed down stays slow
            keep = usable and not job.is_heavy and job.ended_as is None and not self._closed
            if keep:
                self._crew.idle.append(job.child)
            else:
                self._crew.size -= 1
                self._crew.look_ahead()
            if self._waiting:
                self._lock.notify()
        if not keep:
            job.child.close()
