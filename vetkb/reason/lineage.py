"""沿袭 — Which sentences of a document say again what one that it implements says, and which of that one's it says nothing of.

Only pairs of documents are looked at of which the one says that it implements the other and both have their text in the
dataset. As in `likeness`, the rarest pairs of characters find the few sentences that are worth comparing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from vetkb.engine import Iri, RdfStore
from vetkb.graph.terms import Eli, Vk
from vetkb.reason.likeness import pairs_of

_SHORTEST = 8  # pairs of characters: a shorter sentence is like too many others
_MOST_HOLDING = 400
_MOST_COMPARED = 40
_RAREST = 24

_LINEAGE = f"""SELECT DISTINCT ?child ?parent {{
  ?child <{Eli.implements}> ?parent ; <{Eli.is_realized_by}> ?text . ?parent <{Eli.is_realized_by}> ?parentText
}} ORDER BY ?child ?parent"""
_SENTENCES = f"""SELECT ?document ?sentence ?text {{
  ?sentence <{Vk.inDocument}> ?document ; a <{Vk.Sentence}> ; <{Vk.text}> ?text
}} ORDER BY ?sentence"""


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The sentences of one document by their pairs."""

    pairs: dict[Iri, frozenset[str]] = field(default_factory=dict)
    holding: dict[str, list[Iri]] = field(default_factory=lambda: defaultdict(list))

    def nearest(self, pairs: frozenset[str]) -> tuple[int, Iri] | None:
        """Return the sentence that shares most pairs with a text, and how many."""
        rarest = sorted((pair for pair in pairs if pair in self.holding), key=lambda pair: (len(self.holding[pair]), pair))
        counted = Counter(one for pair in rarest[:_RAREST] for one in self.holding[pair][:_MOST_HOLDING])
        return max(((len(pairs & self.pairs[one]), one) for one, _ in counted.most_common(_MOST_COMPARED)), default=None)


class Lineage:
    """The documents of a dataset that implement one another, sentence by sentence; read once."""

    def __init__(self, rdf: RdfStore) -> None:
        self._parents: dict[Iri, list[Iri]] = defaultdict(list)
        for child, parent in rdf.select(_LINEAGE).rows:
            self._parents[Iri(str(child))].append(Iri(str(parent)))
        self._documents: Mapping[Iri, _Sentences] = self._read(rdf) if self._parents else {}
        self._document_of = {one: document for document, known in self._documents.items() for one in known.pairs}

    def _read(self, rdf: RdfStore) -> Mapping[Iri, _Sentences]:
        wanted = {*self._parents, *(parent for parents in self._parents.values() for parent in parents)}
        documents: dict[Iri, _Sentences] = defaultdict(_Sentences)
        for document, sentence, text in rdf.select(_SENTENCES).rows:
            if document in wanted and len(pairs := pairs_of(str(text))) >= _SHORTEST:
                known = documents[Iri(str(document))]
                known.pairs[Iri(str(sentence))] = pairs
                for pair in pairs:
                    known.holding[pair].append(Iri(str(sentence)))
        return documents

    def likest(self, sentence: Iri, parent: Iri) -> str | None:
        """Return which sentence of the parent one is most like: the share of that one that stands in this, and of this in that.

        "0.9000 0.8500 https://…"
        """
        child, known = self._document_of.get(sentence), self._documents.get(parent)
        if child is None or known is None or parent not in self._parents.get(child, ()):
            return None
        own = self._documents[child].pairs[sentence]
        best = known.nearest(own)
        return f"{best[0] / len(known.pairs[best[1]]):.4f} {best[0] / len(own):.4f} {best[1]}" if best else None

    def kept(self, sentence: Iri, child: Iri) -> str | None:
        """Return the share of a sentence of the parent that the nearest sentence of the child holds ("0.1200")."""
        parent, known = self._document_of.get(sentence), self._documents.get(child, _Sentences())
        if parent is None or parent not in self._parents.get(child, ()):
            return None
        own = self._documents[parent].pairs[sentence]
        best = known.nearest(own)
        return f"{(best[0] if best else 0) / len(own):.4f}"
