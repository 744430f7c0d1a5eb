"""The forty questions of policy researchers: each is a query of the catalogue and gives the rows that were read by hand."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path

import pytest

from vetkb.query import load_catalogue, run_query

ROOT = Path(__file__).resolve().parent.parent
CASES = tomllib.loads((Path(__file__).parent / "cases" / "competency.toml").read_text(encoding="utf-8"))["question"]
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


def test_the_page_of_the_catalogue_is_made_from_the_files() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_queries.py"))["page"]()
    assert (ROOT / "docs" / "queries.md").read_text(encoding="utf-8") == made, "run python docs/make_queries.py"


def test_all_questions_are_answered_but_the_one_that_needs_a_parent_document() -> None:
    assert set(range(1, 41)) - {case["number"] for case in CASES} == {31}
