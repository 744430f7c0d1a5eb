"""Document → triples: what it prints about itself, its outline, clauses, sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from vetkb.engine import Iri, Literal
from vetkb.graph import names
from vetkb.graph.agents import Agents
from vetkb.graph.terms import RDF_TYPE, Csvw, Dcterms, Eli, Oa, Vk
from vetkb.graph.triples import Triples, chinese, day, integer
from vetkb.model import Cell, Document, Row, Stated, Table
from vetkb.zh.document_numbers import parse_document_number

_CHINESE_LANGUAGE = Iri("http://publications.europa.eu/resource/authority/language/ZHO")


def write_document(triples: Triples, document: Document, agents: Agents) -> list[Iri]:
    """Write everything that `Document` holds; return the nodes of its sentences."""
    _write_source(triples, document)
    _write_metadata(triples, document, agents)
    for order, leaf in enumerate(document.outline, 1):
        node = Iri(f"{triples.document}/leaf_{order}")
        triples.node(node, Vk.Leaf, order, leaf.path)
        triples.add(node, Vk.leafKind, Literal(leaf.kind))
        if order > 1:
            triples.add(node, Vk.follows, Iri(f"{triples.document}/leaf_{order - 1}"))
        triples.add(node, Oa.start, integer(leaf.span.start))
        triples.add(node, Oa.end, integer(leaf.span.end))
    for order, item in enumerate(document.items, 1):
        node = triples.claim(item.path)
        triples.add(node, RDF_TYPE, Vk.Item)
        triples.add(node, Vk.order, integer(order))
        triples.add(node, Vk.label, chinese(item.label))
        triples.add(node, Vk.heading, chinese(item.heading))
        triples.span(node, item.span)
        triples.span(node, item.heading_span, Vk.headingEvidence, "heading")
    sentences = [triples.fact(sentence.item, "sent") for sentence in document.sentences]
    for order, (node, sentence) in enumerate(zip(sentences, document.sentences, strict=True), 1):
        triples.node(node, Vk.Sentence, order, sentence.item)
        triples.add(node, Vk.place, integer(sentence.order))
        triples.add(node, Vk.text, chinese(sentence.text))
        triples.span(node, sentence.span)
    for order, table in enumerate(document.tables, 1):
        _write_table(triples, table, order)
    return sentences


def _write_source(triples: Triples, document: Document) -> None:
    expression = Iri(f"{triples.document}/zho")
    triples.add(triples.document, RDF_TYPE, Eli.LegalResource)
    triples.add(triples.document, Eli.is_realized_by, expression)
    triples.add(expression, RDF_TYPE, Eli.LegalExpression)
    triples.add(expression, Eli.realizes, triples.document)
    triples.add(expression, Eli.language, _CHINESE_LANGUAGE)
    triples.add(expression, Eli.is_embodied_by, triples.file)
    triples.add(triples.file, RDF_TYPE, Eli.Format)
    triples.add(triples.file, Eli.embodies, expression)
    triples.add(triples.file, Dcterms.title, Literal(document.source.name))
    triples.add(triples.file, Vk.sha256, Literal(document.source.sha256))
    triples.add(triples.file, Vk.characters, integer(document.source.characters))


# --- metadata ----------------------------------------------------------------------------------------


def _fields(document: Document) -> Iterator[tuple[str, Sequence[Stated[str] | Stated[date]]]]:
    """Yield each field of metadata with what is stated of it."""
    for name, text in (("identifier", document.identifier), ("title", document.title), ("genre", document.genre)):
        yield name, (text,) if text else ()
    yield "issuer", document.issuers
    for name, when in (("issued", document.issued), ("printed", document.printed)):
        yield name, (when,) if when else ()
    yield "addressee", document.addressees
    yield "copied_to", document.copied_to
    yield "sponsor", (document.sponsor,) if document.sponsor else ()


def _write_metadata(triples: Triples, document: Document, agents: Agents) -> None:
    for field, statements in _fields(document):
        for order, stated in enumerate(statements, 1):
            node = Iri(f"{triples.document}/metadata/{field}_{order}")
            triples.node(node, Vk.MetadataStatement, order, None)
            triples.add(node, Vk.field, Literal(field))
            value = stated.value
            triples.add(node, Vk.statedValue, day(value) if isinstance(value, date) else Literal(value))
            triples.quote(node, stated.evidence)
    _write_description(triples, document, agents)


def _write_description(triples: Triples, document: Document, agents: Agents) -> None:
    """Write the metadata once more as plain properties of the document, as other ELI data have them."""
    this = triples.document
    if document.identifier:
        triples.add(this, Eli.id_local, Literal(document.identifier.value))
        number = parse_document_number(document.identifier.value)
        if number:
            triples.add(this, Eli.number, Literal(str(number.number)))
    triples.add_text(this, Eli.title, document.title.value if document.title else None)
    genre = agents.lexicon.genres.get(document.genre.value) if document.genre else None
    if genre:
        triples.add(this, Eli.type_document, Iri(genre))
    if document.issued:
        triples.add(this, Eli.date_document, day(document.issued.value))
    if document.printed:
        triples.add(this, Vk.printed, day(document.printed.value))
    if agents.division is not None:
        triples.add(this, Vk.division, names.division(agents.division))
    sponsors = (document.sponsor,) if document.sponsor else ()
    for relation, named in (
        (Eli.passed_by, document.issuers),
        (Eli.responsibility_of_agent, sponsors),
        (Vk.addressee, document.addressees),
        (Vk.copiedTo, document.copied_to),
    ):
        for stated in named:
            triples.add_once(this, relation, agents.write_named(stated.value))


# --- tables ------------------------------------------------------------------------------------------


def _write_table(triples: Triples, table: Table, order: int) -> None:
    node = triples.fact(table.path, "table")
    triples.node(node, Csvw.Table, order, table.path)
    triples.span(node, table.span)
    for place, function in enumerate(table.columns, 1):
        column = Iri(f"{node}__column_{place}")
        triples.add(column, RDF_TYPE, Csvw.Column)
        triples.add(column, Dcterms.isPartOf, node)
        triples.add(column, Vk.order, integer(place))
        triples.add(column, Vk.columnFunction, Literal(function))
    _write_cells(triples, table.header, node)
    for place, row in enumerate(table.rows, 1):
        _write_row(triples, row, place, node)


def _write_row(triples: Triples, row: Row, order: int, table: Iri) -> None:
    node = triples.claim(row.path)
    triples.add(node, RDF_TYPE, Csvw.Row)
    triples.add(node, Dcterms.isPartOf, table)
    triples.add(node, Vk.order, integer(order))
    if row.ordinal is not None:
        triples.add(node, Vk.ordinal, integer(row.ordinal))
    if row.group is not None:
        triples.add(node, Vk.group, triples.place(row.group))
    triples.span(node, row.span)
    _write_cells(triples, row.cells, node)


def _write_cells(triples: Triples, cells: tuple[Cell, ...], whole: Iri) -> None:
    """Write the cells of a row, or those of a table's header."""
    for place, cell in enumerate(cells, 1):
        node = Iri(f"{whole}__cell_{place}")
        triples.add(node, RDF_TYPE, Csvw.Cell)
        triples.add(node, Dcterms.isPartOf, whole)
        triples.add(node, Vk.order, integer(place))
        triples.add(node, Vk.columnNumber, integer(cell.column + 1))
        triples.add(node, Vk.text, chinese(cell.text))
        triples.span(node, cell.span)
