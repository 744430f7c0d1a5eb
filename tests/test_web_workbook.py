"""Rows as a workbook: values keep their types, and nothing in it is ever run."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from openpyxl import load_workbook

from vetkb.export.workbook import to_workbook


def read(content):
    return load_workbook(io.BytesIO(content)).active


def test_values_keep_their_types():
    sheet = read(to_workbook(["a", "b", "c", "d", "e"], [(1, Decimal("1.5"), date(2018, 12, 31), "文", None)]))
    assert [cell.value for cell in sheet[1]] == ["a", "b", "c", "d", "e"]
    values = [cell.value for cell in sheet[2]]
    assert values[0] == 1
    assert values[1] == 1.5
    assert values[2].date() == date(2018, 12, 31)
    assert values[3:] == ["文", None] or values[3:] == ["文"]


def test_a_text_is_never_a_formula():
    sheet = read(to_workbook(["x"], [("=1+1",), ("@SUM(A1)",), ("#N/A",)]))
    assert [(row[0].value, row[0].data_type) for row in sheet.iter_rows(min_row=2)] == [
        ("=1+1", "s"),
        ("@SUM(A1)", "s"),
        ("#N/A", "s"),
    ]


def test_characters_that_a_workbook_cannot_hold_are_replaced():
    assert read(to_workbook(["x"], [("a\x00b",)]))["A2"].value == "a\ufffdb"


def test_a_note_stands_in_a_row_of_its_own():
    sheet = read(to_workbook(["x", "y"], [(1, 2)], note="cut"))
    assert sheet["A3"].value == "cut"


def test_a_sheet_without_rows_has_its_head():
    assert [cell.value for cell in read(to_workbook(["x", "y"], []))[1]] == ["x", "y"]
