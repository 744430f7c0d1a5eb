"""Reports held against a small base: what violates, what only warns, what is not due, and in whose words it is said."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vetkb.engine import Iri, Literal, Quad, RdfStore
from vetkb.errors import ReportError, UsageError
from vetkb.graph.lexicon import load_lexicon
from vetkb.paths import SCHEMAS, SHAPES
from vetkb.reporting import names_of, read_reports
from vetkb.validate import Data, Demands, check_quality, shapes_of, validate
from vetkb.validate.compiled import compile_shapes, run_constraints
from vetkb.validate.data_graph import Surroundings, data_graph, quads_of, said_in
from vetkb.validate.engines import compiled_files, shape_files
from vetkb.validate.evidence import check_evidence
from vetkb.validate.formats import to_json
from vetkb.validate.sandbox import run_isolated
from vetkb.validate.shacl import read_shapes, run_shapes
from vetkb.validate.targets import policies_of

CASES = Path(__file__).parent / "cases" / "reports"
EXAMPLES = Path(__file__).parent.parent / "examples"
DOCUMENT = Iri("https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2")
HEADER = "indicator,about,about_type,area,value,unit,year\n"
PROGRESS = "task,status,date,reporter\n"
TWICE = "".join(f"funding,某学院,公办高等职业院校,安阳市,{n},元,2018\n" for n in (12500, 13000))
END = date(2018, 12, 31)


@pytest.fixture(scope="module")
def base():
    store = RdfStore.memory()
    store.load((CASES / "base.ttl").read_bytes(), "turtle")
    return store


@pytest.fixture(scope="module")
def names(base):
    return names_of(base)


@pytest.fixture
def check(base, names):
    """Hold the text of a CSV file against the small base."""

    def run(text, as_of=END, name="r.csv", **more):
        return validate(base, read_reports([(name, text.encode())], names), as_of, **more)

    return run


def grave(report):
    return [r for r in report.results if r.severity == "violation"]


def state(report, clause, place=0):
    return [t.state for t in report.targets if t.clause.item == clause][place]


# --- the floor on funding per student ----------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "ttl"])
def test_funding_below_the_floor_is_one_violation_that_names_the_clause(base, names, form):
    report = validate(base, read_reports([(str(EXAMPLES / f"funding-below.{form}"), None)], names), END)
    (one,) = report.results
    assert not report.conforms
    assert (one.clause.document, one.clause.item, one.clause.quote) == ("安政办〔2018〕2号", "五/2", "不低于12000元")
    assert (one.expected, one.actual, one.about) == (">= 12000 元", 11500, "某职业技术学院")
    assert one.row == (2 if form == "csv" else None)
    assert "五/2" in one.message.zh
    assert "11500" in one.message.en
    assert state(report, "五/2") == "violated"


@pytest.mark.parametrize("form", ["csv", "ttl"])
def test_funding_above_the_floor_conforms(base, names, form):
    report = validate(base, read_reports([(str(EXAMPLES / f"funding-above.{form}"), None)], names), END)
    assert report.conforms
    assert report.results == ()
    assert state(report, "五/2") == "met"


@pytest.mark.parametrize(
    "row",
    [
        "funding,某学院,民办高等职业院校,安阳市,11500,元,2018",  # another population
        "funding,某学校,中等职业学校,安阳市,11500,元,2018",
        "funding,某学院,高职院校,安阳市,11500,元,2018",  # not known to be public
        "funding,某学院,公办高等职业院校,郑州市,11500,元,2018",  # another area
        "funding,某学院,公办高等职业院校,河南省,11500,元,2018",
        "funding,某学院,公办高等职业院校,安阳市,11500,元,2016",  # before it began
        "funding,某学院,公办高等职业院校,安阳市,2900,元,2018年第一季度",  # not a whole year
    ],
)
def test_a_figure_of_others_or_another_time_is_not_about_the_target(check, row):
    report = check(HEADER + row + "\n")
    assert report.conforms
    assert state(report, "五/2") == "not_reported"
    assert [r.severity for r in report.results] == ["info"]


@pytest.mark.parametrize(
    "row",
    [
        "funding,某学院,公办高等职业院校,内黄县,11500,元,2018",  # within the area
        "funding,某学院,公办高等职业院校,,11500,元,2018",  # no area given
        "funding,安阳市,公办高等职业院校,安阳市,11500,元,2018",  # the average of all
        "funding,安阳市,,安阳市,11500,元,2018",
        "funding,某学院,公办高等职业院校,安阳市,1.15,万元,2018",
        "funding,某学院,公办高等职业院校,安阳市,11500,元,2017",  # the annex says 2017年起
        "funding,某学院,公办高等职业院校,安阳市,11999.99,元,2018",
    ],
)
def test_a_figure_within_population_area_and_time_violates(check, row):
    report = check(HEADER + row + "\n")
    assert [r.clause.item for r in grave(report)] == ["五/2"]


def test_the_floor_itself_is_kept(check):
    assert check(HEADER + "funding,某学院,公办高等职业院校,安阳市,12000,元,2018\n").conforms


def test_a_year_that_has_not_ended_is_not_due(check):
    report = check(HEADER + "funding,某学院,公办高等职业院校,安阳市,11500,元,2018\n", as_of=date(2018, 6, 30))
    assert report.conforms


def test_every_school_is_held_against_the_floor(check):
    rows = "".join(f"funding,第{n}学院,公办高等职业院校,安阳市,{11990 + n},元,2018\n" for n in range(20))
    report = check(HEADER + rows)
    assert [r.row for r in grave(report)] == list(range(2, 12))


# --- comparators -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "severities"),
    [("57000", []), ("56000", ["warning"]), ("62700", ["warning"]), ("62701", ["violation"]), ("51299", ["violation"])],
)
def test_about_a_number_warns_within_the_tolerance_and_violates_beyond(check, value, severities):
    report = check(HEADER + f"在校生规模,安阳市,职业院校,安阳市,{value},人,2018\n")
    assert [r.severity for r in report.results] == severities
    assert state(report, "一/2") == ("violated" if "violation" in severities else "met")


def test_the_tolerance_is_an_assumption_that_can_be_changed(check):
    row = HEADER + "在校生规模,安阳市,职业院校,安阳市,56000,人,2018\n"
    assert not check(row, tolerance=1).conforms
    assert check(row, tolerance=2).conforms
    with pytest.raises(UsageError):
        check(row, tolerance=101)


@pytest.mark.parametrize(("value", "severities"), [("9.9", ["violation"]), ("10", []), ("20", []), ("20.1", ["violation"])])
def test_a_range_has_two_ends(check, value, severities):
    report = check(HEADER + f"share,安阳市,,安阳市,{value},%,2018\n")
    assert [r.severity for r in report.results] == severities


@pytest.mark.parametrize(("value", "severities"), [("0", ["violation"]), ("1", []), ("2", ["warning"])])
def test_more_than_a_bare_number_is_no_breach(check, value, severities):
    report = check(HEADER + f"model,安阳市,,安阳市,{value},所,2018\n")
    assert [r.severity for r in report.results] == severities


def test_the_pupils_of_one_school_are_not_held_against_those_of_the_city(check):
    report = check(HEADER + "在校生规模,某学校,中等职业学校,安阳市,3000,人,2018\n")
    assert report.conforms
    assert state(report, "一/2", 1) == "not_reported"


def test_the_pupils_of_the_city_are(check):
    report = check(HEADER + "在校生规模,安阳市,中等职业学校,安阳市,3.5,万人,2018\n")
    assert [r.clause.quote for r in grave(report)] == ["达到3.6万人"]


# --- time --------------------------------------------------------------------------------------------


def test_a_target_whose_date_lies_ahead_is_not_yet_due(check):
    report = check(HEADER + "在校生规模,安阳市,中等职业学校,安阳市,3.5,万人,2017\n", as_of=date(2018, 6, 30))
    assert report.conforms
    assert state(report, "一/2", 1) == "not_yet_due"
    assert report.summary["not_yet_due"] >= 4


def test_a_figure_from_before_or_long_after_the_date_says_nothing_about_it(check):
    for year in (2017, 2019):
        report = check(HEADER + f"在校生规模,安阳市,中等职业学校,安阳市,3.5,万人,{year}\n", as_of=date(2020, 1, 1))
        assert report.conforms
        assert state(report, "一/2", 1) == "not_reported"


# --- tasks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "as_of", "expected"),
    [
        ("3,done,2018-08-30,市教育局\n", END, "met"),
        ("3,done,2018-12-01,市教育局\n", END, "met"),
        ("3,in_progress,2018-09-30,市教育局\n", END, "violated"),
        ("3,in_progress,2018-06-30,市教育局\n", END, "not_reported"),  # nothing was said since it fell due
        ("3,in_progress,2018-06-30,市教育局\n", date(2018, 7, 1), "not_yet_due"),
        ("3,in_progress,2018-09-30,市教育局\n3,done,2018-11-01,市教育局\n", END, "met"),
        ("3,in_progress,2018-09-30,内黄县\n3,done,2018-11-01,市教育局\n", END, "violated"),  # another county's word
        ("15,in_progress,2018-03-01,市财政局\n", END, "met"),
        ("15,not_started,2018-03-01,市财政局\n", END, "violated"),
        ("16,in_progress,2018-03-01,市教育局\n", END, "met"),
        ("16,not_started,2018-03-01,市教育局\n", END, "violated"),
        ("17,in_progress,2018-03-01,市教育局\n", END, "met"),
        ("17,not_started,2018-03-01,市教育局\n", END, "not_yet_due"),  # the text gives no date: nobody is late
    ],
)
def test_state_of_a_task(check, rows, as_of, expected):
    report = check(PROGRESS + rows, as_of=as_of)
    ordinal = int(rows.partition(",")[0])
    assert [t.state for t in report.tasks if t.ordinal == ordinal] == [expected]
    assert report.conforms == (expected != "violated")
    assert [r.clause.item for r in grave(report)] == ([f"附件/row {ordinal}"] if expected == "violated" else [])


# --- is the report well formed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "severity", "words"),
    [
        ("funding,某学院,公办高等职业院校,安阳市,12500,人,2018\n", "violation", "单位与指标不符"),
        ("funding,某学院,公办高等职业院校,安阳市,12500,元,\n", "violation", "起始日期"),
        ("funding,某学院,公办高等职业院校,安阳市,-5,元,2018\n", "violation", "不能为负"),
        ("teachers,安阳市,,安阳市,170,%,2018\n", "warning", "超过100%"),
        ("funding,某学院,公办高等职业院校,安阳市,12500,元,2018\n" * 2, "warning", "报了两次"),
        (TWICE, "violation", "不同的数值"),
    ],
)  # fmt: skip
def test_a_report_that_is_not_well_formed(check, rows, severity, words):
    report = check(HEADER + rows, shapes="reporting")
    found = [r for r in report.results if words in r.message.zh]
    assert found
    assert {r.severity for r in found} == {severity}
    assert all(r.row and r.focus and r.message.en for r in found)


def test_two_schools_and_two_years_are_no_duplicates(check):
    rows = "".join(f"funding,{s},公办高等职业院校,安阳市,12500,元,{y}\n" for s in ("甲学院", "乙学院") for y in (2017, 2018))
    assert check(HEADER + rows, shapes="reporting").results == ()


def test_a_progress_report_without_a_date_is_not_well_formed(check):
    (one,) = check("task,status,date\n3,done,\n", shapes="reporting").results
    assert (one.severity, one.row) == ("violation", 2)


def test_a_row_that_cannot_be_read_does_not_conform_and_the_others_are_checked(check):
    report = check(
        HEADER + "funding,甲学院,公办高等职业院校,安阳市,很多,元,2018\nfunding,乙学院,公办高等职业院校,安阳市,11500,元,2018\n"
    )
    assert [(r.row, r.column, r.code) for r in grave(report)] == [(2, "value", "VK-REPORT-NUMBER"), (3, None, None)]


# --- the same shapes for every engine ----------------------------------------------------------------

VALUES = st.sampled_from(["9", "10", "15", "21", "11500", "12000", "12500", "36000", "51000", "55000", "57000", "60000", "70000"])
ROWS = st.tuples(
    st.sampled_from(["funding", "enrolment-1", "enrolment-2", "teachers", "share", "model", "trainings"]),
    st.sampled_from(["甲学院", "安阳市", "内黄县", "郑州市", ""]),
    st.sampled_from(["公办高等职业院校", "民办高等职业院校", "职业院校", "中等职业学校", ""]),
    st.sampled_from(["安阳市", "内黄县", "郑州市", ""]),
    VALUES,
    st.sampled_from(["元", "人", "%", "所", "人次", ""]),
    st.sampled_from(["2016", "2017", "2018", "2018-09", "2019"]),
)


# pySHACL goes through all shapes each time: more rows at once, fewer times
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROWS, min_size=6, max_size=10), as_of=st.sampled_from([date(2018, 6, 30), END, date(2020, 1, 1)]))
def test_pyshacl_finds_what_the_embedded_engine_finds(base, names, rows, as_of):
    reported = read_reports([("r.csv", (HEADER + "\n".join(",".join(r) for r in rows)).encode())], names)
    data = list(quads_of(data_graph(Surroundings(base), reported, as_of, Decimal(10))))
    store = RdfStore.memory()
    store.add(data)
    embedded = checked(base, store)
    shapes = read_shapes(shapes_of(base, DOCUMENT), "generated", trusted=True)
    assert told(run_shapes(data, shapes)) == told(embedded)
    compiled = compile_shapes(shapes)
    assert not compiled.reasons
    assert told(run_constraints(store, compiled.constraints)) == told(embedded)


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROWS, min_size=10, max_size=16))
def test_pyshacl_finds_what_the_compiled_shapes_of_reports_find(base, names, rows):
    reported = read_reports([("r.csv", (HEADER + "\n".join(",".join(r) for r in rows)).encode())], names)
    data = list(quads_of(data_graph(Surroundings(base), reported, END, Decimal(10))))
    store = RdfStore.memory()
    store.add(data)
    compiled = compiled_files("reporting")
    assert not compiled.reasons
    assert told(run_constraints(store, compiled.constraints)) == told(run_shapes(data, shape_files("reporting")))


def test_pyshacl_finds_the_same_for_tasks(base, names):
    rows = "3,in_progress,2018-09-30,甲\n3,done,2018-10-30,甲\n3,not_started,2018-09-02,乙\n"
    rows += "15,not_started,2018-01-30,\n16,not_started,2018-01-01,\n"
    reported = read_reports([("r.csv", (PROGRESS + rows).encode())], names)
    data = list(quads_of(data_graph(Surroundings(base), reported, END, Decimal(10))))
    store = RdfStore.memory()
    store.add(data)
    embedded = told(checked(base, store))
    assert [severity for *_, severity, _path, _zh, _en in embedded].count("violation") == 2
    assert told(run_shapes(data, read_shapes(shapes_of(base, DOCUMENT), "generated", trusted=True))) == embedded


def checked(base, store):
    demanded, named = Demands(base).of(frozenset(policies_of(base))), said_in(store).named
    return demanded.run(store, named)[1]


def told(raws):
    return sorted((r.focus, str(r.value), str(r.shape), r.severity, str(r.path), r.message.zh, r.message.en) for r in raws)


def test_shapes_are_the_same_text_each_time_and_link_to_target_and_clause(base):
    text = shapes_of(base, DOCUMENT)
    assert text == shapes_of(base, DOCUMENT)
    store = RdfStore.memory()
    store.load(text.encode(), "turtle")
    prefixes = "PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX dcterms: <http://purl.org/dc/terms/> "
    rows = store.select(
        prefixes
        + "PREFIX sh: <http://www.w3.org/ns/shacl#> "
        + "SELECT ?t ?c { ?s a sh:NodeShape ; prov:wasDerivedFrom ?t ; dcterms:source ?c }"
    ).rows
    assert (f"{DOCUMENT}/sec_5__para_2__target_1", f"{DOCUMENT}/sec_5__para_2") in rows
    assert (f"{DOCUMENT}/att_1__row_3__task", f"{DOCUMENT}/att_1__row_3") in rows


def test_words_of_a_document_cannot_leave_their_place_in_a_shape(base):
    hostile = RdfStore.memory()
    text = (CASES / "base.ttl").read_text(encoding="utf-8")
    hostile.load(
        text.replace('"不低于12000元"', '"\\"@zh ; sh:deactivated true . {?value} {$this} \\\\ \\n\\"\\"\\""').encode(), "turtle"
    )
    quads = read_shapes(shapes_of(hostile, DOCUMENT), "generated", trusted=True)
    assert not [q for q in quads if "deactivated" in q.predicate]


def test_the_shapes_of_the_bundled_document_are_those_of_its_graph(bundled):
    """VETKB_REGENERATE=1 writes the file anew."""
    file = SHAPES / "compliance" / "410500-anzhengban-2018-2.ttl"
    text = shapes_of(bundled.store.rdf, DOCUMENT)
    if os.environ.get("VETKB_REGENERATE"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


# --- shapes of a stranger ----------------------------------------------------------------------------

STRANGE = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix vk: <https://w3id.org/vetkb/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<urn:s> a sh:NodeShape ; sh:targetClass vk:Observation ; """


def test_shapes_of_a_stranger_are_run(check, tmp_path):
    file = tmp_path / "own.ttl"
    file.write_text(
        STRANGE + 'sh:property [ sh:path vk:value ; sh:maxInclusive 100 ; sh:message "too much"@en , "太多"@zh ] .',
        encoding="utf-8",
    )
    report = check(HEADER + "funding,甲学院,公办高等职业院校,安阳市,12500,元,2018\n", shapes=str(file))
    (one,) = report.results
    assert (one.message.zh, one.message.en, one.row, one.actual) == ("太多", "too much", 2, 12500)


@pytest.mark.parametrize(
    "rest",
    [
        'sh:sparql [ sh:select "SELECT $this { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }" ] .',
        'sh:sparql [ sh:select "SELECT $this { \\\\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }" ] .',
        'sh:js [ sh:jsFunctionName "f" ] .',
        'sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate vk:x ; sh:object 1 ] .',
        'sh:property [ sh:path vk:value ; sh:minCount 1 ] . <urn:s> owl:imports <http://127.0.0.1:9/> .',
        'sh:property [ sh:path vk:value',
    ],
)  # fmt: skip
def test_shapes_that_reach_out_are_refused(check, tmp_path, rest):
    file = tmp_path / "own.ttl"
    file.write_text(STRANGE + rest, encoding="utf-8")
    with pytest.raises(ReportError):
        check(HEADER + "funding,甲学院,公办高等职业院校,安阳市,12500,元,2018\n", shapes=str(file))


def test_a_pattern_that_backtracks_is_ended():
    shapes = read_shapes(STRANGE + 'sh:property [ sh:path vk:value ; sh:pattern "^(?=a)(a+)+$" ] .', "own", trusted=False)
    vk = "https://w3id.org/vetkb/ns#"
    kind = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    data = [Quad(Iri("urn:o"), kind, Iri(f"{vk}Observation")), Quad(Iri("urn:o"), Iri(f"{vk}value"), Literal("a" * 60 + "b"))]
    with pytest.raises(ReportError, match="time or memory"):
        run_isolated(data, shapes, seconds=1)


def test_a_missing_shape_file_is_one_clear_line(check):
    with pytest.raises(ReportError, match=r"nowhere\.ttl"):
        check(HEADER, shapes="nowhere.ttl")


@pytest.mark.parametrize("kind", ["compliance", "reporting", "quality"])
def test_our_own_shapes_are_sound_and_reach_nowhere(kind):
    shapes = [
        q for path in sorted((SHAPES / kind).glob("*.ttl")) for q in read_shapes(path.read_bytes(), path.name, trusted=False)
    ]
    assert len(shapes) == len(shape_files(kind))
    run_shapes([], shapes)


# --- quality and evidence ----------------------------------------------------------------------------

EVIDENCE = """@prefix oa: <http://www.w3.org/ns/oa#> . @prefix eli: <http://data.europa.eu/eli/ontology#> .
<urn:d> eli:is_realized_by <urn:e> . <urn:e> eli:is_embodied_by <urn:f> .
<urn:x> oa:hasSource <urn:f> ; oa:hasSelector <urn:q> . <urn:q> oa:exact "不低于12000元" ; oa:refinedBy <urn:p> .
<urn:p> oa:start 3 ; oa:end 12 .
"""


@pytest.mark.parametrize(
    ("text", "codes"),
    [("水平为不低于12000元。", []), ("水平为不低于13000元。", ["VK-EVIDENCE-TEXT"]), (None, ["VK-EVIDENCE-SOURCE"])],
)
def test_evidence_is_what_stands_in_the_source(text, codes):
    store = RdfStore.memory()
    store.load(EVIDENCE.encode(), "turtle")
    found = check_evidence(store, {} if text is None else {Iri("urn:d"): text}, load_lexicon())
    assert [f.code for f in found] == codes


def test_quality_shapes_run_over_triples():
    assert check_quality([]) == ()


# --- the forms of a report ---------------------------------------------------------------------------

FORMATS = ("text", "json", "turtle", "csv", "junit", "html")
HOSTILE = "=cmd()<script>alert(1)</script>\x1b[31m\"&'"


@pytest.fixture
def hostile(check):
    name = HOSTILE.replace('"', '""')
    return check(
        HEADER
        + f'funding,"{name}",公办高等职业院校,安阳市,11500,元,2018\nfunding,"{name}",公办高等职业院校,安阳市,"{name}",元,2017\n'
    )


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "funding,甲学院,公办高等职业院校,安阳市,11500,元,2018\n",
        "在校生规模,安阳市,职业院校,安阳市,56000,人,2018\n",
        "x,,,,1,,\n",
    ],
)
def test_json_keeps_its_schema(check, rows):
    schema = json.loads((SCHEMAS / "report.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    validator.check_schema(schema)
    validator.validate(json.loads(check(HEADER + rows).render("json")))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_format_says_the_violation(check, form, language):
    text = check(HEADER + "funding,甲学院,公办高等职业院校,安阳市,11500,元,2018\n").render(form, language)
    assert "五/2" in text
    assert "11500" in text


def test_an_unknown_format_is_refused(check):
    with pytest.raises(UsageError):
        check(HEADER).render("pdf")


def test_html_and_text_show_a_hostile_name_as_characters(hostile):
    assert "<script" not in hostile.render("html")
    assert "\x1b" not in hostile.render("text")
    assert all("\x1b" not in line for line in hostile.render("junit").splitlines())


def test_csv_runs_no_formula(hostile):
    assert ",=cmd" not in hostile.render("csv")
    assert ',"=cmd' not in hostile.render("csv")


def test_junit_counts_what_fails(hostile):
    suite = ET.fromstring(hostile.render("junit"))  # noqa: S314 - our own output
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == 2
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))


def test_turtle_is_a_shacl_report_with_states(check):
    store = RdfStore.memory()
    store.load(check(HEADER + "funding,甲学院,公办高等职业院校,安阳市,11500,元,2018\n").render("turtle").encode(), "turtle")
    prefixes = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX vk: <https://w3id.org/vetkb/ns#> "
    assert store.ask(
        prefixes
        + "ASK { ?r a sh:ValidationReport ; sh:conforms false ; sh:result ?one . "
        + "?one sh:value ?v ; sh:resultSeverity sh:Violation FILTER(?v = 11500) }"
    )
    linked = "vk:complianceState vk:Violated ; dcterms:isReferencedBy ?one . ?one sh:value ?v ; sh:sourceConstraintComponent ?c"
    prefixes += "PREFIX dcterms: <http://purl.org/dc/terms/> "
    assert store.ask(prefixes + f"ASK {{ <{DOCUMENT}/sec_5__para_2__target_1> {linked} FILTER(?v = 11500) }}")


def test_every_result_in_turtle_has_a_focus_node_and_figures_of_others_are_listed(check):
    rows = "没有的指标,甲学院,,安阳市,1,元,2018\nfunding,甲学院,公办高等职业院校,安阳市,约1,元,2018\n"
    rows += "funding,乙学院,,郑州市,11500,元,2018\n"
    store = RdfStore.memory()
    store.load(check(HEADER + rows).render("turtle").encode(), "turtle")
    prefixes = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX vk: <https://w3id.org/vetkb/ns#> "
    found = store.select(prefixes + "SELECT ?f { ?r a sh:ValidationResult OPTIONAL { ?r sh:focusNode ?f } }").rows
    assert len(found) == len(set(found)) == 2
    assert all(str(node).startswith("https://w3id.org/vetkb/id/reported/row/") for (node,) in found)
    listed = store.select(prefixes + "SELECT ?f { ?r a sh:ValidationReport ; vk:notCompared ?f }").rows
    assert [str(node).rpartition("/")[0] for (node,) in listed] == ["https://w3id.org/vetkb/id/reported/observation"]


def test_csv_lists_results_and_then_the_state_of_every_target_and_task(check):
    report = check(HEADER + "funding,甲学院,公办高等职业院校,安阳市,11500,元,2018\n")
    rows = list(csv.DictReader(io.StringIO(report.render("csv").removeprefix("\ufeff"))))
    assert [(r["kind"], r["severity"], r["actual"]) for r in rows[:1]] == [("result", "violation", "11500")]
    states = [(r["focus"], r["state"]) for r in rows if r["kind"] != "result"]
    assert states == [*((t.target, t.state) for t in report.targets), *((t.task, t.state) for t in report.tasks)]
    assert (f"{DOCUMENT}/sec_5__para_2__target_1", "violated") in states


def test_the_same_report_has_the_same_name_and_another_has_another(check):
    row = "funding,甲学院,公办高等职业院校,安阳市,{},元,2018\n"
    one, same, other = (check(HEADER + row.format(value)).render("turtle") for value in (11500, 11500, 11400))
    assert one == same
    assert set(re.findall("id/report/([0-9a-f]+)", one)).isdisjoint(re.findall("id/report/([0-9a-f]+)", other))


def test_the_summary_counts_targets_and_tasks(base):
    report = validate(base, Data(), END)
    assert report.summary == {
        "met": 0,
        "violated": 0,
        "not_reported": len(report.targets) + len(report.tasks),
        "not_yet_due": 0,
        "warnings": 0,
    }
    assert to_json(report)["as_of"] == "2018-12-31"


@pytest.mark.parametrize(("name", "violations"), [("below.csv", 1), ("above.csv", 0), ("below.ttl", 1), ("above.ttl", 0)])
def test_the_example_of_the_contract_on_the_bundled_document(bundled, name, violations):
    report = bundled.validate([(str(EXAMPLES / f"funding-{name}"), None)])
    assert [(r.severity, r.clause.item) for r in report.results] == [("violation", "五/2")] * violations
    assert report.conforms == (not violations)
