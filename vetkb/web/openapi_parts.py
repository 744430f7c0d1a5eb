"""What the description of every operation is made of: answers, problems, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vetkb.web.problems import MEDIA_TYPE as PROBLEM

Json = dict[str, Any]

HTML = "text/html"
TEXT: Json = {"type": "string"}


def operation(name: str, summary: str, answers: Mapping[str, Json], problems: Sequence[int], description: str = "") -> Json:
    """Return an operation that answers in some media types or with one of some problems."""
    responses: Json = {"200": {"description": "the answer", "content": {kind: {"schema": s} for kind, s in answers.items()}}}
    for status in (*problems, 500):
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}, HTML: {"schema": TEXT}}
        responses[str(status)] = {"description": _REASONS[status], "content": content}
    return {"operationId": name, "summary": summary, "description": description, "responses": dict(sorted(responses.items()))}


_REASONS = {
    400: "malformed request, query or data",
    404: "a name, number or address that is not known",
    406: "no format that was asked for can be answered",
    408: "the body did not arrive in time",
    413: "the body is too large",
    415: "the body is of a type that is not read",
    422: "a parameter is missing or malformed",
    500: "a fault of the server",
    503: "busy or starting: try again after Retry-After",
    504: "over the deadline",
    507: "over the memory cap",
}


def parameter(name: str, schema: Json, description: str, *, required: bool = False, example: str | None = None) -> Json:
    """Return a parameter of the query string."""
    made = {"name": name, "in": "query", "required": required, "description": description, "schema": schema}
    return made if example is None else {**made, "example": example}


def schema_of(name: str, schemas: Mapping[str, Json]) -> Json:
    """Return a reference to a schema of the package."""
    return {"$ref": f"#/components/schemas/{name}"} if name in schemas else {"type": "object"}
