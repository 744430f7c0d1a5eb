"""A report in the forms people and programs read: text, JSON, CSV, JUnit and SHACL in Turtle (HTML: see `page`)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import sha256
from html import escape  # the same for XML; xml.sax would bring an HTTP client along
from typing import Any

from vetkb.engine import XSD, Iri, Literal, Quad, Term, write_rdf
from vetkb.errors import UsageError
from vetkb.graph.terms import BASE, PREFIXES, Vk
from vetkb.validate.model import NOT_COMPARED, Clause, Report, Severity, State, TargetState, TaskState, ValidationResult
from vetkb.validate.page import to_html

STATE_NAMES: dict[str, dict[State, str]] = {
    "zh": {"met": "已达到", "violated": "未达到", "not_reported": "未报告", "not_yet_due": "未到期"},
    "en": {"met": "met", "violated": "violated", "not_reported": "not reported", "not_yet_due": "not yet due"},
}
SEVERITY_NAMES: dict[str, dict[Severity, str]] = {
    "zh": {"violation": "违反", "warning": "警告", "info": "提示"},
    "en": {"violation": "violation", "warning": "warning", "info": "info"},
}
_SH = "http://www.w3.org/ns/shacl#"
_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_REFERENCED = Iri("http://purl.org/dc/terms/isReferencedBy")
_SEVERITIES = {"violation": "Violation", "warning": "Warning", "info": "Info"}
_STATES = {"met": Vk.Met, "violated": Vk.Violated, "not_reported": Vk.NotReported, "not_yet_due": Vk.NotYetDue}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_bytes(report: Report, format: str, language: str = "zh") -> bytes:  # noqa: A002 - as everywhere: --format
    """Return a report in a format, in UTF-8; raises UsageError for an unknown one."""
    writers: dict[str, Callable[[Report, str], str | bytes]] = {
        "text": to_text,
        "json": lambda r, _: _json(to_json(r)),
        "turtle": lambda r, _: write_rdf(to_quads(r), "turtle", PREFIXES),
        "csv": to_csv,
        "junit": to_junit,
        "html": to_html,
    }
    if format not in writers:
        raise UsageError(f"unknown format {format!r} of a report; known: {', '.join(writers)}")
    written = writers[format](report, language)
    return written if isinstance(written, bytes) else written.encode("utf-8", "replace")


# --- JSON --------------------------------------------------------------------------------------------


def to_json(report: Report) -> dict[str, Any]:
    """Return a report as the object that schemas/report.json describes."""
    return {
        "conforms": report.conforms,
        "as_of": report.as_of.isoformat(),
        "build": report.build,
        "tolerance": _number(report.tolerance),
        "engines": list(report.engines),
        "summary": report.summary,
        "targets": [_target(t) for t in report.targets],
        "tasks": [_task(t) for t in report.tasks],
        "results": [_result(r) for r in report.results],
    }


def _json(content: dict[str, Any]) -> bytes:
    # `dumps` with line ends would hold every token apart: 40 MB of a large report
    written = io.BytesIO()
    with io.TextIOWrapper(written, "utf-8", "replace", newline="\n") as out:
        json.dump(content, out, ensure_ascii=False, indent=2)
        out.write("\n")
        out.flush()
        return written.getvalue()


def _target(one: TargetState) -> dict[str, Any]:
    return {
        "target": one.target,
        "indicator": one.indicator,
        "label": one.label,
        "scope": one.scope,
        "state": one.state,
        "expected": one.expected,
        "unit": one.unit,
        "due": one.due.isoformat() if one.due else None,
        "clause": _clause(one.clause),
        "also": [_clause(c) for c in one.also],
        "observations": list(one.observations),
    }


def _task(one: TaskState) -> dict[str, Any]:
    return {
        "task": one.task,
        "ordinal": one.ordinal,
        "label": one.label,
        "state": one.state,
        "due": one.due.isoformat() if one.due else None,
        "clause": _clause(one.clause),
    }


def _result(one: ValidationResult) -> dict[str, Any]:
    return {
        "severity": one.severity,
        "focus": one.focus,
        "about": one.about,
        "message": {"zh": one.message.zh, "en": one.message.en},
        "expected": one.expected,
        "actual": _number(one.actual) if isinstance(one.actual, Decimal) else one.actual,
        "clause": _clause(one.clause) if one.clause else None,
        "source": one.source,
        "row": one.row,
        "column": one.column,
        "code": one.code,
        "shape": one.shape,
        "demand": one.demand,
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {"document": clause.document, "item": clause.item, "quote": clause.quote}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# --- text --------------------------------------------------------------------------------------------


def place_of(result: ValidationResult, language: str) -> str:
    """Return where a result was reported: file, row and column as far as they are known."""
    row = "" if result.row is None else f"第{result.row}行" if language == "zh" else f"row {result.row}"
    return " ".join(p for p in (result.source or "", row, f"[{result.column}]" if result.column else "") if p)


def to_text(report: Report, language: str) -> str:
    """Return a report for a terminal: the verdict, then each result with its place, then the states."""
    zh = language == "zh"
    names, grades = STATE_NAMES[language], SEVERITY_NAMES[language]
    summary = report.summary
    lines = [("符合" if report.conforms else "不符合") if zh else ("conforms" if report.conforms else "does not conform")]
    lines[0] += f"（截至{report.as_of}）" if zh else f" (as of {report.as_of})"
    counts = [f"{name} {summary[state]}" for state, name in names.items()] + [f"{grades['warning']} {summary['warnings']}"]
    lines.append("  " + ("，" if zh else ", ").join(counts))
    for result in (r for r in report.results if r.severity != "info"):
        place = place_of(result, language)
        lines.append(f"\n{grades[result.severity]}{f'  {place}' if place else ''}{f'  {result.about}' if result.about else ''}")
        lines.append(f"  {result.message.in_language(language)}")
    lines += _remarks(report, language)
    spoken = [t for t in report.targets if t.state != "not_reported"]
    if spoken:
        lines.append("\n" + ("指标" if zh else "Targets"))
        lines += [
            f"  {names[t.state]}  {t.clause.item or ''}  {t.label}{f'（{t.scope}）' if t.scope else ''}  {t.expected}"
            for t in spoken
        ]
    tasks = [t for t in report.tasks if t.state != "not_reported"]
    if tasks:
        lines.append("\n" + ("任务" if zh else "Tasks"))
        lines += [f"  {names[t.state]}  {t.ordinal if t.ordinal is not None else ''}  {t.label[:40]}" for t in tasks]
    return printable("\n".join(lines)) + "\n"


def _remarks(report: Report, language: str) -> list[str]:
    """Return what is only to be known, once for all rows of a file that it is said of."""
    rows: dict[tuple[str, str], list[int]] = {}
    for r in report.results:
        if r.severity == "info":
            rows.setdefault((r.message.in_language(language), r.source or ""), []).extend([r.row] if r.row is not None else [])
    lines = []
    for (message, source), found in rows.items():
        shown = ", ".join(map(str, found[:10])) + (f" … ({len(found)})" if len(found) > 10 else "")
        place = (f"第{shown}行" if language == "zh" else f"row {shown}") if found else ""
        lines.append(f"\n{SEVERITY_NAMES[language]['info']}  {' '.join(p for p in (source, place) if p)}\n  {message}")
    return lines


def printable(text: str) -> str:
    """Return text without control characters, so that reported names cannot steer a terminal."""
    return "".join(c if c == "\n" or c.isprintable() or c == "\u3000" else "�" for c in text)


# --- CSV and JUnit -----------------------------------------------------------------------------------


_COLUMNS = (
    *("kind", "state", "severity", "source", "row", "column", "about", "expected", "actual", "due"),
    *("document", "item", "quote", "message", "focus"),
)


def to_csv(report: Report, language: str) -> str:
    """Return the results, then the state of each target and task, as CSV with a UTF-8 mark.

    Cells that a spreadsheet would run as formulas are quoted.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, restval="")
    writer.writeheader()
    states: list[TargetState | TaskState] = [*report.targets, *report.tasks]
    for row in (*(_result_row(r, language) for r in report.results), *map(_state_row, states)):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return "\ufeff" + out.getvalue()


def _result_row(r: ValidationResult, language: str) -> dict[str, object]:
    named = {c: getattr(r, c) for c in ("severity", "source", "row", "column", "about", "expected", "actual", "focus")}
    return {"kind": "result", **named, "message": r.message.in_language(language), **(_clause(r.clause) if r.clause else {})}


def _state_row(one: TargetState | TaskState) -> dict[str, object]:
    row = {"state": one.state, "due": one.due, **_clause(one.clause), "message": one.label}
    if isinstance(one, TaskState):
        return {"kind": "task", **row, "focus": one.task}
    return {"kind": "target", **row, "about": one.scope, "expected": one.expected, "focus": one.target}


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value


def to_junit(report: Report, language: str) -> str:
    """Return a report as JUnit XML: a case a target and task, and one a result that belongs to none."""
    results = {r.demand: r for r in reversed(report.results)}
    cases = []
    states: list[TargetState | TaskState] = [*report.targets, *report.tasks]
    for one in states:
        kind = "target" if isinstance(one, TargetState) else "task"
        name = f"{one.clause.item or ''} {one.label}".strip()
        inner = ""
        if one.state == "violated":
            found = results.get(one.target if isinstance(one, TargetState) else one.task)
            inner = f"<failure message={_attribute(found.message.in_language(language) if found else one.state)}/>"
        elif one.state != "met":
            inner = f"<skipped message={_attribute(STATE_NAMES[language][one.state])}/>"
        cases.append(
            f"<testcase classname={_attribute(f'{one.clause.document} {kind}')} name={_attribute(name)}>{inner}</testcase>"
        )
    failures = sum("<failure" in c for c in cases)
    for r in report.results:
        if r.clause is None and r.severity == "violation":
            failures += 1
            cases.append(
                f'<testcase classname="report" name={_attribute(place_of(r, language) or str(r.focus))}>'
                f"<failure message={_attribute(r.message.in_language(language))}>{_xml(str(r.actual or ''))}</failure></testcase>"
            )
    skipped = sum("<skipped" in c for c in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" skipped="{skipped}"'
    head = f'<testsuite name="vetkb validate" {counts} timestamp="{report.as_of}T00:00:00">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"]) + "\n"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("�", text), quote=False)


def _attribute(text: str) -> str:
    escaped = escape(_NOT_XML.sub("�", text))
    return '"' + escaped.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;") + '"'


# --- RDF ---------------------------------------------------------------------------------------------


def to_quads(report: Report) -> Iterator[Quad]:
    """Yield a report as a SHACL validation report, with the state of each target and task (vk:complianceState).

    A target or task that a result is about is linked to it (dcterms:isReferencedBy). Figures that count for no target are
    listed (vk:notCompared). What is said of one node comes in a row, in an order that is the same each time.
    """
    head = Iri(f"{BASE}id/report/{_key(report)}")
    yield Quad(head, _TYPE, _sh("ValidationReport"))
    yield Quad(head, _sh("conforms"), Literal("true" if report.conforms else "false", Iri(f"{XSD}boolean")))
    yield Quad(head, Vk.asOf, Literal(report.as_of.isoformat(), Iri(f"{XSD}date")))
    # most figures of a large report count for no target: one statement for each, not a result of nine
    results = [r for r in report.results if r.code != NOT_COMPARED]
    nodes = [Iri(f"{head}/result/{number}") for number in range(1, len(results) + 1)]
    for node in nodes:
        yield Quad(head, _sh("result"), node)
    for result in report.results:
        if result.code == NOT_COMPARED and result.focus is not None:
            yield Quad(head, Vk.notCompared, result.focus)
    about: dict[Iri, list[Iri]] = {}
    for node, result in zip(nodes, results, strict=True):
        for predicate, value in _statements(result):
            yield Quad(node, predicate, value)
        if result.demand is not None:
            about.setdefault(result.demand, []).append(node)
    states: list[TargetState | TaskState] = [*report.targets, *report.tasks]
    for state in states:
        subject = state.target if isinstance(state, TargetState) else state.task
        yield Quad(subject, Vk.complianceState, _STATES[state.state])
        for node in about.get(subject, ()):
            yield Quad(subject, _REFERENCED, node)


def _key(report: Report) -> str:
    """Return what names a report: the same for the same report, another for any other."""
    digest = sha256(f"{report.as_of} {report.build} {report.tolerance}".encode())
    for one in (*map(_target, report.targets), *map(_task, report.tasks), *map(_result, report.results)):
        digest.update(json.dumps(one, sort_keys=True).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def _statements(result: ValidationResult) -> Iterator[tuple[Iri, Term]]:
    yield _TYPE, _sh("ValidationResult")
    yield _sh("resultSeverity"), _sh(_SEVERITIES[result.severity])
    if result.focus is not None and not result.focus.startswith("_:"):
        yield _sh("focusNode"), result.focus
    if result.path is not None:
        yield _sh("resultPath"), result.path
    if isinstance(result.actual, Decimal):
        yield _sh("value"), Literal(format(result.actual, "f"), Iri(f"{XSD}decimal"))
    elif result.actual is not None:
        yield _sh("value"), Literal(result.actual)
    if result.shape is not None and not result.shape.startswith("_:"):
        yield _sh("sourceShape"), result.shape
    if result.component is not None:
        yield _sh("sourceConstraintComponent"), result.component
    yield _sh("resultMessage"), Literal(result.message.zh, language="zh")
    yield _sh("resultMessage"), Literal(result.message.en, language="en")


def _sh(name: str) -> Iri:
    return Iri(_SH + name)
