"""What goes between a pool and its workers: a header, which is a JSON object, and a body of bytes.

4 bytes size of the header · 8 bytes size of the body · 8 bytes seconds that a request may take · header · body
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

Header: TypeAlias = Mapping[str, Any]
_PREFIX = struct.Struct(">IQd")
# what is likely to come again
_SMALL = 1024
# what one read takes; also what a worker may send unasked into a parent that does not read
CHUNK = 1 << 16


class Frame(NamedTuple):
    """A frame that arrived. Its header is not to be changed."""

    header: Header
    body: bytes
    seconds: float


def packed(header: Header | bytes, body: bytes = b"", seconds: float = 0.0) -> bytes:
    """Return a frame; a header that is sent often may come as the bytes of its JSON."""
    encoded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return b"".join((_PREFIX.pack(len(encoded), len(body), seconds), encoded, body))


def _header(encoded: bytes) -> Header:
    header: dict[str, Any] = json.loads(encoded)
    return header


_kept_header = lru_cache(maxsize=256)(_header)


class Frames:
    """Frames out of pieces, in the order in which they come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._wanted = _PREFIX.size

    def feed(self, piece: bytes) -> Frame | None:
        """Take what arrived; return a frame that is whole now."""
        self._pieces.append(piece)
        self._size += len(piece)
        while self._size >= self._wanted:
            data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
            self._pieces = [data]
            header_size, body_size, seconds = _PREFIX.unpack_from(data)
            end_of_header = _PREFIX.size + header_size
            self._wanted = end_of_header + body_size
            if self._size >= self._wanted:
                encoded = data[_PREFIX.size : end_of_header]
                header = _kept_header(encoded) if header_size <= _SMALL else _header(encoded)
                body = data[end_of_header : self._wanted]
                rest = data[self._wanted :]
                self._pieces, self._size, self._wanted = [rest] if rest else [], len(rest), _PREFIX.size
                return Frame(header, body, seconds)
        return None
