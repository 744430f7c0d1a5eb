"""The headers that every answer carries, whatever made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Header: TypeAlias = tuple[bytes, bytes]

VARY = "Accept, Accept-Language"
SECURITY = {
    "content-security-policy": "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Retry-After, X-Vetkb-Truncated",
}
PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "Accept, Accept-Language, Content-Language, Content-Type, If-None-Match",
    "access-control-max-age": "86400",
}
# what belongs to the operator is for no other origin
PRIVATE = "/admin"
COMPRESS_FROM = 1024


def raw(headers: Mapping[str, str]) -> tuple[Header, ...]:
    """Return headers as they go over the wire."""
    return tuple((name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items())


_SECURITY, _CORS = raw(SECURITY), raw(CORS)


def dressed(headers: Sequence[Header], path: str) -> list[Header]:
    """Add what every answer carries, unless the route said otherwise."""
    given = {name for name, _ in headers}
    added = _SECURITY if path.startswith(PRIVATE) else _SECURITY + _CORS
    return [*headers, *(header for header in added if header[0] not in given)]
