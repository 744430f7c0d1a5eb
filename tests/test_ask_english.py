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
    ],
)
def test_a_word_that_the_glossary_lacks_is_found_in_the_dictionary(asker, question, said):
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
