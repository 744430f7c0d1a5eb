"""Names for things: paths, document numbers and keys → IRIs. Pure; the same text always gets the same names.

Documents follow ELI (`eli/cn/{division}/{机关代字}/{year}/{number}`), their parts the Akoma Ntoso naming
convention (`sec_5__para_2`, `att_1__row_15`). A path becomes a fragment one to one: `path_of(fragment_of(p)) == p`
for every string, so that a name can be read back by eye and by program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes

from vetkb.engine import Iri
from vetkb.graph.terms import BASE
from vetkb.model import Citation, Document, Lexicon, Stated
from vetkb.zh.document_numbers import parse_document_number
from vetkb.zh.numerals import parse_chinese

NATION = "000000"

_DIGITS = "〇一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_ANNEX = "附件"
_NUMBER = r"[1-9]\d{0,5}"
# level name, what stands before and after the number, and whether the number is written in Chinese
_LEVELS: tuple[tuple[str, str, str, bool], ...] = (
    ("part", "第", "编", True),
    ("chp", "第", "章", True),
    ("subchp", "第", "节", True),
    ("art", "第", "条", True),
    ("sec", "", "", True),
    ("subsec", "（", "）", True),
    ("para", "", "", False),
    ("point", "（", "）", False),
    ("subpoint", "", "）", False),
    ("row", "row ", "", False),
)
_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)}
_LONGEST_SEGMENT = 240


# --- fragments ---------------------------------------------------------------------------------------


def in_annex(path: object) -> bool:
    """Say whether a path leads into an annex: 附件/row 3.

    >>> in_annex("附件/row 3"), in_annex("三/（一）")
    (True, False)
    """
    return str(path).startswith(_ANNEX)


def chinese_numeral(number: int) -> str:
    """Return the usual written form of 1 … 9999.

    >>> [chinese_numeral(n) for n in (5, 10, 12, 20, 101, 110, 115)]
    ['五', '十', '十二', '二十', '一百零一', '一百一十', '一百一十五']
    """
    text, zero = "", False
    for size, name in _UNITS:
        digit = number // size % 10
        if digit:
            text += ("零" if zero else "") + _DIGITS[digit] + name
        zero = bool(text) and not digit
    if number % 10:
        text += ("零" if zero else "") + _DIGITS[number % 10]
    return text.removeprefix("一") if text.startswith("一十") else text


def _canonical(numeral: str) -> int | None:
    number = parse_chinese(numeral)
    return number if number and number < 10000 and chinese_numeral(number) == numeral else None


@lru_cache(maxsize=4096)
def _segment_name(segment: str) -> str:
    if segment == _ANNEX:
        return "att_1"
    if segment.startswith(_ANNEX) and re.fullmatch(_NUMBER, segment[len(_ANNEX) :], re.ASCII):
        number = segment[len(_ANNEX) :]
        # 附件 and 附件1 are two paths; the plain one, usual by far, has the plain name.
        return "att_01" if number == "1" else f"att_{number}"
    if segment in _CIRCLED:
        return f"indent_{_CIRCLED[segment]}"
    for level, before, after, chinese in _LEVELS:
        if len(segment) <= len(before) + len(after) or not (segment.startswith(before) and segment.endswith(after)):
            continue
        number = segment[len(before) : len(segment) - len(after)]
        if chinese and _canonical(number):
            return f"{level}_{_canonical(number)}"
        if not chinese and re.fullmatch(_NUMBER, number, re.ASCII):
            return f"{level}_{number}"
    return f"x_{encode(segment)}" if segment else "x"


def _segment_of(name: str) -> str:
    level, _, number = name.partition("_")
    if level == "x":
        return unquote_to_bytes(number).decode("utf-8", "surrogatepass")
    if level == "att":
        return _ANNEX + {"1": "", "01": "1"}.get(number, number)
    if level == "indent":
        return chr(0x2460 + int(number) - 1)
    for candidate, before, after, chinese in _LEVELS:
        if candidate == level:
            return before + (chinese_numeral(int(number)) if chinese else number) + after
    raise ValueError(f"not a fragment made of a path: {name!r}")


def fragment_of(path: str) -> str:
    """Return the fragment that names a path of the outline.

    >>> [fragment_of(p) for p in ("五/2", "附件/row 15", "一/（二）/3", "附件/第二章/第五条", "附件1", "五/2bis")]
    ['sec_5__para_2', 'att_1__row_15', 'sec_1__subsec_2__para_3', 'att_1__chp_2__art_5', 'att_01', 'sec_5__x_2bis']
    """
    return "__".join(_segment_name(segment) for segment in path.split("/"))


def path_of(fragment: str) -> str:
    """Return the path that `fragment_of` made a fragment of."""
    return "/".join(_segment_of(name) for name in fragment.split("__"))


def encode(text: str) -> str:
    """Percent-encode everything but ASCII letters, digits, and `-.~`."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="").replace("_", "%5F")


def bounded(text: str) -> str:
    encoded = encode(text)
    return encoded if len(encoded) <= _LONGEST_SEGMENT else f"sha256-{_digest(text, 32)}"


def _digest(text: str, length: int = 8) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


# --- documents ---------------------------------------------------------------------------------------


def slug_of(code: str, prefixes: Mapping[str, tuple[str, str | None]]) -> str:
    """Return the slug of a 机关代字: from data, else its pinyin (or its own characters where there is none)."""
    if code in prefixes:
        return prefixes[code][0]
    from vetkb.gazetteer import pinyin

    slug = pinyin(code)
    return slug if re.fullmatch(r"[a-z0-9]+", slug) else bounded(code)


def document_iri(document: Document, division: str | None, lexicon: Lexicon, base: str = BASE) -> Iri:
    """Return the IRI of a document issued in `division` (none: that of the nation, 000000)."""
    title = document.title.value if document.title else document.source.sha256
    identifier = document.identifier.value if document.identifier else None
    day = document.issued or document.printed
    return _numbered_iri(base, division, identifier, title, day, lexicon)


def cited_iri(citation: Citation, division: str | None, lexicon: Lexicon, base: str = BASE) -> Iri:
    """Return the IRI of a cited document, issued in `division`."""
    title = citation.title or citation.identifier or citation.evidence.text
    return _numbered_iri(base, division, citation.identifier, title, None, lexicon)


def _numbered_iri(
    base: str, division: str | None, identifier: str | None, title: str, day: Stated[date] | None, lexicon: Lexicon
) -> Iri:
    number = parse_document_number(identifier) if identifier else None
    place = encode(division or NATION)
    if number:
        return Iri(f"{base}eli/cn/{place}/{slug_of(number.code, lexicon.document_prefixes)}/{number.year}/{number.number}")
    return Iri(f"{base}eli/cn/{place}/{day.value.isoformat() if day else 'undated'}/{_digest(title)}")


def graph_of(document: Iri) -> Iri:
    """Return the named graph of a document."""
    return Iri(f"{document}/graph")


# --- things of the lexicon ---------------------------------------------------------------------------


def organ(key: str) -> Iri:
    return Iri(f"{BASE}id/organ/{encode(key)}")


def division(code: str) -> Iri:
    return Iri(f"{BASE}id/division/{encode(code)}")


def group_kind(key: str) -> Iri:
    return Iri(f"{BASE}id/groupKind/{encode(key)}")


def agency(division_code: str, organ_key: str) -> Iri:
    return Iri(f"{BASE}id/agency/{encode(division_code)}/{encode(organ_key)}")


def sector(division_code: str, organ_key: str) -> Iri:
    return Iri(f"{BASE}id/sector/{encode(division_code)}/{encode(organ_key)}")


def group(division_code: str, group_key: str) -> Iri:
    return Iri(f"{BASE}id/group/{encode(division_code)}/{encode(group_key)}")


def indicator(key: str) -> Iri:
    return Iri(f"{BASE}id/indicator/{encode(key)}")


def extraction_rule(name: str) -> Iri:
    return Iri(f"{BASE}rule/extract/{bounded(name)}")


def unresolved_party(document: Iri, surface: str) -> Iri:
    return Iri(f"{document}/party/{bounded(surface)}")


def document_term(document: Iri, words: str) -> Iri:
    """Return the node of words that no directory knows."""
    return Iri(f"{document}/term/{bounded(words)}")


def document_indicator(document: Iri, label: str, scope: str | None, unit: str | None) -> Iri:
    return Iri(f"{document}/indicator/{indicator_code(label, scope, unit)}")


def indicator_code(label: str, scope: str | None, unit: str | None) -> str:
    """Return the code of an indicator that only its document knows."""
    return _digest("\n".join((label, scope or "", unit or "")))


def key_of(iri: str) -> str:
    """Return the key at the end of an IRI made here."""
    return unquote_to_bytes(iri.rpartition("/")[2]).decode("utf-8", "surrogatepass")
