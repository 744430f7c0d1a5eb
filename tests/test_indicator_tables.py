"""Tables of indicators with a column for each year are read as numbers to be reached by the end of that year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from vetkb.compiler import compile_source
from vetkb.graph.lexicon import load_lexicon
from vetkb.text import Source

TEXT = """东山省人民政府办公厅关于印发东山省节水行动方案的通知
东政办发〔2024〕12号
各市人民政府：
现将《东山省节水行动方案》印发给你们，请贯彻执行。
东山省人民政府办公厅
2024年3月1日
东山省节水行动方案
一、目标
节水水平明显提高。
表1　主要指标
类别\t指标\t单位\t2023年（基期）\t2025年\t目标（2027年）\t年均增速（%）\t属性
农业\t1.农田灌溉水有效利用系数\t—\t0.58\t0.59\t≥0.6\t—\t约束性
农业\t2.高效节水灌溉面积\t万亩\t1,200.5\t1300\t1500左右\t5.7\t预期性
城镇\t3.公共供水管网漏损率（%）\t\t10\t稳步下降\t控制在9以内\t\t约束性
城镇\t4.公共充电桩\t个/万人\t10\t12\t15-20\t\t预期性
"""


@pytest.fixture(scope="module")
def facts():
    return compile_source(Source.from_text(TEXT), load_lexicon()).facts


def figures(facts, role):
    return {
        (one.indicator, one.comparator, one.value or (one.minimum, one.maximum), one.unit, one.per, due(one, facts))
        for one in facts.quantities
        if one.role == role
    }


def due(quantity, facts):
    return None if quantity.deadline is None else facts.deadlines[quantity.deadline].latest


def test_a_cell_is_to_be_reached_by_the_end_of_the_year_that_heads_its_column(facts):
    first, last = date(2025, 12, 31), date(2027, 12, 31)
    assert figures(facts, "target") == {
        ("农田灌溉水有效利用系数", "=", Decimal("0.59"), None, None, first),
        ("农田灌溉水有效利用系数", ">=", Decimal("0.6"), None, None, last),
        ("高效节水灌溉面积", "=", 13_000_000, "亩", None, first),
        ("高效节水灌溉面积", "approx", 15_000_000, "亩", None, last),
        ("公共供水管网漏损率", "<=", 9, "%", None, last),
        ("公共充电桩", "=", 12, "个", "万人", first),
        ("公共充电桩", "range", (15, 20), "个", "万人", last),
    }


def test_a_column_of_a_base_or_of_a_year_that_is_over_says_where_things_stand(facts):
    assert {(name, value, when) for name, _, value, _, _, when in figures(facts, "baseline")} == {
        ("农田灌溉水有效利用系数", Decimal("0.58"), None),
        ("高效节水灌溉面积", Decimal(12005000), None),
        ("公共供水管网漏损率", 10, None),
        ("公共充电桩", 10, None),
    }


def test_every_number_is_proved_by_its_own_cell(facts):
    for one in facts.quantities:
        assert TEXT[one.evidence.start : one.evidence.end] == one.evidence.text
        assert "\t" not in one.evidence.text
