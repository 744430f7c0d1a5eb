"""Tasks of documents in a base → duties: what is to be done by a day, begun by a day, or kept up, and who reports on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from vetkb.engine import Iri, RdfStore, Value
from vetkb.validate.model import Clause
from vetkb.validate.policy import Duty, Policy
from vetkb.validate.targets import PREFIXES, schedules_of
from vetkb.validate.windows import as_date

_TASKS = (
    PREFIXES
    + """SELECT ?document ?task ?ordinal ?text ?continuous ?item ?path WHERE {
  ?task a vk:Task ; vk:inDocument ?document . OPTIONAL { ?task vk:ordinal ?ordinal } OPTIONAL { ?task vk:text ?text }
  OPTIONAL { ?task vk:continuous ?continuous } OPTIONAL { ?task vk:item ?item OPTIONAL { ?item vk:path ?path } } }"""
)
_OPEN = PREFIXES + "SELECT DISTINCT ?task WHERE { ?task a vk:Task ; vk:assignment ?assignment . ?assignment vk:open true }"
_UNNAMED = (
    PREFIXES
    + """SELECT DISTINCT ?task ?surface WHERE {
  ?task a vk:Task ; vk:assignment/cv:hasParticipation ?party . ?party vk:surface ?surface .
  FILTER NOT EXISTS { ?party cv:hasParticipant ?group . ?group foaf:member ?member } }"""
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

_IN_PASSING = (
    PREFIXES
    + """SELECT DISTINCT ?task WHERE {
  ?task a vk:Task ; vk:item ?item ; vk:assignment ?assignment . FILTER NOT EXISTS { ?task vk:ordinal ?number }
  ?assignment prov:wasGeneratedBy ?rule ; vk:sentence ?own . FILTER(STRENDS(STR(?rule), "/party-clause"))
  ?other vk:item ?item ; a vk:Sentence . FILTER(?other != ?own) }"""
)
_DATED_SENTENCES = (
    PREFIXES
    + """SELECT DISTINCT ?task ?latest ?surface ?text WHERE {
  { ?task vk:item ?item } UNION { ?task vk:operationalises ?item }
  ?task a vk:Task . ?sentence vk:item ?item ; vk:text ?text .
  ?schedule vk:sentence ?sentence ; vk:latest ?latest ; vk:surface ?surface }"""
)
_FILED = re.compile(
    "(?:(?![0-9]{1,4}[年月])[^。；;]){0,80}?(?:备案|报送|上报|报[^，,。；;、]{1,20}(?:审批|批准|审核|审定|汇总|同意))"
)

_BRACKET = re.compile("[()（）]")
_SPAN = re.compile("[至到~～—-]|期间")
_ANY_SUCH = re.compile("各|地方|上级|下级|本级|有关|相关|当地|所在|省级|市级|县级|基层")  # any unit of that kind
_LEVELS = "省市县区州"  # 市教育局 reports as 教育局 too


def _forms(name: str) -> set[str]:
    """Return a name with the shorter ones that stand for it: 市教育局 → 教育局; both of 市政府办公室(市政府外侨办).

    >>> sorted(_forms("市农业局(市畜牧局)"))
    ['农业局', '市农业局', '市农业局(市畜牧局)', '市畜牧局', '畜牧局']
    """
    parts = {p for p in _BRACKET.split(name) if len(p) > 2 and "、" not in p}
    return {name, *parts, *(p[1:] for p in parts if p[0] in _LEVELS and len(p) > 3)}


def duties_of(base: RdfStore, policies: Mapping[Iri, Policy]) -> tuple[Duty, ...]:
    """Return the tasks of documents, with the dates that bind them, in the order of their numbers."""
    schedules = schedules_of(base)
    reporters = _reporters(base)
    filings = _filings(base)
    found: dict[Iri, Duty] = {}
    for row in base.select(_TASKS).dicts():
        task, document = Iri(str(row["task"])), Iri(str(row["document"]))
        if task in found or document not in policies:
            continue
        found[task] = _duty(
            task, policies[document], row, schedules.get(task, []), reporters.get(task, ()), filings.get(task, frozenset())
        )
    return tuple(sorted(found.values(), key=lambda d: (d.policy.iri, d.ordinal is None, d.ordinal or 0, d.task)))


def _duty(
    task: Iri,
    policy: Policy,
    row: Mapping[str, Value],
    schedules: list[dict[str, Value]],
    reporters: tuple[str, ...],
    filings: frozenset[date],
) -> Duty:
    text = str(row["text"] or "")
    filings |= {d for s in schedules if (d := as_date(s["latest"])) is not None and _is_filing(text, str(s["surface"]))}
    ends = [d for s in schedules if (d := as_date(s["latest"])) is not None and not _is_span(s)]
    by = [d for d in ends if d not in filings] or ends
    since = [d for s in schedules if (d := as_date(s["earliest"])) is not None and (s["latest"] is None or _is_span(s))]
    # what has no date may begin on any day: the text leaves it open, and nobody is late with it
    going_on = policy.issued if not by and row["continuous"] is True else None
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
        filed_by=min(filings - set(by), default=None),
    )


def _is_filing(text: str, surface: str) -> bool:
    """Tell whether what is to be done by a date is to file something.

    >>> _is_filing("于2019年6月底前报市教育局备案，2020年年底前建成", "2019年6月底前")
    True
    >>> _is_filing("于2019年6月底前报市教育局备案，2020年年底前建成", "2020年年底前")
    False
    """
    _, found, rest = text.partition(surface)
    return bool(found) and _FILED.match(rest) is not None


def _filings(base: RdfStore) -> dict[Iri, frozenset[date]]:
    """Return for each task the days before which its clause, or the clause that it carries out, has something filed."""
    found: dict[Iri, frozenset[date]] = {}
    for row in base.select(_DATED_SENTENCES).dicts():
        day = as_date(row["latest"])
        if day is not None and _is_filing(str(row["text"]), str(row["surface"])):
            task = Iri(str(row["task"]))
            found[task] = found.get(task, frozenset()) | {day}
    return found


def _is_span(schedule: Mapping[str, Value]) -> bool:
    """Tell whether something is to go on from one day to another (2019年1月1日至12月31日), not to be done by the last."""
    return schedule["earliest"] is not None and _SPAN.search(str(schedule["surface"] or "")) is not None


def _reporters(base: RdfStore) -> dict[Iri, tuple[str, ...]]:
    """Return for each task whose list of units is closed the names under which they report."""
    left_open = {str(row[0]) for query in (_OPEN, _IN_PASSING) for row in base.select(query).rows}
    left_open |= {str(r["task"]) for r in base.select(_UNNAMED).dicts() if _ANY_SUCH.match(str(r["surface"]))}
    names: dict[Iri, set[str]] = defaultdict(set)
    for row in base.select(_REPORTERS).dicts():
        if str(row["task"]) not in left_open:
            names[Iri(str(row["task"]))] |= _forms(str(row["name"]))
    return {task: tuple(sorted(found)) for task, found in names.items()}
