"""数字 — Which targets state the same number, or measure the same thing, found by an index.

A join over numbers that many documents share would compare every document with every other.
"""

from __future__ import annotations

from collections import defaultdict

from vetkb.engine import Iri, RdfStore
from vetkb.graph.terms import PREFIXES, RDFS_LABEL, Vk

_TARGETS = f"""SELECT ?target ?document ?unit ?label ?value {{
  ?target a <{Vk.Target}> ; <{Vk.inDocument}> ?document ; <{Vk.unit}> ?unit ; <{RDFS_LABEL}> ?label ; <{Vk.bound}> ?bound .
  ?bound <{PREFIXES["qudt"]}numericValue> ?value
}} ORDER BY ?target"""


class Figures:
    """The targets of a dataset that have one number, read once."""

    def __init__(self, rdf: RdfStore) -> None:
        self._keys: dict[Iri, tuple[str, str, str]] = {}
        self._by_number: dict[tuple[str, str, str], list[Iri]] = defaultdict(list)
        self._by_label: dict[tuple[str, str, str], list[Iri]] = defaultdict(list)
        for target, document, unit, label, value in rdf.select(_TARGETS).rows:
            node = Iri(str(target))
            self._keys[node] = (str(document), str(unit), str(value))
            self._by_number[self._keys[node]].append(node)
            self._by_label[str(document), str(unit), str(label)].append(node)

    def same_number(self, target: Iri, place: int) -> Iri | None:
        """Return a target of the document with the same number and unit that comes later by name; `place` counts from 1."""
        known = self._by_number.get(self._keys.get(target, ("", "", "")), [])
        at = known.index(target) + place if target in known else len(known)
        return known[at] if at < len(known) else None

    def of_label(self, document: Iri, unit: str, label: str, place: int) -> Iri | None:
        """Return a target of a document that measures what `label` says in `unit`; `place` counts from 1."""
        known = self._by_label.get((document, unit, label), [])
        return known[place - 1] if 0 < place <= len(known) else None
