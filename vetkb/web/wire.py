"""Bytes on a connection: the bounds of a request's head, and answers that go out before anything is parsed.

uvicorn waits for ever for the end of a head and reads any number of bytes of it; here it has to arrive within seconds and
kilobytes, and one that is no HTTP gets problem details. And a request that is byte by byte the one that was answered
before, by the same build, with an answer that lasts, gets the same bytes: the framework is not asked again. The bytes
hold every header, so there is nothing that such an answer could depend on beside them; and since they were parsed as
exactly one request before, nothing can hide in them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from vetkb.errors import BusyError, VetkbError
from vetkb.web.express import PATH, Express, begin, learn
from vetkb.web.problems import MEDIA_TYPE, BadRequestError, LargeHeadError, TooSlowError, problem_of
from vetkb.web.rate import Rate
from vetkb.web.site import Site

HEAD_SECONDS = 10.0
HEAD_BYTES = 64 << 10
HEAD_FIELDS = 100
MOST_CONNECTIONS = 2000
# what a client has to read of an answer, and in which time
DRAIN_SECONDS = 20.0
DRAIN_BYTES = 64 << 10
# how long the rest of a request is read, and thrown away, behind its answer: who still sends would not see it otherwise
REST_SECONDS = 5.0
_MOST_WIRED_HEAD = 8 << 10
_MOST_WIRED_BODY = 1 << 20
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Wired:
    """An answer as it goes over the wire, but for its date; and what is noted of it."""

    status: int
    headers: bytes
    body: bytes
    path: str


def keep_wired(site: Site, scope: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Keep an answer for the next request of the same bytes."""
    key = scope.get("vetkb.head")
    if key is None or len(body) > _MOST_WIRED_BODY:
        return
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    site.wired.keep(key, Wired(status, lines + b"\r\n", body, scope["path"]), len(lines) + len(body))
    learn(site, scope)


class Connection(HttpToolsProtocol):
    """连接 — One connection of a client."""

    def __init__(self, current: Callable[[], Site], rate: Rate | None, config: Config, **rest: Any) -> None:
        super().__init__(config, **rest)
        self._current = current
        self._rate = rate
        self._head_size = 0
        self._in_head = True
        self._in_message = False
        self._messages = 0
        self._without_body = 0
        self._ending = False
        self._wrong: VetkbError | None = None
        self._express: Express | None = None
        # what came behind a request that is answered beside the framework
        self._held = bytearray()
        self._is_last = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._rest_timer: asyncio.TimerHandle | None = None
        self._drain_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(BusyError("there are too many connections: try again later"), "full")
            self.transport.close()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._express is not None:
            self._express.query.answer.cancel()
        self._head_arrived()
        self._rest_arrived()
        self._drained()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return
        if self._express is not None:
            self._held += data
            if len(self._held) > HEAD_BYTES:
                self.flow.pause_reading()
            return
        at_rest = not self._in_message and (self.cycle is None or self.cycle.response_complete) and not self.pipeline
        plain = at_rest and len(data) <= _MOST_WIRED_HEAD and data.startswith(b"GET ") and data.find(_END) == len(data) - 4
        if plain and not self.flow.write_paused and (self._answered_before(data) or self._answered_soon(data)):
            return
        self._through_framework(data, plain=plain)

    def _through_framework(self, data: bytes, *, plain: bool) -> None:
        if self.parser is None or self.transport.is_closing():
            return
        self._messages = 0
        if self._in_head:
            if self._head_timer is None:
                self._await_head()
            self._head_size += len(data)
            end = data.find(_END)
            if self._head_size - (len(data) - end - len(_END) if end >= 0 else 0) > HEAD_BYTES:
                self._refuse(LargeHeadError(f"the head of the request is larger than {HEAD_BYTES:,} bytes"), "large-head")
                return
        else:
            self._without_body += len(data)
        self._unset_keepalive_if_required()
        self._parse(data)
        if self._without_body > HEAD_BYTES and not self._ending and not self.transport.is_closing():
            self._wrong = BadRequestError(f"there are more than {HEAD_BYTES:,} bytes between two pieces of the body or behind it")
            self.send_400_response("")
            return
        if plain and self._messages == 1 and not self._in_message and self.cycle is not None and self.cycle.keep_alive:
            self.scope["vetkb.head"] = data  # type: ignore[typeddict-unknown-key]

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.send_400_response("")
        except httptools.HttpParserUpgrade as upgrade:
            self._stay(data[upgrade.args[0] :])

    def _stay(self, rest: bytes) -> None:
        """Read a request that would rather go on in another protocol as one that would not (RFC 9110, section 7.8).

        The parser takes its head for all of it, and what follows for the other protocol; clients send one with a body.
        """
        version = self.parser.get_http_version().encode()
        fields = b"".join(b"%b: %b\r\n" % field for field in self.headers if field[0] != b"upgrade")
        head = b"%b %b HTTP/%b\r\n%b\r\n" % (self.parser.get_method(), self.url, version, fields)
        self.parser = httptools.HttpRequestParser(self)
        self._parse(head + rest)

    def _would_leave(self) -> bool:
        """Say whether the request asks for another protocol (CONNECT does so too, and is no request that is read here)."""
        return bool(self.parser.should_upgrade()) and any(name == b"upgrade" for name, _ in self.headers)

    def _answered_before(self, data: bytes) -> bool:
        site = self._current()
        wired = site.wired.get(data)
        if wired is None or (self._rate is not None and self._rate.exceeded(self.client)):
            return False
        began = time.perf_counter()
        self._head_arrived()
        self._unset_keepalive_if_required()
        self._send(site, wired, began)
        return True

    def _send(self, site: Site, wired: Wired, began: float, text: str | None = None) -> None:
        """Write an answer that the framework has no part in, and note it."""
        more = [(b"connection", b"close")] if self._is_last else []
        lines = b"".join(b"%b: %b\r\n" % header for header in [*self.server_state.default_headers, *more])
        self.transport.writelines((STATUS_LINE[wired.status] + lines + wired.headers, wired.body))
        self.server_state.total_requests += 1
        if self._is_last:
            self.transport.close()
        else:
            self._await_next()
        client = self.client[0] if self.client else ""
        spent = time.perf_counter() - began
        site.telemetry.request("GET", wired.path, wired.status, spent, len(wired.body), client, text)

    # --- queries beside the framework ----------------------------------------------------------------

    def _answered_soon(self, data: bytes) -> bool:
        site = self._current()
        if self._rate is not None or self._is_last:
            return False
        express = begin(site, data)
        if express is None:
            return False
        self._express = express
        site.in_flight += 1
        self._head_arrived()
        self._unset_keepalive_if_required()
        # a server that stops waits for what is in there, and cancels it in the end
        self.tasks.add(express.query.answer)  # type: ignore[arg-type]
        express.query.answer.add_done_callback(partial(self._arrived, express, data))
        return True

    def _arrived(self, express: Express, data: bytes, answer: asyncio.Future[Any]) -> None:
        self.tasks.discard(answer)
        self._express = None
        site = express.site
        site.in_flight -= 1
        if self.transport.is_closing():
            client = self.client[0] if self.client else ""
            site.telemetry.request("GET", PATH, 499, time.perf_counter() - express.began, 0, client)
        elif answer.cancelled():
            self._refuse(BusyError("the server is being stopped: try again later"), "stopping")
        elif (found := express.answer()) is None:
            self._hand_over(express, data)
        else:
            headers, made = found
            wired = Wired(200, headers + b"\r\n", made.body, PATH)
            site.wired.keep(data, wired, len(headers) + len(made.body))
            self._send(site, wired, express.began, express.asked.query if site.telemetry.texts else None)
        if self._held:
            held, self._held = bytes(self._held), bytearray()
            self.flow.resume_reading()
            self.data_received(held)

    def _hand_over(self, express: Express, data: bytes) -> None:
        """Let the framework say what has become of a query."""
        self._through_framework(data, plain=True)
        if self.cycle is not None and self._is_last:
            self.cycle.keep_alive = False
        self.scope["vetkb.query"] = express.query  # type: ignore[typeddict-unknown-key]
        self.scope["vetkb.began"] = express.began  # type: ignore[typeddict-unknown-key]
        # not the build that is served by now
        self.scope["vetkb.site"] = express.site  # type: ignore[typeddict-unknown-key]

    def shutdown(self) -> None:
        """Close, or answer first what is under way."""
        if self._express is not None:
            self._is_last = True
        else:
            super().shutdown()

    # --- the parser's callbacks ----------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._in_message = True
        self._without_body = 0
        self._messages += 1
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= HEAD_FIELDS:
            self._wrong = LargeHeadError(f"the head of the request has more than {HEAD_FIELDS} fields")
            raise self._wrong
        if self._in_head:  # a field behind the body is none of the head, whose fields have been acted on
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._would_leave():
            return
        self._in_head = False
        self._head_size = 0
        self._head_arrived()
        if self.parser.get_http_version() == "1.1" and sum(name == b"host" for name, _ in self.headers) != 1:
            self._wrong = BadRequestError("the head of the request has to name one Host")
        if any(name == b"transfer-encoding" and value.lower() != b"chunked" for name, value in self.headers):
            self._wrong = BadRequestError("the only Transfer-Encoding that is read here is chunked")
        if self._wrong is not None:
            raise self._wrong
        super().on_headers_complete()
        if not self.cycle.keep_alive:
            self.cycle.transport = _Ended(self.transport, self)  # type: ignore[assignment]

    def on_body(self, body: bytes) -> None:
        self._without_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._would_leave():
            return
        self._in_head = True
        self._in_message = False
        super().on_message_complete()
        if self._rest_timer is not None:
            self._rest_arrived()
            self._await_next()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_message and not self._in_head and self.cycle.response_complete and not self._ending:
            # the answer did not wait for the whole request
            self._rest_timer = self.loop.call_later(REST_SECONDS, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's own word for it)
        """Answer what is no HTTP, where uvicorn would send plain text."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if self._in_head or self.pipeline or cycle.response_started:
                # somebody else's answer is under way on this connection: nothing can be put between
                self.transport.close()
                return
            # nobody has answered the request yet whose body is malformed
            cycle.disconnected = True
            cycle.message_event.set()
        self._refuse(self._wrong or BadRequestError("the request is no well-formed HTTP/1.1"), "malformed")

    # --- a client that does not read -----------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_progress(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._drained()
        super().resume_writing()

    def _await_progress(self, left: int) -> None:
        self._drain_timer = self.loop.call_later(DRAIN_SECONDS, self._look_at_progress, left)

    def _look_at_progress(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if before - left < DRAIN_BYTES and left > 0:
            self._current().telemetry.rejected("slow-reader")
            self.transport.abort()
        else:
            self._await_progress(left)

    def _drained(self) -> None:
        if self._drain_timer is not None:
            self._drain_timer.cancel()
            self._drain_timer = None

    # --- the end -------------------------------------------------------------------------------------

    def _await_next(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _rest_arrived(self) -> None:
        if self._rest_timer is not None:
            self._rest_timer.cancel()
            self._rest_timer = None

    def end(self) -> None:
        """Close behind the last answer."""
        if self._in_message:
            self._end_gently()
        else:
            self.transport.close()

    def _end_gently(self) -> None:
        """Close, but read what the client still sends for a while: a reset would take the answer away from it."""
        if not self._ending and not self.transport.is_closing():
            self._ending = True
            self.transport.write_eof()
            self.flow.resume_reading()
            self._rest_timer = self.loop.call_later(REST_SECONDS, self.transport.close)

    # --- bounds --------------------------------------------------------------------------------------

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def _head_arrived(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._head_size:
            self._refuse(TooSlowError(f"the head of the request did not arrive within {HEAD_SECONDS:g} seconds"), "slow-head")
        else:
            self._current().telemetry.rejected("idle")
            self.transport.close()

    def _refuse(self, error: VetkbError, why: str) -> None:
        """Answer with a problem and close."""
        self._head_arrived()
        self._current().telemetry.rejected(why)
        problem = problem_of(error)
        body = json.dumps(problem.to_json()).encode()
        fields = {
            **problem.headers,
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "x-content-type-options": "nosniff",
            "connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("latin-1")
        self.transport.write(b"".join((STATUS_LINE[problem.status], head, b"\r\n", body)))
        self._end_gently()


class _Ended:
    """The transport of a request that is the last one of its connection."""

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = connection.end
