"""时间短语 — Phrases of time in a text, without what only looks like one: dates of cited documents, days of entry into
force, comparisons (较2010年), past facts (2018年以来), conditions (2005年底前注册的) and standards (压缩至3周以内).
"""

from __future__ import annotations

import re

from vetkb.extract.deadline_rules import TABLE
from vetkb.extract.effects import EFFECTS
from vetkb.extract.phrases import Phrase, PhraseRule, PhraseTable, settle
from vetkb.zh.numerals import CHINESE_NUMERALS, DIGITS

CITED = PhraseTable(
    (
        PhraseRule(
            "cited-title",
            "《[^《》]{1,80}(?:《[^《》]{1,40}》[^《》]{0,40})?》",
            (("落实《规划（2015—2020年）》要求", "《规划（2015—2020年）》"),),
        ),
        PhraseRule(
            "cited-number",
            "[（(][^（）()]{0,20}〔[^〕]{4}〕[^（）()]{0,10}[）)]|[（(][^（）()]{0,20}[0-9]{4}年第\\s?[0-9]{1,5}号[^（）()]{0,10}[）)]",
            (
                ("意见（豫政办〔2017〕110号）", "（豫政办〔2017〕110号）"),
                ("按照《免税公告》（2022年第15号）", "（2022年第15号）"),
            ),
        ),
    ),
    "(?=[《（(])",
)

_CAN_BE_PAST = frozenset(
    {
        "bare-period",
        "bare-part",
        "from",
        "period-of-dates",
        "period-of-years",
        "period-of-months",
        "by",
        "by-end",
        "within-this-year",
    }
)
_PAST_BEFORE = re.compile(r"(?:已于|已在|已经|业经|经|早在|截至|截止|截止到|于同期|曾于|较|比|自|与|以|按|同)$")
_PAST_AFTER = re.compile(
    r"\s?(?:年)?(?:以来|的?基础上|印发的|发布的|出台的|颁布的|召开的|制定的|相比|基数|为基[期准年数]|[^，。；、（）]{0,16}(?:发布|通过|公布|修订|修正)[）)]|[^，。；]{0,20}(?:发布|印发|公布|颁布|制定|实施|施行|出台|下发)的《)"
)
_CONDITION = re.compile(
    r"[^，。；、]{0,12}(?:注册|登记|成立|出生|入学|毕业|参加工作|建成|投产|核准|备案|签订|购置|入职|退休|在册|发生|取得)[^，。；、完]{0,8}的(?!目标|任务|要求|原则|基础)"
)
# 做好2023年春季造林, 申办2023年全省运动会: the year belongs to the name of the object, nothing is said of when.
_OBJECT_BEFORE = re.compile(
    r"(?:申办|承办|举办|办好|做好|抓好|落实|下达|申报|编制|印发|公布|发布|列入|纳入|调整|参加|执行|完成|兑现|拨付|结算|收取|将|把|对|关于)$"
)
_OF_A_NAME = re.compile(
    r"是[^，。；]{0,40}(?:之年|一年|五年|时期|阶段|关键期)|[^，。；：]{0,30}(?:一览表|分解表|任务表|计划表|安排表|汇总表|清单|名单|台账|目录)$"
)
# （1994年2月3日国务院令第146号发布，根据1995年3月25日《…的决定》修订）: what the line under a title says of the text's past.
_ADOPTED_BEFORE = re.compile("[（(]$|根据$|[，、；]\\s?经$")
_ADOPTED_AFTER = re.compile(
    "[^，。；（）()《》]{0,40}(?:《[^《》]{1,60}(?:〈[^《》]{1,60}〉[^《》]{0,20})?》[^，。；（）()]{0,10})?(?:发布|公布|通过|批准|修订|修正|修改)"
)
_OCCURRED = re.compile("(?:发生|取得|注册|登记|出生|成立|签订|购置|投产)(?:的)?(?:时间|日期)(?:应)?[在为是]$")
_HOURS_AFTER = re.compile(f"[^，。；、]{{0,6}}[{DIGITS}{CHINESE_NUMERALS}]{{1,4}}(?:个)?(?:小时|学时|课时)")
_NAMING = frozenset({"bare-period", "during-plan-period"})
_DATED = frozenset({"by-before", "by-end-before", "from", "by-end", "bare-period", "period-of-dates", "within-this-year"})
_RATE_BEFORE = re.compile(r"(?:每[生人户名个亩所家年]|[标限]准?为)$")
_NUMBER_AFTER = re.compile(rf"(?:的)?[{DIGITS}]|不?(?:低于|少于|超过|高于)[{DIGITS}]")
# 压缩至3周以内, 控制在5个工作日内: a standard; 储存6个月以内的, 5年内不得: a condition or the length of a ban.
_STANDARD_BEFORE = re.compile(
    r"(?:压缩|缩短|控制|压减|缩减|限定|减少|稳定|保持|降)(?:到|至|在|为)$|(?:时间|时限|期限|周期|时长)(?:为|在|到|至)?$"
)
_ATTRIBUTE_AFTER = re.compile(r"的(?!努力|时间|奋斗|建设)|，?(?:不得|不能|不予|不再|禁止|未|没有)")
_RANGE_OF_YEARS = re.compile(
    rf"(?:[{DIGITS}{CHINESE_NUMERALS}]{{4}}年?\s?(?:[—–\-－~～至到]{{1,2}})?\s?){{1,2}}年?(?:度|版|本|修正)?"
)


def find_deadline_phrases(text: str) -> list[Phrase]:
    """Return the phrases of time in a text that are neither dates of cited documents nor days of entry into force.

    >>> [p.match.group() for p in find_deadline_phrases("到2025年，每年2000元，较2010年增长；自2020年起每半年评估")]
    ['到2025年', '自2020年起', '每半年']
    >>> find_deadline_phrases("三年行动计划（2021—2023年），办理时限压缩至3个工作日内，2005年底前注册的车辆")
    []
    """
    cited = list(CITED.scan(text)) if "《" in text or "〔" in text else []
    times = list(TABLE.scan(text))
    if not times:
        return []
    kept, _ = settle((cited, list(EFFECTS.scan(text)), times))
    own = {id(p) for p in times}
    return [p for p in kept if id(p) in own and not _is_no_deadline(p, text)]


def _is_no_deadline(phrase: Phrase, text: str) -> bool:
    """Tell a comparison, a past fact, a condition, a standard, a rate and the years of a name from a deadline.

    >>> find_deadline_phrases("做好2023年义务教育招生工作，2023年是改革攻坚的关键一年")
    []
    """
    if phrase.rule in _CAN_BE_PAST and _PAST_BEFORE.search(text, max(0, phrase.start - 4), phrase.start):
        return True
    if _PAST_AFTER.match(text, phrase.end):
        return True
    if phrase.rule in _DATED and _CONDITION.match(text, phrase.end):
        return True
    if _OCCURRED.search(text, max(0, phrase.start - 8), phrase.start):
        return True
    if phrase.rule == "bare-period" and (
        _ADOPTED_BEFORE.search(text, max(0, phrase.start - 3), phrase.start) and _ADOPTED_AFTER.match(text, phrase.end)
    ):
        return True
    if phrase.rule in _NAMING and (
        _OBJECT_BEFORE.search(text, max(0, phrase.start - 4), phrase.start) or _OF_A_NAME.match(text, phrase.end)
    ):
        return True
    if text[phrase.start - 1 : phrase.start] in ("（", "(") and text[phrase.end : phrase.end + 1] in ("）", ")"):
        return _RANGE_OF_YEARS.fullmatch(text, phrase.start, phrase.end) is not None
    if phrase.rule == "relative-within":
        before = _STANDARD_BEFORE.search(text, max(0, phrase.start - 8), phrase.start)
        return before is not None or _ATTRIBUTE_AFTER.match(text, phrase.end) is not None
    return phrase.rule == "recurring" and (
        _RATE_BEFORE.search(text, max(0, phrase.start - 3), phrase.start) is not None
        or _NUMBER_AFTER.match(text, phrase.end) is not None
        or (phrase.match["unit"] in ("周", "星期") and _HOURS_AFTER.match(text, phrase.end) is not None)
    )
