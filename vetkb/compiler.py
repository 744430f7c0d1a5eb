"""Documents → graphs: the way of the data from a source to its model and its triples, in one place to read.

    read_source → parse → extract → to_quads                  (one document, alone)
    … → run_rules over all documents and the ontology        (see vetkb.base)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from vetkb.engine import Iri, Quad, RdfStore
from vetkb.extract import extract
from vetkb.extract.agencies import division_of
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.names import document_iri
from vetkb.graph.write import agency_name, party_iri, serialise, to_quads
from vetkb.model import Document, Facts, Lexicon, Party
from vetkb.parse import parse
from vetkb.paths import ONTOLOGY
from vetkb.read import read_source
from vetkb.text import Finding, Source

FORMAT = "vetkb-document/1"


@dataclass(frozen=True)
class Knowledge:
    """What every compilation needs and none changes: the lexicon and the ontology as triples."""

    lexicon: Lexicon


@dataclass(frozen=True)
class Compilation:
    """编译结果 — One source with all that was read from it; `iri` is the name of the document."""

    source: Source
    document: Document
    facts: Facts
    findings: tuple[Finding, ...]
    iri: Iri

    def coverage_line(self) -> str:
        """Return one line that says what was found and how much was not understood."""
        facts = self.facts
        counts = (
            f"{len(self.document.items)} items, {len(facts.tasks)} tasks, {len(facts.responsibilities)} responsibilities, "
            f"{len(facts.deadlines)} deadlines, {len(facts.quantities)} quantities, {len(facts.citations)} citations"
        )
        unread = sum(len(leaf.span) for leaf in self.document.outline if leaf.kind == "unparsed")
        total = max(1, len(self.source.text))
        return f"{self.source.name}: {counts}; {100 * (total - unread) / total:.1f} % of the text placed, {len(self.findings)} findings"


def load_knowledge(folder: Path = ONTOLOGY) -> Knowledge:
    """Read the lexicon from the ontology files."""
    return Knowledge(load_lexicon(folder))


def compile_source(source: Source, knowledge: Knowledge) -> Compilation:
    """Read one source into its model; never refuses."""
    document = parse(source)
    facts, findings = extract(document, source, knowledge.lexicon)
    return Compilation(source, document, facts, findings, document_iri(document, division_of(document, knowledge.lexicon)))


def compile_files(paths: Sequence[Path], jobs: int | None = None) -> Iterator[Compilation]:
    """Compile files, several at once where there are several processors; results come in the order of `paths`."""
    if len(paths) < 4 or jobs == 1:
        knowledge = load_knowledge()
        yield from (compile_source(read_source(path), knowledge) for path in paths)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_compile_file, paths, chunksize=max(1, min(32, len(paths) // 16)))


_KNOWLEDGE: list[Knowledge] = []  # one a worker process, read on first use


def _compile_file(path: Path) -> Compilation:
    if not _KNOWLEDGE:
        _KNOWLEDGE.append(load_knowledge())
    return compile_source(read_source(path), _KNOWLEDGE[0])
