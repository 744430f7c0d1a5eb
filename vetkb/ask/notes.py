"""How typed names were taken → the notes of an answer: put right, or shared by several bodies."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from vetkb.ask.answer import Answer
from vetkb.ask.context import Context
from vetkb.ask.form import By, Form, Named, OnlyBy, conditions
from vetkb.ask.words import fold

_PRINTED: Final = """
SELECT DISTINCT ?agency ?name { %s ?participation cv:hasParticipant ?agency ; vk:surface ?name }"""
_IN_BRACKETS: Final = re.compile(r"[（(][^（()）]*[）)]")


def with_notes(found: Answer, form: Form, context: Context) -> Answer:
    """Add how typed names were taken: corrected, or shared by several bodies."""
    notes: list[str] = []
    for one in found.notes:
        typed, broken, name = one.partition("\n")
        notes.append(context.say("note_linked", typed=typed, name=name) if broken else one)
    for part in conditions(form.where):
        who = part.who if isinstance(part, (By, OnlyBy)) else None
        if who is not None and len(who.iris) > 1:
            notes.append(context.say("note_several", typed=who.words, names=who.label))
        elif who is not None and not who.words.isascii() and not _is_printed(who, context):
            notes.append(context.say("note_linked", typed=who.words, name=context.entities.labels[who.iris[0]]))
    return replace(found, notes=tuple(dict.fromkeys(notes)))


def _is_printed(who: Named, context: Context) -> bool:
    """Say whether the base has the name that was typed, or a longer one with it: 财政局 is in 安阳市财政局.

    A second name in brackets, as in 市农业局(市畜牧局), is not the body's own.
    """
    rows = context.look_up(_PRINTED, "?agency", who.iris)
    names = [context.entities.labels.get(who.iris[0], ""), who.label, *(str(row["name"]) for row in rows)]
    return any(fold(who.words) in fold(_IN_BRACKETS.sub("", name)) for name in names)
