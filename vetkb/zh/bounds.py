"""比较词 — The words before and after a number that make it a floor, a ceiling, an estimate or an exact figure.

以上, 以下 include the number itself (民法典 第一千二百五十九条); 超过, 低于 do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

Comparator = Literal[">=", "<=", ">", "<", "=", "approx", "range"]


@dataclass(frozen=True, slots=True)
class Bound:
    """比较词 — Words with one meaning; `soft` words (达到) give way to any other. Examples are (phrase, comparator of it)."""

    name: str
    comparator: Comparator
    words: tuple[str, ...]
    examples: tuple[str, ...]
    soft: bool = False


BEFORE: tuple[Bound, ...] = (
    Bound(
        "at-least",
        ">=",
        (
            "不低于", "不少于", "不小于", "不短于", "不得低于", "不得少于", "不得小于", "不得短于", "不能低于", "不能少于",
            "应不低于", "应不少于", "不应低于", "不应少于", "不应小于", "不宜低于", "不宜少于", "不宜小于",
            "至少", "最少", "最低", "起码", "至少达到", "至少要达到", "最低达到", "年满", "满", "大于等于", "大于或等于",
            "达到或超过", "超过或达到", "等于或超过", "达到或高于", "不亚于",
        ),
        ("不低于12000元", "至少1所", "年满60岁"),
    ),
    Bound("reached", ">=", ("达到", "达", "力争达到", "要达到", "总体达到", "均达到"), ("达到3.6万人",), soft=True),
    Bound("more-than", ">", ("超过", "突破", "高于", "大于", "多于", "超出", "超", "逾", "过"), ("超过100人", "突破1500亿元")),
    Bound(
        "at-most",
        "<=",
        (
            "未超过", "没有超过",
            "不超过", "不得超过", "不能超过", "不应超过", "应不超过", "不超出", "不高于", "不得高于", "不大于", "不多于",
            "不得多于", "不突破", "不得突破", "不能突破", "不得超出", "不应超出",
            "不得大于", "不应大于", "不能高于", "不应高于", "不宜超过",
            "不宜大于", "不宜高于", "不得超", "不超", "最高", "最多", "最长",
            "最大", "至多",
            "最高不超过", "最多不超过", "最长不超过", "最高不得超过", "最长不得超过", "累计不超过", "累计最高", "上限为",
            "上限", "小于等于", "小于或等于", "控制在", "压减到", "只",
            "仅", "只能", "限",
        ),
        ("最高不超过15万元", "控制在20%", "最高3000万元"),
    ),
    Bound("less-than", "<", ("低于", "少于", "小于", "短于", "不足", "不到", "未满", "不满", "未达到", "未达"), ("不足5人",)),
    Bound("about", "approx", ("约", "大约", "近", "接近", "大概", "约为"), ("约300家",)),
)  # fmt: skip

AFTER: tuple[Bound, ...] = (
    Bound(
        "or-more",
        ">=",
        ("以上", "及以上", "或以上", "（含）以上", "(含)以上", "以上（含）", "或者以上"),
        ("70%以上", "一位及以上"),
    ),
    Bound(
        "or-less",
        "<=",
        (
            "以下",
            "及以下",
            "或以下",
            "以内",
            "之内",
            "（含）以下",
            "限额内",
            "限额以内",
            "额度内",
            "幅度内",
            "范围内",
            "封顶",
            "为上限",
            "为限",
            "内",
        ),
        ("30%以内", "80000元限额内", "200元之内"),
    ),
    Bound("roughly", "approx", ("左右", "上下"), ("10所左右",)),
)

# Before a number without touching it: 至少掌握一种, 不超过总投入30%.
LOOSE_ANY = ("至少", "最少", "最多", "至多", "只", "仅", "只能", "最高", "最低", "最长", "累计最高")
# Words that say outright that a number is a floor or a cap.
_OUTRIGHT = ("不低于", "不少于", "不得低于", "不得少于", "不超过", "不得超过", "不能超过", "不高于", "不得高于")
# With the object between, these bound a number of any unit: 不低于城镇常住人口10天, 不能超过每月1000元.
LOOSE_FAR = (*_OUTRIGHT, "累计不超过", "最高不超过")
LOOSE_SHARE = (*_OUTRIGHT, "达到", "超过", "低于", "高于", "达")
_NEAR = 7
_NO_GAP = re.compile(r"[，。；：、,;（）()“”《》0-9０-９]")
_YEAR_OF_BASE = re.compile("^(?:19|20)[0-9]{2}年的?(?=.)|^(?:19|20)[0-9]{2}年的$")
_NEVER = re.compile(r"(?!)")
_FOLLOWED = {
    "最高": re.compile("人民|法院|检察|水平|层|院|奖(?!励|补|金)|级|标准|学历|峰|温|领导|国家|权力"),
    "最低": re.compile("生活|工资|保障|限度|收购|消费|温|缴费|标准|基准"),
    "只": re.compile("[有是要需]"),
}
_NOT_INSIDE = {
    "满": "不未圆充美期届",
    "只": "不",
    "仅": "不",
    "限": "不年期有无上界权局",
    "达": "不直表到传送抵发到通",
    "超": "不",
    "过": "超经通不越错度路见渡难",
    "近": "附邻最远",
    "约": "节制合条预签履",
    "上限": "",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A bound word and where it begins (before a number) or ends (after one)."""

    bound: Bound
    at: int


@cache
def _index(before: bool) -> tuple[dict[str, Bound], int]:
    table = {word: bound for bound in (BEFORE if before else AFTER) for word in bound.words}
    return table, max(map(len, table))


@cache
def _loose() -> re.Pattern[str]:
    words = sorted(set(LOOSE_ANY + LOOSE_FAR + LOOSE_SHARE), key=len, reverse=True)
    return re.compile("|".join(words))


def bound_before(text: str, at: int) -> Found | None:
    """Return the longest bound word that ends at `at`.

    >>> found = bound_before("可申请最高不超过15万元", 8)
    >>> found.bound.comparator, found.at
    ('<=', 3)
    """
    table, longest = _index(True)
    end = at
    while end > 0 and text[end - 1] == " ":
        end -= 1
    for length in range(min(longest, end), 0, -1):
        bound = table.get(text[end - length : end])
        if bound is not None:
            word = text[end - length : end]
            if end - length > 0 and text[end - length - 1] in _NOT_INSIDE.get(word, ""):
                continue
            return Found(bound, end - length)
    return None


def bound_after(text: str, at: int) -> Found | None:
    """Return the longest bound word that begins at `at`.

    >>> found = bound_after("一位及以上被赡养人", 2)
    >>> found.bound.comparator, found.at
    ('>=', 5)
    """
    table, longest = _index(False)
    for length in range(min(longest, len(text) - at), 0, -1):
        bound = table.get(text[at : at + length])
        if bound is not None:
            if text[at : at + length] == "内" and at + length < len(text) and text[at + length] in "部容涵外地环生科控":
                continue
            return Found(bound, at + length)
    return None


def loose_bound(text: str, floor: int, at: int, share: bool) -> Found | None:
    """Return a bound word that stands before a number with its object between (至少掌握一种, 不超过总投入30%).

    Nothing but a short run of characters may stand between; for shares the base of the share does.

    >>> loose_bound("建立不低于城镇常住人口10天的储备", 0, 11, share=False).at
    2
    >>> loose_bound("最低生活保障标准500元", 0, 8, share=False) is None
    True
    """
    found: re.Match[str] | None = None
    for match in _loose().finditer(text, max(floor, at - (30 if share else 14)), at):
        found = match
    if found is None:
        return None
    word, gap = found.group(), text[found.end() : at]
    near_enough = len(gap) <= _NEAR if word in LOOSE_ANY else word in LOOSE_FAR
    if not (share or near_enough) or _NO_GAP.search(_YEAR_OF_BASE.sub("", gap)) or _FOLLOWED.get(word, _NEVER).match(gap):
        return None
    if found.start() > 0 and text[found.start() - 1] in _NOT_INSIDE.get(word, ""):
        return None
    return Found(_index(True)[0][word], found.start())
