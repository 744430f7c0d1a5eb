"""Handlers that do in a worker what no handler of ours would, so that tests can see what the process allows."""

from __future__ import annotations

import os
import signal
import socket
import time
from functools import partial

import pyoxigraph as ox


def prepare_deeds(settings):
    """A worker that tries what its request names."""
    return lambda: partial(_answer, settings)


def _answer(settings, request, body):
    deed = request["deed"]
    try:
        return {"outcome": DEEDS[deed](settings, request)}, body
    except (OSError, ValueError) as error:
        return {"outcome": type(error).__name__}, b""


DEEDS = {
    "echo": lambda settings, request: request.get("word"),
    "pid": lambda settings, request: os.getpid(),
    "sleep": lambda settings, request: time.sleep(request["time"]),
    "work": lambda settings, request: all(time.process_time() < request["time"] for _ in iter(int, 1)),
    "spin": lambda settings, request: all(not number for number in iter(int, 1)),
    "read": lambda settings, request: open("/etc/hostname").read(),  # noqa: SIM115, PTH123
    "connect": lambda settings, request: socket.create_connection(("127.0.0.1", request["port"])).close(),
    "take": lambda settings, request: len(bytearray(request["bytes"])),
    "die": lambda settings, request: os.kill(os.getpid(), signal.SIGKILL),
    "fail": lambda settings, request: 1 / 0,
}


def prepare_failure(settings):
    raise OSError("nothing is there")


def prepare_unguarded(settings):
    """SPARQL without the look that is taken at it before it runs."""
    return lambda: partial(_query, ox.Store.read_only(settings["path"]))


def _query(store, request, body):
    try:
        return {}, store.query(body.decode()).serialize(format=ox.QueryResultsFormat.JSON)
    except (OSError, RuntimeError):
        return {"error": "query"}, b""
