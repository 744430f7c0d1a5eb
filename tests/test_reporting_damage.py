"""Damaged tables: each is read right, or what is wrong with it is named by line and column, in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from vetkb.engine import RdfStore
from vetkb.errors import ReportError
from vetkb.reporting import names_of, read_reports

CASES = Path(__file__).parent / "cases" / "reports"
DAMAGE = {case["name"]: case for case in tomllib.loads((CASES / "damage.toml").read_text("utf-8"))["case"]}
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def names():
    base = RdfStore.memory()
    base.load((CASES / "base.ttl").read_bytes(), "turtle")
    return names_of(base)


def file_of(case):
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    long = "长" * case.get("long", 0) + "," * case.get("commas", 0) + ",指标" * case.get("fields", 0)
    text = case["text"].replace("LONG", long)
    return text.encode(case.get("encoding", "utf-8")) + bytes.fromhex(case.get("after", ""))


def test_there_are_at_least_thirty_kinds():
    assert len(DAMAGE) >= 30


@pytest.mark.parametrize("name", [n for n, c in DAMAGE.items() if "refused" not in c])
def test_a_damaged_table_is_read_or_its_cells_are_named(names, name):
    case = DAMAGE[name]
    reported = read_reports([("r.csv", file_of(case))], names)
    wrong = [r for r in reported.remarks if r.severity != "info"]
    assert [(r.row, r.column or "", r.code) for r in wrong] == [tuple(s) for s in case.get("said", [])]
    assert [o.value for o in reported.observations] == [Decimal(v) for v in case["values"]]
    for remark in wrong:
        assert HAN.search(remark.message.zh)
        assert len(remark.message.zh) < 400
        assert len(remark.message.en) < 400
        assert str(remark.row) in remark.message.zh
        assert str(remark.row) in remark.message.en


@pytest.mark.parametrize("name", [n for n, c in DAMAGE.items() if "refused" in c])
def test_a_table_damaged_as_a_whole_is_refused_in_one_line_of_both_languages(names, name):
    case = DAMAGE[name]
    with pytest.raises(ReportError) as raised:
        read_reports([("r.csv", file_of(case))], names)
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 400
    assert HAN.search(message)
    for words in case["refused"]:
        assert words in message


MEMORY = """
import resource, sys
from pathlib import Path
from vetkb.engine import RdfStore
from vetkb.errors import ReportError
from vetkb.reporting import names_of, read_reports
names = names_of(RdfStore.memory())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_reports([(sys.argv[1], None)], names)
except ReportError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize(("row", "why"), [("x,1\n", "200000 rows"), ("职业技能培训人次,12500,某职业技术学院\n", "larger than")])
def test_a_million_rows_are_refused_before_they_are_held(tmp_path, row, why):
    large = tmp_path / "million.csv"
    large.write_text("指标,数值,对象\n" + row * 1_000_000, "utf-8")
    ran = subprocess.run([sys.executable, "-c", MEMORY, str(large)], capture_output=True, text=True, check=True)
    message, grown = ran.stdout.splitlines()
    assert why in message
    assert int(grown) < 150 * 1024  # KiB: the file, its text, and no row of it
