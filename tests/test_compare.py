"""What a change of the rules gained and lost: held against a version whose rules were changed on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from vetkb.compare import compare
from vetkb.errors import UsageError
from vetkb.paths import CORPUS, ONTOLOGY, PACKAGE, QUERIES, SHAPES

FIRST = CORPUS / "anyang-2018-2.txt"


@pytest.fixture
def changed_wheel(tmp_path):
    """A wheel of this version that knows no bracket and reads 左右 as nothing."""
    tree = tmp_path / "tree"
    shutil.copytree(PACKAGE, tree / "vetkb", ignore=shutil.ignore_patterns("__pycache__", "data"))
    for folder in (CORPUS, ONTOLOGY, QUERIES, SHAPES):
        shutil.copytree(folder, tree / "vetkb" / "data" / folder.name)
    marks = tree / "vetkb" / "zh" / "marks.py"
    text = marks.read_text(encoding="utf-8")
    assert "[一二三四五六七八九十百]{1,4}(?:、" in text
    marks.write_text(text.replace("[一二三四五六七八九十百]{1,4}(?:、", "[一二三四五六]{1,4}(?:、"), encoding="utf-8")
    wheel = tmp_path / "vetkb-0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in tree.rglob("*"):
            archive.write(file, file.relative_to(tree))
    return wheel


def test_what_a_changed_rule_gains_is_shown_by_field(changed_wheel):
    found = compare([FIRST], str(changed_wheel))
    gained = {change.fact[0] for change in found.changes if change.field == "items" and change.gained}
    assert {"七", "八", "附件/七"} <= gained
    assert found.kept["tasks"] > 20
    # in section 八, which that version does not see, the results of inspections are a basis of judgement
    assert ("basis", "八/4", "trigger", "督查结果") in {change.fact for change in found.changes if change.gained}
    assert "gained" in found.to_text()


def test_a_version_against_itself_changes_nothing(tmp_path):
    repository = PACKAGE.parent
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout: there is no revision to compare with")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(repository), str(clone)], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "vetkb", "rules", "diff", "corpus", "--against", "HEAD"],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1 documents" in done.stdout
    assert not [line for line in done.stdout.splitlines() if line.startswith(("+", "-"))]


@pytest.mark.parametrize("against", ["no-such-revision", "--upload-pack=x", "nowhere.whl"])
def test_a_version_that_is_not_there_is_said_in_one_line(against):
    with pytest.raises(UsageError) as caught:
        compare([FIRST], against)
    assert len(str(caught.value).splitlines()) == 1


def test_no_file_is_wrong_usage():
    with pytest.raises(UsageError):
        compare([], "HEAD")


def test_a_file_that_is_broken_is_named(tmp_path, changed_wheel):
    broken = Path(tmp_path / "broken.txt")
    broken.write_bytes(b"%PDF-1.4")
    with pytest.raises(UsageError, match=r"broken\.txt"):
        compare([broken], str(changed_wheel))
