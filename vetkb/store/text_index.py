"""Full text and names of a base in one SQLite file.

Chinese is searched by pairs of neighbouring characters, without a segmenter: a phrase of pairs finds exactly the
texts that contain the words, however short. Words of Latin letters and numbers stay whole. SQLite's own trigram
tokenizer finds no word of two characters.
"""

from __future__ import annotations

import math
import re
import sqlite3
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from vetkb.engine import Iri
from vetkb.errors import StoreError
from vetkb.gazetteer.english import english_stem, places_in_english, words_in_english

_RUNS = re.compile(r"([a-z0-9.%]+)|([^\W_a-z0-9]+)")
_CANDIDATES = 500
_SCHEMA = """
CREATE TABLE texts (
    id INTEGER PRIMARY KEY, iri TEXT NOT NULL, document TEXT NOT NULL, kind TEXT NOT NULL, item TEXT, text TEXT NOT NULL
);
CREATE VIRTUAL TABLE pairs USING fts5(body, content='', tokenize="unicode61 remove_diacritics 0 tokenchars '.%'");
CREATE TABLE names (
    iri TEXT NOT NULL, label TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, language TEXT, preferred INTEGER NOT NULL
);
CREATE TABLE english (stem TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (stem, word)) WITHOUT ROWID;
"""
_INDEXES = """
INSERT INTO pairs (pairs) VALUES ('optimize');
CREATE INDEX texts_by_document ON texts (document);
CREATE INDEX names_by_key ON names (key);
CREATE INDEX names_by_iri ON names (iri);
"""
_FIND = """
SELECT texts.id, iri, document, kind, item, text FROM pairs JOIN texts ON texts.id = pairs.rowid
WHERE pairs MATCH ? {where} ORDER BY {order}"""
_K, _B = 1.2, 0.75  # the constants of BM25 that SQLite uses
_Row = tuple[int, Iri, Iri, str, str | None, str]


@dataclass(frozen=True, slots=True)
class Name:
    """名称 — A label of a thing; `kind` is what the thing is: agency, group, document, division, …"""

    iri: Iri
    label: str
    kind: str
    language: str | None
    preferred: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """命中 — A text that was found; `coverage` is the share of the words sought that it holds (1: all of them)."""

    iri: Iri
    document: Iri
    kind: str
    item: str | None
    text: str
    coverage: float


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A sentence, task or heading as it goes into the index."""

    iri: Iri
    document: Iri
    kind: str
    item: str | None
    text: str


def normalise(text: str) -> str:
    """Fold width and case, drop white space.

    >>> normalise("市农业局（市畜牧局） ABC")
    '市农业局(市畜牧局)abc'
    """
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(maxsize=8192)
def pairs(text: str) -> tuple[str, ...]:
    """Return the tokens of a text: pairs of characters, whole words of letters and digits, and each run's last character.

    >>> pairs("第18项任务")
    ('第', '18', '项任', '任务', '务')
    """
    tokens: list[str] = []
    for word, run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if word:
            tokens.append(word)
        else:
            tokens.extend(run[at : at + 2] for at in range(len(run)))
    return tuple(tokens)


def write_index(path: Path, texts: Iterable[IndexedText], names: Iterable[Name]) -> None:
    """Write the index file of a build."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        for number, entry in enumerate(texts, 1):
            row = (number, entry.iri, entry.document, entry.kind, entry.item, entry.text)
            connection.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("INSERT INTO pairs (rowid, body) VALUES (?, ?)", (number, " ".join(pairs(entry.text))))
        connection.executemany(
            "INSERT INTO names VALUES (?, ?, ?, ?, ?, ?)",
            ((name.iri, name.label, normalise(name.label), name.kind, name.language, name.preferred) for name in names),
        )
        written = (row[0] for row in connection.execute("SELECT text FROM texts"))
        named = (row[0] for row in connection.execute("SELECT label FROM names WHERE kind IN ('agency', 'party', 'document')"))
        pairs_of_words = {*words_in_english(written), *places_in_english(named)}
        connection.executemany("INSERT INTO english VALUES (?, ?)", sorted(pairs_of_words))
        connection.executescript(_INDEXES)
        connection.commit()


class TextIndex:
    """The index file of a build, read by any number of threads."""

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()

    def search(self, text: str, limit: int = 20, document: str | None = None) -> list[Hit]:
        """Return texts that hold all the words of `text`, else those that hold most of it; the best first."""
        words = [pairs(word) for word in text.split()]
        words = [word for word in words if word]
        if not words or limit < 1:
            return []
        exact = self._matching(" AND ".join(_phrase(word) for word in words), _sought(words), document, limit)
        if exact:
            return [Hit(*row[1:], 1.0) for row in exact]
        return self._nearest(words, limit, document)

    def nearest(self, text: str, limit: int = 20, document: str | None = None) -> list[Hit]:
        """Return the texts that hold most of the words of `text`, whether or not one holds them all; the best first."""
        words = [word for word in map(pairs, text.split()) if word]
        return self._nearest(words, limit, document) if words and limit > 0 else []

    def _nearest(self, words: Sequence[Sequence[str]], limit: int, document: str | None) -> list[Hit]:
        sought = _sought(words)
        rows = self._matching(" OR ".join(f'"{token}"' for token in sought), sought, document, _CANDIDATES)
        wanted = set(sought)
        hits = [Hit(*row[1:], len(wanted.intersection(pairs(row[-1]))) / len(wanted)) for row in rows]
        return sorted(hits, key=lambda hit: -hit.coverage)[:limit]

    def names(self) -> list[Name]:
        """Return every label of the base, in the order of labels."""
        return self._names("SELECT iri, label, kind, language, preferred FROM names ORDER BY label, iri, kind", ())

    def named(self, label: str) -> list[Name]:
        """Return the things that a label names exactly (width, case and white space apart)."""
        return self._names(
            "SELECT iri, label, kind, language, preferred FROM names WHERE key = ? ORDER BY iri, kind", (normalise(label),)
        )

    def labels(self, iri: str) -> list[Name]:
        """Return the labels of a thing, the preferred one first."""
        order = "ORDER BY preferred DESC, length(label), label"
        return self._names(f"SELECT iri, label, kind, language, preferred FROM names WHERE iri = ? {order}", (iri,))  # noqa: S608 (no outer text)

    def translations(self, phrase: str) -> tuple[str, ...]:
        """Return what the texts may call an English word or phrase, by the dictionary."""
        found = self._rows("SELECT word FROM english WHERE stem = ? ORDER BY word", (english_stem(phrase),))
        return tuple(row[0] for row in found)

    def _names(self, sql: str, parameters: Sequence[str]) -> list[Name]:
        return [Name(Iri(row[0]), row[1], row[2], row[3], bool(row[4])) for row in self._rows(sql, parameters)]

    def _matching(self, match: str, sought: Sequence[str], document: str | None, limit: int) -> list[_Row]:
        """Return the texts that an expression finds, the best by BM25 first; of one document, as if there were no other."""
        if document is None:
            found = self._rows(_FIND.format(where="", order="bm25(pairs), texts.id LIMIT ?"), (match, limit))
        else:
            ((first, last),) = self._rows("SELECT MIN(id), MAX(id) FROM texts WHERE document = ?", (document,))
            if first is None:
                return []
            # the library would count the words in all documents, to rank those of one
            found = self._rows(_FIND.format(where="AND pairs.rowid BETWEEN ? AND ?", order="texts.id"), (match, first, last))
            found = _ranked(found, sought, last - first + 1)[:limit]
        return [(row[0], Iri(row[1]), Iri(row[2]), row[3], row[4], row[5]) for row in found]

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection: to open one costs as much as a search; the index never changes."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = sqlite3.connect(self._uri, uri=True)
        return found

    def _rows(self, sql: str, parameters: Sequence[object]) -> list[Any]:
        try:
            return self._connection().execute(sql, tuple(parameters)).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the index of the base cannot be read, build it anew with `vetkb build`: {error}") from None


def _ranked(rows: Sequence[Any], sought: Sequence[str], size: int) -> list[Any]:
    """Return rows in the order of BM25 (Robertson and Zaragoza 2009) over `size` texts, the best first."""
    counted = [Counter(pairs(row[-1])) for row in rows]
    lengths = [counts.total() for counts in counted]
    usual = sum(lengths) / max(1, len(lengths))
    holding = {token: sum(token in counts for counts in counted) for token in sought}
    weight = {token: max(1e-6, math.log((size - n + 0.5) / (n + 0.5))) for token, n in holding.items()}

    def score(place: int) -> float:
        damping = _K * (1 - _B + _B * lengths[place] / usual)
        found = ((token, counted[place][token]) for token in sought)
        return sum(weight[token] * n * (_K + 1) / (n + damping) for token, n in found if n)

    return [rows[place] for place in sorted(range(len(rows)), key=lambda place: (-score(place), rows[place][0]))]


def _phrase(tokens: Sequence[str]) -> str:
    """Return the condition that a text holds these tokens side by side, the last one perhaps as a beginning."""
    last = tokens[-1]
    if len(last) > 1 or last.isascii():
        return f'"{" ".join(tokens)}"'
    if len(tokens) > 1 and len(tokens[-2]) == 2 and tokens[-2].endswith(last):
        return f'"{" ".join(tokens[:-1])}"'
    return f'"{" ".join(tokens)}"*'


def _sought(words: Sequence[Sequence[str]]) -> list[str]:
    """Return the tokens whose number measures coverage: no single characters unless there is nothing else."""
    tokens = dict.fromkeys(token for word in words for token in word)
    return [token for token in tokens if len(token) > 1 or token.isascii()] or list(tokens)
