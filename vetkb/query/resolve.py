"""What a caller typed for a parameter → the terms that are bound. Raises UnknownNameError, with what was perhaps meant.

Agencies are found by IRI, by any of their labels, by a sector word (财政), by the name of their kind in Chinese or
English (Finance Bureau), and by the gazetteer's layers (abbreviation, pinyin, a slip of the pen). A name that means
several things is narrowed to the document asked for, then to those that have tasks; if several remain, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from vetkb.engine import Bindable, Iri
from vetkb.errors import UnknownNameError, UsageError
from vetkb.gazetteer import Entry, Gazetteer, Link
from vetkb.graph.terms import Vk
from vetkb.query.catalogue import Parameter
from vetkb.store import Name, Store

_LONGEST = 500
_OF_ORGAN = """
PREFIX cv: <http://data.europa.eu/m8g/> PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?agency ?organ { ?agency a cv:PublicOrganisation ; vk:organType ?organ } ORDER BY ?agency
"""
_DENOTED = "PREFIX vk: <https://w3id.org/vetkb/ns#> SELECT ?agency ?sector { ?sector vk:denotes ?agency } ORDER BY ?agency"
_HAS_TASK = f"ASK {{ ?task <{Vk.responsibleAgency}> ?agency ; <{Vk.inDocument}> ?document }}"
_IS_NAMED = f"""
PREFIX cv: <http://data.europa.eu/m8g/>
ASK {{ ?participation cv:hasParticipant ?agency ; ^cv:hasParticipation/<{Vk.inDocument}> ?document }}
"""
_NUMBERED = f"SELECT ?task ?ordinal ?document {{ ?task a <{Vk.Task}> ; <{Vk.inDocument}> ?document ; <{Vk.ordinal}> ?ordinal }}"
_ORDINALS = f"SELECT (MIN(?ordinal) AS ?first) (MAX(?ordinal) AS ?last) {{ ?task a <{Vk.Task}> ; <{Vk.ordinal}> ?ordinal }}"


def resolve(parameter: Parameter, text: str, store: Store, document: Iri | None) -> dict[str, Bindable]:
    """Return the variables that a parameter binds."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise UsageError(f"the parameter {parameter.name} needs a value of 1 to {_LONGEST} characters")
    variable = parameter.variable or parameter.name
    match parameter.type:
        case "vk:Task":
            return _task(variable, text, store, document)
        case "cv:PublicOrganisation":
            return {variable: _agency(text, store, document)}
        case "vk:Indicator":
            return {variable: _indicator(text, store, document)}
        case "eli:LegalResource":
            return {variable: store.document(text).iri}
        case "xsd:date":
            return {variable: _date(parameter, text)}
        case "xsd:integer":
            return {variable: whole_number(parameter, text)}
        case _:
            return {variable: text}


def default_value(parameter: Parameter) -> Bindable:
    """Return what a parameter binds when the caller leaves it out."""
    text = parameter.default or ""
    return _date(parameter, text) if parameter.type == "xsd:date" else text


def whole_number(parameter: Parameter, text: str) -> int:
    """Read a number of 0 or more. Raises UsageError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise UsageError(f"the parameter {parameter.name} is a whole number, not {text[:40]!r}")
    return int(text)


def _date(parameter: Parameter, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"the parameter {parameter.name} is a date like 2018-12-31, not {text[:40]!r}") from None


def _task(variable: str, text: str, store: Store, document: Iri | None) -> dict[str, Bindable]:
    number = text.removeprefix("第").removesuffix("项").removesuffix("项任务")
    if number.isascii() and number.isdecimal() and len(number) <= 9:
        found: dict[str, Bindable] = {"ordinal": int(number)}
        tasks = store.rdf.select(_NUMBERED, found | ({"document": document} if document else {})).rows
        if tasks:
            # several documents may have a task of that number; one that is known by name is found faster
            return {variable: Iri(str(tasks[0][0]))} if len(tasks) == 1 else found
        first, last = store.rdf.select(_ORDINALS).rows[0]
        raise UnknownNameError(f"there is no task {number}", [f"{first}–{last}"] if first is not None else [])
    task = Iri(text)
    if "://" in text and not any(mark in text for mark in '<>"{}|^`\\ ') and store.rdf.about(task):
        return {variable: task}
    raise UnknownNameError(f"{text[:80]!r} is no task of this base: give its number or its IRI")


def _indicator(text: str, store: Store, document: Iri | None) -> Iri:
    if "://" in text and any(name.kind == "indicator" for name in store.labels(text)):
        return Iri(text)
    return _one(_of_kind(store.named(text), "indicator"), text, store, "indicator", document)


def _agency(text: str, store: Store, document: Iri | None) -> Iri:
    if "://" in text:
        if any(name.kind in ("agency", "group", "sector", "party") for name in store.labels(text)):
            return Iri(text)
        raise UnknownNameError(f"{text[:200]!r} is no agency of this base")
    named = store.named(text)
    found = (
        _of_kind(named, "agency")
        or _related(_of_kind(named, "sector"), _DENOTED, store)
        or _related(_of_kind(named, "organ"), _OF_ORGAN, store)
        or _of_kind(named, "group", "party")
        or _linked(text, store)
    )
    return _one(found, text, store, "agency", document)


def _of_kind(named: Iterable[Name], *kinds: str) -> set[Iri]:
    return {name.iri for name in named if name.kind in kinds}


def _related(things: set[Iri], query: str, store: Store) -> set[Iri]:
    """Return the agencies that a query relates to some of the things."""
    return {Iri(str(agency)) for agency, thing in store.rdf.select(query).rows if thing in things} if things else set()


def _linked(text: str, store: Store) -> set[Iri]:
    """Return what the gazetteer takes the name for. Raises UnknownNameError where it only has suggestions."""
    entries = [Entry(name.iri, name.label, "agency") for name in store.names() if name.kind in ("agency", "group", "party")]
    answer = Gazetteer(entries).link(text)
    if isinstance(answer, Link):
        return {Iri(entry.id) for entry in answer.entries}
    near = list(dict.fromkeys(entry.name for entry in answer.entries))[:5]
    raise UnknownNameError(f"no agency of this base is called {text[:80]!r}", near)


def _one(found: set[Iri], text: str, store: Store, kind: str, document: Iri | None) -> Iri:
    """Return the one thing that is meant."""
    if not found:
        near = [name.label for name in store.names() if name.kind == kind and (text in name.label or name.label in text)]
        raise UnknownNameError(f"no {kind} of this base is called {text[:80]!r}", list(dict.fromkeys(near))[:5])
    scope: dict[str, Bindable] = {"document": document} if document else {}
    for narrow in _narrowings(store, scope):
        kept = {iri for iri in found if narrow(iri)}
        found = kept or found
    if len(found) == 1:
        return found.pop()
    labels = [next((name.label for name in store.labels(iri)), iri) for iri in sorted(found)]
    raise UnknownNameError(f"{text[:80]!r} names several: say which", labels[:5])


def _narrowings(store: Store, scope: dict[str, Bindable]) -> tuple[Callable[[Iri], bool], ...]:
    return (
        lambda iri: store.rdf.ask(_IS_NAMED, {"agency": iri, **scope}),
        lambda iri: store.rdf.ask(_HAS_TASK, {"agency": iri, **scope}),
    )
