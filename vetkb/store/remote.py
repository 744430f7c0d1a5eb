"""A base behind a SPARQL 1.1 endpoint: what the catalogue asks of a store, answered by any endpoint that holds the graphs.

Names and documents are read once, when they are first needed. What lies beside the graphs of a local base (source texts,
full text, the dataset for strangers' queries) is not there, and whoever asks for it is told so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from vetkb.engine import Iri, RdfStore
from vetkb.engine.remote import RemoteRdf
from vetkb.errors import UsageError
from vetkb.store.base import DocumentEntry, Store
from vetkb.store.build import COUNTED
from vetkb.store.names import names_of
from vetkb.store.text_index import Hit, Name, normalise
from vetkb.text import Source

_SIZES = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_DOCUMENTS = """PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?document ?identifier ?title ?source ?sha {
  ?document eli:is_realized_by/eli:is_embodied_by ?file . ?file dcterms:title ?source ; vk:sha256 ?sha .
  OPTIONAL { ?document eli:id_local ?identifier } OPTIONAL { ?document eli:title ?title }
} ORDER BY ?document"""
_COUNTS = """PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT ?document ?kind (COUNT(DISTINCT ?node) AS ?n) {
  GRAPH ?g { ?node vk:inDocument ?document ; a ?kind }
} GROUP BY ?document ?kind"""


class RemoteStore(Store):
    """远程知识库 — A base whose graphs are at an endpoint: a `Store` without a folder. Any number of threads may use one."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    @cached_property
    def rdf(self) -> RdfStore:
        return RemoteRdf(self.endpoint)

    def close(self) -> None:
        """Do nothing: there is no connection that stays open."""

    @property
    def build_id(self) -> str:
        return self._build_id

    @cached_property
    def _build_id(self) -> str:
        """A hash of the address and the sizes of the graphs, as they were when it was first asked for."""
        sizes = sorted((str(graph), str(size)) for graph, size in self.rdf.select(_SIZES).rows)
        return f"remote-{sha256(repr((self.endpoint, sizes)).encode()).hexdigest()[:16]}"

    @property
    def code(self) -> str:
        return ""

    @property
    def data(self) -> Path:
        self._only_local("queries in SPARQL: ask the endpoint itself")

    @cached_property
    def _documents(self) -> tuple[DocumentEntry, ...]:
        counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED.values(), 0))
        for document, kind, size in self.rdf.select(_COUNTS).rows:
            if kind in COUNTED:
                counts[str(document)][COUNTED[Iri(str(kind))]] = int(str(size))
        found = {}
        for document, identifier, title, source, digest in self.rdf.select(_DOCUMENTS).rows:
            number, name = (str(text) if text is not None else None for text in (identifier, title))
            iri = Iri(str(document))
            found[iri] = DocumentEntry(iri, number, name, str(source), str(digest), "", counts[iri])
        return tuple(found.values())

    @cached_property
    def _names(self) -> Sequence[Name]:
        return sorted(names_of(self.rdf), key=lambda name: (name.label, name.iri, name.kind))

    def names(self) -> list[Name]:
        """Return every labelled agency, group, document, division …"""
        return list(self._names)

    def named(self, label: str) -> list[Name]:
        """Return the things of that name (width, case and white space apart)."""
        key = normalise(label)
        return sorted((name for name in self._names if normalise(name.label) == key), key=lambda name: (name.iri, name.kind))

    def labels(self, iri: str) -> list[Name]:
        """Return the labels of a thing, the preferred one first."""
        found = [name for name in self._names if name.iri == iri]
        return sorted(found, key=lambda name: (not name.preferred, len(name.label), name.label))

    def search(self, text: str, limit: int = 20, document: str | None = None) -> list[Hit]:  # noqa: ARG002 (as in `Store`)
        self._only_local("a search in the texts")

    def nearest(self, text: str, limit: int = 20, document: str | None = None) -> list[Hit]:  # noqa: ARG002 (as in `Store`)
        self._only_local("a search in the texts")

    def translations(self, phrase: str) -> tuple[str, ...]:  # noqa: ARG002 (as in `Store`)
        """Return nothing: the words of the dictionary are found when a base is built."""
        return ()

    def source(self, document: str) -> Source:
        self._only_local(f"the source text of {document}")

    def part(self, document: str) -> bytes:
        self._only_local(f"the graph of {document} as it was compiled")

    def _only_local(self, what: str) -> NoReturn:
        raise UsageError(f"{self.endpoint} is an endpoint; this needs a local store: {what}")
