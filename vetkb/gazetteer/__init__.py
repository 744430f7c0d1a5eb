"""名录 — Finding and linking names among entries that are handed in; nothing here knows what the entries are."""

from __future__ import annotations

from vetkb.gazetteer.linking import AGENCY, Entry, Gazetteer, Link, Mention, Suggestions
from vetkb.gazetteer.matching import NameMatcher
from vetkb.gazetteer.normal import Normalised, normalise, pinyin, simplified

__all__ = [
    "AGENCY",
    "Entry",
    "Gazetteer",
    "Link",
    "Mention",
    "NameMatcher",
    "Normalised",
    "Suggestions",
    "normalise",
    "pinyin",
    "simplified",
]
