"""Foreign RDF beside a base: a dataset for strangers' queries that holds both, in graphs of their own.

The base itself is never written: its files are copied (a finished table of the store never changes, so most of them are
only linked), and the foreign statements are added to the copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from vetkb.engine.rdf import RdfStore, parse_rdf
from vetkb.engine.terms import Iri, Quad
from vetkb.errors import ReportError, UsageError

SUFFIXES: Mapping[str, str] = {
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".jsonld": "jsonld",
    ".rdf": "rdfxml",
}
_CHUNK = 50_000


def digest_of(files: Sequence[Path]) -> str:
    """Return a hash of the names and contents of files. Raises ReportError for one that cannot be read."""
    digest = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as content:
                own = hashlib.file_digest(content, "sha256").digest()
            digest.update(file.name.encode("utf-8", "surrogateescape") + b"\0" + own)
        except OSError as error:
            raise _unreadable(file, error) from None
    return digest.hexdigest()[:12]


def join_foreign(base: Path, files: Sequence[Path], folder: Path, namespace: str) -> None:
    """Make a dataset in `folder` of the one at `base` and RDF files.

    Triples without a graph go into `{namespace}data/{name of the file}`; no other graph may be named in that namespace, which
    is the base's own. Raises UsageError and ReportError.
    """
    folder.mkdir()
    for part in base.iterdir():
        if part.suffix == ".sst":
            _link(part, folder / part.name)
        elif part.is_file() and part.name != "LOCK":
            shutil.copyfile(part, folder / part.name)
    store = RdfStore.open(folder, read_only=False)
    for number, file in enumerate(files):
        quads = _quads(file, number, namespace)
        while chunk := list(islice(quads, _CHUNK)):
            store.add(chunk)
    store.finish()


def _quads(file: Path, number: int, namespace: str) -> Iterator[Quad]:
    syntax = SUFFIXES.get(file.suffix.lower())
    if syntax is None:
        raise UsageError(f"{file}: what syntax is this? Data are read from {', '.join(SUFFIXES)}")
    own = Iri(f"{namespace}data/{quote(file.name, safe='')}")
    try:
        for quad in parse_rdf(file, syntax, graph=own):
            if quad.graph != own and quad.graph is not None and quad.graph.startswith(namespace):
                raise UsageError(f"{file}: the graph {quad.graph} is in the base's own namespace; give it another name")
            yield _apart(quad, number)
    except ReportError as error:
        raise ReportError(f"{file}: {error}") from None


def _apart(quad: Quad, number: int) -> Quad:
    """Return a quad whose blank nodes are not taken for those of another file."""

    def renamed(term: Iri) -> Iri:
        return Iri(f"_:f{number}x{term[2:]}") if term.startswith("_:") else term

    value = renamed(quad.object) if isinstance(quad.object, Iri) else quad.object
    return Quad(renamed(quad.subject), quad.predicate, value, renamed(quad.graph) if quad.graph is not None else None)


def _link(part: Path, target: Path) -> None:
    try:
        os.link(part, target)
    except OSError:
        shutil.copyfile(part, target)


def _unreadable(file: Path, error: OSError) -> ReportError:
    return ReportError(f"{file}: cannot be read ({error.strerror}); check the name")
