"""知识库 — The door to everything: build a base, open it, query, ask, validate, check, explain.

    with vetkb.open() as base:
        base.ask("市财政局负责哪些任务？").to_text()

The rooms below (compiler, store, query, ask, reason, validate, reporting, ontology) meet only here.
"""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any

from vetkb import __version__
from vetkb.engine import Iri, Quad, RawResult, RdfStore, Workers, digest_of, join_foreign
from vetkb.errors import StoreError, StoreInUseError, UnknownNameError, UsageError
from vetkb.paths import CORPUS, ONTOLOGY, PACKAGE, QUERIES, cache_folder, named_store
from vetkb.read import SUFFIXES as SOURCE_SUFFIXES
from vetkb.store import DocumentEntry, Part, RemoteStore, Store, build_store, change_store

if TYPE_CHECKING:
    import rdflib

    from vetkb.ask import Answer, Asker, Completion
    from vetkb.checks import Checks
    from vetkb.linked import DocumentText, Labels, Resource
    from vetkb.model import Lexicon
    from vetkb.query import CatalogueQuery, QueryResult
    from vetkb.reason import Explanation
    from vetkb.reporting import Names
    from vetkb.text import Source, Span
    from vetkb.validate import Demands, Report

_PATIENCE = 60.0  # seconds to wait for another process that compiles the bundled corpus
_REMEMBERED = 32  # documents whose text and model are kept


def open_base(store: str | None = None) -> KnowledgeBase:
    """Open the base in the folder `store`, else the one VETKB_STORE names, else the bundled corpus.

    The address of a SPARQL endpoint opens the base whose graphs are there: the catalogue, and questions that need no search
    in the texts; what needs a local store says so. The bundled corpus is compiled on first use into the user's cache folder.
    Raises StoreError.
    """
    named = store or named_store()
    if named is not None and _is_address(named):
        return KnowledgeBase(RemoteStore(named))
    return KnowledgeBase(Store.open(named) if named else _bundled())


def build(
    paths: Sequence[Path], store: str | None, *, add: bool = False, remove: Sequence[str] = (), jobs: int | None = None
) -> str:
    """Build a base of files and folders; with `add` or `remove`, from what it holds. Return a line that says what it has now."""
    folder = store or named_store()
    if folder is None:
        raise UsageError("build: name the folder of the base with --store DIR (or VETKB_STORE)")
    if _is_address(folder):
        raise UsageError(f"build: {folder} is an endpoint, which is only read: name a folder with --store DIR")
    if not paths and not remove:
        raise UsageError("build: name the files or folders to compile")
    lexicon = _lexicon()
    parts = _parts(source_files(paths), lexicon, jobs)
    if add or remove:
        built = change_store(Path(folder), add=parts, remove=remove, **_settings(lexicon))
    else:
        built = build_store(parts, Path(folder), **_settings(lexicon))
    with built:
        return f"{folder}: {len(built.documents())} documents, build {built.build_id}"


def _is_address(store: str) -> bool:
    return store.startswith(("http://", "https://"))


def _bundled() -> Store:
    """Return the base of the bundled corpus, compiled where it is not in the cache yet."""
    folder = cache_folder() / f"bundled-{_installation()}"
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return Store.open(folder)
        except StoreError:
            lexicon = _lexicon()
        try:
            return build_store(_parts(source_files([CORPUS]), lexicon, None), folder, **_settings(lexicon))
        except StoreInUseError:  # another command met the empty cache a moment before
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _lexicon() -> Lexicon:
    from vetkb.graph.lexicon import load_lexicon

    return load_lexicon()


def source_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files to compile: those named, and those of the folders named, sorted."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.suffix.lower() in SOURCE_SUFFIXES and p.is_file())
        else:
            files.append(path)
    if paths and not files:
        raise UsageError(f"{', '.join(map(str, paths))}: no {', '.join(SOURCE_SUFFIXES)} file is there")
    return files


def _parts(files: Sequence[Path], lexicon: Lexicon, jobs: int | None) -> Iterable[Part]:
    from vetkb.compiler import compile_files

    for compiled, quads in compile_files(files, lexicon, jobs):
        document = compiled.document
        yield Part(
            iri=compiled.iri,
            identifier=document.identifier.value if document.identifier else None,
            title=document.title.value if document.title else None,
            source=compiled.source,
            quads=quads,
        )


def _settings(lexicon: Lexicon) -> dict[str, Any]:
    from vetkb.compiler import ontology_quads
    from vetkb.export.description import describe
    from vetkb.query import load_catalogue
    from vetkb.reason import run_rules

    def derive(rdf: RdfStore) -> None:
        run_rules(rdf, lexicon)
        rdf.add(describe(rdf, load_catalogue()))

    return {"shared": ontology_quads(), "derive": derive, "code": _code_version()}


def _own_files() -> list[Path]:
    return sorted(p for p in (*PACKAGE.rglob("*.py"), *ONTOLOGY.rglob("*"), *CORPUS.glob("*"), *QUERIES.glob("*")) if p.is_file())


def _code_version() -> str:
    """Return the version and a hash of code, rules, queries and lexicons: a base knows what built it, on every machine alike."""
    digest = hashlib.sha256()
    for path in _own_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{__version__}-{digest.hexdigest()[:12]}"


def _installation() -> str:
    """Return a mark of this installation that is cheap to make: a changed rule never meets an old base of the cache."""
    state = "".join(f"{p}{s.st_size}{s.st_mtime_ns}" for p in _own_files() if (s := p.stat()))
    return hashlib.sha256(state.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class KnowledgeBase:
    """An open base. Any number of threads may use one.

    `foreign` are RDF files that queries in SPARQL see beside the base, in graphs of their own; nothing else sees them.
    """

    store: Store
    workers_count: int = 2
    timeout: float = 10.0
    foreign: tuple[Path, ...] = ()

    def __enter__(self) -> KnowledgeBase:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the query workers and let the build go."""
        if "workers" in self.__dict__:
            self.workers.close()
        if "_joined" in self.__dict__:
            self._joined.cleanup()
        self.store.close()

    @cached_property
    def build_id(self) -> str:
        """What the base was built from, and which foreign data are served beside it."""
        return f"{self.store.build_id}+{digest_of(self.foreign)}" if self.foreign else self.store.build_id

    def documents(self) -> list[DocumentEntry]:
        """Return the documents of the base."""
        return self.store.documents()

    @cached_property
    def lexicon(self) -> Lexicon:
        return _lexicon()

    @cached_property
    def catalogue(self) -> Mapping[str, CatalogueQuery]:
        from vetkb.query import load_catalogue

        return load_catalogue()

    @cached_property
    def workers(self) -> Workers:
        """The processes in which SPARQL of strangers runs."""
        from vetkb.graph.terms import PREFIXES

        data = Path(self._joined.name) / "data" if self.foreign else self.store.data
        return Workers(data, count=self.workers_count, timeout=self.timeout, prefixes=PREFIXES)

    @cached_property
    def _joined(self) -> TemporaryDirectory[str]:
        """The folder of a dataset that holds the base and the foreign data."""
        from vetkb.graph.terms import BASE

        folder = TemporaryDirectory(prefix="vetkb-data-")
        join_foreign(self.store.data, self.foreign, Path(folder.name) / "data", BASE)
        return folder

    @cached_property
    def names(self) -> Names:
        """The names by which reports speak of indicators, tasks, entities and divisions."""
        from vetkb.reporting import names_of

        return names_of(self.store.rdf, self.lexicon.divisions)

    @cached_property
    def demands(self) -> Demands:
        """What the documents demand of reports, kept from one report to the next."""
        from vetkb.validate import Demands

        return Demands(self.store.rdf)

    @cached_property
    def asker(self) -> Asker:
        from vetkb.ask import Asker

        return Asker(self.store)

    def ask(
        self, question: str, *, language: str | None = None, document: str | None = None, as_of: datetime.date | None = None
    ) -> Answer:
        """Answer a question in Chinese or English. Raises UsageError for one that is empty or too long."""
        return self.asker.answer(question, language=language, document=document, as_of=as_of)

    def complete(self, typed: str, *, language: str | None = None, limit: int = 5) -> list[Completion]:
        """Return questions that complete what is being typed and have answers. Raises UsageError for one that is too long."""
        return self.asker.complete(typed, language=language, limit=limit)

    def query(self, name: str, parameters: Mapping[str, str] | None = None, *, language: str = "zh") -> QueryResult:
        """Run a query of the catalogue. Raises UsageError and UnknownNameError."""
        from vetkb.query import run_query

        return run_query(name, self.store, parameters or {}, language=language, catalogue=self.catalogue)

    def sparql(self, text: str, *, formats: Mapping[str, str] | str | None = None, **bounds: Any) -> RawResult:
        """Run a SPARQL query in a worker process. Raises QueryError."""
        return self.workers.query(text, formats=formats, **bounds)

    def answer_sparql(self, text: str, form: str | None = None) -> bytes:
        """Run a SPARQL query and write its answer: rows as `render` does, or any standard format."""
        if form not in (None, "table", "json", "xlsx"):
            return self.sparql(text, formats="srx" if form == "xml" else form).body
        answer = self.sparql(text, formats={"select": "srj", "ask": "srj", "construct": "jsonld" if form == "json" else "turtle"})
        if answer.kind != "select":
            return answer.body
        from vetkb.query import QueryResult

        table = answer.table()
        return render(QueryResult(None, "", {}, table.columns, table.rows, answer.truncated, self.build_id), form)

    def export(self, form: str, document: str | None = None) -> bytes:
        """Return the base, or one document, in a format of `vetkb.export.formats`. Raises UsageError and UnknownNameError."""
        from vetkb.export.formats import export

        return export(self.store, form, document, self.catalogue)

    def graph(self, document: str | None = None) -> rdflib.Dataset | rdflib.Graph:
        """Return the triples for rdflib: a dataset of all named graphs (their union as default), or what a document asserts.

        It is a copy, held in memory by a much slower engine: for queries over a whole base use `sparql`.
        """
        from vetkb.export.rdf import to_dataset, to_graph

        return to_dataset(self.store) if document is None else to_graph(self.store, document)

    def validate(
        self,
        data: Iterable[tuple[str, bytes | None]],
        *,
        as_of: datetime.date | None = None,
        shapes: str = "compliance",
        tolerance: float | None = None,
        media_type: str | None = None,
    ) -> Report:
        """Hold reported data, given as (name, bytes) or (path, None), against the shapes. Raises ReportError."""
        from vetkb.reporting import read_reports
        from vetkb.validate import validate

        reported = read_reports(data, self.names, media_type)
        day = as_of or datetime.date.today()
        return validate(self.store.rdf, reported, day, shapes, tolerance, self.build_id, demands=self.demands)

    def template(self, document: str, form: str = "csv", language: str = "zh") -> bytes:
        """Return an empty report for the indicators and tasks of a document. Raises UsageError and UnknownNameError."""
        from vetkb.reporting import render_template
        from vetkb.validate import blank_rows

        iri = Iri(self.store.document(document).iri)
        code = next(iter(iri.partition("/eli/cn/")[2].split("/")), "")
        below = [(d.name, d.level) for d in self.lexicon.divisions if d.parent == code and d.level != "former"]
        return render_template(blank_rows(self.store.rdf, iri, below), form, language)

    def explain(self, what: str) -> Explanation:
        """Return the rule, premises and sentences behind a node or triple. Raises UnknownNameError."""
        from vetkb.reason import explain

        return explain(self.store, what)

    @cached_property
    def labels(self) -> Labels:
        """The names of all things, in Chinese and English."""
        from vetkb.linked import Labels

        return Labels(self.store.rdf, {division.code: division.name for division in self.lexicon.divisions})

    def knows(self, iri: str) -> bool:
        """Say whether the base says anything about an IRI."""
        from vetkb.linked import knows

        return knows(self.store.rdf, Iri(iri))

    def describe(self, iri: str) -> Resource:
        """Return what the base says of an IRI. Raises UnknownNameError where it says nothing."""
        from vetkb.linked import describe

        return describe(self.store.rdf, Iri(iri))

    def text_of(self, document: str) -> DocumentText:
        """Return the text of a document with what stands where in it. Raises UnknownNameError."""
        return self._texts(self.store.document(document).iri)

    def part_of(self, iri: str) -> tuple[DocumentText, Span] | None:
        """Return the document that an IRI names a part of, and where in its text that stands; None where it has no place."""
        from vetkb.linked.place import document_of, span_of

        try:
            entry = document_of(self.documents(), iri)
        except UnknownNameError:
            return None
        span = span_of(self.store.rdf, Iri(iri))
        return (self._texts(entry.iri), span) if span is not None else None

    def model_of(self, document: str) -> dict[str, Any]:
        """Return a document as its JSON (schemas/document.json), read anew from its source. Raises UnknownNameError."""
        return self._models(self.store.document(document).iri)

    @cached_property
    def _texts(self) -> Callable[[str], DocumentText]:
        from vetkb.linked import read_text

        return lru_cache(maxsize=_REMEMBERED)(lambda iri: read_text(self.store, self.store.document(iri)))

    @cached_property
    def _models(self) -> Callable[[str], dict[str, Any]]:
        from vetkb.compiler import compile_source, derive, to_json

        def make(iri: str) -> dict[str, Any]:
            compiled = compile_source(self.store.source(iri), self.lexicon)
            return to_json(compiled, self.lexicon, derive(compiled, self.lexicon))

        return lru_cache(maxsize=_REMEMBERED)(make)

    def check(self) -> Checks:
        """Let the base check itself: shapes, OWL, evidence, round trip."""
        from vetkb.checks import check
        from vetkb.compiler import compile_source
        from vetkb.graph.write import to_quads

        def recompile(source: Source) -> list[Quad]:
            compiled = compile_source(source, self.lexicon)
            return to_quads(compiled.document, compiled.facts, self.lexicon)

        return check(self.store, recompile if self.store.code == _code_version() else None)

    def show(self, document: str, stage: str) -> str:
        """Return a document of the base as it is between two stages."""
        from vetkb.compiler import compile_source, show

        entry = self.store.document(document)
        return show(compile_source(self.store.source(Iri(entry.iri)), self.lexicon), stage, self.lexicon)


def render(result: QueryResult, form: str | None = None) -> bytes:
    """Write rows as a table, JSON, CSV, TSV, XLSX or the standard XML and JSON. Raises UsageError for another format."""
    if form == "xlsx":
        from vetkb.export.workbook import to_workbook

        return to_workbook(result.columns, result.rows, note="truncated: there are more rows" if result.truncated else None)
    return result.render("srx" if form == "xml" else form or "table").encode("utf-8")
