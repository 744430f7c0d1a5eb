"""What goes between a pool and its workers: a header, which is a JSON object, and a body of bytes.

4 bytes size of the header · 8 bytes size of the body · header · body
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, TypeAlias

Header: TypeAlias = Mapping[str, Any]
_SIZES = struct.Struct(">IQ")
# what one read takes; also what a worker may send unasked into a parent that does not read
CHUNK = 1 << 18


def packed(header: Header, body: bytes = b"") -> bytes:
    """Return a frame."""
    encoded = json.dumps(header).encode()
    return b"".join((_SIZES.pack(len(encoded), len(body)), encoded, body))


class Frames:
    """Frames out of pieces, in the order in which they come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._wanted = _SIZES.size

    def feed(self, piece: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Take what arrived; return the header and body of a frame that is whole now."""
        self._pieces.append(piece)
        self._size += len(piece)
        while self._size >= self._wanted:
            data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
            self._pieces = [data]
            header_size, body_size = _SIZES.unpack_from(data)
            end_of_header = _SIZES.size + header_size
            self._wanted = end_of_header + body_size
            if self._size >= self._wanted:
                header: dict[str, Any] = json.loads(data[_SIZES.size : end_of_header])
                body = data[end_of_header : self._wanted]
                rest = data[self._wanted :]
                self._pieces, self._size, self._wanted = [rest] if rest else [], len(rest), _SIZES.size
                return header, body
        return None
