"""Hostile texts and broken files, a short fixed piece of the long run in `fuzz.py`."""

from __future__ import annotations

from itertools import islice

import pytest
from fuzz import Inputs, faults, fitting

from vetkb.compiler import compile_source
from vetkb.errors import SourceError
from vetkb.graph.lexicon import load_lexicon
from vetkb.paths import CORPUS
from vetkb.read import read_source
from vetkb.text import Source

SHORT = 6_000  # bytes


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


@pytest.fixture(scope="module")
def documents():
    return [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.txt"))]


@pytest.mark.parametrize("seed", range(8))
def test_any_text_compiles_with_every_character_placed_and_every_quotation_a_slice(seed, documents, lexicon):
    for kind, text in islice(Inputs(seed, documents, SHORT).texts(), 12):
        found = list(faults(compile_source(Source.from_text(text), lexicon)))
        assert not found, (kind, found[:3])


def test_a_broken_file_is_read_or_refused_and_nothing_else(documents, lexicon):
    read = 0
    for kind, name, content in islice(Inputs(3, [fitting(documents[0], SHORT)]).broken_files(), 16):
        try:
            source = read_source(content, name)
        except SourceError:
            continue
        read += 1
        assert not list(faults(compile_source(source, lexicon))), kind
    assert 0 < read < 16


def test_the_checks_of_a_run_find_a_gap_and_a_false_quotation(documents, lexicon):
    compiled = compile_source(Source.from_text(documents[0]), lexicon)
    assert not list(faults(compiled))
    other = compile_source(Source.from_text(documents[0].replace("职业", "业职")), lexicon)
    assert list(faults(type(compiled)(other.source, compiled.document, compiled.facts, (), None, compiled.iri)))
