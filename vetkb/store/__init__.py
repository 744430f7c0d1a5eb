"""A base on disk: graphs, sources, full text and names of one build; adding or removing a document makes the next."""

from __future__ import annotations

from vetkb.store.base import DocumentEntry, Part, Store
from vetkb.store.build import Derive, build_store, change_store
from vetkb.store.remote import RemoteStore
from vetkb.store.text_index import Hit, Name, normalise

__all__ = ["Derive", "DocumentEntry", "Hit", "Name", "Part", "RemoteStore", "Store", "build_store", "change_store", "normalise"]
