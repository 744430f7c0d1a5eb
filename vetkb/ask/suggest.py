"""What could be asked: questions that complete what is being typed, each with the number of its results; and, from a
log of questions, those that had no answer.

A completion is offered only if the engine itself answers it, so nobody is led to a question that fails.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vetkb.ask.answer import Answer
from vetkb.ask.entities import Entities
from vetkb.ask.form import All, By, Form, Named, Within
from vetkb.ask.kinds import load_kinds
from vetkb.ask.nearby import usual
from vetkb.ask.verbalise import verbalise
from vetkb.ask.words import fold
from vetkb.errors import UsageError

_TRIED: Final = 3  # how many candidates are asked for each that is wanted: the time of a completion is bounded
_CHINESE: Final = range(0x3400, 0xA000)


@dataclass(frozen=True, slots=True)
class Completion:
    """补全 — A question that can be answered, and how many results it has."""

    question: str
    results: int

    def to_json(self) -> dict[str, Any]:
        return {"question": self.question, "results": self.results}


def candidates(entities: Entities, language: str) -> tuple[str, ...]:
    """Return the questions that may complete what is typed, the likeliest first."""
    found: list[str | None] = [question for kind in load_kinds() for question in kind.examples.get(language, ())[:1]]
    found += [verbalise(form, language) for form in usual(None)]
    named = [entities.named(iri, language) for iri in entities.labels]
    # English questions take English names
    known = [one for one in named if any(ord(letter) in _CHINESE for letter in one.words) == (language == "zh")]
    for who in sorted(known, key=lambda one: len(one.words)):
        found.append(verbalise(Form("tasks", All((By(who),))), language))
    for iri, name in entities.identifiers.items():
        document = All((Within(Named(name, name, (iri,))),))
        found += [verbalise(Form("document", document, field=field), language) for field in ("issued", "issuer")]
    return tuple(dict.fromkeys(question for question in found if question))


def complete(typed: str, known: Sequence[str], ask: Callable[[str], Answer], limit: int) -> list[Completion]:
    """Return up to `limit` questions that begin with what is typed, then those that hold it, if they have answers."""
    sought = fold(typed).strip()
    begin = [question for question in known if fold(question).startswith(sought)]
    hold = [question for question in known if sought in fold(question) and question not in begin]
    found: list[Completion] = []
    for question in [*begin, *hold][: limit * _TRIED] if sought else ():
        answer = ask(question)
        if answer.status == "answered":
            found.append(Completion(question, len(answer.results)))
        if len(found) == limit:
            break
    return found


def unanswered(log: Path) -> list[tuple[str, int]]:
    """Return the questions of a log (`serve --question-log`) that had no answer, the most frequent first."""
    try:
        with log.open(encoding="utf-8") as lines:
            counted = Counter(_unanswered(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{log} cannot be read as a log of questions ({error})") from None
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _unanswered(lines: Iterable[str]) -> Iterator[str]:
    """Yield unanswered questions, without the white space and punctuation in which they may differ; skip broken lines."""
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("question"), str) and entry.get("status") != "answered":
            yield " ".join(entry["question"].split()).rstrip("？?。.！! ")
