"""A query by GET whose head was seen before → its answer, without the framework.

The framework takes several times as long over a request as a worker over a light query. What it reads out of a head, but
for the first line, follows from the bytes of the head alone; so where these bytes came before, in a request that was parsed
as exactly one and answered with data, they are not parsed again. Whatever is not plain is left to the framework: an
address or a query that is wrong, an answer that is kept, a page. If a worker has been at it already, it is handed the result.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.requests import Request

from vetkb.engine import Query, RawResult
from vetkb.errors import VetkbError
from vetkb.web.cache import Made
from vetkb.web.caching import is_volatile
from vetkb.web.headers import COMPRESS_FROM, VARY, dressed, raw
from vetkb.web.negotiate import accepts_gzip
from vetkb.web.protocol import SparqlRequest, read_get
from vetkb.web.site import HTML, Site, accept_of, address_of, tag_at
from vetkb.web.sparql import Offers, bounds_of, formats_in, offers_for, what_it_follows_from

PATH = "/sparql"
# what every parser takes for one line of a request, and for the same one
_LINE = re.compile(rb"GET /sparql\?([A-Za-z0-9%&=+._~:/?@!$'()*,;-]+) HTTP/1\.1")


@dataclass(frozen=True, slots=True)
class Manner:
    """What the head of a request says beside its first line: the types it accepts, the address it asks, whether by gzip."""

    accept: str | None
    address: str
    gzip: bool


@dataclass(slots=True)
class Express:
    """快答 — A query on its way beside the framework. `result` holds once `query` is done."""

    site: Site
    asked: SparqlRequest
    manner: Manner
    offers: Offers
    tag: str
    query: Query
    began: float

    def answer(self) -> tuple[bytes, Made] | None:
        """Return the headers and the answer; None where the framework has to make something of it."""
        try:
            result = self.query.result()
        except VetkbError:
            return None
        if result.truncated or (self.manner.gzip and len(result.body) >= COMPRESS_FROM):
            return None
        made = self._made(result)
        self.site.results.keep(self.tag, made, len(made.body))
        lasting = _lasting_headers(made.headers["content-type"], varies=len(made.body) >= COMPRESS_FROM)
        return b"%betag: %b\r\ncontent-length: %d\r\n" % (lasting, self.tag.encode(), len(made.body)), made

    def _made(self, result: RawResult) -> Made:
        offer = self.offers[result.kind] or HTML
        return Made(result.body, {"content-type": offer.media_type})


def learn(site: Site, scope: Any) -> None:
    """Note what the head of a request says that was answered with data."""
    head = scope.get("vetkb.head")
    request = Request(scope)
    if head is None or scope["path"] != PATH or "if-none-match" in request.headers:
        return
    manner = Manner(accept_of(request), address_of(request), accepts_gzip(request.headers.get("accept-encoding")))
    _, _, fields = head.partition(b"\r\n")
    site.manners.keep(fields, manner, len(manner.accept or "") + len(manner.address))


def begin(site: Site, head: bytes) -> Express | None:
    """Let a worker answer a request; None where the framework has to."""
    began = time.perf_counter()
    line, _, fields = head.partition(b"\r\n")
    manner = site.manners.get(fields)
    found = _LINE.fullmatch(line) if manner is not None else None
    if manner is None or found is None:
        return None
    try:
        asked = read_get(found[1])
        offers = offers_for(manner.accept, asked.format)
        if not asked.query or is_volatile(asked.query) or HTML in offers.values():
            return None
        tag = tag_at(site, PATH, found[1], *what_it_follows_from(offers, manner.address))
        if tag in site.results:
            return None
        query = site.base.workers.begin(asked.query, formats=formats_in(offers), **bounds_of(asked, manner.address))
    except VetkbError:
        return None
    return Express(site, asked, manner, offers, tag, query, began) if query is not None else None


@lru_cache(maxsize=64)
def _lasting_headers(content_type: str, *, varies: bool) -> bytes:
    """Return the headers that do not differ from answer to answer."""
    vary = f"{VARY}, Accept-Encoding" if varies else VARY
    headers = raw({"vary": vary, "content-type": content_type, "cache-control": "no-cache"})
    return b"".join(b"%b: %b\r\n" % header for header in dressed(headers, PATH))
