"""A city's year of reports for 安政办〔2018〕2号: about 2,000 reports that keep to it, and the planted faults.

Everything is invented and the same on every run. Rows are made here, faults are data (cases/compliance/city-year.toml).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases" / "compliance"
FIGURES, PROGRESS = "figures.csv", "progress.csv"
COLUMNS = ("indicator", "about", "about_type", "area", "value", "unit", "year")
COUNTIES = ("文峰区", "北关区", "殷都区", "龙安区", "安阳县", "汤阴县", "滑县", "内黄县", "林州市")
CITY = (
    "职业院校在校生规模,5.7,万人", "中等职业教育在校生规模,3.6,万人", "高等职业教育在校生规模,2.1,万人",
    "职业技能培训,6.3,万人次",
    "职业院校数量,13,所", "职业院校数量（中职）,10,所", "职业院校数量（高职）,3,所", "优质高等职业院校数量,1,所",
    "职业教育品牌示范院校数量,3,所", "特色院校数量,6,所", "中等职业学校、高等职业院校建成标准化数字校园的比例,92,%",
    "中等职业学校和普通高中招生规模之比,0.97,", "省级品牌示范专业群数量,1,个", "品牌示范专业点数量,3,个",
    "省级特色专业群数量,2,个",
    "特色专业点数量,5,个", "综合实训基地数量,5,个", "生产性实训基地数量,1,个", "中等职业学校数量,10,所",
    "骨干中等职业学校数量,3,所",
    "脱贫致富技能数量,1,种", "教育费附加用于职业教育的比例,31,%",
)  # fmt: skip

Finds = tuple[str, int, str, str]
"""File, row, severity, and clause, code or words of a result that is expected."""


@dataclass(frozen=True)
class CityYear:
    """Two files, and the results that the planted faults lead to."""

    files: list[tuple[str, bytes]]
    expected: list[Finds]
    as_of: date
    rows: int


def city_year() -> CityYear:
    """Return the reports with the faults planted."""
    given = tomllib.loads((FOLDER / "city-year.toml").read_text("utf-8"))
    figures, progress = list(_figures()), list(_progress())
    expected: list[Finds] = []
    for fault in given["fault"]:
        expected += _plant(fault, figures, progress)
    texts = {
        FIGURES: [COLUMNS, *([row[c] for c in COLUMNS] for row in figures)],
        PROGRESS: [("task", "status", "date", "reporter"), *progress],
    }
    files = [(name, "".join(",".join(row) + "\n" for row in rows).encode()) for name, rows in texts.items()]
    return CityYear(files, expected, given["as_of"], len(figures) + len(progress))


def _plant(fault: dict[str, Any], figures: list[dict[str, str]], progress: list[list[str]]) -> Iterator[Finds]:
    if "set" in fault:
        row = _find(figures, fault["row"])
        at = _find(figures, fault["at"]) if "at" in fault else row
        figures[row] = figures[row] | fault["set"]
        yield from ((FIGURES, at + 2, *found) for found in fault["finds"])
    elif "before" in fault:
        kept = [row for row in progress if int(row[0]) != fault["task"] or date.fromisoformat(row[2]) < fault["before"]]
        # the rows keep their places: what is taken away is said of another task instead
        for place, row in enumerate(progress):
            if row not in kept:
                progress[place] = ["16", *row[1:3], "市财政局"]
        last = max(place for place, row in enumerate(progress) if int(row[0]) == fault["task"])
        yield from ((PROGRESS, last + 2, *found) for found in fault["finds"])
    else:
        cells = fault["add"].split(",")
        if len(cells) == len(COLUMNS):
            figures.append(dict(zip(COLUMNS, cells, strict=True)))
            yield from ((FIGURES, len(figures) + 1, *found) for found in fault["finds"])
        else:
            progress.append(cells)
            yield from ((PROGRESS, len(progress) + 1, *found) for found in fault["finds"])


def _find(figures: list[dict[str, str]], named: list[str]) -> int:
    (place,) = (p for p, row in enumerate(figures) if [row["indicator"], row["about"], row["year"]] == named)
    return place


def _figures() -> Iterator[dict[str, str]]:
    def row(indicator: str, about: str, kind: str, area: str, value: object, unit: str, year: int = 2018) -> dict[str, str]:
        return dict(zip(COLUMNS, (indicator, about, kind, area, str(value), unit, str(year)), strict=True))

    for line in CITY:
        indicator, value, unit = line.split(",")
        yield row(indicator, "安阳市", "建档立卡贫困家庭学生" if unit == "种" else "", "安阳市", value, unit)
    for n in range(1, 21):
        college = f"某职业技术学院{n}"
        for year in (2017, 2018):
            yield row("生均财政拨款水平", college, "公办高等职业院校", "安阳市", 12000 + 50 * n, "元", year)
        yield row("高等职业院校毕业生就业率", college, "高等职业院校", "安阳市", 90 + n % 9, "%")
        yield row("“双师型”教师占专任专业课教师的比例", college, "", "安阳市", 70 + n % 25, "%")
    for n in range(1, 61):
        school, county = f"某中等职业学校{n}", COUNTIES[n % len(COUNTIES)]
        yield row("中等职业院校毕业生就业率", school, "中等职业学校", county, 95 + n % 5, "%")
        yield row("国家助学金", school, "", county, 2000, "元")
        yield row("“雨露计划”扶贫助学补助", school, "", county, "0.2", "万元")
    for county in COUNTIES:
        yield row("教育费附加用于职业教育的比例", county, "", county, 30, "%")
        yield row("农村科学技术开发、技术推广经费用于农村职业教育的比例", county, "", county, 15, "%")
        yield row("专项督查次数", county, "", county, 1, "次")
        if not county.endswith("区"):
            yield row("骨干中等职业学校数量", county, "", county, 1, "所")
    for n in range(1, 901):
        yield row("企业按照职工工资总额提取教育培训经费的比例", f"某企业{n}", "企业", "安阳市", f"{1.5 + n % 11 / 10:g}", "%")


def _progress() -> Iterator[list[str]]:
    given = tomllib.loads((FOLDER / "410500-anzhengban-2018-2.toml").read_text("utf-8"))
    for task in given["task"]:
        reporter = task["passes"].split(",")[-1]
        for n in range(23):
            day = date(2018, 3, 5) + timedelta(days=15 * n)
            done = task["ordinal"] == 3 and day >= date(2018, 8, 25)
            yield [str(task["ordinal"]), "已完成" if done else "进行中", day.isoformat(), reporter]
