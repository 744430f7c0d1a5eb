"""Reading Chinese figures: numerals, dates, document numbers, heading marks, units. Pure functions on str."""

from __future__ import annotations

from vetkb.zh.dates import find_dates, last_day, make_date, parse_count, parse_date, parse_period, parse_year, plan_years
from vetkb.zh.document_numbers import (
    DocumentNumber,
    find_document_numbers,
    find_orders,
    normalise_document_number,
    parse_document_number,
)
from vetkb.zh.marks import Mark, read_mark
from vetkb.zh.numerals import half_width, parse_chinese, parse_numeral, parse_share, write_chinese
from vetkb.zh.units import is_share, is_time, parse_rate, plain_unit

__all__ = [
    "DocumentNumber",
    "Mark",
    "find_dates",
    "find_document_numbers",
    "find_orders",
    "half_width",
    "is_share",
    "is_time",
    "last_day",
    "make_date",
    "normalise_document_number",
    "parse_chinese",
    "parse_count",
    "parse_date",
    "parse_document_number",
    "parse_numeral",
    "parse_period",
    "parse_rate",
    "parse_share",
    "parse_year",
    "plain_unit",
    "plan_years",
    "read_mark",
    "write_chinese",
]
