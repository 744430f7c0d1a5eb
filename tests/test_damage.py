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

from vetkb.base import open_base
from vetkb.paths import CORPUS

COMMAND = [sys.executable, "-m", "vetkb"]


@pytest.fixture
def copied(bundled, tmp_path):
    """A base of one's own to damage."""
    place = tmp_path / "base"
    shutil.copytree(bundled.store.folder.parent.parent, place)
    return place


def build_of(place):
    return place / "builds" / (place / "current").read_text(encoding="utf-8").strip()


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


def test_a_number_changed_behind_its_quotation_is_found(copied):
    damage(only_part(copied), b'"12000"', b'"13000"')
    assert {"store", "sources"} <= failed_checks(copied)


def test_a_source_changed_after_the_build_is_found(copied):
    (source,) = (build_of(copied) / "sources").glob("*.txt")
    source.write_bytes(source.read_bytes() + "\n九、补充\n1. 甲。补充一条。\n".encode())
    assert "sources" in failed_checks(copied)


def test_a_file_changed_after_the_build_is_found(copied):
    build = build_of(copied)
    manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
    manifest["documents"][0]["kept"] = "original"
    (build / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (build / "sources" / f"{manifest['documents'][0]['key']}.original").write_bytes(b"%PDF other")
    assert failed_checks(copied) == {"sources"}


def test_damage_that_stops_one_check_leaves_the_others_running(copied):
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
def test_a_tolerance_that_is_no_percentage_is_wrong_usage(tolerance, tmp_path):
    report = tmp_path / "report.csv"
    report.write_text("indicator,about,value,unit,year\n生均财政拨款水平,某学院,1,元,2018\n", encoding="utf-8")
    assert run("validate", report, f"--tolerance={tolerance}").returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="signals and locks are those of Linux")
def test_a_killed_build_leaves_the_base_free(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    text = (CORPUS / "anyang-2018-2.txt").read_text(encoding="utf-8")
    for number in range(40):
        (folder / f"{number}.txt").write_text(text.replace("2号", f"{number + 10}号"), encoding="utf-8")
    store = tmp_path / "base"
    with subprocess.Popen([*COMMAND, "build", str(folder), "--store", str(store)], stderr=subprocess.DEVNULL) as building:
        for _ in range(1000):  # until it holds the lock and its helpers are at work
            if list((store / "builds").glob("new-*/parts")):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                building.wait(0.01)
        building.send_signal(signal.SIGKILL)
    done = run("build", CORPUS, "--store", store)
    assert (done.returncode, done.stderr) == (0, "")
