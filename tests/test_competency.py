"""The forty questions of policy researchers: each is a query of the catalogue and gives the rows that were read by hand."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path

import pytest

from vetkb.query import load_catalogue, run_query

ROOT = Path(__file__).resolve().parent.parent
CASES_FOLDER = Path(__file__).parent / "cases"
CASES = tomllib.loads((CASES_FOLDER / "competency.toml").read_text(encoding="utf-8"))["question"]
FIRST = "安政办〔2018〕2号"
CATALOGUE = load_catalogue()


def named(case: dict) -> str:
    return f"{case['number']}-{case['query']}"


def shown(value: object) -> object:
    """Nothing as an empty text, an IRI by its last words."""
    if isinstance(value, str) and value.startswith("https://"):
        return value.rpartition("/")[2]
    return "" if value is None else value


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_question_has_the_rows_read_by_hand(bundled, case) -> None:
    answer = run_query(case["query"], bundled.store, case.get("parameters", {}), catalogue=CATALOGUE).to_json()["rows"]
    rows = [[shown(row[column]) for column in case["columns"]] for row in answer]
    if case.get("holds"):
        assert [row for row in case["rows"] if row not in rows] == []
    elif case.get("any_order"):
        assert sorted(map(str, rows)) == sorted(map(str, case["rows"]))
    else:
        assert rows == case["rows"]


def test_the_main_instrument_of_a_sentence_is_what_a_reader_codes_but_where_it_is_said(bundled) -> None:
    (case,) = [case for case in CASES if case["number"] == 32]
    answer = run_query(case["query"], bundled.store, {}, catalogue=CATALOGUE).to_json()["rows"]
    main = [[shown(row[column]) for column in case["columns"]] for row in answer if row["main"]]
    otherwise = {row[0] for row in case["otherwise"]}
    assert sorted(main) == sorted([row for row in case["rows"] if row[0] not in otherwise] + case["otherwise"])
    assert len(otherwise) == 9, "of 82 sentences"
    assert {row[0] for row in case["rows"]} == {shown(row["statement"]) for row in answer}, "no sentence besides is coded"


def test_the_page_of_the_catalogue_is_made_from_the_files() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_queries.py"))["page"]()
    assert (ROOT / "docs" / "queries.md").read_text(encoding="utf-8") == made, "run python docs/make_queries.py"


def test_each_of_the_forty_questions_has_a_query() -> None:
    assert {case["number"] for case in CASES} == set(range(1, 41))


# --- several documents -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """The first document among others, some without number, headings, tasks or a date."""
    from vetkb.base import build, open_base
    from vetkb.paths import CORPUS

    folder = tmp_path_factory.mktemp("many")
    for name in (
        "clauses",
        "flat-opinion",
        "forwarded-plan",
        "minutes",
        "national-brackets",
        "regulation",
        "reply",
        "table-in-section",
    ):
        text = tomllib.loads((CASES_FOLDER / "documents" / f"{name}.toml").read_text(encoding="utf-8"))["text"]
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    build([CORPUS, folder], str(folder / "base"), jobs=1)
    with open_base(str(folder / "base")) as base:
        yield base


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name != "documents"])
def test_the_rows_of_a_document_do_not_depend_on_its_neighbours(bundled, many, name) -> None:
    needed = {p.name: p.example for p in CATALOGUE[name].parameters if p.required}
    alone = run_query(name, bundled.store, needed, catalogue=CATALOGUE).to_json()["rows"]
    given = needed | {"document": FIRST}
    narrowed = run_query(name, many.store, given, catalogue=CATALOGUE).to_json()["rows"]
    assert sorted(map(str, narrowed)) == sorted(map(str, alone))
    if "task" not in needed:  # a number of one document, where several have it, is several tasks
        everywhere = run_query(name, many.store, needed, catalogue=CATALOGUE).to_json()["rows"]
        assert sorted(str(row) for row in everywhere if row["document"] == FIRST) == sorted(map(str, alone))
        assert all(row["document"] for row in everywhere)


def test_a_document_is_compared_with_the_parent_it_implements(tmp_path) -> None:
    from vetkb.base import build, open_base
    from vetkb.paths import CORPUS

    case = tomllib.loads((CASES_FOLDER / "parent.toml").read_text(encoding="utf-8"))
    (tmp_path / "parent.txt").write_text(case["text"], encoding="utf-8")
    build([CORPUS, tmp_path / "parent.txt"], str(tmp_path / "base"), jobs=1)
    with open_base(str(tmp_path / "base")) as base:
        rows = run_query("parent-comparison", base.store, {}, catalogue=CATALOGUE).to_json()["rows"]
    found = [[shown(row[column]) for column in ("relation", "item", "parent_item", "parent_quote")] for row in rows]
    assert sorted(found) == sorted(case["rows"])
    assert {(row["document"], row["parent"]) for row in rows} == {(FIRST, "豫政办〔2017〕110号")}
