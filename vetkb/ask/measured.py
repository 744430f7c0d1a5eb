"""Which number of a quoted sentence a question asks for: of the kind of unit that it wants, beside the words that it has.

首次评定为国家丙级旅游民宿的奖励多少钱？ wants money, and of the three amounts of its sentence the one whose clause has most
of the question. Lengths of time that run from an event (5个工作日内) are schedules of the graph and numbers all the same.
Where two numbers fit as well, none is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from vetkb.ask.answer import Answer, Result
from vetkb.ask.context import Context, iri
from vetkb.ask.cover import Reading
from vetkb.ask.describe import LIST_JOINT, place_in_list, plain
from vetkb.ask.targets import figures_of
from vetkb.engine import Iri
from vetkb.store import Hit
from vetkb.zh import parse_numeral, plain_unit
from vetkb.zh.numerals import ARABIC, CHINESE
from vetkb.zh.units import TIME

_EACH: Final = re.compile(r"每[个一所名县户家人]|\beach\b|\bper\b")
_STOPS: Final = re.compile(r"[；。;]")
_FIGURE: Final = re.compile(r"[0-9]+[a-z]+|[a-z]+[0-9]+|[a-z]{1,4}(?=级|类|档)|[0-9]+(?=级|类|档)")
_CLAUSE_ENDS: Final = re.compile(r"[，；。,;]")
_TIMES: Final = "|".join(sorted(TIME, key=len, reverse=True))
_N: Final = rf"(?:{ARABIC}|{CHINESE}|半)"
_WITHIN: Final = re.compile(
    rf"(?:(?P<low>{_N})(?:到|至|—|-|~|～))?(?P<number>{_N})\s?(?P<unit>{_TIMES})(?:时间)?(?:以内|之内|内)?$"
)
# a number that these stand beside is none by itself
_BOUNDED: Final = re.compile(r"[不未]|至少|以上|以下|以内|左右|[最至约超低高]|[到—～~]")
_NEAR: Final = 4  # characters
_PAUSE: Final = re.compile(r"[、，。；,;]")
_BESIDE: Final = 10  # characters between a number and what it counts
_PRINTED: Final = """
SELECT ?node ?fact ?label ?quote ?unit ?per ?order ?role {
  %s
  ?fact vk:sentence ?node ; vk:order ?order ; vk:evidence/oa:hasSelector/oa:exact ?quote .
  OPTIONAL { ?fact vk:targetRole ?role ; rdfs:label ?label } OPTIONAL { ?fact vk:scheduleKind ?kind }
  OPTIONAL { ?fact vk:unit ?unit } OPTIONAL { ?fact vk:per ?per }
  FILTER(BOUND(?role) || ?kind = vk:Relative)
} ORDER BY ?order ?role"""


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number that a sentence prints at [start, end); `label` and `per` are empty for a length of time."""

    fact: Iri
    start: int
    end: int
    quote: str
    unit: str
    label: str
    per: str
    is_time: bool
    is_base: bool = False  # where things stood
    other: Iri | None = None  # the upper bound, where two make a range


def with_figures(
    said: Answer,
    asked: str,
    content: Sequence[str],
    hits: Sequence[Hit],
    reading: Reading,
    context: Context,
    *,
    must: bool,
    counted: Sequence[str] = (),
) -> Answer | None:
    """Add the number that is asked for to an answer that quotes sentences; None where there `must` be one and none is clear.

    Where something is `counted`, by any of its names, it stands beside its number.
    """
    if not must and not any(word in asked for word in reading.numbers):
        return said
    total = _total(hits[0], context) if any(word in asked for word in reading.totals) else None
    if total is not None:
        figures, amount, unit = total
        listed = " + ".join(one.rstrip("。.") for one in figures[1])
        words = context.say("total", value=f"{amount.normalize():f}", unit=unit, list=listed)
        value = int(amount) if amount == int(amount) else float(amount)
        return replace(said, answer=f"{words} {said.answer}", value=value, results=(*figures[0], *said.results))
    fitting = (_measured(hit, asked, content, reading, context, counted) for hit in hits)
    found = next((one for one in fitting if one is not None), None)
    shown = _shown(found, context) if found is not None else _printed_once(hits[0], reading.units_of(asked), context, counted)
    if shown is None:
        return None if must else said
    results, sentences = shown
    return replace(said, answer=f"{context.joined(sentences)} {said.answer}", results=(*results, *said.results))


def _shown(figure: _Figure, context: Context) -> tuple[list[Result], list[str]]:
    if figure.other is not None:
        results, _ = figures_of([figure.fact, figure.other], context)
        both = replace(results[0], minimum=results[0].value, maximum=results[-1].value, value=None, comparator="range")
        both = replace(both, evidence=tuple(proof for found in results for proof in found.evidence))
        return [both], [context.say("target_is", label=both.label, value=figure.quote)]
    if not figure.is_time:
        return figures_of([figure.fact], context)
    read = _WITHIN.search(figure.quote)
    value = _numeral(read["number"]) if read is not None else None
    if read is None or value is None:
        return [], []
    low = _numeral(read["low"]) if read["low"] else None
    evidence = context.evidence([figure.fact])
    proof = (evidence[figure.fact],) if figure.fact in evidence else ()
    label = context.say("time_limit")
    document = proof[0].document if proof else None
    unit = plain_unit(read["unit"])
    one = Result("target", str(figure.fact), label, document, value=value, comparator="=", unit=unit, evidence=proof)
    if low is not None:
        one = replace(one, value=None, minimum=low, maximum=value, comparator="range")
    elif figure.quote.endswith("内"):
        one = replace(one, comparator="<=")
    return [one], [context.say("target_is", label=label, value=figure.quote)]


def _printed_once(
    hit: Hit, units: frozenset[str], context: Context, counted: Sequence[str]
) -> tuple[list[Result], list[str]] | None:
    """Return the one number of the units that are asked for, where a sentence prints no other and bounds it by no word.

    选择15个城市 states no target, and still says in how many cities.
    """
    said = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    found = list(re.finditer(rf"(?<![0-9.第])({_N})\s?({said})", hit.text)) if units else []
    found = [one for one in found if _is_counted(hit.text, one.start(), one.end(), counted)]
    if len(found) != 1 or _BOUNDED.search(hit.text, max(0, found[0].start() - _NEAR), found[0].end() + _NEAR):
        return None
    value = _numeral(found[0][1])
    if value is None:
        return None
    evidence = context.evidence([hit.iri])
    proof = (evidence[hit.iri],) if hit.iri in evidence else ()
    document = proof[0].document if proof else None
    one = Result("target", str(hit.iri), found[0][0], document, value=value, comparator="=", unit=found[0][2], evidence=proof)
    return [one], [context.say("number_only", value=found[0][0])]


def _numeral(text: str) -> Decimal | None:
    return Decimal("0.5") if text == "半" else parse_numeral(text)


def _is_counted(text: str, start: int, end: int, counted: Sequence[str]) -> bool:
    """Say whether a number is of what is counted: 15个城市 of 城市 or 市, 养老床位38张 of 床位."""
    before = _PAUSE.split(text[max(0, start - _BESIDE) : start])[-1]
    after = _PAUSE.split(text[end : end + _BESIDE])[0]
    return not counted or any(word in plain(f"{before}{text[start:end]}{after}") for word in counted)


def _measured(
    hit: Hit, asked: str, content: Sequence[str], reading: Reading, context: Context, counted: Sequence[str]
) -> _Figure | None:
    """Return the one number of a sentence that is of the kind that is asked for, beside most of the question's words."""
    figures = list(_printed(hit, context))
    wanted = reading.units_of(asked)
    fitting = [one for one in figures if not wanted or one.unit in wanted]
    fitting = [
        one
        for one in fitting
        if one.is_time or any(word in plain(one.label) for word in counted) or _is_counted(hit.text, one.start, one.end, counted)
    ]
    # who asks for the most that is allowed asks for the number that is a ceiling
    bounds = [word for words in reading.bounds if any(one in asked for one in words) for word in words]
    fitting = [one for one in fitting if any(word in one.quote for word in bounds)] or fitting
    fitting = [one for one in fitting if not one.is_base] or fitting
    if len(fitting) > 1 and _EACH.search(asked):
        each = [one for one in fitting if one.per]
        fitting = each if len(each) == 1 else fitting
    if len(fitting) > 1:
        marks = set(_FIGURE.findall(asked))
        pairs = _pairs(asked, content)
        told = [one for one in fitting if any(mark in _beside(hit.text, one, figures) for mark in marks)]
        fitting = told or fitting  # 4A级 is told apart by its figure
        beside = {one.fact: _shared_pairs(hit.text, one, figures, pairs) for one in fitting}
        fitting = [one for one in fitting if beside[one.fact] == max(beside.values())]
        fitting = _paired(hit.text, fitting, asked, content)
    if len(fitting) > 1:
        said = "".join(content)
        named = {one.fact: (_stretch(plain(one.label), said), -len(one.label)) for one in fitting}
        fitting = [one for one in fitting if named[one.fact] == max(named.values())]
    return fitting[0] if len(fitting) == 1 else None


def _printed(hit: Hit, context: Context) -> Iterator[_Figure]:
    """Yield the numbers of a sentence, in the order of the text; what is printed twice is found at its own place each."""
    taken: dict[str, int] = {}
    found = []
    for row in context.look_up(_PRINTED, "?node", [hit.iri]):
        quote, is_time = str(row["quote"]), row["role"] is None
        start = hit.text.find(quote, taken.get(quote, 0))
        read = _WITHIN.search(quote) if is_time else None
        if start < 0 or (is_time and read is None):
            continue
        taken[quote] = start + len(quote)
        unit = plain_unit(read["unit"]) if read is not None else str(row["unit"] or "")
        label, per = str(row["label"] or ""), str(row["per"] or "")
        found.append(
            _Figure(iri(row["fact"]), start, start + len(quote), quote, unit, label, per, is_time, row["role"] == "baseline")
        )
    last: _Figure | None = None
    for one in sorted(found, key=lambda one: (one.start, one.end)):
        if last is not None and last.end == one.start and last.quote.endswith("以上") and one.quote.endswith("以下"):
            last = replace(last, end=one.end, quote=last.quote + one.quote, other=one.fact)  # 1万元以上5万元以下
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _pairs(asked: str, content: Iterable[str]) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a question; of an English one, of what its words mean."""
    words = [plain(word) for word in ([asked] if not asked.isascii() else [])] + [plain(word) for word in content]
    found = frozenset(word[at : at + 2] for word in words for at in range(max(1, len(word) - 1)))
    return frozenset(pair for pair in found if not any(map(str.isdigit, pair)))  # a year stands before many numbers


def _shared_pairs(text: str, one: _Figure, figures: Sequence[_Figure], pairs: frozenset[str]) -> int:
    """Return how much of a question stands beside a number: from the number or sentence before it to the end of its clause.

    Numbers of one list (奖励500万元、300万元) share what stands before it.
    """
    beside = _beside(text, one, figures)
    return sum(pair in beside for pair in pairs)


def _beside(text: str, one: _Figure, figures: Sequence[_Figure]) -> str:
    start = _list_of(text, one, figures)[0].start
    before = max((_reach(text, other) for other in figures if other.end <= start), default=0)
    before = min(before, start)
    stops = [found.end() for found in _STOPS.finditer(text, 0, start)]
    until = min([other.start for other in figures if other.start >= one.end] + [_reach(text, one)])
    return f"{plain(text[max([before, *stops]) : start])}|{plain(text[one.start : until])}"


def _reach(text: str, one: _Figure) -> int:
    """Return where the clause ends that says what a number is for: what is done within a time may follow a comma."""
    end = _CLAUSE_ENDS.search(text, one.end)
    if end is not None and one.is_time and end.start() == one.end and end[0] in "，,":
        end = _CLAUSE_ENDS.search(text, end.end())
    return end.start() if end is not None else len(text)


def _list_of(text: str, one: _Figure, figures: Sequence[_Figure]) -> list[_Figure]:
    """Return the numbers that stand in one list with a number, itself with them."""
    listed: list[_Figure] = []
    for other in figures:
        if listed and LIST_JOINT.fullmatch(text, listed[-1].end, other.start):
            listed.append(other)
        elif one in listed:
            break
        else:
            listed = [other]
    return listed


def _paired(text: str, figures: Sequence[_Figure], asked: str, content: Sequence[str]) -> list[_Figure]:
    """Of numbers in one list keep that of the thing that is asked for, where things are listed before it."""
    if len(figures) < 2 or _list_of(text, figures[0], figures) != list(figures):
        return list(figures)
    said = asked if not asked.isascii() else "".join(content)
    place = place_in_list(text[: figures[0].start], len(figures), said)
    return list(figures) if place is None else [figures[place]]


def _stretch(label: str, asked: str) -> int:
    """Return the length of the longest stretch that two texts have in common."""
    return max(
        (end - start for start in range(len(label)) for end in range(start + 1, len(label) + 1) if label[start:end] in asked),
        default=0,
    )


def _total(hit: Hit, context: Context) -> tuple[tuple[list[Result], list[str]], Decimal, str] | None:
    """Return the amounts of a sentence that the same person gets for the same time, and their sum; None for one alone."""
    by_person: dict[tuple[str, str], list[Iri]] = {}
    for one in _printed(hit, context):
        if one.per and one.unit:
            by_person.setdefault((one.unit, one.per), []).append(one.fact)
    groups = [group for group in by_person.items() if len(group[1]) > 1]
    if len(groups) != 1:
        return None
    (unit, _), targets = groups[0]
    figures = figures_of(targets, context)
    values = [one.value for one in figures[0] if one.value is not None]
    if len(values) != len(set(targets)):
        return None
    return figures, sum(values, Decimal(0)), unit
