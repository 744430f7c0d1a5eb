"""The nursery and the workers that it forks: what runs on the far side of a pool.

The kernel, not this code, holds the bounds, since native code that runs away listens to nobody: memory (RLIMIT_AS),
processor time (RLIMIT_CPU), wall time (SIGALRM), no new file or socket (RLIMIT_NOFILE 0), no byte written to a file, no
core. When the pool's process dies, its end of the lifeline closes, and SIGIO ends nursery and workers wherever they are.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn, TypeAlias

from vetkb.isolation.frames import CHUNK, Frame, Frames, packed

Answer: TypeAlias = Callable[[Mapping[str, Any], bytes], tuple[Mapping[str, Any], bytes]]
Open: TypeAlias = Callable[[], Answer]
Handler: TypeAlias = Callable[[Mapping[str, Any]], Open]

_GRACE_SECONDS = 1.0
_NICE = 3


def main() -> None:
    """Load a handler, and fork a worker for each channel that comes in. argv: a JSON object."""
    task = json.loads(sys.argv[1])
    control = socket.socket(fileno=task["control"])
    _die_together(task["lifeline"])
    module, _, function = task["handler"].partition(":")
    try:
        handler: Handler = getattr(importlib.import_module(module), function)
        opened = handler(task["settings"])
    except Exception as error:  # noqa: BLE001 (told to the pool, which raises it)
        control.sendall(packed({"error": str(error) or type(error).__name__}))
        return
    # who starts is waited for; who works is not
    _first_to_go()
    # what is loaded stays: a collector that looked at it in each worker would copy the pages that they share
    gc.collect()
    gc.freeze()
    control.sendall(packed({"ready": True}))
    # nobody waits for the workers: the kernel takes them away
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message or not descriptors:
            return
        pid = os.fork()
        if not pid:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _work(socket.socket(fileno=descriptors[0]), opened, task["memory"])
        os.close(descriptors[0])
        _announce(control, pid)


def confine(memory: int | None = None) -> None:
    """Give up the right to open anything, to write a file, to leave a core, and to map more than `memory` further bytes."""
    if memory is not None:
        cap = _mapped() + memory
        with suppress(ValueError, OSError):  # a system that does not know it
            resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    for name in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(name, (0, 0))


def _announce(control: socket.socket, pid: int) -> None:
    """Tell the pool who the new worker is; the descriptor of a process cannot come to mean another one, as its number can."""
    descriptor = -1
    with suppress(AttributeError, OSError):
        descriptor = os.pidfd_open(pid)
    frame = packed({"pid": pid})
    if descriptor < 0:
        control.sendall(frame)
        return
    socket.send_fds(control, [frame], [descriptor])
    os.close(descriptor)


def _work(channel: socket.socket, opened: Open, memory: int) -> NoReturn:
    """Answer requests until the channel closes."""
    try:
        try:
            answer = opened()
            gc.collect()
            gc.freeze()
            statm = _open_statm()
            confine(memory)
        except Exception as error:  # noqa: BLE001 (told to the pool, which raises it)
            channel.sendall(packed({"error": str(error) or type(error).__name__}))
            os._exit(1)
        channel.sendall(packed({"ready": True}))
        cap = resource.getrlimit(resource.RLIMIT_AS)[0]
        frames = Frames()
        while piece := channel.recv(CHUNK):
            request = frames.feed(piece)
            if request is not None:
                header, body = _bounded(answer, request)
                crowded = statm >= 0 and cap != resource.RLIM_INFINITY and _mapped(statm) > cap - memory // 2
                channel.sendall(packed({**header, "crowded": True} if crowded else header, body))
    except OSError:
        os._exit(0)
    except BaseException:  # noqa: BLE001 (a worker ends, it does not go on as a nursery)
        os._exit(1)
    os._exit(0)


def _bounded(answer: Answer, request: Frame) -> tuple[Mapping[str, Any], bytes]:
    """Answer a request within its seconds: behind them, and a little later than the pool would, the kernel ends this process."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    processor = int(spent.ru_utime + spent.ru_stime + request.seconds + _GRACE_SECONDS) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, request.seconds + _GRACE_SECONDS)
    try:
        return answer(request.header, request.body)
    except MemoryError:
        return {"error": "memory"}, b""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _die_together(lifeline: int) -> None:
    """Let the kernel end this process and all that it forks when the other end of the lifeline closes."""
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    for number in (signal.SIGIO, signal.SIGALRM, signal.SIGXCPU, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _first_to_go() -> None:
    """Let the server go before its workers on the processor; where memory runs out, let the kernel take a worker."""
    with suppress(OSError):
        os.nice(_NICE)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 (a switch of the kernel, not a path)
        score.write("800")


def _open_statm() -> int:
    with suppress(OSError):
        return os.open("/proc/self/statm", os.O_RDONLY)
    return -1


def _mapped(statm: int | None = None) -> int:
    """Return the bytes of address space that this process has mapped; 0 where the system does not tell."""
    descriptor = _open_statm() if statm is None else statm
    if descriptor < 0:
        return 0
    try:
        return int(os.pread(descriptor, 64, 0).split()[0]) * resource.getpagesize()
    finally:
        if statm is None:
            os.close(descriptor)


if __name__ == "__main__":
    main()
