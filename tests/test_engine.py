"""The embedded dataset: terms in and out, queries with bound terms, and what is looked at before a query runs."""

from __future__ import annotations

import ast
import contextlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb import engine
from vetkb.engine import Iri, Literal, Quad, RdfStore, check_query
from vetkb.errors import QueryRefusedError, QuerySyntaxError, ReportError, StoreError, UsageError

EX = "http://example.org/"
CANARY = "<http://127.0.0.1:9/>"


def iri(name: str) -> Iri:
    return Iri(EX + name)


@pytest.fixture
def two_graphs() -> RdfStore:
    store = RdfStore.memory()
    store.load(b"@prefix : <http://example.org/> . :a :p 1 ; :shared 9 .", "turtle", iri("g1"))
    store.load(b"@prefix : <http://example.org/> . :b :p 2 . :a :shared 9 .", "turtle", iri("g2"))
    return store


def test_values_come_back_as_python_values() -> None:
    store = RdfStore.memory()
    data = '@prefix : <http://example.org/> . :a :p 1, 2.5, 1e1, false, "2018-01-04"^^<' + engine.XSD + 'date>, "市"@zh, :b .'
    store.load(data.encode(), "turtle")
    values = {row[0] for row in store.select("SELECT ?o { ?s ?p ?o }").rows}
    assert values == {1, Decimal("2.5"), 10.0, False, date(2018, 1, 4), "市", iri("b")}


@given(st.lists(st.tuples(st.text('a市\t\n\r\\"<>@^_.1\u2028\x00'), st.none() | st.text('a\t"\\\n')), min_size=1, max_size=6))
def test_any_text_comes_back_as_it_is(rows: list[tuple[str, str | None]]) -> None:
    store = RdfStore.memory()
    for place, row in enumerate(rows):
        quads = [(name, text) for name, text in zip("pq", row, strict=True) if text is not None]
        store.add(Quad(iri(f"s{place}"), iri(name), Literal(text, None, "zh"), iri("g")) for name, text in quads)
    asked = f"SELECT ?s ?p ?q {{ ?s <{EX}p> ?p OPTIONAL {{ ?s <{EX}q> ?q }} }} ORDER BY ?s"
    assert store.select(asked).rows == tuple((iri(f"s{place}"), *row) for place, row in enumerate(rows))


def test_numbers_and_truths_come_back_whatever_their_type_is_called() -> None:
    store = RdfStore.memory()
    typed = {"byte": 7, "nonNegativeInteger": 12, "decimal": Decimal("-3.25"), "double": 1e300, "float": 0.5, "boolean": True}
    text = " ".join(f'"{str(value).lower()}"^^<{engine.XSD}{name}>' for name, value in typed.items())
    (*row, word) = (value for (value,) in store.select(f'SELECT ?v {{ VALUES ?v {{ {text} "x"^^<{engine.XSD}integer> }} }}').rows)
    assert row == list(typed.values())
    assert [type(value) for value in row] == [type(value) for value in typed.values()]
    assert word == "x"


def test_a_query_without_variables_has_rows_without_columns(two_graphs: RdfStore) -> None:
    assert two_graphs.select("SELECT * {}").rows == ((),)


def test_a_date_that_python_cannot_hold_stays_text() -> None:
    store = RdfStore.memory()
    store.load(b'<http://e/a> <http://e/p> "-0001-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .', "turtle")
    assert store.select("SELECT ?o { ?s ?p ?o }").rows == (("-0001-01-01",),)


def test_unbound_variables_are_none(two_graphs: RdfStore) -> None:
    table = two_graphs.select("SELECT ?x ?missing { BIND(1 AS ?x) }")
    assert table.dicts() == [{"x": 1, "missing": None}]


def test_a_triple_that_stands_in_two_graphs_is_counted_once(two_graphs: RdfStore) -> None:
    assert two_graphs.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == ((3,),)


def test_from_narrows_a_query_to_graphs_of_the_store(two_graphs: RdfStore) -> None:
    assert two_graphs.select("SELECT (COUNT(*) AS ?n) FROM <http://example.org/g2> { ?s ?p ?o }").rows == ((2,),)
    assert two_graphs.select("SELECT (COUNT(*) AS ?n) FROM <http://example.org/none> { ?s ?p ?o }").rows == ((0,),)
    assert two_graphs.select("SELECT (COUNT(*) AS ?n) { GRAPH <http://example.org/g2> { ?s ?p ?o } }").rows == ((2,),)


@pytest.mark.parametrize(
    ("value", "term"),
    [
        (iri("b"), iri("b")),
        ("' } #", Literal("' } #")),
        (12, Literal("12", Iri(engine.XSD + "integer"))),
        (Decimal("1.50"), Literal("1.50", Iri(engine.XSD + "decimal"))),
        (True, Literal("true", Iri(engine.XSD + "boolean"))),
        (date(2018, 1, 4), Literal("2018-01-04", Iri(engine.XSD + "date"))),
        (Literal("市", None, "zh"), Literal("市", None, "zh")),
    ],
)
def test_a_bound_value_finds_its_term(value: engine.Bindable, term: engine.Term) -> None:
    store = RdfStore.memory()
    store.add([Quad(iri("a"), iri("p"), term, iri("g")), Quad(iri("a"), iri("p"), iri("another"), iri("g"))])
    assert len(store.select("SELECT ?s ?v { ?s ?p ?v }", {"v": value}).rows) == 1


def test_a_bound_text_is_never_read_as_sparql(two_graphs: RdfStore) -> None:
    text = '" } ; DROP ALL # '
    assert two_graphs.select("SELECT ?v { }", {"v": text}).rows == ((text,),)


def test_a_syntax_error_tells_its_place(two_graphs: RdfStore) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        two_graphs.select("SELECT ?x\nWHERE { ?s ?p\n 市 }")
    assert (caught.value.line, caught.value.column) == (3, 3)


def test_constructed_triples_come_once_and_in_the_graph_asked_for(two_graphs: RdfStore) -> None:
    quads = two_graphs.construct("CONSTRUCT { ?s <http://example.org/q> 1 } { ?s ?p ?o }", graph=iri("derived"))
    assert sorted(quads, key=str) == [
        Quad(iri(name), iri("q"), Literal("1", Iri(engine.XSD + "integer")), iri("derived")) for name in "ab"
    ]


def test_functions_of_python_can_be_called(two_graphs: RdfStore) -> None:
    double = {EX + "double": lambda number: number * 2 if isinstance(number, int) else None}
    table = two_graphs.select(
        "SELECT (<http://example.org/double>(?o) AS ?x) { ?s <http://example.org/p> ?o } ORDER BY ?x", functions=double
    )
    assert table.rows == ((2,), (4,))


@pytest.mark.parametrize("syntax", ["turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml"])
def test_what_is_written_reads_back(two_graphs: RdfStore, syntax: str) -> None:
    back = RdfStore.memory()
    back.load(two_graphs.serialise(syntax), syntax, iri("g1"))
    assert len(back) == len(two_graphs)


def test_equal_graphs_are_written_as_equal_bytes(two_graphs: RdfStore) -> None:
    other = RdfStore.memory()
    other.add(reversed(two_graphs.quads()))
    assert other.serialise("turtle") == two_graphs.serialise("turtle")


def test_quads_tell_which_graph_holds_them(two_graphs: RdfStore) -> None:
    assert two_graphs.graph_names == [iri("g1"), iri("g2")]
    assert two_graphs.graphs_of(iri("a"), iri("shared"), Literal("9", Iri(engine.XSD + "integer"))) == [iri("g1"), iri("g2")]
    assert {quad.graph for quad in two_graphs.quads()} == {iri("g1"), iri("g2")}


def test_statements_outside_of_every_graph_are_kept() -> None:
    store = RdfStore.memory()
    store.load(b"<http://e/a> <http://e/p> <http://e/b> .", "ntriples")
    assert [quad.graph for quad in store.quads()] == [None]


def test_malformed_data_is_reported() -> None:
    with pytest.raises(ReportError, match="cannot be read as turtle"):
        RdfStore.memory().load(b"this is not turtle", "turtle")


def test_a_remote_context_is_not_fetched() -> None:
    with pytest.raises(ReportError):
        RdfStore.memory().load(b'{"@context": "http://127.0.0.1:9/c", "@id": "http://e/a", "b": "c"}', "jsonld")


def test_a_term_that_is_no_iri_is_refused() -> None:
    with pytest.raises(UsageError, match="not an IRI"):
        RdfStore.memory().select("SELECT ?s { ?s ?p ?o }", {"s": Iri("a b> }")})


HOSTILE = (
    Quad(Iri("urn:a> <urn:b> <urn:c"), Iri("urn:p"), Iri("urn:o")),
    Quad(Iri("urn:a"), Iri("urn:p"), Literal("x", None, "en .\n<urn:a> <urn:p> <urn:b>")),
    Quad(Iri("urn:a"), Iri("urn:p"), Literal("x", Iri("urn:t> .\n<urn:a> <urn:p> <urn:b"))),
    Quad(Iri("urn:a"), Iri("_:p"), Iri("urn:o")),
    Quad(Iri("no scheme"), Iri("urn:p"), Iri("urn:o")),
)


@pytest.mark.parametrize("quad", HOSTILE)
def test_no_term_says_more_than_itself(quad: Quad) -> None:
    store = RdfStore.memory()
    with pytest.raises((UsageError, ValueError)):
        store.add([quad])
    assert store.quads() == []


def test_blank_nodes_keep_their_names_across_thousands_of_quads() -> None:
    store, blank = RdfStore.memory(), Iri("_:a")
    store.add(Quad(blank, Iri("urn:p"), Literal(str(number)), iri("g")) for number in range(12_000))
    assert {quad.subject for quad in store.quads()} == {blank}
    assert len(store) == 12_000


def test_a_missing_base_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no base at"):
        RdfStore.open(tmp_path / "none")


def test_a_base_on_disk_answers_as_one_in_memory(two_graphs: RdfStore, tmp_path: Path) -> None:
    part = tmp_path / "part.nq"
    part.write_bytes(two_graphs.serialise("nquads"))
    writer = RdfStore.open(tmp_path / "data", read_only=False)
    writer.bulk_load(part)
    writer.finish()
    del writer
    reader = RdfStore.open(tmp_path / "data")
    assert reader.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == ((3,),)
    assert reader.serialise("nquads") == two_graphs.serialise("nquads")


def test_nothing_of_the_library_below_is_seen() -> None:
    for name in engine.__all__:
        thing = getattr(engine, name)
        assert "pyoxigraph" not in (getattr(thing, "__module__", None) or ""), name
    for path in sorted(Path(engine.__file__).parents[1].rglob("*.py")):
        if path.parent.name in ("engine", "graph"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "pyoxigraph" for name in imported), path


def test_all_is_sorted() -> None:
    constants = [name for name in engine.__all__ if name.isupper()]
    assert engine.__all__ == constants + sorted(set(engine.__all__) - set(constants))
    assert constants == sorted(constants)


# --- what is looked at before a query runs ------------------------------------------------------------

DISGUISES = [
    f"SELECT * {{ SERVICE {CANARY} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ service silent {CANARY} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SeRvIcE#comment\n{CANARY} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICE{CANARY}{{}} }}",
    "SELECT * { ?s ?p ?o OPTIONAL { SERVICE ?s {} } } #",
    f"PREFIX : {CANARY} SELECT * {{ SERVICE:a {{ ?s ?p ?o }} }}",
    f"PREFIX ex: {CANARY} SELECT * {{ SERVICEex:a {{ ?s ?p ?o }} }}",
    f"PREFIX ex: {CANARY} SELECT * {{ SERVICESILENTex:a {{ ?s ?p ?o }} }}",
    f"PREFIX ex: {CANARY} SELECT * {{ ?s ?p trueSERVICEex:a {{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s ?p trueSERVICE{CANARY}{{}} }}",
    f"SELECT * {{ ?s ?p 1SERVICE{CANARY}{{}} }}",
    f"SELECT * {{ ?s ?p 1.5e3SERVICE{CANARY}{{}} }}",
    f"SELECT * {{ ?s ?p '}}'SERVICE{CANARY}{{}} }}",
    f"SELECT * {{ ?s ?p 'a\\''SERVICE{CANARY}{{}} #' }}",
    f"SELECT * {{ ?s ?p '''a''b'''. SERVICE {CANARY} {{}} }}",
    f"SELECT * {{ VALUES ?x {{ {CANARY} }} SERVICE?x{{}} }}",
    f"SELECT * {{ FILTER EXISTS {{ SERVICE {CANARY} {{}} }} }}",
    "SELECT * { ?a ?b ?c FILTER(?a<ex:f)SERVICE#>\n?x{ ?s ?p ?o } }",
    f"SELECT * {{ \\u0053ERVICE {CANARY} {{}} }}",
    f'SELECT * {{ ?s ?p "\\u0022 SERVICE {CANARY} {{}} #" }}',
    f"# harmless\rSELECT * {{ SERVICE {CANARY} {{}} }}",
]
HARMLESS = [
    "SELECT * { ?s ?p 'SERVICE <x> {}' }",
    '# SERVICE <x> {}\nSELECT * { ?s ?p """SERVICE <x> {}""" }',
    "PREFIX service: <http://x/> SELECT * { ?s service:p service:o }",
    "PREFIX service: <http://x/> SELECT * { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> SELECT ?service { GRAPH ?service { ?s a sd:Service } }",
    "PREFIX s: <http://x/> SELECT * { ?s s:SERVICE ?o . ?s <http://x/service#a> ?service }",
    "SELECT * { ?s ?p ?o FILTER(?s IN (<http://x/service#d>, <http://x/service#e>)) }",
    "SELECT * { ?s ?p '服务 SERVICE'@en, _:service }",
]


@pytest.mark.parametrize("sparql", DISGUISES)
def test_service_is_refused_in_every_disguise(sparql: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check_query(sparql)


@pytest.mark.parametrize("sparql", HARMLESS)
def test_the_word_service_elsewhere_is_harmless(sparql: str) -> None:
    assert check_query(sparql).kind == "select"
    RdfStore.memory().select(sparql)


@pytest.mark.parametrize("word", ["INSERT", "delete", "LOAD", "CLEAR", "Drop", "CREATE", "ADD", "MOVE", "COPY", "WITH"])
def test_updates_are_refused(word: str) -> None:
    with pytest.raises(QueryRefusedError, match="changes data"):
        check_query(f"PREFIX ex: <http://x/> # comment\n{word} DATA {{ <a:b> <a:b> <a:b> }}")


@pytest.mark.parametrize("opening", ["(", "{", "["])
def test_deep_nesting_is_refused_with_its_place(opening: str) -> None:
    with pytest.raises(QuerySyntaxError, match="nested too deeply at line 2, column 101") as caught:
        check_query("SELECT *\n" + opening * 5000)
    assert caught.value.line == 2


def test_brackets_inside_of_strings_do_not_nest() -> None:
    assert check_query("ASK { ?s ?p '" + "(" * 500 + "' }").kind == "ask"


def test_a_query_that_is_too_long_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match="too long"):
        check_query("SELECT * { ?s ?p '" + "市" * 30_000 + "' }")


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p 'a service", 'SELECT * { ?s ?p """service"" }', "\ud800"])
def test_what_is_no_text_of_sparql_is_a_syntax_error(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        check_query(text)


@pytest.mark.parametrize(
    ("sparql", "kind"),
    [
        ("SELECT * {}", "select"),
        ("BASE <http://x/> PREFIX a: <b> # c\nask {}", "ask"),
        ("CONSTRUCT WHERE {}", "construct"),
        ("DESCRIBE <a:b>", "construct"),
        ("nonsense", None),
    ],
)
def test_the_kind_of_a_query_is_known_before_it_runs(sparql: str, kind: str | None) -> None:
    assert check_query(sparql).kind == kind


def test_graphs_of_from_are_read() -> None:
    checked = check_query("PREFIX g: <http://x/> SELECT * FROM g:1 FROM <http://x/2> FROM NAMED g:3 { FILTER('FROM <a:b>') }")
    assert checked.default_graphs == ("http://x/1", "http://x/2")
    assert checked.named_graphs == ("http://x/3",)


@given(st.text(alphabet=st.sampled_from(" \n\"'\\<>#?:.@_({[]})aSERVICEservice1市u0\ud800"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(QuerySyntaxError, QueryRefusedError):
        assert check_query(text).text == text
