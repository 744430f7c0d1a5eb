"""Our own SHACL-SPARQL constraints → queries of the embedded engine, once a shape instead of once a focus node.

pySHACL asks a query for each focus node, on an engine whose joins grow with the square of the data; ours takes all focus
nodes at once. Only node shapes with plain targets are taken; what is left goes to pySHACL. A test holds both to the same results.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from vetkb.engine import Iri, Literal, Quad, RdfStore, Term
from vetkb.validate.model import Severity
from vetkb.validate.shacl import SEVERITIES, SH, Raw
from vetkb.validate.shapes import Check

_TARGETS = {
    f"{SH}targetClass": "?this a <{}>",
    f"{SH}targetNode": "BIND(<{}> AS ?this)",
    f"{SH}targetSubjectsOf": "?this <{}> ?focusObject",
    f"{SH}targetObjectsOf": "?focusSubject <{}> ?this",
}
_WHERE = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)

Shape = Mapping[str, Sequence[Term]]


def split(shapes: Iterable[Quad]) -> tuple[tuple[Check, ...], tuple[Quad, ...]]:
    """Return the constraints that can be compiled, and the shapes without them."""
    shapes = tuple(shapes)
    nodes: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in shapes:
        nodes[quad.subject][quad.predicate].append(quad.object)
    checks: list[Check] = []
    taken: set[tuple[str, str]] = set()
    for name, shape in list(nodes.items()):
        targets = [pattern.format(t) for p, pattern in _TARGETS.items() for t in shape.get(p, ()) if isinstance(t, Iri)]
        if len(targets) != 1 or f"{SH}path" in shape or f"{SH}deactivated" in shape:
            continue
        for constraint in shape.get(f"{SH}sparql", ()):
            check = _check(Iri(name), shape, nodes[str(constraint)], nodes, targets[0])
            if check is not None:
                checks.append(check)
                taken.add((name, str(constraint)))
    rest = tuple(q for q in shapes if not (q.predicate == f"{SH}sparql" and (q.subject, str(q.object)) in taken))
    return tuple(checks), rest


def _check(name: Iri, shape: Shape, constraint: Shape, nodes: Mapping[str, Shape], target: str) -> Check | None:
    selects = constraint.get(f"{SH}select", ())
    text = selects[0].value if len(selects) == 1 and isinstance(selects[0], Literal) else ""
    if not _WHERE.search(text) or "{?" in "".join(m.value for m in constraint.get(f"{SH}message", ()) if isinstance(m, Literal)):
        return None
    prefixes = ""
    for declarations in constraint.get(f"{SH}prefixes", ()):
        for one in nodes.get(str(declarations), {}).get(f"{SH}declare", ()):
            prefix, namespace = (_text(nodes[str(one)][f"{SH}{key}"]) for key in ("prefix", "namespace"))
            prefixes += f"PREFIX {prefix}: <{namespace}>\n"
    messages = {m.language: m.value for m in constraint.get(f"{SH}message", ()) if isinstance(m, Literal)}
    severity: Severity = next((SEVERITIES.get(str(s), "violation") for s in shape.get(f"{SH}severity", ())), "violation")
    select = prefixes + _WHERE.sub(lambda found: f"{found[0]} {{ SELECT DISTINCT ?this {{ {target} }} }}", text, count=1)
    return Check(name, None, severity, select, messages.get("zh", ""), messages.get("en", ""))


def _text(terms: Sequence[Term]) -> str:
    term = terms[0]
    return term.value if isinstance(term, Literal) else str(term)


def run_checks(store: RdfStore, checks: Iterable[Check]) -> tuple[Raw, ...]:
    """Run the queries of checks; the results are those a SHACL engine has for their shapes."""
    return tuple(raw for check in checks for raw in _run(store, check))


def _run(store: RdfStore, check: Check) -> list[Raw]:
    found = {}
    for row in store.terms(check.query):
        value, focus = row.get("value"), row["this"]
        if isinstance(focus, Iri):
            text = value.value if isinstance(value, Literal) else str(value)
            messages = tuple((m.replace("{?value}", text), lang) for m, lang in ((check.zh, "zh"), (check.en, "en")) if m)
            found[focus, value] = Raw(focus, value, check.path, check.severity, check.shape, None, messages)
    return sorted(found.values(), key=lambda r: (r.focus, str(r.value)))
