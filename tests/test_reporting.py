"""What other systems send becomes the same observations in every format; what cannot be read is named by row and column."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb.engine import RdfStore
from vetkb.errors import ReportError
from vetkb.reporting import Limits, names_of, read_reports
from vetkb.reporting.cells import parse_days, parse_figure
from vetkb.reporting.resolve import MOST_UNKNOWN

CASES = Path(__file__).parent / "cases" / "reports"
HEADER = "indicator,about,about_type,area,value,unit,year\n"
ROW = "生均财政拨款水平,某职业技术学院,公办高等职业院校,安阳市,11500,元,2018\n"
TURTLE = """@prefix vk: <https://w3id.org/vetkb/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix id: <https://w3id.org/vetkb/id/> .
<urn:o> a vk:Observation ; vk:indicator <https://w3id.org/vetkb/id/indicator/funding> ; vk:about <urn:school> ; vk:value 11500 ;
  vk:unit "元" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:school> a vk:Entity ; rdfs:label "某职业技术学院" ; vk:entityType <https://w3id.org/vetkb/id/entity/public-higher> ;
  vk:area <https://w3id.org/vetkb/id/division/410500> .
"""


@pytest.fixture(scope="module")
def names():
    base = RdfStore.memory()
    base.load((CASES / "base.ttl").read_bytes(), "turtle")
    return names_of(base)


def read(names, text, name="report.csv", **more):
    data = text if isinstance(text, bytes) else text.encode()
    return read_reports([(name, data)], names, **more)


def said(reported):
    return [(o.indicator, o.about_type, o.area, o.value, o.unit, o.start, o.end) for o in reported.observations]


def workbook(*rows, formats=()):
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats:
        book.active[cell].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- the same in every format ------------------------------------------------------------------------

CHINESE = ["指标", "对象", "对象类型", "地区", "数值", "单位", "年份"]
CELLS = ["生均财政拨款水平", "某职业技术学院", "公办高等职业院校", "安阳市", 11500.0, "元", 2018]
SAME = {
    "csv": ("r.csv", (HEADER + ROW).encode()),
    "csv with a mark": ("r.csv", ("\ufeff" + HEADER + ROW).encode()),
    "GB18030": ("r.csv", (HEADER + ROW).encode("gb18030")),
    "UTF-16": ("r.csv", (HEADER + ROW).encode("utf-16")),
    "tabs": ("r.tsv", (HEADER + ROW).replace(",", "\t").encode()),
    "semicolons": ("r.csv", (HEADER + ROW).replace(",", ";").encode()),
    "full-width commas": ("r.csv", (HEADER + ROW).replace(",", "，").encode()),
    "Chinese header": ("r.csv", ("指标,对象,对象类型,地区,数值,单位,年份\n" + ROW).encode()),
    "title above the header": ("r.csv", ("2018年度统计表,,,,,,\n\n" + HEADER + ROW).encode()),
    "blank lines": ("r.csv", (HEADER + "\n,,,,,,\n" + ROW + "\n").encode()),
    "CRLF": ("r.csv", (HEADER + ROW).replace("\n", "\r\n").encode()),
    "full-width figures": ("r.csv", (HEADER + ROW).replace("11500", "１１５００").encode()),
    "thousands": ("r.csv", (HEADER + ROW).replace("11500", '"11,500"').encode()),
    "ten thousands": ("r.csv", (HEADER + ROW).replace("11500,元", "1.15,万元").encode()),
    "unit in the value": ("r.csv", (HEADER + ROW).replace("11500,元", "1.15万元,").encode()),
    "days": ("r.csv", (HEADER.replace("year", "from,to") + ROW.replace("2018", "2018年1月1日,2018-12-31")).encode()),
    "indicator by code": ("r.csv", (HEADER + ROW).replace("生均财政拨款水平", "funding").encode()),
    "indicator in English": ("r.csv", (HEADER + ROW).replace("生均财政拨款水平", "Public funding per student").encode()),
    "indicator by IRI": ("r.csv", (HEADER + ROW).replace("生均财政拨款水平", "https://w3id.org/vetkb/id/indicator/funding").encode()),
    "area by code": ("r.csv", (HEADER + ROW).replace("安阳市", "410500").encode()),
    "JSON": ("r.json", json.dumps([dict(zip(HEADER.strip().split(","), ROW.strip().split(","), strict=True))]).encode()),
    "JSON rows": ("r.json", json.dumps({"rows": [dict(zip(CHINESE, CELLS, strict=True))]}).encode()),
    "XLSX": ("r.xlsx", workbook(HEADER.strip().split(","), CELLS)),
    "XLSX with dates": ("r.xlsx", workbook([*CHINESE[:-1], "起", "止"], [*CELLS[:-1], date(2018, 1, 1), date(2018, 12, 31)])),
    "Turtle": ("r.ttl", TURTLE.encode()),
    "TriG": ("r.trig", TURTLE.replace("<urn:o> a", "GRAPH <urn:g> { <urn:o> a").encode() + b" }"),
}  # fmt: skip


@pytest.mark.parametrize("form", SAME)
def test_every_format_says_the_same(names, form):
    reported = read_reports([SAME[form]], names)
    assert said(reported) == said(read(names, HEADER + ROW))
    assert not [r for r in reported.remarks if r.severity == "error"]


@pytest.mark.parametrize(
    ("name", "syntax"),
    [("r.nt", "ntriples"), ("r.rdf", "rdfxml"), ("r.jsonld", "jsonld"), ("r.json", "jsonld"), ("r.nq", "nquads")],
)
def test_every_rdf_syntax_says_the_same(names, name, syntax):
    store = RdfStore.memory()
    store.load(TURTLE.encode(), "turtle")
    assert said(read_reports([(name, store.serialise(syntax))], names)) == said(read(names, HEADER + ROW))


def test_the_example_of_the_contract_is_read(names):
    (one,) = read(names, HEADER + ROW).observations
    assert (one.value, one.unit, one.start, one.end, one.row) == (Decimal(11500), "元", date(2018, 1, 1), date(2018, 12, 31), 2)
    assert one.about_label == "某职业技术学院"


def test_the_same_report_has_the_same_names_and_no_blank_nodes(names):
    first, second = read(names, HEADER + ROW), read(names, "\n" + HEADER + "\n" + ROW)
    assert list(first.triples()) == list(second.triples())
    assert not [q for q in first.triples() if q.subject.startswith("_:") or str(q.object).startswith("_:")]


def test_two_rows_that_say_the_same_are_two_observations(names):
    reported = read(names, HEADER + ROW + ROW)
    assert len({o.node for o in reported.observations}) == 2
    assert sorted(p.row for p in reported.places.values()) == [2, 3]


def test_plain_json_with_the_context_of_the_example_is_rdf(bundled):
    """The context stands in the file: nothing is fetched."""
    text = (Path(__file__).parent.parent / "examples" / "report.jsonld").read_bytes()
    reported = read_reports([("report.jsonld", text)], names_of(bundled.store.rdf, bundled.lexicon.divisions))
    assert reported.remarks == ()
    (one,), (progress,) = reported.observations, reported.progress
    assert (one.value, one.unit, one.about_label, one.start) == (Decimal(11500), "元", "某职业技术学院", date(2018, 1, 1))
    assert str(one.about_type).endswith("/public-higher-vocational-institution")
    assert (progress.status, progress.reporter) == ("done", "市教育局")


def test_blank_nodes_of_rdf_get_names(names):
    reported = read(names, TURTLE.replace("<urn:o>", "[]", 1).replace("<urn:school>", "_:s"), "r.ttl")
    assert said(reported) == said(read(names, HEADER + ROW))
    assert not any(q.subject.startswith("_:") for q in reported.triples())


# --- rows that cannot be read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        (("11500", "一万多"), "value", "VK-REPORT-NUMBER"),
        (("11500", '"115,00"'), "value", "VK-REPORT-NUMBER"),
        (("11500", "NaN!"), "value", "VK-REPORT-NUMBER"),
        (("11500", "9" * 400), "value", "VK-REPORT-NUMBER"),
        (("11500", "1e999999999"), "value", "VK-REPORT-NUMBER"),
        ((",2018", ",今年"), "year", "VK-REPORT-DATE"),
        ((",2018", ",2018-13"), "year", "VK-REPORT-DATE"),
        (("生均财政拨款水平", "生均财政拨款"), "indicator", "VK-REPORT-INDICATOR"),
        (("公办高等职业院校", "公办高等职业学院"), "about_type", "VK-REPORT-TYPE"),
        (("安阳市", "安洋市"), "area", "VK-REPORT-AREA"),
        (("11500,元", "1.15万元,人"), "unit", "VK-REPORT-UNIT"),
        (("11500,元,2018", "11500,元,2018,9"), None, "VK-REPORT-ROW"),
        (("某职业技术学院", "院" * 3000), "about", "VK-REPORT-CELL"),
        (("某职业技术学院", "学院\x1b[31m"), "about", "VK-REPORT-CELL"),
        (("某职业技术学院", "http://[bad iri"), "about", "VK-REPORT-IRI"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column_and_the_other_rows_are_read(names, change, column, code):
    assert change[0] in ROW
    data = HEADER.replace("\n", "\n") + ROW + ROW.replace(*change) + ROW.replace("某", "另一")
    reported = read(names, data)
    (remark,) = [r for r in reported.remarks if r.severity == "error"]
    assert (remark.row, remark.column, remark.code, remark.source) == (3, column, code, "report.csv")
    assert [o.row for o in reported.observations] == [2, 4]


def test_an_unknown_indicator_comes_with_the_nearest(names):
    (remark,) = read(names, HEADER + ROW.replace("生均财政拨款水平", "生均财政拔款水平")).remarks
    assert "生均财政拨款水平" in remark.message.zh
    assert "生均财政拨款水平" in remark.message.en


def test_a_quote_that_is_never_closed_swallows_nothing_in_silence(names):
    reported = read(names, HEADER + ROW + ROW.replace("某职业", '"某职业') + ROW)
    assert [o.row for o in reported.observations] == [2]
    assert [(r.row, r.code) for r in reported.remarks] == [(3, "VK-REPORT-QUOTES")]


def test_half_a_surrogate_pair_in_json_is_a_bad_cell(names):
    reported = read(names, '[{"indicator": "funding", "about": "\\ud800", "value": 1, "year": 2018}]', "r.json")
    assert [(r.row, r.column) for r in reported.remarks] == [(1, "about")]


def test_a_column_without_meaning_is_named(names):
    reported = read(names, HEADER.replace("\n", ",备注\n") + ROW.replace("\n", ",好\n"))
    assert [(r.severity, r.column) for r in reported.remarks] == [("info", "备注")]
    assert len(reported.observations) == 1


def test_an_empty_value_is_said_not_to_be_reported(names):
    reported = read(names, HEADER + ROW.replace("11500", "—"))
    assert [(r.severity, r.code) for r in reported.remarks] == [("warning", "VK-REPORT-MISSING")]


# --- names -------------------------------------------------------------------------------------------


def test_namesakes_are_told_apart_by_the_type(names):
    reported = read(names, HEADER + "在校生规模,安阳市,中等职业学校,安阳市,3.6,万人,2018\n")
    assert [str(o.indicator).rpartition("/")[2] for o in reported.observations] == ["enrolment-secondary"]


def test_namesakes_without_a_type_are_ambiguous(names):
    (remark,) = read(names, HEADER + "在校生规模,安阳市,,安阳市,3.6,万人,2018\n").remarks
    assert remark.code == "VK-REPORT-AMBIGUOUS"


def test_the_population_may_stand_in_the_name(names):
    (one,) = read(names, HEADER + "职业院校在校生规模,安阳市,,安阳市,5.7,万人,2018\n").observations
    assert str(one.indicator).endswith("/enrolment")
    assert one.value == 57000


@pytest.mark.parametrize("name", ["全国", "中国", "000000"])
def test_the_nation_is_an_area(names, name):
    (one,) = read(names, HEADER + f"share,{name},,{name},15,%,2018\n").observations
    assert str(one.about).endswith("/division/000000")
    assert one.area == one.about


def test_a_division_may_be_what_a_figure_is_about(names):
    (one,) = read(names, HEADER + "share,内黄县,,,15,%,2018\n").observations
    assert str(one.about).endswith("/division/410527")
    assert one.area == one.about


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [("70%", "", 70), ("70", "%", 70), ("７０", "％", 70), ("0.7", "ratio", 70), ("0.7", "%", Decimal("0.7"))],
)
def test_shares(names, value, unit, expected):
    """A share is read as written: 0.7 with the sign % is 0.7 %; only a unit that says ratio makes it 70 %."""
    (one,) = read(names, HEADER + f"teachers,安阳市,,安阳市,{value},{unit},2018\n").observations
    assert (one.value, one.unit) == (expected, "%")


def test_a_share_that_may_be_a_ratio_is_not_guessed(names):
    reported = read(names, HEADER + "teachers,安阳市,,安阳市,0.7,,2018\n")
    assert [r.code for r in reported.remarks] == ["VK-REPORT-UNIT"]
    assert not reported.observations


def test_a_spreadsheet_cell_shown_as_per_cent_is_read_as_shown(names):
    data = workbook(["指标", "对象", "数值", "年份"], ["teachers", "安阳市", 0.7, 2018], formats=[("C2", "0%")])
    (one,) = read(names, data, "r.xlsx").observations
    assert (one.value, one.unit) == (Decimal(70), "%")


# --- progress ----------------------------------------------------------------------------------------

PROGRESS = "task,status,date,reporter,document\n"


@pytest.mark.parametrize(
    "row", ["3,done,2018-08-30,市教育局,", "3,已完成,2018年8月30日,市教育局,安政办[2018]2号", "第3项,完成,2018/8/30,市教育局,"]
)
def test_progress_of_a_task(names, row):
    (one,) = read(names, PROGRESS + row + "\n").progress
    assert str(one.task).endswith("att_1__row_3__task")
    assert (one.status, one.date, one.reporter) == ("done", date(2018, 8, 30), "市教育局")


def test_progress_in_rdf(names):
    text = """@prefix vk: <https://w3id.org/vetkb/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <urn:p> a vk:ProgressReport ; vk:status STATUS ; vk:date "2018-08-30"^^xsd:date ;
      vk:task <https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2/att_1__row_3__task> ."""
    for status in ('"in_progress"', "vk:InProgress", '"进行中"'):
        (one,) = read(names, text.replace("STATUS", status), "p.ttl").progress
        assert one.status == "in_progress"


@pytest.mark.parametrize(
    ("row", "code"), [("99,done,2018-08-30,,", "VK-REPORT-TASK"), ("3,差不多,2018-08-30,,", "VK-REPORT-STATUS")]
)
def test_progress_that_cannot_be_read(names, row, code):
    assert [r.code for r in read(names, PROGRESS + row + "\n").remarks] == [code]


# --- files broken as a whole, and hostile ones -------------------------------------------------------


def bomb_workbook(part):
    plain = io.BytesIO(workbook(["指标", "数值"], ["x", 1]))
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, part if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return out.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]><worksheet>&j;</worksheet>"
)

BROKEN = {
    "empty": ("r.csv", b" \n"),
    "no header": ("r.csv", b"1,2,3\n4,5,6\n"),
    "a column twice": ("r.csv", "指标,indicator,数值\n".encode()),
    "neither UTF-8 nor GB18030": ("r.csv", b"\xff\xff\xff\x80\x80"),
    "binary": ("r.csv", b"indicator,value\n\0\0\0"),
    "not a workbook": ("r.xlsx", b"PK\x03\x04 but no more"),
    "old Excel": ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "bad Turtle": ("r.ttl", b"<urn:a> <urn:b> ."),
    "bad JSON": ("r.json", b'[{"indicator": }]'),
    "deep JSON": ("r.json", b"[" * 100_000),
    "JSON that is no list": ("r.json", b"3"),
    "NaN": ("r.json", b'[{"indicator": "funding", "value": NaN}]'),
    "entities in a workbook": ("r.xlsx", bomb_workbook(ENTITIES)),
    "entities in UTF-16": ("r.xlsx", bomb_workbook(ENTITIES.decode().encode("utf-16"))),
    "a remote context": ("r.jsonld", b'{"@context": "http://127.0.0.1:9/context.jsonld", "@id": "urn:o"}'),
    "too many rows": ("r.csv", (HEADER + ROW * 30).encode()),
    "too large": ("r.csv", (HEADER + ROW * 900).encode()),
    "a workbook that unpacks to too much": ("r.xlsx", bomb_workbook(b"<worksheet>" + b" " * 600_000 + b"</worksheet>")),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_clear_line(names, case):
    with pytest.raises(ReportError) as raised:
        read_reports([BROKEN[case]], names, limits=Limits(size=60_000, rows=20))
    assert "\n" not in str(raised.value)
    assert BROKEN[case][0] in str(raised.value)


def test_an_entity_bomb_in_rdf_is_refused(names):
    """Expanded, it would be ten billion characters: this test would not end."""
    description = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:v="urn:v:">
      <rdf:Description rdf:about="urn:x"><v:y>&j;</v:y></rdf:Description></rdf:RDF>"""
    with pytest.raises(ReportError):
        read_reports([("r.rdf", ENTITIES.replace(b"<worksheet>&j;</worksheet>", description))], names)


def test_imports_are_not_followed(names):
    data = TURTLE + "<urn:o> <http://www.w3.org/2002/07/owl#imports> <file:///etc/passwd> , <http://127.0.0.1:9/> .\n"
    assert said(read(names, data, "r.ttl")) == said(read(names, HEADER + ROW))


def test_a_file_larger_than_the_cap_is_refused_before_it_is_held(names, tmp_path):
    large = tmp_path / "large.csv"
    with large.open("wb") as out:
        out.truncate(1 << 40)  # sparse: a terabyte that takes no room
    with pytest.raises(ReportError, match="larger than"):
        read_reports([(str(large), None)], names)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    for name in ("r.csv", "r.json", "r.ttl", "r.xlsx", "r.rdf", "r"):
        try:
            read_reports([(name, data)], EMPTY)
        except ReportError:
            continue


@given(st.text(max_size=40))
def test_any_cell_is_a_figure_or_none(text):
    figure = parse_figure(text)
    assert figure is None or figure[0].is_finite()
    days = parse_days(text)
    assert days is None or days[0] <= days[1]


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_a_figure_that_was_written_is_read(number):
    assert parse_figure(f"{number:,}") == (number, "")


EMPTY = names_of(RdfStore.memory())


def test_only_the_first_of_many_unknown_names_are_compared_with_all_others(names):
    near = HEADER.partition(",")[2].count(",") * ","
    rows = "".join(f"生均财政拨款水{n}{near}\n" for n in range(3 * MOST_UNKNOWN))
    remarks = read(names, HEADER + rows * 2).remarks
    unknown = [r for r in remarks if r.code == "VK-REPORT-INDICATOR"]
    assert len(unknown) == 6 * MOST_UNKNOWN
    assert len({r.value for r in unknown if "near to it" in r.message.en}) == MOST_UNKNOWN
    assert [r.severity for r in remarks if r.code == "VK-REPORT-UNKNOWN"] == ["info"]


def test_many_remarks_of_one_kind_are_told_by_their_rows(names):
    rows = (
        "".join(f"不存在的指标{n},1,元,2018\n" for n in range(2500)) + "生均财政拨款水平,12500,元,2018\n不存在的指标,1,元,2018\n"
    )
    reported = read_reports([("r.csv", ("indicator,value,unit,year\n" + rows).encode())], names)
    unknown = [r for r in reported.remarks if r.code == "VK-REPORT-INDICATOR"]
    assert [r.row for r in unknown[:1000]] == list(range(2, 1002))
    (more,) = unknown[1000:]
    assert (more.severity, more.row) == ("error", 1002)
    assert "1501处" in more.message.zh
    assert "1501 more" in more.message.en
    assert "1002–2501, 2503" in more.message.en
    assert len(reported.observations) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('{"indicator": "生均财政拨款水平", "value": 1, "value": 2}', "“value” is not one text or number"),
        ("{" + ", ".join(f'"c{n}": 1' for n in range(300)) + "}", "more than 256 keys"),
    ],
    ids=["a-key-twice", "many-keys"],
)
def test_a_json_row_that_says_one_thing_twice_or_too_many_is_not_read(names, row, words):
    reported = read_reports([("r.json", f"[{row}]".encode())], names)
    assert not reported.observations
    (remark,) = reported.remarks
    assert (remark.severity, remark.row) == ("error", 1)
    assert words in remark.message.en


@pytest.mark.parametrize(
    ("row", "observed"),
    [
        ("公办高职院校生均财政拨款水平,甲学院,公办高等职业院校,河南省安阳市,1.25万元,,2018年度", ("甲学院", "410500", "12500")),
        ("生均财政拨款水平,,公办高等职业院校,河南省安阳市,12500,元,2018年1-12月", (None, "410500", "12500")),
        ("生均财政拨款水平,全市,公办高等职业院校,安阳市,12500,元,2018年1月1日至2018年12月31日", (None, "410500", "12500")),
    ],
    ids=["short-form", "area-below-its-own", "all-of-it"],
)
def test_what_offices_write_otherwise_is_read_and_said_to_be(names, row, observed):
    """An indicator in another spelling is named in a remark; areas, units and periods have no other meaning."""
    header = "指标名称,统计对象,对象类型,所在县区,完成数,计量单位,统计年度\n"
    reported = read_reports([("r.csv", (header + row + "\n").encode())], names)
    (one,) = reported.observations
    assert (one.about_label, str(one.area).rpartition("/")[2], str(one.value)) == observed
    assert (one.start, one.end) == (date(2018, 1, 1), date(2018, 12, 31))
    assert [r.code for r in reported.remarks] == ["VK-REPORT-READ-AS"] * ("高职院校" in row)


@pytest.mark.parametrize("value", ["约6万人次", "≥70%", "不低于12000元", "70%以上", "6万余人", "近5000"])
def test_a_bound_or_an_approximate_figure_is_said_to_be_none(names, value):
    reported = read_reports([("r.csv", f"indicator,value,year\n生均财政拨款水平,{value},2018\n".encode())], names)
    (remark,) = reported.remarks
    assert (remark.code, remark.severity) == ("VK-REPORT-NUMBER", "error")
    assert "give the figure itself" in remark.message.en
