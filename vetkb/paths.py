"""Where the data folders lie: beside the package in a checkout, inside it in an installed wheel.

`VETKB_STORE` names a base to use instead of the bundled one, `VETKB_CACHE` the folder in which compiled
bases are kept.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

PACKAGE = Path(__file__).resolve().parent


def _data_folder(name: str) -> Path:
    inside = PACKAGE / "data" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


ONTOLOGY = _data_folder("ontology")
SHAPES = _data_folder("shapes")
# what data are held against: the folders of SHAPES, the usual one first
SHAPE_KINDS = ("compliance", "reporting", "quality")
QUERIES = _data_folder("queries")
CORPUS = _data_folder("corpus")
SCHEMAS = PACKAGE / "schemas"


def cache_folder() -> Path:
    """Return the folder for compiled bases (not created here)."""
    named = os.environ.get("VETKB_CACHE")
    return Path(named) if named else user_cache_path("vetkb")


def named_store() -> str | None:
    """Return the base named by the environment, if any."""
    return os.environ.get("VETKB_STORE") or None
