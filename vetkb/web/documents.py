"""GET /documents and /documents/{id}: the corpus, and each document with its text, tasks, targets and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from vetkb.errors import UsageError
from vetkb.graph.names import fragment_of
from vetkb.graph.terms import BASE
from vetkb.linked.place import Block
from vetkb.store import DocumentEntry, normalise
from vetkb.text import Quote, Span
from vetkb.web.negotiate import Offer
from vetkb.web.pages import request_language
from vetkb.web.questions import figure
from vetkb.web.site import HTML, JSON, Site, asked_of, offer_for, reply, site_of, to_json_bytes

_SHOWN_CHARACTERS = 300_000
_PAGE = 100
_MOST = 10_000
_SUFFIXES = (".json", ".html")


async def documents(request: Request) -> Response:
    """Answer a request to /documents."""
    site = site_of(request)
    fields = asked_of(request)
    offer = offer_for(request, (JSON, HTML), fields.get("format"))
    limit, offset = _whole(fields, "limit", _PAGE), _whole(fields, "offset", 0)
    make = partial(_list, request, site, offer, fields.get("q", ""), limit, offset)
    depends_on = (request_language(request),) if offer.name == HTML.name else ()
    return await reply(request, offer, site.lanes.answers, make, depends_on=depends_on)


async def document(request: Request) -> Response:
    """Answer a request to /documents/{id}."""
    site = site_of(request)
    name: str = request.path_params["id"]
    named = asked_of(request).get("format")
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            name, named = name.removesuffix(suffix), suffix.removeprefix(".")
    # what joins the slashes of an address leaves one of an IRI's two
    name = name.replace(":/", "://", 1) if "://" not in name else name
    offer = offer_for(request, (JSON, HTML), named)
    entry = await site.lanes.answers.run(partial(site.base.store.document, name[:1000]))
    make = partial(page, request, site, entry.iri) if offer.name == HTML.name else partial(_as_json, site, entry)
    depends_on = (request_language(request),) if offer.name == HTML.name else ()
    return await reply(request, offer, site.lanes.answers, make, depends_on=depends_on)


def address_of_document(root: str, entry: DocumentEntry) -> str:
    """Return the address of the page of a document, readable where it has a number."""
    return f"{root}/documents/{quote(entry.identifier or entry.iri.removeprefix(f'{BASE}eli/cn/'), safe='/')}"


def plain_text(site: Site, document: str) -> bytes:
    """Return the source text of a document. Raises UnknownNameError."""
    return site.base.store.source(document).text.encode("utf-8", "replace")


def _whole(fields: Mapping[str, str], name: str, usual: int) -> int:
    text = fields.get(name)
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise UsageError(f"{name}={text[:40]}: give a whole number")
    return int(text)


def _list(request: Request, site: Site, offer: Offer, sought: str, limit: int, offset: int) -> bytes:
    key = normalise(sought)
    found = [one for one in site.base.documents() if key in normalise(f"{one.identifier or ''} {one.title or ''}")]
    shown = found[offset : offset + min(limit, _MOST)]
    root = request.scope.get("root_path", "")
    rows = [
        {
            "iri": str(entry.iri),
            "identifier": entry.identifier,
            "title": entry.title,
            "source": entry.source,
            "sha256": entry.sha256,
            "counts": dict(entry.counts),
            "address": address_of_document(root, entry),
        }
        for entry in shown
    ]
    content = {"documents": rows, "total": len(found), "truncated": offset + len(shown) < len(found), "build": site.base.build_id}
    if offer.name == JSON.name:
        return to_json_bytes(content)
    pages = {"limit": limit, "offset": offset, "sought": sought}
    return site.pages.render("documents.html", request, site.base.build_id, {**content, **pages})


def content_of(site: Site, entry: DocumentEntry) -> dict[str, Any]:
    """Return a document as JSON has it: its model (schemas/document.json), its IRI, text and targets, and the build."""
    base = site.base
    return {
        **base.model_of(entry.iri),
        "iri": str(entry.iri),
        "text": base.store.source(entry.iri).text,
        "targets": base.query("targets", {"document": entry.iri}).to_json()["rows"],
        "build": base.build_id,
    }


def _as_json(site: Site, entry: DocumentEntry) -> bytes:
    return to_json_bytes(content_of(site, entry))


# --- the page ----------------------------------------------------------------------------------------


def page(request: Request, site: Site, iri: str) -> bytes:
    """Return the page of a document."""
    text = site.base.text_of(iri)
    model = content_of(site, text.entry)
    root = request.scope.get("root_path", "")
    local = f"{root}/{iri.removeprefix(BASE)}"
    context = {
        "entry": text.entry,
        "model": model,
        "parties": _parties(model["responsibilities"]),
        "contents": [place for place in text.places if not place.is_row and place.depth == 0],
        "blocks": text.blocks(Span(0, min(len(text.text), _SHOWN_CHARACTERS))),
        "cut": len(text.text) > _SHOWN_CHARACTERS,
        "shown_block": partial(shown_block, root),
        "figure": figure,
        "item_link": partial(_item_link, root, iri),
        "source": f"{local}/zho/txt",
        "alternates": [("JSON", f"{address_of_document(root, text.entry)}.json"), *_downloads(local)],
    }
    return site.pages.render("document.html", request, site.base.build_id, context)


def _downloads(local: str) -> list[tuple[str, str]]:
    return [("Turtle", f"{local}/graph.ttl"), ("JSON-LD", f"{local}/graph.jsonld"), ("N-Quads", f"{local}/graph.nq")]


def _item_link(root: str, document: str, path: str | None) -> str | None:
    return f"{root}/{document.removeprefix(BASE)}/{fragment_of(path)}" if path else None


def _parties(responsibilities: Sequence[Mapping[str, Any]]) -> dict[str | None, list[Mapping[str, Any]]]:
    """Return the agencies of each item, in the order in which the text names them."""
    found: dict[str | None, list[Mapping[str, Any]]] = {}
    for one in responsibilities:
        found.setdefault(one["item"], []).extend(one["agencies"])
    return found


def shown_block(root: str, block: Block) -> dict[str, Any]:
    """Return a block as the template shows it: cells for a row of a table, anchors for the places that begin in it."""
    pieces = [
        {
            "text": piece.text.rstrip("\r\n") if block.kind == "row" else Quote(0, 0, piece.text).words,
            "kind": piece.fact.kind if piece.fact else None,
            "link": f"{root}/{piece.fact.iri.removeprefix(BASE)}" if piece.fact else None,
            "marked": piece.marked,
        }
        for piece in block.pieces
    ]
    anchors = [(place.iri.rpartition("/")[2], f"{root}/{place.iri.removeprefix(BASE)}") for place in block.starts]
    return {"kind": block.kind, "anchors": anchors, "pieces": pieces}
