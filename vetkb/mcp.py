"""公文知识库的 MCP 服务 — The tools of the base for a model client, over stdio (`vetkb mcp`).

Each tool calls one function of the base and is bounded as over HTTP: queries and reports are taken to confined processes
with a deadline and caps on memory and rows. The only door to the MCP SDK.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import unquote

from vetkb import __version__
from vetkb.engine import Iri
from vetkb.errors import MissingToolError, UnknownNameError, UsageError, VetkbError
from vetkb.graph.terms import ONTOLOGY_GRAPH, PREFIXES, RDF_TYPE, RDFS_LABEL, Skos
from vetkb.isolation import Bounds, Pool
from vetkb.linked.resource import TERMS, terms
from vetkb.report_workers import check, checker
from vetkb.reporting import MEDIA_TYPES
from vetkb.store import RemoteStore
from vetkb.text import Span

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

    from vetkb.base import KnowledgeBase

T = TypeVar("T")

_MOST_ROWS = 500
_MOST_DATA = 10 << 20
_CHECK = Bounds(60.0, 1 << 30)
_AROUND = 500
_INSTRUCTIONS = """A knowledge base of Chinese policy documents (公文): who must do what, by when, to which number, and on whose
authority. Everything in it was read from the documents by rules, and every answer comes with the sentence that proves it: quote
that sentence. Prefer `ask` for a question in words and `query` for a query of the catalogue; `sparql` reaches everything else
(call `describe_schema` first). What the text leaves open is open: do not fill it in."""


def serve(base: KnowledgeBase) -> None:
    """Serve a base over stdin and stdout until stdin closes. Raises MissingToolError without the SDK."""
    with ExitStack() as ended:

        @cache
        def reports() -> Pool:
            if isinstance(base.store, RemoteStore):
                raise UsageError("reports are checked in processes that open the base themselves; this needs a local store")
            return ended.enter_context(checker(base.store, base.build_id, _CHECK, 1))

        create_server(base, reports).run("stdio")


def create_server(base: KnowledgeBase, reports: Callable[[], Pool]) -> FastMCP:
    """Return the server of a base, which has reports checked in a pool. Raises MissingToolError without the SDK."""
    try:
        from mcp.server.fastmcp import FastMCP
    except ImportError:
        raise MissingToolError("the server for model clients needs the MCP SDK: pip install 'vetkb[mcp]'") from None
    server = FastMCP("vetkb", instructions=_INSTRUCTIONS, log_level="WARNING")
    server._mcp_server.version = __version__
    _add_tools(server, base, reports)
    _add_resources(server, base)
    return server


def _add_tools(server: FastMCP, base: KnowledgeBase, reports: Callable[[], Pool]) -> None:
    from mcp.types import ToolAnnotations

    tool = server.tool(annotations=ToolAnnotations(readOnlyHint=True, openWorldHint=False))

    async def ask(
        question: str, lang: Literal["zh", "en"] | None = None, document: str | None = None, as_of: str | None = None
    ) -> dict[str, Any]:
        """Answer a question in Chinese or English, with the sentences that prove it.

        `document` (a 发文字号 or IRI) holds the answer to one document, `as_of` (2018-12-31) is the day it is to hold on.
        A status other than `answered` comes with questions that can be answered.
        """
        return await _run(lambda: base.ask(question, language=lang, document=document, as_of=_day(as_of)).to_json())

    async def query(name: str, parameters: dict[str, str] | None = None, lang: Literal["zh", "en"] = "zh") -> dict[str, Any]:
        """Run a query of the catalogue (`describe_schema` lists them with their parameters); `limit` and `offset` page."""
        given = {"limit": str(_MOST_ROWS), **(parameters or {})}
        return await _run(lambda: base.query(name, given, language=lang).to_json())

    async def sparql(query: str, max_rows: int = 100, timeout: float | None = None) -> dict[str, Any]:
        """Run a SPARQL 1.1 query (read-only; no SERVICE). The default graph is the union of all graphs. Cut results say so."""
        return await _run(lambda: _sparql(base, query, max_rows, timeout))

    async def describe_schema() -> dict[str, Any]:
        """Return what one needs to write a query: prefixes, classes and properties with their meaning, graphs, the catalogue."""
        return await _run(lambda: schema_of(base))

    async def get_clause(document: str, item: str) -> dict[str, Any]:
        """Return a clause or table row of a document: its words, the text around it, its neighbours, the facts found in it.

        `document` is a 发文字号 or IRI, `item` a path as answers name it (五/2, 附件/row 15, 第二章/第五条).
        """
        return await _run(lambda: clause_of(base, document, item))

    async def validate(
        data: str,
        media_type: str = "text/csv",
        as_of: str | None = None,
        shapes: Literal["compliance", "reporting", "quality"] = "compliance",
    ) -> dict[str, Any]:
        """Hold reported data (CSV, JSON or RDF as text) against the targets and duties of the documents, as of a day.

        CSV columns: indicator, about, about_type, area, value, unit, year. Missing figures are not violations.
        """
        return await _run(lambda: _validate(reports(), data, media_type, _day(as_of), shapes))

    for function in (ask, query, sparql, describe_schema, get_clause, validate):
        tool(function)


def _add_resources(server: FastMCP, base: KnowledgeBase) -> None:
    @server.resource("vetkb://schema", mime_type="application/json")
    async def schema() -> str:
        """The schema: what `describe_schema` returns."""
        return _text(await _run(lambda: schema_of(base)))

    @server.resource("vetkb://documents", mime_type="application/json")
    async def documents() -> str:
        """The documents of the base."""
        entries = [{"iri": d.iri, "identifier": d.identifier, "title": d.title, "counts": d.counts} for d in base.documents()]
        return _text(entries)

    @server.resource("vetkb://documents/{number}", mime_type="text/plain")
    async def document(number: str) -> str:
        """The text of a document, by its 发文字号."""
        return await _run(lambda: base.store.source(unquote(number)).text)


async def _run(work: Callable[[], T]) -> T:
    """Do blocking work in a thread; what goes wrong is told to the client in a line."""
    from mcp.server.fastmcp.exceptions import ToolError

    try:
        return await asyncio.to_thread(work)
    except UnknownNameError as error:
        near = f" (perhaps: {', '.join(error.suggestions)})" if error.suggestions else ""
        raise ToolError(f"{error.code}: {error}{near}") from None
    except VetkbError as error:
        raise ToolError(f"{error.code}: {error}") from None


def _sparql(base: KnowledgeBase, text: str, max_rows: int, timeout: float | None) -> dict[str, Any]:
    most = min(max(max_rows, 0), _MOST_ROWS)
    answer = base.sparql(text, formats={"select": "srj", "ask": "srj", "construct": "turtle"}, max_rows=most, timeout=timeout)
    if answer.kind == "construct":
        return {"kind": answer.kind, "turtle": answer.body.decode("utf-8", "replace"), "truncated": answer.truncated}
    content: dict[str, Any] = json.loads(answer.body)
    if answer.kind == "ask":
        return {"kind": "ask", "boolean": content["boolean"]}
    table = answer.table()
    return {
        "kind": "select",
        "columns": list(table.columns),
        "rows": content["results"]["bindings"],
        "truncated": answer.truncated,
    }


def schema_of(base: KnowledgeBase) -> dict[str, Any]:
    """Return prefixes, terms with their meaning, graphs and the catalogue."""
    said: dict[Iri, dict[str, Any]] = {}
    for quad in terms(base.store.rdf):
        if quad.subject.startswith(TERMS):
            entry = said.setdefault(quad.subject, {"term": f"vk:{quad.subject.removeprefix(TERMS)}", "type": "", "label": {}})
            if quad.predicate == RDF_TYPE:
                entry["type"] = base.labels.in_language(str(quad.object), "en")
            elif quad.predicate in (RDFS_LABEL, Skos.prefLabel) and not isinstance(quad.object, str):
                entry["label"][quad.object.language or ""] = quad.object.value
            elif quad.predicate == Skos.definition and not isinstance(quad.object, str) and quad.object.language == "en":
                entry["definition"] = quad.object.value
            elif quad.predicate in _SHAPE_OF_TERM and isinstance(quad.object, str):
                entry.setdefault(_SHAPE_OF_TERM[quad.predicate], []).append(_prefixed(quad.object))
    queries = [
        {
            "name": query.name,
            "title": query.title.en,
            "parameters": [{"name": p.name, "required": p.required, "example": p.example} for p in query.parameters],
            "columns": list(query.columns),
        }
        for query in base.catalogue.values()
    ]
    graphs = [str(graph) for graph in base.store.rdf.graph_names if graph == ONTOLOGY_GRAPH or "/rule/" in graph]
    return {
        "prefixes": PREFIXES,
        "terms": list(said.values()),
        "graphs": {"documents": "one each, named by the IRI of the document + /graph (asserted)", "others": graphs},
        "queries": queries,
        "build": base.build_id,
    }


_RDFS = PREFIXES["rdfs"]
_SHAPE_OF_TERM: Mapping[str, str] = {
    f"{_RDFS}subClassOf": "below",
    f"{_RDFS}subPropertyOf": "below",
    f"{_RDFS}domain": "domain",
    f"{_RDFS}range": "range",
}


def _prefixed(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def clause_of(base: KnowledgeBase, document: str, item: str) -> dict[str, Any]:
    """Return a clause or row with what stands around it. Raises UnknownNameError."""
    whole = base.text_of(document)
    place = next((one for one in whole.places if item in (one.path, str(one.iri))), None)
    if place is None:
        raise UnknownNameError(f"{whole.entry.id} has no clause {item[:80]!r}", [one.path for one in whole.places[:5]])
    passage = whole.passage(place.span, place.iri, _AROUND)
    facts = [fact for fact in whole.facts if place.span.start <= fact.span.start and fact.span.end <= place.span.end]

    def named(one: Any) -> dict[str, str] | None:
        return {"path": one.path, "label": one.label, "heading": one.heading, "iri": str(one.iri)} if one is not None else None

    return {
        **(named(place) or {}),
        "document": {"iri": str(whole.entry.iri), "identifier": whole.entry.identifier, "title": whole.entry.title},
        "text": _slice(whole.text, place.span),
        "span": [place.span.start, place.span.end],
        "before": whole.text[max(0, place.span.start - _AROUND) : place.span.start],
        "after": whole.text[place.span.end : place.span.end + _AROUND],
        "above": [named(one) for one in passage.above],
        "previous": named(passage.previous),
        "next": named(passage.next),
        "facts": [{"kind": fact.kind, "quote": _slice(whole.text, fact.span), "iri": str(fact.iri)} for fact in facts],
        "build": base.build_id,
    }


def _slice(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _validate(reports: Pool, data: str, media_type: str, as_of: date | None, shapes: str) -> dict[str, Any]:
    content = data.encode("utf-8", "replace")
    if len(content) > _MOST_DATA:
        raise UsageError(f"the data are larger than the {_MOST_DATA:,} bytes that are read")
    if media_type not in MEDIA_TYPES:
        raise UsageError(f"{media_type[:40]!r} is not read; send {', '.join(MEDIA_TYPES)}")
    # said here: the other process does not know the zone that this one was started in
    day = (as_of or date.today()).isoformat()
    asked = {"media_type": media_type, "as_of": day, "shapes": shapes, "tolerance": None, "format": "json", "language": "zh"}
    found: dict[str, Any] = json.loads(check(reports, content, **asked))
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{(text or '')[:40]!r} is no date; write it as 2018-12-31") from None


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
