"""名称与目录 — Do things bear the names that they have? Places named after paths; agencies, groups, indicators and units as the
directories (ontology/*.ttl) have them; terms, parties and indicators of a document alone named after their words.
"""

from __future__ import annotations

from collections.abc import Iterator

from vetkb.engine import Iri, Literal
from vetkb.extract.agencies import name as agency_name
from vetkb.graph import names
from vetkb.graph.nodes import Graph
from vetkb.graph.terms import BASE, RDFS_LABEL, Cv, Eli, Qudt, Skos, Vk
from vetkb.model import Lexicon
from vetkb.text import Message

_INDICATOR = f"{BASE}id/indicator/"


def name_faults(graph: Graph, document: Iri, lexicon: Lexicon) -> Iterator[Message]:
    """Yield the nodes of a document's graph that are not called what they are. Cost: linear in the nodes."""
    for node, said in (*_places(graph, document), *_terms(graph, document), *_agents(graph, lexicon), *_measures(graph, lexicon)):
        yield Message(f"{node} 的名称或标签不符：{said}", f"{node} has another name or label than it should: {said}")


Called = tuple[Iri, str]


def _places(graph: Graph, document: Iri) -> Iterator[Called]:
    for node in graph.by_class.get(Eli.LegalResourceSubdivision, ()):
        path = graph.optional_text(node, Vk.path) or ""
        if node.partition("__again_")[0] != f"{document}/{names.fragment_of(path)}":
            yield node, path


def _terms(graph: Graph, document: Iri) -> Iterator[Called]:
    """Words that no directory knows: their node is named after them."""
    for kind, make in ((Skos.Concept, names.document_term), (Vk.UnresolvedParty, names.unresolved_party)):
        for node in graph.by_class.get(kind, ()):
            words = graph.optional_text(node, Skos.prefLabel) or ""
            if node != make(document, words):
                yield node, words
    for node in graph.by_class.get(Vk.Programme, ()):
        words = graph.optional_text(node, Skos.prefLabel) or ""
        if not graph.has(node, Vk.evidence) and node != f"{document}/programme/{names.bounded(words)}":
            yield node, words
    for node in graph.by_class.get(Vk.Indicator, ()):
        label, scope, unit = (graph.optional_text(node, term) for term in (Skos.prefLabel, Vk.population, Vk.unit))
        if not node.startswith(_INDICATOR) and node != names.document_indicator(document, label or "", scope, unit):
            yield node, label or ""


def _agents(graph: Graph, lexicon: Lexicon) -> Iterator[Called]:
    organs = {organ.key: organ for organ in lexicon.organs}
    groups = {group.key: group for group in lexicon.groups}
    for node in graph.by_class.get(Cv.PublicOrganisation, ()):
        organ, division = graph.key(node, Vk.organType), graph.key(node, Vk.division)
        known = agency_name(organ, division, lexicon) if organ and division else None
        if known is not None and graph.optional_text(node, Skos.prefLabel) != known:
            yield node, known
    for node in graph.by_class.get(Vk.SectorTerm, ()):
        entry = organs.get(graph.key(node, Vk.organType) or "")
        if entry is not None and entry.sectors and graph.optional_text(node, Skos.prefLabel) != entry.sectors[0]:
            yield node, entry.sectors[0]
    for node in graph.by_class.get(Vk.AgentGroup, ()):
        kind = groups.get(graph.key(node, Vk.groupKind) or "")
        if kind is not None and (
            not graph.has(node, Vk.membershipClosed) or graph.boolean(node, Vk.membershipClosed) != kind.closed
        ):
            yield node, kind.key


def _measures(graph: Graph, lexicon: Lexicon) -> Iterator[Called]:
    """Indicators that documents share, and units of measure."""
    for node in graph.by_class.get(Vk.Quantity, ()):
        indicator, label = graph.iri(node, Cv.constrains), graph.text(node, RDFS_LABEL)
        labels = lexicon.indicators.get(names.key_of(indicator), ()) if indicator.startswith(_INDICATOR) else ()
        if indicator.startswith(_INDICATOR) and label not in labels:
            yield node, label
        unit = graph.optional_text(node, Vk.unit)
        measures = graph.objects(graph.iri(node, Vk.bound), Qudt.hasUnit)
        if [str(term) for term in measures] != [iri for iri in (lexicon.units.get(unit or ""),) if iri]:
            yield node, unit or ""
    for node in graph.by_class.get(Vk.Indicator, ()):
        key = names.key_of(node)
        if node.startswith(_INDICATOR):
            whose = lexicon.indicator_populations.get(key)
            if graph.optional_text(node, Vk.population) != whose or graph.objects(node, Skos.prefLabel) != [
                Literal(lexicon.indicators.get(key, ("",))[0], None, "zh")
            ]:
                yield node, key
