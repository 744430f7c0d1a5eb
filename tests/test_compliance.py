"""Every shape of the bundled document has a report that keeps to it and one that does not, written by hand."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from running import base_of

from vetkb.engine import Iri, RdfStore
from vetkb.reporting import read_reports
from vetkb.validate.compiled import run_checks
from vetkb.validate.data_graph import data_graph, said_in
from vetkb.validate.duties import duties_of
from vetkb.validate.shapes import checks_of
from vetkb.validate.targets import policies_of, requirements_of, survey

CASES = tomllib.loads((Path(__file__).parent / "cases" / "compliance" / "410500-anzhengban-2018-2.toml").read_text("utf-8"))
FIGURES, TASKS = CASES["figure"], CASES["task"]
HEADERS = {"figures.csv": "indicator,about,about_type,area,value,unit,year\n", "tasks.csv": "task,status,date,reporter\n"}


def report_of(base, kind):
    rows = {"figures.csv": [c[kind] for c in FIGURES], "tasks.csv": [c[kind] for c in TASKS]}
    files = [(name, (HEADERS[name] + "\n".join(lines) + "\n").encode()) for name, lines in rows.items()]
    return base.validate(files, as_of=CASES["as_of"])


@pytest.fixture(scope="module")
def passing(bundled):
    return report_of(bundled, "passes")


@pytest.fixture(scope="module")
def failing(bundled):
    return report_of(bundled, "fails")


def test_every_shape_has_an_example_that_passes_and_one_that_fails(bundled):
    base = bundled.store.rdf
    policies = policies_of(base, [CASES["document"]])
    targets = [r.targets[0].rpartition("/")[2] for r in requirements_of(base, policies)]
    assert [c["shape"] for c in FIGURES] == targets
    assert [c["ordinal"] for c in TASKS] == [d.ordinal for d in duties_of(base, policies)]
    assert len({c["passes"] for c in FIGURES} | {c["fails"] for c in FIGURES}) == 2 * len(FIGURES)


def test_what_keeps_to_the_policy_has_no_results_and_every_state_is_met(passing):
    assert passing.results == ()
    assert [t.target for t in passing.targets if t.state != "met"] == []
    assert [t.ordinal for t in passing.tasks if t.state != "met"] == []


@pytest.mark.parametrize("case", FIGURES, ids=[c["shape"] for c in FIGURES])
def test_a_figure_that_breaks_a_target_is_said_to_with_its_clause(failing, case):
    row = FIGURES.index(case) + 2
    found = [r for r in failing.results if r.source == "figures.csv" and r.row == row and not r.shape.endswith("_parts")]
    (one,) = found
    assert one.shape == Iri(f"{CASES['document']}/{case['shape']}__shape_value")
    assert one.severity == case.get("severity", "violation")
    assert (one.clause.document, one.clause.item) == ("安政办〔2018〕2号", case["clause"])
    assert case["zh"] in one.message.zh
    assert case["en"] in one.message.en
    assert [t.state for t in failing.targets if t.target.endswith(f"/{case['shape']}")] == ["violated"]


@pytest.mark.parametrize("case", TASKS, ids=[str(c["ordinal"]) for c in TASKS])
def test_a_report_that_breaks_a_duty_is_said_to_with_its_row(failing, case):
    (one,) = [r for r in failing.results if r.source == "tasks.csv" and r.row == TASKS.index(case) + 2]
    assert one.severity == "violation"
    assert (one.clause.document, one.clause.item) == ("安政办〔2018〕2号", case["clause"])
    assert case["zh"] in one.message.zh
    assert case["also_zh"] in one.message.zh
    assert case["en"] in one.message.en
    assert case["also_en"] in one.message.en
    assert [t.state for t in failing.tasks if t.ordinal == case["ordinal"]] == ["violated"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_template_is_read_back_and_nothing_in_it_is_reported(bundled, form, language):
    report = bundled.validate([(f"report.{form}", bundled.template("安政办〔2018〕2号", form, language))], as_of=CASES["as_of"])
    assert report.conforms
    assert {r.code for r in report.results} == {"VK-REPORT-MISSING"}
    assert {t.state for t in (*report.targets, *report.tasks)} == {"not_reported"}


def test_a_template_names_every_target_and_task_and_each_county(bundled):
    lines = bundled.template("安政办〔2018〕2号").decode("utf-8-sig").splitlines()
    counties = [line for line in lines if line.startswith("backbone-secondary-vocational-schools,") and ",安阳市," not in line]
    assert [line.split(",")[4] for line in counties] == ["安阳县", "汤阴县", "滑县", "内黄县", "林州市"]
    assert sum(line.endswith(",安政办〔2018〕2号") for line in lines) == len(TASKS)


def test_a_filled_template_is_checked(bundled):
    text = bundled.template("安政办〔2018〕2号").decode("utf-8-sig")
    filled = text.replace("安阳市,职业院校,安阳市,,人,2018", "安阳市,职业院校,安阳市,5.1,万人,2018")
    assert filled != text
    report = bundled.validate([("report.csv", filled.encode())], as_of=CASES["as_of"])
    assert [r.clause.quote for r in report.results if r.severity == "violation"] == ["达到5.7万人左右"]


def test_districts_are_held_to_no_number_for_counties(bundled):
    rows = "骨干中等职业学校数量,文峰区,,文峰区,0,所,2018\n骨干中等职业学校数量,林州市,,林州市,0,所,2018\n"
    report = bundled.validate([("r.csv", (HEADERS["figures.csv"] + rows).encode())], as_of=CASES["as_of"])
    assert [(r.row, r.severity) for r in report.results] == [(3, "violation"), (2, "info")]


UNLIKE = """某某市人民政府办公室关于加快养老服务发展的实施意见

某政办发〔2021〕15号

各县（市、区）人民政府，市政府各部门：

现提出如下意见。

一、总体目标

到2025年，全市养老床位总数达到3万张，护理型床位占比不低于55%。目前，全市已建成养老机构120家。2020年末全市老年人口达到65万人。

二、重点任务

（一）完善设施。新建居住区按照每百户不少于20平方米标准配建养老服务设施。各县（市、区）建成不少于2个区域性养老服务中心。

（二）加大补贴。对新建的民办养老机构，每张床位给予5000元一次性建设补贴。年均增长8%以上。力争到2023年机构收养率达到90%。

（三）强化管理。收费标准不得高于每月3000元。

（四）编制规划。各县（市、区）政府要编制养老服务设施布局规划，并于2021年6月底前报市民政局备案。

（五）压实责任。市民政局每半年开展1次专项检查。市财政局统筹安排养老服务专项资金，三年累计不少于3000万元。每周至少组织1次安全巡查。每年检查比例不低于养老机构数量的30%。

（六）培育市场。到2025年，每千名老年人拥有养老床位45张，培育年产值超过1亿元的养老企业5家，在人口50万以上的县至少建设1个养老产业园。对评为五星级的养老机构一次性奖励20万元。

附件：任务分工表

序号	任务	责任单位	完成时限
1	编制养老服务设施布局规划。	市民政局	2022年12月底前
2	建设智慧养老平台，方案于2021年9月底前报市政府审定。	市民政局	2022年12月底前
3	完善养老服务补贴办法。	市财政局	2022年12月底前

某某市人民政府办公室
2021年3月1日
"""


@pytest.fixture(scope="module")
def unlike(tmp_path_factory):
    with base_of(tmp_path_factory.mktemp("unlike"), UNLIKE) as base:
        yield base


def test_an_unseen_document_gets_shapes_for_what_it_demands_and_reasons_for_the_rest(unlike):
    rdf = unlike.store.rdf
    found = survey(rdf, policies_of(rdf))
    assert [(r.label, r.expected, r.reach, r.soft, r.months) for r in found.requirements] == [
        ("养老床位总数", ">= 30000 张", "whole", False, None),
        ("护理型床位占比", ">= 55 %", "whole", False, None),
        ("区域性养老服务中心数量", ">= 2 个", "parts", False, None),
        ("一次性建设补贴", "= 5000 元", "each", False, None),
        ("机构收养率", ">= 90 %", "whole", True, None),
        ("收费标准", "<= 3000 元", "each", False, None),
        ("专项检查次数", "= 1 次", "whole", False, 6),
        ("资金", ">= 30000000 元", "whole", False, 36),
        ("检查比例占养老机构数量的比例", ">= 30 %", "whole", False, 12),
        ("养老企业数量", "= 5 家", "whole", False, None),
    ]
    assert [(a.clause.quote, a.reason) for a in found.set_aside] == [
        ("120家", "history"),
        ("达到65万人", "history"),
        ("不少于20平方米", "unnamed"),
        ("8%以上", "unnamed"),
        ("至少组织1次", "period"),
        ("45张", "rate"),
        ("超过1亿元", "condition"),
        ("50万以上", "condition"),
        ("至少建设1个", "case"),
        ("20万元", "unnamed"),
    ]


def test_a_figure_is_compared_where_its_period_is_as_long_as_the_text_says(unlike):
    rows = [("专项检查次数", "0", "2022-01-01", "2022-06-30"), ("专项检查次数", "1", "2022-01-01", "2022-12-31")]
    rows += [("资金", "2000万元", "2021-01-01", "2023-12-31"), ("资金", "1000万元", "2022-01-01", "2022-12-31")]
    text = "indicator,value,from,to\n" + "\n".join(",".join(row) for row in rows)
    report = unlike.validate([("r.csv", text.encode())], as_of=date(2025, 12, 31))
    assert {(r.row, r.severity) for r in report.results if r.clause is not None} == {(2, "violation"), (4, "violation")}
    assert {r.row for r in report.results if r.code == "VK-REPORT-NOT-COMPARED"} == {3, 5}


def test_what_is_to_be_filed_by_a_day_was_reported_by_then(unlike):
    """Whether the task says so itself (2) or the clause that it carries out (1); its own date stays that of the whole."""
    duties = {d.ordinal: d for d in duties_of(unlike.store.rdf, policies_of(unlike.store.rdf)) if d.ordinal}
    assert [str(duties[n].filed_by) for n in (1, 2, 3)] == ["2021-06-30", "2021-09-30", "None"]
    assert {str(d.by) for d in duties.values()} == {"2022-12-31"}
    rows = "1,进行中,2021-06-30,\n1,进行中,2021-12-30,\n2,未开始,2021-09-01,\n2,进行中,2021-10-08,\n3,进行中,2021-12-30,\n"
    report = unlike.validate([("r.csv", (HEADERS["tasks.csv"] + rows).encode())], as_of=date(2021, 12, 31))
    assert [(r.row, r.severity, str(r.shape).rpartition("_")[2]) for r in report.results] == [(5, "warning", "filed")]
    assert "应于2021-09-30前报送或备案" in report.results[0].message.zh


def test_requirements_of_one_form_find_together_what_each_shape_finds_alone(bundled, unlike):
    """The figures of every example, of a city, a county and a school, above and below, against both documents."""
    for base, document in ((bundled, CASES["document"]), (unlike, str(unlike.store.documents()[0].iri))):
        demanded = base.demands.of(frozenset((document,)))
        rows = [c[kind] for c in FIGURES for kind in ("passes", "fails")] if base is bundled else []
        rows += [
            f"{r.indicator},{who},{kind},{area},{value},{r.unit or ''},{year}"
            for r in demanded.requirements
            for who, kind, area in (
                ("", "", "安阳市"),
                ("甲校", "公办高等职业院校", "安阳市"),
                ("林州市", "", "林州市"),
                ("", "", ""),
            )
            for value in (0, (r.value or r.low or 0) + 1)
            for year in ("2018", "2025", "2018-09")
        ]
        reported = read_reports([("r.csv", (HEADERS["figures.csv"] + "\n".join(rows)).encode())], base.names)
        store = RdfStore.memory()
        store.add_lines(data_graph(base.demands.surroundings, reported, date(2026, 1, 1), Decimal(10)))
        _, together = demanded.run(store, said_in(store).named)
        alone = run_checks(store, [check for r in demanded.requirements for check in checks_of(r)])
        assert len(together) == len(set(together))
        assert set(together) == set(alone)
        assert len({raw.shape for raw in alone}) >= len(demanded.requirements) / 2
