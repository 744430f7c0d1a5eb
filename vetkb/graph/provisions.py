"""Provisions ⇄ triples: who pays whom, what is rewarded or punished, who may do what, what becomes how, and for whom.

A part of a provision is a mention: its words, their place, and what they refer to (an agency, a group, a kind of people or
places, else a term of the document). What researchers ask for stands on the provision itself too (vk:payer, vk:appliesTo …).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from vetkb.engine import Iri, Literal
from vetkb.graph import names
from vetkb.graph.agents import Agents
from vetkb.graph.nodes import Graph
from vetkb.graph.terms import RDF_TYPE, RDFS_LABEL, Lrmlmm, Nrv, Prov, Skos, Vk
from vetkb.graph.triples import Triples, boolean, chinese, integer
from vetkb.model import Part, Provision
from vetkb.text import Quote

_CLASSES: Final[Mapping[str, Iri]] = {
    "funding": Vk.FundingRule,
    "reward": Vk.Incentive,
    "basis": Vk.Incentive,
    "sanction": Nrv.Compensation,
    "right": Lrmlmm.Right,
    "goal": Vk.Goal,
    "benefit": Vk.Measure,
}
# What a part is to its provision; the others name the provision itself or say how far it goes.
_RELATIONS: Final[Mapping[str, Iri]] = {
    "payer": Vk.payer,
    "fund": Vk.fundSource,
    "recipient": Vk.recipient,
    "subject": Vk.appliesTo,
    "imposer": Vk.imposedBy,
    "holder": Vk.holder,
    "beneficiary": Vk.beneficiary,
}
_NAMES_IT: Final[Mapping[str, str]] = {
    "funding": "fund",
    "reward": "measure",
    "basis": "measure",
    "sanction": "measure",
    "right": "right",
    "goal": "subject",
}

Prove = Callable[[Iri, Quote, str], None]


class ProvisionWriter:
    """Writes the provisions of one document."""

    def __init__(
        self, triples: Triples, agents: Agents, quantities: Sequence[Iri], schedules: Sequence[Iri], prove: Prove
    ) -> None:
        self._triples = triples
        self._agents = agents
        self._quantities = quantities
        self._schedules = schedules
        self._prove = prove

    def write(self, provision: Provision, order: int) -> None:
        triples = self._triples
        node = triples.fact(provision.item, provision.kind)
        triples.node(node, Vk.Provision, order, provision.item)
        triples.add(node, RDF_TYPE, _CLASSES[provision.kind])
        triples.add(node, Vk.provisionKind, Literal(provision.kind))
        if provision.kind == "goal":
            triples.add(node, Vk.qualitative, boolean(True))
        for place, part in enumerate(provision.parts, 1):
            self._part(node, provision.kind, part, place)
        triples.add(node, Vk.amount, *(self._quantities[place] for place in provision.quantities))
        if provision.deadline is not None:
            triples.add(node, Vk.schedule, self._schedules[provision.deadline])
        self._prove(node, provision.evidence, provision.rule)

    def _part(self, node: Iri, kind: str, part: Part, place: int) -> None:
        triples, words = self._triples, part.quote.words
        mention = Iri(f"{node}__part_{place}")
        triples.add(node, Vk.mention, mention)
        triples.add(mention, RDF_TYPE, Vk.Mention)
        triples.add(mention, Vk.order, integer(place))
        triples.add(mention, Vk.mentionRole, Literal(part.role))
        triples.add(mention, Vk.surface, chinese(words))
        triples.quote(mention, part.quote)
        if part.role == _NAMES_IT.get(kind):
            triples.add_once(node, RDFS_LABEL, chinese(words))
        if part.role == "level":
            triples.add_once(node, Vk.level, chinese(words))
        elif part.role == "trigger":
            triples.add(node, Vk.triggeredBy, mention)
        elif part.role in _RELATIONS and not (kind == "goal" and part.role == "subject"):
            meant = self._meant(part.role, words)
            triples.add(mention, Vk.refersTo, meant)
            triples.add_once(node, _RELATIONS[part.role], meant)

    def _meant(self, role: str, words: str) -> Iri:
        """Return what words refer to: a group of people, an agency, a kind of body, else a term of the document."""
        lexicon = self._agents.lexicon
        known = lexicon.beneficiaries.get(words) or lexicon.kinds.get(words)
        if known is not None:
            return Iri(known)
        if role not in ("fund", "beneficiary"):
            agent = self._agents.write_known(words)
            if agent is not None:
                return agent
        term = names.document_term(self._triples.document, words)
        if self._triples.first_time(term):
            self._triples.add(term, RDF_TYPE, Skos.Concept)
            self._triples.add(term, Skos.prefLabel, chinese(words))
        return term


def read_provisions(graph: Graph, quantities: Mapping[Iri, int], schedules: Mapping[Iri, int]) -> tuple[Provision, ...]:
    """Return the provisions of a document's graph, in their order."""
    return tuple(_provision(graph, node, quantities, schedules) for node in graph.in_order(Vk.Provision))


def _provision(graph: Graph, node: Iri, quantities: Mapping[Iri, int], schedules: Mapping[Iri, int]) -> Provision:
    mentions = [term for term in graph.objects(node, Vk.mention) if isinstance(term, Iri)]
    parts = (
        Part(cast("Any", graph.text(mention, Vk.mentionRole)), graph.quote(mention))
        for mention in sorted(mentions, key=lambda mention: graph.integer(mention, Vk.order))
    )
    return Provision(
        kind=cast("Any", graph.text(node, Vk.provisionKind)),
        item=graph.path(node, Vk.item),
        evidence=graph.quote(node),
        parts=tuple(parts),
        quantities=tuple(sorted(quantities[term] for term in graph.objects(node, Vk.amount) if isinstance(term, Iri))),
        deadline=schedules[graph.iri(node, Vk.schedule)] if graph.has(node, Vk.schedule) else None,
        rule=graph.text(graph.iri(node, Prov.wasGeneratedBy), Vk.rule),
    )
