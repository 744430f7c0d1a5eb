"""Questions: right or declined, never wrong; with proof, and in time that grows with their length only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from ask_base import AGENCIES, small_base
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from vetkb.ask import LONGEST_QUESTION, Asker, unanswered
from vetkb.ask.describe import pieces, plain, uncovered
from vetkb.ask.figures import find_figures
from vetkb.ask.form import Timed
from vetkb.ask.grammar import parts_of
from vetkb.ask.kinds import kinds_of, load_kinds
from vetkb.ask.parts import ClauseKind
from vetkb.ask.tags import readings, tag
from vetkb.ask.words import fold, load_words
from vetkb.errors import UnknownNameError, UsageError
from vetkb.paths import SCHEMAS

CASES = Path(__file__).parent / "cases"
SCHEMA = Draft202012Validator(json.loads((SCHEMAS / "answer.json").read_text(encoding="utf-8")))


def cases(name):
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(json.loads(line), id=json.loads(line)["q"]) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    """Questions to a small base of two invented cities."""
    with small_base(tmp_path_factory.mktemp("ask")) as store:
        yield Asker(store)


def check(answer, case):
    shown = answer.to_json()
    SCHEMA.validate(shown)
    expected = case.get("status", "answered")
    assert answer.status == expected or (expected == "declined" and answer.status != "answered"), answer.answer
    if answer.status != "answered":
        assert not answer.results
        assert answer.suggestions
        return
    results = shown["results"]
    if "ordinals" in case:
        assert sorted(one["ordinal"] for one in results) == case["ordinals"]
    if "labels" in case:
        assert {one["label"] for one in results} == set(case["labels"])
    if "count" in case:
        assert len(results) == case["count"]
    if "value" in case:
        assert shown["value"] == case["value"]
        assert type(shown["value"]) is type(case["value"])
    if "values" in case:
        assert [[one["comparator"], one["value"], one["unit"]] for one in results] == case["values"]
    for key, field in (("identifiers", "identifier"), ("dates", "date")):
        if key in case:
            assert [one[field] for one in results] == case[key]
    if "text" in case:
        assert case["text"] in answer.to_text()
    if "via" in case:
        assert {one["via"] for one in results} == {case["via"]}
    if "note" in case:
        assert any(case["note"] in note for note in answer.notes)
    if "documents" in case:
        assert sorted({one["document"] for one in results}) == case["documents"]


@pytest.mark.parametrize("case", cases("ask_small.jsonl"))
def test_a_question_to_the_small_base_is_answered_right_or_declined(asker, case):
    check(asker.answer(case["q"], document=case.get("document")), case)


@pytest.mark.parametrize("case", cases("ask_bundled.jsonl"))
def test_a_question_to_the_first_document_is_answered_right_or_declined(bundled, case):
    check(bundled.ask(case["q"]), case)


def test_the_first_answer_shows_nineteen_tasks_each_with_the_list_that_names_the_bureau(bundled):
    answer = bundled.ask("市财政局负责哪些任务？")
    assert answer.answer == "市财政局负责19项任务：第1、2、9、10、11、12、13、14、15、16、18、19、20、21、22、26、30、31、32项。"
    assert answer.understood == "任务 · 负责单位=安阳市财政局"
    assert [one.via for one in answer.results].count("sector") == 2
    assert any("第19、20项" in note and "财政" in note for note in answer.notes)
    assert all("财政" in one.evidence[0].quote for one in answer.results)


def test_evidence_is_what_stands_at_its_place_in_the_source(bundled):
    for question in ("市财政局负责哪些任务？", "毕业生就业率要求是多少？", "推进不力的县会怎么样？", "四项计划包括哪些？"):
        for result in bundled.ask(question).results:
            assert result.evidence
            for evidence in result.evidence:
                text = bundled.store.source(evidence.document).text
                assert text[evidence.span.start : evidence.span.end] == evidence.quote


def test_the_query_that_is_shown_gives_the_results_again(bundled):
    answer = bundled.ask("财政局负责但教育局不负责的任务有哪些？")
    rows = bundled.store.rdf.select(answer.sparql).dicts()
    assert {row["task"] for row in rows} == {one.id for one in answer.results}


def test_a_target_printed_twice_is_one_result_with_two_pieces_of_evidence(bundled):
    answer = bundled.ask("公办高等职业院校生均财政拨款水平是多少？")
    assert [len(one.evidence) for one in answer.results] == [2]
    assert {evidence.item for evidence in answer.results[0].evidence} == {"五/2", "附件/row 15"}


def test_the_terminal_shows_the_sentence_the_results_with_their_places_and_the_notes(bundled):
    text = bundled.ask("市财政局负责哪些任务？").to_text()
    lines = text.splitlines()
    assert lines[0].startswith("市财政局负责19项任务")
    assert any(line.strip().startswith("附件/row 15 “市财政局、市教育局和市政府相关部门”") for line in lines)
    assert "说明：" in lines


# --- several documents -------------------------------------------------------------------------------


def test_a_name_that_two_cities_share_means_both_and_the_answer_says_so(asker):
    answer = asker.answer("市财政局负责哪些任务？")
    assert {one.document for one in answer.results} == {"甲政办〔2020〕1号", "乙政办〔2021〕7号"}
    assert any("甲州市财政局" in note and "乙江市财政局" in note for note in answer.notes)


def test_an_answer_is_held_to_the_document_that_is_given(asker):
    answer = asker.answer("市财政局负责哪些任务？", document="乙政办〔2021〕7号")
    assert {one.document for one in answer.results} == {"乙政办〔2021〕7号"}
    with pytest.raises(UnknownNameError):
        asker.answer("市财政局负责哪些任务？", document="丙政办〔2021〕7号")


# --- properties --------------------------------------------------------------------------------------

NAMES = st.sampled_from(AGENCIES)


def tasks(asker, question):
    answer = asker.answer(question)
    assert answer.status in ("answered", "not_found"), question
    return {one.id for one in answer.results}


@given(NAMES)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_count_is_the_length_of_the_list(asker, name):
    answer = asker.answer(f"{name}负责多少项任务？")
    assert answer.value == len(tasks(asker, f"{name}负责哪些任务？")) == len(answer.results)


@given(NAMES, NAMES)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_is_the_intersection_either_the_union_and_without_the_difference(asker, one, other):
    mine, theirs = tasks(asker, f"{one}负责哪些任务？"), tasks(asker, f"{other}负责哪些任务？")
    assert tasks(asker, f"{one}和{other}共同负责的任务有哪些？") == mine & theirs
    assert tasks(asker, f"{one}或{other}负责的任务有哪些？") == mine | theirs
    assert tasks(asker, f"{one}负责但{other}不负责的任务有哪些？") == mine - theirs


@given(NAMES)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_not_is_the_complement(asker, name):
    everything = tasks(asker, "有哪些任务？")
    assert tasks(asker, f"不由{name}负责的任务有哪些？") == everything - tasks(asker, f"{name}负责哪些任务？")


WORDS = sorted({phrase.text for language in ("zh", "en") for found in load_words(language).phrases.values() for phrase in found})


@given(st.lists(st.one_of(st.sampled_from(WORDS), NAMES, st.text(max_size=6)), min_size=1, max_size=12).map("".join))
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_an_answer_that_keeps_the_contract(asker, text):
    if not 0 < len(text.strip()) <= LONGEST_QUESTION:
        return
    SCHEMA.validate(asker.answer(text).to_json())


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=10).map("".join))
@settings(deadline=None)
def test_tags_cover_every_character_once_whatever_the_reading(text):
    words = load_words("zh")
    tags = tag(text, fold(text), words, list(find_figures(text, fold(text), "zh")))
    for one in tags:
        assert text[one.start : one.end] == one.text
    covered = [place for one in tags for place in range(one.start, one.end)]
    assert len(set(covered)) == len(covered)
    assert all(text[place].isspace() for place in set(range(len(text))) - set(covered))
    for reading in readings(tags, text, words):
        places = [one.start for one in reading]
        assert places == sorted(places)


# --- hostile and empty -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "市财政局负责哪些任务？} } DROP ALL #",
        '市财政局" . ?s ?p ?o . "负责哪些任务',
        "<https://w3id.org/vetkb/id/agency/990100/finance>负责哪些任务",
        "%s %s {task} {0} {who}",
        'NEAR(财政 教育) AND "负责" OR NOT *',
        "\u202e市财政局\u200b负责哪些任务",
        "\x00\x01\ud800",
        "任务" * 250,
        "不" * 500,
        "和" * 500,
        "市财政局和" * 100,
        "“" * 300,
        "第" + "9" * 400 + "项任务由谁负责？",
        "a " * 250,
        "İ" * 100,
        "到9999年年底有哪些任务",
        "到2018年13月45日有哪些任务",
    ],
)
def test_hostile_input_gets_an_answer(asker, question):
    SCHEMA.validate(asker.answer(question).to_json())


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "任" * 501])
def test_an_empty_or_overlong_question_is_a_wrong_use(asker, question):
    with pytest.raises(UsageError):
        asker.answer(question)


def test_an_unknown_language_is_a_wrong_use(asker):
    with pytest.raises(UsageError):
        asker.answer("有哪些任务？", language="fr")


def test_the_language_of_an_answer_can_be_chosen(asker):
    assert asker.answer("一共有多少项任务？", language="en").answer == "There are 9 tasks."
    assert asker.answer("How many tasks are there?", language="zh").answer == "共有9项任务。"
    assert asker.answer("How many tasks are there?").language == "en"


def test_what_is_suggested_can_be_answered(bundled):
    for question in (
        "北京市财政局负责哪些任务？",
        "第34项任务是什么？",
        "财政局和教育局负责哪些任务？",
        "谁负责技能培训？",
        "Who is the mayor?",
    ):
        answer = bundled.ask(question)
        assert answer.suggestions
        for suggestion in answer.suggestions:
            assert bundled.ask(suggestion).status == "answered", suggestion


# --- the parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "relation", "last"),
    [
        ("2018年9月1日前", "zh", "before", "2018-09-01"),
        ("2018年前", "zh", "before", "2017-12-31"),
        ("到2018年年底", "zh", "by", "2018-12-31"),
        ("2018年底前", "zh", "before", "2018-12-31"),
        ("2019年6月", "zh", "during", "2019-06-30"),
        ("before 1 September 2018", "en", "before", "2018-09-01"),
        ("before 2018", "en", "before", "2017-12-31"),
        ("by the end of 2018", "en", "by", "2018-12-31"),
        ("in June 2019", "en", "during", "2019-06-30"),
        ("before 2018-09-01", "en", "before", "2018-09-01"),
    ],
)
def test_a_time_is_read_with_what_it_governs(text, language, relation, last):
    found = [one.value for one in find_figures(text, fold(text), language) if isinstance(one.value, Timed)]
    assert [(one.relation, one.latest.isoformat()) for one in found] == [(relation, last)]


@pytest.mark.parametrize(
    ("description", "text", "missing"),
    [
        ("现代学徒制试点", "开展现代学徒制试点。", ""),
        ("北京的现代学徒制试点", "开展现代学徒制试点。", "北京"),
        ("“双师型”教师占比", "“双师型”（“一体化”）教师占专任教师的比例达到70%", ""),
        ("2020年规模", "到2018年规模", "2020"),
        ("GDP", "规模", "gdp"),
        ("不达标的院校", "对绩效考核不达标、办学质量下降的院校", ""),
        ("达标的学校", "对绩效考核不达标的院校", "学校"),
    ],
)
def test_a_description_is_covered_whole_or_not_at_all(description, text, missing):
    words = load_words("zh")
    assert uncovered(pieces(description, words), plain(text), words) == missing


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_list_names_a_tag_of_the_grammar(language):
    from vetkb.paths import ONTOLOGY

    declared = set()
    for file in sorted((ONTOLOGY / "ask").glob("*.lark")):
        for line in file.read_text(encoding="utf-8").splitlines():
            declared |= set(line.split()[1:]) if line.startswith("%declare") else set()
    # BEYOND and APART are in no rule on purpose: a question that has one is not understood
    kinds = {phrase.kind for found in load_words(language).phrases.values() for phrase in found}
    assert kinds - declared <= {"FILLER", "BEYOND", "APART"}
    clauses = set(get_args(ClauseKind))
    for kind in load_kinds():
        named = kind.words | kind.clauses | kind.one | kind.count | {name for group in kind.needs for name in group}
        assert named <= declared | clauses, kind.name


# --- kinds of questions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "language", "question"),
    [
        pytest.param(kind.name, language, question, id=f"{kind.name}: {question}")
        for kind in load_kinds()
        for language, questions in kind.examples.items()
        for question in questions
    ],
)
def test_each_example_of_a_kind_of_question_is_of_that_kind_and_answered(bundled, name, language, question):
    asker = Asker(bundled.store)
    words = load_words(language)
    kinds = [
        kind.name
        for _, tags in asker.tagger.tagged(question, words)
        for reading in readings(tags, question, words)
        for kind in kinds_of(parts_of(reading) or ())
    ]
    assert name in kinds
    assert bundled.ask(question).status == "answered"


@pytest.mark.parametrize(("question", "words"), [("滑县政府负责哪些任务？", "假定"), ("内黄县政府负责哪些任务？", "")])
def test_what_rests_on_an_assumption_about_a_place_says_so(bundled, question, words):
    """滑县 is run by the province: that it is one of the city's counties is assumed. 内黄县 is one without doubt."""
    notes = "".join(bundled.ask(question).notes)
    assert "是其成员" in notes
    assert ("省直管县" in notes) is bool(words)
    assert words in notes


# --- what could be asked -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["市财政", "第3项", "which tasks", "哪个单位"])
def test_a_completion_holds_what_is_typed_and_has_an_answer(bundled, typed):
    found = bundled.complete(typed)
    assert 0 < len(found) <= 5
    for one in found:
        assert fold(typed) in fold(one.question)
        answer = bundled.ask(one.question)
        assert answer.status == "answered"
        assert len(answer.results) == one.results


def test_nothing_completes_what_no_question_holds(bundled):
    assert bundled.complete("火星") == []
    assert bundled.complete("") == []


def test_unanswered_questions_of_a_log_are_counted_and_broken_lines_skipped(tmp_path):
    log = tmp_path / "questions.jsonl"
    lines = [
        {"question": q, "status": s}
        for q, s in (("天气？", "not_found"), ("天气", "unsupported"), ("任务", "answered"), ("谁", "ambiguous"))
    ]
    log.write_text("\n".join([*(json.dumps(line) for line in lines), "{", "[]"]), encoding="utf-8")
    assert unanswered(log) == [("天气", 2), ("谁", 1)]
    with pytest.raises(UsageError):
        unanswered(tmp_path / "missing")
