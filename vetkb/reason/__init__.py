"""Rules over the graph, and why the base says what it says."""

from __future__ import annotations

from vetkb.reason.explain import Evidence, Explanation, explain, premises_of
from vetkb.reason.functions import rule_functions
from vetkb.reason.rules import RULES, Rule, load_rules, rule_graph, run_rules, terms_read

__all__ = [
    "RULES",
    "Evidence",
    "Explanation",
    "Rule",
    "explain",
    "load_rules",
    "premises_of",
    "rule_functions",
    "rule_graph",
    "run_rules",
    "terms_read",
]
