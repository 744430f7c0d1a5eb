"""Forms that want arrangements → answers: what is rewarded or punished, who may do what, who pays; what is due when.

A reward, a sanction, a right or a source of funds is a provision of the graph, with the clause that proves it. What is to
be reached by a date is answered by the sentences that set it, whether they hold a number or not.
"""

from __future__ import annotations

from typing import Final

from vetkb.ask.answer import Answer, Result
from vetkb.ask.context import Context, Declined, Row, iri
from vetkb.ask.describe import pieces, plain, uncovered
from vetkb.ask.documents import passages
from vetkb.ask.form import About, All, Form, Timed, Within
from vetkb.ask.resolve import not_found
from vetkb.ask.sparql import QueryText, timed
from vetkb.engine import Literal

_KINDS: Final = {
    "reward": ("reward",),
    "sanction": ("sanction",),
    "incentives": ("reward", "sanction"),
    "right": ("right",),
    "basis": ("basis",),
    "funding": ("funding",),
}
_MOST_SENTENCES: Final = 8


def answer_provisions(form: Form, context: Context) -> Answer | Declined:
    """Answer which rewards, sanctions, rights or rules of funding there are, for what is described where something is."""
    kinds = _KINDS.get(form.field or "")
    if kinds is None:
        return context.declined("unsupported", form, "refuse_order")
    about = next((one for one in form.where.conditions if isinstance(one, About)), None)
    query = QueryText("?provision", "vk:Provision")
    query.add(query.values("?kind", map(Literal, kinds)))
    query.add(
        "?provision vk:provisionKind ?kind ; a vk:Provision ; vk:inDocument ?document ; vk:order ?order ;",
        "  vk:evidence/oa:hasSelector/oa:exact ?quote .",
    )
    query.where(All(tuple(one for one in form.where.conditions if one is not about)))
    query.columns += ["?kind", "?quote", "?document", "?order"]
    query.order = ["?document", "?order"]
    rows = context.select(query.text())
    if about is not None:
        parts = pieces(about.words, context.words)
        if parts is None:
            return not_found(about, about.words, form, context)
        rows = [row for row in rows if not uncovered(parts, plain(_shown(row)), context.words)]
    name = context.say(f"provision.{form.field}")
    if not rows:
        return context.declined("not_found", form, "refuse_provision", what=name)
    evidence = context.evidence(iri(row["provision"]) for row in rows)
    results = []
    for row in rows:
        node = iri(row["provision"])
        proof = (evidence[node],) if node in evidence else ()
        results.append(Result("clause", str(node), _shown(row), context.document_name(row["document"]), evidence=proof))
    quoted = "\n".join(f"“{one.label}”" for one in results)
    text = context.say("provisions_are", what=name, n=len(results), list=quoted)
    return context.answered(form, text, results, query, value=len(results) if form.count else None)


def _shown(row: Row) -> str:
    """Return a clause in one line: a page may end within it."""
    return "".join(str(row["quote"]).split("\n"))


def answer_due(form: Form, context: Context) -> Answer | Declined:
    """Answer what is to be done by, before, from or in a time, with the sentences that set it."""
    times = [one for one in form.where.conditions if isinstance(one, Timed)]
    others = [one for one in form.where.conditions if not isinstance(one, Timed)]
    if len(times) != 1 or not all(isinstance(one, Within) for one in others):
        return context.declined("unsupported", form, "refuse_order")
    query = QueryText("?schedule", "vk:Schedule")
    query.add("?schedule a vk:Schedule ; vk:sentence ?sentence ; vk:inDocument ?document . ?sentence vk:order ?order .")
    query.add(*timed(times[0].in_its_year(), "?schedule", query.fresh("day")))
    query.where(All(tuple(others)))
    query.columns = ["?sentence", "?document", "?order"]
    query.order = ["?document", "?order"]
    sentences = list(dict.fromkeys(iri(row["sentence"]) for row in context.select(query.text())))
    if not sentences:
        return context.declined("not_found", form, "refuse_due", words=times[0].words)
    cut = len(sentences) > _MOST_SENTENCES
    told = Form(form.want, All(tuple(others)))
    found = passages(sentences[:_MOST_SENTENCES], told, context, cut=cut)
    return found or context.declined("not_found", form, "refuse_due", words=times[0].words)
