"""Sentences → clauses in which somebody is told to act: a unit as the subject of 要, 应, 须, 切实承担, 负责, 牵头, 会同;
由X牵头, 由X制定; 请X、Y于…前; 县林业局：负责…; 各地贯彻落实情况，要及时报送….

A clause is found by its shape; whether what stands as its subject is a list of public authorities is asked of the
caller. Read on text in one form (full-width punctuation as ASCII, same length).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vetkb.extract.party_roles import Listed
from vetkb.model import Role

IsParty = Callable[[int, int, bool], bool]

_TRIGGER = re.compile("要|应|须|负责|牵头|会同|承担|由|请|^[^,;。:]{2,24}:")
_INNER = re.compile(r"[()\[\]〔〕【】《》“”]")
_OPENERS = dict(zip("([〔【《“", ")]〕】》”", strict=True))
_SEGMENT = re.compile(r"[^,;:。!?]+")

_MODAL = re.compile(
    r"(?<![主重需必紧次概摘首纲不只])要(?![求素点件领闻害义约么])|(?<![相适响反对供效顺理])应当?(?![用对急届变收征邀])|(?<![必无])须|必须"
    r"|切实承担|(?<!主)负责(?![人任]|单位|部门|制(?!定|作|订)|同志)|(?<!企业)牵头(?!(?:责任|实施|配合)?[单部人])|会同|承担(?=[^,;。]{0,12}(?:责任|职责))"
)
_MODAL_AT_START = re.compile(r"(?:都|均|也|还)?(?:要(?![求素点])|应当?|须|必须|切实承担)")
_DUTY_AT_START = re.compile(r"(?:主要|具体|统筹|共同)?(?:负责(?![人制])|牵头|会同|承担|要|配合|协助|参与|指导)")
_DATE = (
    r"(?:到|于|在|从|自)?(?:\d{4}年|今年|明年|每年|本年|\d{1,2}月|\d{1,2}日)(?:\d{1,2}月)?(?:\d{1,2}日)?年?"
    r"(?:[底末初起]|[上中下]旬)?(?:之前|以前|[前内起])?"
)
_PERIOD = r"(?:“[^”]{1,8}”|今后[^,;。]{0,8}?)?(?:时期|期间)|过渡期内?|今后(?:[^,;。]{0,6}年)?|当前|目前|现阶段|近期"
_PREFIX = re.compile(
    rf"(?:\s|[一二三四五六七八九]是|首先|同时|其中|此外|另外|对此|因此|原则上|会议(?:要求|强调|指出|明确|决定|议定)|下一步|{_PERIOD}|{_DATE})?"
)
# Where what is said of the subject begins: 各县政府|在发展教育中|要.
_CUT = re.compile(
    r"在|根据|按|结合|依据|围绕|通过|对(?!外)|把|将|以|于|切实|认真|都|均|也|还|继续|进一步|共同|联合|分别|具体|统一|主动|积极|每[年季月]|定期|依|及时"
    r"|作为|作出|可|就|从|为|既|不仅|首先|组织(?!部)|统筹|充分|严格|加强|做好|贯彻|落实|接到|收到|针对|工作|治理|推进|实施|制定|开展|进展|务必|抓紧|尽快|高度|,|\d"
)
_CUTS_TRIED = 8
_LEADS_IN = re.compile(r"作为|作出|接到|收到|在|按|根据|结合|围绕|针对|对|(?:前|后|时|中)$")
_UNDER = re.compile(r"在[^,;。]{2,20}(?:领导|指导|统筹|组织|指挥)下$")
_REPORTED = re.compile(r"(?:情况|问题|进展|方案|总结|信息|名单)(?:等)?(?:,?要)?$")
_REPORT = re.compile(r"(?:都|均)?要?(?:按时|及时|定期|于)?[^,;。]{0,12}?(?:报送|上报|报告|报)")
_BY = re.compile(r"(?<![自理缘事来因])由(?![于此来])")
_BY_VERB = re.compile(
    r"牵头|会同|负责(?!同志|人)|另行|制定|制订|组织(?!部)|依法|按|统一|具体|审[批核查定]|批准|确定|发布|公布|解释|办[理成]|承担|给予|责令|会?商|对(?!外)|在|根据|予以|统筹|实施"
    r"|核[定准发]|研究(?![室院所中])|提出|安排|监督|管理|指导|出具|受理|评估|认定|汇总|报|进行|处|下达|拨付|落实|向|共同|协调|召集|完成|分别|主管|配合|建立|编制(?![办委部])|验收|考核(?!办)"
)
_TOO_WIDE = ("地方", "国家", "中央")  # 由地方统筹 says where money goes, not who acts
_PLEASE = re.compile(r"请")
_SUPPORTS = re.compile(r"(?:等)?(?:积极|密切|主动|共同|按职责分工|分工)*(?:配合|参与|参加|协助|协同)")
_REALISES = re.compile(r"(?:等)?(?:具体|分工|按职责分工|组织)*(?:落实|实施|负责)$")
_HELPERS: tuple[tuple[re.Pattern[str], Role], ...] = ((_SUPPORTS, "support"), (_REALISES, "responsible"))
_ADVERBS = (
    r"(?:切实|认真|积极|主动|密切|进一步|继续|充分|严格|及时|定期|全力|大力|共同|依法|抓紧|加强|协调、|组织、"
    r"|(?:按照?|结合|根据)[^,;。]{0,20},?){0,5}"
)
_LEAD_VERB = re.compile(rf"{_ADVERBS}(?:发挥|做好|履行|承担|起|好|切实|总)*牵头(?!单位|部门)")
_OTHER_VERB = re.compile(
    r"(?:切实|认真|积极|主动|密切|全力|大力|做好|协调、|组织、|(?:按照?|结合|根据)[^,;。]{0,20},?){0,4}(?P<verb>会同|配合|参与|协助|指导)"
)
_LEADS_BY = re.compile("(?:分别|共同|联合|具体|统筹|负责)*牵头")
_LEADS_WITH = re.compile("牵头,?会同")
_JOIN = re.compile(r"(?:要|积极|主动|牵头|并)*会同")
_JOIN_END = re.compile(
    r"另行|制定|制订|研究(?![室院所中])|做好|组织(?!部)|推进|开展|共同|加强|完善|建立|按|抓|编制(?![办委部])|负责|进行|统筹|提出|明确|落实|实施|对(?!外)|将|在|根据|出台|加快|定期|及时|督促|依法|,|;|。|$"
)
# Where a unit may end with its verb right behind it: 会同市财政局|公布目录.
_UNIT_ENDS = re.compile(r"(?<=[部委局办厅署院会门关府处联行位])(?=[^部委局办厅署院会门关府处联行位,;:。、])")
# 市教育局是本市…的主管部门，负责…
_IS_CHARGED = re.compile(r"(?:是|为|作为)[^,;。]{2,40}(?:部门|机关|机构|主体|单位)$")
_SHORTEST_DUTY = 6
_NO_DUTY = re.compile(r"[\d]{5}|电话|邮箱|联系人|[、/]|^\s*\d|[人名]$")
_REACH = 400
_FEW = 80


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that assigns: [start, end) in the text, and the lists of units it names."""

    start: int
    end: int
    lists: tuple[Listed, ...]
    certain: bool  # false where only the unit itself can tell (由X制定, 请X)


def find_clauses(text: str, is_party: IsParty) -> Iterator[Clause]:
    """Yield the clauses of a sentence; `is_party(start, end, strictly)` tells whether a stretch lists public authorities."""
    if not _TRIGGER.search(text):
        return
    reader = _Sentence(text, mask(text), is_party)
    found = list(reader.read())
    for place, clause in enumerate(found):
        limit = found[place + 1].start if place + 1 < len(found) else len(text)
        stops = [at for stop in ";。" if (at := reader.masked.find(stop, clause.end, limit)) >= 0]
        end = max(clause.end, min([limit, *stops]))
        while end > clause.start + 1 and text[end - 1] in ",; 。":
            end -= 1
        yield Clause(clause.start, end, clause.lists, clause.certain)


def mask(text: str) -> str:
    """Blank out what stands in brackets and quotation marks, so that nobody reads a verb or a comma there."""
    if not _INNER.search(text):
        return text
    kept = list(text)
    closer, depth, opened = "", 0, 0
    for found in _INNER.finditer(text):
        char, at = found.group(), found.start()
        if depth == 0 and char in _OPENERS:
            opener, closer, depth, opened = char, _OPENERS[char], 1, at
        elif depth and char == closer:
            depth -= 1
            if depth == 0:
                kept[opened + 1 : at] = "\0" * (at - opened - 1)
        elif depth and char == opener:
            depth += 1
    return "".join(kept)


@dataclass(slots=True)
class _Sentence:
    """A sentence while its clauses are read, part by part between commas."""

    text: str
    masked: str
    is_party: IsParty

    def read(self) -> Iterator[Clause]:
        segments = [found.span() for found in _SEGMENT.finditer(self.masked)]
        open_clause: Clause | None = None
        adjacent = False
        waiting: tuple[int, int] | None = None  # units before a comma, whose verb is still to come: 各区政府，各街镇要…
        for place, (start, end) in enumerate(segments):
            if open_clause is not None:
                added = self._added(start, end, open_clause, adjacent)
                if added is not None:
                    open_clause, waiting = added, None
                    continue
            following = segments[place + 1] if place + 1 < len(segments) else (end, end)
            found = self._clause(start, end, following) if start >= (open_clause.end if open_clause else 0) else None
            adjacent = found is not None
            if found is not None and waiting is not None and found.lists[0].start == start:
                found = Clause(waiting[0], found.end, (Listed(*waiting, found.lists[0].role), *found.lists), found.certain)
            waiting = (start, end) if found is None and self._may_wait(start, end) else None
            if found is not None:
                if open_clause is not None:
                    yield open_clause
                open_clause = found
            if self.masked[end : end + 1] in ";。" and open_clause is not None and end > open_clause.end:
                adjacent = False
        if open_clause is not None:
            yield open_clause

    def _may_wait(self, start: int, end: int) -> bool:
        if self.masked[end : end + 1] != "," or end - start > _FEW:
            return False
        return self.is_party(start, end, not self.text.startswith(("各", "有关"), start))

    def _clause(self, start: int, end: int, following: tuple[int, int]) -> Clause | None:
        prefix = _PREFIX.match(self.masked, start, end)
        first = prefix.end() if prefix else start
        by = _BY.search(self.masked, start, end)
        if by and (found := self._by(start, by.end(), end)):
            return found
        if _PLEASE.match(self.masked, first):
            return self._asked(start, first + 1, end, following)
        modal = _MODAL.search(self.masked, first, min(end, first + _REACH))
        if modal is not None:
            return self._directed(start, first, modal, end)
        return self._before_comma(start, first, end, following)

    def _asked(self, start: int, first: int, end: int, following: tuple[int, int]) -> Clause | None:
        """请X、Y于…前, 请X，Y于…前."""
        asked = self._subject_of(start, first, end, end, "responsible", certain=False)
        if asked is None or asked.lists[0].end < end or self.masked[end : end + 1] != ",":
            return asked
        further = self._subject_of(start, *following, following[1], "responsible", certain=False)
        return asked if further is None else Clause(start, further.end, asked.lists + further.lists, certain=False)

    def _directed(self, start: int, first: int, modal: re.Match[str], end: int) -> Clause | None:
        """X要…, X负责…, X会同Y…"""
        subject = self._subject(first, modal.start())
        if subject is None:
            if _REPORTED.search(self.masked, first, modal.start()) and _REPORT.match(self.masked, modal.start(), end):
                return self._reporter(start, first, modal.start(), end)
            return None
        word = modal.group()
        if word == "会同":
            return self._with(start, first, subject, modal.end(), end)
        if word == "牵头":
            joined = _JOIN.match(self.masked, modal.end(), end)
            return (
                self._with(start, first, subject, joined.end(), end)
                if joined
                else Clause(start, end, (Listed(first, subject, "lead"),), certain=True)
            )
        return self._by_verb(start, first, subject, modal.end(), end)

    def _by_verb(self, start: int, first: int, subject: int, after: int, end: int) -> Clause | None:
        """What the first verb says of the role: 要牵头, 要会同Y, 要配合, 要指导."""
        role: Role = "responsible"
        if _LEAD_VERB.match(self.masked, after):
            role = "lead"
            if joined := _LEADS_WITH.search(self.masked, after, end):
                return self._with(start, first, subject, joined.end(), end)
        elif verb := _OTHER_VERB.match(self.masked, after):
            if verb["verb"] == "会同":
                return self._with(start, first, subject, verb.end(), max(end, verb.end()))
            role = "guide" if verb["verb"] == "指导" else "support"
        return Clause(start, end, (Listed(first, subject, role),), certain=True)

    def _with(self, start: int, first: int, subject: int, after: int, end: int) -> Clause:
        """A会同B: A leads, B supports."""
        partners = self._partners(after)
        lists = (Listed(first, subject, "lead"), *partners)
        return Clause(start, max([end, *(p.end for p in partners)]), lists, certain=True)

    def _partners(self, after: int) -> tuple[Listed, ...]:
        for stop in _JOIN_END.finditer(self.masked, after, min(len(self.text), after + _FEW)):
            if stop.start() > after + 1 and self.is_party(after, stop.start(), False):
                return (Listed(after, stop.start(), "support"),)
        ends = (found.start() for found in _UNIT_ENDS.finditer(self.masked, after + 1, min(len(self.text), after + _FEW)))
        return next(((Listed(after, e, "support"),) for e in ends if self._ends_list(after, e)), ())

    def _ends_list(self, after: int, end: int) -> bool:
        """Whether the list of units that begins at `after` is whole at `end`: 会同市财政局、市民政局|公布目录."""
        return self.masked[end : end + 1] not in ("、", "和", "及", "与", "等") and self.is_party(after, end, False)

    def _by(self, start: int, first: int, end: int) -> Clause | None:
        """由X牵头, 由X会同Y制定, 由X审批."""
        for tried, verb in enumerate(_BY_VERB.finditer(self.masked, first + 1, min(end, first + _REACH))):
            if tried >= _CUTS_TRIED:
                break
            word = "牵头" if _LEADS_BY.match(self.masked, verb.start()) else verb.group()
            strictly = word not in ("牵头", "会同", "负责")
            if not self.is_party(first, verb.start(), strictly) or self.text[first : verb.start()] in _TOO_WIDE:
                continue
            if word in ("会同", "牵头"):
                joined = verb if verb.group() == "会同" else _JOIN.match(self.masked, verb.end(), end)
                if joined:
                    return self._with(start, first, verb.start(), joined.end(), end)
            role: Role = "lead" if word == "牵头" else "support" if word == "配合" else "responsible"
            return Clause(start, end, (Listed(first, verb.start(), role),), certain=not strictly)
        return None

    def _before_comma(self, start: int, first: int, end: int, following: tuple[int, int]) -> Clause | None:
        """X作为…主体，要…   县林业局：负责…   各地贯彻落实情况，要及时报送…"""
        stop = self.masked[end : end + 1]
        if stop == ":" and self._states_duty(first, *following) and self.is_party(first, end, True):
            verb = following[0]
            role = _OTHER_VERB.match(self.masked, verb)
            if _LEAD_VERB.match(self.masked, verb):
                return Clause(start, following[1], (Listed(first, end, "lead"),), certain=True)
            given: Role = "responsible"
            if role and role["verb"] != "会同":
                given = "guide" if role["verb"] == "指导" else "support"
            return Clause(start, following[1], (Listed(first, end, given),), certain=True)
        if stop != ",":
            return None
        charged = _IS_CHARGED.search(self.masked, first + 2, end)
        if charged and _DUTY_AT_START.match(self.masked, *following) and self.is_party(first, charged.start(), False):
            return Clause(start, following[1], (Listed(first, charged.start(), "responsible"),), certain=True)
        if _REPORTED.search(self.masked, first, end) and _REPORT.match(self.masked, *following):
            return self._reporter(start, first, end, following[1])
        modal = _MODAL_AT_START.match(self.masked, *following)
        duty = _UNDER.search(self.masked, first, end) and _DUTY_AT_START.match(self.masked, *following)
        if duty or (modal and _LEADS_IN.search(self.masked, first, end)):
            subject = self._subject(first, end)
            if subject is not None and subject < end:
                after = modal.end() if modal else following[0]
                return self._by_verb(start, first, subject, after, following[1])
        return None

    def _states_duty(self, first: int, start: int, end: int) -> bool:
        """市公安局：负责…; 市气象局：及时提供… where the unit opens its paragraph and what follows is no name or number."""
        if _DUTY_AT_START.match(self.masked, start, end):
            return True
        return first == 0 and end - start >= _SHORTEST_DUTY and not _NO_DUTY.search(self.masked, start, end)

    def _reporter(self, start: int, first: int, until: int, end: int) -> Clause | None:
        """Who reports is named at the head of what is reported."""
        if not self.text.startswith("各", first):
            return None
        return self._subject_of(start, first, until, end, "responsible", certain=False)

    def _subject_of(self, start: int, first: int, until: int, end: int, role: Role, certain: bool) -> Clause | None:
        subject = self._subject(first, until)
        return None if subject is None else Clause(start, end, (Listed(first, subject, role),), certain)

    def _subject(self, first: int, until: int) -> int | None:
        """Return where the list of units that begins at `first` ends, at `until` or where something is said of it."""
        while until > first and self.text[until - 1] == " ":
            until -= 1
        if until - first < 2 or until - first > _REACH:
            return None
        if self.is_party(first, until, False):
            return until
        for tried, cut in enumerate(_CUT.finditer(self.masked, first + 2, until)):
            if tried >= _CUTS_TRIED:
                return None
            if self.is_party(first, cut.start(), False):
                return cut.start()
        return None

    def _added(self, start: int, end: int, clause: Clause, adjacent: bool) -> Clause | None:
        """The clause with what a later part of the sentence adds: 会同Y…, Y、Z配合, 各区政府落实."""
        first = clause.lists[0]
        joined = _JOIN.match(self.masked, start, end)
        if joined and joined.end() < end and first.role in ("responsible", "lead"):
            partners = self._partners(joined.end())
            if not partners:
                return None
            leads = tuple(Listed(x.start, x.end, "lead") if x.role == "responsible" else x for x in clause.lists)
            return Clause(clause.start, end, leads + partners, clause.certain)
        if first.role not in ("lead", "responsible") or not adjacent:
            return None
        for pattern, role in _HELPERS:
            verb = pattern.search(self.masked, start + 2, min(end, start + _FEW))
            if verb and self.is_party(start, verb.start(), False):
                return Clause(clause.start, end, (*clause.lists, Listed(start, verb.start(), role)), clause.certain)
        return None
