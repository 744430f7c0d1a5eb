"""Every shape of the bundled document has a report that keeps to it and one that does not, written by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vetkb.engine import Iri
from vetkb.validate.duties import duties_of
from vetkb.validate.targets import policies_of, requirements_of

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
