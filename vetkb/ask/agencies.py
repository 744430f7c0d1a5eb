"""Forms that want agencies → answers: who does a task, who has most, which two work together, is it X?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

from vetkb.ask.answer import Answer, Evidence, Result, Via
from vetkb.ask.context import Context, Declined, Row, iri, plural
from vetkb.ask.form import All, Among, Being, By, Form, InSection, Not, Numbered, Timed, Within, conditions
from vetkb.ask.sparql import ROLES, QueryText, level_filter
from vetkb.ask.tasks import answer_schedule, nothing, task_name
from vetkb.engine import Iri, Value
from vetkb.graph.terms import Vk
from vetkb.model import Role

_MEANS: Final = "SELECT ?party ?agency { %s ?party vk:denotes? ?agency }"
_ROLES: Final = {str(Vk.Lead): "lead", str(Vk.Support): "support", str(Vk.Responsible): "responsible", str(Vk.Guide): "guide"}


def answer_agencies(form: Form, context: Context) -> Answer | Declined:
    """Answer who is responsible for a task, as the text lists them."""
    clause = next((one for one in form.where.conditions if isinstance(one, Among) and one.within == "assignment"), None)
    query = _clause_query(clause) if clause else _party_query(form)
    rows = context.select(query.text())
    if not rows:
        return nothing(form, context)
    rows, notes = _without(rows, form, context)
    if not rows:
        return context.declined("not_found", form, "refuse_nobody_else")
    by_list: dict[Iri, list[Row]] = {}
    for row in rows:
        by_list.setdefault(iri(row["assignment"]), []).append(row)
    proof = context.evidence(by_list)
    results: list[Result] = []
    said: list[str] = []
    lacking: list[str] = []
    inferred = False
    for assignment, found in by_list.items():
        chosen, guessed = _in_role(found, form)
        if form.field == "first":
            chosen = [row for row in chosen if row["position"] == 1]
        if not chosen:
            lacking.append(
                context.say("refuse_lead", task=_name(found[0], clause, context), role=context.say(f"role.{form.role}"))
            )
            continue
        inferred |= guessed
        results += [_party(one, context, proof.get(assignment), guessed) for one in chosen]
        said.append(_sentence(found[0], chosen, form, clause, context))
    if not results:
        return Declined("not_found", " ".join(lacking))
    if inferred:
        notes.append(context.say("note_inferred"))
    if form.field in ("closed", "open"):
        opened = any(row["open"] is True for row in rows)
        said.append(context.say("roster_open" if opened else "roster_closed"))
    value: int | bool | None = len(results) if form.count else None
    if form.field in ("closed", "open"):
        value = any(row["open"] is True for row in rows) == (form.field == "open")
    return context.answered(form, "\n".join(said), results, query, value=value, notes=notes)


def _without(rows: list[dict[str, Value]], form: Form, context: Context) -> tuple[list[dict[str, Value]], list[str]]:
    """Leave out the parties that the question names already; say which of them are not in the list at all."""
    if form.without is None:
        return list(rows), []
    means = context.look_up(_MEANS, "?party", [iri(row["party"]) for row in rows])
    left, notes = list(rows), []
    for by in (one for one in conditions(form.without) if isinstance(one, By)):
        named = {iri(row["party"]) for row in means if iri(row["agency"]) in by.who.iris}
        kept = [row for row in left if iri(row["party"]) not in named]
        if len(kept) == len(left):
            notes.append(context.say("note_not_listed", who=by.who.words))
        left = kept
    return left, notes


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
    """Answer whether an agency is responsible for a task, or is not."""
    asked = All(tuple(one for one in form.where.conditions if isinstance(one, (Numbered, Among, Within, InSection))))
    about_time = any(isinstance(one, (Being, Timed)) for one in conditions(form.where))
    facts = answer_schedule if about_time else answer_agencies
    listed = facts(Form("schedule" if about_time else "agencies", asked), context)
    if isinstance(listed, Declined):
        return listed
    query = QueryText("?task")
    query.add("?task a vk:Task ; vk:inDocument ?document .")
    query.where(form.where)
    query.columns.append("?document")
    rows = context.select(query.text())
    party = next((one for one in form.where.conditions if isinstance(one, (By, Not))), None)
    negated = isinstance(party, Not)
    by = party.condition if isinstance(party, Not) else party
    verdict = context.say("verdict_yes" if rows else "verdict_no")
    if not isinstance(by, By):
        return replace(context.answered(form, verdict + listed.answer, listed.results, query, value=bool(rows)))
    named = any(one.id in by.who.iris for one in listed.results)
    if not rows and not negated and not named and context.entities.is_in(by.who, _asked_task(form, context)):
        # whoever is in no list may do a part of a task all the same, if its words name him
        return context.declined("not_found", form, "refuse_beside", who=by.who.words)
    kind = "first" if by.first else by.role if by.role not in (None, "responsible") else ""
    key = "fact_yes" if bool(rows) != negated else "fact_no"
    text = verdict + context.say(f"{key}_{kind}" if kind else key, who=by.who.words, task=_asked_task(form, context))
    notes = [*_lead_note(Form("agencies", asked, role=by.role), context), *listed.notes]
    answer = context.answered(form, text, listed.results, query, value=bool(rows), notes=notes)
    return replace(answer, answer=f"{text} {listed.answer}")


def _asked_task(form: Form, context: Context) -> str:
    number = next((one for one in form.where.conditions if isinstance(one, Numbered)), None)
    if number is not None:
        return context.say("task_number", ordinal=number.ordinal)
    return context.say("task_clause", label=next(one.label for one in form.where.conditions if isinstance(one, Among)))


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
    """Answer which agencies have the most, or the fewest, tasks; `rank` 2 asks for the next after them."""
    query = QueryText("?task")
    query.add(*(_counts_in_role(query, form.role) if form.role not in (None, "responsible") else [_COUNTS]))
    query.where(form.where)
    if form.level is not None:
        query.add("?agency vk:division/skos:notation ?code .", level_filter("?code", form.level))
    query.columns = ["?agency", "(COUNT(DISTINCT ?task) AS ?tasks)"]
    query.group = "?agency"
    query.order = ["DESC(?tasks)", "?agency"]
    rows = context.select(query.text())
    known = {one for by in conditions(form.without) if isinstance(by, By) for one in by.who.iris} if form.without else set()
    rows = [row for row in rows if iri(row["agency"]) not in known]
    counts = sorted({cast(int, row["tasks"]) for row in rows}, reverse=form.extreme == "most")
    if len(counts) < form.rank:
        return nothing(form, context)
    best = counts[form.rank - 1]
    wanted = set(counts[form.rank - 1 : form.rank - 1 + form.first])
    chosen = [iri(row["agency"]) for row in rows if row["tasks"] in wanted]
    labels = printed_names(chosen, context)
    results = [Result("agency", str(one), labels[one]) for one in chosen]
    text = context.say(
        f"{form.extreme}_tasks", list=context.joined(one.label for one in results), n=best, rank=_rank(form, context)
    )
    notes = [context.say("note_inferred")] if form.role == "lead" and _guessed_leads(form, context) else []
    return context.answered(form, text, results, query, value=best if form.count else None, notes=notes)


def _rank(form: Form, context: Context) -> str:
    return context.say("rank", rank=form.rank) if form.rank > 1 else ""


def _counts_in_role(query: QueryText, role: Role) -> list[str]:
    values = query.values("?role", [ROLES[role]])
    return [
        f"{values} ?task a vk:Task ; cv:hasParticipation ?participation . ?participation (cv:role|vk:inferredRole) ?role .",
        "?participation cv:hasParticipant/(vk:denotes|foaf:member)? ?agency . ?agency a cv:PublicOrganisation .",
    ]


def _guessed_leads(form: Form, context: Context) -> bool:
    query = QueryText("?task")
    query.add("?task a vk:Task ; cv:hasParticipation/vk:inferredRole ?role .", query.values("?role", [ROLES["lead"]]))
    query.where(form.where)
    return bool(context.select(query.text()))


def answer_compare(form: Form, context: Context) -> Answer | Declined:
    """Answer whether one party has more tasks than another, or how many more."""
    first = next(one for one in form.where.conditions if isinstance(one, By))
    others = tuple(one for one in form.where.conditions if one is not first)
    counts: list[int] = []
    for party in (first, cast(By, form.than)):
        query = QueryText("?task")
        query.add("?task a vk:Task ; vk:inDocument ?document .")
        query.where(All((party, *others)))
        counts.append(len({row["task"] for row in context.select(query.text())}))
    more = counts[0] > counts[1] if form.most else counts[0] < counts[1]
    parties = (first, cast(By, form.than))
    said = [
        context.say("count_of", who=one.who.words, n=n, tasks=plural(context.language, "task", n))
        for one, n in zip(parties, counts, strict=True)
    ]
    labels = printed_names([one.who.iris[0] for one in parties], context)
    results = [
        Result("agency", str(one.who.iris[0]), labels[one.who.iris[0]], detail=str(n))
        for one, n in zip(parties, counts, strict=True)
    ]
    if form.field == "which":
        best = (max if form.most else min)(counts)
        chosen = [one for one, n in zip(results, counts, strict=True) if n == best]
        key = f"{'most' if form.most else 'fewest'}_tasks"
        told = context.say(key, list=context.joined(one.label for one in chosen), n=best, rank="")
        return context.answered(form, f"{told} {' '.join(said)}", chosen, query)
    value: int | bool = abs(counts[0] - counts[1]) if form.count else more
    if form.count and not more:
        return context.declined("not_found", form, "refuse_not_more", facts=" ".join(said))
    verdict = "" if form.count else context.say("verdict_yes" if more else "verdict_no")
    return context.answered(form, verdict + " ".join(said), results, query, value=value)


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
        # each once a task, before they are paired
        query.add(
            f"{{ SELECT DISTINCT ?task ?{name} {{ ?task cv:hasParticipation/cv:hasParticipant ?{name}Party .",
            f"  ?{name}Party vk:denotes? ?{name} . ?{name} a cv:PublicOrganisation . ?task a vk:Task }} }}",
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
