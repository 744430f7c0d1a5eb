"""Triples of one document's graph, collected in the order in which they are written.

Evidence follows Web Annotation: a specific resource of the source file, selected by the quotation and
refined by its position (`oa:start`, `oa:end`: characters of the source as read, end excluded). A node that
has a place but no quotation of its own (a clause, a table) has the position alone.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from vetkb.engine import Iri, Literal, Quad, Term
from vetkb.graph import names
from vetkb.graph.terms import (
    ONTOLOGY_VERSION,
    OWL_VERSION,
    RDF_TYPE,
    XSD_BOOLEAN,
    XSD_DATE,
    XSD_DECIMAL,
    XSD_INTEGER,
    Eli,
    Oa,
    Prov,
    Skos,
    Vk,
)
from vetkb.text import Quote, Span


def chinese(text: str) -> Literal:
    return Literal(text, None, "zh")


def integer(number: int) -> Literal:
    return Literal(str(number), XSD_INTEGER)


def decimal(number: Decimal) -> Literal:
    return Literal(format(number, "f"), XSD_DECIMAL)


def boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", XSD_BOOLEAN)


def day(value: date) -> Literal:
    return Literal(value.isoformat(), XSD_DATE)


class Triples:
    """The growing graph of one document, with the names given out so far."""

    def __init__(self, document: Iri) -> None:
        self.document = document
        self.graph = names.graph_of(document)
        self.file = Iri(f"{document}/zho/txt")
        self.quads: list[Quad] = []
        self._written: set[object] = set()
        self._claims: Counter[str] = Counter()
        self._facts: Counter[str] = Counter()
        self._places: dict[str, Iri] = {}
        self._labels: dict[Iri, str] = {}

    def add(self, subject: Iri, predicate: Iri, *objects: Term) -> None:
        self.quads.extend(Quad(subject, predicate, term, self.graph) for term in objects)

    def add_text(self, subject: Iri, predicate: Iri, text: str | None) -> None:
        """Add Chinese text, or nothing where there is none."""
        if text is not None:
            self.add(subject, predicate, chinese(text))

    def first_time(self, thing: object) -> bool:
        """Say whether something that is mentioned repeatedly has still to be described."""
        if thing in self._written:
            return False
        self._written.add(thing)
        return True

    def add_once(self, subject: Iri, predicate: Iri, term: Term) -> None:
        if self.first_time((subject, predicate, term)):
            self.add(subject, predicate, term)

    # --- evidence ---

    def quote(self, node: Iri, quote: Quote, relation: Iri = Vk.evidence, name: str = "evidence") -> None:
        """Write the quotation that proves a node."""
        resource = Iri(f"{node}__{name}")
        selector, position = Iri(f"{resource}_quote"), Iri(f"{resource}_position")
        self.add(node, relation, resource)
        self.add(resource, RDF_TYPE, Oa.SpecificResource)
        self.add(resource, Oa.hasSource, self.file)
        self.add(resource, Oa.hasSelector, selector)
        self.add(selector, RDF_TYPE, Oa.TextQuoteSelector)
        self.add(selector, Oa.exact, Literal(quote.text))
        self.add(selector, Oa.refinedBy, position)
        self._position(position, quote.start, quote.end)

    def span(self, node: Iri, span: Span, relation: Iri = Vk.evidence, name: str = "evidence") -> None:
        """Write the place of a node that quotes nothing itself."""
        resource = Iri(f"{node}__{name}")
        position = Iri(f"{resource}_position")
        self.add(node, relation, resource)
        self.add(resource, RDF_TYPE, Oa.SpecificResource)
        self.add(resource, Oa.hasSource, self.file)
        self.add(resource, Oa.hasSelector, position)
        self._position(position, span.start, span.end)

    def _position(self, node: Iri, start: int, end: int) -> None:
        self.add(node, RDF_TYPE, Oa.TextPositionSelector)
        self.add(node, Oa.start, integer(start))
        self.add(node, Oa.end, integer(end))

    def generated_by(self, node: Iri, rule: str) -> None:
        """Write which rule found a node."""
        activity = names.extraction_rule(rule)
        self.add(node, Prov.wasGeneratedBy, activity)
        if self.first_time(activity):
            self.add(activity, RDF_TYPE, Prov.Activity)
            self.add(activity, Vk.rule, Literal(rule))
            self.add(activity, OWL_VERSION, Literal(ONTOLOGY_VERSION))

    # --- names ---

    def place(self, path: str) -> Iri:
        """Return the node of a path; it is written, with those above it, when it is first mentioned."""
        segments = path.split("/")
        above = self.document
        for depth in range(1, len(segments) + 1):
            above = self._place("/".join(segments[:depth]), above)
        return above

    def _place(self, path: str, above: Iri) -> Iri:
        known = self._places.get(path)
        if known is not None:
            return known
        fragment = names.fragment_of(path)
        node = self._places[path] = Iri(f"{self.document}/{fragment}")
        self._describe_place(node, path)
        is_annex = above == self.document and fragment.startswith("att_")
        self.add(above, Eli.has_annex if is_annex else Eli.has_part, node)
        self.add(node, Eli.is_part_of, above)
        return node

    def _describe_place(self, node: Iri, path: str) -> None:
        self.add(node, RDF_TYPE, Eli.LegalResourceSubdivision)
        self.add(node, Vk.path, Literal(path))
        self.add(node, Vk.inDocument, self.document)

    def claim(self, path: str) -> Iri:
        """Return a node of its own for an item or row; the second one with a path is named after the first."""
        node = self.place(path)
        self._claims[path] += 1
        if self._claims[path] == 1:
            return node
        other = Iri(f"{node}__again_{self._claims[path]}")
        self._describe_place(other, path)
        self.add(other, Eli.is_part_of, node)
        return other

    def fact(self, item: str | None, kind: str) -> Iri:
        """Return the name of the next fact of a kind in an item."""
        where = f"{self.document}/{'body' if item is None else names.fragment_of(item)}__{kind}"
        self._facts[where] += 1
        return Iri(f"{where}_{self._facts[where]}")

    def node(self, subject: Iri, kind: Iri, order: int, item: str | None) -> None:
        """Write what every extracted node says: class, order among its kind, item, document."""
        self.add(subject, RDF_TYPE, kind)
        self.add(subject, Vk.order, integer(order))
        if item is not None:
            self.add(subject, Vk.item, self.place(item))
        self.add(subject, Vk.inDocument, self.document)

    def label(self, subject: Iri, preferred: str | None, surface: str) -> None:
        """Write the label of a thing (else what the text calls it first), and what the text calls it besides."""
        if subject not in self._labels:
            self._labels[subject] = surface if preferred is None else preferred
            self.add(subject, Skos.prefLabel, chinese(self._labels[subject]))
        if surface != self._labels[subject]:
            self.add_once(subject, Skos.altLabel, chinese(surface))
