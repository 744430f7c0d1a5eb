"""Checks → a Turtle file that any SHACL engine reads, the same text for the same graph.

Shapes are named after what they come from, so that a name stays when others come and go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from vetkb.engine import Iri, RdfStore
from vetkb.graph.terms import BASE
from vetkb.text import Message
from vetkb.validate.duties import duties_of
from vetkb.validate.duty_shapes import duty_checks
from vetkb.validate.model import Severity
from vetkb.validate.policy import Duty, Requirement, SetAside
from vetkb.validate.shapes import DECLARED, GENERATED, Check, checks_of, quoted, shortened
from vetkb.validate.targets import policies_of, survey

_TURTLE = {
    **DECLARED,
    "sh": "http://www.w3.org/ns/shacl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "prov": "http://www.w3.org/ns/prov#",
}
_NO_DATE = Message("任务没有可以确定的日期", "the task has no date that can be told")
_SEVERITIES: dict[Severity, str] = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}


def shapes_of(base: RdfStore, document: Iri) -> str:
    """Return the shapes of a document's targets and tasks as Turtle; the same graph gives the same text."""
    policies = policies_of(base, [document])
    found = survey(base, policies)
    duties = duties_of(base, policies)
    dateless = [
        SetAside(d.task, shortened(d.label), replace(d.clause, quote=""), "no-date", _NO_DATE)
        for d in duties
        if not duty_checks(d)
    ]
    return to_turtle(found.requirements, duties, [*found.set_aside, *dateless])


def to_turtle(requirements: Iterable[Requirement], duties: Iterable[Duty] = (), set_aside: Iterable[SetAside] = ()) -> str:
    """Return shapes as one Turtle file; the numbers that no shape was made of are listed in comments at its end."""
    requirements, duties = list(requirements), list(duties)
    spoken = [*(r.policy for r in requirements), *(d.policy for d in duties)]
    policies = list({p.iri: p for p in spoken}.values())
    prefixes = {**_TURTLE, "entity": f"{BASE}id/entity/", "indicator": f"{BASE}id/indicator/"}
    prefixes |= {f"doc{n}" if n > 1 else "doc": f"{p.iri}/" for n, p in enumerate(policies, start=1)}
    names = _Names(prefixes)
    titles = "、".join(p.identifier for p in policies)
    lines = [
        GENERATED.strip(),
        f"#| title.zh = {quoted(f'{titles} 的指标与任务')}",
        f"#| title.en = {quoted(f'Targets and tasks of {titles}')}",
        "# Made from the graph of the document by vetkb.validate; change that, not this file.",
        "",
        *(f"@prefix {p}: <{iri}> ." for p, iri in prefixes.items()),
        "",
        *_declarations(),
    ]
    for r in requirements:
        labels = _literal(r.label, "zh") + (f" , {_literal(r.label_en, 'en')}" if r.label_en else "")
        about = [f"prov:wasDerivedFrom {names.all(r.targets)}", f"rdfs:label {labels}", f"rdfs:comment {_literal(r.expected)}"]
        lines += _shape(names, (r.shape, r.indicator), "indicator", about, r.items, checks_of(r))
    for d in duties:
        about = [f"prov:wasDerivedFrom {names.one(d.task)}", f"rdfs:label {_literal(shortened(d.label), 'zh')}"]
        lines += _shape(names, (d.shape, d.task), "task", about, (d.item,), duty_checks(d))
    return "\n".join([*lines, *_asides(set_aside)]) + "\n"


def _asides(set_aside: Iterable[SetAside]) -> list[str]:
    lines = []
    for one in set_aside:
        quote = f"“{one.clause.quote}” " if one.clause.quote else ""
        words = " ".join(f"{one.clause.item or '-'} {quote}{one.label}".split())
        lines.append(f"#   {words} [{one.reason}] {one.message.zh} / {one.message.en}")
    return ["", "# Numbers and tasks of which no shape was made, and why:", *lines] if lines else []


@dataclass(frozen=True, slots=True)
class _Names:
    """Writes IRIs short where a prefix fits and what is left needs no escape."""

    prefixes: dict[str, str]

    def one(self, iri: str) -> str:
        for prefix, start in self.prefixes.items():
            local = iri.removeprefix(start)
            if local != iri and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", local):
                return f"{prefix}:{local}"
        return f"<{iri}>"

    def all(self, iris: Iterable[str]) -> str:
        return " , ".join(self.one(i) for i in iris)


def _declarations() -> list[str]:
    node = f"<{BASE}shapes/prefixes>"
    own = {p: f"<{BASE}shapes/prefixes#{p}>" for p in DECLARED}
    lines = [f"{node} sh:declare {' , '.join(own.values())} ."]
    return lines + [f'{own[p]} sh:prefix "{p}" ; sh:namespace "{iri}"^^xsd:anyURI .' for p, iri in DECLARED.items()]


def _shape(
    names: _Names, shape_of: tuple[Iri, Iri], link: str, about: list[str], sources: tuple[Iri, ...], checks: tuple[Check, ...]
) -> list[str]:
    if not checks:
        return []
    shape, node = shape_of
    lines = [
        "",
        f"{names.one(shape)} a sh:NodeShape ;",
        f"  sh:targetNode {names.one(node)} ;",
        *(f"  {statement} ;" for statement in about),
        f"  dcterms:source {names.all(sources)} ;",
        f"  sh:property {names.one(f'{shape}_reported')} .",
        "",
        f"{names.one(f'{shape}_reported')} a sh:PropertyShape ;",
        f"  sh:path [ sh:inversePath vk:{link} ] ;",
        f"  sh:property {names.all(c.shape for c in checks)} .",
    ]
    for check in checks:
        lines += [
            "",
            f"{names.one(check.shape)} a sh:PropertyShape ;",
            f"  sh:path {names.one(check.path or '')} ;",
            f"  sh:severity {_SEVERITIES[check.severity]} ;",
            f"  dcterms:source {names.one(sources[0])} ;",
            f"  sh:sparql {names.one(f'{check.shape}_query')} .",
            "",
            f"{names.one(f'{check.shape}_query')} a sh:SPARQLConstraint ;",
            f"  sh:prefixes <{BASE}shapes/prefixes> ;",
            f"  sh:message {_literal(_braced(check.zh), 'zh')} ,",
            f"    {_literal(_braced(check.en), 'en')} ;",
            f'  sh:select """{_long(check.select)}""" .',
        ]
    return lines


def _literal(text: str, language: str | None = None) -> str:
    return quoted(text) + (f"@{language}" if language else "")


def _long(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _braced(text: str) -> str:
    """Keep the placeholder {?value} and no other brace, so that a document's words are never taken for one."""
    kept = text.replace("{?value}", "\0").replace("{", "｛").replace("}", "｝")
    return kept.replace("\0", "{?value}")
