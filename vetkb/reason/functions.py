"""What rules may call besides SPARQL's own functions: names of agencies, and the similarity of texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from vetkb.engine import Function, Iri
from vetkb.extract.agencies import name as full_name
from vetkb.graph import names
from vetkb.graph.terms import BASE
from vetkb.model import Lexicon

FUNCTIONS = f"{BASE}fn#"
# what is qualified, in six characters, and the verb
_QUALIFIED = re.compile(r"(\w{6})基本(\w{2})")
_GOVERNMENT, _GOVERNMENT_SHORT = "人民政府", "政府"


def rule_functions(lexicon: Lexicon) -> Mapping[str, Function]:
    """Return what rules may call: names of agencies, and the similarity of texts."""
    divisions = {division.code: division for division in lexicon.divisions}
    bigrams = lru_cache(maxsize=4096)(_bigrams)

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
        pairs = bigrams(part)
        return f"{len(pairs & bigrams(whole)) / max(1, len(pairs)):.4f}"

    functions = {
        "agency": agency,
        "agencyName": agency_name,
        "agencyShortName": agency_short_name,
        "containment": containment,
        "isWeaker": is_weaker,
    }
    return {FUNCTIONS + name: function for name, function in functions.items()}


def _bigrams(text: str) -> frozenset[str]:
    letters = [character for character in text if character.isalnum()]
    return frozenset(a + b for a, b in pairwise(letters))


def is_weaker(weak: str, strong: str) -> bool:
    """Say whether `weak` qualifies by 基本 what `strong` says of the same thing without it.

    >>> is_weaker("主要办学条件基本达到国家标准。", "职业院校主要办学条件达到国家规定标准，")
    True
    """
    return any(match[1] + match[2] in strong for match in _QUALIFIED.finditer(weak))
