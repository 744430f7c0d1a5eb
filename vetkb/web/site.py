"""What every route works with: the base, the pages, the bounds, what was answered before, and threads for blocking work.

A `Site` serves one build. A new build gets a site of its own, which takes the other's place between two requests; a
request keeps the one it began with.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from vetkb import __version__
from vetkb.errors import UsageError
from vetkb.isolation import Bounds, Pool
from vetkb.report_workers import checker, warm_up
from vetkb.web.cache import ByteCache, Made
from vetkb.web.caching import entity_tag, matches
from vetkb.web.headers import VARY
from vetkb.web.lanes import Lane
from vetkb.web.negotiate import Offer, choose
from vetkb.web.pages import Pages
from vetkb.web.problems import BadRequestError, NotAcceptableError
from vetkb.web.protocol import only, read_fields
from vetkb.web.telemetry import Telemetry

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase
    from vetkb.web.express import Manner
    from vetkb.web.wire import Wired

JSON = Offer("json", "application/json")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
HTML = Offer("html", "text/html; charset=utf-8", ("application/xhtml+xml",))
_RESULTS_BYTES = 64 << 20
_WIRED_BYTES = 32 << 20
_MANNERS_BYTES = 1 << 20
# reports that are checked at the same time
_CHECKS = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted at most: sizes in bytes, rows shown on a page, requests a second of one client (None: any number),
    time and memory of the check of one report.
    """

    validate_body: int = 10 << 20
    query_body: int = 1 << 20
    question_body: int = 64 << 10
    page_rows: int = 1000
    sparql_page_rows: int = 10_000
    rate: float | None = None
    check: Bounds = field(default_factory=lambda: Bounds(60.0, 1 << 30))


@dataclass(frozen=True)
class Lanes:
    """Threads for blocking work, a lane for each kind of it."""

    # the pool of the engine bounds what runs and waits; its callers only wait in these threads
    sparql: Lane = field(default_factory=lambda: Lane("sparql", 48, 0))
    answers: Lane = field(default_factory=lambda: Lane("answers", 4, 256))
    checks: Lane = field(default_factory=lambda: Lane("checks", _CHECKS, 3 * _CHECKS))

    def close(self) -> None:
        for lane in (self.sparql, self.answers, self.checks):
            lane.close()


@dataclass
class Site:
    """站点 — One build, as it is served."""

    base: KnowledgeBase
    limits: Limits
    pages: Pages = field(default_factory=Pages)
    lanes: Lanes = field(default_factory=Lanes)
    telemetry: Telemetry = field(default_factory=Telemetry)
    ready: bool = False
    in_flight: int = 0
    results: ByteCache[str, Made] = field(default_factory=lambda: ByteCache(_RESULTS_BYTES))
    wired: ByteCache[bytes, Wired] = field(default_factory=lambda: ByteCache(_WIRED_BYTES))
    manners: ByteCache[bytes, Manner] = field(default_factory=lambda: ByteCache(_MANNERS_BYTES))
    _preparing: Lock = field(default_factory=Lock)
    _prepared: bool = False

    @cached_property
    def checker(self) -> Pool:
        """The processes that check reports; none starts before it is needed."""
        return checker(self.base.store, self.base.build_id, self.limits.check, _CHECKS)

    def close(self) -> None:
        """End the processes that check reports, and let no other thread start one any more; the base stays open."""
        self.checker.close()

    def warm_up(self) -> None:
        """Wait until queries are answered. Raises StoreError where the base cannot be read."""
        self.base.workers.query("ASK {}")
        self.ready = True

    def prepare(self) -> None:
        """Load what questions need, once: who asks while that is being done waits for it."""
        with self._preparing:
            if self._prepared:
                return
            self.base.asker.prepare()
            for question in ("有哪些文件？", "Which documents are there?"):
                self.base.ask(question)
            self._prepared = True
        # these take longest, and few ask for them first
        self.lanes.answers.begin(self.base.asker.prepare_sounds)
        self.lanes.checks.begin(partial(warm_up, self.checker))

    def successor(self, base: KnowledgeBase) -> Site:
        """Return the site of another build, which can take this one's place once it is warm."""
        return Site(base, self.limits, self.pages, self.lanes, self.telemetry)


def site_of(request: Request) -> Site:
    """Return the site that a request began with."""
    site: Site = request.scope["vetkb.site"]
    return site


def one_each(encoded: bytes) -> dict[str, str]:
    """Decode fields that may be given once each."""
    fields = read_fields(encoded)
    return {name: only(fields, name) or "" for name, _ in fields}


def asked_of(request: Request) -> dict[str, str]:
    """Return the fields of an address, each once. Raises UsageError for a language that pages are not written in."""
    fields = one_each(request.scope["query_string"])
    if fields.get("lang", "") not in ("", "zh", "en"):
        raise UsageError(f"lang={fields['lang'][:40]}: the languages are zh and en")
    return fields


def offer_for(request: Request, offers: Sequence[Offer], named: str | None = None) -> Offer:
    """Return the format to answer in: the one named by `format=`, else what Accept likes best."""
    offer = next((offer for offer in offers if offer.named(named)), None) if named else choose(accept_of(request), offers)
    if offer is None:
        raise NotAcceptableError(f"the answer can be {', '.join(offer.media_type for offer in offers)}")
    return offer


def address_of(request: Request) -> str:
    """Return the address of a request without its query; a Host header that is no host is not repeated."""
    host = request.headers.get("host", "")
    path = quote(request.scope["path"], safe="/:@!$&'()*+,;=~")
    return f"{request.scope['scheme']}://{host if _HOST.fullmatch(host) else 'localhost'}{path}"


def accept_of(request: Request) -> str | None:
    return ", ".join(request.headers.getlist("accept")) or None


async def reply(
    request: Request,
    offer: Offer,
    lane: Lane,
    make: Callable[[], Made | bytes],
    *,
    depends_on: Sequence[str] | None = None,
    lasting: bool = True,
) -> Response:
    """Answer with what `make` returns, with what was made before, or with 304 where the client has it already.

    `depends_on` is all that the answer follows from beside the address, the format and the build; None: it is made anew
    each time. `lasting`: the same request has the same answer as long as the build is served. `make` runs in the lane.
    """
    tag = tag_of(request, offer.media_type, *depends_on) if depends_on is not None and request.method == "GET" else None
    if tag is None:
        made = await lane.run(make)
        return whole(request, offer, made if isinstance(made, Made) else Made(made))
    kept = kept_reply(request, offer, tag, lasting=lasting)
    if kept is not None:
        return kept
    made = await lane.run(make)
    return whole(request, offer, made if isinstance(made, Made) else Made(made), tag, lasting=lasting)


def tag_of(request: Request, *parts: str) -> str:
    """Return the tag of an answer that follows from the build, the address and these parts."""
    return tag_at(site_of(request), request.scope["path"], request.scope["query_string"], *parts)


def tag_at(site: Site, path: str, query_string: bytes, *parts: str) -> str:
    """Return the tag of an answer at an address, which follows from the build, the address and these parts."""
    return entity_tag(__version__, site.base.build_id, f"{path}?{query_string.decode('latin-1')}", *parts)


def kept_reply(request: Request, offer: Offer, tag: str, *, lasting: bool = True) -> Response | None:
    """Answer with 304, or with what was made before; None where it has to be made."""
    if matches(request.headers.get("if-none-match"), tag):
        _mark(request, lasting=lasting)
        return _unchanged(tag)
    made = site_of(request).results.get(tag)
    return whole(request, offer, made, tag, lasting=lasting) if made is not None else None


def whole(request: Request, offer: Offer, made: Made, tag: str | None = None, *, lasting: bool = True) -> Response:
    """Answer with a body, and keep it under its tag."""
    request.scope["vetkb.word"] = made.word
    headers = {"vary": VARY, **made.headers}
    headers.setdefault("content-type", offer.media_type)
    if tag is None:
        return Response(made.body, headers={**headers, "cache-control": "no-store"})
    site_of(request).results.keep(tag, made, len(made.body))
    _mark(request, lasting=lasting)
    if request.headers.get("if-none-match", "").strip() == "*":  # any answer will do, now that there is one
        return _unchanged(tag)
    return Response(made.body, headers={**headers, "etag": tag, "cache-control": "no-cache"})


def _unchanged(tag: str) -> Response:
    return Response(status_code=304, headers={"vary": VARY, "etag": tag, "cache-control": "no-cache"})


def _mark(request: Request, *, lasting: bool) -> None:
    """Allow the answer to be given again, byte by byte, to whoever asks with the same bytes."""
    if lasting:
        request.scope["vetkb.lasting"] = True


async def drained(site: Site, seconds: float) -> None:
    """Wait until no request is under way on a site any more, but not for ever."""
    end = time.monotonic() + seconds
    while site.in_flight and time.monotonic() < end:
        await asyncio.sleep(0.05)


def to_json_bytes(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def encoded(content: str | bytes) -> bytes:
    """Return what a room below has rendered as it is sent."""
    return content if isinstance(content, bytes) else content.encode("utf-8", "replace")


def text_field(content: Mapping[str, Any], name: str) -> str | None:
    """Return a text of a JSON object, None where it is absent or null."""
    value = content.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequestError(f"{name} is not a text")
    if value is not None and any("\ud800" <= character <= "\udfff" for character in value):
        raise BadRequestError(f"{name} is not well-formed text (a lone surrogate)")
    return value
