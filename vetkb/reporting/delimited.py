"""Bytes of a CSV or TSV file → numbered rows of cells.

RFC 4180, with what spreadsheets in use make of it: UTF-8 with or without a mark, UTF-16 with one, GB18030; comma (of either
width), semicolon, tab or bar. A quote that is never closed is a remark with its line, and what it swallowed is not guessed at.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from vetkb.reporting.model import Limits, Record, Remark, refusal
from vetkb.reporting.rows import HEADER_WITHIN, canonical, records
from vetkb.text import Message

ENCODINGS = ("utf-8-sig", "utf-16", "gb18030")
_DELIMITERS = (",", "\t", ";", "|", "，", "；")


def decode(data: bytes, source: str) -> str:
    """Decode UTF-8, UTF-16 (with a mark) or GB18030; raises ReportError, which names the line, for anything else."""
    utf_8, utf_16, gb18030 = ENCODINGS
    encodings = (utf_16,) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else (utf_8, gb18030)
    line = None
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = line or data.count(b"\n", 0, error.start) + 1
            continue
        if "\0" not in text:
            return text
        line = text.count("\n", 0, text.index("\0")) + 1
        break
    raise refusal(
        source,
        f"第{line}行有既不是UTF-8也不是GB18030文字的字节，请另存为UTF-8",
        f"line {line} holds bytes that are neither UTF-8 nor GB18030 text; save the file as UTF-8",
    )


def read_delimited(data: bytes, source: str, limits: Limits) -> Iterator[Record | Remark]:
    """Yield the records of a CSV file and remarks about lines that are none."""
    text = decode(data, source)
    broken: list[Remark] = []
    for found in records(_rows(text, _delimiter(text), source, broken), source, limits):
        yield found
        yield from broken
        broken.clear()
    yield from broken


def _delimiter(text: str) -> str:
    start = text[:20_000]
    found = [delimiter for delimiter in _DELIMITERS if delimiter in start] or list(_DELIMITERS)
    if len(found) == 1:
        return found[0]
    lines = [line for line in start.splitlines() if line.strip()][:HEADER_WITHIN]

    def known(delimiter: str) -> int:
        return max((sum(canonical(cell.strip('"')) is not None for cell in line.split(delimiter)) for line in lines), default=0)

    return max(found, key=known)


def _rows(text: str, delimiter: str, source: str, broken: list[Remark]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):  # the reader's own cap, far above Limits.cell; it goes on with the next line
                long = Message(f"第{number}行有一格过长，整行未读取", f"a cell of line {number} is far too long; row not read")
                broken.append(Remark("VK-REPORT-CELL", "error", long, source, number))
                continue
            ends = f"–{reader.line_num}" if reader.line_num > number else ""
            message = Message(
                f"第{number}{ends}行的引号不配对，未读取", f"quotes do not match in line {number}{ends}; not read ({error})"
            )
            broken.append(Remark("VK-REPORT-QUOTES", "error", message, source, number))
            continue
        yield number, row
