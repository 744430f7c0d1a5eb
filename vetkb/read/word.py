"""Word 文档 — A .docx file → lines of text: paragraphs and tables in order, with the marks that Word counts itself.

What is printed is read: insertions stay and deletions go (修订), hidden text, field codes, headers and footers with their
page numbers, comments and a table of contents made by Word go; text boxes come before the paragraph they hang on, notes
after it. Format: ISO/IEC 29500-1, WordprocessingML, both families of namespaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vetkb.errors import SourceError
from vetkb.read.grid import MAX_COLUMNS, CellCount, clean, table_lines
from vetkb.read.numbering import Numbering
from vetkb.read.package import Element, Package, child, is_on, local, number, value
from vetkb.read.styles import Styles, read_numbering, read_styles

_DELETED = frozenset(("del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "sdtPr", "rt", "rubyPr"))
_WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "body"))
_SIGNS = {"tab": "\u3000", "ptab": "\u3000", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


def read_word(content: bytes) -> str:
    """Return the text of a .docx file. Raises SourceError."""
    package = Package(content)
    styles = read_styles(package.part("styles"))
    numbering = read_numbering(package.part("numbering"), styles)
    body = child(package.main(), "body")
    if body is None:
        raise SourceError("is a Word file without text; open it in Word or WPS and save it anew")
    notes = {kind: _notes(package.part(kind)) for kind in _NOTES.values()}
    lines = _Reader(styles, numbering, notes).lines(body)
    if not any(lines):
        raise SourceError("holds no text (pictures of pages, perhaps); recognise their text (OCR) first")
    return "\n".join(lines) + "\n"


def _notes(root: Element | None) -> dict[str, Element]:
    parts = root if root is not None else ()
    return {value(e, "id") or "": e for e in parts if value(e, "type") in (None, "normal")}


@dataclass(slots=True)
class _Paragraph:
    """The text of a paragraph; boxes and notes that hang on it are lines of their own."""

    text: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    notes: list[Element] = field(default_factory=list)


class _Reader:
    def __init__(self, styles: Styles, numbering: Numbering, notes: dict[str, dict[str, Element]]) -> None:
        self.styles = styles
        self.numbering = numbering
        self.notes = notes
        self.cells = CellCount()
        self.carried = ""  # text of paragraphs whose end was deleted: it belongs to the next one

    def lines(self, parent: Element) -> list[str]:
        """Return the lines of the paragraphs and tables under an element."""
        lines: list[str] = []
        for block in _blocks(parent):
            lines += self._table(block) if local(block) == "tbl" else self._paragraph(block)
        if self.carried:
            lines.append(clean(self.carried))
            self.carried = ""
        return lines

    def _paragraph(self, element: Element) -> list[str]:
        properties = child(element, "pPr")
        if value(child(properties, "pStyle")) in self.styles.directory:
            return []
        paragraph = _Paragraph()
        for part in element:
            self._inline(part, paragraph)
        text = "".join(paragraph.text)
        if child(properties, "rPr", "del") is not None:
            self.carried += text
            return paragraph.boxes
        listed = self.styles.list_of(properties)
        mark = self.numbering.next_mark(*listed) if listed else ""
        text, self.carried = mark + self.carried + text.lstrip(" \u3000" if mark else ""), ""
        lines = paragraph.boxes + [clean(line) for line in text.split("\n")]
        for note in paragraph.notes:
            lines += [line for line in self.lines(note) if line]
        return lines

    def _inline(self, element: Element, into: _Paragraph) -> None:
        name = local(element)
        if name in _DELETED or not name:
            return
        if name == "t":
            into.text.append((element.text or "").replace("\n", " ").replace("\t", " "))
        elif name in _SIGNS:
            into.text.append(_SIGNS[name])
        elif name == "sym":
            into.text.append(_symbol(value(element, "char")))
        elif name in _NOTES:
            note = self.notes[_NOTES[name]].pop(value(element, "id") or "", None)
            if note is not None:
                into.notes.append(note)
        elif name in ("drawing", "pict", "object"):
            for box in _text_boxes(element):
                into.boxes += [line for line in self.lines(box) if line]
        elif name != "r" or not is_on(child(element, "rPr", "vanish")):
            for part in _alternative(element):
                self._inline(part, into)

    def _table(self, table: Element) -> list[str]:
        rows: list[list[list[str]]] = []
        for row in _of(table, "tr"):
            properties = child(row, "trPr")
            if child(properties, "del") is not None:
                continue
            cells: list[list[str]] = [[] for _ in range(_span(child(properties, "gridBefore"), 0))]
            for cell in _of(row, "tc"):
                kept, width = self._cell(cell)
                cells.append(kept)
                cells += [[] for _ in range(width - 1)]
                if len(cells) > MAX_COLUMNS:
                    raise SourceError(f"has a table of more than {MAX_COLUMNS} columns; split it")
            self.cells.add(len(cells))
            rows.append(cells)
        return table_lines(rows)

    def _cell(self, cell: Element) -> tuple[list[str], int]:
        properties = child(cell, "tcPr")
        width = _span(child(properties, "gridSpan"), 1)
        if child(properties, "cellDel") is not None:
            return [], width
        for merge in ("vMerge", "hMerge"):
            merged = child(properties, merge)
            if merged is not None and value(merged) != "restart":
                return [], width
        return [line.replace("\t", " ") for line in self.lines(cell) if line], width


def _blocks(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs and tables under an element, through what merely wraps them."""
    for element in parent:
        name = local(element)
        if name in ("p", "tbl"):
            yield element
        elif name == "sdt" and value(child(element, "sdtPr", "docPartObj", "docPartGallery")) == "Table of Contents":
            continue
        elif name in _WRAPPERS:
            yield from _blocks(element)
        elif name == "AlternateContent":
            for choice in _alternative(element):
                yield from _blocks([choice])


def _alternative(element: Element) -> list[Element]:
    """Return the children to read: of the same content written twice (for new and old programs) only the first."""
    if local(element) != "AlternateContent":
        return list(element)
    choice = next((e for e in element if local(e) == "Choice" and len(e)), None)
    if choice is None:
        choice = child(element, "Fallback")
    return list(choice) if choice is not None else []


def _text_boxes(element: Element) -> Iterator[Element]:
    for part in _alternative(element):
        if local(part) == "txbxContent":
            yield part
        elif local(part) not in _DELETED:
            yield from _text_boxes(part)


def _of(parent: Element, wanted: str) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, through what merely wraps them."""
    for element in parent:
        if local(element) == wanted:
            yield element
        elif local(element) in _WRAPPERS:
            yield from _of(element, wanted)


def _span(element: Element | None, default: int) -> int:
    return max(default, number(value(element), default, MAX_COLUMNS))


def _symbol(code: str | None) -> str:
    """A character of a symbol font; those of the private area print as no character of any script."""
    try:
        point = int(code or "", 16)
    except ValueError:
        return ""
    return chr(point) if 0x20 <= point < 0xD800 else ""
