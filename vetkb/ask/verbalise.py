"""A form → the question that asks for it, in Chinese or English: the one way in which forms are put in words.

What is said is data (ontology/ask/phrasing.toml); here conditions are put into its slots. Reading the question gives
the form again: tests hold it for every pair of conditions, and what is suggested or completed can therefore be asked.
"""

from __future__ import annotations

import tomllib
from calendar import month_name, monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from string import Formatter
from typing import Any as Anything
from typing import Final, cast

from vetkb.ask.form import (
    About,
    All,
    Any,
    AtLevel,
    Being,
    Bounded,
    By,
    Condition,
    Form,
    InSection,
    Named,
    Not,
    Numbered,
    OnlyBy,
    Timed,
    Units,
    Within,
    canonical,
)
from vetkb.paths import ONTOLOGY
from vetkb.zh import write_chinese

_ATTRIBUTES: Final = ("count", "extreme", "field", "level", "role", "rank", "without", "than", "most", "first")
_DEFAULT: Final = {name: getattr(Form("tasks"), name) for name in _ATTRIBUTES}
_VERBS: Final = {
    "plural": {"be": "are", "have": "have", "do": "do", "s": ""},
    "singular": {"be": "is", "have": "has", "do": "does", "s": "s"},
}
_QUARTER, _HALF = 3, 6


class CannotSayError(Exception):
    """A form or a part of one that the language of questions has no words for."""


@lru_cache(maxsize=1)
def _phrasing() -> dict[str, Anything]:
    return tomllib.loads((ONTOLOGY / "ask" / "phrasing.toml").read_text(encoding="utf-8"))


def verbalise(form: Form, language: str) -> str | None:
    """Return the question that a form is read from; None where the language has none.

    >>> from vetkb.ask.form import Form, All, Being
    >>> verbalise(Form("tasks", All((Being("continuous"),)), count=True), "zh")
    '持续实施的任务有多少项？'
    """
    form = canonical(form)
    for entry in _phrasing()["question"]:
        if language in entry and _fits(entry, form):
            try:
                return _filled(entry[language], form, language)
            except CannotSayError:
                continue
    return None


def _fits(entry: Mapping[str, Anything], form: Form) -> bool:
    for name in _ATTRIBUTES:
        value, wanted = getattr(form, name), entry.get(name, _DEFAULT[name])
        if wanted != "*" and (value == _DEFAULT[name] if wanted == "+" else value != wanted):
            return False
    return cast(bool, entry["want"] == form.want)


def _filled(template: str, form: Form, language: str) -> str:
    """Put the parts of a form into the slots of a question; all conditions must have found their place."""
    slots = {name for _, name, _, _ in Formatter().parse(template) if name}
    documents = [one for one in form.where.conditions if isinstance(one, Within)]
    left: list[Condition] = [one for one in form.where.conditions if not isinstance(one, Within)]
    if len(documents) > 1:
        raise CannotSayError
    values: dict[str, str] = {}
    for slot, taken in (
        ("number", lambda one: isinstance(one, Numbered)),
        ("topic", lambda one: isinstance(one, About) and not one.own),
        ("shared", lambda one: isinstance(one, By) and one == form.without),
        ("who", lambda one: isinstance(one, By) and not one.first),
        ("time", lambda one: isinstance(one, Timed) and one.edge == "either"),
    ):
        if slot in slots or (slot == "who" and "does" in slots):
            values |= _taken(left, slot, taken, language)
    if "party" in slots or "state" in slots:
        values |= _alone(left, language)
    in_annex = Being("annex") in left
    if any(isinstance(one, InSection) and one.annex != in_annex for one in left):
        raise CannotSayError  # a section is one of the annex where the annex is named, and only there
    plural = "singular" if {"where_one"} & slots else "plural"
    if {"where", "where_one"} & slots:
        values |= dict.fromkeys(("where", "where_one"), _where(left, language, plural))
        left = []
    if documents and "document" in slots:
        values["document"] = documents.pop().documents.words
    if left:
        raise CannotSayError
    said = template.format_map(values | _own(form, values.get("who", ""), language, slots - values.keys()))
    if documents:
        return phrase("document", language).format(document=documents[0].documents.words, question=_open(said, language))
    return said


def _taken(left: list[Condition], slot: str, taken: Callable[[Condition], bool], language: str) -> dict[str, str]:
    """Take the one condition of a slot from those that are left."""
    found = [one for one in left if taken(one)]
    if len(found) != 1:
        raise CannotSayError
    left.remove(found[0])
    match found[0]:
        case Numbered(ordinal, _):
            return {"number": phrase("number", language).format(ordinal=ordinal)}
        case About(words):
            return {"topic": words.replace("\n", " ")}
        case By(who):
            return {slot: _name(who, language)}
        case Timed() as timed:
            return {"time": _time(timed, language)}
    raise CannotSayError


def _alone(left: list[Condition], language: str) -> dict[str, str]:
    """Take the one condition that is left, as what a question says of one task."""
    if len(left) != 1:
        raise CannotSayError
    one = left.pop()
    inner = one.condition if isinstance(one, Not) else one
    return {"party" if isinstance(inner, By) else "state": _condition(one, language, "singular")}


def _own(form: Form, who: str, language: str, slots: Iterable[str]) -> dict[str, str]:
    """Return what the attributes of a form put into a question's slots."""
    said: dict[str, str] = {}
    party = next((one for one in form.where.conditions if isinstance(one, By)), None)
    role = _phrasing()["role"][(form.role or (party.role if party and form.want != "agencies" else None)) or "none"]
    for slot in slots:
        if slot in ("duty", "does", "role", "roles", "base"):
            said[slot] = _of(role[slot], language).format(who=who)
        elif slot in ("field", "level", "more"):
            value = form.field if slot == "field" else form.level if slot == "level" else "most" if form.most else "fewest"
            said[slot] = _of(_phrasing()[slot].get(value), language) if value else ""
            said[slot] += " " if slot == "level" and value and language == "en" else ""
        elif slot == "ranked":
            said[slot] = _ranked(form, language)
        elif slot == "top":
            said[slot] = _word_of(form.first, "top", language)
        elif slot == "without":
            said[slot] = _names(_parties(form.without), "and", language)
        elif slot == "than" and form.than is not None and (party is None or party.role == form.than.role):
            said[slot] = _name(form.than.who, language)
        else:
            raise CannotSayError
    if party is not None and party.role and not {"duty", "does", "role", "roles", "base"} & set(slots) and "who" in slots:
        raise CannotSayError
    return said


def _ranked(form: Form, language: str) -> str:
    extreme = form.extreme or "most"
    if form.rank == 1:
        return phrase(f"extreme.{extreme}", language)
    values = {"extreme": phrase(f"extreme.{extreme}", language), "more": phrase(f"more.{extreme}", language)}
    return phrase("rank", language).format(rank=_word_of(form.rank, "rank", language), **values)


def _word_of(number: int, list_of: str, language: str) -> str:
    words = _phrasing()[list_of]["words"][language]
    if not 1 < number < len(words):
        raise CannotSayError
    return cast(str, words[number])


# --- conditions --------------------------------------------------------------------------------------


def _where(conditions: Sequence[Condition], language: str, number: str) -> str:
    """Return conditions that hold together; what is joined by 或 stands apart from them."""
    if not conditions:
        raise CannotSayError
    groups = _grouped(conditions)
    alternatives = [one for one in groups if isinstance(one, Any) and not _one_role(one)]
    lone = [one for one in groups if isinstance(one, (By, OnlyBy))]
    if alternatives and (len(lone) > 1 or len(alternatives) > 1):
        raise CannotSayError  # 或 and 且 in one sentence: nothing says which binds closer
    said = ""
    for place, one in enumerate(groups):
        turned = _denies(one) and place > 0 and not _denies(groups[place - 1])
        joint = "" if not place else "apart" if alternatives else "but" if turned else "also"
        said += (phrase(f"joint.{joint}", language) if joint else "") + _condition(one, language, number)
    return said


def _denies(condition: Condition) -> bool:
    return isinstance(condition.conditions[0] if isinstance(condition, All) else condition, Not)


def _grouped(conditions: Sequence[Condition]) -> list[Condition]:
    """Put parties in one role together: 由甲和乙共同负责, 甲和乙都不负责."""
    by_role: dict[object, list[Condition]] = {}
    for one in conditions:
        inner = one.condition if isinstance(one, Not) else one
        plain = isinstance(inner, By) and not inner.first
        by_role.setdefault((type(one), inner.role) if plain and isinstance(inner, By) else one, []).append(one)
    return [found[0] if len(found) == 1 else All(tuple(found)) for found in by_role.values()]


def _one_role(either: Any) -> bool:
    return all(isinstance(one, By) and not one.first for one in either.conditions) and (
        len({one.role for one in either.conditions if isinstance(one, By)}) == 1
    )


def _condition(condition: Condition, language: str, number: str) -> str:
    if isinstance(condition, Any) and not _one_role(condition):
        if any(isinstance(one, (All, Any)) or one == Being("annex") for one in condition.conditions):
            raise CannotSayError
        return phrase("joint.or", language).join(_condition(one, language, number) for one in condition.conditions)
    key, values = _key(condition, language)
    if key is None:
        raise CannotSayError
    return phrase(f"condition.{key}", language).format_map({**_VERBS[number], **values})


def _key(condition: Condition, language: str) -> tuple[str | None, dict[str, str]]:
    """Return the entry of [condition] for a condition, and what is put into it."""
    match condition:
        case Not(By(_, _, False) | Units() | AtLevel() | InSection() | About() | Being() | Timed() | By(_, None, True) as inner):
            key, values = _key(inner, language)
            return f"not_{key}", values
        case By(who, role, first):
            return (None if role and first else "first" if first else role or "by"), {"who": _name(who, language)}
        case OnlyBy(who, role):
            return f"only_{role or 'by'}", {"who": _name(who, language)}
        case All(parts) | Any(parts):
            joint = "or" if isinstance(condition, Any) else "nor" if isinstance(parts[0], Not) else "and"
            parties = _parties(condition)
            key = parties[0].role or "by"
            return key if joint == "or" else f"{key}_{'none' if joint == 'nor' else 'all'}", {
                "who": _names(parties, joint, language)
            }
        case Units(comparator, units):
            return "units", {"units": _of(_phrasing()["units"][comparator], language).format(n=units)}
        case AtLevel(level):
            return "level", {"level": phrase(f"level.{level}", language)}
        case InSection(section, _, _, ""):
            return "section", {"section": write_chinese(section) if language == "zh" else str(section)}
        case About(words, _, own):
            return "own" if own else "about", {"topic": words.replace("\n", " ")}
        case Timed():
            return condition.edge, {"time": _time(condition, language)}
        case Being(quality):
            return quality, {}
        case Bounded(bounds):
            return bounds, {}
    return None, {}


def _parties(condition: Condition | None) -> list[By]:
    """Return the parties that a condition names, whether they must take part or must not."""
    parts = condition.conditions if isinstance(condition, (All, Any)) else () if condition is None else (condition,)
    inner = [one.condition if isinstance(one, Not) else one for one in parts]
    if not all(isinstance(one, By) for one in inner):
        raise CannotSayError
    return cast(list[By], inner)


def _name(who: Named, language: str) -> str:
    return f"the {who.words}" if language == "en" and who.words.isascii() else who.words


def _names(parties: Sequence[By], joint: str, language: str) -> str:
    """Return names in a row: 甲、乙和丙."""
    *before, last = [_name(party.who, language) for party in parties]
    if not before:
        return last
    comma = phrase("joint.nor" if joint == "nor" and language == "en" else "joint.comma", language)
    return f"{comma.join(before)}{phrase(f'joint.{joint}', language)}{last}"


# --- time --------------------------------------------------------------------------------------------


def _time(timed: Timed, language: str) -> str:
    """Return a period with what it governs, so that reading it gives the same days."""
    if timed.relation == "before":
        period = _period(timed.latest, timed.latest, language)
    elif timed.relation == "from":
        period = _period(timed.earliest, date(timed.earliest.year, 12, 31), language) if _starts_year(timed) else ""
        period = period or _period(timed.earliest, timed.earliest, language)
    elif timed.relation == "by":
        if (timed.latest.month, timed.latest.day) != (12, 31):
            raise CannotSayError
        period = _of(_phrasing()["period"]["end_of_year"], language).format(year=timed.latest.year)
    else:
        period = _period(timed.earliest, timed.latest, language)
    return phrase(f"time.{timed.relation}", language).format(period=period)


def _starts_year(timed: Timed) -> bool:
    return (timed.earliest.month, timed.earliest.day) == (1, 1)


def _period(first: date, last: date, language: str) -> str:
    """Return what a stretch of days is called."""
    months = last.month - first.month + 1
    whole = first.year == last.year and first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    names = {1: "month", 12: "year", _HALF: "first_half" if first.month == 1 else "second_half", _QUARTER: "quarter"}
    name = "day" if first == last else names.get(months) if whole else None
    if name in ("first_half", "second_half") and first.month not in (1, 7):
        name = None
    if name == "quarter" and first.month % _QUARTER != 1:
        name = None
    entry = _phrasing()["period"].get(name, {}) if name else {}
    if language not in entry:
        raise CannotSayError
    values = {"year": first.year, "month": first.month, "day": first.day, "name": month_name[first.month]}
    return cast(str, entry[language]).format(**values, quarter=write_chinese((first.month + 2) // _QUARTER))


# --- data --------------------------------------------------------------------------------------------


def phrase(key: str, language: str) -> str:
    """Return an entry of phrasing.toml; raises CannotSayError where the language has none."""
    entry: Anything = _phrasing()
    for part in key.split("."):
        if part not in entry:
            raise CannotSayError
        entry = entry[part]
    return _of(entry, language)


def _of(entry: Anything, language: str) -> str:
    if entry is None or language not in entry:
        raise CannotSayError
    return cast(str, entry[language])


def _open(question: str, language: str) -> str:
    """Return a question as it stands with other words around it: in English without its mark, which comes last."""
    return question.removesuffix("?") if language == "en" else question
