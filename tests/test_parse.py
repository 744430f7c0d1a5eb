"""The outline: what stands where, on texts written for the purpose."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetkb.parse import parse
from vetkb.text import Source, View

LETTER = """某市人民政府文件

某政〔2020〕7号

某市人民政府关于印发
某市绿化方案的通知

各县（市、区）人民政府，市直各单位：

《某市绿化方案》已经市政府同意，现印发给你们，请认真贯彻执行。

某市人民政府
2020年3月5日

（此件公开发布）

某市绿化方案

为做好绿化工作，制定本方案。
一、目标
到2025年，全市森林覆盖率达到30%以上。
二、任务
1.植树。各县区要组织义务植
树活动。
（1）春季。栽植3.5万株；
（2）秋季。栽植2万株。
2.护林。加强巡查。

附件1

任务表

序号\t任务\t责任单位\t完成时限
一、植树\t\t\t
1\t春季植树\t市林业局\t4月底前
\t\t市财政局\t
2\t秋季植树\t市林业局\t11月底前
序号\t任务\t责任单位\t完成时限
3\t巡查\t各县区政府\t长期

附件2

名词解释

抄送：市委各部门，市人大常委会办公室。
市政协办公室，市法院。
某市人民政府办公室
2020年3月6日印发
"""


def document(text):
    return parse(Source.from_text(text))


def paths(text):
    return [item.path for item in document(text).items]


def test_metadata_is_read_with_its_place():
    read = document(LETTER)
    assert read.identifier.value == "某政〔2020〕7号"
    assert read.title.value == "某市人民政府关于印发某市绿化方案的通知"
    assert read.genre.value == "通知"
    assert [i.value for i in read.issuers] == ["某市人民政府"]
    assert read.issued.value == datetime.date(2020, 3, 5)
    assert read.printed.value == datetime.date(2020, 3, 6)
    assert [a.value for a in read.addressees] == ["各县（市、区）人民政府", "市直各单位"]
    assert [c.value for c in read.copied_to] == ["市委各部门", "市人大常委会办公室", "市政协办公室", "市法院"]
    for stated in (read.identifier, read.title, read.genre, read.issued, *read.addressees, *read.copied_to):
        assert LETTER[stated.evidence.start : stated.evidence.end] == stated.evidence.text


def test_a_plan_behind_a_letter_and_numbered_annexes_get_their_prefixes():
    assert paths(LETTER) == [
        "附件/一",
        "附件/二",
        "附件/二/1",
        "附件/二/1/（1）",
        "附件/二/1/（2）",
        "附件/二/2",
        "附件1/一",
    ]


def test_a_sentence_cut_by_a_line_break_is_whole_and_keeps_its_place():
    sentence = next(s for s in document(LETTER).sentences if "义务植" in s.text)
    assert sentence.text == "各县区要组织义务植树活动。"
    assert LETTER[sentence.span.start : sentence.span.end] == "各县区要组织义务植\n树活动。"


def test_a_decimal_number_is_no_heading_mark():
    assert "3.5万株" in "".join(s.text for s in document(LETTER).sentences)


def test_a_table_keeps_groups_continued_rows_and_repeated_headers():
    (table,) = document(LETTER).tables
    assert table.columns == ("ordinal", "task", "responsible", "schedule")
    assert [(row.path, row.ordinal, row.group) for row in table.rows] == [
        ("附件1/row 1", 1, "附件1/一"),
        ("附件1/row 2", 2, "附件1/一"),
        ("附件1/row 3", 3, "附件1/一"),
    ]
    assert [cell.text for cell in table.rows[0].cells if cell.column == 2] == ["市林业局", "市财政局"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "关于事项的意见\n一、总则\n（一）甲。内容一。\n（二）乙。内容二。\n二、分则\n（三）丙。内容三。\n",
            ["一", "一/（一）", "一/（二）", "二", "二/（三）"],
        ),
        (
            "某办法\n第一章　总则\n第一条　为了管理，制定本办法。\n第二条　适用范围：\n（一）甲；\n（二）乙。\n其他从其规定。\n",
            ["第一章", "第一章/第一条", "第一章/第二条", "第一章/第二条/（一）", "第一章/第二条/（二）"],
        ),
        ("某通知\n各单位：\n1、甲工作。\n2、乙工作。\n", ["1", "2"]),
        ("某通知\n各单位：\n全年完成投资达到\n3.5亿元，其中企业投入\n2亿元。\n", []),
        ("某通知\n各单位：\n一、甲\n全年造林，数量不少于\n5. 并按时上报。\n", ["一"]),
        ("某意见\n一、甲事项\n一、乙事项\n", ["一", "一~2"]),
        ("", []),
        ("\t\t\n\t\n", []),
    ],
)
def test_marks_make_units(text, expected):
    assert paths(text) == expected


def test_an_unnumbered_paragraph_after_the_list_of_an_article_belongs_to_the_article():
    read = document("某办法\n第一条　扣除标准：\n（一）甲；\n（二）乙。\n其他从其规定。\n")
    assert read.sentences[-1].item == "第一条"


def test_a_closing_paragraph_belongs_to_no_clause():
    read = document("某意见\n一、甲\n（一）一项。做好一项。\n（二）二项。做好二项。\n各地要及时报告。\n\n国务院\n2018年1月2日\n")
    assert read.sentences[-1].text == "各地要及时报告。"
    assert read.sentences[-1].item is None


def covers_once(text):
    read = document(text)
    at = 0
    for leaf in read.outline:
        assert leaf.span.start == at
        assert leaf.span.end > at
        at = leaf.span.end
    assert at == len(text)
    for sentence in read.sentences:
        assert View(text, sentence.span).text == sentence.text
    for item in read.items:
        assert 0 <= item.span.start <= item.heading_span.start <= item.heading_span.end <= len(text)
    assert len({item.path for item in read.items}) == len(read.items)


_MARKS = ["一、", "（一）", "1.", "（1）", "第一章　", "第二条　", "附件", "附件：", "附件2", "抄送：", "印发", "文件"]
_STOPS = ["\t", "\n", "\n\n", "\r\n", "\u3000", "\u2028", "。", "，", "（", "）", "：", "《", "”"]
_WORDS = ["某市政府", "2018年1月4日", "〔2018〕2号", "序号\t任务\t责任单位\n", "10", "各单位：", "关于工作的意见"]
_PIECES = st.sampled_from([*_MARKS, *_STOPS, *_WORDS])


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_any_arrangement_of_pieces_is_covered_once(text):
    covers_once(text)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_covered_once(text):
    covers_once(text)
