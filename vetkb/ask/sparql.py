"""Conditions → SPARQL, composed of small fragments; what is bound stands in VALUES, written by the engine.

No text of a question ever gets into a query: terms are IRIs of the base, numbers and dates. The query that is run
is the one that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, singledispatchmethod
from typing import Final

from vetkb.ask.form import (
    All,
    Among,
    Any,
    AtLevel,
    Being,
    Bounded,
    By,
    Condition,
    InSection,
    Not,
    Numbered,
    OnlyBy,
    Timed,
    Units,
    Within,
)
from vetkb.engine import XSD, Iri, Literal, Quad, Term, serialise_rdf
from vetkb.graph.terms import PREFIXES, Vk
from vetkb.zh import write_chinese

ROLES: Final = {"lead": Vk.Lead, "support": Vk.Support, "responsible": Vk.Responsible, "guide": Vk.Guide}
_MEANS: Final = "(vk:denotes|foaf:member)?"
_BEING: Final = {
    "continuous": "FILTER EXISTS {{ {task} vk:continuous true }}",
    "dated": "FILTER EXISTS {{ {task} vk:schedule/(vk:earliest|vk:latest) {date} }}",
    "open": "FILTER EXISTS {{ {task} vk:assignment/vk:open true }}",
    "recurring": "FILTER EXISTS {{ {task} vk:schedule/vk:scheduleKind vk:Recurring }}",
    "annex": "FILTER EXISTS {{ {task} vk:ordinal {date} }}",
    "quantified": "FILTER EXISTS {{ {task} vk:item {place} . {target} a vk:Target ; vk:item {place} }}",
}
_LEVELS: Final = {
    "national": "^000000$",
    "provincial": "^[0-9]{2}0000$",
    "municipal": "^([0-9]{3}[1-9]00|[0-9]{2}[1-9]000|(11|12|31|50)0000)$",
    "county": "^[0-9]{4}([0-9][1-9]|[1-9]0)$",
}
_BOUNDS: Final = {"floor": ">=", "ceiling": "<=", "approx": "approx", "range": "range"}


def level_filter(code: str, level: str) -> str:
    """Return the condition that a division code (GB/T 2260) is of a level of government."""
    return f"FILTER(REGEX({code}, {written(Literal(_LEVELS[level]))}))"


def timed(condition: Timed, schedule: str, day: str) -> list[str]:
    """Return the lines that say of a schedule that it lies before, from, by or in a time; `day` is a variable of its own."""
    first, last = written(condition.earliest), written(condition.latest)
    edge = {"start": "vk:earliest", "end": "vk:latest"}.get(condition.edge)
    if condition.relation == "by":
        return [f"{schedule} {edge or 'vk:latest'} {last} ."]
    if condition.relation == "before":
        return [f"{schedule} {edge or 'vk:latest'} {day} . FILTER({day} <= {last})"]
    if condition.relation == "from":
        return [f"{schedule} {edge or 'vk:earliest'} {day} . FILTER({day} >= {first})"]
    return [f"{schedule} {edge or 'vk:earliest|vk:latest'} {day} . FILTER({day} >= {first} && {day} <= {last})"]


@lru_cache(maxsize=20_000, typed=True)
def written(term: Term | int | date) -> str:
    """Return a term as SPARQL writes it; the engine writes it."""
    if isinstance(term, bool):
        raise TypeError(term)
    if isinstance(term, int):
        term = Literal(str(term), Iri(XSD + "integer"))
    elif isinstance(term, date):
        term = Literal(term.isoformat(), Iri(XSD + "date"))
    line = serialise_rdf([Quad(Iri("s:s"), Iri("p:p"), term)], "ntriples").decode("utf-8").strip()
    return line.removeprefix("<s:s> <p:p> ").removesuffix(".").rstrip()


def printed_labels(number: int) -> tuple[str, ...]:
    """Return how items are numbered in print: the heading marks of GB/T 9704 and those in use beside them.

    >>> printed_labels(4)
    ('四、', '（四）', '(四)', '第四条', '第四章', '4.', '4．', '4、', '（4）', '(4)')
    """
    word = write_chinese(number)
    return (
        f"{word}、",
        f"（{word}）",
        f"({word})",
        f"第{word}条",
        f"第{word}章",
        f"{number}.",
        f"{number}．",
        f"{number}、",
        f"（{number}）",
        f"({number})",
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """The columns that say how a party takes part: the list it stands in, stated/sector/group, and its name there."""

    by: By
    assignment: str
    via: str
    surface: str


class QueryText:
    """A SELECT that grows by conditions. `subject` is the variable that conditions are about, `kind` its class."""

    def __init__(self, subject: str, kind: str = "vk:Task") -> None:
        self.subject = subject
        self.kind = kind
        self.columns: list[str] = [subject]
        self.proofs: list[Proof] = []
        self.order: list[str] = []
        self.group: str = ""
        # the engine joins in the order of the text where paths and VALUES stand: what names few things has to stand first
        self._first: list[str] = []
        self._lines: list[str] = []
        self._last: list[str] = []
        self._count = 0

    def fresh(self, name: str) -> str:
        """Return a variable that no fragment has yet."""
        self._count += 1
        return f"?{name}{self._count}"

    def add(self, *lines: str) -> None:
        self._lines += lines

    def values(self, variable: str, terms: Iterable[Term | int | date]) -> str:
        return f"VALUES {variable} {{ {' '.join(written(term) for term in terms)} }}"

    def where(self, condition: Condition) -> None:
        """Add a condition that must hold; a party that must take part is added with its participation."""
        if isinstance(condition, All):
            for part in condition.conditions:
                self.where(part)
        elif isinstance(condition, By):
            self._by(condition)
        elif isinstance(condition, Any) and not self._first and _is_either(condition):
            self._first += self._either(condition)
        elif isinstance(condition, Numbered | Within):
            lines = self.fragment(condition)
            self._first = [*lines, *self._first] if isinstance(condition, Numbered) else [*self._first, *lines]
        else:
            self.add(*self.fragment(condition))

    def _by(self, by: By) -> None:
        assignment, participation, party = self.fresh("assignment"), self.fresh("participation"), self.fresh("party")
        agency, via, surface = self.fresh("agency"), self.fresh("via"), self.fresh("surface")
        takes_part = [
            f"{participation} cv:hasParticipant {party} ; vk:surface {surface} .",
            f"{assignment} cv:hasParticipation {participation} . {self.subject} vk:assignment {assignment} .",
        ]
        means = f"{party} {_MEANS} {agency} ."
        lines = self._first if not self.proofs else self._lines
        lines.append(self.values(agency, by.who.iris))
        lines += [*reversed(takes_part), means] if self.proofs else [means, *takes_part]
        lines += self._role(by, participation)
        self._last.append(
            f'BIND(IF({party} = {agency}, "stated", IF(EXISTS {{ {party} vk:denotes {agency} }}, "sector", "group")) AS {via})'
        )
        self.columns += [assignment, via, surface]
        self.proofs.append(Proof(by, assignment[1:], via[1:], surface[1:]))

    def _either(self, either: Any) -> list[str]:
        """Return the lines of parties of which one must take part: one pattern, which the engine begins with."""
        parties = [one for one in either.conditions if isinstance(one, By)]
        agency, party, participation = self.fresh("agency"), self.fresh("party"), self.fresh("participation")
        return [
            self.values(agency, dict.fromkeys(iri for one in parties for iri in one.who.iris)),
            f"{party} {_MEANS} {agency} . {participation} cv:hasParticipant {party} .",
            f"{self.subject} cv:hasParticipation {participation} .",
            *self._role(parties[0], participation),
        ]

    def _role(self, by: By, participation: str) -> list[str]:
        lines = []
        if by.role:
            # as a constant: the engine would begin with all participations of a role that stands in VALUES
            lines.append(f"{participation} (cv:role|vk:inferredRole) {written(ROLES[by.role])} .")
        if by.first:
            lines.append(f"{participation} vk:listPosition 1 .")
        return lines

    def fragment(self, condition: Condition) -> list[str]:
        """Return the lines of a condition that stand anywhere: alone, in a UNION, in a NOT EXISTS."""
        return self._fragment(condition)

    @singledispatchmethod
    def _fragment(self, condition: Condition) -> list[str]:
        raise TypeError(f"a condition that has to be resolved first: {condition}")

    @_fragment.register
    def _(self, condition: By) -> list[str]:
        agency, party, participation = self.fresh("agency"), self.fresh("party"), self.fresh("participation")
        # from the agency on, in a query of its own: beside others the engine would begin with all tasks
        return [
            f"{{ SELECT DISTINCT {self.subject} {{ {self.values(agency, condition.who.iris)} {party} {_MEANS} {agency} .",
            f"  {participation} cv:hasParticipant {party} . {self.subject} cv:hasParticipation {participation} .",
            *(f"  {line}" for line in self._role(condition, participation)),
            "} }",
        ]

    @_fragment.register
    def _(self, condition: OnlyBy) -> list[str]:
        other, agency = self.fresh("other"), self.fresh("agency")
        return [
            *self._fragment(By(condition.who, condition.role)),
            f"FILTER NOT EXISTS {{ {self.subject} cv:hasParticipation/cv:hasParticipant {other} . FILTER NOT EXISTS {{",
            f"  {self.values(agency, condition.who.iris)} {other} {_MEANS} {agency} }} }}",
            f"FILTER NOT EXISTS {{ {self.subject} vk:assignment/vk:open true }}",
        ]

    @_fragment.register
    def _(self, condition: Units) -> list[str]:
        task, party, count = self.fresh("counted"), self.fresh("party"), self.fresh("units")
        opened = f"FILTER NOT EXISTS {{ {self.subject} vk:assignment/vk:open true }}"
        return [
            f"{{ SELECT ({task} AS {self.subject}) (COUNT(DISTINCT {party}) AS {count})",
            f"  {{ {task} a vk:Task ; cv:hasParticipation {party} }} GROUP BY {task}",
            f"  HAVING (COUNT(DISTINCT {party}) {condition.comparator} {int(condition.number)}) }}",
            *([opened] if condition.comparator in ("=", "<", "<=") else []),
        ]

    @_fragment.register
    def _(self, condition: AtLevel) -> list[str]:
        party, member, code = self.fresh("party"), self.fresh("member"), self.fresh("code")
        lower, part = self.fresh("lower"), self.fresh("part")
        # the parties first, and each once: they are few, and looking at the level of each task's anew costs ten times as much
        return [
            f"{{ SELECT DISTINCT {party} {{ {{ SELECT DISTINCT {party} {{ {part} cv:hasParticipant {party} }} }}",
            f"  {party} {_MEANS} {member} . {member} vk:division/skos:notation {code} . {level_filter(code, condition.level)}",
            f"  FILTER NOT EXISTS {{ {party} foaf:member/vk:division/skos:notation {lower} . FILTER({lower} != {code}) }} }} }}",
            f"{self.subject} cv:hasParticipation/cv:hasParticipant {party} .",
        ]

    @_fragment.register
    def _(self, condition: InSection) -> list[str]:
        item, section, label = self.fresh("item"), self.fresh("section"), self.fresh("label")
        labels = self.values(label, [Literal(one, language="zh") for one in printed_labels(condition.number)])
        if condition.annex:
            return [f"{labels} {self.subject} vk:group {section} . {section} vk:label {label} ."]
        return [
            f"{labels} {self.subject} vk:item {item} . {item} eli:is_part_of+ {section} . {section} vk:label {label} .",
        ]

    @_fragment.register
    def _(self, condition: Numbered) -> list[str]:
        if condition.tasks is not None:
            return [self.values(self.subject, condition.tasks)]
        return [f"{self.subject} vk:ordinal {written(condition.ordinal)} ."]

    @_fragment.register
    def _(self, condition: Among) -> list[str]:
        if condition.within == "group":
            group = self.fresh("group")
            return [self.values(group, condition.iris), f"{self.subject} vk:group {group} ."]
        return [self.values(self.subject, condition.iris)]

    @_fragment.register
    def _(self, condition: Within) -> list[str]:
        document = self.fresh("document")
        return [self.values(document, condition.documents.iris), f"{self.subject} vk:inDocument {document} ."]

    @_fragment.register
    def _(self, condition: Being) -> list[str]:
        names = {name: self.fresh(name) for name in ("date", "place", "target")}
        return [_BEING[condition.quality].format(task=self.subject, **names)]

    @_fragment.register
    def _(self, condition: Bounded) -> list[str]:
        return [f'{self.subject} vk:surfaceComparator "{_BOUNDS[condition.bounds]}" .']

    @_fragment.register
    def _(self, condition: Timed) -> list[str]:
        schedule = self.fresh("schedule")
        return [
            f"FILTER EXISTS {{ {self.subject} vk:schedule {schedule} .",
            *(f"  {line}" for line in timed(condition, schedule, self.fresh("day"))),
            "}",
        ]

    @_fragment.register
    def _(self, condition: Not) -> list[str]:
        return ["MINUS {", *(f"  {line}" for line in self._scoped(condition.condition)), "}"]

    @_fragment.register
    def _(self, condition: All) -> list[str]:
        return [line for part in condition.conditions for line in self._fragment(part)]

    @_fragment.register
    def _(self, condition: Any) -> list[str]:
        lines: list[str] = []
        for part in condition.conditions:
            lines += ["UNION {" if lines else "{", *(f"  {line}" for line in self._scoped(part)), "}"]
        return lines

    def _scoped(self, condition: Condition) -> list[str]:
        """Return a fragment that stands in braces of its own and so must bind the subject itself, as parties do."""
        lines = self._fragment(condition)
        return lines if isinstance(condition, (By, OnlyBy)) else [f"{self.subject} a {self.kind} .", *lines]

    def text(self) -> str:
        """Return the whole query."""
        body = "\n".join(f"  {line}" for line in (*self._first, *self._lines, *self._last))
        used = [name for name in PREFIXES if f"{name}:" in body + " ".join(self.columns)]
        head = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in used)
        tail = f"\nGROUP BY {self.group}" if self.group else ""
        tail += f"\nORDER BY {' '.join(self.order)}" if self.order else ""
        return f"{head}SELECT DISTINCT {' '.join(dict.fromkeys(self.columns))} WHERE {{\n{body}\n}}{tail}"


def _is_either(condition: Any) -> bool:
    """Say whether alternatives differ in nothing but the party."""
    ways = {(one.role, one.first) if isinstance(one, By) else None for one in condition.conditions}
    return len(ways) == 1 and None not in ways
