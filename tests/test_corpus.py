"""Other documents: whatever they look like, every character has one place and every quotation is the source's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from vetkb.compiler import compile_source
from vetkb.graph.lexicon import load_lexicon
from vetkb.read import read_source
from vetkb.text import View


@pytest.fixture(scope="module")
def compiled(shared):
    lexicon = load_lexicon()
    return [compile_source(read_source(path), lexicon) for path in sorted((shared / "corpus").glob("*.txt"))]


def facts_of(one):
    facts = one.facts
    return [
        fact
        for kind in (
            facts.statements,
            facts.tasks,
            facts.responsibilities,
            facts.deadlines,
            facts.quantities,
            facts.citations,
            facts.programmes,
            facts.effects,
        )
        for fact in kind
    ]


def test_the_outline_of_each_text_covers_every_character_once(compiled):
    assert len(compiled) == 16
    for one in compiled:
        at = 0
        for leaf in one.document.outline:
            assert leaf.span.start == at, one.source.name
            at = leaf.span.end
        assert at == len(one.source.text), one.source.name


def test_every_quotation_is_the_slice_of_its_source(compiled):
    for one in compiled:
        quotes = [fact.evidence for fact in facts_of(one)]
        quotes += [party.surface for r in one.facts.responsibilities for party in r.parties]
        for quote in quotes:
            assert one.source.text[quote.start : quote.end] == quote.text, one.source.name
        for sentence in one.document.sentences:
            assert View(one.source.text, sentence.span).text == sentence.text, one.source.name


def test_every_text_has_its_number_title_and_date_where_it_prints_them(compiled):
    printed = {one.source.name: one.document for one in compiled}
    plain = {"rural-2021-no1.txt", "sh-beidou-3year.txt"}  # a news agency's text, a plan without its letter
    for name, document in printed.items():
        assert document.title is not None, name
        if name not in plain:
            assert document.identifier is not None, name
            assert document.issued is not None, name
            assert document.issuers, name


def test_the_bundled_document_is_the_published_one_byte_for_byte(shared):
    bundled = Path(__file__).resolve().parent.parent / "corpus" / "anyang-2018-2.txt"
    assert bundled.read_bytes() == (shared / "corpus" / "anyang-2018-2.txt").read_bytes()


def test_the_bundled_document_has_its_recorded_hash():
    import hashlib

    folder = Path(__file__).resolve().parent.parent / "corpus"
    for line in (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
