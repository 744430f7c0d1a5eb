"""What rules may call besides SPARQL's own functions: names of agencies, and the similarity of texts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from vetkb.engine import Function, Iri, RdfStore
from vetkb.graph import names
from vetkb.graph.terms import BASE
from vetkb.model import Lexicon
from vetkb.reason.figures import Figures
from vetkb.reason.likeness import Likeness, pairs_of
from vetkb.reason.lineage import Lineage
from vetkb.reason.qualified import Qualified

FUNCTIONS = f"{BASE}fn#"
_GOVERNMENT, _GOVERNMENT_SHORT = "人民政府", "政府"


def rule_functions(lexicon: Lexicon, rdf: RdfStore) -> Mapping[str, Function]:
    """Return what rules may call: names of agencies, and the similarity of texts of a dataset."""
    # who only reads what rules say, as a server does, does not load what reads texts
    from vetkb.extract.agencies import name as full_name

    divisions = {division.code: division for division in lexicon.divisions}
    pairs = lru_cache(maxsize=4096)(pairs_of)
    likeness = cache(lambda: Likeness(rdf))
    qualified = cache(lambda: Qualified(rdf))
    lineage = cache(lambda: Lineage(rdf))
    figures = cache(lambda: Figures(rdf))

    def agency(code: str, organ: str) -> Iri:
        return names.agency(code, organ)

    def agency_name(code: str, organ: str) -> str | None:
        return full_name(organ, code, lexicon)

    def agency_short_name(code: str, organ: str) -> str | None:
        """Return the name as documents print it: 市财政局 in one of the city, 内黄县政府 in one of the place above."""
        full, place = full_name(organ, code, lexicon), divisions.get(code)
        if full is None or place is None or code == names.NATION or not full.startswith(place.name):
            return full
        if full.endswith(_GOVERNMENT):
            return full.removesuffix(_GOVERNMENT) + _GOVERNMENT_SHORT
        return place.name[-1] + full.removeprefix(place.name)

    def containment(part: str, whole: str) -> str:
        return f"{len(pairs(part) & pairs(whole)) / max(1, len(pairs(part))):.4f}"

    def closest_clause(task: Iri) -> str | None:
        return likeness().closest(task)

    def headed_clause(task: Iri, place: int) -> str | None:
        return likeness().headed(task, place)

    def stronger_sentence(sentence: Iri, place: int) -> Iri | None:
        return qualified().stronger(sentence, place)

    def likest_of_parent(sentence: Iri, parent: Iri) -> str | None:
        return lineage().likest(sentence, parent)

    def kept_by_child(sentence: Iri, child: Iri) -> str | None:
        return lineage().kept(sentence, child)

    def same_number(target: Iri, place: int) -> Iri | None:
        return figures().same_number(target, place)

    def target_of(document: Iri, unit: str, label: str, place: int) -> Iri | None:
        return figures().of_label(document, unit, label, place)

    functions: dict[str, Function] = {
        "agency": agency,
        "agencyName": agency_name,
        "agencyShortName": agency_short_name,
        "closestClause": closest_clause,
        "containment": containment,
        "headedClause": headed_clause,
        "keptByChild": kept_by_child,
        "likestOfParent": likest_of_parent,
        "sameNumber": same_number,
        "strongerSentence": stronger_sentence,
        "targetOf": target_of,
    }
    return {FUNCTIONS + name: function for name, function in functions.items()}
