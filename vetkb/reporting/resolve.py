"""Records → observations and progress reports: names become IRIs, figures base units, years first and last days.

A cell that cannot be read makes a remark that names its row and column, and its row is not checked further. What a row
leaves out (unit, period) is not judged here: shapes/reporting does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

from vetkb.engine import Iri, is_iri
from vetkb.graph.terms import BASE
from vetkb.reporting.cells import is_not_exact, parse_day, parse_days, parse_figure, parse_unit
from vetkb.reporting.model import Observation, ProgressReport, Record, Remark, Status
from vetkb.reporting.names import IndicatorName, Names, normal
from vetkb.text import Message, Severity

_STATUS: dict[str, Status] = {
    "not_started": "not_started",
    "notstarted": "not_started",
    "未开始": "not_started",
    "未启动": "not_started",
    "in_progress": "in_progress",
    "inprogress": "in_progress",
    "进行中": "in_progress",
    "done": "done",
    "completed": "done",
    "已完成": "done",
    "完成": "done",
}
REPORTED = f"{BASE}id/reported/"
MOST_UNKNOWN = 40  # unknown names of a file that near ones are looked for
_NATION = frozenset(("全国", "中国", "中华人民共和国", "china", "000000"))
_ALL_OF_IT = frozenset(("全省", "全市", "全县", "全区", "全域", "合计", "总计", "total"))
_SCHEMES = ("http://", "https://", "urn:")
_DIVISIONS = f"{BASE}id/division/"


class _Unreadable(Exception):  # noqa: N818 - control flow inside this module, never seen outside
    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code)
        self.remark = remark


@dataclass(frozen=True)
class Resolver:
    """Reads the records of one file against the names of a base."""

    names: Names
    source: str
    _near: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def remarks(self) -> Iterator[Remark]:
        """Yield what is to be said of the file when all of it was read."""
        if len(self._near) > MOST_UNKNOWN:
            zh = f"不认识的名称超过{MOST_UNKNOWN}个，只为前{MOST_UNKNOWN}个查找了相近的名称"
            en = f"more than {MOST_UNKNOWN} unknown names; near ones were looked for of the first {MOST_UNKNOWN} alone"
            yield Remark("VK-REPORT-UNKNOWN", "info", Message(zh, en), self.source, None)

    def _suggest(self, column: str, name: str, among: Iterable[str]) -> tuple[str, str]:
        """Return the names near to an unknown one as the end of a message, in Chinese and English.

        To compare a name with all others takes far longer than to read its row, so a file of unknown names gets few of them.
        """
        key = (column, name)
        if key not in self._near and len(self._near) <= MOST_UNKNOWN:
            self._near[key] = self.names.suggest(name, among) if len(self._near) < MOST_UNKNOWN else ()
        near = self._near.get(key, ())
        return (f"，相近的有：{'、'.join(near)}", f"; near to it: {', '.join(near)}") if near else ("", "")

    def resolve(self, record: Record) -> list[Observation | ProgressReport | Remark]:
        """Return what a record says. A label shared by several documents gives one observation for each."""
        remarks: list[Remark] = []
        try:
            if "task" in record.cells and "indicator" not in record.cells:
                return [self._progress(record), *remarks]
            if "indicator" in record.cells:
                return [*self._observations(record, remarks), *remarks]
            raise self._stop(record, "indicator", "VK-REPORT-MISSING", "没有指标或任务", "it names no indicator and no task")
        except _Unreadable as stop:
            return [stop.remark]

    def _observations(self, record: Record, remarks: list[Remark]) -> list[Observation]:
        cells = record.cells
        about_type = self._about_type(record)
        found = self._indicators(record, about_type, remarks)
        if "value" not in cells:
            raise self._stop(record, "value", "VK-REPORT-MISSING", "没有数值", "it has no value", severity="warning")
        figure = parse_figure(cells["value"])
        if figure is None and is_not_exact(cells["value"]):
            zh, en = "是约数或界限，请报确切的数值", "an approximate figure or a bound; give the figure itself"
            raise self._stop(record, "value", "VK-REPORT-NUMBER", zh, en)
        if figure is None:
            raise self._stop(record, "value", "VK-REPORT-NUMBER", "不是能读的数值", "not a figure that can be read")
        area = self._area(record)
        about, label, area = self._about(record, area, about_type)
        start, end = self._period(record)
        value, unit = self._unit(record, figure, found[0].unit, remarks)
        one = Observation(found[0].iri, about, about_type, area, value, unit, start, end, record.row, label, record.node)
        return [one, *(replace(one, indicator=indicator.iri) for indicator in found[1:])]

    def _indicators(self, record: Record, about_type: Iri | None, remarks: list[Remark]) -> tuple[IndicatorName, ...]:
        name = record.cells["indicator"]
        if name in self.names.by_iri:
            return (self.names.by_iri[name],)
        found = self.names.indicators.get(normal(name), ())
        if not found and (meant := self.names.spelt_otherwise(name)):
            found = self.names.indicators[meant]
            zh, en = f"按“{meant}”读", f"read as “{meant}”"
            remarks.append(self._stop(record, "indicator", "VK-REPORT-READ-AS", zh, en, severity="info").remark)
        if not found:
            zh, en = self._suggest("indicator", name, self.names.indicators)
            raise self._stop(record, "indicator", "VK-REPORT-INDICATOR", f"没有这个指标{zh}", f"no such indicator{en}")
        if len({i.population for i in found}) > 1:
            found = self._narrowed(record, found, about_type)
        if len({i.unit for i in found}) > 1:
            unit = parse_unit(record.cells.get("unit", ""))[1]
            found = tuple(i for i in found if i.unit == unit) or found
        return found

    def _narrowed(self, record: Record, found: tuple[IndicatorName, ...], about_type: Iri | None) -> tuple[IndicatorName, ...]:
        """Tell namesakes apart by the kind of thing the figure is about: the nearest population that takes it in."""
        for above in self.names.ancestors(about_type) if about_type else ():
            labels = self.names.type_labels.get(above, ())
            fitting = tuple(
                i for i in found if i.population is not None and (normal(i.population) in labels or i.population == above)
            )
            if fitting:
                return fitting
        general = tuple(i for i in found if i.population is None)
        if general:
            return general
        populations = sorted({i.population for i in found if i.population})
        zh = f"这一名称有多个指标，请写明对象类型（{'、'.join(populations)}）或用指标代码"
        en = f"several indicators have this name; give the about_type ({', '.join(populations)}) or the code"
        raise self._stop(record, "indicator", "VK-REPORT-AMBIGUOUS", zh, en)

    def _about_type(self, record: Record) -> Iri | None:
        name = record.cells.get("about_type")
        if name is None:
            return None
        if name in self.names.type_labels:
            return Iri(name)
        found = self.names.entity_types.get(normal(name))
        if found is None:
            if normal(name) in self.names.divisions or self._divisions(record.cells.get("about", "")):
                return None
            zh, en = self._suggest("about_type", name, self.names.entity_types)
            raise self._stop(record, "about_type", "VK-REPORT-TYPE", f"没有这个对象类型{zh}", f"no such type of entity{en}")
        return found

    def _divisions(self, name: str) -> tuple[Iri, ...]:
        if name.startswith(_SCHEMES):
            return (Iri(name),) if name.startswith(_DIVISIONS) else ()
        if normal(name) in _NATION:
            return (Iri(f"{BASE}id/division/000000"),)
        return self.names.places(name)

    def _area(self, record: Record) -> Iri | None:
        name = record.cells.get("area")
        if name is None:
            return None
        found = self._divisions(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise self._stop(
                record,
                "area",
                "VK-REPORT-AREA",
                "有多个同名地区，请用区划代码",
                "several divisions have this name; give the code",
            )
        zh, en = self._suggest("area", name, self.names.divisions)
        raise self._stop(record, "area", "VK-REPORT-AREA", f"没有这个地区{zh}", f"no such division{en}")

    def _about(self, record: Record, area: Iri | None, about_type: Iri | None) -> tuple[Iri | None, str | None, Iri | None]:
        """Return whom a figure is about, the label and the area; a figure of all of a kind in an area is about the kind."""
        name = record.cells.get("about")
        if name is None or (area is not None and not name.startswith(_SCHEMES) and normal(name) in _ALL_OF_IT):
            return about_type or area, None, area
        divisions = self._divisions(name)
        if len(divisions) == 1:
            whole = about_type is None or self.names.is_place(about_type)
            return divisions[0] if whole else about_type, None, divisions[0]
        label = record.cells.get("about_label", None if name.startswith((*_SCHEMES, "_:")) else name)
        if name.startswith(_SCHEMES):
            if not is_iri(name):
                raise self._stop(record, "about", "VK-REPORT-IRI", "不是合法的IRI", "not a well-formed IRI")
            return Iri(name), label, area
        return _entity(normal(label or name), str(area or "")), label, area

    def _period(self, record: Record) -> tuple[date | None, date | None]:
        cells = record.cells
        if "year" in cells:
            days = parse_days(cells["year"])
            if days is None:
                raise self._stop(
                    record, "year", "VK-REPORT-DATE", "不是能读的年份或时段", "not a year or period that can be read"
                )
            if "from" not in cells and "to" not in cells:
                return days
        start, end = self._day(record, "from", end=False), self._day(record, "to", end=True)
        if start and end and end < start:
            raise self._stop(record, "to", "VK-REPORT-DATE", "止于起之前", "it ends before it begins")
        return start, end

    def _day(self, record: Record, column: str, *, end: bool) -> date | None:
        if column not in record.cells:
            return None
        day = parse_day(record.cells[column], end=end)
        if day is None:
            raise self._stop(record, column, "VK-REPORT-DATE", "不是能读的日期", "not a date that can be read")
        return day

    def _unit(
        self, record: Record, figure: tuple[Decimal, str], expected: str | None, remarks: list[Remark]
    ) -> tuple[Decimal, str | None]:
        """Settle value and unit; a share without a sign is only taken where it cannot be a ratio (0.7 for 70 %)."""
        value, printed = figure
        factor, unit = parse_unit(record.cells.get("unit", ""))
        if printed and unit and printed != unit:
            raise self._stop(
                record, "unit", "VK-REPORT-UNIT", f"与数值中的“{printed}”不一致", f"it contradicts “{printed}” in the value"
            )
        if printed and not unit:
            return value, printed
        value *= factor if not (printed and factor == 100) else 1
        if not unit and expected == "%":
            if abs(value) <= 1:
                zh, en = "没有单位，分不清是比例还是百分数", "without a unit it may be a ratio or per cent"
                raise self._stop(record, "value", "VK-REPORT-UNIT", zh, en)
            self._remark(record, "unit", "VK-REPORT-UNIT", "没有单位，按%读", "no unit given; read as %", remarks)
            return value, "%"
        if not unit and expected:
            self._remark(
                record, "unit", "VK-REPORT-UNIT", f"没有单位，按“{expected}”读", f"no unit given; read as “{expected}”", remarks
            )
            return value, expected
        return _tidy(value), unit or None

    def _progress(self, record: Record) -> ProgressReport:
        cells = record.cells
        name = normal(cells["task"].removeprefix("第").removesuffix("项").removeprefix("任务"))
        document = normal(cells.get("document", ""))
        found = self.names.tasks.get((document, name)) or self.names.tasks.get(("", normal(cells["task"])), ())
        if not found:
            raise self._stop(record, "task", "VK-REPORT-TASK", "没有这项任务", "no such task")
        if len(found) > 1:
            raise self._stop(
                record,
                "task",
                "VK-REPORT-AMBIGUOUS",
                "多份文件有此序号，请写明文件",
                "several documents have it; name the document",
            )
        if "status" not in cells:
            raise self._stop(record, "status", "VK-REPORT-MISSING", "没有状态", "it has no status", severity="warning")
        status = _STATUS.get(normal(cells.get("status", "").removeprefix(f"{BASE}ns#")).replace("-", "_"))
        if status is None:
            zh = "状态应为 未开始、进行中 或 已完成"
            raise self._stop(record, "status", "VK-REPORT-STATUS", zh, "status is one of not_started, in_progress, done")
        return ProgressReport(
            found[0], status, self._day(record, "date", end=True), cells.get("reporter"), record.row, record.node
        )

    def _remark(self, record: Record, column: str, code: str, zh: str, en: str, remarks: list[Remark]) -> None:
        remarks.append(self._stop(record, column, code, zh, en, severity="warning").remark)

    def _stop(self, record: Record, column: str, code: str, zh: str, en: str, severity: Severity = "error") -> _Unreadable:
        header = record.headers.get(column, column)
        value = record.cells.get(column)
        shown = None if value is None else value if len(value) <= 80 else value[:79] + "…"
        where_zh = f"第{record.row}行“{header}”" if record.row is not None else f"“{header}”"
        where_en = f"row {record.row}, column “{header}”" if record.row is not None else f"“{header}”"
        said = f"“{shown}”" if shown is not None else ""
        message = Message(f"{where_zh}{said}：{zh}", f"{where_en}{' ' + said if said else ''}: {en}")
        focus = record.node if record.node is not None and not record.node.startswith("_:") else None
        return _Unreadable(Remark(code, severity, message, self.source, record.row, header, shown, focus))


@lru_cache(1 << 10)  # whom the figures are about comes again in row after row
def _entity(name: str, area: str) -> Iri:
    return named("entity", name, area)


def named(kind: str, *said: object) -> Iri:
    """Name something reported by what is said of it."""
    return Iri(f"{REPORTED}{kind}/{sha256(chr(10).join(map(str, said)).encode('utf-8', 'surrogatepass')).hexdigest()[:16]}")


def _tidy(number: Decimal) -> Decimal:
    return Decimal(int(number)) if number == number.to_integral_value() else number
