"""The terminal: what commands print and how they end; every command is documented."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from vetkb.cli import build_parser, main
from vetkb.paths import CORPUS, SCHEMAS

ROOT = Path(__file__).resolve().parent.parent
FIRST = CORPUS / "anyang-2018-2.txt"
FINANCE = [1, 2, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 26, 30, 31, 32]


def run(*arguments, stdin=b"", **environment):
    done = subprocess.run(
        [sys.executable, "-m", "vetkb", *map(str, arguments)],
        input=stdin,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def schema(name):
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))


def valid(name, text):
    content = json.loads(text)
    errors = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in schema(name).iter_errors(content)]
    assert errors == []
    return content


@pytest.mark.parametrize("name", sorted(p.stem for p in SCHEMAS.glob("*.json")))
def test_a_schema_is_itself_valid(name):
    Draft202012Validator.check_schema(schema(name).schema)


def test_the_finance_bureau_has_nineteen_tasks_each_with_its_sentence():
    status, out, _ = run("ask", "市财政局负责哪些任务？", "--format", "json")
    answer = valid("answer", out)
    assert status == 0
    assert sorted(r["ordinal"] for r in answer["results"]) == FINANCE
    assert sorted(r["ordinal"] for r in answer["results"] if r["via"] == "sector") == [19, 20]
    text = FIRST.read_text(encoding="utf-8")
    for result in answer["results"]:
        assert result["evidence"]
        for evidence in result["evidence"]:
            start, end = evidence["span"]
            assert text[start:end] == evidence["quote"]


def test_an_answer_for_people_names_the_tasks():
    status, out, _ = run("ask", "市财政局负责哪些任务？")
    assert status == 0
    assert "19项任务" in out.splitlines()[0]


@pytest.mark.parametrize(
    "question", ["北京市财政局负责哪些任务？", "第34项任务是什么？", "安阳市2018年的GDP是多少？", "asdf qwer"]
)
def test_what_the_base_does_not_have_is_refused(question):
    status, out, _ = run("ask", question, "--format", "json")
    answer = valid("answer", out)
    assert status == 1
    assert answer["status"] != "answered"
    assert answer["results"] == []


@pytest.mark.parametrize("question", ["", "   ", "问" * 501])
def test_an_empty_or_endless_question_is_wrong_usage(question):
    status, out, err = run("ask", "--", question)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


def test_the_catalogue_gives_the_same_nineteen():
    status, out, _ = run("query", "tasks-of-agency", "-p", "agency=市财政局", "--format", "json")
    rows = valid("query-result", out)["rows"]
    assert status == 0
    assert sorted({row["ordinal"] for row in rows}) == FINANCE


def test_sparql_rows_have_the_shape_of_the_catalogue():
    count = "SELECT (COUNT(*) AS ?n) { ?t a <https://w3id.org/vetkb/ns#Task> }"
    status, out, _ = run("query", "--sparql", count, "--format", "json")
    content = valid("query-result", out)
    assert (status, content["query"], content["rows"]) == (0, None, [{"n": 33}])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("query", "no-such-query"), 1),
        (("query", "tasks-of-agency"), 2),
        (("query", "tasks-of-agency", "-p", "agency"), 2),
        (("query", "tasks-of-agency", "-p", "agency=北京市财政局"), 1),
        (("query", "tasks-of-agency", "-p", "colour=red"), 2),
        (("query",), 2),
        (("query", "--sparql", "SELECT * { ?s ?p"), 2),
        (("query", "--sparql", "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"), 2),
        (("query", "--file", "/nowhere/at/all.rq"), 2),
        (("compile", "/nowhere/at/all.txt"), 2),
        (("compile", "."), 2),
        (("validate", "/nowhere/at/all.csv"), 2),
        (("show", "no-such-document"), 1),
        (("explain", "https://example.org/nothing"), 1),
        (("ask", "市财政局负责哪些任务？", "--store", "/nowhere"), 2),
        (("build",), 2),
        (("build", ".", "--store", "x", "--jobs", "-3"), 2),
        (("serve", "--workers", "0"), 2),
        (("serve", "--timeout", "nan"), 2),
        (("nonsense",), 2),
        (("ask", "问", "--as-of", "2018-13-01"), 2),
    ],
)
def test_a_mistake_gets_its_status_and_no_traceback(arguments, status):
    code, out, err = run(*arguments)
    assert (code, out) == (status, "")
    assert err.strip()
    assert "Traceback" not in err


def test_a_document_compiles_to_the_object_of_its_schema():
    status, out, err = run("compile", FIRST)
    model = valid("document", out)
    assert status == 0
    assert model["identifier"] == "安政办〔2018〕2号"
    assert len(model["tasks"]) == 33
    assert {d["task"] for d in model["derived"]["operationalises"]} == set(range(1, 34))
    assert len(err.strip().splitlines()) == 1
    assert "33 tasks" in err


def test_several_files_give_a_line_each_and_dash_is_stdin():
    status, out, _ = run("compile", FIRST, "-", stdin="某通知\n一、甲\n".encode())
    lines = out.splitlines()
    assert status == 0
    assert [valid("document", line)["source"]["name"] for line in lines] == ["anyang-2018-2.txt", "-"]


@pytest.mark.parametrize("data", [b"%PDF-1.4 broken", b"PK\x03\x04 broken", b"\x00\x01\x02\x03", b"\xff\xfe\xfd" * 9])
def test_what_is_no_text_gets_one_clear_line(tmp_path, data):
    file = tmp_path / "file.txt"
    file.write_bytes(data)
    status, out, err = run("compile", file)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "file.txt" in err


@pytest.mark.parametrize("syntax", ["turtle", "nquads", "jsonld"])
def test_a_graph_has_the_same_bytes_on_every_run(syntax):
    first, second = (run("compile", FIRST, "--format", syntax)[1] for _ in range(2))
    assert first == second
    assert "_:" not in first
    assert "市财政局" in first or "\\u" in first


def test_a_base_of_ones_own_is_built_changed_and_asked(tmp_path):
    folder, store = tmp_path / "texts", tmp_path / "base"
    folder.mkdir()
    (folder / "first.txt").write_bytes(FIRST.read_bytes())
    other = (
        "某通知\n安政办〔2020〕9号\n各县（市、区）人民政府：\n一、甲\n（一）一项。做好一项。（市财政局负责）\n"
        "安阳市人民政府办公室\n2020年3月5日\n"
    )
    (tmp_path / "second.txt").write_text(other, encoding="utf-8")
    assert run("build", folder, "--store", store)[0] == 0
    assert run("build", tmp_path / "second.txt", "--store", store, "--add")[0] == 0
    _, out, _ = run("query", "documents", "--store", store, "--format", "json")
    assert {row["document"] for row in json.loads(out)["rows"]} == {"安政办〔2018〕2号", "安政办〔2020〕9号"}
    assert run("build", "--store", store, "--remove", "安政办〔2018〕2号")[0] == 0
    status, out, _ = run("query", "tasks-of-agency", "-p", "agency=市财政局", "--store", store, "--format", "json")
    assert status == 0
    assert [row["item"] for row in json.loads(out)["rows"]] == ["一/（一）"]


@pytest.mark.parametrize(("file", "status"), [("funding-below", 1), ("funding-above", 0)])
@pytest.mark.parametrize("suffix", ["csv", "ttl"])
def test_funding_under_the_floor_violates_its_clause(file, status, suffix):
    code, out, _ = run("validate", ROOT / "examples" / f"{file}.{suffix}", "--as-of", "2018-12-31", "--format", "json")
    report = valid("report", out)
    assert code == status
    violated = [r["clause"]["item"] for r in report["results"] if r["severity"] == "violation"]
    assert violated == (["五/2"] if status else [])


def test_a_broken_report_gets_one_clear_line(tmp_path):
    file = tmp_path / "broken.ttl"
    file.write_text("@prefix vk: <https://w3id.org/vetkb/ns#> .\n<a> vk:value", encoding="utf-8")
    status, out, err = run("validate", file)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "broken.ttl" in err


def test_the_base_passes_its_own_check():
    status, out, _ = run("check", "--format", "json")
    report = json.loads(out)
    assert (status, report["passed"]) == (0, True)
    assert {check["name"] for check in report["checks"]} == {"shapes", "owl", "evidence", "round trip", "store", "sources"}


@pytest.mark.parametrize("stage", ["outline", "facts", "graph", "findings", "shapes"])
def test_a_document_can_be_seen_between_two_stages(stage):
    from_file, from_base = run("show", FIRST, "--stage", stage), run("show", "安政办〔2018〕2号", "--stage", stage)
    assert from_file == from_base
    assert from_file[0] == 0


def test_a_conclusion_is_explained_down_to_the_sentence():
    task = "https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2/att_1__row_19__task"
    agency = "https://w3id.org/vetkb/id/agency/410500/finance"
    status, out, _ = run("explain", task, "https://w3id.org/vetkb/ns#responsibleAgency", agency)
    assert status == 0
    assert "responsible-agency" in out
    assert "sector-short-form" in out
    assert "教育、人力资源社会保障、财政、发展改革等相关部门" in out


def test_every_command_is_documented():
    commands = build_parser()._subparsers._group_actions[0].choices
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    assert [name for name in commands if f"vetkb {name}" not in guide] == []


def test_the_commands_of_the_guide_parse():
    for page in ("README.md", "docs/guide.md"):
        for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
            if line.startswith("$ vetkb "):
                import shlex

                build_parser().parse_args(shlex.split(line)[2:])


def test_main_returns_its_status_in_process(capsys):
    assert main(["queries"]) == 0
    assert "tasks-of-agency" in capsys.readouterr().out


def test_today_is_the_day_a_report_is_held_against_by_default():
    _, out, _ = run("validate", ROOT / "examples" / "funding-above.csv", "--format", "json")
    assert json.loads(out)["as_of"] == datetime.date.today().isoformat()


def test_the_environment_names_a_base(tmp_path):
    status, _, err = run("ask", "市财政局负责哪些任务？", VETKB_STORE=str(tmp_path))
    assert status == 2
    assert str(tmp_path) in err
