"""What a base holds, in the formats of other programs.

    export(store, "graphml")                       the network of tasks and agencies
    export(store, "akn", "安政办〔2018〕2号")        one document as Akoma Ntoso

The rows come from the catalogue's own queries, so that an export and a query never say different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vetkb.engine import Value, parse_rdf
from vetkb.errors import UsageError
from vetkb.export.akn import to_akn
from vetkb.export.network import to_graphml
from vetkb.export.schemaorg import to_schemaorg
from vetkb.export.tables import TARGET_COLUMNS, TASK_COLUMNS, coding, edges, table, tasks_and_targets, to_csv
from vetkb.graph.read import from_quads
from vetkb.graph.terms import Vk
from vetkb.query import CatalogueQuery, run_query
from vetkb.store import DocumentEntry, Store

EXPORTS: Final[Mapping[str, str]] = {
    "schemaorg": "schema.org Legislation, JSON-LD",
    "akn": "the structure of a document in Akoma Ntoso 3.0",
    "graphml": "the network of tasks and agencies, for Gephi, igraph and networkx",
    "edges": "the same network as a list of edges in CSV",
    "csv": "tasks and targets in one table that a spreadsheet opens",
    "xlsx": "tasks, targets and network as a workbook",
    "coding": "a coding sheet of statements in CSV, with proposed codes",
}

# what a sentence says, without the lines and pages that it is printed over
_TEXTS: Final = f"SELECT ?statement ?text {{ ?statement <{Vk.sentence}> ?sentence . ?sentence <{Vk.text}> ?text }}"


def export(store: Store, form: str, document: str | None, catalogue: Mapping[str, CatalogueQuery]) -> bytes:
    """Return a document, or the whole base, in a format of EXPORTS. Raises UsageError and UnknownNameError."""
    if form not in EXPORTS:
        raise UsageError(f"export: {form[:40]!r} is no format; they are {', '.join(EXPORTS)}")
    chosen = [store.document(document)] if document is not None else store.documents()
    if form == "schemaorg":
        return to_schemaorg(store, [entry.iri for entry in chosen])
    if form == "akn":
        return _akn(store, chosen)

    def rows(name: str) -> list[dict[str, Value]]:
        return _all_rows(name, store, chosen[0] if document is not None else None, catalogue)

    if form == "graphml":
        return to_graphml(rows("task-network"))
    if form == "edges":
        return to_csv(edges(rows("task-network")))
    if form == "coding":
        texts = {row[0]: row[1] for row in store.rdf.select(_TEXTS).rows}
        return to_csv(coding(rows("statements"), rows("policy-instruments"), texts))
    if form == "csv":
        return to_csv(tasks_and_targets(rows("tasks"), rows("targets")))
    from vetkb.export.workbook import sheets_to_workbook

    tables = {
        "tasks": table(TASK_COLUMNS, rows("tasks")),
        "targets": table(TARGET_COLUMNS, rows("targets")),
        "network": edges(rows("task-network")),
    }
    return sheets_to_workbook({name: (found.columns, found.rows) for name, found in tables.items()})


def _akn(store: Store, chosen: list[DocumentEntry]) -> bytes:
    if len(chosen) != 1:
        known = "、".join(entry.id for entry in chosen[:5])
        raise UsageError(f"export: Akoma Ntoso holds one document; name one of the {len(chosen)} of this base ({known} …)")
    document, _ = from_quads(parse_rdf(store.part(chosen[0].iri), "nquads"))
    return to_akn(document, chosen[0].iri)


def _all_rows(
    name: str, store: Store, document: DocumentEntry | None, catalogue: Mapping[str, CatalogueQuery]
) -> list[dict[str, Value]]:
    """Return every row of a query, however many there are: an export that was cut would look complete."""
    found: list[dict[str, Value]] = []
    held = {"document": str(document.iri)} if document is not None else {}
    while True:
        result = run_query(name, store, {**held, "offset": str(len(found))}, catalogue=catalogue)
        found += [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        if not result.truncated:
            return found
