"""Document → Facts: the ordered list of rules. Each is one small file; facts carry the quotation that proves them.

    deadlines → quantities → citations → wording → programmes → effects → parties → tasks → provisions

A later rule may build on what an earlier one found, never the other way round. Lexicons come in as an argument.
"""

from __future__ import annotations

from vetkb.extract.agencies import AgencyResolver, division_of
from vetkb.extract.citations import extract_citations
from vetkb.extract.deadlines import extract_deadlines
from vetkb.extract.effects import extract_effects
from vetkb.extract.parties import extract_responsibilities
from vetkb.extract.programmes import extract_programmes
from vetkb.extract.provisions import extract_provisions
from vetkb.extract.quantities import extract_quantities
from vetkb.extract.tasks import extract_tasks
from vetkb.extract.unread import list_unread
from vetkb.extract.wording import extract_statements
from vetkb.model import Document, Facts, Lexicon
from vetkb.text import Finding, Source

__all__ = ["extract"]


def extract(document: Document, source: Source, lexicon: Lexicon) -> tuple[Facts, list[Finding]]:
    """Apply all rules to a document; findings are in text order."""
    resolver = AgencyResolver(lexicon, division_of(document, lexicon))
    deadlines, unread_dates = extract_deadlines(document, source, lexicon)
    quantities, unread_numbers = extract_quantities(document, deadlines, lexicon, source)
    citations, unread_citations = extract_citations(document, source)
    statements, unread_sentences = extract_statements(document, source)
    programmes, unread_programmes = extract_programmes(document, source)
    effects, unread_effects = extract_effects(document, source)
    responsibilities, unread_parties = extract_responsibilities(document, source, resolver)
    tasks = extract_tasks(document, source, responsibilities)
    provisions = extract_provisions(document, source, statements, deadlines, quantities, lexicon)
    findings = [
        *unread_dates,
        *unread_numbers,
        *unread_citations,
        *unread_sentences,
        *unread_programmes,
        *unread_effects,
        *unread_parties,
        *list_unread(document, source, responsibilities),
    ]
    findings.sort(key=lambda f: (f.span.start if f.span else 0, f.code))
    facts = Facts(statements, tasks, responsibilities, deadlines, quantities, citations, programmes, effects, provisions)
    return facts, findings
