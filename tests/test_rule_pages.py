"""The pages about rules say what the code does."""

from __future__ import annotations

import re
import runpy
import shlex
import tomllib
from pathlib import Path

import pytest

from vetkb.cli import build_parser

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def test_the_page_of_patterns_is_made_from_the_rules():
    made = runpy.run_path(str(DOCS / "make_patterns.py"))["page"]()
    assert (DOCS / "patterns.md").read_text(encoding="utf-8") == made, "run python docs/make_patterns.py"


def test_the_page_of_the_data_model_is_made_from_the_ontology_and_its_queries_are_answered(bundled):
    made = runpy.run_path(str(DOCS / "make_data_model.py"))["page"](bundled)
    assert (DOCS / "data-model.md").read_text(encoding="utf-8") == made, "run python docs/make_data_model.py"


def test_the_page_of_the_data_model_answers_what_a_new_user_asks(bundled):
    made = runpy.run_path(str(DOCS / "make_data_model.py"))
    examples = tomllib.loads((DOCS / "data_model" / "examples.toml").read_text(encoding="utf-8"))["example"]
    answers = {example["title"]: bundled.sparql(example["query"]).table().rows for example in examples}
    assert all(answers.values())
    assert [row[0] for row in answers["Tasks of the Finance Bureau due in 2018"]] == [31]
    assert ("市财政局", 17) in {(str(row[0]), row[1]) for row in answers["Agencies by the number of tasks, as printed"]}
    both = [row[0] for row in answers["Where the text disagrees with itself, in the words of both sides"]]
    assert all(both.count(kind) >= 2 for kind in both)
    assert {row[1] for row in answers["Lists that are open"]} - {None} == {3, 15, 16, 17, 18, 19, 20, 27}
    told = set(re.findall(r"^\*\*`([^`]+)`\*\*", made["page"](bundled), re.MULTILINE))
    found = "SELECT DISTINCT ?c { GRAPH ?g { ?x a ?c } FILTER(CONTAINS(STR(?g), '/eli/') || CONTAINS(STR(?g), '/vetkb/rule/')) }"
    used = {made["short"](str(row[0])) for row in bundled.sparql(found).table().rows}
    assert used <= told | set(made["ALSO"]), "a class of the base that the page does not tell of"


def test_the_page_marks_each_example_and_what_is_read_of_it():
    made = runpy.run_path(str(DOCS / "make_patterns.py"))
    assert made["read_time"]("到2018年年底，全市", "到2018年年底") == "by …2018-12-31"
    assert made["read_number"]("规模达到5.7万人左右", "5.7万人") == "approx 57000 人"
    assert made["marked"]("到2018年年底，全市", "到2018年年底") == "**到2018年年底**，全市"


def test_the_modules_named_on_the_page_exist():
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"`([a-z_]+\.py)`", page)):
        assert list(ROOT.glob(f"vetkb/**/{name}")), name
    for path in set(re.findall(r"`((?:vetkb|tests|docs|benchmarks|ontology)/[a-z_/]+(?:\.py|\.ttl)?)`", page)):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(
    "line", [x for x in (DOCS / "rules.md").read_text(encoding="utf-8").splitlines() if x.startswith("$ vetkb")]
)
def test_the_commands_of_the_page_parse(line):
    build_parser().parse_args(shlex.split(line)[2:])
