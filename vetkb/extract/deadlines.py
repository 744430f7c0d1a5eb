"""时限 — Dates and periods by, from or during which something is to be done.

“到N年”, “N年底前” → by the last day; “N年前” → by the last day before it; “N年起” → from its first day; “A—B年” → during;
每年 → recurring; N年内, 三到五年时间 → relative, without dates. School terms follow a calendar that is handed in and
are marked as assumed. Left out: the days from which the document itself is in force (see effects), dates of cited
documents, and what is over on the day of issue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from vetkb.extract.effects import EFFECTS
from vetkb.extract.passages import PARTY_COLUMNS, readings
from vetkb.extract.phrases import Phrase, PhraseRule, PhraseTable
from vetkb.model import DateBasis, Deadline, DeadlineKind, Document, Lexicon
from vetkb.text import Finding, Message, Source
from vetkb.zh.dates import DAY, MONTH, PART, THIRD, YEAR, make_date, parse_count, parse_period, parse_year, plan_years
from vetkb.zh.numerals import CHINESE_NUMERALS, DIGITS

_NUMBER = rf"(?:[{DIGITS}]{{1,3}}|[{CHINESE_NUMERALS}半]{{1,4}})"
_RANGE = r"\s?(?:—{1,2}|–|-|－|~|～|至|到)\s?"
_END = "(?:年底|年末|年终|底|末)"
_RELATIVE_YEAR = "(?:今年|本年|明年|后年)(?!度)"
_ANY_YEAR = rf"(?:{YEAR}|{_RELATIVE_YEAR})"
_TO = "(?:最迟|最晚|力争)?(?:到|至)?"
_FROM = "(?:从|自)?"
_BEFORE = "(?:以前|之前|前)(?!期|提|后|往|列|置|来|景|沿|者|进|移|瞻|述|款|台|端)"
_SPAN_UNIT = "(?:个工作日|个自然日|工作日|个月|个季度|个小时|小时|年|日|天|周)"
_WORK = "(?:时间|左右|的|努力|上下)"

RULES: tuple[PhraseRule, ...] = (
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
        rf"{_TO}(?P<year>{_ANY_YEAR})?(?P<term>[春秋])季学期(?:开学|开始)?{_BEFORE}",
        (("确保到2018年秋季学期开学前全市", "到2018年秋季学期开学前"), ("2018年秋季学期开学前完成", "2018年秋季学期开学前")),
    ),
    PhraseRule(
        "from-school-term",
        rf"{_FROM}(?P<year>{_ANY_YEAR})?(?P<term>[春秋])季学期(?:开学)?(?:开始|起)",
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
        rf"{_TO}(?P<year>{_ANY_YEAR})?(?P<part>{PART}|{MONTH})?{_END}{_BEFORE}",
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
        rf"{_TO}(?P<period>{_ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?|{MONTH}(?:{THIRD}|{DAY}))(?:当?日)?{_BEFORE}",
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
        rf"{_FROM}(?P<period>{_ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?)(?:起|开始)(?!草|步|点|诉|源|来)",
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
        rf"{_TO}(?P<year>{_ANY_YEAR})(?P<month>{MONTH})?{_END}(?!数|图|线|部|层|盘|子)",
        (
            ("到2018年年底，全市", "到2018年年底"),
            ("到2023年末，将", "到2023年末"),
            ("到2019年底实现", "到2019年底"),
            ("2020年6月底完成", "2020年6月底"),
        ),
    ),
    PhraseRule(
        "by",
        rf"(?:最迟|最晚|力争)?(?:到|至)(?P<period>{_ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?)(?!度)",
        (("到2020年，农机装备", "到2020年"), ("到2025年6月建成", "到2025年6月")),
    ),
    PhraseRule(
        "recurring",
        rf"每(?P<n>半|隔?{_NUMBER}(?:个)?|个)?(?P<unit>学年|学期|季度|季|年度|年|月|周|星期)(?![{DIGITS}{CHINESE_NUMERALS}]|生|人|亩|次均|均)",
        (("每年开展评审", "每年"), ("每季度报告", "每季度"), ("每三年修订", "每三年"), ("每半年通报", "每半年")),
        ("每年2000元标准", "每月1500元", "每生每年"),
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
        rf"(?P<period>{_ANY_YEAR}(?:{PART}|{MONTH}(?:{THIRD}|{DAY})?)?)(?:内|期间)?(?![度生级代版来终]|以来|以后|之后|后|报告|预算|工作)",
        (("2021年建设1亿亩农田", "2021年"), ("2019年，在全国启动", "2019年"), ("2021年上半年完成", "2021年上半年")),
        ("2018年度报告",),
    ),
)

TABLE = PhraseTable(
    RULES,
    rf"(?=[{DIGITS}{CHINESE_NUMERALS}半“每今本当明后到在于至从自最力春秋年上下用经通利之印发公施下作受收成备批实通届])(?<![{DIGITS}〔\[（(第])",
)

_RECURRENCE = {"年": ("P", "Y"), "年度": ("P", "Y"), "学年": ("P", "Y"), "月": ("P", "M"), "周": ("P", "W"), "星期": ("P", "W")}
_CITED = re.compile(r"《[^《》]{1,80}(?:《[^《》]{1,40}》[^《》]{0,40})?》|[（(][^（）()]{0,20}〔[^〕]{4}〕[^（）()]{0,10}[）)]")
_PAST_BEFORE = re.compile(r"(?:已于|已在|较|比|早在|自|截至|截止|截止到|与|于同期|曾于)$")
_PAST_AFTER = re.compile(r"\s?(?:年)?(?:以来|的基础上|印发的|发布的|出台的|颁布的|召开的|制定的|相比|基数)")
_LEVEL = re.compile(r"达到|提高到|提高至|提升到|提升至|增加到|保持在|稳定在|控制在|[0-9０-９][%％]|以上|不低于|超过|突破")
_PAST_WORDS = re.compile(r"时期，(?:是|我国|现代|经济)|时期(?:省级)?")
_RATE_BEFORE = re.compile(r"(?:每[生人户名个亩所家年]|[标限]准?为)$")
_NUMBER_AFTER = re.compile(rf"(?:的)?[{DIGITS}]")


@dataclass(frozen=True, slots=True)
class _When:
    """What a phrase says, before it is placed in the document."""

    kind: DeadlineKind
    earliest: date | None = None
    latest: date | None = None
    basis: DateBasis = "stated"
    recurrence: str | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    """What a date that leaves something out is read against: the day of issue, the term calendar, the year before it."""

    issued: date | None
    calendar: dict[str, str]
    year: int | None = None
    recurring: bool = False


def extract_deadlines(document: Document, source: Source, lexicon: Lexicon) -> tuple[tuple[Deadline, ...], tuple[Finding, ...]]:
    """Return the deadlines of a document in text order, and findings about dates that cannot be read.

    Headings are read too; cells that list parties are not.
    """
    issued = document.issued.value if document.issued is not None else None
    found: list[Deadline] = []
    findings: list[Finding] = []
    for reading in readings(document, source, PARTY_COLUMNS):
        context = _Context(issued, dict(lexicon.calendar))
        for phrase in find_deadline_phrases(reading.text):
            when = _read(phrase, context, reading.text)
            quote = reading.quote(source, phrase.start, phrase.end)
            if when is None:
                if phrase.rule != "bare-period":
                    message = Message(f"日期无法解读：{quote.text}", f"date not understood: {quote.text}")
                    findings.append(Finding("VK-DEADLINE-UNREAD", "warning", message, quote.span))
                continue
            known = when.latest or when.earliest
            year = known.year if known else context.year
            context = _Context(issued, context.calendar, year, when.kind == "recurring")
            if not _is_over(when, issued):
                found.append(
                    Deadline(reading.item, quote, when.kind, when.earliest, when.latest, when.basis, when.recurrence, phrase.rule)
                )
    return tuple(found), tuple(findings)


def find_deadline_phrases(text: str) -> list[Phrase]:
    """Return the phrases of time in a text that are neither dates of cited documents nor days of entry into force."""
    if not text:
        return []
    taken = [m.span() for m in _CITED.finditer(text)] if "《" in text or "〔" in text else []
    taken += [(p.start, p.end) for p in EFFECTS.scan(text)]
    kept = []
    for phrase in TABLE.scan(text):
        if any(s < phrase.end and phrase.start < e for s, e in taken):
            continue
        if phrase.rule not in ("by", "by-end", "by-before", "by-end-before", "from-school-term", "before-school-term") and (
            _PAST_BEFORE.search(text, max(0, phrase.start - 4), phrase.start)
        ):
            continue
        if _PAST_AFTER.match(text, phrase.end):
            continue
        if phrase.rule == "recurring" and (
            _RATE_BEFORE.search(text, max(0, phrase.start - 3), phrase.start) or _NUMBER_AFTER.match(text, phrase.end)
        ):
            continue
        kept.append(phrase)
    return kept


def _is_over(when: _When, issued: date | None) -> bool:
    """Tell what was over on the day of issue: a fact, not a deadline."""
    if issued is None or when.kind in ("from", "recurring", "relative"):
        return False
    return when.latest is not None and when.latest < issued


def _read(phrase: Phrase, context: _Context, text: str) -> _When | None:
    groups = phrase.match.groupdict()
    rule = phrase.rule
    if rule.startswith("relative"):
        return _When("relative")
    if rule.startswith("recurring"):
        return _recurring(groups)
    if rule in ("period-of-dates", "period-of-years"):
        return _period(groups, rule)
    if rule.endswith("school-term"):
        return _school_term(groups, context, before=rule.startswith("before"))
    if rule.endswith("plan-period"):
        return _plan(groups["plan"], end=rule.startswith("end"))
    if rule in ("by-end", "by-end-before"):
        return _by_end(groups, context)
    return _by_period(groups["period"], rule, context, text, phrase)


def _recurring(groups: dict[str, str | None]) -> _When | None:
    unit, number = groups["unit"] or "年", (groups.get("n") or "").removeprefix("隔").removesuffix("个")
    if number == "半":
        return _When("recurring", recurrence="P6M" if unit in ("年", "年度") else None)
    count = parse_count(number) if number else 1
    if count is None:
        return None
    if unit in ("季度", "季"):
        return _When("recurring", recurrence=f"P{3 * count}M")
    if unit == "学期":
        return _When("recurring", recurrence=f"P{6 * count}M", basis="assumed")
    head, tail = _RECURRENCE[unit]
    return _When("recurring", recurrence=f"{head}{count}{tail}")


def _period(groups: dict[str, str | None], rule: str) -> _When | None:
    first, last = groups["a"] or "", groups["b"] or ""
    if rule == "period-of-years":
        last = last if len(last) == 4 else first[:2] + last
        first, last = first + "年", last + "年"
    start = parse_period(first)
    if start is None:
        return None
    end = parse_period(last, start[0].year)
    if end is None or end[1] < start[0]:
        return None
    return _When("during", start[0], end[1])


def _school_term(groups: dict[str, str | None], context: _Context, before: bool) -> _When | None:
    year, _ = _year(groups["year"], context)
    day = context.calendar.get("autumn-term-start" if groups["term"] == "秋" else "spring-term-start")
    kind: DeadlineKind = "by" if before else "from"
    month_and_day = re.fullmatch("--([0-9]{2})-([0-9]{2})", day or "")
    if year is None or month_and_day is None:
        return _When(kind, basis="assumed")
    start = make_date(year, int(month_and_day[1]), int(month_and_day[2]))
    return _When("by", None, start, "assumed") if before else _When("from", start, None, "assumed")


def _plan(plan: str | None, end: bool) -> _When | None:
    number = parse_count(plan or "")
    if number is None:
        return None
    first, last = plan_years(number)
    return _When("by", None, date(last, 12, 31)) if end else _When("during", date(first, 1, 1), date(last, 12, 31))


def _by_end(groups: dict[str, str | None], context: _Context) -> _When | None:
    part = groups.get("part") or groups.get("month")
    year, basis = _year(groups["year"], context)
    if groups["year"] is None and context.recurring:
        return _When("recurring", recurrence="P1Y")
    if year is None:
        return _When("by", basis="assumed")
    if part is None:
        return _When("by", None, date(year, 12, 31), basis)
    period = parse_period(part, year)
    return None if period is None else _When("by", None, period[1], basis)


def _by_period(words: str | None, rule: str, context: _Context, text: str, phrase: Phrase) -> _When | None:
    words = words or ""
    printed = re.match(_ANY_YEAR, words)
    year, basis = _year(printed.group() if printed else None, context)
    if printed is None and context.recurring:
        return _When("recurring", recurrence="P1Y")
    if year is None:
        return _When("by", basis="assumed")
    rest = words[printed.end() :] if printed else words
    period = parse_period(f"{year}年{rest}")
    if period is None:
        return None
    if rule == "from":
        return _When("from", period[0], None, basis)
    if rule == "by":
        return _When("by", None, period[1], basis)
    if rule == "by-before":
        one_day = period[0] == period[1]
        return _When("by", None, period[1] if one_day else period[0] - timedelta(days=1), basis)
    if _LEVEL.search(text, phrase.end):
        return _When("by", None, period[1], basis)
    return _When("during", period[0], period[1], basis)


def _year(words: str | None, context: _Context) -> tuple[int | None, DateBasis]:
    """Read a year; 今年 and a missing year are counted from the year before it or the day of issue, as an assumption."""
    if words:
        year = parse_year(words)
        if year is not None:
            return year, "stated"
        shift = {"明年": 1, "后年": 2}.get(words, 0)
        return (context.issued.year + shift if context.issued else None), "assumed"
    if context.year is not None:
        return context.year, "stated"
    return (context.issued.year if context.issued else None), "assumed"
