"""Bytes → Source: the text of a file of any format, with offsets that never change afterwards.

    recognise (by content) → plain text as it stands | Word, web page, PDF in a process of their own → Source

Whatever the format, the text follows one convention: a paragraph a line, a row of a table a line with its cells apart by
TAB, a merged cell written once and blank after. `docs/decisions/0006-reading-formats.md` says which library reads what.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from vetkb.errors import SourceError
from vetkb.read.apart import read_apart
from vetkb.read.kinds import MEDIA_TYPES, decode, recognise
from vetkb.text import Source

__all__ = ["SUFFIXES", "read_source"]

MAX_BYTES = 64 * 1024 * 1024
# Files of these names are taken from a folder; what is inside decides how they are read.
SUFFIXES = (".txt", ".docx", ".html", ".htm", ".shtml", ".pdf")


def read_source(data: Path | bytes, name: str | None = None) -> Source:
    """Read a document: plain text (UTF-8, UTF-16, GB18030), .docx, .html, or .pdf with a text layer.

    `sha256` is that of the bytes; plain text is kept as it stands, without a byte order mark. Raises SourceError, and
    nothing else, where the file is no such document, is damaged or encrypted, or goes over a bound.
    """
    if isinstance(data, bytes):
        content, name = data, name or "-"
    else:
        content, name = _file_bytes(data), name or data.name
    if len(content) > MAX_BYTES:
        raise SourceError(f"{name}: {len(content)} bytes are more than the {MAX_BYTES} that one document may have; split it")
    try:
        kind = recognise(content, name)
        text = decode(content) if kind == "text" else read_apart(kind, content)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error
    same = kind == "text" and text.encode("utf-8", "surrogatepass") == content
    return Source(name, text, hashlib.sha256(content).hexdigest(), MEDIA_TYPES[kind], None if same else content)


def _file_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SourceError(f"{path}: is a folder; name a file, or use vetkb build for a folder")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: cannot be read ({reason}); check the name and the permissions") from error
