"""网页 — A web page → lines of text: the article of the page, its paragraphs and tables in order.

Blocks and blanks follow how a browser prints them (HTML Living Standard, 15.3; a line break of the file between two
Chinese characters prints nothing). What belongs to the site and not to the article is left out: see `article`.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree, html

from vetkb.errors import SourceError
from vetkb.read.article import Element, choose_article, is_chrome, is_hidden, tag_of, title_of, without_site_lines
from vetkb.read.grid import MAX_COLUMNS, CellCount, clean, table_lines
from vetkb.read.kinds import decode_page
from vetkb.zh.marks import read_mark

MAX_CHARACTERS = 16 * 1024 * 1024
_OPENING = 12  # lines in which an article has its title and number
_LAYOUT_TEXT = 1500
_LAYOUT_PARAGRAPHS = 5
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
        "legend", "li", "main", "menu",
        "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
# A line break of the file, and one that the page asks for.
_SOFT_BREAK = re.compile(r"[ \t\r\f]*\n[ \t\r\n\f]*")
_BLANKS = re.compile(r"[ \t\r\f\xa0\u2002\u2003]+")
_HARD = "\x0b"
_WIDE = re.compile(r"[\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uff00-\uffef]")


def read_page(content: bytes) -> str:
    """Return the text of the article of a web page. Raises SourceError."""
    text = decode_page(content).replace("\x00", "")
    if len(text) > MAX_CHARACTERS:
        raise SourceError(f"is a web page of more than the {MAX_CHARACTERS} characters that one may have; split it")
    root = _parse(text)
    lines = _Reader().lines(choose_article(root))
    lines, number = without_site_lines(lines)
    if not any(lines):
        raise SourceError("is a web page without an article in it (loaded later by a script, perhaps); save the text as .txt")
    return "\n".join(_with_head(lines, title_of(root), number)) + "\n"


def _with_head(lines: list[str], title: str | None, number: str | None) -> list[str]:
    """Put the title and the number that the page prints around its article before it, where it lacks them."""
    opening = _squeezed("".join(lines[:_OPENING]))[:500]
    if title and _squeezed(title) not in opening and not any(map(_is_title, lines[:_OPENING])):
        return [title, *([number] if number and _squeezed(number) not in opening else []), *lines]
    if not number or _squeezed(number) in opening:
        return lines
    place = next(
        (n + 1 for n in range(min(4, len(lines))) if title and _squeezed(title) in _squeezed("".join(lines[: n + 1]))), 0
    )
    return [*lines[:place], number, *lines[place:]]


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _is_title(line: str) -> bool:
    return len(line) <= 60 and bool(re.match(r"[^。；，]{0,30}(?:关于|印发|转发)[^。；]*$", line))


def _parse(text: str) -> Element:
    parser: Any = html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("is an empty or damaged web page; save it anew, or hand in its text as .txt") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise SourceError("is a web page whose elements are nested too deeply; hand in its text as .txt")
    return root


class _Reader:
    def __init__(self) -> None:
        self.cells = CellCount()
        self.counted: dict[Element, int] = {}  # numbered lists → the last number

    def lines(self, roots: list[Element]) -> list[str]:
        """Return the lines that elements print, one after the other."""
        out: list[str] = []
        for root in roots:
            text = _Lines()
            self._element(root, text, pre=False)
            out += text.finished()
        return out

    def _element(self, element: Element, out: _Lines, *, pre: bool) -> None:
        name = tag_of(element)
        if not name or is_hidden(element) or is_chrome(element):
            return
        if name == "br":
            out.add(_HARD)
        elif name == "table" and (rows := self._rows(element)) is not None:
            out.end()
            out.whole(table_lines(rows))
        else:
            self._children(element, name, out, pre=pre or name == "pre")

    def _children(self, element: Element, name: str, out: _Lines, *, pre: bool) -> None:
        block = name in _BLOCKS
        if block:
            out.end()
        if name == "li":
            out.mark = self._list_mark(element)
        out.add(_printed(element.text, pre=pre))
        for part in element:
            self._element(part, out, pre=pre)
            out.add(_printed(part.tail, pre=pre))
        if block:
            out.end()

    def _list_mark(self, item: Element) -> str:
        parent = item.getparent()
        if parent is None or tag_of(parent) != "ol":
            return ""
        start, given = parent.get("start", ""), item.get("value", "")
        before = self.counted.get(parent, int(start) - 1 if _is_number(start) else 0)
        number = self.counted[parent] = int(given) if _is_number(given) else before + 1
        return f"{number}."

    def _rows(self, table: Element) -> list[list[list[str]]] | None:
        """Return the cells of a table, None where it only lays out the page: it holds other tables, or an article."""
        if next(table.iterdescendants("table"), None) is not None:
            return None
        rows = [row for row in table.iter("tr") if _own_table(row) is table and not is_hidden(row)]
        rows.sort(key=lambda row: {"thead": 0, "tfoot": 2}.get(tag_of(row.getparent()), 1))
        grid: list[list[list[str]]] = []
        covered: dict[int, int] = {}  # column → rows that a cell above still covers
        for row in rows:
            cells: list[list[str]] = []
            for cell in row:
                if tag_of(cell) not in ("td", "th"):
                    continue
                while covered.get(len(cells), 0) > 0:
                    cells.append([])
                content = [line.replace("\t", " ") for line in self.lines([cell])]
                if len(content) >= _LAYOUT_PARAGRAPHS and sum(map(len, content)) > _LAYOUT_TEXT:
                    return None
                width = max(1, min(_span(cell, "colspan"), MAX_COLUMNS - len(cells)))  # colspan=1000 means: to the end
                for column in range(len(cells), len(cells) + width):
                    covered[column] = _span(cell, "rowspan", len(rows))
                cells += [content, *([] for _ in range(width - 1))]
                if len(cells) > MAX_COLUMNS:
                    raise SourceError(f"has a table of more than {MAX_COLUMNS} columns; split it")
            covered = {column: left - 1 for column, left in covered.items() if left > 1}
            self.cells.add(len(cells))
            grid.append(cells)
        return grid


class _Lines:
    """Text that runs on until a block ends; `mark` is the list mark of the next line."""

    def __init__(self) -> None:
        self.mark = ""
        self._done: list[str] = []
        self._run: list[str] = []

    def add(self, text: str) -> None:
        if text:
            self._run.append(text)

    def whole(self, lines: list[str]) -> None:
        self._done += lines

    def end(self) -> None:
        run, self._run = "".join(self._run), []
        for line in run.split(_HARD):
            printed = clean(_BLANKS.sub(" ", _SOFT_BREAK.sub(_gap, line)))
            if printed:
                marked = self.mark if read_mark(printed) is None else ""
                self._done.append(marked + printed)
                self.mark = ""

    def finished(self) -> list[str]:
        self.end()
        return self._done


def _printed(text: str | None, *, pre: bool) -> str:
    if not text:
        return ""
    text = text.replace(_HARD, " ")
    return text.replace("\r\n", _HARD).replace("\n", _HARD) if pre else text


def _gap(found: re.Match[str]) -> str:
    """A line break of the file prints as a blank, but not beside a Chinese character."""
    around = found.string[max(0, found.start() - 1) : found.start()] + found.string[found.end() : found.end() + 1]
    return "" if _WIDE.search(around) else " "


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5


def _own_table(row: Element) -> Element | None:
    above = row.getparent()
    while above is not None and tag_of(above) in ("tbody", "thead", "tfoot"):
        above = above.getparent()
    return above


def _span(cell: Element, name: str, most: int = MAX_COLUMNS) -> int:
    """Return how many columns or rows a cell takes; 0 rows means: to the end of the table."""
    text = cell.get(name, "1").strip()
    number = int(text) if _is_number(text) else 1
    return min(number, most) if number else (most if name == "rowspan" else 1)
