"""Parse trees → logical forms: what each rule of ontology/ask/*.lark means."""

from __future__ import annotations

from typing import Any as Anything
from typing import Final, cast

from lark import Token, Transformer, Tree

from vetkb.ask.form import (
    About,
    All,
    Any,
    Being,
    Bounded,
    Bounds,
    By,
    Condition,
    Extreme,
    Form,
    Named,
    Not,
    Numbered,
    OnlyBy,
    Quality,
    Timed,
    Unclear,
    Within,
)
from vetkb.ask.tags import Tag
from vetkb.model import Role

_QUALITIES: Final[dict[str, Quality]] = {
    "CONTINUOUS": "continuous",
    "DATED": "dated",
    "OPEN": "open",
    "REPEAT": "recurring",
    "EVERY": "recurring",
    "QUANTIFIED": "quantified",
}
_Parts = list[Anything]


class NotMeantError(Exception):
    """The tags stand in an order that a rule allows and do not make sense in it."""


def _values(parts: _Parts, kind: str) -> list[Anything]:
    return [part.value.value for part in parts if isinstance(part, Token) and part.type == kind]


def _kinds(parts: _Parts) -> set[str]:
    return {part.type for part in parts if isinstance(part, Token)}


def _conditions(parts: _Parts) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for part in parts:
        if isinstance(part, All):
            found += part.conditions
        elif part is not None and not isinstance(part, (Token, str, Tree, _Who)):
            found.append(part)
    return tuple(found)


class _Who(tuple[By, ...]):
    """Parties as named, with how they were joined in `joint`: "one", "and" or "or"."""

    joint: str


class FormBuilder(Transformer[Token, Anything]):
    """Makes the form of a tree, from its leaves up. A method is a rule of the grammar."""

    # --- conditions ---

    def names(self, parts: _Parts) -> _Who:
        who = _Who(By(cast(Named, part.value.value)) for part in parts if part.type == "AGENCY")
        kinds = _kinds(parts)
        who.joint = "one" if len(who) == 1 else "or" if "OR" in kinds else "and" if "AND" in kinds else "none"
        if who.joint == "none" or {"OR", "AND"} <= kinds:
            raise NotMeantError
        return who

    def duty(self, parts: _Parts) -> str:
        roles = {value for value in _values(parts, "DUTY") if value != "any"}
        if len(roles) > 1:
            raise NotMeantError
        return cast(str, roles.pop()) if roles else "any"

    def named(self, parts: _Parts) -> Condition:
        return self.does(parts)

    def does(self, parts: _Parts) -> Condition:
        who, role = _who(parts), _role(parts)
        first = "FIRST" in _kinds(parts)
        parties = tuple(By(party.who, role, first) for party in who)
        if who.joint == "one":
            return parties[0]
        if who.joint == "or":
            return Any(parties)
        return All(parties) if "BOTH" in _kinds(parts) else Unclear(parties)

    def together(self, parts: _Parts) -> Condition:
        return self.does(parts)

    def each_does(self, parts: _Parts) -> Condition:
        return Any(tuple(By(party.who, _role(parts)) for party in _who(parts)))

    def not_does(self, parts: _Parts) -> Condition:
        who, role = _who(parts), _role(parts)
        parties = tuple(By(party.who, role) for party in who)
        tokens = [part.type if isinstance(part, Token) else "names" if isinstance(part, _Who) else "" for part in parts]
        if who.joint != "one" and (who.joint == "or" or tokens.index("NOT") < tokens.index("names")):
            return Unclear(parties)
        return All(tuple(Not(party) for party in parties)) if len(parties) > 1 else Not(parties[0])

    def but_not(self, parts: _Parts) -> Condition:
        first, second = (part for part in parts if isinstance(part, _Who))
        if "or" in (first.joint, second.joint) or "and" in (first.joint, second.joint):
            raise NotMeantError
        return All((By(first[0].who, _role(parts)), Not(By(second[0].who, _role(parts)))))

    def only_does(self, parts: _Parts) -> Condition:
        who = _who(parts)
        if who.joint != "one":
            raise NotMeantError
        return OnlyBy(who[0].who)

    def quality(self, parts: _Parts) -> Condition:
        return Being(_QUALITIES[parts[0].type])

    def not_quality(self, parts: _Parts) -> Condition:
        return Not(cast(Condition, parts[1]))

    def time(self, parts: _Parts) -> Condition:
        return cast(Timed, _values(parts, "TIME")[0])

    def time_of(self, parts: _Parts) -> Condition:
        return self.time(parts)

    def annex(self, _: _Parts) -> Condition:
        return Being("annex")

    def scope(self, parts: _Parts) -> Condition:
        return Within(cast(Named, _values(parts, "DOCNAME")[0]))

    def in_doc(self, _: _Parts) -> str:
        return "this document"

    def base(self, _: _Parts) -> None:
        return None

    def topic(self, parts: _Parts) -> Condition:
        own = "mentions" in _values(parts, "ABOUT")
        return About(_words(parts), bare=_kinds(parts) == {"TEXT"}, own=own)

    def described(self, parts: _Parts) -> Condition:
        return About(_words(parts))

    def every(self, parts: _Parts) -> Condition:
        return About(_words(parts, "EVERY"))

    def bounds(self, parts: _Parts) -> Condition:
        return Bounded(cast(Bounds, _values(parts, "BOUNDS")[0]))

    def by_number(self, parts: _Parts) -> Condition:
        return Numbered(cast(int, _values(parts, "NUMBERED")[0]))

    def by_words(self, parts: _Parts) -> Condition:
        return About(_words(parts))

    def conditions(self, parts: _Parts) -> All:
        bare = [part for part in parts if isinstance(part, (By, Any, All, Not, OnlyBy, Unclear))]
        linked = {"AND", "BUT"} & _kinds(parts)
        found = _conditions(parts)
        parties = [part for part in bare if isinstance(part, By)]
        if len(parties) > 1 and len(bare) > 1 and "BUT" not in linked:
            raise NotMeantError  # 财政局负责(和)教育局负责的: nothing says whether both or either
        return All(found)

    def either(self, parts: _Parts) -> All:
        return All(
            (Any(tuple(part if len(part.conditions) != 1 else part.conditions[0] for part in parts if isinstance(part, All))),)
        )

    # --- tasks ---

    def tasks(self, parts: _Parts) -> Form:
        _refuse_bare_text_after_head(parts)
        return Form("tasks", All(_conditions(parts)))

    def either_tasks(self, parts: _Parts) -> Form:
        return self.tasks(parts)

    def count_tasks(self, parts: _Parts) -> Form:
        _refuse_bare_text_after_head(parts)
        if any(value != "any" for value in _values(parts, "CLASSIFIER")):
            raise NotMeantError
        return Form("tasks", All(_conditions(parts)), count=True)

    def either_count(self, parts: _Parts) -> Form:
        return self.count_tasks(parts)

    def deeds(self, parts: _Parts) -> Form:
        return Form("tasks", self.conditions(parts))

    def count_deeds(self, parts: _Parts) -> Form:
        if any(value != "any" for value in _values(parts, "CLASSIFIER")):
            raise NotMeantError
        return Form("tasks", self.conditions(parts), count=True)

    def first_in(self, parts: _Parts) -> Form:
        who = _who(parts)
        if who.joint != "one":
            raise NotMeantError
        return Form("tasks", All((By(who[0].who, None, first=True),)))

    def most_units(self, parts: _Parts) -> Form:
        return Form("tasks", extreme=_extreme(parts))

    def task(self, parts: _Parts) -> Form:
        return Form("tasks", All((self.by_number(parts),)), field="content")

    # --- who ---

    def who(self, parts: _Parts) -> Form:
        field = "roster" if "ROSTER" in _kinds(parts) else None
        return Form("agencies", All(_conditions(parts)), role=_role(parts), field=field)

    def who_count(self, parts: _Parts) -> Form:
        return Form("agencies", All(_conditions(parts)), role=_role(parts), count=True)

    def roster(self, parts: _Parts) -> Form:
        return Form("agencies", All(_conditions(parts)), field="closed")

    def who_most(self, parts: _Parts) -> Form:
        return Form("agencies", extreme=_extreme(parts), role=_role(parts))

    def pairs(self, parts: _Parts) -> Form:
        return Form("pairs", extreme=_extreme(parts))

    def truth(self, parts: _Parts) -> Form:
        found = _conditions(parts)
        who = [part for part in parts if isinstance(part, _Who)]
        if who:
            found = (*found, self.does([*who, _role(parts) or "any"]))
        return Form("truth", All((*found, self.by_number(parts))))

    def when(self, parts: _Parts) -> Form:
        return Form("schedule", All(_conditions(parts)))

    # --- targets ---

    def how_much(self, parts: _Parts) -> Form:
        found = _conditions(parts)
        described = [one.words for one in found if isinstance(one, About)]
        if not described:
            raise NotMeantError
        others = tuple(one for one in found if not isinstance(one, About))
        units = [value for value in _values(parts, "CLASSIFIER") if value != "any"]
        return Form("targets", All((About("\n".join(described)), *others)), field=units[0] if units else None)

    def targets(self, parts: _Parts) -> Form:
        found = _conditions(parts)
        described = [one.words for one in found if isinstance(one, About)]
        others = tuple(one for one in found if not isinstance(one, About))
        about = (About("\n".join(described)),) if described else ()
        return Form("targets", All((*about, *others)))

    def count_targets(self, parts: _Parts) -> Form:
        form = self.targets(parts)
        return Form("targets", form.where, count=True)

    # --- documents ---

    def field(self, parts: _Parts) -> Form:
        return Form("document", All(_conditions(parts)), field=cast(str, _values(parts, "FIELD")[0]))

    def issued(self, parts: _Parts) -> Form:
        return Form("document", All(_conditions(parts)), field="printed")

    def issuer(self, parts: _Parts) -> Form:
        return Form("document", All(_conditions(parts)), field="issuer")

    def cites(self, parts: _Parts) -> Form:
        levels = [value for value in _values(parts, "LEVEL") if value != "any"]
        mode = "cites" if "CITES" in _kinds(parts) else "implements"
        return Form("citations", All(_conditions(parts)), field=mode, level=cast(str, levels[0]) if levels else None)

    # --- programmes, passages ---

    def parts(self, parts: _Parts) -> Form:
        return Form("programmes", All((About(_words(parts)),)))

    def says(self, parts: _Parts) -> Form:
        return Form("passages", All((*_conditions(parts), About(_words(parts)))))


def _refuse_bare_text_after_head(parts: _Parts) -> None:
    """任务的经费 is not 任务: a Chinese noun after the head is the head. In English what follows describes."""
    seen = False
    for part in parts:
        seen |= isinstance(part, Token) and part.type == "TASKS"
        after = part.conditions if isinstance(part, All) else ()
        if seen and any(isinstance(one, About) and one.bare and not one.words.isascii() for one in after):
            raise NotMeantError


def _words(parts: _Parts, kind: str = "TEXT") -> str:
    return "\n".join(cast(Tag, part.value).text for part in parts if isinstance(part, Token) and part.type == kind)


def _who(parts: _Parts) -> _Who:
    return next(part for part in parts if isinstance(part, _Who))


def _role(parts: _Parts) -> Role | None:
    roles = {part for part in parts if isinstance(part, str) and not isinstance(part, Token)} - {"any", "this document"}
    roles |= {value for value in _values(parts, "UNIT") + _values(parts, "WHO") + _values(parts, "DUTY") if value != "any"}
    if len(roles) > 1:
        raise NotMeantError
    return cast(Role, roles.pop()) if roles else None


def _extreme(parts: _Parts) -> Extreme:
    return cast(Extreme, _values(parts, "EXTREME")[0])
