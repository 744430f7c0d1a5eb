"""A base on disk: builds that never change, the swap, locks, sources, names and full text."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb.engine import Iri, Literal, Quad, RdfStore
from vetkb.errors import StoreError, UnknownNameError, UsageError
from vetkb.graph.terms import RDF_TYPE, RDFS_LABEL, Cv, Skos, Vk
from vetkb.store import Part, Store, build_store, change_store
from vetkb.store.text_index import IndexedText, TextIndex, pairs, write_index
from vetkb.text import Source

BASE = "https://w3id.org/vetkb/"
FINANCE = Iri(f"{BASE}id/agency/410500/finance")


def part(number: int, text: str = "做大职业技能培训。") -> Part:
    document = Iri(f"{BASE}eli/cn/410500/anzhengban/2018/{number}")
    graph = Iri(f"{document}/graph")
    sentence, item = Iri(f"{document}/sec_1__sent_1"), Iri(f"{document}/sec_1")
    quads = [
        Quad(sentence, RDF_TYPE, Vk.Sentence, graph),
        Quad(sentence, Vk.text, Literal(text, None, "zh"), graph),
        Quad(sentence, Vk.item, item, graph),
        Quad(sentence, Vk.inDocument, document, graph),
        Quad(item, Vk.path, Literal("一"), graph),
        Quad(FINANCE, RDF_TYPE, Cv.PublicOrganisation, graph),
        Quad(FINANCE, Skos.prefLabel, Literal("安阳市财政局", None, "zh"), graph),
        Quad(FINANCE, Skos.altLabel, Literal("市财政局", None, "zh"), graph),
    ]
    return Part(document, f"安政办〔2018〕{number}号", f"第{number}份文件", Source.from_text(text, f"{number}.txt"), quads)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "base"


def test_a_base_holds_the_parts_it_was_built_of(folder: Path) -> None:
    with build_store([part(2), part(3)], folder) as store:
        assert [document.id for document in store.documents()] == ["安政办〔2018〕2号", "安政办〔2018〕3号"]
        assert store.documents()[0].counts["sentences"] == 1
        assert store.rdf.graph_names == [f"{part(n).iri}/graph" for n in (2, 3)]
        assert store.source("安政办〔2018〕2号") == Source("2.txt", part(2).source.text, part(2).source.sha256)
        assert store.part("安政办〔2018〕2号").count(b"\n") == len(part(2).quads)


def of_bytes(number: int, content: bytes, media_type: str = "application/pdf") -> Part:
    made = part(number)
    source = Source(f"{number}.pdf", made.source.text, sha256(content).hexdigest(), media_type, content)
    return Part(made.iri, made.identifier, made.title, source, made.quads)


def test_a_base_keeps_the_bytes_of_a_file_that_is_no_plain_text(folder: Path) -> None:
    text, pdf = "安政办〔2018〕2号", "安政办〔2018〕3号"
    with build_store([part(2), of_bytes(3, b"%PDF-1.7 \xff")], folder) as store:
        assert store.original(pdf) == b"%PDF-1.7 \xff"
        assert store.source(pdf).media_type == "application/pdf"
        assert store.original(text) == part(2).source.text.encode()
    with change_store(folder, add=[part(4)], remove=[text]) as store:
        assert store.original(pdf) == b"%PDF-1.7 \xff"
        assert {path.suffix for path in (store.folder / "sources").iterdir()} == {".txt", ".original"}


def test_of_a_file_that_is_too_large_the_base_keeps_text_and_hash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vetkb.store.build.LARGEST_ORIGINAL", 3)
    with build_store([of_bytes(3, b"%PDF")], folder) as store:
        assert store.original("安政办〔2018〕3号") is None
        assert store.documents()[0].sha256 == sha256(b"%PDF").hexdigest()
        assert store.source("安政办〔2018〕3号").text == part(3).source.text


def test_equal_input_gives_an_equal_build(tmp_path: Path) -> None:
    ids = set()
    for name in ("a", "b"):
        with build_store([part(3), part(2)] if name == "a" else [part(2), part(3)], tmp_path / name, code="1") as store:
            ids.add(store.build_id)
    assert len(ids) == 1


@pytest.mark.parametrize("other", [{"code": "2"}, {"shared": [Quad(Iri("a:a"), RDFS_LABEL, Literal("x"), Iri("a:g"))]}])
def test_other_code_or_another_ontology_is_another_build(folder: Path, other: dict) -> None:
    with build_store([part(2)], folder, code="1") as store:
        first = store.build_id
    with build_store([part(2)], folder, **{"code": "1", **other}) as store:
        assert store.build_id != first


def test_adding_and_removing_make_the_next_build(folder: Path) -> None:
    with build_store([part(2)], folder) as first:
        with change_store(folder, add=[part(3)]) as second:
            assert len(second.documents()) == 2
            assert len(first.documents()) == len(first.rdf.graph_names) == 1
        with change_store(folder, remove=["安政办〔2018〕2号"]) as third:
            assert [document.id for document in third.documents()] == ["安政办〔2018〕3号"]
            assert third.rdf.graph_names == [f"{part(3).iri}/graph"]


def test_a_changed_base_equals_a_fresh_build_of_the_same_documents(tmp_path: Path) -> None:
    with build_store([part(2), part(4)], tmp_path / "changed"), change_store(tmp_path / "changed", add=[part(3)]):
        pass
    with (
        change_store(tmp_path / "changed", remove=["安政办〔2018〕4号"]) as changed,
        build_store([part(2), part(3)], tmp_path / "fresh") as fresh,
    ):
        assert changed.build_id == fresh.build_id
        assert changed.rdf.serialise("nquads") == fresh.rdf.serialise("nquads")


def test_a_document_that_is_added_again_replaces_the_old_one(folder: Path) -> None:
    with build_store([part(2)], folder), change_store(folder, add=[part(2, "开展现代学徒制试点。")]) as store:
        assert [hit.text for hit in store.search("试点")] == ["开展现代学徒制试点。"]
        assert store.search("培训") == []


def test_what_is_derived_is_derived_anew_for_each_build(folder: Path) -> None:
    def derive(rdf: RdfStore) -> None:
        count = len([name for name in rdf.graph_names if name.endswith("/graph")])
        rdf.add([Quad(Iri("a:base"), Iri("a:documents"), Literal(str(count)), Iri("a:rule"))])

    with build_store([part(2)], folder, derive=derive), change_store(folder, add=[part(3)], derive=derive) as store:
        assert [quad.object for quad in store.rdf.quads(Iri("a:rule"))] == [Literal("2")]


def test_a_failing_build_leaves_the_old_base(folder: Path) -> None:
    def fail(rdf: RdfStore) -> None:
        raise RuntimeError("a rule is broken")

    with build_store([part(2)], folder) as store:
        with pytest.raises(RuntimeError):
            build_store([part(3)], folder, derive=fail)
        with Store.open(folder) as again:
            assert again.build_id == store.build_id
    assert [build.name for build in (folder / "builds").iterdir()] == [store.build_id]


def _crash(folder: Path) -> None:
    build_store([part(3)], folder, derive=lambda rdf: os._exit(1))


def test_a_crash_leaves_the_old_base_and_its_remains_are_removed(folder: Path) -> None:
    with build_store([part(2)], folder) as store:
        process = multiprocessing.get_context("spawn").Process(target=_crash, args=(folder,))
        process.start()
        process.join()
        assert process.exitcode == 1
        with Store.open(folder) as again:
            assert again.build_id == store.build_id
    with build_store([part(3)], folder) as store:
        assert [build.name for build in (folder / "builds").iterdir()] == [store.build_id]


def test_readers_keep_the_build_they_opened(folder: Path) -> None:
    with build_store([part(2)], folder) as reader:
        for number in (3, 4):
            with build_store([part(number)], folder):
                pass
        assert reader.search("培训")[0].document == part(2).iri
        assert len(reader.rdf) == len(part(2).quads)
        assert reader.source("安政办〔2018〕2号").name == "2.txt"
    with build_store([part(5)], folder) as last:
        assert [build.name for build in (folder / "builds").iterdir()] == [last.build_id]


def test_two_cannot_build_at_once(folder: Path) -> None:
    with build_store([part(2)], folder), (folder / "lock").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="is being built by another process"):
            build_store([part(3)], folder)


def test_two_texts_of_one_document_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="two texts of one document"):
        build_store([part(2), part(2, "另一份")], folder)
    with build_store([part(2), part(2)], folder) as store:
        assert len(store.documents()) == 1


def test_a_base_of_another_version_is_not_added_to(folder: Path) -> None:
    with build_store([part(2)], folder, code="1"), pytest.raises(StoreError, match="another version"):
        change_store(folder, add=[part(3)], code="2")


@pytest.mark.parametrize("damage", ["nothing", "pointer", "manifest", "format", "data", "index", "source"])
def test_a_missing_or_damaged_base_is_one_clear_line(folder: Path, damage: str) -> None:
    if damage != "nothing":
        with build_store([part(2)], folder) as store:
            build = store.folder
        match damage:
            case "pointer":
                (folder / "current").write_text("../../etc\n")
            case "manifest":
                (build / "manifest.json").write_text("{")
            case "format":
                manifest = json.loads((build / "manifest.json").read_text())
                (build / "manifest.json").write_text(json.dumps({**manifest, "format": "vetkb-base/99"}))
            case "data":
                (build / "data" / "CURRENT").unlink()
            case "index":
                (build / "index.sqlite").write_bytes(b"not a database" * 100)
            case "source":
                next((build / "sources").iterdir()).unlink()
    with pytest.raises(StoreError, match="vetkb build") as caught:
        _use(folder)
    assert "\n" not in str(caught.value)


def _use(folder: Path) -> None:
    with Store.open(folder) as store:
        store.search("培训")
        store.source("安政办〔2018〕2号")
        store.rdf.ask("ASK {}")


def test_a_document_is_found_by_all_its_names(folder: Path) -> None:
    with build_store([part(2), part(12)], folder) as store:
        for name in ("安政办〔2018〕2号", "安政办[2018]2号", part(2).iri, "eli/cn/410500/anzhengban/2018/2"):
            assert store.document(name).iri == part(2).iri
        with pytest.raises(UnknownNameError) as caught:
            store.document("国发〔2018〕2号")
        assert caught.value.suggestions == ("安政办〔2018〕12号", "安政办〔2018〕2号")


def test_names_are_found_whatever_their_width_and_case(folder: Path) -> None:
    with build_store([part(2)], folder) as store:
        assert {name.iri for name in store.named(" 市财政局 ")} == {FINANCE}
        assert [(name.label, name.preferred) for name in store.labels(FINANCE)] == [("安阳市财政局", True), ("市财政局", False)]
        assert {name.kind for name in store.names()} == {"agency"}


# --- full text ------------------------------------------------------------------------------------------

TEXTS = [
    "做大职业技能培训。",
    "开展现代学徒制试点",
    "不低于12000元",
    "安政办〔2018〕2号",
    "双师型（“一体化”）教师占70%以上",
    "教 育 局",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    path = tmp_path_factory.mktemp("index") / "index.sqlite"
    write_index(path, [IndexedText(Iri(f"a:{n}"), Iri(f"a:doc{n % 2}"), "task", None, text) for n, text in enumerate(TEXTS)], [])
    return TextIndex(path)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("培训", [0]),
        ("训", [0]),
        ("技能培训", [0]),
        ("培", [0]),
        ("学徒制 试点", [1]),
        ("12000", [2]),
        ("12000元", [2]),
        ("2018〕2号", [3]),
        ("70%以上", [4]),
        ("“一体化”教师", [4]),
        ("培训 试点", [0, 1]),
        ("职业 无此词", [0]),
        ("无此词", []),
        ("，。！", []),
        ("", []),
        ('" OR body:*', []),
    ],
)
def test_texts_are_found_by_their_words(index: TextIndex, words: str, found: list[int]) -> None:
    assert sorted(int(hit.iri[2:]) for hit in index.search(words)) == found


def test_coverage_says_how_much_of_the_words_was_found(index: TextIndex) -> None:
    assert index.search("技能培训")[0].coverage == 1
    assert 0 < index.search("技能培训 学徒")[0].coverage < 1


def test_search_can_be_narrowed_and_limited(index: TextIndex) -> None:
    assert [hit.iri for hit in index.search("培训", document="a:doc1")] == []
    assert len(index.search("培训 试点 以上", limit=2)) == 2
    assert index.search("培训", limit=0) == []


@given(st.text(alphabet="市财政局负责12ab% ，", min_size=1, max_size=12), st.integers(0, 11), st.integers(1, 6))
def test_every_piece_of_a_run_is_among_its_pairs(text: str, start: int, length: int) -> None:
    """What stands in a text in one run is found in it, however short."""
    run = "".join(c for c in text if c in "市财政局负责")
    piece = run[start : start + length]
    if len(piece) > 1:
        assert set(pairs(piece)[:-1]) <= set(pairs(run))


@given(st.text(max_size=40))
def test_any_text_can_be_searched(index: TextIndex, text: str) -> None:
    index.search(text)
