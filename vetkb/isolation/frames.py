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
    """Frames out of pieces, in the order in which they come. A body is copied once."""

    def __init__(self) -> None:
        self._head = b""
        self._header: Header | None = None
        self._seconds = 0.0
        self._body: list[bytes] = []
        self._missing = 0

    def feed(self, piece: bytes) -> Frame | None:
        """Take what arrived; return a frame that is whole now."""
        if self._header is None:
            self._head += piece
            piece = self._read_head()
            if self._header is None:
                return None
        self._body.append(piece)
        self._missing -= len(piece)
        if self._missing > 0:
            return None
        if self._missing < 0:
            self._head = piece[self._missing :]
            self._body[-1] = piece[: self._missing]
        frame = Frame(self._header, b"".join(self._body), self._seconds)
        self._header, self._body = None, []
        return frame

    def _read_head(self) -> bytes:
        """Read the header if it is there, and return what stands behind it."""
        data = self._head
        if len(data) < _PREFIX.size:
            return b""
        header_size, self._missing, self._seconds = _PREFIX.unpack_from(data)
        end = _PREFIX.size + header_size
        if len(data) < end:
            return b""
        encoded = data[_PREFIX.size : end]
        self._header = _kept_header(encoded) if header_size <= _SMALL else _header(encoded)
        self._head = b""
        return data[end:]
