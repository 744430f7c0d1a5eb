"""What every route works with: the base, the pages, the bounds, and the threads in which blocking work is done.

A route looks the base up anew for each request (`site_of(request).base`), so that a new build can take its place
while requests run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from vetkb import __version__
from vetkb.web.caching import entity_tag, matches
from vetkb.web.lanes import Lane
from vetkb.web.negotiate import Offer, choose
from vetkb.web.pages import Pages
from vetkb.web.problems import BadRequestError, NotAcceptableError
from vetkb.web.protocol import only, read_fields

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

JSON = Offer("json", "application/json")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
HTML = Offer("html", "text/html; charset=utf-8", ("application/xhtml+xml",))


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted at most: sizes in bytes, rows shown on a page."""

    validate_body: int = 10 << 20
    query_body: int = 1 << 20
    question_body: int = 64 << 10
    page_rows: int = 1000


@dataclass
class Site:
    """站点 — One running application."""

    base: KnowledgeBase
    limits: Limits
    pages: Pages = field(default_factory=Pages)
    # the pool of the engine bounds what runs and waits; its callers only wait in these threads
    sparql: Lane = field(default_factory=lambda: Lane("sparql", 48, 0))
    answers: Lane = field(default_factory=lambda: Lane("answers", 4, 256))
    checks: Lane = field(default_factory=lambda: Lane("checks", 2, 6))
    ready: bool = False

    def warm_up(self) -> None:
        """Let everything load that would make the first request slow."""
        self.base.workers.query("ASK {}")
        self.base.asker.prepare()
        for question in ("有哪些文件？", "Which documents are there?"):
            self.base.ask(question)
        self.ready = True

    def close(self) -> None:
        for lane in (self.sparql, self.answers, self.checks):
            lane.close()


def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


def one_each(encoded: bytes) -> dict[str, str]:
    """Decode fields that may be given once each."""
    fields = read_fields(encoded)
    return {name: only(fields, name) or "" for name, _ in fields}


def offer_for(request: Request, offers: Sequence[Offer], named: str | None = None) -> Offer:
    """Return the format to answer in: the one named by `format=`, else what Accept likes best."""
    offer = next((offer for offer in offers if offer.named(named)), None) if named else choose(accept_of(request), offers)
    if offer is None:
        raise NotAcceptableError(f"the answer can be {', '.join(offer.media_type for offer in offers)}")
    return offer


def address_of(request: Request) -> str:
    """Return the address of a request without its query; a Host header that is no host is not repeated."""
    if _HOST.fullmatch(request.headers.get("host", "")):
        return str(request.url.replace(query="", fragment=""))
    return f"{request.url.scheme}://localhost{request.url.path}"


def accept_of(request: Request) -> str | None:
    return ", ".join(request.headers.getlist("accept")) or None


def reply(
    request: Request,
    offer: Offer,
    make: Callable[[], bytes],
    *,
    depends_on: Sequence[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with what `make` returns, or with 304 where the client has it already.

    `depends_on` is all that the answer follows from beside the address, the format and the build; None: no ETag.
    """
    sent = {"vary": "Accept, Accept-Language", **(headers or {})}
    if depends_on is not None and request.method == "GET":
        address = f"{request.url.path}?{request.scope['query_string'].decode('latin-1')}"
        tag = entity_tag(__version__, site_of(request).base.build_id, address, offer.media_type, *depends_on)
        sent |= {"etag": tag, "cache-control": "no-cache"}
        if matches(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=sent)
    else:
        sent["cache-control"] = "no-store"
    return Response(make(), headers={**sent, "content-type": offer.media_type})


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
