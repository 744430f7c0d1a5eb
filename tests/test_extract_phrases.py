"""Phrase rules: every example is claimed by its own rule, sentences come out as read by hand, and cost stays linear."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb.extract.candidates import find_candidates
from vetkb.extract.citations import TABLE as TITLES
from vetkb.extract.citations import extract_citations
from vetkb.extract.deadline_phrases import CITED
from vetkb.extract.deadline_phrases import TABLE as TIMES
from vetkb.extract.deadlines import extract_deadlines
from vetkb.extract.effects import EFFECTS, extract_effects
from vetkb.extract.numbers import NUMBERS
from vetkb.extract.phrases import PhraseRule, PhraseTable, settle
from vetkb.extract.programmes import extract_programmes
from vetkb.extract.quantities import extract_quantities
from vetkb.extract.wording import CONSEQUENCE_TABLE, extract_statements, find_force_words, read_sentence
from vetkb.extract.wording import TABLE as FORCE
from vetkb.model import Document, Lexicon, Sentence, SourceReference, Stated
from vetkb.parse import parse
from vetkb.text import Quote, Source, Span
from vetkb.zh.bounds import AFTER, BEFORE

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).resolve().parent / "cases" / "phrases"
CALENDAR = {"autumn-term-start": "--09-01", "spring-term-start": "--03-01"}
POPULATIONS = ("公办高等职业院校", "高等职业院校", "中等职业学校", "职业院校", "建档立卡贫困家庭学生")
LEXICON = Lexicon((), (), (), POPULATIONS, {}, calendar=CALENDAR)
TABLES = {
    "times": TIMES,
    "cited": CITED,
    "effects": EFFECTS,
    "numbers": NUMBERS,
    "titles": TITLES,
    "force": FORCE,
    "consequences": CONSEQUENCE_TABLE,
}
RULES = [(table, rule) for table in TABLES for rule in TABLES[table].rules]


def cases(name):
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def one_sentence(text, issued=date(2020, 5, 20), printed=None):
    """A document that is one sentence."""
    source = Source.from_text(text)
    nowhere = Quote(0, 0, "")
    return source, Document(
        source=SourceReference("text", source.sha256, len(text)),
        identifier=None,
        title=None,
        genre=None,
        issuers=(),
        issued=Stated(issued, nowhere) if issued else None,
        printed=Stated(printed, nowhere) if printed else None,
        addressees=(),
        copied_to=(),
        sponsor=None,
        outline=(),
        items=(),
        sentences=(Sentence(None, 1, Span(0, len(text)), text),),
        tables=(),
    )


def deadlines_of(text, issued=date(2020, 5, 20)):
    source, document = one_sentence(text, issued)
    return extract_deadlines(document, source, LEXICON)


def quantities_of(text, issued=date(2020, 5, 20)):
    source, document = one_sentence(text, issued)
    deadlines, _ = extract_deadlines(document, source, LEXICON)
    return extract_quantities(document, deadlines, LEXICON, source)


# --- the tables -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "rule", "text", "phrase"),
    [pytest.param(t, r.name, text, phrase, id=f"{t}-{r.name}-{phrase}") for t, r in RULES for text, phrase in r.examples],
)
def test_every_example_is_claimed_by_its_own_rule(table, rule, text, phrase):
    claims = [(p.rule, text[p.start : p.end]) for p in TABLES[table].scan(text)]
    assert (rule, phrase) in claims


@pytest.mark.parametrize(
    ("table", "rule", "text"),
    [pytest.param(t, r.name, text, id=f"{t}-{r.name}-{text}") for t, r in RULES for text in r.counterexamples],
)
def test_no_counterexample_is_claimed_by_its_rule(table, rule, text):
    assert rule not in {p.rule for p in TABLES[table].scan(text)}


def test_every_rule_has_an_example_and_a_name_of_its_own():
    for table in TABLES.values():
        names = [rule.name for rule in table.rules]
        assert len(names) == len(set(names))
        assert all(rule.examples for rule in table.rules)


@pytest.mark.parametrize("bound", [*BEFORE, *AFTER], ids=lambda b: b.name)
def test_every_bound_word_gives_its_comparator(bound):
    for phrase in bound.examples:
        found = find_candidates(phrase).candidates
        assert [(c.comparator, c.start, c.end) for c in found] == [(bound.comparator, 0, len(phrase))]


def test_the_earlier_rule_of_a_table_wins_at_one_place():
    first = PhraseRule("first", "一二", (("一二", "一二"),))
    second = PhraseRule("second", "一二三", (("一二三", "一二三"),))
    assert [p.rule for p in PhraseTable((first, second)).scan("一二三")] == ["first"]
    assert [p.rule for p in PhraseTable((second, first)).scan("一二三")] == ["second"]


def test_the_stronger_table_wins_and_the_loser_says_to_whom():
    strong = PhraseTable((PhraseRule("strong", "二三", (("二三", "二三"),)),))
    weak = PhraseTable((PhraseRule("weak", "[一三]二?", (("三", "三"),)),))
    kept, lost = settle((list(strong.scan("一二三三")), list(weak.scan("一二三三"))))
    assert [(p.rule, p.start) for p in kept] == [("strong", 1), ("weak", 3)]
    assert [(x.phrase.rule, x.phrase.start, x.to) for x in lost] == [("weak", 0, "strong"), ("weak", 2, "strong")]


def test_a_period_of_a_deadline_is_no_quantity_and_the_reason_is_kept():
    found = find_candidates("各地要在本意见印发之日起30日内制定办法")
    assert found.candidates == []
    assert [x.to for x in found.lost] == ["relative-after-event"]


# --- sentences ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("sentences"), ids=lambda c: c["text"])
def test_numbers_and_dates_of_a_sentence(case):
    deadlines, _ = deadlines_of(case["text"])
    stated = [
        [d.evidence.text, d.kind, d.earliest and d.earliest.isoformat(), d.latest and d.latest.isoformat(), d.basis, d.recurrence]
        for d in deadlines
    ]
    assert stated == case["deadlines"]
    quantities, findings = quantities_of(case["text"])
    assert len(quantities) == len(case["quantities"])
    for quantity, expected in zip(quantities, case["quantities"], strict=True):
        got = {
            "quote": quantity.evidence.text,
            "comparator": quantity.comparator,
            "value": None if quantity.value is None else float(quantity.value),
            "min": None if quantity.minimum is None else float(quantity.minimum),
            "max": None if quantity.maximum is None else float(quantity.maximum),
            "unit": quantity.unit,
            "per": quantity.per,
            "role": quantity.role,
            "deadline": quantity.deadline,
            "parent": quantity.parent,
            "indicator": quantity.indicator,
            "scope": quantity.scope,
        }
        assert {key: got[key] for key in expected} == expected
    assert len(findings) == case["unread"]


@pytest.mark.parametrize("case", cases("deadlines"), ids=lambda c: c["text"])
def test_dates_of_a_sentence(case):
    deadlines, _ = deadlines_of(case["text"], date.fromisoformat(case["issued"]))
    stated = [
        [d.evidence.text, d.kind, d.earliest and d.earliest.isoformat(), d.latest and d.latest.isoformat(), d.basis]
        for d in deadlines
    ]
    assert stated == case["deadlines"]


@pytest.mark.parametrize("case", cases("wording"), ids=lambda c: c["text"])
def test_modality_and_force_of_a_sentence(case):
    read = read_sentence(case["text"])
    force = case["text"][read.start : read.end] if read.start >= 0 else None
    assert (read.modality, force) == (case["modality"], case["force"])


def test_a_date_that_the_calendar_does_not_have_is_reported():
    deadlines, findings = deadlines_of("到2025年2月30日完成。")
    assert deadlines == ()
    assert [f.code for f in findings] == ["VK-DEADLINE-UNREAD"]


def test_a_school_term_without_a_calendar_has_no_date():
    source, document = one_sentence("2018年秋季学期开学前完成", date(2018, 1, 4))
    (deadline,), _ = extract_deadlines(document, source, Lexicon((), (), (), ()))
    assert (deadline.kind, deadline.latest, deadline.basis) == ("by", None, "assumed")


@pytest.mark.parametrize(
    "text",
    [
        "推广的改革举措（共23项）",
        "在沈阳等8个区域",
        "知识产权保护方面5项：",
        "三级公立医院",
        "贯彻十九大精神",
        "“四项计划”",
        "构建“3+1”布局",
        "移动通信（5G）",
        "长三角G60科创走廊",
        "城市居住区规划设计标准（GB 50180）",
        "总人次数×100%",
        "按本条第一款规定",
        "打造一批骨干学校",
        "二〇三五年远景目标",
        "一般公共预算",
        "三年行动计划",
    ],
)
def test_labels_and_counts_of_lists_are_no_quantities(text):
    quantities, findings = quantities_of(text)
    assert (quantities, findings) == ((), ())


def test_every_figure_without_a_reading_is_reported():
    _, findings = quantities_of("编码为 7342 的项目")
    assert [(f.code, f.severity) for f in findings] == [("VK-QUANTITY-UNREAD", "info")]


# --- effects, citations, programmes -----------------------------------------------------------------------


def effects_of(text, printed=None):
    source, document = one_sentence(text, printed=printed)
    return [(e.start, e.end) for e in extract_effects(document, source)[0]]


def test_entry_into_force_and_end_of_validity():
    assert effects_of("本措施自2026年1月1日起实施，有效期至2030年12月31日。") == [
        (date(2026, 1, 1), None),
        (None, date(2030, 12, 31)),
    ]
    assert effects_of("本办法自2020年7月1日起施行，有效期5年。") == [(date(2020, 7, 1), None), (None, date(2025, 6, 30))]


def test_in_force_from_issue_has_the_date_of_the_printing_line_or_none():
    assert effects_of("本通知自印发之日起执行。") == [(None, None)]
    assert effects_of("本通知自印发之日起执行。", date(2018, 1, 4)) == [(date(2018, 1, 4), None)]


def test_what_begins_later_is_a_deadline_and_no_effect():
    assert effects_of("制定拨款办法，并于2018年春季学期开始实施，从2017年起实施奖补。") == []


def citations_of(text):
    source, document = one_sentence(text)
    return [(c.title, c.identifier, c.mode) for c in extract_citations(document, source)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "为贯彻落实《关于推进职业教育的意见》（豫政办[2017]110号）精神",
            [("关于推进职业教育的意见", "豫政办〔2017〕110号", "贯彻落实")],
        ),
        (
            "遵循《城乡规划法》和《规划设计标准》（GB 50180）",
            [("城乡规划法", None, "遵循"), ("规划设计标准", "GB 50180", "遵循")],
        ),
        ("按照《关于印发〈实施方案〉的通知》要求", [("关于印发〈实施方案〉的通知", None, "按照")]),
        ("填写《诉讼要素表》，订阅《人民日报》", []),
        ("按照国办发〔2018〕118号文件执行", [(None, "国办发〔2018〕118号", "按照")]),
        ("依照国务院令第722号公布的条例", [(None, "国务院令第722号", "依照")]),
        ("根据《暂行办法》（以下简称《办法》），各地要落实《办法》和《暂行办法》", [("暂行办法", None, "根据")]),
        ("《试行办法》同时废止。", [("试行办法", None, "废止")]),
        ("此前发布的《收费通知》不再执行。", [("收费通知", None, "废止")]),
        ("甲政〔2009〕22号文件自本通知施行之日起停止执行。", [(None, "甲政〔2009〕22号", "废止")]),
        ("《补贴办法》（甲政〔2015〕8号）第五条修改为：", [("补贴办法", "甲政〔2015〕8号", "修改")]),
        ("按国办发〔2018〕26号文件执行", [(None, "国办发〔2018〕26号", "按")]),
        ("根据《土地管理法》和豫政〔2020〕12号文件", [("土地管理法", None, "根据"), (None, "豫政〔2020〕12号", "根据")]),
        ("《实施方案》已经市政府同意，现印发给你们，请按照《工作规则》执行。", [("工作规则", None, "按照")]),
    ],
)
def test_citations_of_a_sentence(text, expected):
    assert citations_of(text) == expected


def programmes_of(text):
    source, document = one_sentence(text)
    return [(p.name, p.broader) for p in extract_programmes(document, source)[0]]


def test_a_sum_of_named_programmes_is_the_broader_one():
    text = "实施专业建设计划、基地建设计划、“双师素质”教师队伍建设计划、信息化建设计划等“四项计划”。"
    parts = ["专业建设计划", "基地建设计划", "“双师素质”教师队伍建设计划", "信息化建设计划"]
    assert programmes_of(text) == [*((name, "四项计划") for name in parts), ("四项计划", None)]


def test_a_sum_that_does_not_agree_with_its_count_is_no_broader_programme():
    assert programmes_of("实施专业建设计划、基地建设计划等“四项计划”。") == [
        ("专业建设计划", None),
        ("基地建设计划", None),
        ("四项计划", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "每年有计划、分步骤地实施",
        "进行动态调整",
        "制定年度抽查工作计划",
        "加强工程建设",
        "设立直辖市和计划单列市",
        "各类教师培训计划重点倾斜",
        "《三年行动计划》",
    ],
)
def test_ordinary_plans_and_works_are_no_programmes(text):
    assert programmes_of(text) == []


# --- the bundled document ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first():
    text = (ROOT / "corpus" / "anyang-2018-2.txt").read_text(encoding="utf-8")
    source = Source.from_text(text)
    return source, parse(source)


def test_force_words_of_the_body_count_as_words_of_their_own(first):
    source, _ = first
    body = source.text[: source.text.rindex("序号", 0, source.text.index("负责单位"))]
    counts = Counter(p.match.group() for p in find_force_words(body))
    assert {word: counts[word] for word in ("要", "鼓励", "探索", "允许", "必须", "应当", "不得")} == {
        "要": 21, "鼓励": 5, "探索": 6, "允许": 1, "必须": 0, "应当": 0, "不得": 0,
    }  # fmt: skip


def test_each_sentence_has_one_statement_and_evidence_is_its_text(first):
    source, document = first
    statements, _ = extract_statements(document, source)
    assert [s.sentence for s in statements] == list(range(len(document.sentences)))
    for statement in statements:
        for quote in (statement.evidence, statement.force):
            assert quote is None or source.text[quote.start : quote.end] == quote.text


def test_consequences_are_those_read_by_hand(first):
    source, document = first
    statements, _ = extract_statements(document, source)
    consequences = [(s.item, s.force.text) for s in statements if s.modality == "consequence"]
    assert consequences == [
        ("二/3", "取消"),
        ("四/3", "予以表彰"),
        ("四/3", "给予重点扶持"),
        ("八/1", "作为"),
        ("八/4", "作为"),
        ("八/4", "通报批评"),
    ]  # fmt: skip


def test_parts_of_the_first_document_add_up(first):
    source, document = first
    deadlines, _ = extract_deadlines(document, source, LEXICON)
    quantities, _ = extract_quantities(document, deadlines, LEXICON, source)
    totals = {q.parent for q in quantities if q.parent is not None}
    assert {quantities[t].evidence.text for t in totals} == {"达到5.7万人左右", "13所（中职10所、高职3所）左右"}
    for total in totals:
        assert sum(q.value for q in quantities if q.parent == total) == quantities[total].value
    assert not any(q.role == "baseline" for q in quantities)


def test_figures_of_the_first_document_have_their_date_rate_and_population(first):
    source, document = first
    deadlines, _ = extract_deadlines(document, source, LEXICON)
    quantities, _ = extract_quantities(document, deadlines, LEXICON, source)
    found = {(q.item, q.indicator): q for q in quantities}
    funding = found["五/2", "生均财政拨款水平"]
    assert (funding.per, funding.scope, funding.area, funding.deadline) == ("生·年", "公办高等职业院校", "全市", None)
    annex = found["附件/row 15", "生均财政拨款水平"]
    assert deadlines[annex.deadline].earliest == date(2017, 1, 1)
    teachers = found["一/2", "“双师型”教师占专任专业课教师的比例"]  # three sentences behind 到2018年年底
    assert deadlines[teachers.deadline].latest == date(2018, 12, 31)
    assert found["一/2", "职业技能培训"].per == "年"
    assert deadlines[found["一/2", "职业技能培训"].deadline].kind == "recurring"
    assert found["一/2", "中等职业院校毕业生就业率"].value == 95
    assert found["一/2", "高等职业院校毕业生就业率"].value == 90
    for name in (
        "教育费附加用于职业教育的比例",
        "农村科学技术开发、技术推广经费用于农村职业教育的比例",
        "企业按照职工工资总额提取教育培训经费的比例",
    ):
        assert found["八/3", name].role == "standard"


def test_the_four_programmes_have_the_names_of_the_text(first):
    source, document = first
    programmes, _ = extract_programmes(document, source)
    assert [p.name for p in programmes if p.broader == "四项计划" and p.item == "二/2"] == [
        "品牌示范专业和特色专业建设计划", "示范性实训基地建设计划", "“双师素质”教师队伍建设计划", "信息化建设计划",
    ]  # fmt: skip


def test_all_evidence_is_the_text_of_the_source(first):
    source, document = first
    deadlines, _ = extract_deadlines(document, source, LEXICON)
    facts = [
        *deadlines,
        *extract_quantities(document, deadlines, LEXICON, source)[0],
        *extract_citations(document, source)[0],
        *extract_programmes(document, source)[0],
    ]
    assert all(source.text[f.evidence.start : f.evidence.end] == f.evidence.text for f in facts)


# --- hostile input ----------------------------------------------------------------------------------------

PIECES = (
    "一两三十百万亿半12０５.，、和及与至到—（）()《》〈〉“”〔〕年月日底前起内每个所%元"
    "不低于达到以上左右其中由提高第号自有效期要可应计划工程行动"
)


@given(st.text(alphabet=PIECES, max_size=120))
def test_any_text_is_read_and_evidence_is_inside(text):
    source, document = one_sentence(text)
    deadlines, _ = extract_deadlines(document, source, LEXICON)
    quantities, _ = extract_quantities(document, deadlines, LEXICON, source)
    for fact in [*deadlines, *quantities, *extract_citations(document, source)[0], *extract_programmes(document, source)[0]]:
        assert source.text[fact.evidence.start : fact.evidence.end] == fact.evidence.text != ""
    for quantity in quantities:
        assert quantity.indicator
        assert (quantity.value is None) == (quantity.comparator == "range")
        assert quantity.deadline is None or quantity.deadline < len(deadlines)
        assert quantity.parent is None or quantity.parent < len(quantities)
    extract_statements(document, source)
    extract_effects(document, source)


@pytest.mark.parametrize(
    "piece",
    [
        "1个其中",
        "《",
        "一",
        "（1个）",
        "由1提高到",
        "2019年1月1日至",
        "“四项计划”",
        "到2018年，",
        "国办发〔2018〕",
        " ",
        "《A》等",
        "《A》、第",
        "自收到",
        "之日起3日内",
        "1万亩（含",
        "每年",
        "政府",
        "不超过",
    ],
)
def test_a_repeated_piece_does_not_run_away(piece):
    """Ten thousand characters in one sentence: quadratic patterns would take minutes, and the run's own limit ends them."""
    source, document = one_sentence((piece * 10_000)[:10_000])
    deadlines, _ = extract_deadlines(document, source, LEXICON)
    assert len(extract_quantities(document, deadlines, LEXICON, source)[0]) <= 10_000
    extract_citations(document, source)
    extract_programmes(document, source)
    extract_statements(document, source)
