"""Reports of many schools through several SHACL engines: seconds, peak memory and results, whole processes, in one run.

    pip install pyrudof
    apt-get install default-jre-headless libapache-jena-java
    npm install --prefix FOLDER shacl-engine n3 @rdfjs/dataset @rdfjs/data-model
    python benchmarks/shacl_engines.py [--triples 100000] [--rounds 3] [--deadline 600] [--npm FOLDER] [--engines vetkb …]

Engines that are not there are named and left out. Every engine gets the same two files: the shapes of the bundled document
with the reporting shapes, and the reports with the assumptions and what the shapes look up of the base. `vetkb` is the
ordinary `vetkb validate`, which has the same shapes; `vetkb-file` reads them from the file as a stranger's and runs them in
a process of their own. The engines run in turn, round after round; the least time of the rounds is shown, since a machine
that does other things beside only makes it longer. Memory is the peak of the largest process. The findings are compared as
sets of focus node, shape and value.
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
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from shutil import which
from zipfile import ZipFile

from vetkb.base import open_base
from vetkb.engine import Literal, Quad, parse_rdf, serialise_rdf
from vetkb.graph.terms import BASE
from vetkb.validate import Data
from vetkb.validate.data_graph import Surroundings, data_graph, quads_of
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
SHACL_ENGINE = """
import fs from "node:fs"; import { Parser } from "n3"
import dataset from "@rdfjs/dataset"; import factory from "@rdfjs/data-model"
import { Validator } from "shacl-engine"; import { validations } from "shacl-engine/sparql.js"
const read = file => dataset.dataset(new Parser({ factory }).parse(fs.readFileSync(file, "utf8")))
const report = await new Validator(read(process.argv[2]), { factory, validations }).validate({ dataset: read(process.argv[1]) })
const text = term => term?.value ?? "None"
console.log(JSON.stringify(report.results.map(r => [text(r.focusNode.term), text(r.shape.ptr.term), text(r.value?.term)])))
"""
VETKB = [sys.executable, *["-m", "vetkb", "validate", "DATA", "--format", "turtle", "--as-of"], AS_OF.isoformat()]
FILES = {"DATA": "reports.nt", "SHAPES": "shapes.nt", "ONE_MESSAGE": "one-message.nt"}
JAVA = Path("/usr/share/java")
JARS = (
    *(f"jena-{part}" for part in ("arq", "base", "core", "iri", "shacl", "cmds", "shex", "rdfconnection", "tdb", "tdb2")),
    *(f"jena-dboe-{part}" for part in ("base", "storage", "index", "trans-data", "transaction")),
    *(f"commons-{part}" for part in ("cli", "codec", "compress", "csv", "io", "lang3")),
    *("dexx", "gson", "guava", "failureaccess", "httpclient", "jackson-core", "jackson-databind", "jackson-annotations"),
    *("jsonld-java", "jakarta.json-api", "protobuf", "slf4j-api", "slf4j-nop", "thrift", "libtitanium-json-ld-java"),
)


@dataclass(frozen=True)
class Engine:
    """A command (DATA, SHAPES and ONE_MESSAGE stand for files), where it runs, and how its results are read."""

    command: list[str]
    folder: str | None = None
    tells: str = "json"


def engines(npm: str, resources: Path) -> dict[str, Engine | str]:
    """Return the engines, or why one is not there."""
    found: dict[str, Engine | str] = {
        "vetkb": Engine(VETKB, tells="turtle"),
        "vetkb-file": Engine([*VETKB, "--shapes", "SHAPES"], tells="turtle"),
        "rudof": "pip install pyrudof",
        "jena": "apt-get install default-jre-headless libapache-jena-java",
        "shacl-engine": "npm install --prefix FOLDER shacl-engine n3 @rdfjs/dataset @rdfjs/data-model, and --npm FOLDER",
        "pyshacl": Engine([sys.executable, "-c", PYSHACL, "DATA", "SHAPES"]),
    }
    if find_spec("pyrudof"):
        found["rudof"] = Engine([sys.executable, "-c", RUDOF, "DATA", "SHAPES"])
    if which("java") and (JAVA / "jena-core.jar").is_file():
        with ZipFile(JAVA / "jena-core.jar") as jar:  # Debian moved classes and left their messages behind
            for name in jar.namelist():
                if name.startswith("org/apache/jena/ext/xerces/") and not name.endswith("/"):
                    place = resources / name.removeprefix("org/apache/jena/ext/")
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(jar.read(name))
        path = ":".join([str(resources), *(str(JAVA / f"{jar}.jar") for jar in JARS)])
        # its parser takes one message a constraint
        command = ["java", "-cp", path, "shacl.shacl_validate", "--data", "DATA", "--shapes", "ONE_MESSAGE"]
        found["jena"] = Engine(command, tells="turtle")
    if which("node") and (Path(npm) / "node_modules" / "shacl-engine").is_dir():
        command = ["node", "--max-old-space-size=8192", "--input-type=module", "-e", SHACL_ENGINE, "DATA", "SHAPES"]
        found["shacl-engine"] = Engine(command, npm)
    return found


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
    said = Data(tuple(parse_rdf("\n".join(lines).encode(), "turtle")))
    yield from quads_of(data_graph(Surroundings(base.store.rdf), said, AS_OF, Decimal(10)))


def run(command: list[str], folder: str | None, deadline: float) -> Run:
    """Run a process to its end or the deadline."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out)
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


def findings(tells: str, output: bytes) -> set[tuple[str, str, str]]:
    """Return focus node, shape and value (lexical form) of every result."""
    if tells == "json":
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
    parser.add_argument("--npm", default=".", help="the folder that holds node_modules")
    names = ("vetkb", "vetkb-file", "rudof", "jena", "shacl-engine", "pyshacl")
    parser.add_argument("--engines", nargs="+", choices=names, default=names)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # in a process of its own: what this one holds would count as the memory of those that it starts
        writer = get_context("spawn").Process(target=write_files, args=(folder, options.triples))
        writer.start()
        writer.join()
        if writer.exitcode:
            sys.exit("the reports could not be written")
        files = {word: str(Path(folder) / name) for word, name in FILES.items()}
        there = engines(str(Path(options.npm).absolute()), Path(folder) / "resources")
        runs: dict[str, list[Run]] = {}
        for name in options.engines:
            engine = there[name]
            if isinstance(engine, str):
                print(f"{name:12} is not there: {engine}")
            else:
                runs[name] = []
        for _ in range(options.rounds):
            for name, done in runs.items():
                engine = there[name]
                if isinstance(engine, Engine) and (not done or done[-1].output is not None):
                    done.append(run([files.get(word, word) for word in engine.command], engine.folder, options.deadline))
                    print(f"{name}: {done[-1].seconds:.1f} s", file=sys.stderr, flush=True)
    first: set[tuple[str, str, str]] | None = None
    for name, done in runs.items():
        engine, least, peak, output = there[name], min(r.seconds for r in done), max(r.peak for r in done), done[-1].output
        if output is None or isinstance(engine, str):
            print(f"{name:12} more than {least:6.1f} s {peak:7.0f} MB  ended at the deadline")
            continue
        found = findings(engine.tells, output)
        first = found if first is None else first
        same = "" if found == first else f"  ({len(found - first)} more and {len(first - found)} fewer than the first)"
        print(f"{name:12} {least:6.2f} s {peak:7.0f} MB {len(found):7} results{same}")


def write_files(folder: str, triples: int) -> None:
    """Write the reports and the shapes, and say how many triples the reports have."""
    quads = list(reports(triples))
    rules = [*shape_files("compliance"), *shape_files("reporting")]
    single = [q for q in rules if not _is_second_message(q)]
    for word, content in (("DATA", quads), ("SHAPES", rules), ("ONE_MESSAGE", single)):
        (Path(folder) / FILES[word]).write_bytes(serialise_rdf(content, "ntriples"))
    print(f"{len(quads)} triples", flush=True)


def _is_second_message(quad: Quad) -> bool:
    return quad.predicate == f"{SH}message" and isinstance(quad.object, Literal) and quad.object.language == "zh"


if __name__ == "__main__":
    main()
