"""Linked data: an IRI of the base → what the base says of it, what it is called, and where it stands in its document."""

from __future__ import annotations

from vetkb.linked.labels import Labels
from vetkb.linked.place import DocumentText, Passage, Place, read_text
from vetkb.linked.resource import Resource, describe, knows, to_quads

__all__ = ["DocumentText", "Labels", "Passage", "Place", "Resource", "describe", "knows", "read_text", "to_quads"]
