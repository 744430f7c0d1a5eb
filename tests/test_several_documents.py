"""Several documents in one base: each keeps its own graph, and a base is the same however it came about."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_lineage import CHILD, PARENT

from vetkb.base import build
from vetkb.compiler import compile_source
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.terms import PREFIXES
from vetkb.graph.write import to_quads
from vetkb.store import Store
from vetkb.text import Source

THIRD = """某市教育局关于开展检查的通知

各县（市、区）教育局：

一、检查内容

各县（市、区）教育局要于2030年5月底前完成自查。

2030年2月1日
"""
NUMBER = {"parent": "豫政〔2030〕1号", "child": "安政〔2030〕3号"}


@pytest.fixture
def texts(tmp_path: Path) -> dict[str, Path]:
    written = {name: tmp_path / f"{name}.txt" for name in ("parent", "child", "third")}
    for (_, path), text in zip(written.items(), (PARENT, CHILD, THIRD), strict=True):
        path.write_text(text, encoding="utf-8")
    return written


def made(folder: Path) -> bytes:
    """All that a base says, the conclusions of rules too."""
    with Store.open(folder) as store:
        return store.rdf.serialise("nquads")


def fresh(tmp_path: Path, *paths: Path) -> bytes:
    build(paths, str(tmp_path / "fresh"), jobs=1)
    return made(tmp_path / "fresh")


def test_a_document_that_is_added_gives_the_base_of_a_fresh_build(tmp_path: Path, texts: dict[str, Path]) -> None:
    base = tmp_path / "base"
    build([texts["child"], texts["third"]], str(base), jobs=1)
    build([texts["parent"]], str(base), add=True, jobs=1)
    assert made(base) == fresh(tmp_path, *texts.values())


def test_a_document_that_is_removed_leaves_the_base_of_a_fresh_build(tmp_path: Path, texts: dict[str, Path]) -> None:
    base = tmp_path / "base"
    build(list(texts.values()), str(base), jobs=1)
    build([], str(base), remove=[NUMBER["parent"]], jobs=1)
    assert made(base) == fresh(tmp_path, texts["child"], texts["third"])


def test_a_document_that_is_replaced_changes_no_other_graph(tmp_path: Path, texts: dict[str, Path]) -> None:
    base = tmp_path / "base"
    build(list(texts.values()), str(base), jobs=1)
    with Store.open(base) as store:
        others = {entry.iri: store.part(entry.iri) for entry in store.documents() if entry.identifier != NUMBER["parent"]}
    texts["parent"].write_text(PARENT.replace("90%", "85%"), encoding="utf-8")
    build([texts["parent"]], str(base), add=True, jobs=1)
    with Store.open(base) as store:
        assert len(others) == 2
        assert {iri: store.part(iri) for iri in others} == others
        assert b"85" in store.part(NUMBER["parent"])
    assert made(base) == fresh(tmp_path, *texts.values())


def test_a_citation_finds_what_arrives_and_loses_what_goes(tmp_path: Path, texts: dict[str, Path]) -> None:
    base = tmp_path / "base"

    def cited() -> set[tuple[object, ...]]:
        query = f"""PREFIX eli: <{PREFIXES["eli"]}> PREFIX vk: <{PREFIXES["vk"]}>
            SELECT DISTINCT ?number ?day {{ ?c vk:cited ?d . ?d eli:id_local ?number OPTIONAL {{ ?d eli:date_document ?day }}}}"""
        with Store.open(base) as store:
            return {(row[0], row[1] is not None) for row in store.rdf.select(query).rows}

    build([texts["child"]], str(base), jobs=1)
    assert cited() == {(NUMBER["parent"], False)}
    build([texts["parent"]], str(base), add=True, jobs=1)
    assert cited() == {(NUMBER["parent"], True)}
    build([], str(base), remove=[NUMBER["parent"]], jobs=1)
    assert cited() == {(NUMBER["parent"], False)}


def test_names_stay_when_the_text_gains_a_line_elsewhere() -> None:
    lexicon = load_lexicon()

    def names(text: str, clause: str) -> set[str]:
        compiled = compile_source(Source.from_text(text), lexicon)
        quads = to_quads(compiled.document, compiled.facts, lexicon)
        return {quad.subject for quad in quads if f"/{clause}" in quad.subject}

    longer = CHILD.replace("一、主要目标\n\n", "一、主要目标\n\n各地要统一思想，在2031年6月底前制定方案。\n\n")
    assert len(names(CHILD, "sec_2")) > 50
    assert names(longer, "sec_2") == names(CHILD, "sec_2")
