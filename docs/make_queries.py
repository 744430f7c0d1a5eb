"""The catalogue and the researchers' forty questions → docs/queries.md.

    python docs/make_queries.py

A test makes the page anew and compares: whoever adds or changes a query runs this once.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from shlex import quote

from vetkb.query import CatalogueQuery, load_catalogue

PAGE = Path(__file__).with_name("queries.md")
CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "competency.toml"
HEAD = """# The catalogue

Made from `queries/*.rq` and `tests/cases/competency.toml` by `python docs/make_queries.py`. `vetkb query NAME -p K=V …`
runs a query; every one also takes `document` (hold it to one document), `limit` and `offset`, and says of each row which document
it is from. `--format` writes the rows as a table, JSON, CSV, TSV, XLSX or the standard SPARQL formats.
"""
WRITING = """## Writing a query

A file in `queries/` is all it takes: a head of comment lines that hold TOML, and the SPARQL. What the graph holds is told in
[data-model.md](data-model.md).

```sparql
#| title = { zh = "计划与工程", en = "Programmes" }
#| description.zh = "提到的计划、工程及其从属关系。"
#| description.en = "The programmes that are named, and which one they are part of."
#| columns = ["programme", "label", "broader", "document", "item", "quote"]
#| ask.zh = ["有哪些计划", "“{broader}”包括哪些计划"]
#| ask.en = ["which programmes are named"]
#| try = ["“四项计划”是哪四项？", "Which programmes are named?"]
#| [params.broader]
#| type = "xsd:string"
#| zh = "上位计划"
#| en = "broader programme"
#| example = "四项计划"
PREFIX vk: <https://w3id.org/vetkb/ns#>
SELECT … WHERE { … } ORDER BY …
```

`ask` are phrasings of the question (`{broader}` stands for a parameter), `try` questions in words. A parameter is the
variable of the query of its name (another one: `variable = "wanted"`), bound when a value is given; `default` stands in
for a value, `required = true` asks for one. Its type is `xsd:string`, `xsd:integer` or `xsd:date`, or what a name is looked
up as: `cv:PublicOrganisation`, `vk:Task`, `vk:Indicator`, `eli:LegalResource`. The parameters `document`, `limit` and
`offset` come by themselves: the query binds `?inDocument`, and the order of its rows is total.
`benchmarks/catalogue_time.py` measures the file. What keeps it right and fast on a large base:

- A parameter is used in the outermost group, so that `VALUES` can stand for it in any engine.
- No OPTIONAL on a variable that may be unbound (`OPTIONAL { ?node vk:heading ?h }` behind an OPTIONAL that binds `?node`): it
  matches everything. Nest it.
- Triple patterns first, BIND after them: a BIND cuts the pattern in two, and the parts are joined in the order they stand.
- No path inside OPTIONAL: `OPTIONAL { ?x vk:item ?at OPTIONAL { ?at vk:path ?item } }` follows the rows there are, a path is
  worked out for the whole base.
- What a UNION needs of evidence or labels stands inside its branches; counts first in a subselect, labels for what is left.
- Of thousands of rows, `{ SELECT ?graph ?task ?at { GRAPH ?graph { ?task vk:item ?at } } }` reads a property of a document in one
  go and is joined by its keys, where `?task vk:item ?at` is looked up for each row (some 6 µs): a fifth of the time. `?graph` is
  then projected by the query, so that one document is one graph to read. `GRAPH ?home` is a graph that does nothing but narrow,
  since what is joined belongs to one document anyway: over all documents it is left out, a line that begins with it altogether.
- Sort by numbers and short texts, or by a text that the query makes (`CONCAT(STR(?inDocument), " ")`): an IRI is looked up in the
  store at each comparison.
- What GROUP_CONCAT puts together comes from a subselect in order, or its order is another one in each engine.
- `vk:quote`, `vk:responsibleAgency`, `vk:instrumentWord`, `vk:vagueWords` are concluded when a base is built: one step instead
  of four.
- No pattern of a REGEX made for each row: compare with CONTAINS, or cut the text with one constant pattern.
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the whole page."""
    catalogue = load_catalogue()
    return "\n".join([HEAD, *questions(), *[line for query in catalogue.values() for line in described(query)], WRITING])


def questions() -> list[str]:
    """Return the table of the researchers' questions; several commands where one question has several answers."""
    rows: dict[int, tuple[str, list[str]]] = {}
    for case in tomllib.loads(CASES.read_text(encoding="utf-8"))["question"]:
        words = f"{case.get('zh', '')}<br>{case.get('en', '')}"
        rows.setdefault(case["number"], (words, []))[1].append(command(case))
    lines = ["## Forty questions of policy researchers", "", "| | question | command |", "|---|---|---|"]
    for number, (words, commands) in sorted(rows.items()):
        lines.append(f"| {number} | {words} | {'<br>'.join(f'`{line}`' for line in commands)} |")
    return [*lines, "", "## Queries", ""]


def command(case: dict) -> str:
    given = "".join(f" -p {quote(f'{name}={value}')}" for name, value in case.get("parameters", {}).items())
    return f"vetkb query {case['query']}{given}"


def described(query: CatalogueQuery) -> list[str]:
    """Return the section of one query."""
    parameters = [
        f"- `{p.name}`{' (needed)' if p.required else ''}: {p.description.zh} · {p.description.en}; for example `{p.example}`"
        for p in query.parameters
        if p.name not in ("document", "limit", "offset")
    ]
    return [
        f"### {query.name}",
        "",
        f"{query.title.zh} · {query.title.en}. {query.description.zh} {query.description.en}",
        "",
        *parameters,
        *([""] if parameters else []),
        f"Columns: {', '.join(f'`{column}`' for column in query.columns)}",
        "",
    ]


if __name__ == "__main__":
    main()
