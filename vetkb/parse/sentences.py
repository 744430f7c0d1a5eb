"""Paragraphs → sentences: cut after 。！？ outside brackets; what closes a quotation stays with it."""

from __future__ import annotations

from collections.abc import Iterator

from vetkb.text import Span, View

_STOPS = "。！？!?"
_OPENERS, _CLOSERS = "（(〔【[［", "）)〕】]］"
_AFTER = "”’》）)」』"


def split_sentences(source_text: str, span: Span) -> Iterator[tuple[Span, str]]:
    """Yield the place and the text (line breaks dropped) of each sentence of a paragraph.

    >>> [text for _, text in split_sentences("落实制度。（财政部负责。下同）加快建设", Span(0, 19))]
    ['落实制度。', '（财政部负责。下同）', '加快建设']
    """
    view = View(source_text, span)
    text, start = view.text, 0
    brackets_match = sum(map(text.count, _OPENERS)) == sum(map(text.count, _CLOSERS))
    depth = at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if brackets_match and char in _OPENERS:
            depth += 1
        elif brackets_match and char in _CLOSERS:
            depth = max(0, depth - 1)
        ends = char in _STOPS
        if ends and depth == 0:
            while at < len(text) and text[at] in _AFTER + _STOPS:
                at += 1
            yield from _sentence(view, start, at)
            start = at
        elif char in _CLOSERS and depth == 0 and start < at and text[start] in _OPENERS:
            yield from _sentence(view, start, at)  # a bracket that stands as a sentence of its own
            start = at
    yield from _sentence(view, start, len(text))


def _sentence(view: View, start: int, end: int) -> Iterator[tuple[Span, str]]:
    while start < end and view.text[start] in " \u3000\t":
        start += 1
    while end > start and view.text[end - 1] in " \u3000\t":
        end -= 1
    if start < end:
        yield view.to_source(start, end), view.text[start:end]
