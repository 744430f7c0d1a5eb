"""Documents → models and graphs: the whole way of one source, in functions that can be read from top to bottom.

    read_source → parse → extract → to_quads

One document compiles alone, so a folder compiles in parallel; what needs more than one document (rules, indexes) is
the business of `vetkb.base`.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from vetkb.engine import Iri, Quad, RdfStore, parse_rdf
from vetkb.errors import UsageError
from vetkb.extract import extract
from vetkb.extract.agencies import division_of
from vetkb.graph import names
from vetkb.graph.terms import BASE, RDF_TYPE, Vk
from vetkb.graph.write import agency_name, serialise, to_quads
from vetkb.model import Document, Facts, Lexicon, Party, Statement
from vetkb.parse import parse
from vetkb.paths import ONTOLOGY
from vetkb.read import read_source
from vetkb.reason import run_rules, terms_read
from vetkb.text import Finding, Source, Span
from vetkb.validate import shapes_of

FORMAT = "vetkb-document/1"
ONTOLOGY_GRAPH = Iri(f"{BASE}ns")


@dataclass(frozen=True)
class Compilation:
    """编译结果 — One source with all that was read from it; `division` is that of its authority, `iri` its name."""

    source: Source
    document: Document
    facts: Facts
    findings: tuple[Finding, ...]
    division: str | None
    iri: Iri

    def coverage(self) -> str:
        """Return one line that says what was found and how much of the text has its place."""
        facts = self.facts
        unread = sum(len(leaf.span) for leaf in self.document.outline if leaf.kind == "unparsed")
        placed = 100 * (1 - unread / max(1, len(self.source.text)))
        return (
            f"{self.source.name}: {len(self.document.items)} items, {len(facts.tasks)} tasks, "
            f"{len(facts.responsibilities)} responsibilities, {len(facts.deadlines)} deadlines, "
            f"{len(facts.quantities)} quantities, {len(facts.citations)} citations; "
            f"{placed:.1f} % of the text has a place, {len(self.findings)} findings"
        )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the collector of cycles: frozen values have none, and walking millions of them again and again costs a
    fifth of the time of a long text."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def compile_source(source: Source, lexicon: Lexicon) -> Compilation:
    """Read one source into its model; never refuses."""
    with _no_collection():
        document = parse(source)
        facts, findings = extract(document, source, lexicon)
    division = division_of(document, lexicon)
    return Compilation(source, document, facts, tuple(findings), division, names.document_iri(document, division, lexicon))


def compile_files(paths: Sequence[Path], lexicon: Lexicon, jobs: int | None = None) -> Iterator[tuple[Compilation, list[Quad]]]:
    """Compile files to models and graphs in the order of `paths`, several at once where it is worth the processes."""
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1 or len(paths) < 8:
        yield from (_compile_file(path, lexicon) for path in paths)
        return
    with ProcessPoolExecutor(jobs, initializer=_remember, initargs=(lexicon,)) as pool:
        yield from pool.map(_compile_in_worker, paths, chunksize=max(1, min(32, len(paths) // (4 * jobs))))


def _compile_file(path: Path, lexicon: Lexicon) -> tuple[Compilation, list[Quad]]:
    compiled = compile_source(read_source(path), lexicon)
    return compiled, to_quads(compiled.document, compiled.facts, lexicon)


_WORKER: dict[str, Lexicon] = {}  # of a worker process: the lexicon is handed over once, not with each file


def _remember(lexicon: Lexicon) -> None:
    _WORKER["lexicon"] = lexicon
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """A worker whose builder was killed would wait for work for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _compile_in_worker(path: Path) -> tuple[Compilation, list[Quad]]:
    return _compile_file(path, _WORKER["lexicon"])


# --- the ontology ------------------------------------------------------------------------------------


def ontology_quads(folder: Path = ONTOLOGY) -> list[Quad]:
    """Return the terms and schemes of ontology/, all in the graph of the ontology."""
    quads = (q for path in sorted(folder.glob("*.ttl")) for q in parse_rdf(path, "turtle", graph=ONTOLOGY_GRAPH))
    return list(dict.fromkeys(quads))


def derive(compiled: Compilation, lexicon: Lexicon) -> RdfStore:
    """Return a store with one document and what the rules derive of it that its JSON shows."""
    store = RdfStore.memory()
    # a clause that is a task itself puts no other one into practice; where there is no clause, no task does
    clauses = any(sentence.item is not None for sentence in compiled.document.sentences)
    if clauses and any(task.ordinal is not None for task in compiled.facts.tasks):
        read = terms_read(Vk.operationalises) | {Vk.order}
        quads = to_quads(compiled.document, _only_tasks(compiled.facts), lexicon)
        store.add([q for q in quads if (q.object if q.predicate == RDF_TYPE else q.predicate) in read])
        run_rules(store, lexicon, concluding=Vk.operationalises)
    return store


def _only_tasks(facts: Facts) -> Facts:
    """Return the facts without what is most of a graph and no rule for tasks and clauses looks at."""
    return Facts(tasks=facts.tasks)


# --- the document as JSON ----------------------------------------------------------------------------


def to_json(compiled: Compilation, lexicon: Lexicon, store: RdfStore) -> dict[str, Any]:
    """Return the object of schemas/document.json; `store` holds the document's graph and what was derived from it."""
    document, facts = compiled.document, compiled.facts
    starts = [e.start for e in facts.effects if e.start]
    ends = [e.end for e in facts.effects if e.end]
    source = document.source
    return {
        "format": FORMAT,
        "source": {"name": source.name, "sha256": source.sha256, "characters": source.characters},
        "identifier": _value(document.identifier),
        "title": _value(document.title),
        "genre": _value(document.genre),
        "issuers": [i.value for i in document.issuers],
        "issued": _day(_value(document.issued)),
        "printed": _day(_value(document.printed)),
        "addressees": [a.value for a in document.addressees],
        "copied_to": [c.value for c in document.copied_to],
        "sponsor": _value(document.sponsor),
        "effective": {"from": _day(starts[0] if starts else None), "to": _day(ends[0] if ends else None)},
        "outline": [{"kind": leaf.kind, "path": leaf.path, "span": _span(leaf.span)} for leaf in document.outline],
        "items": _items(document, facts),
        "tasks": _tasks(document, facts),
        "responsibilities": _responsibilities(compiled, lexicon),
        "deadlines": _deadlines(facts),
        "quantities": _quantities(facts),
        "citations": _citations(facts),
        "programmes": _programmes(facts),
        "provisions": _provisions(facts),
        "derived": {"operationalises": _operationalises(store, compiled.iri)},
        "findings": [_finding(f) for f in compiled.findings],
    }


def _items(document: Document, facts: Facts) -> list[dict[str, Any]]:
    statements: dict[str | None, list[Statement]] = {}
    for statement in facts.statements:
        statements.setdefault(statement.item, []).append(statement)
    return [
        {
            "path": item.path,
            "label": item.label,
            "heading": item.heading,
            "span": _span(item.span),
            "statements": [
                {"span": _span(s.evidence.span), "modality": s.modality, "force": s.force.text if s.force else None}
                for s in statements.get(item.path, ())
            ],
        }
        for item in document.items
    ]


def _tasks(document: Document, facts: Facts) -> list[dict[str, Any]]:
    printed = {item.path: item.label + item.heading for item in document.items}
    return [
        {
            "ordinal": task.ordinal,
            "text": task.text,
            "group": printed.get(task.group, task.group) if task.group else None,
            "schedule": task.schedule.text if task.schedule else None,
            "item": task.item,
            "span": _span(task.evidence.span),
        }
        for task in facts.tasks
    ]


def _responsibilities(compiled: Compilation, lexicon: Lexicon) -> list[dict[str, Any]]:
    return [
        {
            "item": r.item,
            "quote": r.evidence.text,
            "span": _span(r.evidence.span),
            "open": r.open,
            "inherited": r.inherited,
            "agencies": [_agency(p, lexicon) for p in r.parties],
        }
        for r in compiled.facts.responsibilities
    ]


def _agency(party: Party, lexicon: Lexicon) -> dict[str, Any]:
    named = party.organ is not None and party.division is not None
    return {
        "surface": party.surface.words,
        "name": agency_name(party.organ, party.division, lexicon) if party.organ and party.division else None,
        "id": names.agency(party.division, party.organ) if named and party.organ and party.division else None,
        "role": party.role,
        "position": party.position,
        "basis": party.basis,
    }


def _deadlines(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "item": d.item,
            "quote": d.evidence.text,
            "span": _span(d.evidence.span),
            "kind": d.kind,
            "from": _day(d.earliest),
            "to": _day(d.latest),
            "basis": d.basis,
        }
        for d in facts.deadlines
    ]


def _quantities(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "item": q.item,
            "quote": q.evidence.text,
            "span": _span(q.evidence.span),
            "comparator": q.comparator,
            "value": _number(q.value),
            "min": _number(q.minimum),
            "max": _number(q.maximum),
            "unit": q.unit,
            "per": q.per,
            "indicator": q.indicator,
            "scope": q.scope,
        }
        for q in facts.quantities
    ]


def _citations(facts: Facts) -> list[dict[str, Any]]:
    return [
        {"title": c.title, "identifier": c.identifier, "mode": c.mode, "item": c.item, "span": _span(c.evidence.span)}
        for c in facts.citations
    ]


def _programmes(facts: Facts) -> list[dict[str, Any]]:
    return [{"name": p.name, "broader": p.broader, "item": p.item, "span": _span(p.evidence.span)} for p in facts.programmes]


def _provisions(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "kind": p.kind,
            "item": p.item,
            "quote": p.evidence.text,
            "span": _span(p.evidence.span),
            "parts": [{"role": part.role, "quote": part.quote.text, "span": _span(part.quote.span)} for part in p.parts],
        }
        for p in facts.provisions
    ]


_OPERATIONALISES = """PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?document ?ordinal ?item ?rule WHERE {
  ?task vk:inDocument ?document ; vk:item/vk:order ?row .
  GRAPH ?rule { ?task vk:operationalises ?clause }
  ?clause vk:path ?item ; vk:order ?order . OPTIONAL { ?task vk:ordinal ?ordinal }
} ORDER BY ?row ?order ?rule"""


def _operationalises(store: RdfStore, document: Iri) -> list[dict[str, Any]]:
    rows = store.select(_OPERATIONALISES, {"document": document}).rows
    return [{"task": task, "item": item, "rule": str(rule).rpartition("/")[2]} for _, task, item, rule in rows]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": {"zh": finding.message.zh, "en": finding.message.en},
        "span": _span(finding.span) if finding.span else None,
    }


def _value(stated: Any) -> Any:
    return stated.value if stated is not None else None


def _day(day: Any) -> str | None:
    return day.isoformat() if day is not None else None


def _span(span: Span) -> list[int]:
    return [span.start, span.end]


def _number(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


STAGES = ("outline", "facts", "graph", "findings", "shapes")


def show(compiled: Compilation, stage: str, lexicon: Lexicon) -> str:
    """Return a document as it is between two stages, for people to read."""
    if stage == "graph":
        return to_rdf(to_quads(compiled.document, compiled.facts, lexicon), "turtle").decode("utf-8")
    if stage == "shapes":
        store = RdfStore.memory()
        store.add([*ontology_quads(), *to_quads(compiled.document, compiled.facts, lexicon)])
        run_rules(store, lexicon)
        return shapes_of(store, compiled.iri)
    if stage == "outline":
        lines = [
            _shown(leaf.span, f"{leaf.kind:10} {leaf.path or '-':16}", compiled.source) for leaf in compiled.document.outline
        ]
    elif stage == "facts":
        found = sorted(_evidenced(compiled.facts), key=lambda f: (f[1].start, f[1].end))
        lines = [_shown(span, f"{name:16}", compiled.source) for name, span in found]
    elif stage == "findings":
        lines = [f"{f.severity:8} {f.code} {f.message.zh}" for f in compiled.findings] or ["no findings"]
    else:
        raise UsageError(f"unknown stage {stage!r}; known are {', '.join(STAGES)}")
    return "\n".join(lines)


def _evidenced(facts: Facts) -> Iterator[tuple[str, Span]]:
    for found in fields(facts):
        for fact in getattr(facts, found.name):
            yield fact.rule, fact.evidence.span


def _shown(span: Span, what: str, source: Source) -> str:
    text = " ".join(source.text[span.start : min(span.end, span.start + 60)].split())
    return f"{span.start:6}-{span.end:<6} {what} {text}"


def to_rdf(quads: Sequence[Quad], syntax: str) -> bytes:
    """Return the asserted graph of a document in a syntax, the same bytes on every run."""
    return serialise(quads, syntax)
