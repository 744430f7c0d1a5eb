"""Explanations leave no premise out: from the premises of a conclusion alone, and nothing else, its rule makes it again."""

from __future__ import annotations

import pytest

from vetkb.engine import RdfStore
from vetkb.graph.lexicon import load_lexicon
from vetkb.reason import load_rules, premises_of, rule_functions

RULES = load_rules()
LEXICON = load_lexicon()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_conclusion_follows_from_its_premises_alone(bundled, rule) -> None:
    rdf = bundled.store.rdf
    conclusions = rdf.quads(rule.graph)
    premises = premises_of(rdf, conclusions)
    for conclusion in conclusions:
        alone = RdfStore.memory()
        alone.add(premises[conclusion])
        made = alone.construct(rule.sparql, functions=rule_functions(LEXICON, alone), graph=rule.graph)
        assert conclusion in made, (conclusion, premises[conclusion])
