"""English questions to a text whose words no glossary of ours was made for: the dictionary brings them along."""

from __future__ import annotations

import pytest
from running import base_of

TEXT = """青河市人民政府办公室关于加强疾病预防工作的意见
青政办〔2021〕7号
各县（市、区）人民政府，市人民政府各部门：
一、主要目标
到2025年，全市疫苗接种率达到90%以上，高血压患者规范管理率达到70%，每县建成1所康复医院。
二、重点任务
（一）开展地震应急演练。由市应急局负责，2023年底前完成。
（二）建设隧道和桥梁监测系统。由市交通运输局牵头，市财政局配合，2024年6月底前完成。
（三）糖尿病筛查。市卫生健康委要在2022年底前完成糖尿病免费筛查。
（四）发放疫苗补贴。疫苗接种单位每接种1人补贴20元，在15个社区开展试点，试点期限为2年。由市营商环境局牵头，市大数据局、郧西县人民政府配合。
（五）监督补贴。市疫苗补贴局对疫苗补贴的使用情况每年开展审计，结果向社会公开。
三、附则
本意见自2021年4月1日起施行。《青河市疾病预防暂行办法》（青政办〔2015〕12号）同时废止。
2021年3月1日
"""


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    with base_of(tmp_path_factory.mktemp("english"), TEXT) as base:
        yield base.asker


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who is responsible for earthquake drills?", "市应急局"),
        ("Who leads the tunnel and bridge monitoring system?", "市交通运输局"),
        ("What vaccination rate must be reached by 2025?", "90%"),
        ("By when must diabetes screening be completed?", "2022年底前"),
        ("What share of hypertension patients must be managed?", "70%"),
        # bodies by names that no list has
        ("Which tasks does the Business Environment Bureau lead?", "1 task"),
        ("Which tasks does the municipal Big Data Bureau take part in?", "1 task"),
        ("Which tasks does the Yunxi County government support?", "1 task"),
    ],
)
def test_a_word_or_body_that_no_list_has_is_found_by_the_dictionary(asker, question, said):
    answer = asker.answer(question)
    assert (answer.status, said in answer.answer) == ("answered", True), answer.answer


@pytest.mark.parametrize(
    "question",
    [
        "Who is responsible for flood drills?",
        "What vaccination rate must be reached by 2030?",
        "By when must cancer screening be completed?",
        "What share of hypertension nurses must be managed?",
    ],
)
def test_what_the_text_does_not_say_is_not_answered(asker, question):
    assert asker.answer(question).status in ("not_found", "unsupported")


@pytest.mark.parametrize(
    "question",
    [
        "Which tasks does the Ministry of Finance support?",
        "Which tasks does the provincial Big Data Bureau support?",
        "Which tasks does the Yunyang County government support?",
    ],
)
def test_a_body_of_another_level_or_place_is_not_taken_for_one_of_the_base(asker, question):
    assert asker.answer(question).status != "answered"


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("What is the subsidy for a vaccination unit?", 20, "元"),
        ("In how many communities will the pilot be carried out?", 15, "个"),
        ("What is the pilot period?", 2, "年"),
    ],
)
def test_a_measure_that_is_asked_for_by_its_noun_is_answered_with_the_number(asker, question, value, unit):
    answer = asker.answer(question)
    assert [(one.value, one.unit) for one in answer.results if one.value is not None] == [(value, unit)], answer.answer


@pytest.mark.parametrize(
    ("question", "identifiers"),
    [
        ("Which earlier document is repealed by this opinion?", {"青政办〔2015〕12号"}),
        ("What is the number of the document repealed by this opinion?", {"青政办〔2015〕12号"}),
        ("本意见废止了哪个文件？", {"青政办〔2015〕12号"}),
        ("Which document repeals this opinion?", set()),
        ("When was the document repealed by this opinion issued?", set()),
    ],
)
def test_what_a_document_repeals_is_not_what_repeals_it(asker, question, identifiers):
    answer = asker.answer(question)
    assert {one.identifier for one in answer.results if one.identifier} == identifiers, answer.answer


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Is the municipal Vaccine Subsidy Bureau responsible for auditing the use of the subsidies?", True),
        ("Is the municipal Vaccine Subsidy Bureau not responsible for auditing the use of the subsidies?", None),
    ],
)
def test_a_sentence_that_begins_with_the_body_says_yes(asker, question, value):
    assert asker.answer(question).value is value
