"""A report as one page of HTML that needs nothing else: no script, no style sheet or picture from elsewhere."""

from __future__ import annotations

from html import escape

from vetkb.validate.model import Report, TargetState, TaskState, ValidationResult

_STYLE = """
body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884 }
th, td:first-child { white-space: nowrap } td { min-width: 7rem; overflow-wrap: break-word } td:first-child { min-width: 3rem }
.results td:nth-child(4), .states td:nth-child(3) { width: 60% }
@media (max-width: 40rem) { thead { display: none } tr { display: block; padding: .6rem 0; border-bottom: 1px solid #8884 }
  td, .results td, .states td { display: block; width: auto !important; padding: .1rem 0; border: 0 } td:empty { display: none } }
.violation, .violated { color: #a40000; font-weight: 600 } .warning { color: #7a4d00 } .met { color: #0b5f2a }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 }
  .violation, .violated { color: #ff8a80 } .warning { color: #ffcc80 } .met { color: #9be7b0 } }
"""
_WORDS = {
    "zh": {
        "title": "检查报告",
        "conforms": "符合",
        "not": "不符合",
        "as_of": "截至",
        "results": "结果",
        "targets": "指标",
        "tasks": "任务",
        "head": ("程度", "位置", "对象", "说明"),
        "state_head": ("状态", "条款", "内容", "要求"),
        "met": "已达到",
        "violated": "未达到",
        "not_reported": "未报告",
        "not_yet_due": "未到期",
        "violation": "违反",
        "warning": "警告",
        "warnings": "警告",
        "info": "提示",
        "row": "第{}行",
    },
    "en": {
        "title": "Validation report",
        "conforms": "conforms",
        "not": "does not conform",
        "as_of": "as of",
        "results": "Results",
        "targets": "Targets",
        "tasks": "Tasks",
        "head": ("severity", "place", "about", "message"),
        "state_head": ("state", "clause", "what", "required"),
        "met": "met",
        "violated": "violated",
        "not_reported": "not reported",
        "not_yet_due": "not yet due",
        "violation": "violation",
        "warning": "warning",
        "warnings": "warnings",
        "info": "info",
        "row": "row {}",
    },
}


def to_html(report: Report, language: str) -> str:
    """Return a report as a whole page."""
    words = _WORDS["en" if language == "en" else "zh"]

    def word(key: str) -> str:
        return str(words[key])

    def table(head: str, rows: list[str]) -> str:
        columns = "".join(f"<th scope=col>{escape(h)}</th>" for h in words[head])
        kind = "results" if head == "head" else "states"
        return f"<table class={kind}><thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table>" if rows else ""

    def result(r: ValidationResult) -> str:
        row = word("row").format(r.row) if r.row is not None else ""
        place = " ".join(p for p in (r.source or "", row, r.column or "") if p)
        cells = (place, r.about or "", r.message.in_language(language))
        return (
            f'<tr><td class="{r.severity}">{escape(word(r.severity))}</td>'
            + "".join(f"<td>{escape(c)}</td>" for c in cells)
            + "</tr>"
        )

    def state(one: TargetState | TaskState) -> str:
        required = one.expected if isinstance(one, TargetState) else one.due.isoformat() if one.due else ""
        number = f"{one.ordinal}. " if isinstance(one, TaskState) and one.ordinal is not None else ""
        cells = (f"{one.clause.document} {one.clause.item or ''}", number + one.label, required)
        return (
            f'<tr><td class="{one.state}">{escape(word(one.state))}</td>'
            + "".join(f"<td>{escape(c)}</td>" for c in cells)
            + "</tr>"
        )

    verdict = word("conforms") if report.conforms else word("not")
    summary = " · ".join(f"{word(k)} {n}" for k, n in report.summary.items())
    parts = [
        f"<!doctype html><html lang={'en' if language == 'en' else 'zh-CN'}><head><meta charset=utf-8>",
        f"<meta name=viewport content='width=device-width'><title>{escape(word('title'))}</title>",
        f"<style>{_STYLE}</style></head><body>",
        f'<h1>{escape(word("title"))}: <span class="{"met" if report.conforms else "violated"}">{escape(verdict)}</span></h1>',
        f"<p>{escape(word('as_of'))} {report.as_of.isoformat()} · {escape(summary)}</p>",
    ]
    sections = (
        ("results", table("head", [result(r) for r in report.results])),
        ("targets", table("state_head", [state(t) for t in report.targets])),
        ("tasks", table("state_head", [state(t) for t in report.tasks])),
    )
    parts += [f"<h2>{escape(word(name))}</h2>{body}" for name, body in sections if body]
    return "".join(parts) + "</body></html>\n"
