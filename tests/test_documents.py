"""Whole documents, written for the purpose: their outline, parties and tasks, as a reader would note them down.

A case is a file in tests/cases/documents: the text and what it says. A party is written `item: unit=role unit=role`, with
(open) or (inherited) behind it, a task `item ordinal text` (its first twenty characters).
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetkb.extract.agencies import AgencyResolver, division_of
from vetkb.extract.parties import extract_responsibilities
from vetkb.extract.tasks import extract_tasks
from vetkb.graph.lexicon import load_lexicon
from vetkb.parse import parse
from vetkb.text import Source

CASES = sorted((Path(__file__).parent / "cases" / "documents").glob("*.toml"))


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


def read(text, lexicon):
    """Return what a document says, in the words of a case."""
    source = Source.from_text(text)
    document = parse(source)
    parties, _ = extract_responsibilities(document, source, AgencyResolver(lexicon, division_of(document, lexicon)))
    found = {
        "title": document.title and document.title.value,
        "identifier": document.identifier and document.identifier.value,
        "issued": document.issued and document.issued.value,
        "issuers": [i.value for i in document.issuers],
        "addressees": [a.value for a in document.addressees],
        "copied_to": [c.value for c in document.copied_to],
        "items": [i.path for i in document.items],
        "parties": [party(r) for r in parties],
        "tasks": [
            f"{t.item} {'-' if t.ordinal is None else t.ordinal} {t.text[:20]}" for t in extract_tasks(document, source, parties)
        ],
    }
    return {key: value for key, value in found.items() if value or key in ("items", "parties", "tasks")}


def party(assigned):
    units = " ".join(f"{p.surface.words}={p.role}" for p in assigned.parties)
    marks = (" (open)" if assigned.open else "") + (" (inherited)" if assigned.inherited else "")
    return f"{assigned.item or '-'}: {units}{marks}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_document_is_read_as_noted(case, lexicon):
    noted = tomllib.loads(case.read_text(encoding="utf-8"))
    assert read(noted.pop("text"), lexicon) == noted


def test_there_are_cases():
    assert len(CASES) >= 30


_PIECES = [
    *(
        "要",
        "由",
        "请",
        "会同",
        "牵头",
        "负责",
        "，",
        "、",
        "。",
        "；",
        "：",
        "（",
        "）",
        "〔",
        "〕",
        "【",
        "】",
        "“",
        "”",
        "《",
        "\n",
        "\t",
        " ",
    ),
    *(
        "市教育局",
        "各县（市、区）政府",
        "有关部门",
        "责任单位：",
        "（牵头）",
        "等部门",
        "作为",
        "情况",
        "配合",
        "一、",
        "（一）",
        "附件\n",
    ),
    *(
        "序号\t任务\t责任单位\n",
        "1\t",
        "列第一位者为牵头单位",
        "以下均需",
        "落实，不再列出",
        "— 3 —\n",
        "2020年6月底前",
        "\ud800",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=60).map("".join))
def test_any_text_gives_parties_that_stand_in_it(lexicon, text):
    source = Source.from_text(text)
    document = parse(source)
    parties, _ = extract_responsibilities(document, source, AgencyResolver(lexicon, "410500"))
    extract_tasks(document, source, parties)
    for assigned in parties:
        assert assigned.parties
        assert text[assigned.evidence.start : assigned.evidence.end] == assigned.evidence.text
        assert all(p.surface.text and text[p.surface.start : p.surface.end] == p.surface.text for p in assigned.parties)
