"""Units of measure and counting, and rates (每生每年, 人均), as they are printed after or before a number.

`UNIT` is one alternation, longest first. Nouns that only look like a unit (5个 in 5个月, 3成 in 3成立) are kept out by
what may not follow.
"""

from __future__ import annotations

import re

SHARES = ("个百分点", "百分点", "%", "％", "‰", "倍", "成")
MONEY = ("元人民币", "人民币", "美元", "美金", "欧元", "港元", "日元", "英镑", "元")
TIME = (
    "个工作日",
    "工作日",
    "个自然日",
    "个月",
    "个季度",
    "个学期",
    "个学年",
    "学年",
    "年",
    "日",
    "天",
    "周",
    "个小时",
    "小时",
    "分钟",
    "秒",
    "学时",
    "课时",
    "个课时",
    "个学时",
    "学分",
    "个交易日",
    "交易日",
    "个年度",
    "刻钟",
)
AGE = ("周岁", "岁")
EVENTS = (
    "人次", "批次", "场次", "架次", "班次", "车次", "列次", "航次", "户次", "件次", "例次", "台次", "家次", "轮次",
    "剂次", "趟", "遍",    "次", "场", "轮", "届", "期",
)  # fmt: skip
PEOPLE = ("人年", "人月", "人", "名", "户", "位")
MEASURES = (
    "平方公里", "平方千米", "平方米", "立方米", "公顷", "亩次", "亩", "公里", "千米", "海里", "厘米", "毫米", "微米", "纳米",
    "米", "吨标准煤", "吨公里", "吨位", "载重吨", "蒸吨", "吨", "标准立方米", "立方", "平方", "华里", "里",
    "公斤", "千克", "斤", "克",
    "千瓦时", "千瓦", "兆瓦时", "兆瓦", "吉瓦", "马力", "瓦", "千伏安", "千伏", "升", "毫升", "标准箱", "标箱", "摄氏度", "℃",
    "微克", "毫克", "毫升", "分贝", "兆帕", "千帕", "㎡", "m²", "赫兹", "兆赫",
    "兆比特/秒", "太比特/秒", "吉比特/秒", "兆比特", "Gbps", "Mbps", "Tbps",
    "EFLOPS", "PFLOPS", "TB", "PB", "km", "kW", "MW", "GW", "kWh", "cm", "mm", "nm",
)  # fmt: skip
COUNTS = (
    "个等级", "个", "所", "家", "项", "层",
    "种", "类", "座", "处", "条", "件", "台套", "台", "套", "辆", "艘", "架", "部", "份", "篇", "门",
    "间", "张", "只", "头",
    "羽", "株", "棵", "块", "片", "本", "册",
    "例", "起", "宗", "笔", "支", "组", "对", "批", "班", "款", "味", "床", "村", "盏", "根", "颗", "副", "幅", "眼", "口",
    "列", "员", "枚", "首", "部门", "重量箱", "箱", "标台", "栋", "幢", "孔", "车位", "泊位", "床位", "学位", "剂", "瓶",
    "盒", "袋",     "桶", "匹", "粒", "集", "字", "页", "票", "档", "折", "角",
)  # fmt: skip
SCORES = ("分",)

ALL_UNITS = SHARES + MONEY + TIME + AGE + EVENTS + PEOPLE + MEASURES + COUNTS + SCORES
_NOT_AFTER = {
    "成": "立果员本为效品就",
    "人": "才均口民员士工群",
    "年": "级度龄代份生均",
    "次": "要生序",
    "分": "之别为类工级步配析布校支",
    "部": "分门委队署",
    "期": "间限",
    "个": "人体性",
    "类": "别型似",
    "项": "目",
    "户": "籍口",
    "家": "庭长",
    "所": "有属在需",
    "日": "常前起益均",
    "条": "件例款",
    "对": "象应接",
    "组": "织成建",
    "位": "置于列",
    "名": "称单录义",
    "口": "岸径",
    "村": "民庄级",
    "员": "工",
    "处": "理置于",
    "本": "市省区县级",
    "米": "",
    "支": "持撑",
    "批": "准复",
    "周": "边期岁年",
    "场": "所地",
    "片": "区",
    "种": "植子养业",
    "度": "",
    "列": "入",
    "款": "项",
    "床": "位",
    "里": "程",
    "平方": "米公千厘",
    "立方": "米",
    "集": "中团体群合聚",
    "票": "据价证",
    "字": "号节母",
    "档": "案",
    "角": "度落",
    "孔": "子",
    "页": "岩",
    "箱": "涵",
    "层": "次面级",
    "分钟": "",
}


def _unit(unit: str) -> str:
    after = _NOT_AFTER.get(unit, "")
    return re.escape(unit) + (f"(?![{after}])" if after else "")


UNIT = "(?:" + "|".join(_unit(u) for u in sorted(set(ALL_UNITS), key=len, reverse=True)) + ")"

_RATE_TIMES = {
    "年": "年",
    "学年": "学年",
    "学期": "学期",
    "季度": "季度",
    "月": "月",
    "周": "周",
    "天": "日",
    "日": "日",
    "次": "次",
    "小时": "小时",
    "半年": "半年",
}
# 每生, 每年, 每个县（市） — where a noun without a measure word of its own ends is told by the verb behind it.
PER = re.compile(
    r"每(?:[一二两三五十百千万]{1,3}|[0-9]{1,6}万?)(?:名|个|位)?(?:常住|户籍|服务|城镇|农村|参保|在校|在岗)?(?:人口|老年人|老人|居民|职工|学生|劳动力|就业人员|从业人员|人(?!员)|户|农户|亩|平方公里)"
    r"|每(?:学年|学期|季度|半年|年|月|周|天|日|小时|生|人|户|亩|次|床|班|校|村|县|乡镇)"
    r"|每(?:个|名|位|所|家|套|台|间|座|项|辆)[\u4e00-\u9fa5]{1,8}?(?:[（(][^（）()]{1,8}[)）])?(?=要|应|须|可|至少|不|每|最|给|都|均|拥有|建有|设有|有(?!企|林|条件|制)|补|奖|按|建|重点|配|设|发|资|安排|选|$)"
)
_EACH = re.compile(r"每(?:一)?(?:个|名|位)?([^每，。；、（）()]{1,10}(?:[（(][^（）()]{1,12}[)）])?)")
_AVERAGE = re.compile(r"(年|月|日)?(生|人|户|班|校|村|县|床|师|亩|次|车|台)均")


def is_time(unit: str | None) -> bool:
    """Tell whether a unit measures a length of time.

    >>> is_time("个月"), is_time("元"), is_time(None)
    (True, False, False)
    """
    return unit in TIME


def is_share(unit: str | None) -> bool:
    """Tell whether a unit is a share (%, ‰, percentage points)."""
    return unit in ("%", "‰", "个百分点", "百分点")


def plain_unit(unit: str) -> str:
    """Return a unit as data names it: half-width %, no 人民币.

    >>> plain_unit("％"), plain_unit("元人民币"), plain_unit("人次")
    ('%', '元', '人次')
    """
    return {"％": "%", "元人民币": "元", "人民币": "元", "个等级": "个"}.get(unit, unit)


def parse_rate(text: str) -> str | None:
    """Read what a rate is per: things first, then time, joined by `·`.

    >>> parse_rate("每生每年"), parse_rate("年生均"), parse_rate("每个县（市）"), parse_rate("每年"), parse_rate("人均")
    ('生·年', '生·年', '县（市）', '年', '人')
    >>> parse_rate("每个子女每月"), parse_rate("全市") is None
    ('子女·月', True)
    """
    things, times = [], []
    average = _AVERAGE.fullmatch(text)
    if average is not None:
        return "·".join(x for x in (average[2], average[1]) if x)
    for found in _EACH.finditer(text):
        word = found[1]
        if word in _RATE_TIMES:
            times.append(_RATE_TIMES[word])
        else:
            things.append(word)
    return "·".join(things + times) or None
