"""A document of the base → its text with the places in it: clauses, rows, and the facts that rules found there.

What is read here is the graph of the document and the source it was made from: both of one build, so that offsets
fit. Texts are cut into blocks as the outline has them, and blocks into pieces where facts begin and end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from vetkb.engine import Iri, RdfStore
from vetkb.errors import UnknownNameError
from vetkb.graph.terms import Csvw, Vk
from vetkb.store import DocumentEntry
from vetkb.text import Source, Span

_PREFIXES = """PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX vk: <https://w3id.org/vetkb/ns#> PREFIX csvw: <http://www.w3.org/ns/csvw#>
"""
_LEAVES = (
    _PREFIXES
    + """SELECT ?kind ?start ?end ?document {
  ?leaf a vk:Leaf ; vk:inDocument ?document ; vk:leafKind ?kind ; oa:start ?start ; oa:end ?end }
ORDER BY ?start"""
)
_PLACES = (
    _PREFIXES
    + """SELECT ?node ?class ?path ?label ?heading ?ordinal ?start ?end ?document {
  ?node vk:inDocument ?document ; a ?class ; vk:path ?path ; vk:evidence/oa:hasSelector ?place .
  ?place oa:start ?start ; oa:end ?end .
  OPTIONAL { ?node vk:label ?label } OPTIONAL { ?node vk:heading ?heading } OPTIONAL { ?node vk:ordinal ?ordinal }
  FILTER(?class IN (vk:Item, csvw:Row))
} ORDER BY ?start DESC(?end) ?node"""
)
_FACTS = (
    _PREFIXES
    + """SELECT ?node ?class ?start ?end ?document {
  ?node vk:inDocument ?document ; a ?class ; vk:evidence/oa:hasSelector/oa:refinedBy ?place .
  ?place oa:start ?start ; oa:end ?end .
  FILTER(?class IN (vk:Assignment, vk:Target, vk:Quantity, vk:Schedule, vk:Citation))
} ORDER BY ?start DESC(?end) ?node"""
)
_SPAN = (
    _PREFIXES
    + """SELECT ?start ?end ?node {
  { ?node oa:start ?start ; oa:end ?end } UNION { ?node oa:refinedBy ?place . ?place oa:start ?start ; oa:end ?end }
  UNION { ?node oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end }
  UNION { ?node oa:hasSelector/oa:refinedBy ?place . ?place oa:start ?start ; oa:end ?end }
  UNION { ?node vk:evidence/oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end }
  UNION { ?node vk:evidence/oa:hasSelector/oa:refinedBy ?place . ?place oa:start ?start ; oa:end ?end }
} ORDER BY ?start ?end"""
)
_KINDS = {Vk.Assignment: "party", Vk.Target: "target", Vk.Quantity: "target", Vk.Schedule: "deadline", Vk.Citation: "citation"}


class _Store(Protocol):
    @property
    def rdf(self) -> RdfStore: ...
    def source(self, document: str) -> Source: ...


@dataclass(frozen=True, slots=True)
class Place:
    """条款或行 — A clause or row with its span; `depth` counts the clauses it stands in."""

    iri: Iri
    path: str
    label: str
    heading: str
    span: Span
    is_row: bool
    depth: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What a rule found at a place: party, target, deadline, citation."""

    iri: Iri
    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a block: `fact` where a rule found something, `marked` where it belongs to what is shown."""

    text: str
    fact: Fact | None
    marked: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A leaf of the outline as it is shown; `starts` are the places that begin in it."""

    kind: str
    starts: tuple[Place, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """上下文 — A place in its document: the text around it, the places it stands in, its neighbours.

    `cut_before`, `cut_after`: the document goes on there.
    """

    span: Span
    place: Place | None
    above: tuple[Place, ...]
    previous: Place | None
    next: Place | None
    blocks: tuple[Block, ...]
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True)
class DocumentText:
    """文本 — The text of one document and what stands where in it."""

    entry: DocumentEntry
    text: str
    leaves: tuple[tuple[str, Span], ...]
    places: tuple[Place, ...]
    facts: tuple[Fact, ...]

    def blocks(self, span: Span, marked: Span | None = None) -> tuple[Block, ...]:
        """Return the leaves that a span touches; what lies in `marked` is marked."""
        first = max(0, bisect_right(self._starts, span.start) - 1)
        found: list[Block] = []
        for kind, leaf in self.leaves[first:]:
            if leaf.start >= span.end and found:
                break
            if leaf.end > span.start and kind != "blank":
                found.append(self._block(kind, leaf, marked))
        return tuple(found)

    def passage(self, span: Span, iri: Iri, around: int) -> Passage:
        """Return a span with about so many characters around it; a span that is very long is cut itself."""
        holding = [place for place in self.places if place.span.start <= span.start and span.end <= place.span.end]
        place = next((one for one in self.places if one.iri == iri), holding[-1] if holding else None)
        above = tuple(one for one in holding if one != place)
        siblings = [one for one in self.places if place is not None and one.depth == place.depth and one.is_row == place.is_row]
        at = siblings.index(place) if place in siblings else -1
        window = Span(max(0, span.start - around), min(len(self.text), min(span.end, span.start + 20 * around) + around))
        blocks = self.blocks(window, span)
        return Passage(
            span,
            place,
            above,
            siblings[at - 1] if at > 0 else None,
            siblings[at + 1] if 0 <= at < len(siblings) - 1 else None,
            blocks,
            window.start > 0,
            window.end < len(self.text),
        )

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for _, span in self.leaves]

    @cached_property
    def _place_starts(self) -> list[int]:
        return [place.span.start for place in self.places]

    @cached_property
    def _fact_starts(self) -> list[int]:
        return [fact.span.start for fact in self.facts]

    def _block(self, kind: str, leaf: Span, marked: Span | None) -> Block:
        low = bisect_left(self._place_starts, leaf.start)
        high = bisect_left(self._place_starts, leaf.end)
        return Block(kind, self.places[low:high], tuple(self._pieces(leaf, marked)))

    def _pieces(self, leaf: Span, marked: Span | None) -> Iterator[Piece]:
        low = bisect_left(self._fact_starts, leaf.start)
        high = bisect_left(self._fact_starts, leaf.end)
        inside = [fact for fact in self.facts[low:high] if fact.span.end <= leaf.end]
        at = leaf.start
        for fact in _apart(inside):
            yield from self._plain(Span(at, fact.span.start), None, marked)
            yield from self._plain(fact.span, fact, marked)
            at = fact.span.end
        yield from self._plain(Span(at, leaf.end), None, marked)

    def _plain(self, span: Span, fact: Fact | None, marked: Span | None) -> Iterator[Piece]:
        """Yield a stretch, cut where what is marked begins and ends."""
        cuts = [span.start, span.end]
        if marked is not None:
            cuts += [edge for edge in (marked.start, marked.end) if span.start < edge < span.end]
        cuts.sort()
        for start, end in pairwise(cuts):
            if start < end:
                inside = marked is not None and marked.start <= start and end <= marked.end
                yield Piece(self.text[start:end], fact, inside)


def read_text(store: _Store, entry: DocumentEntry) -> DocumentText:
    """Read the text of a document of the base with what stands where in it."""
    bound = {"document": entry.iri}
    leaves = [(str(kind), Span(_int(start), _int(end))) for kind, start, end, _ in store.rdf.select(_LEAVES, bound).rows]
    facts = [
        Fact(Iri(str(node)), _KINDS[Iri(str(kind))], Span(_int(start), _int(end)))
        for node, kind, start, end, _ in store.rdf.select(_FACTS, bound).rows
    ]
    return DocumentText(entry, store.source(entry.iri).text, tuple(leaves), tuple(_places(store.rdf, entry.iri)), tuple(facts))


def span_of(rdf: RdfStore, iri: Iri) -> Span | None:
    """Return where a node stands in the source of its document; None for one that has no place."""
    rows = rdf.select(_SPAN, {"node": iri}).rows
    return Span(_int(rows[0][0]), _int(rows[0][1])) if rows else None


def document_of(entries: Sequence[DocumentEntry], iri: str) -> DocumentEntry:
    """Return the document whose part an IRI names. Raises UnknownNameError."""
    known = {str(entry.iri): entry for entry in entries}
    parts = iri.split("/")
    for length in range(len(parts), 3, -1):
        found = known.get("/".join(parts[:length]))
        if found is not None:
            return found
    raise UnknownNameError(f"{iri[:300]} is no part of a document of this base")


def _places(rdf: RdfStore, document: Iri) -> Iterator[Place]:
    around: list[Span] = []
    for node, kind, path, label, heading, ordinal, start, end, _ in rdf.select(_PLACES, {"document": document}).rows:
        span = Span(_int(start), _int(end))
        while around and not (around[-1].start <= span.start and span.end <= around[-1].end):
            around.pop()
        shown = str(label or "") or ("" if ordinal is None else str(ordinal))
        yield Place(Iri(str(node)), str(path), shown, str(heading or ""), span, kind == Csvw.Row, len(around))
        around.append(span)


def _apart(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield facts that do not overlap, the first and longest of those that do."""
    at = -1
    for fact in facts:
        if fact.span.start >= at and len(fact.span):
            yield fact
            at = fact.span.end


def _int(value: object) -> int:
    return int(str(value))
