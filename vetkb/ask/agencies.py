"""Forms that want agencies → answers: who does a task, who has most, which two work together, is it X?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

from vetkb.ask.answer import Answer, Evidence, Result, Via
from vetkb.ask.context import Context, Declined, Row, iri
from vetkb.ask.form import All, Among, By, Form, Numbered
from vetkb.ask.sparql import QueryText
from vetkb.ask.tasks import nothing, task_name
from vetkb.engine import Iri
from vetkb.graph.terms import Vk

_ROLES: Final = {str(Vk.Lead): "lead", str(Vk.Support): "support", str(Vk.Responsible): "responsible", str(Vk.Guide): "guide"}


def answer_agencies(form: Form, context: Context) -> Answer | Declined:
    """Answer who is responsible for a task, as the text lists them."""
    clause = next((one for one in form.where.conditions if isinstance(one, Among) and one.within == "assignment"), None)
    query = _clause_query(clause) if clause else _party_query(form)
    rows = context.select(query.text())
    if not rows:
        return nothing(form, context)
    by_list: dict[Iri, list[Row]] = {}
    for row in rows:
        by_list.setdefault(iri(row["assignment"]), []).append(row)
    proof = context.evidence(by_list)
    results: list[Result] = []
    said: list[str] = []
    inferred = False
    for assignment, found in by_list.items():
        chosen, guessed = _in_role(found, form)
        if not chosen:
            said.append(context.say("refuse_lead", task=_name(found[0], clause, context), role=context.say(f"role.{form.role}")))
            continue
        inferred |= guessed
        results += [_party(one, context, proof.get(assignment), guessed) for one in chosen]
        said.append(_sentence(found[0], chosen, form, clause, context))
    if not results:
        return Declined("not_found", " ".join(said))
    notes = [context.say("note_inferred")] if inferred else []
    if form.field:
        opened = any(row["open"] is True for row in rows)
        said.append(context.say("roster_open" if opened else "roster_closed"))
    value: int | bool | None = len(results) if form.count else None
    if form.field == "closed":
        value = not any(row["open"] is True for row in rows)
    return context.answered(form, "\n".join(said), results, query, value=value, notes=notes)


def _party_query(form: Form) -> QueryText:
    query = QueryText("?task")
    query.add(
        "?task a vk:Task ; vk:text ?label ; vk:inDocument ?document ; vk:order ?order ; vk:assignment ?assignment .",
        "OPTIONAL { ?task vk:ordinal ?ordinal }",
    )
    query.where(form.where)
    return _with_parties(query, ["?document", "?order"])


def _clause_query(clause: Among) -> QueryText:
    query = QueryText("?assignment")
    query.add(query.values("?assignment", clause.iris), "?assignment vk:inDocument ?document ; vk:order ?order .")
    return _with_parties(query, ["?document", "?order"])


def _with_parties(query: QueryText, order: Sequence[str]) -> QueryText:
    query.add(
        "?assignment vk:open ?open ; cv:hasParticipation ?participation .",
        "?participation cv:hasParticipant ?party ; cv:role ?role ; vk:surface ?surface ; vk:listPosition ?position .",
        "OPTIONAL { ?participation vk:inferredRole ?inferred }",
    )
    if query.subject == "?task":
        query.columns += ["?ordinal", "?label"]
    query.columns += ["?document", *order, "?assignment", "?open", "?participation", "?party", "?surface", "?position", "?role"]
    query.columns.append("?inferred")
    query.order = [*order, "?assignment", "?position"]
    return query


def _in_role(rows: Sequence[Row], form: Form) -> tuple[list[Row], bool]:
    """Return the rows of the role that is asked for, and whether it was inferred."""
    if form.role is None or form.role == "responsible":
        return list(rows), False
    stated = [row for row in rows if _ROLES.get(str(row["role"])) == form.role]
    if stated:
        return stated, False
    guessed = [row for row in rows if _ROLES.get(str(row["inferred"])) == form.role]
    return guessed, bool(guessed)


def _party(row: Row, context: Context, proof: Evidence | None, guessed: bool) -> Result:
    party = iri(row["party"])
    evidence = (proof,) if proof is not None else ()
    via: Via = "inferred" if guessed else "stated"
    role = _ROLES.get(str(row["role"]))
    detail = context.say(f"role.{role}") if role in ("lead", "support", "guide") else None
    document = context.document_name(row["document"])
    return Result("agency", str(party), str(row["surface"]), document, via=via, detail=detail, evidence=evidence)


def _name(row: Row, clause: Among | None, context: Context) -> str:
    return context.say("task_clause", label=clause.label) if clause else task_name(row, context)


def _sentence(row: Row, chosen: Sequence[Row], form: Form, clause: Among | None, context: Context) -> str:
    opened = context.say("and_others") if row["open"] is True else ""
    name = _name(row, clause, context)
    names = context.joined(str(one["surface"]) for one in chosen)
    if form.count:
        return context.say("count_units", task=name, n=len(chosen), open=opened)
    if form.role and form.role != "responsible":
        return context.say("who_role", task=name, role=context.say(f"role.{form.role}"), list=names, open="")
    return context.say("who_does", task=name, list=names, open=opened)


# --- is it X? ----------------------------------------------------------------------------------------


def answer_truth(form: Form, context: Context) -> Answer | Declined:
    """Answer whether an agency is responsible for a task."""
    number = next(one for one in form.where.conditions if isinstance(one, Numbered))
    party = next((one for one in form.where.conditions if isinstance(one, By)), None)
    if party is None:
        return context.declined("unsupported", form, "refuse_order")
    asked = Form("agencies", All(tuple(one for one in form.where.conditions if not isinstance(one, By))))
    listed = answer_agencies(asked, context)
    if isinstance(listed, Declined):
        return listed
    query = QueryText("?task")
    query.add("?task a vk:Task ; vk:inDocument ?document .")
    query.where(form.where)
    query.columns.append("?document")
    rows = context.select(query.text())
    kind = "first" if party.first else party.role if party.role not in (None, "responsible") else ""
    key = "yes" if rows else "no"
    text = context.say(f"{key}_{kind}" if kind else key, who=party.who.words, ordinal=number.ordinal)
    notes = [*_lead_note(replace(asked, role=party.role), context), *listed.notes]
    answer = context.answered(form, text, listed.results, query, value=bool(rows), notes=notes)
    return replace(answer, answer=f"{text} {listed.answer}")


def _lead_note(form: Form, context: Context) -> list[str]:
    """Where a lead is asked for that the text does not name, say that the first of the list is taken for it."""
    found = answer_agencies(form, context) if form.role == "lead" else None
    guessed = isinstance(found, Answer) and any(one.via == "inferred" for one in found.results)
    return [context.say("note_inferred")] if guessed else []


# --- most --------------------------------------------------------------------------------------------

_SURFACES: Final = """
SELECT ?agency ?surface (COUNT(?participation) AS ?times) {
  %s ?participation cv:hasParticipant ?agency ; vk:surface ?surface .
} GROUP BY ?agency ?surface ORDER BY ?agency DESC(?times) ?surface"""
_COUNTS: Final = "?task a vk:Task ; vk:responsibleAgency ?agency ."


def answer_most_tasks(form: Form, context: Context) -> Answer | Declined:
    """Answer which agencies have the most, or the fewest, tasks."""
    if form.role not in (None, "responsible"):
        return context.declined("unsupported", form, "refuse_order")
    query = QueryText("?task")
    query.add(_COUNTS)
    query.where(form.where)
    query.columns = ["?agency", "(COUNT(DISTINCT ?task) AS ?tasks)"]
    query.group = "?agency"
    query.order = ["DESC(?tasks)", "?agency"]
    rows = context.select(query.text())
    if not rows:
        return nothing(form, context)
    best = cast(int, rows[0 if form.extreme == "most" else -1]["tasks"])
    chosen = [iri(row["agency"]) for row in rows if row["tasks"] == best]
    labels = printed_names(chosen, context)
    results = [Result("agency", str(one), labels[one]) for one in chosen]
    text = context.say(f"{form.extreme}_tasks", list=context.joined(one.label for one in results), n=best)
    return context.answered(form, text, results, query)


def printed_names(agencies: Sequence[Iri], context: Context) -> dict[Iri, str]:
    """Return what lists of parties call each agency, the commonest first; what none names keeps its label."""
    names = {one: context.entities.labels.get(one, str(one)) for one in agencies}
    for row in reversed(context.look_up(_SURFACES, "?agency", agencies)):
        names[iri(row["agency"])] = str(row["surface"])
    return names


def answer_pairs(form: Form, context: Context) -> Answer | Declined:
    """Answer which two agencies have the most tasks in common."""
    query = QueryText("?task")
    for name in ("one", "other"):
        query.add(
            f"?task cv:hasParticipation/cv:hasParticipant ?{name}Party .",
            f"?{name}Party vk:denotes? ?{name} . ?{name} a cv:PublicOrganisation .",
        )
    query.add("?task a vk:Task ; vk:inDocument ?document .", "FILTER(STR(?one) < STR(?other))")
    query.where(form.where)
    query.columns = ["?one", "?other", "(COUNT(DISTINCT ?task) AS ?tasks)"]
    query.group = "?one ?other"
    query.order = ["DESC(?tasks)", "?one", "?other"]
    rows = context.select(query.text())
    if not rows:
        return nothing(form, context)
    best = cast(int, rows[0 if form.extreme == "most" else -1]["tasks"])
    pairs = [(iri(row["one"]), iri(row["other"])) for row in rows if row["tasks"] == best]
    labels = printed_names([one for pair in pairs for one in pair], context)
    results = [Result("agency", str(one), labels[one]) for pair in pairs for one in pair]
    said = [context.say("pair", left=labels[left], right=labels[right]) for left, right in pairs]
    unique = list({one.id: one for one in results}.values())
    text = context.say(f"{form.extreme}_pairs", list=context.joined(said), n=best)
    return context.answered(form, text, unique, query)
