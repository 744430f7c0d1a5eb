"""指标 — What a number measures, whose and where, named in the words that stand around it.

The name is the subject in front of the number (职业院校在校生规模), the thing counted behind it (3所职业教育品牌示范院校), or for
a share the whole phrase (教育费附加用于职业教育的比例). Area (全市), population (公办高等职业院校) and words of action
are taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetkb.zh.units import AGE, COUNTS, EVENTS, MONEY, PEOPLE, PER, is_share, is_time

_AREA = re.compile(
    r"(?:全市|我市|本市|全省|我省|本省|全国|我国|全县|我县|全区|我区|本区|全州|全盟|全镇|全乡|全域|市区)(?!级|域内)"
)
_LEAD = re.compile(
    r"(?:其中|同时|并且|并|且|即|而|确保|切实|认真|贯彻|落实|推动|努力|力争|争取|使其|使|进一步|逐步|不断|着力|大力|积极|加快|持续|稳步|重点|"
    r"共有|现有|拥有|坚决|严格|全力|但|或|也|第[一二三四五六七八九十百]{1,5}条[\s\u3000]*|按照|要(?!素|点|求)|应当|应(?!届|用|急|对)|须|可以|可(?!再生|持续|支配|靠)|将(?!军|来)|把|在(?!校|册|岗"
    r"|线|职|建|园|读|校生)|按(?!揭|摩|照)|"
    r"各级、各类|各级各类|各级|各类|所有|原则上|总体上|总体|当年|每年|年内|届时|规定(?=分阶段|给予)|分阶段(?=给予|$)|给予(?=$)|以及|及|和|与|、|：|:|——|—|的|实现|完成|保障|允许|鼓励|支持(?=企业|各|有))+"
)
_TAIL = re.compile(
    r"(?:达到|达|为|保持在|稳定在|维持在|连续|提高到|提高至|提升到|提升至|增加到|增加至|扩大到|扩大至|扩展至|扩展到|发展到|发展至|下降到|下降至|降低到|降低至|降至|降到|"
    r"放宽至|放宽到|控制在|调整到|调整至|压减到|减少到|减少至|缩短到|缩短至|压缩到|压缩至|总体|平均|分别|均|都|基本|应|要|需|可|约|力争|不得|实现|累计|一般|超过|不超过|小于|大于|高于|低于|突破|首次|不低于|不少于|"
    r"申请|享受|给予|不能|翻|基础上|占|共有|现有|拥有|原则上|的总数|同比|，|是指|是|由|从|按照|按|在|至|到|每月|每年|每生每年|每人每年|其中)+$"
)
_BUILD = (
    "建设|新建|改扩建|改建|扩建|打造|培育|创建|建成|建立|设立|组建|引育|引进|扶持|发展|认定|遴选|推动|推广|开展|举办|培训|培养|招聘|招收|选派|选拔|新增|支持|完成|改造|开发|研制|获批|制定|"
    "布局|形成|命名|评选|实施|推出|掌握|享受|进行|组织|配备|配置|设置|保障|开设|转化|落地|孵化|安排|获得|创办|壮大|集聚|汇聚|建好|规划|启动|资助|赡养|达|有|守住|确保|保有|流转|整治|修复|治理|收储|种植"
    "|提供|参加|签订|申请"
)
BUILD_END = re.compile(rf"(?:{_BUILD})(?:了|好|出|成|到|至|达|不超过|至少)?$")
_BUILD_START = re.compile(rf"(?:{_BUILD})+(?:了)?(?:各类|各级各类)?")
_COUNT_WORD = re.compile(r"(?:数|数量|规模|总量|总数|总额|人数|次数|人次|比例|率|额)$")
_GATHERED = frozenset(("人次", "场次", "架次"))
_DONE = re.compile("(?:完成|开展|组织|实施|实现|累计|举办)+(?:各类|各级各类)?")
_MEASURE_WORD = re.compile(
    r"(?:数|数量|规模|总量|总数|总额|产值|收入|人数|次数|人次|比例|比重|占比|率|量|水平|标准|面积|额度|额|幅度|增幅|增速|增长|年限|期限|动力|产量|时间|程度)$"
)
_AVERAGE = re.compile(r"(?:年|月|日)?((?:生|人|户|亩|床|师|校|村|班|次)均.*)$")
_QUOTED_BRACKET = re.compile(r"[（(][^（）()]{0,30}[”’][)）]|[（(](?:含|包括|不含|以下简称|指)[^（）()]{0,60}[)）]")
_STOPS_HERE = frozenset("，、。；")
_HARD_STOP = re.compile(r"[，。；：！？,;:\n\t]")
_NOUN_STOP = re.compile(r"[，。；：！？,;:\n\t）)]|一批|若干")
_VERB_OBJECT = re.compile(r"^(?:的)?标准(?:定额)?(?:发放|给予|予以|补助|补贴|资助|返还|安排|拨付|奖励|提供|享受)?(.*)$")
_CIRCUMSTANCE = re.compile(
    r"^[，。；]?(?:由[^，]{0,8}|在|自|从|对|除|到|经)?.{0,40}(?:期间|时|当年|年度|以外|后|的|起|中|前)$|^[，。；]?(?:对|在|自|从|经|除)"
)
_FIGURE = re.compile(r"(?:原则上)?(?:为|不低于|不超过|不少于|达到|超过|最高)?[0-9０-９]")
_BASE = re.compile(r"(?:在|较|比)[^，]{0,10}(?:基础上|年(?!均))")
_JOINT_END = re.compile("(?:、|和|以及|(?<![普涉以])及|(?<!参)与)+$")
_PAIR = re.compile(r"^(?P<a>[\u4e00-\u9fa5]{1,6})(?:、|和|及|与)(?P<b>[\u4e00-\u9fa5]+)$")
_PAIRED_WORDS = frozenset(["种植收获养殖加工生产出口进口新建改建城镇农村男女栽插播种采收"]) | frozenset(
    (
        "种植",
        "收获",
        "养殖",
        "加工",
        "生产",
        "出口",
        "进口",
        "新建",
        "改建",
        "城镇",
        "农村",
        "城市",
        "播种",
        "采收",
        "设计",
        "制造",
        "省级",
        "市级",
        "县级",
        "国家级",
    )
)
_KIND = re.compile(r"(?:公办|民办|省属|市属|中等|高等|普通|独立设置的)+$")
COUNTED = frozenset(COUNTS + EVENTS + PEOPLE)


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
    limited: bool = False  # 以上, 以下 stand behind it


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
    area = _AREA.search(around.left)
    left = subject(around.left)
    right = thing(around.right)
    if is_share(around.unit) or around.base:
        indicator = _share(left, around)
    elif around.unit in COUNTED:
        indicator = _count(around, left, right)
    elif around.unit in MONEY:
        indicator = _money(around, left, right)
    elif around.unit in AGE:
        indicator = f"{(left if around.right[:1] in _STOPS_HERE else '') or right or _earlier(around) or left}年龄"
    elif is_time(around.unit):
        indicator = _duration(around, left, right)
    else:
        opening = _BUILD_START.match(left)
        named = left[opening.end() :] if opening is not None and len(left) - opening.end() > 2 else left
        indicator = right if right and (not left or BUILD_END.search(around.left)) else named
    indicator = indicator or _earlier(around) or right or around.heading or around.left or "数量"
    scope = None
    average = _AVERAGE.search(indicator)
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
        if not _CIRCUMSTANCE.match(clause):
            found = subject(_FIGURE.split(PER.sub("", clause))[0])
            if len(found) > 1:
                return found
    return ""


def subject(left: str) -> str:
    """Return the noun phrase in front of a number, without connectives, area and verbs of reaching.

    >>> subject("其中，中等职业教育在校生规模达到"), subject("各级、各类职业院校调整到")
    ('中等职业教育在校生规模', '职业院校')
    """
    text = _QUOTED_BRACKET.sub("", left).strip("，。；：:、 ")
    text = _BASE.sub("", PER.sub("", text))
    for _ in range(3):
        found = _LEAD.match(text)
        text = text[found.end() :] if found else text
        area = _AREA.match(text)
        text = text[area.end() :] if area else text
        if not found and not area:
            break
    tail = _TAIL.search(text)
    text = text[: tail.start()] if tail else text
    if "按照规定" in text or text.endswith(("给予", "规定", "符合")):
        return ""
    return text.lstrip("，、的")


def thing(right: str) -> str:
    """Return the noun behind a number.

    >>> thing("具备教学、生产和鉴定等多种功能的综合实训基地，推动")
    '综合实训基地'
    """
    stop = _NOUN_STOP.search(right)
    text = _JOINT_END.sub("", right[: stop.start()] if stop else right)
    text = text.removeprefix("的").rstrip("的")
    if text.count("（") > text.count("）"):
        text = text[: text.rindex("（")]
    if "的" in text:
        head, tail = text.rsplit("的", 1)
        if len(head) > 8 or "、" in head or head.startswith(("具", "符合", "从事", "取得")):
            text = tail if tail and "、" not in tail else head
    text = re.split("担任|达到|按照|按标准|并且", text)[0]
    return "" if text in ("部分", "标准", "额度", "以上", "试点") else text[:40].strip()


def distribute(left: str, count: int) -> list[str]:
    """Give each of `count` numbers its part of a paired subject; the whole subject to each where it cannot be told apart.

    >>> distribute("中、高等职业院校毕业生就业率", 2)
    ['中等职业院校毕业生就业率', '高等职业院校毕业生就业率']
    >>> distribute("花生种植、收获机械化率", 2)
    ['花生种植机械化率', '花生收获机械化率']
    """
    text = subject(left)
    pair = _PAIR.match(text)
    if count != 2 or pair is None:
        return [left] * count
    first, second = pair["a"], pair["b"]
    if first[-2:] in _PAIRED_WORDS and second[:2] in _PAIRED_WORDS:
        return [first + second[2:], first[:-2] + second]
    if len(first) == 1:
        return [first + second[1:], second]
    if first[-1] == second[len(first) - 1 : len(first)]:  # 小学、中学入学率
        return [first + second[len(first) :], second]
    return [left] * count


def _count(around: Surroundings, left: str, right: str) -> str:
    verb = BUILD_END.search(around.left.rstrip("、和及与只"))
    if right and (verb is not None or not left):
        if around.unit in PEOPLE and around.right.startswith("的"):
            return f"{right}人数"
        return _counted(right, around.unit)
    if right and not around.left.strip("、和及与"):
        return _counted(right, around.unit)
    opening = (_DONE if around.unit in _GATHERED else _BUILD_START).match(left)
    plain = left[opening.end() :] if opening and opening.end() < len(left) else left
    return _counted(plain, around.unit) if plain else ""


def _counted(noun: str, unit: str | None) -> str:
    if _COUNT_WORD.search(noun):
        return noun
    if unit == "次":
        return noun + "次数"
    if unit in ("人", "名"):
        return noun + "人数"
    return noun if unit in _GATHERED else noun + "数量"


def _duration(around: Surroundings, left: str, right: str) -> str:
    if _MEASURE_WORD.search(left):
        return left
    if right and (around.right.startswith("的") or BUILD_END.search(around.left) or right.endswith("期")):
        return right if right.endswith(("期", "期限", "时间", "年限")) else f"{right}期限"
    return left


def _money(around: Surroundings, left: str, right: str) -> str:
    standard = _VERB_OBJECT.match(_until(around.right, _HARD_STOP).split("、")[0])
    if standard is not None and len(standard[1]) > 2 and not standard[1].startswith(("扣除", "确定", "执行", "的")):
        return standard[1]
    condition = around.limited and left and not BUILD_END.search(around.left)
    if around.right.startswith("的") and right and not right.startswith("标准") and not condition:
        return right
    return "" if _CIRCUMSTANCE.match(left) else left


def _share(left: str, around: Surroundings) -> str:
    right = re.split("等(?!职业|教育|院校|学校|级)|、最高|、最多", _until(around.right, _HARD_STOP))[0].lstrip("的")
    if around.base:
        holder = left or thing(around.right.rsplit("的", 1)[-1] if "的" in _until(around.right, _HARD_STOP) else "")
        if around.unit == "倍":
            return f"{holder}与{around.base.rstrip('的')}之比"
        return f"{holder}占{around.base.rstrip('的')}的比例"
    if around.left.rstrip().endswith("的") or (left.endswith("的") and left):
        return f"{left.rstrip('的')}{right}的比例"
    if left and right.startswith(("比例", "标准")) and not _MEASURE_WORD.search(left):
        return f"{left}的比例"
    if not left:
        return f"{right.replace('均', '', 1) if '均建成' in right else right}的比例" if right else ""
    return left


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
    inside = [p for p in populations if p in where]
    if not inside:
        return None
    best = max(inside, key=len)
    if counted.endswith(best) and counted != indicator:
        return None  # the number of schools is no figure of a school
    kind = _KIND.search(where, 0, where.find(best))
    return (kind.group() if kind else "") + best


def _until(text: str, stop: re.Pattern[str]) -> str:
    found = stop.search(text)
    return text[: found.start()] if found else text
