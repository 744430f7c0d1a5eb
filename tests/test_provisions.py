"""Provisions: money, rewards and sanctions, rights, goals without a number, and whom measures are for."""

from __future__ import annotations

import random

import pytest

from vetkb.extract import extract
from vetkb.extract.beneficiaries import EXAMPLES, Beneficiaries
from vetkb.extract.clause_rules import ClauseRule, find, shown, split_list
from vetkb.extract.goals import GOALS, STATES
from vetkb.extract.incentives import INCENTIVES
from vetkb.extract.money import MONEY
from vetkb.extract.rights import RIGHTS
from vetkb.graph.lexicon import load_lexicon
from vetkb.parse import parse
from vetkb.paths import CORPUS
from vetkb.read import read_source
from vetkb.text import Source, Span, View

TABLES = {"money": MONEY, "incentives": INCENTIVES, "rights": RIGHTS, "goals": GOALS, "states": STATES}
RULES = [(name, rule) for name, table in TABLES.items() for rule in table]
LEXICON = load_lexicon()


def provisions_of(text):
    source = Source.from_text(text, "text")
    document = parse(source)
    return extract(document, source, LEXICON)[0].provisions


def parts(provision):
    return {f"{part.role}={part.quote.words}" for part in provision.parts}


@pytest.mark.parametrize(("table", "rule"), RULES, ids=lambda x: x.name if isinstance(x, ClauseRule) else x)
def test_every_example_is_found_by_its_own_rule_with_its_parts(table, rule):
    assert rule.examples
    for example in rule.examples:
        found = [one for one in find(example.text, TABLES[table]) if one.rule.name == rule.name]
        assert [shown(one, example.text) for one in found] == [example.parts], example.text


@pytest.mark.parametrize(("table", "rule"), RULES, ids=lambda x: x.name if isinstance(x, ClauseRule) else x)
def test_no_counterexample_is_claimed(table, rule):
    for text in rule.counterexamples:
        assert rule.name not in {one.rule.name for one in find(text, TABLES[table])}, text


def test_rules_are_named_once():
    names = [rule.name for _, rule in RULES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.name)
def test_groups_of_people_are_found_where_something_is_given(rule):
    groups = Beneficiaries(LEXICON.beneficiaries)
    for text, words in rule.examples:
        assert (rule.name, words) in {(name, text[start:end]) for name, _, _, start, end in groups.find(text)}, text
    for text in rule.counterexamples:
        assert list(groups.find(text)) == [], text


def test_a_list_is_cut_at_its_joints_alone():
    text = "县(市、区)、部门和“双师型、一体化”教师等"
    assert [text[a:b] for a, b in split_list(text, 0, len(text))] == ["县(市、区)", "部门", "“双师型、一体化”教师"]


def test_the_date_that_opens_a_paragraph_is_that_of_its_goals():
    text = "一、目标\n\n到2020年年底，培训质量明显提升。就业结构更加优化，规模达到5万人。\n\n二、保障\n\n深入推进改革。\n"
    goals = [p for p in provisions_of(text) if p.kind == "goal"]
    assert [parts(goal) for goal in goals] == [
        {"subject=培训质量", "level=明显提升"},
        {"subject=就业结构", "level=更加优化"},
    ]
    assert {goal.deadline for goal in goals} == {0}


def test_two_sums_for_the_same_people_have_their_own_numbers():
    text = "对贫困家庭学生，按照每生每年2000元标准发放国家助学金、每生每年1000元标准发放生活补助。"
    source = Source.from_text(text, "text")
    facts, _ = extract(parse(source), source, LEXICON)
    funding = [p for p in facts.provisions if p.kind == "funding"]
    assert [[facts.quantities[n].value for n in p.quantities] for p in funding] == [[2000], [1000]]
    assert all("recipient=贫困家庭学生" in parts(p) for p in funding)


def test_a_bare_kind_word_means_the_body_named_before_it():
    text = "支持某某学院建设，给予学校更大的办学自主权利。给予学校更大的办学自主权利。"
    holders = [part.quote.words for p in provisions_of(text) if p.kind == "right" for part in p.parts if part.role == "holder"]
    assert holders == ["某某学院", "学校"]


def test_what_is_told_of_the_past_sets_no_goal():
    assert [p for p in provisions_of("近年来，就业局势保持总体稳定。") if p.kind == "goal"] == []


def test_every_part_and_provision_stands_where_it_says():
    source = read_source(CORPUS / "anyang-2018-2.txt")
    facts, _ = extract(parse(source), source, LEXICON)
    quotes = [q for p in facts.provisions for q in (p.evidence, *(part.quote for part in p.parts))]
    assert len(quotes) > 100
    assert all(source.text[q.start : q.end] == q.text for q in quotes)


PIECES = [
    "对",
    "为",
    "的",
    "，",
    "给予",
    "补贴",
    "用于",
    "提取",
    "取消",
    "资格",
    "通报批评",
    "作为",
    "依据",
    "允许",
    "企业",
    "可",
    "明显提升",
    "财政",
    "学生",
]


def test_any_text_is_read_and_what_is_found_lies_in_it():
    chance = random.Random(11)  # noqa: S311 (a text, not a secret)
    for _ in range(300):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 60)))
        for table in TABLES.values():
            for one in find(text, table):
                assert 0 <= one.start <= one.core < one.end <= len(text)
                assert all(0 <= a < b <= len(text) for _, a, b in one.parts)


@pytest.mark.parametrize("piece", [*PIECES, "对的", "，对企业的", "补贴、", "因，", "市政府"])
def test_a_long_text_of_one_piece_is_read_to_its_end(piece):
    text = piece * (20000 // len(piece))
    plain = View(text, Span(0, len(text))).plain
    for table in TABLES.values():
        assert all(one.end <= len(text) for one in find(plain, table))
    assert all(stop <= len(text) for *_, stop in Beneficiaries(LEXICON.beneficiaries).find(plain))
