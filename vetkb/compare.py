"""规则对比 — Two versions of the rules over the same documents: what was gained and lost, field by field.

The other version is a git revision of this checkout or a wheel; both compile the documents in processes of their own, so
that neither sees the other's modules. Facts are compared by what they say, without offsets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from vetkb.errors import UsageError
from vetkb.paths import PACKAGE

Model = Mapping[str, Any]
Row = tuple[object, ...]


def _plain(*keys: str) -> Callable[[Mapping[str, Any]], Row]:
    return lambda fact: tuple(fact[key] for key in keys)


def _parties(model: Model) -> Iterator[Row]:
    for one in model["responsibilities"]:
        yield from ((one["item"], agency["surface"], agency["role"]) for agency in one["agencies"])


def _statements(model: Model) -> Iterator[Row]:
    for item in model["items"]:
        yield from ((item["path"], s["modality"], s["force"]) for s in item["statements"])


def _provisions(model: Model) -> Iterator[Row]:
    """Yield each part of each provision; a version that did not tell of them yet has none."""
    for one in model.get("provisions", ()):
        yield from (
            (one["kind"], one["item"], part["role"], part["quote"])
            for part in one["parts"] or [{"role": None, "quote": one["quote"]}]
        )


def _programmes(model: Model) -> Iterator[Row]:
    yield from ((one["name"], one["broader"], one["item"]) for one in model.get("programmes", ()))


def _each(field: str, *keys: str) -> Callable[[Model], Iterator[Row]]:
    row = _plain(*keys)
    return lambda model: (row(fact) for fact in model[field])


# What is compared, in the order of the columns in which it is printed.
FIELDS: tuple[tuple[str, Callable[[Model], Iterator[Row]]], ...] = (
    ("meta", lambda model: iter([(key, model[key]) for key in ("identifier", "title", "genre", "issued", "sponsor")])),
    ("items", _each("items", "path", "heading")),
    ("tasks", _each("tasks", "ordinal", "item", "text", "schedule")),
    ("responsibilities", _parties),
    ("open", _each("responsibilities", "item", "quote", "open")),
    ("deadlines", _each("deadlines", "item", "quote", "kind", "from", "to")),
    ("quantities", _each("quantities", "item", "quote", "comparator", "value", "min", "max", "unit", "per", "indicator")),
    ("citations", _each("citations", "title", "identifier", "mode")),
    ("programmes", _programmes),
    ("provisions", _provisions),
    ("statements", _statements),
    ("findings", _each("findings", "code")),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that only one of the two versions found."""

    document: str
    field: str
    gained: bool
    fact: Row


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes over all documents, and how many facts of each field both versions found."""

    documents: int
    kept: Mapping[str, int]
    changes: tuple[Change, ...]

    def to_text(self) -> str:
        lines = []
        for change in self.changes:
            shown = " · ".join("-" if part is None else str(part).replace("\n", " ") for part in change.fact)
            lines.append(f"{'+' if change.gained else '-'} {change.document} {change.field}: {shown}")
        lines.append(f"{self.documents} documents")
        for field, _ in FIELDS:
            gained = sum(c.field == field and c.gained for c in self.changes)
            lost = sum(c.field == field and not c.gained for c in self.changes)
            lines.append(f"{field:18} kept {self.kept[field]:6}   gained {gained:5}   lost {lost:5}")
        return "\n".join(lines)


def compare(files: Sequence[Path], against: str) -> Comparison:
    """Compile files with this version and another one. Raises UsageError where there is no such version."""
    if not files:
        raise UsageError("rules diff: name files or a folder that has some")
    with tempfile.TemporaryDirectory(prefix="vetkb-rules-") as folder:
        other = _unpack(against, Path(folder))
        before, after = _compile(files, other), _compile(files, PACKAGE.parent)
    kept = {field: 0 for field, _ in FIELDS}
    changes: list[Change] = []
    for old, new in zip(before, after, strict=True):
        for field, rows in FIELDS:
            was, now = _counted(rows(old)), _counted(rows(new))
            kept[field] += len(was.keys() & now.keys())
            name = new["source"]["name"]
            changes += [Change(name, field, False, fact) for fact, _ in was if (fact, _) not in now]
            changes += [Change(name, field, True, fact) for fact, _ in now if (fact, _) not in was]
    return Comparison(len(after), kept, tuple(changes))


def _counted(rows: Iterator[Row]) -> dict[tuple[Row, int], None]:
    """Number equal facts, so that the second of two is a fact of its own; the order of the text stays."""
    seen: dict[Row, int] = {}
    numbered: dict[tuple[Row, int], None] = {}
    for row in rows:
        seen[row] = seen.get(row, 0) + 1
        numbered[row, seen[row]] = None
    return numbered


def _unpack(against: str, folder: Path) -> Path:
    """Put another version into a folder and return the path to import it from."""
    wheel = Path(against)
    if wheel.suffix == ".whl":
        try:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)  # noqa: S202 - zipfile keeps members inside the folder
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(f"rules diff: {against} is no wheel that can be read ({error})") from error
        return folder
    if against.startswith("-"):
        raise UsageError(f"rules diff: {against!r} is neither a revision nor a wheel")
    packed = subprocess.run(  # noqa: S603 - no shell; a revision that begins with "-" is refused above
        [  # noqa: S607 - the git of whoever works on the rules
            "git",
            "-C",
            str(PACKAGE.parent),
            "archive",
            "--format=tar",
            against,
            "vetkb",
            "ontology",
            "queries",
            "shapes",
            "corpus",
        ],
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        reason = packed.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["git failed"]
        raise UsageError(f"rules diff: there is no revision {against!r} here ({reason[0]}); name one, or a wheel")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _compile(files: Sequence[Path], version: Path) -> list[Model]:
    done = subprocess.run(  # noqa: S603 - this interpreter and file names, no shell
        [sys.executable, "-m", "vetkb", "compile", "--format", "json", *(str(file.resolve()) for file in files), os.devnull],
        cwd=version,
        env={**os.environ, "PYTHONPATH": str(version)},
        capture_output=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"rules diff: the version at {version} cannot compile the documents ({lines[-1] if lines else 'no reason'})"
        )
    # the empty document at the end makes sure that every document stands on a line of its own
    return [json.loads(line) for line in done.stdout.decode().splitlines()[:-1]]
