"""The named graph of a document → Document + Facts, equal to what was written (the proof that nothing is lost).

Reads the nodes that `vetkb.graph.write` writes, in any order of the quads; whatever else is said about them is left
alone. A graph that was not written so raises UsageError.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from vetkb.engine import Iri, Quad
from vetkb.errors import UsageError
from vetkb.graph.nodes import Graph
from vetkb.graph.read_facts import read_facts
from vetkb.graph.terms import Csvw, Dcterms, Eli, Oa, Vk
from vetkb.model import (
    Cell,
    Document,
    Facts,
    Item,
    Leaf,
    Row,
    Sentence,
    SourceReference,
    Stated,
    Table,
)
from vetkb.text import Span


def from_quads(quads: Iterable[Quad]) -> tuple[Document, Facts]:
    """Return the document and the facts of the graph of one document."""
    graph = Graph.of(quads)
    documents = graph.subjects_with(Eli.is_realized_by)
    if len(documents) != 1:
        raise UsageError(f"expected the graph of one document, found {len(documents)} documents")
    try:
        return _read_document(graph, documents[0]), read_facts(graph)
    except (KeyError, ValueError, ArithmeticError) as error:
        raise UsageError(f"not the graph of a document: {error!r}") from error


def _read_document(graph: Graph, document: Iri) -> Document:
    metadata = _Metadata(graph)
    return Document(
        source=_read_source(graph, document),
        identifier=metadata.text("identifier"),
        title=metadata.text("title"),
        genre=metadata.text("genre"),
        issuers=metadata.texts("issuer"),
        issued=metadata.day("issued"),
        printed=metadata.day("printed"),
        addressees=metadata.texts("addressee"),
        copied_to=metadata.texts("copied_to"),
        sponsor=metadata.text("sponsor"),
        outline=tuple(_read_leaf(graph, node) for node in graph.in_order(Vk.Leaf)),
        items=tuple(_read_item(graph, node) for node in graph.in_order(Vk.Item)),
        sentences=tuple(_read_sentence(graph, node) for node in graph.in_order(Vk.Sentence)),
        tables=_read_tables(graph),
    )


def _read_source(graph: Graph, document: Iri) -> SourceReference:
    file = graph.iri(graph.iri(document, Eli.is_realized_by), Eli.is_embodied_by)
    return SourceReference(graph.text(file, Dcterms.title), graph.text(file, Vk.sha256), graph.integer(file, Vk.characters))


class _Metadata:
    """The metadata statements of a document, by field."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._by_field: dict[str, list[Iri]] = defaultdict(list)
        for node in graph.in_order(Vk.MetadataStatement):
            self._by_field[graph.text(node, Vk.field)].append(node)

    def texts(self, field: str) -> tuple[Stated[str], ...]:
        graph = self._graph
        return tuple(Stated(graph.text(node, Vk.statedValue), graph.quote(node)) for node in self._by_field[field])

    def text(self, field: str) -> Stated[str] | None:
        return next(iter(self.texts(field)), None)

    def day(self, field: str) -> Stated[date] | None:
        graph = self._graph
        nodes = self._by_field[field]
        return Stated(date.fromisoformat(graph.text(nodes[0], Vk.statedValue)), graph.quote(nodes[0])) if nodes else None


def _read_leaf(graph: Graph, node: Iri) -> Leaf:
    span = Span(graph.integer(node, Oa.start), graph.integer(node, Oa.end))
    return Leaf(cast("Any", graph.text(node, Vk.leafKind)), graph.path(node, Vk.item), span)


def _read_item(graph: Graph, node: Iri) -> Item:
    return Item(
        graph.text(node, Vk.path),
        graph.text(node, Vk.label),
        graph.text(node, Vk.heading),
        graph.span(node),
        graph.span(node, Vk.headingEvidence),
    )


def _read_sentence(graph: Graph, node: Iri) -> Sentence:
    return Sentence(graph.path(node, Vk.item), graph.integer(node, Vk.place), graph.span(node), graph.text(node, Vk.text))


def _read_tables(graph: Graph) -> tuple[Table, ...]:
    columns, rows, cells = (graph.parts(kind) for kind in (Csvw.Column, Csvw.Row, Csvw.Cell))
    return tuple(
        Table(
            path=graph.path(node, Vk.item) or "",
            span=graph.span(node),
            header=tuple(_read_cell(graph, cell) for cell in cells[node]),
            columns=tuple(graph.text(column, Vk.columnFunction) for column in columns[node]),
            rows=tuple(_read_row(graph, row, cells) for row in rows[node]),
        )
        for node in graph.in_order(Csvw.Table)
    )


def _read_row(graph: Graph, node: Iri, cells: Mapping[Iri, list[Iri]]) -> Row:
    return Row(
        graph.text(node, Vk.path),
        graph.optional_integer(node, Vk.ordinal),
        graph.path(node, Vk.group),
        graph.span(node),
        tuple(_read_cell(graph, cell) for cell in cells[node]),
    )


def _read_cell(graph: Graph, node: Iri) -> Cell:
    return Cell(graph.integer(node, Vk.columnNumber) - 1, graph.text(node, Vk.text), graph.span(node))
