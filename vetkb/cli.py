"""The terminal: each command parses its input, calls one function and prints what comes back.

Data go to stdout, everything else to stderr. Exit status: 0 done, conforms, answered; 1 done, but violations, not
answered or findings of severity error; 2 wrong usage, unreadable input or a missing tool. Never a traceback.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetkb import __version__
from vetkb.errors import UnknownNameError, UsageError, VetkbError

if TYPE_CHECKING:
    from vetkb.base import KnowledgeBase

OK, NOT_OK, WRONG_USAGE = 0, 1, 2
INTERRUPTED, CLOSED_PIPE = 130, 141  # as the shell counts SIGINT and SIGPIPE
DOCUMENT_FORMATS = ("json", "turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
RESULT_FORMATS = ("table", "json", "csv", "tsv", "xlsx", "xml", "srj", "turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
REPORT_FORMATS = ("text", "json", "turtle", "html", "junit", "csv")
EXPORT_FORMATS = ("schemaorg", "akn", "graphml", "edges", "csv", "xlsx", "coding")
STAGES = ("outline", "facts", "graph", "findings", "shapes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = build_parser()
    try:
        options = parser.parse_args(arguments)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except UnknownNameError as error:
        _complain(str(error))
        for suggestion in error.suggestions:
            print(f"  {suggestion}", file=sys.stderr)
        return NOT_OK
    except VetkbError as error:
        _complain(str(error))
        return WRONG_USAGE
    except BrokenPipeError:
        # as any program ends whose reader went away: what it would have said is not known to be good
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="vetkb", description="Chinese policy documents (公文) as a knowledge base.")
    parser.add_argument("--version", action="version", version=f"vetkb {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    def with_store(made: argparse.ArgumentParser) -> argparse.ArgumentParser:
        asked = "the base to use, or a SPARQL endpoint (default: VETKB_STORE, else the bundled corpus)"
        made.add_argument("--store", metavar="DIR|URL", help=asked)
        return made

    def with_folder(made: argparse.ArgumentParser, otherwise: str) -> argparse.ArgumentParser:
        made.add_argument("--store", metavar="DIR", help=f"the folder of the base (default: VETKB_STORE{otherwise})")
        return made

    ask = with_store(command("ask", run_ask, "answer a question in Chinese or English, with the sentences that prove it"))
    ask.add_argument("question", nargs="?")
    ask.add_argument(
        "--unanswered", type=Path, metavar="LOG", help="list the unanswered questions of a log of serve, by frequency"
    )
    ask.add_argument("--lang", choices=("zh", "en"))
    ask.add_argument("--document", metavar="ID", help="hold the answer to one document")
    ask.add_argument("--as-of", type=_date, metavar="DATE")
    ask.add_argument("--format", choices=("text", "json"), default="text")

    query = with_store(command("query", run_query, "run a query of the catalogue, or any SPARQL query"))
    query.add_argument("name", nargs="?")
    query.add_argument("-p", "--parameter", action="append", default=[], metavar="K=V")
    query.add_argument("--sparql", metavar="TEXT")
    query.add_argument("--file", metavar="FILE", help="a file with a SPARQL query, - for standard input")
    query.add_argument("--format", choices=RESULT_FORMATS)
    query.add_argument("--lang", choices=("zh", "en"), default="zh")
    query.add_argument("-o", "--output", metavar="PATH")

    queries = command("queries", run_queries, "list the catalogue")
    queries.add_argument("--lang", choices=("zh", "en"), default="zh")

    compile_ = command("compile", run_compile, "compile documents into models or RDF")
    compile_.add_argument("files", nargs="+", metavar="FILE", help="- for standard input")
    compile_.add_argument("--format", choices=DOCUMENT_FORMATS, default="json")
    compile_.add_argument("-o", "--output", metavar="PATH")

    show = with_store(command("show", run_show, "look at a document between two stages"))
    show.add_argument("document")
    show.add_argument("--stage", choices=STAGES, default="outline")

    explain = with_store(command("explain", run_explain, "show rule, premises and sentences behind a node or triple"))
    explain.add_argument("what", nargs="+", metavar="IRI-or-TRIPLE")
    explain.add_argument("--lang", choices=("zh", "en"), default="zh")

    build = with_folder(command("build", run_build, "compile files and folders into a base"), "")
    build.add_argument("paths", nargs="*", metavar="PATH")
    build.add_argument("--add", action="store_true", help="keep what the base holds")
    build.add_argument("--remove", action="append", default=[], metavar="ID")
    build.add_argument("--jobs", type=_count, metavar="N")

    rules = command("rules", run_rules_diff, "what a change of the rules gained and lost on a folder")
    rules.add_argument("what", choices=("diff",))
    rules.add_argument("paths", nargs="+", metavar="PATH")
    rules.add_argument("--against", required=True, metavar="REV-or-WHEEL", help="a git revision of this checkout, or a wheel")

    export = with_store(command("export", run_export, "write the base, or one document, in a format of other programs"))
    export.add_argument("format", choices=EXPORT_FORMATS, metavar="FORMAT", help=", ".join(EXPORT_FORMATS))
    export.add_argument("document", nargs="?", metavar="DOCUMENT", help="its number or IRI (default: all documents)")
    export.add_argument("-o", "--output", metavar="PATH")

    validate = with_store(command("validate", run_validate, "hold reported data against the shapes"))
    validate.add_argument("data", nargs="+", metavar="DATA")
    validate.add_argument("--as-of", type=_date, metavar="DATE")
    validate.add_argument("--shapes", default="compliance", metavar="compliance|reporting|quality|FILE")
    validate.add_argument("--tolerance", type=float, metavar="PERCENT")
    validate.add_argument("--format", choices=REPORT_FORMATS, default="text")
    validate.add_argument("--lang", choices=("zh", "en"), default="zh")

    template = with_store(command("template", run_template, "an empty report for a document's indicators and tasks"))
    template.add_argument("document")
    template.add_argument("--format", choices=("csv", "xlsx", "json"), default="csv")
    template.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the column names")
    template.add_argument("-o", "--output", metavar="PATH")

    check = with_store(command("check", run_check, "let the base check itself: shapes, OWL, evidence, round trip"))
    check.add_argument("--format", choices=("text", "json"), default="text")

    serve = with_folder(command("serve", run_serve, "serve the base over HTTP"), ", else the bundled corpus")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=_count, default=2, metavar="N", help="SPARQL queries that may run long at the same time")
    serve.add_argument("--timeout", type=_seconds, default=10.0, metavar="S", help="deadline of a query in seconds")
    serve.add_argument(
        "--data",
        nargs="+",
        action="extend",
        type=Path,
        default=[],
        metavar="RDF",
        help="RDF files that /sparql sees beside the base",
    )
    serve.add_argument("--rate", type=_seconds, metavar="N", help="requests a second of one client; any number without it")
    serve.add_argument("--log-text", action="store_true", help="let the log tell what was asked, not only where")
    serve.add_argument("--question-log", type=Path, metavar="FILE", help="append every question and its status to a file")

    with_store(command("mcp", run_mcp, "serve the base to a model client, over standard input and output"))
    return parser


def run_ask(options: argparse.Namespace) -> int:
    if (options.question is None) == (options.unanswered is None):
        raise UsageError("ask: give a question, or --unanswered LOG")
    if options.unanswered is not None:
        from vetkb.ask import unanswered

        for question, times in unanswered(options.unanswered):
            print(f"{times}\t{question}")
        return OK
    with _open(options) as base:
        answer = base.ask(options.question, language=options.lang, document=options.document, as_of=options.as_of)
        print(_pretty(answer.to_json()) if options.format == "json" else answer.to_text())
    return OK if answer.status == "answered" else NOT_OK


def run_query(options: argparse.Namespace) -> int:
    if sum(x is not None for x in (options.name, options.sparql, options.file)) != 1:
        raise UsageError("query: name a query of the catalogue (vetkb queries lists them), or give --sparql or --file")
    _no_workbook_for_a_terminal("query", options)
    with _open(options) as base:
        if options.name is None:
            text = options.sparql if options.sparql is not None else _read_text(options.file)
            content = base.answer_sparql(text, options.format)
        else:
            from vetkb.base import render

            parameters = dict(_parameter(p) for p in options.parameter)
            content = render(base.query(options.name, parameters, language=options.lang), options.format)
    _write(content, options.output)
    return OK


def run_queries(options: argparse.Namespace) -> int:
    from vetkb.query import load_catalogue

    for query in load_catalogue().values():
        needed = " ".join(f"-p {p.name}=…" if p.required else f"[-p {p.name}=…]" for p in query.parameters)
        print(f"{query.name:22} {query.title.in_language(options.lang)}  {needed}".rstrip())
    return OK


def run_compile(options: argparse.Namespace) -> int:
    from vetkb.compiler import compile_source, derive, to_json, to_rdf
    from vetkb.graph.lexicon import load_lexicon
    from vetkb.graph.write import to_quads
    from vetkb.read import read_source

    lexicon = load_lexicon()
    parts: list[bytes] = []
    status = OK
    for name in options.files:
        source = read_source(sys.stdin.buffer.read(), "-") if name == "-" else read_source(Path(name))
        compiled = compile_source(source, lexicon)
        if options.format == "json":
            model = to_json(compiled, lexicon, derive(compiled, lexicon))
            text = json.dumps(model, ensure_ascii=False, indent=1 if len(options.files) == 1 else None)
            parts.append(f"{text}\n".encode("utf-8", "backslashreplace"))
        else:
            parts.append(to_rdf(to_quads(compiled.document, compiled.facts, lexicon), options.format))
        print(compiled.coverage(), file=sys.stderr)
        if any(f.severity == "error" for f in compiled.findings):
            status = NOT_OK
    _write(b"".join(parts), options.output)
    return status


def run_show(options: argparse.Namespace) -> int:
    if Path(options.document).is_file():
        from vetkb.compiler import compile_source, show
        from vetkb.graph.lexicon import load_lexicon
        from vetkb.read import read_source

        lexicon = load_lexicon()
        print(show(compile_source(read_source(Path(options.document)), lexicon), options.stage, lexicon))
        return OK
    with _open(options) as base:
        print(base.show(options.document, options.stage))
    return OK


def run_explain(options: argparse.Namespace) -> int:
    with _open(options) as base:
        print(base.explain(" ".join(options.what)).to_text(options.lang))
    return OK


def run_build(options: argparse.Namespace) -> int:
    from vetkb.base import build

    summary = build([Path(p) for p in options.paths], options.store, add=options.add, remove=options.remove, jobs=options.jobs)
    print(summary)
    return OK


def run_rules_diff(options: argparse.Namespace) -> int:
    from vetkb.base import source_files
    from vetkb.compare import compare

    print(compare(source_files([Path(path) for path in options.paths]), options.against).to_text())
    return OK


def run_export(options: argparse.Namespace) -> int:
    if options.format == "xlsx" and options.output is None and sys.stdout.isatty():
        raise UsageError("export: a workbook is no text for a terminal; name a file with -o PATH")
    with _open(options) as base:
        _write(base.export(options.format, options.document), options.output)
    return OK


def run_validate(options: argparse.Namespace) -> int:
    from vetkb.reporting import Limits

    data = [("-", sys.stdin.buffer.read(Limits().graph + 1)) if name == "-" else (name, None) for name in options.data]
    with _open(options) as base:
        report = base.validate(data, as_of=options.as_of, shapes=options.shapes, tolerance=options.tolerance)
        _write(report.to_bytes(options.format, options.lang), None)
    return OK if report.conforms else NOT_OK


def run_template(options: argparse.Namespace) -> int:
    _no_workbook_for_a_terminal("template", options)
    with _open(options) as base:
        _write(base.template(options.document, options.format, options.lang), options.output)
    return OK


def run_check(options: argparse.Namespace) -> int:
    with _open(options) as base:
        checks = base.check()
    if options.format == "json":
        print(_pretty(checks.to_json()))
    else:
        print(checks.to_text())
    return OK if checks.passed else NOT_OK


def run_serve(options: argparse.Namespace) -> int:
    from vetkb.web.server import Options, serve

    names = ("host", "port", "workers", "timeout", "rate", "log_text", "question_log")
    serve(options.store, Options(**{name: getattr(options, name) for name in names}, data=tuple(options.data)))
    return OK


def run_mcp(options: argparse.Namespace) -> int:
    from vetkb.mcp import serve

    with _open(options) as base:
        serve(base)
    return OK


def _open(options: argparse.Namespace) -> KnowledgeBase:
    from vetkb.base import open_base

    return open_base(options.store)


def _no_workbook_for_a_terminal(command: str, options: argparse.Namespace) -> None:
    if options.format == "xlsx" and options.output is None and sys.stdout.isatty():
        raise UsageError(f"{command}: a workbook is no text for a terminal; name a file with -o PATH")


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2018-12-31") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; name 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds; write it as 10 or 0.5")
    return seconds


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageError(f"-p {text}: write a parameter as name=value")
    return name, value


def _read_text(name: str) -> str:
    try:
        return (sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()).decode("utf-8")
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror}); check the name") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: is not UTF-8 at byte {error.start}; convert it first") from error


def _write(content: bytes, path: str | None) -> None:
    if path is None:
        sys.stdout.buffer.write(content)
        if content and not content.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
        return
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _complain(message: str) -> None:
    print(f"vetkb: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
