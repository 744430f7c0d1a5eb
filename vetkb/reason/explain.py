"""Why does the base say so? A node or triple → the rule, its premises, and theirs, down to the sentences of a document.

The premises of a conclusion are found by running the rule again with the conclusion's terms bound, and filling its
premise patterns with each solution: nothing about proofs is stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

from vetkb.engine import Iri, Literal, Quad, RdfStore, Term
from vetkb.errors import UnknownNameError, UsageError
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.terms import BASE, PREFIXES
from vetkb.reason.functions import rule_functions
from vetkb.reason.patterns import read_pattern, template_and_where
from vetkb.reason.rules import Rule, load_rules
from vetkb.text import Message

_DEEPEST = 8
_EVIDENCE = """
PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?exact ?start ?end ?document ?node {
  ?node vk:evidence ?evidence .
  ?evidence oa:hasSelector ?quote . ?quote oa:exact ?exact ; oa:refinedBy ?place . ?place oa:start ?start ; oa:end ?end .
  OPTIONAL { ?node vk:inDocument ?document }
} ORDER BY ?start
"""
_FOUND_BY = """
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?rule ?node { ?node prov:wasGeneratedBy ?rule } ORDER BY ?rule
"""
_LABEL = """
PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?label ?node { ?node skos:prefLabel|rdfs:label|eli:id_local|vk:text|vk:surface|vk:heading ?label }
ORDER BY (LANG(?label) = "en") ?label
"""


class _Store(Protocol):
    @property
    def rdf(self) -> RdfStore: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """证据 — Words of a document and where they stand in it (characters [start, end))."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """解释 — A statement, how it is known, and what it rests on.

    `rule` is the title of an inference rule or the name of an extraction rule, `file` the file of the former. A statement of the
    ontology has neither rule nor evidence; `graph` says where it stands.
    """

    subject: str
    predicate: str | None
    object: str | None
    label: str
    graph: str | None
    rule: Message | None
    file: str | None
    evidence: tuple[Evidence, ...]
    premises: tuple[Explanation, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "statement": [part for part in (self.subject, self.predicate, self.object) if part is not None],
            "label": self.label,
            "graph": self.graph,
            "rule": {"zh": self.rule.zh, "en": self.rule.en} if self.rule else None,
            "file": self.file,
            "evidence": [{"quote": found.quote, "span": [found.start, found.end]} for found in self.evidence],
            "premises": [premise.to_json() for premise in self.premises],
        }

    def to_text(self, language: str = "zh") -> str:
        """Write the explanation as an indented tree, in which what a statement rests on is written where it first comes."""
        return "\n".join(self._lines(language, 0, set()))

    def _lines(self, language: str, depth: int, written: set[tuple[str, str | None, str | None]]) -> Iterator[str]:
        words = ("规则：", "原文：", "（见上）") if language == "zh" else ("rule: ", "text: ", " (see above)")
        indent, statement = "    " * depth, (self.subject, self.predicate, self.object)
        again = statement in written
        written.add(statement)
        yield f"{indent}{'← ' if depth else ''}{self.label}{words[2] if again and (self.rule or self.evidence) else ''}"
        if again:
            return
        if self.rule is not None:
            yield f"{indent}  {words[0]}{self.rule.in_language(language)}" + (f" ({self.file})" if self.file else "")
        for found in self.evidence:
            yield f"{indent}  {words[1]}“{' '.join(found.quote.split())}” [{found.start}, {found.end})"
        for premise in self.premises:
            yield from premise._lines(language, depth + 1, written)


def explain(store: _Store, what: str) -> Explanation:
    """Explain an IRI or a triple (three terms with spaces between; prefixed names and bare IRIs will do).

    Raises UnknownNameError if the base does not say such a thing, UsageError for what is neither.
    """
    return _Explainer(store.rdf).explain(what)


def premises_of(rdf: RdfStore, conclusions: Iterable[Quad]) -> dict[Quad, list[Quad]]:
    """Return for each conclusion of a rule the statements it was made from: with them alone it is made again."""
    explainer = _Explainer(rdf)
    return {conclusion: explainer.premises(conclusion) for conclusion in conclusions}


# An IRI as it is copied from a result, without the brackets of SPARQL.
_BARE_IRI = re.compile(r"(?<![<\w])https?://[^\s<>\"]+")


class _Explainer:
    def __init__(self, rdf: RdfStore) -> None:
        self._rdf = rdf
        self._rules = {rule.graph: rule for rule in load_rules()}
        self._label = lru_cache(maxsize=None)(self._find_label)

    def explain(self, what: str) -> Explanation:
        what = _BARE_IRI.sub(r"<\g<0>>", what)
        terms = read_pattern(what, PREFIXES) if len(what.split()) >= 3 else None
        if terms is not None:
            subject, predicate, value = terms.terms
            if (
                not isinstance(subject, Iri)
                or not isinstance(predicate, Iri)
                or (isinstance(value, str) and not isinstance(value, Iri))
            ):
                raise UsageError("a triple to explain has no variables")
            graphs = self._rdf.graphs_of(subject, predicate, value)
            if not graphs and isinstance(value, Literal):  # a date or text, written without its datatype or language
                said = (quad.object for quad in self._rdf.about(subject) if quad.predicate == predicate)
                value = next((one for one in said if isinstance(one, Literal) and one.value == value.value), value)
                graphs = self._rdf.graphs_of(subject, predicate, value)
            if not graphs:
                raise UnknownNameError("the base does not say so: " + self._statement_label(subject, predicate, value))
            return self._triple(Quad(subject, predicate, value, graphs[0]), 0, frozenset())
        iri = Iri(what.strip().strip("<>"))
        prefix, colon, local = iri.partition(":")
        if colon and prefix in PREFIXES and "://" not in iri:
            iri = Iri(PREFIXES[prefix] + local)
        if any(mark in iri for mark in ' <>"{}|^`\\') or ":" not in iri:
            raise UsageError(f"{what[:80]!r} is neither an IRI nor a triple")
        return self._node(iri)

    def _node(self, node: Iri) -> Explanation:
        """Explain a node: what it was read from, and what was concluded about it."""
        quads = self._rdf.about(node)
        if not quads:
            raise UnknownNameError(f"the base says nothing about {node}")
        derived = [quad for quad in quads if quad.graph in self._rules]
        premises = tuple(self._triple(quad, 1, frozenset()) for quad in sorted(derived, key=str))
        graph = next((quad.graph for quad in quads if quad.graph not in self._rules), quads[0].graph)
        found_by = self._found_by(node)
        return Explanation(node, None, None, self._label(node), graph, found_by, None, self._evidence(node), premises)

    def _triple(self, quad: Quad, depth: int, above: frozenset[tuple[Iri, Iri, Term]]) -> Explanation:
        """Explain a statement: by its evidence if a document says it, else by the premises of its rule."""
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        graphs = self._rdf.graphs_of(subject, predicate, value)
        asserted = next((graph for graph in graphs if graph not in self._rules), None)
        label = self._statement_label(subject, predicate, value)
        named = value.value if isinstance(value, Literal) else str(value)
        if asserted is not None or not graphs:
            rule = self._found_by(subject)
            return Explanation(subject, predicate, named, label, asserted, rule, None, self._evidence(subject), ())
        rule_of = self._rules[graphs[0]]
        key = (subject, predicate, value)
        premises: tuple[Explanation, ...] = ()
        if depth < _DEEPEST and key not in above:
            found = self._premises(rule_of, quad)
            premises = tuple(self._triple(premise, depth + 1, above | {key}) for premise in found)
        return Explanation(subject, predicate, named, label, graphs[0], rule_of.title, rule_of.file, (), premises)

    def premises(self, conclusion: Quad) -> list[Quad]:
        """Return the premises of a conclusion in the graph of a rule."""
        return self._premises(self._rules[conclusion.graph or Iri("")], conclusion)

    def _premises(self, rule: Rule, conclusion: Quad) -> list[Quad]:
        """Return the statements from which a rule made a conclusion, each once, in the order of its premise patterns."""
        found: dict[tuple[Iri, Iri, Term], Quad] = {}
        template, where, prologue, computed = template_and_where(rule.sparql)
        premises = [read_pattern(text, _prefixes(prologue)) for text in rule.premises]
        for pattern in template:
            bindings = pattern.match(conclusion)
            if bindings is None:
                continue
            names = sorted({name for one in [*premises, pattern] for name in one.variables})
            bound: dict[str, Term] = {name: term for name, term in bindings.items() if name not in computed}
            query = f"{prologue}\nSELECT DISTINCT {' '.join('?' + name for name in names)} WHERE {where}"
            for solution in self._rdf.terms(query, bound, self._functions):
                if all(solution.get(name) == term for name, term in bindings.items()):
                    for premise in premises:
                        quad = premise.fill(solution)
                        if quad is not None and self._rdf.graphs_of(quad.subject, quad.predicate, quad.object):
                            found.setdefault((quad.subject, quad.predicate, quad.object), quad)
        return list(found.values())

    @cached_property
    def _functions(self) -> Mapping[str, Any]:
        return rule_functions(load_lexicon(), self._rdf)

    def _evidence(self, node: Iri) -> tuple[Evidence, ...]:
        rows = self._rdf.select(_EVIDENCE, {"node": node}).rows
        return tuple(Evidence(str(row[0]), int(str(row[1])), int(str(row[2]))) for row in rows)

    def _found_by(self, node: Iri) -> Message | None:
        rows = self._rdf.select(_FOUND_BY, {"node": node}).rows
        name = str(rows[0][0]).removeprefix(f"{BASE}rule/") if rows else None
        return Message(name, name) if name else None

    def _find_label(self, node: Iri) -> str:
        rows = self._rdf.select(_LABEL, {"node": node}).rows
        short = node.partition("/eli/cn/")[2] or node.partition("/id/")[2] or _shortened(node)
        return f"{rows[0][0]} <{short}>" if rows else short

    def _statement_label(self, subject: Iri, predicate: Iri, value: Term) -> str:
        named = repr(value.value) if isinstance(value, Literal) else self._label(value)
        return f"{self._label(subject)} — {_shortened(predicate)} — {named}"


def _prefixes(prologue: str) -> dict[str, str]:
    words = prologue.split()
    return {words[at + 1].removesuffix(":"): words[at + 2].strip("<>") for at in range(0, len(words) - 2, 3)}


def _shortened(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
