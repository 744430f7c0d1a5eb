"""Frames: the logical forms that can be asked of a base, written out in order or drawn at random, for round trips.

    python tests/frames.py --language zh --deeper 10000

puts in words and reads again: every frame of one condition over the bundled base; every pair of conditions over a few
bodies, tasks and topics of it (frames that differ only in which one of them is named differ only in the words that are
linked, and each of those was read in a frame of one condition); so many deeper ones drawn over all of it. Ends with 1 if
one came back as another. About four minutes of processor time a language; `--all` takes all pairs over everything, about
900,000 frames in half an hour. The suite takes samples.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, combinations, islice, product
from random import Random

from vetkb.ask import Asker
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
from vetkb.ask.verbalise import verbalise
from vetkb.base import open_base

ROLES = (None, "lead", "support", "guide")
LEVELS = ("national", "provincial", "municipal", "county")
QUALITIES = ("continuous", "dated", "open", "recurring", "quantified")
COMPARATORS = ("=", ">=", "<=", ">", "<")
EDGES = ("either", "start", "end")
FIELDS = ("number", "title", "issued", "printed", "issuer", "sponsor", "addressee", "copied", "genre", "effective", "expires")


class Frames:
    """What a base has to be asked about, and the frames over it in one language; of each kind of thing a `few` or all."""

    def __init__(self, asker: Asker, language: str, few: int | None = None) -> None:
        entities = asker.finder.entities
        self.language = language
        self.parties = [entities.named(iri, language) for iri in entities.labels]
        self.documents = [Named(name, name, (iri,)) for iri, name in entities.identifiers.items()]
        rows = asker.store.rdf.select(
            "PREFIX vk: <https://w3id.org/vetkb/ns#> SELECT DISTINCT ?ordinal { ?task vk:ordinal ?ordinal } ORDER BY ?ordinal"
        )
        self.ordinals = [row["ordinal"] for row in rows.dicts()]
        self.topics = sorted(entities.texts)
        self.programmes = sorted(entities.programmes)
        self.sections = range(1, 9)
        self.times = [*self._times(language)]
        if few is not None:
            self.parties, self.ordinals, self.topics, self.programmes = (
                some[:: max(1, len(some) // few)][:few] for some in (self.parties, self.ordinals, self.topics, self.programmes)
            )

    @staticmethod
    def _times(language: str) -> Iterator[Timed]:
        spans = [(date(2018, 1, 1), date(2018, 12, 31)), (date(2017, 1, 1), date(2017, 12, 31))]
        spans += [(date(2018, 9, 1), date(2018, 9, 30)), (date(2018, 9, 1), date(2018, 9, 1))]
        if language == "zh":
            spans += [(date(2018, 7, 1), date(2018, 12, 31)), (date(2018, 4, 1), date(2018, 6, 30))]
        for (first, last), edge in product(spans, EDGES):
            yield Timed("during", first, last, "", edge)
            if first == last:
                yield Timed("before", date.min, last, "", edge)
                yield Timed("from", first, date.max, "", edge)
            if (first.month, last.month) == (1, 12):
                yield Timed("before", date.min, last, "", edge)
                yield Timed("by", first, last, "", edge)
                yield Timed("from", first, date.max, "", edge)

    # --- one condition -----------------------------------------------------------------------------------

    def of_party(self, who: Named) -> Iterator[Condition]:
        for role in ROLES:
            yield By(who, role)
            yield Not(By(who, role))
            yield OnlyBy(who, role)
        yield By(who, None, True)
        yield Not(By(who, None, True))

    def others(self) -> Iterator[Condition]:
        """All conditions but parties, dates and topics."""
        positive = [
            *(Being(one) for one in QUALITIES),
            *(AtLevel(one) for one in LEVELS),
            *(Units(comparator, number) for comparator, number in product(COMPARATORS, (1, 2, 3, 5))),
            *(InSection(number, "") for number in self.sections),
        ]
        for one in positive:
            yield one
            yield Not(one)
        yield Being("annex")

    def of_annex(self) -> Iterator[tuple[Condition, ...]]:
        """The groups of the annex, which are named with it."""
        for number in self.sections:
            yield InSection(number, "", annex=True), Being("annex")

    def dates(self) -> Iterator[Condition]:
        for one in self.times:
            yield one
            yield Not(one)

    def topical(self) -> Iterator[Condition]:
        for words in self.topics:
            for own in (False, True):
                yield About(words, own=own)
                yield Not(About(words, own=own))

    def atoms(self) -> Iterator[Condition]:
        for who in self.parties:
            yield from self.of_party(who)
        yield from self.others()
        yield from self.dates()
        yield from self.topical()

    # --- pairs -------------------------------------------------------------------------------------------

    def pairs(self) -> Iterator[tuple[Condition, ...]]:
        """Pairs of conditions: and, or, but not, neither, only both."""
        for one, other in combinations(self.parties, 2):
            for role in ROLES:
                yield By(one, role), By(other, role)
                yield (Any((By(one, role), By(other, role))),)
                yield Not(By(one, role)), Not(By(other, role))
                yield By(one, role), Not(By(other, role))
                yield By(other, role), Not(By(one, role))
            yield By(one, "lead"), By(other, "support")
            yield By(one, None, True), By(other)
            yield By(one, None, True), Not(By(other))
            yield By(one), By(other), Units("=", 2), Not(Being("open"))
        rest = [*self.others(), *self.dates(), *self.topical()]
        for who in self.parties:
            for mine in self.of_party(who):
                for one in rest:
                    yield mine, one
        plain = [one for one in rest if not isinstance(one, Not) and one != Being("annex")]  # no alternative names the annex
        for one, other in combinations(rest, 2):
            if Being("annex") in (one, other) and any(isinstance(each, InSection) for each in (one, other)):
                continue  # with the annex a section is one of it: of_annex
            if type(one) is not type(other) or isinstance(one, (Being, Not)):
                yield one, other
        for one, other in combinations(plain, 2):
            yield (Any((one, other)),)

    # --- frames ------------------------------------------------------------------------------------------

    def singles(self) -> Iterator[Form]:
        """All frames of every kind of question that hold at most one condition of each of its places."""
        yield Form("tasks")
        yield Form("tasks", count=True)
        for one in self.atoms():
            yield Form("tasks", All((one,)))
            yield Form("tasks", All((one,)), count=True)
        for extreme in ("most", "fewest"):
            yield Form("tasks", extreme=extreme)
            yield Form("pairs", extreme=extreme)
            for rank, role in product(range(1, 6), ROLES):
                yield Form("agencies", extreme=extreme, rank=rank, role=role)
            for first, role in product(range(2, 6), ROLES):
                yield Form("agencies", extreme=extreme, first=first, role=role)
            for level, rank, role in product(LEVELS, (1, 2), ROLES):
                yield Form("agencies", extreme=extreme, level=level, rank=rank, role=role)
            for who, rank in product(self.parties, (1, 2)):
                yield Form("agencies", All((By(who),)), extreme=extreme, rank=rank, without=By(who))
                yield from (Form("agencies", extreme=extreme, rank=rank, role=role, without=By(who)) for role in ROLES)
            for one in (*self.others(), *self.dates(), *self.topical()):
                if not isinstance(one, (Units, AtLevel)) and not (
                    isinstance(one, Not) and isinstance(one.condition, (Units, AtLevel))
                ):
                    yield Form("agencies", All((one,)), extreme=extreme)
                    yield Form("agencies", All((one,)), extreme=extreme, first=3)
                    yield Form("agencies", All((one,)), extreme=extreme, level="county")
                    yield Form("agencies", All((one,)), extreme=extreme, without=By(self.parties[0]))
                    yield Form("agencies", All((one, By(self.parties[0]))), extreme=extreme, without=By(self.parties[0]))
                    yield Form("tasks", All((one,)), extreme=extreme)
        for ordinal in self.ordinals:
            number = All((Numbered(ordinal),))
            yield Form("tasks", number, field="content")
            yield Form("schedule", number)
            yield Form("agencies", number, field="closed")
            yield Form("agencies", number, field="open")
            yield Form("agencies", number, field="first")
            for role in ROLES:
                yield Form("agencies", number, role=role)
                yield Form("agencies", number, role=role, count=True)
                for who in self.parties:
                    yield Form("agencies", number, role=role, without=By(who))
            for who in self.parties:
                for role in ROLES:
                    yield Form("truth", All((Numbered(ordinal), By(who, role))))
                    yield Form("truth", All((Numbered(ordinal), Not(By(who, role)))))
                yield Form("truth", All((Numbered(ordinal), By(who, None, True))))
            for quality in QUALITIES:
                if quality != "open":
                    yield Form("truth", All((Numbered(ordinal), Being(quality))))
                    yield Form("truth", All((Numbered(ordinal), Not(Being(quality)))))
            for timed in self.times:
                yield Form("truth", All((Numbered(ordinal), timed)))
        for words in self.topics:
            for role in ROLES:
                yield Form("agencies", All((About(words, bare=True),)), role=role)
                yield Form("agencies", All((About(words, bare=True),)), role=role, count=True)
            yield Form("schedule", All((About(words, bare=True),)))
            yield Form("targets", All((About(words),)))
            yield Form("passages", All((About(words),)))
        for words in self.programmes:
            yield Form("programmes", All((About(words),)))
        for one, other in combinations(self.parties, 2):
            for role, most, count in product(ROLES, (True, False), (True, False)):
                yield Form("compare", All((By(one, role),)), than=By(other, role), most=most, count=count)
                if not count:
                    yield Form("compare", All((By(one, role),)), than=By(other, role), most=most, field="which")
        yield Form("targets")
        yield Form("targets", count=True)
        for bounds in ("floor", "ceiling", "approx", "range"):
            yield Form("targets", All((Bounded(bounds),)))
        for timed in self.times:
            if timed.edge == "either":
                yield Form("due", All((timed,)))
        for timed in self.dates():
            yield Form("targets", All((timed,)))
            yield Form("targets", All((timed,)), count=True)
        for documents in (None, *self.documents):
            where = All((Within(documents),)) if documents else All(())
            for field in FIELDS:
                yield Form("document", where, field=field)
            for field, level in product(
                ("implements", "cites", "repeals", "founded"), (None, "national", "provincial", "municipal")
            ):
                yield Form("citations", where, field=field, level=level)
            for field in ("reward", "sanction", "incentives", "right", "basis", "funding"):
                yield Form("provisions", where, field=field)
            yield Form("conflicts", where)
            yield Form("conflicts", where, count=True)
            for field in ("sections", "clauses"):
                yield Form("structure", where, field=field, count=True)

    def doubles(self) -> Iterator[Form]:
        """All frames of tasks with a pair of conditions; and the others with a document beside their condition."""
        for pair in chain(self.of_annex(), self.pairs()):
            yield Form("tasks", All(pair))
            yield Form("tasks", All(pair), count=True)
        for documents in self.documents:
            for form in self.singles():
                if not any(isinstance(one, Within) for one in form.where.conditions):
                    yield Form(**{**_fields(form), "where": All((*form.where.conditions, Within(documents)))})

    def deeper(self, seed: int) -> Iterator[Form]:
        """Frames of three to five conditions, drawn at random."""
        random = Random(seed)  # noqa: S311
        parties = self.parties
        rest = [[*self.others()], [*self.dates()], [*self.topical()]]
        while True:
            conditions: list[Condition] = []
            kind = random.randrange(6)
            some = random.sample(parties, 4)
            role = random.choice(ROLES)
            if kind == 1:
                conditions += [By(one, role) for one in some[: random.randint(1, 3)]]
            elif kind == 2:
                conditions.append(Any(tuple(By(one, role) for one in some[: random.randint(2, 3)])))
            elif kind == 3:
                conditions += [By(some[0], role), *(Not(By(one, role)) for one in some[1 : random.randint(2, 4)])]
            elif kind == 4:
                conditions += [By(some[0], "lead"), By(some[1], "support"), Not(By(some[2], None, True))]
            elif kind == 5:
                conditions.append(OnlyBy(some[0], role))
            few = random.sample(rest, random.randint(2, 3)) if kind else [*rest, rest[0]]
            chosen = [random.choice(one) for one in few]
            lone = sum(isinstance(one, (By, OnlyBy)) for one in conditions)
            if (
                random.random() < 0.2
                and lone < 2
                and not any(isinstance(one, Not) or one == Being("annex") for one in chosen[:2])
            ):
                chosen = [Any(tuple(chosen[:2])), *chosen[2:]]
            elif len({type(one) for one in chosen}) < len(chosen) - 1:
                continue
            if Being("annex") in chosen and any(isinstance(one, (InSection, Any)) for one in (*conditions, *chosen)):
                continue
            if random.random() < 0.2:
                chosen.append(Within(random.choice(self.documents)))
            where = All((*conditions, *chosen))
            shape = random.random()
            if shape < 0.1 and not kind and not _has_units(where):
                yield Form("agencies", where, extreme=random.choice(("most", "fewest")), rank=random.randint(1, 3), role=role)
            elif shape < 0.2 and not kind and not _has_units(where):
                yield Form(
                    "compare", All((By(some[0], role), *where.conditions)), than=By(some[1], role), most=random.random() < 0.5
                )
            else:
                yield Form("tasks", where, count=random.random() < 0.3)


def _has_units(where: All) -> bool:
    text = repr(where)
    return "Units(" in text or "AtLevel(" in text


def _fields(form: Form) -> dict[str, object]:
    return {name: getattr(form, name) for name in form.__dataclass_fields__}


def sampled(frames: Iterator[Form], every: int) -> Iterator[Form]:
    """Take one frame in so many, in canonical form."""
    return (canonical(form) for form in islice(frames, every // 2, None, every))


def drawn(frames: Frames, seed: int, number: int) -> Iterator[Form]:
    return (canonical(form) for form in islice(frames.deeper(seed), number))


def lost(asker: Asker, frames: Iterable[Form], language: str) -> Iterator[tuple[Form, str | None]]:
    """Yield the frames that are not read again from what is said of them, with what is said."""
    for form in frames:
        question = verbalise(form, language)
        if question is None or asker.parse(question) != form:
            yield form, question


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", choices=["zh", "en"], default="zh")
    parser.add_argument("--every", type=int, default=1, help="take one frame in so many")
    parser.add_argument("--few", type=int, default=4, help="of how many bodies, tasks and topics pairs are made")
    parser.add_argument("--all", action="store_true", help="make pairs of everything")
    parser.add_argument("--deeper", type=int, default=10_000, help="how many deeper frames are drawn")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wrong = 0
    with open_base() as base:
        frames = Frames(base.asker, options.language)
        few = frames if options.all else Frames(base.asker, options.language, options.few)
        for name, some in (
            ("one condition", sampled(frames.singles(), options.every)),
            ("two conditions", sampled(few.doubles(), options.every)),
            ("deeper", drawn(frames, options.seed, options.deeper)),
        ):
            counted: Counter[str] = Counter()

            def counting(some: Iterator[Form] = some, counted: Counter[str] = counted) -> Iterator[Form]:
                for form in some:
                    counted[form.want] += 1
                    yield form

            found = list(lost(base.asker, counting(), options.language))
            wrong += len(found)
            print(f"{name}: {sum(counted.values()):,} frames, {len(found)} lost; {dict(counted)}", flush=True)
            for form, question in found[:20]:
                print(f"  {question}\n    {form}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
