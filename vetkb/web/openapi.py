"""The description of the HTTP interface as OpenAPI 3.1, each query of the catalogue an operation of its own.

Written by hand and in one place, since the routes negotiate far more than a framework can infer from signatures;
the schemas are those of the package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vetkb import __version__
from vetkb.engine import MEDIA_TYPES, formats_of
from vetkb.paths import SCHEMAS, SHAPE_KINDS
from vetkb.reporting import MEDIA_TYPES as DATA_TYPES
from vetkb.web import catalogue
from vetkb.web.forms import MULTIPART
from vetkb.web.openapi_linked import linked_paths
from vetkb.web.openapi_parts import HTML, TEXT, Json, operation, parameter, schema_of
from vetkb.web.protocol import DIRECT, FORM

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase
    from vetkb.query import Parameter

_TYPES: dict[str, Json] = {"xsd:integer": {"type": "integer", "minimum": 0}, "xsd:date": {"type": "string", "format": "date"}}
_GRAPHS: Json = {"type": "array", "items": {"type": "string", "format": "iri"}}
_LANGUAGE: Json = {"type": "string", "enum": ["zh", "en"]}
_DATE: Json = {"type": "string", "format": "date"}
_SPARQL_EXAMPLE = "SELECT ?class (COUNT(*) AS ?count) { ?node a ?class } GROUP BY ?class ORDER BY DESC(?count)"


def specification(base: KnowledgeBase) -> Json:
    """Return the OpenAPI document of the server of a base."""
    schemas = {file.stem: _embedded(json.loads(file.read_bytes()), file.stem) for file in sorted(SCHEMAS.glob("*.json"))}
    example = next((question for query in base.catalogue.values() for question in query.examples), None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "vetkb",
            "version": __version__,
            "summary": "Chinese policy documents as a knowledge base",
            "description": "Questions, SPARQL, a catalogue of queries, and validation of reported data. Read-only.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/ask": {"get": _ask_get(schemas, example), "post": _ask_post(schemas)},
            "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
            **_catalogue(base, schemas),
            **linked_paths(base),
            "/validate": _validate(schemas),
            **_small(schemas),
        },
        "components": {"schemas": schemas},
    }


def operations_of(document: Mapping[str, Any]) -> list[Json]:
    """Return the operations of an OpenAPI document as the page of documentation shows them."""
    found = []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            parameters = described.get("parameters", [])
            needed = [p for p in parameters if p["required"]]
            first = {p["name"]: p["example"] for p in parameters if "example" in p}
            runs = method == "get" and all(p["name"] in first for p in needed)
            found.append(
                {
                    "id": described["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": described["summary"],
                    "description": described.get("description", ""),
                    "parameters": parameters,
                    "body": list(described.get("requestBody", {}).get("content", {})),
                    "answers": list(described["responses"].get("200", {}).get("content", {})),
                    "example": _example(path, parameters) if runs else None,
                }
            )
    return found


def _example(path: str, parameters: Sequence[Mapping[str, Any]]) -> str:
    """Return an address that can be opened: path and query filled with the examples of the parameters."""
    first = {p["name"]: p["example"] for p in parameters if "example" in p and p["in"] == "query"}
    for one in parameters:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(str(one["example"]), safe="/"))
    return catalogue.address(path, first)


# --- operations --------------------------------------------------------------------------------------


def _ask_get(schemas: Mapping[str, Json], example: str | None) -> Json:
    made = operation("ask", "Ask a question in Chinese or English", _ask_answers(schemas), (400, 404, 406, 422, 503))
    made["description"] = "A question that is not understood is answered with 200 and a status that says so."
    made["parameters"] = [
        parameter("q", {**TEXT, "minLength": 1, "maxLength": 500}, "the question", required=True, example=example),
        parameter("lang", _LANGUAGE, "language of the answer; by default that of the question"),
        parameter("document", TEXT, "hold the answer to one document: its number, path or IRI"),
        parameter("as_of", _DATE, "the day on which the answer is to hold; by default today"),
        parameter("format", {"type": "string", "enum": ["json", "html"]}, "instead of Accept"),
    ]
    return made


def _ask_post(schemas: Mapping[str, Json]) -> Json:
    made = operation("ask-post", "Ask a question", _ask_answers(schemas), (400, 404, 406, 408, 413, 415, 422, 503))
    # a field that was left empty counts as absent, and so does a member that is null
    bodies: Json = {"application/json": _question_body(["string", "null"]), FORM: _question_body("string")}
    made["requestBody"] = {"required": True, "content": {kind: {"schema": body} for kind, body in bodies.items()}}
    return made


def _question_body(text: str | list[str]) -> Json:
    left_empty: Json = {"type": text, "maxLength": 0}
    spoken, day = ({"anyOf": [kind, left_empty]} for kind in (_LANGUAGE, _DATE))
    question: Json = {**TEXT, "minLength": 1, "maxLength": 500}
    properties: Json = {"q": question, "lang": spoken, "document": {"type": text}, "as_of": day}
    return {"type": "object", "properties": properties, "required": ["q"]}


def _ask_answers(schemas: Mapping[str, Json]) -> dict[str, Json]:
    return {"application/json": schema_of("answer", schemas), HTML: TEXT}


def _sparql_answers() -> dict[str, Json]:
    names = dict.fromkeys((*formats_of("select"), *formats_of("construct")))
    return {MEDIA_TYPES[name].partition(";")[0]: {} for name in names} | {HTML: TEXT}


_SPARQL_FIELDS = (
    parameter("default-graph-uri", _GRAPHS, "graphs of the base to query, repeatable"),
    parameter("named-graph-uri", _GRAPHS, "named graphs of the base to query, repeatable"),
    parameter(
        "timeout",
        {"type": "number", "minimum": 0.1, "exclusiveMaximum": 1_000_000},
        "a deadline in seconds, below that of the server",
    ),
    parameter("maxrows", {"type": "integer", "minimum": 0}, "rows at most, below those of the server"),
    parameter("format", TEXT, "json, xml, csv, tsv, turtle, … instead of Accept"),
)
_SPARQL_PROBLEMS = (400, 406, 422, 503, 504, 507)


def _sparql_get() -> Json:
    made = operation("sparql", "SPARQL 1.1 query; without one, the service description", _sparql_answers(), _SPARQL_PROBLEMS)
    made["description"] = "A result that was cut at a limit says so in the header X-Vetkb-Truncated and in its body."
    query = parameter("query", TEXT, "the query", example=_SPARQL_EXAMPLE)
    made["parameters"] = [query, *_SPARQL_FIELDS]
    return made


def _sparql_post() -> Json:
    made = operation("sparql-post", "SPARQL 1.1 query", _sparql_answers(), (*_SPARQL_PROBLEMS, 408, 413, 415))
    form: Json = {"type": "object", "properties": {"query": TEXT}, "required": ["query"]}
    made["parameters"] = list(_SPARQL_FIELDS)
    made["requestBody"] = {"required": True, "content": {DIRECT: {"schema": TEXT}, FORM: {"schema": form}}}
    return made


def _catalogue(base: KnowledgeBase, schemas: Mapping[str, Json]) -> Json:
    list_answers = {"application/json": {"type": "object"}, HTML: TEXT}
    paths: Json = {"/queries": {"get": operation("queries", "The catalogue of queries", list_answers, (406,))}}
    for query in base.catalogue.values():
        answers: dict[str, Json] = {offer.media_type.partition(";")[0]: {} for offer in catalogue.OFFERS}
        answers["application/json"] = schema_of("query-result", schemas)
        made = operation(query.name, f"{query.title.en} · {query.title.zh}", answers, (400, 404, 406, 422, 503))
        made["description"] = f"{query.description.en}\n\n{query.description.zh}"
        made["responses"]["200"]["headers"] = _PAGING
        made["parameters"] = [_query_parameter(p) for p in query.parameters]
        made["parameters"] += [
            parameter("lang", _LANGUAGE, "language of labels"),
            parameter("format", {"type": "string", "enum": [o.name for o in catalogue.OFFERS]}, "instead of Accept"),
        ]
        paths[f"/queries/{query.name}"] = {"get": made}
    return paths


_PAGING: Json = {
    "Link": {"description": "rel=next, rel=prev: the rows after and before these (RFC 8288)", "schema": TEXT},
    "X-Vetkb-Truncated": {"description": "true where there are more rows", "schema": TEXT},
}


def _query_parameter(described: Parameter) -> Json:
    schema = dict(_TYPES.get(described.type, {**TEXT, "minLength": 1, "maxLength": 500}))
    if described.default is not None:
        schema["default"] = described.default
    text = f"{described.description.en} · {described.description.zh}"
    return parameter(described.name, schema, text, required=described.required, example=described.example)


def _validate(schemas: Mapping[str, Json]) -> Json:
    answers: dict[str, Json] = {"application/json": schema_of("report", schemas), HTML: TEXT, "text/csv": TEXT}
    answers |= {MEDIA_TYPES[name].partition(";")[0]: {} for name in formats_of("construct")}
    made = operation("validate", "Hold reported data against the shapes", answers, (400, 406, 408, 413, 415, 422, 503))
    made["parameters"] = [
        parameter("as_of", _DATE, "the day on which the data are judged; by default today"),
        parameter("shapes", {"type": "string", "enum": list(SHAPE_KINDS)}, "which shapes; by default compliance"),
        parameter("tolerance", {"type": "number", "minimum": 0, "maximum": 100}, "what 左右 allows, in per cent"),
    ]
    content: dict[str, Json] = {kind: {"schema": {}} for kind in DATA_TYPES}
    fields: Json = {"data": {"type": "string", "format": "binary"}, "text": TEXT}
    content[MULTIPART] = {"schema": {"type": "object", "properties": fields}}
    made["requestBody"] = {"required": True, "content": content}
    page = operation("validate-page", "The page on which a person hands data in", {HTML: TEXT}, (400, 406, 422))
    return {"get": page, "post": made}


def _small(schemas: Mapping[str, Json]) -> Json:
    state: Json = {"application/json": {"type": "object"}}
    health = operation("health", "Whether the server lives and is ready, and its build", state, ())
    health["responses"]["503"] = {"description": "not ready yet", "content": {"application/json": {"schema": {"type": "object"}}}}
    names = [f"{name}.json" for name in schemas]
    answers: dict[str, Json] = {"application/schema+json": {"type": "object"}}
    schema = operation("schema", "A JSON Schema of what this server answers", answers, (404,))
    schema["parameters"] = [{"name": "name", "in": "path", "required": True, "description": "", "schema": {"enum": names}}]
    return {"/health": {"get": health}, "/schemas/{name}": {"get": schema}}


def _embedded(schema: Json, name: str) -> Json:
    """Return a schema as a component: without an address of its own, references from the root of the document."""

    def rebased(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: _reference(value, name) if key == "$ref" else rebased(value) for key, value in node.items()}
        return [rebased(item) for item in node] if isinstance(node, list) else node

    found: Json = rebased({key: value for key, value in schema.items() if key not in ("$id", "$schema")})
    return found


def _reference(target: str, name: str) -> str:
    return f"#/components/schemas/{name}{target[1:]}" if target.startswith("#") else target
