"""Accept headers → the format, language and coding to answer in (RFC 9110, section 12).

Pure functions on header values. A header that is missing accepts everything; a part of it that cannot be read is
left out. Among equals the server's order decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """A format that can be answered: its short name, the media type of the answer, other types that ask for it."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()

    def asked_as(self) -> tuple[str, ...]:
        return (bare(self.media_type), *self.aliases)

    def named(self, name: str) -> bool:
        return name == self.name or bare(name) in self.asked_as()


def bare(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def weighted(header: str) -> list[tuple[str, float]]:
    """Return the parts of a header with their q-values, in lower case and in the order given.

    >>> weighted("text/html, */*;q=0.1, text/csv;q=nonsense")
    [('text/html', 1.0), ('*/*', 0.1)]
    """
    found = []
    for part in header.lower().split(",")[:_MOST_PARTS]:
        value, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, number = parameter.partition("=")
            if name.strip() == "q":
                try:
                    weight = float(number)
                except ValueError:
                    weight = -1.0
        if value and 0.0 <= weight <= 1.0:
            found.append((value, weight))
    return found


def choose(accept: str | None, offers: Sequence[Offer]) -> Offer | None:
    """Return the offer that an Accept header likes best, None where it likes none.

    An alias answers with the type that was asked for: SPARQL results as `application/json` are called so.

    >>> turtle, triples = Offer("turtle", "text/turtle"), Offer("ntriples", "application/n-triples")
    >>> choose("application/*;q=0.9, text/turtle;q=0.5", [turtle, triples]).name
    'ntriples'
    """
    if accept is None or not accept.strip():
        return offers[0]
    ranges = weighted(accept)
    best: Offer | None = None
    best_weight = 0.0
    for offer in offers:
        for place, media_type in enumerate(offer.asked_as()):
            weight = _weight(media_type, ranges, named_only=place > 0)
            if weight > best_weight:
                best_weight = weight
                best = offer if place == 0 else Offer(offer.name, media_type, offer.aliases)
    return best


def _weight(media_type: str, ranges: Sequence[tuple[str, float]], *, named_only: bool) -> float:
    """Return the q-value of the most specific range that takes in a type; an alias has to be named in full."""
    kinds = (media_type,) if named_only else (media_type, media_type.partition("/")[0] + "/*", "*/*")
    for kind in kinds:
        for value, weight in ranges:
            if value == kind:
                return weight
    return 0.0


def wants_page(accept: str | None) -> bool:
    """Say whether a browser asks: it names HTML, and likes it at least as well as JSON."""
    if not accept:
        return False
    ranges = weighted(accept)
    page = max(_weight("text/html", ranges, named_only=True), _weight("application/xhtml+xml", ranges, named_only=True))
    return page > 0 and page >= _weight("application/json", ranges, named_only=True)


def language(asked: str | None, accept_language: str | None) -> str:
    """Return "zh" or "en": the one asked for, else the one a browser prefers, else Chinese."""
    if asked in ("zh", "en"):
        return asked
    best, best_weight = "zh", 0.0
    for value, weight in weighted(accept_language or ""):
        spoken = value.partition("-")[0]
        if spoken in ("zh", "en") and weight > best_weight:
            best, best_weight = spoken, weight
    return best


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Say whether an answer may be compressed."""
    weights = dict(weighted(accept_encoding or ""))
    return weights.get("gzip", weights.get("*", 0.0)) > 0
