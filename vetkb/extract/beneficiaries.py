"""受益群体 — For which people or places a clause gives something: 对…学生发放, 帮助…学生免费接受, 向贫困县倾斜, 失业人员可申请.

The groups are those of ontology/beneficiaries.ttl. A group that is merely spoken of (教师队伍建设) benefits from nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from vetkb.extract.clause_rules import CLAUSE
from vetkb.extract.phrases import PhraseRule

# What gives, before the group and near it; and what is given, before or behind it.
_HELPS = re.compile(
    "(?:帮助|帮扶|扶持|资助|救助|支持|吸纳|招用|带动|重视|优待|补贴|援助|帮带|关爱)[^,。;]{0,14}$|组织(?!有关|相关|各)[^,。;]{0,6}$"
)
_TO = re.compile("(?:对|向|为|给|面向|针对)(?!照|应|接|象|口|标|此)[^,。;]{0,40}$")
_GIVEN = re.compile(
    "免费|给予|发放|予以|提供|减免|免除|补贴|补助|资助|倾斜|返还|优惠|减征|免征|开展[^,。;]{0,20}培训|进行[^,。;]{0,20}培训|培训|扶持|招生|优先|援助|慰问|奖励|建设|接受"
)
_ENJOYS = re.compile(r"[^,。;]{0,26}?(?:可享受|享受|可申请|申请享受|可申领|可领取|免费|优先(?:享受|安排)|就业帮扶|定额扣除)")
_DOES = re.compile("(?:要|应|须|负责|不得)$")
_REACH = 40

EXAMPLES: Final[tuple[PhraseRule, ...]] = (
    PhraseRule(
        "helped",
        "",
        (
            ("帮助建档立卡贫困家庭学生免费接受职业技能培训", "建档立卡贫困家庭学生"),
            ("组织未升入普通高中的初中毕业生免费接受中等职业教育", "未升入普通高中的初中毕业生"),
            ("重视贫困县中等职业学校建设", "贫困县"),
        ),
        ("建设教师队伍", "引导职工关心企业"),
    ),
    PhraseRule(
        "given-to",
        "",
        (("专项资金要重点向贫困县倾斜", "贫困县"), ("对失业人员给予职业培训补贴", "失业人员")),
        ("加强对贫困县的考核", "对残疾人状况进行调查"),
    ),
    PhraseRule("enjoys", "", (("失业人员可享受就业创业服务", "失业人员"),), ("失业人员应办理登记",)),
)


class Beneficiaries:
    """The groups of the lexicon, found in clauses."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        self._groups = groups

    @cached_property
    def _any(self) -> re.Pattern[str] | None:
        names = sorted(self._groups, key=lambda name: (-len(name), name))
        return re.compile("|".join(map(re.escape, names))) if names else None

    def find(self, text: str) -> Iterator[tuple[str, int, int, int, int]]:
        """Yield (rule, start and end of the clause, start and end of the group) for each group that is given something."""
        if self._any is None:
            return
        for clause in CLAUSE.finditer(text):
            for group in self._any.finditer(text, clause.start(), clause.end()):
                rule = _rule_of(text, group.start(), group.end(), clause.start(), clause.end())
                if rule is not None:
                    yield (rule, *clause.span(), *group.span())


def _rule_of(text: str, start: int, end: int, first: int, last: int) -> str | None:
    before = text[max(first, start - _REACH) : start]
    after = text[end : min(last, end + _REACH)]
    if _HELPS.search(before) and _GIVEN.search(after):
        return "helped"
    if _TO.search(before) and _GIVEN.search(after):
        return "given-to"
    if _ENJOYS.match(after) and not _DOES.search(after[:2]):
        return "enjoys"
    return None


def shown(groups: Sequence[str], text: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) of the groups found in a text, for examples."""
    for rule, _, _, start, end in Beneficiaries(dict.fromkeys(groups, "")).find(text):
        yield rule, text[start:end]
