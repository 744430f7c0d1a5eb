"""Source text and places in it: what every other layer points back to.

A `Source` is a document as it was read. A `Span` is a half-open range of characters in it, a `Quote` a
span together with the characters that stand there, and a `Finding` a remark about such a place. Offsets
count characters (code points) of `Source.text`, never bytes, and never of a cleaned-up copy.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]

# Full-width forms that mean the same as their ASCII twins; one character each, so offsets stay.
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BREAKS = r"\r\n\f\v\u0085\u2028\u2029"
_DASH = r"[-—–－‐‑―]{1,3}"
# A page number on a line of its own: — 3 —, - 3 -, 第3页 共12页.
_NO = r"[ \u3000]?\d{1,4}[ \u3000]?"
_PAGE_NUMBER = rf"(?:{_DASH}{_NO}{_DASH}|第{_NO}页(?:[ \u3000,，/]{{0,2}}共{_NO}页)?)"
PAGE_NUMBER = re.compile(_PAGE_NUMBER + "$")
_SPACE = r"[ \t\u3000]"
_GAP = rf"[{_BREAKS}][ \t\u3000{_BREAKS}]*+"
# The look-behind keeps a long run of blanks from being tried at each of its characters.
_LINE_BREAK = re.compile(rf"(?<!{_SPACE}){_SPACE}*+{_GAP}(?:{_PAGE_NUMBER}{_SPACE}*+{_GAP})*+")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range [start, end) of characters in a source."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, order=True)
class Quote:
    """引文 — Characters of a source and where they stand: the proof of a statement."""

    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def words(self) -> str:
        """The characters without the line breaks and page numbers among them."""
        return _LINE_BREAK.sub("", self.text)


@dataclass(frozen=True)
class Source:
    """来源文本 — A document as read: its text, its name and the hash of the bytes it came from.

    `original` are these bytes where the text alone does not give them back (Word, web page, PDF, GB18030), else none.
    """

    name: str
    text: str
    sha256: str
    media_type: str = "text/plain"
    original: bytes | None = field(default=None, repr=False, compare=False)

    @classmethod
    def from_text(cls, text: str, name: str = "text") -> Source:
        return cls(name, text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


class View:
    """A stretch of a source as rules read it: line breaks and page numbers inside it dropped, offsets back into the source kept.

    `text` has the characters as printed, `plain` has full-width forms as ASCII (same length, for matching only).

    >>> view = View("发展，不断\\n\\n提高（５％）", Span(0, 14))
    >>> view.text, view.plain
    ('发展，不断提高（５％）', '发展,不断提高(5%)')
    >>> view.to_source(3, 7)
    Span(start=3, end=9)
    """

    __slots__ = ("_pieces", "_plain", "_starts", "span", "text")

    def __init__(self, source_text: str, span: Span) -> None:
        self.span = span
        cut = source_text[span.start : span.end]
        # (offset in the view, offset in the source) at the start of each unbroken piece
        self._pieces: list[tuple[int, int]] = [(0, span.start)]
        if "\n" in cut or _LINE_BREAK.search(cut):
            kept: list[str] = []
            length = at = 0
            for gap in _LINE_BREAK.finditer(cut):
                kept.append(cut[at : gap.start()])
                length += gap.start() - at
                at = gap.end()
                self._pieces.append((length, span.start + at))
            kept.append(cut[at:])
            cut = "".join(kept)
        self.text = cut
        self._starts = [start for start, _ in self._pieces]
        self._plain: str | None = None

    @property
    def plain(self) -> str:
        # made when first asked for, and then kept: rules ask for it at every bracket
        if self._plain is None:
            self._plain = self.text.translate(_WIDTH)
        return self._plain

    def to_source(self, start: int, end: int) -> Span:
        """Return the span in the source of the characters [start, end) of the view."""
        return Span(self._position(start), self._position(end - 1) + 1 if end > start else self._position(start))

    def _position(self, offset: int) -> int:
        here, there = self._pieces[bisect_right(self._starts, offset) - 1]
        return there + offset - here


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people, in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Finding:
    """发现 — A remark about a document, a question or reported data. Collected, never raised."""

    code: str
    severity: Severity
    message: Message
    span: Span | None = field(default=None)
