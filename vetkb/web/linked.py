"""GET /eli/…, /id/…, /rule/…, /ns: every IRI of the base resolves.

The path of a request is the path of an IRI, percent-encoding and all. A suffix (.ttl, .jsonld, …) or Accept picks the
syntax. What is written (a document, a clause, a graph) is answered with 200; a thing that is only written about (an
agency, an indicator) with 303 to a description of it, which has the suffix in its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from vetkb.engine import MEDIA_TYPES, Iri, Literal, Quad, formats_of
from vetkb.errors import UnknownNameError
from vetkb.graph.syntax import serialise
from vetkb.graph.terms import BASE, RDF_TYPE, RDFS_LABEL, Skos
from vetkb.linked import Passage, Resource, to_quads
from vetkb.linked.labels import path_in
from vetkb.linked.resource import RULES, TERMS, is_derived
from vetkb.reason import load_rules
from vetkb.web import documents
from vetkb.web.cache import Made
from vetkb.web.negotiate import Offer
from vetkb.web.pages import request_language
from vetkb.web.site import HTML, Site, asked_of, offer_for, reply, site_of

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

_RDF = tuple(
    Offer(name, MEDIA_TYPES[name], ("application/json",) if name == "jsonld" else ()) for name in formats_of("construct")
)
OFFERS = (*_RDF, HTML)
PLAIN = Offer("text", "text/plain; charset=utf-8")
SUFFIXES: Mapping[str, Offer] = {
    ".html": HTML,
    ".json": Offer("jsonld", "application/json"),
    ".txt": PLAIN,
    **{
        suffix: next(offer for offer in _RDF if offer.name == name)
        for suffix, name in (
            *((".ttl", "turtle"), (".jsonld", "jsonld"), (".nt", "ntriples")),
            *((".rdf", "rdfxml"), (".trig", "trig"), (".nq", "nquads")),
        )
    },
}
SUFFIX_OF = {offer.name: suffix for suffix, offer in SUFFIXES.items() if suffix != ".json"}
ALTERNATES = (("Turtle", ".ttl"), ("JSON-LD", ".jsonld"), ("N-Triples", ".nt"), ("TriG", ".trig"))
_GRAPH_SYNTAXES = ("jsonld", "trig", "nquads")
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_LONGEST = 2000
_SHOWN = 200
_AROUND = 500


async def resource(request: Request) -> Response:
    """Answer a request for an IRI of the base."""
    site = site_of(request)
    path = _local_path(request)
    iri, suffix = await site.lanes.answers.run(partial(find, site.base, path))
    return await answer(request, iri, suffix)


async def answer(request: Request, iri: str, suffix: str = "") -> Response:
    """Answer with the description of an IRI: in the syntax of a suffix, else as `format` or Accept says."""
    site = site_of(request)
    found = await site.lanes.answers.run(partial(site.base.describe, iri))
    offers = (PLAIN, *OFFERS) if iri.endswith("/zho/txt") else OFFERS
    offer = SUFFIXES[suffix] if suffix else offer_for(request, offers, asked_of(request).get("format"))
    headers = {"link": f'<{quoted(iri)}>; rel="describes"'}
    if found.more and offer.name != PLAIN.name:
        headers["x-vetkb-truncated"] = "true"
    if not (suffix or found.is_document):
        return _see_other(request, iri, SUFFIX_OF[offer.name], headers)
    make = partial(_written, request, site, found, offer)
    # the IRI too, since an address is known here without its percent-encoding
    depends_on = (iri, request_language(request)) if offer.name == HTML.name else (iri,)
    return await reply(request, offer, site.lanes.answers, lambda: Made(make(), headers), depends_on=depends_on)


def _see_other(request: Request, iri: str, suffix: str, headers: Mapping[str, str]) -> Response:
    """Lead from a thing to a description of it."""
    query = request.url.query
    place = f"{request.scope.get('root_path', '')}/{quoted(iri.removeprefix(BASE))}{suffix}"
    sent = {**headers, "location": f"{place}?{query}" if query else place, "vary": "Accept, Accept-Language"}
    return Response(status_code=303, headers={**sent, "cache-control": "no-cache"})


def find(base: KnowledgeBase, path: str) -> tuple[str, str]:
    """Return the IRI that a path names, and the suffix that asks for a syntax of it. Raises UnknownNameError."""
    for name, suffix in _readings(path):
        for iri in dict.fromkeys(BASE + spelled for spelled in _spellings(name)):
            if base.knows(iri):
                return iri, suffix
    raise UnknownNameError(f"the base has no {BASE}{path[:300]}")


def _local_path(request: Request) -> str:
    """Return the path of a request as it was sent, without the one that the application stands under."""
    raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    return path.removeprefix(request.scope.get("root_path", "")).removeprefix("/")


def _readings(path: str) -> Iterator[tuple[str, str]]:
    if len(path) <= _LONGEST:
        yield path, ""
        for suffix in SUFFIXES:
            if path.endswith(suffix):
                yield path.removesuffix(suffix), suffix


def _spellings(name: str) -> Iterator[str]:
    """Yield the ways in which an IRI may be meant: percent-encoding in either case, or none."""
    for spelled in (name, re.sub("%[0-9a-fA-F]{2}", lambda code: code[0].upper(), name), unquote(name, errors="replace")):
        if spelled and not _NOT_IN_IRI.search(spelled) and "\ufffd" not in spelled:
            yield spelled


def quoted(iri: str) -> str:
    """Return an IRI as a header or an address can hold it."""
    return quote(iri, safe="/:#%?@!$&'()*+,;=~-._[]")


def address_of_iri(root: str, iri: str) -> str | None:
    """Return where an IRI leads from a page: within this site, out to the web, or (None) nowhere."""
    if iri.startswith(BASE):
        return f"{root}/{quoted(iri.removeprefix(BASE))}"
    return quoted(iri) if iri.startswith(("http://", "https://")) else None


# --- answers -----------------------------------------------------------------------------------------


def _written(request: Request, site: Site, found: Resource, offer: Offer) -> bytes:
    if offer.name == PLAIN.name:
        return documents.plain_text(site, found.iri.removesuffix("/zho/txt"))
    if offer.name == HTML.name:
        if any(entry.iri == found.iri for entry in site.base.documents()):
            return documents.page(request, site, found.iri)
        return _page(request, site, found)
    with_graphs = offer.name in _GRAPH_SYNTAXES
    body = serialise(to_quads(found, site.base.labels, with_graphs=with_graphs), offer.name)
    if found.more and offer.name in ("turtle", "ntriples", "trig", "nquads"):
        body += b"# truncated: true\n"
    return body


def _page(request: Request, site: Site, found: Resource) -> bytes:
    language = request_language(request)
    root = request.scope.get("root_path", "")
    show = _Shower(site.base, language, root, found.iri)
    part = site.base.part_of(found.iri)
    passage = part[0].passage(part[1], found.iri, _AROUND) if part else None
    context = {
        "iri": found.iri,
        "label": site.base.labels.in_language(found.iri, language),
        "rule": _rule_shown(found.iri, language),
        "types": [show.value(quad.object) for quad in found.about if quad.predicate == RDF_TYPE],
        "about": show.by_predicate(quad for quad in found.about if quad.predicate != RDF_TYPE),
        "terms": show.by_subject(found.about) if found.iri + "#" == TERMS else (),
        "nested": show.by_subject(found.nested),
        "content": show.by_subject(found.content[:_SHOWN]),
        "pointing": show.pointing(found.pointing),
        "more": found.more or len(found.content) > _SHOWN,
        "document": part[0].entry if part else None,
        "passage": passage,
        "shown_block": partial(documents.shown_block, root),
        "place_link": partial(_place_link, root, passage),
        "alternates": [(name, f"{root}/{quoted(found.iri.removeprefix(BASE))}{suffix}") for name, suffix in ALTERNATES],
    }
    return site.pages.render("resource.html", request, site.base.build_id, context)


def _rule_shown(iri: str, language: str) -> dict[str, str] | None:
    """Return what a rule does and the query that does it."""
    rule = next((one for one in load_rules() if one.graph == iri), None) if iri.startswith(RULES) else None
    return {"description": rule.description.in_language(language), "sparql": rule.sparql} if rule is not None else None


def _place_link(root: str, passage: Passage | None, which: str) -> str | None:
    place = getattr(passage, which)
    return address_of_iri(root, place.iri) if place is not None else None


class _Shower:
    """Statements as a page shows them."""

    def __init__(self, base: KnowledgeBase, language: str, root: str, within: str) -> None:
        """`within` is what the page is about: on the page of a rule nobody need be told whose conclusions these are."""
        self._within = within
        self._labels = base.labels
        self._language = language
        self._root = root

    def value(self, term: Iri | Literal) -> dict[str, Any]:
        if isinstance(term, Literal):
            return {"text": term.value, "link": None, "language": term.language, "iri": None, "where": ""}
        link = address_of_iri(self._root, term)
        text = self._labels.in_language(term, self._language)
        where = path_in(term) if term.startswith(f"{BASE}eli/") else ""
        return {"text": text, "link": link, "language": None, "iri": str(term), "where": "" if where in text else where}

    def _rule(self, quad: Quad) -> dict[str, Any] | None:
        derived = quad.graph is not None and quad.graph != self._within and is_derived(quad)
        return self.value(quad.graph) if derived and quad.graph is not None else None

    def by_predicate(self, quads: Iterator[Quad] | Sequence[Quad]) -> list[dict[str, Any]]:
        rows: dict[Iri, list[dict[str, Any]]] = {}
        for quad in sorted(quads, key=_place_of):
            rule = self._rule(quad)
            rows.setdefault(quad.predicate, []).append({**self.value(quad.object), "rule": rule})
        return [{"predicate": self.value(predicate), "values": values} for predicate, values in rows.items()]

    def by_subject(self, quads: Sequence[Quad]) -> list[dict[str, Any]]:
        subjects: dict[Iri, list[Quad]] = {}
        for quad in quads:
            subjects.setdefault(quad.subject, []).append(quad)
        return [
            {"subject": self.value(subject), "anchor": subject.partition("#")[2], "rows": self.by_predicate(said)}
            for subject, said in subjects.items()
        ]

    def pointing(self, quads: Sequence[Quad]) -> list[dict[str, Any]]:
        rows: dict[Iri, list[dict[str, Any]]] = {}
        for quad in quads:
            rule = self._rule(quad)
            rows.setdefault(quad.predicate, []).append({**self.value(quad.subject), "rule": rule})
        return [
            {"predicate": self.value(predicate), "values": values[:_SHOWN], "more": len(values) > _SHOWN}
            for predicate, values in rows.items()
        ]


def _place_of(quad: Quad) -> tuple[bool, bool, str]:
    """Names come first, links last."""
    return quad.predicate not in (Skos.prefLabel, RDFS_LABEL), isinstance(quad.object, Iri), quad.predicate
