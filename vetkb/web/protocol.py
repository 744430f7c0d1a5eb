"""A request to /sparql → what it asks: SPARQL 1.1 Protocol, section 2.1 (query via GET, form POST, direct POST).

Pure functions on the parts of a request. Everything is decoded once and strictly, so that literals arrive as sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_to_bytes

from vetkb.errors import QueryRefusedError, UsageError
from vetkb.web.negotiate import bare
from vetkb.web.problems import BadRequestError, UnsupportedTypeError

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
MOST_FIELDS = 200
_SHORTEST = 0.1
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A query (None: the service description is asked for), its dataset and the bounds the caller set himself."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    timeout: float | None = None
    max_rows: int | None = None


def read_get(query_string: bytes) -> SparqlRequest:
    """Read a query from an address. Raises BadRequestError, QueryRefusedError, UsageError."""
    if query_string.startswith(b"query=") and b"&" not in query_string:
        return SparqlRequest(_text(unquote_to_bytes(query_string[6:].replace(b"+", b" "))))
    return _request(read_fields(query_string))


def read_post(query_string: bytes, content_type: str | None, body: bytes) -> SparqlRequest:
    """Read a query from a body. Raises BadRequestError, UnsupportedTypeError, QueryRefusedError, UsageError."""
    fields = read_fields(query_string)
    kind = bare(content_type or "")
    if kind == UPDATE:
        raise QueryRefusedError("the update is refused: this base is only read")
    if kind not in (FORM, DIRECT):
        said = f"{kind} is not read here" if kind else "there is no Content-Type"
        raise UnsupportedTypeError(f"{said}; send {DIRECT}, or {FORM} with query=…")
    _check_charset(content_type or "")
    if kind == FORM:
        fields += read_fields(body)
    else:
        fields.append(("query", _text(body)))
    request = _request(fields)
    if request.query is None:
        raise BadRequestError("the query is missing: send it as query=…")
    return request


def read_fields(encoded: bytes) -> list[tuple[str, str]]:
    """Decode percent-encoded fields, in their order."""
    try:
        return parse_qsl(_text(encoded), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise BadRequestError("a percent-encoded value is not UTF-8; encode it as UTF-8") from None
    except ValueError:
        raise BadRequestError(f"there are more than {MOST_FIELDS} parameters; send fewer") from None


def only(fields: Sequence[tuple[str, str]], name: str) -> str | None:
    """Return the value of a field that may be given once."""
    values = [value for key, value in fields if key == name]
    if len(values) > 1:
        raise BadRequestError(f"{name} is given {len(values)} times; give it once")
    return values[0] if values else None


def _request(fields: Sequence[tuple[str, str]]) -> SparqlRequest:
    if any(name == "update" for name, _ in fields):
        raise QueryRefusedError("the update is refused: this base is only read")
    return SparqlRequest(
        only(fields, "query"),
        _graphs(fields, "default-graph-uri"),
        _graphs(fields, "named-graph-uri"),
        _last(fields, "format"),
        _number(_last(fields, "timeout"), "timeout"),
        _whole(_last(fields, "maxrows"), "maxrows"),
    )


def _graphs(fields: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    graphs = tuple(value for key, value in fields if key == name)
    for graph in graphs:
        if not _IRI.fullmatch(graph):
            raise BadRequestError(f"{name}={graph[:80]}: is no absolute IRI")
    return graphs


def _last(fields: Sequence[tuple[str, str]], name: str) -> str | None:
    return next((value for key, value in reversed(fields) if key == name and value), None)


def _number(text: str | None, name: str) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not _SHORTEST <= number < 1e6:
        raise UsageError(f"{name}={text[:40]}: give a number of seconds, {_SHORTEST:g} or more")
    return number


def _whole(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise UsageError(f"{name}={text[:40]}: give a whole number")
    return int(text)


def _check_charset(content_type: str) -> None:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedTypeError(f"the charset {charset} is not read here; send UTF-8")


def _text(encoded: bytes) -> str:
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestError(f"the request is not UTF-8 at byte {error.start}; encode it as UTF-8") from None
