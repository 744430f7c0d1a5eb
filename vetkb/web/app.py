"""The application: which route is answered by which function, and what becomes of errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import Receive, Scope, Send

from vetkb.errors import VetkbError
from vetkb.web import catalogue, documents, linked, operations, plain, questions, sparql, validation, vocabulary
from vetkb.web.envelope import Envelope
from vetkb.web.negotiate import wants_page
from vetkb.web.problems import MEDIA_TYPE, BadRequestError, NotAllowedError, NotFoundError, problem_of
from vetkb.web.rate import Rate
from vetkb.web.site import HTML, Limits, Site, accept_of, site_of, to_json_bytes
from vetkb.web.telemetry import Telemetry

if TYPE_CHECKING:
    from fastapi import FastAPI

    from vetkb.base import KnowledgeBase


ROUTES = (
    ("/sparql", ["GET", "POST"], sparql.sparql),
    ("/ask", ["GET", "POST"], questions.ask),
    ("/queries", ["GET"], catalogue.queries),
    ("/queries/{name}", ["GET"], catalogue.query),
    ("/validate", ["GET", "POST"], validation.validate),
    ("/documents", ["GET"], documents.documents),
    ("/documents/{id:path}", ["GET"], documents.document),
    *(
        (path, ["GET"], linked.resource)
        for path in ("/ns", "/ns.{suffix}", "/eli/{path:path}", "/id/{path:path}", "/rule/{path:path}")
    ),
    *((path, ["GET"], vocabulary.shapes) for path in ("/shapes", "/shapes/{path:path}")),
    ("/ontology", ["GET"], vocabulary.ontology),
    ("/context.jsonld", ["GET"], vocabulary.context),
    ("/.well-known/void", ["GET"], vocabulary.void),
    ("/.well-known/{name}", ["GET"], linked.resource),
    ("/", ["GET"], plain.home),
    ("/health", ["GET"], operations.health),
    ("/health/live", ["GET"], operations.live),
    ("/health/ready", ["GET"], operations.ready),
    ("/metrics", ["GET"], operations.metrics),
    ("/admin/queries", ["GET"], operations.running),
    ("/admin/queries/{number:int}/cancel", ["POST"], operations.cancel),
    ("/docs", ["GET"], plain.docs),
    ("/openapi.json", ["GET"], plain.openapi),
    ("/schemas/{name}", ["GET"], plain.schema),
    ("/static/{name}", ["GET"], plain.static),
)


class Application:
    """应用 — Endpoints inside the envelope: at an address that is one's own at once, at every other by way of FastAPI.

    FastAPI takes a third of the time in which a server starts, and is loaded behind: who asks for its health or sends it a query
    does not wait for that.
    """

    def __init__(self, site: Site, rate: Rate | None) -> None:
        self.site, self.rate = site, rate
        self._direct = {(method, path): endpoint for path, methods, endpoint in ROUTES if "{" not in path for method in methods}
        self._routes = [Route(path, endpoint, methods=methods) for path, methods, endpoint in ROUTES]
        self._envelope = Envelope(self._answer, lambda: self.site, rate, self.allowed)
        self._life = Router(lifespan=lambda _: self._serving())
        self._framework: FastAPI | None = None
        self._loading = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._life if scope["type"] == "lifespan" else self._envelope)(scope, receive, send)

    def load(self) -> FastAPI:
        """Return the framework, loaded."""
        with self._loading:
            if self._framework is None:
                from fastapi import FastAPI

                self._framework = FastAPI(
                    openapi_url=None,  # the description is made from the catalogue and the schemas: see `openapi`
                    routes=[*self._routes],
                    exception_handlers={VetkbError: _problem, HTTPException: self._http_problem},
                )
                self._framework.router.redirect_slashes = False
            return self._framework

    def allowed(self, path: str) -> str:
        """Return the methods that an address takes, as the header Allow has them; nothing where there is none."""
        scope = {"type": "http", "method": "OPTIONS", "path": path, "headers": []}
        found = [route for route in self._routes if route.matches(scope)[0] is not Match.NONE]
        methods = {*(found[0].methods or ()), "OPTIONS"} if found else set()
        return ", ".join(method for method in ("GET", "HEAD", "POST", "OPTIONS") if method in methods)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._direct.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if endpoint is None:
            framework = self._framework
            if framework is None:
                framework = await asyncio.to_thread(self.load)
            await framework(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await endpoint(request)
        except VetkbError as error:
            response = await _problem(request, error)
        await response(scope, receive, send)

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        if not self.site.ready:
            await asyncio.to_thread(self.site.warm_up)
        try:
            yield
        finally:
            self.site.close()
            self.site.lanes.close()
            self.site.telemetry.flush()

    async def _http_problem(self, request: Request, error: Exception) -> Response:
        """Answer what the router itself refuses."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        path = request.url.path[:200]
        if status == 405:
            named = (error.headers or {}).get("Allow", "") if isinstance(error, HTTPException) else ""
            allow = ", ".join(method for method in ("GET", "HEAD", "POST") if method in named)
            return await _problem(request, NotAllowedError(f"{path} takes {allow}, not {request.method}", allow))
        if status == 404:
            without_slash = path.rstrip("/")
            if path.endswith("/") and self.allowed(without_slash):
                # an address of this server without its name, which a Host header could make another's
                place = request.scope.get("root_path", "") + quote(without_slash)
                return RedirectResponse(f"{place}?{request.url.query}" if request.url.query else place)
            return await _problem(request, NotFoundError(f"there is nothing at {path}; /docs lists what there is"))
        return await _problem(request, BadRequestError(f"the request cannot be read ({status})"))


def create_app(base: KnowledgeBase, limits: Limits | None = None, telemetry: Telemetry | None = None) -> Application:
    """Return the application (ASGI) that serves a base. The base stays the caller's to close."""
    site = Site(base, limits or Limits(), telemetry=telemetry or Telemetry())
    site.telemetry.routes = frozenset(path.split("/")[1] for path, _, _ in ROUTES)
    return Application(site, Rate(site.limits.rate) if site.limits.rate else None)


async def _problem(request: Request, error: Exception) -> Response:
    """Answer an error: problem details, or a page for a browser."""
    problem = problem_of(error)
    headers = {**problem.headers, "cache-control": "no-store", "vary": "Accept, Accept-Language"}
    if not wants_page(accept_of(request)):
        return Response(to_json_bytes(problem.to_json()), problem.status, {**headers, "content-type": MEDIA_TYPE})
    site = site_of(request)
    shown = {
        "status": problem.status,
        "title": {"zh": problem.title.zh, "en": problem.title.en},
        "detail": problem.detail,
        "suggestions": problem.extra.get("suggestions", ()),
    }
    page = site.pages.render("problem.html", request, site.base.build_id, {"problem": shown})
    return Response(page, problem.status, {**headers, "content-type": HTML.media_type})
