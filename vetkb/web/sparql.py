"""GET and POST /sparql: SPARQL 1.1 Protocol, query side; the service description; a query page for browsers.

Queries go to the worker processes of the base and nowhere else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from vetkb.engine import MEDIA_TYPES, Kind, RawResult, check_query, formats_of
from vetkb.errors import BusyError, VetkbError
from vetkb.isolation import SHORT_SECONDS
from vetkb.web.bodies import read_body
from vetkb.web.cache import Made
from vetkb.web.caching import is_volatile
from vetkb.web.description import description
from vetkb.web.negotiate import Offer, choose
from vetkb.web.pages import request_language
from vetkb.web.problems import ClientGoneError, NotAcceptableError, Problem, problem_of
from vetkb.web.protocol import SparqlRequest, read_get, read_post
from vetkb.web.site import HTML, Site, accept_of, address_of, kept_reply, offer_for, reply, site_of, tag_of, whole

# other names by which clients ask for a format
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "srj": ("application/json", "text/json"),
    "srx": ("application/xml", "text/xml"),
    "ntriples": ("text/plain",),
    "turtle": ("application/x-turtle", "text/n3", "text/rdf+n3"),
    "rdfxml": ("application/xml", "text/xml"),
    "jsonld": ("application/json",),
    "trig": ("application/x-trig",),
    "nquads": ("text/x-nquads",),
}
_SHORT_NAMES: Mapping[str, tuple[str, ...]] = {
    "json": ("srj", "jsonld"),
    "xml": ("srx", "rdfxml"),
    "rdf+xml": ("rdfxml",),
    "rdf": ("rdfxml",),
    "json-ld": ("jsonld",),
    "ttl": ("turtle",),
    "n3": ("turtle",),
    "nt": ("ntriples",),
    "nq": ("nquads",),
}
Offers = Mapping[Kind, Offer | None]
_EXAMPLE = "SELECT ?class (COUNT(*) AS ?count)\nWHERE { ?node a ?class }\nGROUP BY ?class\nORDER BY DESC(?count)\nLIMIT 20"


def offers_of(kind: Kind | None) -> tuple[Offer, ...]:
    """Return the formats for the answer of a query, the page for browsers last."""
    return (*(Offer(name, MEDIA_TYPES[name], _ALIASES.get(name, ())) for name in formats_of(kind)), HTML)


async def sparql(request: Request) -> Response:
    """Answer a request to /sparql."""
    site = site_of(request)
    query_string: bytes = request.scope["query_string"]
    if request.method == "POST":
        body = await read_body(request, site.limits.query_body)
        asked = read_post(query_string, request.headers.get("content-type"), body)
    else:
        asked = read_get(query_string)
    if asked.query is None:
        return await _describe(request, site)
    request.scope["vetkb.text"] = asked.query
    offers = offers_for(accept_of(request), asked.format)
    if _is_page(offers, asked.query):
        return await _result_page(request, site, asked)
    return await _answer(request, site, asked, asked.query, offers)


async def _answer(request: Request, site: Site, asked: SparqlRequest, query: str, offers: Offers) -> Response:
    """Answer with data: what kind of query it is only its worker finds out, so there is an offer for each kind."""
    address = address_of(request)
    is_kept = request.method == "GET" and not is_volatile(query)
    tag = tag_of(request, *what_it_follows_from(offers, address)) if is_kept else None
    # the media type of a kept answer is among its headers
    kept = kept_reply(request, HTML, tag) if tag is not None else None
    if kept is not None:
        return kept
    result = await _run(request, site, asked, formats_in(offers))
    offer = offers[result.kind] or HTML
    headers = {"content-type": offer.media_type} | ({"x-vetkb-truncated": "true"} if result.truncated else {})
    return whole(request, offer, Made(result.body, headers), tag)


def what_it_follows_from(offers: Offers, address: str) -> tuple[str, str]:
    """Return what data follow from beside the request's own address and the build."""
    return ";".join(offer.media_type if offer else "" for offer in offers.values()), address


def formats_in(offers: Offers) -> Mapping[str, str | None]:
    return {kind: offer.name if offer else None for kind, offer in offers.items()}


def bounds_of(asked: SparqlRequest, address: str, most_rows: int | None = None) -> dict[str, Any]:
    """Return the dataset and the bounds that a request names, as a worker takes them."""
    return {
        "default_graphs": asked.default_graphs or None,
        "named_graphs": asked.named_graphs or None,
        "timeout": asked.timeout,
        "max_rows": min((n for n in (asked.max_rows, most_rows) if n is not None), default=None),
        "base_iri": address,
    }


@lru_cache(maxsize=256)
def offers_for(accept: str | None, named: str | None) -> Offers:
    """Return the format asked for, for each kind of query. Raises NotAcceptableError where there is none for any."""
    found: dict[Kind, Offer | None] = {kind: _offer(accept, kind, named) for kind in ("select", "ask", "construct")}
    if not any(found.values()):
        names = dict.fromkeys(offer.media_type for kind in found for offer in offers_of(kind))
        raise NotAcceptableError(f"the answer can be {', '.join(names)}")
    return found


def _offer(accept: str | None, kind: Kind, named: str | None) -> Offer | None:
    """Return the format asked for; a `format` that does not fit is left to Accept, since it is no part of the protocol."""
    offers = offers_of(kind)
    short = (named or "").lower()
    for name in (short, *_SHORT_NAMES.get(short, ())):
        offer = next((offer for offer in offers if offer.named(name)), None)
        if offer is not None:
            return offer
    return choose(accept, offers)


def _is_page(offers: Offers, query: str) -> bool:
    """Say whether the answer is to be a page; that depends on the query for who likes pages of some kinds only."""
    pages = [offer is not None and offer.name == HTML.name for offer in offers.values()]
    if not any(pages) or all(pages):
        return all(pages)
    try:
        offer = offers[check_query(query).kind or "select"]
    except VetkbError:
        return False
    return offer is not None and offer.name == HTML.name


async def _run(
    request: Request, site: Site, asked: SparqlRequest, formats: Mapping[str, str | None], most_rows: int | None = None
) -> RawResult:
    """Answer a query in a worker: at once where one is free, else behind a thread that waits for one."""
    text, workers = asked.query or "", site.base.workers
    bounds = bounds_of(asked, address_of(request), most_rows)
    query = request.scope.get("vetkb.query") or workers.begin(text, formats=formats, **bounds)
    if query is None:
        worker = await site.lanes.sparql.run(partial(workers.acquire, asked.timeout))
        query = workers.begin(text, formats=formats, **bounds, worker=worker)
        assert query is not None  # noqa: S101 (there is a worker)
    try:
        await _unless_gone(request, query.answer)
    except asyncio.CancelledError:
        # the server stops and waits no longer: its client gets an answer all the same
        query.answer.cancel()
        raise BusyError("the server is being stopped: try again later") from None
    return query.result()


async def _unless_gone(request: Request, answer: asyncio.Future[Any]) -> None:
    """Wait until a job is done. Raises ClientGoneError where nobody waits for it any more, and ends the job."""
    await asyncio.wait((answer,), timeout=SHORT_SECONDS)
    if answer.done():
        return
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
    if not answer.done():
        answer.cancel()
        raise ClientGoneError("the client has gone")


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


# --- without a query ---------------------------------------------------------------------------------


async def _describe(request: Request, site: Site) -> Response:
    offer = offer_for(request, offers_of("construct"))
    if offer.name == HTML.name:
        make = partial(_page, request, site, {**_EMPTY, "query": _EXAMPLE})
        return await reply(request, offer, site.lanes.answers, make, depends_on=(request_language(request),))
    endpoint = address_of(request)
    make = partial(description, site.base, endpoint, offer.name)
    return await reply(request, offer, site.lanes.sparql, make, depends_on=(endpoint,))


# --- pages -------------------------------------------------------------------------------------------

_EMPTY: Mapping[str, Any] = {
    "query": "",
    "asked": (),
    "problem": None,
    "truncated": False,
    "boolean": None,
    "columns": None,
    "rows": (),
    "graph": None,
    "downloads": (),
}
_LABELS = {
    "srj": "JSON",
    "srx": "XML",
    "csv": "CSV",
    "tsv": "TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF/XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nquads": "N-Quads",
}


def _page(request: Request, site: Site, content: Mapping[str, Any]) -> bytes:
    return site.pages.render("sparql.html", request, site.base.build_id, content)


def _fields(request: Request, asked: SparqlRequest) -> list[tuple[str, str]]:
    """Return what the form keeps beside the query."""
    kept = [("default-graph-uri", graph) for graph in asked.default_graphs]
    kept += [("named-graph-uri", graph) for graph in asked.named_graphs]
    spoken = request.query_params.get("lang")
    return [*kept, ("lang", spoken)] if spoken in ("zh", "en") else kept


def _error_page(request: Request, site: Site, asked: SparqlRequest, error: VetkbError) -> Response:
    problem: Problem = problem_of(error)
    shown = {"title": {"zh": problem.title.zh, "en": problem.title.en}, "detail": problem.detail}
    content = {**_EMPTY, "query": asked.query or "", "asked": _fields(request, asked), "problem": shown}
    headers = {**problem.headers, "content-type": HTML.media_type, "cache-control": "no-store", "vary": "Accept, Accept-Language"}
    return Response(_page(request, site, content), problem.status, headers)


async def _result_page(request: Request, site: Site, asked: SparqlRequest) -> Response:
    lasts = request.method == "GET" and not is_volatile(asked.query or "")
    tag = tag_of(request, HTML.media_type, address_of(request), request_language(request)) if lasts else None
    kept = kept_reply(request, HTML, tag) if tag is not None else None
    if kept is not None:
        return kept
    try:
        result = await _run(
            request, site, asked, {"select": "srj", "ask": "srj", "construct": "turtle"}, site.limits.sparql_page_rows
        )
    except VetkbError as error:
        return _error_page(request, site, asked, error)
    page = await site.lanes.answers.run(partial(_shown_page, request, site, asked, result))
    return whole(request, HTML, Made(page, {"x-vetkb-truncated": "true"} if result.truncated else {}), tag)


def _shown_page(request: Request, site: Site, asked: SparqlRequest, result: RawResult) -> bytes:
    fields = [("query", asked.query or ""), *(f for f in _fields(request, asked) if f[0] != "lang")]
    content: dict[str, Any] = {
        **_EMPTY,
        "query": asked.query,
        "asked": _fields(request, asked),
        "truncated": result.truncated,
        "downloads": [
            (_LABELS[name], f"{request.url.path}?{urlencode([*fields, ('format', name)])}") for name in formats_of(result.kind)
        ],
    }
    return _page(request, site, {**content, **_shown(result)})


def _shown(result: RawResult) -> dict[str, Any]:
    if result.kind == "construct":
        return {"graph": result.body.decode("utf-8", "replace")}
    if result.kind == "ask":
        return {"boolean": json.loads(result.body)["boolean"]}
    table = result.table()
    return {"columns": table.columns, "rows": table.rows}
