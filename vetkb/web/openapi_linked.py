"""The description of linked data, documents and vocabularies, as a part of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetkb.graph.terms import BASE
from vetkb.web import linked, vocabulary
from vetkb.web.openapi_parts import HTML, TEXT, Json, operation, parameter

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

_FORMAT = parameter("format", {**TEXT, "enum": [offer.name for offer in linked.OFFERS]}, "instead of Accept")
_LANGUAGE = parameter("lang", {**TEXT, "enum": ["zh", "en"]}, "language of a page")
_ROWS: Json = {"type": "integer", "minimum": 0, "maximum": 999_999_999}


def linked_paths(base: KnowledgeBase) -> Json:
    """Return the paths of linked data, documents and vocabularies; examples name a document of the base."""
    entry = next(iter(base.documents()), None)
    document = entry.id if entry is not None else None
    place = entry.iri.removeprefix(f"{BASE}eli/") if entry is not None else None
    return {
        "/documents": {"get": _documents()},
        "/documents/{id}": {"get": _document(document)},
        "/eli/{path}": {"get": _resource("eli", "A document or a part of one, by its IRI", place)},
        "/id/{path}": {"get": _resource("id", "A thing that documents speak of, by its IRI", "genre/opinion.ttl")},
        "/rule/{path}": {"get": _resource("rule", "What a rule concluded", "responsible-agency")},
        "/ns": {"get": _vocabulary("ns", "The terms of the graph")},
        "/ontology": {"get": _vocabulary("ontology", "The terms of the graph")},
        "/shapes": {"get": _vocabulary("shapes", "The shapes that data and graphs are held against")},
        "/shapes/{kind}": {"get": _shapes_of_kind()},
        "/.well-known/void": {"get": _vocabulary("void", "What the base holds, in figures (VoID)")},
        "/context.jsonld": {
            "get": operation("context", "A JSON-LD context for the terms", {"application/ld+json": {"type": "object"}}, (406,))
        },
    }


def _documents() -> Json:
    answers: Json = {"application/json": {"type": "object", "required": ["documents", "total", "build"]}, HTML: TEXT}
    made = operation("list-documents", "The documents of the base · 文件", answers, (400, 406, 422, 503))
    made["parameters"] = [
        parameter("q", TEXT, "part of a title or number"),
        parameter("limit", _ROWS, "at most so many; 100 by default"),
        parameter("offset", _ROWS, "documents to skip"),
        _LANGUAGE,
        parameter("format", {**TEXT, "enum": ["json", "html"]}, "instead of Accept"),
    ]
    return made


def _document(example: str | None) -> Json:
    keys = ["iri", "identifier", "title", "text", "items", "tasks", "targets", "findings", "build"]
    answers: Json = {"application/json": {"type": "object", "required": keys}, HTML: TEXT}
    made = operation("get-document", "A document: text, tasks, targets, findings", answers, (400, 404, 406, 422, 503))
    made["parameters"] = [_in_path("id", "its 发文字号, the path of its IRI, or the IRI", example), _LANGUAGE]
    return made


def _resource(name: str, summary: str, example: str | None) -> Json:
    made = operation(name, summary, _answers(), (400, 404, 406, 422, 503))
    made["description"] = "A suffix of the path (.ttl, .jsonld, .nt, .trig, .nq, .rdf, .html) names the syntax too."
    made["responses"]["303"] = {"description": "a thing: its description is at Location"}
    made["parameters"] = [_in_path("path", "what follows in the IRI", example), _LANGUAGE, _FORMAT]
    return made


def _vocabulary(name: str, summary: str) -> Json:
    made = operation(name, summary, _answers(), (400, 406, 422, 503))
    made["parameters"] = [_LANGUAGE, _FORMAT]
    return made


def _shapes_of_kind() -> Json:
    made = operation("shapes-of-kind", "The shapes of one kind", _answers(), (400, 404, 406, 422, 503))
    kind = _in_path("kind", "which shapes", vocabulary.KINDS[0])
    made["parameters"] = [{**kind, "schema": {**TEXT, "enum": list(vocabulary.KINDS)}}, _LANGUAGE, _FORMAT]
    return made


def _answers() -> Json:
    return {offer.media_type.partition(";")[0]: {} for offer in linked.OFFERS} | {HTML: TEXT}


def _in_path(name: str, description: str, example: str | None) -> Json:
    made: Json = {"name": name, "in": "path", "required": True, "description": description, "schema": {**TEXT, "minLength": 1}}
    return made if example is None else {**made, "example": example}
