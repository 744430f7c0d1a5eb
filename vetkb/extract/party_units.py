"""Lists of units → units with their meaning, and whether what stands there are public authorities at all.

What the lexicon knows is a unit; what it does not know may still be one by its form (市某某局, 联席会议办公室,
各牵头单位), as far as the place where it stands calls for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vetkb.extract.agencies import NATION, OTHER, AgencyResolver, Resolution
from vetkb.extract.party_roles import Listed, own_role
from vetkb.model import Role

# A unit that the lexicon lacks, by its form. Strong: nothing else looks like it (市某某局).
_STRONG = re.compile(
    r"(?:国家|国务院|中央|自治区|[省市县区州盟旗])[^,;。、的是等]{0,14}"
    r"(?:[^,;。、的是等](?:[局委厅署部]|(?<![主承协督兴举创经代])办|委员会|办公室|政府|部门|(?<![学业])机构)"
    r"|工商联|残联|妇联|侨联|文联|社科联|科协|供销社|总工会|红十字会)$"
)
_AUTHORITY = re.compile(
    r"[^,;。:的是将把于须\d]{0,24}(?:部门|[^业事]机关|政府|党委|党组|[^事员]委员会|管委会|局|厅|署|办公室|指挥部|领导小组|专班|联席会议|办事处|支队|总队|大队|法院"
    r"|检察院|督查室|研究室|政务服务中心)$|(?:各|各个|有关|相关|牵头|责任|成员|配合|参与|主办|承办|协办|协同|协作|主要|协办|[省市县区]直|直属|[省市县区]级|驻[^,、]){1,4}(?:单位|地区|主体)$|团[省市县区旗州]?委$|(?!(?:新型|重点|中心|特色|专业|统筹|推进|[小古名各全强建制]){0,3}(?:[城村集乡小]?[镇乡]|街道)$)[\u4e00-\u9fff]{1,4}(?:[乡镇]|街道)$|(?:各(?:级|镇|街镇|园区)|你[省市县区州])$"
)
_NO_AUTHORITY = re.compile(
    r"^(?:贵|我|本(?![市省县区州])|你(?![市省县区州])|对|向|在|按|由|经|报|将|把|与|和|及|以|充分|发挥|建立|健全|完善|成立|形成|构建|加强|实行|推动|支持|鼓励|引导|协调|督促|要求|明确|强化|落实|凡|未|不)|企业|学校|医院|人员|同志|负责|责任人|用人|物业|内设|等等|其$|某些|任何|第三方|中介|业务部门|职能部室|应当|必须|可以|报告|报送|提交"
)
# What may stand beside authorities in a bracket that names who acts.
_BESIDE = re.compile(
    r"(?:各|有关|相关|市|省|县|区|国家|中国|全国)[^,;。:]{1,20}$|.{2,20}(?:公司|集团|高校|院校|协会|中心|银行|社|队|会|行)$"
)
# 各县(区)政府(管委会): what a bracket adds does not change what stands before it.
_ADDED = re.compile(r"(?<=[府局委会])\([^()]{2,12}\)$")
# 市应急委员会(以下简称市应急委), 领导小组办公室(设在市经信局): not part of the name.
_ASIDE = re.compile(r"\((?:以下)?(?:简称|统称|设在|设于|下称|下同|由)[^()]{0,40}\)$")
_ASIDE_REACH = 60
# A word in a run that ends in 等部门, which the lexicon lacks: 林果、渔政等部门.
_SECTOR_LIKE = re.compile(r"[\u4e00-\u9fff]{2,8}$")
_ENDS = frozenset("级部委局办厅署院份室会府处所站队馆关方门位级区县市省州盟旗镇乡地组心人联协行校社团构体道)]等域段道")
_ADJOINED = re.compile(r"(?<=[局委办厅部府会院署)])(?=[市省县区各国])")
_SHORTEST_PAIR = 6
_SHORTEST_UNIT = 4
_LOCAL = re.compile("[省市县区州盟旗]")
_OF_NATION = ("国", "中", "全国", "最高")
_NONE = frozenset({"/", "／", "—", "-", "无", "－", "——", "\\"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a list: [start, end) in the text it was read from, its role, what it means."""

    start: int
    end: int
    role: Role
    meant: Resolution
    text: str
    in_sector_list: bool = False

    @property
    def known(self) -> bool:
        return self.meant.kind != "other"

    @property
    def strong(self) -> bool:
        return self.known or _STRONG.match(self.text) is not None

    @property
    def authority(self) -> bool:
        words = _ADDED.sub("", self.text)
        return self.strong or (_AUTHORITY.match(words) is not None and not _NO_AUTHORITY.search(words))

    @property
    def may_be_sector(self) -> bool:
        return self.in_sector_list and _SECTOR_LIKE.match(self.text) is not None and not _NO_AUTHORITY.search(self.text)

    @property
    def may_stand_beside(self) -> bool:
        return self.authority or _BESIDE.match(self.text) is not None


@dataclass(frozen=True)
class UnitReader:
    """Reads lists of units for documents of one authority; remembers what it has read."""

    resolver: AgencyResolver
    _asked: dict[str, tuple[bool, bool]] = field(default_factory=dict, compare=False, repr=False)

    def read(self, text: str, plain: str, lists: Sequence[Listed]) -> tuple[list[Unit], bool]:
        """Return the units of lists in their order, and whether one of them is open."""
        units: list[Unit] = []
        is_open = local = False
        for listed in lists:
            split = self.resolver.split(text[listed.start : listed.end])
            is_open = is_open or split.open
            for piece in split.units:
                left, right = listed.start + piece.start, listed.start + piece.end
                found = self._units(text, plain, left, right, listed.role, piece.sector)
                units += [replace(u, meant=OTHER) if local and self._is_guess(u) else u for u in found]
                local = local or (self.resolver.division is None and _LOCAL.match(text, left, right) is not None)
        is_open = is_open or any(self.resolver.is_open_group(u.meant.group) for u in units)
        return units, is_open

    @staticmethod
    def _is_guess(unit: Unit) -> bool:
        """市应急管理局、气象局 in a document of nobody knows where: 气象局 is the city's, not the nation's."""
        return unit.meant.division == NATION and not unit.text.startswith(_OF_NATION)

    def _units(self, text: str, plain: str, left: int, right: int, role: Role, sector: bool) -> list[Unit]:
        """One unit, or several that stand on lines of their own in a cell and so without a separator."""
        end, own = own_role(plain, left, right)
        if aside := _ASIDE.search(plain, max(left, end - _ASIDE_REACH), end):
            end = aside.start()
        if text[left:end] in _NONE:
            return []
        meant = self.resolver.resolve(text[left:end], in_sector_list=sector)
        whole = Unit(left, end, own or role, meant, plain[left:end], sector)
        if not whole.known and end - left > _SHORTEST_PAIR:
            for cut in _ADJOINED.finditer(plain, left, end):
                first = self._units(text, plain, left, cut.start(), role, sector=False)
                if first and all(u.known or (u.strong and len(u.text) >= _SHORTEST_UNIT) for u in first):
                    rest = self._units(text, plain, cut.start(), right, role, sector=False)
                    if rest and all(u.strong for u in rest):
                        return first + rest
        return [whole]

    def is_party(self, text: str, plain: str, start: int, end: int, strictly: bool) -> bool:
        """Whether [start, end) lists public authorities and nothing else; `strictly`: without guessing by form."""
        while end > start and plain[end - 1] == " ":
            end -= 1
        if end - start < 2 or plain[end - 1] not in _ENDS:
            return False
        words = text[start:end]
        answer = self._asked.get(words)
        if answer is None:
            units, _ = self.read(text, plain, [Listed(start, end, "responsible")])
            covered = bool(units) and units[0].start == start
            sure = covered and any(u.authority for u in units)
            answer = (covered and all(u.strong for u in units), sure and all(u.authority or u.may_be_sector for u in units))
            if len(self._asked) < 4096:
                self._asked[words] = answer
        return answer[0] if strictly else answer[1]
