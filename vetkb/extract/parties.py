"""责任主体 — Who answers for what: cells of tables, brackets, and clauses with a public authority as their subject.

Three rules, each a list of units with roles:

    party-cell      a cell of a column of units                    市教育局、市财政局和各县(市、区)政府
    party-bracket   a bracket that names units                     （财政部、教育部负责）（牵头单位：X，配合单位：Y）（市科委）
    party-clause    a unit as the subject of 要, 应, 负责, 牵头 …     各县（市、区）要…   由X牵头   X要会同Y

Roles: 牵头 leads; 配合, 参与 and the second of 会同 support; 指导 guides; 负责, 责任, 落实 make responsible. A rule laid down
once (列第一位者为牵头单位，下同) makes the first of each later list its lead; 以下均需X落实，不再列出 adds X to each later
bracket of the section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vetkb.extract.agencies import AgencyResolver
from vetkb.extract.passages import Reading, readings
from vetkb.model import Document, Party, Responsibility, Role
from vetkb.text import Finding, Message, Quote, Source

# Words that give a unit its role, in the order in which they are tried.
ROLE_WORDS: tuple[tuple[str, Role], ...] = (
    ("牵头", "lead"),
    ("主办", "lead"),
    ("配合", "support"),
    ("参与", "support"),
    ("参加", "support"),
    ("协助", "support"),
    ("协办", "support"),
    ("协同", "support"),
    ("支持", "support"),
    ("指导", "guide"),
    ("负责", "responsible"),
    ("责任", "responsible"),
    ("落实", "responsible"),
    ("承办", "responsible"),
    ("实施", "responsible"),
    ("推进", "responsible"),
    ("办理", "responsible"),
)
_ROLE = "|".join(word for word, _ in ROLE_WORDS)
_COLUMN_ROLES: dict[str, Role] = {"lead": "lead", "support": "support", "responsible": "responsible", "guide": "guide"}

_LABEL = re.compile(rf"(?P<word>{_ROLE}|主管)(?:单位|部门|处室|主体|机构|科室)?[:：]")
_OTHER_LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}[:：]")
_SUFFIX = re.compile(
    rf"(?:按照?(?:各自)?(?:职责|职能)(?:分工)?|依职责|分别|共同|具体|联合)*(?P<word>{_ROLE})(?:{_ROLE}|组织|具体|等|工作|分工|并)*(?P<rest>.*)$"
)
_FIRST_LEADS = re.compile(r"(?:列|排)(?:在|名)?第一(?:位)?(?:者|的)?(?:单位|部门)?(?:的)?(?:单位|部门)?为牵头")
_INHERITED = re.compile(
    r"以下(?:各项|任务)?均?需?(?:要)?(?:由)?(?P<who>[^，。；]{2,40}?)(?:负责)?(?:落实|负责|配合|参与)[，,]?\s*(?:下文|以下)?不再(?:一一)?(?:列出|列明|重复)"
)
_NONE = frozenset({"/", "／", "—", "-", "无", "－", "——"})

_CLAUSE_START = re.compile(r"(?:^|(?<=[。；，：！？:;,]))")
_MODAL = re.compile(
    r"(?<![主重需必紧次概摘首纲不])要(?![求素点件领闻害义约])|(?<![相适响反对供效顺])应当?(?![用对急届变收征邀])|须|切实承担|(?<![主])负责(?![人制任同])|牵头(?![单部])|会同"
)
_ADVERBIAL = re.compile(
    r"(?:在[^，。；]{1,40}?(?:中|时|上|内|基础上)|(?:根据|按照|结合|依据|围绕|通过)[^，。；]{1,40}|切实|认真|都|均|也|还|继续|进一步|共同|联合|分别|要|应)$"
)
_BY = re.compile(r"由(?=[^，。；由]{2,60}?(?:牵头|会同|负责))")
# 各地贯彻落实情况…，要及时报送国务院: who reports is named at the head of what is reported.
_REPORTS = re.compile(
    r"(?P<who>各[^，。；]{1,12}?)(?=贯彻|落实|治理|推进|工作|实施|执行|制定|开展)[^。；]{4,120}，要?(?:按时|及时|定期|于)?[^，。；]{0,12}(?:报送|上报|报告)"
)
# A unit that the lexicon lacks, by its form: 市…局, 某某区政府, …委员会.
_LIKELY_UNIT = re.compile(
    r"(?:国家|国务院|中国|中央|全国|[省市县区州盟旗团][^，。；、]{0,14}|[^，。；、]{2,8}[省市县区州盟旗]|[^，。；、]{2,12})"
    r"(?:[局委办厅署]|委员会|办公室|政府|管委会|总队|支队|联合会|联社)$"
)
_REACH = 140
_JOINS = re.compile("会同")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list of units and the role the words give it: [start, end) in a view."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class _Scene:
    """A passage that is being read, with what is needed to read it."""

    reading: Reading
    source: Source
    resolver: AgencyResolver

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def item(self) -> str | None:
        return self.reading.item

    def quote(self, start: int, end: int) -> Quote:
        return self.reading.quote(self.source, start, end)


def extract_responsibilities(
    document: Document, source: Source, resolver: AgencyResolver
) -> tuple[tuple[Responsibility, ...], list[Finding]]:
    """Return all assignments of a document in text order, and the brackets that look like one and were not read."""
    found: list[Responsibility] = []
    findings: list[Finding] = []
    first_leads = False
    inherited: tuple[str, Responsibility] | None = None
    for reading in readings(document, source):
        scene = _Scene(reading, source, resolver)
        if reading.kind in _COLUMN_ROLES:
            found += _from_cell(scene, _COLUMN_ROLES[reading.kind])
            continue
        if reading.kind not in ("sentence", "heading"):
            continue
        for start, end in _brackets(scene.text):
            first_leads = first_leads or bool(_FIRST_LEADS.search(scene.text, start, end))
            assigned = _from_bracket(scene, start, end, first_leads)
            if assigned is None:
                findings += _suspicious(scene, start, end)
                continue
            found.append(assigned)
            if inherited is not None and _section(scene.item) == inherited[0]:
                found.append(replace(inherited[1], item=scene.item))
        if reading.kind == "sentence":
            inherited = _laid_down(scene) or inherited
            found += _from_clauses(scene)
    return tuple(sorted(found, key=lambda r: (r.evidence.start, r.evidence.end, r.inherited))), findings


def _from_cell(scene: _Scene, role: Role) -> Iterator[Responsibility]:
    text = scene.text
    if text in _NONE:
        return
    lists = _role_lists(text, 0, len(text)) if _LABEL.search(text) else [_Listed(0, len(text), role)]
    made = _responsibility(scene, 0, len(text), lists, "party-cell", wanted=0)
    if made is not None:
        yield made


def _from_bracket(scene: _Scene, start: int, end: int, first_leads: bool) -> Responsibility | None:
    inner_start, inner_end = start + 1, end - 1
    lists = _role_lists(scene.text, inner_start, inner_end)
    if lists:
        made = _responsibility(scene, start, end, lists, "party-bracket", wanted=1)
    elif _stands_apart(scene.text, start, end):
        whole = [_Listed(inner_start, inner_end, "responsible")]
        made = _responsibility(scene, start, end, whole, "party-bracket", wanted=-1)
    else:
        made = None
    if made is not None and first_leads:
        made = _lead_by_position(made)
    return made


def _stands_apart(text: str, start: int, end: int) -> bool:
    """A bracket without a role word assigns only where it ends its paragraph or clause, not as a gloss inside one."""
    return text[end:].strip(" \u3000") in ("", "。", "；", ";") and (start == 0 or text[start - 1] in "。；;！？”")


def _role_lists(text: str, start: int, end: int) -> list[_Listed]:
    """Cut a text into lists of units, each with the role that its own words give it."""
    lists: list[_Listed] = []
    held: int | None = None  # start of a list whose role word is still to come
    for left, right in _chunks(text, start, end):
        chunk = text[left:right]
        label = _LABEL.match(chunk)
        if label:
            lists.append(_Listed(left + label.end(), right, _role(label["word"])))
            held = None
            continue
        if _OTHER_LABEL.match(chunk):
            held = None
            continue
        suffix = _SUFFIX.search(chunk)
        if suffix:
            first = left if held is None else held
            lists += _joined(text, first, left + suffix.start(), _role(suffix["word"]))
            held = None
        elif lists and _LABEL.match(text[start:]) and held is None:
            lists[-1] = replace(lists[-1], end=right)  # 牵头单位：X，Y
        elif held is None:
            held = left
    return lists


def _joined(text: str, start: int, end: int, role: Role) -> Iterator[_Listed]:
    """A会同B: the first leads, the second supports."""
    join = _JOINS.search(text, start, end)
    if join:
        yield _Listed(start, join.start(), "lead")
        yield _Listed(join.end(), end, "support")
    elif end > start:
        yield _Listed(start, end, role)


def _chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    depth, at = 0, start
    for place in range(start, end):
        char = text[place]
        depth += (char in "（(") - (char in "）)")
        if depth == 0 and char in "，,；;。":
            if place > at:
                yield at, place
            at = place + 1
    if end > at:
        yield at, end


def _role(word: str) -> Role:
    return next((role for name, role in ROLE_WORDS if name == word), "responsible")


def _responsibility(scene: _Scene, start: int, end: int, lists: list[_Listed], rule: str, wanted: int) -> Responsibility | None:
    """Make an assignment of lists; `wanted`: how many units it takes to be one (-1: all must be units)."""
    parties: list[Party] = []
    is_open = False
    known = likely = total = 0  # units of the lexicon; others that look like units; all
    for listed in lists:
        split = scene.resolver.split(scene.text[listed.start : listed.end])
        is_open = is_open or split.open
        for unit in split.units:
            left, right = listed.start + unit.start, listed.start + unit.end
            meant = scene.resolver.resolve(scene.text[left:right], in_sector_list=unit.sector)
            total += 1
            known += meant.kind != "other"
            likely += meant.kind == "other" and bool(_LIKELY_UNIT.match(scene.text[left:right]))
            quote = scene.quote(left, right)
            parties.append(
                Party(quote, listed.role, "stated", len(parties) + 1, meant.kind, meant.organ, meant.division, meant.group)
            )
            is_open = is_open or scene.resolver.is_open_group(meant.group)
    enough = known + likely >= wanted if wanted >= 0 else known + likely == total and (known == total or rule == "party-bracket")
    if not parties or not enough:
        return None
    return Responsibility(scene.item, scene.quote(start, end), is_open, inherited=False, parties=tuple(parties), rule=rule)


def _lead_by_position(assigned: Responsibility) -> Responsibility:
    """列第一位者为牵头单位: the first of several departments leads, where no word gives another role."""
    first, *rest = assigned.parties
    if not rest and not assigned.open:
        return assigned
    if first.kind == "group" or any(p.role != "responsible" for p in assigned.parties):
        return assigned
    return replace(assigned, parties=(replace(first, role="lead", basis="by-position"), *rest))


def _laid_down(scene: _Scene) -> tuple[str, Responsibility] | None:
    found = _INHERITED.search(scene.text)
    if not found:
        return None
    lists = [_Listed(*found.span("who"), "responsible")]
    made = _responsibility(scene, *found.span(), lists, "party-inherited", wanted=1)
    return (_section(scene.item), replace(made, inherited=True)) if made else None


def _section(item: str | None) -> str:
    parts = (item or "").split("/")
    return "/".join(parts[:2]) if parts[0].startswith("附件") else parts[0]


def _from_clauses(scene: _Scene) -> Iterator[Responsibility]:
    text = scene.text
    taken = 0
    inside = [n for start, end in _brackets(text) for n in range(start, end)]
    closed = frozenset(inside)
    for boundary in _CLAUSE_START.finditer(text):
        start = boundary.start()
        if start < taken or start in closed:
            continue
        subject_end = _subject(text, start)
        if subject_end is None:
            report = _REPORTS.match(text, start)
            if report is None:
                continue
            subject_end = report.end("who")
        lists, sentence_end = _clause_lists(text, start, subject_end)
        made = _responsibility(scene, start, sentence_end, lists, "party-clause", wanted=-1)
        if made is not None:
            taken = sentence_end
            yield made


def _subject(text: str, start: int) -> int | None:
    """Return where the subject of a directing clause ends, if one begins at `start`."""
    limit = min(len(text), start + _REACH)
    modal = _MODAL.search(text, start, limit)
    if modal is None or any(stop in text[start : modal.start()] for stop in "。；：，"):
        return None
    end = modal.start()
    while True:
        cut = _ADVERBIAL.search(text, start, end)
        if not cut or cut.start() <= start:
            return end if end - start >= 2 else None
        end = cut.start()


def _clause_lists(text: str, start: int, subject_end: int) -> tuple[list[_Listed], int]:
    """Return the lists of a directing clause and where it ends (the end of its sentence or part)."""
    end = min((at for stop in "。；" if (at := text.find(stop, subject_end)) >= 0), default=len(text))
    role: Role = "responsible"
    if text.startswith("由", start):
        start += 1
    if text.startswith("请", start):
        start += 1
    rest = text[subject_end : min(end, subject_end + 60)]
    if re.match(r"(?:要|应当?|须)?牵头", rest):
        role = "lead"
    join = re.match(
        r"(?:要|应当?|须)?(?:牵头)?会同(?P<who>[^，。；]{2,60}?)(?=制定|研究|做好|组织|推进|开展|共同|加强|完善|建立|按|$|[，。；])",
        rest,
    )
    if join:
        who = subject_end + join.start("who")
        return [_Listed(start, subject_end, "lead"), _Listed(who, who + len(join["who"]), "support")], end
    return [_Listed(start, subject_end, role)], end


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Yield the outermost brackets of a text as [start, end)."""
    depth = start = 0
    for place, char in enumerate(text):
        if char in "（(":
            if depth == 0:
                start = place
            depth += 1
        elif char in "）)" and depth:
            depth -= 1
            if depth == 0:
                yield start, place + 1


def _suspicious(scene: _Scene, start: int, end: int) -> Iterator[Finding]:
    inner = scene.text[start + 1 : end - 1]
    if re.search(r"(?:单位|部门)[:：]|牵头|负责(?!人)", inner) and not _FIRST_LEADS.search(inner):
        message = Message(
            f"括号看似责任分工，但未能读出单位：{inner[:60]}",
            f"a bracket looks like an assignment, but no unit was read: {inner[:60]}",
        )
        yield Finding("VK-PARTY-UNREAD", "warning", message, scene.quote(start, end).span)
