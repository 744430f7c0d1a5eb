"""What is said of a form is read as that form, in both languages; tests/frames.py runs over all frames of a base."""

from __future__ import annotations

from itertools import chain

import pytest
from frames import Frames, drawn, lost, sampled

from vetkb.ask.form import All, Any, Being, By, Form, Named, Not, Numbered, canonical, conditions
from vetkb.ask.kinds import load_kinds
from vetkb.ask.verbalise import verbalise
from vetkb.engine import Iri

FINANCE = Named("市财政局", "安阳市财政局", (Iri("https://w3id.org/vetkb/id/agency/410500/finance"),))
EDUCATION = Named("教育局", "安阳市教育局", (Iri("https://w3id.org/vetkb/id/agency/410500/education"),))


@pytest.fixture(scope="module", params=["zh", "en"])
def frames(request, bundled):
    return Frames(bundled.asker, request.param, few=4)


def some(frames):
    """A fixed sample of all frames of one and two conditions, with every kind of question and condition in it."""
    rare = (canonical(form) for form in frames.singles() if form.want not in {"tasks", "agencies", "truth", "compare"})
    return list(chain(rare, sampled(frames.singles(), 5), sampled(frames.doubles(), 37)))


def test_a_frame_of_one_or_two_conditions_is_read_from_what_is_said_of_it(bundled, frames):
    taken = some(frames)
    assert len(taken) > 1500
    assert {form.want for form in taken} == {kind.want for kind in load_kinds()}
    held = {type(one).__name__ for form in taken for one in conditions(form.where)}
    assert held >= {"By", "OnlyBy", "Not", "All", "Any", "Units", "AtLevel", "InSection", "Numbered", "About", "Timed", "Being"}
    assert [question for _, question in lost(bundled.asker, taken, frames.language)] == []


def test_deeper_frames_drawn_at_random_are_read_from_what_is_said_of_them(bundled, frames):
    everything = Frames(bundled.asker, frames.language)
    assert [question for _, question in lost(bundled.asker, drawn(everything, 7, 200), frames.language)] == []


def test_a_round_trip_that_loses_a_condition_is_noticed(bundled):
    class Forgetful:
        def parse(self, question):
            return Form("tasks")

    assert len(list(lost(Forgetful(), [Form("tasks"), Form("tasks", All((By(FINANCE),)))], "zh"))) == 1


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        (Form("tasks", All((By(FINANCE),))), "市财政局负责哪些任务？", "Which tasks is 市财政局 responsible for?"),
        (Form("tasks", count=True), "一共有多少项任务？", "How many tasks are there?"),
        (
            Form("tasks", All((By(FINANCE), Not(By(EDUCATION)))), count=True),
            "由市财政局负责但不由教育局负责的任务有多少项？",
            None,
        ),
        (Form("tasks", All((Being("continuous"),))), "持续实施的任务有哪些？", "Which tasks are continuous?"),
        (Form("agencies", All((Numbered(18),)), role="lead"), "第18项任务由谁牵头？", "Who leads task 18?"),
        (
            Form("agencies", extreme="most", rank=2),
            "负责任务第二多的是哪个单位？",
            "Which agency is responsible for the second most tasks?",
        ),
    ],
)
def test_a_form_is_put_as_people_put_it(form, zh, en):
    assert verbalise(form, "zh") == zh
    if en:
        assert verbalise(form, "en") == en


def test_what_no_question_can_say_is_not_said():
    both_ways = Any((All((By(FINANCE), Being("open"))), Being("dated")))
    assert verbalise(Form("tasks", All((both_ways,))), "zh") is None


def test_conditions_that_mean_the_same_are_the_same_form():
    one, other = By(FINANCE), By(EDUCATION)
    assert canonical(Form("tasks", All((one, All((other, one)))))) == canonical(Form("tasks", All((other, one))))
    assert canonical(Form("tasks", All((one,)))) != canonical(Form("tasks", All((Not(one),))))


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("财政局负责，不在2018年完成的任务有哪些？", "财政局负责且不在2018年完成的任务有哪些？"),
        ("财政局、教育局或民政局负责的任务有哪些？", "财政局或教育局或民政局负责的任务有哪些？"),
        ("在2018年启动且持续实施的任务", "持续实施且在2018年启动的任务"),
        (
            "Which tasks are led by the Finance Bureau, are not led by the Education Bureau?",
            "Which tasks are led by the Finance Bureau but not led by the Education Bureau?",
        ),
        (
            "Which tasks do not start before 2018 and are completed in 2019?",
            "Which tasks are completed in 2019 and do not start before 2018?",
        ),
    ],
)
def test_what_a_comma_parts_or_a_word_belongs_to_is_read_right(bundled, question, same):
    assert bundled.asker.parse(question) == bundled.asker.parse(same) is not None
