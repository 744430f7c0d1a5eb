"""Strangers' data → a report, checked in processes that may open nothing any more (`vetkb.report_handler` runs in them).

What a server holds of them: it loads nothing of what reads or checks a report.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from vetkb.engine import formats_of
from vetkb.errors import JobFailedError, ReportError, UsageError, VetkbError
from vetkb.isolation import Bounds, Frame, Pool
from vetkb.paths import SHAPE_KINDS
from vetkb.store import Store

FORMATS = ("json", *formats_of("construct"), "csv", "html")
# a report of which nothing is known, and how it is asked for
UNKNOWN = b"indicator,about,about_type,area,value,unit,year\nno such name,no such body,no such type,no such area,1,%,2000\n"
USUAL: Mapping[str, Any] = {
    "media_type": "text/csv",
    "as_of": "2000-01-01",
    "tolerance": None,
    "shapes": SHAPE_KINDS[0],
    "format": FORMATS[0],
    "language": "zh",
}
_ERRORS: Mapping[str, type[VetkbError]] = {error.code: error for error in (ReportError, UsageError)}
# a worker costs a second to start: one is not given up for a report of a few thousand rows
_SHORT_SECONDS = 2.0


def checker(store: Store, build: str, bounds: Bounds, count: int) -> Pool:
    """Return the processes that check reports against a base. They start with the first report, one ahead of need."""
    settings = {"folder": str(store.folder), "build": build}
    handler, queue = "vetkb.report_handler:prepare", count * 4
    return Pool(handler, settings, bounds=bounds, count=count, spare=1, reserve=1, queue=queue, short=_SHORT_SECONDS)


def check(pool: Pool, body: bytes, **asked: str | float | None) -> bytes:
    """Return the report on what was handed in, rendered. Raises ReportError, UsageError, and what the pool raises.

    `asked`: media_type, as_of (ISO 8601), shapes, tolerance (per cent), format (of FORMATS), language.
    """
    return _content(pool, pool.call(asked, body, label="validate"))


def check_at_once(pool: Pool, body: bytes, **asked: str | float | None) -> Awaitable[bytes] | None:
    """Do the same from an event loop, in a process that has nothing to do; None where none is idle, or the report is large."""
    begun = pool.begin(asked, body, label="validate")
    return None if begun is None else _arriving(pool, begun)


async def _arriving(pool: Pool, begun: Awaitable[Frame]) -> bytes:
    return _content(pool, await begun)


def _content(pool: Pool, answer: Frame) -> bytes:
    header, content, _ = answer
    error = header.get("error")
    if error is None:
        return content
    if error == "memory":
        raise JobFailedError(f"it needed more than {pool.bounds.memory >> 20} MB")
    if error in _ERRORS:
        raise _ERRORS[error](str(header["message"]))
    raise RuntimeError(f"a report could not be checked: {header['message']}")


def warm_up(pool: Pool) -> None:
    """Let a process start, so that the first report does not wait for it."""
    check(pool, UNKNOWN, **USUAL)
