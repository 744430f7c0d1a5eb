"""机关识别 — One printed unit → organ type × division: 市财政局 in a document of Anyang is finance × 410500.

The level comes from what stands before the name (市, 省, 国家, 安阳市) and from the document's own division: another
level is another body (财政厅 there is the province's). A name without any prefix is that of the document's own
level (发展改革委 of the State Council is 国家发展改革委), else a body that only exists higher up (教育部, 财政厅).
Sector words (财政) name a unit only in lists that end in 部门. What is not certain stays unresolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from vetkb.extract.party_lists import ListSplitter, PartyList, plain
from vetkb.model import Division, Document, Group, Lexicon, OrganType, PartyKind
from vetkb.zh.document_numbers import parse_document_number

NATION = "000000"
SLOT = "{}"
_SHORT_SLOT = "{short}"
# Where a division may stand inside a name: at its head, or behind the first words of some.
_OWN_WORDS = (
    *("全市", "我市", "本市", "全省", "我省", "本省", "全县", "全区"),
    *("自治区", "自治州", "自治县", "省", "市", "县", "区", "州", "盟", "旗"),
)
_LEVEL_MARKS = frozenset("省市县区州盟旗")
_NATION_WORDS = ("中华人民共和国", "国家")
_BARE_IS_NO_NAME = frozenset({"政府", "人民政府", "委", "海关", "法院", "检察院", "人民法院", "人民检察院"})
_GROUP_NOISE = re.compile(r"[()、,\s]")
_OPEN_WORDS = re.compile(r"各?(?:相关|有关)")
_SECTOR_END = re.compile(r"(?:行政主管|行政管理|主管|行政)?(?:部门|机关)$")
_OF_GOVERNMENT = re.compile(r"^(?:人民)?政府(?=..)")  # 市政府外侨办 is 市外侨办
_ALIAS = re.compile(r"^(.+?)\(([^()]+)\)$")


@dataclass(frozen=True, slots=True)
class Resolution:
    """识别结果 — What a printed unit is. For a sector word only `organ` is set, for a group only `group`.

    The key of a group that is named by its own words carries them: `leading-group-members/职业教育攻坚工作领导小组`.
    """

    kind: PartyKind
    organ: str | None = None
    division: str | None = None
    group: str | None = None


OTHER = Resolution("other")


@dataclass(frozen=True)
class _Tables:
    """A lexicon by name; made once and shared by the resolvers of all documents."""

    lexicon: Lexicon
    divisions: Mapping[str, Division]
    codes_by_name: Mapping[str, tuple[str, ...]]
    longest_division: int
    organs: Mapping[str, OrganType]
    templates: Mapping[str, Mapping[str, str]]
    heads: tuple[int, ...]
    sectors: Mapping[str, str]
    groups: Mapping[str, Group]
    wildcards: tuple[tuple[str, Group], ...]
    groups_by_key: Mapping[str, Group]
    splitter: ListSplitter


class _SameLexicon:
    """A lexicon as a key of a cache: the same one, not an equal one (comparing thousands of names would cost more)."""

    __slots__ = ("lexicon",)

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __hash__(self) -> int:
        return id(self.lexicon)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameLexicon) and other.lexicon is self.lexicon


def _tables_of(lexicon: Lexicon) -> _Tables:
    return _cached_tables(_SameLexicon(lexicon))


@lru_cache(maxsize=2)
def _cached_tables(key: _SameLexicon) -> _Tables:
    return _make_tables(key.lexicon)


def _make_tables(lexicon: Lexicon) -> _Tables:
    codes: dict[str, list[str]] = {}
    for division in lexicon.divisions:
        for name in (division.name, *division.short):
            if len(name) > 1 and division.code not in codes.setdefault(name, []):
                codes[name].append(division.code)
    templates: dict[str, dict[str, str]] = {}
    for organ in lexicon.organs:
        for level, known in organ.names.items():
            for name in known:
                templates.setdefault(level, {}).setdefault(_template(name, level), organ.key)
    heads = {name.index(SLOT) for names in templates.values() for name in names if SLOT in name}
    patterns = [(canonical(pattern), group) for group in lexicon.groups for pattern in group.patterns]
    sectors = {word: organ.key for organ in reversed(lexicon.organs) for word in organ.sectors}
    names = [name for level in templates.values() for name in level]
    names += [pattern for group in lexicon.groups for pattern in group.patterns] + list(sectors)
    return _Tables(
        lexicon=lexicon,
        divisions={division.code: division for division in lexicon.divisions},
        codes_by_name={name: tuple(found) for name, found in codes.items()},
        longest_division=max(map(len, codes), default=0),
        organs={organ.key: organ for organ in lexicon.organs},
        templates=templates,
        heads=tuple(sorted(heads)),
        sectors=sectors,
        groups={pattern: group for pattern, group in reversed(patterns) if not pattern.startswith("…")},
        wildcards=tuple((pattern[1:], group) for pattern, group in patterns if pattern.startswith("…")),
        groups_by_key={group.key: group for group in lexicon.groups},
        splitter=ListSplitter(_variants(names), sectors),
    )


def _template(name: str, level: str) -> str:
    name = plain(name).replace(_SHORT_SLOT, SLOT)
    return name if SLOT in name or level == "national" else SLOT + name


def _variants(names: list[str]) -> Iterator[str]:
    """Yield the written forms of names, so that a list is never cut inside one."""
    for name in names:
        stem = name.replace(SLOT, "").replace(_SHORT_SLOT, "").removeprefix("…")
        for form in {stem, stem.replace("有关", "相关"), stem.replace("有关", "各有关")}:
            yield form
            if "政府" in form and "人民政府" not in form:
                yield form.replace("政府", "人民政府")


def canonical(surface: str) -> str:
    """Return a group's name without what may differ in print (brackets, 人民, 相关 or 有关).

    >>> canonical("各县（市、区）人民政府") == canonical("各县市区政府")
    True
    """
    bare = _GROUP_NOISE.sub("", plain(surface)).replace("人民政府", "政府")
    return _OPEN_WORDS.sub("有关", bare)


@dataclass(frozen=True)
class AgencyResolver:
    """Resolves the units that documents of one division print; `division` is its code, if known."""

    lexicon: Lexicon
    division: str | None
    _known: dict[tuple[str, bool], Resolution] = field(default_factory=dict, compare=False, repr=False)

    def split(self, text: str) -> PartyList:
        """Return the units of a printed list, without what is said about them."""
        return _tables_of(self.lexicon).splitter.split(text)

    def resolve(self, surface: str, in_sector_list: bool = False) -> Resolution:
        """Return what a printed unit is; `in_sector_list`: it stands in a list that ends in 部门."""
        found = self._known.get((surface, in_sector_list))
        if found is None:
            found = _Reading(_tables_of(self.lexicon), self.division).resolve(surface, in_sector_list)
            if len(self._known) < 4096:
                self._known[surface, in_sector_list] = found
        return found

    def is_open_group(self, group: str | None) -> bool:
        """Return whether a list with this group is open: who belongs to it is not said."""
        known = _tables_of(self.lexicon).groups_by_key.get(group.partition("/")[0]) if group else None
        return known is not None and not known.closed


@dataclass(frozen=True, slots=True)
class _Reading:
    """A lexicon read from where one division stands."""

    tables: _Tables
    own: str | None

    def resolve(self, surface: str, in_sector_list: bool) -> Resolution:
        name = "".join(plain(surface).split())
        if len(name) < 2 or len(name) > 60:
            return OTHER
        if in_sector_list and (organ := self._sector_word(name)):
            return Resolution("sector", organ)
        group = self._group(name)
        if group is not None:
            return Resolution("group", group=group)
        found = self._named(name) or self._bare(name) or self._place(name)
        alias = _ALIAS.match(name) if found is None else None
        if alias and (group := self._group(alias.group(1))):
            return Resolution("group", group=group)  # 各乡镇(场), 各区政府(新区管委会)
        if alias:
            found = next((f for part in alias.groups() if (f := self._named(part) or self._bare(part))), None)
        if found:
            organ, division = found
            return Resolution("government" if organ == "government" else "organ", organ, division)
        return self._sector(name) or OTHER

    def _group(self, name: str) -> str | None:
        bare = canonical(name)
        group = self.tables.groups.get(bare)
        if group is None:
            for _, _, end in self._designations(bare, (0,)):
                group = group or self.tables.groups.get(SLOT + bare[end:])
        if group is not None:
            return group.key
        for ending, kind in self.tables.wildcards:
            if bare.endswith(ending):
                words = bare.removesuffix("各成员单位").removesuffix("成员单位")
                return f"{kind.key}/{words}" if words else kind.key
        return None

    def _named(self, name: str) -> tuple[str, str] | None:
        """Read a name that says its division: 市财政局, 安阳市财政局, 团市委, 市政府外侨办, 国家发展改革委."""
        national = self.tables.templates.get("national", {})
        for word in _NATION_WORDS:
            if name.startswith(word) and (organ := national.get(name) or national.get(name[len(word) :])):
                return organ, NATION
        party = name.replace("自治区党委", "自治区委")
        for code, start, end in self._designations(party, self.tables.heads):
            head, tail = party[:start], party[end:]
            again = tail.replace(party[start:end], SLOT)  # 市委市直机关工委
            for template in dict.fromkeys(head + SLOT + rest for rest in (tail, again, _OF_GOVERNMENT.sub("", tail))):
                organ = self._organ(code, template)
                if organ and template != SLOT:
                    return organ, code
        return None

    def _bare(self, name: str) -> tuple[str, str] | None:
        """Read a name without a division: the document's own level first, then the nation, then the levels between."""
        national = self.tables.templates.get("national", {})
        above = list(self._upwards())
        for code in above[:1]:
            organ = self._organ(code, SLOT + name)
            if organ and name not in _BARE_IS_NO_NAME:
                return organ, code
        if name in national:
            return national[name], NATION
        for code in above[1:]:
            organ = self._organ(code, SLOT + name)
            if organ and name not in _BARE_IS_NO_NAME and not self._same_names(above[0], code):
                return organ, code
        return None

    def _place(self, name: str) -> tuple[str, str] | None:
        """Read 满洲里市, 东宝区: a place that is made responsible is its government."""
        code = self._division(name) if self._is_full_name(name) and name not in _OWN_WORDS else None
        return ("government", code) if code and code != NATION else None

    def _sector_word(self, name: str) -> str | None:
        """Read 财政, or 市财政 where the run is of one level (市财政、国土资源等部门)."""
        if name in self.tables.sectors:
            return self.tables.sectors[name]
        ends = (end for _, _, end in self._designations(name, (0,)))
        return next((organ for end in ends if (organ := self.tables.sectors.get(name[end:]))), None)

    def _sector(self, name: str) -> Resolution | None:
        """Read 财政部门, 税务机关: a sector word that says of itself that it is one."""
        word = _SECTOR_END.sub("", name)
        if word != name and word in self.tables.sectors:
            return Resolution("sector", self.tables.sectors[word])
        return None

    def _organ(self, code: str, template: str) -> str | None:
        for level in name_levels(self.tables.divisions[code]):
            organ = self.tables.templates.get(level, {}).get(template)
            if organ:
                return organ
        return None

    def _same_names(self, code: str, other: str) -> bool:
        return bool(set(name_levels(self.tables.divisions[code])) & set(name_levels(self.tables.divisions[other])))

    def _designations(self, name: str, starts: tuple[int, ...]) -> Iterator[tuple[str, int, int]]:
        """Yield what may name a division in `name`, as code, start and end, the longest first."""
        for start in starts:
            for end in range(min(len(name), start + self.tables.longest_division), start, -1):
                code = self._division(name[start:end])
                if code is None:
                    continue
                # of several 铁西区 the one of the place before it is meant
                there = _Reading(self.tables, code)
                inner = next(there._designations(name, (end,)), None) if self._is_full_name(name[start:end]) else None
                if inner and inner[0] != code and code in self._chain(inner[0]):
                    yield inner[0], start, inner[2]  # 河南省安阳市 is Anyang
                yield code, start, end

    def _is_full_name(self, words: str) -> bool:
        return any(self.tables.divisions[code].name == words for code in self.tables.codes_by_name.get(words, ()))

    def _division(self, words: str) -> str | None:
        """Return the division that words name here: 市 is one's own or the city above; a full name must be the only one near."""
        if words in _OWN_WORDS:
            last = words[-1] if len(words) == 2 else words
            return next((code for code in self._upwards() if self.tables.divisions[code].name.endswith(last)), None)
        codes = self.tables.codes_by_name.get(words, ())
        if len(codes) <= 1:
            return codes[0] if codes and codes[0] != NATION else None
        for above in self._upwards():
            near = [code for code in codes if code == above or above in self._chain(code)]
            if near:
                return self._highest(near)
        return None

    def _highest(self, codes: list[str]) -> str | None:
        """安阳 is the city before it is the county of the same name in it; of two neighbours none is meant for sure."""
        return next((code for code in codes if all(code == other or code in self._chain(other) for other in codes)), None)

    def _upwards(self) -> Iterator[str]:
        if self.own is not None and self.own in self.tables.divisions:
            yield from (code for code in (self.own, *self._chain(self.own)) if code != NATION)

    def _chain(self, code: str | None) -> Iterator[str]:
        for _ in range(6):  # no deeper table exists; a loop in the data ends here
            place = self.tables.divisions.get(code) if code else None
            if place is None or place.parent is None:
                return
            code = place.parent
            yield code


def name_levels(division: Division) -> tuple[str, ...]:
    """Return the levels whose names the organs of a division bear, the usual one first."""
    if division.level == "provincial" and division.name.endswith("市"):
        return ("direct", "municipal", "provincial")
    if division.level in ("county", "district", "former"):
        return ("county", "municipal")
    return (division.level,)


def name(organ: str, division: str, lexicon: Lexicon) -> str | None:
    """Return the full name of an agency, none where the lexicon does not say: 安阳市财政局, 财政部, 共青团安阳市委."""
    tables = _tables_of(lexicon)
    kind, place = tables.organs.get(organ), tables.divisions.get(division)
    levels = ("national",) if division == NATION else name_levels(place) if place else ()
    usual = next((kind.names[level][0] for level in levels if kind.names.get(level)), None) if kind else None
    if usual is None or division == NATION or place is None:
        return usual
    if SLOT not in usual and _SHORT_SLOT not in usual:
        return place.name + usual
    full = f"{place.name}党" if usual.startswith("{}委") and place.name.endswith("自治区") else place.name
    short = next((s for s in place.short if len(s) > 1), place.name)
    return usual.replace(_SHORT_SLOT, short).replace(SLOT, full)


def division_of(issuer: str | Document, lexicon: Lexicon) -> str | None:
    """Return the division on whose authority a text was issued: by issuer, title or 发文字号; none where none of them says.

    The name of a body decides (安阳市人民政府办公室 → 410500, 国务院 → 000000), then the 机关代字 (安政办 → 410500), then, where
    several places bear the name, the city that the document speaks of.
    """
    if isinstance(issuer, Document):
        stated = [*issuer.issuers, *(s for s in (issuer.title, issuer.identifier) if s is not None)]
        code = next((code for s in stated if (code := division_of(s.value, lexicon))), None)
        return code or _only_one_spoken_of(issuer, _tables_of(lexicon))
    tables = _tables_of(lexicon)
    text = "".join(plain(issuer).split())
    number = parse_document_number(issuer)
    if number is not None:
        return _division_of_prefix(number.code, tables)
    if text.startswith("中华人民共和国"):
        return NATION
    for start in (0, *(len(w) for w in ("中共", "中国共产党", "共青团") if text.startswith(w))):
        reading = _Reading(tables, None)
        found = next(reading._designations(text, (start,)), None)
        if found:
            code, begin, end = found
            # 青河市人民政府 is not the government of 青河县, which is 青河 for short
            known = reading._is_full_name(text[begin:end]) or text[end : end + 1] not in _LEVEL_MARKS
            return code if known else None
    national = tables.templates.get("national", {})
    return NATION if any(text[:end] in national for end in range(min(len(text), 30), 1, -1)) else None


def _only_one_spoken_of(document: Document, tables: _Tables) -> str | None:
    """Return which of several 铁西区 issued a document: the one whose city the document names, if it names no other's."""
    for issuer in document.issuers:
        text = "".join(plain(issuer.value).split())
        ends = range(min(len(text), tables.longest_division), 2, -1)
        codes = next((codes for end in ends if (codes := tables.codes_by_name.get(text[:end]))), ())
        if len(codes) > 1:
            cities = {code: tables.divisions[tables.divisions[code].parent or NATION].name for code in codes}
            said = [plain(t) for t in (*(s.text for s in document.sentences), *(i.heading or "" for i in document.items))]
            named = {city for city in cities.values() if any(city in text for text in said)}
            meant = [code for code, city in cities.items() if city in named]
            return meant[0] if len(meant) == 1 else None
    return None


def _division_of_prefix(code: str, tables: _Tables) -> str | None:
    known = tables.lexicon.document_prefixes
    for end in range(len(code), 0, -1):
        if code[:end] in known:
            return known[code[:end]][1]
    return None
