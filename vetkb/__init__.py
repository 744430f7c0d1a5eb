"""Chinese policy documents (公文) as a knowledge base: queried, checked, and proved sentence by sentence.

import vetkb

with vetkb.open() as base:
    base.query("tasks-of-agency", {"agency": "市财政局"}).to_pandas()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

__version__ = "0.1.0"


def open(store: str | None = None) -> KnowledgeBase:  # noqa: A001 (the package's one verb, as in gzip and zipfile)
    """Open the base in the folder `store`, else the one VETKB_STORE names, else the bundled corpus.

    The bundled corpus is compiled on first use into the user's cache folder. Raises StoreError.
    """
    from vetkb.base import open_base

    return open_base(store)
