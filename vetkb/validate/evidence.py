"""证据 — Is what a graph says what its text says? Quotations, repeated words, the outline and the claims of facts.

Everything is compared with the source text alone, never with another graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vetkb.engine import Iri, RdfStore
from vetkb.errors import UsageError
from vetkb.graph.names import graph_of
from vetkb.graph.nodes import Graph
from vetkb.graph.read import from_quads
from vetkb.model import Lexicon
from vetkb.text import Finding, Message, Span, View
from vetkb.validate.claims import fact_faults
from vetkb.validate.directory import name_faults
from vetkb.validate.places import outline_faults
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
# Words that a node repeats of its evidence, and whether they are all of it.
_WORDS = (
    PREFIXES
    + """SELECT ?document ?node ?words ?whole ?start ?end WHERE {
  ?document eli:is_realized_by/eli:is_embodied_by ?file .
  ?proof oa:hasSource ?file ; oa:hasSelector/oa:refinedBy? ?place .
  ?place oa:start ?start ; oa:end ?end .
  { ?node vk:evidence ?proof ; vk:surface ?words BIND(true AS ?whole) }
  UNION { ?node vk:headingEvidence ?proof ; vk:heading ?words BIND(true AS ?whole) }
  UNION { ?node vk:forceEvidence ?proof ; vk:forceTerm ?words BIND(true AS ?whole) }
  UNION { ?node vk:scheduleEvidence ?proof ; vk:scheduleText ?words BIND(true AS ?whole) }
  UNION { ?node vk:evidence ?proof ; vk:text ?words BIND(!EXISTS { ?node a vk:Task } AS ?whole) }
  UNION { ?node vk:evidence ?proof ; vk:label ?words BIND(false AS ?whole) }
  UNION { ?node vk:evidence ?proof ; a vk:Provision ; rdfs:label ?words BIND(false AS ?whole) } }
ORDER BY ?document ?start ?end ?node"""
)
_FACTS = (
    PREFIXES
    + """SELECT ?document ?fact ?sentence ?start ?end WHERE {
  ?document eli:is_realized_by/eli:is_embodied_by ?file .
  ?proof oa:hasSource ?file ; oa:hasSelector/oa:refinedBy? ?place .
  ?place oa:start ?start ; oa:end ?end . ?fact vk:evidence ?proof .
  { ?fact a vk:Sentence BIND(?fact AS ?sentence) }
  UNION { ?fact prov:wasGeneratedBy ?rule OPTIONAL { ?fact vk:sentence ?sentence } } }
ORDER BY ?document ?start DESC(?end) ?fact"""
)


def check_evidence(base: RdfStore, sources: Mapping[Iri, str], lexicon: Lexicon) -> list[Finding]:
    """Compare every quotation with the slice of its source; `sources` has the text of each document by IRI.

    Evidence that is a place alone (of a clause, a row) must lie inside the text. What a node repeats in words of its own (the
    text of a sentence or cell, a heading, a force word) must be what stands there, a fact must name its sentence, the outline
    must lie where the text has it, and facts must say what their words say; `lexicon` has the calendar and the groups.
    """
    read = (finding for document, text in sources.items() for finding in _model(base, document, text, lexicon))
    return [*_quotations(base, sources), *_words(base, sources), *_sentences(base), *read]


def _model(base: RdfStore, document: Iri, text: str, lexicon: Lexicon) -> Iterator[Finding]:
    """Read the document and its facts from the graph, and hold them against the text."""
    quads = base.quads(graph_of(document))
    if not quads:
        return
    try:
        outline, facts = from_quads(quads)
        named = [(None, message) for message in name_faults(Graph.of(quads), document, lexicon)]
        placed, claimed = list(outline_faults(outline, text)), list(fact_faults(outline, facts, text, lexicon))
    except (UsageError, LookupError, ValueError, ArithmeticError) as error:  # a column without a header, a place before the text
        message = Message(
            f"{document} 的图读不出文件与事实：{error}", f"no document can be read from the graph of {document}: {error}"
        )
        yield Finding("VK-EVIDENCE-GRAPH", "error", message)
        return
    for code, faults in (("NAME", named), ("OUTLINE", placed), ("FACT", claimed)):
        yield from (Finding(f"VK-EVIDENCE-{code}", "error", message, span) for span, message in faults)


def _words(base: RdfStore, sources: Mapping[Iri, str]) -> Iterator[Finding]:
    for row in base.select(_WORDS).dicts():
        text, start, end = sources.get(Iri(str(row["document"])), ""), row["start"], row["end"]
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end <= len(text):
            continue
        printed, words = _squeezed(text, Span(start, end)), "".join(str(row["words"]).split())
        trimmed = text[start:end] == text[start:end].strip()
        if trimmed and (words == printed or (not row["whole"] and words in printed)):
            continue
        zh = f"{row['node']} 的文字“{words[:40]}”与原文第{start}至{end}字不符"
        en = f"the words {words[:40]!r} of {row['node']} are not what stands at characters {start} to {end}"
        yield Finding("VK-EVIDENCE-WORDS", "error", Message(zh, en), Span(start, end))


def _squeezed(text: str, span: Span) -> str:
    """What stands in a place, without breaks and blanks."""
    return "".join(View(text, span).text.split())


def _sentences(base: RdfStore) -> Iterator[Finding]:
    """Facts inside a sentence that do not name it; rows come in the order of places, a sentence before what it holds."""
    document, reach = None, -1
    for row in base.select(_FACTS).dicts():
        start, end = row["start"], row["end"]
        if not isinstance(start, int) or not isinstance(end, int):
            continue
        if row["document"] != document:
            document, reach = row["document"], -1
        if row["fact"] == row["sentence"]:
            reach = end
        elif row["sentence"] is None and end <= reach:
            zh, en = f"{row['fact']} 未注明所在句", f"{row['fact']} does not name the sentence it stands in"
            yield Finding("VK-EVIDENCE-SENTENCE", "error", Message(zh, en), Span(start, end))


def _quotations(base: RdfStore, sources: Mapping[Iri, str]) -> list[Finding]:
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
