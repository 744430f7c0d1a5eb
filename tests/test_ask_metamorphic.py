"""The same question in other dress has the same answer; conditions behave like conditions: and narrows, not is the rest."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pytest
from frames import Frames, drawn, sampled
from opencc import OpenCC

from vetkb.ask.form import About, All, Any, Being, By, Form, Not, OnlyBy, Within, conditions, replaced
from vetkb.ask.kinds import load_kinds
from vetkb.ask.verbalise import verbalise

CASES = Path(__file__).parent / "cases"
TRADITIONAL = OpenCC("s2t")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
NARROW = str.maketrans("？，。！：；（）", "?,.!:;()")
ENDS = "？?。.！! "


def real_questions():
    found = [question for kind in load_kinds() for questions in kind.examples.values() for question in questions]
    for name in ("ask_bundled", "ask_ratchet"):
        lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [json.loads(line)["q"] for line in lines if line.strip()]
    return list(dict.fromkeys(found))


def is_english(question):
    return question[:1].isascii() and question[:1].isalpha()


def swapped(question, base):
    """Return a question with the two names of 甲和乙 the other way round; None where there are none."""
    names = sorted(base.asker.finder.entities.agencies, key=len, reverse=True)
    for joint in ("和", "与", "、", "或", " and "):
        for found in re.finditer(re.escape(joint), question):
            before, after = question[: found.start()], question[found.end() :]
            one = next((name for name in names if before.lower().endswith(name)), None)
            other = next((name for name in names if after.lower().startswith(name)), None)
            if one and other:
                first, second = before[len(before) - len(one) :], after[: len(other)]
                return f"{before[: len(before) - len(one)]}{second}{joint}{first}{after[len(other) :]}"
    return None


DRESSES = {
    "traditional characters": lambda q, _: None if is_english(q) else TRADITIONAL.convert(q),
    "full width": lambda q, _: None if is_english(q) else q.translate(WIDE),
    "half width": lambda q, _: q.translate(NARROW),
    "no punctuation at the end": lambda q, _: q.rstrip(ENDS),
    "spaces around": lambda q, _: f"  {q}\n",
    "polite": lambda q, _: f"Please tell me: {q[0].lower()}{q[1:]}" if is_english(q) else f"请问一下，{q}",
    "thankful": lambda q, _: f"{q} Thank you!" if is_english(q) else f"{q.rstrip(ENDS)}，谢谢！",
    "a greeting and thanks": lambda q, _: (
        f"Hello! Could you tell me {q} Thanks" if is_english(q) else f"您好，麻烦告诉我{q}感谢！"
    ),
    "the other order": swapped,
}


def said(answer):
    """What must not change: whether there is an answer, its value, and its results whatever their order."""
    if answer.status != "answered":
        return "declined"
    numbers = [(one.value, one.minimum, one.maximum) for one in answer.results]
    return answer.value, sorted(
        (one.id or "", one.label, str(number)) for one, number in zip(answer.results, numbers, strict=True)
    )


def found(base, form, language="zh"):
    """Return the tasks that a question for a form finds; none where none meets its conditions, or a text is quoted instead."""
    question = verbalise(form, language)
    answer = base.ask(question)
    assert answer.status in ("answered", "not_found"), (question, answer.answer)
    return {one.id for one in answer.results if one.kind == "task"}


@pytest.fixture(scope="module")
def asked(bundled):
    """What a question is answered, asked once."""
    return lru_cache(maxsize=None)(lambda question: said(bundled.ask(question)))


@pytest.mark.parametrize("dress", DRESSES)
def test_a_real_question_in_other_dress_has_the_same_answer(bundled, asked, dress):
    changed = 0
    wrong = []
    # what changes every question fails for many: a third will show it, another one for each such dress
    every = 1 if dress in ("traditional characters", "the other order") else 3
    for question in real_questions()[[*DRESSES].index(dress) % every :: every]:
        other = DRESSES[dress](question, bundled)
        if other is None or other == question:
            continue
        changed += 1
        if asked(other) != asked(question):
            wrong.append(other)
    assert changed > 8
    assert wrong == []


# --- conditions --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frames(bundled):
    return Frames(bundled.asker, "en", few=4)


def in_chinese(form, base):
    """Return a form with its bodies by their Chinese names: forms that differ in words alone are equal."""
    entities = base.asker.finder.entities
    parties = {
        one: replace(one, who=entities.named(one.who.iris[0], "zh")) for one in conditions(form.where) if hasattr(one, "who")
    }
    without = form.without and replace(form.without, who=entities.named(form.without.who.iris[0], "zh"))
    than = form.than and replace(form.than, who=entities.named(form.than.who.iris[0], "zh"))
    return replace(form, where=replaced(form.where, parties), without=without, than=than)


def test_the_english_form_of_a_question_has_the_same_answer(bundled, frames):
    for form in (*sampled(frames.singles(), 43), *sampled(frames.doubles(), 701), *drawn(frames, 5, 30)):
        if form.want == "passages":
            continue  # Chinese words in an English question must stand in the text as they are
        english, chinese = verbalise(form, "en"), verbalise(in_chinese(form, bundled), "zh")
        assert english != chinese
        one, other = bundled.ask(english), bundled.ask(chinese)
        assert said(one) == said(other), (english, chinese)


def test_conditions_side_by_side_hold_together_and_narrow_what_is_found(bundled, frames):
    forms = [form for form in (*sampled(frames.doubles(), 461), *drawn(frames, 11, 60)) if form.want == "tasks"]
    together = 0
    for form in forms:
        each = [found(bundled, Form("tasks", All((one,))), "en") for one in form.where.conditions if not isinstance(one, Within)]
        expected = set.intersection(*each)
        assert found(bundled, form, "en") == expected, verbalise(form, "en")
        assert all(expected <= one for one in each)
        together += len(each) > 1
    assert together > 100


def test_alternatives_are_the_union(bundled, frames):
    forms = [
        form
        for form in sampled(frames.doubles(), 7)
        if len(form.where.conditions) == 1 and isinstance(form.where.conditions[0], Any)
    ]
    held = 0
    for form in forms[::29]:
        each = [found(bundled, Form("tasks", All((one,))), "en") for one in form.where.conditions[0].conditions]
        topics = [isinstance(one, About) for one in form.where.conditions[0].conditions]
        if any(topic and not tasks for topic, tasks in zip(topics, each, strict=True)):
            continue  # what the base has never heard of is refused, whatever else would do
        held += 1
        assert found(bundled, form, "en") == set.union(*each), verbalise(form, "en")
    assert held > 20


def test_not_is_the_rest(bundled, frames):
    everything = found(bundled, Form("tasks"))
    party = list(frames.of_party(frames.parties[1]))
    positive = [
        one
        for one in (*party, *frames.others(), *frames.dates(), *islice(frames.topical(), 0, None, 12))
        if not isinstance(one, (Not, OnlyBy)) and one != Being("annex")  # no question denies the annex
    ]
    some = 0
    for one in positive:
        mine = found(bundled, Form("tasks", All((one,))), "en")
        if isinstance(one, About) and not mine:
            continue  # what the base has never heard of is refused, denied or not
        rest = found(bundled, Form("tasks", All((Not(one),))), "en")
        assert mine | rest == everything
        assert not mine & rest
        some += 0 < len(mine) < len(everything)
    assert some > 15


def test_a_count_is_the_length_of_the_list(bundled, frames):
    for form in (*sampled(frames.singles(), 61), *sampled(frames.doubles(), 1511), *drawn(frames, 13, 30)):
        if form.want not in ("tasks", "targets") or form.field or form.extreme or len(form.where.conditions) == 0:
            continue
        listed = bundled.ask(verbalise(replace(form, count=False), "en"))
        counted = bundled.ask(verbalise(replace(form, count=True), "en"))
        if listed.status == "answered":
            assert counted.value == len(listed.results) == len(counted.results)
        else:
            assert counted.value in (0, None)


def test_who_does_not_do_a_task_is_answered_the_other_way_round(bundled, frames):
    forms = [form for form in frames.singles() if form.want == "truth" and isinstance(form.where.conditions[-1], By)]
    for form in forms[::5]:
        *rest, party = form.where.conditions
        one, other = (
            bundled.ask(verbalise(form, "en")),
            bundled.ask(verbalise(replace(form, where=All((*rest, Not(party)))), "en")),
        )
        assert {one.value, other.value} == {True, False}, verbalise(form, "en")


def test_more_one_way_is_fewer_the_other_way(bundled, frames):
    forms = [form for form in frames.singles() if form.want == "compare" and not form.count and form.most]
    for form in forms[::2]:
        (party,) = form.where.conditions
        turned = replace(form, where=All((form.than,)), than=party, most=False)
        assert bundled.ask(verbalise(form, "en")).value == bundled.ask(verbalise(turned, "en")).value
