"""Bytes of an XLSX workbook → numbered rows of cells, from the first sheet that has a known header.

A workbook is a ZIP of XML written by strangers: it is unpacked under a cap, and a document type declaration, which
spreadsheet programs never write, is refused before any XML parser sees it. Formulas are not computed; the value last
stored is read. A cell shown as per cent is read as it is shown (0.7 formatted 0% is 70%).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from vetkb.errors import ReportError
from vetkb.reporting.model import Limits, Record, Remark, refusal, too_many_rows
from vetkb.reporting.rows import HEADER_WITHIN, is_header, records
from vetkb.text import Message

MAX_COLUMNS = 64
_UNPACKED = 8
_PARTS = 2_000
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def read_workbook(data: bytes, source: str, limits: Limits) -> Iterator[Record | Remark]:
    """Yield the records of the first sheet with a header; raises ReportError for a file that is no sound workbook."""
    _check_package(data, source, limits)
    try:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [_rows(sheet, source, limits) for sheet in book.worksheets]
        heads = [list(islice(rows, HEADER_WITHIN)) for rows in sheets]
        chosen = next((i for i, head in enumerate(heads) if any(is_header(cells) for _, cells in head)), None)
        # where no sheet has a header, what follows is of no use
        rows = [*heads[chosen], *sheets[chosen]] if chosen is not None else heads[0] if heads else []
        titles = [sheet.title for sheet in book.worksheets]
        book.close()
    except ReportError:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises anything on a damaged workbook
        raise _unreadable(source, type(error).__name__) from None
    if not sheets:
        raise refusal(source, "工作簿中没有工作表", "the workbook has no sheet")
    for place, title in enumerate(titles):
        if place != (chosen or 0) and heads[place]:
            message = Message(f"工作表“{title}”未读取", f"sheet “{title}” was not read")
            yield Remark("VK-REPORT-SHEET", "warning", message, source, None)
    yield from records(rows, source, limits)


def _rows(sheet: Any, source: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    kept, blank = 0, None
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        # the library gives all rows of a gap as one object, and a gap may have a million
        if cells is blank:
            continue
        shown = ["" if cell.value is None else _shown(cell) for cell in cells]
        if not any(shown):
            blank = cells
            continue
        while shown and not shown[-1]:
            shown.pop()
        kept += 1
        if kept > limits.rows + HEADER_WITHIN:
            raise too_many_rows(source, limits)
        yield number, shown


def _shown(cell: Any) -> str:
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool):
        per_cent = "%" in str(cell.number_format or "")
        number = round(value * 100, 10) if per_cent else value
        text = str(int(number)) if isinstance(number, float) and number.is_integer() and abs(number) < 1e15 else str(number)
        return text + ("%" if per_cent else "")
    return str(value).strip()


def _check_package(data: bytes, source: str, limits: Limits) -> None:
    total, most = 0, limits.size * _UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if len(package.infolist()) > _PARTS:
                raise refusal(source, f"工作簿的部件超过{_PARTS}个", f"the workbook holds more than {_PARTS} parts")
            for part in package.infolist():
                with package.open(part) as stream:
                    tail = b""
                    while chunk := stream.read(1 << 16):
                        total += len(chunk)
                        if total > most:
                            raise refusal(
                                source, f"工作簿解压后超过{most}字节", f"the workbook unpacks to more than {most} bytes"
                            )
                        if part.filename.casefold().endswith((".xml", ".rels")):
                            _check_xml(tail + chunk, first=not tail, source=source)
                            tail = chunk[-16:]
    except ReportError:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises anything on a damaged package
        raise _unreadable(source, str(error) or type(error).__name__) from None


def _unreadable(source: str, reason: str) -> ReportError:
    return refusal(
        source,
        "不是可读的XLSX工作簿，请重新保存或改报CSV",
        f"not a readable XLSX workbook ({reason}); save it again or send CSV",
    )


def _check_xml(chunk: bytes, *, first: bool, source: str) -> None:
    declared = chunk[:200].partition(b"encoding=")[2][1:6].lower() if first else b""
    odd = first and (chunk.startswith(_OTHER_ENCODINGS) or (declared and declared not in (b"utf-8", b"us-as", b"ascii")))
    if odd or any(word in chunk.upper() for word in _DECLARATIONS):
        raise refusal(
            source,
            "工作簿的XML声明了实体或少见的编码，不予读取",
            "the workbook's XML declares entities or an odd encoding and is refused",
        )
