"""Forms that want tasks → answers: which, how many, what task N is, when it is due, which names most units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from vetkb.ask.answer import Answer, Evidence, Result, Via
from vetkb.ask.context import Context, Declined, Row, iri, plural
from vetkb.ask.form import All, By, Condition, Form, Named, Not, Numbered, Timed, conditions, replaced
from vetkb.ask.sparql import ROLES, QueryText, written
from vetkb.ask.wording import reading_of
from vetkb.engine import Iri
from vetkb.text import Span

_PREFERENCE: Final[dict[str, int]] = {"stated": 0, "sector": 1, "group": 2}
_DETAILS: Final = """
SELECT ?task ?schedule (MAX(?isOpen) AS ?open) (MAX(?isAssumed) AS ?assumed) {
  %s
  OPTIONAL { ?task vk:scheduleText ?schedule }
  BIND(IF(EXISTS { ?task vk:assignment/vk:open true }, 1, 0) AS ?isOpen)
  BIND(IF(EXISTS { ?task vk:schedule/vk:dateBasis vk:Assumed }, 1, 0) AS ?isAssumed)
} GROUP BY ?task ?schedule"""
_INFERRED: Final = """
SELECT DISTINCT ?task {
  %s
  ?task cv:hasParticipation/vk:inferredRole vk:Lead .
  FILTER NOT EXISTS { ?task cv:hasParticipation/cv:role vk:Lead }
}"""
_SCHEDULES: Final = """
SELECT ?task ?schedule ?surface {
  %s
  ?task vk:schedule ?schedule . ?schedule vk:surface ?surface ; vk:order ?order .
} ORDER BY ?task ?order"""
_SCHEDULE_TEXT: Final = """
SELECT ?task ?quote ?start ?end {
  %s
  ?task vk:scheduleEvidence/oa:hasSelector ?selector .
  ?selector oa:exact ?quote ; oa:refinedBy ?position . ?position oa:start ?start ; oa:end ?end .
}"""
_PLACE_NOTES: Final = """
SELECT DISTINCT ?agency ?place ?zh ?en {
  %s ?agency vk:division ?division . ?division skos:prefLabel ?place ; skos:scopeNote ?zh, ?en .
  FILTER(LANG(?zh) = "zh" && LANG(?en) = "en")
} ORDER BY ?place
"""
_RANGE: Final = """
SELECT (MIN(?ordinal) AS ?first) (MAX(?ordinal) AS ?last) { %s ?task a vk:Task ; vk:ordinal ?ordinal }"""


def task_query(form: Form) -> QueryText:
    """Return the query of the tasks that meet the conditions of a form."""
    query = QueryText("?task")
    query.add(
        "?task a vk:Task ; vk:text ?label ; vk:inDocument ?document ; vk:order ?order .",
        "OPTIONAL { ?task vk:ordinal ?ordinal }",
    )
    query.where(form.where)
    query.columns += ["?ordinal", "?label", "?document", "?order"]
    query.order = ["?document", "?order"]
    return query


def answer_tasks(form: Form, context: Context) -> Answer | Declined:
    """Answer which tasks meet the conditions, or how many."""
    # what is to be done by the end of 2024 is done by then, in that year, whatever day it is due
    due: dict[Condition, Condition] = {one: one.in_its_year() for one in conditions(form.where) if isinstance(one, Timed)}
    query = task_query(replace(form, where=cast(All, replaced(form.where, due))))
    rows = context.select(query.text())
    by_task: dict[Iri, list[Row]] = {}
    for row in rows:
        by_task.setdefault(iri(row["task"]), []).append(row)
    if not by_task and not form.count and form.field != "any":
        return nothing(form, context)
    inferred = _inferred_leads(form, by_task, context)
    results = [replace(one, via="inferred") if one.id in inferred else one for one in _results(by_task, query, context)]
    notes = [
        *([context.say("note_inferred")] if inferred else []),
        *_via_notes(by_task, query, context),
        *_open_note(form, results, context),
        *_by_document(results, context),
    ]
    who = _only_party(form)
    language = context.language
    noun = plural(language, "task", len(results))
    if form.field == "content":
        text = " ".join(context.say("task_content", ordinal=one.ordinal, label=one.label) for one in results)
        return context.answered(form, text, results, query, notes=notes)
    if form.field == "any":
        found = context.say(
            "tasks_of", who=who.words if who else "", n=len(results), which=_numbers(results, context), tasks=noun
        )
        text = context.say("verdict_yes") + found if results else context.say("verdict_no") + context.say("count_zero")
        return context.answered(form, text, results, query, value=bool(results), notes=notes)
    if form.count:
        key = "count_zero" if not results else "count_of" if who else "count_such"
        text = context.say(key, who=who.words if who else "", n=len(results), tasks=noun)
        return context.answered(form, text, results, query, value=len(results), notes=notes)
    which = _numbers(results, context)
    key = "tasks_of" if who else "tasks_such"
    text = context.say(key, who=who.words if who else "", n=len(results), which=which, tasks=noun)
    return context.answered(form, text, results, query, notes=notes)


def nothing(form: Form, context: Context) -> Declined:
    """Return why no task meets the conditions: no such number, or no such task."""
    number = next((one for one in conditions(form.where) if isinstance(one, Numbered)), None)
    documents = " ".join(map(written, context.scope.documents.iris)) if context.scope else ""
    within = f"VALUES ?document {{ {documents} }} ?task vk:inDocument ?document ." if documents else ""
    rows = context.select("PREFIX vk: <https://w3id.org/vetkb/ns#>" + _RANGE % within) if number else []
    if number and rows and rows[0]["last"] is None:
        return context.declined("not_found", form, "refuse_no_table")
    if number and rows:
        first, last = cast(int, rows[0]["first"]), cast(int, rows[0]["last"])
        if not first <= number.ordinal <= last:
            suggestions = [Form("tasks", All((Numbered(last),)), field="content"), Form("tasks", count=True)]
            return context.declined(
                "not_found", form, "refuse_ordinal", suggestions, ordinal=number.ordinal, first=first, last=last
            )
    return context.declined("not_found", form, "refuse_none", understood=reading_of(form, context.language))


def _results(by_task: Mapping[Iri, Sequence[Row]], query: QueryText, context: Context) -> list[Result]:
    proofs = {task: [iri(row[one.assignment]) for row in rows for one in query.proofs] for task, rows in by_task.items()}
    evidence = context.evidence([*by_task, *(one for found in proofs.values() for one in found)])
    details = {iri(row["task"]): row for row in context.look_up(_DETAILS, "?task", by_task)} if by_task else {}
    results = []
    for task, rows in by_task.items():
        first = rows[0]
        proof = tuple(evidence[one] for one in dict.fromkeys([*proofs[task], task]) if one in evidence)
        schedule = details.get(task, {}).get("schedule")
        ordinal = first["ordinal"]
        results.append(
            Result(
                "task",
                str(task),
                str(first["label"]),
                context.document_name(first["document"]),
                ordinal=ordinal if isinstance(ordinal, int) else None,
                via=_via(rows, query),
                detail=str(schedule) if schedule is not None else None,
                evidence=proof,
            )
        )
    return results


def _inferred_leads(form: Form, tasks: Iterable[Iri], context: Context) -> set[str]:
    """Return the tasks whose lead, where a lead is asked for, the text does not name: the first of the list is taken."""
    if not any(isinstance(one, By) and one.role == "lead" for one in conditions(form.where)):
        return set()
    return {str(row["task"]) for row in context.look_up(_INFERRED, "?task", tasks)}


def _via(rows: Sequence[Row], query: QueryText) -> Via | None:
    """Return how the parties of a task take part: the weakest of them, each at its best."""
    if not query.proofs:
        return None
    return max((_best(rows, one.via) for one in query.proofs), key=_PREFERENCE.__getitem__)


def _best(rows: Sequence[Row], column: str) -> Via:
    return cast(Via, min((str(row[column]) for row in rows), key=_PREFERENCE.__getitem__))


def _only_party(form: Form) -> Named | None:
    parts = [one for one in form.where.conditions if isinstance(one, By)]
    return parts[0].who if len(form.where.conditions) == 1 and parts and not parts[0].role and not parts[0].first else None


def _numbers(results: Sequence[Result], context: Context) -> str:
    """Return the numbers of tasks as the sentence lists them, where they are of one document and all have one."""
    numbers = [str(one.ordinal) for one in results if one.ordinal is not None]
    if len(numbers) < len(results) or len({one.document for one in results}) > 1:
        return ""
    return context.say("numbers", list=context.joined(numbers))


def _via_notes(by_task: Mapping[Iri, Sequence[Row]], query: QueryText, context: Context) -> list[str]:
    """Say which tasks name a party only through its sector or group."""
    notes = []
    for proof in query.proofs:
        for kind in ("sector", "group"):
            found: dict[str, list[Row]] = {}
            for rows in by_task.values():
                if _best(rows, proof.via) == kind:
                    name = next(str(row[proof.surface]) for row in rows if row[proof.via] == kind)
                    found.setdefault(name, []).append(rows[0])
            if found:
                meant = [row for one in found.values() for row in one]
                listed = _listed([(row["ordinal"], str(row["label"])) for row in meant], context)
                values = {"n": len(meant), "list": listed, "surface": context.joined(found), "who": proof.by.who.label}
                notes.append(context.say(f"note_{kind}", **values))
                notes += _place_notes(proof.by.who.iris, context) if kind == "group" else []
    return notes


def _place_notes(agencies: Sequence[Iri], context: Context) -> list[str]:
    """Repeat what the table of divisions assumes of the places of agencies (a county that the province runs)."""
    rows = context.look_up(_PLACE_NOTES, "?agency", agencies)
    return [context.say("note_place", place=row["place"], note=row[context.language]) for row in rows]


def _listed(tasks: Sequence[tuple[object, str]], context: Context) -> str:
    """Return tasks as a note lists them: their numbers in order, or the words of those that have none."""
    numbers = sorted({ordinal for ordinal, _ in tasks if isinstance(ordinal, int)})
    words = [context.say("task_clause", label=label) for ordinal, label in tasks if not isinstance(ordinal, int)]
    first = [context.say("nth", list=context.joined(map(str, numbers)))] if numbers else []
    return context.joined([*first, *words])


def _open_note(form: Form, results: Sequence[Result], context: Context) -> list[str]:
    """Where a party must not take part, say in which tasks the list is open."""
    if not results or not any(isinstance(one, Not) and isinstance(one.condition, By) for one in conditions(form.where)):
        return []
    rows = context.look_up(_DETAILS, "?task", [Iri(one.id) for one in results if one.id])
    unfinished = {str(row["task"]) for row in rows if row["open"] == 1}
    opened = [(one.ordinal, one.label) for one in results if one.id in unfinished]
    return [context.say("note_open", list=_listed(opened, context))] if opened else []


def _by_document(results: Iterable[Result], context: Context) -> list[str]:
    counted = Counter(one.document for one in results if one.document)
    if len(counted) < 2:
        return []
    parts = [context.say("scope_part", document=document, n=n) for document, n in counted.items()]
    return [context.say("note_scope", list=context.joined(parts))]


# --- when --------------------------------------------------------------------------------------------


def answer_schedule(form: Form, context: Context) -> Answer | Declined:
    """Answer when a task is due: the words of its schedule, and the dates they mean."""
    query = task_query(form)
    rows = context.select(query.text())
    if not rows:
        return nothing(form, context)
    tasks = [iri(row["task"]) for row in rows]
    details = {iri(row["task"]): row for row in context.look_up(_DETAILS, "?task", tasks)}
    surfaces: dict[Iri, list[str]] = {}
    for row in context.look_up(_SCHEDULES, "?task", tasks):
        surfaces.setdefault(iri(row["task"]), []).append(str(row["surface"]))
    evidence = context.evidence(tasks)
    places = {iri(row["task"]): row for row in context.look_up(_SCHEDULE_TEXT, "?task", tasks)}
    results, said = [], []
    for row in rows:
        task = iri(row["task"])
        words = details.get(task, {}).get("schedule")
        when = str(words) if words is not None else context.joined(dict.fromkeys(surfaces.get(task, ())))
        name = task_name(row, context)
        said.append(context.say("schedule_of" if when else "no_schedule", task=name, when=when))
        proof = [evidence[task]] if task in evidence else []
        if task in places and proof:
            proof.insert(0, _schedule_evidence(places[task], proof[0]))
        results.append(_task_result(row, context, when, tuple(proof)))
    notes = [context.say("note_assumed")] if any(row["assumed"] == 1 for row in details.values()) else []
    return context.answered(form, "\n".join(said), results, query, notes=notes)


def _schedule_evidence(row: Row, task: Evidence) -> Evidence:
    return Evidence(str(row["quote"]), task.item, Span(cast(int, row["start"]), cast(int, row["end"])), task.document)


def _task_result(row: Row, context: Context, detail: str | None, proof: tuple[Evidence, ...]) -> Result:
    ordinal = row["ordinal"]
    number = ordinal if isinstance(ordinal, int) else None
    document = context.document_name(row["document"])
    return Result("task", str(row["task"]), str(row["label"]), document, ordinal=number, detail=detail, evidence=proof)


def task_name(row: Row, context: Context) -> str:
    """Return what a sentence calls a task: its number, else its words; and its document where the base has several."""
    ordinal = row["ordinal"]
    number = isinstance(ordinal, int)
    name = context.say("task_number", ordinal=ordinal) if number else context.say("task_clause", label=row["label"])
    document = context.document_name(row["document"])
    if len(context.entities.identifiers) > 1 and context.scope is None and document:
        return context.say("task_of_document", document=document, task=name)
    return name


# --- most units --------------------------------------------------------------------------------------


def answer_most_units(form: Form, context: Context) -> Answer | Declined:
    """Answer which tasks name the most, or the fewest, units."""
    query = QueryText("?task")
    query.add(
        "?task a vk:Task ; vk:text ?label ; vk:inDocument ?document ; vk:order ?order .", "OPTIONAL { ?task vk:ordinal ?ordinal }"
    )
    query.add("?task cv:hasParticipation ?participation .")
    if form.role not in (None, "responsible"):
        query.add(query.values("?role", [ROLES[form.role]]), "?participation (cv:role|vk:inferredRole) ?role .")
    query.where(form.where)
    query.columns += ["?ordinal", "?label", "?document", "?order", "(COUNT(DISTINCT ?participation) AS ?units)"]
    query.group = "?task ?ordinal ?label ?document ?order"
    query.order = ["?document", "?order"]
    rows = context.select(query.text())
    if not rows:
        return nothing(form, context)
    best = (max if form.extreme == "most" else min)(cast(int, row["units"]) for row in rows)
    rows = [row for row in rows if row["units"] == best]
    evidence = context.evidence(iri(row["task"]) for row in rows)
    results = [
        _task_result(row, context, None, (evidence[iri(row["task"])],) if iri(row["task"]) in evidence else ()) for row in rows
    ]
    names = context.joined(task_name(row, context) for row in rows)
    text = context.say(f"{form.extreme}_units", list=names, n=best)
    return context.answered(form, text, results, query, notes=_open_tasks(results, context))


def _open_tasks(results: Sequence[Result], context: Context) -> list[str]:
    rows = context.look_up(_DETAILS, "?task", [Iri(one.id) for one in results if one.id])
    unfinished = {str(row["task"]) for row in rows if row["open"] == 1}
    opened = [(one.ordinal, one.label) for one in results if one.id in unfinished]
    return [context.say("note_open", list=_listed(opened, context))] if opened else []
