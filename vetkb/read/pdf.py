"""PDF 文本层 — A PDF with a text layer → lines of text: paragraphs made whole by their place on the page, drawn tables.

    page → printed lines and tables → without page numbers and running heads → paragraphs across lines and pages

Tables are those whose rules are drawn. Pages that are pictures are refused: nothing may go missing in silence.
"""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterator
from typing import Any

import pdfminer
import pdfplumber

from vetkb.errors import SourceError
from vetkb.read.flow import Piece, flow, without_running_lines
from vetkb.read.grid import CellCount
from vetkb.read.printed import Char, PrintedCell, PrintedLine, PrintedTable, printed_lines, read_cell

MAX_PAGES = 2_000
MAX_CHARACTERS_PER_PAGE = 50_000
_UNMAPPED_SHARE = 0.05
_PICTURE_SHARE = 0.4
_FEW_CHARACTERS = 10
_SHORTEST_COLUMN = 8.0  # points
_SAME_END = 2.0
_FEWEST_COLUMNS = 3
_OCR = "recognise its text (OCR) first, or hand it in as plain text"


def read_pdf(content: bytes) -> str:
    """Return the text of a PDF. Raises SourceError, and whatever the library raises on a broken file."""
    os.environ["CMAP_PATH"] = os.path.join(os.path.dirname(pdfminer.__file__), "cmap")  # noqa: PTH118, PTH120 (no other folder)
    pages: list[list[Piece]] = []
    pictures: list[int] = []
    cells = CellCount()
    with _opened(content) as pdf:
        if len(pdf.pages) > MAX_PAGES:
            raise SourceError(f"has {len(pdf.pages)} pages, more than the {MAX_PAGES} that one document may have; split it")
        for page in pdf.pages:
            chars = _chars(page)
            if _is_picture(page, chars):
                pictures.append(page.page_number)
            pages.append(list(_pieces(page, chars, cells)))
            page.close()
    if pictures and len(pictures) == len(pages):
        raise SourceError(f"is a scanned PDF without a text layer; {_OCR}")
    if pictures:
        named = ", ".join(map(str, pictures[:10])) + (" …" if len(pictures) > 10 else "")
        raise SourceError(f"has scanned pages without a text layer (page {named}); {_OCR}")
    lines = flow(without_running_lines(pages))
    if not any(lines):
        raise SourceError(f"is a PDF without a text layer; {_OCR}")
    return "\n".join(lines) + "\n"


def _opened(content: bytes) -> pdfplumber.pdf.PDF:
    try:
        return pdfplumber.open(io.BytesIO(content), raise_unicode_errors=False)
    except Exception as error:
        if "Password" in repr(error) or "Encryption" in repr(error):
            raise SourceError("is an encrypted PDF; open it with its password and save it without one") from error
        raise


def _chars(page: Any) -> list[Char]:
    """Return the characters on a page that stand upright, without those of watermarks set aslant."""
    raw = page.chars
    if len(raw) > MAX_CHARACTERS_PER_PAGE:
        raise SourceError(f"has more than {MAX_CHARACTERS_PER_PAGE} characters on page {page.page_number}; save it anew")
    upright = [c for c in raw if c["upright"] and c["matrix"][0] > 0 and abs(c["matrix"][1]) <= 0.02 * abs(c["matrix"][0])]
    sideways = sum(1 for c in raw if not c["upright"] and abs(c["matrix"][0]) <= 0.02 * abs(c["matrix"][1]))
    if sideways > len(upright):
        raise SourceError(f"has text set sideways on page {page.page_number}; turn the page and save it anew")
    unmapped = sum(c["text"].startswith("(cid:") for c in upright)
    if unmapped > _UNMAPPED_SHARE * len(upright) + 3:
        raise SourceError(f"has a text layer without readable characters (page {page.page_number}); {_OCR}")
    width, height = float(page.width), float(page.height)
    return [
        Char(_plain(c["text"]), c["x0"], c["x1"], c["top"], c["bottom"], max(1.0, c["bottom"] - c["top"]))
        for c in upright
        if -5 <= c["x0"] <= width + 5 and -5 <= c["top"] <= height + 5
    ]


def _plain(text: str) -> str:
    """Return a character as it is written: some programs map glyphs to the signs of radicals (⼈ for 人)."""
    if text.startswith("(cid:"):
        return "\ufffd"
    if any("\u2e80" <= c <= "\u2fdf" or "\uf900" <= c <= "\ufaff" for c in text):
        return unicodedata.normalize("NFKC", text)
    return text


def _is_picture(page: Any, chars: list[Char]) -> bool:
    if sum(not c.text.isspace() for c in chars) > _FEW_CHARACTERS:
        return False
    area = float(page.width) * float(page.height)
    return any(abs((i["x1"] - i["x0"]) * (i["bottom"] - i["top"])) >= _PICTURE_SHARE * area for i in page.images)


def _pieces(page: Any, chars: list[Char], cells: CellCount) -> Iterator[Piece]:
    """Yield the printed lines and tables of a page from top to bottom."""
    number, size = page.page_number, (float(page.width), float(page.height))
    pieces: list[tuple[float, PrintedLine | PrintedTable]] = []
    free = chars
    for table in page.find_tables({"explicit_horizontal_lines": _open_ends(page.edges)}):
        boxes = [list(row.cells) for row in table.rows]
        if max(sum(box is not None for box in row) for row in boxes) < 2:
            continue  # a frame around text, not a table
        cells.add(sum(map(len, boxes)))
        rows, free = _table(boxes, table.bbox, free)
        edges = tuple(sorted({box[0] for row in boxes for box in row if box is not None}))
        pieces.append((table.bbox[1], PrintedTable(rows, edges)))
    pieces += [(line.top, line) for line in printed_lines(free)]
    for _, piece in sorted(pieces, key=lambda p: p[0]):
        yield Piece(number, size, piece)


def _open_ends(edges: list[Any]) -> list[float]:
    """Return where columns end without a rule: a row that goes on overleaf has none below it, and none above it there."""
    across = [e["top"] for e in edges if e["orientation"] == "h"]
    down = [e for e in edges if e["orientation"] == "v" and e["bottom"] - e["top"] > _SHORTEST_COLUMN]
    ends = sorted((e[side], e["x0"]) for e in down for side in ("top", "bottom"))
    found: list[float] = []
    at = 0
    while at < len(ends):
        same = at
        while same < len(ends) and ends[same][0] - ends[at][0] <= _SAME_END:
            same += 1
        columns = {round(x / _SAME_END) for _, x in ends[at:same]}
        if len(columns) >= _FEWEST_COLUMNS and not any(abs(y - ends[at][0]) <= 2 * _SAME_END for y in across):
            found.append(ends[at][0])
        at = same
    return found


def _table(boxes: list[list[Any]], bounds: Any, chars: list[Char]) -> tuple[tuple[tuple[PrintedCell, ...], ...], list[Char]]:
    """Return the rows of cells and the characters that stand in no cell."""
    inside = [c for c in chars if bounds[0] <= c.middle <= bounds[2] and bounds[1] <= c.centre <= bounds[3]]
    taken: set[int] = set()
    rows: list[tuple[PrintedCell, ...]] = []
    for row in boxes:
        drawn = [box for box in row if box is not None]
        top, bottom = min(b[1] for b in drawn), max(b[3] for b in drawn)
        near = [c for c in inside if top <= c.centre <= bottom]
        cells: list[PrintedCell] = []
        for box in row:
            own = [c for c in near if box[0] <= c.middle < box[2] and box[1] <= c.centre < box[3]] if box is not None else []
            taken.update(map(id, own))
            cells.append(read_cell(own, box) if own else PrintedCell())
        rows.append(tuple(cells))
    return tuple(rows), [c for c in chars if id(c) not in taken]
