"""Reports of many schools through several SHACL engines: seconds, peak memory and results, whole processes, in one run.

    pip install pyrudof
    python benchmarks/shacl_engines.py [--triples 100000] [--rounds 3] [--deadline 600] [--engines vetkb pyshacl rudof]

Every engine gets the same two files: the shapes of the bundled document with the reporting shapes, and the reports with
the assumptions and what the shapes look up of the base. The engines run in turn, round after round; the least time of
the rounds is shown, since a machine that does other things beside only makes it longer. Memory is the peak of the largest
process (vetkb runs a stranger's shapes in one of its own). The findings are compared as sets of focus node, shape and value.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from vetkb.base import open_base
from vetkb.engine import Literal, Quad, parse_rdf, serialise_rdf
from vetkb.graph.terms import BASE
from vetkb.validate.data_graph import Surroundings, data_graph
from vetkb.validate.engines import shape_files

SH = "http://www.w3.org/ns/shacl#"
AS_OF = date(2019, 6, 30)
FIGURES_A_SCHOOL = 7
TRIPLES_A_SCHOOL = 4 + 7 * FIGURES_A_SCHOOL
PREFIXES = f"@prefix vk: <{BASE}ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix s: <urn:school:> .\n"
PYSHACL = """
import json, sys, pyshacl
from rdflib import RDF, SH
_, found, _ = pyshacl.validate(sys.argv[1], shacl_graph=sys.argv[2], data_graph_format="nt", shacl_graph_format="nt")
results = found.subjects(RDF.type, SH.ValidationResult)
print(json.dumps([[str(found.value(r, p)) for p in (SH.focusNode, SH.sourceShape, SH.value)] for r in results]))
"""
RUDOF = """
import json, sys, pyrudof
session = pyrudof.Rudof(pyrudof.RudofConfig())
session.read_data(open(sys.argv[1], encoding="utf-8").read(), pyrudof.RDFFormat.NTriples)
session.read_shacl(open(sys.argv[2], encoding="utf-8").read(), pyrudof.ShaclFormat.NTriples)
print(json.dumps([[v.focus_node, v.source_shape, v.value] for v in session.validate_shacl(pyrudof.ShaclValidationMode.Native)]))
"""
VETKB = "-m vetkb validate DATA --shapes SHAPES --format turtle --as-of"
ENGINES = {
    "vetkb": [sys.executable, *VETKB.split(), AS_OF.isoformat()],
    "pyshacl": [sys.executable, "-c", PYSHACL, "DATA", "SHAPES"],
    "rudof": [sys.executable, "-c", RUDOF, "DATA", "SHAPES"],
}


@dataclass(frozen=True)
class Run:
    """One process: seconds, MB at its peak, and what it wrote; None where it was ended at the deadline."""

    seconds: float
    peak: float
    output: bytes | None


def reports(triples: int) -> Iterator[Quad]:
    """Yield the triples of the reports of as many schools as it takes, the same each time."""
    base = open_base()
    chance = random.Random(1)  # noqa: S311 - made-up figures
    rows = base.query("targets")
    targets = [dict(zip(rows.columns, row, strict=True)) for row in rows.rows]
    indicators = sorted({(str(t["indicator"]), str(t["unit"])) for t in targets if t["unit"]})
    divisions = [f"{BASE}id/division/{code}" for code in (410502, 410503, 410505, 410506, 410522, 410523, 410526, 410527, 410581)]
    kinds = sorted(str(row[0]) for row in base.store.rdf.select(f"SELECT ?t {{ ?t a <{BASE}ns#EntityType> }}").rows)
    lines = [PREFIXES]
    for school in range(max(1, triples // TRIPLES_A_SCHOOL)):
        lines.append(
            f's:{school} a vk:Entity ; <http://www.w3.org/2000/01/rdf-schema#label> "学校{school}" ; '
            f"vk:entityType <{chance.choice(kinds)}> ; vk:area <{chance.choice(divisions)}> ."
        )
        for number, (indicator, unit) in enumerate(chance.sample(indicators, FIGURES_A_SCHOOL)):
            year = chance.choice((2017, 2018))
            lines.append(
                f"<urn:figure:{school}:{number}> a vk:Observation ; vk:indicator <{indicator}> ; vk:about s:{school} ; "
                f'vk:value "{chance.randint(0, 100)}"^^xsd:decimal ; vk:unit "{unit}" ; '
                f'vk:from "{year}-01-01"^^xsd:date ; vk:to "{year}-12-31"^^xsd:date .'
            )
    said = parse_rdf("\n".join(lines).encode(), "turtle")
    yield from data_graph(Surroundings(base.store.rdf), said, AS_OF, Decimal(10))


def run(command: list[str], deadline: float) -> Run:
    """Run a process to its end or the deadline."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out)
        while True:
            ended, _, usage = os.wait4(process.pid, os.WNOHANG)
            seconds = time.perf_counter() - start
            if ended:
                out.seek(0)
                return Run(seconds, usage.ru_maxrss / 1024, out.read())
            if seconds > deadline:
                process.kill()
                _, _, usage = os.wait4(process.pid, 0)
                return Run(seconds, usage.ru_maxrss / 1024, None)
            time.sleep(0.005)


def findings(engine: str, output: bytes) -> set[tuple[str, str, str]]:
    """Return focus node, shape and value (lexical form) of every result."""
    if engine != "vetkb":
        return {(str(f), str(s), _lexical(str(v))) for f, s, v in json.loads(output)}
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in parse_rdf(output, "turtle"):
        told[quad.subject][quad.predicate] = quad.object.value if isinstance(quad.object, Literal) else quad.object
    named = [[one.get(f"{SH}{name}") for name in ("focusNode", "sourceShape", "value")] for one in told.values()]
    return {(f, s, str(v)) for f, s, v in named if f is not None and s is not None}


def _lexical(term: str) -> str:
    """Return the text of a literal that rudof prints as in Turtle."""
    return term.partition('"^^')[0].strip('"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--deadline", type=float, default=600)
    parser.add_argument("--engines", nargs="+", choices=sorted(ENGINES), default=sorted(ENGINES, reverse=True))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, shapes = Path(folder) / "reports.nt", Path(folder) / "shapes.nt"
        quads = list(reports(options.triples))
        data.write_bytes(serialise_rdf(quads, "ntriples"))
        shapes.write_bytes(serialise_rdf([*shape_files("compliance"), *shape_files("reporting")], "ntriples"))
        names = {"DATA": str(data), "SHAPES": str(shapes)}
        print(f"{len(quads)} triples")
        runs: dict[str, list[Run]] = {engine: [] for engine in options.engines}
        for _ in range(options.rounds):
            for engine, done in runs.items():
                if not done or done[-1].output is not None:
                    done.append(run([names.get(word, word) for word in ENGINES[engine]], options.deadline))
    first: set[tuple[str, str, str]] | None = None
    for engine, done in runs.items():
        least, peak, output = min(r.seconds for r in done), max(r.peak for r in done), done[-1].output
        if output is None:
            print(f"{engine:8} more than {least:6.1f} s {peak:7.0f} MB  ended at the deadline")
            continue
        found = findings(engine, output)
        first = found if first is None else first
        same = "" if found == first else f"  ({len(found - first)} more and {len(first - found)} fewer than the first)"
        print(f"{engine:8} {least:6.2f} s {peak:7.0f} MB {len(found):7} results{same}")


if __name__ == "__main__":
    main()
