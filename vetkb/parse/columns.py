"""表头 — Header rows of tables → the function of each column: ordinal, task, measure, parties by role, schedule.

What a column is for is said by its header's words, and by the company it keeps: 单位 beside 指标 is a unit of measure,
beside 工作任务 it is who does it. Tables of indicators, quotas and standards have no tasks.
"""

from __future__ import annotations

import re

from vetkb.model import Cell

_TASK = (
    r"(?:工作|重点|主要|目标|具体)任务|任务(?:名称|分工|事项|项|内容)|^任务$|(?:重点|主要|具体)工作|工作(?:事项|内容|项目|要点)"
    "|(?:具体|政策)措施|举措|事项|政策名称|问题"
)
# Function of a column by the words of its header; the first that fits is taken.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("ordinal", r"序\s*号|编\s*号|^号$|^№$|^No\.?$"),
    ("lead", r"牵头|主办"),
    ("support", r"配合|参与|参加|协办|协同|协作|协助"),
    ("guide", r"指导(?:部门|单位|处室|机构)"),
    (
        "responsible",
        r"(?:主责|负责|责任|承办|实施|落实|主管|完成|分工)(?:单位|部门|处室|主体|机构|科室|地区|方)|责任分工|第[一二三四]级|^(?:责任|分工)$",
    ),
    ("schedule", r"时限|进度|时间|期限|节点|完成日期|年限|周期"),
    ("task", _TASK),
    ("measure", r"主要内容|内容|措施|要求|目标|标准"),
)
_COLUMNS = tuple((name, re.compile(pattern)) for name, pattern in COLUMNS)
_UNIT_COLUMN = re.compile(r"^(?:单位|部门|处室|科室)$")  # who does it, but only in a table of tasks
_PARTIES = frozenset({"lead", "support", "responsible", "guide"})
_INDICATORS = re.compile(
    r"指标|数值|现状|基期|属性|权重|分值|得分|名额|数量|金额|合计|小计|人数|户数|面积|任务[数量]|^\d{4}年|[(（](?:万?[亩户人个套家所名元吨座]|亿元|公里|平方米|[%％])[)）]"
)
_NO_TASK = re.compile(r"备注|说明|类别|类型|领域|方面|地区|区域|范围|层级|依据|联系|电话|领导|责任人|负责人|进展|情况")
_ORDINAL = re.compile(r"[（(]?([0-9０-９]{1,4})[)）]?[.．、]?$")
_NUMERIC = re.compile(r"[\d０-９.．,，%％~～—+-]+$")
_LONGEST_HEAD = 20
_HEADS = (
    *("指标", "性质", "说明", "名称", "单位", "备注", "类别", "项目", "标准"),
    *("范围", "内容", "对象", "条件", "地区", "年度", "金额", "数量", "依据"),
)  # fmt: skip


def read_columns(header: tuple[Cell, ...], width: int) -> tuple[str, ...]:
    """Return the function of each of `width` columns under a header."""
    named = {c.column: column_function(c.text) for c in header}
    texts = {c.column: _plain(c.text) for c in header}
    columns = [named.get(n, "other") for n in range(width)]
    counts = any(_INDICATORS.search(text) for n, text in texts.items() if columns[n] in ("other", "measure"))
    if counts:
        return tuple(columns)
    if "task" in columns:
        bare = (n for n, text in texts.items() if _UNIT_COLUMN.match(text))
        for n in bare:
            columns[n] = "responsible"
    elif _PARTIES & set(columns):
        _find_task(columns, texts)
    return tuple(columns)


def _find_task(columns: list[str], texts: dict[int, str]) -> None:
    """Where a table of duties has no task column, what it says stands under measure or in the first free column."""
    for wanted in ("measure", "other"):
        for n, function in enumerate(columns):
            if function == wanted and n in texts and not _NO_TASK.search(texts[n]):
                columns[n] = "task"
                return


def column_function(header: str) -> str:
    plain = _plain(header)
    if re.search(r"任务[数量]", plain) or (_NO_TASK.search(plain) and not re.search(r"任务|单位|部门|措施|内容", plain)):
        return "other"
    return next((name for name, pattern in _COLUMNS if pattern.search(plain)), "other")


def _plain(header: str) -> str:
    return re.sub(r"\s+", "", header)


def is_header(cells: tuple[Cell, ...], first: bool) -> bool:
    """Whether a row names columns; the first row of a table needs less to be one."""
    if len(cells) < 2 or any(len(c.text) > _LONGEST_HEAD or _ORDINAL.match(c.text) for c in cells):
        return False
    known = sum(column_function(c.text) != "other" for c in cells)
    if known >= 2 and all(c.text[-1] not in "。；" for c in cells):
        return True
    if cells[0].column == 0 and column_function(cells[0].text) == "ordinal":
        return True
    if all(c.text.endswith(_HEADS) for c in cells):
        return True
    return (
        first
        and not any(_NUMERIC.match(c.text) or c.text[-1] in "。；，、" for c in cells)
        and any(_names(c.text) for c in cells)
    )


def _names(text: str) -> bool:
    return _plain(text).endswith((*_HEADS, "姓名", "性别", "学校")) or bool(_UNIT_COLUMN.match(_plain(text)))


def is_second_header(cells: tuple[Cell, ...], header: tuple[Cell, ...]) -> bool:
    """Whether a row behind the header divides its columns (责任单位 → 牵头单位, 配合单位): it leaves the first one blank."""
    if not cells or not header or cells[0].column == 0:
        return False
    known = [column_function(c.text) != "other" or bool(_INDICATORS.search(c.text)) for c in cells]
    return all(len(c.text) <= _LONGEST_HEAD and not _NUMERIC.match(c.text) for c in cells) and all(known)


def same_header(cells: tuple[Cell, ...], header: tuple[Cell, ...]) -> bool:
    return bool(header) and [(c.column, _plain(c.text)) for c in cells] == [(c.column, _plain(c.text)) for c in header]


def read_ordinal(cell: Cell) -> int | None:
    """Return the number that a cell is."""
    found = _ORDINAL.match(cell.text)
    return int(found.group(1)) if found else None
