"""责任主体 — Who answers for what: cells of tables, brackets and lines, and clauses with a public authority as subject.

Rules, each a list of units with roles:

    party-cell      a cell of a column of units                    市教育局、市财政局和各县(市、区)政府
    party-bracket   a bracket that names units                     （财政部、教育部负责）（牵头单位：X，配合单位：Y）（市科委）
    party-line      a line that does                               责任单位：市教育局、市财政局
    party-clause    a unit as the subject of 要, 应, 负责, 牵头 …     各县（市、区）要…   由X牵头   X要会同Y
    party-heading   a unit as the heading of its duties            （一）县林业局。负责技术指导。

Roles: 牵头 leads; 配合, 参与 and the second of 会同 support; 指导 guides; 负责, 责任, 落实 make responsible. A rule laid down
once (列第一位者为牵头单位，下同) makes the first of each later list its lead; 以下均需X落实，不再列出 adds X to each later
bracket of the section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vetkb.extract.agencies import AgencyResolver
from vetkb.extract.party_clauses import find_clauses
from vetkb.extract.party_roles import LABEL, Listed, role_lists
from vetkb.extract.party_units import Unit, UnitReader
from vetkb.extract.passages import Reading, readings
from vetkb.model import Document, Party, Responsibility, Role
from vetkb.text import Finding, Message, Quote, Source

_COLUMN_ROLES: dict[str, Role] = {"lead": "lead", "support": "support", "responsible": "responsible", "guide": "guide"}
_FIRST = r"(?:第一(?:位|个|名)?|首位|首)(?:者|的)?(?:的)?(?:责任)?(?:单位|部门)?(?:均)?"
_FIRST_LEADS = re.compile(rf"(?:(?:[列排](?:在|名|序)?|名列|位列){_FIRST}|第一(?:位|个)(?:单位|部门)?)为(?:主要)?牵头")
_INHERITED = re.compile(
    r"以下(?:各[项条](?:任务|工作|措施)?|任务|工作|事项|措施|内容)?均?(?:需要|需|须|应|由|要)?(?:由)?(?P<who>[^,。;]{2,40}?)(?:负责|具体|组织|抓好){0,2}(?:落实|负责|配合|参与)"
    r"[,]?\s*(?:下文|以下|文中|后文)?不再(?:一一|逐一|单独|重复)?(?:列出|列明|列举|列示|重复|说明)"
)
_OPENERS = {"(": ")", "[": "]", "〔": "〕", "【": "】"}
_BRACKET = re.compile(r"[()\[\]〔〕【】]")
_APART = "。;!?”"
_CLOSED = re.compile(r"[ \u3000]{0,4}(?:[。;]|$)")
# （市发展改革委、市财政局） behind these words says who they are, not who acts.
_GLOSSED = re.compile(r"(?:部门|单位|机构|委|局|厅|会|政府|机关|”|为|指)$")
_LINE = re.compile(r"(?:主要|其他|具体)?(?:牵头|责任|负责|配合|主办|协办|承办|参与){1,2}(?:单位|部门|处室|机构)?:")
_SUSPICIOUS = re.compile(r"(?:单位|部门):|牵头|负责(?!人)")


@dataclass(frozen=True, slots=True)
class _Scene:
    """A passage that is being read, with what is needed to read it."""

    reading: Reading
    source: Source
    units: UnitReader

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def plain(self) -> str:
        return self.reading.view.plain

    @property
    def item(self) -> str | None:
        return self.reading.item

    def quote(self, start: int, end: int) -> Quote:
        return self.reading.quote(self.source, start, end)

    def read(self, lists: Sequence[Listed]) -> tuple[list[Unit], bool]:
        return self.units.read(self.text, self.plain, lists)

    def is_party(self, start: int, end: int, strictly: bool) -> bool:
        return self.units.is_party(self.text, self.plain, start, end, strictly)

    def party(self, unit: Unit, position: int) -> Party:
        meant, quote = unit.meant, self.quote(unit.start, unit.end)
        return Party(quote, unit.role, "stated", position, meant.kind, meant.organ, meant.division, meant.group)


def extract_responsibilities(
    document: Document, source: Source, resolver: AgencyResolver
) -> tuple[tuple[Responsibility, ...], list[Finding]]:
    """Return all assignments of a document in text order, and the brackets that look like one and were not read."""
    found: list[Responsibility] = []
    findings: list[Finding] = []
    units = UnitReader(resolver)
    first_leads = _is_laid_down_in_note(document, source)
    inherited: tuple[str, Responsibility] | None = None
    heading: _Scene | None = None
    for reading in readings(document, source):
        scene = _Scene(reading, source, units)
        if reading.kind in _COLUMN_ROLES:
            made = _from_cell(scene, _COLUMN_ROLES[reading.kind])
            found += [_lead_by_position(r) if first_leads else r for r in made]
            continue
        if reading.kind not in ("sentence", "heading"):
            continue
        first_leads = first_leads or (_FIRST_LEADS.search(scene.plain) is not None)
        for start, end in _brackets(scene.plain):
            assigned = _from_bracket(scene, start, end)
            if assigned is None:
                findings += _suspicious(scene, start, end)
                continue
            found.append(_lead_by_position(assigned) if first_leads else assigned)
            if inherited is not None and _section(scene.item) == inherited[0]:
                found.append(replace(inherited[1], item=scene.item))
        inherited = _laid_down(scene) or inherited
        if reading.kind == "heading":
            heading = scene
        stated = _from_line(scene) or [*_from_heading(heading, scene), *_from_clauses(scene)]
        found += stated
        if not stated and _LINE.match(scene.plain):
            findings.append(_unread(scene, 0, len(scene.plain)))
    return tuple(sorted(found, key=lambda r: (r.evidence.start, r.evidence.end, r.inherited))), findings


def _make(scene: _Scene, start: int, end: int, units: list[Unit], is_open: bool, rule: str) -> Responsibility:
    parties = tuple(scene.party(unit, n) for n, unit in enumerate(units, 1))
    return Responsibility(scene.item, scene.quote(start, end), is_open, inherited=False, parties=parties, rule=rule)


def _from_cell(scene: _Scene, role: Role) -> Iterator[Responsibility]:
    plain = scene.plain
    lists = role_lists(plain, 0, len(plain)) if LABEL.search(plain) else []
    units, is_open = scene.read(lists or [Listed(0, len(plain), role)])
    if units:
        yield _make(scene, 0, len(plain), units, is_open, "party-cell")


def _from_bracket(scene: _Scene, start: int, end: int) -> Responsibility | None:
    lists = role_lists(scene.plain, start + 1, end - 1)
    if lists:
        units, is_open = scene.read(lists)
        if any(unit.authority for unit in units) and (scene.plain[start] == "(" or all(u.may_stand_beside for u in units)):
            return _make(scene, start, end, [u for u in units if u.authority or len(u.text) <= 20], is_open, "party-bracket")
        return None
    if scene.plain[start] != "(" or not _stands_apart(scene.plain, start, end):
        return None
    units, is_open = scene.read([Listed(start + 1, end - 1, "responsible")])
    enough = sum(unit.authority for unit in units)
    if enough and 2 * enough >= len(units) and all(unit.may_stand_beside for unit in units):
        return _make(scene, start, end, units, is_open, "party-bracket")
    return None


def _stands_apart(text: str, start: int, end: int) -> bool:
    """A bracket without a role word assigns only where it ends its sentence or part, not as a gloss inside one."""
    if not _CLOSED.match(text, end):
        return False
    return start == 0 or text[start - 1] in _APART or not _GLOSSED.search(text[max(0, start - 3) : start])


def _from_line(scene: _Scene) -> list[Responsibility]:
    """责任单位：A、B — a sentence that is nothing but labels and lists."""
    plain = scene.plain
    label = LABEL.match(plain)
    if label is None or ":" not in plain[: label.end() + 1]:
        return []
    units, is_open = scene.read(role_lists(plain, 0, len(plain)))
    if not any(u.authority for u in units) and not (units and all(u.may_stand_beside for u in units)):
        return []
    return [_make(scene, 0, len(plain), units, is_open, "party-line")]


def _from_heading(heading: _Scene | None, scene: _Scene) -> Iterator[Responsibility]:
    """A unit is the heading, what it does the text: （一）县林业局。负责技术指导。"""
    if heading is None or heading is scene or heading.item != scene.item or scene.item is None:
        return
    end = len(heading.plain.rstrip(" :。"))
    if not _DUTY.match(scene.plain) or not heading.is_party(0, end, strictly=True):
        return
    role: Role = (
        "lead" if "牵头" in scene.plain[:6] else "support" if scene.plain[:2] in ("配合", "协助", "参与") else "responsible"
    )
    units, is_open = heading.read([Listed(0, end, role)])
    parties = tuple(heading.party(unit, n) for n, unit in enumerate(units, 1))
    quote = scene.quote(0, len(scene.plain))
    yield Responsibility(scene.item, quote, is_open, inherited=False, parties=parties, rule="party-heading")


_DUTY = re.compile(r"(?:主要|具体|统筹|共同)?(?:负责(?![人制])|牵头|承担|配合|协助|参与)")


def _from_clauses(scene: _Scene) -> Iterator[Responsibility]:
    for clause in find_clauses(scene.plain, scene.is_party):
        units, is_open = scene.read(clause.lists)
        if units:
            yield _make(scene, clause.start, clause.end, units, is_open, "party-clause")


def _lead_by_position(assigned: Responsibility) -> Responsibility:
    """列第一位者为牵头单位: the first of several departments leads, where no word gives another role."""
    first, *rest = assigned.parties
    if not rest and not assigned.open:
        return assigned
    if first.kind == "group" or first.surface.text.startswith("各") or any(p.role != "responsible" for p in assigned.parties):
        return assigned
    return replace(assigned, parties=(replace(first, role="lead", basis="by-position"), *rest))


def _is_laid_down_in_note(document: Document, source: Source) -> bool:
    """Whether a note (注：列第一位的为牵头单位) lays the rule down for the whole document."""
    notes = (source.text[leaf.span.start : leaf.span.end] for leaf in document.outline if leaf.kind in ("note", "title"))
    return any(_FIRST_LEADS.search(note) for note in notes if len(note) < 400)


def _laid_down(scene: _Scene) -> tuple[str, Responsibility] | None:
    found = _INHERITED.search(scene.plain) if "不再" in scene.plain else None
    if not found:
        return None
    units, is_open = scene.read([Listed(*found.span("who"), "responsible")])
    if not any(unit.authority for unit in units):
        return None
    return _section(scene.item), replace(_make(scene, *found.span(), units, is_open, "party-inherited"), inherited=True)


def _section(item: str | None) -> str:
    parts = (item or "").split("/")
    return "/".join(parts[:2]) if parts[0].startswith("附件") else parts[0]


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Yield the outermost brackets of a text as [start, end)."""
    depth = start = 0
    opener = closer = ""
    for found in _BRACKET.finditer(text):
        char, place = found.group(), found.start()
        if depth == 0 and char in _OPENERS:
            start, depth, opener, closer = place, 1, char, _OPENERS[char]
        elif depth and char == opener:
            depth += 1
        elif depth and char == closer:
            depth -= 1
            if depth == 0:
                yield start, place + 1


def _suspicious(scene: _Scene, start: int, end: int) -> Iterator[Finding]:
    inner = scene.plain[start + 1 : end - 1]
    if _SUSPICIOUS.search(inner) and not _FIRST_LEADS.search(inner):
        yield _unread(scene, start, end)


def _unread(scene: _Scene, start: int, end: int) -> Finding:
    words = scene.text[start:end].strip("（）()〔〕【】")[:60]
    message = Message(f"看似责任分工，但未能读出单位：{words}", f"this looks like an assignment, but no unit was read: {words}")
    return Finding("VK-PARTY-UNREAD", "warning", message, scene.quote(start, end).span)
