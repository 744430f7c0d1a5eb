"""GET /queries and /queries/{name}: the catalogue and its answers, as data and as pages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from vetkb.engine import MEDIA_TYPES
from vetkb.errors import UnknownNameError
from vetkb.web.negotiate import Offer
from vetkb.web.pages import request_language
from vetkb.web.site import HTML, JSON, Site, offer_for, one_each, reply, site_of, to_json_bytes

if TYPE_CHECKING:
    from vetkb.query import CatalogueQuery, QueryResult

_XLSX = Offer("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
OFFERS = (JSON, *(Offer(name, MEDIA_TYPES[name]) for name in ("srj", "csv", "tsv", "srx")), _XLSX, HTML)
_DOWNLOADS = (("JSON", "json"), ("CSV", "csv"), ("TSV", "tsv"), ("XLSX", "xlsx"))
_RESERVED = ("lang", "format")


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
    offer = offer_for(request, (JSON, HTML), one_each(request.scope["query_string"]).get("format"))
    make = partial(_list, request, site, offer)
    depends_on = (request_language(request),) if offer.name == HTML.name else ()
    return await site.answers.run(partial(reply, request, offer, make, depends_on=depends_on))


async def query(request: Request) -> Response:
    """Answer a request to /queries/{name}."""
    site = site_of(request)
    name: str = request.path_params["name"]
    known = site.base.catalogue
    if name not in known:
        raise UnknownNameError(f"there is no query {name[:80]!r} in the catalogue; /queries lists them", list(known)[:5])
    fields = one_each(request.scope["query_string"])
    offer = offer_for(request, OFFERS, fields.get("format"))
    given = {key: value for key, value in fields.items() if key not in _RESERVED}
    if offer.name == HTML.name:
        given = {key: value for key, value in given.items() if value}
    make = partial(_result, request, site, offer, known[name], given)
    return await site.answers.run(partial(reply, request, offer, make, depends_on=(request_language(request),)))


def _list(request: Request, site: Site, offer: Offer) -> bytes:
    found = [described(one) for one in site.base.catalogue.values()]
    if offer.name == HTML.name:
        return site.pages.render("queries.html", request, site.base.build_id, {"queries": found})
    return to_json_bytes({"queries": found, "build": site.base.build_id})
