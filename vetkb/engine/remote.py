"""SPARQL over HTTP: the questions of our own, asked of any SPARQL 1.1 endpoint instead of the embedded engine.

The same methods as `RdfStore` for reading. Values are never pasted where they could become syntax: a bound variable gets
a VALUES clause in every group of the query that uses it, so that patterns and filters see it wherever they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from vetkb.engine.convert import Bindable, Value, from_value, literal_value
from vetkb.engine.rdf import Function, RdfStore, Table
from vetkb.engine.terms import Iri, Literal, Quad, Term
from vetkb.errors import QueryError, StoreError, UsageError

_LARGEST = 256 << 20
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""' + r"|'''(?:[^'\\]|\\.|'(?!''))*'''" + r'|"(?:[^"\\\n]|\\.)*"' + r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>|\#[^\n]*|[?$]\w+|[{}]|\w+",
    re.DOTALL,
)
_Binding: TypeAlias = Mapping[str, Any]


class RemoteRdf(RdfStore):
    """远程端点 — A SPARQL 1.1 endpoint, read only. `timeout` is in seconds and for each query."""

    def __init__(self, endpoint: str, timeout: float = 60.0) -> None:
        if urlsplit(endpoint).scheme not in ("http", "https") or not urlsplit(endpoint).hostname:
            raise UsageError(f"{endpoint[:200]!r} is no address of a SPARQL endpoint")
        self.endpoint = endpoint
        self._timeout = timeout

    def select(
        self, sparql: str, bindings: Mapping[str, Bindable] | None = None, functions: Mapping[str, Function] | None = None
    ) -> Table:
        """Run a SELECT. A bound variable must be in its projection; an unbound one stays a variable."""
        columns, rows = self._solutions(sparql, bindings, functions)
        return Table(columns, tuple(tuple(_value(row.get(column)) for column in columns) for row in rows))

    def terms(
        self, sparql: str, bindings: Mapping[str, Bindable] | None = None, functions: Mapping[str, Function] | None = None
    ) -> list[dict[str, Term]]:
        """Run a SELECT and return its solutions as terms, with their languages and datatypes."""
        columns, rows = self._solutions(sparql, bindings, functions)
        return [{column: _term(row[column]) for column in columns if column in row} for row in rows]

    def ask(self, sparql: str, bindings: Mapping[str, Bindable] | None = None) -> bool:
        return bool(self._run(bound(sparql, bindings or {})).get("boolean"))

    @property
    def graph_names(self) -> list[Iri]:
        return sorted(Iri(str(row[0])) for row in self.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows)

    def about(self, subject: Iri) -> list[Quad]:
        """Return every statement about a subject, with the graph that holds it."""
        rows = self.terms("SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }", {"s": subject})
        return [_quad(row) for row in rows]

    def pointing_at(self, value: Iri, most: int) -> list[Quad]:
        """Return statements that have an IRI as their object, with the graph that holds them; at most so many."""
        return [_quad(row) for row in self.terms(f"SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {most}", {"o": value})]

    def in_graph(self, graph: Iri, most: int) -> list[Quad]:
        """Return the statements of a named graph, at most so many."""
        return [_quad(row) for row in self.terms(f"SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {most}", {"g": graph})]

    def construct(
        self,
        sparql: str,  # noqa: ARG002 (as in `RdfStore`)
        bindings: Mapping[str, Bindable] | None = None,  # noqa: ARG002
        functions: Mapping[str, Function] | None = None,  # noqa: ARG002
        graph: Iri | None = None,  # noqa: ARG002
    ) -> list[Quad]:
        raise UsageError(f"{self.endpoint} is an endpoint; this needs a local store: rules and descriptions")

    def _solutions(
        self, sparql: str, bindings: Mapping[str, Bindable] | None, functions: Mapping[str, Function] | None
    ) -> tuple[tuple[str, ...], list[_Binding]]:
        if functions:
            raise UsageError("functions of our own need a local store: no endpoint knows them")
        content = self._run(bound(sparql, bindings or {}))
        if content.get("truncated"):
            raise StoreError(f"{self.endpoint} cut an answer that is needed whole: raise its limit of rows")
        try:
            return tuple(content["head"]["vars"]), content["results"]["bindings"]
        except (KeyError, TypeError):
            raise StoreError(f"{self.endpoint} did not answer as a SPARQL endpoint does") from None

    def _run(self, sparql: str) -> dict[str, Any]:
        # brings TLS along, which an embedded base has no use for
        from urllib.error import HTTPError, URLError
        from urllib.request import Request, urlopen

        headers = {"accept": "application/sparql-results+json", "content-type": "application/x-www-form-urlencoded"}
        body = urlencode({"query": sparql}).encode()
        request = Request(self.endpoint, data=body, headers=headers)  # noqa: S310 (http and https alone, see above)
        try:
            with urlopen(request, timeout=self._timeout) as response:  # noqa: S310
                if response.headers.get("x-vetkb-truncated") == "true":
                    return {"truncated": True}
                content = json.loads(response.read(_LARGEST))
        except HTTPError as error:
            with error:
                said = error.read(2000).decode("utf-8", "replace")
            raise QueryError(f"{self.endpoint} refused a query with status {error.code}: {said[:300]}") from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", None) or error
            raise StoreError(f"{self.endpoint} does not answer ({reason}): check the address, or try again") from None
        except ValueError:
            raise StoreError(f"{self.endpoint} did not answer with SPARQL results in JSON") from None
        return content if isinstance(content, dict) else {}


# --- bound variables ---------------------------------------------------------------------------------


def bound(sparql: str, bindings: Mapping[str, Bindable]) -> str:
    """Return a query in which variables have values.

    >>> bound("SELECT ?a { ?a ?p 1 FILTER NOT EXISTS { ?a ?q 2 } }", {"a": Iri("urn:x")})
    'SELECT ?a { VALUES ?a { <urn:x> } ?a ?p 1 FILTER NOT EXISTS { VALUES ?a { <urn:x> } ?a ?q 2 } }'
    """
    if not bindings:
        return sparql
    written = {name: str(from_value(value)) for name, value in bindings.items()}
    groups = list(_groups(sparql))
    for place, (start, used, made) in reversed(list(enumerate(groups))):
        names = [name for name in written if (place == 0 or name in used) and name not in made]
        clauses = "".join(f" VALUES ?{name} {{ {written[name]} }}" for name in names)
        sparql = sparql[:start] + clauses + sparql[start:]
    # what the query computes itself is compared when it is done
    computed = [name for name in written if groups and name in groups[0][2]]
    return sparql + "".join(f"\nVALUES ?{name} {{ {written[name]} }}" for name in computed[:1])


def _groups(sparql: str) -> Iterator[tuple[int, set[str], set[str]]]:
    """Yield the groups of a query: where they begin, the variables used right in them, those that they make themselves.

    A group that is a query of its own has its pattern in the group within.
    """
    found: list[tuple[int, set[str], set[str]]] = []
    around: list[int | None] = []
    nested: set[int | None] = set()
    data = False
    before = ""
    for match in _TOKEN.finditer(sparql):
        word = match[0]
        if word.startswith("#"):
            continue
        if word in ("{", "}"):
            if word == "}":
                around.pop()
            elif data:
                around.append(None)
            else:
                around.append(len(found))
                found.append((match.end(), set(), set()))
            data = False
        elif word[0] in "?$" and around and (inner := around[-1]) is not None:
            _, used, made = found[inner]
            (made if before == "AS" else used).add(word[1:])
        if word.upper() == "SELECT" and before == "{":
            nested.add(around[-1])
        data = data or word.upper() == "VALUES"
        before = word.upper()
    return iter(group for place, group in enumerate(found) if place not in nested)


# --- terms -------------------------------------------------------------------------------------------


def _term(binding: _Binding) -> Term:
    if binding["type"] == "uri":
        return Iri(binding["value"])
    if binding["type"] == "bnode":
        return Iri(f"_:{binding['value']}")
    datatype, language = binding.get("datatype"), binding.get("xml:lang")
    plain = datatype is None or language is not None or datatype.endswith("XMLSchema#string")
    return Literal(binding["value"], None if plain else Iri(datatype), language)


def _value(binding: _Binding | None) -> Value:
    if binding is None:
        return None
    term = _term(binding)
    return literal_value(term.value, term.datatype) if isinstance(term, Literal) else term


def _quad(row: Mapping[str, Term]) -> Quad:
    return Quad(Iri(str(row["s"])), Iri(str(row["p"])), row["o"], Iri(str(row["g"])))
