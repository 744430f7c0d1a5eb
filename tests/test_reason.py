"""The rules of inference on small graphs of their own, and why the base says what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vetkb.engine import Iri, Quad, RdfStore
from vetkb.errors import UnknownNameError, UsageError
from vetkb.graph.terms import BASE, PREFIXES, RDF_TYPE, Vk
from vetkb.model import Division, Group, Lexicon, OrganType
from vetkb.reason import explain, load_rules, rule_graph, run_rules
from vetkb.reason.functions import FUNCTIONS, rule_functions
from vetkb.reason.patterns import read_pattern, template_and_where

D = f"{BASE}eli/cn/420100/wuzheng/2020/1"
GOVERNMENT = OrganType("government", {"municipal": ("人民政府",), "county": ("人民政府",)})
FINANCE = OrganType("finance", {"national": ("财政部",), "municipal": ("财政局",), "county": ("财政局",)}, ("财政",))
ARMY = OrganType("army", {"national": ("国防部",)}, ("国防",))
LEXICON = Lexicon(
    organs=(GOVERNMENT, FINANCE, ARMY),
    divisions=(
        Division("420000", "湖北省", ("湖北",), "provincial", None),
        Division("420100", "武汉市", ("武汉",), "municipal", "420000"),
        Division("420102", "江岸区", ("江岸",), "district", "420100"),
        Division("420116", "黄陂区", ("黄陂",), "district", "420100"),
        Division("420181", "某某县", ("某某",), "county", "420100"),
        Division("420199", "旧县", ("旧",), "former", "420100"),
        Division("420200", "黄石市", ("黄石",), "municipal", "420000"),
        Division("420222", "阳新县", ("阳新",), "county", "420200"),
    ),
    groups=(Group("counties", ("各县（市、区）政府",), True, ("county", "district"), "government"),),
    populations=(),
)
ONTOLOGY = """
<id/organ/government> a vk:OrganType ; skos:notation "government" .
<id/organ/finance> a vk:OrganType ; skos:notation "finance" .
<id/organ/army> a vk:OrganType ; skos:notation "army" .
<id/groupKind/counties> a vk:GroupKind ; vk:membershipClosed true ; vk:memberLevel "county", "district" ;
  vk:memberOrgan <id/organ/government> .
<id/groupKind/relevant> a vk:GroupKind ; vk:membershipClosed false .
"""
DOCUMENT = (
    f"<{D}> a eli:LegalResource ; eli:date_document '2020-03-01'^^xsd:date ; vk:division <id/division/420100> .\n"
    f"d:issued_1 a vk:MetadataStatement ; vk:inDocument <{D}> ; vk:field 'issued' ; vk:evidence d:issued_1__evidence .\n"
)


def derive(turtle: str) -> RdfStore:
    """Return a dataset of the ontology, a document and what follows."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    head = f"{prefixes}@base <{BASE}> .\n@prefix d: <{D}/> .\n"
    store = RdfStore.memory()
    store.load((head + ONTOLOGY).encode(), "turtle", Iri(f"{BASE}ns"))
    store.load((head + DOCUMENT + turtle).encode(), "turtle", Iri(f"{D}/graph"))
    store.add(_proofs(store))
    run_rules(store, LEXICON)
    return store


def _proofs(store: RdfStore) -> list[Quad]:
    """Return for each fact that has none the evidence that every graph of a document has, and for each sentence its statement."""
    graph = Iri(f"{D}/graph")

    def found(where: str) -> list[Iri]:
        prefixes = f"PREFIX vk: <{BASE}ns#> "
        return [Iri(str(row[0])) for row in store.select(f"{prefixes} SELECT DISTINCT ?x {{ {where} }} ORDER BY ?x").rows]

    stated = [Iri(f"{sentence}__statement") for sentence in found("?x a vk:Sentence")]
    facts = found("{ ?x vk:scheduleKind ?k } UNION { ?x a vk:Target } UNION { ?any vk:schedule|vk:assignment ?x }")
    bare = [fact for fact in [*facts, *stated] if fact not in found("?x vk:evidence ?e")]
    made = [Quad(fact, Vk.evidence, Iri(f"{fact}__evidence"), graph) for fact in bare]
    for statement in stated:
        made += [Quad(statement, RDF_TYPE, Vk.Statement, graph)]
        made += [Quad(statement, Vk.sentence, Iri(statement.removesuffix("__statement")), graph)]
    return made + [
        Quad(task, Vk.scheduleEvidence, Iri(f"{task}__schedule_text"), graph) for task in found("?x vk:scheduleText ?any")
    ]


def told(store: RdfStore, rule: str) -> set[tuple[str, str, str]]:
    """Return the conclusions of a rule, shortened."""
    return {
        tuple(_short(str(getattr(term, "value", term))) for term in (q.subject, q.predicate, q.object))
        for q in store.quads(rule_graph(rule))
    }


def _short(iri: str) -> str:
    for long, short in (
        (f"{D}/", "d:"),
        (D, "D"),
        (f"{BASE}id/", ""),
        (f"{BASE}ns#", "vk:"),
        *((iri, f"{p}:") for p, iri in PREFIXES.items()),
    ):
        iri = iri.replace(long, short)
    return iri


SECTOR = "<id/sector/420100/{key}> a vk:SectorTerm ; vk:organType <id/organ/{key}> ; vk:division <id/division/420100> .\n"
COUNTIES = (
    "<id/group/420100/counties> a vk:AgentGroup ; vk:groupKind <id/groupKind/counties> ; vk:division <id/division/420100> .\n"
)


def task(number: int, *parties: str, text: str = "做大职业技能培训", extra: str = "") -> str:
    """Return the Turtle of a task with its assignment; a party is `agent role`."""
    node, lines = f"d:att_1__row_{number}", []
    for place, party in enumerate(parties, 1):
        agent, _, role = party.partition(" ")
        name = f"{node}__party_{place}"
        lines.append(
            f"{node}__assignment_1 cv:hasParticipation {name} . {node}__task cv:hasParticipation {name} .\n"
            f"{name} cv:hasParticipant <{agent}> ; cv:role vk:{role or 'Responsible'} ; vk:listPosition {place} ."
        )
    return (
        f"{node} a vk:Item ; vk:path '附件/row {number}' ; vk:heading '' ; vk:inDocument <{D}> .\n"
        f"{node}__task a vk:Task ; vk:inDocument <{D}> ; vk:ordinal {number} ; vk:text '{text}'@zh ; vk:item {node} ;"
        f" vk:assignment {node}__assignment_1 {extra} .\n"
        f"{node}__assignment_1 a vk:Assignment .\n" + "\n".join(lines) + "\n"
    )


def clause(path: str, heading: str, *sentences: str) -> str:
    node = f"d:{path.replace('/', '_').encode().hex()}"
    written = "".join(
        f"{node}__sent_{place} a vk:Sentence ; vk:item {node} ; vk:text '{text}'@zh ; vk:inDocument <{D}> .\n"
        for place, text in enumerate(sentences, 1)
    )
    return f"{node} a vk:Item ; vk:path '{path}' ; vk:heading '{heading}'@zh ; vk:inDocument <{D}> .\n{written}"


def operationalised(store: RdfStore) -> set[tuple[int, str]]:
    query = f"SELECT ?o ?p {{ ?t <{BASE}ns#operationalises> ?c ; <{BASE}ns#ordinal> ?o . ?c <{BASE}ns#path> ?p }}"
    return {(int(str(ordinal)), str(path)) for ordinal, path in store.select(query).rows}


def conflicts(store: RdfStore) -> set[str]:
    """Return the kinds of conflict of a dataset; each has the proof of two sides."""
    proved = f"SELECT ?c (COUNT(DISTINCT ?e) AS ?n) {{ ?c a <{Vk.Conflict}> OPTIONAL {{ ?c <{Vk.evidence}> ?e }} }} GROUP BY ?c"
    assert all(int(str(row[1])) >= 2 for row in store.select(proved).rows)
    return {str(row[0]) for row in store.select(f"SELECT ?k {{ ?c <{BASE}ns#conflictKind> ?k }}").rows}


# --- who is meant ----------------------------------------------------------------------------------------


def test_a_sector_word_means_the_agency_of_the_division() -> None:
    facts = told(derive(SECTOR.format(key="finance")), "sector-short-form")
    assert ("sector/420100/finance", "vk:denotes", "agency/420100/finance") in facts
    assert ("agency/420100/finance", "skos:prefLabel", "武汉市财政局") in facts
    assert ("agency/420100/finance", "skos:altLabel", "市财政局") in facts


def test_a_sector_word_means_nobody_where_the_division_has_no_such_body() -> None:
    assert told(derive(SECTOR.format(key="army")), "sector-short-form") == set()


def test_a_closed_group_has_the_governments_below_the_division() -> None:
    members = {fact for fact in told(derive(COUNTIES), "members-of-closed-group") if fact[1] == "foaf:member"}
    assert {member[2] for member in members} == {f"agency/{code}/government" for code in ("420102", "420116", "420181")}


def test_an_open_group_never_gets_members() -> None:
    group = COUNTIES.replace("counties", "relevant")
    assert told(derive(group), "members-of-closed-group") == set()


def test_every_way_to_a_task_makes_an_agency_responsible_but_guidance() -> None:
    store = derive(
        SECTOR.format(key="finance")
        + COUNTIES
        + "<id/agency/420100/army> a cv:PublicOrganisation . <id/agency/420000/finance> a cv:PublicOrganisation .\n"
        + task(
            1, "id/agency/420100/army", "id/sector/420100/finance", "id/group/420100/counties", "id/agency/420000/finance Guide"
        )
    )
    agencies = {agency for _, _, agency in told(store, "responsible-agency")}
    expected = {
        "agency/420100/army",
        "agency/420100/finance",
        *(f"agency/{code}/government" for code in ("420102", "420116", "420181")),
    }
    assert agencies == expected


def test_the_first_of_a_list_is_taken_to_lead() -> None:
    store = derive(task(1, "a:a", "a:b") + task(2, "a:a"))
    assert told(store, "lead-by-position") == {("d:att_1__row_1__party_1", "vk:inferredRole", "vk:Lead")}


def test_a_document_that_says_who_leads_says_so_where_it_means_it() -> None:
    assert told(derive(task(1, "a:a", "a:b") + task(3, "a:a", "a:b Lead")), "lead-by-position") == set()


# --- which clause a task puts into practice ----------------------------------------------------------------

BODY = (
    clause("三/1", "布局", "加快推进中等职业学校布局结构调整，及时将调整后的学校备案。")
    + clause("三/2", "培训", "鼓励院校做大职业技能培训，扩大规模。")
    + clause("三/3", "完善动态调整机制", "实行全过程考核。")
)


def test_a_task_belongs_to_the_clause_its_words_come_from() -> None:
    assert operationalised(derive(BODY + task(1, "a:a", text="做大职业技能培训。"))) == {(1, "三/2")}


def test_a_task_of_other_words_belongs_to_no_clause() -> None:
    assert operationalised(derive(BODY + task(1, "a:a", text="加强国际交流与合作。"))) == set()


def test_a_clause_whose_heading_a_task_holds_is_put_into_practice_too() -> None:
    text = "鼓励院校做大职业技能培训，扩大规模。完善院校动态调整机制。"
    assert operationalised(derive(BODY + task(1, "a:a", text=text))) == {(1, "三/2"), (1, "三/3")}


# --- what disagrees ------------------------------------------------------------------------------------------

CLAUSE = "d:" + "三_2".encode().hex()


def schedule(node: str, item: str, kind: str, dates: str, surface: str = "") -> str:
    return f"{node} a vk:Schedule ; vk:item {item} ; vk:scheduleKind vk:{kind} ; vk:surface '{surface}'@zh ; {dates} .\n"


def test_a_task_that_goes_on_contradicts_a_clause_with_a_date() -> None:
    body = clause("三/2", "培训", "到2020年年底，做大职业技能培训。")
    due = schedule("d:s1", CLAUSE, "By", "vk:latest '2020-12-31'^^xsd:date", "到2020年年底")
    goes_on = "; vk:continuous true ; vk:scheduleText '持续实施'@zh"
    assert conflicts(derive(body + due + task(1, "a:a", extra=goes_on))) == {"schedule"}
    assert conflicts(derive(body + due + task(1, "a:a"))) == set()


def test_a_date_of_another_sentence_of_the_clause_is_no_contradiction() -> None:
    body = clause("三/2", "培训", "做大职业技能培训。", "到2020年年底建成两所学校。")
    due = schedule("d:s1", CLAUSE, "By", "vk:latest '2020-12-31'^^xsd:date", "到2020年年底")
    assert conflicts(derive(body + due + task(1, "a:a", extra="; vk:continuous true ; vk:scheduleText '持续实施'@zh"))) == set()


def test_task_and_clause_with_one_date_agree_and_with_two_do_not() -> None:
    body = clause("三/2", "培训", "到2020年年底，做大职业技能培训。")
    due = schedule("d:s1", CLAUSE, "By", "vk:latest '2020-12-31'^^xsd:date", "到2020年年底")
    for day, found in (("2020-12-31", set()), ("2021-06-30", {"schedule"})):
        own = schedule("d:s2", "d:att_1__row_1", "By", f"vk:latest '{day}'^^xsd:date")
        assert conflicts(derive(body + due + own + task(1, "a:a", extra="; vk:schedule d:s2"))) == found


def test_a_date_that_only_the_task_has_is_a_difference() -> None:
    body = clause("三/2", "培训", "做大职业技能培训。")
    own = schedule("d:s2", "d:att_1__row_1", "From", "vk:earliest '2020-06-01'^^xsd:date")
    assert conflicts(derive(body + own + task(1, "a:a", extra="; vk:schedule d:s2"))) == {"schedule"}


def test_a_table_that_gives_dates_to_a_body_without_any_contradicts_nothing() -> None:
    words = ("做大职业技能培训。", "新建改建乡村道路。", "整治沿河各排污口。")
    body = "".join(clause(f"三/{n}", "要点", text) for n, text in enumerate(words, 2))
    for n, text in enumerate(words, 1):
        body += schedule(f"d:s{n}", f"d:att_1__row_{n}", "By", "vk:latest '2020-06-01'^^xsd:date")
        body += task(n, "a:a", text=text, extra=f"; vk:schedule d:s{n}")
    assert len(operationalised(derive(body))) == len(words)
    assert conflicts(derive(body)) == set()
    assert conflicts(derive(body + schedule("d:s9", CLAUSE, "By", "vk:latest '2020-06-01'^^xsd:date"))) == {"schedule"}


def test_each_year_until_a_day_is_no_difference() -> None:
    body = clause("三/2", "培训", "每年做大职业技能培训。") + schedule(
        "d:s1", CLAUSE, "Recurring", "vk:recurrence '每年'", "每年"
    )
    own = schedule("d:s2", "d:att_1__row_1", "By", "vk:latest '2020-12-31'^^xsd:date")
    assert conflicts(derive(body + own + task(1, "a:a", extra="; vk:schedule d:s2"))) == set()


def test_parties_that_only_the_annex_names_are_a_difference() -> None:
    quote = "d:q oa:hasSelector d:qs . d:qs oa:exact '各县做大职业技能培训' .\n"
    body = clause("三/2", "培训", "各县做大职业技能培训。") + quote
    named = (
        f"d:a a vk:Assignment ; vk:item {CLAUSE} ; vk:evidence d:q ; vk:open false ; cv:hasParticipation d:ap ."
        " d:ap cv:hasParticipant <a:counties> .\n"
    )
    assert conflicts(derive(body + named + task(1, "a:counties"))) == set()
    assert conflicts(derive(body + named + task(1, "a:counties", "a:finance"))) == {"parties"}


def test_what_an_open_list_of_the_body_leaves_out_is_no_difference() -> None:
    quote = "d:q oa:hasSelector d:qs . d:qs oa:exact '各县等做大职业技能培训' .\n"
    body = clause("三/2", "培训", "各县等做大职业技能培训。") + quote
    named = (
        f"d:a a vk:Assignment ; vk:item {CLAUSE} ; vk:evidence d:q ; vk:open true ; cv:hasParticipation d:ap ."
        " d:ap cv:hasParticipant <a:counties> .\n"
    )
    assert conflicts(derive(body + named + task(1, "a:counties", "a:finance"))) == set()


def test_a_sector_word_and_its_agency_are_one_party() -> None:
    quote = "d:q oa:hasSelector d:qs . d:qs oa:exact '财政部门做大职业技能培训' .\n"
    body = clause("三/2", "培训", "财政部门做大职业技能培训。") + quote + SECTOR.format(key="finance")
    named = (
        f"d:a a vk:Assignment ; vk:item {CLAUSE} ; vk:evidence d:q ; vk:open false ; cv:hasParticipation d:ap ."
        " d:ap cv:hasParticipant <id/sector/420100/finance> .\n"
    )
    assert conflicts(derive(body + named + task(1, "id/agency/420100/finance"))) == set()


def target(name: str, item: str, value: str, label: str, day: str | None = None, extra: str = "") -> str:
    due = f"; vk:schedule d:{name}_s" if day else ""
    when = f"d:{name}_s vk:latest '{day}'^^xsd:date .\n" if day else ""
    return (
        f"d:{name} a vk:Target ; vk:inDocument <{D}> ; vk:item d:{item} ; vk:unit '所'@zh ; rdfs:label '{label}'@zh ;"
        f" vk:approximate false ; cv:constrains d:{name}_i ; vk:bound d:{name}_b {due} {extra} .\n"
        f"d:{name}_b qudt:numericValue {value} .\n{when}"
    )


def test_one_number_with_two_dates_is_a_difference() -> None:
    first = target("t1", "c1", "10.0", "职业院校数量（中职）", "2020-12-31")
    assert conflicts(derive(first + target("t2", "c2", "10.0", "中等职业学校数量", "2020-09-01"))) == {"target-date"}
    assert conflicts(derive(first + target("t2", "c2", "10.0", "中等职业学校数量", "2020-12-31"))) == set()
    assert conflicts(derive(first + target("t2", "c2", "11.0", "中等职业学校数量", "2020-09-01"))) == set()
    assert conflicts(derive(first + target("t2", "c2", "10.0", "建成医院", "2020-09-01"))) == set()


@pytest.mark.parametrize(
    ("value", "name", "found"),
    [("200.0", "培训经费", {"target-value"}), ("300.0", "培训经费", set()), ("200.0", "学校数量", set())],
)
def test_a_number_that_task_and_clause_print_otherwise_is_a_difference(value: str, name: str, found: set[str]) -> None:
    body = clause("三/2", "培训", "做大职业技能培训，培训经费不低于300万元。")
    floor = "; vk:surfaceComparator '>='"
    printed = target("t1", "att_1__row_1", value, name, extra=floor) + target(
        "t2", "c", "300.0", "市财政安排培训经费", extra=floor
    )
    item = CLAUSE.removeprefix("d:")
    assert conflicts(derive(body + printed.replace("vk:item d:c ;", f"vk:item d:{item} ;") + task(1, "a:a"))) == found


def test_behind_a_letter_the_text_of_the_annex_is_the_body() -> None:
    """The clauses of a plan that a letter issues have its path before theirs; an annex of a text that stands alone has none."""
    plan, text = clause("附件/二/2", "培训", "做大职业技能培训。"), clause("三/2", "培训", "做大职业技能培训。")
    assert operationalised(derive(plan + task(1, "a:a"))) == {(1, "附件/二/2")}
    assert operationalised(derive(plan + text + task(1, "a:a"))) == {(1, "三/2")}


@pytest.mark.parametrize(
    ("total", "approximate", "found"),
    [("13.0", "false", set()), ("14.0", "false", {"parts-total"}), ("14.0", "true", set()), ("20.0", "true", {"parts-total"})],
)
def test_parts_that_do_not_add_up_are_reported(total: str, approximate: str, found: set[str]) -> None:
    whole = target("t", "c", total, "院校").replace("vk:approximate false", f"vk:approximate {approximate}")
    parts = target("p1", "c", "10.0", "中职", extra="; vk:partOf d:t") + target("p2", "c", "3.0", "高职", extra="; vk:partOf d:t")
    assert conflicts(derive(whole + parts)) == found


def test_a_start_before_the_document_is_reported() -> None:
    for day, found in (("2020-02-28", {"begins-before-issue"}), ("2020-03-01", set())):
        begin = schedule("d:s2", "d:att_1__row_1", "From", f"vk:earliest '{day}'^^xsd:date")
        assert conflicts(derive(begin + task(1, "a:a", extra="; vk:schedule d:s2"))) == found


def test_a_weaker_wording_of_one_thing_is_reported() -> None:
    strong, weak = (
        clause("一/2", "目标", "主要办学条件达到国家规定标准。"),
        clause("五/1", "中职", "全市中职学校主要办学条件基本达到国家标准。"),
    )
    assert conflicts(derive(strong + weak)) == {"wording"}
    assert conflicts(derive(strong + clause("五/1", "中职", "覆盖面基本达到国家标准，设施齐全。"))) == set()


# --- the rules as such -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_every_rule_is_described_and_its_premises_can_be_read(rule) -> None:
    assert all((rule.title.zh, rule.title.en, rule.description.zh, rule.description.en))
    template, where, prologue, _ = template_and_where(rule.sparql)
    words = prologue.split()
    prefixes = {words[at + 1][:-1]: words[at + 2][1:-1] for at in range(0, len(words), 3)}
    assert template
    assert rule.premises
    for premise in rule.premises:
        assert all(f"?{name}" in where for name in read_pattern(premise, prefixes).variables), premise


def test_the_order_of_rules_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turtle = SECTOR.format(key="finance") + COUNTIES + BODY + task(1, "id/sector/420100/finance", "id/group/420100/counties")
    forwards = derive(turtle).serialise("nquads")
    monkeypatch.setattr("vetkb.reason.rules.load_rules", lambda folder: load_rules(folder)[::-1])
    assert derive(turtle).serialise("nquads") == forwards


def test_running_the_rules_again_adds_nothing() -> None:
    store = derive(SECTOR.format(key="finance") + COUNTIES + BODY + task(1, "id/sector/420100/finance"))
    before = store.serialise("nquads")
    run_rules(store, LEXICON)
    assert store.serialise("nquads") == before


def test_nothing_derived_stands_in_a_graph_of_a_document() -> None:
    turtle = SECTOR.format(key="finance") + task(1, "id/sector/420100/finance")
    store = derive(turtle)
    asserted = [
        quad for quad in store.quads(Iri(f"{D}/graph")) if "responsibleAgency" in quad.predicate or "denotes" in quad.predicate
    ]
    assert asserted == []


@pytest.mark.parametrize(
    "head", ["#| order = ", "#| order = 1", "#| order = 'x'\n#| premises = []\n#| title = {}\n#| description = {}"]
)
def test_a_malformed_head_is_told_with_its_file(tmp_path: Path, head: str) -> None:
    (tmp_path / "bad.rq").write_text(head + "\nCONSTRUCT {} WHERE {}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"bad\.rq"):
        load_rules(tmp_path)


def test_short_names_are_those_that_documents_print() -> None:
    short = rule_functions(LEXICON, RdfStore.memory())[FUNCTIONS + "agencyShortName"]
    assert [short("420100", "finance"), short("420181", "government"), short("420102", "finance")] == [
        "市财政局",
        "某某县政府",
        "区财政局",
    ]


# --- why -------------------------------------------------------------------------------------------------

ROW_20 = f"{BASE}eli/cn/410500/anzhengban/2018/2/att_1__row_20__task"


def leaves(explanation) -> list:
    return [leaf for premise in explanation.premises for leaf in leaves(premise)] if explanation.premises else [explanation]


def test_a_member_of_a_group_is_explained_down_to_the_words(bundled) -> None:
    found = explain(bundled.store, f"<{ROW_20}> vk:responsibleAgency <{BASE}id/agency/410527/government>")
    assert found.file == "ontology/rules/responsible-agency.rq"
    quotes = {evidence.quote for leaf in leaves(found) for evidence in leaf.evidence}
    assert "县(市、区)政府" in quotes
    assert "ontology/rules/members-of-closed-group.rq" in {premise.file for premise in found.premises}


def test_a_sector_word_is_explained_by_its_rule(bundled) -> None:
    found = explain(bundled.store, f"<{ROW_20}> vk:responsibleAgency <{BASE}id/agency/410500/finance>")
    assert "ontology/rules/sector-short-form.rq" in {premise.file for premise in found.premises}
    text = found.to_text("zh")
    assert "“财政”" in text
    assert "行业统称" in text
    assert "rule: A sector word" in found.to_text("en")


def test_an_explanation_never_names_what_it_does_not_rest_on(bundled) -> None:
    found = explain(bundled.store, f"<{ROW_20}> vk:responsibleAgency <{BASE}id/agency/410500/finance>")
    assert "内黄" not in json.dumps(found.to_json(), ensure_ascii=False)


def test_quotes_of_an_explanation_stand_in_the_source(bundled) -> None:
    source = bundled.store.source("安政办〔2018〕2号").text
    found = explain(bundled.store, f"<{ROW_20}> vk:responsibleAgency <{BASE}id/agency/410527/government>")
    evidence = [one for leaf in leaves(found) for one in leaf.evidence]
    assert evidence
    assert all(source[one.start : one.end] == one.quote for one in evidence)


def test_a_node_is_explained_by_its_text_and_what_was_concluded(bundled) -> None:
    found = explain(bundled.store, ROW_20)
    assert found.evidence
    assert {premise.predicate.rpartition("#")[2] for premise in found.premises} >= {"responsibleAgency", "operationalises"}


ENTITLED = """PREFIX vk: <https://w3id.org/vetkb/ns#> PREFIX qudt: <http://qudt.org/schema/qudt/>
SELECT ?who ?what ?amount { ?who vk:entitledTo ?what OPTIONAL { ?what vk:amount/vk:bound/qudt:numericValue ?amount } }"""
FOLLOWS = """PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?if ?then { ?conduct vk:leadsTo ?measure . ?conduct vk:surface ?if . ?measure vk:surface ?then }"""


def last(iri: object) -> str:
    return str(iri).rpartition("/")[2]


def test_who_is_entitled_to_what_follows_from_the_clauses(bundled) -> None:
    found = {(last(r["who"]), last(r["what"]), r["amount"]) for r in bundled.store.rdf.select(ENTITLED).dicts()}
    grants = {f for f in found if f[0] == "registered-poor-vocational-student"}
    places = ("sec_6__para_1__funding_2", "sec_6__para_1__funding_3", "att_1__row_21__funding_1", "att_1__row_21__funding_2")
    assert grants == {("registered-poor-vocational-student", place, 2000) for place in places}
    free = {who for who, what, _ in found if "benefit" in what}
    assert free == {"registered-poor-student", "junior-middle-graduate"}


IN_ALL = """PREFIX vk: <https://w3id.org/vetkb/ns#> PREFIX qudt: <http://qudt.org/schema/qudt/>
SELECT ?who ?total ?sum ?unit ?per {
  ?who vk:entitledInAllTo ?total . ?total vk:unit ?unit ; vk:per ?per ; qudt:numericValue ?sum }"""


def test_grants_that_one_clause_gives_the_same_people_each_year_add_up(bundled) -> None:
    found = {(last(r["who"]), last(r["total"]), r["sum"], r["unit"], r["per"]) for r in bundled.store.rdf.select(IN_ALL).dicts()}
    who = "registered-poor-vocational-student"
    assert found == {(who, f"{item}__entitlement_{who}", 4000, "元", "生·年") for item in ("sec_6__para_1", "att_1__row_21")}
    total = next(r["total"] for r in bundled.store.rdf.select(IN_ALL).dicts() if "sec_6" in str(r["total"]))
    shown = explain(bundled.store, f"<{BASE}id/entity/{who}> vk:entitledInAllTo <{total}>").to_text("zh")
    assert "entitled-in-all" in shown
    assert "按照每生每年2000元标准发放国家助学金" in shown
    assert "每生每年2000元标准发放“雨露计划”扶贫助学补助" in shown


def grants(*amounts: str) -> str:
    """Return the Turtle of grants that one clause gives to one group: `indicator value comparator per`."""
    lines = [clause("一", "资助"), "<id/entity/pupil> skos:broader <id/entity/person> ."]
    for place, amount in enumerate(amounts, 1):
        indicator, value, sign, per = amount.split()
        grant, number = f"d:g_{place}", f"d:t_{place}"
        lines.append(
            f"{grant} a vk:FundingRule ; vk:recipient <id/entity/pupil> ; vk:amount {number} ; vk:inDocument <{D}> ;"
            f" vk:item d:{'一'.encode().hex()} ; vk:evidence {grant}__evidence .\n"
            f"{number} a vk:Target ; cv:constrains <id/indicator/{indicator}> ; vk:surfaceComparator '{sign}' ; vk:unit '元' ;"
            f" vk:per '{per}' ; vk:approximate false ; vk:bound {number}__bound . {number}__bound qudt:numericValue {value} ."
        )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("amounts", "sums"),
    [
        (("meals 1000 = 人·年", "fees 500.5 = 人·年"), {"1500.5"}),
        (("meals 1000 = 人·年", "meals 1000 = 人·年", "fees 500 = 人·年"), {"1500"}),
        (("meals 1000 = 人·年",), set()),
        (("meals 1000 = 人", "fees 500 = 人"), set()),
        (("meals 1000 <= 人·年", "fees 500 = 人·年"), set()),
        (("meals 1000 = 人·年", "meals 800 = 人·年", "fees 500 = 人·年"), set()),
        (("meals 1000 = 人·年", "fees 500 = 人·月"), set()),
    ],
    ids=["two", "said-twice", "one", "once", "cap", "levels", "another-rate"],
)
def test_only_fixed_sums_of_the_same_rate_add_up(amounts, sums) -> None:
    found = {value for _, term, value in told(derive(grants(*amounts)), "entitled-in-all") if term == "qudt:numericValue"}
    assert found == sums


def test_what_follows_from_what_is_said_in_the_words_of_the_clauses(bundled) -> None:
    found = {(str(r["if"]), str(r["then"])) for r in bundled.store.rdf.select(FOLLOWS).dicts()}
    assert {
        ("绩效考核不达标、办学质量下降", "取消其品牌示范院校和特色院校建设资格"),
        ("推进不力、进展缓慢", "予以通报批评"),
        ("督查结果", "作为评先评优和拨付教育专项资金、安排教育项目的重要依据"),
    } <= found


def test_an_entitlement_is_explained_down_to_the_sentence(bundled) -> None:
    base = "https://w3id.org/vetkb/"
    who, grant = (
        f"{base}id/entity/registered-poor-vocational-student",
        f"{base}eli/cn/410500/anzhengban/2018/2/sec_6__para_1__funding_2",
    )
    text = explain(bundled.store, f"<{who}> <{base}ns#entitledTo> <{grant}> .").to_text("zh")
    assert "entitled-to-grant" in text
    assert "按照每生每年2000元标准发放国家助学金" in text


def test_every_conclusion_about_the_first_document_can_be_explained(bundled) -> None:
    for rule in load_rules():
        for quad in bundled.store.rdf.quads(rule.graph)[:1]:
            value = f"<{quad.object}>" if isinstance(quad.object, Iri) else f'"{quad.object.value}"'
            if isinstance(quad.object, Iri):
                found = explain(bundled.store, f"<{quad.subject}> <{quad.predicate}> {value}")
                assert found.file == rule.file
                assert found.premises, (rule.name, quad)


def test_a_date_may_be_written_without_its_datatype(bundled) -> None:
    task = "https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2/att_1__row_3__task"
    assert explain(bundled.store, f'{task} vk:due "2018-09-01"').file == "ontology/rules/due.rq"
    with pytest.raises(UnknownNameError):
        explain(bundled.store, f'{task} vk:due "2018-09-02"')


def test_what_several_conclusions_rest_on_is_written_once(bundled) -> None:
    conflict = "https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2/att_1__row_14__task__conflict_schedule"
    found = explain(bundled.store, conflict)
    text = found.to_text("en")
    assert text.count("text: “持续实施”") == 1  # of the conflict itself
    assert text.count(" (see above)") > 0
    assert all(line.count("←") <= 1 for line in text.splitlines())
    assert text.count("← ") == _size(found) - 1 - _hidden(found, set())


def _size(found) -> int:
    return 1 + sum(_size(premise) for premise in found.premises)


def _hidden(found, written: set) -> int:
    """Count what is left out: what a statement rests on that was written before."""
    statement = (found.subject, found.predicate, found.object)
    if statement in written:
        return _size(found) - 1
    written.add(statement)
    return sum(_hidden(premise, written) for premise in found.premises)


def test_what_the_base_does_not_say_is_not_explained(bundled) -> None:
    with pytest.raises(UnknownNameError, match="does not say so"):
        explain(bundled.store, f"<{ROW_20}> vk:responsibleAgency <{BASE}id/agency/110000/finance>")
    with pytest.raises(UnknownNameError, match="says nothing"):
        explain(bundled.store, f"{BASE}nothing")


@pytest.mark.parametrize("what", ["", "word", "a b", "?s ?p ?o", "<a:b> <a:c> ?o", "<a:b> no:prefix <a:c>", "<a b> <c d> <e f>"])
def test_what_is_neither_a_node_nor_a_triple_is_refused(bundled, what: str) -> None:
    with pytest.raises(UsageError):
        explain(bundled.store, what)
