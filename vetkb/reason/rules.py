"""Rules to a fixed point: ontology/rules/*.rq over a dataset, each rule's conclusions in a named graph of its own.

A rule is a CONSTRUCT query with a head: titles, an order, and its premises as triple patterns, so that a conclusion
can be explained. Rules only add, so applying them in order until nothing new comes gives the same
graphs whatever the order; the order only saves rounds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vetkb.engine import Function, Iri, Literal, Quad, RdfStore
from vetkb.errors import UsageError
from vetkb.graph import names
from vetkb.graph.terms import BASE, ONTOLOGY_GRAPH, RDF_TYPE, Skos, Vk
from vetkb.model import Division, Lexicon
from vetkb.paths import ONTOLOGY
from vetkb.reason.functions import rule_functions
from vetkb.reason.likeness import TERMS_READ
from vetkb.reason.patterns import mentioned_iris, template_and_where
from vetkb.text import Message

RULES = ONTOLOGY / "rules"


@dataclass(frozen=True, slots=True)
class Rule:
    """推理规则 — A CONSTRUCT query with its head; `premises` are patterns over the variables of the query.

    A rule that counts what others conclude has a `stratum` above theirs: it is asked when they are through.
    """

    name: str
    title: Message
    description: Message
    order: int
    premises: tuple[str, ...]
    sparql: str
    stratum: int = 1

    @property
    def graph(self) -> Iri:
        return rule_graph(self.name)

    @property
    def file(self) -> str:
        return f"ontology/rules/{self.name}.rq"


def rule_graph(name: str) -> Iri:
    return Iri(f"{BASE}rule/{name}")


def read_head(text: str, where: str) -> tuple[dict[str, object], str]:
    """Split a file into its head (lines that begin `#|`, TOML) and the rest. Raises UsageError for a head that is not TOML."""
    lines = text.splitlines(keepends=True)
    head = "".join(line[2:].removeprefix(" ") for line in lines if line.startswith("#|"))
    try:
        return tomllib.loads(head), "".join(line for line in lines if not line.startswith("#|"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the head of {where} is not TOML: {error}") from None


def load_rules(folder: Path = RULES) -> list[Rule]:
    """Read the rules of a folder, in their order."""
    rules = [_rule(path) for path in sorted(folder.glob("*.rq"))]
    return sorted(rules, key=lambda rule: (rule.order, rule.name))


def _rule(path: Path) -> Rule:
    head, sparql = read_head(path.read_text(encoding="utf-8"), str(path))
    try:
        title, description = head["title"], head["description"]
        return Rule(
            path.stem,
            Message(title["zh"], title["en"]),  # type: ignore[index]
            Message(description["zh"], description["en"]),  # type: ignore[index]
            int(head["order"]),  # type: ignore[call-overload]
            tuple(head["premises"]),  # type: ignore[arg-type]
            sparql,
            int(head.get("stratum", 1)),  # type: ignore[call-overload]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"the head of {path} needs title, description (zh and en), order and premises: {error!r}") from None


def run_rules(rdf: RdfStore, lexicon: Lexicon, folder: Path = RULES, concluding: Iri | None = None) -> dict[str, int]:
    """Add what follows from the rules to a dataset; return the number of conclusions of each rule.

    `concluding` holds it to the rules that conclude one property, where nothing else is wanted.

    The divisions that the dataset speaks of are added to the graph of the ontology first: the whole table is not in it.
    """
    rdf.add(divisions_in_use(rdf, lexicon))
    functions = rule_functions(lexicon, rdf)
    rules = [rule for rule in load_rules(folder) if concluding is None or _concludes(rule, concluding)]
    for stratum in sorted({rule.stratum for rule in rules}):
        _to_fixed_point(rdf, [rule for rule in rules if rule.stratum == stratum], functions)
    return {rule.name: len(rdf.quads(rule.graph)) for rule in rules}


def _to_fixed_point(rdf: RdfStore, rules: Sequence[Rule], functions: Mapping[str, Function]) -> None:
    """Ask rules in turn until none of them has anything new to say."""
    known: dict[str, set[Quad]] = {rule.name: set() for rule in rules}
    mentioned = {rule.name: set(mentioned_iris(rule.sparql)) for rule in rules}
    waiting = {rule.name for rule in rules}
    while waiting:
        for rule in rules:
            if rule.name not in waiting:
                continue
            waiting.discard(rule.name)
            made = set(rdf.construct(rule.sparql, functions=functions, graph=rule.graph)) - known[rule.name]
            known[rule.name] |= made
            new = sorted((quad for quad in made if not _is_known(rdf, quad)), key=str)
            rdf.add(new)
            # a rule has to be asked again if something came that it speaks of
            terms = {quad.object if quad.predicate == RDF_TYPE else quad.predicate for quad in new}
            waiting |= {name for name, iris in mentioned.items() if iris & terms}


def terms_read(concluding: Iri, folder: Path = RULES) -> frozenset[Iri]:
    """Return the properties and classes that the rules for one conclusion look at, their functions included."""
    rules = [rule for rule in load_rules(folder) if _concludes(rule, concluding)]
    return TERMS_READ.union(*(mentioned_iris(rule.sparql) for rule in rules))


def _concludes(rule: Rule, term: Iri) -> bool:
    return any(term in pattern.terms for pattern in template_and_where(rule.sparql)[0])


def _is_known(rdf: RdfStore, quad: Quad) -> bool:
    """Say whether some graph holds a triple: what the text says, or another rule concluded, need not be concluded."""
    return bool(rdf.graphs_of(quad.subject, quad.predicate, quad.object))


def divisions_in_use(rdf: RdfStore, lexicon: Lexicon) -> list[Quad]:
    """Return the divisions that a dataset names, those above them and those below them, as the ontology's triples."""
    table = {division.code: division for division in lexicon.divisions}
    below: dict[str, list[Division]] = {}
    for division in lexicon.divisions:
        below.setdefault(division.parent or "", []).append(division)
    # the table of document prefixes speaks of every province
    query = f"SELECT DISTINCT ?d {{ ?s <{Vk.division}> ?d FILTER NOT EXISTS {{ ?s a <{Vk.DocumentPrefix}> }} }}"
    wanted: dict[str, Division] = {}
    for code in {names.key_of(str(row[0])) for row in rdf.select(query).rows}:
        place = table.get(code)
        while place is not None and place.code not in wanted:
            wanted[place.code] = place
            place = table.get(place.parent or "")
        if code != names.NATION:
            wanted |= {
                division.code: division for child in below.get(code, ()) for division in (child, *below.get(child.code, ()))
            }
        else:
            wanted |= {division.code: division for division in below.get(code, ())}
    return [quad for code in sorted(wanted) for quad in _division_quads(wanted[code])]


def _division_quads(division: Division) -> list[Quad]:
    node = names.division(division.code)
    facts: list[tuple[Iri, Iri | Literal]] = [
        (RDF_TYPE, Vk.Division),
        (Skos.notation, Literal(division.code)),
        (Skos.prefLabel, Literal(division.name, None, "zh")),
        *((Skos.altLabel, Literal(short, None, "zh")) for short in division.short),
        (Vk.divisionLevel, Literal(division.level)),
    ]
    if division.parent:
        facts.append((Skos.broader, names.division(division.parent)))
    return [Quad(node, predicate, value, ONTOLOGY_GRAPH) for predicate, value in facts]
