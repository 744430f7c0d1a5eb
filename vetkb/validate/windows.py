"""时段 — Which figures a number is compared with: the days that they have to reach, and how long their period has to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from vetkb.engine import Iri, Value
from vetkb.validate.policy import Window
from vetkb.zh.dates import parse_count

Row = Mapping[str, Value]

TIMES = {"年": 12, "年度": 12, "半年": 6, "季度": 3, "季": 3, "月": 1, "学期": None, "学年": None}
"""Words behind 每 that are times, in months; a school's year and term end in another year than they begin."""

_RECURS = re.compile("P([1-9])([YM])")
_TOGETHER = re.compile("([一两二三四五六七八九十]|(?<![0-9])[0-9])年(?:内|间|期)?(?:累计|合计|总计|总共|共)[^，。；]{0,12}$")
_SHORT = re.compile("每隔?(?:[0-9]{1,3}|[一两二三四五六七八九十]{1,3})?个?(?:日|天|周|星期|工作日|小时)[^，。；]{0,12}$")


def is_too_short(before: str) -> bool:
    """Tell whether a number is one for each week, day or hour, for which nobody reports figures.

    >>> is_too_short("维护保养单位至少每15日进行"), is_too_short("每周至少探访"), is_too_short("每年组织")
    (True, True, False)
    """
    return _SHORT.search(before) is not None


def months_of(per: str, recurrences: Iterable[str], before: str, *, counted: bool, headed: bool, shared: bool) -> int | None:
    """Return how many months a figure has to be about to be compared with a number, None where any will do.

    What is laid down per year is compared with figures of a whole year; what is counted (`counted`: neither a share nor an
    amount) for each half-year, quarter or month with figures of that length; and a sum of several years with theirs.

    >>> months_of("半年", (), "每半年召开", counted=True, headed=False, shared=False)
    6
    >>> months_of("", (), "专项资金，三年累计", counted=False, headed=False, shared=False)
    36
    """
    parts = per.split("·")
    together = None if shared else _TOGETHER.search(before)
    if together is not None:
        return 12 * (parse_count(together[1]) or 1)
    if "年" in parts:
        return 12
    lengths = [TIMES.get(part) for part in parts] if counted else []
    if not shared and not headed:
        found = [(int(m[1]) * (12 if m[2] == "Y" else 1)) for r in recurrences if (m := _RECURS.fullmatch(r))]
        lengths += [length for length in found if counted or length == 12]
    return next((length for length in lengths if length), None)


def windows_of(
    rows: Iterable[Row], schedules: Mapping[Iri, list[dict[str, Value]]], issued: date | None, *, kept: bool
) -> tuple[Window, ...]:
    """Return the windows of a number that some places of a document state; `kept`: its level is to be kept once reached."""
    found: dict[Window, None] = {}
    for row in rows:
        own = schedules.get(Iri(str(row["target"])), [])
        found |= {w: None for s in own if (w := _window(s, kept=kept)) is not None}
    # A place that gives no date adds none to a place that does.
    return tuple(found) or (Window(issued, None, issued),)


def _window(schedule: Row, *, kept: bool) -> Window | None:
    earliest, latest = as_date(schedule["earliest"]), as_date(schedule["latest"])
    if latest is not None:
        return Window(latest, None if kept else date(latest.year, 12, 31), latest)
    return None if earliest is None else Window(earliest, None, earliest)


def as_date(value: Value) -> date | None:
    """Return a value that is a day, else None."""
    return value if isinstance(value, date) else None
