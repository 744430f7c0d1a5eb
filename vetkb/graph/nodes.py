"""Quads by subject and predicate: how a graph is read node by node, without a store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vetkb.engine import Iri, Literal, Quad, Term
from vetkb.errors import UsageError
from vetkb.graph.names import key_of
from vetkb.graph.terms import RDF_TYPE, Dcterms, Oa, Vk
from vetkb.text import Quote, Span


@dataclass(frozen=True)
class Graph:
    """The quads of one document. Readers raise UsageError where a node lacks what they ask for."""

    statements: Mapping[Iri, Mapping[Iri, list[Term]]]
    by_class: Mapping[Term, list[Iri]]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Graph:
        statements: dict[Iri, dict[Iri, list[Term]]] = defaultdict(lambda: defaultdict(list))
        by_class: dict[Term, dict[Iri, None]] = defaultdict(dict)
        for quad in quads:
            statements[quad.subject][quad.predicate].append(quad.object)
            if quad.predicate == RDF_TYPE:
                by_class[quad.object][quad.subject] = None
        return cls(
            {subject: dict(said) for subject, said in statements.items()}, {kind: list(nodes) for kind, nodes in by_class.items()}
        )

    def subjects_with(self, predicate: Iri) -> list[Iri]:
        return [subject for subject, said in self.statements.items() if predicate in said]

    def in_order(self, kind: Iri) -> list[Iri]:
        """Return the nodes of a class that have a place in an order, in that order."""
        nodes = [node for node in self.by_class.get(kind, ()) if self.has(node, Vk.order)]
        return sorted(nodes, key=lambda node: self.integer(node, Vk.order))

    def parts(self, kind: Iri) -> Mapping[Iri, list[Iri]]:
        """Return the nodes of a class, in order, by what they are part of."""
        found: dict[Iri, list[Iri]] = defaultdict(list)
        for node in self.in_order(kind):
            found[self.iri(node, Dcterms.isPartOf)].append(node)
        return found

    def objects(self, node: Iri, predicate: Iri) -> list[Term]:
        said = self.statements.get(node)
        return said.get(predicate, []) if said is not None else []

    def has(self, node: Iri, predicate: Iri) -> bool:
        return bool(self.objects(node, predicate))

    def one(self, node: Iri, predicate: Iri) -> Term:
        objects = self.objects(node, predicate)
        if not objects:
            raise UsageError(f"not the graph of a document: <{node}> has no <{predicate}>")
        return objects[0]

    def iri(self, node: Iri, predicate: Iri) -> Iri:
        term = self.one(node, predicate)
        if isinstance(term, Literal):
            raise UsageError(f"not the graph of a document: <{predicate}> of <{node}> is a literal")
        return term

    def text(self, node: Iri, predicate: Iri) -> str:
        term = self.one(node, predicate)
        return term.value if isinstance(term, Literal) else term

    def optional_text(self, node: Iri, predicate: Iri) -> str | None:
        return self.text(node, predicate) if self.has(node, predicate) else None

    def integer(self, node: Iri, predicate: Iri) -> int:
        return int(self.text(node, predicate))

    def optional_integer(self, node: Iri, predicate: Iri) -> int | None:
        return self.integer(node, predicate) if self.has(node, predicate) else None

    def optional_decimal(self, node: Iri, predicate: Iri) -> Decimal | None:
        return Decimal(self.text(node, predicate)) if self.has(node, predicate) else None

    def optional_day(self, node: Iri, predicate: Iri) -> date | None:
        return date.fromisoformat(self.text(node, predicate)) if self.has(node, predicate) else None

    def boolean(self, node: Iri, predicate: Iri) -> bool:
        return self.text(node, predicate) == "true"

    def key(self, node: Iri, predicate: Iri) -> str | None:
        """Return the key in the lexicon of the entry that a node points at."""
        return key_of(self.iri(node, predicate)) if self.has(node, predicate) else None

    def path(self, node: Iri, predicate: Iri) -> str | None:
        """Return the path of the place that a node points at."""
        return self.text(self.iri(node, predicate), Vk.path) if self.has(node, predicate) else None

    def quote(self, node: Iri, relation: Iri = Vk.evidence) -> Quote:
        selector = self.iri(self.iri(node, relation), Oa.hasSelector)
        position = self.iri(selector, Oa.refinedBy)
        return Quote(self.integer(position, Oa.start), self.integer(position, Oa.end), self.text(selector, Oa.exact))

    def optional_quote(self, node: Iri, relation: Iri) -> Quote | None:
        return self.quote(node, relation) if self.has(node, relation) else None

    def span(self, node: Iri, relation: Iri = Vk.evidence) -> Span:
        position = self.iri(self.iri(node, relation), Oa.hasSelector)
        return Span(self.integer(position, Oa.start), self.integer(position, Oa.end))
