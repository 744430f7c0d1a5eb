"""名录 — Finding and linking names among entries that are handed in."""

from __future__ import annotations

from vetkb.gazetteer.matching import NameMatcher

__all__ = ["NameMatcher"]
