"""Which division, which organ does a printed name mean? Exact names only: what is not certain stays unnamed.

The lists of a `Lexicon`, indexed once a document, so that each look-up costs the length of a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from vetkb.graph.names import NATION
from vetkb.model import Citation, Division, Document, Group, Lexicon, OrganType
from vetkb.zh.document_numbers import parse_document_number

# A document calls its own division, or one above it, by the last word of its name: 市教育局, 省教育厅.
_LEVEL_WORDS = ("自治区", "省", "市", "州", "盟", "县", "区", "旗")
_FULL_WIDTH = str.maketrans("(),", "（），")
_ISSUER_IN_TITLE = re.compile(r"(.{2,40}?)(?:印发)?(?:关于|转发|批转)")


@dataclass(frozen=True)
class Directory:
    """The entries of a lexicon by key and by name."""

    organs: Mapping[str, OrganType]
    divisions: Mapping[str, Division]
    groups: Mapping[str, Group]
    divisions_by_name: Mapping[str, tuple[str, ...]]
    organs_by_name: Mapping[tuple[str, str], str]
    groups_by_name: Mapping[str, str]
    longest_division: int
    indicators: Mapping[tuple[str, str | None], str]
    lexicon: Lexicon

    @classmethod
    def of(cls, lexicon: Lexicon) -> Directory:
        by_name: dict[str, tuple[str, ...]] = {}
        for division in lexicon.divisions:
            by_name[division.name] = (*by_name.get(division.name, ()), division.code)
        organs_by_name: dict[tuple[str, str], str] = {}
        for organ in lexicon.organs:
            for level, names in organ.names.items():
                for name in names:
                    organs_by_name.setdefault((level, name), organ.key)
        return cls(
            organs={organ.key: organ for organ in lexicon.organs},
            divisions={division.code: division for division in lexicon.divisions},
            groups={group.key: group for group in lexicon.groups},
            divisions_by_name=by_name,
            organs_by_name=organs_by_name,
            groups_by_name={_full_width(name): group.key for group in reversed(lexicon.groups) for name in group.patterns},
            longest_division=max(map(len, by_name), default=0),
            indicators=_indicators(lexicon),
            lexicon=lexicon,
        )

    def division_in(self, name: str) -> str | None:
        """Return the division whose full name `name` begins with; none where several divisions have that name."""
        found = self._division_prefix(name)
        if found:
            return found[1]
        national = (self.organs_by_name.get(("national", name[:end])) for end in range(len(name[:30]), 1, -1))
        return NATION if any(national) else None

    def resolve(self, surface: str, own: str | None) -> tuple[str, str] | None:
        """Return organ and division of a unit printed in a document of the division `own`."""
        found = self._division_prefix(surface)
        if found:
            name, code = found
            organ = self.organs_by_name.get((self.divisions[code].level, surface[len(name) :]))
            return (organ, code) if organ else None
        for word in _LEVEL_WORDS:
            place = self._own_division(own, word) if surface.startswith(word) else None
            organ = self.organs_by_name.get((place.level, surface[len(word) :])) if place else None
            if organ and place:
                return organ, place.code
        organ = self.organs_by_name.get(("national", surface))
        return (organ, NATION) if organ else None

    def group_named(self, surface: str) -> str | None:
        """Return the kind of group that is written so, brackets in either width."""
        return self.groups_by_name.get(_full_width(surface))

    def indicator_label(self, key: str) -> str:
        labels = self.lexicon.indicators[key]
        return labels[0] if labels else key

    def agency_label(self, organ: str, division: str) -> str | None:
        """Return the full name of an agency (安阳市财政局), none where the lexicon does not say."""
        entry = self.organs.get(organ)
        if division == NATION:
            names = entry.names.get("national", ()) if entry else ()
            return names[0] if names else None
        place = self.divisions.get(division)
        names = entry.names.get(place.level, ()) if entry and place else ()
        return place.name + names[0] if place and names else None

    def _division_prefix(self, name: str) -> tuple[str, str] | None:
        for end in range(min(self.longest_division, len(name)), 1, -1):
            codes = self.divisions_by_name.get(name[:end])
            if codes:
                return (name[:end], codes[0]) if len(codes) == 1 and codes[0] != NATION else None
        return None

    def _own_division(self, own: str | None, word: str) -> Division | None:
        """Return the division that is `own` or above it and whose name ends in `word`."""
        for _ in range(6):
            place = self.divisions.get(own) if own else None
            if place is None or (place.code != NATION and place.name.endswith(word)):
                return place
            own = place.parent
        return None

    def division_of(self, document: Document) -> str | None:
        """Return the division whose authority issued a document: by its issuers, its title, its 机关代字."""
        for stated in (*document.issuers, *((document.title,) if document.title else ())):
            code = self.division_in(stated.value)
            if code:
                return code
        number = parse_document_number(document.identifier.value) if document.identifier else None
        return self.lexicon.document_prefixes.get(number.code, ("", None))[1] if number else None

    def cited_division(self, citation: Citation, own: str | None) -> str | None:
        """Return the division of a cited document: by its title, its 机关代字, else that of the citing document."""
        issuer = _ISSUER_IN_TITLE.match(citation.title or "")
        code = self.division_in(issuer[1]) if issuer else None
        number = parse_document_number(citation.identifier) if citation.identifier and not code else None
        return code or (self.lexicon.document_prefixes.get(number.code, ("", None))[1] if number else None) or own


def _full_width(name: str) -> str:
    return name.translate(_FULL_WIDTH)


def _indicators(lexicon: Lexicon) -> dict[tuple[str, str | None], str]:
    """Indicators by label and population: one label is as many indicators as it has populations."""
    return {
        (label, lexicon.indicator_populations.get(key)): key
        for key, labels in reversed(list(lexicon.indicators.items()))
        for label in labels
    }
