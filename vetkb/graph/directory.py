"""Which division, which organ does a printed name mean? Exact names only: what is not certain stays unnamed.

The lists of a `Lexicon`, indexed once a document, so that each look-up costs the length of a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vetkb.model import Division, Group, Lexicon, OrganType

NATION = "000000"
_LEVEL_WORDS = {"省": "provincial", "自治区": "provincial", "市": "municipal", "州": "municipal", "县": "county", "区": "county"}


@dataclass(frozen=True)
class Directory:
    """The entries of a lexicon by key and by name."""

    organs: Mapping[str, OrganType]
    divisions: Mapping[str, Division]
    groups: Mapping[str, Group]
    divisions_by_name: Mapping[str, tuple[str, ...]]
    organs_by_name: Mapping[tuple[str, str], str]
    longest_division: int
    indicators: Mapping[str, str]
    document_prefixes: Mapping[str, tuple[str, str | None]]
    units: Mapping[str, str]
    genres: Mapping[str, str]

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
            longest_division=max(map(len, by_name), default=0),
            indicators={label: key for key, labels in reversed(lexicon.indicators.items()) for label in (*labels, key)},
            document_prefixes=lexicon.document_prefixes,
            units=lexicon.units,
            genres=lexicon.genres,
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
        for word, level in _LEVEL_WORDS.items():
            code_above = self._own_division(own, level) if surface.startswith(word) else None
            organ = self.organs_by_name.get((level, surface[len(word) :])) if code_above else None
            if organ and code_above:
                return organ, code_above
        organ = self.organs_by_name.get(("national", surface))
        return (organ, NATION) if organ else None

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

    def _own_division(self, own: str | None, level: str) -> str | None:
        """Return the division of `level` that is `own` or above it."""
        for _ in range(6):
            place = self.divisions.get(own) if own else None
            if place is None or place.level == level:
                return place.code if place else None
            own = place.parent
        return None
