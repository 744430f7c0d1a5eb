"""Random damage to graphs is noticed by shapes and evidence checks alone, without a graph to compare with."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from mutations import MUTATIONS, Damage, Watch, draw

from vetkb.compiler import compile_source
from vetkb.engine import Iri, RdfStore
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.write import to_quads
from vetkb.text import Source
from vetkb.validate import check_quality
from vetkb.validate.evidence import check_evidence

DOCUMENTS = sorted((Path(__file__).parent / "cases" / "documents").glob("*.toml"))
_FLOOR = 0.95


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


def _watch(source: Source, lexicon) -> Watch:
    compiled = compile_source(source, lexicon)
    return Watch(to_quads(compiled.document, compiled.facts, lexicon), compiled.iri, source.text, lexicon)


@pytest.fixture(scope="module")
def watches(bundled, lexicon):
    """The bundled document, and a short one of another layout."""
    (entry,) = bundled.documents()
    short = tomllib.loads((Path(__file__).parent / "cases" / "documents" / "clauses.toml").read_text(encoding="utf-8"))["text"]
    return [_watch(bundled.store.source(Iri(entry.iri)), lexicon), _watch(Source.from_text(short, "short.txt"), lexicon)]


@pytest.mark.parametrize(
    ("place", "number"),
    [(0, 4), (1, 10)],
    ids=["bundled", "short"],
)
def test_of_random_mutations_at_least_ninety_five_in_a_hundred_are_noticed(watches, place, number):
    watch = watches[place]
    drawn = list(draw(watch.drawn, MUTATIONS, number, f"{number} {place}"))
    missed = [(name, damage) for name, damage in drawn if not watch.noticed(damage)]
    assert len(drawn) == number * len(MUTATIONS)
    assert not watch.noticed(Damage(())), "the graph is not as it was"
    assert len(missed) <= (1 - _FLOOR) * len(drawn), (Counter(name for name, _ in missed), missed)


def test_an_undamaged_graph_is_left_in_peace(watches):
    for watch in watches:
        assert not watch.noticed(Damage(()), round_trip=True)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_documents_of_every_layout_pass(path, lexicon):
    source = Source.from_text(tomllib.loads(path.read_text(encoding="utf-8"))["text"], path.name)
    compiled = compile_source(source, lexicon)
    quads = to_quads(compiled.document, compiled.facts, lexicon)
    store = RdfStore.memory()
    store.add(quads)
    assert [r.message.en for r in check_quality(quads) if r.severity == "violation"] == []
    assert check_evidence(store, {compiled.iri: source.text}, lexicon) == []
