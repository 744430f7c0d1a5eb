"""Document + Facts → the named graph of the document. A pure function: same text, same triples, in the same order.

Nothing that was concluded stands here: what the text prints is asserted, what rules derive from it goes
into their own graphs. No blank nodes. `vetkb.graph.read` gives the same Document and Facts back.
"""

from __future__ import annotations

from vetkb.engine import Quad
from vetkb.extract.agencies import AgencyResolver, division_of
from vetkb.extract.agencies import name as agency_name
from vetkb.graph import names
from vetkb.graph.agents import Agents, party_iri
from vetkb.graph.syntax import serialise
from vetkb.graph.terms import BASE
from vetkb.graph.triples import Triples
from vetkb.graph.write_facts import FactWriter
from vetkb.graph.write_outline import write_document
from vetkb.model import Document, Facts, Lexicon

__all__ = ["agency_name", "party_iri", "serialise", "to_quads"]


def to_quads(document: Document, facts: Facts, lexicon: Lexicon, base: str = BASE) -> list[Quad]:
    """Return the graph of a document; agencies, units and indicators are those of the lexicon."""
    division = division_of(document, lexicon)
    triples = Triples(names.document_iri(document, division, lexicon, base))
    agents = Agents(triples, lexicon, AgencyResolver(lexicon, division), division)
    sentences = write_document(triples, document, agents)
    FactWriter(triples, document, facts, sentences, agents).write()
    return triples.quads
