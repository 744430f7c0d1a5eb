"""指标表 — Tables of indicators: a row is an indicator, a column what it is to reach, by the year of its header.

    指标名称 | 单位 | 2022年 | 2025年 | 属性        冷藏车保有量 | 辆 | 7200 | 12000 | 预期性
    → the number of refrigerated vehicles is to be 12000 by the end of 2025; 7200 is where it stood

The unit stands in a column of its own, in brackets behind the name (就业率（%）), in the header or in the cell. A column of
a year before that of issue, or one headed 基期, 现状 or 完成值, says where things stand (`baseline`). A cell that is no
number (稳步提升, —) sets none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vetkb.extract.candidates import Candidate, find_candidates
from vetkb.model import Cell, Deadline, Document, Table
from vetkb.text import Span
from vetkb.zh.dates import parse_year
from vetkb.zh.units import UNIT

RULE = "indicator-table"
YEAR_RULE = "year-of-column"
_YEAR = re.compile(r"(?<![0-9０-９])[12１２][0-9０-９]{3}(?![0-9０-９])年?")
_BASE = re.compile(r"基期|基准|基数|基础值|现状|现值|实绩|实际|完成(?:值|情况|数)|初始")
_AIM = re.compile(r"^(?:规划|预期|总体|发展)?(?:目标|指标)(?:值|数)$|^(?:规划|预期|总体|发展)?目标$|目标值")
_NAME = re.compile(r"指标|名称|项目|内容|类别|领域")
_UNIT = re.compile(r"^(?:计量|计算)?单位$")
_OTHER = re.compile(
    r"单位|属性|性质|类型|序\s*号|编\s*号|备注|说明|部门|来源|口径|权重|分值|得分|增[速长幅]|累计|增加|提高|下降|变化"
)
_BRACKET = re.compile(r"[（(]([^（()）]{1,12})[)）]$")
_TIMES = "[百千万亿]{0,2}"
_ANY_UNIT = re.compile(rf"{_TIMES}{UNIT}(?:[/／·・每][\u4e00-\u9fa5·・]{{1,6}})*|%|％")
_MARK = re.compile(r"^\s*(?:[(（]?[0-9０-９]{1,3}[)）.．、]\s*)")
_FIGURES = re.compile(r"[0-9０-９.．]+(?:(?:[-—~～至－–]|——)[0-9０-９.．]+)?")
_NO_UNIT = frozenset(("", "—", "——", "-", "–", "/", "／", "无"))
_REACHED = "达到"  # what stands in a column of aims is to be reached
_AROUND_VALUE = re.compile(r"^[\[［〔【(（](.+)[\]］〕】)）]$")
_SIGNS = (
    (re.compile("^(?:≥|>=|＞=|≧)"), "不低于"),
    (re.compile("^(?:≤|<=|＜=|≦)"), "不超过"),
    (re.compile("^[>＞]"), "超过"),
    (re.compile("^[<＜]"), "低于"),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table of indicators are: the name, the unit (null where there is none), values by column."""

    name: int
    unit: int | None
    values: dict[int, Cell]


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell that sets a number: its row and header, what it measures, and the number with its rate (千人)."""

    path: str
    cell: Cell
    header: Cell
    indicator: str
    number: Candidate
    per: str | None
    is_base: bool


def value_headers(document: Document) -> Iterator[Cell]:
    """Yield the headers of columns of values, in text order."""
    for table in document.tables:
        columns = _columns(table)
        if columns is not None:
            yield from columns.values.values()


def figures(document: Document, year_of_issue: int | None) -> Iterator[Figure]:
    """Yield the numbers that tables of indicators set, in text order."""
    for table in document.tables:
        columns = _columns(table)
        if columns is None:
            continue
        for row in table.rows:
            cells = {cell.column: cell for cell in row.cells}
            named = cells.get(columns.name)
            if named is None or columns.name in columns.values:
                continue
            unit_cell = cells.get(columns.unit) if columns.unit is not None else None
            indicator, unit = _named(named.text, unit_cell.text if unit_cell is not None else "")
            for column, header in columns.values.items():
                cell = cells.get(column)
                if cell is None or not indicator:
                    continue
                printed, _, per = (unit or _unit_of(header.text)).replace("／", "/").partition("/")
                number = _number(_said(cell.text, printed), printed)
                if number is not None:
                    yield Figure(row.path, cell, header, indicator, number, per or None, _is_base(header, year_of_issue))


def covered(document: Document) -> frozenset[Span]:
    """Return the cells that are read here: names, units and values of indicators."""
    found: set[Span] = set()
    for table in document.tables:
        columns = _columns(table)
        if columns is not None:
            taken = {columns.name, columns.unit, *columns.values}
            found.update(cell.span for row in table.rows for cell in row.cells if cell.column in taken)
    return frozenset(found)


def heading_year(header: Cell) -> tuple[Span, int] | None:
    """Return the last year that a header prints, and where."""
    years = list(_YEAR.finditer(header.text))
    year = parse_year(years[-1].group()) if years else None
    if year is None:
        return None
    start = header.span.start + years[-1].start()
    return Span(start, start + len(years[-1].group())), year


def governed(header: Cell, deadlines: Sequence[Deadline], starts: Sequence[int]) -> int | None:
    """Return the place of the deadline that a header prints."""
    place = bisect_left(starts, header.span.start)
    return place if place < len(starts) and deadlines[place].evidence.start < header.span.end else None


def _columns(table: Table) -> Columns | None:
    if table.is_task_table or not table.header:
        return None
    values = {cell.column: cell for cell in table.header if _is_value(cell.text)}
    first = min(values, default=0)
    names = [
        cell.column for cell in table.header if cell.column < first and _NAME.search(cell.text) and not _OTHER.search(cell.text)
    ]
    names = names or [cell.column for cell in table.header if cell.column < first and not _OTHER.search(cell.text)]
    if not values or not names:
        return None
    units = [cell.column for cell in table.header if _UNIT.match(re.sub(r"\s", "", cell.text))]
    indicators = [c.column for c in table.header if c.column in names and "指标" in c.text]
    return Columns((indicators or names)[-1], units[0] if units else None, values)


def _is_value(header: str) -> bool:
    """Say whether a header is that of values: of a year, of a base or of an aim, and of nothing else."""
    plain = _bare(header)
    if _OTHER.search(plain):
        return False
    return bool(_YEAR.search(plain) or _BASE.search(plain) or _AIM.search(plain))


def _is_base(header: Cell, year_of_issue: int | None) -> bool:
    printed = heading_year(header)
    return bool(_BASE.search(header.text)) or (printed is not None and year_of_issue is not None and printed[1] < year_of_issue)


def _bare(header: str) -> str:
    return _BRACKET.sub("", re.sub(r"\s", "", header))


def _unit_of(text: str) -> str:
    bracket = _BRACKET.search(text)
    return bracket[1] if bracket is not None and _ANY_UNIT.fullmatch(bracket[1]) else ""


def _named(text: str, unit: str) -> tuple[str, str]:
    """Return an indicator without its number in the list and without the unit in brackets behind it, and its unit.

    >>> _named("3.新能源冷藏车占比（%）", ""), _named("冷藏车保有量", "辆")
    (('新能源冷藏车占比', '%'), ('冷藏车保有量', '辆'))
    """
    plain = _MARK.sub("", re.sub(r"\s", "", text))
    printed = _unit_of(plain)
    said = re.sub(r"\s", "", unit)
    return (_BRACKET.sub("", plain) if printed else plain), (said if said not in _NO_UNIT else "") or printed


def _said(text: str, unit: str) -> str:
    """Return a cell as a sentence would print it: with its unit, and with words for signs.

    >>> _said("≥90", "%"), _said("950", "万立方米"), _said("[12-15]", "个"), _said("5万户", "户")
    ('不低于90%', '950万立方米', '12-15个', '5万户')
    """
    plain = re.sub(r"\s|(?<=[0-9])[,，](?=[0-9]{3}(?![0-9]))", "", text)
    inside = _AROUND_VALUE.match(plain)
    plain = inside[1] if inside is not None else plain
    for sign, words in _SIGNS:
        plain = sign.sub(words, plain)
    figures = _FIGURES.search(plain)
    if figures is None or _ANY_UNIT.match(plain, figures.end()):
        return plain
    times = re.compile("[百千万亿]*").match(plain, figures.end())
    end = times.end() if times is not None else figures.end()
    return f"{plain[:end]}{unit}{plain[end:]}"


def _number(said: str, unit: str) -> Candidate | None:
    """Read what is one number of a unit and no more; a bare one is exact.

    >>> found = _number("不低于90%", "%")
    >>> found.comparator, str(found.value), found.unit
    ('>=', '90', '%')
    >>> str(_number("950万立方米", "万立方米").value), _number("稳步提升", "%"), _number("—", "个"), _number("3个、改造5个", "个")
    ('9500000', None, None, None)
    """
    text = _REACHED + said
    found = find_candidates(text).candidates
    if len(found) != 1 or found[0].start > len(_REACHED):
        return None
    number, behind = found[0], text[found[0].end :]
    if behind and behind == unit and number.unit is None:
        number.unit = unit
    elif behind:
        return None
    bare = number.before is None or number.before.bound.soft
    if bare and number.after is None and number.minimum is None:
        number.comparator = "="
    return number
