"""Questions for the text of a unit by its printed number, in a document of articles and in one of numbered sections."""

from __future__ import annotations

import pytest
from running import base_of

from vetkb.base import open_base

ARTICLES = """青岭市人民政府关于印发青岭市节水管理办法的通知
青政规〔2022〕3号
各县（市、区）人民政府，市政府各部门：
现将《青岭市节水管理办法》印发给你们，请遵照执行。
青岭市人民政府
2022年5月6日
青岭市节水管理办法
第一章　总则
第一条　为了节约用水，根据有关法律法规，制定本办法。
第二条　市水利局负责全市节水工作的监督管理。
第二章　用水管理
第三条　用水单位应当安装计量设施。未安装的，责令限期改正。
第四条　新建小区应当配套建设雨水收集设施。
第三章　附则
第五条　本办法自2022年6月1日起施行。《青岭市节水暂行规定》（青政〔2015〕8号）同时废止。
"""


@pytest.fixture(scope="module")
def articles(tmp_path_factory):
    with base_of(tmp_path_factory.mktemp("articles"), ARTICLES) as base:
        yield base.asker


@pytest.fixture(scope="module")
def bundled():
    with open_base() as base:
        yield base.asker


@pytest.mark.parametrize(
    "question",
    ["第三条是怎么规定的？", "办法第三条的内容是什么", "第二章第三条说了什么？", "第3条有什么要求", "What does article 3 say?"],
)
def test_an_article_is_quoted_by_its_number(articles, question):
    labels = [one.label for one in articles.answer(question).results]
    assert labels == ["用水单位应当安装计量设施。", "未安装的，责令限期改正。"]


def test_a_chapter_is_quoted_whole(articles):
    assert [one.label[:4] for one in articles.answer("第二章规定了什么？").results] == ["用水单位", "未安装的", "新建小区"]


@pytest.mark.parametrize("question", ["第九条是怎么规定的？", "第三章第三条说了什么？", "What does chapter 7 say?"])
def test_a_unit_that_is_not_there_is_not_answered(articles, question):
    assert articles.answer(question).status != "answered"


def test_the_document_that_is_repealed_is_named(articles):
    assert [one.identifier for one in articles.answer("本办法施行后，哪个文件同时废止？").results] == ["青政〔2015〕8号"]


def test_a_section_with_headings_is_told_by_them(bundled):
    labels = [one.label for one in bundled.answer("第五部分讲了什么？").results]
    assert labels[:2] == ["做强中等职业教育", "做优高等职业教育"]
    assert [one.label for one in bundled.answer("What does section 5 say?").results] == labels


def test_a_clause_of_a_section_is_quoted(bundled):
    for question in ("安政办〔2018〕2号第五部分第2条的内容是什么？", "What does section 5, clause 2 say?"):
        assert "12000元" in bundled.answer(question).results[0].label


def test_a_numbered_task_stays_a_task(bundled):
    assert [one.ordinal for one in bundled.answer("第18项任务是什么？").results] == [18]
