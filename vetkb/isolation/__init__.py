"""Work on strangers' input, done in processes that can be killed: a deadline, a memory cap, no file and no network.

    prepare(settings) -> open() -> answer(header, body) -> (header, body)

A handler is named as `module:function`. The function runs once in a nursery, a process with one thread that loads what
all workers share; what it returns runs in each worker forked from there, before the worker gives up its rights; and what
that returns answers one request after the other. Knows nothing of SPARQL, RDF or HTTP; needs the standard library alone.
"""

from __future__ import annotations

from vetkb.isolation.child import Answer, Handler, Open, confine
from vetkb.isolation.frames import Frame
from vetkb.isolation.nursery import Child as Worker
from vetkb.isolation.pool import SHORT_SECONDS, Bounds, Pool, Running

__all__ = ["SHORT_SECONDS", "Answer", "Bounds", "Frame", "Handler", "Open", "Pool", "Running", "Worker", "confine"]
