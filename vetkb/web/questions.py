"""GET and POST /ask: a question in Chinese or English → its answer, as JSON or as a page."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from vetkb.errors import UsageError
from vetkb.web.bodies import read_body, read_json
from vetkb.web.cache import Made
from vetkb.web.negotiate import Offer, bare
from vetkb.web.pages import request_language
from vetkb.web.problems import UnsupportedTypeError
from vetkb.web.protocol import FORM
from vetkb.web.site import HTML, JSON, Site, offer_for, one_each, reply, site_of, text_field, to_json_bytes

OFFERS = (JSON, HTML)
_FIELDS = ("q", "lang", "document", "as_of", "format")
_EXAMPLES_SHOWN = 8
# a result has the keys that its kind needs
_ABSENT: Mapping[str, Any] = dict.fromkeys(
    ("ordinal", "identifier", "date", "via", "detail", "value", "min", "max", "comparator", "unit")
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a client asks; `q` is None where it has not asked yet."""

    q: str | None
    language: str | None
    document: str | None
    as_of: datetime.date | None


async def ask(request: Request) -> Response:
    """Answer a request to /ask."""
    site = site_of(request)
    fields = await _posted(request, site) if request.method == "POST" else one_each(request.scope["query_string"])
    offer = offer_for(request, OFFERS, fields.get("format"))
    question = read_question(fields)
    if question.q is None and offer.name == HTML.name:
        empty = partial(_page, request, site, "", None)
        return await reply(request, offer, site.lanes.answers, empty, depends_on=(request_language(request),))
    make = partial(_answer, request, site, offer, question)
    today = (question.as_of or datetime.datetime.now(tz=datetime.UTC).astimezone().date()).isoformat()
    depends_on = (today, request_language(request)) if offer.name == HTML.name else (today,)
    request.scope["vetkb.text"] = question.q
    # every question is noted where questions are noted
    lasting = question.as_of is not None and site.telemetry.questions is None
    response = await reply(request, offer, site.lanes.answers, make, depends_on=depends_on, lasting=lasting)
    word: str | None = request.scope.get("vetkb.word")
    site.telemetry.question(question=question.q, language=question.language, document=question.document, status=word)
    return response


def read_question(fields: Mapping[str, str]) -> Question:
    """Read the parameters of a question. Raises UsageError."""
    spoken = fields.get("lang") or None
    if spoken not in (None, "zh", "en"):
        raise UsageError(f"lang={spoken}: the languages are zh and en")
    return Question(fields.get("q"), spoken, fields.get("document") or None, read_date(fields.get("as_of"), "as_of"))


def read_date(text: str | None, name: str) -> datetime.date | None:
    """Read a date. Raises UsageError."""
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name}={text[:40]}: write a date as 2018-12-31") from None


async def _posted(request: Request, site: Site) -> dict[str, str]:
    kind = bare(request.headers.get("content-type", ""))
    if kind not in (JSON.media_type, FORM):
        raise UnsupportedTypeError(f"send the question as {JSON.media_type} or {FORM}")
    body = await read_body(request, site.limits.question_body)
    if kind == FORM:
        return one_each(body)
    content = read_json(body)
    texts = {name: text_field(content, name) for name in _FIELDS}
    return {name: text for name, text in texts.items() if text is not None}


def _answer(request: Request, site: Site, offer: Offer, question: Question) -> Made:
    site.prepare()
    answer = site.base.ask(question.q or "", language=question.language, document=question.document, as_of=question.as_of)
    content = answer.to_json()
    body = to_json_bytes(content) if offer.name == JSON.name else _page(request, site, question.q or "", content)
    return Made(body, word=answer.status)


def _page(request: Request, site: Site, question: str, answer: Mapping[str, Any] | None) -> bytes:
    same = [(name, value) for name, value in request.query_params.multi_items() if name not in ("q", "format")]
    if answer is not None:
        answer = {**answer, "results": [{**_ABSENT, **result} for result in answer["results"]]}
    context = {
        "question": question,
        "answer": answer,
        "examples": _examples(site, request_language(request)) if answer is None else (),
        "figure": figure,
        "json_link": f"{request.url.path}?{urlencode([('q', question), *same, ('format', 'json')])}",
    }
    return site.pages.render("ask.html", request, site.base.build_id, context)


def _examples(site: Site, spoken: str) -> list[str]:
    """Return questions that the catalogue says can be answered, one a query."""
    firsts = [[q for q in query.examples if q.isascii() == (spoken == "en")][:1] for query in site.base.catalogue.values()]
    return [question for questions in firsts for question in questions][:_EXAMPLES_SHOWN]


def figure(result: Mapping[str, Any]) -> str:
    """Return the figure of a result as people read it.

    >>> figure({"value": 12000, "comparator": ">=", "unit": "元"})
    '≥ 12,000 元'
    >>> figure({"value": None, "min": 3, "max": 5, "comparator": "range", "unit": "%"})
    '3–5 %'
    """
    value, low, high = (result.get(key) for key in ("value", "min", "max"))
    if value is not None:
        number = f"{value:,}"
    elif low is not None and high is not None:
        number = f"{low:,}–{high:,}"
    else:
        return ""
    sign = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "approx": "≈"}.get(result.get("comparator") or "", "")
    return " ".join(part for part in (sign, number, result.get("unit")) if part)
