"""相似 — Which clauses of the body a task shares its words with, found without comparing every task with every clause.

Texts are compared by their pairs of characters. A clause that holds a share of a task's pairs must hold one of any
large enough choice of them, so the rarest are enough to find it (prefix filtering); the comparison itself is exact.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from vetkb.engine import Iri, RdfStore
from vetkb.graph.names import in_annex
from vetkb.graph.terms import RDF_TYPE, Vk

# A task that no clause holds this much of has no closest clause. Rules may ask for more.
LEAST_SHARE = 0.5
# So many clauses that hold a pair are counted, and so many of them compared, for one task: a text made to be all alike
# does not make the cost its square.
_MOST_CANDIDATES = 400
_MOST_COMPARED = 40
_SHORTEST_HEADING = 6
# What the queries below ask for: a dataset with no more than this gives the same answers.
TERMS_READ = frozenset({RDF_TYPE, Vk.Task, Vk.Sentence, Vk.ordinal, Vk.inDocument, Vk.text, Vk.item, Vk.path, Vk.heading})

_TASKS = f"""SELECT ?task ?document ?text {{
  ?task a <{Vk.Task}> ; <{Vk.ordinal}> ?n ; <{Vk.inDocument}> ?document ; <{Vk.text}> ?text
}}"""
_CLAUSES = f"""SELECT ?clause ?document ?heading ?text ?path {{
  {{ SELECT DISTINCT ?document {{ ?numbered <{Vk.ordinal}> ?number ; a <{Vk.Task}> ; <{Vk.inDocument}> ?document }} }}
  ?sentence <{Vk.inDocument}> ?document ; a <{Vk.Sentence}> ; <{Vk.item}> ?clause ; <{Vk.text}> ?text .
  ?clause <{Vk.path}> ?path ; <{Vk.heading}> ?heading .
}}"""


@dataclass(frozen=True, slots=True)
class _Clauses:
    """The clauses of one document by the pairs of their text, and of their headings."""

    bodies: dict[Iri, set[str]] = field(default_factory=dict)
    headings: dict[Iri, frozenset[str]] = field(default_factory=dict)
    holding: dict[str, list[Iri]] = field(default_factory=lambda: defaultdict(list))
    headed: dict[str, list[Iri]] = field(default_factory=lambda: defaultdict(list))


class Likeness:
    """Tasks and clauses of a dataset, read once."""

    def __init__(self, rdf: RdfStore) -> None:
        self._headed = lru_cache(maxsize=64)(self._all_headed)  # asked once for each place
        self._tasks = {Iri(str(row[0])): (str(row[1]), pairs_of(str(row[2]))) for row in rdf.select(_TASKS).rows}
        self._documents: dict[str, _Clauses] = defaultdict(_Clauses)
        rows = rdf.select(_CLAUSES).rows
        # the text itself; behind a covering letter that is the annex, and its tables are annexes of it
        bodies = {document for _, document, _, _, path in rows if not in_annex(path)}
        for clause, document, heading, text, path in rows:
            if document in bodies and in_annex(path):
                continue
            known = self._documents[str(document)]
            body = known.bodies.setdefault(Iri(str(clause)), set(pairs_of(str(heading))))
            body |= pairs_of(str(text))
            if len(str(heading)) >= _SHORTEST_HEADING:
                known.headings[Iri(str(clause))] = pairs_of(str(heading))
        for known in self._documents.values():
            _index(known.bodies, known.holding)
            _index(known.headings, known.headed)

    def closest(self, task: Iri) -> str | None:
        """Return share and IRI of the clause that holds most of a task ("0.8125 https://…"); of equals the last by name."""
        document, pairs = self._tasks.get(task, ("", frozenset[str]()))
        known = self._documents.get(document)
        if known is None or not pairs:
            return None
        rarest = sorted(pairs, key=lambda pair: (len(known.holding.get(pair, ())), pair))
        enough = len(pairs) - int(LEAST_SHARE * len(pairs)) + 1
        counted = Counter(clause for pair in rarest[:enough] for clause in known.holding.get(pair, ())[:_MOST_CANDIDATES])
        shares = [(_share(pairs, known.bodies[clause]), clause) for clause, _ in counted.most_common(_MOST_COMPARED)]
        best = max(shares, default=None)
        return f"{best[0]:.4f} {best[1]}" if best and best[0] >= LEAST_SHARE else None

    def headed(self, task: Iri, place: int) -> str | None:
        """Return share and IRI of a clause by how much of its heading a task holds; `place` counts from 1, the best first."""
        found = self._headed(task)
        return f"{found[place - 1][0]:.4f} {found[place - 1][1]}" if 1 <= place <= len(found) else None

    def _all_headed(self, task: Iri) -> list[tuple[float, Iri]]:
        document, pairs = self._tasks.get(task, ("", frozenset[str]()))
        known = self._documents.get(document)
        if known is None:
            return []
        counted = Counter(clause for pair in pairs for clause in known.headed.get(pair, ())[:_MOST_CANDIDATES])
        shares = ((count / len(known.headings[clause]), clause) for clause, count in counted.items())
        return sorted((entry for entry in shares if entry[0] >= LEAST_SHARE), reverse=True)


def pairs_of(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters and digits of a text."""
    return frozenset(a + b for a, b in pairwise([character for character in text if character.isalnum()]))


def share(part: str, whole: str) -> float:
    """Return how many of the pairs of `part` stand in `whole` too, from 0 to 1."""
    return _share(pairs_of(part), pairs_of(whole))


def _share(part: frozenset[str], whole: Iterable[str]) -> float:
    return len(part.intersection(whole)) / max(1, len(part))


def _index(texts: Mapping[Iri, Iterable[str]], postings: dict[str, list[Iri]]) -> None:
    for clause, pairs in texts.items():
        for pair in pairs:
            postings[pair].append(clause)
