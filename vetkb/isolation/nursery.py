"""The near side of one nursery and of the workers that come from it: start, send, receive, kill."""

from __future__ import annotations

import json
import math
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from vetkb.errors import IsolationError
from vetkb.isolation.frames import CHUNK, Frame, Frames, Header

_START_SECONDS = 60.0
_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from vetkb.isolation.child import main; main()"
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])
_KEPT = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class Child:
    """One worker: a channel to it, and the means to end it. Used by one caller at a time."""

    def __init__(self, channel: socket.socket, pid: int, handle: int | None) -> None:
        self._channel = channel
        self.pid = pid
        self._handle = handle
        self._frames = Frames()
        self.fileno = channel.fileno()

    def send(self, frame: bytes, deadline: float) -> None:
        """Send a request. Raises EOFError if the process is dead, TimeoutError if it does not take it in time."""
        left = memoryview(frame)
        while True:
            try:
                left = left[self._channel.send(left) :]
            except BlockingIOError:
                pass
            except OSError:
                raise EOFError from None
            if not left:
                return
            _wait(self._channel, select.POLLOUT, deadline)

    def receive(self) -> Frame | None:
        """Take what has arrived; return an answer that is whole. Raises EOFError if the process is dead."""
        try:
            piece = self._channel.recv(CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            raise EOFError from None
        if not piece:
            raise EOFError
        return self._frames.feed(piece)

    def is_gone(self) -> bool:
        """Say whether a worker that has nothing to do has died all the same."""
        try:
            return not self._channel.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def wait(self, deadline: float) -> None:
        """Wait until something arrives. Raises TimeoutError."""
        _wait(self._channel, select.POLLIN, deadline)

    def greet(self) -> None:
        """Wait until the worker can answer. Raises IsolationError with what it says otherwise."""
        greeting = _first(self, time.monotonic() + _START_SECONDS)
        if "error" in greeting:
            raise IsolationError(str(greeting["error"]))

    def processor_seconds(self) -> float:
        """Return what processor time it has taken so far; more than any where the system does not tell."""
        try:
            # the clock of another process, as clock_getcpuclockid(3) names it
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return math.inf

    def yield_processor(self) -> None:
        """Let everything else on the machine go first."""
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self.pid, 15)

    def kill(self) -> None:
        with suppress(OSError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self._channel.close()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Nursery:
    """A process that has a handler loaded and forks workers from it. Safe to use from several threads."""

    def __init__(self, handler: str, settings: Mapping[str, Any], memory: int) -> None:
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair()
        lifeline, self._lifeline = os.pipe()
        task = {
            "handler": handler,
            "settings": dict(settings),
            "memory": memory,
            "control": theirs.fileno(),
            "lifeline": lifeline,
        }
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and code)
            [sys.executable, "-s", "-c", _CODE, _PACKAGE_PARENT, json.dumps(task)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(), lifeline),
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if name in _KEPT},
        )
        os.close(lifeline)
        theirs.close()
        ours.setblocking(False)
        self._control = Child(ours, self._process.pid, None)
        self._socket = ours
        self._greeted = False

    def start(self) -> Child:
        """Fork a worker. Raises IsolationError."""
        ours, theirs = socket.socketpair()
        handle: int | None = None
        try:
            with self._lock:
                if not self._greeted:
                    self._control.greet()
                    self._greeted = True
                socket.send_fds(self._socket, [b"s"], [theirs.fileno()])
                pid, handle = self._announced(time.monotonic() + _START_SECONDS)
        except (OSError, EOFError):
            ours.close()
            raise IsolationError("the process that starts workers is gone") from None
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        child = Child(ours, pid, handle)
        try:
            child.greet()
        except BaseException:
            child.close()
            raise
        return child

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the nursery and, by the lifeline, every worker that still runs."""
        os.close(self._lifeline)
        with suppress(OSError):
            # wakes a thread that waits for a worker; closing alone would leave it waiting
            self._socket.shutdown(socket.SHUT_RDWR)
        self._process.kill()
        self._process.wait()
        # not under a thread that waits: another channel could get the same number meanwhile
        with self._lock:
            self._socket.close()

    def _announced(self, deadline: float) -> tuple[int, int | None]:
        _wait(self._socket, select.POLLIN, deadline)
        message, descriptors, _, _ = socket.recv_fds(self._socket, CHUNK, 1)
        if not message:
            raise EOFError
        frame = Frames().feed(message)
        if frame is None:
            raise EOFError
        return frame.header["pid"], descriptors[0] if descriptors else None


def _first(child: Child, deadline: float) -> Header:
    try:
        while (answer := child.receive()) is None:
            child.wait(deadline)
        return answer.header
    except (EOFError, TimeoutError):
        raise IsolationError("a worker process could not be started") from None


def _wait(channel: socket.socket, events: int, deadline: float) -> None:
    descriptor = channel.fileno()
    if descriptor < 0:  # another thread closed it
        raise EOFError
    poll = select.poll()
    poll.register(descriptor, events)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
