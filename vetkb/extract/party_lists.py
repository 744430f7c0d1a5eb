"""A printed list of units → its units: 市教育局、市财政局和各县(市、区)政府 is three, and closed.

Separators are 、，；and 和 及 以及 与 between units, never inside brackets, inside a name (工业和信息化部) or between
the levels of government that one word closes (各市、州、县人民政府; 省、市、县教育部门). Whether 和 stands inside a name is
known from the names of the lexicon; a name that the lexicon lacks is kept whole as long as what stands before 和 does
not end like a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vetkb.gazetteer import NameMatcher

# Full-width forms and their ASCII twins are one for matching; one character each, so offsets stay.
WIDTH = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {0x3000: 0x20}
    | {ord(a): ord(b) for a, b in zip("〔〕【】", "()()", strict=True)}
)
_HARD = "、,;/\t\n\r"
_JOINTS = ("以及", "和", "及", "与", "并")
# A name that ends so is a unit of its own: 和 behind it joins two units.
_UNIT_END = re.compile(
    r"(?:[部委局办厅署院室会行社府处所站队校馆台团组区县市省州盟旗镇乡联协关)等]|中心|中央|部门|单位|机构|公司|集团|各地|地方|街道|企业|学校|医院|平台|基地)$"
)
_LABEL = re.compile(
    r"\(?(?:牵头|责任|负责|配合|参与|参加|指导|主管|协办|协同|协助|主办|主要|完成|实施)+(?:部门|单位|机构)?(?:及[^:]{0,8})?:"
)
_ROLE = r"(?:共同|分别|具体|组织|牵头|会同|配合|参与|参加|负责|落实|实施|指导|承担|责任|推进|完成|办理|协助|执行|抓好|做好)"
_SHARE = r"(?:按照?|依据?|根据|结合)(?:各自)?(?:职责|职能|任务)(?:和任务)?(?:分工|范围|权限)?内?"
_TAIL = re.compile(rf"(?:,?{_SHARE})?{_ROLE}*$")
_OPEN_TAIL = re.compile(
    r"(?:等(?:(?:[\u4e00-\u9fff]{2,8}(?:领域|行业|方面|系统))?(?:国务院|国家|中央|[省市县区州盟旗](?:政府|级|直)?)?(?:各?有关|各?相关|其他|多个|[一二三四五六七八九十\d]+个)*(?:职能|成员|责任|主管|监管|行业|业务|综合)*"
    r"(?:部门|单位|委办局|方面|机构|地方|地区)?(?:[和与及、](?:有关|相关)?(?:部门|单位|地方|地区|机构|方面|企业))?))$"
)
_CLOSED_TAIL = re.compile(r"[^等各级有相关属直他](?P<word>部门)$")
_OPEN_UNIT = re.compile(r"有关|相关|成员单位|其他")
_LOCALITIES = re.compile(r"^(各地区?|各地方|各[^各]{1,14}?)(?=各(?!自|有特色|个))|^(各地区?|各地方)(?=有关|相关)")
_ASIDE = re.compile(r"\([^()]*\)")
_NOTE = re.compile(r"[:=]|为牵头|下同|第一位|首位|适用|不再|以下|均为|除外|^[^\u3400-\u9fff]*$")
_PLAIN_JOINTS = (
    *("部门和单位", "单位和部门", "部门及单位", "部门与单位", "部门和地区", "地区和部门", "地方和部门", "部门和地方"),
    *("部门和机构", "党委和政府", "单位和个人"),
)


# 省、市、县 are no units of their own: the next word is theirs too. 各市、各区 are, unless levels go on behind them.
_LEVEL = (
    r"(?:(?:省辖|省直管|县级|地级|设区的?|市辖|自治|计划单列)?(?:自治区|直辖市|省会城市|计划单列城市|特区|林区|街道|地区|街镇|[省市县区州盟旗乡镇])"
    r"(?:\([^()]{1,12}\))?)"
)
_LEVELS = rf"{_LEVEL}+(?:(?:、|以及|及|和|与){_LEVEL}+)*"
_ALL_LEVELS = re.compile(rf"(?:各有关|各相关|有关|相关|各){_LEVELS}$|{_LEVELS}$")
_ONE_LEVEL = re.compile(r"[省市县区州盟旗乡镇](?:[、和及与][省市县区州盟旗乡镇])*$")
_LEVELS_GO_ON = re.compile(
    rf"{_LEVEL}+(?:(?:两级|三级|级)?(?:各级)?(?:人民政府|政府|党委|党政|管委会|办事处|行政公署)|级|(?=[、,;。)和及与]|$))"
)
_LEVELS_REACH = 30


_TAIL_REACH = 40  # no tail is longer; a hostile one costs no more than this


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """列举单位 — Where one unit stands in a list; `sector`: in a run closed by 等部门, where 教育 names 教育局."""

    start: int
    end: int
    sector: bool = False


@dataclass(frozen=True, slots=True)
class PartyList:
    """单位列表 — The units of a list and whether it is open (等, 相关部门, 成员单位)."""

    units: tuple[ListedUnit, ...]
    open: bool

    @property
    def names(self) -> tuple[tuple[int, int], ...]:
        """Where the units stand, in order."""
        return tuple((unit.start, unit.end) for unit in self.units)

    @property
    def sectors(self) -> bool:
        """Whether sector words may stand for units in it."""
        return any(unit.sector for unit in self.units)


class ListSplitter:
    """Splits lists, never inside one of `names`; `words` are sector words, units in lists that end in 部门."""

    def __init__(self, names: Iterable[str] = (), words: Iterable[str] = ()) -> None:
        whole = {plain(name) for name in names} | set(_PLAIN_JOINTS)
        self._names = NameMatcher(sorted(name for name in whole if any(s in name for s in (*_HARD, *_JOINTS))))
        self._words = frozenset(words)

    def split(self, text: str) -> PartyList:
        """Return the units of a list, without what is said about them (等, 按职责分工负责)."""
        line = plain(text)
        start, end = _content(line)
        pieces = list(self._pieces(line, start, end))
        units: list[ListedUnit] = []
        run: list[tuple[int, int]] = []
        is_open = False
        for left, right in pieces:
            left, right = _trim(line, left, right, self._words)
            label = _LABEL.match(line[left : left + _TAIL_REACH])
            left += label.end() if label and left + label.end() <= right else 0
            piece = line[left:right]
            if not piece or _NOTE.search(_ASIDE.sub("", piece)):
                continue
            tail = _OPEN_TAIL.search(piece[-_TAIL_REACH:])
            closing = _CLOSED_TAIL.search(piece[-_TAIL_REACH:])
            if tail:
                is_open = True
                left, right = _trim(line, left, right - len(tail.group()), self._words)
            if right > left:
                is_open = is_open or bool(_OPEN_UNIT.search(line[left:right]))
                run += _localities(line, left, right)
            if tail or closing:
                sector = tail is None or "部门" in tail[0] or "单位" in tail[0] or "委办局" in tail[0]
                units += [ListedUnit(a, b, sector) for a, b in run]
                run = []
        units += [ListedUnit(a, b) for a, b in run]
        return PartyList(tuple(units), is_open)

    def _pieces(self, line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        kept = bytearray(len(line) + 1)
        for _, a, b in self._names.find(line):
            kept[a:b] = b"\x01" * (b - a)
        depth, left, at = 0, start, start
        while at < end:
            char = line[at]
            if char in "()":
                depth += 1 if char == "(" else -1 if depth else 0
                at += 1
                continue
            width = 0 if depth or kept[at] else self._separator(line, left, at, end)
            if width and not _joins_levels(line, left, at, at + width, end):
                yield left, at
                left = at + width
            at += width or 1
        yield left, end

    def _separator(self, line: str, left: int, at: int, end: int) -> int:
        if line[at] in _HARD:
            return 1
        if line[at] == " ":
            return int(line[at + 1 : at + 2] not in ("", " ", "(") and bool(_UNIT_END.search(line[max(left, at - 24) : at])))
        for joint in _JOINTS:
            if line.startswith(joint, at) and left < at < end - len(joint):
                before = line[max(left, at - 24) : at].strip()
                if _UNIT_END.search(before) or before in self._words:
                    return len(joint)
        return 0


def plain(text: str) -> str:
    """Return the text with full-width forms as ASCII, of the same length."""
    return text.translate(WIDTH)


def _content(line: str) -> tuple[int, int]:
    """Cut enclosing brackets, a label in front (牵头部门：) and whatever follows the first sentence end."""
    start, end = 0, len(line)
    while start < end and line[start] in " \t\n\r":
        start += 1
    while start < end and line[end - 1] in " \t\n\r。;,":
        end -= 1
    if end - start > 1 and line[start] == "(" and _closing(line, start, end) == end - 1:
        start, end = start + 1, end - 1
    label = _LABEL.match(line[start:end])
    start += label.end() if label else 0
    stop = line.find("。", start, end)
    return start, end if stop < 0 else stop


def _closing(line: str, start: int, end: int) -> int:
    depth = 0
    for at in range(start, end):
        depth += (line[at] == "(") - (line[at] == ")")
        if depth == 0:
            return at
    return -1


def _joins_levels(line: str, left: int, at: int, after: int, end: int) -> bool:
    """Whether a separator stands between levels of government that belong to one unit: 各市、|州、|县人民政府."""
    while left < at and line[left] in " \t\n\r":
        left += 1
    if at - left > _LEVELS_REACH or not _ALL_LEVELS.match(line[left:at]):
        return False
    if _ONE_LEVEL.match(line[left:at]):
        return line[at] in "、和及与" and after < end
    return _LEVELS_GO_ON.match(line[after : min(end, after + _LEVELS_REACH)]) is not None


def _trim(line: str, left: int, right: int, words: frozenset[str]) -> tuple[int, int]:
    """Cut spaces and the words for what the units do (按职责分工负责), unless they are a sector's (组织、人事等部门)."""
    while left < right and line[left] in " \t\n\r。;,:":
        left += 1
    while left < right and line[right - 1] in " \t\n\r。;,:":
        right -= 1
    if line[left:right] in words:
        return left, right
    shorter = _TAIL.search(line[max(left, right - _TAIL_REACH) : right])
    return left, right - len(shorter.group()) if shorter else right


def _localities(line: str, left: int, right: int) -> list[tuple[int, int]]:
    """各地各有关部门 are two: the localities, and the departments."""
    found = _LOCALITIES.match(line[left:right])
    if found is None:
        return [(left, right)]
    return [(left, left + len(found.group().rstrip("、,"))), (left + found.end(), right)]
