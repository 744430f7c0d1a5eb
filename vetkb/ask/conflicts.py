"""What contradicts itself: the conflicts that rules concluded, each with the words of its sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vetkb.ask.answer import Answer, Evidence, Result
from vetkb.ask.context import Context, Declined, Row
from vetkb.ask.form import Form
from vetkb.ask.sparql import QueryText
from vetkb.text import Span

_LISTED: Final = 12


def answer_conflicts(form: Form, context: Context) -> Answer | Declined:
    """Answer what disagrees, within a document or between documents, one result a conflict and its sides as evidence."""
    query = QueryText("?conflict")
    query.add(
        "?conflict a vk:Conflict ; vk:conflictKind ?kind ; vk:inDocument ?document ; vk:evidence ?proof .",
        "?proof oa:hasSelector ?words . ?words oa:exact ?quote ; oa:refinedBy ?place . ?place oa:start ?start ; oa:end ?end .",
        "?fact vk:evidence|vk:scheduleEvidence ?proof ; vk:inDocument ?printed . FILTER NOT EXISTS { ?fact a vk:Conflict }",
        "OPTIONAL { ?fact vk:item ?item . ?item vk:path ?path }",
    )
    query.where(form.where)
    query.columns += ["?kind", "?document", "?printed", "?quote", "?start", "?end", "?path"]
    query.order = ["?document", "?kind", "?conflict", "?printed", "?start", "?path"]
    sides: dict[str, dict[tuple[object, ...], Row]] = {}
    for row in context.select(query.text()):
        sides.setdefault(str(row["conflict"]), {}).setdefault((row["printed"], row["start"], row["end"]), row)
    results = [_result(list(rows.values()), context) for rows in sides.values()]
    if not results:
        return context.answered(form, context.say("conflicts_none"), [], query, value=0 if form.count else None)
    listed = "\n".join(one.label for one in results[:_LISTED])
    text = context.say("conflicts_are", n=len(results), list=listed)
    return context.answered(form, text, results, query, value=len(results) if form.count else None)


def _result(rows: Sequence[Row], context: Context) -> Result:
    proofs = [
        Evidence(
            str(row["quote"]),
            str(row["path"]) if row["path"] is not None else None,
            Span(int(str(row["start"])), int(str(row["end"]))),
            context.document_name(row["printed"]),
        )
        for row in rows
    ]
    # 从2017年起 and 2017年起 are the same words
    whole = tuple(one for one in proofs if not any(_within(one, other) for other in proofs))
    sides = dict.fromkeys(one.item or f"“{one.quote}”" for one in whole)
    kind = context.say(f"conflict.{rows[0]['kind']}")
    label = context.say("conflict_is", kind=kind, sides=context.say("conflict_sides").join(sides))
    return Result("clause", str(rows[0]["conflict"]), label, context.document_name(rows[0]["document"]), evidence=whole)


def _within(one: Evidence, other: Evidence) -> bool:
    """Say whether a quotation is a part of another."""
    same = one.document == other.document and one.span != other.span
    return same and other.span.start <= one.span.start and one.span.end <= other.span.end
