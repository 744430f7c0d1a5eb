"""A form that has a file, as a browser sends it (multipart/form-data, RFC 7578): bytes → its parts.

Strict, and linear in the size of the body, which is bounded before: a boundary stands at the begin of a line, a part has a
short head that names it, and the last one is closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetkb.web.problems import BadRequestError

MULTIPART = "multipart/form-data"
MOST_PARTS = 20
# of framing beside what the parts hold
MOST_FRAMING = 16 << 10
_MOST_HEAD = 2048
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"\r\n]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE)
_DISPOSITION = re.compile(r"^content-disposition:[ \t]*form-data[ \t]*;(.*)$", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(r"[;\s]*(name|filename)=\"([^\"\r\n]*)\"", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a form; one that is a file has the name that the file had."""

    name: str
    content: bytes
    filename: str | None = None

    @property
    def text(self) -> str:
        """What was typed. Raises BadRequestError."""
        try:
            return self.content.decode()
        except UnicodeDecodeError:
            raise BadRequestError(f"{self.name[:40]} is not UTF-8") from None


def read_parts(content_type: str, body: bytes) -> dict[str, Part]:
    """Return the parts of a form by name. Raises BadRequestError."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise BadRequestError("the form has no boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + (found[1] or found[2]).encode(), MOST_PARTS + 2)
    if len(pieces) > MOST_PARTS + 2:
        raise BadRequestError(f"the form has more than {MOST_PARTS} parts")
    if len(pieces) < 2 or pieces[0] or pieces[-1].rstrip(b"\r\n") != b"--":
        raise BadRequestError("the form does not begin and end with its boundary")
    parts: dict[str, Part] = {}
    for piece in pieces[1:-1]:
        part = _part(piece)
        if part.name in parts:
            raise BadRequestError(f"{part.name[:40]} is given twice; give it once")
        parts[part.name] = part
    return parts


def _part(piece: bytes) -> Part:
    end = piece.find(b"\r\n\r\n", 0, _MOST_HEAD)
    if not piece.startswith(b"\r\n") or end < 0:
        raise BadRequestError("a part of the form has no head, or one that is too long")
    disposition = _DISPOSITION.search(piece[:end].decode("utf-8", "replace").replace("\r\n", "\n"))
    given = {key.lower(): value for key, value in _PARAMETER.findall(disposition[1])} if disposition else {}
    if "name" not in given:
        raise BadRequestError("a part of the form has no name")
    return Part(given["name"], piece[end + 4 :], given.get("filename"))
