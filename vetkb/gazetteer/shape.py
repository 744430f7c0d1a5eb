"""The parts of an agency's name: 安阳市 | 财政 | 局, and the level that they tell.

部, 总局 and 署 are bodies of the nation, 厅 those of a province, 局, 委 and 办 stand at every level: 财政厅 is another body
than 财政局, whatever a comparison of characters says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Place = Literal["", "generic", "named"]

_GENERIC = re.compile(r"(?:全市|我市|本市|我省|本省|市|省|县|区|州)(?!场|域|直|政[^协府])(?=..)")
_NAMED = re.compile(r"(?:[\u4e00-\u9fff]{2,9}?(?:省|自治区|自治州|自治县|地区|新区|市|县|区|州|盟|旗))+(?=[\u4e00-\u9fff]{2})")
_NATION_WORDS = ("中华人民共和国", "国务院", "国家", "中国", "中央")
_ENDINGS = (
    ("委员会", "委"),
    ("办公室", "办"),
    ("办公厅", "办公厅"),
    ("总局", "总局"),
    ("总署", "总局"),
    ("总社", "总局"),
    ("联合会", "联"),
    ("协会", "协"),
    ("人民政府", "政府"),
    ("政府", "政府"),
    ("部", "部"),
    ("署", "总局"),
    ("厅", "厅"),
    ("局", "局"),
    ("委", "委"),
    ("办", "办"),
    ("联", "联"),
    ("协", "协"),
    ("会", "会"),
    ("院", "院"),
    ("社", "社"),
    ("中心", "中心"),
)
_LEVELS = {"部": "national", "总局": "national", "厅": "provincial", "办公厅": "provincial"}


@dataclass(frozen=True, slots=True)
class Shape:
    """名称结构 — An agency's name in parts: where (`place`, kind of it), what (`core`), and the `ending` in its short form."""

    place: str
    place_kind: Place
    core: str
    ending: str

    @property
    def bare(self) -> str:
        """The name without its place: 财政局."""
        return self.core + self.ending

    @property
    def level(self) -> str | None:
        """The level that the ending or the place tells for sure, if any: 财政厅 is provincial, 省人社局 too."""
        if self.place.endswith("省"):
            return "provincial"
        if self.place in _NATION_WORDS:
            return "national"
        # 市委宣传部 is no ministry: behind a place, 部 tells nothing
        return None if self.place and self.ending == "部" else _LEVELS.get(self.ending)


def shape_of(name: str) -> Shape:
    """Take a normalised name apart.

    >>> shape_of("安阳市人力资源社会保障局").bare, shape_of("市市场监管局").bare, shape_of("教育部").level
    ('人力资源社会保障局', '市场监管局', 'national')
    """
    place, kind = "", ""
    nation = next((word for word in _NATION_WORDS if name.startswith(word) and len(name) > len(word) + 1), None)
    named, generic = _NAMED.match(name), _GENERIC.match(name)
    if nation:
        place, kind = nation, "named"
    elif generic and not (named and len(named.group()) > 2 and named.group()[0] not in "市省县区州"):
        place, kind = generic.group(), "generic"
    elif named:
        place, kind = named.group(), "named"
    rest = name[len(place) :]
    for printed, ending in _ENDINGS:
        if rest.endswith(printed) and len(rest) > len(printed):
            return Shape(place, kind, rest[: -len(printed)], ending)  # type: ignore[arg-type]
    return Shape(place, kind, rest, "")  # type: ignore[arg-type]
