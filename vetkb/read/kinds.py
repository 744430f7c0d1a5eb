"""Bytes → kind of file, told by its content; the name only breaks ties. What cannot be read is refused in one line.

Kinds: "text", "html", "zip" (a Word document lies in a ZIP file), "pdf".
"""

from __future__ import annotations

import re

from vetkb.errors import SourceError

MEDIA_TYPES = {
    "text": "text/plain",
    "html": "text/html",
    "zip": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_SAVE = "open it in Word or WPS and save it as .docx"
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", f"is an RTF file; {_SAVE}"),
    (b"MIME-Version:", "is a web page archive (.mht); save the page as .html"),
    (b"\x89PNG\r\n", "is an image (PNG) without text; recognise its text (OCR) first"),
    (b"\xff\xd8\xff", "is an image (JPEG) without text; recognise its text (OCR) first"),
    (b"GIF8", "is an image (GIF) without text; recognise its text (OCR) first"),
    (b"II*\x00", "is an image (TIFF) without text; recognise its text (OCR) first"),
    (b"MM\x00*", "is an image (TIFF) without text; recognise its text (OCR) first"),
    (b"\x1f\x8b", "is a packed file (gzip); unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "is a packed file (7-Zip); unpack it first"),
    (b"Rar!\x1a\x07", "is a packed file (RAR); unpack it first"),
    (b"%!PS", "is a PostScript file; convert it to PDF first"),
)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_PAGE_SUFFIXES = (".html", ".htm", ".shtml", ".xhtml")
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(?:p|div|span|br|table|h[1-6]|article|section|font|td)\b[^<>]{0,500}>", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_HEAD = 4096


def recognise(content: bytes, name: str) -> str:
    """Return the kind of a file. Raises SourceError for a kind that is not read."""
    start = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-") or (b"%PDF-" in content[:1024] and b"%%EOF" in content[-2048:]):
        return "pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SourceError(_old_office(content, name))
    for magic, refusal in _REFUSED:
        if content.startswith(magic):
            raise SourceError(refusal)
    if b"\x00" in content[:_HEAD] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError("is not text (it has NUL bytes); save it as .txt (UTF-8) or .docx first")
    head = _decode_head(content)
    if _PAGE.match(head) or (name.lower().endswith(_PAGE_SUFFIXES) and _TAG.search(head)):
        return "html"
    if head.lstrip().startswith("<?xml"):
        raise SourceError(f"is an XML file, not a document; {_SAVE}")
    return "text"


def _old_office(content: bytes, name: str) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        return "is an encrypted Office file; open it with its password and save it without one"
    if holds("Workbook") or name.lower().endswith((".xls", ".et")):
        return "is an old Excel file (.xls), not a document; save its text as .docx"
    if holds("WordDocument") or name.lower().endswith((".doc", ".wps")):
        return f"is an old Word or WPS file (.doc, .wps); {_SAVE}"
    return f"is an old Office file; {_SAVE}"


def _decode_head(content: bytes) -> str:
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS if content.startswith(mark)), "latin-1")
    return content[:_HEAD].decode(encoding, "ignore").removeprefix("\ufeff")


def decode(content: bytes) -> str:
    """Return the text of a text file: by its byte order mark, else UTF-8, else GB18030. Raises SourceError."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode("utf-8") if encoding == "utf-8" else content.decode(encoding)
            except UnicodeDecodeError:
                break
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError("is neither UTF-8 nor GB18030; convert it to UTF-8 first")


def decode_page(content: bytes) -> str:
    """Return the text of a web page; bytes that are broken in the encoding it declares become U+FFFD."""
    try:
        return decode(content)
    except SourceError:
        declared = _CHARSET.search(content[:_HEAD])
        chinese = declared is not None and declared.group(1).lower().startswith((b"gb", b"x-gb"))
        return content.decode("gb18030" if chinese else "utf-8", "replace")
