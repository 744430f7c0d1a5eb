"""The catalogue: heads, parameters, and the answers for the first document."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from vetkb.errors import UnknownNameError, UsageError
from vetkb.paths import SCHEMAS
from vetkb.query import FORMATS, QueryResult, load_catalogue, run_query

DOCUMENT = "安政办〔2018〕2号"
FINANCE = [1, 2, *range(9, 17), 18, 19, 20, 21, 22, 26, 30, 31, 32]
COLUMNS = {
    "tasks-of-agency": "ordinal, task, label, role, position, via, schedule, document, item, quote, note",
    "agencies-of-task": "agency, label, role, position, via, open, document, item, quote, note",
    "targets": "target, indicator, label, scope, comparator, value, min, max, unit, per, from, to, document, item, quote",
    "deadlines": "subject, label, kind, from, to, basis, document, item, quote",
    "citations": "identifier, title, mode, document, quote",
    "open-parties": "ordinal, task, label, quote, document, item",
    "co-responsibility": "agency1, agency2, tasks, document, note",
    "conflicts": "kind, left, right, document, left_quote, right_quote",
    "agencies": "agency, label, type, division, tasks, document, note",
}
CATALOGUE = load_catalogue()


@pytest.fixture
def ask(bundled):
    """Run a query against the bundled base and return its rows as objects."""

    def run(name: str, **parameters: str) -> list[dict]:
        return run_query(name, bundled.store, parameters, catalogue=CATALOGUE).to_json()["rows"]

    return run


# --- the files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_that_others_rely_on_stay(name: str) -> None:
    assert list(CATALOGUE[name].columns) == COLUMNS[name].split(", ")


@pytest.mark.parametrize("query", CATALOGUE.values(), ids=CATALOGUE)
def test_every_query_is_described_and_totally_ordered(query) -> None:
    assert all((query.title.zh, query.title.en, query.description.zh, query.description.en))
    assert any(not example.isascii() for example in query.examples)
    assert any(example.isascii() for example in query.examples)
    assert set(query.phrasings) == {"zh", "en"}
    assert "ORDER BY" in query.sparql.splitlines()[-1]
    assert [parameter.name for parameter in query.parameters[-3:]] == ["document", "limit", "offset"]
    for parameter in query.parameters:
        assert parameter.description.zh
        assert parameter.description.en
        assert parameter.example


@pytest.mark.parametrize("query", CATALOGUE.values(), ids=CATALOGUE)
def test_every_query_runs_and_can_be_cut_anywhere(bundled, query) -> None:
    parameters = {p.name: p.example for p in query.parameters if p.required}
    whole = run_query(query.name, bundled.store, parameters, catalogue=CATALOGUE)
    assert whole.columns == query.columns
    middle = len(whole.rows) // 2
    first = run_query(query.name, bundled.store, {**parameters, "limit": str(middle)}, catalogue=CATALOGUE)
    rest = run_query(query.name, bundled.store, {**parameters, "offset": str(middle)}, catalogue=CATALOGUE)
    assert first.rows + rest.rows == whole.rows
    assert first.truncated is (len(whole.rows) > middle)
    assert not whole.truncated
    narrowed = run_query(query.name, bundled.store, {**parameters, "document": DOCUMENT}, catalogue=CATALOGUE)
    assert set(narrowed.rows) <= set(whole.rows)


@pytest.mark.parametrize("query", CATALOGUE.values(), ids=CATALOGUE)
def test_every_parameter_narrows_the_answer(bundled, query) -> None:
    needed = {p.name: p.example for p in query.parameters if p.required}
    whole = run_query(query.name, bundled.store, needed, catalogue=CATALOGUE)
    for parameter in query.parameters:
        if not parameter.required and parameter.name not in ("limit", "offset", "document"):
            given = {**needed, parameter.name: parameter.example}
            narrowed = run_query(query.name, bundled.store, given, catalogue=CATALOGUE)
            assert len(narrowed.rows) < len(whole.rows) or query.name in ("conflicts", "parent-comparison"), parameter.name
            assert set(narrowed.rows) <= set(whole.rows)


@pytest.mark.parametrize(
    "head",
    [
        "#| title = ",
        '#| title = { zh = "x", en = "x" }',
        """#| title = { zh = "x", en = "x" }
#| description = { zh = "x", en = "x" }
#| columns = []
#| try = []
#| ask = {}
#| params.a = { type = "number", zh = "x", en = "x" }""",
    ],
)
def test_a_malformed_head_is_told_with_its_file(tmp_path: Path, head: str) -> None:
    (tmp_path / "bad.rq").write_text(head + "\nSELECT * {}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"bad\.rq"):
        load_catalogue(tmp_path)


# --- answers for the first document ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["市财政局", "安阳市财政局", "财政局", "财政", "Finance Bureau", "財政局", "财政居", "市财政局 "]
)
def test_an_agency_is_found_by_all_its_names(ask, name: str) -> None:
    assert [row["ordinal"] for row in ask("tasks-of-agency", agency=name)] == FINANCE


def test_an_agency_is_found_by_its_iri(ask) -> None:
    assert len(ask("tasks-of-agency", agency="https://w3id.org/vetkb/id/agency/410500/finance")) == 19


def test_tasks_say_how_they_reach_an_agency(ask) -> None:
    finance = ask("tasks-of-agency", agency="市财政局")
    assert [row["ordinal"] for row in finance if row["via"] == "sector"] == [19, 20]
    assert [row["ordinal"] for row in finance if row["position"] == 1] == [15, 30, 32]
    neihuang = ask("tasks-of-agency", agency="内黄县政府")
    assert len(neihuang) == 21
    assert [row["ordinal"] for row in neihuang if row["via"] == "stated"] == [22]
    assert {row["via"] for row in neihuang} == {"stated", "group"}


def test_the_parties_of_an_open_list_are_said_to_be_open(ask) -> None:
    rows = ask("agencies-of-task", task="18")
    labels = ["市人力资源社会保障局", "市教育局", "市财政局", "市农业局(市畜牧局)", "市民政局", "市扶贫办", "市残联"]
    assert [row["label"] for row in rows] == labels
    assert all(row["open"] for row in rows)
    assert ask("agencies-of-task", task=rows[0]["item"].replace("附件/row ", "第") + "项") == rows


def test_a_group_is_listed_by_its_members_and_an_open_group_as_printed(ask) -> None:
    counties = [row for row in ask("agencies-of-task", task="28") if row["via"] == "group"]
    assert len(counties) == 9
    assert "内黄县人民政府" in {row["label"] for row in counties}
    open_task = ask("agencies-of-task", task="15")
    assert [row["label"] for row in open_task] == ["市财政局", "市教育局", "市政府相关部门"]


def test_tasks_with_open_parties(ask) -> None:
    assert [row["ordinal"] for row in ask("open-parties")] == [3, 15, 16, 17, 18, 19, 20, 27]


def test_the_busiest_pair_and_the_busiest_agencies(ask) -> None:
    pair = ask("co-responsibility", limit="1")[0]
    assert pair["agency1"] == "安阳市教育局"
    assert "人力资源" in pair["agency2"]
    assert pair["tasks"] == 21
    tasks = {row["agency"].rpartition("agency/")[2]: row["tasks"] for row in ask("agencies")}
    busiest = ("410500/education", "410500/human-resources", "410527/government", "410500/finance")
    assert [tasks[agency] for agency in busiest] == [29, 21, 21, 19]


def test_tasks_with_a_date(ask) -> None:
    assert sorted(row["ordinal"] for row in ask("tasks-by-date")) == [3, 15, 31]
    assert [row["ordinal"] for row in ask("tasks-by-date", before="2018-09-01")] == [3]
    assert [row["ordinal"] for row in ask("tasks-by-date", before="2018-08-31")] == []
    assert [row["ordinal"] for row in ask("tasks-by-date", after="2018-01-01")] == [31, 3]


def test_clauses_without_a_task(ask) -> None:
    assert [row["item"] for row in ask("clauses-without-task")] == ["四/3", "五/5", "八/5"]


def test_body_and_annex_disagree_where_they_do(ask) -> None:
    found = {(row["kind"], row["left"], row["right"]) for row in ask("conflicts")}
    assert found >= {
        ("schedule", "五/1", "附件/row 14"),
        ("schedule", "五/2", "附件/row 15"),
        ("schedule", "八/4", "附件/row 33"),
        ("parties", "八/3", "附件/row 31"),
        ("target-date", "一/2", "三/1"),
        ("wording", "一/2", "五/1"),
        ("begins-before-issue", DOCUMENT, "附件/row 15"),
    }


def test_a_conflict_shows_the_words_of_both_sides(ask) -> None:
    found = {(row["kind"], row["left"]): (row["left_quote"], row["right_quote"]) for row in ask("conflicts")}
    assert all(left and right and left != right for left, right in found.values())
    assert found["schedule", "五/1"] == ("到2018年年底", "持续实施")
    assert found["target-date", "一/2"] == ("到2018年年底", "到2018年秋季学期开学前")
    assert found["begins-before-issue", DOCUMENT] == ("2018年1月4日", "2017年起")


def test_parts_add_up(ask) -> None:
    assert [(row["value"], row["sum"], row["equal"], row["parts"]) for row in ask("parts")] == [
        (57000, 57000, True, 2),
        (13, 13, True, 2),
    ]


def test_a_total_says_which_of_the_counted_places_are_counted_by_assumption(ask) -> None:
    """滑县 is run by the province: that it counts among the counties of the city is an assumption, and told."""
    (row,) = ask("totals-by-division")
    assert (row["divisions"], row["max"]) == (5, 8)
    assert "滑县：河南省直管县" in row["reading"]
    assert "林州" not in row["reading"]


def test_who_is_reached_as_a_member_by_assumption_is_shown_with_it_in_every_query(ask) -> None:
    noted = {
        "tasks-of-agency": [(row["via"], row["note"]) for row in ask("tasks-of-agency", agency="滑县政府")],
        "agencies-of-task": [(row["via"], row["note"]) for row in ask("agencies-of-task", task="28") if "滑县" in row["label"]],
        "task-network": [(row["via"], row["note"]) for row in ask("task-network", via="group") if "滑县" in row["name"]],
        "agencies": [("group", row["note"]) for row in ask("agencies") if "滑县" in row["label"]],
    }
    assert [len(rows) for rows in noted.values()] == [20, 1, 20, 1]
    assert all("滑县" not in note and "直管县" in note for rows in noted.values() for _, note in rows)
    assert not any(row["note"] for row in ask("tasks-of-agency", agency="内黄县政府"))
    assert [row["label"] for row in ask("agencies") if row["note"]] == ["滑县人民政府"]
    pairs = [row for row in ask("co-responsibility") if row["note"]]
    assert pairs == [row for row in ask("co-responsibility") if "滑县" in row["agency1"] + row["agency2"]]


def test_targets_have_numbers_as_numbers(ask) -> None:
    rows = {(row["item"], row["quote"]): row for row in ask("targets")}
    grant = rows["五/2", "不低于12000元"]
    assert (grant["comparator"], grant["value"], grant["min"], grant["unit"]) == (">=", 12000, None, "元")
    levy = rows["八/3", "1.5—2.5%"]
    assert (levy["comparator"], levy["value"], levy["min"], levy["max"]) == ("range", None, 1.5, 2.5)
    assert {row["comparator"] for row in ask("targets", comparator=">=")} == {">="}
    assert {row["item"] for row in ask("targets", indicator=grant["indicator"])} == {"五/2", "附件/row 15"}


def test_the_four_plans(ask) -> None:
    assert len(ask("programmes", broader="四项计划")) >= 4


def test_citations_say_how_they_cite(ask) -> None:
    assert [(row["identifier"], row["mode"]) for row in ask("citations")] == [
        ("豫政办〔2017〕110号", "贯彻"),
        ("安政办〔2016〕37号", "按照"),
    ]


# --- what is asked wrongly -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("tasks-of-agency", {"agency": "北京市财政局"}),
        ("tasks-of-agency", {"agency": "河南省财政厅"}),
        ("tasks-of-agency", {"agency": "https://w3id.org/vetkb/id/agency/110000/finance"}),
        ("agencies-of-task", {"task": "34"}),
        ("agencies-of-task", {"task": "学徒"}),
        ("agencies-of-task", {"task": "https://w3id.org/vetkb/> } #"}),
        ("targets", {"document": "国发〔2018〕1号"}),
        ("targets", {"indicator": "没有的指标"}),
        ("no-such-query", {}),
    ],
)
def test_a_name_that_names_nothing_is_told(bundled, name: str, parameters: dict) -> None:
    with pytest.raises(UnknownNameError):
        run_query(name, bundled.store, parameters, catalogue=CATALOGUE)


def test_an_unknown_name_comes_with_suggestions(bundled) -> None:
    with pytest.raises(UnknownNameError) as caught:
        run_query("tasks-of-agency", bundled.store, {"agency": "北京市财政局"}, catalogue=CATALOGUE)
    assert "市财政局" in caught.value.suggestions


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"agency": ""},
        {"agency": "市" * 501},
        {"agency": "市财政局", "limit": "-1"},
        {"agency": "市财政局", "offset": "x"},
        {"agency": "市财政局", "limit": "٣"},
        {"agency": "市财政局", "colour": "red"},
    ],
)
def test_a_wrong_parameter_is_told(bundled, parameters: dict) -> None:
    with pytest.raises(UsageError):
        run_query("tasks-of-agency", bundled.store, parameters, catalogue=CATALOGUE)


def test_a_date_is_a_date(bundled) -> None:
    with pytest.raises(UsageError, match="2018-12-31"):
        run_query("tasks-by-date", bundled.store, {"before": "tomorrow"}, catalogue=CATALOGUE)


def test_a_text_parameter_is_never_read_as_sparql(ask) -> None:
    assert ask("statements", modality='permission" } #') == []


# --- forms of a result -----------------------------------------------------------------------------------


def test_a_result_keeps_its_schema(bundled) -> None:
    schema = json.loads((SCHEMAS / "query-result.json").read_text(encoding="utf-8"))
    for name in ("targets", "agencies-of-task"):
        parameters = {"task": "18"} if name == "agencies-of-task" else {}
        Draft202012Validator(schema).validate(run_query(name, bundled.store, parameters, catalogue=CATALOGUE).to_json())


def test_every_form_has_the_same_rows(bundled) -> None:
    result = run_query("targets", bundled.store, {}, catalogue=CATALOGUE)
    rows = result.to_json()["rows"]
    assert json.loads(result.render("json"))["rows"] == rows
    assert len(list(csv.DictReader(io.StringIO(result.render("csv"))))) == len(rows)
    assert len(result.render("tsv").splitlines()) == len(rows) + 1
    assert len(result.render("table").splitlines()) == len(rows) + 2
    bindings = json.loads(result.render("srj"))["results"]["bindings"]
    assert [binding["quote"]["value"] for binding in bindings] == [row["quote"] for row in rows]
    namespace = "{http://www.w3.org/2005/sparql-results#}"
    assert len(list(ET.fromstring(result.render("srx")).iter(f"{namespace}result"))) == len(rows)  # noqa: S314 (our own)


@pytest.mark.parametrize("name", FORMATS)
def test_a_result_that_was_cut_says_so_in_every_form(bundled, name: str) -> None:
    result = run_query("targets", bundled.store, {"limit": "3"}, catalogue=CATALOGUE)
    assert result.truncated
    assert "truncated" in result.render(name)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be written as 'pdf'"):
        QueryResult("x", "x", {}, ("a",), (), False, "b").render("pdf")
