"""数字 — Numbers of running text, each claimed by one rule: read as a quantity, or left out because it is a label.

Labels are ordinals, dates, document numbers, standards (GB 50180), codes (5G, G60, “3+2”), grades (三级), counts of the
text's own list (共23项, 三类) and constants of formulas. Chinese numerals are words as often as numbers (一般, 一批,
三农), so they are read only with a unit and, for counts, with a bound word (至少掌握一种).
"""

from __future__ import annotations

from vetkb.extract.phrases import PhraseRule, PhraseTable
from vetkb.zh.dates import DAY, MONTH, YEAR
from vetkb.zh.numerals import ARABIC, CHINESE, CHINESE_NUMERALS, DIGITS, MULTIPLIER
from vetkb.zh.units import UNIT

_N = f"{ARABIC}{MULTIPLIER}?"
_ANY = f"(?:{_N}|{CHINESE}|半)"
_TO = r"\s?(?:—{1,2}|–|-|－|~|～|∼|至|到)\s?"
_LIST_UNIT = "(?:个|项|类|大类|种|条|款|件|章|部分|方面|大|点|批|章节|小项|大项|户型)"
_MEASURED = (
    "(?:元|美元|个月|个工作日|工作日|小时|分钟|天|周岁|岁|倍|人次|场次|平方公里|平方米|立方米|公里|千米|米|公顷|亩|吨|公斤|千克|斤|克|千瓦|个百分点|百分点|学时|课时|学年|个学期|个季度|次(?!要|生|序|性"
    "|会|全会))"
)
_COUNTED = "(?:个|所|家|项|种|名|位|人|户|处|座|条|件|套|台|份|门|批|次|支|场|间|类|倍|年|天|篇|辆)"
_NAME_AFTER_YEARS = "(?!行动|计划|规划|方案|工程|禁|百|一|来|级|制|期|前|后|内|中|间|多|远|如)"

LABELS: tuple[PhraseRule, ...] = (
    PhraseRule(
        "code",
        rf"(?:(?<=[A-Za-z+＋×÷/=＝*#])|(?<=[A-Za-z][-—])|(?<=[A-Z]{{2}}\s)"
        rf"|(?<=/T\s)){ARABIC}[%％]?(?:[-—+.][{DIGITS}A-Za-z]{{1,6}})?"
        rf"|{ARABIC}(?=[+＋×÷*])|{ARABIC}(?!km|cm|mm|nm|kW|MW|GW|TB|PB|Gbps|Mbps|Tbps|EFLOPS|PFLOPS)(?=[A-Za-z])",
        (
            ("设计标准（GB 50180），老城区", "50180"),
            ("移动通信（5G）", "5"),
            ("长三角G60走廊", "60"),
            ("数/总数×100%。", "100%"),
            ("构建“3+1”布局", "3"),
        ),
        ("建成5个",),
    ),
    PhraseRule(
        "ordinal",
        rf"(?:(?<=第)|(?<=第\s))(?:{ARABIC}|{CHINESE})",
        (("按本条第一款规定", "一"), ("第3批名单", "3"), ("第五代移动通信", "五")),
    ),
    PhraseRule(
        "number-of-document",
        rf"(?<=[〔\[［【﹝])(?:19|20)[{DIGITS}]{{2}}(?=[〕\]］】﹞])|(?<=[〕\]］】﹞)）])[{DIGITS}]{{1,5}}\s?号|{ARABIC}\s?号(?!召|码|称|机)"
        rf"|{CHINESE}号(?!召|码|称|机)",
        (("（豫政办〔2017〕110号）精神", "2017"), ("紧抓北斗三号全球", "三号"), ("2号文件", "2号")),
    ),
    PhraseRule(
        "years",
        rf"(?:19|20)[{DIGITS}]{{2}}(?:{_TO}(?:19|20)?[{DIGITS}]{{2}})年?(?:度)?(?=[^{DIGITS}]|$)",
        (("计划（2021-2023年）", "2021-2023年"), ("纲要（2015—2020年）", "2015—2020年")),
    ),
    PhraseRule(
        "date",
        rf"{YEAR}(?:度)?(?:\s?{MONTH}(?:\s?{DAY})?)?|{ARABIC}{_TO}{MONTH}|{MONTH}(?:\s?{DAY}|底|末|初|中旬|上旬|下旬)?(?:{_TO}{MONTH}(?:{DAY})?)?",
        (
            ("到2018年年底", "2018年"),
            ("上一年度1月至12月", "1月至12月"),
            ("二〇三五年远景", "二〇三五年"),
            ("每年1月31日前", "1月31日"),
        ),
        ("满6个月",),
    ),
    PhraseRule(
        "proportion",
        rf"(?<=[比达到为于例]){ARABIC}\s?[:：∶]\s?{ARABIC}",
        (("师生比达到1:18，", "1:18"),),
        ("每日9:00开放",),
    ),
    PhraseRule(
        "clock",
        rf"[{DIGITS}]{{1,2}}[:：][{DIGITS}]{{2}}(?=[^{DIGITS}]|$)"
        rf"|[{DIGITS}]{{1,2}}时(?![间期代长段])(?:[{DIGITS}]{{1,2}}分)?",
        (("每日9:00开放", "9:00"),),
    ),
    PhraseRule(
        "mark",
        rf"(?<=[（(])[{DIGITS}]{{1,3}}(?=[)）])|[{DIGITS}]{{1,3}}(?=[.．、]\s?[^{DIGITS}\s%％])",
        (("1.门诊人次数", "1"), ("（2）制定急救计划", "2")),
    ),
    PhraseRule(
        "round-the-clock",
        rf"24\s?小时(?=值|服务|热线|不间断|开放|在线|监控|运行|营业|咨询|受理|联系|有人)|{ARABIC}\s?(?:分钟|小时)(?=[\u4e00-\u9fa5]{{0,8}}圈)",
        (("实行24小时值班", "24小时"), ("打造15分钟社区生活圈", "15分钟")),
        ("在24小时内报告",),
    ),
    PhraseRule(
        "rank",
        rf"(?<=前)(?:{ARABIC}|{CHINESE})(?:位|名|强|列)(?!以上)",
        (("进入全国前10名", "10名"), ("列全省前三位", "三位")),
        ("招收300名学生",),
    ),
    PhraseRule(
        "name-of-a-ratio",
        "(?:百|千|万|亿|十万|百万)元(?=[\u4e00-\u9fa5]{0,4}(?:GDP|国内生产总值|地区生产总值|生产总值|工业增加值|增加值|产值|投资|收入))",
        (("万元GDP能耗下降", "万元"), ("万元工业增加值用水量", "万元")),
        ("奖励万元以上",),
    ),
    PhraseRule("anniversary", rf"(?:{ARABIC}|{CHINESE})周年", (("开发开放30周年庆祝大会", "30周年"),)),
    PhraseRule(
        "grade",
        rf"{_ANY}(?:星)?级(?!数)(?:以上|及以上|以下)?|{_ANY}等(?:奖|功|品|舱)|{CHINESE}甲",
        (("三级公立医院", "三级"), ("二级以上医院", "二级以上"), ("获得一等奖", "一等奖")),
    ),
    PhraseRule(
        "count-of-list",
        rf"(?:(?<=共)|(?<=共计)|(?<=等)|(?<=方面)|(?<=以下)|(?<=下列)|(?<=上述)|(?<=前述)|(?<=这))(?:{_N}|{CHINESE}){_LIST_UNIT}(?!月|工作|百分"
        rf"|小时|以上|以下|左右)"
        rf"|(?:{_N}|{CHINESE}){_LIST_UNIT}?方面|{CHINESE}(?:大|类|者|方|级|面|位一体)(?!型)",
        (
            ("推广的改革举措（共23项）", "23项"),
            ("沈阳等8个区域", "8个"),
            ("知识产权保护方面5项：", "5项"),
            ("评价等4个方面的指标", "4个"),
            ("上述两个表格", "两个"),
        ),
        ("等待时间不超过5分钟",),
    ),
)

FORMS: tuple[PhraseRule, ...] = (
    PhraseRule(
        "range",
        rf"(?P<low>{_N})(?P<low_unit>{UNIT})?{_TO}(?P<high>{_N})(?:多|余)?(?P<unit>{UNIT})"
        rf"|(?P<low_zh>{CHINESE}|半)(?:{_COUNTED}|{_MEASURED})?{_TO}(?P<high_zh>{CHINESE})(?P<unit_zh>{_COUNTED}|{_MEASURED})",
        (
            ("经费的10—20%用于", "10—20%"),
            ("工资总额的1.5—2.5%提取", "1.5—2.5%"),
            ("重点建设2—3所、", "2—3所"),
            ("扩展至16—24岁失业青年", "16—24岁"),
            ("补助10万元至15万元", "10万元至15万元"),
            ("建设三至五个", "三至五个"),
            ("人均半亩到一亩", "半亩到一亩"),
            ("5%～8%", "5%～8%"),
        ),
        ("年满3岁至小学入学前",),
    ),
    PhraseRule(
        "share",
        rf"(?P<share>[{CHINESE_NUMERALS}]{{1,6}}分之(?:[{CHINESE_NUMERALS}]{{1,8}}|{ARABIC})|一半(?![是为的时天])|半数(?=以上)|(?<=超过)半数"
        rf"|[{CHINESE_NUMERALS}]成半?(?=以上|左右|以下|的|，|。)|[{DIGITS}]成(?=以上|左右|以下|的|，|。))",
        (
            ("允许不超过五分之一不具有资格", "五分之一"),
            ("达到一半以上", "一半"),
            ("百分之三十以上", "百分之三十"),
            ("占比超过七成。", "七成"),
        ),
        ("一半是新建学校",),
    ),
    PhraseRule(
        "doubling",
        r"(?<=翻)(?P<times>[一两二三])番(?!多)",
        (("产值翻一番", "一番"),),
        ("收入较2010年翻一番多",),
    ),
    PhraseRule(
        "number",
        rf"(?P<number>{_N})\s?(?P<more>多|余)?(?P<times>万|亿)?\s?(?P<unit>{UNIT})",
        (
            ("规模达到5.7万人左右", "5.7万人"),
            ("不低于12000元", "12000元"),
            ("完成6万人次", "6万人次"),
            ("就业率95％以上", "95％"),
            ("100余家企业", "100余家"),
            ("１２，０００元", "１２，０００元"),
            ("达到1.3万亿斤以上", "1.3万亿斤"),
        ),
    ),
    PhraseRule(
        "per-hundred-thousand",
        rf"(?P<number>{ARABIC})(?P<unit>[/／]1?0?万)(?!元)",
        (("孕产妇死亡率控制在18/10万以内", "18/10万"),),
    ),
    PhraseRule(
        "number-without-unit",
        rf"(?P<number>{ARABIC})(?P<times>{MULTIPLIER})?",
        (("户籍人口超过100万的城市", "100万"),),
    ),
    PhraseRule(
        "half",
        r"(?P<half>半)(?P<unit>年|个月|天|小时)(?=以上|及以上|以内|以下|或以上|，|。)",
        (("进修半年及以上并返回", "半年"),),
        ("上半年完成",),
    ),
    PhraseRule(
        "numeral-with-measure",
        rf"(?P<numeral>{CHINESE}|[{CHINESE_NUMERALS}]{{0,2}}[百千万亿])(?P<unit>{_MEASURED})",
        (("补助三千元", "三千元"), ("进行一次专项督查", "一次"), ("不少于三个月", "三个月"), ("提高两个百分点", "两个百分点")),
        ("一次性奖励",),
    ),
    PhraseRule(
        "numeral-with-years",
        rf"(?P<numeral>(?<![每个要键局束])(?:[二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]))(?P<unit>年)"
        rf"(?:(?<=连续[一二两三四五六]年)|(?<=暂定[一二两三四五六]年)|(?<=为期[一二两三四五六]年)|(?<=延长[一二两三四五六]年)|{_NAME_AFTER_YEARS}(?=以上|及以上|以下|左右|。|，|；|的(?!努力|时间)))",
        (
            ("资料应当留存五年。", "五年"),
            ("连续两年未用完的资金", "两年"),
            ("从业三年以上的", "三年"),
            ("暂定一年实行减免", "一年"),
        ),
        ("三年行动计划", "第一个五年", "三年百万青年计划", "规划收官的重要一年。"),
    ),
    PhraseRule(
        "numeral-with-count",
        rf"(?P<numeral>{CHINESE})(?P<more>多|余)?(?P<unit>{_COUNTED})",
        (
            ("至少掌握一种脱贫技能", "一种"),
            ("赡养一位及以上被赡养人", "一位"),
            ("建设三所学校", "三所"),
            ("建成二十余所学校", "二十余所"),
        ),
    ),
)

RULES = LABELS + FORMS
LABEL_NAMES = frozenset(rule.name for rule in LABELS)
NUMBERS = PhraseTable(RULES, rf"(?<![{DIGITS}.．{CHINESE_NUMERALS}])(?=[{DIGITS}{CHINESE_NUMERALS}半])")
