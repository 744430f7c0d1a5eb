"""Are reports, policies and graphs kept to? Targets → SHACL, results with the clause they come from, states.

`validate(base, reported, as_of)` is the door; `shapes_of(base, document)` gives a document's targets as SHACL. What checks
evidence (`vetkb.validate.evidence`) reads texts anew and brings all rules of extraction: who checks a report does without.
"""

from __future__ import annotations

from vetkb.paths import SHAPE_KINDS as KINDS
from vetkb.validate.blank import blank_rows
from vetkb.validate.model import Clause, Data, Report, TargetState, TaskState, ValidationResult
from vetkb.validate.quality import check_quality
from vetkb.validate.requirements import Demands
from vetkb.validate.run import validate
from vetkb.validate.turtle import shapes_of

__all__ = [
    "KINDS",
    "Clause",
    "Data",
    "Demands",
    "Report",
    "TargetState",
    "TaskState",
    "ValidationResult",
    "blank_rows",
    "check_quality",
    "shapes_of",
    "validate",
]
