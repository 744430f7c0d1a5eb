"""Questions to a plan of a county that no directory knows: its bodies are called as bodies of counties are."""

from __future__ import annotations

import pytest
from running import base_of

from vetkb.extract.agencies import division_of
from vetkb.graph.lexicon import load_lexicon
from vetkb.parse import parse
from vetkb.text import Source

TEXT = """云岭县人民政府办公室关于加强防汛工作的通知
云政办发〔2023〕7号
各乡镇人民政府，县政府各部门：
一、重点任务
1.修复堤防。2023年6月底前完成。（牵头单位：县水利局；责任单位：县财政局、县公安局）
2.开展演练。2023年5月底前完成。（牵头单位：县应急局；责任单位：县水利局）

云岭县人民政府办公室
2023年3月1日

附件
任务分工表
序号\t工作任务\t牵头单位\t责任单位\t完成时限
1\t修复堤防\t县水利局\t县财政局、县公安局\t2023年6月底前
2\t开展演练\t县应急局\t县水利局\t2023年5月底前
"""


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    with base_of(tmp_path_factory.mktemp("places"), TEXT) as base:
        yield base.asker


@pytest.mark.parametrize(
    ("question", "ordinals"),
    [
        ("县财政局负责哪些任务？", [1]),
        ("云岭县财政局要参与哪些任务？", [1]),
        ("水利局牵头的任务有哪些？", [1]),
        ("县水利局参与哪些任务？", [1, 2]),
        ("Which tasks is the Finance Bureau responsible for?", [1]),
    ],
)
def test_a_body_of_a_place_in_no_directory_is_asked_for_by_its_usual_names(asker, question, ordinals):
    assert [one.ordinal for one in asker.answer(question).results] == ordinals


def test_the_first_of_a_column_does_not_lead_where_another_column_says_who_does(asker):
    assert {one.label for one in asker.answer("第2项任务由谁牵头？").results} == {"县应急局"}


@pytest.mark.parametrize("question", ["青河县财政局负责哪些任务？", "县教育局负责哪些任务？"])
def test_a_body_that_the_plan_does_not_name_is_not_found(asker, question):
    assert asker.answer(question).status == "not_found"


def test_a_city_is_not_the_county_that_shares_its_short_name():
    lexicon = load_lexicon()
    county = next(one for one in lexicon.divisions if one.name == "青河县")
    assert division_of("青河县人民政府", lexicon) == county.code
    assert division_of("青河市人民政府", lexicon) is None


@pytest.mark.parametrize(("spoken_of", "code"), [("长春市", "220104"), ("西安市", None), ("长春市和北京市", None)])
def test_of_several_places_of_one_name_the_one_whose_city_the_text_names_is_the_issuer(spoken_of, code):
    lexicon = load_lexicon()
    assert {"220104", "110105"} <= {one.code for one in lexicon.divisions if one.name == "朝阳区"}
    text = TEXT.replace("云岭县", "朝阳区").replace("云政办发", "朝政办发").replace("开展演练", f"按照{spoken_of}部署开展演练", 1)
    assert division_of(parse(Source.from_text(text)), lexicon) == code
