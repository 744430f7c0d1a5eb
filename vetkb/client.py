"""远程知识库 — A base that a server serves, with the methods of `vetkb.base.KnowledgeBase` and the same objects as answers.

    base = vetkb.client.Client("http://127.0.0.1:8000")
    base.query("tasks-of-agency", {"agency": "市财政局"}).to_pandas()

What the server refuses is raised as the exception that the same call of a local base raises. The standard library's HTTP
client is enough for this: a script that only asks a server needs nothing installed beside the package.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from vetkb import __version__, errors
from vetkb.engine import MEDIA_TYPES, Iri, RawResult, check_query, formats_of
from vetkb.errors import ReportError, StoreError, UnknownNameError, UsageError, VetkbError
from vetkb.store import DocumentEntry
from vetkb.text import Message, Span

if TYPE_CHECKING:
    import rdflib

    from vetkb.ask import Answer
    from vetkb.query import CatalogueQuery, QueryResult
    from vetkb.validate import Report

_LARGEST = 1 << 30
_PAGE = 1000
_TYPES = {".ttl": "text/turtle", ".nt": "application/n-triples", ".nq": "application/n-quads", ".trig": "application/trig"} | {
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Client:
    """A base at an address. `timeout` is in seconds and for each request. Any number of threads may use one."""

    url: str
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).hostname:
            raise UsageError(f"{self.url[:200]!r} is no address of a server: write it as http://127.0.0.1:8000")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Do nothing: each request has a connection of its own. A local base is closed the same way."""

    @property
    def build_id(self) -> str:
        """The build that the server serves now."""
        return str(self._json("/health")["build"])

    def documents(self) -> list[DocumentEntry]:
        """Return the documents of the base."""
        found: list[DocumentEntry] = []
        while True:
            page = self._json("/documents", {"limit": str(_PAGE), "offset": str(len(found))})
            found += [_entry(row) for row in page["documents"]]
            if not page["truncated"] or not page["documents"]:
                return found

    @cached_property
    def catalogue(self) -> Mapping[str, CatalogueQuery]:
        """The queries that the server knows."""
        return {row["name"]: _query(row) for row in self._json("/queries")["queries"]}

    def query(self, name: str, parameters: Mapping[str, str] | None = None, *, language: str = "zh") -> QueryResult:
        """Run a query of the catalogue. Raises UsageError and UnknownNameError."""
        from vetkb.query import QueryResult

        given = dict(parameters or {})
        fields = {**given, "lang": language, "format": "srj"}
        answer = self._get(f"/queries/{quote(name, safe='')}", fields)
        table = RawResult(answer.body, "srj", "select", answer.truncated).table()
        title = self.catalogue[name].title.in_language(language) if name in self.catalogue else name
        return QueryResult(name, title, given, table.columns, table.rows, answer.truncated, self.build_id)

    def sparql(
        self,
        text: str,
        *,
        formats: Mapping[str, str] | str | None = None,
        default_graphs: Iterable[str] = (),
        named_graphs: Iterable[str] = (),
        timeout: float | None = None,
        max_rows: int | None = None,
    ) -> RawResult:
        """Run a SPARQL query. Raises QueryError."""
        kind = check_query(text).kind or "select"
        named = formats if isinstance(formats, str) else (formats or {}).get(kind)
        form = named or formats_of(kind)[0]
        if form not in formats_of(kind):
            raise errors.QueryFormatError(f"the answer of this kind of query can be {', '.join(formats_of(kind))}")
        fields = [("query", text), *(("default-graph-uri", g) for g in default_graphs)]
        fields += [("named-graph-uri", g) for g in named_graphs]
        fields += [("timeout", str(timeout))] if timeout is not None else []
        fields += [("maxrows", str(max_rows))] if max_rows is not None else []
        kinds = {"accept": MEDIA_TYPES[form], "content-type": "application/x-www-form-urlencoded"}
        answer = self._send("/sparql", urlencode(fields).encode(), kinds)
        return RawResult(answer.body, form, kind, answer.truncated)

    def ask(
        self, question: str, *, language: str | None = None, document: str | None = None, as_of: date | None = None
    ) -> Answer:
        """Answer a question in Chinese or English. Raises UsageError for one that is empty or too long."""
        fields = {"q": question, "lang": language, "document": document, "as_of": as_of.isoformat() if as_of else None}
        body = json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
        answer = self._send("/ask", body, {"accept": "application/json", "content-type": "application/json"})
        return _answer(_read(answer.body))

    def validate(
        self,
        data: Iterable[tuple[str, bytes | None]],
        *,
        as_of: date | None = None,
        shapes: str = "compliance",
        tolerance: float | None = None,
        media_type: str | None = None,
    ) -> Report:
        """Hold reported data, one file given as (name, bytes) or (path, None), against the shapes. Raises ReportError."""
        files = list(data)
        if len(files) != 1:
            raise UsageError("a server checks one file at a time: put the data into one")
        name, content = files[0]
        try:
            body = Path(name).read_bytes() if content is None else content
        except OSError as error:
            raise ReportError(f"{name}: cannot be read ({error.strerror}); check the name") from None
        kind = media_type or _TYPES.get(Path(name).suffix.lower()) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        fields = {"shapes": shapes, "as_of": as_of.isoformat() if as_of else None, "tolerance": tolerance}
        given = urlencode({key: value for key, value in fields.items() if value is not None})
        answer = self._send(f"/validate?{given}", body, {"accept": "application/json", "content-type": kind})
        return _report(_read(answer.body))

    def describe(self, iri: str) -> rdflib.Graph:
        """Return what the base says of an IRI, with the names of all IRIs in it. Raises UnknownNameError."""
        import rdflib

        return rdflib.Graph().parse(data=self._get(f"{_path_of(iri)}.nt").body, format="nt")

    def graph(self, document: str | None = None) -> rdflib.Graph:
        """Return what a document asserts, or what all documents assert, for rdflib. Raises UnknownNameError."""
        import rdflib

        found = rdflib.Graph()
        iris = [self._json(f"/documents/{quote(document, safe='')}")["iri"]] if document else [d.iri for d in self.documents()]
        for iri in iris:
            found.parse(data=self._get(f"{_path_of(iri)}/graph.nt").body, format="nt")
        return found

    # --- requests ---

    def _get(self, path: str, fields: Mapping[str, str] | None = None, accept: str = "*/*") -> _Answered:
        return self._send(f"{path}?{urlencode(fields)}" if fields else path, None, {"accept": accept})

    def _json(self, path: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
        return _read(self._get(path, fields, "application/json").body)

    def _send(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> _Answered:
        sent = {"user-agent": f"vetkb/{__version__}", **headers}
        request = Request(self.url.rstrip("/") + path, data=body, headers=sent)  # noqa: S310 (http and https alone, see above)
        try:
            with urlopen(request, timeout=self.timeout) as response:  # noqa: S310
                content = response.read(_LARGEST)
                return _Answered(content, response.headers.get("x-vetkb-truncated") == "true")
        except HTTPError as error:
            with error:
                raise _error(error.code, error.read(1 << 20)) from None
        except (URLError, OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise StoreError(f"the server at {self.url} does not answer ({reason}): check the address, or try again") from None


@dataclass(frozen=True, slots=True)
class _Answered:
    body: bytes
    truncated: bool = field(default=False)


def _path_of(iri: str) -> str:
    """Return the path at which a server answers for an IRI of its base."""
    parts = urlsplit(iri)
    base = "/vetkb"
    if not parts.path.startswith(f"{base}/"):
        raise UnknownNameError(f"{iri[:200]!r} is no IRI of the base")
    return parts.path.removeprefix(base)


# --- what a server says → exceptions and objects -----------------------------------------------------


def _classes(root: type[VetkbError]) -> dict[str, type[VetkbError]]:
    found = {root.code: root}
    for child in root.__subclasses__():
        found |= {code: kind for code, kind in _classes(child).items() if kind.__module__ == errors.__name__}
    return found


def _error(status: int, body: bytes) -> VetkbError:
    """Return the exception that a problem stands for; what only HTTP can go wrong about is a UsageError or a StoreError."""
    try:
        problem = json.loads(body)
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return StoreError(f"the server answered with status {status} and no reason: is it a vetkb server?")
    kind = _classes(VetkbError).get(code)
    if kind is errors.QuerySyntaxError:
        return errors.QuerySyntaxError(detail, int(problem.get("line", 0)), int(problem.get("column", 0)))
    if kind is UnknownNameError or code == "not-found":
        return UnknownNameError(detail, [str(name) for name in problem.get("suggestions", ())])
    if kind is not None:
        return kind(detail)
    return UsageError(detail) if status < 500 else StoreError(detail)


def _read(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise StoreError("the server answered with something that is no JSON object: is it a vetkb server?")
    return content


def _entry(row: Mapping[str, Any]) -> DocumentEntry:
    names = (row["identifier"], row["title"], row["source"], row["sha256"])
    return DocumentEntry(Iri(row["iri"]), *names, key="", counts=dict(row["counts"]))


def _query(row: Mapping[str, Any]) -> CatalogueQuery:
    from vetkb.query import CatalogueQuery, Parameter

    parameters = tuple(
        Parameter(p["name"], p["type"], p["required"], Message(**p["description"]), p["example"], p["default"])
        for p in row["parameters"]
    )
    texts = (Message(**row["title"]), Message(**row["description"]))
    columns, examples = tuple(row["columns"]), tuple(row["examples"])
    return CatalogueQuery(row["name"], *texts, parameters, columns, examples, {}, row["sparql"], row["sparql"])


def _answer(content: Mapping[str, Any]) -> Answer:
    from vetkb.ask import Answer
    from vetkb.ask.answer import Evidence, Result

    def result(row: Mapping[str, Any]) -> Result:
        evidence = tuple(Evidence(e["quote"], e["item"], Span(*e["span"]), e["document"]) for e in row["evidence"])
        numbers = {"value": row.get("value"), "minimum": row.get("min"), "maximum": row.get("max")}
        same = {name: row.get(name) for name in ("document", "ordinal", "comparator", "unit", "identifier", "via")}
        found = {name: _decimal(number) for name, number in numbers.items()}
        return Result(row["kind"], row["id"], row["label"], **same, **found, date=_day(row.get("date")), evidence=evidence)

    lists: dict[str, Any] = {name: tuple(content[name]) for name in ("notes", "suggestions", "suggestion_results")}
    same: dict[str, Any] = {name: content[name] for name in ("question", "status", "answer", "value", "understood", "sparql")}
    return Answer(language=content["lang"], results=tuple(map(result, content["results"])), **same, **lists)


def _report(content: Mapping[str, Any]) -> Report:
    from vetkb.validate import Report
    from vetkb.validate.model import Clause, TargetState, TaskState, ValidationResult

    def clause(row: Mapping[str, Any] | None) -> Any:
        return Clause(row["document"], row["item"], row["quote"]) if row is not None else None

    def made(kind: Callable[..., Any], row: Mapping[str, Any]) -> Any:
        names = {name for name in kind.__dataclass_fields__ if name in row}  # type: ignore[attr-defined]
        return kind(**{name: _READERS.get(name, _same)(row[name]) for name in names - {"clause", "also"}} | places(row, names))

    def places(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        found = {"clause": clause(row["clause"])} if "clause" in names else {}
        return found | ({"also": tuple(map(clause, row["also"]))} if "also" in names else {})

    kinds = {"targets": TargetState, "tasks": TaskState, "results": ValidationResult}
    lists = {name: tuple(made(kind, row) for row in content[name]) for name, kind in kinds.items()}
    tolerance, engines = Decimal(str(content["tolerance"])), tuple(content["engines"])
    return Report(date.fromisoformat(content["as_of"]), content["build"], tolerance, engines=engines, **lists)


def _same(value: Any) -> Any:
    return value


def _decimal(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) else value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _iri(value: str | None) -> Iri | None:
    return Iri(value) if value is not None else None


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "actual": _decimal,
    "due": _day,
    "message": lambda value: Message(**value),
    "observations": lambda values: tuple(map(Iri, values)),
    **dict.fromkeys(("target", "indicator", "task", "focus", "shape", "path"), _iri),
}
