"""A document against the one it implements: what it copies, refines, raises, loosens, drops, on a small parent and child."""

from __future__ import annotations

import pytest

from vetkb.compiler import compile_source, ontology_quads
from vetkb.engine import RdfStore
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.terms import PREFIXES
from vetkb.graph.write import to_quads
from vetkb.reason import load_rules, premises_of, rule_functions, run_rules
from vetkb.text import Source

LEXICON = load_lexicon()
PARENT = """河南省人民政府文件

豫政〔2030〕1号

河南省人民政府关于加快发展社区养老服务的意见

各市人民政府：

一、主要目标

到2032年年底，社区养老服务设施覆盖率达到90%以上。到2032年年底，护理型床位占比达到50%以上。养老护理员年培训补贴标准每人每年不低于800元。

二、重点任务

各市要建立社区养老服务设施定期检查和安全评估制度。各地必须落实新建居住区配套建设养老服务设施的规定。支持社会力量举办社区养老服务机构。各地要加大对农村互助养老的投入力度。允许养老机构自主确定服务项目。对工作成效突出的单位给予表彰奖励。支持开展老年人阅读活动。

2030年1月5日
"""
CHILD = """安阳市人民政府文件

安政〔2030〕3号

安阳市人民政府关于加快发展社区养老服务的实施意见

各县（市、区）人民政府：

为贯彻落实《河南省人民政府关于加快发展社区养老服务的意见》（豫政〔2030〕1号）精神，制定本意见。

一、主要目标

到2032年年底，社区养老服务设施覆盖率达到95%以上。到2033年年底，护理型床位占比达到50%以上。养老护理员年培训补贴标准每人每年不低于600元。

二、重点任务

各县（市、区）要建立社区养老服务设施定期检查和安全评估制度，每年向市民政局报告检查和评估结果。鼓励各地落实新建居住区配套建设养老服务设施的规定。支持社会力量举办社区养老服务机构。

2030年3月1日
"""
OTHER = CHILD.replace("豫政〔2030〕1号", "豫政〔2030〕9号").replace("安政〔2030〕3号", "安政〔2030〕4号")


def derived(*texts: str) -> RdfStore:
    store = RdfStore.memory()
    store.add(ontology_quads())
    for text in texts:
        compiled = compile_source(Source.from_text(text), LEXICON)
        store.add(to_quads(compiled.document, compiled.facts, LEXICON))
    run_rules(store, LEXICON)
    return store


@pytest.fixture(scope="module")
def both() -> RdfStore:
    return derived(PARENT, CHILD)


def words(store: RdfStore, relation: str) -> set[tuple[str, str]]:
    query = f"""PREFIX vk: <{PREFIXES["vk"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX eli: <{PREFIXES["eli"]}>
        SELECT ?own ?theirs {{ ?a vk:{relation} ?b . ?a vk:text|rdfs:label|vk:sentence/vk:text|eli:id_local ?own .
        ?b vk:text|rdfs:label|vk:sentence/vk:text ?theirs FILTER(!BOUND(?c)) }}"""
    return {(str(own), str(theirs)) for own, theirs in store.select(query).rows}


def conflicts(store: RdfStore) -> set[str]:
    rows = store.select(f"PREFIX vk: <{PREFIXES['vk']}> SELECT ?kind {{ ?c vk:conflictKind ?kind }}").rows
    return {str(row[0]) for row in rows}


def test_what_is_said_again_in_the_same_words_is_a_copy(both: RdfStore) -> None:
    sentence = "支持社会力量举办社区养老服务机构。"
    assert (sentence, sentence) in words(both, "copies")


def test_what_takes_a_demand_up_and_says_more_refines_it(both: RdfStore) -> None:
    taken_up = {theirs for own, theirs in words(both, "refines") if "报告检查和评估结果" in own}
    assert taken_up == {"各市要建立社区养老服务设施定期检查和安全评估制度。"}


def test_a_higher_rate_is_raised(both: RdfStore) -> None:
    assert {own for own, _ in words(both, "raises") if "。" not in own} == {"社区养老服务设施覆盖率"}


def test_a_later_day_a_lower_standard_and_a_weaker_word_are_loosened(both: RdfStore) -> None:
    loosened = {own for own, _ in words(both, "loosens")}
    assert {own for own in loosened if "。" not in own} == {"护理型床位占比", "养老护理员年培训补贴标准"}
    assert "鼓励各地落实新建居住区配套建设养老服务设施的规定。" in loosened
    assert {"below-parent", "weaker-than-parent"} <= conflicts(both)


def test_what_is_weaker_than_the_parent_shows_the_words_of_both(both: RdfStore) -> None:
    query = f"""PREFIX vk: <{PREFIXES["vk"]}> PREFIX oa: <{PREFIXES["oa"]}>
        SELECT ?kind ?words {{ ?c vk:conflictKind ?kind ; vk:evidence/oa:hasSelector/oa:exact ?words }}"""
    shown = {(str(kind), str(quote)) for kind, quote in both.select(query).rows}
    assert ("weaker-than-parent", "鼓励各地落实新建居住区配套建设养老服务设施的规定。") in shown
    assert len([quote for kind, quote in shown if kind == "weaker-than-parent"]) == 2
    assert {quote for kind, quote in shown if kind == "below-parent"} == {
        *("不低于600元", "不低于800元"),
        *("达到50%以上", "到2033年年底", "到2032年年底"),
    }


def test_what_is_not_taken_up_is_dropped(both: RdfStore) -> None:
    """Demands, and what the parent lays down on money, rewards and rights; of what it only encourages nothing is missed."""
    assert {theirs for _, theirs in words(both, "drops")} == {
        "各地要加大对农村互助养老的投入力度。",
        "允许养老机构自主确定服务项目。",
        "对工作成效突出的单位给予表彰奖励。",
    }


def test_a_document_that_implements_another_one_is_not_compared() -> None:
    store = derived(PARENT, OTHER)
    for relation in ("copies", "refines", "raises", "loosens", "drops"):
        assert words(store, relation) == set()
    assert not conflicts(store) & {"below-parent", "weaker-than-parent"}


def test_without_the_parent_nothing_is_concluded_about_it() -> None:
    store = derived(CHILD)
    assert words(store, "copies") == words(store, "drops") == set()


def test_every_conclusion_about_the_parent_follows_from_its_premises_alone(both: RdfStore) -> None:
    rules = [rule for rule in load_rules() if rule.name.endswith("-parent")]
    assert len(rules) == 6
    for rule in rules:
        premises = premises_of(both, both.quads(rule.graph))
        assert premises, rule.name
        for conclusion, statements in premises.items():
            alone = RdfStore.memory()
            alone.add(statements)
            made = alone.construct(rule.sparql, functions=rule_functions(LEXICON, alone), graph=rule.graph)
            assert conclusion in made, (rule.name, conclusion)
