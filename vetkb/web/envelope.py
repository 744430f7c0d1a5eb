"""What every answer gets around it, whatever route made it: headers, compression, and a clean error when code fails.

Written on the ASGI protocol itself, since Starlette's own middleware compresses on the event loop, leaves the
headers off when a handler fails, and adds CORS headers only where a browser says Origin (so caches mix them up).
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vetkb.web.headers import COMPRESS_FROM, PREFLIGHT, Header, dressed, raw
from vetkb.web.negotiate import accepts_gzip
from vetkb.web.problems import MEDIA_TYPE, InternalError, Problem, RateError, problem_of
from vetkb.web.rate import Rate
from vetkb.web.site import Site
from vetkb.web.wire import keep_wired

_LOG = logging.getLogger("vetkb.web")

_COMPRESS_INLINE_TO = 32 * 1024
_NOT_WORTH_IT = (b"image/", b"application/vnd.openxmlformats", b"application/zip")
_UNCHARGED = ("/health", "/metrics")


class Envelope:
    """The outermost layer of the application: HEAD, CORS preflight, headers, compression, errors, rate, one line of log."""

    def __init__(
        self, app: ASGIApp, current: Callable[[], Site], rate: Rate | None = None, allowed: Callable[[str], str] = lambda _: ""
    ) -> None:
        self._app = app
        self._current = current
        self._rate = rate
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began: float = scope.get("vetkb.began") or time.perf_counter()
        # what began beside the framework stays with the build it began with
        site: Site = scope.setdefault("vetkb.site", self._current())
        answer = _Answer(site, scope, send)
        site.in_flight += 1
        try:
            await self._answer(scope, receive, answer)
        finally:
            site.in_flight -= 1
            client = scope["client"][0] if scope.get("client") else ""
            text = scope.get("vetkb.text") if site.telemetry.texts else None
            spent = time.perf_counter() - began
            site.telemetry.request(scope["method"], scope["path"], answer.status, spent, answer.size, client, text)

    async def _answer(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        method = scope["method"]
        if self._rate is not None and scope["path"] not in _UNCHARGED and self._rate.exceeded(scope.get("client")):
            seconds = self._rate.retry_after()
            await answer.send_problem(problem_of(RateError(f"ask at most {self._rate.per_second:g} times a second", seconds)))
            return
        if method == "OPTIONS":
            allowed = self._allowed(scope["path"]) or PREFLIGHT["access-control-allow-methods"]
            await answer.send_whole(204, {"allow": allowed, **PREFLIGHT, "access-control-allow-methods": allowed}, b"")
            return
        # a HEAD is a GET whose body stays here
        inner = {**scope, "method": "GET"} if method == "HEAD" else scope
        try:
            await self._app(inner, receive, answer.send)
        except Exception:
            _LOG.exception("a request failed", extra={"fields": {"method": method, "path": scope["path"]}})
            if answer.started:
                raise
            await answer.send_problem(problem_of(InternalError("the server could not answer; its log says why")))


class _Answer:
    """One answer on its way out."""

    def __init__(self, site: Site, scope: Scope, send: Send) -> None:
        self._site = site
        self._scope = scope
        self._head_only = scope["method"] == "HEAD"
        self._send = send
        self._start: Message | None = None
        self.started = False
        self.status = 0
        self.size = 0

    async def send_problem(self, problem: Problem) -> None:
        body = json.dumps(problem.to_json()).encode()
        await self.send_whole(problem.status, {**problem.headers, "cache-control": "no-store", "content-type": MEDIA_TYPE}, body)

    async def send_whole(self, status: int, headers: dict[str, str], body: bytes) -> None:
        await self.send({"type": "http.response.start", "status": status, "headers": list(raw(headers))})
        await self.send({"type": "http.response.body", "body": body})

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            self.status = message["status"]
            return
        body: bytes = message.get("body", b"")
        whole = not message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            headers = dressed(start["headers"], self._scope["path"])
            if whole:
                headers, body = await self._compressed(headers, body)
                if self._scope.get("vetkb.lasting") and self.status in (200, 304):
                    keep_wired(self._site, self._scope, self.status, headers, body)
            self.started = True
            await self._send({**start, "headers": headers})
        self.size += len(body)
        await self._send({**message, "body": b"" if self._head_only else body})

    async def _compressed(self, headers: list[Header], body: bytes) -> tuple[list[Header], bytes]:
        if self.status in (204, 304):
            return headers, body
        fields = dict(headers)
        if len(body) >= COMPRESS_FROM and not fields.get(b"content-type", b"").startswith(_NOT_WORTH_IT):
            vary = fields.get(b"vary")
            fields[b"vary"] = vary + b", Accept-Encoding" if vary else b"Accept-Encoding"
            if accepts_gzip(Headers(scope=self._scope).get("accept-encoding")):
                inline = len(body) <= _COMPRESS_INLINE_TO
                body = _gzipped(body) if inline else await asyncio.to_thread(_gzipped, body)
                fields[b"content-encoding"] = b"gzip"
        fields[b"content-length"] = b"%d" % len(body)
        return list(fields.items()), body


def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=4, mtime=0)
