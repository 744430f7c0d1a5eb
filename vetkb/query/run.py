"""A query of the catalogue and what the caller gave → rows."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape  # the same for XML text; xml.sax would bring an HTTP client along
from typing import TYPE_CHECKING, Any

from vetkb.engine import Bindable, Iri, Value
from vetkb.errors import MissingToolError, UnknownNameError, UsageError
from vetkb.graph.names import graph_of
from vetkb.query.catalogue import DOCUMENT_VARIABLE, CatalogueQuery, load_catalogue
from vetkb.query.resolve import default_value, resolve, whole_number
from vetkb.store import Store

if TYPE_CHECKING:
    import pandas

MOST_ROWS = 10_000
FORMATS = ("table", "json", "csv", "tsv", "srj", "srx")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_WIDEST_CELL = 60


@dataclass(frozen=True, slots=True)
class QueryResult:
    """查询结果 — Rows of a query of the catalogue, in the order of `columns`; `truncated`: there are more."""

    query: str | None
    title: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    truncated: bool
    build: str

    def to_json(self) -> dict[str, Any]:
        """Return the object of schemas/query-result.json."""
        rows = [{column: _plain(value) for column, value in zip(self.columns, row, strict=True)} for row in self.rows]
        return {
            "query": self.query,
            "parameters": dict(self.parameters),
            "columns": list(self.columns),
            "rows": rows,
            "truncated": self.truncated,
            "build": self.build,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a data frame: numbers as numbers, dates as datetime64, IRIs as text, NaN where there is nothing.

        Raises MissingToolError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise MissingToolError("a data frame needs pandas: pip install 'vetkb[pandas]'") from None
        frame = pandas.DataFrame([[_cell_of_frame(value) for value in row] for row in self.rows], columns=list(self.columns))
        for place, column in enumerate(self.columns):
            kinds = {type(row[place]) for row in self.rows} - {type(None)}
            if kinds == {date}:
                frame[column] = pandas.to_datetime(frame[column])
            elif kinds and kinds <= {int, Decimal, float}:
                frame[column] = pandas.to_numeric(frame[column])
        return frame

    def render(self, format_name: str) -> str:
        """Write the rows in one of FORMATS. A result that was cut says so. Raises UsageError for another format."""
        writers = {"table": _table, "json": _json, "csv": _csv, "tsv": _tsv, "srj": _srj, "srx": _srx}
        if format_name not in writers:
            raise UsageError(f"the rows of a query cannot be written as {format_name!r}; they can as {', '.join(FORMATS)}")
        return writers[format_name](self)


def run_query(
    name: str,
    store: Store,
    parameters: Mapping[str, str],
    *,
    language: str = "zh",
    catalogue: Mapping[str, CatalogueQuery] | None = None,
) -> QueryResult:
    """Answer a query of the catalogue, titled in `language`. Raises UsageError and UnknownNameError."""
    known = catalogue if catalogue is not None else load_catalogue()
    if name not in known:
        raise UnknownNameError(f"there is no query {name[:80]!r} in the catalogue", list(known))
    query = known[name]
    given = {query.parameter(key).name: value for key, value in parameters.items()}
    missing = [parameter.name for parameter in query.parameters if parameter.required and parameter.name not in given]
    if missing:
        raise UsageError(f"the query {name} needs the parameter {', '.join(missing)}")
    bindings = _bindings(query, given, store)
    limit, offset = (whole_number(query.parameter(key), given[key]) if key in given else None for key in ("limit", "offset"))
    most = min(limit if limit is not None else MOST_ROWS, MOST_ROWS)
    sparql = query.narrowed if "document" in given else query.sparql
    table = store.rdf.select(f"{sparql}\nLIMIT {most + 1} OFFSET {offset or 0}", bindings)
    rows = table.rows[:most]
    if table.columns != query.columns:
        places = [table.columns.index(column) for column in query.columns]
        rows = tuple([tuple([row[place] for place in places]) for row in rows])
    return QueryResult(
        name, query.title.in_language(language), given, query.columns, rows, len(table.rows) > most, store.build_id
    )


def _bindings(query: CatalogueQuery, given: Mapping[str, str], store: Store) -> dict[str, Bindable]:
    document = None
    bindings: dict[str, Bindable] = {}
    if "document" in given:
        document = store.document(given["document"]).iri
        bindings[DOCUMENT_VARIABLE] = document
        bindings |= dict.fromkeys(query.graph_variables(), graph_of(document))
    for parameter in query.parameters:
        text = given.get(parameter.name)
        if parameter.variable is None or parameter.name == "document":
            continue
        if text is not None:
            bindings |= resolve(parameter, text, store, document)
        elif parameter.default is not None:
            bindings[parameter.variable] = default_value(parameter)
    return bindings


def _plain(value: Value) -> str | int | float | bool | None:
    """Return a value as JSON has it: numbers as numbers, IRIs and dates as strings."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Iri) else value


def _cell_of_frame(value: Value) -> str | int | float | bool | date | None:
    return value if isinstance(value, date) else _plain(value)


def _text(value: Value) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    return ("true" if plain else "false") if isinstance(plain, bool) else str(plain)


def _json(result: QueryResult) -> str:
    return json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n"


def _csv(result: QueryResult) -> str:
    return _separated(result, ",", "\r\n")


def _tsv(result: QueryResult) -> str:
    def cell(value: Value) -> str:
        return _text(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")

    lines = ["\t".join(result.columns), *("\t".join(cell(value) for value in row) for row in result.rows)]
    return "".join(line + "\n" for line in [*lines, *_cut(result)])


def _separated(result: QueryResult, separator: str, end: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(result.columns)
    writer.writerows([_text(value) for value in row] for row in result.rows)
    return out.getvalue() + "".join(line + end for line in _cut(result))


def _cut(result: QueryResult) -> list[str]:
    return [f"# truncated: true; only {len(result.rows)} rows"] if result.truncated else []


def _srj(result: QueryResult) -> str:
    bindings = [
        {column: _binding(value) for column, value in zip(result.columns, row, strict=True) if value is not None}
        for row in result.rows
    ]
    content: dict[str, Any] = {"head": {"vars": list(result.columns)}, "results": {"bindings": bindings}}
    return json.dumps(content | ({"truncated": True} if result.truncated else {}), ensure_ascii=False)


def _binding(value: Value) -> dict[str, str]:
    if isinstance(value, Iri):
        return {"type": "uri", "value": str(value)}
    datatype = _datatype(value)
    text = str(value) if isinstance(value, Decimal) else _text(value)
    return {"type": "literal", "value": text, **({"datatype": _XSD + datatype} if datatype else {})}


def _datatype(value: Value) -> str | None:
    names = ((bool, "boolean"), (int, "integer"), (Decimal, "decimal"), (float, "double"), (date, "date"))
    return next((name for kind, name in names if isinstance(value, kind)), None)


def _srx(result: QueryResult) -> str:
    def cell(column: str, value: Value) -> str:
        binding = _binding(value)
        mark = f' datatype="{binding["datatype"]}"' if "datatype" in binding else ""
        tag = "uri" if binding["type"] == "uri" else "literal"
        return f'<binding name="{column}"><{tag}{mark}>{escape(binding["value"])}</{tag}></binding>'

    variables = "".join(f'<variable name="{column}"/>' for column in result.columns)
    rows = "".join(
        "<result>"
        + "".join(cell(column, value) for column, value in zip(result.columns, row, strict=True) if value is not None)
        + "</result>"
        for row in result.rows
    )
    note = f"<!-- truncated: true; only {len(result.rows)} rows -->" if result.truncated else ""
    head = f'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>{variables}</head>'
    return f"{head}<results>{rows}</results>{note}</sparql>"


def _table(result: QueryResult) -> str:
    """Write rows for a terminal; a wide cell is shortened, an IRI to its last words."""
    cells = [list(result.columns), *([_short(value) for value in row] for row in result.rows)]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(result.columns))]
    lines = ["  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "".join(line + "\n" for line in [*lines, *_cut(result)])


def _short(value: Value) -> str:
    text = " ".join(_text(value).split())
    if isinstance(value, Iri):
        text = text.partition("/eli/cn/")[2] or text.partition("/id/")[2] or text
    kept = ""
    for character in text:
        if _width(kept) + _width(character) > _WIDEST_CELL - 1:
            return kept + "…"
        kept += character
    return text


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
