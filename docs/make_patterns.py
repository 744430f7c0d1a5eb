"""The rules' own examples → docs/patterns.md, the page of every pattern understood.

    python docs/make_patterns.py

A test makes the page anew and compares: whoever changes a rule runs this once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from vetkb.extract.beneficiaries import EXAMPLES as BENEFITS
from vetkb.extract.candidates import Candidate, find_candidates
from vetkb.extract.citations import RULES as TITLES
from vetkb.extract.clause_rules import ClauseRule
from vetkb.extract.deadline_rules import RULES as TIMES
from vetkb.extract.deadlines import extract_deadlines
from vetkb.extract.effects import RULES as EFFECTS
from vetkb.extract.goals import GOALS, STATES
from vetkb.extract.incentives import INCENTIVES
from vetkb.extract.money import MONEY
from vetkb.extract.numbers import FORMS, LABELS
from vetkb.extract.phrases import PhraseRule
from vetkb.extract.rights import RIGHTS
from vetkb.extract.wording import CONSEQUENCES
from vetkb.extract.wording import RULES as FORCE
from vetkb.model import Deadline, Document, Lexicon, Sentence, SourceReference, Stated
from vetkb.text import Quote, Source, Span
from vetkb.zh.bounds import AFTER, BEFORE, Bound

PAGE = Path(__file__).with_name("patterns.md")
ISSUED = date(2018, 1, 4)
CALENDAR = {"autumn-term-start": "--09-01", "spring-term-start": "--03-01"}
HEAD = f"""# Patterns

Every phrase rule of the compiler with its own examples, made from the code by `python docs/make_patterns.py`; how a rule is
written is in [rules.md](rules.md). The words in bold are what the rule claims. Where one rule is a part of a longer list the
order is that of the table: of two rules at one place the earlier one wins. Dates are read as of a document of {ISSUED}.
"""

Reading = Callable[[str, str], str]


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the whole page."""
    return "\n".join(
        [
            HEAD,
            *section("Time: deadlines and periods", TIMES, read_time),
            *section("The document's own days: in force from and until", EFFECTS),
            *section("Numbers that are read", FORMS, read_number),
            *section("Numbers that are labels and are left out", LABELS),
            *bounds("Bound words before a number", BEFORE),
            *bounds("Bound words after a number", AFTER),
            *section("Citations", TITLES),
            *section("Wording: words that carry a modality", FORCE),
            *section("Wording: consequences of conduct", CONSEQUENCES),
            *clauses("Money: who pays from which fund to whom or for what", MONEY),
            *clauses("Rewards, sanctions, bases of judgement", INCENTIVES),
            *clauses("Rights that are given", RIGHTS),
            *clauses("Goals without a number", (*GOALS, *STATES)),
            *section("Whom a measure is for", BENEFITS),
        ]
    )


def section(title: str, rules: Sequence[PhraseRule], reading: Reading | None = None) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| rule | claims |" + (" read as |" if reading else "") + " leaves alone |"
    yield "|---|---|" + ("---|" if reading else "") + "---|"
    for rule in rules:
        claims = "<br>".join(marked(text, phrase) for text, phrase in rule.examples)
        read = "<br>".join(reading(text, phrase) for text, phrase in rule.examples) + " | " if reading else ""
        yield f"| `{rule.name}` | {claims} | {read}{'<br>'.join(rule.counterexamples)} |"
    yield ""


def clauses(title: str, rules: Sequence[ClauseRule]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| rule | reads | leaves alone |"
    yield "|---|---|---|"
    for rule in rules:
        reads = "<br>".join(f"{example.text} → {'; '.join(example.parts)}" for example in rule.examples)
        yield f"| `{rule.name}` | {reads} | {'<br>'.join(rule.counterexamples)} |"
    yield ""


def bounds(title: str, table: Sequence[Bound]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| bound | comparator | words | examples |"
    yield "|---|---|---|---|"
    for bound in table:
        yield f"| `{bound.name}` | {shown(bound.comparator)} | {'、'.join(bound.words)} | {'<br>'.join(bound.examples)} |"
    yield ""


def marked(text: str, phrase: str) -> str:
    return text.replace(phrase, f"**{phrase}**", 1)


def shown(comparator: str) -> str:
    return comparator.replace("<", "&lt;").replace(">", "&gt;")


# --- what the rules make of their examples ----------------------------------------------------------------


def read_time(text: str, phrase: str) -> str:
    at = text.index(phrase)
    found = [d for d in deadlines_of(text) if d.evidence.start < at + len(phrase) and at < d.evidence.end]
    return said(found[0]) if found else "no deadline (over, or without a year)"


def said(deadline: Deadline) -> str:
    words: list[str] = [deadline.kind]
    if deadline.earliest or deadline.latest:
        words.append(f"{deadline.earliest or ''}…{deadline.latest or ''}")
    if deadline.recurrence:
        words.append(deadline.recurrence)
    return " ".join([*words, *(["(assumed)"] if deadline.basis == "assumed" else [])])


def deadlines_of(text: str) -> tuple[Deadline, ...]:
    source, nowhere = Source.from_text(text), Quote(0, 0, "")
    document = Document(
        source=SourceReference("example", source.sha256, len(text)),
        identifier=None,
        title=None,
        genre=None,
        issuers=(),
        issued=Stated(ISSUED, nowhere),
        printed=None,
        addressees=(),
        copied_to=(),
        sponsor=None,
        outline=(),
        items=(),
        sentences=(Sentence(None, 1, Span(0, len(text)), text),),
        tables=(),
    )
    return extract_deadlines(document, source, Lexicon((), (), (), (), calendar=CALENDAR))[0]


def read_number(text: str, phrase: str) -> str:
    at = text.index(phrase)
    found = [c for c in find_candidates(text).candidates if c.phrase.start < at + len(phrase) and at < c.phrase.end]
    return measured(found[0]) if found else "no quantity here"


def measured(number: Candidate) -> str:
    value = plain(number.value) if number.value is not None else f"{plain(number.minimum)}…{plain(number.maximum)}"
    return f"{shown(number.comparator)} {value} {number.unit or ''}".rstrip()


def plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


if __name__ == "__main__":
    main()
