"""Bytes → Source: the text of a file, with offsets that never change afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vetkb.errors import SourceError
from vetkb.text import Source

__all__ = ["read_source"]

MAX_BYTES = 64 * 1024 * 1024
# First bytes of formats that people hand in as if they were text.
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word, Excel or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"{\\rtf", "an RTF file"),
)


def read_source(data: Path | bytes, name: str | None = None) -> Source:
    """Read a text file (UTF-8 or GB18030) as it stands; raise SourceError where it is no text.

    `sha256` is that of the bytes; a byte order mark is not part of the text.
    """
    if isinstance(data, bytes):
        content, name = data, name or "-"
    else:
        content, name = _file_bytes(data), name or data.name
    if len(content) > MAX_BYTES:
        raise SourceError(f"{name}: {len(content)} bytes are more than the {MAX_BYTES} that one document may have; split it")
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise SourceError(f"{name}: this is {what}, not plain text; save it as .txt (UTF-8) first")
    if b"\x00" in content[:4096]:
        raise SourceError(f"{name}: this is not text (it has NUL bytes); save it as .txt (UTF-8) first")
    return Source(name, _decode(content, name), hashlib.sha256(content).hexdigest())


def _file_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SourceError(f"{path}: is a folder; name a file, or use vetkb build for a folder")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}); check the name and the permissions") from error


def _decode(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(f"{name}: is neither UTF-8 nor GB18030; convert it to UTF-8 first")
