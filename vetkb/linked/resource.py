"""An IRI of the base → its description: statements about it and those that point at it, evidence, labels, rules.

What a rule concluded keeps the graph of that rule. Syntaxes without graphs name the rule beside each conclusion:
a statement about the statement (`rdf:Statement`, `prov:wasGeneratedBy`), named by the rule and a hash, so that the
same base always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from vetkb.engine import Iri, Literal, Quad, RdfStore
from vetkb.errors import UnknownNameError
from vetkb.graph.terms import BASE, ONTOLOGY_GRAPH, PREFIXES, RDF_TYPE, RDFS_LABEL, Csvw, Cv, Eli, Oa, Prov, Skos, Vk
from vetkb.linked.labels import Labels

RULES = f"{BASE}rule/"
TERMS = f"{BASE}ns#"
MOST_POINTING = 500
MOST_IN_GRAPH = 100_000
_MOST_NESTED = 500
_DEEPEST = 4
# what is written down, as against what is written about: it is the page itself that its IRI names
_DOCUMENTS = frozenset(
    {
        *(Eli.LegalResource, Eli.LegalResourceSubdivision, Eli.LegalExpression, Eli.Format),
        *(Vk.Item, Vk.Sentence, Vk.Leaf, Csvw.Table, Csvw.Row, Csvw.Column, Csvw.Cell),
        *(Oa.SpecificResource, Oa.TextQuoteSelector, Oa.TextPositionSelector),
    }
)
# a description takes in what these lead to: the evidence and the parts that have no life of their own
_LEADING = frozenset(
    {
        *(Vk.evidence, Vk.headingEvidence, Vk.forceEvidence, Vk.scheduleEvidence, Oa.hasSelector, Oa.refinedBy),
        *(Vk.bound, Vk.assignment, Vk.schedule, Cv.hasParticipation),
    }
)
_LABELS = frozenset({Skos.prefLabel, RDFS_LABEL})


@dataclass(frozen=True, slots=True)
class Resource:
    """资源 — What the base says of an IRI; each statement in the graph that holds it (a rule's: derived).

    `about` are statements with the IRI as subject, `pointing` those with it as object, `nested` those about its evidence
    and parts, `content` those of the graph that the IRI names. `is_document`: the IRI names something written, not a
    thing that is written about. `more`: not all that point at it, or stand in the graph, are here.
    """

    iri: Iri
    is_document: bool
    about: tuple[Quad, ...]
    pointing: tuple[Quad, ...]
    more: bool
    nested: tuple[Quad, ...]
    content: tuple[Quad, ...] = ()

    def quads(self) -> tuple[Quad, ...]:
        return (*self.about, *self.pointing, *self.nested, *self.content)


def knows(rdf: RdfStore, iri: Iri) -> bool:
    """Say whether a base says anything about an IRI, or has a graph of that name."""
    return iri == ONTOLOGY_GRAPH or bool(rdf.about(iri) or rdf.pointing_at(iri, 1) or rdf.in_graph(iri, 1))


def describe(rdf: RdfStore, iri: Iri) -> Resource:
    """Return what a base says of an IRI. Raises UnknownNameError where it says nothing."""
    if iri == ONTOLOGY_GRAPH:
        return Resource(iri, True, terms(rdf), (), False, ())
    about = _sorted(rdf.about(iri))
    pointing = rdf.pointing_at(iri, MOST_POINTING + 1)
    content = rdf.in_graph(iri, MOST_IN_GRAPH + 1)
    if not (about or pointing or content):
        raise UnknownNameError(f"the base says nothing about {iri[:300]}")
    if content:
        return Resource(iri, True, about, (), len(content) > MOST_IN_GRAPH, (), _sorted(content[:MOST_IN_GRAPH]))
    kinds = {quad.object for quad in about if quad.predicate == RDF_TYPE}
    is_document = bool(kinds & _DOCUMENTS) or iri.startswith(RULES)
    kept = _sorted(pointing)[:MOST_POINTING] if len(pointing) <= MOST_POINTING else _sorted(pointing[:MOST_POINTING])
    return Resource(iri, is_document, about, kept, len(pointing) > MOST_POINTING, _nested(rdf, about))


def terms(rdf: RdfStore) -> tuple[Quad, ...]:
    """Return the statements of the ontology about itself and its own terms."""
    found = rdf.construct(
        f'CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?s ?p ?o . FILTER(STRSTARTS(STR(?s), "{ONTOLOGY_GRAPH}")) }} }}'
    )
    return _sorted(Quad(quad.subject, quad.predicate, quad.object, ONTOLOGY_GRAPH) for quad in found)


def to_quads(resource: Resource, labels: Labels, *, with_graphs: bool) -> list[Quad]:
    """Return a description as RDF: its statements, the names of all IRIs in it, and the rules of what is derived.

    What names a graph is described by the graph as it is.
    """
    said = list(resource.quads())
    if resource.content:
        return said
    if not with_graphs:
        said += [mark for quad in said if is_derived(quad) for mark in _marks(quad)]
    named = {quad.subject for quad in said if quad.predicate in _LABELS}
    for iri in sorted(mentioned(said, with_graphs=with_graphs) - named):
        said += [Quad(iri, RDFS_LABEL, label) for label in labels.of(iri)]
    return said


def is_derived(quad: Quad) -> bool:
    """Say whether a rule concluded a statement."""
    return quad.graph is not None and quad.graph.startswith(RULES)


def mentioned(quads: Iterable[Quad], *, with_graphs: bool) -> set[Iri]:
    """Return every IRI that statements mention."""
    found: set[Iri] = set()
    for quad in quads:
        found |= {quad.subject, quad.predicate}
        if with_graphs and quad.graph is not None:
            found.add(quad.graph)
        if isinstance(quad.object, Iri):
            found.add(quad.object)
        elif quad.object.datatype is not None:
            found.add(quad.object.datatype)
    return {iri for iri in found if not iri.startswith("_:")}


def _nested(rdf: RdfStore, about: Sequence[Quad]) -> tuple[Quad, ...]:
    found: list[Quad] = []
    seen = {quad.subject for quad in about}
    level = about
    for _ in range(_DEEPEST):
        ahead = [quad.object for quad in level if quad.predicate in _LEADING and isinstance(quad.object, Iri)]
        new = [iri for iri in dict.fromkeys(ahead) if iri not in seen]
        seen.update(new)
        level = [quad for iri in new for quad in _sorted(rdf.about(iri))]
        found += level
        if not level or len(found) > _MOST_NESTED:
            break
    return tuple(found[:_MOST_NESTED])


def _marks(quad: Quad) -> list[Quad]:
    """Return the statements that say which rule concluded a statement."""
    rule = quad.graph or ONTOLOGY_GRAPH
    value = quad.object if isinstance(quad.object, Iri) else repr(quad.object)
    digest = sha256("\n".join((quad.subject, quad.predicate, value)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    node = Iri(f"{rule}#{digest}")
    rdf = PREFIXES["rdf"]
    return [
        Quad(node, RDF_TYPE, Iri(f"{rdf}Statement")),
        Quad(node, Iri(f"{rdf}subject"), quad.subject),
        Quad(node, Iri(f"{rdf}predicate"), quad.predicate),
        Quad(node, Iri(f"{rdf}object"), quad.object),
        Quad(node, Prov.wasGeneratedBy, rule),
    ]


def _sorted(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    """Return statements in an order that does not depend on how they are stored."""

    def place(quad: Quad) -> tuple[str, ...]:
        value = quad.object
        text = (value.value, value.datatype or "", value.language or "") if isinstance(value, Literal) else (value, "", "")
        return (quad.subject, quad.predicate, *text, quad.graph or "")

    return tuple(sorted(set(quads), key=place))
