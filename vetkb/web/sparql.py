"""GET and POST /sparql: SPARQL 1.1 Protocol, query side; the service description; a query page for browsers.

Queries go to the worker processes of the base and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from vetkb.engine import MEDIA_TYPES, Kind, RawResult, check_query, formats_of
from vetkb.errors import VetkbError
from vetkb.web.bodies import read_body
from vetkb.web.caching import is_volatile
from vetkb.web.description import description
from vetkb.web.negotiate import Offer
from vetkb.web.pages import request_language
from vetkb.web.problems import Problem, problem_of
from vetkb.web.protocol import SparqlRequest, read_get, read_post
from vetkb.web.site import HTML, Site, address_of, offer_for, reply, site_of

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
        return await site.sparql.run(partial(_describe, request, site))
    return await site.sparql.run(partial(_answer, request, site, asked))


def _answer(request: Request, site: Site, asked: SparqlRequest) -> Response:
    query = asked.query or ""
    try:
        kind = check_query(query).kind
        offer = _offer(request, kind, asked.format)
        if offer.name == HTML.name:
            return _result_page(request, site, asked)
        depends_on = None if is_volatile(query) else (address_of(request),)
        # evaluated before the reply is made, so that its headers can tell what came out, unless the client has it already
        result: list[RawResult] = []

        def make() -> bytes:
            result.append(_run(request, site, asked, {kind or "select": offer.name}))
            return result[0].body

        response = reply(request, offer, make, depends_on=depends_on)
    except VetkbError as error:
        if _is_page(request, asked):
            return _error_page(request, site, asked, error)
        raise
    if result and result[0].truncated:
        response.headers["x-vetkb-truncated"] = "true"
    return response


def _offer(request: Request, kind: Kind | None, named: str | None) -> Offer:
    """Return the format asked for; a `format` that does not fit is left to Accept, since it is no part of the protocol."""
    offers = offers_of(kind)
    short = (named or "").lower()
    for name in (short, *_SHORT_NAMES.get(short, ())):
        if any(offer.named(name) for offer in offers):
            return offer_for(request, offers, name)
    return offer_for(request, offers)


def _run(
    request: Request, site: Site, asked: SparqlRequest, formats: Mapping[str, str], most_rows: int | None = None
) -> RawResult:
    rows = min((n for n in (asked.max_rows, most_rows) if n is not None), default=None)
    return site.base.workers.query(
        asked.query or "",
        formats=formats,
        default_graphs=asked.default_graphs or None,
        named_graphs=asked.named_graphs or None,
        timeout=asked.timeout,
        max_rows=rows,
        base_iri=address_of(request),
    )


# --- without a query ---------------------------------------------------------------------------------


def _describe(request: Request, site: Site) -> Response:
    offer = offer_for(request, offers_of("construct"))
    if offer.name == HTML.name:
        page = {**_EMPTY, "query": _EXAMPLE}
        return reply(request, offer, partial(_page, request, site, page), depends_on=(request_language(request),))
    endpoint = address_of(request)
    return reply(request, offer, partial(description, site.base, endpoint, offer.name), depends_on=(endpoint,))


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


def _is_page(request: Request, asked: SparqlRequest) -> bool:
    try:
        return _offer(request, None, asked.format).name == HTML.name
    except VetkbError:
        return False


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


def _result_page(request: Request, site: Site, asked: SparqlRequest) -> Response:
    formats = {"select": "srj", "ask": "srj", "construct": "turtle"}
    headers: dict[str, str] = {}

    def make() -> bytes:
        result = _run(request, site, asked, formats, site.limits.page_rows)
        if result.truncated:
            headers["x-vetkb-truncated"] = "true"
        fields = [("query", asked.query or ""), *(f for f in _fields(request, asked) if f[0] != "lang")]
        content: dict[str, Any] = {
            **_EMPTY,
            "query": asked.query,
            "asked": _fields(request, asked),
            "truncated": result.truncated,
            "downloads": [
                (_LABELS[name], f"{request.url.path}?{urlencode([*fields, ('format', name)])}")
                for name in formats_of(result.kind)
            ],
        }
        return _page(request, site, {**content, **_shown(result)})

    depends_on: Sequence[str] | None = (
        None if is_volatile(asked.query or "") else (address_of(request), request_language(request))
    )
    response = reply(request, HTML, make, depends_on=depends_on)
    response.headers.update(headers)
    return response


def _shown(result: RawResult) -> dict[str, Any]:
    if result.kind == "construct":
        return {"graph": result.body.decode("utf-8", "replace")}
    if result.kind == "ask":
        return {"boolean": json.loads(result.body)["boolean"]}
    table = result.table()
    return {"columns": table.columns, "rows": table.rows}
