"""GET /shapes, /ontology, /context.jsonld, /.well-known/void: what graphs are made of and held against, in any syntax."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from vetkb.engine import Iri, Literal, Quad, parse_rdf
from vetkb.errors import UnknownNameError
from vetkb.export.description import DATASET, STATISTICS
from vetkb.graph.syntax import serialise
from vetkb.graph.terms import BASE, ONTOLOGY_GRAPH, PREFIXES, RDF_TYPE
from vetkb.paths import ONTOLOGY, SHAPE_KINDS, SHAPES
from vetkb.web import linked
from vetkb.web.negotiate import Offer
from vetkb.web.pages import request_language
from vetkb.web.site import HTML, Site, address_of, asked_of, offer_for, reply, site_of, to_json_bytes

KINDS = tuple(sorted(SHAPE_KINDS))
_CONTEXT = Offer("jsonld", "application/ld+json", ("application/json",))
_OWL = PREFIXES["owl"]
_RANGE = Iri(PREFIXES["rdfs"] + "range")


async def ontology(request: Request) -> Response:
    """Answer a request to /ontology with the terms: what /ns is answered with."""
    return await linked.answer(request, ONTOLOGY_GRAPH)


async def shapes(request: Request) -> Response:
    """Answer a request to /shapes or /shapes/{kind}."""
    site = site_of(request)
    path: str = request.path_params.get("path", "")
    path, suffix = next(((path.removesuffix(s), s) for s in linked.SUFFIXES if path.endswith(s) and s != ".txt"), (path, ""))
    kind = path.partition("/")[0]
    if kind not in ("", *KINDS):
        raise UnknownNameError(f"there are no shapes of the kind {kind[:80]!r}", KINDS)
    kinds = (kind,) if kind else KINDS
    named = asked_of(request).get("format")
    offer = linked.SUFFIXES[suffix] if suffix else offer_for(request, linked.OFFERS, named)
    if offer.name == HTML.name:
        make, depends_on = partial(_page, request, site, kinds), [request_language(request)]
    else:
        make, depends_on = partial(_shapes, kinds, offer.name), []
    return await reply(request, offer, site.lanes.answers, make, depends_on=depends_on)


async def void(request: Request) -> Response:
    """Answer a request to /.well-known/void with what the base says of itself, and where this server answers SPARQL."""
    site = site_of(request)
    offer = offer_for(request, linked.OFFERS, asked_of(request).get("format"))
    if offer.name == HTML.name:
        return await linked.answer(request, STATISTICS)
    endpoint = Iri(address_of(request).removesuffix(STATISTICS.removeprefix(BASE)) + "sparql")
    make = partial(_statistics, site, endpoint, offer.name)
    return await reply(request, offer, site.lanes.answers, make, depends_on=(endpoint,))


def _statistics(site: Site, endpoint: Iri, syntax: str) -> bytes:
    said = site.base.describe(STATISTICS).content
    return serialise([*said, Quad(DATASET, Iri("http://rdfs.org/ns/void#sparqlEndpoint"), endpoint, STATISTICS)], syntax)


async def context(request: Request) -> Response:
    """Answer a request to /context.jsonld."""
    offer = offer_for(request, (_CONTEXT,))
    return await reply(request, offer, site_of(request).lanes.answers, lambda: to_json_bytes(json_ld_context()), depends_on=())


@cache
def json_ld_context() -> dict[str, Any]:
    """Return a JSON-LD context: our terms by their names with the types of their values, and all prefixes."""
    quads = list(parse_rdf(ONTOLOGY / "vetkb.ttl", "turtle"))
    kinds = {quad.subject: quad.object for quad in quads if quad.predicate == RDF_TYPE and str(quad.object).startswith(_OWL)}
    ranges = {quad.subject: str(quad.object) for quad in quads if quad.predicate == _RANGE}
    terms: dict[str, Any] = {}
    for term in sorted(kinds):
        prefix, _, name = term.partition("#")
        if not name or prefix != ONTOLOGY_GRAPH:
            continue
        if kinds[term] == f"{_OWL}ObjectProperty":
            terms[name] = {"@id": f"vk:{name}", "@type": "@id"}
        elif ranges.get(term, "").startswith(PREFIXES["xsd"]) and not ranges[term].endswith("#string"):
            terms[name] = {"@id": f"vk:{name}", "@type": "xsd:" + ranges[term].removeprefix(PREFIXES["xsd"])}
        else:
            terms[name] = f"vk:{name}"
    return {"@context": {**PREFIXES, "id": "@id", "type": "@type", **terms}}


@cache
def _shapes(kinds: tuple[str, ...], syntax: str) -> bytes:
    return serialise(shape_quads(kinds), syntax)


def shape_quads(kinds: tuple[str, ...]) -> Iterator[Quad]:
    """Yield the shapes of some kinds; blank nodes are named by file and place, so that the bytes stay the same."""
    for kind in kinds:
        for path in sorted((SHAPES / kind).glob("*.ttl")):
            names: dict[str, Iri] = {}

            def stable(term: Iri, kind: str = kind, stem: str = path.stem, names: dict[str, Iri] = names) -> Iri:
                if not term.startswith("_:"):
                    return term
                letters = "".join(letter for letter in f"{kind}{stem}" if letter.isalnum())
                return names.setdefault(term, Iri(f"_:{letters}{len(names)}"))

            for quad in parse_rdf(path, "turtle"):
                value = quad.object if isinstance(quad.object, Literal) else stable(quad.object)
                yield Quad(stable(quad.subject), quad.predicate, value)


def _page(request: Request, site: Site, kinds: tuple[str, ...]) -> bytes:
    files = [
        {"kind": kind, "name": path.stem, "text": path.read_text(encoding="utf-8")}
        for kind in kinds
        for path in sorted((SHAPES / kind).glob("*.ttl"))
    ]
    root = request.scope.get("root_path", "")
    alternates = [(name, f"{root}/shapes/{kinds[0]}{suffix}") for name, suffix in linked.ALTERNATES] if len(kinds) == 1 else ()
    return site.pages.render(
        "shapes.html", request, site.base.build_id, {"files": files, "kinds": KINDS, "alternates": alternates}
    )
