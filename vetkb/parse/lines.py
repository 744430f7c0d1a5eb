"""Text → lines: where each printed line starts and ends, without its blanks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n\f\u0085\u2028\u2029]*(?:\r\n|[\r\n\f\u0085\u2028\u2029]|$)")
_BLANK = " \t\u3000\u00a0\ufeff\u200b\v\r\n\f\u0085\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: [start, end) with its line break, `text` without surrounding blanks, which starts at `at`.

    Table rows keep their tabs: `raw` is the line without its line break.
    """

    start: int
    end: int
    at: int
    text: str
    raw: str

    @property
    def until(self) -> int:
        return self.at + len(self.text)

    @property
    def is_row(self) -> bool:
        return "\t" in self.raw.rstrip(" \u3000") and bool(self.text)


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text; together they cover it once."""
    lines = []
    for found in _LINE.finditer(text):
        whole = found.group()
        if not whole:
            break
        raw = whole.rstrip("\r\n\f\u0085\u2028\u2029")
        content = raw.strip(_BLANK)
        lead = len(raw) - len(raw.lstrip(_BLANK)) if content else 0
        lines.append(Line(found.start(), found.end(), found.start() + lead, content, raw))
    return lines
