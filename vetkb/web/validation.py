"""/validate: reported data → the report, as JSON, as a SHACL validation report or as a page; and the page to hand data in.

The body streams in up to a cap and is checked in a process that can be killed. Shapes are named, never read from a path.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response

from vetkb.engine import MEDIA_TYPES as RDF_TYPES
from vetkb.engine import formats_of
from vetkb.errors import UsageError
from vetkb.paths import SHAPE_KINDS
from vetkb.report_workers import check, check_at_once
from vetkb.reporting import MEDIA_TYPES as DATA_TYPES
from vetkb.reporting import SUFFIXES
from vetkb.web.bodies import read_body
from vetkb.web.cache import Made
from vetkb.web.forms import MOST_FRAMING, MULTIPART, Part, read_parts
from vetkb.web.headers import SECURITY
from vetkb.web.negotiate import Offer, bare
from vetkb.web.pages import request_language
from vetkb.web.problems import UnsupportedTypeError
from vetkb.web.questions import read_date
from vetkb.web.site import HTML, JSON, Site, asked_of, offer_for, one_each, reply, site_of, whole

# of figures; docs/http.md has those of tasks beside
_COLUMNS = {"zh": "指标,对象,对象类型,地区,数值,单位,年份", "en": "indicator,about,about_type,area,value,unit,year"}
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
OFFERS = (JSON, *(Offer(name, RDF_TYPES[name]) for name in formats_of("construct")), Offer("csv", RDF_TYPES["csv"]), HTML)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check is to go by."""

    as_of: datetime.date | None
    shapes: str
    tolerance: float | None


async def validate(request: Request) -> Response:
    """Answer a request to /validate."""
    site = site_of(request)
    if request.method == "GET":
        return await _form(request, site)
    fields = one_each(request.scope["query_string"])
    offer = offer_for(request, OFFERS, fields.get("format"))
    content_type = request.headers.get("content-type", "")
    kind: str | None = bare(content_type)
    if kind == MULTIPART:
        most = site.limits.validate_body + MOST_FRAMING
        filled, kind, body = read_form(read_parts(content_type, await read_body(request, most)))
        fields |= filled
    elif kind in DATA_TYPES:
        body = await read_body(request, site.limits.validate_body)
    else:
        raise UnsupportedTypeError(f"send the data as {', '.join(DATA_TYPES)}, or as a form ({MULTIPART})")
    told = _told(read_asked(fields), kind, offer, request_language(request))
    at_once = check_at_once(site.checker, body, **told)
    if at_once is not None:
        return whole(request, offer, _made(offer, await at_once))
    return await reply(request, offer, site.lanes.checks, partial(_checked, site, offer, body, told))


def read_form(parts: Mapping[str, Part]) -> tuple[dict[str, str], str | None, bytes]:
    """Return the parameters of a form, the media type of its data (None: to be told by its first bytes) and the data.

    Raises UsageError where there are none, or both a file and rows.
    """
    given = [parts[name] for name in ("data", "text") if name in parts and parts[name].content.strip()]
    if len(given) != 1:
        raise UsageError("there is both a file and rows; hand in one of them" if given else "choose a file, or paste rows")
    data = given[0]
    syntax = SUFFIXES.get(PurePosixPath(data.filename or "").suffix.casefold())
    kind = next((media_type for media_type, name in DATA_TYPES.items() if name == syntax), None)
    return {name: parts[name].text for name in ("as_of", "shapes", "tolerance") if name in parts}, kind, data.content


async def _form(request: Request, site: Site) -> Response:
    """Show the page on which a person hands data in."""
    asked_of(request)
    today = datetime.date.today().isoformat()
    make = partial(_form_page, request, site, today)
    offer = offer_for(request, [HTML])
    return await reply(request, offer, site.lanes.answers, make, depends_on=(today, request_language(request)), lasting=False)


def _form_page(request: Request, site: Site, today: str) -> bytes:
    content = {
        "today": today,
        "kinds": SHAPE_KINDS,
        "suffixes": list(SUFFIXES),
        "columns": _COLUMNS[request_language(request)],
        "megabytes": site.limits.validate_body >> 20,
        "seconds": f"{site.limits.check.seconds:g}",
    }
    return site.pages.render("validate.html", request, site.base.build_id, content)


def read_asked(fields: Mapping[str, str]) -> Asked:
    """Read the parameters of a check. Raises UsageError."""
    shapes = fields.get("shapes") or "compliance"
    if shapes not in SHAPE_KINDS:
        raise UsageError(f"shapes={shapes[:40]}: the shapes are {', '.join(SHAPE_KINDS)}")
    return Asked(read_date(fields.get("as_of"), "as_of"), shapes, read_tolerance(fields.get("tolerance")))


def read_tolerance(text: str | None) -> float | None:
    """Read a percentage. Raises UsageError."""
    if not text:
        return None
    try:
        percent = Decimal(text)
    except InvalidOperation:
        percent = Decimal(-1)
    if not (percent.is_finite() and 0 <= percent <= 100):
        raise UsageError(f"tolerance={text[:40]}: give a percentage from 0 to 100")
    return float(percent)


def _told(asked: Asked, kind: str | None, offer: Offer, language: str) -> dict[str, str | float | None]:
    """Return what the process that checks is told of a request."""
    return {
        "media_type": kind,
        # said here: the other process does not know the zone that this one was started in
        "as_of": (asked.as_of or datetime.date.today()).isoformat(),
        "shapes": asked.shapes,
        "tolerance": asked.tolerance,
        "format": offer.name,
        "language": language,
    }


def _checked(site: Site, offer: Offer, body: bytes, told: Mapping[str, str | float | None]) -> Made:
    return _made(offer, check(site.checker, body, **told))


def _made(offer: Offer, content: bytes) -> Made:
    return Made(content, {"content-security-policy": with_styles(content)} if offer.name == HTML.name else {})


def with_styles(page: bytes) -> str:
    """Return a policy that lets a page use the style sheets that stand inside it: a report is a page one can keep."""
    digests = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in _STYLE.findall(page)]
    return SECURITY["content-security-policy"] + "; style-src 'self' " + " ".join(f"'sha256-{digest}'" for digest in digests)
