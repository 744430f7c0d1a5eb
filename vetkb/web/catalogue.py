"""GET /queries and /queries/{name}: the catalogue and its answers, as data and as pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from vetkb.engine import MEDIA_TYPES, Iri, Value
from vetkb.errors import UnknownNameError
from vetkb.graph.terms import BASE
from vetkb.query.run import MOST_ROWS
from vetkb.web.cache import Made
from vetkb.web.negotiate import Offer
from vetkb.web.pages import request_language
from vetkb.web.site import HTML, JSON, Site, asked_of, encoded, offer_for, reply, site_of, to_json_bytes

if TYPE_CHECKING:
    from vetkb.query import CatalogueQuery, QueryResult

_XLSX = Offer("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
OFFERS = (JSON, *(Offer(name, MEDIA_TYPES[name]) for name in ("srj", "csv", "tsv", "srx")), _XLSX, HTML)
_DOWNLOADS = (("JSON", "json"), ("CSV", "csv"), ("TSV", "tsv"), ("XLSX", "xlsx"))
_RESERVED = ("lang", "format")
_IN_PATHS = "/:#%@!$&'()*+,;=~-._"


def described(query: CatalogueQuery) -> dict[str, Any]:
    """Return what clients learn of a query of the catalogue."""
    return {
        "name": query.name,
        "title": {"zh": query.title.zh, "en": query.title.en},
        "description": {"zh": query.description.zh, "en": query.description.en},
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "required": parameter.required,
                "description": {"zh": parameter.description.zh, "en": parameter.description.en},
                "example": parameter.example,
                "default": parameter.default,
            }
            for parameter in query.parameters
        ],
        "columns": list(query.columns),
        "examples": list(query.examples),
        "sparql": query.sparql,
    }


def address(path: str, parameters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


async def queries(request: Request) -> Response:
    """Answer a request to /queries."""
    site = site_of(request)
    offer = offer_for(request, (JSON, HTML), asked_of(request).get("format"))
    make = partial(_list, request, site, offer)
    depends_on = (request_language(request),) if offer.name == HTML.name else ()
    return await reply(request, offer, site.lanes.answers, make, depends_on=depends_on)


async def query(request: Request) -> Response:
    """Answer a request to /queries/{name}."""
    site = site_of(request)
    name: str = request.path_params["name"]
    known = site.base.catalogue
    if name not in known:
        raise UnknownNameError(f"there is no query {name[:80]!r} in the catalogue; /queries lists them", list(known)[:5])
    fields = asked_of(request)
    offer = offer_for(request, OFFERS, fields.get("format"))
    given = {key: value for key, value in fields.items() if key not in _RESERVED}
    if offer.name == HTML.name:
        given = {key: value for key, value in given.items() if value}
    make = partial(_answer, request, site, offer, known[name], given)
    return await reply(request, offer, site.lanes.answers, make, depends_on=(request_language(request),))


def _list(request: Request, site: Site, offer: Offer) -> bytes:
    found = [described(one) for one in site.base.catalogue.values()]
    if offer.name == HTML.name:
        return site.pages.render("queries.html", request, site.base.build_id, {"queries": found})
    return to_json_bytes({"queries": found, "build": site.base.build_id})


def _answer(request: Request, site: Site, offer: Offer, query: CatalogueQuery, given: Mapping[str, str]) -> Made:
    # a page that has just been opened shows the form
    if offer.name == HTML.name and not given and any(parameter.required for parameter in query.parameters):
        return Made(_page(request, site, query, given, None))
    bounded = given
    if offer.name == HTML.name:
        bounded = {"limit": str(site.limits.page_rows), **given}
    result = site.base.query(query.name, bounded, language=request_language(request))
    headers = {"x-vetkb-truncated": "true"} if result.truncated else {}
    pages = page_links(request, result)
    if pages:
        headers["link"] = ", ".join(f'<{target}>; rel="{relation}"' for relation, target in pages.items())
    if offer.name == HTML.name:
        return Made(_page(request, site, query, given, result), headers)
    if offer.name != JSON.name:
        headers["content-disposition"] = f'attachment; filename="{query.name}.{offer.name}"'
    return Made(written(result, offer.name), headers)


def page_links(request: Request, result: QueryResult) -> dict[str, str]:
    """Return where the rows before and after these are: `prev` and `next` → address."""
    offset = int(result.parameters.get("offset", "0"))
    size = int(result.parameters.get("limit", str(MOST_ROWS)))
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("limit", "offset")]

    def at(start: int, rows: int) -> str:
        return f"{request.url.path}?{urlencode([*kept, ('limit', rows), ('offset', start)])}"

    found = {}
    if offset and size:
        found["prev"] = at(max(0, offset - size), min(size, offset))
    if result.truncated and result.rows:
        found["next"] = at(offset + len(result.rows), size)
    return found


def written(result: QueryResult, format: str) -> bytes:  # noqa: A002 (as everywhere: format)
    """Return the rows in one of the formats offered."""
    if format == JSON.name:
        return to_json_bytes(result.to_json())
    if format == _XLSX.name:
        from vetkb.export.workbook import to_workbook

        note = f"# truncated: true; only {len(result.rows)} rows" if result.truncated else None
        return to_workbook(result.columns, result.rows, note=note)
    return encoded(result.render(format))


def _page(request: Request, site: Site, query: CatalogueQuery, given: Mapping[str, str], result: QueryResult | None) -> bytes:
    asked = [*given.items(), *((key, value) for key, value in request.query_params.items() if key == "lang")]
    root = request.scope.get("root_path", "")
    context = {
        "query": described(query),
        "given": given,
        "result": result,
        "cells": [[cell(root, value) for value in row] for row in (result.rows if result else ())],
        "truncated": result is not None and result.truncated,
        "pages": page_links(request, result) if result is not None else {},
        "downloads": [(label, address(request.url.path, dict([*asked, ("format", name)]))) for label, name in _DOWNLOADS],
    }
    return site.pages.render("query.html", request, site.base.build_id, context)


def cell(root: str, value: Value) -> Mapping[str, object]:
    """Return a value as a cell of a table shows it: an IRI of the base leads to its page, without what all of them begin with."""
    if isinstance(value, Iri) and value.startswith(BASE):
        return {"text": value.removeprefix(BASE), "link": f"{root}/{quote(value.removeprefix(BASE), safe=_IN_PATHS)}"}
    return {"text": value, "link": None}
