"""Words that give roles → lists of units, each with its role: A牵头，B、C参与   牵头单位：A，配合单位：B   A会同B负责.

Read on text in one form (full-width punctuation as ASCII, same length); offsets are those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vetkb.model import Role

# Words that give a unit its role, in the order in which they are tried.
ROLE_WORDS: tuple[tuple[str, Role], ...] = (
    ("牵头", "lead"),
    ("主办", "lead"),
    ("配合", "support"),
    ("参与", "support"),
    ("参加", "support"),
    ("协助", "support"),
    ("协办", "support"),
    ("协同", "support"),
    ("支持", "support"),
    ("指导", "guide"),
    ("主责", "responsible"),
    ("负责", "responsible"),
    ("责任", "responsible"),
    ("承办", "responsible"),
    ("落实", "responsible"),
    ("实施", "responsible"),
    ("推进", "responsible"),
    ("办理", "responsible"),
)
_WORDS = [word for word, _ in ROLE_WORDS]
_ROLE = "|".join(_WORDS)
_PLAIN_ROLE = "|".join(word for word in _WORDS if word not in ("责任", "落实", "实施", "推进", "办理", "支持"))
_UNITS = r"(?:单位|部门|处室|主体|机构|科室|地区)"

# 牵头单位：  责任部门及配合单位：  牵头：  责任单位 A (no colon)
LABEL = re.compile(
    rf"(?:(?:主要|具体|共同|其他|相关)?(?P<word>{_ROLE}|主管|完成|分工)(?:{_UNITS}(?:[和及、](?:{_ROLE}){_UNITS}?)?:?|:))\s*"
)
_COLON_LABEL = re.compile(rf"(?P<word>{_ROLE}|主管|完成|分工)(?:{_UNITS}(?:[和及、](?:{_ROLE}){_UNITS}?)?)?:")
_OTHER_LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}:")
_BEFORE_LABEL = frozenset(" \u3000,;。\t([〔【")
_SHARE = r"(?:按照?|依据?|根据|结合)(?:各自)?(?:职责|职能|任务|权限)(?:和任务)?(?:分工|范围|权限)?内?"
_AS_UNIT = re.compile(rf"(?:列|作)?为(?P<word>牵头|责任|主责|配合|负责){_UNITS}$")
# What says of a list, at its end, what its units do: 按职责分工负责, 牵头组织实施, 等参与.
_SUFFIX = re.compile(
    rf"(?:,?{_SHARE}|分别|共同|具体|联合|分工|组织|统筹|抓好|做好)*"
    rf"(?P<words>(?:(?:{_ROLE})(?:组织|协调|抓总|到位|开展|完成|统筹|监督|督促|分工|工作|具体|并|和|、)*)+)$"
)
_INSIDE = re.compile(rf"(?:{_SHARE}|分别|共同|具体|联合)*(?P<words>{_PLAIN_ROLE})(?!单位|部门|人|制)")
_SUFFIX_REACH = 40
_JOIN = re.compile(r"(?:牵头)?,?(?:并)?会同")
_TIME = re.compile(r"持续|长期|常态|每[年月季]|\d+年|\d+月|底前|年内|按(?:季度|年度|月)|完成时[限间]|立即|近期")
_OWN_ROLE = re.compile(r"[(\[〔【](?P<word>牵头|主办|配合|协办)(?:单位|部门)?[)\]〕】]")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of units and the role the words give it: [start, end) in the text."""

    start: int
    end: int
    role: Role


def role_lists(text: str, start: int, end: int) -> list[Listed]:
    """Cut [start, end) into lists of units, each with the role that its own words give it; empty where no word gives one.

    >>> [(text[l.start:l.end], l.role) for text in ["财政部牵头,教育部等参与"] for l in role_lists(text, 0, len(text))]
    [('财政部', 'lead'), ('教育部等', 'support')]
    """
    if own := _OWN_ROLE.search(text, start, end):
        inner = _OWN_ROLE.sub(lambda found: "\0" * len(found.group()), text[start:end])
        text = text[:start] + inner + text[end:]
    labels = list(_labels(text, start, end))
    if not any(role for _, _, role in labels):
        return list(_by_suffix(text, start, end)) or ([Listed(start, end, "responsible")] if own else [])
    lists = list(_by_suffix(text, start, labels[0][0]))
    for place, (_, left, role) in enumerate(labels):
        right = labels[place + 1][0] if place + 1 < len(labels) else end
        if role is not None:
            stop = text.find("。", left, right)
            lists.append(Listed(left, right if stop < 0 else stop, role))
    return lists


def _labels(text: str, start: int, end: int) -> Iterator[tuple[int, int, Role | None]]:
    """Yield where labels begin and end at depth 0, with the role they give (none: 完成时限：)."""
    depth, at = 0, start
    while at < end:
        char = text[at]
        depth += (char == "(") - (char == ")")
        if depth == 0 and char != ")" and (at == start or text[at - 1] in _BEFORE_LABEL):
            found = (LABEL if at == start or text[at - 1] in ",;。" else _COLON_LABEL).match(text, at, end)
            other = None if found else _OTHER_LABEL.match(text, at, end)
            if found or other:
                after = found.end() if found else other.end() if other else at
                yield at, after, role_of(found["word"]) if found else None
                at = max(at + 1, after - 1)
        at += 1


def _by_suffix(text: str, start: int, end: int) -> Iterator[Listed]:
    held: int | None = None  # start of a list whose role word is still to come
    for left, right in chunks(text, start, end):
        if _TIME.match(text, left, right):
            continue  # 持续推进, 2021年底前完成
        stop = right
        while stop > left and text[stop - 1] in " 。":
            stop -= 1
        unit = _AS_UNIT.search(text, max(left, stop - 10), stop)
        suffix = unit or _SUFFIX.search(text, max(left, stop - _SUFFIX_REACH), stop) or _INSIDE.search(text, left, stop)
        if suffix and suffix.start() >= left:
            first = left if held is None else held
            words = suffix["word"] if unit else suffix["words"]
            if suffix.start() > first:
                yield from joined(text, first, suffix.start(), "lead" if "牵头" in words else role_of(words))
            held = None
        elif held is None and not _TIME.search(text, left, stop):
            held = left


def joined(text: str, start: int, end: int, role: Role) -> Iterator[Listed]:
    """A会同B: the first leads, the second supports."""
    join = _JOIN.search(text, start, end)
    if join and join.start() > start and join.end() < end:
        yield Listed(start, join.start(), "lead")
        yield Listed(join.end(), end, "support")
    elif end > start:
        yield Listed(start, end, role)


def chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of [start, end) between commas, semicolons and stops outside brackets."""
    depth, at = 0, start
    for place in range(start, end):
        char = text[place]
        depth += (char == "(") - (char == ")")
        if depth == 0 and char in ",;。":
            if place > at:
                yield at, place
            at = place + 1
    if end > at:
        yield at, end


def role_of(words: str) -> Role:
    """Return the role that the first of the known words gives."""
    for word, role in ROLE_WORDS:
        if words.startswith(word):
            return role
    return "responsible"


def own_role(text: str, start: int, end: int) -> tuple[int, Role | None]:
    """市教育局（牵头）: return where the unit's name ends and the role the bracket behind it gives."""
    found = _OWN_ROLE.search(text, start, end)
    if found and found.end() == end and found.start() > start:
        return found.start(), role_of(found["word"])
    return end, None
