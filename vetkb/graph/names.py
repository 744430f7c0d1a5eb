"""Names for things: paths, document numbers and keys → IRIs. Pure; the same text always gets the same names.

Documents follow ELI (`eli/cn/{division}/{机关代字}/{year}/{number}`), their parts the Akoma Ntoso naming
convention (`sec_5__para_2`, `att_1__row_15`). A path becomes a fragment one to one: `path_of(fragment_of(p)) == p`
for every string, so that a name can be read back by eye and by program.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes

from vetkb.engine import Iri
from vetkb.graph.directory import NATION, Directory
from vetkb.graph.terms import BASE
from vetkb.model import Citation, Document, Stated

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
_DOCUMENT_NUMBER = re.compile(r"\s*([^\s〔\[（(【]{1,20})\s*[〔\[（(【]\s*(\d{4})\s*[〕\]）)】]\s*(?:第)?\s*(\d{1,6})\s*号\s*")
_ISSUER_IN_TITLE = re.compile(r"(.{2,40}?)(?:印发)?(?:关于|转发|批转)")
_LONGEST_SEGMENT = 240


# --- fragments ---------------------------------------------------------------------------------------


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


@lru_cache(maxsize=1)
def _chinese_numbers() -> dict[str, int]:
    return {chinese_numeral(n): n for n in range(1, 1000)}


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
        if chinese and number in _chinese_numbers():
            return f"{level}_{_chinese_numbers()[number]}"
        if not chinese and re.fullmatch(_NUMBER, number, re.ASCII):
            return f"{level}_{number}"
    return "x_" + encode(segment)


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


def _bounded(text: str) -> str:
    encoded = encode(text)
    return encoded if len(encoded) <= _LONGEST_SEGMENT else f"sha256-{_digest(text, 32)}"


def _digest(text: str, length: int = 8) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


# --- documents ---------------------------------------------------------------------------------------


def read_document_number(identifier: str) -> tuple[str, int, int] | None:
    """Split a 发文字号 into 机关代字, year and number.

    >>> read_document_number("国办发〔2018〕118号")
    ('国办发', 2018, 118)
    """
    found = _DOCUMENT_NUMBER.fullmatch(identifier)
    return (found[1], int(found[2]), int(found[3])) if found else None


def slug_of(prefix: str, directory: Directory) -> str:
    """Return the slug of a 机关代字: from data, else its pinyin (or its own characters where there is none)."""
    known = directory.document_prefixes.get(prefix)
    if known:
        return known[0]
    from vetkb.gazetteer import pinyin

    slug = pinyin(prefix)
    return slug if re.fullmatch(r"[a-z0-9]+", slug) else _bounded(prefix)


def division_of(document: Document, directory: Directory) -> str | None:
    """Return the division whose authority issued a document: by its issuers, its title, its 机关代字."""
    for stated in (*document.issuers, *((document.title,) if document.title else ())):
        code = directory.division_in(stated.value)
        if code:
            return code
    number = read_document_number(document.identifier.value) if document.identifier else None
    return directory.document_prefixes.get(number[0], ("", None))[1] if number else None


def document_name(document: Document, directory: Directory, base: str = BASE) -> Iri:
    """Return the IRI of a document."""
    division = division_of(document, directory) or NATION
    title = document.title.value if document.title else document.source.sha256
    identifier = document.identifier.value if document.identifier else None
    day = document.issued or document.printed
    return _document_iri(base, division, identifier, title, day, directory)


def cited_name(citation: Citation, division: str | None, directory: Directory, base: str = BASE) -> Iri:
    """Return the IRI of a cited document: its division by its title, its 机关代字, else that of the citing one."""
    number = read_document_number(citation.identifier) if citation.identifier else None
    known = directory.document_prefixes.get(number[0]) if number else None
    issuer = _ISSUER_IN_TITLE.match(citation.title or "")
    code = (issuer and directory.division_in(issuer[1])) or (known and known[1]) or division or NATION
    title = citation.title or citation.identifier or citation.evidence.text
    return _document_iri(base, code, citation.identifier, title, None, directory)


def _document_iri(
    base: str, division: str, identifier: str | None, title: str, day: Stated[date] | None, directory: Directory
) -> Iri:
    number = read_document_number(identifier) if identifier else None
    if number:
        prefix, year, running = number
        return Iri(f"{base}eli/cn/{division}/{slug_of(prefix, directory)}/{year}/{running}")
    return Iri(f"{base}eli/cn/{division}/{day.value.isoformat() if day else 'undated'}/{_digest(title)}")


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
    return Iri(f"{BASE}rule/extract/{_bounded(name)}")


def unresolved_party(document: Iri, surface: str) -> Iri:
    return Iri(f"{document}/party/{_bounded(surface)}")


def document_indicator(document: Iri, label: str, scope: str | None, unit: str | None) -> Iri:
    return Iri(f"{document}/indicator/{indicator_code(label, scope, unit)}")


def indicator_code(label: str, scope: str | None, unit: str | None) -> str:
    """Return the code of an indicator that only its document knows."""
    return _digest("\n".join((label, scope or "", unit or "")))


def key_of(iri: str) -> str:
    """Return the key at the end of an IRI made here."""
    return unquote_to_bytes(iri.rpartition("/")[2]).decode("utf-8", "surrogatepass")
