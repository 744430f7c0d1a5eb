"""The ontology and the bundled base → docs/data-model.md, the page that tells how the graph is laid out and how it is asked.

    python docs/make_data_model.py

Terms and definitions are those of ontology/vetkb.ttl; which class has which property is read off the bundled base; the answers
of the worked examples are what the base answers. A test makes the page anew and compares.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from vetkb.base import KnowledgeBase, open_base
from vetkb.engine import Iri, Literal, Term, parse_rdf
from vetkb.graph.terms import PREFIXES, RDF_TYPE
from vetkb.paths import ONTOLOGY
from vetkb.reason import load_rules

PAGE = Path(__file__).with_name("data-model.md")
VK = PREFIXES["vk"]
# The classes that a first query meets, in the order in which they are drawn and told.
MAIN = (
    "eli:LegalResource",
    "vk:Item",
    "vk:Sentence",
    "vk:Statement",
    "vk:Task",
    "vk:Assignment",
    "cv:Participation",
    "cv:PublicOrganisation",
    "vk:SectorTerm",
    "vk:AgentGroup",
    "vk:Schedule",
    "vk:Target",
    "vk:Indicator",
    "qudt:QuantityValue",
    "vk:Citation",
    "vk:Programme",
    "vk:FundingRule",
    "vk:Incentive",
    "nrv:Compensation",
    "lrmlmm:Right",
    "vk:Goal",
    "vk:Measure",
    "vk:Mention",
    "vk:Conflict",
    "oa:SpecificResource",
    "oa:TextQuoteSelector",
    "oa:TextPositionSelector",
)
_HEAD = """# The data model

How the graph of vetkb is laid out and how it is asked, for whoever writes SPARQL. Made by `python docs/make_data_model.py`
from the ontology and
the bundled base (one document, 安政办〔2018〕2号); the answers below are what that base answers.

Run a query with `vetkb query --sparql '…'` or `--file FILE`, at `/sparql` of `vetkb serve`, or from Python with
`base.sparql(…)`.

## In short

- A **document** (`eli:LegalResource`) has parts (`vk:Item`, rows of tables), sentences and facts. Everything found in it says
`vk:inDocument` (the document) and `vk:item` (the clause or row it stands in; `vk:path` is the name people use: `五/2`,
  `附件/row 15`).
- A **task** (`vk:Task`) is a row of a table of tasks, or a clause that assigns responsibility: `vk:ordinal` (the printed
  number), `vk:text`,
  `vk:scheduleText` (as printed), `vk:continuous`.
- **Who answers** for a task: `vk:responsibleAgency` leads straight to every agency that is reached, be it named, meant by a
  sector word (财政), or a
member of a closed group (各县（市、区）政府). It is a conclusion. What the text prints is `cv:hasParticipation` →
  `cv:Participation` with
  `cv:hasParticipant`, `cv:role` (`vk:Lead`, `vk:Support`, `vk:Responsible`, `vk:Guide`) and `vk:listPosition`.
- **Names.** `skos:prefLabel` of an agency is its full official name with the language tag `@zh` (`"安阳市财政局"@zh`),
  `skos:altLabel` what documents print (`"市财政局"@zh`).
- **Dates** are `xsd:date`, never years: compare with `"2018-12-31"^^xsd:date` or `YEAR(?day) = 2018`. A task has `vk:due`
  (the last day by which it is to be done) and
`vk:begins` (the first day from which it is to be carried out), where its schedule names one; most tasks go on
  (`vk:continuous true`) and have neither. A task with
`vk:begins` alone has to be started then: whoever asks what is due in a year wants both. Behind them stand the schedules
  (`vk:schedule` → `vk:Schedule`: `vk:scheduleKind`,
  `vk:earliest`, `vk:latest`, and `vk:dateBasis vk:Assumed` where a calendar was assumed, as for school terms).
- **Numbers**: `vk:Target` → `vk:bound` → `qudt:numericValue`, or `qudt:lowerBound` and `qudt:upperBound` for a range, in
  base units (5.7万人 is 57000 with `vk:unit "人"@zh`);
  `vk:surfaceComparator` is `>=`, `<=`, `=`, `approx` …; `cv:constrains` → the indicator; `vk:population` says whose.
- **Proof**: `vk:evidence` → `oa:hasSelector` → `oa:exact` (the words) and `oa:refinedBy` → `oa:start`, `oa:end` (characters
  of the source).
- Texts of documents carry `@zh`: match them with `"…"@zh`, or with `CONTAINS(STR(?text), "…")`.

## Prefixes

```sparql
{prefixes}
```

## Graphs

Each document has a named graph of what it says (`<{{document}}/graph>`), each rule one of what it concludes
(`<https://w3id.org/vetkb/rule/{{name}}>`), the ontology one
(`<https://w3id.org/vetkb/ns>`: terms, agencies, groups, divisions, units). A query without `GRAPH` sees the union of them
all, each triple once. `GRAPH ?g {{ … }}` tells who says so:

| graph | holds |
|---|---|
{graphs}

"""
EXAMPLES: tuple[tuple[str, str, str], ...] = (
    (
        "Tasks of the Finance Bureau due in 2018",
        "Due by a day of that year, or to be started in it. One task is; the dates of school terms are assumed.",
        """SELECT ?ordinal ?text ?begins ?due WHERE {
  ?agency skos:prefLabel "安阳市财政局"@zh .
  ?task a vk:Task ; vk:responsibleAgency ?agency ; vk:ordinal ?ordinal ; vk:text ?text .
  OPTIONAL { ?task vk:begins ?begins }
  OPTIONAL { ?task vk:due ?due }
  FILTER(YEAR(COALESCE(?due, ?begins)) = 2018)
} ORDER BY ?ordinal""",
    ),
    (
        "How an agency comes to a task",
        "By name, by a sector word, or as a member of a group: the party as printed, and what it means.",
        """SELECT ?ordinal ?printed ?position WHERE {
  ?agency skos:prefLabel "内黄县人民政府"@zh .
  ?party (vk:denotes|foaf:member)? ?agency .
  ?participation cv:hasParticipant ?party ; vk:surface ?printed ; vk:listPosition ?position .
  ?task a vk:Task ; cv:hasParticipation ?participation ; vk:ordinal ?ordinal .
} ORDER BY ?ordinal LIMIT 4""",
    ),
    (
        "Floors, with the words that prove them",
        "",
        """SELECT ?path ?indicator ?value ?unit ?quote WHERE {
  ?target a vk:Target ; vk:surfaceComparator ">=" ; rdfs:label ?indicator ; vk:unit ?unit ; vk:item/vk:path ?path ;
    vk:bound/qudt:numericValue ?value ; vk:evidence/oa:hasSelector/oa:exact ?quote .
} ORDER BY ?path ?indicator LIMIT 5""",
    ),
    (
        "Who pays what to whom",
        "Each part of a provision is a mention with its words; `vk:amount` leads to its numbers.",
        """SELECT ?path ?role ?words WHERE {
  ?rule a vk:FundingRule ; vk:item/vk:path ?path ; vk:mention ?mention .
  ?mention vk:mentionRole ?role ; vk:surface ?words ; vk:order ?order .
  FILTER(STRSTARTS(?path, "八/"))
} ORDER BY ?rule ?order""",
    ),
    (
        "Where the text disagrees with itself",
        "",
        """SELECT ?kind ?clause ?ordinal WHERE {
  ?conflict a vk:Conflict ; vk:conflictKind ?kind ; vk:between ?item, ?task .
  ?item vk:path ?clause . ?task vk:ordinal ?ordinal .
} ORDER BY ?kind ?ordinal""",
    ),
    (
        "Who says so: the document, or a rule",
        "",
        """SELECT ?graph (COUNT(*) AS ?statements) WHERE {
  GRAPH ?graph { ?task vk:responsibleAgency|vk:operationalises|cv:hasParticipation ?thing }
} GROUP BY ?graph ORDER BY ?graph""",
    ),
)


def main() -> None:
    with open_base() as base:
        PAGE.write_text(page(base), encoding="utf-8")


def page(base: KnowledgeBase) -> str:
    """Return the whole page."""
    terms = Terms()
    used = _uses(base)
    return "\n".join(
        [
            _HEAD.format(prefixes="\n".join(f"PREFIX {p}: <{iri}>" for p, iri in PREFIXES.items()), graphs="\n".join(_graphs())),
            "## Diagram\n",
            *_diagram(used),
            "## Worked examples\n",
            *_examples(base),
            "## What has what\n",
            *_classes_in_use(used, terms),
            "## All terms of our own\n",
            *terms.tables(),
        ]
    )


def short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"


def _graphs() -> Iterator[str]:
    yield "| `<https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2/graph>` | what 安政办〔2018〕2号 says |"
    for rule in load_rules():
        yield f"| `<{rule.graph}>` | {rule.description.en} |"


# --- what is used with what --------------------------------------------------------------------------


def _uses(base: KnowledgeBase) -> Mapping[str, Mapping[str, Counter[str]]]:
    """Return, for each class of the page, its properties, and for each property what kind of thing it leads to."""
    quads = [quad for quad in base.store.rdf.quads() if quad.graph is not None and not quad.graph.endswith("vetkb/ns")]
    kinds: dict[Term, set[str]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == RDF_TYPE and isinstance(quad.object, Iri):
            kinds[quad.subject].add(short(quad.object))
    uses: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for quad in quads:
        if quad.predicate == RDF_TYPE:
            continue
        for kind in kinds[quad.subject] & set(MAIN):
            for what in _kinds_of(quad.object, kinds):
                uses[kind][short(quad.predicate)][what] += 1
    return uses


def _kinds_of(term: Term, kinds: Mapping[Term, set[str]]) -> Sequence[str]:
    if isinstance(term, Literal):
        return ["text@" + term.language] if term.language else [short(term.datatype or PREFIXES["xsd"] + "string")]
    return sorted(kinds[term] & set(MAIN)) or ["IRI"]


def _diagram(uses: Mapping[str, Mapping[str, Counter[str]]]) -> Iterator[str]:
    yield "```mermaid\nclassDiagram\n    direction LR"
    drawn = [kind for kind in MAIN if kind in uses and kind not in _UNDRAWN]
    for kind in drawn:
        for relation, objects in sorted(uses[kind].items()):
            if relation in _UNDRAWN:
                continue
            for other in sorted(objects):
                if other in drawn:
                    yield f"    {_box(kind)} --> {_box(other)} : {relation}"
    yield "```\n"
    yield f"Left out because everything has them: {', '.join(f'`{name}`' for name in sorted(_UNDRAWN))}.\n"


_UNDRAWN = frozenset(
    {"vk:inDocument", "vk:item", "vk:evidence", "vk:sentence", "vk:headingEvidence", "vk:forceEvidence", "vk:scheduleEvidence"}
    | {"oa:SpecificResource", "oa:TextQuoteSelector", "oa:TextPositionSelector", "eli:is_part_of", "eli:has_part"}
)


def _box(name: str) -> str:
    return name.replace(":", "_")


def _classes_in_use(uses: Mapping[str, Mapping[str, Counter[str]]], terms: Terms) -> Iterator[str]:
    yield "Read off the bundled base: each class with its properties and what they lead to.\n"
    for kind in MAIN:
        if kind not in uses:
            continue
        yield f"**`{kind}`** {terms.gloss(kind)}\n"
        yield "| property | leads to |"
        yield "|---|---|"
        for relation, objects in sorted(uses[kind].items()):
            yield f"| `{relation}` | {', '.join(f'`{other}`' if other != 'IRI' else other for other in sorted(objects))} |"
        yield ""


# --- worked examples ---------------------------------------------------------------------------------


def _examples(base: KnowledgeBase) -> Iterator[str]:
    for title, remark, query in EXAMPLES:
        yield f"### {title}\n"
        if remark:
            yield f"{remark}\n"
        yield f"```sparql\n{query}\n```\n"
        table = base.sparql(query).table()
        yield "| " + " | ".join(table.columns) + " |"
        yield "|---" * len(table.columns) + "|"
        for row in table.rows:
            yield "| " + " | ".join("" if value is None else " ".join(str(value).split()) for value in row) + " |"
        yield ""


# --- the terms ---------------------------------------------------------------------------------------


class Terms:
    """The terms of ontology/vetkb.ttl."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in parse_rdf(ONTOLOGY / "vetkb.ttl", "turtle"):
            self._said[short(quad.subject)][short(quad.predicate)].append(quad.object)

    def gloss(self, term: str) -> str:
        return (
            f"{self._text(term, 'rdfs:label', 'zh')} — {self._text(term, 'skos:definition', 'en')}"
            if term.startswith("vk:")
            else ""
        )

    def _text(self, term: str, predicate: str, language: str) -> str:
        found = (t.value for t in self._said[term][predicate] if isinstance(t, Literal) and t.language == language)
        return next(found, "")

    def _links(self, term: str, *predicates: str) -> str:
        return ", ".join(f"`{short(str(t))}`" for p in predicates for t in self._said[term][p])

    def tables(self) -> Iterator[str]:
        """Yield a table of each kind of term."""
        for title, kind in (
            ("Classes", "owl:Class"),
            ("Relations between things", "owl:ObjectProperty"),
            ("Values", "owl:DatatypeProperty"),
            ("Fixed things", "owl:NamedIndividual"),
        ):
            yield f"### {title}\n"
            yield "| term | 中文 | English | meaning | below | example |"
            yield "|---|---|---|---|---|---|"
            for term, said in self._said.items():
                if term.startswith("vk:") and any(short(str(t)) == kind for t in said["rdf:type"]):
                    above = self._links(term, "rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:seeAlso")
                    labels = (self._text(term, "rdfs:label", language) for language in ("zh", "en"))
                    example = next((t.value for t in said["skos:example"] if isinstance(t, Literal)), "")
                    meaning = self._text(term, "skos:definition", "en")
                    yield f"| `{term}` | {' | '.join(labels)} | {meaning} | {above} | {example and f'`{example}`'} |"
            yield ""


if __name__ == "__main__":
    main()
