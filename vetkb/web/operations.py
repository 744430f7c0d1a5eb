"""For whoever runs the server: does it live, is it ready, figures, and the queries that run.

`/admin/…` is for programs on this machine alone. A request that came through a proxy, that a page in a browser sent, or that
asks for another host's name (so that a name on the internet may lead here) is told that there is nothing.
"""

from __future__ import annotations

import ipaddress

from starlette.requests import Request
from starlette.responses import Response

from vetkb import __version__
from vetkb.web.problems import NotFoundError
from vetkb.web.site import JSON, Site, site_of, to_json_bytes

_METRICS = "text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
# what a proxy leaves behind, and what a browser says of a page that is not the server's own
_FOREIGN = frozenset(
    (
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "cf-connecting-ip",
        "true-client-ip",
        "origin",
        "referer",
    )
)
_FORWARDED = "x-forwarded-"
_OWN_SITE = ("same-origin", "none")


async def health(request: Request) -> Response:
    """Say that the server lives, whether it can answer, and from which build."""
    site = site_of(request)
    return _state(site, 200 if site.ready else 503)


async def live(request: Request) -> Response:
    """Say that the server lives."""
    return _state(site_of(request), 200)


async def ready(request: Request) -> Response:
    """Say whether the server can answer."""
    return await health(request)


def _state(site: Site, status: int) -> Response:
    content = {
        "status": "ready" if site.ready else "starting",
        "live": True,
        "ready": site.ready,
        "build": site.base.build_id,
        "version": __version__,
    }
    return _json(content, status)


async def metrics(request: Request) -> Response:
    """Answer with the figures of Prometheus."""
    site = site_of(request)
    headers = {"content-type": _METRICS, "cache-control": "no-store"}
    return Response(site.telemetry.metrics(site), headers=headers)


async def running(request: Request) -> Response:
    """List the queries that run."""
    _only_from_here(request)
    pool = site_of(request).base.workers.pool
    found = [{"id": job.id, "seconds": round(job.seconds, 3), "query": job.label} for job in pool.running()]
    return _json({"queries": found, "waiting": pool.waiting(), "workers": pool.workers()})


async def cancel(request: Request) -> Response:
    """End a query that runs."""
    _only_from_here(request)
    number: int = request.path_params["number"]
    if not site_of(request).base.workers.pool.cancel(number):
        raise NotFoundError(f"no query of the number {number} runs")
    return _json({"cancelled": number})


def _json(content: object, status: int = 200) -> Response:
    return Response(to_json_bytes(content), status, {"content-type": JSON.media_type, "cache-control": "no-store"})


def _only_from_here(request: Request) -> None:
    if not is_local(request):
        raise NotFoundError(f"there is nothing at {request.url.path[:200]}; /docs lists what there is")


def is_local(request: Request) -> bool:
    """Say whether a request comes from a program on this machine, and from nobody behind it."""
    client = request.client.host if request.client else ""
    try:
        near = ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False
    name = request.headers.get("host", "").lower()
    host = name if name.endswith("]") else name.rpartition(":")[0] or name
    foreign = any(field in _FOREIGN or field.startswith(_FORWARDED) for field in request.headers)
    return near and host in _LOOPBACK_NAMES and not foreign and request.headers.get("sec-fetch-site", "none") in _OWN_SITE
