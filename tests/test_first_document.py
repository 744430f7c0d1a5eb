"""What the graph of the bundled document must hold, read by hand from its text, asked in plain SPARQL."""

from __future__ import annotations

import pytest

PREFIXES = """
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX vk: <https://w3id.org/vetkb/ns#>
PREFIX cv: <http://data.europa.eu/m8g/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX qudt: <http://qudt.org/schema/qudt/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX odrl: <http://www.w3.org/ns/odrl/2/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
CONTINUOUS = set(range(1, 34)) - {3, 15, 31}
FINANCE_BY_NAME = {1, 2, 9, 10, 11, 12, 13, 14, 15, 16, 18, 21, 22, 26, 30, 31, 32}
COUNTY_GROUP = {1, 2, 3, 4, 7, 9, 10, 12, 13, 14, 20, 21, 23, 24, 27, 28, 29, 30, 31, 33}


@pytest.fixture(scope="session")
def ask(bundled):
    def run(query):
        return [tuple(row) for row in bundled.store.rdf.select(PREFIXES + query).rows]

    return run


def tasks_of(ask, agency):
    rows = ask(f'SELECT DISTINCT ?n {{ ?t vk:ordinal ?n ; vk:responsibleAgency ?a . ?a skos:prefLabel "{agency}"@zh }}')
    return {row[0] for row in rows}


def test_eight_sections_and_twenty_five_clauses(ask):
    paths = {row[0] for row in ask("SELECT ?p { ?s a eli:LegalResourceSubdivision ; vk:path ?p ; vk:label ?l }")}
    body = {p for p in paths if not p.startswith("附件")}
    assert len({p for p in body if "/" not in p}) == 8
    assert len({p for p in body if "/" in p}) == 25


def test_thirty_three_tasks_in_seven_groups(ask):
    rows = ask("SELECT ?n ?group { ?t a vk:Task ; vk:ordinal ?n ; vk:group ?group }")
    assert sorted(n for n, _ in rows) == list(range(1, 34))
    assert len({group for _, group in rows}) == 7


def test_annex_groups_are_the_sections_of_the_body_shifted_by_one(ask):
    heading = {row[0]: row[1] for row in ask("SELECT ?p ?h { ?s vk:path ?p ; vk:label ?l ; vk:heading ?h }")}
    for group, section in zip("一二三四五六七", "二三四五六七八", strict=True):
        assert heading[f"附件/{group}"] == heading[section]


def test_the_finance_bureau_has_seventeen_tasks_by_name(ask):
    rows = ask(
        """SELECT ?n { ?t vk:ordinal ?n ; cv:hasParticipation/cv:hasParticipant ?a . ?a skos:prefLabel "安阳市财政局"@zh }"""
    )
    assert {row[0] for row in rows} == FINANCE_BY_NAME


def test_the_finance_bureau_has_nineteen_tasks_with_its_sector_word(ask):
    assert tasks_of(ask, "安阳市财政局") == FINANCE_BY_NAME | {19, 20}


def test_neihuang_county_has_one_task_by_name_and_twenty_as_a_county(ask):
    stated = ask(
        """SELECT ?n { ?t vk:ordinal ?n ; cv:hasParticipation/cv:hasParticipant ?a . ?a skos:prefLabel "内黄县人民政府"@zh }"""
    )
    assert {row[0] for row in stated} == {22}
    assert tasks_of(ask, "内黄县人民政府") == COUNTY_GROUP | {22}


def test_the_counties_are_the_nine_of_the_city(ask):
    members = ask("""SELECT DISTINCT ?l { ?g foaf:member ?a . ?a vk:division/skos:prefLabel ?l . ?g vk:membershipClosed true }""")
    assert {row[0] for row in members} >= {"文峰区", "北关区", "殷都区", "龙安区", "安阳县", "汤阴县", "滑县", "内黄县", "林州市"}


def test_eight_tasks_have_an_open_party(ask):
    rows = ask("SELECT ?n { ?t vk:ordinal ?n ; vk:assignment/vk:open true }")
    assert {row[0] for row in rows} == {3, 15, 16, 17, 18, 19, 20, 27}


def test_open_groups_have_no_members(ask):
    assert ask("SELECT DISTINCT ?g { ?g a vk:AgentGroup ; vk:membershipClosed false }")
    assert ask("SELECT ?g { ?g vk:membershipClosed false ; foaf:member ?m }") == []


def test_no_role_in_the_annex_is_a_stated_lead(ask):
    rows = ask("SELECT ?p { ?t vk:ordinal ?n ; cv:hasParticipation ?p . ?p cv:role vk:Lead }")
    assert rows == []


def test_the_first_of_a_list_is_a_lead_by_inference_only(ask):
    rows = ask("""SELECT ?n { ?t vk:ordinal ?n ; cv:hasParticipation ?p . ?p vk:inferredRole vk:Lead ; cv:hasParticipant ?a .
                  ?a skos:prefLabel "安阳市财政局"@zh }""")
    assert {row[0] for row in rows} == {15, 30, 32}


def test_three_tasks_have_a_date_and_thirty_go_on(ask):
    dated = ask("SELECT DISTINCT ?n { ?t vk:ordinal ?n ; vk:schedule/vk:scheduleKind ?k . FILTER(?k IN (vk:By, vk:From)) }")
    assert {row[0] for row in dated} == {3, 15, 31}
    assert {row[0] for row in ask("SELECT ?n { ?t vk:ordinal ?n ; vk:continuous true }")} == CONTINUOUS


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("一/2", {("By", None, "2018-12-31", "Stated"), ("Recurring", None, None, "Stated")}),
        ("三/1", {("By", None, "2018-09-01", "Assumed")}),
        ("五/1", {("By", None, "2018-12-31", "Stated")}),
        ("五/2", set()),
        ("八/3", {("From", "2018-03-01", None, "Assumed")}),
        ("附件/row 3", {("By", None, "2018-09-01", "Assumed")}),
        ("附件/row 14", set()),
        ("附件/row 15", {("From", "2017-01-01", None, "Stated")}),
        ("附件/row 33", set()),
    ],
)
def test_schedules_stand_as_printed(ask, path, expected):
    rows = ask(f"""SELECT ?k ?from ?to ?basis {{
                   ?s a vk:Schedule ; vk:item/vk:path "{path}" ; vk:scheduleKind ?k ; vk:dateBasis ?basis
                   OPTIONAL {{ ?s vk:earliest ?from }} OPTIONAL {{ ?s vk:latest ?to }} }}""")
    found = {(k.rpartition("#")[2], f and f.isoformat(), t and t.isoformat(), b.rpartition("#")[2]) for k, f, t, b in rows}
    assert found == expected


def test_task_15_begins_before_the_document_was_issued(ask):
    rows = ask(
        "SELECT ?n { ?t vk:ordinal ?n ; vk:inDocument ?d ; vk:schedule/vk:earliest ?e . ?d eli:date_document ?i FILTER(?e < ?i) }"
    )
    assert {row[0] for row in rows} == {15}


def test_the_parts_add_up(ask):
    rows = ask("""SELECT ?total (SUM(?part) AS ?sum) { ?p vk:partOf ?t ; vk:bound/qudt:numericValue ?part .
                  ?t vk:bound/qudt:numericValue ?total } GROUP BY ?t ?total""")
    assert {(int(total), int(parts)) for total, parts in rows} == {(57000, 57000), (13, 13)}


def test_no_target_has_a_baseline(ask):
    roles = {row[0] for row in ask("SELECT DISTINCT ?role { ?q a vk:Quantity ; vk:targetRole ?role }")}
    assert "target" in roles
    assert "baseline" not in roles


def test_the_ten_schools_are_due_at_two_times(ask):
    rows = ask("""SELECT ?path ?latest {
                  ?t a vk:Target ; vk:bound/qudt:numericValue 10.0 ; vk:unit "所"@zh ; vk:item/vk:path ?path ;
                  vk:schedule/vk:latest ?latest }""")
    assert {(path, day.isoformat()) for path, day in rows} == {("一/2", "2018-12-31"), ("三/1", "2018-09-01")}


def test_three_operative_clauses_have_no_task(ask):
    rows = ask("""SELECT ?path { ?c a eli:LegalResourceSubdivision ; vk:path ?path ; vk:label ?l .
                  FILTER(CONTAINS(?path, "/") && !STRSTARTS(STR(?path), "附件") && !STRSTARTS(STR(?path), "一/"))
                  FILTER NOT EXISTS { ?task vk:operationalises ?c } }""")
    assert {row[0] for row in rows} == {"四/3", "五/5", "八/5"}


def test_who_inspects_in_the_body_is_not_who_inspects_in_the_annex(ask):
    rows = ask("""SELECT ?l { ?t vk:ordinal 33 ; cv:hasParticipation ?p . ?p vk:surface ?l }""")
    assert {row[0] for row in rows} == {"市教育局", "各县(市、区)"}
    body = ask("""SELECT ?text { ?s a vk:Sentence ; vk:item/vk:path "八/4" ; vk:text ?text }""")
    assert any("市政府对各县（市、区）政府的攻坚工作进行一次专项督查" in row[0] for row in body)


def test_task_31_has_three_bureaus_beside_the_counties(ask):
    rows = ask("""SELECT ?l { ?t vk:ordinal 31 ; cv:hasParticipation ?p . ?p vk:surface ?l }""")
    assert {row[0] for row in rows} == {"各县(市、区)政府", "市财政局", "市教育局", "市人力资源社会保障局"}


def test_the_hub_is_the_education_bureau(ask):
    assert len(tasks_of(ask, "安阳市教育局")) == 29
    assert len(tasks_of(ask, "安阳市人力资源和社会保障局")) == 21


def test_every_fact_has_its_sentence(ask):
    classes = "vk:Task vk:Assignment cv:Participation vk:Schedule vk:Quantity vk:Citation vk:Statement vk:Sentence"
    for name in classes.split():
        assert ask(f"SELECT ?x {{ ?x a {name} }} LIMIT 1"), name
        rows = ask(f"SELECT ?x {{ ?x a {name} FILTER NOT EXISTS {{ ?x vk:evidence ?e }} }}")
        assert rows == [], name


def test_rewards_and_sanctions_and_whom_they_concern(ask):
    rows = ask("""SELECT ?path ?kind ?what { ?p vk:provisionKind ?kind ; vk:item/vk:path ?path ; rdfs:label ?what .
                  FILTER(?kind IN ("reward", "sanction", "basis")) }""")
    assert {(path, kind) for path, kind, _ in rows} == {
        *(("四/3", "reward"), ("二/3", "sanction"), ("八/4", "sanction"), ("八/4", "basis"), ("八/1", "basis")),
        ("附件/row 27", "basis"),
    }
    assert {what for _, _, what in rows} >= {"予以表彰", "给予重点扶持", "予以通报批评"}
    concerned = ask("""SELECT ?kind ?path ?words { ?p vk:provisionKind ?kind ; vk:item/vk:path ?path ; vk:mention ?m .
                       ?m vk:mentionRole "subject" ; vk:surface ?words FILTER(?kind IN ("reward", "sanction")) }""")
    assert {(path, words) for _, path, words in concerned} == {
        *(("二/3", "院校"), ("四/3", "企业"), ("四/3", "院校"), ("四/3", "个人"), ("四/3", "校企合作项目")),
        *(("八/4", "县（市、区）"), ("八/4", "部门")),
    }


def test_who_pays_what_to_whom(ask):
    rows = ask("""SELECT ?path ?role ?words { ?f a vk:FundingRule ; vk:item/vk:path ?path ; vk:mention ?m .
                  ?m vk:mentionRole ?role ; vk:surface ?words FILTER(!STRSTARTS(?path, "附件")) }""")
    assert set(rows) == {
        *(("五/2", "recipient", "全市公办高等职业院校"), ("五/2", "fund", "生均财政拨款")),
        *(("六/1", "payer", "各级财政"), ("六/1", "fund", "职业教育专项资金"), ("六/1", "recipient", "贫困县")),
        *(("六/1", "fund", "国家助学金"), ("六/1", "fund", "“雨露计划”扶贫助学补助")),
        ("六/1", "recipient", "中等职业学校全日制正式学籍建档立卡贫困家庭学生"),
        *(("八/3", "fund", "教育费附加"), ("八/3", "recipient", "职业教育")),
        *(("八/3", "fund", "农村科学技术开发、技术推广经费"), ("八/3", "recipient", "农村职业教育")),
        *(("八/3", "payer", "企业"), ("八/3", "fund", "教育培训经费")),
    }


def test_measures_for_poor_places_and_people_stand_in_one_clause_and_three_tasks(ask):
    rows = ask("SELECT DISTINCT ?path { ?m a vk:Measure ; vk:beneficiary ?group ; vk:item/vk:path ?path }")
    assert {row[0] for row in rows} == {"六/1", "附件/row 19", "附件/row 20", "附件/row 21"}


def test_rights_are_given_to_enterprises_and_to_one_college(ask):
    rows = ask("""SELECT ?path ?words { ?r vk:provisionKind "right" ; vk:item/vk:path ?path ; vk:mention ?m .
                  ?m vk:mentionRole "holder" ; vk:surface ?words }""")
    assert set(rows) == {("四/4", "企业"), ("五/3", "安阳工学院")}


def test_goals_without_a_number(ask):
    rows = ask("SELECT ?path ?what ?level { ?g a vk:Goal ; vk:item/vk:path ?path ; rdfs:label ?what ; vk:level ?level }")
    assert {("一/2", "职业教育规模", "基本满足需求"), ("一/2", "职业教育质量", "明显提升")} <= set(rows)
    assert {path for path, _, level in rows if level == "大体相当"} == {"一/2", "五/1"}
    assert {path for path, _, _ in rows} == {"一/2", "五/1"}


def test_the_disagreements_of_the_text_are_found_and_no_others(ask):
    rows = ask("""SELECT ?kind (GROUP_CONCAT(?place; separator=" ") AS ?places) {
                  SELECT DISTINCT ?c ?kind ?place { ?c a vk:Conflict ; vk:conflictKind ?kind ; vk:between ?x
                  OPTIONAL { ?x vk:path ?own } OPTIONAL { ?x vk:item/vk:path ?item }
                  BIND(COALESCE(?own, ?item, "document") AS ?place) }
                  ORDER BY ?c ?place } GROUP BY ?c ?kind""")
    assert {(kind, frozenset(places.replace("row ", "").split())) for kind, places in rows} == {
        ("schedule", frozenset({"五/1", "附件/14"})),
        ("schedule", frozenset({"五/2", "附件/15"})),
        ("schedule", frozenset({"八/4", "附件/33"})),
        ("inspection", frozenset({"八/4", "附件/33"})),
        ("parties", frozenset({"五/1", "附件/13"})),
        ("parties", frozenset({"八/3", "附件/31"})),
        ("wording", frozenset({"一/2", "五/1"})),
        ("target-date", frozenset({"一/2", "三/1"})),
        ("begins-before-issue", frozenset({"document", "附件/15"})),
    }


def test_a_disagreement_has_the_words_of_both_sides(ask):
    rows = ask("""SELECT ?kind ?path ?words { ?c a vk:Conflict ; vk:conflictKind ?kind ; vk:between ?task ; vk:evidence ?proof .
                  ?task vk:ordinal 33 . ?proof oa:hasSelector/oa:exact ?words .
                  ?fact vk:evidence|vk:scheduleEvidence ?proof ; vk:item/vk:path ?path }""")
    assert {row for row in rows if row[0] == "schedule"} == {
        ("schedule", "附件/row 33", "持续实施"),
        ("schedule", "八/4", "一次"),
    }
    assert ("inspection", "附件/row 33", "市教育局、各县(市、区)") in rows


def test_what_recurs_every_year(ask):
    rows = ask("SELECT ?path { ?s a vk:RecurringDuty ; vk:item/vk:path ?path }")
    assert sorted(row[0] for row in rows) == ["一/2", "二/2", "五/2", "六/1", "六/1"]


def test_two_clauses_have_a_sanction_and_so_have_their_tasks(ask):
    assert {row[0] for row in ask("SELECT ?p { ?c vk:consequence ?s ; vk:path ?p }")} == {"二/3", "八/4"}
    assert {row[0] for row in ask("SELECT ?n { ?t vk:consequence ?s ; vk:ordinal ?n }")} == {1, 33}


def test_the_most_frequent_pair_shares_twenty_one_tasks(ask):
    rows = ask("""SELECT ?w ?a ?b { ?pair vk:weight ?w ; vk:couples ?x, ?y . ?x skos:prefLabel ?a . ?y skos:prefLabel ?b
                  FILTER(STR(?x) < STR(?y)) } ORDER BY DESC(?w) LIMIT 1""")
    assert rows == [(21, "安阳市教育局", "安阳市人力资源和社会保障局")]


def test_the_dates_of_tasks_are_those_of_their_schedules(ask):
    rows = ask(
        "SELECT ?n ?b ?d { ?t vk:ordinal ?n OPTIONAL { ?t vk:begins ?b } OPTIONAL { ?t vk:due ?d } FILTER(BOUND(?b)||BOUND(?d)) }"
    )
    days = {(n, b and b.isoformat(), d and d.isoformat()) for n, b, d in rows}
    assert days == {(3, None, "2018-09-01"), (15, "2017-01-01", None), (31, "2018-03-01", None)}


def test_who_the_agencies_are_today(ask):
    rows = ask("""SELECT ?a ?b { ?x a cv:PublicOrganisation ; skos:prefLabel ?a ; dcterms:isReplacedBy/skos:prefLabel ?b }""")
    assert set(rows) == {
        ("安阳市农业局", "安阳市农业农村局"),
        ("安阳市扶贫开发办公室", "安阳市乡村振兴局"),
        ("安阳市乡村振兴局", "安阳市农业农村局"),
        ("安阳市国家税务局", "国家税务总局安阳市税务局"),
        ("安阳市地方税务局", "国家税务总局安阳市税务局"),
    }


def test_both_totals_are_the_sum_of_their_parts(ask):
    assert len(ask("SELECT ?t { ?t vk:partsAddUp true }")) == 2
