"""The query of a SHACL-SPARQL constraint → the same query for all focus nodes at once.

SHACL binds $this beforehand, node by node. Joining the pattern of the focus nodes at the head of WHERE comes to the same where
$this is met in the outermost group, an OPTIONAL or an EXISTS alone; a query inside another gets it at the head of its own,
and has to hand $this on. A query of any other form is outside the subset.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import pairwise

from vetkb.validate.shapes_graph import OutsideSubset

_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|<[^<>\"{}|^`\\\s]*>|#[^\n]*|[?$]\w+|[\w.-]*:[\w.-]*|\w+|\S",
    re.DOTALL,
)
_NOT_AT_ONCE = frozenset({"UNION", "MINUS", "VALUES", "SERVICE", "GRAPH", "LIMIT", "OFFSET", "ORDER", "ASK", "FROM"})
_OF_GROUPS = frozenset({"GROUP", "HAVING"})
_REFERRING = frozenset({"?currentShape", "?shapesGraph"})


def at_once(select: str, focus: str, way: str | None, objects_of: Container[str] = ()) -> str:
    """Return the query with `focus`, the pattern that binds ?this, at the head of WHERE, and `way` for $PATH.

    `objects_of` are the spellings of a property whose values are all the focus nodes there are: a group that begins with
    `?x property $this` finds nothing else, and needs no `focus`. Raises OutsideSubset.
    """
    found = [m for m in _TOKENS.finditer(select) if not m[0].startswith("#")]
    words = [_word(m[0]) for m in found]
    bodies = _bodies(words, way)
    if "PREFIX" in words:  # which may say something else by the same spelling
        objects_of = ()
    out, end = "", 0
    for place, (token, word) in enumerate(zip(found, words, strict=True)):
        between = select[end : token.start()]  # white space, or a comment, which ends at its line
        out += ("\n" if "#" in between else between) + {"?this": "?this", "?PATH": way or ""}.get(word, token[0])
        end = token.end()
        if place in bodies and not _begins_with(found, place, objects_of):
            out += f" {focus} "
    return out


def leading_query(query: str) -> str | None:
    """Return the query inside another with which its WHERE begins: where that has no answer, neither has the other.

    >>> leading_query("SELECT ?x { { SELECT ?x { ?x ?y ?z } } ?x ?z ?y }")
    '{ SELECT ?x { ?x ?y ?z } }'
    """
    found = [m for m in _TOKENS.finditer(query) if not m[0].startswith("#")]
    first = next((place for place, token in enumerate(found) if token[0] == "{"), len(found))
    if [token[0] for token in found[first + 1 : first + 3]] != ["{", "SELECT"]:
        return None
    depth = 0
    for token in found[first + 1 :]:
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth:
            return query[found[first + 1].start() : token.end()]
    return None


def _begins_with(tokens: Sequence[re.Match[str]], opens: int, objects_of: Container[str]) -> bool:
    """Tell whether the group begins with `?x property $this`, itself or in a query inside it."""
    inside = [token[0] for token in tokens[opens + 1 : opens + 4]]
    if inside[:1] == ["{"] and _word(inside[1]) == "SELECT":
        within = next((p for p in range(opens + 2, len(tokens)) if tokens[p][0] == "{"), None)
        return within is not None and _begins_with(tokens, within, objects_of)
    subject, predicate, value = (*inside, "", "", "")[:3]
    return subject[:1] in ("?", "$") and predicate in objects_of and value in ("?this", "$this")


def _word(token: str) -> str:
    """Return a variable as `?name`, and anything else as the keyword that it may be.

    The engine's parser needs no blank between a keyword and the name behind it (GRAPH:a).
    """
    return f"?{token[1:]}" if token[0] in "?$" else token.partition(":")[0].upper()


def _bodies(words: list[str], way: str | None) -> set[int]:
    """Return where WHERE opens: of the query, and of each query inside it. Raises OutsideSubset."""
    body = words[3 * words.count("PREFIX") :]  # each declaration is three words: PREFIX name: <iri>
    if body[:1] != ["SELECT"] or "{" not in words or _NOT_AT_ONCE & set(words) or ("AS", "?this") in pairwise(words):
        raise OutsideSubset("a query that is not one plain group")
    if _REFERRING & set(words):
        raise OutsideSubset("a query that looks at the shapes")
    if "?PATH" in words and way is None:
        raise OutsideSubset("$PATH in a node shape")
    first = words.index("{")
    bodies, inner = {first}, set()
    for place in range(first + 1, len(words)):
        if place in bodies:
            continue
        if words[place] == "{" and words[place + 1 : place + 2] == ["SELECT"]:
            opens, closes = _inner(words, place)
            bodies.add(opens)
            inner |= set(range(place, closes))
        elif words[place] == "{" and words[place - 1] not in ("OPTIONAL", "EXISTS"):
            raise OutsideSubset("a group inside a group")
    if any(word in _OF_GROUPS and place not in inner for place, word in enumerate(words)):
        raise OutsideSubset("groups of more than one focus node")
    return bodies


def _inner(words: list[str], start: int) -> tuple[int, int]:
    """Return where WHERE of the query inside another opens, and where its group closes."""
    opens = next((p for p in range(start + 1, len(words)) if words[p] == "{"), len(words))
    depth, closes = 0, len(words)
    for place in range(start, len(words)):
        depth += {"{": 1, "}": -1}.get(words[place], 0)
        if not depth:
            closes = place
            break
    inside = words[opens:closes]
    by = inside.index("GROUP") if "GROUP" in inside else len(inside)
    hands_on = "?this" in _outside_of_brackets(words[start:opens])
    if not hands_on or (_OF_GROUPS & set(inside) and "?this" not in inside[by:]) or "SELECT" in inside:
        raise OutsideSubset("a query inside another that loses the focus node")
    return opens, closes


def _outside_of_brackets(words: list[str]) -> list[str]:
    depth, found = 0, []
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if not depth:
            found.append(word)
    return found
