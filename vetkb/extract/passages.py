"""Document → the stretches of text that phrase rules read, each with its way back into the source."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from vetkb.model import Document, Passage
from vetkb.text import Quote, Source, Span, View

# 某某市教育局办公室　2024年4月29日印发: who printed it and who gets a copy is read by `vetkb.parse`
_IMPRINT = re.compile(r"^\s*(?:抄送|抄报|分送|主办|承办)|印发\s*$")
_NOTE = 20  # characters: （此件公开发布） lays nothing down
PARTY_COLUMNS = frozenset({"ordinal", "lead", "support", "responsible", "guide"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A heading, sentence or cell as rules read it. `plain` has full-width forms as ASCII and the same length as `text`.

    `continues`: it stands in the same paragraph as the reading before it. `sentence` is null outside running text.
    """

    item: str | None
    kind: str
    sentence: int | None
    continues: bool
    view: View

    @property
    def text(self) -> str:
        return self.view.text

    def quote(self, source: Source, start: int, end: int) -> Quote:
        span = self.view.to_source(start, end)
        return Quote(span.start, span.end, source.text[span.start : span.end])


def readings(document: Document, source: Source, skip: Container[str] = frozenset({"ordinal"})) -> Iterator[Reading]:
    """Yield what rules read, in text order; a merged cell once; columns whose function is in `skip` not at all."""
    last: Span | None = None
    for passage in _with_notes(document):
        if passage.kind in skip or passage.span == last or len(passage.span) == 0:
            continue
        if passage.kind == "note" and _IMPRINT.search(source.text[passage.span.start : passage.span.end]):
            continue
        between = source.text[last.end : passage.span.start] if last is not None and last.end <= passage.span.start else "\n"
        continues = passage.kind == "sentence" and "\n" not in between
        last = passage.span
        yield Reading(passage.item, passage.kind, passage.sentence, continues, View(source.text, passage.span))


def _with_notes(document: Document) -> Iterator[Passage]:
    """Add the notes below tables: they are no sentences of the body, but what they lay down binds as much."""
    notes = [
        Passage(leaf.path, leaf.span, "note") for leaf in document.outline if leaf.kind == "note" and len(leaf.span) >= _NOTE
    ]
    return (
        iter(sorted([*document.passages(), *notes], key=lambda p: (p.span.start, p.span.end))) if notes else document.passages()
    )
