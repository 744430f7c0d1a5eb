"""Who answers for what: the ways in which responsibility is stated, and what only looks like it."""

from __future__ import annotations

import pytest

from vetkb.extract import extract
from vetkb.extract.agencies import AgencyResolver
from vetkb.extract.parties import extract_responsibilities
from vetkb.extract.tasks import extract_tasks
from vetkb.graph.lexicon import load_lexicon
from vetkb.parse import parse
from vetkb.text import Source

NATION, SHANGHAI, CITY = "000000", "310000", "410500"


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


def read(lexicon, sentence, division):
    source = Source.from_text(f"某意见\n一、事项\n（一）要点。做好工作。{sentence}\n（二）其他。做好其他。\n")
    return extract_responsibilities(parse(source), source, AgencyResolver(lexicon, division))[0]


def shown(responsibilities):
    return [(" ".join(f"{p.surface.text}={p.role}" for p in r.parties), r.open) for r in responsibilities]


STATED = [
    ("（财政部、教育部负责）", NATION, "财政部=responsible 教育部=responsible", False),
    ("（教育部牵头，财政部、人力资源社会保障部参与）", NATION, "教育部=lead 财政部=support 人力资源社会保障部=support", False),
    ("（财政部、商务部等负责）", NATION, "财政部=responsible 商务部=responsible", True),
    ("（教育部指导，各省级人民政府负责落实）", NATION, "教育部=guide 各省级人民政府=responsible", False),
    ("（牵头单位：市科委，配合单位：市教委，各区政府）", SHANGHAI, "市科委=lead 市教委=support 各区政府=support", False),
    ("（责任单位：市财政局；完成时限：2019年底）", CITY, "市财政局=responsible", False),
    ("（负责部门：海关总署、商务部；适用范围：所有自贸试验区）", NATION, "海关总署=responsible 商务部=responsible", False),
    ("（市科委、市经济信息化委）", SHANGHAI, "市科委=responsible 市经济信息化委=responsible", False),
    ("（民政部，各省级人民政府按职责分工负责）", NATION, "民政部=responsible 各省级人民政府=responsible", False),
    ("（国家发展改革委会同工业和信息化部负责）", NATION, "国家发展改革委=lead 工业和信息化部=support", False),
    ("（农业农村部、工业和信息化部牵头负责）", NATION, "农业农村部=lead 工业和信息化部=lead", False),
    ("各县（市、区）政府在发展教育中要切实承担主要责任。", CITY, "各县（市、区）政府=responsible", False),
    ("财政、教育等部门要落实税收政策。", CITY, "财政=responsible 教育=responsible", True),
    ("由市教育局牵头制定办法。", CITY, "市教育局=lead", False),
    ("市场监管总局要会同有关部门制定清单。", NATION, "市场监管总局=lead 有关部门=support", True),
    ("国家发展改革委和科技部要适时督促检查。", NATION, "国家发展改革委=responsible 科技部=responsible", False),
    ("各地各有关部门要积极开展政策宣传。", NATION, "各地=responsible 各有关部门=responsible", True),
    ("各地贯彻落实本意见的有关情况，要及时报送教育部。", NATION, "各地=responsible", False),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "division", "parties", "is_open"), STATED, ids=[s[0] for s in STATED])
def test_responsibility_is_read(lexicon, sentence, division, parties, is_open):
    assert shown(read(lexicon, sentence, division)) == [(parties, is_open)]


@pytest.mark.parametrize(
    "sentence",
    [
        "支持各类职业院校（含技工院校）承担培训。",
        "鼓励企业牵头承担项目。",
        "发挥医联体牵头医院作用。",
        "职业院校要积极参与合作。",
        "成员由教育部、财政部等部门负责同志组成。",
        "经市“两委”（市发展改革委、市科委）认定的项目予以支持。",
        "完善由项目法人负责的机制。",
        "有关要求由本办法另行规定（见附件）。",
    ],
)
def test_what_only_looks_like_responsibility_stays_out(lexicon, sentence):
    assert shown(read(lexicon, sentence, NATION if "教育部" in sentence else SHANGHAI)) == []


def test_a_rule_that_the_first_leads_holds_from_then_on(lexicon):
    source = Source.from_text(
        "某意见\n一、甲\n（一）一项。做好。（财政部、教育部负责。列第一位者为牵头单位，下同）\n"
        "（二）二项。做好。（商务部、财政部负责）\n（三）三项。做好。（海关总署负责）\n"
    )
    found, _ = extract_responsibilities(parse(source), source, AgencyResolver(lexicon, NATION))
    assert [[(p.surface.text, p.role, p.basis) for p in r.parties] for r in found] == [
        [("财政部", "lead", "by-position"), ("教育部", "responsible", "stated")],
        [("商务部", "lead", "by-position"), ("财政部", "responsible", "stated")],
        [("海关总署", "responsible", "stated")],
    ]


def test_a_party_laid_down_once_is_inherited_by_the_later_brackets_of_its_section(lexicon):
    source = Source.from_text(
        "某意见\n一、甲\n以下均需各区政府落实，不再列出。\n1.一项。做好。（市科委）\n2.二项。做好。（市教委）\n二、乙\n3.三项。做好。（市财政局）\n"
    )
    found, _ = extract_responsibilities(parse(source), source, AgencyResolver(lexicon, SHANGHAI))
    inherited = [(r.item, r.parties[0].surface.text) for r in found if r.inherited]
    assert inherited == [("一/1", "各区政府"), ("一/2", "各区政府")]


def test_a_bracket_that_looks_like_responsibility_and_is_not_read_is_reported(lexicon):
    source = Source.from_text("某意见\n一、甲\n（一）一项。做好。（责任单位：待定）\n")
    _, findings = extract_responsibilities(parse(source), source, AgencyResolver(lexicon, CITY))
    assert [f.code for f in findings] == ["VK-PARTY-UNREAD"]


def test_units_of_an_unknown_division_are_read_as_printed(lexicon):
    (found,) = read(lexicon, "（牵头单位：市某某局，配合单位：市另一办）", None)
    assert [(p.surface.text, p.kind) for p in found.parties] == [("市某某局", "other"), ("市另一办", "other")]


TABLE = """某通知

附件

分工表

序号\t工作任务\t牵头单位\t配合单位\t完成时限
1\t甲工作\t市教育局\t市财政局、市民政局\t2019年底前
2\t乙工作\t市民政局\t/\t长期坚持
"""


def test_columns_give_roles_and_rows_are_tasks(lexicon):
    source = Source.from_text(TABLE)
    document = parse(source)
    found, _ = extract_responsibilities(document, source, AgencyResolver(lexicon, CITY))
    assert [(r.item, shown([r])[0][0]) for r in found] == [
        ("附件/row 1", "市教育局=lead"),
        ("附件/row 1", "市财政局=support 市民政局=support"),
        ("附件/row 2", "市民政局=lead"),
    ]
    tasks = extract_tasks(document, source, found)
    assert [(t.ordinal, t.text, t.schedule.text, t.continuous) for t in tasks] == [
        (1, "甲工作", "2019年底前", False),
        (2, "乙工作", "长期坚持", True),
    ]


def test_without_a_task_table_clauses_that_assign_responsibility_are_tasks(lexicon):
    source = Source.from_text("某意见\n一、甲\n（一）一项。做好一项。（财政部负责）\n（二）二项。说明情况。\n")
    document = parse(source)
    found, _ = extract_responsibilities(document, source, AgencyResolver(lexicon, NATION))
    assert [(t.ordinal, t.item, t.text) for t in extract_tasks(document, source, found)] == [(None, "一/（一）", "一项")]


def test_what_was_not_read_is_listed_with_its_place_once(lexicon):
    text = (
        "安阳市某方案\n一、事项\n（一）要点。做好工作。（市财政局、市玉石雕刻局负责）\n（二）其他。（市玉石雕刻局牵头）\n责任单位：某某人\n"
        "附件1\n色卡\n甲列\t乙列\n红\t绿\n附件2\n任务表\n序号\t工作任务\t责任单位\n1\t甲工作\t市教育局\n2\t\t市财政局\n"
    )
    source = Source.from_text(text)
    document = parse(source)
    _, findings = extract(document, source, lexicon)
    told = {
        (f.code, f.severity, text[f.span.start : f.span.end].strip()) for f in findings if not f.code.startswith("VK-QUANTITY")
    }
    assert told == {
        ("VK-AGENCY-UNRESOLVED", "info", "市玉石雕刻局"),
        ("VK-PARTY-UNREAD", "warning", "责任单位：某某人"),
        ("VK-TABLE-UNREAD", "info", "甲列\t乙列\n红\t绿"),
        ("VK-ROW-UNREAD", "info", "2\t\t市财政局"),
    }
