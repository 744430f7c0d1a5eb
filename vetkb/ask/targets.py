"""Forms that want numbers → answers: what an indicator is to reach, for whom, where, by when.

A description is matched first against what a target itself says (indicator, population, area, unit, date), then
against the clause it stands in. A number printed in several places is one result with several pieces of evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from vetkb.ask.answer import Answer, Evidence, Result
from vetkb.ask.context import Context, Declined, Row, iri, plural
from vetkb.ask.cover import load_reading
from vetkb.ask.describe import Piece, clauses_around, names_measure, place_in_list, plain, scraps, uncovered
from vetkb.ask.form import About, All, Among, Form, Timed
from vetkb.ask.resolve import not_found, search
from vetkb.ask.sparql import QueryText, written
from vetkb.ask.wording import reading_of
from vetkb.ask.words import Words
from vetkb.engine import Iri, Literal, Value
from vetkb.graph.terms import PREFIXES
from vetkb.store import Hit
from vetkb.zh import is_share

_MOST_VALUES: Final = 6
_EACH: Final = re.compile(r"每[个一]?(\w)")
_TEXTS: Final = 30
_HELD_BY: Final = ("sentence", "task", "target")  # what may hold a number: a target is found by its own name in a table
_SHARE: Final = "%"
_SHORTEST_STRETCH: Final = 2
_LONGEST_STRETCH: Final = 24
_COMPARATORS: Final = {">=": "ge", "<=": "le", ">": "gt", "<": "lt", "=": "eq", "approx": "approx", "range": "range"}
_PRINTED: Final = """
SELECT ?target ?text ?quote {
  %s
  ?target vk:item ?item ; vk:evidence/oa:hasSelector/oa:exact ?quote . ?sentence vk:item ?item ; a vk:Sentence ; vk:text ?text .
  FILTER(CONTAINS(?text, ?quote))
}"""
_NEAR: Final = """
SELECT DISTINCT ?node ?target ?text {
  %s
  ?node vk:item ?item ; vk:text ?text . ?target vk:item ?item ; cv:constrains ?indicator .
  # a number stands in the sentence that prints it, not in another of its item that prints the same
  FILTER NOT EXISTS { ?node a vk:Sentence . ?target vk:sentence ?own . FILTER(?own != ?node) }
}"""
_FIELDS: Final = """
SELECT ?target ?label ?population ?area ?unit ?per ?when ?quote {
  %s
  ?target rdfs:label ?label ; vk:evidence/oa:hasSelector/oa:exact ?quote .
  OPTIONAL { ?target vk:population ?population } OPTIONAL { ?target vk:area ?area } OPTIONAL { ?target vk:unit ?unit }
  OPTIONAL { ?target vk:per ?per } OPTIONAL { ?target vk:schedule/vk:surface ?when }
} ORDER BY ?target"""
_HEADS: Final = """
SELECT ?target ?header {
  %s
  ?target vk:item ?row ; vk:evidence/oa:hasSelector/oa:exact ?quote . ?row dcterms:isPartOf ?table .
  ?cell dcterms:isPartOf ?row ; vk:text ?text ; vk:columnNumber ?column . FILTER(STR(?text) = STR(?quote))
  ?head dcterms:isPartOf ?table ; vk:columnNumber ?column ; vk:text ?header .
}"""
_BESIDE: Final = """
SELECT ?text ?target {
  %s
  ?cell vk:text ?text ; dcterms:isPartOf ?row . ?target vk:item ?row ; cv:constrains ?indicator ; vk:inDocument ?document .
} ORDER BY ?target"""
_LABELS: Final = "SELECT ?target ?name { %s ?target cv:constrains/skos:prefLabel ?name } ORDER BY ?target"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A target with the words of its own (`own`) and of its clause, all in one and without punctuation."""

    target: Iri
    own: str
    clause: str
    label: str
    unit: str
    per: str
    quote: str
    printed: str  # the clause with its punctuation


def answer_targets(form: Form, context: Context) -> Answer | Declined:
    """Answer which targets there are, or what the described one is."""
    about = next((one for one in form.where.conditions if isinstance(one, About)), None)
    conditions_left = tuple(one for one in form.where.conditions if one is not about)
    beside = _beside_cell(about, context) if about is not None else ()
    if about is not None:
        found = Among(_shown(about), beside, "target") if beside else _described(about, form, context)
        if isinstance(found, Declined):
            return found
        dated = (one.in_its_year() if isinstance(one, Timed) else one for one in conditions_left)
        conditions_left = (found, *dated)
    query = _target_query(All(conditions_left), quantity=about is not None)
    found_rows = context.select(query.text())
    if not found_rows and about is not None:
        query = _target_query(All(tuple(one for one in conditions_left if not isinstance(one, Timed))), quantity=True)
        found_rows = _stood(context.select(query.text()), form, context)
    rows = _to_reach(found_rows) if about is not None else found_rows
    results = _results(rows, context)
    if not results:
        return context.declined("not_found", form, "refuse_none_targets", understood=reading_of(form, context.language))
    if about is not None and not beside and len(results) > _MOST_VALUES:
        suggestions = [Form("targets", All((About(label),))) for label in dict.fromkeys(one.label for one in results)]
        return context.declined("ambiguous", form, "refuse_many_targets", suggestions, words=_shown(about), n=len(results))
    said = [context.say("target_is", label=label, value=_value_words(one, context)) for one, label in _dated(results, rows)]
    noun = plural(context.language, "target", len(results))
    if form.count:
        return context.answered(
            form, context.say("targets_count", n=len(results), targets=noun), results, query, value=len(results)
        )
    if about is not None:
        return context.answered(form, "\n".join([*said, *_quoted(results, context)]), results, query)
    shown = context.joined(f"{one.label}{' ' if context.language == 'en' else ''}{_value_words(one, context)}" for one in results)
    return context.answered(form, context.say("targets_are", n=len(results), targets=noun, list=shown), results, query)


def _to_reach(rows: Sequence[Row]) -> Sequence[Row]:
    """Leave out where things stand, where it is also said what is to be reached: who asks for a number asks for that."""
    aims = {row["indicator"] for row in rows if row["role"] != "baseline"}
    return [row for row in rows if row["role"] != "baseline" or row["indicator"] not in aims]


def _stood(rows: Sequence[Row], form: Form, context: Context) -> list[dict[str, Value]]:
    """Return where things stood in the year that is asked for: what stands below it in a table and is to be reached no more."""
    years = [str(one.latest.year) for one in form.where.conditions if isinstance(one, Timed)]
    bases = [dict(row) for row in rows if row["role"] == "baseline"] if len(years) == 1 else []
    heads: dict[Iri, str] = {}
    for row in context.look_up(_HEADS, "?target", [iri(row["target"]) for row in bases]):
        heads[iri(row["target"])] = heads.get(iri(row["target"]), "") + str(row["header"])
    return [row for row in bases if years[0] in heads.get(iri(row["target"]), "")]


def _dated(results: Sequence[Result], rows: Sequence[Row]) -> Iterator[tuple[Result, str]]:
    """Yield results with what to call them: several of one name are told apart by when they are due."""
    due = {str(row["target"]): str(row["due"]) for row in rows if row["due"] is not None}
    names = Counter(one.label for one in results)
    for one in results:
        when = due.get(str(one.id)) if names[one.label] > 1 else None
        yield one, f"{one.label}（{when}）" if when else one.label


def _quoted(results: Sequence[Result], context: Context) -> list[str]:
    """Return the clause in which each number is printed."""
    targets = [Iri(one.id) for one in results if one.id]
    texts: dict[str, list[str]] = {}
    for row in context.look_up(_PRINTED, "?target", targets):
        for clause in clauses_around(str(row["text"]), str(row["quote"])):
            texts.setdefault(str(row["target"]), []).append(clause)
    clauses = []
    for one in results:
        named = [Piece((plain(one.label),), free=True)]
        found = texts.get(str(one.id), ())
        if found:
            clauses.append(min(found, key=lambda text: (len(uncovered(named, plain(text), context.words)), len(text))))
    return [context.say("text_says", quote="".join(f"“{one}”" for one in dict.fromkeys(clauses)))] if clauses else []


def figures_of(targets: Sequence[Iri], context: Context) -> tuple[list[Result], list[str]]:
    """Return numbers as results, with a sentence for each."""
    rows = context.select(_target_query(All((Among("", tuple(targets), "target"),)), quantity=True).text())
    results = _results(rows, context)
    return results, [context.say("target_is", label=one.label, value=_value_words(one, context)) for one in results]


def _shown(about: About) -> str:
    return about.words.replace("\n", " … ")


def _target_query(where: All, *, quantity: bool) -> QueryText:
    query = QueryText("?target", "vk:Quantity")
    query.add(
        f"?target a vk:{'Quantity' if quantity else 'Target'} ; rdfs:label ?label ; cv:constrains ?indicator ;",
        "  vk:surfaceComparator ?comparator ; vk:bound ?bound ; vk:inDocument ?document ; vk:order ?order .",
    )
    query.where(where)
    for name, path in (
        ("value", "?bound qudt:numericValue"),
        ("min", "?bound qudt:lowerBound"),
        ("max", "?bound qudt:upperBound"),
        ("unit", "?target vk:unit"),
        ("per", "?target vk:per"),
        ("population", "?target vk:population"),
        ("area", "?target vk:area"),
        ("role", "?target vk:targetRole"),
        ("due", "?target vk:schedule/vk:surface"),
    ):
        query.add(f"OPTIONAL {{ {path} ?{name} }}")
        query.columns.append(f"?{name}")
    query.columns += ["?label", "?indicator", "?document", "?comparator", "?order"]
    query.order = ["?document", "?order"]
    return query


# --- which target is meant ---------------------------------------------------------------------------


def _described(about: About, form: Form, context: Context) -> Among | Declined:
    parts, covering, missing = search(about, context, _HELD_BY)
    if not parts:
        return not_found(about, missing, form, context)
    hits = context.search(" ".join(word for part in parts for word in part.forms if word))[:_TEXTS]
    candidates = _candidates([hit for hit in (*covering, *hits) if hit.kind in _HELD_BY], context)
    unit, words = form.field, context.words
    share = unit == _SHARE
    candidates = [
        one
        for one in candidates
        if names_measure(parts, one.label, words, share=is_share(one.unit), asked_for=share) and (is_share(one.unit) or not share)
    ]
    chosen: list[_Candidate] = []
    for light in dict.fromkeys((words.light, (*words.light, *context.everywhere()))):
        chosen = chosen or _meant(about.words, parts, candidates, words, light)
    chosen = _listed(about.words, chosen, candidates)
    chosen = [one for one in chosen if not any(_is_narrower(one, other) for other in chosen)]
    if len(chosen) > 1 and len({one.label for one in chosen}) == 1 and all("分别" in one.clause for one in chosen):
        chosen = []  # of numbers for each of several things one is asked for: which, its whole sentence says
    if not chosen:
        return not_found(about, _least_missing(parts, candidates, words) or missing, form, context)
    asked = load_reading().units_of(f"what is {about.words.lower()}") if words.language == "en" else frozenset()
    if asked and not unit:  # what is the subsidy for …: no number of people
        chosen = [one for one in chosen if not one.unit or any(said in one.unit for said in asked)]
        if not chosen:
            return not_found(about, missing, form, context)
    if unit and not share:
        chosen = [one for one in chosen if unit in one.unit]
        if not chosen:
            return not_found(about, unit, form, context)
    return Among(_shown(about), tuple(one.target for one in chosen), "target")


def _beside_cell(about: About, context: Context) -> tuple[Iri, ...]:
    """Return the targets in whose row of a table the asker's words fill a cell of their own: 约束性, 预期性, a field."""
    said = [one for one in (about.words.strip(), f"{about.words.strip()}指标") if one in context.facts.classes]
    if not said:
        return ()
    texts = " ".join(written(Literal(one, language="zh")) for one in said)
    within = context.scope.documents.iris if context.scope else ()
    document = f" VALUES ?document {{ {' '.join(map(written, within))} }}" if within else ""
    head = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("vk", "dcterms", "cv"))
    rows = context.select(head + _BESIDE % f"VALUES ?text {{ {texts} }}{document}")
    return tuple(dict.fromkeys(iri(row["target"]) for row in rows))


def _meant(
    description: str, parts: Sequence[Piece], candidates: Sequence[_Candidate], words: Words, light: Sequence[str]
) -> list[_Candidate]:
    """Return the targets whose own words hold a description, in the fewest stretches; else those whose clause does."""
    chosen = [one for one in candidates if not uncovered(parts, one.own, words, light)]
    if chosen:
        whole = min(scraps(parts, one.own) for one in chosen)
        return [one for one in chosen if scraps(parts, one.own) == whole]
    chosen = [one for one in candidates if not uncovered(parts, one.own + one.clause, words, light)]
    chosen = _nearest(parts, chosen, words, light)
    if _nearest(parts, [*chosen, *candidates], words, light)[:1] != chosen[:1]:
        return []  # another target is named better: what is left is not this one's
    return _beside(parts, _for_each(description, chosen))


def _candidates(hits: Sequence[Hit], context: Context) -> list[_Candidate]:
    texts: dict[Iri, list[str]] = {hit.iri: [hit.text] for hit in hits if hit.kind == "target"}
    for row in context.look_up(_NEAR, "?node", [hit.iri for hit in hits if hit.kind != "target"]):
        texts.setdefault(iri(row["target"]), []).append(str(row["text"]))
    if not texts:
        return []
    names: dict[Iri, list[str]] = {}
    for row in context.look_up(_LABELS, "?target", texts):
        names.setdefault(iri(row["target"]), []).append(str(row["name"]))
    found: dict[Iri, _Candidate] = {}
    for row in context.look_up(_FIELDS, "?target", texts):
        target = iri(row["target"])
        words = [row[name] for name in ("label", "population", "area", "per", "when")]
        own = plain("".join(str(word) for word in (*names.get(target, ()), *words) if word is not None))
        quote = str(row["quote"])
        label, unit, per = (str(row[name] or "") for name in ("label", "unit", "per"))
        printed = _clause_of(tuple(texts[target]), quote, label, context.words)
        found.setdefault(target, _Candidate(target, own, plain(printed), label, unit, per, plain(quote), printed))
    return list(found.values())


@lru_cache(maxsize=4096)
def _clause_of(texts: tuple[str, ...], quote: str, label: str, words: Words) -> str:
    """Return the clause in which a number is printed that says most of what it is called."""
    clauses = [clause for text in texts for clause in clauses_around(text, quote)]
    named = (Piece((plain(label),), free=True),)
    return min(clauses, key=lambda one: len(uncovered(named, plain(one), words)), default="")


def _listed(description: str, chosen: list[_Candidate], candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Where a clause lists things and their numbers (A、B分别达到1、2), take the number of the thing that is described."""
    if len(chosen) != 1 or "分别" not in chosen[0].clause:
        return chosen
    clause = chosen[0].clause
    found = sorted((one for one in candidates if one.clause == clause), key=lambda one: clause.find(one.quote))
    place = place_in_list(chosen[0].printed, len(found), description) if len(found) > 1 else None
    return chosen if place is None else [found[place]]


def _beside(parts: Sequence[Piece], found: Sequence[_Candidate]) -> list[_Candidate]:
    """Of several numbers in one clause keep the one beside what is described: 厚度小于0.025毫米的塑料袋."""
    kept: list[_Candidate] = []
    for one in found:
        others = [other for other in found if other.clause == one.clause]
        if len(others) == 1 or _distance(parts, one) == min(_distance(parts, other) for other in others):
            kept.append(one)
    return kept


def _distance(parts: Sequence[Piece], one: _Candidate) -> int:
    """Return how far a number stands from the longest stretch of a description that its clause has and its name lacks."""
    stretches = [
        said[start:end]
        for said in (part.forms[0] for part in parts)
        for start in range(len(said))
        for end in range(start + _SHORTEST_STRETCH, min(len(said), start + _LONGEST_STRETCH) + 1)
        if said[start:end] in one.clause and said[start:end] not in one.own
    ]
    at = one.clause.find(one.quote)
    if not stretches or at < 0:
        return len(one.clause)
    longest = max(stretches, key=len)
    return min(abs(found.start() - at) for found in re.finditer(re.escape(longest), one.clause))


def _nearest(parts: Sequence[Piece], found: Sequence[_Candidate], words: Words, light: Sequence[str]) -> list[_Candidate]:
    """Keep those whose own words hold the most of the description."""
    left = {one.target: len(uncovered(parts, one.own, words, light)) for one in found}
    least = min(left.values(), default=0)
    return [one for one in found if left[one.target] == least]


def _for_each(description: str, found: list[_Candidate]) -> list[_Candidate]:
    """Keep those for each of what is asked for each (每个县), where there are any."""
    each = _EACH.search(description)
    return [one for one in found if each and each[1] in one.per] or found


def _is_narrower(one: _Candidate, other: _Candidate) -> bool:
    """Say whether a target is of a part of what another is of: 骨干中等职业学校数量 beside 中等职业学校数量."""
    narrow, wide = plain(one.label), plain(other.label)
    return narrow != wide and narrow.endswith(wide)


def _least_missing(parts: Sequence[Piece], found: Sequence[_Candidate], words: Words) -> str:
    return min((uncovered(parts, one.own + one.clause, words, words.light) for one in found), key=len, default="")


# --- what it says ------------------------------------------------------------------------------------


def _results(rows: Sequence[Row], context: Context) -> list[Result]:
    """Return a result a number; what several clauses print of one indicator is one."""
    evidence = context.evidence(iri(row["target"]) for row in rows)
    merged: dict[tuple[Value, ...], dict[Iri, Row]] = {}
    for row in rows:
        bound = tuple(row[name] for name in ("document", "indicator", "comparator", "value", "min", "max", "unit"))
        merged.setdefault(bound, {}).setdefault(iri(row["target"]), row)
    return [_result(list(found.values()), evidence, context) for found in merged.values()]


def _result(rows: Sequence[Row], evidence: dict[Iri, Evidence], context: Context) -> Result:
    first = rows[0]
    proof = tuple(evidence[iri(row["target"])] for row in rows if iri(row["target"]) in evidence)
    return Result(
        "target",
        str(first["target"]),
        _label(first),
        context.document_name(first["document"]),
        value=_decimal(first["value"]),
        minimum=_decimal(first["min"]),
        maximum=_decimal(first["max"]),
        comparator=str(first["comparator"]),
        unit=str(first["unit"]) if first["unit"] is not None else None,
        detail=str(first["per"]) if first["per"] is not None else None,
        evidence=proof,
    )


def _label(row: Row) -> str:
    """Return population and indicator in one, where the label does not hold the population already."""
    label, population = str(row["label"]), row["population"]
    return label if population is None or str(population) in label else f"{population}{label}"


def _decimal(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return Decimal(str(value))


def _value_words(one: Result, context: Context) -> str:
    unit = one.unit or ""
    space = " " if context.language == "en" and unit and unit != "%" else ""

    def figure(number: Decimal | None) -> str:
        return "" if number is None else f"{number.normalize():f}"

    key = f"comparator.{_COMPARATORS.get(one.comparator or '', 'eq')}"
    words = context.say(
        key,
        value=f"{figure(one.value)}{space}{unit}",
        min=figure(one.minimum),
        max=f"{figure(one.maximum)}{space}{unit}",
    )
    return (
        f"{words}（{one.detail}）"
        if one.detail and context.language == "zh"
        else f"{words} ({one.detail})"
        if one.detail
        else words
    )
