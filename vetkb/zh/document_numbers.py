"""发文字号 → its three parts: code of the issuing body, year, serial number.

GB/T 9704-2012 7.2.5: 机关代字、年份、发文顺序号, the year in 〔〕, no 第 and no leading zero. Printed documents use every kind
of bracket instead; `normalise` gives the standard form. Orders (国务院令第722号) have no year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetkb.zh.numerals import DIGITS, half_width

_OPEN, _CLOSE = "〔\\[［【(（﹝〈『「", "〕\\]］】)）﹞〉』」"
_YEAR_AND_SERIAL = re.compile(
    rf"[{_OPEN}]\s?(?P<year>(?:19|20|１９|２０)[{DIGITS}]{{2}})年?\s?[{_CLOSE}]\s?(?:第\s?)?(?P<number>[{DIGITS}]{{1,5}})\s?号"
)
_ORDER = re.compile(
    rf"(?:中华人民共和国)?(?:主席|国务院|[\u4e00-\u9fa5]{{2,14}}?(?:部|委员会|总局|政府|署|局))令第\s?(?P<number>[{DIGITS}]{{1,5}})\s?号"
)
_CODE = re.compile(r"[\u4e00-\u9fa5]{1,12}(?:[（(][\u4e00-\u9fa5]{1,4}[)）])?[\u4e00-\u9fa5]{0,4}$")
# Words of running text that can stand right before the code; 机关代字 never begin with them.
_NOT_CODE = re.compile(
    r".*(?:按照|根据|依据|依照|参照|遵照|贯彻|落实|执行|印发|转发|以及|废止|修订|文件|通知|意见|办法|(?<=[\u4e00-\u9fa5])[的和与及以按据见即为])"
    r"(?=[\u4e00-\u9fa5]{2,})"
)
# 《…》和豫政〔2020〕12号: behind another document 和 joins; elsewhere a code may begin with it (和政办).
_LEADING_WORD = re.compile("^[和与及按据将经见](?=[\u4e00-\u9fa5]{2,})")
_LIST_BEFORE, _NEVER_FIRST = "》）)号、", "按据及与将经见"


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """发文字号 — Code, year and serial number; `str()` is the standard form."""

    code: str
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.number}号"


def parse_document_number(text: str) -> DocumentNumber | None:
    """Read one whole document number, whatever brackets it is printed with.

    >>> str(parse_document_number("安政办[2018]2号")), str(parse_document_number("沪府办规（２０２５）第15号"))
    ('安政办〔2018〕2号', '沪府办规〔2025〕15号')
    >>> parse_document_number("第2号") is None
    True
    """
    found = find_document_numbers(text.strip())
    return found[0][2] if found and found[0][:2] == (0, len(text.strip())) else None


def normalise_document_number(text: str) -> str:
    """Return the standard form of a document number, or the text itself without spaces where it is none.

    >>> normalise_document_number("国办发［2018］118 号")
    '国办发〔2018〕118号'
    """
    number = parse_document_number(text)
    return str(number) if number is not None else re.sub(r"\s", "", text)


def find_document_numbers(text: str) -> tuple[tuple[int, int, DocumentNumber], ...]:
    """Return (start, end, number) of every document number in a text.

    >>> [(s, e, str(n)) for s, e, n in find_document_numbers("按照国办发〔2018〕118号文件和教职成(2019)6号执行")]
    [(2, 15, '国办发〔2018〕118号'), (18, 29, '教职成〔2019〕6号')]
    """
    found: list[tuple[int, int, DocumentNumber]] = []
    floor = 0
    for match in _YEAR_AND_SERIAL.finditer(text):
        start = max(floor, match.start() - 20)
        code = _CODE.search(text[start : match.start()].rstrip())
        floor = match.end()
        if code is None:
            continue
        words = _NOT_CODE.sub("", code.group())
        first = start + code.start()
        behind_another = first > 0 and (code.start() == 0 or text[first - 1] in _LIST_BEFORE)
        if behind_another or words[:1] in _NEVER_FIRST:
            words = _LEADING_WORD.sub("", words)
        if words:
            at = start + code.end() - len(words)
            number = DocumentNumber(words, int(half_width(match["year"])), int(half_width(match["number"])))
            found.append((at, match.end(), number))
    return tuple(found)


def find_orders(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return (start, end, text) of orders, which are numbered without a year.

    >>> find_orders("依照国务院令第722号公布的条例")
    ((2, 11, '国务院令第722号'),)
    """
    return tuple((m.start(), m.end(), m.group()) for m in _ORDER.finditer(text)) if "令第" in text else ()
