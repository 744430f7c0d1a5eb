"""Triples and shapes → results of pySHACL, in types of our own: the only door to that library.

Shapes and data are read by our engine, never by rdflib, which fetches and expands what it reads. Nothing is imported,
nothing inferred, no JavaScript run. Shapes of a stranger run in a process of their own, under caps (see `sandbox`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vetkb.engine import Iri, Literal, Quad, Term, parse_rdf
from vetkb.errors import ReportError
from vetkb.text import Message
from vetkb.validate.model import Severity
from vetkb.validate.shapes_graph import SEVERITIES, SH

if TYPE_CHECKING:
    import rdflib

_REFUSED = ("js", "jsLibrary", "jsFunctionName", "target", "rule", "expression", "values", "shapesGraph")
_REFUSED_TYPES = (
    "JSConstraint",
    "JSRule",
    "JSFunction",
    "JSTarget",
    "SPARQLFunction",
    "SPARQLTargetType",
    "SPARQLRule",
    "TripleRule",
)
_QUERIES = frozenset(SH + name for name in ("select", "ask", "construct", "update"))
_IMPORTS = "http://www.w3.org/2002/07/owl#imports"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_PLACEHOLDER = re.compile(r"\{[?$][A-Za-z_][A-Za-z0-9_]*\}")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Raw:
    """A result as SHACL gives it; `messages` are (text, language)."""

    focus: Iri
    value: Term | None
    path: Iri | None
    severity: Severity
    shape: Iri | None
    component: Iri | None
    messages: tuple[tuple[str, str | None], ...]

    @property
    def message(self) -> Message:
        """Return the message in both languages; one stands in for the other where a shape has only one."""
        by_language = {language or "": text for text, language in sorted(self.messages, key=str)}
        any_text = next(iter(by_language.values()), "")
        zh = by_language.get("zh") or by_language.get("zh-cn") or by_language.get("") or any_text
        return Message(zh, by_language.get("en") or by_language.get("") or any_text)


def read_shapes(text: str | bytes, name: str, *, trusted: bool) -> list[Quad]:
    """Parse shapes in Turtle; those of a stranger are refused where they reach out or run programs.

    Raises ReportError for shapes that cannot be read or are refused.
    """
    data = text.encode() if isinstance(text, str) else text
    try:
        quads = list(parse_rdf(data, "turtle"))
    except ReportError as error:
        raise ReportError(f"{name}: {error}") from None
    if not trusted:
        _refuse(quads, name)
    return [q for q in quads if q.predicate != _IMPORTS]


def _refuse(quads: Iterable[Quad], name: str) -> None:
    for quad in quads:
        if quad.predicate == _IMPORTS:
            raise ReportError(f"{name}: owl:imports is refused; put the shapes into one file")
        if quad.predicate in {SH + p for p in _REFUSED} or (
            quad.predicate == _TYPE and quad.object in {SH + t for t in _REFUSED_TYPES}
        ):
            raise ReportError(f"{name}: {quad.predicate.removeprefix(SH)} is refused; only SHACL Core and sh:sparql are run")
        if (
            quad.predicate in _QUERIES
            and isinstance(quad.object, Literal)
            and "service" in _ESCAPE.sub(_unescape, quad.object.value).casefold()
        ):
            raise ReportError(f"{name}: a query with SERVICE is refused")


def _unescape(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code < 0x110000 else ""


def run_shapes(data: Iterable[Quad], shapes: Iterable[Quad]) -> tuple[Raw, ...]:
    """Validate triples against shapes in this process and return the results, sorted.

    Raises ReportError where the shapes are ill-formed.
    """
    import pyshacl

    shapes = list(shapes)
    templates = _templates(shapes)
    try:
        _, found, text = pyshacl.validate(
            _graph(data),
            shacl_graph=_graph(shapes),
            advanced=True,
            inference="none",
            meta_shacl=False,
            js=False,
            do_owl_imports=False,
            inplace=True,
        )
    except RecursionError:
        raise ReportError("the shapes are nested too deep") from None
    except Exception as error:  # noqa: BLE001 - the library lets through whatever its parsers raise
        raise ReportError(f"the shapes cannot be run: {_one_line(error)}") from None
    if isinstance(found, Exception | bytes | str):
        raise ReportError(f"the shapes cannot be run: {_one_line(text)}")
    return tuple(sorted(_results(found, templates), key=lambda r: (r.focus, str(r.shape), str(r.value), str(r.path))))


def _templates(shapes: Iterable[Quad]) -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """Return the messages of each constraint as patterns: the library drops their language where it fills them in."""
    found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for quad in shapes:
        if quad.predicate == f"{SH}message" and isinstance(quad.object, Literal) and quad.object.language:
            parts = [re.escape(part) for part in _PLACEHOLDER.split(quad.object.value)]
            found.setdefault(quad.subject, []).append((re.compile(".*?".join(parts), re.DOTALL), quad.object.language))
    return found


def _results(graph: rdflib.Graph, templates: dict[str, list[tuple[re.Pattern[str], str]]]) -> list[Raw]:
    import rdflib

    sh = rdflib.Namespace(SH)
    # Results below another one's sh:detail explain that one and are not counted again.
    top = {
        result for report in graph.subjects(rdflib.RDF.type, sh.ValidationReport) for result in graph.objects(report, sh.result)
    }
    found = []
    for result in top:
        severity = SEVERITIES.get(str(graph.value(result, sh.resultSeverity)), "violation")
        constraint = _optional(graph.value(result, sh.sourceConstraint))
        known = templates.get(constraint or "", [])
        messages = tuple(
            (str(m), getattr(m, "language", None) or next((lang for p, lang in known if p.fullmatch(str(m))), None))
            for m in graph.objects(result, sh.resultMessage)
        )
        path = graph.value(result, sh.resultPath)
        focus = graph.value(result, sh.focusNode)
        found.append(
            Raw(
                focus=_name(focus) if focus is not None else Iri(""),
                value=_term(graph.value(result, sh.value)),
                path=Iri(str(path)) if isinstance(path, rdflib.URIRef) else None,
                severity=severity,
                shape=_optional(graph.value(result, sh.sourceShape)),
                component=_optional(graph.value(result, sh.sourceConstraintComponent)),
                messages=messages,
            )
        )
    return found


def _graph(quads: Iterable[Quad]) -> rdflib.Graph:
    import rdflib

    def node(iri: Iri) -> rdflib.URIRef | rdflib.BNode:
        return rdflib.BNode(iri[2:]) if iri.startswith("_:") else rdflib.URIRef(iri)

    def term(value: Term) -> rdflib.term.Node:
        if isinstance(value, Literal):
            return rdflib.Literal(value.value, lang=value.language, datatype=None if value.language else value.datatype)
        return node(value)

    graph = rdflib.Graph()
    for quad in quads:
        graph.add((node(quad.subject), rdflib.URIRef(quad.predicate), term(quad.object)))
    return graph


def _name(node: object) -> Iri:
    import rdflib

    return Iri(f"_:{node}") if isinstance(node, rdflib.BNode) else Iri(str(node))


def _optional(node: object) -> Iri | None:
    return None if node is None else _name(node)


def _term(node: object) -> Term | None:
    import rdflib

    if isinstance(node, rdflib.Literal):
        return Literal(str(node), Iri(str(node.datatype)) if node.datatype else None, node.language)
    return _optional(node)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:300]
