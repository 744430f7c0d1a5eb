"""The query of a SHACL-SPARQL constraint → the same query for all focus nodes at once.

SHACL binds $this beforehand, node by node. Joining the pattern of the focus nodes at the head of WHERE comes to the same where
$this is met in the outermost group, an OPTIONAL or an EXISTS alone. A query of any other form is outside the subset.
"""

from __future__ import annotations

import re
from itertools import pairwise

from vetkb.validate.shapes_graph import OutsideSubset

_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|<[^<>\"{}|^`\\\s]*>|#[^\n]*|[?$]\w+|[\w.-]*:[\w.-]*|\w+|\S",
    re.DOTALL,
)
_NOT_AT_ONCE = frozenset(
    {"UNION", "MINUS", "VALUES", "SERVICE", "GRAPH", "GROUP", "HAVING", "LIMIT", "OFFSET", "ORDER", "ASK", "FROM"}
)
_REFERRING = frozenset({"?currentShape", "?shapesGraph"})


def at_once(select: str, focus: str, way: str | None) -> str:
    """Return the query with `focus`, the pattern that binds ?this, at the head of WHERE, and `way` for $PATH.

    Raises OutsideSubset.
    """
    found = [m for m in _TOKENS.finditer(select) if not m[0].startswith("#")]
    words = [_word(m[0]) for m in found]
    _check(words, way)
    out, end, opened = "", 0, False
    for token, word in zip(found, words, strict=True):
        between = select[end : token.start()]  # white space, or a comment, which ends at its line
        out += ("\n" if "#" in between else between) + {"?this": "?this", "?PATH": way or ""}.get(word, token[0])
        end = token.end()
        if word == "{" and not opened:
            opened = True
            out += f" {focus} "
    return out


def _word(token: str) -> str:
    """Return a variable as `?name`, and anything else as the keyword that it may be.

    The engine's parser needs no blank between a keyword and the name behind it (GRAPH:a).
    """
    return f"?{token[1:]}" if token[0] in "?$" else token.partition(":")[0].upper()


def _check(words: list[str], way: str | None) -> None:
    body = words[3 * words.count("PREFIX") :]  # each declaration is three words: PREFIX name: <iri>
    if body[:1] != ["SELECT"] or "{" not in words or _NOT_AT_ONCE & set(words) or ("AS", "?this") in pairwise(words):
        raise OutsideSubset("a query that is not one plain group")
    if _REFERRING & set(words):
        raise OutsideSubset("a query that looks at the shapes")
    if "?PATH" in words and way is None:
        raise OutsideSubset("$PATH in a node shape")
    first = words.index("{")
    for place in range(first + 1, len(words)):
        if words[place] == "SELECT" or (words[place] == "{" and words[place - 1] not in ("OPTIONAL", "EXISTS")):
            raise OutsideSubset("a group inside a group")
