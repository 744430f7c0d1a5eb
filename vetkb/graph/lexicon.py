"""ontology/*.ttl → Lexicon: what jurists write down in Turtle, as plain data for rules that know no RDF.

The order of the statements in a file is kept: of several names the first is the usual one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from vetkb.engine import Iri, Literal, Term, parse_rdf
from vetkb.errors import ReportError, UsageError
from vetkb.graph.names import key_of
from vetkb.graph.published import published
from vetkb.graph.terms import BASE, RDF_TYPE, RDFS_LABEL, Qudt, Skos, Vk
from vetkb.model import Division, Group, Lexicon, OrganType
from vetkb.paths import ONTOLOGY

FILES: Final = (
    "agencies",
    "divisions",
    "groups",
    "genres",
    "units",
    "entities",
    "indicators",
    "calendar",
    "prefixes",
    "beneficiaries",
)
_BENEFICIARIES: Final = Iri(f"{BASE}id/beneficiary")
_LEVELS: Final[dict[str, Iri]] = {
    "national": Vk.nationalName,
    "provincial": Vk.provincialName,
    "direct": Vk.directName,
    "municipal": Vk.municipalName,
    "county": Vk.countyName,
}


def load_lexicon(folder: Path = ONTOLOGY) -> Lexicon:
    """Read the lexicon from the Turtle files of a folder; a file that is not there has no entries.

    Raises UsageError for a file that is not Turtle.
    """
    entries = _Entries(folder)
    indicators = list(entries.of_class(Vk.Indicator))
    return Lexicon(
        organs=tuple(_organ(entries, node) for node in entries.of_class(Vk.OrganType)),
        divisions=_divisions(_division(entries, node) for node in entries.of_class(Vk.Division)),
        groups=tuple(_group(entries, node) for node in entries.of_class(Vk.GroupKind)),
        # 村 and 省 alone are parts of other words (农村, 省级) more often than not.
        populations=tuple(
            dict.fromkeys(label for node in entries.of_class(Vk.EntityType) for label in entries.labels(node) if len(label) > 1)
        ),
        indicators={entries.key(node): entries.labels(node) for node in indicators},
        indicator_populations={
            entries.key(node): population for node in indicators for population in entries.texts(node, Vk.population)
        },
        calendar=_calendar(entries),
        document_prefixes={
            label: (entries.key(node), next(iter(entries.keys(node, Vk.division)), None))
            for node in entries.of_class(Vk.DocumentPrefix)
            for label in entries.labels(node)
        },
        units={
            label: node
            for kind in (Qudt.Unit, Qudt.CountingUnit)
            for node in entries.of_class(kind)
            for label in entries.labels(node)
        },
        kinds={label: node for node in entries.of_class(Vk.EntityType) for label in entries.labels(node)},
        beneficiaries={label: node for node in entries.in_scheme(_BENEFICIARIES) for label in entries.labels(node)},
        genres={label: node for node in entries.of_class(Vk.Genre) for label in entries.labels(node)},
    )


def load_calendar(folder: Path = ONTOLOGY) -> dict[str, str]:
    """Read the days of the calendar alone: a fraction of the lexicon."""
    return _calendar(_Entries(folder, ("calendar",)))


def _calendar(entries: _Entries) -> dict[str, str]:
    return {entries.key(node): day for node in entries.of_class(Vk.CalendarDay) for day in entries.texts(node, Vk.day)}


def _divisions(stated: Iterable[Division]) -> tuple[Division, ...]:
    """The published table and what the files add to it; a file entry without a level only remarks on a published one."""
    found = {division.code: division for division in published()}
    found |= {division.code: division for division in stated if division.level}
    return tuple(found.values())


class _Entries:
    """The statements of the files: subject → predicate → objects, in file order."""

    def __init__(self, folder: Path, files: Iterable[str] = FILES) -> None:
        self._said: dict[Iri, dict[Iri, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for name in files:
            path = folder / f"{name}.ttl"
            if not path.is_file():
                continue
            try:
                for quad in parse_rdf(path, "turtle"):
                    self._said[quad.subject][quad.predicate].append(quad.object)
            except ReportError as error:
                raise UsageError(f"{path} is not Turtle: {error}") from error

    def of_class(self, kind: Iri) -> Iterator[Iri]:
        return (node for node, said in self._said.items() if kind in said.get(RDF_TYPE, ()))

    def in_scheme(self, scheme: Iri) -> Iterator[Iri]:
        return (node for node, said in self._said.items() if scheme in said.get(Skos.inScheme, ()))

    def texts(self, node: Iri, *predicates: Iri, language: str | None = None) -> tuple[str, ...]:
        """Return the texts of a node, each once, in order; with `language`, those in it."""
        found = (
            term.value
            for predicate in predicates
            for term in self._said[node].get(predicate, ())
            if isinstance(term, Literal) and (language is None or term.language == language)
        )
        return tuple(dict.fromkeys(found))

    def labels(self, node: Iri) -> tuple[str, ...]:
        return self.texts(node, Skos.prefLabel, Skos.altLabel, language="zh")

    def keys(self, node: Iri, predicate: Iri) -> tuple[str, ...]:
        return tuple(key_of(term) for term in self._said[node].get(predicate, ()) if isinstance(term, Iri))

    def key(self, node: Iri) -> str:
        return next(iter(self.texts(node, Skos.notation)), key_of(node))


def _organ(entries: _Entries, node: Iri) -> OrganType:
    names = {level: entries.texts(node, predicate) for level, predicate in _LEVELS.items()}
    return OrganType(
        key=entries.key(node),
        names={level: found for level, found in names.items() if found},
        sectors=entries.texts(node, Vk.sectorWord),
        label_en=next(iter(entries.texts(node, RDFS_LABEL, language="en")), ""),
    )


def _division(entries: _Entries, node: Iri) -> Division:
    labels = entries.labels(node)
    return Division(
        code=entries.key(node),
        name=labels[0] if labels else "",
        short=labels[1:],
        level=next(iter(entries.texts(node, Vk.divisionLevel)), ""),
        parent=next(iter(entries.keys(node, Skos.broader)), None),
    )


def _group(entries: _Entries, node: Iri) -> Group:
    return Group(
        key=entries.key(node),
        patterns=entries.texts(node, Vk.pattern),
        closed="true" in entries.texts(node, Vk.membershipClosed),
        member_levels=entries.texts(node, Vk.memberLevel),
        member_organ=next(iter(entries.keys(node, Vk.memberOrgan)), None),
    )
