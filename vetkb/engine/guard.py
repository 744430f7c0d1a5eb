"""What is looked at before a stranger's query reaches the native parser: size, depth, kind, and whether it asks
for more than reading this base (SERVICE, updates).

Follows the terminals of SPARQL 1.1 (section 19.8), since a search for words is fooled by comments, strings,
IRIs and names. The native parser is more lenient than the grammar: it needs no space behind a keyword, so
`SERVICE:a {…}` and `trueSERVICE<…>` are federation to it. What the two could read differently is refused.
A worker cannot open a socket in any case; but `SERVICE SILENT` would then answer a wrong empty row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from vetkb.errors import QueryRefusedError, QuerySyntaxError

Kind = Literal["select", "ask", "construct"]

MAX_LENGTH = 65_536
MAX_DEPTH = 100

_KINDS: dict[str, Kind] = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "construct", "DESCRIBE": "construct"}
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"))
_GRAPH_NAME_FOLLOWS = frozenset(("GRAPH", "FROM", "NAMED"))

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|\#[^\r\n]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
      | (?P<string>\'{3}(?:\'{0,2}(?:[^'\\]|\\.))*+\'{3}|"{3}(?:"{0,2}(?:[^"\\]|\\.))*+"{3})
      | (?P<open>\'{3}|"{3})
      | (?P<quoted>'(?:[^'\\\r\n]|\\.)*+'|"(?:[^"\\\r\n]|\\.)*+")
      | (?P<unclosed>['"])
      | (?P<variable>[?$]\w+)
      | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<blank>_:\w(?:[\w.·-]*[\w·-])?)
      | (?P<name>(?:[^\W\d_][\w.·-]*+)?:(?:(?:[\w.:·-]|%[0-9A-Fa-f]{2}|\\[!-/;=?@_~])*(?<!\.))?)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d][\w.·-]*+)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Token(NamedTuple):
    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that may be run; `kind` is None where the parser will complain, the graphs are those of FROM."""

    text: str
    kind: Kind | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def check_query(sparql: str, max_length: int = MAX_LENGTH, max_depth: int = MAX_DEPTH) -> CheckedQuery:
    """Let a query pass, or raise QueryRefusedError (SERVICE, update, too large) or QuerySyntaxError (too deep)."""
    try:
        size = len(sparql.encode())
    except UnicodeEncodeError:
        raise QuerySyntaxError("the query is not well-formed text (a lone surrogate)") from None
    if size > max_length:
        raise QueryRefusedError(f"the query is too long: {size:,} bytes, at most {max_length:,} are read")
    lower = sparql.lower()
    is_deep = sum(map(sparql.count, "([{")) > max_depth
    # what a word, an escape or a number of brackets cannot be in, is not looked for
    if not is_deep and not any(mark in lower for mark in ("service", "from", "\\u")):
        return CheckedQuery(sparql, _kind(tokenise(sparql)))
    tokens = list(tokenise(sparql))
    if is_deep:
        _check_depth(sparql, tokens, max_depth)
    if "service" in lower:
        _check_service(tokens)
    if "\\u" in lower:
        decoded = _ESCAPE.sub(_decoded, sparql)
        if "service" in decoded.lower():
            _check_service(list(tokenise(decoded)))
    return CheckedQuery(sparql, _kind(tokens), *(_dataset(tokens) if "from" in lower else ()))


def tokenise(sparql: str) -> Iterator[Token]:
    """Yield the tokens of a query without white space and comments, in time linear in its length.

    A name that runs on behind a word (`true.x`) stays one token: no query needs it, and it keeps this linear.
    """
    for match in _TOKEN.finditer(sparql):
        if match.lastgroup in ("open", "unclosed"):
            line = sparql.count("\n", 0, match.start()) + 1
            raise QuerySyntaxError(f"the query cannot be read: a string that begins in line {line} is not closed", line)
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def _decoded(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _check_depth(sparql: str, tokens: Sequence[Token], max_depth: int) -> None:
    depth = 0
    for token in tokens:
        if token.kind == "mark" and token.text in "([{":
            depth += 1
            if depth > max_depth:
                line = sparql.count("\n", 0, token.start) + 1
                column = token.start - sparql.rfind("\n", 0, token.start)
                message = f"the query is nested too deeply at line {line}, column {column}: at most {max_depth} brackets"
                raise QuerySyntaxError(message, line, column)
        elif token.kind == "mark" and token.text in ")]}":
            depth = max(0, depth - 1)


def _check_service(tokens: Sequence[Token]) -> None:
    brackets: list[str] = []
    previous = Token("start", "", 0)
    for place, token in enumerate(tokens):
        if token.kind == "mark" and token.text in "([{":
            brackets.append(token.text)
        elif token.kind == "mark" and token.text in ")]}" and brackets:
            brackets.pop()
        if "service" in token.text.lower():
            following = tokens[place + 1].text if place + 1 < len(tokens) else ""
            if _may_be_service(token, previous, following, bool(brackets) and brackets[-1] == "("):
                raise QueryRefusedError("the query is refused: SERVICE asks another server, and this one asks no other")
        previous = token


def _may_be_service(token: Token, previous: Token, following: str, in_parentheses: bool) -> bool:
    """Say whether a token that contains the word could be the keyword to the native parser."""
    if token.kind == "word":
        return True
    if token.kind == "name":
        prefix = token.text.partition(":")[0].lower()
        return "service" in prefix and following == "{" and previous.text.upper() not in _GRAPH_NAME_FOLLOWS
    if token.kind == "iri":
        # `?a <b:c)SERVICE#>` is an IRI to the grammar, and to the parser a comparison, the keyword and a comment
        is_after_value = previous.kind in ("variable", "name", "iri", "number", "string", "quoted", "word") or previous.text in (
            ")",
            "]",
        )
        return in_parentheses and is_after_value and re.search(r"service.*#", token.text, re.IGNORECASE) is not None
    return False


def _kind(tokens: Iterable[Token]) -> Kind | None:
    """Return the kind of a query by the first word behind its prologue; refuse an update."""
    rest = iter(tokens)
    word = ""
    for token in rest:
        word = token.text.upper() if token.kind == "word" else ""
        if word not in ("PREFIX", "BASE"):
            break
        # the name and the IRI, or the IRI
        next(islice(rest, 1 if word == "PREFIX" else 0, None), None)
    if word in _UPDATES:
        raise QueryRefusedError(f"the query is refused: {word} changes data, and this base is only read")
    return next((kind for keyword, kind in _KINDS.items() if word.startswith(keyword)), None)


def _dataset(tokens: Sequence[Token]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the graphs of FROM and of FROM NAMED, as far as they are absolute IRIs or known names."""
    prefixes: dict[str, str] = {}
    graphs: dict[bool, list[str]] = {False: [], True: []}
    for place, token in enumerate(tokens[:-2]):
        word = token.text.upper() if token.kind == "word" else ""
        if word == "PREFIX" and tokens[place + 2].kind == "iri":
            prefixes[tokens[place + 1].text] = tokens[place + 2].text[1:-1]
        if word in ("FROM", "NAMED", "FROMNAMED"):
            graph = _resolved(tokens[place + 1], prefixes)
            if graph:
                graphs[word != "FROM"].append(graph)
        if token.text == "{":
            break
    return tuple(dict.fromkeys(graphs[False])), tuple(dict.fromkeys(graphs[True]))


def _resolved(token: Token, prefixes: dict[str, str]) -> str | None:
    if token.kind == "iri" and ":" in token.text:
        return token.text[1:-1]
    prefix, colon, local = token.text.partition(":")
    namespace = prefixes.get(prefix + colon) if token.kind == "name" else None
    return namespace + re.sub(r"\\(.)", r"\1", local) if namespace else None
