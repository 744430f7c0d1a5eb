"""指标 — What a number measures, whose and where, named in the words that stand around it.

The name is the subject in front of the number (职业院校在校生规模), the thing counted behind it (3所职业教育品牌示范院校), or for
a share the whole phrase (教育费附加用于职业教育的比例). Area (全市), population (公办高等职业院校) and words of action
are taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from vetkb.extract.indicator_words import (
    AREA,
    AREA_END,
    AVERAGE,
    BUILD_END,
    BUILD_START,
    CIRCUMSTANCE,
    COUNT_WORD,
    COUNTED,
    DONE,
    FIGURE,
    GATHERED,
    HARD_STOP,
    KIND,
    MEASURE_WORD,
    STOPS_HERE,
    VERB_OBJECT,
    subject,
    thing,
)
from vetkb.zh.units import AGE, MONEY, PEOPLE, PER, is_share, is_time

_SOMEONE = re.compile("(?:家庭|居民|人|员|者|户|生|师|民|人口|群众|职工|儿童|对象)$")
_PERSON = re.compile(
    "[^，。；、的]{0,6}?(?:人群|人口|老年人|老人|儿童|婴幼儿|幼儿|青少年|未成年人|学生|公民|居民|职工|劳动者|妇女|女性|男性|人员)"
)
_DOING = re.compile("率|数|下降|培训|提高|保持|应|可|接受|参加|享受")
# 27个月的本人工资: a sum, told by a length of time.
_PAY = re.compile("^的.{0,24}(?:工资|费用|租金|养老金|生活费|保费|补贴|待遇)$")
_LASTING = re.compile(r"(?:应当|应|须|需|要|可|一般|再)*(留存|保存|保留|延长|储存|存放|公示|住用|暂停)$")
_GRANTS = "(?:奖励|奖补|补助|补贴|资助|贴息|补偿|扶持|支持|罚款|奖金|津贴|抚恤金|资金|经费)"
_GRANT = re.compile(f"^(?:的)?([^，。；、的]{{0,10}}?{_GRANTS}+)")
_GIVES = re.compile("(?:给予|予以|发放|奖励|补助|补贴|支付|拨付|安排|整合|筹集|处|处以|享受)[^，。；、]{0,8}$")
_GIVEN = re.compile(f"(?:一次性)?{_GRANTS}$")
_TO_WHOM = re.compile(f"^(.*{_GRANTS})(?:企业|个人|单位|学校)$")
_TAX = re.compile("^(税率|利率|费率|征收率)(?:计算|缴纳|征收|计征|计缴|执行)*(.{0,16})$")
# 补助金标准为居民收入的20倍; 按照每百户20平方米的标准配建养老用房
_MULTIPLE = re.compile("^(.+?)(?:标准|数额|金额)?(?:应|一般)?为(.+)的$")
_BY_STANDARD = re.compile("^的标准(?:配建|配置|建设|设置|规划|配备|安排|预留)+(.{2,})$")
_HOLDER = re.compile(
    "(?:资金|经费|企业|家庭|学校|院校|单位|人员|职工|学生|农户|乡镇|村|社区|机构|项目|岗位|用地|土地|部分|总量|金额|配偶|亲属|个人|子女|城区|地区)$"
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words around a number: its clause up to it, the text behind it, the base between bound word and number."""

    left: str
    right: str
    before: tuple[str, ...]  # the clauses before that one, nearest first, for when this one names nothing
    frame: str  # 对…， that opens the sentence
    base: str  # 总投入 in 不超过总投入30%
    unit: str | None
    heading: str
    limited: bool = False  # bound words stand before or behind it


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured, whose, where."""

    indicator: str
    scope: str | None
    area: str | None


def name_measured(around: Surroundings, populations: tuple[str, ...]) -> Measured:
    """Name what a number measures.

    >>> near = Surroundings("全市公办高等职业院校年生均财政拨款水平", "。", (), "", "", "元", "")
    >>> name_measured(near, ("公办高等职业院校",))
    Measured(indicator='生均财政拨款水平', scope='公办高等职业院校', area='全市')
    >>> name_measured(Surroundings("重点建设", "骨干中等职业学校。", (), "", "", "所", ""), ()).indicator
    '骨干中等职业学校数量'
    >>> name_measured(Surroundings("落实教育费附加用于职业教育的比例", "，", (), "", "", "%", ""), ()).indicator
    '教育费附加用于职业教育的比例'
    """
    area = AREA.search(around.left)
    left = subject(around.left)
    right = thing(around.right)
    if is_share(around.unit) or around.base:
        indicator = _share(left, around)
    elif around.unit == "倍" and left.endswith("的"):
        indicator = _MULTIPLE.sub(r"\1与\2之比", left)
    elif around.unit in COUNTED:
        indicator = _count(around, left, right)
    elif around.unit in MONEY:
        indicator = _money(around, left, right)
    elif around.unit in AGE:
        indicator = _age(around, left, right)
    elif is_time(around.unit):
        indicator = _duration(around, left, right)
    else:
        by_standard = _BY_STANDARD.match(_until(around.right, HARD_STOP))
        right = by_standard[1] if by_standard is not None else right
        left = "" if by_standard is not None else left
        opening = BUILD_START.match(left)
        named = left[opening.end() :] if opening is not None and len(left) - opening.end() > 2 else left
        indicator = right if right and (not left or BUILD_END.search(around.left)) else named
    indicator = indicator or _earlier(around) or right or around.heading or around.left or "数量"
    scope = None
    average = AVERAGE.search(indicator) if not indicator.endswith("之比") else None
    if average is not None and average.start() > 0:
        scope = indicator[: average.start()]
        indicator = average[1]
    elif average is not None:
        indicator = average[1]
    scope = scope or _population(around, indicator, populations)
    return Measured(indicator.strip("，。；、 ")[:60] or "数量", scope, area.group() if area else None)


def _earlier(around: Surroundings) -> str:
    """Return the subject of the nearest clause before that has one; clauses of time and condition have none."""
    for clause in around.before:
        if not CIRCUMSTANCE.match(clause):
            found = subject(FIGURE.split(PER.sub("", clause))[0])
            if len(found) > 1:
                return found
    return ""


def _count(around: Surroundings, left: str, right: str) -> str:
    verb = BUILD_END.search(AREA_END.sub("", around.left.rstrip("、和及与只")))
    whose = _until(around.right, HARD_STOP).split("的")[0]
    if around.unit in PEOPLE and right and "的" in around.right and _SOMEONE.search(whose):
        right = whose  # 747万户住房困难家庭的住房问题: families are counted
    if right and (verb is not None or not left):
        if around.unit in PEOPLE and around.right.startswith("的"):
            return f"{right}人数"
        return _counted(right, around.unit)
    if right and not around.left.strip("、和及与"):
        return _counted(right, around.unit)
    opening = (DONE if around.unit in GATHERED else BUILD_START).match(left)
    plain = left[opening.end() :] if opening and opening.end() < len(left) else left
    return _counted(plain, around.unit) if plain else ""


def _counted(noun: str, unit: str | None) -> str:
    if COUNT_WORD.search(noun):
        return noun
    if unit == "次":
        return noun + "次数"
    if unit in ("人", "名"):
        return noun + "人数"
    return noun if unit in GATHERED else noun + "数量"


def _age(around: Surroundings, left: str, right: str) -> str:
    if left.endswith(("寿命", "年龄", "提高", "延长")):
        return left
    someone = _PERSON.match(right)
    if someone is not None and _DOING.search(right, someone.end()):
        right = someone.group()  # 15岁以上人群吸烟率
    ends = around.right[:1] in STOPS_HERE
    right = "" if ends and not _SOMEONE.search(right) else right  # 年满18周岁、具备能力的公民, but not 年满60岁、缴费满15年的
    return f"{(left if ends else '') or right or _earlier(around) or left}年龄"


def _duration(around: Surroundings, left: str, right: str) -> str:
    if MEASURE_WORD.search(left) or (left and _PAY.search(_until(around.right, HARD_STOP))):
        return left
    lasting = _LASTING.search(left)
    if lasting is not None:
        return f"{left[: lasting.start()]}{lasting[1]}期限"
    if right and (around.right.startswith("的") or BUILD_END.search(around.left) or right.endswith("期")):
        return right if right.endswith(("期", "期限", "时间", "年限")) else f"{right}期限"
    return left


def _money(around: Surroundings, left: str, right: str) -> str:
    behind = _until(around.right, HARD_STOP)
    standard = VERB_OBJECT.match(behind.split("、")[0])
    if standard is not None and len(standard[1]) > 2 and not standard[1].startswith(("扣除", "确定", "执行", "的")):
        return standard[1]
    grant = _GRANT.match(behind)
    if grant is not None and (not left or _GIVES.search(around.left)):
        return grant[1]
    condition = around.limited and left and not BUILD_END.search(around.left)
    if around.right.startswith("的") and right and not right.startswith("标准") and not condition:
        return right
    if condition and around.right.startswith("的"):
        return left.removeprefix("对")
    if not left:
        given = next((found for clause in around.before if (found := _GIVEN.search(clause))), None)
        return given.group() if given is not None else ""
    given = _TO_WHOM.match(left)
    return given[1] if given is not None else "" if CIRCUMSTANCE.match(left) else left


def _share(left: str, around: Surroundings) -> str:
    right = re.split("等(?!职业|教育|院校|学校|级)|、最高|、最多", _until(around.right, HARD_STOP))[0].lstrip("的")
    if around.base:
        return _of_base(left, around)
    if around.left.rstrip().endswith("的") or (left.endswith("的") and left):
        if right.startswith(("给予", "予以")):
            grant, whole = _GIVEN.search(right), re.split("按照?", left.rstrip("的"))[-1]
            return f"{grant.group()}占{whole}的比例" if grant is not None else f"{whole}的比例"
        return f"{left.rstrip('的')}{right}的比例"
    if left and right.startswith(("比例", "标准")) and not MEASURE_WORD.search(left):
        return f"{left}的比例"
    if not left:
        tax = _TAX.match(right)
        if tax is not None:
            return f"{tax[2]}{tax[1]}"
        return f"{right.replace('均', '', 1) if '均建成' in right else right}的比例" if right else ""
    if len(left) > 2 and _HOLDER.search(left) and not right.startswith("）"):
        return f"{left}{right if around.limited or around.right.startswith('的') else ''}的比例"
    return left


def _of_base(left: str, around: Surroundings) -> str:
    """Name a share or multiple of a base that is printed before the figure: 不超过总投入30%."""
    base = around.base.rstrip("的").removeprefix("占")
    holder = left or thing(around.right.rsplit("的", 1)[-1] if "的" in _until(around.right, HARD_STOP) else "")
    holder = (holder or _earlier(around)).removesuffix("的比例")
    return f"{holder}与{base}之比" if around.unit == "倍" else f"{holder}占{base}的比例"


def _population(around: Surroundings, indicator: str, populations: tuple[str, ...]) -> str | None:
    if around.frame:
        return around.frame
    counted = indicator.removesuffix("数量")
    where = (
        "，".join(around.before[:1])
        if around.left.startswith("使")
        else indicator
        if indicator in around.left
        else f"{indicator}，{around.left}"
    )
    best = max((m[1] for m in _names(populations).finditer(where)), key=len, default="")
    if not best:
        return None
    if counted.endswith(best) and counted != indicator:
        return None  # the number of schools is no figure of a school
    kind = KIND.search(where, 0, where.find(best))
    return (kind.group() if kind else "") + best


@cache
def _names(populations: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that finds, at each place, the longest of the names; grouped by their first character, for speed."""
    endings: dict[str, list[str]] = {}
    for name in sorted(populations, key=len, reverse=True):
        endings.setdefault(name[0], []).append(re.escape(name[1:]))
    return re.compile("(?=(" + ("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in endings.items()) or "(?!)") + "))")


def _until(text: str, stop: re.Pattern[str]) -> str:
    found = stop.search(text)
    return text[: found.start()] if found else text
