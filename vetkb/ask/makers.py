"""The parts of a question → the form it has if it is of a kind: one maker for each way in which kinds of questions differ.

A maker refuses (NotMeantError) what its parts cannot mean together. Which kinds have a use for the parts of a question is
for `vetkb.ask.kinds`; ontology/ask/kinds/*.toml names the maker of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any as Anything
from typing import Final, cast

from vetkb.ask.form import (
    About,
    All,
    Any,
    AtLevel,
    Being,
    Bounded,
    Bounds,
    By,
    Condition,
    Extreme,
    Form,
    InSection,
    Not,
    OnlyBy,
    Unclear,
)
from vetkb.ask.kinds import LINKS, Kind, Part, kinds_of
from vetkb.ask.parts import Clause, NotMeantError, role_of
from vetkb.ask.tags import Tag
from vetkb.ask.words import fold, load_words

_MOST_CONDITIONS: Final = 12  # nobody asks for more, and each makes a query dearer
_RANKED: Final = ("TASKS", "UNIT", "WHO")
_CITING: Final = {  # what words ask for: the documents repealed, cited …
    "REPEALS": "repeals",
    "CITES": "cites",
    "IMPLEMENTS": "implements",
    "BASIS": "founded",
    "DUTY": "",
}
_LENGTH: Final = re.compile("多长|多久|几年内")
_COUNTED_TASKS: Final = "项"


# --- conditions --------------------------------------------------------------------------------------


def _where(parts: Sequence[Part]) -> All:
    """Return the conditions of a question: side by side they hold together; what stands beside an 或 is an alternative."""
    links = {part.kind for part in parts if isinstance(part, Tag)} & LINKS
    if "ELSE" in links and len(links) > 1:
        raise NotMeantError
    found: list[Condition] = []
    last: Part | None = None
    joining = False
    parties = 0
    for part in parts:
        if isinstance(part, Tag):
            joining |= part.kind == "ELSE"
            last = part if part.kind in LINKS or last is None else last
            continue
        alone = part.kind == "party" and isinstance(part.condition, (By, OnlyBy))
        if joining:
            if not found:
                raise NotMeantError
            found[-1] = Any((found[-1], part.condition))
            joining = False
        else:
            parties += alone
            if parties > 1 and alone and "BUT" not in links:
                raise NotMeantError  # 财政局负责(和)教育局负责的: nothing says whether both or either
            found += part.condition.conditions if part.kind == "number" and isinstance(part.condition, All) else (part.condition,)
        last = part
    found = list(dict.fromkeys(found))
    if joining or (isinstance(last, Tag) and last.kind in LINKS and not found) or len(found) > _MOST_CONDITIONS:
        raise NotMeantError
    return All(tuple(found))


def _clauses(parts: Sequence[Part], *kinds: str) -> list[Clause]:
    return [part for part in parts if isinstance(part, Clause) and (not kinds or part.kind in kinds)]


def _words(parts: Sequence[Part], *kinds: str) -> list[Tag]:
    return [part for part in parts if isinstance(part, Tag) and (not kinds or part.kind in kinds)]


def _values(parts: Sequence[Part], kind: str) -> list[Anything]:
    return [part.value for part in _words(parts, kind)]


# --- forms -------------------------------------------------------------------------------------------


def _plain(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    del language
    field = kind.field
    if field is not None and field.isupper():
        values = [value for value in _values(parts, field) if value != "any"]
        field = cast(str, values[0]) if values else None
    counted = bool(kind.count & {part.kind for part in parts})
    if any(value != "any" for name in ("CLASSIFIER", "HOWMUCH") for value in _values(parts, name)):
        raise NotMeantError  # a unit of measure is none of tasks, bodies or documents
    if kind.want == "agencies" and _asks_for_tasks(parts):
        raise NotMeantError
    return Form(kind.want, _where(parts), count=counted, field=field, role=role_of(_words(parts)))


def _asks_for_tasks(parts: Sequence[Part]) -> bool:
    """Say whether 什么 stands with the tasks and with no body: 改革部门承担什么工作 asks for those of a body."""
    kinds = [part.kind for part in parts]
    beside = {pair for pair in pairwise(kinds) if "WHICH" in pair}
    return "WHO" not in kinds and ("WHICH", "TASKS") in beside and not any("UNIT" in pair for pair in beside)


def _tasks(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    _refuse_text_after_head(parts, language)
    _refuse_duty_of_nobody(parts, language)
    if _words(parts, "CLAUSES") and ("sections" in _values(parts, "CLAUSES") or not _clauses(parts, "party")):
        raise NotMeantError  # how many articles there are is no question about tasks
    if _words(parts, "WHEN") and not _clauses(parts, "quality", "time"):
        raise NotMeantError  # 时间进度是持续实施的任务: a word for what is said of them
    form = _plain(kind, parts, language)
    if form.count and _first_after(parts, kind.count, ("TASKS", "UNIT")) == "UNIT":
        raise NotMeantError  # 任务涉及几个部门: not the tasks are to be counted
    where = _in_annex(form.where, parts)
    if _words(parts, "EVERY"):
        where = All((*where.conditions, Being("recurring")))
    if form.role is not None:
        where = _with_role(where, form)
    if _words(parts, "FIRST"):
        where = _first(where)
    return replace(form, where=where, role=None)


def _in_annex(where: All, parts: Sequence[Part]) -> All:
    """Add that a task stands in the annex, where the annex is named: its sections are meant then."""
    if _words(parts, "ELSE") and _words(parts, "ANNEX", "EVERY"):
        raise NotMeantError  # 列入附件或持续实施: not both
    if not _words(parts, "ANNEX"):
        return where
    marked = (replace(one, annex=True) if isinstance(one, InSection) else one for one in where.conditions)
    return All((*marked, Being("annex")))


def _exists(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """市民政局有没有任务: whether there is any for the one party."""
    form = _tasks(kind, parts, language)
    parties = _clauses(parts, "party")
    if len(parties) != 1 or not isinstance(parties[0].condition, (By, Unclear, All)):
        raise NotMeantError
    if isinstance(parties[0].condition, Unclear) and _words(parts, "BOTH"):  # 发改委和扶贫办有没有共同负责的任务
        joint = All(parties[0].condition.parties)
        form = replace(form, where=All(tuple(joint if one == parties[0].condition else one for one in form.where.conditions)))
    return replace(form, field=kind.field)


def _first_after(parts: Sequence[Part], heads: frozenset[str], nouns: Sequence[str]) -> str | None:
    """Return the first of some nouns that stands after a word: what 几 or how many counts."""
    at = next(place for place, part in enumerate(parts) if part.kind in heads)
    return next((part.kind for part in parts[at:] if part.kind in nouns), None)


def _with_role(where: All, form: Form) -> All:
    """Give the role that a word beside the party names (财政局是哪些任务的牵头单位) to the one party."""
    bare = [one for one in where.conditions if isinstance(one, (By, Not)) and _party_in(one) is not None]
    if len(bare) != 1:
        raise NotMeantError
    party = cast(By, _party_in(bare[0]))
    if party.role not in (None, form.role):
        raise NotMeantError
    told = replace(party, role=form.role)
    changed = Not(told) if isinstance(bare[0], Not) else told
    return All(tuple(changed if one is bare[0] else one for one in where.conditions))


def _party_in(condition: Condition) -> By | None:
    inner = condition.condition if isinstance(condition, Not) else condition
    return inner if isinstance(inner, By) else None


def _first(where: All) -> All:
    parties = [one for one in where.conditions if isinstance(one, By)]
    if len(parties) != 1:
        raise NotMeantError
    return All(tuple(replace(one, first=True) if one is parties[0] else one for one in where.conditions))


def _items(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """国际交流那一块，分工表里是哪几项: a counter or the annex says that tasks are meant."""
    counted = any(_COUNTED_TASKS in word.text for word in _words(parts, "WHICH"))
    topics = [part.condition for part in _clauses(parts, "topic")]
    named = any(isinstance(one, About) and not one.bare for one in topics)
    if not _words(parts, "ANNEX") and not (counted and (named or _clauses(parts, "section"))):
        raise NotMeantError
    return _tasks(kind, parts, language)


def _figure(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """What X rate is to be reached; 特色专业群数量: the last word says that a number is asked for."""
    topics = [part.condition for part in _clauses(parts, "topic")]
    if not topics or not isinstance(topics[-1], About):
        raise NotMeantError
    described = fold(topics[-1].words)
    measures = load_words(language).measures
    ends = described.endswith(tuple(measures)) if language == "zh" else described.split()[-1] in measures
    if not ends or (language == "zh" and _words(parts, "WHICH")):
        raise NotMeantError
    return _targets(kind, parts, language)


def _first_of(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """第18项任务排第一位的是谁: one of those who are listed."""
    return replace(_plain(kind, parts, language), field="first", role=None)


def _deeds(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """哪些由…负责 has no noun: a word must say that something is done."""
    if not any(clause.duty for clause in _clauses(parts, "party")) and not _words(parts, "DUTY", "UNIT", "ABOUT"):
        raise NotMeantError
    return _tasks(kind, parts, language)


def _superlative(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """Ask for the most or fewest: what is counted stands before 最多, in English after most; tasks, where nothing does."""
    del kind
    nouns = ["UNIT" if part.kind == "level" else part.kind for part in parts]
    at = next((place for place, noun in enumerate(nouns) if noun in ("EXTREME", "RANK")), None)
    if at is None:
        at = nouns.index("TOP")
        if language == "en":  # the top three agencies by tasks: what is counted comes after what is ranked
            at = next((place for place, noun in enumerate(nouns) if place > at and noun in _RANKED), at)
    before = [noun for noun in reversed(nouns[:at]) if noun in _RANKED]
    after = [noun for noun in nouns[at + 1 :] if noun in _RANKED]
    nearest = (*after, *before) if language == "en" else (*before, *after)
    counted = next(iter(nearest), "TASKS")
    asked = {part.kind for part in parts}
    units = counted == "UNIT" and bool({"TASKS", "WHICH", "WHATIS", "CLASSIFIER"} & asked) and "WHO" not in asked
    if counted == "UNIT" and not units and "WHO" not in asked:
        raise NotMeantError  # the most responsible agencies: of which task?
    if (units and "TOP" in asked) or (not units and not {"WHO", "UNIT", "level"} & asked):
        raise NotMeantError
    ranks = _values(parts, "RANK")
    without = [part.condition for part in _clauses(parts, "excepted")]
    levels = [part.condition for part in _clauses(parts, "level")]
    shared = [part for part in _clauses(parts, "party") if isinstance(part.condition, By)]
    if shared and not without:
        without = [part.condition for part in shared]  # 和教育局共同负责任务最多的: of its tasks, and not it
    if (units and (without or levels)) or len(levels) > 1 or len(shared) != len(_clauses(parts, "party")):
        raise NotMeantError
    level = levels[0] if levels else None
    if level is not None and not isinstance(level, AtLevel):
        raise NotMeantError
    top = [cast(int, value) for value in _values(parts, "TOP")]
    return Form(
        "tasks" if units else "agencies",
        _in_annex(_where([part for part in parts if part.kind not in ("excepted", "level")]), parts),
        without=without[0] if without else None,
        level=level.level if level is not None else None,
        first=top[0] if top else 1,
        extreme=_extreme(parts),
        rank=cast(int, ranks[0]) if ranks else 1,
        role=role_of(_words(parts)),
        count=bool(_words(parts, "HOWMUCH")),
    )


def _extreme(parts: Sequence[Part]) -> Extreme:
    """第二多 says most with another word than 最多; 排第二 says it with none."""
    said = [value for name in ("EXTREME", "MORE") for value in _values(parts, name)]
    if not said:
        return "most"
    return "most" if said[0] in ("most", "more") else "fewest"


def _truth(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    form = _plain(kind, parts, language)
    role = form.role
    where = _with_role(form.where, form) if role is not None else form.where
    if _words(parts, "FIRST"):
        where = _first(where)
    if len(_clauses(parts, "party")) != 1:
        raise NotMeantError
    return replace(form, where=where, role=None)


def _truth_of_quality(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    return replace(_plain(kind, parts, language), role=None)


def _compare(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """Compare two parties: 教育局负责的任务比财政局多吗, 教育局和财政局谁负责的任务多."""
    del kind, language
    rest = [part for part in parts if part.kind not in ("party", "than")]
    parties = [part.condition for part in _clauses(parts, "party")]
    than = [part.condition for part in _clauses(parts, "than")]
    role = role_of(_words(parts))
    if len(parties) != 1 or len(than) != 1 or not isinstance(parties[0], By) or not isinstance(than[0], By):
        raise NotMeantError
    role = parties[0].role or role
    more = [value for name in ("MORE", "EXTREME") for value in _values(parts, name)]
    first = replace(parties[0], role=role)
    others = _where(rest).conditions
    most = more[0] in ("more", "most")
    return Form(
        "compare", All((first, *others)), than=replace(than[0], role=role), most=most, count=bool(_words(parts, "HOWMUCH"))
    )


def _which_more(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """教育局和财政局谁的任务多: one of two parties."""
    del language
    parties = _clauses(parts, "party")
    if len(parties) != 1 or not isinstance(parties[0].condition, (Unclear, Any, All)):
        raise NotMeantError
    pair = conditions_of(parties[0].condition)
    if len(pair) != 2:
        raise NotMeantError
    said = [value for name in ("MORE", "EXTREME") for value in _values(parts, name)]
    role = role_of(_words(parts))
    first, second = (replace(one, role=one.role or role) for one in pair)
    others = _where([part for part in parts if part.kind != "party"]).conditions
    return Form("compare", All((first, *others)), than=second, most=said[0] in ("more", "most"), field=kind.field)


def conditions_of(condition: Condition) -> tuple[By, ...]:
    """Return the parties that a condition joins."""
    joined = (
        condition.parties if isinstance(condition, Unclear) else condition.conditions if isinstance(condition, (Any, All)) else ()
    )
    return tuple(one for one in joined if isinstance(one, By))


def _roster(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """第15项任务的责任主体是否开放: the quality is what is asked, not a condition."""
    if any(part.condition not in (Being("open"), Not(Being("open"))) for part in _clauses(parts, "quality")):
        raise NotMeantError
    form = _plain(kind, [part for part in parts if part.kind != "quality"], language)
    opened = any(part.condition == Being("open") for part in _clauses(parts, "quality"))
    return replace(form, field="open" if opened else "closed")


def _schedule(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """第3项任务的完成时限: the quality of having a date is what is asked, not a condition."""
    dated = _clauses(parts, "quality")
    if any(_LENGTH.search(word.text) for word in _words(parts, "WHEN")) and not _clauses(parts, "number"):
        raise NotMeantError  # 就业见习补贴期限多长: how long something lasts is not when a task is due
    if any(part.condition != Being("dated") for part in dated):
        raise NotMeantError
    topics = [part.condition for part in _clauses(parts, "topic")]
    if dated and not _words(parts, "WHEN") and any(not isinstance(one, About) or not one.bare for one in topics):
        raise NotMeantError  # 涉及…且有明确时间的任务: which tasks, not when
    return _plain(kind, [part for part in parts if part.kind != "quality"], language)


def _pairs(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    extreme = cast(Extreme, _values(parts, "EXTREME")[0])
    return replace(_plain(kind, parts, language), extreme=extreme, role=None)


def _besides(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    rest = [part for part in parts if part.kind != "excepted"]
    without = _clauses(parts, "excepted")
    return replace(_plain(kind, rest, language), without=without[0].condition if without else None)


def _targets(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """A description may stand in several stretches; every one must be met."""
    del language
    if any(part.kind in LINKS - {"PLUS"} for part in parts):
        raise NotMeantError
    conditions = [part.condition for part in _clauses(parts)]
    words = [one.words for one in conditions if isinstance(one, About)]
    words += [part.text for part in _words(parts, "EVERY")]
    others = [one for one in conditions if not isinstance(one, About)]
    others += [Bounded(cast(Bounds, value)) for value in _values(parts, "BOUNDS")]
    units = [value for name in ("CLASSIFIER", "HOWMUCH") for value in _values(parts, name) if value != "any"]
    described = kind.name in ("how-much", "figure")
    if described and not words:
        raise NotMeantError
    about = (About("\n".join(dict.fromkeys(words))),) if words else ()
    counted = not described and _counts_targets(parts, kind.count)
    if not described and not counted and kind.count & {part.kind for part in parts}:
        raise NotMeantError  # 在校生规模目标是多少 asks for a figure, not for the number of targets
    return Form("targets", All((*about, *others)), count=counted, field=units[0] if units else None)


def _counts_targets(parts: Sequence[Part], heads: frozenset[str]) -> bool:
    """Say whether a 多少 counts targets: it stands before the word (多少项指标), or has a counter (指标有几项)."""
    places = [place for place, part in enumerate(parts) if part.kind in heads]
    return any(
        any(part.kind == "TARGETS" for part in parts[place + 1 :])
        or any(
            isinstance(part, Tag) and part.kind == "CLASSIFIER" and part.value == "any" for part in parts[place + 1 : place + 2]
        )
        for place in places
    )


def _citations(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    del language
    kinds = [part.kind for part in parts]
    at = next(place for place, name in enumerate(kinds) if name in _CITING)
    if {"WHICH", "WHATIS"} & set(kinds[:at]) and {"DOC", "scope"} & set(kinds[at:]) and not _is_passive(kinds[at:]):
        raise NotMeantError  # 哪些文件引用了本文件
    if not set(_values(parts, "FIELD")) <= {"number", "title"}:
        raise NotMeantError  # when a document was issued that this one repeals: it is in no base for that
    levels = [value for value in _values(parts, "LEVEL") if value != "any"]
    mode = next((mode for kind, mode in _CITING.items() if mode and _words(parts, kind)), "implements")
    return Form(kind.want, _where(parts), field=mode, level=cast(str, levels[0]) if levels else None)


def _is_passive(kinds: Sequence[str]) -> bool:
    """Say whether something is done by what comes after: repealed by this document, 依据 of it."""
    return kinds[:1] in (["REPEALS"], ["CITES"]) and kinds[1:2] == ["BY"]


def _structure(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """几条 asks for clauses where nothing else is counted."""
    del language
    named = (
        _values(parts, "CLAUSES")
        or ["sections" for _ in _words(parts, "ASPECT")]
        or ["clauses" for word in _words(parts, "CLASSIFIER", "MEASURES") if word.text.startswith("条")]
    )
    if not named:
        raise NotMeantError
    return Form(kind.want, _where(parts), count=True, field=cast(str, named[0]))


def _described(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """A form about one description: parts of a programme, what the text says."""
    del language
    topics = [one.condition for one in _clauses(parts, "topic") if isinstance(one.condition, About)]
    if len(topics) != len(_clauses(parts, "topic")):
        raise NotMeantError
    others = [one for one in parts if one.kind != "topic"]
    about = About("\n".join(dict.fromkeys(one.words for one in topics)))
    return Form(kind.want, All((*_where(others).conditions, about)))


def _provisions(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """有什么奖励 asks for rewards, 有什么规定 for no kind of arrangement."""
    named = [value for name in ("PROVISIONS", "SAYS") for value in _values(parts, name) if value != "any"]
    if len(set(named)) != 1:
        raise NotMeantError
    form = _described(kind, parts, language)
    topics = tuple(one for one in form.where.conditions if not (isinstance(one, About) and not one.words))
    return replace(form, where=All(topics), field=cast(str, named[0]))


def _due(kind: Kind, parts: Sequence[Part], language: str) -> Form:
    """到2018年年底要做到什么: of one time, and of nobody."""
    del language
    if any(isinstance(one.condition, Not) for one in _clauses(parts)) or len(_clauses(parts, "time")) != 1:
        raise NotMeantError
    return Form(kind.want, _where(parts))


def _refuse_text_after_head(parts: Sequence[Part], language: str) -> None:
    """任务的经费 is not 任务: a Chinese noun after the head is the head. In English what follows describes."""
    if language == "en":
        return
    for before, after in pairwise(parts):
        if before.kind == "TASKS" and isinstance(after, Clause) and isinstance(after.condition, About) and after.condition.bare:
            raise NotMeantError


def _refuse_duty_of_nobody(parts: Sequence[Part], language: str) -> None:
    """负责哪些任务 does not say who: those of everybody are not meant."""
    if not _clauses(parts, "party", "units", "level"):
        bodiless = load_words(language).bodiless
        named = () if _clauses(parts, "quality") else ("UNIT",)  # an open list of responsible parties
        if any(fold(word.text).split()[-1] not in bodiless for word in _words(parts, "DUTY", "BY", *named)):
            raise NotMeantError


def forms_of(parts: Sequence[Part], language: str) -> Iterator[Form]:
    """Yield the forms that the parts of a question can make, the likeliest first."""
    for kind in kinds_of(parts):
        try:
            form = _MAKERS[kind.make](kind, _one_topic(parts) if "topic" in kind.one else parts, language)
        except NotMeantError:
            continue
        yield form


def _one_topic(parts: Sequence[Part]) -> Sequence[Part]:
    """Return parts with the two halves of a description in one: 应用型大学建设由谁支持."""
    halves = [part.condition for part in _clauses(parts, "topic") if isinstance(part.condition, About)]
    if len(halves) < 2:
        return parts
    whole = Clause("topic", About("\n".join(one.words for one in halves)))
    first = next(place for place, part in enumerate(parts) if part.kind == "topic")
    return [*parts[:first], whole, *(part for part in parts[first + 1 :] if part.kind != "topic")]


_MAKERS: Final[dict[str, Callable[[Kind, Sequence[Part], str], Form]]] = {
    "plain": _plain,
    "tasks": _tasks,
    "deeds": _deeds,
    "items": _items,
    "figure": _figure,
    "first_of": _first_of,
    "exists": _exists,
    "superlative": _superlative,
    "truth": _truth,
    "truth_of_quality": _truth_of_quality,
    "compare": _compare,
    "which_more": _which_more,
    "besides": _besides,
    "roster": _roster,
    "schedule": _schedule,
    "pairs": _pairs,
    "targets": _targets,
    "citations": _citations,
    "structure": _structure,
    "described": _described,
    "provisions": _provisions,
    "due": _due,
}
