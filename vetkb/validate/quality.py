"""Is a document's own graph sound? shapes/quality over its triples."""

from __future__ import annotations

from collections.abc import Iterable

from vetkb.engine import Quad, RdfStore
from vetkb.validate.engines import compiled_files, run_compiled
from vetkb.validate.model import ValidationResult


def check_quality(quads: Iterable[Quad]) -> tuple[ValidationResult, ...]:
    """Run the quality shapes over the graph of a document (with what it names of the ontology)."""
    data = list(quads)
    store = RdfStore.memory()
    store.add(data)
    outcome = run_compiled(store, data, compiled_files("quality"))
    return tuple(
        ValidationResult(r.severity, r.message, r.focus, actual=_text(r.value), shape=r.shape, path=r.path) for r in outcome.raws
    )


def _text(value: object) -> str | None:
    return None if value is None else str(getattr(value, "value", value))
