"""The small routes: the way in, the API's description, schemas, and the two files that pages need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vetkb.paths import SCHEMAS
from vetkb.web.negotiate import Offer
from vetkb.web.openapi import operations_of, specification
from vetkb.web.pages import request_language
from vetkb.web.problems import NotFoundError
from vetkb.web.site import HTML, JSON, Site, reply, site_of, to_json_bytes

_SCHEMA = Offer("schema", "application/schema+json")


async def home(request: Request) -> Response:
    """Send whoever comes to the door to the page that lets a person ask."""
    query = request.url.query
    return RedirectResponse(request.scope.get("root_path", "") + "/ask" + (f"?{query}" if query else ""), 302)


async def openapi(request: Request) -> Response:
    site = site_of(request)
    return await reply(request, JSON, site.lanes.answers, lambda: to_json_bytes(specification(site.base)), depends_on=())


async def docs(request: Request) -> Response:
    site = site_of(request)
    make = partial(_docs_page, request, site)
    return await reply(request, HTML, site.lanes.answers, make, depends_on=(request_language(request),))


def _docs_page(request: Request, site: Site) -> bytes:
    content: Mapping[str, Any] = {"operations": operations_of(specification(site.base))}
    return site.pages.render("docs.html", request, site.base.build_id, content)


async def schema(request: Request) -> Response:
    name = request.path_params["name"]
    known = {file.name: file for file in SCHEMAS.glob("*.json")}
    if name not in known:
        raise NotFoundError(f"there is no schema {name[:80]}; there are {', '.join(sorted(known))}")
    content = json.loads(known[name].read_bytes())
    return await reply(request, _SCHEMA, site_of(request).lanes.answers, lambda: to_json_bytes(content), depends_on=())


async def static(request: Request) -> Response:
    site = site_of(request)
    name = request.path_params["name"]
    if name not in site.pages.static:
        raise NotFoundError(f"there is no file {name[:80]}")
    file = site.pages.static[name]
    # the address in a page carries the hash of the content
    age = "public, max-age=31536000, immutable" if request.url.query else "no-cache"
    return Response(file.content, headers={"content-type": file.media_type, "cache-control": age})
