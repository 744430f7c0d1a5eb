"""The words of a base around what it found: for a place in a document, the sentence, heading or cell it stands in."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vetkb.engine import Iri, RdfStore
from vetkb.graph.terms import BASE

_PREFIXES = f"""PREFIX vk: <{BASE}ns#> PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX csvw: <http://www.w3.org/ns/csvw#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?document ?text ?start WHERE {{"""
_PASSAGES = tuple(
    _PREFIXES + f"{what} ; {document} ?document ; {place} . ?place oa:start ?start }}"
    for what, document, place in (
        ("?node a vk:Sentence ; vk:text ?text", "vk:inDocument", "vk:evidence/oa:hasSelector ?place"),
        ("?node a csvw:Cell ; vk:text ?text", "dcterms:isPartOf/vk:inDocument", "vk:evidence/oa:hasSelector ?place"),
        ("?node vk:heading ?text", "vk:inDocument", "vk:headingEvidence/oa:hasSelector ?place"),
    )
)
_SLACK = 10  # line breaks that a sentence has in the source and not in its text


@dataclass(frozen=True)
class Passages:
    """The sentences, headings and cells of documents, by where they begin."""

    starts: Mapping[Iri, tuple[int, ...]]
    texts: Mapping[Iri, tuple[str, ...]]

    def around(self, document: Iri, start: int, quote: str) -> tuple[str, str]:
        """Return what stands before and behind a quotation in its sentence; two empty texts where none is known."""
        starts = self.starts.get(document, ())
        place = bisect_right(starts, start) - 1
        if place < 0:
            return "", ""
        text = self.texts[document][place]
        if start > starts[place] + len(text) + _SLACK:  # in a heading, between two sentences
            return "", ""
        at = text.find(quote, max(0, start - starts[place] - 2))
        if at < 0:  # line breaks of the source are not in the text of a sentence
            at = text.find(quote)
        return ("", "") if at < 0 else (text[:at], text[at + len(quote) :])


def passages_of(base: RdfStore, documents: Iterable[Iri]) -> Passages:
    """Read the sentences, headings and cells of documents."""
    chosen = set(documents)
    found: dict[Iri, list[tuple[int, str]]] = defaultdict(list)
    for row in (row for query in _PASSAGES for row in base.select(query).dicts()):
        document, start = Iri(str(row["document"])), row["start"]
        if document in chosen and isinstance(start, int):
            found[document].append((start, str(row["text"])))
    ordered = {document: sorted(rows) for document, rows in found.items()}
    return Passages(
        {d: tuple(start for start, _ in rows) for d, rows in ordered.items()},
        {d: tuple(text for _, text in rows) for d, rows in ordered.items()},
    )
