"""A thousand questions that nobody should ask: each is answered or declined by the contract, in bounded time."""

from __future__ import annotations

import json
import time
from itertools import islice

import pytest
from fuzz_questions import Questions
from jsonschema import Draft202012Validator

from vetkb.ask import LONGEST_QUESTION
from vetkb.errors import UsageError
from vetkb.paths import SCHEMAS

SCHEMA = Draft202012Validator(json.loads((SCHEMAS / "answer.json").read_text(encoding="utf-8")))
SECONDS = 0.3  # of processor time, the best of three; 0.1 on a machine with nothing else to do (python tests/fuzz_questions.py)


def ask(base, question):
    began = time.process_time()
    answer = base.ask(question)
    return answer, time.process_time() - began


def test_a_thousand_questions_are_answered_or_declined_by_the_contract_and_in_time(bundled):
    bundled.asker.prepare()
    bundled.asker.prepare_sounds()
    seen = set()
    for kind, question in islice(Questions(0), 1000):
        seen.add(kind)
        if not 0 < len(question.strip()) <= LONGEST_QUESTION:
            with pytest.raises(UsageError):
                bundled.ask(question)
            continue
        answer, seconds = ask(bundled, question)
        SCHEMA.validate(answer.to_json())
        assert answer.to_text().encode()
        assert (answer.status == "answered") == bool(answer.sparql)
        tries = 1
        while seconds > SECONDS and tries < 3:
            seconds = min(seconds, ask(bundled, question)[1])
            tries += 1
        assert seconds <= SECONDS, (kind, question)
    assert len(seen) > 12


@pytest.mark.parametrize(
    "question",
    [
        # who is not said, so what everybody does is no answer
        "负责哪些任务",
        "请问一下负责啥任务呀",
        "How many tasks does the Ministry of ",
        "政府要做哪些事？",
        "2018要完成哪些任务",
        # a word or two that any text has
        "哪所学校建设？",
        "“重点任务”部分包括哪些？“重点任务”部分包括哪些？",
        "打造产业集聚区由谁负责？打造产业集聚区由谁负责？",
        # a heading of the annex, in scraps of another sentence
        "谁牵头进一步明确职业教育攻坚二期总体要求和主要目标任务？",
        # an amount is not a share of it
        "？是多少职工工资总额",
        "职工，工资“总额 是多少？",
        "目标是多少？",
        # a body of another place, and of none, by a short form
        "北京市科技局负责哪些任务？",
        "天气市科技局或团市委负责的任务有哪些？",
        "改革部门承担什么工作",
        # a word that nothing uses
        "产教融合元？任务",
        "附件第五部分（完善职业教育经费）的任务有哪些",
        "指导部门最多的是哪一项？",
        # half a question
        "s cite it?",
        "s the most responsible agencies?",
    ],
)
def test_what_was_answered_wrongly_when_a_sample_was_read_is_declined(bundled, question):
    answer = bundled.ask(question)
    assert answer.status != "answered", answer.answer


def test_a_question_said_again_and_again_is_the_same_question(bundled):
    for question in ("中职在校生规模目标是多少？", "Which provincial document does it implement?", "市财政局负责哪些任务？"):
        once = bundled.ask(question)
        assert once.status == "answered"
        for again in (question * 2, question * 3 + question[:4]):
            answer = bundled.ask(again)
            assert (answer.answer, answer.question) == (once.answer, again)


def test_a_target_that_is_asked_for_is_told_and_not_counted(bundled):
    answer = bundled.ask("中职在校生规模目标是多少？")
    assert (answer.value, [int(one.value) for one in answer.results]) == (None, [36000])
    assert "不低于36000人" in answer.answer
    assert bundled.ask("有多少项指标？").value == 32
