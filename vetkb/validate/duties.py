"""Tasks of documents in a base → duties: what is to be done by a day, begun by a day, or kept up, and who reports on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from vetkb.engine import Iri, RdfStore, Value
from vetkb.validate.model import Clause
from vetkb.validate.policy import Duty, Policy
from vetkb.validate.targets import PREFIXES, as_date, schedules_of

_TASKS = (
    PREFIXES
    + """SELECT ?document ?task ?ordinal ?text ?continuous ?item ?path WHERE {
  ?task a vk:Task ; vk:inDocument ?document . OPTIONAL { ?task vk:ordinal ?ordinal } OPTIONAL { ?task vk:text ?text }
  OPTIONAL { ?task vk:continuous ?continuous } OPTIONAL { ?task vk:item ?item OPTIONAL { ?item vk:path ?path } } }"""
)
_OPEN = (
    PREFIXES
    + """SELECT DISTINCT ?task WHERE {
  ?task a vk:Task ; vk:assignment ?assignment .
  { ?assignment vk:open true } UNION { ?assignment cv:hasParticipation ?party .
    FILTER NOT EXISTS { ?party cv:hasParticipant/(skos:prefLabel|foaf:member|skos:altLabel) ?named } } }"""
)
_REPORTERS = (
    PREFIXES
    + """SELECT DISTINCT ?task ?name WHERE {
  ?task a vk:Task .
  { ?task vk:assignment/cv:hasParticipation/vk:surface ?name }
  UNION { ?task vk:assignment/cv:hasParticipation/cv:hasParticipant/foaf:member? ?agency .
          ?agency skos:prefLabel|skos:altLabel ?name }
  UNION { ?task vk:responsibleAgency ?agency . ?agency skos:prefLabel|skos:altLabel ?name }
  UNION { ?task vk:assignment/cv:hasParticipation/cv:hasParticipant/foaf:member? ?government . ?government vk:division ?place .
          FILTER(STRENDS(STR(?government), "/government")) ?place skos:prefLabel|skos:altLabel ?name } }"""
)

_LEVELS = "省市县区州"  # 市教育局 reports as 教育局 too


def duties_of(base: RdfStore, policies: Mapping[Iri, Policy]) -> tuple[Duty, ...]:
    """Return the tasks of documents, with the dates that bind them, in the order of their numbers."""
    schedules = schedules_of(base)
    reporters = _reporters(base)
    found: dict[Iri, Duty] = {}
    for row in base.select(_TASKS).dicts():
        task, document = Iri(str(row["task"])), Iri(str(row["document"]))
        if task in found or document not in policies:
            continue
        found[task] = _duty(task, policies[document], row, schedules.get(task, []), reporters.get(task, ()))
    return tuple(sorted(found.values(), key=lambda d: (d.policy.iri, d.ordinal is None, d.ordinal or 0, d.task)))


def _duty(
    task: Iri, policy: Policy, row: Mapping[str, Value], schedules: list[dict[str, Value]], reporters: tuple[str, ...]
) -> Duty:
    by = [d for s in schedules if (d := as_date(s["latest"])) is not None]
    since = [d for s in schedules if (d := as_date(s["earliest"])) is not None and s["latest"] is None]
    going_on = policy.issued if not by and (row["continuous"] is True or not schedules) else None
    text = str(row["text"] or "")
    item = row["item"]
    return Duty(
        task,
        int(str(row["ordinal"])) if row["ordinal"] is not None else None,
        text,
        Clause(policy.identifier, None if row["path"] is None else str(row["path"]), text),
        item if isinstance(item, Iri) else policy.iri,
        policy,
        min(by, default=None),
        min(since, default=going_on),
        kept_up=not by and (row["continuous"] is True or bool(since) or any(s["recurrence"] for s in schedules)),
        reporters=reporters,
    )


def _reporters(base: RdfStore) -> dict[Iri, tuple[str, ...]]:
    """Return for each task whose list of units is closed the names under which they report."""
    left_open = {str(row[0]) for row in base.select(_OPEN).rows}
    names: dict[Iri, set[str]] = defaultdict(set)
    for row in base.select(_REPORTERS).dicts():
        if str(row["task"]) not in left_open:
            name = str(row["name"])
            names[Iri(str(row["task"]))] |= {name, name[1:] if name[0] in _LEVELS and len(name) > 3 else name}
    return {task: tuple(sorted(found)) for task, found in names.items()}
