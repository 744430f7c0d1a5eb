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

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vetkb.web.negotiate import accepts_gzip
from vetkb.web.problems import MEDIA_TYPE, InternalError, problem_of

_LOG = logging.getLogger("vetkb.web")

SECURITY = {
    "content-security-policy": "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Retry-After, X-Vetkb-Truncated",
}
PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "Accept, Accept-Language, Content-Language, Content-Type, If-None-Match",
    "access-control-max-age": "86400",
}
COMPRESS_FROM = 1024
_COMPRESS_INLINE_TO = 32 * 1024
_NOT_WORTH_IT = ("image/", "application/vnd.openxmlformats", "application/zip")


class Envelope:
    """The outermost layer of the application: HEAD, CORS preflight, headers, compression, errors, one line of log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = _Answer(scope, send)
        method = scope["method"]
        if method == "OPTIONS":
            await answer.send_whole(204, {"allow": "GET, HEAD, POST, OPTIONS", **PREFLIGHT}, b"")
        else:
            # a HEAD is a GET whose body stays here
            inner = {**scope, "method": "GET"} if method == "HEAD" else scope
            try:
                await self._app(inner, receive, answer.send)
            except Exception:
                _LOG.exception("%s %s failed", method, scope["path"])
                if answer.started:
                    raise
                problem = problem_of(InternalError("the server could not answer; its log says why"))
                body = json.dumps(problem.to_json()).encode()
                await answer.send_whole(problem.status, {"content-type": MEDIA_TYPE}, body)
        # the path alone: what people ask is theirs
        _LOG.info("%s %s %s %.1f ms", method, scope["path"], answer.status, (time.perf_counter() - began) * 1000)


class _Answer:
    """One answer on its way out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._head_only = scope["method"] == "HEAD"
        self._gzip = accepts_gzip(Headers(scope=scope).get("accept-encoding"))
        self._send = send
        self._start: Message | None = None
        self.started = False
        self.status = 0

    async def send_whole(self, status: int, headers: dict[str, str], body: bytes) -> None:
        raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
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
            headers = MutableHeaders(raw=start["headers"])
            for name, value in {**SECURITY, **CORS}.items():
                headers.setdefault(name, value)
            if whole:
                body = await self._compressed(headers, body)
            self.started = True
            await self._send({**start, "headers": headers.raw})
        await self._send({**message, "body": b"" if self._head_only else body})

    async def _compressed(self, headers: MutableHeaders, body: bytes) -> bytes:
        if self.status in (204, 304):
            return body
        if len(body) >= COMPRESS_FROM and not headers.get("content-type", "").startswith(_NOT_WORTH_IT):
            headers.add_vary_header("Accept-Encoding")
            if self._gzip:
                if len(body) <= _COMPRESS_INLINE_TO:
                    body = _gzipped(body)
                else:
                    body = await asyncio.to_thread(_gzipped, body)
                headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
        return body


def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=4, mtime=0)
