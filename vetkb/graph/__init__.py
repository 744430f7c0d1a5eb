"""Document + Facts ⇄ triples: names for things, the terms in use, writing, reading back, and ontology files as lexicons."""
