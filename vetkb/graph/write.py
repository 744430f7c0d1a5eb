"""Document + Facts → the named graph of the document. A pure function: same text, same triples, in the same order.

Nothing that was concluded stands here: what the text prints is asserted, what rules derive from it goes
into their own graphs. No blank nodes. `vetkb.graph.read` gives the same Document and Facts back.
"""

from __future__ import annotations

from vetkb.engine import Quad
from vetkb.graph import names
from vetkb.graph.agents import agency_name, party_iri
from vetkb.graph.directory import Directory
from vetkb.graph.syntax import FORMATS, serialise
from vetkb.graph.terms import BASE
from vetkb.graph.triples import Triples
from vetkb.graph.write_facts import FactWriter
from vetkb.graph.write_outline import write_document
from vetkb.model import Document, Facts, Lexicon

__all__ = ["FORMATS", "agency_name", "party_iri", "serialise", "to_quads"]


def to_quads(document: Document, facts: Facts, lexicon: Lexicon, base: str = BASE) -> list[Quad]:
    """Return the graph of a document; agencies, units and indicators are those of the lexicon."""
    directory = Directory.of(lexicon)
    division = directory.division_of(document)
    triples = Triples(names.document_iri(document, division, lexicon, base))
    sentences = write_document(triples, document, division, directory)
    FactWriter(triples, facts, sentences, division, directory).write()
    return triples.quads
