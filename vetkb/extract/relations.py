"""How numbers of one text stand to each other: totals and parts, baselines, lists that share their words."""

from __future__ import annotations

import re
from itertools import pairwise

from vetkb.extract.candidates import BRACKET, LIST_JOINT, OF_WHICH, Candidate, clause_before
from vetkb.extract.indicator_words import distribute
from vetkb.zh.units import is_share, is_time

_MOST_PARTS = 30
_FAR = 60
_FROM = re.compile(r"(?:由|从(?![业事教严优]))[^，。；]{0,30}$")
_MOVED = re.compile(r"(?:由|从(?![业事教严优])|将)[^，。；]{0,30}$")
_RISES_TO = re.compile(
    r"^[^，。；、]{0,14}?(?:提高|提升|增加|扩大|放宽|增长|上升|下降|降低|减少|压缩|缩短|调整|延长|扩展|压减|上调|下调|调高|调低|精简|缩减|发展|[降升增减调提扩改])(?:到|至|为)[^，。；]{0,12}$"
)
_REPLACED = re.compile("[^，。；“”]{0,6}”(?:调整|修改|变更|改)为“")
_PAST = re.compile(r"(?:连续[^，]{0,6}|已(?:经)?(?:达|达到|建成|有|超过)?|比上年[^，]{0,6})$")
_PAST_FRAME = re.compile(r"(?:截至|截止)[^。；]{0,40}$|年以来[^。；]{0,50}$")


def link_parts(text: str, found: list[Candidate]) -> None:
    """Give a total the parts that are printed for it: in the bracket behind it, or after 其中; two at least."""
    for place, total in enumerate(found):
        bracket = BRACKET.match(text, total.phrase.end)
        if bracket is not None:
            inside = found[place + 1 : place + 1 + _MOST_PARTS]
            parts = [c for c in inside if bracket.start() < c.start and c.end <= bracket.end() and c.unit == total.unit]
        else:
            parts = _parts_after_of_which(text, found, place)
        if len(parts) >= 2:
            for part in parts:
                part.total = place


def _parts_after_of_which(text: str, found: list[Candidate], place: int) -> list[Candidate]:
    total, parts = found[place], []
    mark = OF_WHICH.search(text, total.end, min(len(text), total.end + 8))
    if mark is None or is_share(total.unit):
        return []
    at = mark.end()
    for c in found[place + 1 : place + 1 + _MOST_PARTS]:
        if (
            c.unit != total.unit
            or c.start - at > _FAR
            or re.search("[；。]", text[at : c.start])
            or (c.value or 0) > (total.value or total.maximum or 0)
        ):
            break
        parts.append(c)
        at = c.end
    return parts


def mark_baselines(text: str, found: list[Candidate]) -> None:
    """In 由A提高到B the first number is where things stand."""
    for first, second in pairwise(found):
        between = text[first.end : second.start]
        if _REPLACED.match(between) or (_RISES_TO.match(between) and _MOVED.search(clause_before(text, first.start))):
            first.role = "baseline"
    for c in found:
        if is_time(c.unit):
            continue  # 连续两年 is a length, whatever it speaks of
        if _PAST.search(re.sub("(?:保持在|稳定在|在)$", "", c.left)) or _PAST_FRAME.search(text, max(0, c.start - 60), c.start):
            c.role = "baseline"


def own_words(text: str, found: list[Candidate], place: int) -> tuple[str, str | None]:
    """Return the words before a number that are its own, and its share of a paired subject."""
    c = found[place]
    first = place
    while (
        first > 0
        and place - first < _MOST_PARTS
        and found[first].start - len(found[first].left) < found[first - 1].end
        and found[first - 1].start >= c.start - len(c.left)
    ):
        first -= 1
    rise = _FROM.search(c.undated)
    if rise is not None and rise.start() > 1 and c.role == "baseline":
        return c.undated[: rise.start()], None
    if (
        place > 0
        and found[place - 1].role == "baseline"
        and first < place
        and _RISES_TO.match(text[found[place - 1].end : c.start])
    ):
        return own_words(text, found, place - 1)
    if first == place:
        members = _paired(text, found, place)
        return c.undated, distribute(c.undated, members)[0] if members > 1 and "分别" in c.left else None
    between = text[found[place - 1].end : c.start]
    same = c.unit == found[place - 1].unit
    last = re.split("[、和及与“]|以及", between)[-1]
    own = last if same or not last else between.lstrip("的、和及与")
    if own.strip():
        return own, None
    head = found[first]
    members = _paired(text, found, first)
    if members > 1 and "分别" in head.left and place - first < members:
        return head.undated, distribute(head.undated, members)[place - first]
    return head.undated, None


def _paired(text: str, found: list[Candidate], first: int) -> int:
    """Count the numbers of a list that has nothing but joints between them."""
    last = first
    while (
        last + 1 < len(found)
        and last - first < _MOST_PARTS
        and LIST_JOINT.fullmatch(text, found[last].end, found[last + 1].start)
    ):
        last += 1
    return last - first + 1
