"""时间短语 — The ordered table of phrases of time, and what takes them away from it: cited documents, entry into force."""

from __future__ import annotations

import re

from vetkb.extract.effects import EFFECTS
from vetkb.extract.phrases import Phrase, PhraseRule, PhraseTable, settle
from vetkb.zh.dates import DAY, MONTH, PART, THIRD, YEAR
from vetkb.zh.numerals import CHINESE_NUMERALS, DIGITS

_NUMBER = rf"(?:[{DIGITS}]{{1,3}}|[{CHINESE_NUMERALS}半]{{1,4}})"
_RANGE = r"\s?(?:—{1,2}|–|-|－|~|～|至|到)\s?"
_END = "(?:年底|年末|年终|底|末)"
_RELATIVE_YEAR = "(?:今年|本年|明年|后年)(?!度)"
ANY_YEAR = rf"(?:{YEAR}|{_RELATIVE_YEAR})"
_TO = "(?:最迟|最晚|力争)?(?:到|至)?"
_FROM = "(?:从|自)?"
_BEFORE = "(?:以前|之前|前)(?!期|提|后|往|列|置|来|景|沿|者|进|移|瞻|述|款|台|端)"
_SPAN_UNIT = "(?:个工作日|个自然日|工作日|个月|个季度|个小时|小时|年|日|天|周)"
_WORK = "(?:时间|左右|的|努力|上下)"

RULES: tuple[PhraseRule, ...] = (
    PhraseRule(
        "period-of-months",
        rf"(?P<a>{YEAR})(?P<first>[{DIGITS}]{{1,2}})月?{_RANGE}(?P<b>[{DIGITS}]{{1,2}})月(?:期?间)?(?!{DAY})",
        (("2020年1—6月，开展排查", "2020年1—6月"), ("2020年3月至5月", "2020年3月至5月")),
    ),
    PhraseRule(
        "period-of-dates",
        rf"(?:从|自)?(?P<a>{YEAR}\s?(?:{MONTH}(?:{DAY})?)?)(?:起)?{_RANGE}(?P<b>(?:{YEAR})?(?:{MONTH}(?:{DAY})?)?)(?:(?:之|期)?间"
        rf"|止)?(?<=[年月日号间止份])",
        (
            ("2019年1月1日至12月31日，对企业", "2019年1月1日至12月31日"),
            ("自2021年1月1日起至2025年12月31日止", "自2021年1月1日起至2025年12月31日止"),
            ("2021年至2025年完成改造", "2021年至2025年"),
        ),
        ("2019年至关重要",),
    ),
    PhraseRule(
        "period-of-years",
        rf"(?P<a>(?:19|20)[{DIGITS}]{{2}}){_RANGE}(?P<b>(?:19|20)?[{DIGITS}]{{2}})年(?:期?间)?(?!度)",
        (("2018—2020年建成三所", "2018—2020年"), ("2021-2023年期间", "2021-2023年期间")),
    ),
    PhraseRule(
        "before-school-term",
        rf"{_TO}(?P<year>{ANY_YEAR})?(?P<term>[春秋])季学期(?:开学|开始)?{_BEFORE}",
        (("确保到2018年秋季学期开学前全市", "到2018年秋季学期开学前"), ("2018年秋季学期开学前完成", "2018年秋季学期开学前")),
    ),
    PhraseRule(
        "from-school-term",
        rf"{_FROM}(?P<year>{ANY_YEAR})?(?P<term>[春秋])季学期(?:开学)?(?:开始|起)",
        (("并于2018年春季学期开始实施", "2018年春季学期开始"), ("从2019年秋季学期起执行", "从2019年秋季学期起")),
    ),
    PhraseRule(
        "during-plan-period",
        r"“(?P<plan>十[一二三四五六七八九])五”(?:时期|期间)(?!，是|,是|是)",
        (("“十四五”时期各省要稳定面积", "“十四五”时期"),),
        ("制定“十四五”规划", "“十四五”时期，是乘势而上的五年"),
    ),
    PhraseRule(
        "end-of-plan-period",
        rf"{_TO}“(?P<plan>十[一二三四五六七八九])五”期?末",
        (("到“十四五”末，基本形成", "到“十四五”末"),),
    ),
    PhraseRule(
        "recurring-before",
        rf"每(?P<n>半|{_NUMBER}(?:个)?)?(?P<unit>学年|年度|年)(?P<month>{MONTH})?(?P<part>{THIRD}|{DAY})?(?:年?[底末])?{_BEFORE}",
        (
            ("每年2月底前各省份完成", "每年2月底前"),
            ("应当于每年1月31日前公开", "每年1月31日前"),
            ("每年年底前报告", "每年年底前"),
        ),
    ),
    PhraseRule(
        "by-end-before",
        rf"{_TO}(?P<year>{ANY_YEAR})?(?P<part>{PART}|{MONTH})?{_END}{_BEFORE}",
        (
            ("要于2019年3月底前制定", "2019年3月底前"),
            ("2025年底前建成", "2025年底前"),
            ("2025年年底之前建成", "2025年年底之前"),
            ("3月底前完成分析", "3月底前"),
            ("今年年底前完成", "今年年底前"),
            ("年底前完成", "年底前"),
        ),
        ("彻底前进",),
    ),
    PhraseRule(
        "by-before",
        rf"{_TO}(?P<period>{ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?|{MONTH}(?:{THIRD}|{DAY}))(?:当?日)?{_BEFORE}",
        (
            ("2025年前实现", "2025年前"),
            ("2019年4月前完成", "2019年4月前"),
            ("2019年6月30日前报送", "2019年6月30日前"),
            ("6月30日前报送", "6月30日前"),
            ("2021年第一季度前完成", "2021年第一季度前"),
        ),
        ("2018年前期工作",),
    ),
    PhraseRule(
        "from",
        rf"{_FROM}(?P<period>{ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?)(?:起|开始)(?!草|步|点|诉|源|来)",
        (
            ("从2017年起,落实", "从2017年起"),
            ("2020年起，每年完成", "2020年起"),
            ("从2019年1月1日起，实施", "从2019年1月1日起"),
            ("自2020年3月开始执行", "自2020年3月开始"),
        ),
        ("2018年起草的文件",),
    ),
    PhraseRule(
        "by-end",
        rf"{_TO}(?P<year>{ANY_YEAR})(?P<month>{MONTH})?{_END}(?!数|图|线|部|层|盘|子)",
        (
            ("到2018年年底，全市", "到2018年年底"),
            ("到2023年末，将", "到2023年末"),
            ("到2019年底实现", "到2019年底"),
            ("2020年6月底完成", "2020年6月底"),
        ),
    ),
    PhraseRule(
        "by",
        rf"(?:最迟|最晚|力争)?(?:到|至)(?P<period>{ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?)(?!度)",
        (("到2020年，农机装备", "到2020年"), ("到2025年6月建成", "到2025年6月")),
    ),
    PhraseRule(
        "recurring",
        rf"每(?P<n>半|隔?{_NUMBER}(?:个)?|个)?(?P<unit>学年|学期|季度|季|年度|年|月|周|星期)(?![{DIGITS}{CHINESE_NUMERALS}]|生|人|亩|次均|均)",
        (("每年开展评审", "每年"), ("每季度报告", "每季度"), ("每三年修订", "每三年"), ("每半年通报", "每半年")),
        ("每年2000元标准", "每月1500元"),
    ),
    PhraseRule(
        "relative-after-event",
        rf"(?:本(?:意见|通知|办法|方案|决定|规定|计划|措施|细则))?(?:之日|印发|发布|公布|施行|下发|作出|受理|收到|成立|备案|批准|实施|通过|届满|之后)(?:之日)?(?:起"
        rf"|后)(?:的)?(?:，)?(?P<n>{_NUMBER})\s?(?P<unit>{_SPAN_UNIT})(?:之|以)?内",
        (
            ("在本意见印发之日起30日内，制定", "本意见印发之日起30日内"),
            ("作出之日起20个工作日内", "作出之日起20个工作日内"),
            ("方案印发后3个月内", "印发后3个月内"),
        ),
    ),
    PhraseRule(
        "relative-range",
        rf"(?:用|经过|通过|利用)?(?P<n>{_NUMBER})(?:{_RANGE}|，)(?P<m>{_NUMBER})(?P<unit>年|个月){_WORK}{{0,3}}(?:之|以)?(?:内|(?<=时间)"
        rf"|(?<=努力))",
        (
            ("力争三到五年时间内，市场", "三到五年时间内"),
            ("经过3—5年的努力，建成", "经过3—5年的努力"),
            ("利用3至5年时间", "利用3至5年时间"),
        ),
        ("参加3—12个月的就业见习",),
    ),
    PhraseRule(
        "relative-span",
        rf"(?:用|经过|通过|利用|在)(?P<n>{_NUMBER})(?P<unit>年|个月){_WORK}{{1,3}}(?<![右的下])(?:内)?",
        (("用3年时间基本建成", "用3年时间"), ("经过五年左右的努力，形成", "经过五年左右的努力")),
    ),
    PhraseRule(
        "relative-within",
        rf"(?<![过第于在达])(?P<n>{_NUMBER})\s?(?P<unit>{_SPAN_UNIT}){_WORK}{{0,2}}(?:之|以)?内(?!部|容|涵|外|地|环|生|科|控|）)",
        (("3年内完成排查", "3年内"), ("三年之内基本解决", "三年之内"), ("20个工作日内办结", "20个工作日内")),
        ("1日（24小时）内出院", "第3年内容"),
    ),
    PhraseRule(
        "bare-period",
        rf"(?P<period>{ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?)(?:内|期间)?(?![度生级代版来终]|以来|以后|之后|后|报告|预算|工作)",
        (("2021年建设1亿亩农田", "2021年"), ("2019年，在全国启动", "2019年"), ("2021年上半年完成", "2021年上半年")),
        ("2018年度报告",),
    ),
)

TABLE = PhraseTable(
    RULES,
    rf"(?=[{DIGITS}{CHINESE_NUMERALS}半“每今本当明后到在于至从自最力春秋年上下用经通利之印发公施下作受收成备批实通届])(?<![{DIGITS}〔\[（(第])",
)

CITED = PhraseTable(
    (
        PhraseRule(
            "cited-title",
            "《[^《》]{1,80}(?:《[^《》]{1,40}》[^《》]{0,40})?》",
            (("落实《规划（2015—2020年）》要求", "《规划（2015—2020年）》"),),
        ),
        PhraseRule(
            "cited-number",
            "[（(][^（）()]{0,20}〔[^〕]{4}〕[^（）()]{0,10}[）)]",
            (("意见（豫政办〔2017〕110号）", "（豫政办〔2017〕110号）"),),
        ),
    ),
    "(?=[《（(])",
)

_CAN_BE_PAST = frozenset({"bare-period", "from", "period-of-dates", "period-of-years", "period-of-months", "by", "by-end"})
_PAST_BEFORE = re.compile(r"(?:已于|已在|较|比|早在|自|截至|截止|截止到|与|于同期|曾于)$")
_PAST_AFTER = re.compile(r"\s?(?:年)?(?:以来|的基础上|印发的|发布的|出台的|颁布的|召开的|制定的|相比|基数)")
_RATE_BEFORE = re.compile(r"(?:每[生人户名个亩所家年]|[标限]准?为)$")
_NUMBER_AFTER = re.compile(rf"(?:的)?[{DIGITS}]")


def find_deadline_phrases(text: str) -> list[Phrase]:
    """Return the phrases of time in a text that are neither dates of cited documents nor days of entry into force.

    >>> [p.match.group() for p in find_deadline_phrases("到2025年，每年2000元，较2010年增长；自2020年起每半年评估")]
    ['到2025年', '自2020年起', '每半年']
    """
    cited = list(CITED.scan(text)) if "《" in text or "〔" in text else []
    times = list(TABLE.scan(text))
    if not times:
        return []
    kept, _ = settle((cited, list(EFFECTS.scan(text)), times))
    own = {id(p) for p in times}
    return [p for p in kept if id(p) in own and not _is_no_deadline(p, text)]


def _is_no_deadline(phrase: Phrase, text: str) -> bool:
    """Tell a comparison (较2010年), a past fact (2018年以来) and a rate (每月1000元) from a deadline."""
    if phrase.rule in _CAN_BE_PAST and _PAST_BEFORE.search(text, max(0, phrase.start - 4), phrase.start):
        return True
    if _PAST_AFTER.match(text, phrase.end):
        return True
    return phrase.rule == "recurring" and (
        _RATE_BEFORE.search(text, max(0, phrase.start - 3), phrase.start) is not None
        or _NUMBER_AFTER.match(text, phrase.end) is not None
    )
