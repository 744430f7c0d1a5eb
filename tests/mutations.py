"""Random damage to a document's graph, one mutation at a time: what quality shapes and evidence checks have to notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from vetkb.engine import Iri, Literal, Quad
from vetkb.graph.terms import RDF_TYPE, RDFS_LABEL, Cv, Oa, Skos, Vk

Mutation = Callable[[Sequence[Quad], Random], list[Quad]]
_ROLES = (Vk.Lead, Vk.Support, Vk.Responsible, Vk.Guide)
_TEXTS = (Skos.prefLabel, RDFS_LABEL, Vk.text, Vk.surface, Vk.heading, Vk.label, Oa.exact, Vk.path)


def _change(quads: Sequence[Quad], place: int, **fields: object) -> list[Quad]:
    return [replace(q, **fields) if at == place else q for at, q in enumerate(quads)]  # type: ignore[arg-type]


def _any(quads: Sequence[Quad], chance: Random, wanted: Callable[[Quad], bool]) -> int:
    return chance.choice([at for at, quad in enumerate(quads) if wanted(quad)])


def drop_a_term(quads: Sequence[Quad], chance: Random) -> list[Quad]:
    """Leave one statement out."""
    place = chance.randrange(len(quads))
    return [quad for at, quad in enumerate(quads) if at != place]


def swap_a_role(quads: Sequence[Quad], chance: Random) -> list[Quad]:
    """Give a party another role."""
    place = _any(quads, chance, lambda q: q.predicate == Cv.role)
    return _change(quads, place, object=chance.choice([role for role in _ROLES if role != quads[place].object]))


def move_an_offset(quads: Sequence[Quad], chance: Random) -> list[Quad]:
    """Move the start or end of a place by a few characters."""
    place = _any(quads, chance, lambda q: q.predicate in (Oa.start, Oa.end))
    old = quads[place].object
    assert isinstance(old, Literal)
    return _change(quads, place, object=Literal(str(int(old.value) + chance.choice([-3, -2, -1, 1, 2, 3])), old.datatype))


def empty_a_label(quads: Sequence[Quad], chance: Random) -> list[Quad]:
    """Take the words out of a text."""
    place = _any(quads, chance, lambda q: q.predicate in _TEXTS and isinstance(q.object, Literal) and q.object.value != "")
    old = quads[place].object
    assert isinstance(old, Literal)
    return _change(quads, place, object=Literal("", old.datatype, old.language))


def change_a_word(quads: Sequence[Quad], chance: Random) -> list[Quad]:
    """Change one character of a text."""
    place = _any(quads, chance, lambda q: q.predicate in _TEXTS and isinstance(q.object, Literal) and q.object.value != "")
    old = quads[place].object
    assert isinstance(old, Literal)
    at = chance.randrange(len(old.value))
    return _change(quads, place, object=Literal(old.value[:at] + "囧" + old.value[at + 1 :], old.datatype, old.language))


def point_elsewhere(quads: Sequence[Quad], chance: Random) -> list[Quad]:
    """Let a relation lead to a node of another kind."""
    nodes = sorted({quad.subject for quad in quads})
    place = _any(quads, chance, lambda q: isinstance(q.object, Iri) and q.predicate != RDF_TYPE and q.object in set(nodes))
    return _change(quads, place, object=chance.choice([node for node in nodes if node != quads[place].object]))


MUTATIONS: tuple[Mutation, ...] = (drop_a_term, swap_a_role, move_an_offset, empty_a_label)
HARDER: tuple[Mutation, ...] = (change_a_word, point_elsewhere)
