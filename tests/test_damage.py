"""Damage and untimely ends: what is broken is found and said, and nothing stays locked."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from vetkb.base import build, open_base
from vetkb.cli import main

COMMAND = [sys.executable, "-m", "vetkb"]


TEXT = """青河市人民政府办公室关于加强食品安全工作的通知
青政办〔2020〕5号
各县（市、区）人民政府，市人民政府各部门：
一、工作任务
（一）学校食堂。市教育局要在2020年底前完成全部学校食堂的检查，建成示范食堂30个。
（二）经费。市财政局按每所学校不低于12000元安排经费。
2020年3月1日
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A base of a short text: what damages it is found the same way as in a long one, and sooner."""
    folder = tmp_path_factory.mktemp("damage")
    (folder / "texts").mkdir()
    (folder / "texts" / "notice.txt").write_text(TEXT, encoding="utf-8")
    build([folder / "texts"], str(folder / "base"), jobs=1)
    return folder / "base"


@pytest.fixture
def copied(made, tmp_path):
    """A base of one's own to damage."""
    place = tmp_path / "base"
    shutil.copytree(made, place)
    return place


def build_of(place):
    return place / "builds" / (place / "current").read_text(encoding="utf-8").strip()


@pytest.fixture
def no_reasoner(monkeypatch):
    """Leave out the OWL reasoner, which takes seconds to start and has tests of its own."""
    monkeypatch.setattr("vetkb.checks.check_consistency", lambda quads: [])


def failed_checks(place):
    with open_base(str(place)) as base:
        report = base.check()
    return {check.name for check in report.checks if not check.passed}


def damage(file, old, new):
    content = file.read_bytes()
    assert old in content
    file.write_bytes(content.replace(old, new, 1))


def only_part(place):
    (part,) = [p for p in (build_of(place) / "parts").glob("*.nq") if p.stem != "ontology"]
    return part


def test_a_number_changed_behind_its_quotation_is_found(copied, no_reasoner):
    damage(only_part(copied), b'"12000"', b'"13000"')
    assert {"store", "sources"} <= failed_checks(copied)


def test_a_source_changed_after_the_build_is_found(copied, no_reasoner):
    (source,) = (build_of(copied) / "sources").glob("*.txt")
    source.write_bytes(source.read_bytes() + "\n九、补充\n1. 甲。补充一条。\n".encode())
    assert "sources" in failed_checks(copied)


def test_a_file_changed_after_the_build_is_found(copied, no_reasoner):
    build = build_of(copied)
    manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
    manifest["documents"][0]["kept"] = "original"
    (build / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (build / "sources" / f"{manifest['documents'][0]['key']}.original").write_bytes(b"%PDF other")
    assert failed_checks(copied) == {"sources"}


def test_damage_that_stops_one_check_leaves_the_others_running(copied, no_reasoner):
    damage(only_part(copied), b"http://www.w3.org/ns/oa#start", b"http://www.w3.org/ns/oa#begin")
    assert {"shapes", "round trip", "store", "sources"} <= failed_checks(copied)


def run(*arguments):
    done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def test_a_damaged_dataset_or_missing_part_is_said_in_one_line(copied):
    question = "市财政局负责哪些任务？"
    for table in (build_of(copied) / "data").glob("*.sst"):
        table.write_bytes(os.urandom(20_000))
    done = run("ask", question, "--store", copied)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    shutil.rmtree(build_of(copied) / "parts")
    assert run("check", "--store", copied).returncode == 2


@pytest.mark.parametrize("tolerance", ["nan", "inf", "-1", "101"])
def test_a_tolerance_that_is_no_percentage_is_wrong_usage(tolerance, tmp_path, capsys):
    report = tmp_path / "report.csv"
    report.write_text("indicator,about,value,unit,year\n生均财政拨款水平,某学院,1,元,2018\n", encoding="utf-8")
    assert main(["validate", str(report), f"--tolerance={tolerance}"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_two_commands_that_meet_an_empty_cache_are_both_answered(tmp_path):
    environment = {**os.environ, "VETKB_CACHE": str(tmp_path)}
    both = [
        subprocess.Popen([*COMMAND, "query", "deadlines"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert said[0] == said[1]


@pytest.mark.skipif(sys.platform != "linux", reason="signals and locks are those of Linux")
def test_a_killed_build_leaves_the_base_free(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.txt").write_text(TEXT.replace("5号", f"{number + 10}号"), encoding="utf-8")
    store = tmp_path / "base"
    with subprocess.Popen([*COMMAND, "build", str(folder), "--store", str(store)], stderr=subprocess.DEVNULL) as building:
        for _ in range(1000):  # until it holds the lock and its helpers are at work
            if list((store / "builds").glob("new-*/parts")):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                building.wait(0.01)
        building.send_signal(signal.SIGKILL)
    done = run("build", folder / "0.txt", "--store", store)
    assert (done.returncode, done.stderr) == (0, "")
