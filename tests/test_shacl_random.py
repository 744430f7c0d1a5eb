"""Random shapes over random data: the compiled queries and pySHACL find the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vetkb.engine import RdfStore, parse_rdf
from vetkb.validate.compiled import compile_shapes, run_constraints
from vetkb.validate.engines import compiled_files
from vetkb.validate.shacl import read_shapes, run_shapes

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <urn:e:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
NODES = st.sampled_from(["e:a", "e:b", "e:c", "e:d"])
# No booleans and no ill-formed numbers: rdflib takes true for 1 where SPARQL does not compare the two.
LITERALS = st.sampled_from(
    ["1", "2", "7", "2.5", "-1", '"x"', '"xyz"', '"甲"', '"x"@en', '"y"@en', '"甲"@zh', '"2018-01-01"^^xsd:date']
)
CLASSES = st.sampled_from(["e:School", "e:College", "e:County"])
PROPERTIES = st.sampled_from(["e:p", "e:q", "e:r"])
VALUES = st.one_of(NODES, LITERALS)

LINKS = st.tuples(NODES, PROPERTIES, VALUES).map(" ".join)
NUMBERS = st.tuples(NODES, st.sampled_from(["e:n", "e:m"]), st.integers(0, 3)).map("{0[0]} {0[1]} {0[2]}".format)
TYPES = st.tuples(NODES, CLASSES).map(lambda t: f"{t[0]} rdf:type {t[1]}")
DATA = st.lists(st.one_of(LINKS, TYPES, NUMBERS), min_size=1, max_size=14).map(
    lambda lines: PREFIXES + "e:College rdfs:subClassOf e:School .\n" + " .\n".join(dict.fromkeys(lines)) + " ."
)

PATHS = st.recursive(
    PROPERTIES,
    lambda inner: st.one_of(
        inner.map(lambda p: f"[ sh:inversePath {p} ]"),
        st.tuples(inner, inner).map(lambda p: f"( {p[0]} {p[1]} )"),
        st.tuples(inner, inner).map(lambda p: f"[ sh:alternativePath ( {p[0]} {p[1]} ) ]"),
        inner.map(lambda p: f"[ sh:zeroOrOnePath {p} ]"),
        inner.map(lambda p: f"[ sh:oneOrMorePath {p} ]"),
    ),
    max_leaves=3,
)
ON_VALUE = st.one_of(
    CLASSES.map("sh:class {}".format),
    st.sampled_from(["xsd:integer", "xsd:string", "xsd:date", "xsd:decimal"]).map("sh:datatype {}".format),
    st.sampled_from(["IRI", "Literal", "BlankNode", "IRIOrLiteral"]).map("sh:nodeKind sh:{}".format),
    st.tuples(st.sampled_from(["minInclusive", "maxExclusive", "minExclusive", "maxInclusive"]), st.integers(0, 5)).map(
        lambda t: f"sh:{t[0]} {t[1]}"
    ),
    st.tuples(st.sampled_from(["minLength", "maxLength"]), st.integers(0, 4)).map(lambda t: f"sh:{t[0]} {t[1]}"),
    st.sampled_from(['sh:pattern "^x"', 'sh:pattern "X" ; sh:flags "i"', 'sh:languageIn ( "en" "zh" )']),
    st.lists(VALUES, min_size=1, max_size=3).map(lambda v: f"sh:in ( {' '.join(v)} )"),
    VALUES.map("sh:hasValue {}".format),
    PROPERTIES.map("sh:equals {}".format),
    PROPERTIES.map("sh:disjoint {}".format),
)
ON_PATH = st.one_of(
    st.tuples(st.sampled_from(["minCount", "maxCount"]), st.integers(0, 3)).map(lambda t: f"sh:{t[0]} {t[1]}"),
    st.just("sh:uniqueLang true"),
)
# pySHACL orders IRIs and texts before numbers, where SPARQL does not compare them: only numbers are held against numbers.
LESS = st.sampled_from(["sh:path e:n ; sh:lessThan e:m", "sh:path e:n ; sh:lessThanOrEquals e:m"])


def anonymous(body):
    return f"[ {body} ]"


def property_shape(parts):
    path, constraints = parts
    return f"sh:path {path} ; {each_once(constraints)}"


def each_once(constraints):
    """Most constraints may stand once in a shape."""
    return " ; ".join({c.split()[0]: c for c in constraints}.values())


def node_bodies(inner):
    """The bodies of shapes that hold other shapes."""
    shapes = inner.map(anonymous)
    return st.one_of(
        inner,
        st.lists(ON_VALUE, min_size=1, max_size=2).map(each_once),
        shapes.map("sh:not {}".format),
        shapes.filter(lambda s: not s.startswith("[ sh:path")).map("sh:node {}".format),
        st.tuples(st.sampled_from(["and", "or", "xone"]), st.lists(shapes, min_size=1, max_size=2)).map(
            lambda t: f"sh:{t[0]} ( {' '.join(t[1])} )"
        ),
    )


SIMPLE = st.one_of(ON_VALUE, st.tuples(PATHS, st.lists(st.one_of(ON_VALUE, ON_PATH), min_size=1, max_size=2)).map(property_shape))
INNER = st.recursive(SIMPLE, node_bodies, max_leaves=3)
TARGETS = st.one_of(
    CLASSES.map("sh:targetClass {}".format),
    NODES.map("sh:targetNode {}".format),
    PROPERTIES.map("sh:targetSubjectsOf {}".format),
    PROPERTIES.map("sh:targetObjectsOf {}".format),
)
QUALIFIED = st.tuples(PATHS, INNER, st.sampled_from(["Min", "Max"]), st.integers(0, 2)).map(
    lambda t: f"sh:path {t[0]} ; sh:qualifiedValueShape [ {t[1]} ] ; sh:qualified{t[2]}Count {t[3]}"
)


@st.composite
def shapes(draw):
    """A shapes graph whose shapes with results have names."""
    text = PREFIXES
    for number in range(draw(st.integers(1, 3))):
        parts = [draw(TARGETS), draw(node_bodies(INNER.filter(lambda b: "sh:path" not in b)))]
        for place in range(draw(st.integers(0, 2))):
            body = draw(
                st.one_of(
                    st.tuples(PATHS, st.lists(st.one_of(ON_VALUE, ON_PATH), min_size=1, max_size=3)).map(property_shape),
                    QUALIFIED,
                )
            )
            parts.append(f"sh:property e:shape{number}_{place}")
            text += f"e:shape{number}_{place} a sh:PropertyShape ; {body} .\n"
        text += f"e:shape{number} a sh:NodeShape ; {' ; '.join(parts)} .\n"
    return text


def told(raws):
    return {(r.focus, str(r.value), str(r.shape), str(r.component), r.severity) for r in raws}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=DATA, text=shapes())
def test_compiled_shapes_find_what_pyshacl_finds(data, text):
    quads = read_shapes(text, "random", trusted=True)
    compiled = compile_shapes(quads)
    triples = list(parse_rdf(data.encode(), "turtle"))
    store = RdfStore.memory()
    store.add(triples)
    if not compiled.reasons:
        assert told(run_constraints(store, compiled.constraints)) == told(run_shapes(triples, quads))


ALIKE = (
    *(f"sh:{name} {number}" for name in ("minCount", "maxCount") for number in range(4)),
    *("sh:class e:School", "sh:datatype xsd:integer", "sh:nodeKind sh:IRI", "sh:minInclusive 2", "sh:maxExclusive 2"),
    *("sh:maxLength 1", 'sh:pattern "^x"', 'sh:languageIn ( "en" )', "sh:in ( 1 2 e:a )", "sh:hasValue 1", "sh:uniqueLang true"),
    *("sh:equals e:m", "sh:disjoint e:m", "sh:lessThan e:m", "sh:lessThanOrEquals e:m", "sh:not [ sh:datatype xsd:integer ]"),
    *("sh:or ( [ sh:minLength 2 ] [ sh:datatype xsd:integer ] )", "sh:node [ sh:property [ sh:path e:p ; sh:minCount 1 ] ]"),
    *(f"sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualified{end}Count 1" for end in ("Min", "Max")),
    "sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMinCount 2",
)
OF_ALL_KINDS = """
e:a rdf:type e:School ; e:p 1 , 2 , e:b ; e:q "x"@en , "y"@en , "x" ; e:m 2 .
e:b rdf:type e:School ; e:p 1 ; e:q 1 , e:a ; e:r 1 , 2 , 3 , "xyz" ; e:m 1 .
e:c rdf:type e:School ; e:r e:a , e:b .
"""


def found_alike(data, quads):
    """Hold that shapes are compiled whole and that both engines find the same in data; return it."""
    triples = list(parse_rdf(f"{PREFIXES}{data}".encode(), "turtle"))
    store = RdfStore.memory()
    store.add(triples)
    compiled = compile_shapes(quads)
    assert compiled.reasons == ()
    found = told(run_constraints(store, compiled.constraints))
    assert found == told(run_shapes(triples, quads))
    return found


@pytest.mark.parametrize("constraint", ALIKE)
def test_properties_that_are_asked_about_together_have_each_its_own_results(constraint):
    names = ("e:p", "e:q", "e:r")
    parts = "".join(f"e:of{name[2:]} a sh:PropertyShape ; sh:path {name} ; {constraint} .\n" for name in names)
    of = " , ".join(f"e:of{name[2:]}" for name in names)
    quads = read_shapes(
        f"{PREFIXES}{parts}e:s a sh:NodeShape ; sh:targetClass e:School ; sh:property {of} .", "alike", trusted=True
    )
    found_alike(OF_ALL_KINDS, quads)


# `sh:select` of a shape whose focus nodes are the values of e:p, or others: with and without what tells that they are
SELECTS = (
    "SELECT $this ?value WHERE { ?value e:p $this }",
    "SELECT $this ?value WHERE { ?value <urn:e:p> $this ; e:m ?n }",
    "SELECT $this ?value WHERE { ?value e:q $this }",
    "SELECT $this ?value WHERE { ?value e:p ?other . ?other e:p $this }",
    "SELECT $this ?value WHERE { ?value f:p $this }",
    "PREFIX e: <urn:f:> SELECT $this ?value WHERE { ?value e:p $this }",
    "SELECT $this WHERE { OPTIONAL { ?value e:p $this } FILTER (!BOUND(?value)) }",
    """SELECT DISTINCT $this ?value WHERE { { SELECT $this WHERE { ?each e:p $this } GROUP BY $this HAVING (COUNT(?each) > 1) }
       ?value e:p $this }""",
    """SELECT DISTINCT $this ?value WHERE { { SELECT $this WHERE { ?each e:q $this } GROUP BY $this HAVING (COUNT(?each) > 1) }
       ?value e:p $this }""",
    """SELECT DISTINCT $this ?value WHERE { { SELECT $this WHERE { ?each e:p $this } GROUP BY $this HAVING (COUNT(?each) > 9) }
       ?value e:p $this }""",
)
POINTED_AT = "e:a e:p e:b , e:c , 1 ; e:m 1 . e:b e:p e:c ; e:q e:d . e:c e:p e:d ; e:q e:d . e:d <urn:f:p> e:b , e:a ."


@pytest.mark.parametrize("target", ["sh:targetObjectsOf e:p", "sh:targetSubjectsOf e:p", "sh:targetObjectsOf e:p , e:q"])
@pytest.mark.parametrize("select", SELECTS)
def test_focus_nodes_that_a_query_names_itself_are_not_looked_for_twice(select, target):
    declared = "".join(f'[ sh:prefix "{p}" ; sh:namespace "urn:{p}:"^^xsd:anyURI ] , ' for p in "ef").removesuffix(" , ")
    text = f"{PREFIXES}e:prefixes sh:declare {declared} .\n"
    text += f'e:c a sh:SPARQLConstraint ; sh:prefixes e:prefixes ; sh:select """{select}""" .'
    quads = read_shapes(f"{text}\ne:s a sh:NodeShape ; {target} ; sh:sparql e:c .", "queries", trusted=True)
    found_alike(POINTED_AT, quads)


def test_what_random_shapes_are_made_of_is_compiled():
    for constraint in ("sh:class e:School", "sh:not [ sh:class e:School ]", "sh:or ( [ sh:path e:p ; sh:minCount 2 ] )"):
        text = f"{PREFIXES} e:s a sh:NodeShape ; sh:targetClass e:School ; {constraint} ."
        assert compile_shapes(read_shapes(text, "one", trusted=True)).reasons == ()


@pytest.mark.parametrize("constraint", ['sh:pattern "(?=x)"', "sh:datatype xsd:gYear", "sh:node e:s"])
def test_what_the_engine_cannot_say_is_left_with_a_reason(constraint):
    text = f"{PREFIXES} e:s a sh:NodeShape ; sh:targetClass e:School ; {constraint} ."
    compiled = compile_shapes(read_shapes(text, "one", trusted=True))
    assert compiled.constraints == ()
    assert len(compiled.reasons) == 1


def test_a_query_with_prefixes_of_its_own_and_a_variable_called_path_is_compiled():
    query = (
        "PREFIX e: <urn:e:> SELECT $this ?value WHERE { $this e:p ?path . ?path e:q ?value . FILTER EXISTS { $this e:r ?path } }"
    )
    text = (
        f'{PREFIXES} e:s a sh:NodeShape ; sh:targetClass e:School ; sh:sparql [ a sh:SPARQLConstraint ; sh:select "{query}" ] .'
    )
    compiled = compile_shapes(read_shapes(text, "one", trusted=True))
    assert compiled.reasons == ()
    store = RdfStore.memory()
    store.add(parse_rdf(f"{PREFIXES} e:a a e:School ; e:p e:b ; e:r e:b . e:b e:q e:c .".encode(), "turtle"))
    assert [(r.focus, r.value) for r in run_constraints(store, compiled.constraints)] == [("urn:e:a", "urn:e:c")]


GROUPED = "SELECT $this ?value WHERE {{ {{ SELECT $this ?value {head} WHERE {{ ?one e:p ?value ; e:of $this }} {tail} }} }}"


def grouped(head, tail):
    query = "PREFIX e: <urn:e:> " + GROUPED.format(head=head, tail=tail)
    constraint = f'sh:sparql [ a sh:SPARQLConstraint ; sh:select "{query}" ]'
    return read_shapes(f"{PREFIXES} e:s a sh:NodeShape ; sh:targetClass e:School ; {constraint} .", "one", trusted=True)


def test_a_query_inside_another_sees_one_focus_node_at_a_time():
    quads = grouped("(COUNT(?one) AS ?count)", "GROUP BY $this ?value HAVING (COUNT(?one) > 1)")
    said = {"1": "a", "2": "a", "3": "b", "4": "c", "5": "c"}  # c is no school
    data = "e:a a e:School . e:b a e:School . " + " ".join(f"e:{one} e:of e:{of} ; e:p 1 ." for one, of in said.items())
    assert {focus for focus, *_ in found_alike(f" {data}", quads)} == {"urn:e:a"}


@pytest.mark.parametrize("tail", ["GROUP BY ?value", "HAVING (COUNT(?one) > 1)", "LIMIT 1"])
def test_a_query_inside_another_that_counts_over_all_focus_nodes_is_left(tail):
    assert compile_shapes(grouped("", tail)).reasons


@pytest.mark.parametrize("kind", ["quality", "reporting", "compliance"])
def test_the_shapes_that_ship_are_all_compiled(kind):
    assert compiled_files(kind).reasons == ()
