"""Triples → Facts: the mirror of `vetkb.graph.write_facts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from vetkb.engine import Iri, Term
from vetkb.graph.nodes import Graph
from vetkb.graph.provisions import read_provisions
from vetkb.graph.terms import RDFS_LABEL, Cv, Prov, Qudt, Skos, Vk
from vetkb.graph.write_facts import BASES, ROLES, SCHEDULE_KINDS
from vetkb.model import (
    Citation,
    Deadline,
    Effect,
    Facts,
    Party,
    Programme,
    Quantity,
    Responsibility,
    Statement,
    Task,
)


def _reversed(table: Mapping[str, Iri]) -> dict[Term, Any]:
    return {iri: word for word, iri in table.items()}


_ROLES, _BASES, _SCHEDULE_KINDS = _reversed(ROLES), _reversed(BASES), _reversed(SCHEDULE_KINDS)


def read_facts(graph: Graph) -> Facts:
    """Return the facts of a document's graph, each kind in its order."""
    sentences = {node: place for place, node in enumerate(graph.in_order(Vk.Sentence))}
    schedules = {node: place for place, node in enumerate(graph.in_order(Vk.Schedule))}
    quantities = {node: place for place, node in enumerate(graph.in_order(Vk.Quantity))}
    return Facts(
        statements=tuple(_statement(graph, node, sentences) for node in graph.in_order(Vk.Statement)),
        tasks=tuple(_task(graph, node) for node in graph.in_order(Vk.Task)),
        responsibilities=tuple(_responsibility(graph, node) for node in graph.in_order(Vk.Assignment)),
        deadlines=tuple(_deadline(graph, node) for node in schedules),
        quantities=tuple(_quantity(graph, node, schedules, quantities) for node in quantities),
        citations=tuple(_citation(graph, node) for node in graph.in_order(Vk.Citation)),
        programmes=tuple(_programme(graph, node) for node in graph.in_order(Vk.Programme)),
        effects=tuple(_effect(graph, node) for node in graph.in_order(Vk.Effect)),
        provisions=read_provisions(graph, quantities, schedules),
    )


def _rule(graph: Graph, node: Iri) -> str:
    return graph.text(graph.iri(node, Prov.wasGeneratedBy), Vk.rule)


def _statement(graph: Graph, node: Iri, sentences: Mapping[Iri, int]) -> Statement:
    return Statement(
        sentence=sentences[graph.iri(node, Vk.sentence)],
        item=graph.path(node, Vk.item),
        evidence=graph.quote(node),
        modality=cast("Any", graph.text(node, Vk.modality)),
        force=graph.optional_quote(node, Vk.forceEvidence),
        rule=_rule(graph, node),
    )


def _task(graph: Graph, node: Iri) -> Task:
    return Task(
        ordinal=graph.optional_integer(node, Vk.ordinal),
        item=graph.path(node, Vk.item) or "",
        evidence=graph.quote(node),
        text=graph.text(node, Vk.text),
        group=graph.path(node, Vk.group),
        schedule=graph.optional_quote(node, Vk.scheduleEvidence),
        continuous=graph.boolean(node, Vk.continuous),
        rule=_rule(graph, node),
    )


def _responsibility(graph: Graph, node: Iri) -> Responsibility:
    parties = [term for term in graph.objects(node, Cv.hasParticipation) if isinstance(term, Iri)]
    return Responsibility(
        item=graph.path(node, Vk.item),
        evidence=graph.quote(node),
        open=graph.boolean(node, Vk.open),
        inherited=graph.boolean(node, Vk.inherited),
        parties=tuple(_party(graph, party) for party in sorted(parties, key=lambda party: graph.integer(party, Vk.order))),
        rule=_rule(graph, node),
    )


def _party(graph: Graph, node: Iri) -> Party:
    return Party(
        surface=graph.quote(node),
        role=_ROLES[graph.one(node, Cv.role)],
        basis=_BASES[graph.one(node, Vk.roleBasis)],
        position=graph.integer(node, Vk.listPosition),
        kind=cast("Any", graph.text(node, Vk.partyKind)),
        organ=graph.key(node, Vk.organType),
        division=graph.key(node, Vk.division),
        group=graph.key(node, Cv.hasParticipant) if graph.has(node, Vk.groupKind) else None,
    )


def _deadline(graph: Graph, node: Iri) -> Deadline:
    return Deadline(
        item=graph.path(node, Vk.item),
        evidence=graph.quote(node),
        kind=_SCHEDULE_KINDS[graph.one(node, Vk.scheduleKind)],
        earliest=graph.optional_day(node, Vk.earliest),
        latest=graph.optional_day(node, Vk.latest),
        basis=_BASES[graph.one(node, Vk.dateBasis)],
        recurrence=graph.optional_text(node, Vk.recurrence),
        rule=_rule(graph, node),
    )


def _quantity(graph: Graph, node: Iri, schedules: Mapping[Iri, int], quantities: Mapping[Iri, int]) -> Quantity:
    bound = graph.iri(node, Vk.bound)
    return Quantity(
        item=graph.path(node, Vk.item),
        evidence=graph.quote(node),
        comparator=cast("Any", graph.text(node, Vk.surfaceComparator)),
        value=graph.optional_decimal(bound, Qudt.numericValue),
        minimum=graph.optional_decimal(bound, Qudt.lowerBound),
        maximum=graph.optional_decimal(bound, Qudt.upperBound),
        unit=graph.optional_text(node, Vk.unit),
        per=graph.optional_text(node, Vk.per),
        indicator=graph.text(node, RDFS_LABEL),
        scope=graph.optional_text(node, Vk.population),
        area=graph.optional_text(node, Vk.area),
        role=cast("Any", graph.text(node, Vk.targetRole)),
        deadline=schedules[graph.iri(node, Vk.schedule)] if graph.has(node, Vk.schedule) else None,
        parent=quantities[graph.iri(node, Vk.partOf)] if graph.has(node, Vk.partOf) else None,
        rule=_rule(graph, node),
    )


def _citation(graph: Graph, node: Iri) -> Citation:
    return Citation(
        item=graph.path(node, Vk.item),
        evidence=graph.quote(node),
        title=graph.optional_text(node, Vk.citedTitle),
        identifier=graph.optional_text(node, Vk.citedIdentifier),
        mode=graph.optional_text(node, Vk.citationMode),
        rule=_rule(graph, node),
    )


def _programme(graph: Graph, node: Iri) -> Programme:
    return Programme(
        item=graph.path(node, Vk.item),
        evidence=graph.quote(node),
        name=graph.text(node, Skos.prefLabel),
        broader=graph.text(graph.iri(node, Skos.broader), Skos.prefLabel) if graph.has(node, Skos.broader) else None,
        rule=_rule(graph, node),
    )


def _effect(graph: Graph, node: Iri) -> Effect:
    return Effect(
        evidence=graph.quote(node),
        start=graph.optional_day(node, Vk.earliest),
        end=graph.optional_day(node, Vk.latest),
        rule=_rule(graph, node),
    )
