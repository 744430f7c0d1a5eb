"""Is a document's own graph sound? shapes/quality over its triples, and its evidence against the source text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vetkb.engine import Iri, Quad, RdfStore
from vetkb.text import Finding, Message, Span
from vetkb.validate.engines import compiled_files, run_compiled
from vetkb.validate.model import ValidationResult
from vetkb.validate.targets import PREFIXES

_EVIDENCE = (
    PREFIXES
    + """SELECT ?document ?selector ?quoted ?exact ?start ?end WHERE {
  ?document eli:is_realized_by/eli:is_embodied_by ?file . ?resource oa:hasSource ?file ; oa:hasSelector ?selector .
  BIND(EXISTS { ?selector a oa:TextQuoteSelector } AS ?quoted)
  OPTIONAL { ?selector oa:exact ?exact }
  OPTIONAL { ?selector oa:refinedBy? ?place . ?place oa:start ?start ; oa:end ?end } }
ORDER BY ?document ?start ?end ?selector"""
)


def check_quality(quads: Iterable[Quad]) -> tuple[ValidationResult, ...]:
    """Run the quality shapes over the graph of a document (with what it names of the ontology)."""
    data = list(quads)
    store = RdfStore.memory()
    store.add(data)
    outcome = run_compiled(store, data, compiled_files("quality"))
    return tuple(
        ValidationResult(r.severity, r.message, r.focus, actual=_text(r.value), shape=r.shape, path=r.path) for r in outcome.raws
    )


def check_evidence(base: RdfStore, sources: Mapping[Iri, str]) -> list[Finding]:
    """Compare every quotation with the slice of its source; `sources` has the text of each document by IRI.

    Evidence that is a place alone (of a clause, a row) must lie inside the text.
    """
    findings: list[Finding] = []
    for row in base.select(_EVIDENCE).dicts():
        document, exact, start, end = Iri(str(row["document"])), row["exact"], row["start"], row["end"]
        text = sources.get(document)
        if text is None:
            zh, en, code = f"没有 {document} 的原文", f"the text of {document} is missing", "VK-EVIDENCE-SOURCE"
        elif not isinstance(start, int) or not isinstance(end, int) or (exact is None and row["quoted"]):
            zh, en, code = (
                f"证据 {row['selector']} 没有引文或位置",
                f"evidence {row['selector']} lacks words or place",
                "VK-EVIDENCE-PLACE",
            )
        elif not 0 <= start <= end <= len(text) or (exact is not None and text[start:end] != str(exact)):
            zh = f"证据 {row['selector']} 与原文第{start}至{end}字不符"
            en, code = f"evidence {row['selector']} is not what stands at characters {start} to {end}", "VK-EVIDENCE-TEXT"
        else:
            continue
        span = Span(start, end) if isinstance(start, int) and isinstance(end, int) else None
        finding = Finding(code, "error", Message(zh, en), span)
        if finding not in findings[-1:]:
            findings.append(finding)
    return findings


def _text(value: object) -> str | None:
    return None if value is None else str(getattr(value, "value", value))
