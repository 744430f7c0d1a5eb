"""短语 — The words around a number → noun phrases: the subject in front of it, the thing behind it.

Area (全市), connectives, verbs of reaching (达到) and rates (每生每年) are taken off; what is left names an indicator.
"""

from __future__ import annotations

import re

from vetkb.zh.units import COUNTS, EVENTS, PEOPLE, PER

AREA = re.compile(
    r"(?:全市|我市|本市|全省|我省|本省|全国|我国|全县|我县|全区|我区|本区|全州|全盟|全镇|全乡|全域|市区)(?!级|域内)"
)
AREA_END = re.compile(f"{AREA.pattern}$")
_LEAD = re.compile(
    r"(?:其中|同时|并且|并|且|即|而|分别|给予|予以|同时符合|适用于|本[办法规定政策通知措施]{2}适用于|确保|切实|认真|贯彻|落实|推动|努力|力争|争取|使其|使(?!用)|进一步|逐步|不断|着力|大力|积极|加快|持续|稳步|重点|"
    r"共有|现有|拥有|坚决|严格|全力|但|或|也|第[一二三四五六七八九十百]{1,5}条[\s\u3000]*|按照|要(?!素|点|求)|应当|应(?!届|用|急|对)|须|可以|可(?!再生|持续|支配|靠)|将(?!军|来)|把|在(?!校|册|岗"
    r"|线|职|建|园|读|校生)|按(?!揭|摩|照)|"
    r"各级、各类|各级各类|各级|各类|所有|原则上|总体上|总体|当年|每年|年内|届时|规定(?=分阶段|给予)|分阶段(?=给予|$)|以及|及|和|与|、|：|:|——|—|的|实现|完成|保障|允许|鼓励|支持(?=企业|各|有)|按[年月季]|领取(?=[^，]{2}))+"
)
_TAIL = re.compile(
    r"(?:达到|达|完成|为|减按|按照|以|保持在|稳定在|维持在|连续|提高到|提高至|提升到|提升至|增加到|增加至|扩大到|扩大至|扩展至|扩展到|发展到|发展至|下降到|下降至|降低到|降低至|降至|降到|"
    r"放宽至|放宽到|控制在|调整到|调整至|改为|压减到|减少到|减少至|缩短到|缩短至|压缩到|压缩至|总体|平均|分别|均|都|基本|应|要|需|可|约|力争|不得|实现|累计|一般|超过|不超过|小于|大于|高于|低于|突破|首次|不低于|不少于|"
    r"申请|享受|给予|不能|翻|基础上|占|共有|现有|拥有|原则上|的总数|同比|，|是指|是|由|从|按照|按|在|至|到|每月|每年|每生每年|每人每年|其中|继续|逐步|确需|确)+$"
)
_SPAN = re.compile(
    "(?:近|前|后|未来|今后)?[0-9一二三四五六七八九十两几]{1,3}个?(?:年|月|季度|天)(?:内|间|里|来)?"
)  # no name of anything
_TAIL_REACH = 30  # characters at the end of a clause in which verbs of reaching stand
_BUILD = (
    "建设|新建|改扩建|改建|扩建|打造|培育|创建|建成|建立|设立|组建|引育|引进|扶持|发展|认定|遴选|推动|推广|开展|举办|培训|培养|招聘|招收|选派|选拔|新增|支持|完成|改造|开发|研制|获批|制定|"
    "布局|形成|命名|评选|实施|推出|掌握|享受|进行|组织|配备|配置|设置|保障|开设|转化|落地|孵化|安排|获得|创办|壮大|集聚|汇聚|建好|规划|启动|资助|赡养|达|有|守住|确保|保有|流转|整治|修复|治理|收储|种植"
    "|提供|参加|签订|申请|具备|推进|谋划|解决|带动|惠及|吸纳|取消|下放|开工|拆除|关停|减少|调减|压减|淘汰|投放|储备|续建|消除|化解|增加|给予|整合|选择|选取|确定|办"
)
BUILD_END = re.compile(rf"(?:{_BUILD})(?:了|好|出|成|到|至|达|不超过|至少)?$")
BUILD_START = re.compile(rf"(?:{_BUILD})+(?:了)?(?:各类|各级各类)?")
COUNT_WORD = re.compile(r"(?:数|数量|规模|总量|总数|总额|人数|次数|人次|比例|率|额)$")
GATHERED = frozenset(("人次", "场次", "架次"))
DONE = re.compile("(?:完成|开展|组织|实施|实现|累计|举办)+(?:各类|各级各类)?")
MEASURE_WORD = re.compile(
    r"(?:数|数量|规模|总量|总数|总额|产值|收入|人数|次数|人次|比例|比重|占比|率|量|水平|标准|面积|额度|额|幅度|增幅|增速|增长|年限|期限|动力|产量|时间|程度|寿命|指数|浓度|强度|降幅|涨幅)$"
)
AVERAGE = re.compile(r"(?:年|月|日)?((?:生|人|户|亩|床|师|校|村|班|次)均.*)$")
_QUOTED_BRACKET = re.compile(r"[（(][^（）()]{0,30}[”’][)）]|[（(](?:含|包括|不含|以下简称|指)[^（）()]{0,60}[)）]")
STOPS_HERE = frozenset("，、。；")
HARD_STOP = re.compile(r"[，。；：！？,;:\n\t|]")
_NOUN_STOP = re.compile(r"[，。；：！？,;:\n\t）)|]|一批|若干")
VERB_OBJECT = re.compile(r"^(?:的)?标准(?:定额)?(?:发放|给予|予以|补助|补贴|资助|返还|安排|拨付|奖励|提供|享受)?(.*)$")
CIRCUMSTANCE = re.compile(
    r"^[，。；]?(?:由[^，]{0,8}|在|自|从|对|除|到|经)?.{0,40}(?:期间|时|当年|年度|以外|后|的|起|中|前)$|^[，。；]?(?:对|在|自|从|经|除)"
)
FIGURE = re.compile(r"(?:原则上)?(?:为|不低于|不超过|不少于|达到|超过|最高)?[0-9０-９]")
_BASE = re.compile(r"(?:在|较|比)(?![率重例值较])[^，比]{0,10}(?:基础上|年(?!均))")
_JOINT_END = re.compile("(?:、|和|以及|(?<![普涉以])及|(?<!参)与)+$")
_PARTS = re.compile("、|和|以及|(?<![普涉以])及(?!格|时)")
_SHARED = re.compile(
    "(?:排放总?量|总?产量|覆盖率|普及率|增加值|产值|收入|面积|入学率|入园率|消费量|达标率|处理率|利用率|班额|人数|补助标准|保障标准|低保标准)$"
)
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
_STEADY = re.compile(  # 粮食播种面积保持稳定、产量: what stays steady is another indicator of the same thing
    "^([\u4e00-\u9fa5]{2,8}?)(?:播种|种植|养殖|造林)?(?:面积|产量|产值|规模|总量|数量)(?:总体|基本)?保持(?:总体|基本)?稳定、"
    "(?=(?:总|单位)?(?:产量|面积|产值|规模|总量|数量)$|单产$)"
)
KIND = re.compile(r"(?:公办|民办|省属|市属|中等|高等|普通|独立设置的)+$")
COUNTED = frozenset(COUNTS + EVENTS + PEOPLE)


def subject(left: str) -> str:
    """Return the noun phrase in front of a number, without connectives, area and verbs of reaching.

    >>> subject("其中，中等职业教育在校生规模达到"), subject("各级、各类职业院校调整到")
    ('中等职业教育在校生规模', '职业院校')
    >>> subject("三年累计")
    ''
    >>> subject("粮食播种面积保持稳定、产量达到")
    '粮食产量'
    """
    text = _QUOTED_BRACKET.sub("", left).strip("，。；：:、 ")
    if text.count("“") > text.count("”"):
        text = text[text.rindex("“") + 1 :]
    rate = PER.match(text)
    text = text[rate.end() :].removeprefix("中") if rate is not None else text  # 每万名就业人员中研发人员
    text = _BASE.sub("", PER.sub("", text))
    for _ in range(3):
        found = _LEAD.match(text)
        text = text[found.end() :] if found else text
        area = AREA.match(text)
        text = text[area.end() :] if area else text
        if not found and not area:
            break
    tail = _TAIL.search(text, max(0, len(text) - _TAIL_REACH))
    text = text[: tail.start()] if tail else text
    if _SPAN.fullmatch(text):
        return ""
    if text in ("对", "为", "向", "给", "使") or "按照规定" in text or text.endswith(("给予", "规定", "符合")):
        return ""
    return _STEADY.sub(r"\1", text.lstrip("，、的").replace("分别", ""))


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
    text = re.split("担任|达到|按照|按标准|并且|给予|予以", text)[0]
    return "" if text in ("部分", "标准", "额度", "以上", "试点") else text[:40].strip()


def distribute(left: str, count: int) -> list[str]:
    """Give each of `count` numbers its part of a paired subject; the whole subject to each where it cannot be told apart.

    >>> distribute("中、高等职业院校毕业生就业率", 2)
    ['中等职业院校毕业生就业率', '高等职业院校毕业生就业率']
    >>> distribute("花生种植、收获机械化率", 2)
    ['花生种植机械化率', '花生收获机械化率']
    >>> distribute("执业医师数、注册护士数", 2)
    ['执业医师数', '注册护士数']
    """
    text = subject(left)
    parts = _PARTS.split(text)
    if len(parts) == count and all(MEASURE_WORD.search(part) for part in parts) and not text.endswith(("排放总量", "排放量")):
        return parts
    shared = _SHARED.search(text)
    pair = _PAIR.match(text)
    if shared is not None and len(parts) == count and all(len(part) > 1 for part in parts):
        return [part.removesuffix(shared.group()) + shared.group() for part in parts]  # 粮食、油料、蔬菜产量
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
