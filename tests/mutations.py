"""Random damage to a document's graph, one mutation at a time: what quality shapes and evidence checks have to notice.

Every mutation draws uniformly over the triples, or nodes, that it can be done to. One that leaves the graph as it was (a value
replaced by itself, a triple added that is there) is no damage and gives None.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from vetkb.engine import XSD, Iri, Literal, Quad, RdfStore, Term
from vetkb.engine.convert import from_quad
from vetkb.errors import UsageError
from vetkb.graph.read import from_quads
from vetkb.graph.terms import RDF_TYPE, RDFS_LABEL, Cv, Oa, Skos, Vk
from vetkb.graph.write import to_quads
from vetkb.validate.compiled import Constraint, run_constraints
from vetkb.validate.engines import compiled_files
from vetkb.validate.evidence import check_evidence

_TEXTS = (Skos.prefLabel, RDFS_LABEL, Vk.text, Vk.surface, Vk.heading, Vk.label, Oa.exact, Vk.path)
_USUAL = 40
_STEPS = (-10, -3, -2, -1, 1, 2, 3, 10)
_DAYS = (-400, -365, -31, -1, 1, 31, 365, 400)


@dataclass(frozen=True)
class Damage:
    """Statements that are gone, and statements that are new."""

    gone: tuple[Quad, ...]
    new: tuple[Quad, ...] = ()


class Drawn:
    """The graph of a document, as mutations draw from it."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        self.quads = tuple(quads)
        self.known = frozenset(quads)
        self.nodes = sorted({quad.subject for quad in quads})
        self.kinds: dict[Term, set[Term]] = defaultdict(set)
        self.of_kind: dict[Term, list[Iri]] = defaultdict(list)
        self.values: dict[Iri, list[Term]] = defaultdict(list)
        for quad in quads:
            if quad.predicate == RDF_TYPE:
                self.kinds[quad.subject].add(quad.object)
                self.of_kind[quad.object].append(quad.subject)
            self.values[quad.predicate].append(quad.object)
        self.values = {predicate: list(dict.fromkeys(terms)) for predicate, terms in self.values.items()}

    def any(self, chance: Random, wanted: Callable[[Quad], bool] = lambda _: True) -> Quad:
        return chance.choice([quad for quad in self.quads if wanted(quad)])


Mutation = Callable[[Drawn, Random], Damage | None]


def _other(chance: Random, terms: Sequence[Term], old: Term) -> Term | None:
    left = [term for term in terms if term != old]
    return chance.choice(left) if left else None


def _changed(quad: Quad, term: Term | None) -> Damage | None:
    return Damage((quad,), (replace(quad, object=term),)) if term is not None and term != quad.object else None


def _another(chance: Random, drawn: Drawn, quad: Quad) -> Term | None:
    """Return a literal like the one of a statement: another number, date or truth, a text with a fault, or another value."""
    old = quad.object
    assert isinstance(old, Literal)
    value, kind = old.value, (old.datatype or "").removeprefix(XSD)
    if kind == "integer":
        return replace(old, value=str(int(value) + chance.choice(_STEPS)))
    if kind == "decimal":
        number = Decimal(value)
        return replace(old, value=format(chance.choice([number + 1, number - 1, number * 10, number / 10, number * 2]), "f"))
    if kind == "date":
        return replace(old, value=(date.fromisoformat(value) + timedelta(chance.choice(_DAYS))).isoformat())
    if kind == "boolean":
        return replace(old, value="false" if value == "true" else "true")
    how = chance.choice(("empty", "cut", "character", "other"))
    if how == "other":
        return _other(chance, drawn.values[quad.predicate], old)
    if how == "empty" or not value:
        return replace(old, value="" if value else "囧")
    at = chance.randrange(len(value))
    return replace(old, value=value[:-1] if how == "cut" else value[:at] + chance.choice("囧一的二0") + value[at + 1 :])


# --- the mutations -----------------------------------------------------------------------------------


def drop_a_term(drawn: Drawn, chance: Random) -> Damage:
    """Leave one statement out."""
    return Damage((drawn.any(chance),))


def swap_a_role(drawn: Drawn, chance: Random) -> Damage | None:
    """Give a party another role."""
    quad = drawn.any(chance, lambda q: q.predicate == Cv.role)
    return _changed(quad, _other(chance, (Vk.Lead, Vk.Support, Vk.Responsible, Vk.Guide), quad.object))


def move_an_offset(drawn: Drawn, chance: Random) -> Damage | None:
    """Move the start or end of a place by a few characters."""
    quad = drawn.any(chance, lambda q: q.predicate in (Oa.start, Oa.end))
    assert isinstance(quad.object, Literal)
    return _changed(quad, replace(quad.object, value=str(int(quad.object.value) + chance.choice((-8, -3, -2, -1, 1, 2, 3, 8)))))


def empty_a_label(drawn: Drawn, chance: Random) -> Damage | None:
    """Take the words out of a text."""
    quad = drawn.any(chance, lambda q: q.predicate in _TEXTS and isinstance(q.object, Literal) and q.object.value != "")
    assert isinstance(quad.object, Literal)
    return _changed(quad, replace(quad.object, value=""))


def point_elsewhere(drawn: Drawn, chance: Random) -> Damage | None:
    """Let a relation lead to another node of the same class, or to another value of the relation."""
    quad = drawn.any(chance, lambda q: isinstance(q.object, Iri))
    kinds = sorted(drawn.kinds.get(quad.object, ())) if quad.predicate != RDF_TYPE else []
    same = drawn.of_kind[chance.choice(kinds)] if kinds else ()
    return _changed(quad, _other(chance, same, quad.object) or _other(chance, drawn.values[quad.predicate], quad.object))


def change_a_literal(drawn: Drawn, chance: Random) -> Damage | None:
    """Change a number, a date, a truth, a unit, a kind or a text."""
    quad = drawn.any(chance, lambda q: isinstance(q.object, Literal))
    return _changed(quad, _another(chance, drawn, quad))


def change_a_fact(drawn: Drawn, chance: Random) -> Damage | None:
    """The same away from quotations and offsets, which are half of all literals."""
    quad = drawn.any(chance, lambda q: isinstance(q.object, Literal) and q.predicate not in (Oa.start, Oa.end, Oa.exact))
    return _changed(quad, _another(chance, drawn, quad))


def say_twice(drawn: Drawn, chance: Random) -> Damage | None:
    """Give a property one value more."""
    quad = drawn.any(chance)
    term = _other(chance, drawn.values[quad.predicate], quad.object)
    if term is None and isinstance(quad.object, Literal):
        term = _another(chance, drawn, quad)
    more = replace(quad, object=term) if term is not None else quad
    return Damage((), (more,)) if more not in drawn.known else None


def forget_a_node(drawn: Drawn, chance: Random) -> Damage:
    """Leave out all that is said of a node."""
    node = chance.choice(drawn.nodes)
    return Damage(tuple(quad for quad in drawn.quads if quad.subject == node))


def forget_it_whole(drawn: Drawn, chance: Random) -> Damage:
    """Leave out a node with its evidence, its parts and what points at it."""
    node = chance.choice([node for node in drawn.nodes if "__evidence" not in node])
    gone = {other for other in drawn.nodes if other == node or other.startswith(f"{node}__")}
    return Damage(tuple(quad for quad in drawn.quads if quad.subject in gone or quad.object in gone))


MUTATIONS: tuple[Mutation, ...] = (
    *(drop_a_term, swap_a_role, move_an_offset, empty_a_label, point_elsewhere),
    *(change_a_literal, change_a_fact, say_twice, forget_a_node, forget_it_whole),
)


def draw(drawn: Drawn, mutations: Sequence[Mutation], number: int, seed: str) -> Iterator[tuple[str, Damage]]:
    """Yield so many mutations of each kind, with its name; the same for the same seed."""
    for mutation in mutations:
        chance = Random(f"{seed} {mutation.__name__}")  # noqa: S311 (a choice of damage, not a secret)
        left = number
        while left:
            damage = mutation(drawn, chance)
            if damage is not None:
                left -= 1
                yield mutation.__name__, damage


# --- what notices them -------------------------------------------------------------------------------


class Watch:
    """A document's graph under its checks: shapes and evidence, and apart from them the round trip.

    Nothing is compared with the graph as it was. A shape that has noticed something is asked first the next time.
    """

    def __init__(self, quads, document, text, lexicon) -> None:
        self.drawn, self._document, self._text, self._lexicon = Drawn(quads), document, text, lexicon
        self._store = RdfStore.memory()
        self._store.add(quads)
        self._constraints = list(compiled_files("quality").constraints)

    def noticed(self, damage: Damage, *, round_trip: bool = False) -> bool:
        new = tuple(quad for quad in damage.new if quad not in self.drawn.known)
        self._edit(damage.gone, new)
        try:
            usual, rest = self._constraints[:_USUAL], self._constraints[_USUAL:]  # cheap first: most damage ends here
            return (
                self._by_shapes(usual)
                or self._by_evidence()
                or self._by_shapes(rest)
                or (round_trip and self._by_round_trip(damage))
            )
        finally:
            self._edit(new, damage.gone)

    def _edit(self, gone: Sequence[Quad], new: Sequence[Quad]) -> None:
        for quad in (from_quad(one) for statement in gone for one in (statement, replace(statement, graph=None))):
            self._store._store.remove(quad)
        self._store.add(new)

    def _by_shapes(self, constraints: Sequence[Constraint]) -> bool:
        for constraint in constraints:
            if any(result.severity == "violation" for result in run_constraints(self._store, [constraint])):
                self._constraints.remove(constraint)
                self._constraints.insert(0, constraint)
                return True
        return False

    def _by_evidence(self) -> bool:
        return bool(check_evidence(self._store, {self._document: self._text}, self._lexicon))

    def _by_round_trip(self, damage: Damage) -> bool:
        gone = set(damage.gone)
        damaged = [quad for quad in self.drawn.quads if quad not in gone] + list(damage.new)
        try:
            return set(to_quads(*from_quads(damaged), self._lexicon)) != set(damaged)
        except UsageError:
            return True
