"""自检 — A base checks itself: quality shapes, OWL consistency, evidence, round trip; one line a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from vetkb.engine import Iri, Quad, parse_rdf
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.read import from_quads
from vetkb.graph.write import to_quads
from vetkb.ontology import check_consistency
from vetkb.store import Store
from vetkb.text import Finding, Message
from vetkb.validate import check_evidence, check_quality

_MOST_SHOWN = 10  # of a check, in the terminal


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it is called, how many things it looked at, what it found wrong."""

    name: str
    looked_at: int
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class Checks:
    """All checks of a base."""

    build: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        return {
            "build": self.build,
            "passed": self.passed,
            "checks": [
                {
                    "name": check.name,
                    "passed": check.passed,
                    "looked_at": check.looked_at,
                    "findings": [
                        {"code": f.code, "severity": f.severity, "message": {"zh": f.message.zh, "en": f.message.en}}
                        for f in check.findings
                    ],
                }
                for check in self.checks
            ],
        }

    def to_text(self) -> str:
        lines = [f"build {self.build}"]
        for check in self.checks:
            lines.append(
                f"{'ok  ' if check.passed else 'FAIL'} {check.name:12} {check.looked_at:7} looked at, {len(check.findings)} found"
            )
            shown = check.findings[:_MOST_SHOWN]
            lines += [f"     {f.severity} {f.code} {f.message.zh} / {f.message.en}" for f in shown]
            if len(check.findings) > len(shown):
                lines.append(f"     … and {len(check.findings) - len(shown)} more (--format json has all)")
        return "\n".join(lines)


def check(store: Store) -> Checks:
    """Run all checks. Raises MissingToolError where there is no Java for the OWL reasoner."""
    documents = {entry.iri: list(parse_rdf(store.part(entry.iri), "nquads")) for entry in store.documents()}
    named: tuple[tuple[str, Callable[[], tuple[int, list[Finding]]]], ...] = (
        ("shapes", lambda: _shapes(documents)),
        ("owl", lambda: _owl(store)),
        ("evidence", lambda: _evidence(store)),
        ("round trip", lambda: _round_trip(documents)),
    )
    results = []
    for name, run in named:
        looked_at, findings = run()
        results.append(Check(name, looked_at, tuple(findings)))
    return Checks(store.build_id, tuple(results))


def _shapes(documents: dict[Iri, list[Quad]]) -> tuple[int, list[Finding]]:
    """Quality shapes, document by document: each graph must be whole by itself."""
    findings = [finding for quads in documents.values() for finding in _violations(quads)]
    return sum(map(len, documents.values())), findings


def _violations(quads: list[Quad]) -> Iterator[Finding]:
    for result in check_quality(quads):
        message = Message(f"{result.message.zh}：{result.focus}", f"{result.message.en}: {result.focus}")
        yield Finding("VK-SHAPE", "error" if result.severity == "violation" else result.severity, message)


def _owl(store: Store) -> tuple[int, list[Finding]]:
    return len(store.rdf), check_consistency(store.rdf.quads())


def _evidence(store: Store) -> tuple[int, list[Finding]]:
    texts = {entry.iri: store.source(entry.iri).text for entry in store.documents()}
    return sum(map(len, texts.values())), check_evidence(store.rdf, texts)


def _round_trip(documents: dict[Iri, list[Quad]]) -> tuple[int, list[Finding]]:
    """The model read back from a graph must give that graph again."""
    lexicon = load_lexicon()
    findings = []
    for iri, quads in documents.items():
        again = to_quads(*from_quads(quads), lexicon)
        if set(again) != set(quads):
            lost, new = set(quads) - set(again), set(again) - set(quads)
            findings.append(
                Finding(
                    "VK-ROUND-TRIP",
                    "error",
                    Message(
                        f"{iri} 回读不一致：缺{len(lost)}条，多{len(new)}条",
                        f"{iri} reads back otherwise: {len(lost)} triples lost, {len(new)} new",
                    ),
                )
            )
    return len(documents), findings
