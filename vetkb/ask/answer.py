"""The answer to a question: what the terminal, the JSON and the page show.

The keys of `Answer.to_json` are a contract (docs: `ask`, schemas/answer.json). A result carries the keys
that its kind needs; evidence is what the text prints, with its place in the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from vetkb.text import Span

Status = Literal["answered", "ambiguous", "not_found", "unsupported"]
ResultKind = Literal["task", "agency", "target", "document", "clause", "programme"]
Via = Literal["stated", "sector", "group", "inferred"]
Number = int | float

_QUOTE_LIMIT: Final = 160
_NOTE_HEADS: Final = {"zh": ("说明：", "可以这样问："), "en": ("Notes:", "You could ask:")}


@dataclass(frozen=True, slots=True)
class Evidence:
    """依据 — The words that prove a result: quote, path of the item, place in the source, document."""

    quote: str
    item: str | None
    span: Span
    document: str | None

    def to_json(self) -> dict[str, Any]:
        return {"quote": self.quote, "item": self.item, "span": [self.span.start, self.span.end], "document": self.document}


@dataclass(frozen=True, slots=True)
class Result:
    """结果 — One thing that a question asked for; fields that its kind does not have are null.

    `detail` (a schedule, a role) is for people and not part of the JSON.
    """

    kind: ResultKind
    id: str | None
    label: str
    document: str | None = None
    ordinal: int | None = None
    value: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    identifier: str | None = None
    date: date | None = None
    via: Via | None = None
    detail: str | None = None
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"kind": self.kind, "id": self.id, "label": self.label, "document": self.document}
        if self.kind == "task":
            shown["ordinal"] = self.ordinal
        if self.kind == "target":
            shown |= {"value": _number(self.value), "min": _number(self.minimum), "max": _number(self.maximum)}
            shown |= {"comparator": self.comparator, "unit": self.unit}
        if self.kind == "document":
            shown["identifier"] = self.identifier
        if self.date is not None or self.kind == "document":
            shown["date"] = self.date.isoformat() if self.date else None
        if self.via is not None:
            shown["via"] = self.via
        return shown | {"evidence": [e.to_json() for e in self.evidence]}


@dataclass(frozen=True, slots=True)
class Answer:
    """回答 — What a question was taken to mean, what the base says to it, and the proof.

    `suggestion_results` says of each suggestion how many results it has.
    """

    question: str
    language: str
    status: Status
    answer: str
    value: Number | bool | None = None
    results: tuple[Result, ...] = ()
    understood: str | None = None
    sparql: str | None = None
    notes: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    suggestion_results: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the JSON object of the contract."""
        return {
            "question": self.question,
            "lang": self.language,
            "status": self.status,
            "answer": self.answer,
            "value": self.value,
            "results": [result.to_json() for result in self.results],
            "understood": self.understood,
            "sparql": self.sparql,
            "notes": list(self.notes),
            "suggestions": list(self.suggestions),
            "suggestion_results": list(self.suggestion_results),
        }

    def to_text(self) -> str:
        """Return the answer for a terminal: the sentence, each result with its proof, the notes."""
        lines = [self.answer]
        several = len({result.document for result in self.results}) > 1
        for place, result in enumerate(self.results, 1):
            lines += _result_lines(result, place, several)
        notes_head, suggestions_head = _NOTE_HEADS["en" if self.language == "en" else "zh"]
        counted = [f"{text} ({n})" for text, n in zip(self.suggestions, self.suggestion_results, strict=True)]
        for head, texts in ((notes_head, self.notes), (suggestions_head, counted)):
            if texts:
                lines += ["", head, *(f"  - {text}" for text in texts)]
        return "\n".join(lines)


def _number(value: Decimal | None) -> Number | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _result_lines(result: Result, place: int, several: bool) -> list[str]:
    number = result.ordinal if result.ordinal is not None else place
    detail = f"  ({result.detail})" if result.detail else ""
    where = f"  [{result.document}]" if several and result.document else ""
    lines = [f"{number:>4}. {result.label}{detail}{where}"]
    # the whole row says again what the label says: enough where nothing else proves the result
    proofs = [one for one in result.evidence if result.label not in "".join(one.quote.split("\n"))] or list(result.evidence)
    for evidence in proofs:
        item = f"{evidence.item} " if evidence.item else ""
        lines.append(f"      {item}“{_shortened(evidence.quote)}”")
    return lines


def _shortened(quote: str) -> str:
    flat = " ".join(quote.split()) if quote.isascii() else "".join(quote.split())
    return flat if len(flat) <= _QUOTE_LIMIT else flat[: _QUOTE_LIMIT - 1] + "…"
