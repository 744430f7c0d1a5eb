"""The graph of a document: what is written reads back equal, the same bytes on every run, every fact with its proof."""

from __future__ import annotations

import random
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vetkb import model
from vetkb.engine import Iri, Literal, Quad, parse_rdf
from vetkb.errors import UsageError
from vetkb.extract import extract
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.read import from_quads
from vetkb.graph.terms import RDF_TYPE, Cv, Eli, Oa, Odrl, Prov, Skos, Vk
from vetkb.graph.write import serialise, to_quads
from vetkb.model import (
    Cell,
    Citation,
    Deadline,
    Division,
    Document,
    Effect,
    Facts,
    Group,
    Item,
    Leaf,
    Lexicon,
    OrganType,
    Part,
    PartRole,
    Party,
    Programme,
    Provision,
    ProvisionKind,
    Quantity,
    Responsibility,
    Row,
    Sentence,
    SourceReference,
    Stated,
    Statement,
    Table,
    Task,
)
from vetkb.ontology import check_consistency
from vetkb.parse import parse
from vetkb.paths import CORPUS, ONTOLOGY
from vetkb.read import read_source
from vetkb.text import Quote, Source, Span

SYNTAXES = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
LEXICON = Lexicon(
    organs=(
        OrganType("finance", {"national": ("财政部",), "municipal": ("财政局",)}, ("财政",), "finance"),
        OrganType("government", {"municipal": ("人民政府", "政府"), "county": ("人民政府", "政府")}),
        OrganType("government-office", {"municipal": ("人民政府办公室",)}),
    ),
    divisions=(
        Division("000000", "中国", (), "national", None),
        Division("410500", "安阳市", ("安阳",), "municipal", "000000"),
        Division("410527", "内黄县", ("内黄",), "county", "410500"),
    ),
    groups=(Group("counties", ("各县（市、区）政府",), True, ("county",), "government"),),
    populations=("公办高等职业院校",),
    indicators={"funding": ("生均财政拨款水平",)},
    indicator_populations={"funding": "公办高等职业院校"},
    document_prefixes={"安政办": ("anzhengban", "410500"), "豫政办": ("yuzhengban", "410000")},
    units={"元": "https://w3id.org/vetkb/id/unit/yuan"},
    genres={"意见": "https://w3id.org/vetkb/id/genre/opinion"},
)
D = "https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2"


def stated(value, start=0):
    return Stated(value, Quote(start, start + len(str(value)), str(value)))


EMPTY = Document(SourceReference("empty.txt", "0" * 64, 0), None, None, None, (), None, None, (), (), None, (), (), (), ())
DOCUMENT = Document(
    source=SourceReference("anyang.txt", "ab" * 32, 900),
    identifier=stated("安政办〔2018〕2号"),
    title=stated("安阳市人民政府办公室关于职业教育的意见", 20),
    genre=stated("意见", 37),
    issuers=(stated("安阳市人民政府办公室", 20),),
    issued=Stated(date(2018, 1, 4), Quote(500, 509, "2018年1月4日")),
    printed=None,
    addressees=(stated("各县（市、区）政府", 50), stated("市人民政府各部门及有关单位", 60)),
    copied_to=(stated("市委各部门", 800),),
    sponsor=stated("市财政局", 780),
    outline=(
        Leaf("title", None, Span(0, 40)),
        Leaf("paragraph", "五/2", Span(40, 500)),
        Leaf("row", "附件/row 15", Span(500, 900)),
    ),
    items=(
        Item("五", "五、", "现代体系", Span(40, 500), Span(42, 46)),
        Item("五/2", "2.", "做优高等职业教育", Span(60, 500), Span(62, 70)),
        Item("附件/四", "四、", "加快构建现代职业教育体系", Span(600, 620), Span(602, 614)),
    ),
    sentences=(
        Sentence("五/2", 1, Span(70, 110), "全市公办高等职业院校年生均财政拨款水平不低于12000元。"),
        Sentence(None, 1, Span(800, 806), "一个句子。"),
    ),
    tables=(
        Table(
            "附件",
            Span(590, 700),
            (Cell(0, "序号", Span(590, 592)), Cell(2, "负责单位", Span(594, 598))),
            ("ordinal", "task", "responsible"),
            (
                Row(
                    "附件/row 15", 15, "附件/四", Span(620, 660), (Cell(0, "15", Span(620, 622)), Cell(1, "完善", Span(623, 625)))
                ),
                Row("附件/row 16", None, None, Span(660, 700), ()),
            ),
        ),
    ),
)
FACTS = Facts(
    statements=(Statement(0, "五/2", Quote(70, 72, "全市"), "obligation", Quote(90, 91, "要"), "directives"),),
    tasks=(
        Task(15, "附件/row 15", Quote(623, 625, "完善"), "完善", "附件/四", Quote(640, 647, "2017年起实施"), False, "task-table"),
    ),
    responsibilities=(
        Responsibility(
            "附件/row 15",
            Quote(626, 640, "市财政局、财政和各县（市、区）政府等"),
            True,
            False,
            (
                Party(Quote(626, 630, "市财政局"), "responsible", "stated", 1, "organ", "finance", "410500"),
                Party(Quote(631, 633, "财政"), "responsible", "stated", 2, "sector", "finance"),
                Party(Quote(634, 643, "各县(市、区)政府"), "lead", "by-position", 3, "group", group="counties"),
                Party(Quote(644, 650, "某某指挥部"), "support", "stated", 4, "other"),
            ),
            "list",
        ),
    ),
    deadlines=(Deadline("附件/row 15", Quote(640, 645, "2017年起"), "from", date(2017, 1, 1), None, "stated", None, "from"),),
    quantities=(
        Quantity(
            "五/2",
            Quote(95, 104, "不低于12000元"),
            ">=",
            Decimal(12000),
            None,
            None,
            "元",
            "生·年",
            "生均财政拨款水平",
            "公办高等职业院校",
            "全市",
            "target",
            0,
            None,
            "at-least",
        ),
        Quantity(
            "五/2",
            Quote(106, 110, "1—2个"),
            "range",
            None,
            Decimal(1),
            Decimal(2),
            "个",
            None,
            "数量",
            None,
            None,
            "count",
            None,
            0,
            "range",
        ),
    ),
    citations=(
        Citation(
            None,
            Quote(80, 90, "（豫政办〔2017〕110号）"),
            "河南省人民政府办公厅关于某事的意见",
            "豫政办〔2017〕110号",
            "贯彻",
            "title",
        ),
        Citation("五", Quote(90, 95, "《某规划》"), "某规划", None, None, "title"),
    ),
    programmes=(Programme("五", Quote(60, 64, "四项计划"), "四项计划", "攻坚二期工程", "named"),),
    effects=(Effect(Quote(700, 710, "自印发之日起施行"), None, date(2020, 12, 31), "effect"),),
    provisions=(
        Provision(
            "funding",
            "五/2",
            Quote(70, 104, "市财政局和财政对企业给予补助"),
            (
                Part("payer", Quote(70, 74, "市财政局")),
                Part("payer", Quote(75, 77, "财政")),
                Part("recipient", Quote(78, 80, "企业")),
                Part("fund", Quote(82, 84, "补助")),
            ),
            (0,),
            None,
            "given",
        ),
        Provision("goal", "五/2", Quote(70, 80, "质量明显提升"), (Part("level", Quote(72, 76, "明显提升")),), (), 0, "state"),
    ),
)
QUADS = to_quads(DOCUMENT, FACTS, LEXICON)


def objects(subject, predicate, quads=QUADS):
    return [quad.object for quad in quads if quad.subject == subject and quad.predicate == predicate]


def subjects(kind, quads=QUADS):
    return [quad.subject for quad in quads if quad.predicate == RDF_TYPE and quad.object == kind]


# --- round trip --------------------------------------------------------------------------------------


def test_what_is_written_reads_back_equal():
    assert from_quads(QUADS) == (DOCUMENT, FACTS)


def test_a_document_of_nothing_reads_back_equal():
    assert from_quads(to_quads(EMPTY, Facts(), LEXICON)) == (EMPTY, Facts())


def test_the_order_of_the_quads_does_not_matter():
    shuffled = list(QUADS)
    random.Random(5).shuffle(shuffled)  # noqa: S311 (an order, not a secret)
    assert from_quads(shuffled) == (DOCUMENT, FACTS)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_syntax_reads_back_equal(syntax):
    assert from_quads(parse_rdf(serialise(QUADS, syntax), syntax)) == (DOCUMENT, FACTS)


def _optional(strategy):
    return st.none() | strategy


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", " ", "\x00", '"\\', "\r\n\t", "</x>&", "𠀀", "\ufeff", "＃%2F/__", "@zh", "^^<x>", "\u202e", "五", "_"]
)
PATHS = (
    st.sampled_from(["五/2", "附件/row 15", "附件", "附件1/row 3", "一/（二）/3", "", "x//y", "五/2bis", "第二章/第五条"]) | TEXTS
)
NUMBERS = st.integers(0, 10**7)
QUOTES = st.builds(Quote, NUMBERS, NUMBERS, TEXTS)
SPANS = st.builds(Span, NUMBERS, NUMBERS)
DECIMALS = st.decimals(-(10**12), 10**12, places=4) | st.sampled_from([Decimal("1E+3"), Decimal("0.000001"), Decimal("1E-30")])
DATES = st.dates()
RULES = TEXTS


def _stated(values):
    return st.builds(Stated, values, QUOTES)


CELLS = st.lists(st.builds(Cell, st.integers(0, 9), TEXTS, SPANS), max_size=3).map(tuple)
ROWS = st.builds(Row, PATHS, _optional(NUMBERS), _optional(PATHS), SPANS, CELLS)
PARTIES = st.builds(
    Party,
    QUOTES,
    st.sampled_from(["lead", "support", "responsible", "guide"]),
    st.sampled_from(["stated", "by-position"]),
    NUMBERS,
    st.sampled_from(["organ", "government", "sector", "group", "other"]),
    _optional(TEXTS | st.just("finance")),
    _optional(TEXTS | st.just("410500")),
    _optional(TEXTS | st.just("counties")),
)


def _many(strategy, size=3):
    return st.lists(strategy, max_size=size).map(tuple)


DOCUMENTS = st.builds(
    Document,
    source=st.builds(SourceReference, TEXTS, TEXTS, NUMBERS),
    identifier=_optional(_stated(TEXTS | st.just("安政办〔2018〕2号"))),
    title=_optional(_stated(TEXTS | st.just("内黄县人民政府关于某事的通知"))),
    genre=_optional(_stated(TEXTS)),
    issuers=_many(_stated(TEXTS | st.just("安阳市人民政府"))),
    issued=_optional(_stated(DATES)),
    printed=_optional(_stated(DATES)),
    addressees=_many(_stated(TEXTS)),
    copied_to=_many(_stated(TEXTS)),
    sponsor=_optional(_stated(TEXTS)),
    outline=_many(st.builds(Leaf, st.sampled_from(["title", "row", "unparsed"]), _optional(PATHS), SPANS)),
    items=_many(st.builds(Item, PATHS, TEXTS, TEXTS, SPANS, SPANS)),
    sentences=_many(st.builds(Sentence, _optional(PATHS), NUMBERS, SPANS, TEXTS)),
    tables=_many(st.builds(Table, PATHS, SPANS, CELLS, _many(st.sampled_from(["task", "other"])), _many(ROWS)), 2),
)


def _provisions(quantities, deadlines):
    return st.builds(
        Provision,
        st.sampled_from(get_args(ProvisionKind)),
        _optional(PATHS),
        QUOTES,
        _many(st.builds(Part, st.sampled_from(get_args(PartRole)), QUOTES | st.just(Quote(0, 4, "市财政局")))),
        st.sets(st.integers(0, quantities - 1), max_size=2).map(lambda places: tuple(sorted(places)))
        if quantities
        else st.just(()),
        _optional(st.integers(0, deadlines - 1)) if deadlines else st.none(),
        RULES,
    )


@st.composite
def documents_with_facts(draw):
    document = draw(DOCUMENTS)
    deadline = st.builds(
        Deadline,
        _optional(PATHS),
        QUOTES,
        st.sampled_from(["by", "from", "during", "recurring", "relative"]),
        _optional(DATES),
        _optional(DATES),
        st.sampled_from(["stated", "assumed"]),
        _optional(TEXTS),
        RULES,
    )
    deadlines = draw(_many(deadline))
    size = draw(st.integers(0, 3))
    quantity = st.builds(
        Quantity,
        _optional(PATHS),
        QUOTES,
        st.sampled_from([">=", "<=", ">", "<", "=", "approx", "range"]),
        *[_optional(DECIMALS)] * 3,
        *[_optional(TEXTS)] * 2,
        TEXTS | st.just("生均财政拨款水平"),
        *[_optional(TEXTS)] * 2,
        st.sampled_from(["target", "standard", "baseline", "duration", "count"]),
        _optional(st.integers(0, len(deadlines) - 1)) if deadlines else st.none(),
        _optional(st.integers(0, size - 1)) if size else st.none(),
        RULES,
    )
    statement = st.builds(
        Statement,
        st.integers(0, len(document.sentences) - 1),
        _optional(PATHS),
        QUOTES,
        st.sampled_from(["obligation", "encouragement", "permission", "prohibition", "goal", "consequence", "description"]),
        _optional(QUOTES),
        RULES,
    )
    task = st.builds(Task, _optional(NUMBERS), PATHS, QUOTES, TEXTS, _optional(PATHS), _optional(QUOTES), st.booleans(), RULES)
    facts = Facts(
        statements=draw(_many(statement)) if document.sentences else (),
        tasks=draw(_many(task)),
        responsibilities=draw(
            _many(st.builds(Responsibility, _optional(PATHS), QUOTES, st.booleans(), st.booleans(), _many(PARTIES), RULES))
        ),
        deadlines=deadlines,
        quantities=tuple(draw(quantity) for _ in range(size)),
        citations=draw(
            _many(st.builds(Citation, _optional(PATHS), QUOTES, _optional(TEXTS), _optional(TEXTS), _optional(TEXTS), RULES))
        ),
        programmes=draw(_many(st.builds(Programme, _optional(PATHS), QUOTES, TEXTS, _optional(TEXTS), RULES))),
        effects=draw(_many(st.builds(Effect, QUOTES, _optional(DATES), _optional(DATES), RULES))),
        provisions=draw(_many(_provisions(size, len(deadlines)))),
    )
    return document, facts


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents_with_facts())
def test_any_document_reads_back_equal_through_n_quads(case):
    document, facts = case
    quads = to_quads(document, facts, LEXICON)
    assert not any(quad.subject.startswith("_:") for quad in quads)
    assert from_quads(parse_rdf(serialise(quads, "nquads"), "nquads")) == case


def test_the_property_builds_every_field_of_the_facts():
    built = {f.name for f in fields(Facts)}
    assert built == {
        *("statements", "tasks", "responsibilities", "deadlines", "quantities", "citations", "programmes", "effects"),
        "provisions",
    }
    assert {f.name for f in fields(model.Document)} == {f.name for f in fields(DOCUMENT)}


def test_a_graph_that_was_not_written_here_is_refused_with_a_reason():
    with pytest.raises(UsageError, match="expected the graph of one document"):
        from_quads([])
    for missing in (Oa.start, Vk.order, Eli.is_embodied_by, Prov.wasGeneratedBy, Cv.role):
        damaged = [quad for quad in QUADS if quad.predicate != missing]
        if missing == Vk.order:
            assert from_quads(damaged) != (DOCUMENT, FACTS)
            continue
        with pytest.raises(UsageError, match="not the graph of a document"):
            from_quads(damaged)


# --- bytes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_same_triples_give_the_same_bytes_in_any_order(syntax):
    shuffled = [*QUADS, *QUADS[:50]]
    random.Random(7).shuffle(shuffled)  # noqa: S311 (an order, not a secret)
    assert serialise(shuffled, syntax) == serialise(QUADS, syntax)


def test_turtle_is_readable():
    turtle = serialise(QUADS, "turtle").decode()
    assert "@prefix vk: <https://w3id.org/vetkb/ns#>" in turtle
    assert "vk:surface" in turtle
    assert '"市财政局"@zh' in turtle


def test_characters_that_a_syntax_cannot_hold_are_replaced():
    odd = [Quad(Iri("https://x.org/s"), Iri("https://x.org/p"), Literal("a\ud800\x01b"))]
    for syntax, text in (("nquads", "a\ufffd\x01b"), ("rdfxml", "a\ufffd\ufffdb")):
        (quad,) = parse_rdf(serialise(odd, syntax), syntax)
        assert quad.object == Literal(text)


def test_an_unknown_syntax_is_refused():
    with pytest.raises(UsageError, match="unknown RDF format 'n4'"):
        serialise(QUADS, "n4")


# --- what stands in the graph ------------------------------------------------------------------------


def test_every_fact_has_a_quotation_whose_length_is_its_place():
    for kind in (
        Vk.Statement,
        Vk.Task,
        Vk.Assignment,
        Cv.Participation,
        Vk.Schedule,
        Vk.Quantity,
        Vk.Citation,
        Vk.Effect,
        Vk.Provision,
    ):
        found = subjects(kind)
        assert found
        for node in found:
            (resource,) = objects(node, Vk.evidence)
            (selector,) = objects(resource, Oa.hasSelector)
            assert objects(selector, Oa.exact)
            (position,) = objects(selector, Oa.refinedBy)
            assert objects(position, Oa.start)
            assert objects(position, Oa.end)


def test_all_stands_in_the_graph_of_the_document():
    assert {quad.graph for quad in QUADS} == {f"{D}/graph"}


def test_no_triple_is_said_twice():
    assert len(QUADS) == len(set(QUADS))


def test_a_task_is_named_after_its_row_and_reaches_its_parties():
    task = Iri(f"{D}/att_1__row_15__task")
    assert objects(task, Vk.ordinal) == [Literal("15", Iri("http://www.w3.org/2001/XMLSchema#integer"))]
    assert objects(task, Vk.assignment) == [f"{D}/att_1__row_15__assignment_1"]
    assert len(objects(task, Cv.hasParticipation)) == 4
    assert objects(task, Vk.schedule) == [f"{D}/att_1__row_15__schedule_1"]


def test_parties_are_the_agency_the_sector_word_the_group_or_a_name_of_the_document():
    base = "https://w3id.org/vetkb/id"
    participants = [objects(f"{D}/att_1__row_15__assignment_1__party_{n}", Cv.hasParticipant)[0] for n in range(1, 5)]
    assert participants[:3] == [f"{base}/agency/410500/finance", f"{base}/sector/410500/finance", f"{base}/group/410500/counties"]
    assert participants[3].startswith(f"{D}/party/")
    assert objects(participants[0], Skos.prefLabel) == [Literal("安阳市财政局", None, "zh")]
    assert objects(participants[0], Skos.altLabel) == [Literal("市财政局", None, "zh")]
    assert objects(participants[2], Skos.altLabel) == [Literal("各县(市、区)政府", None, "zh")]


def test_a_funding_rule_names_who_pays_and_who_is_paid():
    (rule,) = subjects(Vk.FundingRule)
    base = "https://w3id.org/vetkb/id"
    assert objects(rule, Vk.payer)[0] == f"{base}/agency/410500/finance"
    assert [node.startswith(f"{D}/term/") for node in objects(rule, Vk.payer)] == [False, True]
    assert objects(rule, Vk.recipient)[0].startswith(f"{D}/term/")
    assert objects(rule, Vk.amount) == [f"{D}/sec_5__para_2__target_1"]


def test_nothing_inferred_is_asserted():
    said = {quad.predicate for quad in QUADS}
    assert not said & {Vk.responsibleAgency, Vk.operationalises, Vk.denotes, Vk.inferredRole}


def test_a_range_has_no_comparator_and_a_count_is_no_target():
    floor, count = Iri(f"{D}/sec_5__para_2__target_1"), Iri(f"{D}/sec_5__para_2__target_2")
    assert objects(floor, Vk.comparator) == [Odrl.gteq]
    assert objects(count, Vk.comparator) == []
    assert subjects(Vk.Target) == [floor]


def test_an_indicator_of_the_lexicon_is_shared_and_another_belongs_to_its_document():
    floor, count = Iri(f"{D}/sec_5__para_2__target_1"), Iri(f"{D}/sec_5__para_2__target_2")
    assert objects(floor, Cv.constrains) == ["https://w3id.org/vetkb/id/indicator/funding"]
    assert objects(count, Cv.constrains)[0].startswith(f"{D}/indicator/")


def test_a_cited_document_is_a_stub_and_the_parent_is_implemented():
    assert objects(Iri(D), Eli.implements) == ["https://w3id.org/vetkb/eli/cn/410000/yuzhengban/2017/110"]
    assert len(objects(Iri(D), Eli.cites)) == 2


def test_a_group_named_by_its_own_words_keeps_them():
    words = "leading-group-members/职业教育攻坚工作领导小组"
    party = Party(Quote(0, 3, "某成员"), "responsible", "stated", 1, "group", group=words)
    facts = Facts(responsibilities=(Responsibility(None, Quote(0, 3, "某成员"), True, False, (party,), "list"),))
    quads = to_quads(DOCUMENT, facts, LEXICON)
    (group,) = subjects(Vk.AgentGroup, quads)[1:] or subjects(Vk.AgentGroup, quads)
    assert from_quads(quads)[1] == facts
    assert objects(group, Vk.groupKind, quads) == ["https://w3id.org/vetkb/id/groupKind/leading-group-members"]


def test_a_second_item_with_the_same_path_keeps_its_own_node():
    again = (Item("五", "五、", "a", Span(0, 1), Span(0, 1)), Item("五", "五、", "b", Span(1, 2), Span(1, 2)))
    document = Document(**{**{f.name: getattr(EMPTY, f.name) for f in fields(EMPTY)}, "items": again})
    quads = to_quads(document, Facts(), LEXICON)
    assert len(subjects(Vk.Item, quads)) == 2
    assert from_quads(quads)[0].items == again


def test_the_graph_is_consistent_with_the_ontology():
    assert check_consistency(QUADS) == []


@pytest.fixture(scope="module")
def bundled_graph():
    source = read_source(CORPUS / "anyang-2018-2.txt")
    document, lexicon = parse(source), load_lexicon()
    facts, _ = extract(document, source, lexicon)
    return document, facts, to_quads(document, facts, lexicon)


def test_the_bundled_document_reads_back_equal(bundled_graph):
    document, facts, quads = bundled_graph
    assert len(facts.tasks) == 33
    assert from_quads(parse_rdf(serialise(quads, "nquads"), "nquads")) == (document, facts)


def test_every_indicator_of_the_bundled_document_has_an_english_label(bundled_graph):
    quads = bundled_graph[2]
    english = {
        quad.subject
        for quad in parse_rdf(ONTOLOGY / "indicators.ttl", "turtle")
        if isinstance(quad.object, Literal) and quad.object.language == "en"
    }
    assert set(subjects(Vk.Indicator, quads)) <= english


# --- lexicon -----------------------------------------------------------------------------------------


def test_the_lexicon_is_read_in_file_order():
    lexicon = load_lexicon()
    finance = next(organ for organ in lexicon.organs if organ.key == "finance")
    assert finance.names["national"][0] == "财政部"
    assert finance.names["municipal"][0] == "财政局"
    assert "财政" in finance.sectors
    assert lexicon.units["所"].endswith("/id/unit/institution")
    assert len(set(lexicon.genres.values())) == 15
    assert set(lexicon.calendar) == {"autumn-term-start", "spring-term-start"}
    assert "公办高等职业院校" in lexicon.populations


def test_a_folder_without_files_gives_the_published_divisions_alone(tmp_path):
    lexicon = load_lexicon(tmp_path)
    assert (lexicon.organs, lexicon.groups, lexicon.populations, lexicon.units) == ((), (), (), {})
    assert {"410500", "410527", "310000"} <= {division.code for division in lexicon.divisions}


def test_a_division_that_is_no_more_is_kept_as_former():
    former = {division.code: division for division in load_lexicon().divisions}["110228"]
    assert (former.name, former.level, former.parent) == ("密云县", "former", "110000")


def test_a_file_that_is_not_turtle_is_named(tmp_path):
    (tmp_path / "groups.ttl").write_text("<a> <b")
    with pytest.raises(UsageError, match=r"groups\.ttl is not Turtle"):
        load_lexicon(tmp_path)


@pytest.mark.parametrize(
    ("text", "property_", "other"),
    [("《甲办法》同时废止。", Eli.repeals, Eli.amends), ("《甲办法》第二条修改为：“略”。", Eli.amends, Eli.repeals)],
)
def test_what_a_document_ends_or_changes_is_said_of_the_document(text, property_, other):
    source = Source.from_text(f"乙通知\n一、事项\n{text}抓紧修改《丙条例》，落实《丁规划》。\n")
    document = parse(source)
    quads = to_quads(document, extract(document, source, load_lexicon())[0], load_lexicon())
    ended = [quad.object for quad in quads if quad.predicate == property_]
    titles = {quad.subject: quad.object for quad in quads if quad.predicate == Eli.title}
    assert [titles[node].value for node in ended] == ["甲办法"]
    assert not [quad for quad in quads if quad.predicate == other]
