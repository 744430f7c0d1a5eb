"""Several documents in one base: each keeps its own graph, and a base is the same however it came about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True)
class State:
    """A base as it is after a build: all that it says, conclusions too, and the asserted graph of each document."""

    said: bytes
    parts: dict[str, bytes]
    cited: frozenset[tuple[object, bool]]


def state(folder: Path) -> State:
    """Read a base; of a cited document also whether the base has it, as its date shows."""
    query = f"""PREFIX eli: <{PREFIXES["eli"]}> PREFIX vk: <{PREFIXES["vk"]}>
        SELECT DISTINCT ?number ?day {{ ?c vk:cited ?d . ?d eli:id_local ?number OPTIONAL {{ ?d eli:date_document ?day }}}}"""
    with Store.open(folder) as store:
        cited = frozenset((row[0], row[1] is not None) for row in store.rdf.select(query).rows)
        parts = {entry.identifier or entry.title: store.part(entry.iri) for entry in store.documents()}
        return State(store.rdf.serialise("nquads"), parts, cited)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    """One base through its life (two documents, a third added, it is replaced, it is removed), and fresh builds beside it."""
    folder = tmp_path_factory.mktemp("several")
    texts = {name: folder / f"{name}.txt" for name in ("parent", "child", "third")}
    for (_, path), text in zip(texts.items(), (PARENT, CHILD, THIRD), strict=True):
        path.write_text(text, encoding="utf-8")
    base, beside = folder / "base", folder / "beside"
    found: dict[str, State] = {}

    def built(name: str, place: Path, *paths: Path, **options: Any) -> None:
        build(paths, str(place), jobs=1, **options)
        found[name] = state(place)

    built("two", base, texts["child"], texts["third"])
    built("added", base, texts["parent"], add=True)
    built("three", beside, *texts.values())
    texts["parent"].write_text(PARENT.replace("90%", "85%"), encoding="utf-8")
    built("replaced", base, texts["parent"], add=True)
    built("three anew", beside, *texts.values())
    built("removed", base, remove=[NUMBER["parent"]])
    return found


def test_a_document_that_is_added_gives_the_base_of_a_fresh_build(states: dict[str, State]) -> None:
    assert states["added"] == states["three"]
    assert len(states["added"].parts) == len(states["two"].parts) + 1


def test_a_document_that_is_removed_leaves_the_base_of_a_fresh_build(states: dict[str, State]) -> None:
    assert states["removed"] == states["two"]


def test_a_document_that_is_replaced_changes_no_other_graph(states: dict[str, State]) -> None:
    assert states["replaced"] == states["three anew"]
    before, after = states["added"].parts, states["replaced"].parts
    assert {name for name in before if before[name] != after[name]} == {NUMBER["parent"]}
    assert b"85" in after[NUMBER["parent"]]


def test_a_citation_finds_what_arrives_and_loses_what_goes(states: dict[str, State]) -> None:
    number = NUMBER["parent"]
    assert [states[name].cited for name in ("two", "added", "removed")] == [
        {(number, False)},
        {(number, True)},
        {(number, False)},
    ]


def test_names_stay_when_the_text_gains_a_line_elsewhere() -> None:
    lexicon = load_lexicon()

    def names(text: str, clause: str) -> set[str]:
        compiled = compile_source(Source.from_text(text), lexicon)
        quads = to_quads(compiled.document, compiled.facts, lexicon)
        return {quad.subject for quad in quads if f"/{clause}" in quad.subject}

    longer = CHILD.replace("一、主要目标\n\n", "一、主要目标\n\n各地要统一思想，在2031年6月底前制定方案。\n\n")
    assert len(names(CHILD, "sec_2")) > 50
    assert names(longer, "sec_2") == names(CHILD, "sec_2")
