"""What a question without an answer is told: which condition leaves nothing over, and what has an answer instead."""

from __future__ import annotations

import pytest
from frames import Frames, drawn, sampled

from vetkb.ask.form import canonical
from vetkb.ask.verbalise import verbalise


@pytest.mark.parametrize(
    ("question", "without", "suggested", "results"),
    [
        ("市财政局2019年完成的任务有哪些？", "“2019年”有19项", "市财政局负责哪些任务？", 19),
        ("哪些任务要在2025年完成？", "“在2025年”有33项", "有哪些任务？", 33),
        ("第二部分第18项任务由谁负责？", "“第二部分”有7项", "第18项任务由谁负责？", 7),
        ("第18项任务由谁配合？", "“配合”有7项", "第18项任务由谁负责？", 7),
        ("本文件引用了哪些国家级文件？", "“国家级”有2项", "这份文件引用了哪些文件？", 2),
        ("市财政局负责的关于火星的任务有哪些？", "“火星”有19项", "市财政局负责哪些任务？", 19),
        ("团市委负责且名单开放的任务有哪些？", "“名单未列全”有1项", "团市委负责哪些任务？", 1),
        ("团市委负责的有国家级单位的任务有哪些？", "“有国家级单位”有1项", "团市委负责哪些任务？", 1),
        ("团市委负责且有五个责任单位的任务有哪些？", "“单位数=5”有1项", "团市委负责哪些任务？", 1),
        ("团市委负责但教育局不负责的任务有哪些？", "“不（负责单位=安阳市教育局）”有1项", "团市委负责哪些任务？", 1),
        ("团市委负责且每年重复的任务有哪些？", "“每年”有1项", "团市委负责哪些任务？", 1),
        (
            "持续实施且有明确时间的任务中，负责任务最多的是哪个单位？",
            "“有明确时间”有1项",
            "持续实施的任务中，负责任务最多的是哪个单位？",
            1,
        ),
        (
            "Which tasks is the Finance Bureau responsible for in 2019?",
            "“in 2019”: 19",
            "Which tasks is the Finance Bureau responsible for?",
            19,
        ),
    ],
)
def test_a_condition_that_leaves_nothing_over_is_named_with_what_is_left_without_it(
    bundled, question, without, suggested, results
):
    answer = bundled.ask(question)
    assert answer.status == "not_found"
    assert without in answer.answer
    assert dict(zip(answer.suggestions, answer.suggestion_results, strict=True))[suggested] == results


def test_a_count_of_nothing_names_the_condition_too(bundled):
    answer = bundled.ask("市财政局2019年要完成多少项任务？")
    assert (answer.status, answer.value) == ("answered", 0)
    assert "去掉“2019年”有19项。" in answer.notes


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whatever_finds_nothing_is_told_only_what_has_an_answer(bundled, language):
    frames = Frames(bundled.asker, language, few=4)
    told = 0
    for form in (*sampled(frames.doubles(), 1201), *drawn(frames, 3, 25)):
        answer = bundled.ask(verbalise(form, language))
        assert len(answer.suggestions) == len(answer.suggestion_results)
        if answer.status == "answered":
            continue
        told += 1
        for question, results in zip(answer.suggestions, answer.suggestion_results, strict=True):
            again = bundled.ask(question)
            assert again.status == "answered", question
            assert len(again.results) == results > 0, question
    assert told > 10


def test_what_is_suggested_is_said_in_one_way(bundled):
    for question in (
        "财政局和教育局负责哪些任务？",
        "第34项任务是什么？",
        "谁负责技能培训？",
        "北京市财政局负责哪些任务？",
        "Who is the mayor?",
    ):
        answer = bundled.ask(question)
        assert answer.suggestions
        for suggestion in answer.suggestions:
            assert verbalise(bundled.asker.parse(suggestion), answer.language) == suggestion


def test_the_two_readings_of_a_question_keep_its_other_conditions(bundled):
    answer = bundled.ask("财政局和教育局负责的持续实施的任务有哪些？")
    assert answer.status == "ambiguous"
    both, either = (bundled.asker.parse(one) for one in answer.suggestions[:2])
    assert both == canonical(bundled.asker.parse("财政局和教育局共同负责且持续实施的任务有哪些？"))
    assert either == canonical(bundled.asker.parse("财政局或教育局负责且持续实施的任务有哪些？"))


def test_a_denied_pair_is_offered_as_denied(bundled):
    answer = bundled.ask("不由财政局和教育局负责的任务有哪些？")
    assert answer.status == "ambiguous"
    assert answer.suggestions[:2] == ("教育局和财政局都不负责的任务有哪些？", "不由教育局负责或不由财政局负责的任务有哪些？")


def test_the_terminal_shows_how_many_results_a_suggestion_has(bundled):
    assert "  - 市财政局负责哪些任务？ (19)" in bundled.ask("市财政局2019年完成的任务有哪些？").to_text()


def test_a_place_is_no_body_of_its_name_and_no_topic(bundled):
    assert bundled.ask("安阳有哪些任务？").status == "not_found"
    assert len(bundled.ask("安阳县有哪些任务？").results) == 20
