"""Answers that were given already, up to a number of bytes: the least recently asked for goes first.

What is in here follows from one build; a new build gets a new cache. Used on the event loop alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", str, bytes)
V = TypeVar("V")

# what an entry takes beside its bytes, about
_OVERHEAD = 500


@dataclass(frozen=True, slots=True)
class Made:
    """A body that was made, the headers that belong to it, and what it says in a word."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    word: str | None = None


class ByteCache(Generic[Key, V]):
    """答案缓存 — Keeps values whose sizes in bytes are told; one that takes more than an eighth of the room is not kept."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._entries: OrderedDict[Key, tuple[V, int]] = OrderedDict()
        self.size = 0
        self.hits = 0
        self.misses = 0

    def get(self, key: Key) -> V | None:
        entry = self._entries.get(key)
        if entry is None:
            self.misses += 1
            return None
        self._entries.move_to_end(key)
        self.hits += 1
        return entry[0]

    def keep(self, key: Key, value: V, size: int) -> None:
        taken = size + len(key) + _OVERHEAD
        if taken > self._most // 8:
            return
        before = self._entries.pop(key, None)
        self.size += taken - (before[1] if before else 0)
        self._entries[key] = (value, taken)
        while self.size > self._most:
            _, (_, freed) = self._entries.popitem(last=False)
            self.size -= freed

    def __contains__(self, key: Key) -> bool:
        """Say whether a value is there, without counting that as a use."""
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)
