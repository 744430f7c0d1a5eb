"""施行 — From when and until when a document itself is in force: 自…起施行, 有效期至….

立法技术规范 writes 本办法自N年N月N日起施行; documents of local government add 有效期至 or 有效期N年.
"""

from __future__ import annotations

from datetime import date, timedelta

from vetkb.extract.passages import readings
from vetkb.extract.phrases import PhraseRule, PhraseTable
from vetkb.model import Document, Effect
from vetkb.text import Finding, Source
from vetkb.zh.dates import DAY, MONTH, YEAR, make_date, parse_count, parse_date
from vetkb.zh.numerals import CHINESE_NUMERALS, DIGITS

_GENRE = "(?:意见|办法|通知|规定|方案|细则|条例|措施|决定|规则|计划|标准|文件|政策|规范|制度|公告)"
_IN_FORCE = "(?:施行|实施|执行|生效|试行)"
_DATE = rf"{YEAR}\s?{MONTH}\s?{DAY}"

RULES: tuple[PhraseRule, ...] = (
    PhraseRule(
        "in-force-from",
        rf"(?:本|该)[\u4e00-\u9fa5]{{0,6}}{_GENRE}[，,]?[自从](?P<start>{_DATE})(?:之日)?起(?:正式)?{_IN_FORCE}"
        rf"|(?<![\u4e00-\u9fa5])自(?P<begin>{_DATE})(?:之日)?起(?:正式)?施行",
        (("本办法自2019年1月1日起施行。", "本办法自2019年1月1日起施行"), ("，自2020年5月1日起施行", "自2020年5月1日起施行")),
        ("从2017年起实施", "2018年春季学期开始实施"),
    ),
    PhraseRule(
        "in-force-from-issue",
        rf"(?:(?:本|该)[\u4e00-\u9fa5]{{0,6}}{_GENRE}[，,]?)?自(?P<event>印发|发布|公布|下发|颁布|签发)之日起(?:满)?(?:(?P<days>[{DIGITS}]{{1,3}})日[后起])?(?:正式)?{_IN_FORCE}",
        (
            ("本通知自印发之日起执行", "本通知自印发之日起执行"),
            ("自发布之日起施行", "自发布之日起施行"),
            ("本规定自公布之日起30日后施行", "本规定自公布之日起30日后施行"),
        ),
    ),
    PhraseRule(
        "in-force-until",
        rf"(?:有效期|试行期|执行期)(?:限)?(?:自{_DATE}(?:起)?|为{_DATE})?(?:截)?[至到止—-](?P<end>{_DATE})(?:止)?",
        (
            ("有效期至2030年12月31日。", "有效期至2030年12月31日"),
            ("有效期自2021年1月1日至2025年12月31日", "有效期自2021年1月1日至2025年12月31日"),
        ),
    ),
    PhraseRule(
        "in-force-for",
        rf"(?:有效期|试行期)(?:限)?(?:为)?(?P<years>[{DIGITS}]{{1,2}}|[{CHINESE_NUMERALS}]{{1,3}})年",
        (("有效期5年", "有效期5年"), ("有效期为两年", "有效期为两年")),
        ("在有效期内",),
    ),
)
EFFECTS = PhraseTable(RULES, "(?=[本该自有试执])")


def extract_effects(document: Document, source: Source) -> tuple[tuple[Effect, ...], tuple[Finding, ...]]:
    """Return when the document itself comes into and goes out of force.

    自印发之日起 is dated by the printing line (版记), and left without a date where there is none.
    """
    effects: list[Effect] = []
    start: date | None = None
    for reading in readings(document, source):
        if "有效期" not in reading.text and "自" not in reading.text and "行期" not in reading.text:
            continue
        for phrase in EFFECTS.scan(reading.text):
            groups = phrase.match.groupdict()
            end: date | None = None
            begin: date | None = None
            stated = groups.get("start") or groups.get("begin")
            if stated:
                begin = start = parse_date(stated)
            elif groups.get("event"):
                begin = start = _from_issue(document, parse_count(groups["days"]) if groups["days"] else 0)
            elif groups.get("end"):
                end = parse_date(groups["end"] or "")
            elif not effects:
                continue  # a term of validity of something else
            else:
                end = _years_later(start, parse_count(groups["years"] or ""))
            effects.append(Effect(reading.quote(source, phrase.start, phrase.end), begin, end, phrase.rule))
    return tuple(effects), ()


def _from_issue(document: Document, days: int | None) -> date | None:
    return document.printed.value + timedelta(days=days or 0) if document.printed is not None else None


def _years_later(start: date | None, years: int | None) -> date | None:
    if start is None or not years:
        return None
    later = make_date(start.year + years, start.month, start.day) or make_date(start.year + years, start.month, 28)
    return later - timedelta(days=1) if later is not None else None
