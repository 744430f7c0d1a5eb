"""An IRI → what it is called, in Chinese and English.

What the base says comes first, then the names of public terms and published divisions (which no graph of the base
repeats), then the title of the rule that it names, and in the end what the IRI itself says: every IRI has some name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

from vetkb.engine import Iri, Literal, RdfStore, parse_rdf
from vetkb.graph import names
from vetkb.graph.terms import BASE, PREFIXES, RDF_TYPE, RDFS_LABEL, Dcterms, Eli, Oa, Skos, Vk
from vetkb.paths import ONTOLOGY
from vetkb.reason import load_rules

PUBLIC = ONTOLOGY / "labels" / "public.ttl"
_LONGEST = 80
_NUMBERED = re.compile(r"_([0-9]+)$")
# the first of these that a thing has is its name
_NAMING = (Skos.prefLabel, RDFS_LABEL, Eli.title, Dcterms.title, Vk.heading, Vk.text, Vk.surface, Oa.exact, Skos.notation)


class Labels:
    """名称 — The names of things, looked up once each."""

    def __init__(self, rdf: RdfStore, divisions: Mapping[str, str]) -> None:
        """`divisions` are the published names of divisions by their codes."""
        self._rdf = rdf
        self._known: dict[Iri, tuple[Literal, ...]] = {}
        for quad in parse_rdf(PUBLIC, "turtle"):
            if isinstance(quad.object, Literal):
                self._known[quad.subject] = (*self._known.get(quad.subject, ()), quad.object)
        for rule in load_rules():
            self._known[rule.graph] = (Literal(rule.title.zh, None, "zh"), Literal(rule.title.en, None, "en"))
        self._divisions = divisions
        self.of = lru_cache(maxsize=1 << 16)(self._of)

    def in_language(self, iri: str, language: str) -> str:
        """Return the name of a thing in a language, else in the one it has."""
        found = self.of(iri)
        return next((label.value for label in found if label.language == language), found[0].value)

    def _of(self, iri: str) -> tuple[Literal, ...]:
        node = Iri(iri)
        return self._stated(node) or self._known.get(node) or self._by_place(node) or (Literal(self._spelled(node)),)

    def _stated(self, node: Iri) -> tuple[Literal, ...]:
        said: dict[Iri, list[Literal]] = {}
        for quad in self._rdf.about(node):
            if isinstance(quad.object, Literal) and quad.predicate in _NAMING and quad.object.value.strip():
                said.setdefault(quad.predicate, []).append(quad.object)
        for predicate in _NAMING:
            if predicate in said:
                found = {
                    label.language: label for label in sorted(said[predicate], key=lambda one: (one.language or "", one.value))
                }
                return tuple(_short(label) for label in found.values())
        return ()

    def _by_place(self, node: Iri) -> tuple[Literal, ...]:
        """Return what a part of a document is and where it stands: `五/2 规定 1`."""
        path = path_in(node) if node.startswith(f"{BASE}eli/") else ""
        kinds = types_of(self._rdf, node)
        if not (path and kinds):
            return ()
        number = _NUMBERED.search(node)
        counted = f" {number[1]}" if number else ""
        return tuple(Literal(f"{path} {label.value}{counted}", None, label.language) for label in self.of(kinds[0]))

    def _spelled(self, iri: Iri) -> str:
        """Return a name made of the IRI: `qudt:unit`, the name of a division, the words at its end."""
        if iri.startswith(f"{BASE}id/division/"):
            code = names.key_of(iri)
            return self._divisions.get(code, code)
        if iri.startswith(f"{BASE}eli/"):
            return _shortened(unquote(iri.rpartition("/")[2]).replace("__", " ").replace("_", " "))
        if not iri.startswith(BASE):
            for prefix, namespace in PREFIXES.items():
                if iri.startswith(namespace) and iri != namespace:
                    return f"{prefix}:{iri.removeprefix(namespace)}"
        return _shortened(unquote(iri.removeprefix(BASE)) or iri)


def types_of(rdf: RdfStore, iri: Iri) -> list[Iri]:
    """Return the classes of a thing, its own terms before public ones."""
    found = {Iri(str(quad.object)) for quad in rdf.about(iri) if quad.predicate == RDF_TYPE}
    return sorted(found, key=lambda kind: (not kind.startswith(BASE), kind))


def path_in(iri: str) -> str:
    """Return the path of the outline that an IRI of a document's part begins with, "" where there is none.

    >>> path_in("https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2/att_1__row_15__task__evidence")
    '附件/row 15'
    """
    parts = iri.rpartition("/")[2].split("__")
    for length in range(len(parts), 0, -1):
        try:
            return names.path_of("__".join(parts[:length]))
        except ValueError:
            continue
    return ""


def _short(label: Literal) -> Literal:
    return Literal(_shortened(label.value), None, label.language)


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
