"""Source → Document: lines, zones, blocks, outline, metadata. Any text gives a Document.

    split_lines → label_lines, read_layout → make_blocks → build_outline, read_metadata

Offsets refer to the source as read; the leaves of the outline cover each character once.
"""

from __future__ import annotations

from vetkb.model import Document, SourceReference
from vetkb.parse.blocks import make_blocks
from vetkb.parse.layout import read_layout
from vetkb.parse.lines import split_lines
from vetkb.parse.metadata import read_metadata
from vetkb.parse.outline import build_outline
from vetkb.parse.zones import label_lines
from vetkb.text import Source

__all__ = ["parse"]


def parse(source: Source) -> Document:
    """Read a source into its outline; never refuses."""
    text = source.text
    lines = split_lines(text)
    blocks = make_blocks(label_lines(lines), read_layout(lines))
    outline = build_outline(text, blocks)
    own = read_metadata(text, blocks)
    return Document(
        source=SourceReference(source.name, source.sha256, len(text)),
        identifier=own.identifier,
        title=own.title,
        genre=own.genre,
        issuers=own.issuers,
        issued=own.issued,
        printed=own.printed,
        addressees=own.addressees,
        copied_to=own.copied_to,
        sponsor=own.sponsor,
        outline=tuple(outline.leaves),
        items=tuple(outline.items),
        sentences=tuple(outline.sentences),
        tables=tuple(outline.tables),
    )
