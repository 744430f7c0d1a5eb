"""The words in which the layers speak of a document: what the text says and where it says it.

`Document` is the outline (who issued what, under which headings), `Facts` are what rules found in it.
Everything is frozen, knows its place in the source and can be written to RDF and read back unchanged.
`Lexicon` is the knowledge handed to the extraction rules: names of agencies, divisions, populations.

Paths name places in the outline: heading marks joined by "/" (`一/（二）/3`, `附件/row 15`, `第二章/第五条`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from vetkb.text import Quote, Span
from vetkb.zh.bounds import Comparator

T = TypeVar("T")

LeafKind = Literal[
    "letterhead", "number", "title", "addressee", "heading", "paragraph", "table", "row", "signature", "note", "blank", "unparsed"
]
Modality = Literal["obligation", "encouragement", "permission", "prohibition", "goal", "consequence", "description"]
Role = Literal["lead", "support", "responsible", "guide"]
RoleBasis = Literal["stated", "by-position"]
DeadlineKind = Literal["by", "from", "during", "recurring", "relative"]
DateBasis = Literal["stated", "assumed"]
QuantityRole = Literal["target", "standard", "baseline", "duration", "count"]
PartyKind = Literal["organ", "government", "sector", "group", "other"]
ProvisionKind = Literal["funding", "reward", "sanction", "basis", "right", "goal", "benefit"]
PartRole = Literal[
    "payer", "fund", "recipient", "trigger", "subject", "imposer", "measure", "holder", "right", "level", "beneficiary"
]


# --- the outline -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceReference:
    """来源 — Which file a document was read from; `sha256` is that of the file's bytes."""

    name: str
    sha256: str
    characters: int


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A value and the words that state it."""

    value: T
    evidence: Quote


@dataclass(frozen=True, slots=True)
class Leaf:
    """A stretch of the source with one function. The leaves cover the source once, in order."""

    kind: LeafKind
    path: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Item:
    """条款 — A numbered unit of a text or a group row of a table; `span` takes in its subordinate units.

    `label` is the mark as printed (`五、`, `2.`, `第三条`), `heading` the words that title it ("" if none).
    """

    path: str
    label: str
    heading: str
    span: Span
    heading_span: Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """句 — A sentence of running text: `text` is whole (page breaks inside removed), `span` is as printed.

    `item` is the path it stands in (null outside every unit), `order` its place there, from 1.
    """

    item: str | None
    order: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """单元格 — A cell that is not empty; `column` counts from 0, `text` is as printed."""

    column: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Row:
    """行 — A row of a table; `path` is its item (`附件/row 15`), `group` the path of its group row.

    A printed line whose first cell is blank continues the row above: a row may have several cells in a column.
    """

    path: str
    ordinal: int | None
    group: str | None
    span: Span
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """表 — `columns` gives each column's function: ordinal, task, measure, lead, support, responsible, guide,
    schedule, or other. A table of tasks has a task column and at least one column of parties."""

    path: str
    span: Span
    header: tuple[Cell, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def is_task_table(self) -> bool:
        return "task" in self.columns and any(c in self.columns for c in ("lead", "support", "responsible", "guide"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that rules read: `kind` is heading, sentence or the function of a cell's column.

    `sentence` is the place in `Document.sentences` for a sentence, else null.
    """

    item: str | None
    span: Span
    kind: str
    sentence: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """公文 — The outline of one source. Metadata that is not printed is null or empty."""

    source: SourceReference
    identifier: Stated[str] | None
    title: Stated[str] | None
    genre: Stated[str] | None
    issuers: tuple[Stated[str], ...]
    issued: Stated[date] | None
    printed: Stated[date] | None
    addressees: tuple[Stated[str], ...]
    copied_to: tuple[Stated[str], ...]
    sponsor: Stated[str] | None
    outline: tuple[Leaf, ...]
    items: tuple[Item, ...]
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...]

    def passages(self) -> Iterator[Passage]:
        """Yield every stretch of text that rules read, in text order: headings, sentences, cells of rows."""
        found = [Passage(i.path, i.heading_span, "heading") for i in self.items if i.heading]
        found += [Passage(s.item, s.span, "sentence", order) for order, s in enumerate(self.sentences)]
        for table in self.tables:
            for row in table.rows:
                found += [Passage(row.path, cell.span, table.columns[cell.column]) for cell in row.cells]
        return iter(sorted(found, key=lambda p: (p.span.start, p.span.end)))


# --- the facts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """规定 — A sentence and what it does: oblige, encourage, permit, forbid, set a goal, threaten or reward.

    `sentence` is the place of the sentence in `Document.sentences`; `force` the word that carries it (要, 鼓励 …).
    """

    sentence: int
    item: str | None
    evidence: Quote
    modality: Modality
    force: Quote | None
    rule: str


@dataclass(frozen=True, slots=True)
class Party:
    """责任主体 — One unit of a list of responsible parties, as printed in `surface`.

    `organ` and `division` are keys of the lexicon (organ type × division) and set where the text names the unit;
    for a sector word (财政) only `organ` is set and `kind` is "sector"; for a group, `group` is its key.
    `position` counts from 1 in the list.
    """

    surface: Quote
    role: Role
    basis: RoleBasis
    position: int
    kind: PartyKind
    organ: str | None = None
    division: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Responsibility:
    """责任分工 — Who answers for an item; `open` where the list ends in 等 or 相关部门, or names an open group.

    `inherited`: laid down once for a whole section, valid for this item too.
    """

    item: str | None
    evidence: Quote
    open: bool
    inherited: bool
    parties: tuple[Party, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Task:
    """任务 — A row of a task table; in a document without one, a clause that assigns responsibility.

    `ordinal` is the printed number (null for a clause), `group` the path of its group row, `schedule` the
    words of its schedule cell; `continuous` where that says it goes on (持续实施, 长期, 常态化).
    """

    ordinal: int | None
    item: str
    evidence: Quote
    text: str
    group: str | None
    schedule: Quote | None
    continuous: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """时限 — A date or period by, from or during which something is to be done.

    `earliest` and `latest` are both included; `basis` is "assumed" where a calendar was assumed (school terms).
    `recurrence` is an ISO 8601 duration (P1Y for 每年) for kind "recurring".
    """

    item: str | None
    evidence: Quote
    kind: DeadlineKind
    earliest: date | None
    latest: date | None
    basis: DateBasis
    recurrence: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """数量 — A number that binds, in base units (5.7万人 → 57000 人; per cent stay per cent).

    `unit` is as printed without 万 or 亿, `per` the rate (生·年), `indicator` what is measured, `scope` whose (公办高等职业院校),
    `area` where (全市); `deadline` is the place in `Facts.deadlines` of the date it is due, `parent` the place in
    `Facts.quantities` of the total of which this is a printed part.
    """

    item: str | None
    evidence: Quote
    comparator: Comparator
    value: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    unit: str | None
    per: str | None
    indicator: str
    scope: str | None
    area: str | None
    role: QuantityRole
    deadline: int | None
    parent: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Citation:
    """引用 — Another document named in the text; `mode` is how (贯彻, 按照, 根据, 参照 …)."""

    item: str | None
    evidence: Quote
    title: str | None
    identifier: str | None
    mode: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Programme:
    """计划、工程 — A named programme; `broader` is the name of the programme it is part of."""

    item: str | None
    evidence: Quote
    name: str
    broader: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Effect:
    """施行 — From when, or until when, the document itself is in force."""

    evidence: Quote
    start: date | None
    end: date | None
    rule: str


@dataclass(frozen=True, slots=True)
class Part:
    """要素 — The words of a provision that say who, whom, from what, for what or how much."""

    role: PartRole
    quote: Quote


@dataclass(frozen=True, slots=True)
class Provision:
    """安排 — A clause that says more than that something is to be done, with its parts in text order.

    funding: who pays (payer) from which fund (fund) to whom or for what (recipient); reward, sanction, basis: what follows
    (measure) from what (trigger) for whom (subject), by whom (imposer); right: who (holder) may do what (right); goal: what
    (subject) is to become how without a number (level); benefit: to which people or places (beneficiary) something is given.
    `quantities` are places in `Facts.quantities` of the numbers in the clause, `deadline` in `Facts.deadlines` of a goal's date.
    """

    kind: ProvisionKind
    item: str | None
    evidence: Quote
    parts: tuple[Part, ...]
    quantities: tuple[int, ...]
    deadline: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules found in one document, each kind in text order."""

    statements: tuple[Statement, ...] = ()
    tasks: tuple[Task, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    citations: tuple[Citation, ...] = ()
    programmes: tuple[Programme, ...] = ()
    effects: tuple[Effect, ...] = ()
    provisions: tuple[Provision, ...] = ()


# --- the lexicon -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrganType:
    """机关类型 — A kind of public body, with its names by level of government.

    `names` maps a level (national, provincial, municipal, county) to the names it has there without the division,
    the usual one first: {"national": ("财政部",), "provincial": ("财政厅",), "municipal": ("财政局",)}.
    `sectors` are the words by which running text names it in lists (财政, 人力资源社会保障).
    """

    key: str
    names: Mapping[str, tuple[str, ...]]
    sectors: tuple[str, ...] = ()
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """行政区划 — A unit of GB/T 2260: code ("410500"), full name, short names, level, the code above it."""

    code: str
    name: str
    short: tuple[str, ...]
    level: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """群体 — A class of parties named as one (各县（市、区）政府). `closed` where the members follow from the
    division table: `member_levels` under the document's own division; an open group never has members."""

    key: str
    patterns: tuple[str, ...]
    closed: bool
    member_levels: tuple[str, ...] = ()
    member_organ: str | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the rules know besides their patterns, read from ontology/*.ttl.

    `indicators`: key → labels, the usual one first; `indicator_populations`: key → whose value it is.
    `document_prefixes`: 机关代字 → (slug, division code); `units`: printed unit → IRI; `genres`: 文种 → IRI.
    `kinds`: label of a kind of school, firm, place or people → IRI; `beneficiaries`: those of them that measures are for.
    """

    organs: tuple[OrganType, ...]
    divisions: tuple[Division, ...]
    groups: tuple[Group, ...]
    populations: tuple[str, ...]
    indicators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    indicator_populations: Mapping[str, str] = field(default_factory=dict)
    calendar: Mapping[str, str] = field(default_factory=dict)
    document_prefixes: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    genres: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    beneficiaries: Mapping[str, str] = field(default_factory=dict)
