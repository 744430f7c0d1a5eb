"""Solutions and triples → the standard result formats, cut at a number of rows or bytes.

SPARQL 1.1 Query Results JSON, XML, CSV and TSV; RDF in the syntaxes of the engine. A result that was cut says so
inside: `"truncated": true` in JSON, a comment where the format has comments, a last line in CSV and TSV. The
library's own writers cannot be stopped at a row and write control characters into XML; its writer of JSON is used for what fits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape  # the same for XML text; xml.sax would bring an HTTP client along
from json.encoder import encode_basestring as quoted
from typing import Any

import pyoxigraph as ox

from vetkb.engine.convert import Value, literal_value
from vetkb.engine.guard import Kind
from vetkb.engine.rdf import RDF_FORMATS, Table
from vetkb.engine.terms import XSD, Iri

TABLE_FORMATS = ("srj", "srx", "csv", "tsv")
MEDIA_TYPES: Mapping[str, str] = {
    "srj": "application/sparql-results+json",
    "srx": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "turtle": "text/turtle; charset=utf-8",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig; charset=utf-8",
    "nquads": "application/n-quads",
}
_XML_FORBIDDEN = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_TSV_NUMBERS = frozenset(f"{XSD}{name}" for name in ("integer", "decimal"))

Terms = Sequence[Any]
Row = Callable[[Terms], str]


@dataclass(frozen=True, slots=True)
class RawResult:
    """An answer as it goes out: `truncated` says that `body` has not all of it."""

    body: bytes
    format: str
    kind: Kind
    truncated: bool

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]

    def table(self) -> Table:
        """Return the solutions of a `srj` body as Python values."""
        content = json.loads(self.body)
        columns = tuple(content["head"].get("vars", ()))
        rows = (tuple(_value(binding.get(column)) for column in columns) for binding in content["results"]["bindings"])
        return Table(columns, tuple(rows))


def _value(term: Mapping[str, str] | None) -> Value:
    if term is None:
        return None
    if term["type"] == "uri":
        return Iri(term["value"])
    if term["type"] == "bnode":
        return Iri(f"_:{term['value']}")
    return literal_value(term["value"], term.get("datatype"))


def formats_of(kind: Kind | None) -> tuple[str, ...]:
    """Return the formats in which an answer of this kind can be written, the usual one first."""
    if kind == "construct":
        return ("turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads")
    return TABLE_FORMATS if kind == "select" else ("srj", "srx", "csv", "tsv")


def write_solutions(solutions: ox.QuerySolutions, format_name: str, max_rows: int, max_bytes: int) -> RawResult:
    columns = [variable.value for variable in solutions.variables]
    head, row, separator, end = _WRITERS[format_name](columns)
    parts: list[str] = []
    size = len(head) + 1024
    truncated = False
    for solution in solutions:
        text = row(tuple(solution))
        size += len(text.encode()) + len(separator)
        if len(parts) >= max_rows or size > max_bytes:
            truncated = True
            break
        parts.append(text)
    body = head + separator.join(parts) + end(truncated, len(parts))
    return RawResult(body.encode(), format_name, "select", truncated)


class _Full(Exception):  # noqa: N818 (no error: it ends a writer that cannot be stopped otherwise)
    pass


class _Sink:
    """What the library's writer writes to: no more than certainly fits into the bounds."""

    def __init__(self, max_rows: int, max_bytes: int) -> None:
        self._rows = max_rows
        self._bytes = max_bytes
        self.parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        # stands between two rows, and at most once more for each row behind the first
        self._rows -= part.count(b"},{")
        self._bytes -= len(part)
        if self._rows < 1 or self._bytes < 0:
            raise _Full
        self.parts.append(part)
        return len(part)

    def flush(self) -> None:
        pass


def write_json_natively(solutions: ox.QuerySolutions, max_rows: int, max_bytes: int) -> RawResult | None:
    """Write solutions with the library's own writer, which is three times as fast; None where they may not fit the bounds."""
    sink = _Sink(max_rows, max_bytes)
    try:
        solutions.serialize(sink, format=ox.QueryResultsFormat.JSON)  # type: ignore[arg-type]
    except _Full:
        return None
    return RawResult(b"".join(sink.parts), "srj", "select", False)


def write_boolean(answer: bool, format_name: str) -> RawResult:
    word = "true" if answer else "false"
    body = {
        "srj": f'{{"head":{{}},"boolean":{word}}}',
        "srx": '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/>'
        f"<boolean>{word}</boolean></sparql>",
    }.get(format_name, f"{word}\n")
    return RawResult(body.encode(), format_name, "ask", False)


def write_triples(
    triples: Iterable[ox.Triple], format_name: str, max_rows: int, max_bytes: int, prefixes: Mapping[str, str]
) -> RawResult:
    """Write the graph of a CONSTRUCT or DESCRIBE; a triple that is made twice counts once."""
    kept: dict[ox.Triple, None] = {}
    size = 1024
    truncated = False
    for triple in triples:
        if triple in kept:
            continue
        size += len(str(triple).encode()) + 4
        if len(kept) >= max_rows or size > max_bytes:
            truncated = True
            break
        kept[triple] = None
    body = ox.serialize(kept, format=RDF_FORMATS[format_name], prefixes=dict(prefixes)) or b""
    if truncated:
        body = _marked(body, format_name, len(kept))
    return RawResult(body, format_name, "construct", truncated)


def _marked(body: bytes, format_name: str, rows: int) -> bytes:
    note = f" truncated: true, only the first {rows} triples "
    if format_name == "rdfxml":
        return body + f"\n<!--{note}-->\n".encode()
    if format_name == "jsonld":
        content = json.loads(body)
        nodes = content if isinstance(content, list) else content.get("@graph", [content])
        context = {} if isinstance(content, list) else content.get("@context", {})
        return json.dumps({"@context": context, "truncated": True, "@graph": nodes}, ensure_ascii=False).encode()
    return body + f"\n#{note}\n".encode()


# --- the writers: columns → (head, row, separator, end) ------------------------------------------------


def _json(columns: Sequence[str]) -> tuple[str, Row, str, Callable[[bool, int], str]]:
    keys = [quoted(column) + ":" for column in columns]

    def row(terms: Terms) -> str:
        return "{" + ",".join(key + _json_term(term) for key, term in zip(keys, terms, strict=True) if term is not None) + "}"

    def end(truncated: bool, rows: int) -> str:
        return "]}" + (f',"truncated":true,"rows":{rows}' if truncated else "") + "}"

    head = '{"head":{"vars":[' + ",".join(quoted(column) for column in columns) + ']},"results":{"bindings":['
    return head, row, ",", end


def _json_term(term: Any) -> str:
    if isinstance(term, ox.NamedNode):
        return '{"type":"uri","value":' + quoted(term.value) + "}"
    if isinstance(term, ox.Literal):
        text = '{"type":"literal","value":' + quoted(term.value)
        if term.language:
            return text + ',"xml:lang":' + quoted(term.language) + "}"
        datatype = term.datatype.value
        return text + ("}" if datatype == XSD + "string" else ',"datatype":' + quoted(datatype) + "}")
    return '{"type":"bnode","value":' + quoted(getattr(term, "value", str(term))) + "}"


def _xml(columns: Sequence[str]) -> tuple[str, Row, str, Callable[[bool, int], str]]:
    keys = [f"<binding name={_attribute(column)}>" for column in columns]

    def row(terms: Terms) -> str:
        cells = (key + _xml_term(term) + "</binding>" for key, term in zip(keys, terms, strict=True) if term is not None)
        return "<result>" + "".join(cells) + "</result>"

    def end(truncated: bool, rows: int) -> str:
        return "</results>" + (f"<!-- truncated: true, only the first {rows} rows -->" if truncated else "") + "</sparql>"

    variables = "".join(f"<variable name={_attribute(column)}/>" for column in columns)
    namespace = "http://www.w3.org/2005/sparql-results#"
    return f'<?xml version="1.0"?><sparql xmlns="{namespace}"><head>{variables}</head><results>', row, "", end


def _attribute(text: str) -> str:
    return '"' + escape(text.translate(_XML_FORBIDDEN)) + '"'


def _xml_term(term: Any) -> str:
    text = escape(getattr(term, "value", str(term)).translate(_XML_FORBIDDEN))
    if isinstance(term, ox.NamedNode):
        return f"<uri>{text}</uri>"
    if isinstance(term, ox.Literal):
        if term.language:
            return f"<literal xml:lang={_attribute(term.language)}>{text}</literal>"
        datatype = term.datatype.value
        mark = "" if datatype == XSD + "string" else f" datatype={_attribute(datatype)}"
        return f"<literal{mark}>{text}</literal>"
    return f"<bnode>{text}</bnode>"


def _csv(columns: Sequence[str]) -> tuple[str, Row, str, Callable[[bool, int], str]]:
    def cell(term: Any) -> str:
        if term is None:
            return ""
        text = f"_:{term.value}" if isinstance(term, ox.BlankNode) else getattr(term, "value", str(term))
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text

    def row(terms: Terms) -> str:
        return ",".join(cell(term) for term in terms) + "\r\n"

    return ",".join(columns) + "\r\n", row, "", _last_line("\r\n")


def _tsv(columns: Sequence[str]) -> tuple[str, Row, str, Callable[[bool, int], str]]:
    def cell(term: Any) -> str:
        if term is None:
            return ""
        plain_number = isinstance(term, ox.Literal) and not term.language and term.datatype.value in _TSV_NUMBERS
        return term.value if plain_number else str(term).replace("\t", "\\t")

    def row(terms: Terms) -> str:
        return "\t".join(cell(term) for term in terms) + "\n"

    return "\t".join(f"?{column}" for column in columns) + "\n", row, "", _last_line("\n")


def _last_line(line_end: str) -> Callable[[bool, int], str]:
    return lambda truncated, rows: f"# truncated: true; only the first {rows} rows{line_end}" if truncated else ""


_WRITERS: Mapping[str, Callable[[Sequence[str]], tuple[str, Row, str, Callable[[bool, int], str]]]] = {
    "srj": _json,
    "srx": _xml,
    "csv": _csv,
    "tsv": _tsv,
}
