"""RDF/XML: what would grow when expanded, and what was cut off, is refused before the parser sees it.

The parser expands nested entities without bound. Plain ones, by which editors shorten IRIs, are no danger and pass. And it
takes a document that ends before its elements do for a whole one, so that half a report would be checked as all of it.
"""

from __future__ import annotations

import re

from vetkb.errors import ReportError

_ENTITY = re.compile(rb"""<!ENTITY\s{1,20}([A-Za-z_][A-Za-z0-9._-]{0,60})\s{1,20}(["'])([^"'<%]{0,2000})\2""")
_MOST_ENTITIES = 100
_MOST_GROWTH = 32 << 20
# of expat: no element found (more), unclosed token, unclosed CDATA section
_ENDS_EARLY = (3, 5, 20)


def check_entities(data: bytes) -> None:
    """Raise ReportError for XML whose entities stand within entities, are external, or grow too large."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:1000]:
        raise ReportError("RDF/XML that is not UTF-8 is refused")
    entities = _ENTITY.findall(data)
    if len(entities) != data.count(b"<!ENTITY") or any(b"&" in value for _, _, value in entities):
        raise ReportError("the XML declares entities within entities, or external ones, and is refused")
    grown = sum(len(value) * data.count(b"&" + name + b";") for name, _, value in entities[:_MOST_ENTITIES])
    if len(entities) > _MOST_ENTITIES or grown > _MOST_GROWTH:
        raise ReportError("the XML declares entities that grow too large and is refused")


def check_whole(data: bytes) -> None:
    """Raise ReportError for XML that ends before its elements do."""
    from xml.parsers import expat

    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError as error:
        if error.code in _ENDS_EARLY:
            raise ReportError(f"the XML ends in line {error.lineno} before its elements do: it was cut off") from None
