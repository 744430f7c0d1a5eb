"""Texts → .docx, .html and .pdf files as people publish them, for the tests of reading."""

from __future__ import annotations

import html
import io
import re

from vetkb.parse.blocks import make_blocks
from vetkb.parse.lines import split_lines
from vetkb.parse.zones import label_lines
from vetkb.text import Span, View

Block = str | list[list[str]]


def blocks_of(text):
    """Paragraphs made whole, and tables as lists of rows without the headers that page breaks repeat."""
    blocks: list[Block] = []
    for block in make_blocks(label_lines(split_lines(text))):
        if block.label == "blank":
            continue
        if block.label != "row":
            whole = text[block.start : block.end]
            titles = [line for line in whole.splitlines() if line.strip()] if block.label == "title" else []
            blocks += titles or [View(text, Span(block.start, block.end)).text]
            continue
        row = block.lines[0].raw.split("\t")
        if blocks and isinstance(blocks[-1], list):
            if row != blocks[-1][0]:
                blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def spans(row):
    """A row's cells with the columns they take: a cell alone in its row takes them all."""
    if sum(map(bool, row)) == 1 and row[0] and len(row) > 1 and not re.fullmatch(r"\d+", row[0]):
        return [(row[0], len(row))]
    return [(cell, 1) for cell in row]


def to_docx(blocks):
    import docx
    from docx.oxml.ns import qn

    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "内部资料 请勿外传"
    section.footer.paragraphs[0].text = "— 1 —"
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(rows=0, cols=max(map(len, block)))
        table.style = "Table Grid"
        for row in block:
            cells = table.add_row().cells
            at = 0
            for text, width in spans(row):
                cell = cells[at].merge(cells[at + width - 1]) if width > 1 else cells[at]
                cell.text = text
                at += width
        assert table._tbl.tag == qn("w:tbl")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def html_table(rows):
    lines = ["<table border=1 cellspacing=0><tbody>"]
    for row in rows:
        cells = "".join(
            f"<td{f' colspan={width}' if width > 1 else ''}><p style='margin:0'><span>{html.escape(text)}</span></p></td>"
            for text, width in spans(row)
        )
        lines.append(f"<tr>\n  {cells}\n</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def to_html(blocks, *, box="TRS_Editor", encoding="utf-8", title="关于加快工作的意见"):
    """A page of a government site: navigation, index box, title, article, share and print links, footer."""
    body = "\n".join(
        f"<p style='text-indent:2em'>&emsp;&emsp;{html.escape(b)}</p>" if isinstance(b, str) else html_table(b) for b in blocks
    )
    links = "".join(
        f"<li><a href='/zw/{n}'>{word}</a></li>"
        for n, word in enumerate(["首页", "政务公开", "政务服务", "互动交流", "走进本市"])
    )
    return f"""<!DOCTYPE html>
<html><head><meta charset="{encoding}"><meta name="ArticleTitle" content="不该出现的元数据：市财政局负责">
<title>{title}_某市人民政府门户网站</title><style>p{{margin:0}}</style>
<script>document.write("负责单位：市教育局");</script></head>
<body><!-- 页头 --><div class="header"><div class="logo"><img src="http://example.invalid/a.png" alt="图"></div>
<ul class="nav">{links}</ul>
<div class="search"><form>搜索 <input name=q><button>搜一搜</button></form></div></div>
<div class="position">您现在的位置：<a href="/">首页</a> &gt; <a href="/zw">政务公开</a> &gt; 规范性文件</div>
<div class="main"><h1 class="title">{title}</h1>
<div class="info">发布时间：2018-01-09 10:20 &nbsp; 来源：市政府办公室 &nbsp;
浏览次数：<script>show(7)</script> 字体：[<a>大</a> <a>中</a> <a>小</a>]</div>
<div id="zoomcon" class="{box}">
{body}
</div>
<div class="share bdsharebuttonbox">分享到：<a>微信</a><a>微博</a></div>
<div class="print"><a>【打印本页】</a><a>【关闭窗口】</a></div>
<div class="ewm">扫一扫在手机打开当前页</div>
<div class="related"><h3>相关文档</h3><ul><li><a href=1>一图读懂：{title}</a></li><li><a href=2>政策解读</a></li></ul></div></div>
<div class="footer"><p>主办：某市人民政府办公室　　承办：某市大数据局</p>
<p>网站标识码：4105000001 豫ICP备05000001号 豫公网安备 41050202000001号</p></div>
<script src="http://example.invalid/x.js"></script></body></html>""".encode(encoding)


def to_pdf(blocks, *, head="内部资料", size=16):
    """A printed document: first lines indented, tables drawn, “— 3 —” under each page, a running head over it."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

    font = "STSong-Light"
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    common = {"fontName": font, "wordWrap": "CJK", "splitLongWords": 1}
    body = ParagraphStyle("body", fontSize=size, leading=1.75 * size, firstLineIndent=2 * size, **common)
    plain = ParagraphStyle("plain", parent=body, firstLineIndent=0)
    centred = ParagraphStyle("centred", parent=body, firstLineIndent=0, alignment=1)
    cell = ParagraphStyle("cell", fontSize=10, leading=14, **common)
    story = []
    for block in blocks:
        if isinstance(block, str):
            style = plain if block[-1] in "：:" else centred if len(story) < 4 and "。" not in block else body
            story.append(Paragraph(html.escape(block), style))
            continue
        width = max(map(len, block))
        longest = [max(len(row[n]) for row in block if n < len(row)) for n in range(width)]
        shares = [max(3, min(30, n)) for n in longest]
        lines = [("GRID", (0, 0), (-1, -1), 0.5, (0, 0, 0))]
        rows = []
        for n, row in enumerate(block):
            taken = spans(row)
            if len(taken) == 1:
                lines.append(("SPAN", (0, n), (-1, n)))
            rows.append([Paragraph(html.escape(c), cell) for c in row] + [""] * (width - len(row)))
        story.append(LongTable(rows, colWidths=[440 * s / sum(shares) for s in shares], style=lines, repeatRows=1))

    def decorate(canvas, document):
        canvas.setFont(font, 9)
        canvas.drawString(90, A4[1] - 40, head)
        canvas.drawCentredString(A4[0] / 2, 40, f"— {document.page} —")

    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title="x", invariant=1).build(story, onFirstPage=decorate, onLaterPages=decorate)
    return out.getvalue()
