"""How offices write what a report has: ontology/reporting.toml → the headers of columns, and spellings of names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from vetkb.paths import ONTOLOGY


@dataclass(frozen=True, slots=True)
class Wordings:
    """填报用语 — The headers of each column, and what is written in more than one way, in the order in which it is read."""

    columns: Mapping[str, tuple[str, ...]]
    spellings: tuple[tuple[re.Pattern[str], str], ...]


@lru_cache(maxsize=1)
def load_wordings() -> Wordings:
    """Read the words of reports."""
    data = tomllib.loads((ONTOLOGY / "reporting.toml").read_text(encoding="utf-8"))
    return Wordings(
        columns={column: tuple(names) for column, names in data["columns"].items()},
        spellings=tuple((re.compile(entry["written"]), entry["as"]) for entry in data["spellings"]),
    )
