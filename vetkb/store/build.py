"""Parts → the next build of a base.

Deterministic but for the file layout below: the build id is a hash over the sources, the code and the ontology, so that
two machines that build the same get the same id. What is derived is derived anew for every build.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from vetkb.engine import Iri, Quad, RdfStore, serialise_rdf
from vetkb.errors import StoreError, UnknownNameError, UsageError
from vetkb.graph.names import extraction_rule
from vetkb.graph.terms import RDF_TYPE, RDFS_LABEL, Prov, Vk
from vetkb.store.base import LARGEST_ORIGINAL, Part, Store, source_names
from vetkb.store.folder import FORMAT, lock_for_building, new_build, publish
from vetkb.store.names import names_of
from vetkb.store.text_index import IndexedText, write_index

Derive = Callable[[RdfStore], object]

COUNTED = {
    Vk.Task: "tasks",
    Vk.Assignment: "responsibilities",
    Vk.Schedule: "deadlines",
    Vk.Target: "targets",
    Vk.Citation: "citations",
    Vk.Statement: "statements",
    Vk.Sentence: "sentences",
}
_LOADED_AT_ONCE = 64_000_000  # bytes of N-Quads; the loader takes about three times as much memory
_OF_TABLE = f"; <{Prov.wasGeneratedBy}> <{extraction_rule('indicator-table')}>"
_TEXTS = {
    Vk.Sentence: ("sentence", Vk.text, ""),
    Vk.Task: ("task", Vk.text, ""),
    Vk.Item: ("item", Vk.heading, ""),
    Vk.Quantity: ("target", RDFS_LABEL, _OF_TABLE),  # other numbers are found by the sentence or the task that prints them
}
_TEXTS_OF = f"""SELECT DISTINCT ?document ?iri ?text ?path {{{{
  ?iri <{Vk.inDocument}> ?document ; a <{{kind}}> ; <{{text}}> ?text {{more}}
  OPTIONAL {{{{ ?iri <{Vk.item}> ?item }}}}
  BIND(COALESCE(?item, ?iri) AS ?place)
  OPTIONAL {{{{ ?place <{Vk.path}> ?path }}}} }}}}"""


def build_store(
    parts: Iterable[Part],
    folder: Path,
    *,
    shared: Sequence[Quad] = (),
    derive: Derive | None = None,
    code: str = "",
) -> Store:
    """Build a base that holds exactly `parts`, and make it the current build of `folder`.

    `shared` are the graphs of the ontology, `derive` adds what follows from rules to the dataset, `code` names the version of
    the program. Raises StoreError if another process is building there.
    """
    with lock_for_building(folder), new_build(folder) as place:
        return _build(folder, place, _write_parts(place, parts), shared, derive, code)


def change_store(
    folder: Path,
    *,
    add: Iterable[Part] = (),
    remove: Iterable[str] = (),
    shared: Sequence[Quad] = (),
    derive: Derive | None = None,
    code: str = "",
) -> Store:
    """Build the next base from the parts of the current one that stay, and those that come or come anew."""
    with lock_for_building(folder), Store.open(folder) as old, new_build(folder) as place:
        if old._manifest["code"] != code:
            raise StoreError(f"the base at {folder} was built by another version of vetkb: build it anew with `vetkb build`")
        rows: dict[str, dict[str, Any]] = {row["iri"]: row for row in old._manifest["documents"]}
        for name in remove:
            try:
                del rows[old.document(name).iri]
            except KeyError:
                raise UnknownNameError(f"{name!r} is named twice for removal") from None
        new = _write_parts(place, add)
        for row in new:
            rows.pop(row["iri"], None)
        for row in rows.values():
            for kept in (Path("parts") / f"{row['key']}.nq", *(Path("sources") / name for name in source_names(row))):
                (place / kept).write_bytes((old.folder / kept).read_bytes())
        return _build(folder, place, [*rows.values(), *new], shared, derive, code)


def _write_parts(place: Path, parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Write the files of parts and return their rows of the manifest."""
    (place / "parts").mkdir()
    (place / "sources").mkdir()
    rows: dict[str, dict[str, Any]] = {}
    for part in parts:
        key = sha256(part.iri.encode()).hexdigest()[:16]
        if part.iri in rows:
            if rows[part.iri]["sha256"] == part.source.sha256:
                continue
            raise UsageError(f"{part.source.name} and {rows[part.iri]['source']} are two texts of one document, {part.iri}")
        (place / "parts" / f"{key}.nq").write_bytes(serialise_rdf(part.quads, "nquads"))
        (place / "sources" / f"{key}.txt").write_bytes(part.source.text.encode("utf-8", "surrogatepass"))
        original = part.source.original
        if original is not None and len(original) <= LARGEST_ORIGINAL:
            (place / "sources" / f"{key}.original").write_bytes(original)
        counts = Counter(
            COUNTED[Iri(quad.object)] for quad in part.quads if quad.predicate == RDF_TYPE and quad.object in COUNTED
        )
        rows[part.iri] = {
            "iri": part.iri,
            "identifier": part.identifier,
            "title": part.title,
            "source": part.source.name,
            "sha256": part.source.sha256,
            "media_type": part.source.media_type,
            "kept": "text" if original is None else "original" if len(original) <= LARGEST_ORIGINAL else "hash",
            "key": key,
            "counts": {name: counts[name] for name in COUNTED.values()},
        }
    return list(rows.values())


def _build(
    folder: Path, place: Path, rows: Iterable[dict[str, Any]], shared: Sequence[Quad], derive: Derive | None, code: str
) -> Store:
    documents = sorted(rows, key=lambda row: str(row["iri"]))
    common = serialise_rdf(shared, "nquads")
    (place / "parts" / "ontology.nq").write_bytes(common)
    parts = [place / "parts" / f"{row['key']}.nq" for row in documents]
    rdf = RdfStore.open(place / "data", read_only=False)
    _load(rdf, place, [place / "parts" / "ontology.nq", *parts])
    if derive is not None:
        derive(rdf)
    rdf.finish()
    write_index(place / "index.sqlite", _texts(rdf), names_of(rdf))
    del rdf
    ontology = sha256(common).hexdigest()[:16]
    build_id = _build_id(documents, code, ontology)
    manifest = {"format": FORMAT, "build": build_id, "code": code, "ontology": ontology, "documents": documents}
    (place / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    (place / "lock").touch()
    return Store.open(publish(folder, place, build_id))


def _build_id(documents: Iterable[dict[str, Any]], code: str, ontology: str) -> str:
    sources = [[row["iri"], row["source"], row["sha256"]] for row in documents]
    return sha256(json.dumps([FORMAT, sources, code, ontology]).encode()).hexdigest()[:16]


def _load(rdf: RdfStore, place: Path, parts: Iterable[Path]) -> None:
    """Load many parts at a time: that makes fewer and larger tables on disk; not all at once: the loader holds what it loads."""
    together = place / "together.nq"
    for pieces in _together(parts):
        with together.open("wb") as out:
            for part in pieces:
                out.write(part.read_bytes())
        rdf.bulk_load(together)
        together.unlink()


def _together(parts: Iterable[Path]) -> Iterator[list[Path]]:
    pieces: list[Path] = []
    size = 0
    for part in parts:
        pieces.append(part)
        size += part.stat().st_size
        if size >= _LOADED_AT_ONCE:
            yield pieces
            pieces, size = [], 0
    if pieces:
        yield pieces


def _texts(rdf: RdfStore) -> list[IndexedText]:
    """Return the sentences, tasks, headings and indicators of tables, by document and kind, in the order of their names.

    One query a kind: the engine would look through the texts of all documents for each of them.
    """
    found: list[IndexedText] = []
    for kind, (name, predicate, more) in _TEXTS.items():
        for row in rdf.select(_TEXTS_OF.format(kind=kind, text=predicate, more=more)).dicts():
            path = None if row["path"] is None else str(row["path"])
            found.append(IndexedText(Iri(str(row["iri"])), Iri(str(row["document"])), name, path, str(row["text"])))
    order = {name: place for place, (name, _, _) in enumerate(_TEXTS.values())}
    return sorted(found, key=lambda text: (text.document, order[text.kind], text.iri, text.text))
