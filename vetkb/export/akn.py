"""Document → Akoma Ntoso 3.0 (OASIS LegalDocML): the structure of a 公文, for XML tools and legal databases.

The body goes into `mainBody`, each annex into an `attachment`, what stands before the first mark into the `preamble`, what
stands behind the last clause into the `conclusions`. The `eId`s are those of the graph's IRIs (`sec_5__para_2`), so that both
speak of the same places, and the outline can be read back from them (`names.path_of`).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from vetkb.graph.names import fragment_of, in_annex
from vetkb.model import Document, Item, Row, Sentence, Table

NAMESPACE: Final = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_ELEMENTS: Final[Mapping[str, str]] = {
    "part": "part",
    "chp": "chapter",
    "subchp": "subchapter",
    "art": "article",
    "sec": "section",
    "subsec": "subsection",
    "para": "paragraph",
    "point": "point",
    "indent": "indent",
}
_ANNEX = "附件"
_UNKNOWN_DAY = "0001-01-01"  # the schema demands a date; this one is no day of any document
_IN_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_akn(document: Document, iri: str) -> bytes:
    """Return a document as Akoma Ntoso XML in UTF-8; `iri` names the document in the graph."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_tag("akomaNtoso"))
    doc = _child(root, "doc", name=document.genre.value if document.genre else "公文")
    writer = _Writer(document)
    doc.append(_meta(document, iri, iri))
    _preface(doc, document)
    writer.preamble(doc)
    writer.main_body(doc, None)
    writer.conclusions(doc)
    annexes = writer.annexes()
    if annexes:
        attachments = _child(doc, "attachments")
        for path in annexes:
            attachment = _child(attachments, "attachment", eId=writer.eid(path))
            inner = _child(attachment, "doc", name=_ANNEX)
            inner.append(_meta(document, f"{iri}/{fragment_of(path)}", iri))
            writer.main_body(inner, path)
    _indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


class _Writer:
    """Writes items, sentences and tables under the place they stand in; every eId is given once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._given: Counter[str] = Counter()
        self._children: dict[str | None, list[Item]] = defaultdict(list)
        self._sentences: dict[str | None, list[tuple[str, Sentence]]] = defaultdict(list)
        self._tables: dict[str | None, list[Table]] = defaultdict(list)
        paths = {item.path for item in document.items}
        in_tables = {row.group for table in document.tables for row in table.rows if row.group}
        self._groups: dict[str, Item] = {item.path: item for item in document.items if item.path in in_tables}
        for item in document.items:
            if item.path not in self._groups:
                self._children[_above(item.path, paths)].append(item)
        numbers: Counter[str | None] = Counter()
        for sentence in document.sentences:
            numbers[sentence.item] += 1
            name = f"{fragment_of(sentence.item) if sentence.item else 'body'}__sent_{numbers[sentence.item]}"
            self._sentences[sentence.item].append((name, sentence))
        for table in document.tables:
            self._tables[table.path].append(table)
        self._first = min((item.span.start for item in document.items), default=None)

    def eid(self, path: str) -> str:
        """Return the name of a place; the second place of a path is named after the first, as in the graph."""
        name = fragment_of(path)
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name}__again_{self._given[name]}"

    def annexes(self) -> list[str]:
        """Return the annexes in the order of the text."""
        starts: dict[str, int] = {}
        placed = [(item.path, item.span.start) for item in self._document.items]
        placed += [(s.item, s.span.start) for s in self._document.sentences if s.item is not None]
        placed += [(table.path, table.span.start) for table in self._document.tables]
        for path, start in placed:
            annex = path.partition("/")[0]
            if in_annex(annex):
                starts[annex] = min(start, starts.get(annex, start))
        return sorted(starts, key=lambda path: starts[path])

    def preamble(self, doc: ET.Element) -> None:
        before = [(name, s) for name, s in self._sentences[None] if self._first is not None and s.span.start < self._first]
        if before:
            _paragraph(_child(doc, "preamble"), before)

    def conclusions(self, doc: ET.Element) -> None:
        after = [(name, s) for name, s in self._sentences[None] if self._first is not None and s.span.start >= self._first]
        if after:
            _paragraph(_child(doc, "conclusions"), after)

    def main_body(self, doc: ET.Element, annex: str | None) -> None:
        body = _child(doc, "mainBody")
        if annex is not None or self._first is None:
            self._blocks(body, annex)
        for item in self._children[None]:
            if (item.path.partition("/")[0] == annex) if annex else not in_annex(item.path):
                self._item(body, item)
        if not len(body):
            _child(body, "p")

    def _item(self, above: ET.Element, item: Item) -> None:
        fragment = self.eid(item.path)
        level = fragment.rpartition("__again_")[0] or fragment
        name = _ELEMENTS.get(level.rpartition("__")[2].partition("_")[0])
        node = _child(above, name or "hcontainer", eId=fragment, **({} if name else {"name": "item"}))
        if item.label:
            _text(_child(node, "num"), item.label)
        if item.heading:
            _text(_child(node, "heading"), item.heading)
        children = self._children[item.path]
        here = _child(node, "intro" if children else "content")
        self._blocks(here, item.path)
        if not len(here):
            node.remove(here)
            if not children:
                _child(_child(node, "content"), "p")
        for child in children:
            self._item(node, child)

    def _blocks(self, node: ET.Element, path: str | None) -> None:
        if self._sentences[path]:
            _paragraph(node, self._sentences[path])
        for order, table in enumerate(self._tables[path], 1):
            self._table(node, table, f"{fragment_of(path) if path else 'body'}__table_{order}")

    def _table(self, node: ET.Element, table: Table, eid: str) -> None:
        shown = _child(node, "table", eId=eid)
        header = {cell.column: cell.text for cell in table.header}
        if header:
            line = _child(shown, "tr")
            for column in range(len(table.columns)):
                _text(_child(_child(line, "th"), "p"), header.get(column, ""))
        group = None
        for row in table.rows:
            if row.group != group and row.group in self._groups:
                group = row.group
                item = self._groups[group]
                line = _child(shown, "tr", eId=self.eid(group))
                cell = _child(line, "td", colspan=str(max(1, len(table.columns))))
                _text(_child(cell, "p"), item.label + item.heading)
            self._row(shown, row, len(table.columns))
        if not len(shown):
            node.remove(shown)

    def _row(self, table: ET.Element, row: Row, columns: int) -> None:
        line = _child(table, "tr", eId=self.eid(row.path))
        cells: dict[int, list[str]] = defaultdict(list)
        for cell in row.cells:
            cells[cell.column].append(cell.text)
        for column in range(max(columns, max(cells, default=-1) + 1, 1)):
            data = _child(line, "td")
            for text in cells.get(column, [""]):
                _text(_child(data, "p"), text)


def _above(path: str, paths: set[str]) -> str | None:
    """Return the nearest item above a path, null where there is none."""
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in paths:
            return path
    return None


def _preface(doc: ET.Element, document: Document) -> None:
    preface = _child(doc, "preface")
    for name, stated in (("docNumber", document.identifier), ("docTitle", document.title)):
        if stated is not None:
            _text(_child(_child(preface, "p"), name), stated.value)
    for addressee in document.addressees:
        _text(_child(preface, "p"), addressee.value)
    if not len(preface):
        doc.remove(preface)


def _paragraph(node: ET.Element, sentences: Iterable[tuple[str, Sentence]]) -> None:
    """Write sentences as one paragraph, each with its name in the graph."""
    paragraph = _child(node, "p")
    for name, sentence in sentences:
        _text(_child(paragraph, "span", eId=name), sentence.text)


def _meta(document: Document, this: str, whole: str) -> ET.Element:
    """Return the identification that the schema demands, of the document or of one of its annexes."""
    stated = document.issued or document.printed
    day = stated.value if stated is not None else None
    meta = ET.Element(_tag("meta"))
    identification = _child(meta, "identification", source="#vetkb")
    for level, suffix in (("FRBRWork", ""), ("FRBRExpression", "/zho"), ("FRBRManifestation", "/zho/akn")):
        node = _child(identification, level)
        _child(node, "FRBRthis", value=this + suffix)
        _child(node, "FRBRuri", value=whole + suffix)
        if level == "FRBRWork" and document.identifier is not None:
            _child(node, "FRBRalias", value=_clean(document.identifier.value), name="发文字号")
        _child(node, "FRBRdate", date=_written(day), name="issued")
        _child(node, "FRBRauthor", href="#issuer" if document.issuers else "#vetkb")
        if level == "FRBRWork":
            _child(node, "FRBRcountry", value="cn")
            if document.identifier is not None:
                _child(node, "FRBRnumber", value=_clean(document.identifier.value))
            if document.title is not None:
                _child(node, "FRBRname", value=_clean(document.title.value))
        elif level == "FRBRExpression":
            _child(node, "FRBRlanguage", language="zho")
        else:
            _child(node, "FRBRformat", value="application/akn+xml")
    if this == whole:
        references = _child(meta, "references", source="#vetkb")
        _child(references, "TLCOrganization", eId="vetkb", href="https://w3id.org/vetkb/ns", showAs="vetkb")
        if document.issuers:
            shown = "、".join(_clean(issuer.value) for issuer in document.issuers)
            _child(references, "TLCOrganization", eId="issuer", href=f"{whole}/issuer", showAs=shown)
    return meta


def _indent(root: ET.Element) -> None:
    """Break lines between elements, but not inside paragraphs, whose text has no blanks."""
    ET.indent(root, " ")
    for paragraph in root.iter(_tag("p")):
        if len(paragraph):
            paragraph.text = None
            for inline in paragraph:
                inline.tail = None


def _written(day: date | None) -> str:
    return day.isoformat() if day is not None else _UNKNOWN_DAY


def _child(parent: ET.Element, tag: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, _tag(tag), attributes)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(node: ET.Element, text: str) -> None:
    node.text = _clean(text)


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _IN_NO_XML.sub("\ufffd", text)
