"""基本 — Which sentences say without 基本 what another one of the document says with it, found in one pass over the text."""

from __future__ import annotations

import re
from collections import defaultdict

from vetkb.engine import Iri, RdfStore
from vetkb.graph.terms import Vk

# what is qualified, in six characters, and the verb
_QUALIFIED = re.compile(r"(\w{6})基本(\w{2})")
_LENGTH = 8
_SENTENCES = f"SELECT ?s ?document ?text {{ ?s a <{Vk.Sentence}> ; <{Vk.inDocument}> ?document ; <{Vk.text}> ?text }} ORDER BY ?s"


def unqualified(text: str) -> frozenset[str]:
    """Return what a sentence says with 基本, as it would stand without.

    >>> unqualified("主要办学条件基本达到国家标准。")
    frozenset({'主要办学条件达到'})
    """
    return frozenset(match[1] + match[2] for match in _QUALIFIED.finditer(text))


class Qualified:
    """The sentences of a dataset that say a thing plainly, by those that qualify it."""

    def __init__(self, rdf: RdfStore) -> None:
        rows = [(Iri(str(s)), str(document), str(text)) for s, document, text in rdf.select(_SENTENCES).rows]
        weak = {(document, words): None for _, document, text in rows for words in unqualified(text)}
        plain: dict[tuple[str, str], list[Iri]] = defaultdict(list)
        for sentence, document, text in rows:
            stretches = {text[at : at + _LENGTH] for at in range(len(text) - _LENGTH + 1)}
            for words in stretches:
                if (document, words) in weak:
                    plain[document, words].append(sentence)
        self._stronger = {
            sentence: tuple(dict.fromkeys(one for words in sorted(unqualified(text)) for one in plain.get((document, words), ())))
            for sentence, document, text in rows
            if "基本" in text
        }

    def stronger(self, sentence: Iri, place: int) -> Iri | None:
        """Return a sentence that says plainly what this one says with 基本; `place` counts from 1, in the order of names."""
        found = self._stronger.get(sentence, ())
        return found[place - 1] if 0 < place <= len(found) else None
