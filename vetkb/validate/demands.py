"""要求还是陈述 — Which numbers of a text demand something, told by the words around them.

A shape may demand only what its sentence demands. Thresholds that say whom a rule is for (超过100人的企业), definitions,
counts of what is, ages, formulas and what the text merely allows are numbers too, and none of them can be kept or broken.
The table is tried in order; each entry has examples, with the number in 【】.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetkb.text import Message


@dataclass(frozen=True, slots=True)
class NoDemand:
    """不成要求 — A reason why a number demands nothing: `before` is searched in front of it, `after` matched behind it.

    Either is enough, unless `unless` is found in front of it. `exact` reasons hold for bare numbers alone: what is
    allowed may still have a cap.
    """

    name: str
    message: Message
    before: str | None
    after: str | None
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()
    exact: bool = False
    unless: str | None = None


_BUILD = (
    "建设|建成|新建|创建|组建|建立|设立|培育|培养|打造|形成|引进|引育|认定|评选|遴选|选派|扶持|推动|推进|开发|研制|完成|实现|发展|"
    "新增|增加|举办|开展|制定|支持|组织|调整"
)
_BODIES = "企业|单位|城市|地区|机构|部门|县|市|区|乡镇|村|项目|人员|人|家庭|学校|院校|医院|学生|父母|纳税人|部分|情形|工程|产品"
TABLE: tuple[NoDemand, ...] = (
    NoDemand(
        "definition",
        Message("这是定义，不是要求", "the number defines a term"),
        "(?:是|系|均)指[^。；]*$|所称[^。；]{0,30}[是指][^。；]*$|(?:计算方法|计算公式|指标定义|指标说明)[^。；]*$",
        None,
        ("被赡养人是指【年满60岁】的父母", "计算方法：进修【半年及以上】并返回人数/总人数"),
        ("指导各县建成【3所】学校",),
    ),
    NoDemand(
        "formula",
        Message("这是算式的一部分", "the number is part of a formula"),
        "[×÷*＊=＝]\\s*$",
        "\\s*[×÷*＊]",
        ("总人数×【100%】", "【50%】×参保人数"),
    ),
    NoDemand(
        "condition",
        Message("这是适用条件，不是要求", "the number says to whom or when a rule applies"),
        None,
        f"[^，。；、）]{{0,24}}的(?:[，）：:]|[^，。；、]{{0,10}}(?:{_BODIES})(?:[，。；、）]|达|每|按|可|应|由|不|为|给|扣|至少|须|均))"
        "|[^，。；]{0,30}的[^，。；]{1,12}，(?:统一|一律|均|可|应|由|按|给予|不得|方可)"
        "|[^，。；]{0,60}(?:，(?:且|并|或|同时)[^，。；]{0,40}){0,2}的，(?:可|应|由|按|给予|不得|一律|均|予以|视为|其|每|将|在|享受)"
        "|[^，。；]{0,12}时，",
        (
            "【超过100人】的企业达到15%",
            "累计【超过15000元】的部分，由纳税人扣除",
            "【达到25%】并签订合同的，可申请贷款",
            "赡养【一位及以上】被赡养人的赡养支出，统一按照标准扣除",
            "在人口【100万以上】的城市至少建设2个中心",
        ),
        (
            "按照【2000元】标准发放国家助学金",
            "重点建设【1所】办学定位准确的优质高等职业院校。",
            "给予【不超过2000万元】的经费支持。",
            "培育【5家以上】具有核心技术的企业，形成集群",
            "建成【3所】学校，对成绩突出的，给予表彰",
        ),
        unless=f"(?:{_BUILD})[^，。；]*$",
    ),
    NoDemand(
        "condition",
        Message("这是适用条件，不是要求", "the number says to whom or when a rule applies"),
        None,
        f"[^，。；、）]{{0,16}}的[^，。；、]{{0,12}}(?:{_BODIES})(?:数量)?(?:达到?|超过|不少于)?[0-9一二两三四五六七八九十百]+[家个所户名人]",
        ("培育年营业收入【超过10亿元】的冷链物流企业8家",),
        ("培育【8家】年营业收入超过10亿元的冷链物流企业", "建成【2所】省内一流的高等职业院校，带动其他院校"),
    ),
    NoDemand(
        "history",
        Message("这是现状或历史，不是要求", "the number tells what is or was"),
        "已(?:经)?(?:累计)?(?:建成|建设|达到?|完成|实现|有|超过|突破|开展|培养|形成)(?!的)[^，。；]{0,16}$"
        "|截至目前[^。；]*$|目前[，已为有共全我][^。；]{0,30}$|(?:现有|共有)[^，。；]{0,12}$"
        "|(?:20\\d\\d年|[“”十一二三四五]+期间|近年|去年|上年|党的十八大)以?来[^。；]*$|基数为?[^，。；]{0,6}$",
        None,
        ("目前全市已建成【13所】学校", "2010年以来，增长【3倍】", "我市现有职业院校【21所】"),
        ("到2018年建成【13所】学校", "已建成的学校中【90%以上】达标", "到2025年，每千名老年人拥有床位【40张以上】"),
    ),
    NoDemand(
        "case",
        Message("只适用于原文所说的情形，报告中看不出", "it holds in one case alone, and a report does not say which"),
        "(?:^|[，。；：])[^，。；：]{2,100}的，(?!并|且)[^。；]*$|除[^，。；]{2,30}(?:以?外|城市)?，[^。；]*的城市，[^。；]*$"
        "|(?:^|，)对[^，。；]{2,60}的(?:企业|单位|机构|项目|人才|团队|个人|人员|平台|基地|园区|院校|学校)，[^，。；]{0,12}给予$"
        "|(?:^|[，。；：])在[^，。；：]{1,30}以[上下]的(?:城市|地区|县|区|乡镇|村|园区|企业|学校)[^，。；]{0,4}$",
        None,
        (
            "在人口100万以上的城市【至少建设2个】销地冷链集配中心",
            "纳税人为独生子女的，按照每月【2000元】的标准扣除",
            "支持组网，对取得许可证的企业，按照规定给予【5000万元】的奖励",
        ),
        ("到2020年，机械化率【达到70%】", "对建档立卡贫困家庭学生，按照每生每年【2000元】标准发放助学金"),
    ),
    NoDemand(
        "allowed",
        Message("原文只是允许，并不要求", "the text allows this and does not ask for it"),
        "(?:(?<![许认])可以?(?!持续|再生|靠|行性|能性|见|视|追溯|复制|控|信|支配|研)|允许|准许|有权)"
        "[^，。；]{0,60}(?:，也?或?[^，。；]{0,60})?$",
        None,
        ("可返还其上年度实际缴纳失业保险费的【50%】", "父母可以选择由其中一方按扣除标准的【100%】扣除"),
        ("可再生能源占比【20%】", "建成可持续发展示范区【3个】", "取得许可证的企业【50家】"),
        exact=True,
    ),
    NoDemand(
        "deduction",
        Message("这是税前扣除的标准，由纳税人享受，不是应达到的水平", "it is what a taxpayer may deduct, not a level to reach"),
        None,
        "(?:的标准|限额内)?(?:定额|据实)?扣除(?![^，。；]{0,4}次)",
        ("按照每月【1000元】的标准定额扣除",),
    ),
    NoDemand(
        "own-count",
        Message("这是文件自身列举的件数", "the text counts what it lists itself"),
        None,
        "[^，。；]{0,4}(?:指标|条款|附件|章节|表格|文件|方面|环节|类别)(?:[，。；、]|为|自动|由)",
        ("其中【15个】指标自动生成", "涉及【5个】方面。"),
    ),
    NoDemand(
        "relative",
        Message("这是与另一年份或另一对象相比的变化，指标名称没有说明", "it is a change against something the name leaves out"),
        "(?:比|较)[^，。；]{1,16}(?:多|少|快|高|低|长|短)$",
        "[^，。；]{0,4}(?:个百分点)",
        ("农民收入比城镇居民快【2%】",),
    ),
)
_NEVER = "(?!)"
_COMPILED = tuple(
    (one, re.compile(one.before or _NEVER), re.compile(one.after or _NEVER), re.compile(one.unless or _NEVER)) for one in TABLE
)
_REACH = 200  # characters of a sentence that are looked at on either side of a number
_ROLES = {
    "baseline": Message("这是起点，不是要求达到的水平", "it is where things stood, not where they are to go"),
    "duration": Message("这是期限，报告中没有这类指标", "it is a length of time, for which there is no figure to report"),
    "count": Message("这是文件自身列举的件数", "the text counts what it lists itself"),
}
_AGES = ("岁", "周岁")
_AGE = Message("年龄只说明适用的人", "an age only says whom a rule is for")
_SOFT = re.compile("(?:力争|争取|努力|原则上|尽量|尽可能|一般)[^，。；]{0,40}$")
_KEPT = re.compile("(?:保持|稳定|维持|守住)[^，。；、]{0,30}$")
_PER_UNIT = re.compile(
    "每(?!(?:半|隔?[两二三四五六十0-9]{1,2}个?)?(?:[年月季日天周次]|星期|工作日|小时)|学[期年])[^，。；]{1,10}$"
)
_MONEY = re.compile(
    "[资基奖税佣租本]金|[经收规]?费|款|额|价|值|收入|支出|投资|成本|补[贴助偿]|资助|助学|奖|税|债|规模|标准|水平|消费|工资|薪|贷|资产|利润|营收|销售|待遇"
)
_FLOOR = re.compile("(?:守住|守牢|严守|坚守)[^，。；]{0,10}$")
_EACH = re.compile(r"各级|各[省市县区地州]|各有关|每[个所家]|所有|本单位|各[单部机院学]")


def why_no_demand(role: str, unit: str | None, comparator: str, before: str, after: str) -> tuple[str, Message] | None:
    """Return the reason why a number demands nothing, or None; `before` and `after` are the rest of its sentence.

    >>> why_no_demand("standard", "人", ">", "（", "的企业达到15%）")[0]
    'condition'
    >>> why_no_demand("target", "所", "=", "重点建设", "优质高等职业院校。") is None
    True
    """
    if role in _ROLES:
        return role, _ROLES[role]
    if unit in _AGES:
        return "age", _AGE
    before, after = before[-_REACH:], after[:_REACH]
    for one, front, behind, unless in _COMPILED:
        applies = comparator == "=" if one.exact else not unless.search(before)
        if applies and (front.search(before) or behind.match(after)):
            return one.name, one.message
    return None


def is_soft(before: str) -> bool:
    """Tell whether the words in front of a number do not insist on it.

    >>> is_soft("到2020年，力争"), is_soft("力争取得突破，确保")
    (True, False)
    """
    return _SOFT.search(before[-_REACH:]) is not None


def is_for_each(before: str) -> bool:
    """Tell whether the sentence lays a rate down for each body, not for all of them together.

    >>> is_for_each("各级政府要落实教育费附加用于职业教育的比例"), is_for_each("全国农作物综合机械化率")
    (True, False)
    """
    return _EACH.search(before[-_REACH:]) is not None


def is_per_unit(before: str) -> bool:
    """Tell whether an amount is one for each of something that a report does not count: 每张床位给予5000元.

    >>> is_per_unit("对养老机构，每张床位给予"), is_per_unit("每年给予"), is_per_unit("对企业给予")
    (True, False, False)
    """
    return _PER_UNIT.search(before[-_REACH:]) is not None


def names_money(label: str) -> bool:
    """Tell whether a name says that an amount of money is meant.

    >>> [names_money(label) for label in ("开办经费", "国家助学金", "食品工业产值", "七层以上住宅", "每辆")]
    [True, True, True, False, False]
    """
    return _MONEY.search(label) is not None


def is_denominator(population: str, quote: str) -> bool:
    """Tell whether a share is one of all of a kind, and no figure of each of them.

    >>> is_denominator("企业", "不低于辖区内综合利用企业数量的30%"), is_denominator("企业", "企业达到15%")
    (True, False)
    """
    return re.search(f"{re.escape(population)}(?:总?数量?|总量|家数|人数)的", quote) is not None


def names_another(label: str, after: str) -> bool:
    """Tell whether a standard is named after what it is not: 按照每百户20平方米标准配建设施 is no size of a 居住区.

    >>> names_another("居住区", "标准配建养老服务设施。"), names_another("国家助学金", "标准发放国家助学金、")
    (True, False)
    """
    return after.startswith("标准") and label not in after


def is_kept(before: str) -> bool:
    """Tell whether a level is to be kept once it is reached.

    >>> is_kept("毕业生就业率分别保持在"), is_kept("毕业生就业率达到"), is_kept("粮食播种面积保持稳定、产量")
    (True, False, False)
    """
    return _KEPT.search(before[-_REACH:]) is not None


def is_floor(before: str) -> bool:
    """Tell whether a bare number is one not to fall below: 坚决守住18亿亩耕地红线.

    >>> is_floor("坚决守住"), is_floor("建设")
    (True, False)
    """
    return _FLOOR.search(before[-_REACH:]) is not None


def marked(example: str) -> tuple[str, str, str]:
    """Split an example at its 【】 into what stands before, the number and what stands after."""
    before, _, rest = example.partition("【")
    number, _, after = rest.partition("】")
    return before, number, after
