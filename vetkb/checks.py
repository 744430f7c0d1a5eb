"""自检 — A base checks itself: quality shapes, OWL consistency, evidence, round trip; one line a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from vetkb.engine import Iri, Quad, parse_rdf
from vetkb.errors import QueryError, StoreError, UsageError
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.read import from_quads
from vetkb.graph.write import to_quads
from vetkb.ontology import check_consistency
from vetkb.reason import load_rules
from vetkb.store import Store
from vetkb.text import Finding, Message, Source
from vetkb.validate import check_quality
from vetkb.validate.evidence import check_evidence

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


def check(store: Store, recompile: Callable[[Source], list[Quad]] | None) -> Checks:
    """Run all checks; `recompile` makes the graph of a source anew, null where another version built the base.

    Raises MissingToolError where there is no Java for the OWL reasoner.
    """
    documents = {entry.iri: list(parse_rdf(store.part(entry.iri), "nquads")) for entry in store.documents()}
    named: tuple[tuple[str, Callable[[], tuple[int, list[Finding]]]], ...] = (
        ("shapes", lambda: _shapes(store, documents)),
        ("owl", lambda: _owl(store)),
        ("evidence", lambda: _evidence(store)),
        ("round trip", lambda: _round_trip(documents)),
        ("store", lambda: _same_in_store(store, documents)),
        ("sources", lambda: _same_from_sources(store, documents, recompile)),
    )
    results = []
    for name, run in named:
        try:
            looked_at, findings = run()
        except (UsageError, StoreError, QueryError) as error:  # damage that stops one check is a finding, and the others go on
            looked_at, findings = (
                0,
                [Finding("VK-DAMAGED", "error", Message(f"无法检查：{error}", f"cannot be checked: {error}"))],
            )
        results.append(Check(name, looked_at, tuple(findings)))
    return Checks(store.build_id, tuple(results))


def _shapes(store: Store, documents: dict[Iri, list[Quad]]) -> tuple[int, list[Finding]]:
    """Quality shapes: document by document, since each graph must be whole by itself, then over all that rules conclude."""
    concluded = [quad for rule in load_rules() for quad in store.rdf.quads(rule.graph)]
    graphs = [*documents.values(), concluded]
    return sum(map(len, graphs)), [finding for quads in graphs for finding in _violations(quads)]


def _violations(quads: list[Quad]) -> Iterator[Finding]:
    for result in check_quality(quads):
        message = Message(f"{result.message.zh}：{result.focus}", f"{result.message.en}: {result.focus}")
        yield Finding("VK-SHAPE", "error" if result.severity == "violation" else result.severity, message)


def _owl(store: Store) -> tuple[int, list[Finding]]:
    triples = store.rdf.triples()
    return len(triples), check_consistency(triples)


def _evidence(store: Store) -> tuple[int, list[Finding]]:
    texts = {entry.iri: store.source(entry.iri).text for entry in store.documents()}
    return sum(map(len, texts.values())), check_evidence(store.rdf, texts, load_lexicon())


def _round_trip(documents: dict[Iri, list[Quad]]) -> tuple[int, list[Finding]]:
    """The model read back from a graph must give that graph again."""
    lexicon = load_lexicon()
    findings = [
        finding
        for iri, quads in documents.items()
        for finding in _difference("VK-ROUND-TRIP", iri, quads, to_quads(*from_quads(quads), lexicon), "回读", "reads back")
    ]
    return len(documents), findings


def _same_in_store(store: Store, documents: dict[Iri, list[Quad]]) -> tuple[int, list[Finding]]:
    """What is queried must be what was compiled, and the index of words must answer."""
    findings = []
    for iri, quads in documents.items():
        graphs = dict.fromkeys(quad.graph for quad in quads)
        held = [quad for graph in graphs for quad in store.rdf.quads(graph)]
        findings += _difference("VK-STORE", iri, quads, held, "入库", "is stored")
    if store.documents() and not store.names():
        findings.append(Finding("VK-INDEX", "error", Message("名称索引是空的", "the index of names is empty")))
    store.search("的", 1)
    return sum(map(len, documents.values())), findings


def _same_from_sources(
    store: Store, documents: dict[Iri, list[Quad]], recompile: Callable[[Source], list[Quad]] | None
) -> tuple[int, list[Finding]]:
    """The source texts are the record: compiled again they must give the same graphs."""
    findings = [
        Finding("VK-SOURCE", "error", Message(f"{entry.iri} 的原件与其哈希不符", f"{entry.iri}: its file does not have its hash"))
        for entry in store.documents()
        if (original := store.original(entry.iri)) is not None and sha256(original).hexdigest() != entry.sha256
    ]
    if recompile is None:
        other = Message(
            "基库由另一版本编译，未重新编译核对", "another version built this base; its sources were not compiled again"
        )
        return 0, [*findings, Finding("VK-OTHER-VERSION", "info", other)]
    for iri, quads in documents.items():
        findings += _difference(
            "VK-SOURCE", iri, quads, recompile(store.source(iri)), "由原文重新编译", "compiles from its source"
        )
    return len(documents), findings


def _difference(code: str, iri: Iri, quads: list[Quad], again: list[Quad], zh: str, en: str) -> list[Finding]:
    lost, new = len(set(quads) - set(again)), len(set(again) - set(quads))
    if not lost and not new:
        return []
    message = Message(f"{iri} {zh}不一致：缺{lost}条，多{new}条", f"{iri} {en} otherwise: {lost} triples lost, {new} new")
    return [Finding(code, "error", message)]
