"""Printed units → organ × division: each case is a unit or a list as a document prints it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vetkb.engine import RdfStore
from vetkb.extract.agencies import AgencyResolver, canonical, division_of, name
from vetkb.extract.party_lists import ListSplitter
from vetkb.graph.published import published, short_names
from vetkb.model import Division, Group, Lexicon, OrganType
from vetkb.paths import ONTOLOGY

CASES = tomllib.loads((Path(__file__).parent / "cases" / "agencies.toml").read_text(encoding="utf-8"))
VK = "https://w3id.org/vetkb/ns#"
LEVELS = ("national", "provincial", "direct", "municipal", "county")


def entries(file: str) -> dict[str, dict[str, list[str]]]:
    """The statements of an ontology file: subject → local name of the predicate → values, in file order."""
    import pyoxigraph

    found: dict[str, dict[str, list[str]]] = {}
    for quad in pyoxigraph.parse(path=str(ONTOLOGY / file), format=pyoxigraph.RdfFormat.TURTLE):
        predicate = quad.predicate.value.rpartition("/")[2].rpartition("#")[2]
        found.setdefault(quad.subject.value, {}).setdefault(predicate, []).append(quad.object.value)
    return found


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    organs = tuple(
        OrganType(
            said["notation"][0],
            {level: tuple(said[level + "Name"]) for level in LEVELS if level + "Name" in said},
            tuple(said.get("sectorWord", ())),
        )
        for said in entries("agencies.ttl").values()
    )
    groups = tuple(
        Group(
            said["notation"][0], tuple(said["pattern"]), said["membershipClosed"] == ["true"], tuple(said.get("memberLevel", ()))
        )
        for said in entries("groups.ttl").values()
    )
    former = tuple(
        Division(
            said["notation"][0],
            said["prefLabel"][0],
            (),
            said["divisionLevel"][0],
            said.get("broader", ["/"])[0].rpartition("/")[2] or None,
        )
        for said in entries("divisions.ttl").values()
        if "notation" in said
    )
    prefixes = {
        "安政办": ("anzhengban", "410500"),
        "豫政办": ("yuzhengban", "410000"),
        "国办发": ("guobanfa", "000000"),
        "沪府": ("hufu", "310000"),
    }
    return Lexicon(organs, (*published(), *former), groups, (), document_prefixes=prefixes)


@pytest.mark.parametrize("case", CASES["resolve"], ids=lambda c: f"{c['in']}-{c['unit']}")
def test_a_printed_unit_is_resolved_with_its_division(lexicon, case):
    found = AgencyResolver(lexicon, case["in"] or None).resolve(case["unit"], case.get("sector", False))
    expected = {"kind": case["kind"], "organ": case.get("organ"), "division": case.get("division"), "group": case.get("group")}
    assert {"kind": found.kind, "organ": found.organ, "division": found.division, "group": found.group} == expected
    if "name" in case:
        assert name(found.organ, found.division, lexicon) == case["name"]


@pytest.mark.parametrize("case", CASES["split"], ids=lambda c: c["list"][:30])
def test_a_printed_list_is_split_between_units_and_never_inside_a_name(lexicon, case):
    text = case["list"]
    found = AgencyResolver(lexicon, "410500").split(text)
    assert [text[unit.start : unit.end] for unit in found.units] == case["units"]
    assert found.open == case.get("open", False)
    assert [text[unit.start : unit.end] for unit in found.units if unit.sector] == case.get("sectors", [])


@pytest.mark.parametrize("case", CASES["division"], ids=lambda c: c["text"])
def test_the_issuing_division_is_read_from_a_name_or_a_document_number(lexicon, case):
    assert division_of(case["text"], lexicon) == case.get("division")


def test_a_list_is_split_by_its_shape_where_no_lexicon_is_at_hand():
    text = "工业和信息化部、黄金和珠宝局和某某委员会，各区、县级市政府"
    units = ListSplitter(["各区、县级市政府"]).split(text).units
    assert [text[unit.start : unit.end] for unit in units] == ["工业和信息化部", "黄金和珠宝局", "某某委员会", "各区、县级市政府"]


def test_group_patterns_that_print_alike_belong_to_one_kind(lexicon):
    kinds: dict[str, set[str]] = {}
    for group in lexicon.groups:
        for pattern in group.patterns:
            kinds.setdefault(canonical(pattern), set()).add(group.key)
    assert {pattern: found for pattern, found in kinds.items() if len(found) > 1} == {}


def test_no_two_organs_share_a_name_at_one_level_nor_a_sector_word(lexicon):
    taken: dict[tuple[str, str], set[str]] = {}
    for organ in lexicon.organs:
        for level, names in (*organ.names.items(), ("sector", organ.sectors)):
            for word in names:
                taken.setdefault((level, word), set()).add(organ.key)
    assert {place: keys for place, keys in taken.items() if len(keys) > 1} == {}


def test_every_organ_has_a_name_and_both_labels():
    for iri, said in entries("agencies.ttl").items():
        assert len(said["label"]) == 2, iri
        assert any(level + "Name" in said for level in LEVELS), iri
        assert iri.endswith("/" + said["notation"][0])


def test_a_reorganised_organ_names_a_successor_that_exists():
    organs = entries("agencies.ttl")
    for iri, said in organs.items():
        assert ("abolished" in said) == ("succeededBy" in said), iri
        assert set(said.get("succeededBy", ())) <= set(organs), iri


def test_only_a_closed_group_has_members():
    for iri, said in entries("groups.ttl").items():
        assert said["membershipClosed"] == ["true"] or "memberLevel" not in said, iri
        assert ("memberLevel" in said) == ("memberOrgan" in said), iri


def test_anyang_has_its_nine_counties_and_districts():
    below = {division.code: division.name for division in published() if division.parent == "410500"}
    assert below == {
        "410502": "文峰区",
        "410503": "北关区",
        "410505": "殷都区",
        "410506": "龙安区",
        "410522": "安阳县",
        "410523": "汤阴县",
        "410526": "滑县",
        "410527": "内黄县",
        "410581": "林州市",
    }


def test_every_division_stands_after_the_one_above_it(lexicon):
    seen = {"000000"}
    for division in published():
        assert division.parent in seen
        seen.add(division.code)
    assert len(seen) > 3200


def test_a_former_division_can_be_named_and_leads_to_one_that_exists(lexicon):
    known = {division.code for division in lexicon.divisions}
    for iri, said in entries("divisions.ttl").items():
        for successor in said.get("succeededBy", ()):
            assert successor.rpartition("/")[2] in known, iri
        if said.get("divisionLevel") == ["former"]:
            assert said["broader"][0].rpartition("/")[2] in known, iri
    assert AgencyResolver(lexicon, "410700").resolve("长垣县政府").division == "410728"


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("安阳市", ("安阳",)),
        ("滑县", ()),
        ("浦东新区", ("浦东",)),
        ("碑林区", ("碑林",)),
        ("神农架林区", ("神农架",)),
        ("管城回族区", ("管城",)),
        ("新疆维吾尔自治区", ("新疆",)),
        ("博尔塔拉蒙古自治州", ("博尔塔拉",)),
        ("互助土族自治县", ("互助",)),
        ("内蒙古自治区", ("内蒙古",)),
    ],
)
def test_the_short_name_of_a_division_is_without_the_word_for_its_kind(full, short):
    assert short_names(full) == short


def test_the_data_files_load_into_a_store():
    store = RdfStore.memory()
    for file in ("agencies.ttl", "groups.ttl", "divisions.ttl"):
        store.load((ONTOLOGY / file).read_bytes(), "turtle")
    table = store.select(f"SELECT (COUNT(?o) AS ?n) WHERE {{ ?o a <{VK}OrganType> }}")
    assert table.rows[0][0] == len(entries("agencies.ttl"))


@pytest.mark.parametrize(
    "hostile", ["负责" * 5000 + "x", "（" * 5000, "等部门" * 5000, "和" * 5000, "有关部门和单位" * 2000, "", " 、 、", "/"]
)
def test_a_hostile_list_is_read_without_units_out_of_place(lexicon, hostile):
    found = AgencyResolver(lexicon, "410500").split(hostile)
    ends = [0]
    for unit in found.units:
        assert ends[-1] <= unit.start < unit.end <= len(hostile)
        ends.append(unit.end)
