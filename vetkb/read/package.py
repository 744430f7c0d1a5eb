"""The ZIP file around a Word document (OPC, ISO/IEC 29500-2) → the few XML parts that are read, within bounds.

Only the main text and what belongs to it (numbering, styles, notes) are unpacked; pictures, headers and footers,
settings, embedded files and linked templates never are. Nothing outside of the file is followed.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Any

from lxml import etree

from vetkb.errors import SourceError

Element = Any  # lxml's stubs know no namespaces-free access worth having; every use is read-only
MAX_ENTRIES = 10_000
# of its XML, of which a tree takes up to thirty times as much
MAX_UNPACKED = 24 * 1024 * 1024
_DIRECTORY_ENTRY = b"PK\x01\x02"
_OTHERS = (
    ("OFD.xml", "is an OFD file; export it as PDF with a text layer or as .docx"),
    ("xl/workbook.xml", "is an Excel workbook (.xlsx), not a document; save its text as .docx"),
    ("ppt/presentation.xml", "is a PowerPoint file (.pptx), not a document; save its text as .docx"),
    ("content.xml", "is an OpenDocument file (.odt); open it in Word, WPS or LibreOffice and save it as .docx"),
)
_NO_DOCUMENT = "is a ZIP file without a Word document inside; unpack it and hand in the documents"
_DAMAGED = "is a damaged Word or ZIP file; open it in Word or WPS and save it anew"


class Package:
    """The parts of a Word document, by what they are to its main part."""

    def __init__(self, content: bytes) -> None:
        if content.count(_DIRECTORY_ENTRY) > MAX_ENTRIES:
            raise SourceError(f"has more than the {MAX_ENTRIES} entries that a Word document may have")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise SourceError(_DAMAGED) from error
        self._names = set(self._zip.namelist())
        self._left = MAX_UNPACKED
        self._main = self._main_name()
        self._related = self._relations(self._main)

    def main(self) -> Element:
        """Return the root of the main part."""
        return self._parse(self._main)

    def part(self, kind: str) -> Element | None:
        """Return the root of the part that is `kind` (numbering, styles, footnotes, endnotes) to the main part, if any."""
        name = self._related.get(kind)
        return self._parse(name) if name in self._names else None

    def _main_name(self) -> str:
        name = self._relations("").get("officeDocument", "word/document.xml")
        for other, refusal in _OTHERS:
            if other in self._names and (name not in self._names or name == other):
                raise SourceError(refusal)
        if name not in self._names:
            raise SourceError(_NO_DOCUMENT)
        return name

    def _relations(self, name: str) -> dict[str, str]:
        folder, base = posixpath.split(name)
        file = posixpath.join(folder, "_rels", f"{base}.rels")
        if file not in self._names:
            return {}
        related: dict[str, str] = {}
        for relation in self._parse(file):
            if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", ""))).lstrip("/")
            related.setdefault(relation.get("Type", "").rpartition("/")[2], target)
        return related

    def _parse(self, name: str) -> Element:
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise SourceError("is an encrypted ZIP file; save it without a password")
        if info.file_size > self._left:
            raise SourceError(f"unpacks to more than the {MAX_UNPACKED >> 20} MB that one document may have; split it")
        try:
            with self._zip.open(info) as file:
                content = file.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            EOFError,
            RuntimeError,
            ValueError,
            OSError,
            zlib.error,
        ) as error:
            raise SourceError(_DAMAGED) from error
        self._left -= len(content)
        if self._left < 0:
            raise SourceError(f"unpacks to more than the {MAX_UNPACKED >> 20} MB that one document may have; split it")
        return parse_xml(content)


def parse_xml(content: bytes) -> Element:
    """Return the root of an XML part; no entity, schema or address in it is followed. Raises SourceError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(_DAMAGED) from error
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise SourceError("declares a document type, which no Word document does; save it anew in Word or WPS")
    return root


def local(element: Element) -> str:
    """Return the name of an element without its namespace (Word writes two families of them)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: Element | None, name: str = "val") -> str | None:
    """Return an attribute by its name without namespace."""
    if element is None:
        return None
    for key, content in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(content)
    return None


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first child along a path of names, if any."""
    for name in path:
        if element is None:
            return None
        element = next((e for e in element if local(e) == name), None)
    return element


def number(text: str | None, default: int = 0, most: int = 1_000_000) -> int:
    """Return a whole number that an attribute holds, within bounds."""
    try:
        return max(-most, min(most, int(text or default)))
    except ValueError:
        return default


def is_on(element: Element | None) -> bool:
    """Whether a switch such as <w:vanish/> is there and not switched off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")
