"""名录 — Finding and linking names among entries that are handed in; nothing here knows what the entries are."""

from __future__ import annotations

from vetkb.gazetteer.linking import AGENCY, Entry, Gazetteer, Link, Mention, Suggestions
from vetkb.gazetteer.matching import NameMatcher
from vetkb.gazetteer.normal import Normalised, normalise, pinyin, simplified
from vetkb.gazetteer.shape import Shape, shape_of

__all__ = [
    "AGENCY",
    "Entry",
    "Gazetteer",
    "Link",
    "Mention",
    "NameMatcher",
    "Normalised",
    "Shape",
    "Suggestions",
    "normalise",
    "pinyin",
    "shape_of",
    "simplified",
]
