"""A build, opened for reading: its graphs, documents, sources, names and full text."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from vetkb.engine import Iri, Quad, RdfStore
from vetkb.errors import StoreError, UnknownNameError
from vetkb.store.folder import current_build, lock_for_reading, read_manifest
from vetkb.store.text_index import Hit, Name, TextIndex
from vetkb.text import Source

LARGEST_ORIGINAL = 32 * 1024 * 1024  # bytes of a file that a base keeps beside its text


@dataclass(frozen=True, slots=True)
class Part:
    """一份文件的图 — A document as it goes into a base: its names, its source and its graph."""

    iri: Iri
    identifier: str | None
    title: str | None
    source: Source
    quads: list[Quad] = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document of a base; `counts` says how many tasks, targets … it has.

    `kept` says what the base has of the file: "text" (its bytes are the text), "original" (its bytes beside the text) or
    "hash" (it was too large to keep).
    """

    iri: Iri
    identifier: str | None
    title: str | None
    source: str
    sha256: str
    key: str
    counts: Mapping[str, int]
    media_type: str = "text/plain"
    kept: str = "text"

    @property
    def id(self) -> str:
        """What people call it by: its 发文字号, else its IRI."""
        return self.identifier or str(self.iri)


class Store:
    """知识库 — A base as it was built. Any number of threads and processes may read one."""

    def __init__(self, folder: Path) -> None:
        self.folder = current_build(folder)
        lock = lock_for_reading(self.folder)
        self._unlock = weakref.finalize(self, os.close, lock) if lock is not None else None
        self._manifest = read_manifest(self.folder)
        self._index = TextIndex(self.folder / "index.sqlite")

    @classmethod
    def open(cls, folder: Path | str) -> Store:
        """Open the current build of a base. Raises StoreError if there is none or it is damaged."""
        return cls(Path(folder))

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Allow the build to be deleted once it is no longer current."""
        if self._unlock is not None:
            self._unlock()

    @property
    def build_id(self) -> str:
        return str(self._manifest["build"])

    @property
    def code(self) -> str:
        """The version of the program that built it."""
        return str(self._manifest["code"])

    @property
    def data(self) -> Path:
        """The folder of the dataset, for query workers."""
        return self.folder / "data"

    @cached_property
    def rdf(self) -> RdfStore:
        return RdfStore.open(self.data)

    @cached_property
    def _documents(self) -> tuple[DocumentEntry, ...]:
        try:
            return tuple(_entry(row) for row in self._manifest["documents"])
        except (KeyError, TypeError):
            raise StoreError(f"the base at {self.folder} is damaged: build it anew with `vetkb build`") from None

    def documents(self) -> list[DocumentEntry]:
        """Return the documents, in the order of their IRIs."""
        return list(self._documents)

    def document(self, name: str) -> DocumentEntry:
        """Return a document by its 发文字号, IRI or the path of its IRI. Raises UnknownNameError."""
        wanted = _document_key(name)
        found = self._by_key.get(wanted) or [d for d in self._documents if d.iri.endswith("/" + wanted)]
        if len(found) == 1:
            return found[0]
        known = [d.id for d in (found or self._documents)]
        what = "names several documents" if found else "is not a document of this base"
        raise UnknownNameError(f"{name!r} {what}", known[:5])

    @cached_property
    def _by_key(self) -> Mapping[str, list[DocumentEntry]]:
        """The documents by 发文字号 and IRI."""
        found: dict[str, list[DocumentEntry]] = {}
        for entry in self._documents:
            for key in dict.fromkeys((_document_key(entry.identifier or ""), str(entry.iri))):
                found.setdefault(key, []).append(entry)
        found.pop("", None)
        return found

    def source(self, document: str) -> Source:
        """Return the text that a document was read from."""
        entry = self.document(document)
        try:
            text = (self.folder / "sources" / f"{entry.key}.txt").read_bytes().decode("utf-8", "surrogatepass")
        except OSError:
            raise StoreError(
                f"the base at {self.folder} is damaged (a source is missing): build it anew with `vetkb build`"
            ) from None
        return Source(entry.source, text, entry.sha256, entry.media_type)

    def original(self, document: str) -> bytes | None:
        """Return the bytes of the file that a document was read from, those of `sha256`; none where it was too large to keep."""
        entry = self.document(document)
        if entry.kept == "hash":
            return None
        name = f"{entry.key}.{'original' if entry.kept == 'original' else 'txt'}"
        try:
            return (self.folder / "sources" / name).read_bytes()
        except OSError:
            raise StoreError(
                f"the base at {self.folder} is damaged (a source is missing): build it anew with `vetkb build`"
            ) from None

    def part(self, document: str) -> bytes:
        """Return the graph of a document as it was compiled, in N-Quads."""
        try:
            return (self.folder / "parts" / f"{self.document(document).key}.nq").read_bytes()
        except OSError:
            raise StoreError(
                f"the base at {self.folder} is damaged (a part is missing): build it anew with `vetkb build`"
            ) from None

    def search(self, text: str, limit: int = 20, document: str | None = None) -> list[Hit]:
        """Return sentences, tasks and headings that hold the words of `text` (all of them, else most), the best first."""
        return self._index.search(text, limit, self.document(document).iri if document is not None else None)

    def nearest(self, text: str, limit: int = 20, document: str | None = None) -> list[Hit]:
        """Return sentences, tasks and headings that hold most of the words of `text`, the best first."""
        return self._index.nearest(text, limit, self.document(document).iri if document is not None else None)

    def translations(self, phrase: str) -> tuple[str, ...]:
        """Return what the texts may call an English word or phrase, by the dictionary."""
        return self._index.translations(phrase)

    def names(self) -> list[Name]:
        """Return every labelled agency, group, document, division …"""
        return self._index.names()

    def named(self, label: str) -> list[Name]:
        """Return the things of that name (width, case and white space apart)."""
        return self._index.named(label)

    def labels(self, iri: str) -> list[Name]:
        """Return the labels of a thing, the preferred one first."""
        return self._index.labels(iri)


def _document_key(name: str) -> str:
    return name.strip().strip("/").translate({ord("["): "〔", ord("]"): "〕", ord("［"): "〔", ord("］"): "〕"})


def _entry(row: Mapping[str, Any]) -> DocumentEntry:
    names = (row["identifier"], row["title"], row["source"], row["sha256"], row["key"])
    stored = {name: str(row[name]) for name in ("media_type", "kept") if name in row}
    return DocumentEntry(Iri(row["iri"]), *names, counts=dict(row["counts"]), **stored)


def source_names(row: Mapping[str, Any]) -> list[str]:
    """Return the names of the files that a base keeps of a document's source."""
    return [f"{row['key']}.txt", *([f"{row['key']}.original"] if row.get("kept") == "original" else [])]
