"""Descriptions in a form → the things of the base that they mean, or why they mean none.

A topic (国际交流与合作方面) is a section of a task table whose heading covers it, else the tasks whose own words
do. Who does it, and when, is asked of one task: several that fit make the question ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from vetkb.ask.context import CANDIDATES, Context, Declined, iri
from vetkb.ask.describe import Piece, pieces, plain, searched, size, uncovered
from vetkb.ask.form import (
    About,
    All,
    Among,
    Any,
    Condition,
    Form,
    InSection,
    Named,
    Not,
    Numbered,
    Unclear,
    Within,
    conditions,
    replaced,
)
from vetkb.ask.sparql import printed_labels, written
from vetkb.ask.words import fold
from vetkb.engine import Iri, Literal
from vetkb.store import Hit

_NO_TOPIC: Final = re.compile(r"(?:局|厅|署|政府|委员会|办公室)$|^[\d\s.%年月日]+$")
_SHORTEST: Final = 2
_LONGEST: Final = 160  # characters: no text of a base that is asked for is described at greater length
_SUGGESTED: Final = 3
_SHORTEST_TITLE: Final = 4
_NAME_IN_LETTERS: Final = re.compile(r"[A-Za-z]+\d+")  # G60 says enough
_CLEARLY_NEAREST: Final = 0.8
_SINGLE: Final = frozenset({"agencies", "schedule", "truth"})
_GROUPS: Final = "SELECT DISTINCT ?group { %s ?task vk:group ?group }"
_TASKS_UNDER: Final = """
SELECT ?section ?task {
  %s
  ?item eli:is_part_of+ ?section . ?task vk:item ?item ; a vk:Task ; vk:order ?order .
} ORDER BY ?order"""
_ORDINALS: Final = "SELECT ?task ?ordinal { %s ?task vk:ordinal ?ordinal } ORDER BY ?task"
_ASSIGNMENTS: Final = """
SELECT ?sentence ?assignment ?quote {
  %s
  ?sentence vk:item ?item ; vk:inDocument ?document .
  ?assignment a vk:Assignment ; vk:item ?item ; vk:inDocument ?document ; vk:evidence/oa:hasSelector/oa:exact ?quote .
  FILTER NOT EXISTS { ?task vk:assignment ?assignment }
} ORDER BY ?assignment"""
_ASSIGNMENTS_OF_TASK: Final = """
SELECT ?task ?assignment ?quote {
  %s
  ?task vk:assignment ?assignment . ?assignment vk:evidence/oa:hasSelector/oa:exact ?quote .
} ORDER BY ?assignment"""
_TASK_OF_SENTENCE: Final = """
SELECT ?sentence ?task ?quote {
  %s
  ?sentence vk:item ?item .
  ?task vk:item ?item ; a vk:Task ; vk:assignment/vk:evidence/oa:hasSelector/oa:exact ?quote .
}"""
_TASKS_OF: Final = """
SELECT ?document ?task ?ordinal ?label {
  %s
  ?task vk:inDocument ?document ; a vk:Task .
  OPTIONAL { ?task vk:ordinal ?ordinal } OPTIONAL { ?task vk:item/vk:label ?label }
} ORDER BY ?task"""
_NOTE: Final = ("（", "(", "〔", "[", "【")  # a list of parties in brackets is that of all that stands before it


def resolve(form: Form, context: Context) -> Form | Declined:
    """Return the form with its descriptions replaced by what they describe."""
    everything = conditions(form.where)
    unclear = next((one for one in everything if isinstance(one, Unclear)), None)
    if unclear is not None:
        return _unclear(unclear, form, context)
    if form.want in ("targets", "programmes", "passages"):
        return form
    for one in everything:
        if isinstance(one, InSection) and one.heading and not _is_headed(one, context):
            return not_found(About(one.heading), one.heading, form, context)
    changes: dict[Condition, Condition] = {
        one: replace(one, tasks=_numbered(one.ordinal, context)) for one in everything if isinstance(one, Numbered)
    }
    for about in everything:
        if isinstance(about, About) and about not in changes:
            found = _found(about, form, context)
            if isinstance(found, Declined):
                return found
            changes[about] = found
    where = replaced(form.where, changes)
    return replace(form, where=where if isinstance(where, All) else All((where,)))


def _is_headed(section: InSection, context: Context) -> bool:
    """Say whether a section of that number has a heading that holds the words beside the number."""
    parts = pieces(section.heading, context.words)
    labels = " ".join(written(Literal(one, language="zh")) for one in printed_labels(section.number))
    rows = context.select(
        "PREFIX vk: <https://w3id.org/vetkb/ns#>\n"
        f"SELECT DISTINCT ?heading {{ VALUES ?label {{ {labels} }} ?section vk:label ?label ; vk:heading ?heading }}"
    )
    return parts is not None and any(not uncovered(parts, plain(str(row["heading"])), context.words) for row in rows)


def _numbered(ordinal: int, context: Context) -> tuple[Iri, ...]:
    """Return the tasks with a number, in a table or as a clause; a table's own numbers come before those of its clauses."""
    labels = printed_labels(ordinal)
    if context.scope is not None:
        # what a document has is looked up once: each query for it would go through all that stands in it
        known = context.look_up(_TASKS_OF, "?document", context.scope.documents.iris)
        rows = [row for row in known if row["ordinal"] == ordinal]
        rows += [row for row in known if row["ordinal"] is None and row["label"] in labels]
        return tuple(dict.fromkeys(iri(row["task"]) for row in rows))
    head = "PREFIX vk: <https://w3id.org/vetkb/ns#>\n"
    rows = context.select(f"{head}SELECT ?task {{ ?task vk:ordinal {written(ordinal)} ; a vk:Task }} ORDER BY ?task")
    marks = " ".join(written(Literal(one, language="zh")) for one in labels)
    rows += context.select(
        f"{head}SELECT ?task {{ VALUES ?label {{ {marks} }} ?item vk:label ?label . ?task vk:item ?item ; a vk:Task ."
        " OPTIONAL { ?task vk:ordinal ?other } FILTER(!BOUND(?other)) } ORDER BY ?task"
    )
    return tuple(iri(row["task"]) for row in rows)


def _found(about: About, form: Form, context: Context) -> Condition | Declined:
    if form.want in ("document", "structure", "citations"):
        return _document(about, form, context)
    if form.want in _SINGLE and not form.extreme:
        return _task(about, form, context)
    return _topic(about, form, context)


def _document(about: About, form: Form, context: Context) -> Within | Declined:
    """Return the one document whose title holds a description."""
    parts = pieces(about.words, context.words)
    if parts is None or (size(parts) < _SHORTEST_TITLE and not _NAME_IN_LETTERS.search(about.words)):
        return not_found(about, about.words, form, context)
    found: dict[Iri, Named] = {}
    for title, named in context.entities.documents.items():
        if not uncovered(parts, plain(title), context.words):
            found.setdefault(named.iris[0], named)
    if len(found) > 1:
        names = [one.label for one in found.values()]
        return context.declined("ambiguous", form, "refuse_document", n=len(names), list=context.joined(names[:3]))
    if not found:
        return not_found(about, about.words, form, context)
    return Within(next(iter(found.values())))


def _unclear(unclear: Unclear, form: Form, context: Context) -> Declined:
    parties: tuple[Condition, ...] = unclear.parties
    if unclear.denied:
        parties = tuple(Not(party) for party in unclear.parties)
    meant = [replaced(form.where, {unclear: joint(parties)}) for joint in (All, Any)]
    suggestions = [replace(form, where=where if isinstance(where, All) else All((where,))) for where in meant]
    return context.declined("ambiguous", form, "refuse_unclear", suggestions)


def search(about: About, context: Context, kinds: Sequence[str]) -> tuple[tuple[Piece, ...], list[Hit], str]:
    """Return the parts of a description, the texts that cover it, and what the best of the others lacks."""
    parts = pieces(about.words, context.words)
    if parts is None or not _SHORTEST <= size(parts) <= _LONGEST:
        return (), [], about.words
    found = context.search(searched(parts))
    if len(found) == CANDIDATES and found[-1].coverage == 1:
        context.notes.append(context.say("note_candidates", n=CANDIDATES))
    hits = [hit for hit in found if hit.kind in kinds]
    covering: list[Hit] = []
    missing = about.words
    for hit in hits:
        left = uncovered(parts, plain(hit.text), context.words)
        if not left:
            covering.append(hit)
        elif len(left) < len(missing):
            missing = left
    return parts, covering, missing


def not_found(about: About, missing: str, form: Form, context: Context) -> Declined:
    words = about.words.replace("\n", " … ")
    partly = missing and missing != about.words
    key = "refuse_missing" if partly else "refuse_about"
    return context.declined("not_found", form, key, words=words, missing=missing)


def _topic(about: About, form: Form, context: Context) -> Among | Declined:
    if about.bare and (fold(about.words).strip() in context.entities.places or _NO_TOPIC.search(about.words)):
        return not_found(about, about.words, form, context)  # 安阳有哪些任务: a place, a body or a figure is no topic
    _, hits, missing = search(about, context, ("task", "item"))
    headings = [hit for hit in hits if hit.kind == "item" and not about.own]
    groups = (
        {iri(row["group"]) for row in context.look_up(_GROUPS, "?group", [hit.iri for hit in headings])} if headings else set()
    )
    if groups:
        label = next(hit.text for hit in headings if hit.iri in groups)
        return Among(label, tuple(hit.iri for hit in headings if hit.iri in groups), "group")
    exact = [hit for hit in headings if plain(hit.text) == plain(about.words)]
    if exact:
        under = context.look_up(_TASKS_UNDER, "?section", [hit.iri for hit in exact])
        if under:
            return Among(exact[0].text, tuple(dict.fromkeys(iri(row["task"]) for row in under)))
    tasks = tuple(hit.iri for hit in hits if hit.kind == "task")
    return Among(about.words, tasks) if tasks else not_found(about, missing, form, context)


def _task(about: About, form: Form, context: Context) -> Among | Declined:
    parts, hits, missing = search(about, context, ("task",))
    if not hits:
        clauses = _clauses(about, context) if form.want == "agencies" else None
        return clauses or not_found(about, missing, form, context)
    wanted = size(parts)
    nearest = sorted(hits, key=lambda hit: abs(len(plain(hit.text)) - wanted))
    share = [wanted / max(1, len(plain(hit.text))) for hit in nearest[:2]]
    if len(hits) > 1 and not (share[0] >= _CLEARLY_NEAREST > share[1]):
        return _several(about, hits, form, context)
    return (_part_of_task(about, parts, nearest[0], context) if form.want == "agencies" else None) or Among(
        nearest[0].text, (nearest[0].iri,)
    )


def _part_of_task(about: About, parts: Sequence[Piece], hit: Hit, context: Context) -> Among | None:
    """Return the assignments of one task whose own words hold a description, where others of it do not: 甲负责一、乙负责二."""
    rows = context.look_up(_ASSIGNMENTS_OF_TASK, "?task", [hit.iri])
    quotes = {iri(row["assignment"]): plain(str(row["quote"])) for row in rows}
    found = tuple(one for one, quote in quotes.items() if not uncovered(parts, quote, context.words))
    return Among(about.words, found, "assignment") if found and len(found) < len(quotes) else None


def _several(about: About, hits: Sequence[Hit], form: Form, context: Context) -> Declined:
    rows = context.look_up(_ORDINALS, "?task", [hit.iri for hit in hits])
    numbers = [Numbered(row["ordinal"]) for row in rows if isinstance(row["ordinal"], int)]
    asked = [replaced(form.where, {about: number}) for number in numbers[:_SUGGESTED]]
    suggestions = [replace(form, where=where) for where in asked if isinstance(where, All)]
    return context.declined("ambiguous", form, "refuse_several", suggestions, words=about.words, n=len(hits))


def _clauses(about: About, context: Context) -> Among | None:
    """Return the assignments of running text whose own words cover a description."""
    parts, hits, _ = search(about, context, ("sentence",))
    if not hits:
        return None
    rows = context.look_up(_ASSIGNMENTS, "?sentence", [hit.iri for hit in hits])
    found = [iri(row["assignment"]) for row in rows if not uncovered(parts, plain(str(row["quote"])), context.words)]
    if found:
        return Among(about.words, tuple(dict.fromkeys(found)), "assignment")
    # what is asked stands below the heading that names the task: all that fits must stand there, before one note
    rows = context.look_up(_TASK_OF_SENTENCE, "?sentence", [hit.iri for hit in hits])
    tasks = {iri(row["task"]) for row in rows}
    whole = {iri(row["sentence"]) for row in rows} == {hit.iri for hit in hits}
    quotes = {str(row["quote"]) for row in rows}
    noted = len(quotes) == 1 and all(quote.startswith(_NOTE) for quote in quotes)
    return Among(about.words, tuple(tasks)) if whole and noted and len(tasks) == 1 else None
