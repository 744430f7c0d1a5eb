"""The ontology and the bundled base → docs/data-model.md, the page that tells how the graph is laid out and how it is asked.

    python docs/make_data_model.py

The text stands in docs/data_model/: what to say first (head.md) with its figures (figures.toml), the worked examples
(examples.toml), the meaning of borrowed classes (glosses.toml). Terms and definitions are those of ontology/vetkb.ttl; what
has what, what rules conclude and every answer are read off the bundled base. A test makes the page anew and compares.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vetkb.base import KnowledgeBase, open_base
from vetkb.engine import Iri, Literal, Quad, Term, parse_rdf
from vetkb.graph.terms import BASE, PREFIXES, RDF_TYPE
from vetkb.paths import ONTOLOGY
from vetkb.reason import Rule, load_rules
from vetkb.reason.patterns import Variable, template_and_where

PAGE = Path(__file__).with_name("data-model.md")
TEXTS = Path(__file__).with_name("data_model")
VK = PREFIXES["vk"]
DOCUMENT = f"{BASE}eli/cn/410500/anzhengban/2018/2"
# The classes in the order in which they are told; the first ones are drawn too.
DRAWN = (
    *("eli:LegalResource", "vk:Item", "vk:Sentence", "vk:Statement", "vk:Task", "vk:Assignment", "cv:Participation"),
    *(
        "cv:PublicOrganisation",
        "vk:SectorTerm",
        "vk:AgentGroup",
        "vk:Schedule",
        "vk:Target",
        "vk:Indicator",
        "qudt:QuantityValue",
    ),
    *(
        "vk:Citation",
        "vk:Programme",
        "vk:FundingRule",
        "vk:Incentive",
        "nrv:Compensation",
        "lrmlmm:Right",
        "vk:Goal",
        "vk:Measure",
    ),
    *("vk:TotalEntitlement", "vk:Mention", "vk:Conflict", "vk:CoResponsibility"),
)
TOLD = (
    *DRAWN,
    *("vk:EntityType", "skos:Concept", "vk:UnresolvedParty", "org:ChangeEvent"),
    *(
        "csvw:Table",
        "csvw:Row",
        "csvw:Column",
        "csvw:Cell",
        "vk:Leaf",
        "vk:MetadataStatement",
        "eli:LegalExpression",
        "eli:Format",
    ),
    *("oa:SpecificResource", "oa:TextQuoteSelector", "oa:TextPositionSelector", "prov:Activity"),
)
# What a node of a class above is besides: told in a table of its own, and no place where a property leads.
ALSO = (
    *("lrmlmm:Obligation", "lrmlmm:Permission", "lrmlmm:Prohibition", "vk:Encouragement", "nrv:Achievement", "nrv:Maintenance"),
    *("vk:RecurringDuty", "vk:Provision", "vk:Quantity", "eli:LegalResourceSubdivision"),
)
# Classes of the directories in ontology/, which properties lead to.
DIRECTORY = ("vk:Division", "vk:OrganType", "vk:GroupKind", "vk:Genre", "qudt:Unit", "qudt:CountingUnit")
# Left out of the drawing because everything has them.
_UNDRAWN = frozenset(
    {"vk:inDocument", "vk:item", "vk:evidence", "vk:sentence", "vk:headingEvidence", "vk:forceEvidence", "vk:scheduleEvidence"}
    | {"eli:is_part_of", "eli:has_part"}
)
_MOST_VALUES = 6
_CONFLICTS = 'SELECT (COUNT(*) AS ?n) { ?conflict vk:conflictKind "%s" }'


def main() -> None:
    with open_base() as base:
        PAGE.write_text(page(base), encoding="utf-8")


def page(base: KnowledgeBase) -> str:
    """Return the whole page."""
    quads = [quad for quad in base.store.rdf.quads() if quad.graph is not None and "/.well-known/" not in quad.graph]
    terms, uses = Terms(quads), Uses(quads)
    rules = load_rules()
    concluded = {rule.name: len(base.store.rdf.quads(rule.graph)) for rule in rules}
    return "\n".join(
        [
            _head(base, rules),
            "## Worked examples\n",
            *_examples(base),
            "## What has what\n",
            *_what_has_what(uses, terms),
            "## Graphs and rules\n",
            *_graphs(rules, concluded),
            "## Diagram\n",
            *_diagram(uses),
            "## All terms of our own\n",
            *terms.tables(),
        ]
    )


def short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"


def _read(name: str) -> str:
    return (TEXTS / name).read_text(encoding="utf-8")


def _head(base: KnowledgeBase, rules: Sequence[Rule]) -> str:
    figures = {name: _joined(base, query) for name, query in tomllib.loads(_read("figures.toml")).items()}
    kinds = "\n".join(
        f"| `{kind}` | {_joined(base, _CONFLICTS % kind)} | {rule.description.en} | `{rule.name}` |"
        for rule in rules
        for kind in _conflict_kinds(rule)
    )
    prefixes = "\n".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items())
    return _read("head.md").format(prefixes=prefixes, conflict_kinds=kinds, **figures)


def _joined(base: KnowledgeBase, query: str) -> str:
    values = [str(row[0]) for row in base.sparql(query).table().rows]
    return ", ".join(values if values[0].isdecimal() else (f"`{value}`" for value in values))


def _conflict_kinds(rule: Rule) -> list[str]:
    template = template_and_where(rule.sparql)[0]
    return [str(p.terms[2].value) for p in template if p.terms[1] == VK + "conflictKind" and isinstance(p.terms[2], Literal)]


# --- worked examples ---------------------------------------------------------------------------------


def _examples(base: KnowledgeBase) -> Iterator[str]:
    for example in tomllib.loads(_read("examples.toml"))["example"]:
        yield f"### {example['title']}\n"
        if example["remark"]:
            yield f"{example['remark']}\n"
        yield f"```sparql\n{example['query'].strip()}\n```\n"
        table = base.sparql(example["query"]).table()
        yield "| " + " | ".join(table.columns) + " |"
        yield "|---" * len(table.columns) + "|"
        for row in table.rows:
            yield "| " + " | ".join(_cell(value) for value in row) + " |"
        yield ""


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else " ".join(str(value).split())


# --- graphs and rules --------------------------------------------------------------------------------


def _graphs(rules: Sequence[Rule], concluded: Mapping[str, int]) -> Iterator[str]:
    yield _read("graphs.md")
    yield "| rule | concludes | in the bundled base | what it says |"
    yield "|---|---|---|---|"
    for rule in rules:
        number = concluded[rule.name] or "nothing"
        yield f"| `{rule.name}` | {', '.join(_conclusions(rule))} | {number} | {rule.description.en} |"
    yield ""


def _conclusions(rule: Rule) -> Iterator[str]:
    """Yield the classes and properties that a rule concludes, those of a node that it makes itself left out."""
    template = template_and_where(rule.sparql)[0]
    made = {p.terms[0] for p in template if p.terms[1] == RDF_TYPE and isinstance(p.terms[0], Variable)}
    found = dict.fromkeys(
        f"a `{short(str(p.terms[2]))}`" if p.terms[1] == RDF_TYPE else f"`{short(str(p.terms[1]))}`"
        for p in template
        if p.terms[1] == RDF_TYPE or p.terms[0] not in made
    )
    yield from found


# --- what is used with what --------------------------------------------------------------------------


class Uses:
    """Which properties the nodes of a class have, how many of them, and where these lead."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        # of the directories only what documents and rules speak of
        spoken = {term for quad in quads if quad.graph != f"{BASE}ns" for term in (quad.subject, quad.object)}
        quads = list(dict.fromkeys(Quad(quad.subject, quad.predicate, quad.object) for quad in quads))
        self._kinds: dict[Term, set[str]] = defaultdict(set)
        self.members: Counter[str] = Counter()
        for quad in quads:
            if quad.predicate == RDF_TYPE and isinstance(quad.object, Iri):
                self._kinds[quad.subject].add(short(quad.object))
                self.members[short(quad.object)] += 1
        having: dict[str, dict[str, set[Iri]]] = defaultdict(lambda: defaultdict(set))
        leading: dict[str, dict[str, dict[str, set[Term]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        for quad in quads:
            told = quad.predicate != RDF_TYPE and quad.subject in spoken
            for kind in self._kinds[quad.subject].intersection(TOLD) if told else ():
                if kind == "skos:Concept" and len(self._kinds[quad.subject]) > 1:
                    continue
                having[kind][short(quad.predicate)].add(quad.subject)
                for name in self._leads_to(quad.object):
                    leading[kind][short(quad.predicate)][name].add(quad.object)
        self.having, self.leading = having, leading

    def _leads_to(self, term: Term) -> Sequence[str]:
        if isinstance(term, Literal):
            return ["text@" + term.language] if term.language else [short(term.datatype or PREFIXES["xsd"] + "string")]
        kinds = self._kinds[term]
        main = sorted(kinds.intersection((*TOLD, *DIRECTORY)) - ({"skos:Concept"} if len(kinds) > 1 else set()))
        return main or sorted(kinds.intersection(ALSO)) or [""]

    def objects(self, kind: str, relation: str) -> list[str]:
        """Return what a property leads to: classes, types of literals, else the fixed things themselves."""
        found: list[str] = []
        for name, terms in sorted(self.leading[kind][relation].items()):
            values = sorted({short(str(term)) for term in terms})
            if name:
                found.append(f"`{name}`")
            elif len(values) <= _MOST_VALUES:
                found += [f"`{value}`" for value in values]
            else:
                found.append("IRI")
        return found


def _what_has_what(uses: Uses, terms: Terms) -> Iterator[str]:
    yield "Read off the bundled base: each class with its properties, how many of its nodes have each, and what they lead to.\n"
    for kind in TOLD:
        if not uses.having[kind]:
            continue
        total = len(set[Iri]().union(*uses.having[kind].values()))
        yield f"**`{kind}`** {terms.gloss(kind)}\n"
        yield f"| property | of {total} | leads to |"
        yield "|---|---|---|"
        for relation, subjects in sorted(uses.having[kind].items()):
            share = "all" if len(subjects) == total else str(len(subjects))
            yield f"| `{relation}` | {share} | {', '.join(uses.objects(kind, relation))} |"
        yield ""
    yield "Classes that say more of a node of a class above:\n"
    yield "| class | nodes | meaning |"
    yield "|---|---|---|"
    for kind in ALSO:
        yield f"| `{kind}` | {uses.members[kind] or 'none'} | {terms.gloss(kind)} |"
    yield ""


def _diagram(uses: Uses) -> Iterator[str]:
    yield "```mermaid\nclassDiagram\n    direction LR"
    for kind in DRAWN:
        for relation in sorted(uses.having[kind]):
            for other in sorted(uses.leading[kind][relation]):
                if relation not in _UNDRAWN and other in DRAWN:
                    yield f"    {kind.replace(':', '_')} --> {other.replace(':', '_')} : {relation}"
    yield "```\n"
    yield f"Left out because nearly everything has them: {', '.join(f'`{name}`' for name in sorted(_UNDRAWN))}.\n"


# --- the terms ---------------------------------------------------------------------------------------

_KINDS = (
    ("Classes", "owl:Class"),
    ("Relations between things", "owl:ObjectProperty"),
    ("Values", "owl:DatatypeProperty"),
    ("Fixed things", "owl:NamedIndividual"),
)


class Terms:
    """The terms of ontology/vetkb.ttl, and where the base uses them."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        own = list(parse_rdf(ONTOLOGY / "vetkb.ttl", "turtle"))
        for quad in own:
            self._said[short(quad.subject)][short(quad.predicate)].append(quad.object)
        declared = {quad.subject for quad in own}
        self._in_documents: set[str] = set()
        self._in_directories: set[str] = set()
        self._statements: set[tuple[str, str]] = set()
        for quad in quads:
            self._statements.add((quad.subject, short(quad.predicate)))
            if quad.subject in declared:
                continue
            used = self._in_directories if quad.graph == f"{BASE}ns" else self._in_documents
            used.update(short(str(term)) for term in (quad.predicate, quad.object) if isinstance(term, Iri))
        self._glosses = tomllib.loads(_read("glosses.toml"))

    def gloss(self, term: str) -> str:
        if term in self._glosses:
            return str(self._glosses[term])
        return f"{self._text(term, 'rdfs:label', 'zh')} — {self._text(term, 'skos:definition', 'en')}"

    def _text(self, term: str, predicate: str, language: str) -> str:
        found = (t.value for t in self._said[term][predicate] if isinstance(t, Literal) and t.language == language)
        return next(found, "")

    def _links(self, term: str, *predicates: str) -> str:
        return ", ".join(f"`{short(str(t))}`" for p in predicates for t in self._said[term][p])

    def _is_in_the_base(self, example: str) -> bool:
        """Say whether the base has the subject and property of an example."""
        subject, predicate = example.split()[:2]
        names = (f"{DOCUMENT}/{subject}", f"{BASE}{subject}", f"{BASE}eli/cn/410500/{subject}", VK + subject.removeprefix("vk:"))
        return any((name, "rdf:type" if predicate == "a" else predicate) in self._statements for name in names)

    def tables(self) -> Iterator[str]:
        """Yield a table of each kind of term, and one of those that the directories alone use."""
        yield "An example in (brackets) is not in the bundled base: it needs a parent document, reported data, or another text.\n"
        of_kind = {
            kind: [
                t
                for t, said in self._said.items()
                if t.startswith("vk:") and any(short(str(x)) == kind for x in said["rdf:type"])
            ]
            for _, kind in _KINDS
        }
        inside = {term for terms in of_kind.values() for term in terms if term in self._in_directories - self._in_documents}
        inside -= set(of_kind["owl:NamedIndividual"])
        for title, kind in _KINDS:
            yield f"### {title}\n"
            yield from self._table(term for term in of_kind[kind] if term not in inside)
        yield "### Directories\n"
        yield "Terms of the directories in `ontology/` (organs, groups, divisions, the calendar), which few queries need.\n"
        yield from self._table(term for terms in of_kind.values() for term in terms if term in inside)

    def _table(self, terms: Iterable[str]) -> Iterator[str]:
        yield "| term | 中文 | English | meaning | below | example |"
        yield "|---|---|---|---|---|---|"
        for term in terms:
            above = self._links(term, "rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:seeAlso")
            labels = (self._text(term, "rdfs:label", language) for language in ("zh", "en"))
            example = next((t.value for t in self._said[term]["skos:example"] if isinstance(t, Literal)), "")
            shown = f"`{example}`" if self._is_in_the_base(example) else f"(`{example}`)"
            yield f"| `{term}` | {' | '.join(labels)} | {self._text(term, 'skos:definition', 'en')} | {above} | {shown} |"
        yield ""


if __name__ == "__main__":
    main()
