"""ETags: what a GET answers follows from the build, the address and what was negotiated, so it is known beforehand.

A client that has the answer already gets 304 without anything being evaluated. Tags are weak, since the same
answer goes out compressed and plain.
"""

from __future__ import annotations

import hashlib
import re

# queries that answer differently each time
_VOLATILE = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)


def entity_tag(*parts: str) -> str:
    """Return the tag of an answer that follows from these parts alone."""
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'


def matches(if_none_match: str | None, tag: str) -> bool:
    """Say whether a client has the answer of this tag already."""
    if not if_none_match:
        return False
    opaque = tag.removeprefix("W/")
    return any(part.strip().removeprefix("W/") == opaque for part in if_none_match.split(","))


def is_volatile(sparql: str) -> bool:
    """Say whether a query may answer differently from one moment to the next (a guess on the safe side)."""
    return _VOLATILE.search(sparql) is not None
