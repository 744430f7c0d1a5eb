"""queries/*.rq → the catalogue: one question a file, a head that describes it and the SPARQL that answers it.

A head (lines that begin `#|`) is TOML: title, description, columns, params, ask (phrasings), try (examples). A parameter
is a variable of the query (of the same name, unless it says which), bound as a term when the caller gives it; left out, it
stays a variable, or has its default. Every query projects
`?inDocument`, the document that a row comes from, and may be narrowed to one. One that reads whole properties of the documents'
own graphs (`GRAPH ?graph`), because it has rows by the thousand, projects `?graph` too: narrowed, it reads one graph alone.
Where a graph does nothing but narrow (`GRAPH ?home`), because what is joined there belongs to one document anyway, it is left
out of a query over all documents, which the engine then answers in two thirds of the time.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vetkb.errors import UsageError
from vetkb.paths import QUERIES
from vetkb.text import Message

ParameterType = Literal[
    "cv:PublicOrganisation", "vk:Task", "vk:Indicator", "eli:LegalResource", "xsd:date", "xsd:integer", "xsd:string"
]
TYPES: tuple[str, ...] = (
    *("cv:PublicOrganisation", "vk:Task", "vk:Indicator", "eli:LegalResource"),
    *("xsd:date", "xsd:integer", "xsd:string"),
)
DOCUMENT_VARIABLE = "inDocument"
GRAPH_VARIABLE = "graph"
HOME_VARIABLE = "home"
_HOME = re.compile(rf"^ *GRAPH \?{HOME_VARIABLE} .*\n|GRAPH \?{HOME_VARIABLE} | \?{HOME_VARIABLE}\b", re.MULTILINE)
_WHERE = "WHERE {\n"


@dataclass(frozen=True, slots=True)
class Parameter:
    """参数 — What a caller may set; `variable` is bound in the query (none for limit and offset)."""

    name: str
    type: str
    required: bool
    description: Message
    example: str | None = None
    default: str | None = None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """目录查询 — A question of the catalogue. `examples` are questions in words, `phrasings` patterns by language.

    `sparql` asks all documents, `narrowed` is held to one by what binds its document and graphs.
    """

    name: str
    title: Message
    description: Message
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    examples: tuple[str, ...]
    phrasings: Mapping[str, tuple[str, ...]]
    sparql: str
    narrowed: str

    def graph_variables(self) -> tuple[str, ...]:
        """Return the variables that the graph of a document narrows, as the document does."""
        projected = self.narrowed.partition(_WHERE)[0].split()
        return tuple(name for name in (GRAPH_VARIABLE, HOME_VARIABLE) if f"?{name}" in projected)

    def standalone(self) -> str:
        """Return the query as any SPARQL engine runs it by itself: defaults stand in it, needed values are the examples.

        An agency, task or document that is needed stays a variable: the answer then covers all of them.
        """
        datatypes = {"xsd:date": "date", "xsd:integer": "integer", "xsd:string": "string"}
        values = []
        for parameter in self.parameters:
            text = parameter.default if parameter.default is not None else parameter.example if parameter.required else None
            if text is not None and parameter.type in datatypes:
                literal = f'"{text}"^^<http://www.w3.org/2001/XMLSchema#{datatypes[parameter.type]}>'
                values.append(f"  VALUES ?{parameter.variable} {{ {literal} }}  # {parameter.description.en}\n")
        head, where, rest = self.sparql.partition(_WHERE)
        return head + where + "".join(values) + rest

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by its name. Raises UsageError."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = ", ".join(parameter.name for parameter in self.parameters)
        raise UsageError(f"the query {self.name} has no parameter {name[:80]!r}; it has {known}")


_COMMON = (
    Parameter(
        "document",
        "eli:LegalResource",
        False,
        Message("文件（发文字号或IRI）", "document (its number or IRI)"),
        example="安政办〔2018〕2号",
        variable=DOCUMENT_VARIABLE,
    ),
    Parameter("limit", "xsd:integer", False, Message("最多行数", "at most so many rows"), example="100"),
    Parameter("offset", "xsd:integer", False, Message("跳过的行数", "rows to skip"), example="0"),
)


def load_catalogue(folder: Path = QUERIES) -> dict[str, CatalogueQuery]:
    """Read the queries of a folder, in the order of their names. Raises UsageError for a file that is malformed."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.rq"))}


def _read(path: Path) -> CatalogueQuery:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    head_text = "".join(line[2:].removeprefix(" ") for line in lines if line.startswith("#|"))
    sparql = "".join(line for line in lines if not line.startswith("#|"))
    try:
        head = tomllib.loads(head_text)
        return CatalogueQuery(
            path.stem,
            Message(head["title"]["zh"], head["title"]["en"]),
            Message(head["description"]["zh"], head["description"]["en"]),
            (*(_parameter(name, entry) for name, entry in head.get("params", {}).items()), *_COMMON),
            tuple(head["columns"]),
            tuple(head["try"]),
            {language: tuple(patterns) for language, patterns in head["ask"].items()},
            _everywhere(sparql, head["columns"]),
            sparql,
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"the head of {path} is malformed: {error!r}") from None


def _everywhere(sparql: str, columns: Sequence[str]) -> str:
    """Return a query without what narrows it to a document."""
    head, where, rest = _HOME.sub("", sparql).partition(_WHERE)
    spare = {DOCUMENT_VARIABLE, GRAPH_VARIABLE}.difference(columns)
    return re.sub(rf" \?({'|'.join(sorted(spare))})\b", "", head) + where + rest


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    if entry["type"] not in TYPES:
        raise KeyError(f"type of the parameter {name}: one of {', '.join(TYPES)}")
    description = Message(entry["zh"], entry["en"])
    required = bool(entry.get("required", False))
    return Parameter(
        name, entry["type"], required, description, entry.get("example"), entry.get("default"), entry.get("variable", name)
    )
