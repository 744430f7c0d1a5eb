"""A real server in a process of its own, on a free port."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

from vetkb.base import build, open_base

# of `--timeout`, of what a server waits for a head, for a body, and for the rest of a request: as in production but for this
QUERY_SECONDS, HEAD_SECONDS, BODY_SECONDS, REST_SECONDS = 0.5, 1.0, 2.0, 1.0
_HURRIED = f"""
import sys
from vetkb.cli import main
from vetkb.web import bodies, wire
wire.HEAD_SECONDS, bodies.SECONDS, wire.REST_SECONDS = {HEAD_SECONDS}, {BODY_SECONDS}, {REST_SECONDS}
sys.exit(main(["serve", "--timeout", "{QUERY_SECONDS}", *sys.argv[2:]]))
"""


@contextmanager
def serving(*options, log=None, ends=0, hurried=False):
    """Run `vetkb serve`; yield its process and address. `log` takes the lines of its stderr. It has to end as told.

    `hurried`: one that waits for nobody for long, so that a test need not either.
    """
    program = ["-c", _HURRIED, "serve"] if hurried else ["-m", "vetkb", "serve"]
    command = [sys.executable, *program, "--port", "0", *map(str, options)]
    lines = [] if log is None else log
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        first = process.stderr.readline()
        found = re.search(r"http://[0-9.:]+/", first)
        assert found, first + process.stderr.read()
        reader = threading.Thread(target=lambda: lines.extend(process.stderr), daemon=True)
        reader.start()
        try:
            yield process, found.group().rstrip("/")
            assert process.poll() is None or ends, lines
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)
            reader.join(timeout=20)
    assert process.returncode == ends, lines


def slowness(seconds=0.2):
    """Return how many seconds a second of work takes here and now, since others work on the machine too; 1 where nobody does."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < seconds:
        pass
    return max(1.0, (time.monotonic() - began) / seconds)


@contextmanager
def base_of(folder, text):
    """Build a base of one text in a folder, and yield it."""
    (folder / "text.txt").write_text(text, encoding="utf-8")
    build([folder / "text.txt"], str(folder / "base"), jobs=1)
    with open_base(str(folder / "base")) as base:
        yield base


def until(holds, seconds=60.0):
    """Wait until something holds, and fail where it does not for long."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"it did not come about within {seconds:g} s"
        time.sleep(0.01)
