"""Text → lines: where each printed line starts and ends, without its blanks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetkb.text import PAGE_NUMBER

_LINE = re.compile(r"[^\r\n\f\u0085\u2028\u2029]*(?:\r\n|[\r\n\f\u0085\u2028\u2029]|$)")
_BLANK = " \t\u3000\u00a0\ufeff\u200b\v\r\n\f\u0085\u2028\u2029"
# Forms of one meaning as one, for matching lines: figures, brackets of a 发文字号, colon and comma; the length stays.
_ONE_FORM = str.maketrans("０１２３４５６７８９〔［【〕］】（），：；．　\u00a0", "0123456789[[[]]](),:;.  ")


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
        return bool(self.text) and ("\t" in self.text or self.raw.rstrip(" \u3000")[-1:] == "\t" or self.raw.startswith("\t\t"))

    @property
    def is_page_number(self) -> bool:
        return len(self.text) <= 20 and PAGE_NUMBER.match(self.text) is not None


def one_form(text: str) -> str:
    """Return a line with figures, brackets and punctuation in one form, of the same length."""
    return text.translate(_ONE_FORM)


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
