"""A whole city's year with planted faults: exactly these are found, each at its row with its clause; states follow the day."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from city_year import city_year

YEAR = city_year()


@pytest.fixture(scope="module")
def report(bundled):
    return bundled.validate(YEAR.files, as_of=YEAR.as_of)


def reason(result, expected):
    """Return how a result is named in the table of faults: by clause, by code, or by words of its message."""
    if result.clause is not None:
        return result.clause.item
    words = {what for *_, what in expected if not what.startswith("VK-")}
    return result.code or next((w for w in words if w in result.message.zh), result.message.zh)


def states(report, kind):
    return Counter(s.state for s in getattr(report, kind))


def test_the_year_has_about_two_thousand_reports_and_forty_faults():
    assert 1900 <= YEAR.rows <= 2100
    assert len(YEAR.expected) >= 40


def test_exactly_the_planted_faults_are_found_each_at_its_row_with_its_clause(report):
    found = Counter((r.source, r.row, r.severity, reason(r, YEAR.expected)) for r in report.results)
    assert found == Counter(YEAR.expected)


def test_after_the_deadlines_every_target_and_task_has_its_state(report):
    missed = {t.clause.quote for t in report.targets if t.state == "violated"}
    assert missed == {
        "不低于12000元", "达到70%以上", "95%", "90%以上", "2000元", "1.5—2.5%", "不低于30%", "10—20%", "一次", "1所", "6万人次",
        "6所",
        "1—2个", "5个左右", "大体相当",
    }  # fmt: skip
    assert states(report, "targets") == {"violated": 16, "met": 16}
    assert {t.ordinal for t in report.tasks if t.state == "violated"} == {3, 31}
    assert {t.ordinal for t in report.tasks if t.state == "not_reported"} == {8}
    assert states(report, "tasks")["met"] == 30


ALL = {"一/2", "二/2", "三/1", "五/2", "六/1", "八/3", "八/4", "附件/row 3", "附件/row 31"}


@pytest.mark.parametrize(
    ("as_of", "not_yet_due", "task_3", "broken"),
    [
        (date(2017, 12, 31), 31, "not_yet_due", {"五/2"}),  # before the document; 2017年起 is due already
        (date(2018, 6, 30), 14, "not_yet_due", {"五/2"}),
        (date(2018, 10, 1), 13, "met", {"五/2"}),
        (date(2018, 11, 1), 13, "violated", {"五/2", "附件/row 3"}),
        (date(2018, 12, 31), 0, "violated", ALL),
    ],
)
def test_before_and_between_the_deadlines_nothing_is_said_too_early(bundled, as_of, not_yet_due, task_3, broken):
    report = bundled.validate(YEAR.files, as_of=as_of)
    assert states(report, "targets")["not_yet_due"] == not_yet_due
    assert [t.state for t in report.tasks if t.ordinal == 3] == [task_3]
    assert {r.clause.item for r in report.results if r.clause is not None and r.severity == "violation"} == broken
