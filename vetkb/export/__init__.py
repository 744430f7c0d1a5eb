"""What the base holds, in the formats of other programs."""

from __future__ import annotations

from vetkb.export.workbook import to_workbook

__all__ = ["to_workbook"]
