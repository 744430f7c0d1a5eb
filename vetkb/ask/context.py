"""What answering needs besides the question: the base, its names, the words of a language; and how to decline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any as Anything
from typing import Final

from vetkb.ask.answer import Answer, Evidence, Number, Result, Status
from vetkb.ask.entities import Entities, level_of
from vetkb.ask.facts import Facts
from vetkb.ask.form import Form, Within
from vetkb.ask.sparql import QueryText
from vetkb.ask.wording import joined, reading_of, say
from vetkb.ask.words import Words
from vetkb.engine import Iri, Value
from vetkb.store import Hit, Store
from vetkb.text import Span

LIMIT: Final = 500
DIVISION_OF_IRI: Final = re.compile(r"/eli/cn/(\d{6})/")
CANDIDATES: Final = 200  # texts of a search that are looked at
# The order of these patterns is the order in which they are fast.
_EVIDENCE: Final = """
SELECT ?node ?quote ?start ?end ?path ?document {
  %s
  OPTIONAL { ?node vk:inDocument ?document } OPTIONAL { ?node vk:item/vk:path ?path }
  ?node vk:evidence/oa:hasSelector ?selector .
  ?selector oa:refinedBy? ?position . ?position oa:start ?start ; oa:end ?end .
  OPTIONAL { ?selector oa:exact ?quote }
}"""

Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Declined:
    """A question that is not answered: why, as what it was read, and what could be asked instead."""

    status: Status
    reason: str
    suggestions: tuple[Form, ...] = ()
    understood: str | None = None
    form: Form | None = None


@dataclass(frozen=True)
class Context:
    """提问环境 — One question's base, words and bounds; `scope` is the document that answers are held to.

    `searched` keeps what was found in the texts for this question.
    """

    store: Store
    entities: Entities
    words: Words
    scope: Within | None
    facts: Facts
    today: date | None = None
    notes: list[str] = field(default_factory=list)
    searched: dict[tuple[str, Iri | None], list[Hit]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.words.language

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def joined(self, parts: Iterable[str]) -> str:
        return joined(self.language, parts)

    def select(self, query: str) -> list[dict[str, Value]]:
        """Run a query and return its rows."""
        return self.store.rdf.select(query).dicts()

    def everywhere(self) -> tuple[str, ...]:
        """Return the words for the whole area of the documents that are asked: 全市 of a city's; none where they differ."""
        asked = self.scope.documents.iris if self.scope else self.entities.identifiers
        codes = [DIVISION_OF_IRI.search(document) for document in asked]
        levels = {level_of(code[1]) if code else "" for code in codes}
        return self.words.everywhere.get(levels.pop(), ()) if len(levels) == 1 else ()

    def search(self, text: str) -> list[Hit]:
        """Return the texts that hold the words of a text; the readings of one question search for the same again and again."""
        document = self.scope.documents.iris[0] if self.scope else None
        found = self.searched.get((text, document))
        if found is None:
            found = self.searched[text, document] = self.store.search(text, CANDIDATES, document)
        return found

    def look_up(self, query: str, node: str, nodes: Iterable[Iri]) -> list[dict[str, Value]]:
        """Return what the base says of some nodes; `%s` in the query is where their VALUES stand."""
        return self.facts.rows(query, node, nodes)

    def document_name(self, document: object) -> str | None:
        """Return what a document is called: its 发文字号, else its title."""
        return self.entities.identifiers.get(Iri(str(document))) if document is not None else None

    def evidence(self, nodes: Iterable[Iri]) -> dict[Iri, Evidence]:
        """Return the proof of each node that has one."""
        wanted = list(dict.fromkeys(nodes))
        found: dict[Iri, Evidence] = {}
        for row in self.look_up(_EVIDENCE, "?node", wanted) if wanted else ():
            start, end, document = row["start"], row["end"], row["document"]
            if not isinstance(start, int) or not isinstance(end, int):
                continue
            quote = str(row["quote"]) if row["quote"] is not None else self._slice(document, start, end)
            path = str(row["path"]) if row["path"] is not None else None
            found.setdefault(Iri(str(row["node"])), Evidence(quote, path, Span(start, end), self.document_name(document)))
        return found

    def _slice(self, document: Value, start: int, end: int) -> str:
        return self.store.source(str(document)).text[start:end] if document is not None else ""

    def answered(
        self,
        form: Form,
        text: str,
        results: Sequence[Result],
        query: QueryText | str | None,
        *,
        value: Number | bool | None = None,
        notes: Iterable[str] = (),
    ) -> Answer:
        """Return an answer; `text` is its sentence."""
        shown = query.text() if isinstance(query, QueryText) else query
        said = list(dict.fromkeys([*notes, *self.notes]))
        if len(results) > LIMIT:
            said.append(self.say("note_limit", n=LIMIT))
        return Answer(
            question="",
            language=self.language,
            status="answered",
            answer=text,
            value=value,
            results=tuple(results[:LIMIT]),
            understood=reading_of(form, self.language),
            sparql=shown,
            notes=tuple(said),
        )

    def declined(
        self, status: Status, form: Form | None, key: str, suggestions: Iterable[Form] = (), **values: Anything
    ) -> Declined:
        """Return why there is no answer."""
        understood = reading_of(form, self.language) if form else None
        return Declined(status, self.say(key, **values), tuple(suggestions), understood)


def iri(value: object) -> Iri:
    return Iri(str(value))


def plural(language: str, word: str, number: int) -> str:
    """Return an English noun in the right number; Chinese sentences do not use it."""
    return word if language != "en" or number == 1 else word + "s"
