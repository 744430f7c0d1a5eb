"""Lines → what a printer adds to a text: running heads, and tables of contents.

A running head stands again and again at page numbers. A table of contents begins with 目录 and ends where its first
entry is printed again.
"""

from __future__ import annotations

import re

from vetkb.parse.lines import Line
from vetkb.zh.marks import read_mark

_WORD = re.compile(r"目\s{0,8}[录次]$")
_LEADERS = re.compile(r"[\s\u3000.．…·—\-]*\d{0,4}$")  # the dots and the page number behind an entry
_SPACES = re.compile(r"[\s\u3000]+")
_HEAD_RUNS = 2  # how often a line must stand at page breaks to be a running head
_ENDS = "。！？；：，、!?;:,"
_LONGEST = 400  # lines
_LONGEST_ENTRY = 60


def find_running_heads(lines: list[Line]) -> frozenset[int]:
    """Return the places of the lines that stand again and again at page numbers: running heads."""
    near: dict[str, list[int]] = {}
    printed = [place for place, line in enumerate(lines) if line.text]
    for before, place, after in zip([-1, *printed], printed, [*printed[1:], -1], strict=False):
        at_page = (before >= 0 and lines[before].is_page_number) or (after >= 0 and lines[after].is_page_number)
        text = lines[place].text
        if at_page and 4 <= len(text) <= 40 and "\t" not in text and text[-1] not in _ENDS and not read_mark(text):
            near.setdefault(text, []).append(place)
    return frozenset(place for places in near.values() if len(places) >= _HEAD_RUNS for place in places)


def find_contents(lines: list[Line]) -> frozenset[int]:
    """Return the places of the lines of tables of contents, their titles included."""
    found: set[int] = set()
    for place, line in enumerate(lines):
        if place not in found and len(line.text) <= 10 and _WORD.match(line.text):
            found.update(range(place, _end(lines, place)))
    return frozenset(found)


def _end(lines: list[Line], place: int) -> int:
    """Return where the text begins whose contents are listed from `place` on; only the title where it is not found."""
    first = ""
    for at in range(place + 1, min(len(lines), place + _LONGEST)):
        entry = _entry(lines[at].text)
        if not entry:
            continue
        if len(lines[at].text) > _LONGEST_ENTRY or "。" in lines[at].text:
            break
        if not first:
            first = entry
        elif entry == first:
            return at
    return place + 1


def _entry(text: str) -> str:
    return _SPACES.sub("", _LEADERS.sub("", text)) if text else ""
