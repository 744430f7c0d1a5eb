"""Facts → triples: statements, tasks and who does them, schedules, targets, citations, programmes, effects."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from vetkb.engine import Iri, Literal
from vetkb.extract.agencies import division_of
from vetkb.graph import names
from vetkb.graph.agents import Agents
from vetkb.graph.provisions import ProvisionWriter
from vetkb.graph.terms import RDF_TYPE, RDFS_LABEL, Cv, Eli, Lrmlmm, Nrv, Odrl, Qudt, Skos, Vk
from vetkb.graph.triples import Triples, boolean, chinese, day, decimal, integer
from vetkb.model import (
    Citation,
    Deadline,
    Document,
    Effect,
    Facts,
    Lexicon,
    Party,
    Programme,
    Quantity,
    Responsibility,
    Statement,
    Task,
)
from vetkb.text import Quote
from vetkb.zh.document_numbers import parse_document_number

ROLES: Final[Mapping[str, Iri]] = {
    "lead": Vk.Lead,
    "support": Vk.Support,
    "responsible": Vk.Responsible,
    "guide": Vk.Guide,
}
BASES: Final[Mapping[str, Iri]] = {"stated": Vk.Stated, "by-position": Vk.ByPosition, "assumed": Vk.Assumed}
SCHEDULE_KINDS: Final[Mapping[str, Iri]] = {
    "by": Vk.By,
    "from": Vk.From,
    "during": Vk.During,
    "recurring": Vk.Recurring,
    "relative": Vk.Relative,
}
# A range has two bounds and no comparator; about a number is that number, marked approximate.
COMPARATORS: Final[Mapping[str, Iri]] = {
    ">=": Odrl.gteq,
    "<=": Odrl.lteq,
    ">": Odrl.gt,
    "<": Odrl.lt,
    "=": Odrl.eq,
    "approx": Odrl.eq,
}
_DEONTIC: Final[Mapping[str, Iri]] = {
    "obligation": Lrmlmm.Obligation,
    "permission": Lrmlmm.Permission,
    "prohibition": Lrmlmm.Prohibition,
    "encouragement": Vk.Encouragement,
}
# What a document says it carries out is its parent; what it merely cites is not.
_IMPLEMENTING = ("贯彻", "落实")
# A number that binds is a target; a baseline or a count of a list only describes.
_BINDING_ROLES = frozenset({"target", "standard", "duration"})


class FactWriter:
    """Writes the facts of one document; tasks, schedules and parties find each other by the item they share."""

    def __init__(self, triples: Triples, document: Document, facts: Facts, sentences: Sequence[Iri], agents: Agents) -> None:
        self._triples = triples
        self._facts = facts
        self._sentences = sentences
        self._agents = agents
        self._own_number = document.identifier.value if document.identifier else None
        self._spans = sorted((s.span.start, s.span.end, node) for s, node in zip(document.sentences, sentences, strict=True))
        self._indicators = _indicators(agents.lexicon)
        self._schedules = [triples.fact(deadline.item, "schedule") for deadline in facts.deadlines]
        self._targets = [triples.fact(quantity.item, "target") for quantity in facts.quantities]
        self._programmes = [triples.fact(programme.item, "programme") for programme in facts.programmes]
        self._schedules_of: dict[str | None, list[Iri]] = defaultdict(list)
        for deadline, node in zip(facts.deadlines, self._schedules, strict=True):
            self._schedules_of[deadline.item].append(node)
        self._assignments_of: dict[str | None, list[tuple[Iri, list[Iri]]]] = defaultdict(list)

    def write(self) -> None:
        for order, statement in enumerate(self._facts.statements, 1):
            self._statement(statement, order)
        for order, responsibility in enumerate(self._facts.responsibilities, 1):
            self._assignment(responsibility, order)
        for order, task in enumerate(self._facts.tasks, 1):
            self._task(task, order)
        for order, deadline in enumerate(self._facts.deadlines, 1):
            self._schedule(deadline, order)
        for order, quantity in enumerate(self._facts.quantities, 1):
            self._quantity(quantity, order)
        for order, citation in enumerate(self._facts.citations, 1):
            self._citation(citation, order)
        for order, programme in enumerate(self._facts.programmes, 1):
            self._programme(programme, order)
        for order, effect in enumerate(self._facts.effects, 1):
            self._effect(effect, order)
        provisions = ProvisionWriter(self._triples, self._agents, self._targets, self._schedules, self._proof)
        for order, provision in enumerate(self._facts.provisions, 1):
            provisions.write(provision, order)

    def _proof(self, node: Iri, evidence: Quote, rule: str) -> None:
        """Write what proves a fact: its words, the sentence they stand in, and the rule that found it."""
        place = bisect_right(self._spans, (evidence.start, sys.maxsize)) - 1
        if place >= 0 and evidence.end <= self._spans[place][1]:
            self._triples.add_once(node, Vk.sentence, self._spans[place][2])
        self._triples.quote(node, evidence)
        self._triples.generated_by(node, rule)

    def _statement(self, statement: Statement, order: int) -> None:
        triples = self._triples
        node = triples.fact(statement.item, "statement")
        triples.node(node, Vk.Statement, order, statement.item)
        if statement.modality in _DEONTIC:
            triples.add(node, RDF_TYPE, _DEONTIC[statement.modality])
        triples.add(node, Vk.modality, Literal(statement.modality))
        triples.add_once(node, Vk.sentence, self._sentences[statement.sentence])
        if statement.force is not None:
            triples.add(node, Vk.forceTerm, chinese(statement.force.text))
            triples.quote(node, statement.force, Vk.forceEvidence, "force")
        triples.quote(node, statement.evidence)
        triples.generated_by(node, statement.rule)

    def _assignment(self, responsibility: Responsibility, order: int) -> None:
        triples = self._triples
        node = triples.fact(responsibility.item, "assignment")
        triples.node(node, Vk.Assignment, order, responsibility.item)
        triples.add(node, Vk.open, boolean(responsibility.open))
        triples.add(node, Vk.inherited, boolean(responsibility.inherited))
        parties = [self._participation(party, node, place) for place, party in enumerate(responsibility.parties, 1)]
        triples.add(node, Cv.hasParticipation, *parties)
        self._proof(node, responsibility.evidence, responsibility.rule)
        self._assignments_of[responsibility.item].append((node, parties))

    def _participation(self, party: Party, assignment: Iri, place: int) -> Iri:
        triples = self._triples
        node = Iri(f"{assignment}__party_{place}")
        triples.add(node, RDF_TYPE, Cv.Participation)
        triples.add(node, Vk.order, integer(place))
        triples.add(node, Cv.hasParticipant, self._agents.write(party, party.surface.words))
        triples.add(node, Cv.role, ROLES[party.role])
        triples.add(node, Vk.roleBasis, BASES[party.basis])
        triples.add(node, Vk.listPosition, integer(party.position))
        triples.add(node, Vk.partyKind, Literal(party.kind))
        triples.add(node, Vk.surface, chinese(party.surface.words))
        if party.organ is not None:
            triples.add(node, Vk.organType, names.organ(party.organ))
        if party.division is not None:
            triples.add(node, Vk.division, names.division(party.division))
        if party.group is not None:
            triples.add(node, Vk.groupKind, names.group_kind(party.group.partition("/")[0]))
        triples.quote(node, party.surface)
        return node

    def _task(self, task: Task, order: int) -> None:
        triples = self._triples
        # A row or clause has one task as a rule, so that its name needs no number.
        node = Iri(triples.fact(task.item, "task").removesuffix("_1"))
        triples.node(node, Vk.Task, order, task.item)
        triples.add(node, RDF_TYPE, Lrmlmm.Obligation)
        if task.ordinal is not None:
            triples.add(node, Vk.ordinal, integer(task.ordinal))
        triples.add(node, Vk.text, chinese(task.text))
        triples.add(node, RDFS_LABEL, chinese(task.text))
        if task.group is not None:
            triples.add(node, Vk.group, triples.place(task.group))
        if task.schedule is not None:
            triples.add(node, Vk.scheduleText, chinese(task.schedule.text))
            triples.quote(node, task.schedule, Vk.scheduleEvidence, "schedule_text")
        triples.add(node, Vk.continuous, boolean(task.continuous))
        if task.continuous:
            triples.add(node, RDF_TYPE, Nrv.Maintenance)
            triples.add(node, Vk.scheduleKind, Vk.Continuous)
        triples.add(node, Vk.schedule, *self._schedules_of.get(task.item, ()))
        for assignment, parties in self._assignments_of.get(task.item, ()):
            triples.add(node, Vk.assignment, assignment)
            triples.add(node, Cv.hasParticipation, *parties)
        self._proof(node, task.evidence, task.rule)

    def _schedule(self, deadline: Deadline, order: int) -> None:
        triples, node = self._triples, self._schedules[order - 1]
        triples.node(node, Vk.Schedule, order, deadline.item)
        triples.add(node, Vk.scheduleKind, SCHEDULE_KINDS[deadline.kind])
        if deadline.earliest is not None:
            triples.add(node, Vk.earliest, day(deadline.earliest))
        if deadline.latest is not None:
            triples.add(node, Vk.latest, day(deadline.latest))
        triples.add(node, Vk.dateBasis, BASES[deadline.basis])
        if deadline.recurrence is not None:
            triples.add(node, Vk.recurrence, Literal(deadline.recurrence))
        triples.add(node, Vk.surface, chinese(deadline.evidence.text))
        self._proof(node, deadline.evidence, deadline.rule)

    def _quantity(self, quantity: Quantity, order: int) -> None:
        triples, node = self._triples, self._targets[order - 1]
        triples.node(node, Vk.Quantity, order, quantity.item)
        if quantity.role in _BINDING_ROLES:
            triples.add(node, RDF_TYPE, Vk.Target)
        triples.add(node, Vk.targetRole, Literal(quantity.role))
        triples.add(node, RDFS_LABEL, chinese(quantity.indicator))
        triples.add(node, Cv.constrains, self._indicator(quantity))
        triples.add(node, Vk.surfaceComparator, Literal(quantity.comparator))
        if quantity.comparator in COMPARATORS:
            triples.add(node, Vk.comparator, COMPARATORS[quantity.comparator])
        triples.add(node, Vk.approximate, boolean(quantity.comparator == "approx"))
        self._bound(quantity, node)
        triples.add_text(node, Vk.unit, quantity.unit)
        triples.add_text(node, Vk.per, quantity.per)
        triples.add_text(node, Vk.population, quantity.scope)
        triples.add_text(node, Vk.area, quantity.area)
        if quantity.deadline is not None:
            triples.add(node, Vk.schedule, self._schedules[quantity.deadline])
        if quantity.parent is not None:
            triples.add(node, Vk.partOf, self._targets[quantity.parent])
        self._proof(node, quantity.evidence, quantity.rule)

    def _bound(self, quantity: Quantity, target: Iri) -> None:
        triples, node = self._triples, Iri(f"{target}__bound")
        triples.add(target, Vk.bound, node)
        triples.add(node, RDF_TYPE, Qudt.QuantityValue)
        for relation, number in (
            (Qudt.numericValue, quantity.value),
            (Qudt.lowerBound, quantity.minimum),
            (Qudt.upperBound, quantity.maximum),
        ):
            if number is not None:
                triples.add(node, relation, decimal(number))
        unit = self._agents.lexicon.units.get(quantity.unit or "")
        if unit:
            triples.add(node, Qudt.hasUnit, Iri(unit))

    def _indicator(self, quantity: Quantity) -> Iri:
        """Write what a quantity measures: an indicator that every document shares, or one of this document."""
        triples, label = self._triples, quantity.indicator
        key = self._indicators.get((label, quantity.scope))
        if key is not None:
            node = names.indicator(key)
            if triples.first_time(node):
                triples.add(node, RDF_TYPE, Vk.Indicator)
                triples.add(node, Skos.prefLabel, chinese(self._agents.lexicon.indicators[key][0]))
                triples.add(node, Skos.notation, Literal(key))
                triples.add_text(node, Vk.population, quantity.scope)
            return node
        node = names.document_indicator(triples.document, label, quantity.scope, quantity.unit)
        if triples.first_time(node):
            triples.add(node, RDF_TYPE, Vk.Indicator)
            triples.add(node, Skos.prefLabel, chinese(label))
            triples.add(node, Skos.notation, Literal(names.indicator_code(label, quantity.scope, quantity.unit)))
            triples.add_text(node, Vk.population, quantity.scope)
            triples.add_text(node, Vk.unit, quantity.unit)
        return node

    def _citation(self, citation: Citation, order: int) -> None:
        triples = self._triples
        node = triples.fact(citation.item, "citation")
        cited = names.cited_iri(citation, self._division_of_cited(citation), self._agents.lexicon)
        triples.node(node, Vk.Citation, order, citation.item)
        triples.add(node, Vk.cited, cited)
        triples.add_text(node, Vk.citedTitle, citation.title)
        if citation.identifier is not None:
            triples.add(node, Vk.citedIdentifier, Literal(citation.identifier))
        triples.add_text(node, Vk.citationMode, citation.mode)
        self._proof(node, citation.evidence, citation.rule)
        if cited == triples.document:
            return
        triples.add_once(triples.document, Eli.cites, cited)
        if citation.mode and any(word in citation.mode for word in _IMPLEMENTING):
            triples.add_once(triples.document, Eli.implements, cited)
        if citation.rule == "ended":
            triples.add_once(triples.document, Eli.repeals if citation.mode == "废止" else Eli.amends, cited)
        self._stub(cited, citation)

    def _division_of_cited(self, citation: Citation) -> str | None:
        """Return whose document is cited: by its title, its 机关代字, else the citing body's own where that begins alike."""
        for text in (citation.title, citation.identifier):
            division = division_of(text, self._agents.lexicon) if text else None
            if division is not None:
                return division
        own, cited = (parse_document_number(text) if text else None for text in (self._own_number, citation.identifier))
        return self._agents.division if own and cited and own.code[0] == cited.code[0] else None

    def _stub(self, cited: Iri, citation: Citation) -> None:
        triples = self._triples
        if triples.first_time(cited):
            triples.add(cited, RDF_TYPE, Eli.LegalResource)
            triples.add(cited, Vk.stub, boolean(True))
        if citation.identifier is not None:
            triples.add_once(cited, Eli.id_local, Literal(citation.identifier))
        if citation.title is not None:
            triples.add_once(cited, Eli.title, chinese(citation.title))

    def _programme(self, programme: Programme, order: int) -> None:
        triples, node = self._triples, self._programmes[order - 1]
        triples.node(node, Vk.Programme, order, programme.item)
        triples.add(node, Skos.prefLabel, chinese(programme.name))
        if programme.broader is not None:
            broader = Iri(f"{triples.document}/programme/{names.bounded(programme.broader)}")
            triples.add(node, Skos.broader, broader)
            if triples.first_time(broader):
                triples.add(broader, RDF_TYPE, Vk.Programme)
                triples.add(broader, Skos.prefLabel, chinese(programme.broader))
        self._proof(node, programme.evidence, programme.rule)

    def _effect(self, effect: Effect, order: int) -> None:
        triples = self._triples
        node = triples.fact(None, "effect")
        triples.node(node, Vk.Effect, order, None)
        if effect.start is not None:
            triples.add(node, Vk.earliest, day(effect.start))
            triples.add_once(triples.document, Eli.first_date_entry_in_force, day(effect.start))
        if effect.end is not None:
            triples.add(node, Vk.latest, day(effect.end))
            triples.add_once(triples.document, Eli.date_no_longer_in_force, day(effect.end))
        self._proof(node, effect.evidence, effect.rule)


def _indicators(lexicon: Lexicon) -> dict[tuple[str, str | None], str]:
    """Indicators by label and population: one label is as many indicators as it has populations."""
    return {
        (label, lexicon.indicator_populations.get(key)): key
        for key, labels in reversed(list(lexicon.indicators.items()))
        for label in labels
    }
