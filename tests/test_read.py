"""Reading: every format of one text gives the same model, hostile files give SourceError, and nothing else is ever read."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
import zlib
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from make_documents import blocks_of, to_docx, to_html, to_pdf

from vetkb.compiler import compile_source
from vetkb.errors import SourceError
from vetkb.graph.lexicon import load_lexicon
from vetkb.paths import CORPUS
from vetkb.read import MAX_BYTES, read_source
from vetkb.read.apart import read_apart
from vetkb.read.numbering import to_han
from vetkb.read.worker import convert, reader_of
from vetkb.text import Quote, Span

FIRST = CORPUS / "anyang-2018-2.txt"
OTHERS = ("gbf-2018-126-innovation-reform-list", "gbf-2019-4-hospital-performance", "sh-food-tech")
FORMATS = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
    "html": ("text/html", to_html),
    "pdf": ("application/pdf", to_pdf),
}
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def read(data, name):
    return read_source(data, name).text


def refusal(function, *values):
    """The message with which a file is refused, None if it is read; any other exception shows."""
    try:
        function(*values)
    except SourceError as error:
        return str(error)
    return None


# --- one text, four formats ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


def without_places(value):
    """A fact without its offsets; a quotation without the line breaks that pages put into it."""
    if isinstance(value, Quote):
        return "".join(value.text.split())
    if isinstance(value, Span):
        return None
    if isinstance(value, tuple):
        return tuple(without_places(v) for v in value)
    if is_dataclass(value):
        return {f.name: without_places(getattr(value, f.name)) for f in fields(value)}
    return "".join(value.split()) if isinstance(value, str) else value


METADATA = (
    "identifier",
    "title",
    "genre",
    "issuers",
    "issued",
    "printed",
    "addressees",
    "copied_to",
    "sponsor",
    "items",
    "sentences",
)


def model(source, lexicon):
    compiled = compile_source(source, lexicon)
    parts = {name: without_places(getattr(compiled.document, name)) for name in METADATA}
    return parts | {f.name: without_places(getattr(compiled.facts, f.name)) for f in fields(compiled.facts)}


@pytest.mark.parametrize("form", FORMATS)
def test_the_first_document_has_one_model_in_every_format(form, lexicon):
    source = read_source(FIRST)
    media_type, write = FORMATS[form]
    content = write(blocks_of(source.text))
    made = read_source(content, f"made.{form}")
    assert (made.media_type, made.sha256) == (media_type, hashlib.sha256(content).hexdigest())
    expected, got = model(source, lexicon), model(made, lexicon)
    assert len(expected["tasks"]) == 33
    for part in expected:
        assert got[part] == expected[part], part


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", OTHERS)
def test_other_texts_have_one_model_in_every_format(form, name, shared, lexicon):
    source = read_source(shared / "corpus" / f"{name}.txt")
    blocks = blocks_of(source.text)
    made = read_source(to_html(blocks, title=blocks[0]) if form == "html" else FORMATS[form][1](blocks), f"made.{form}")
    expected, got = model(source, lexicon), model(made, lexicon)
    for part in expected:
        assert got[part] == expected[part], part


# --- plain text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_plain_text_is_kept_as_it_stands_in_every_encoding(encoding):
    text = "关于做好工作的通知\r\n\r\n\t各单位：㐂\n"
    source = read_source(text.encode(encoding), "a.txt")
    assert (source.text, source.media_type) == (text, "text/plain")


def test_content_decides_not_the_name():
    assert read_source(to_html(["各单位要抓好落实。" * 20]), "a.txt").media_type == "text/html"
    assert read_source("一、<p>不是网页".encode(), "a.html").media_type == "text/html"
    assert read_source("一、不是网页".encode(), "a.html").media_type == "text/plain"
    assert read_source(to_docx(["正文"]), "a.doc").text == "正文\n"


def test_a_folder_of_every_format_is_built(tmp_path):
    from vetkb.base import source_files

    names = ["a.txt", "b.docx", "c.HTML", "d.htm", "e.shtml", "f.pdf", "g.doc", "h.png"]
    for name in names:
        (tmp_path / name).touch()
    assert [p.name for p in source_files([tmp_path])] == names[:6]


# --- Word ---------------------------------------------------------------------------------------------


def word(body, **parts):
    """A Word file with nothing but a body, and other parts (numbering, styles, footnotes) if named."""
    types = "".join(
        f'<Relationship Id="r{n}" Target="{kind}.xml" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        for n, kind in enumerate(parts)
    )
    relations = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>")
        file.writestr("word/_rels/document.xml.rels", f"<Relationships {relations}>{types}</Relationships>")
        for kind, content in parts.items():
            file.writestr(f"word/{kind}.xml", f"<w:{kind} {W}>{content}</w:{kind}>")
    return out.getvalue()


def p(text, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text, level, name=1):
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr>')


def definition(name, *levels):
    made = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    return f'<w:abstractNum w:abstractNumId="{name}">{made}</w:abstractNum>'


OFFICIAL = definition(
    0, ("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimal", "（%4）")
) + definition(1, ("chineseCountingThousand", "第%1章"), ("chineseCountingThousand", "第%2条"))
NUMBERING = (
    OFFICIAL + '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
)


def test_numbers_that_word_keeps_are_printed():
    body = "".join(
        numbered(text, level)
        for text, level in [
            ("总体要求", 0),
            ("指导思想", 1),
            ("原则", 1),
            ("坚持", 2),
            ("服务", 2),
            ("甲", 3),
            ("任务", 0),
            ("重点", 1),
        ]
    )
    expected = ["一、总体要求", "（一）指导思想", "（二）原则", "1.坚持", "2.服务", "（1）甲", "二、任务", "（一）重点"]
    assert read(word(body, numbering=NUMBERING), "a.docx").splitlines() == expected


def test_articles_are_numbered_as_the_parser_reads_them(lexicon):
    body = "".join(
        numbered(t, n, 2) for t, n in [("总则", 0), ("为规范工作，制定本办法。", 1), ("本办法适用于全市。", 1), ("附则", 0)]
    )
    source = read_source(word(body, numbering=NUMBERING), "a.docx")
    assert source.text.splitlines()[1:3] == ["第一条　为规范工作，制定本办法。", "第二条　本办法适用于全市。"]
    assert [i.path for i in compile_source(source, lexicon).document.items] == [
        "第一章",
        "第一章/第一条",
        "第一章/第二条",
        "第二章",
    ]


def test_a_list_starts_anew_where_word_says_so_and_goes_on_elsewhere():
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    anew = f'<w:num w:numId="3"><w:abstractNumId w:val="0"/>{override}</w:num>'
    goes_on = '<w:num w:numId="4"><w:abstractNumId w:val="0"/></w:num>'
    body = numbered("甲", 0) + numbered("乙", 0, 4) + numbered("丙", 0, 3) + numbered("丁", 0, 3)
    assert read(word(body, numbering=NUMBERING + anew + goes_on), "a.docx").splitlines() == [
        "一、甲",
        "二、乙",
        "一、丙",
        "二、丁",
    ]


def test_a_style_numbers_its_paragraphs_and_those_of_styles_based_on_it():
    styles = (
        '<w:style w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="2"><w:name w:val="own"/><w:basedOn w:val="1"/></w:style>'
    )
    body = (
        p("甲", '<w:pStyle w:val="1"/>')
        + p("乙", '<w:pStyle w:val="2"/>')
        + p("丙", '<w:pStyle w:val="2"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )
    assert read(word(body, numbering=NUMBERING, styles=styles), "a.docx").splitlines() == ["一、甲", "二、乙", "丙"]


@pytest.mark.parametrize(
    ("number", "han"), [(1, "一"), (10, "十"), (11, "十一"), (21, "二十一"), (101, "一百〇一"), (1010, "一千〇一十"), (0, "0")]
)
def test_numbers_are_written_in_chinese(number, han):
    assert to_han(number) == han


def test_numerals_are_read_back_by_the_parser():
    from vetkb.zh.numerals import parse_chinese

    assert [n for n in range(1, 10_000) if parse_chinese(to_han(n)) != n] == []


def cell(text, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(p(t) for t in text.split('|'))}</w:tc>"


def row(*cells, properties=""):
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


SPAN, DOWN, GOES_ON = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_a_merged_cell_is_written_once_and_blank_after():
    table = (
        row(cell("序号"), cell("任务"), cell("单位"), cell("时限"))
        + row(cell("一、总则", '<w:gridSpan w:val="4"/>'))
        + row(cell("1", DOWN), cell("甲"), cell("市教育局", DOWN), cell("长期"))
        + row(cell("", GOES_ON), cell("乙"), cell("市教育局", GOES_ON), cell("年底"))
        + row(cell("2"), cell("丙和丁", SPAN), cell("年底"))
    )
    assert read(word(p("附件") + f"<w:tbl>{table}</w:tbl>" + p("完")), "a.docx").splitlines() == [
        "附件", "序号\t任务\t单位\t时限", "一、总则\t\t\t", "1\t甲\t市教育局\t长期", "\t乙\t\t年底", "2\t丙和丁\t\t年底", "完",
    ]  # fmt: skip


def test_paragraphs_in_a_cell_share_its_line_without_running_together():
    table = row(cell("任务"), cell("单位")) + row(cell("1.完善制度。|2.落实经费"), cell("市教育局|市财政局"))
    assert read(word(f"<w:tbl>{table}</w:tbl>"), "a.docx").splitlines()[1] == "1.完善制度。2.落实经费\t市教育局 市财政局"


def test_numbers_that_word_counts_in_a_column_are_printed():
    plain = definition(0, ("decimal", "%1"))
    counted = f"<w:tc>{numbered('', 0)}</w:tc>"
    table = row(cell("序号"), cell("任务")) + row(counted, cell("甲")) + row(counted, cell("乙"))
    text = read(
        word(f"<w:tbl>{table}</w:tbl>", numbering=plain + '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'), "a.docx"
    )
    assert text.splitlines()[1:] == ["1\t甲", "2\t乙"]


def test_a_table_of_one_column_is_text_in_a_frame():
    assert read(word(f"<w:tbl>{row(cell('抄送：市委。|市政府'))}{row(cell('印发'))}</w:tbl>"), "a.docx").splitlines() == [
        "抄送：市委。",
        "市政府",
        "印发",
    ]


def test_insertions_are_kept_and_deletions_dropped():
    body = (
        "<w:p><w:r><w:t>由市</w:t></w:r><w:ins><w:r><w:t>教育局</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>财政局</w:delText><w:t>财政局</w:t></w:r></w:del><w:r><w:t>负责。</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>上段</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>接下段</w:t></w:r></w:p>"
        "<w:moveFrom><w:p><w:r><w:t>旧处</w:t></w:r></w:p></w:moveFrom>"
    )
    table = row(cell("甲"), cell("乙")) + row(cell("删"), cell("除"), properties="<w:del/>")
    assert read(word(body + f"<w:tbl>{table}</w:tbl>"), "a.docx").splitlines() == ["由市教育局负责。", "上段接下段", "甲\t乙"]


def test_text_boxes_are_read_once_and_notes_after_their_paragraph():
    box = f"<w:txbxContent>{p('某市人民政府文件')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent><w:t>某政〔2020〕1号</w:t>"
        "<w:footnoteReference w:id='2'/></w:r></w:p>" + p("正文")
    )
    notes = f"<w:footnote w:id='0' w:type='separator'>{p('---')}</w:footnote><w:footnote w:id='2'>{p('指某市。')}</w:footnote>"
    assert read(word(body, footnotes=notes), "a.docx").splitlines() == ["某市人民政府文件", "某政〔2020〕1号", "指某市。", "正文"]


def test_hidden_text_field_codes_and_the_directory_are_no_text():
    body = (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>甲</w:t>"
        "<w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>"
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent>{p('一、目标 1')}</w:sdtContent></w:sdt>" + p("二、任务 2", '<w:pStyle w:val="t1"/>')
    )
    styles = '<w:style w:styleId="t1"><w:name w:val="toc 1"/></w:style>'
    assert read(word(body, styles=styles), "a.docx").splitlines() == ["甲　乙", "丙"]


# --- web pages ----------------------------------------------------------------------------------------

ARTICLE = [
    "各县（市、区）人民政府：",
    "为加快推进工作，经市政府同意，现通知如下。请各单位高度重视，加强领导，认真组织，确保完成任务。" * 4,
    "一、明确目标",
    "到2020年，全市培训6万人次以上。由市教育局牵头，市财政局配合。" * 4,
]


@pytest.mark.parametrize("box", ["TRS_Editor", "pages_content", "box1 unknown"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_a_page_gives_its_article_and_nothing_of_the_site(box, encoding):
    table = [["序号", "任务", "责任单位"], ["一、培训", "", ""], ["1", "开展培训", "市教育局"]]
    text = read(to_html([*ARTICLE, table], box=box, encoding=encoding, title="某市关于推进培训工作的通知"), "a.html")
    rows = ["序号\t任务\t责任单位", "一、培训\t\t", "1\t开展培训\t市教育局"]
    assert text.splitlines() == ["某市关于推进培训工作的通知", *ARTICLE, *rows]


def page(body, title="某市通知"):
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


LONG = "为加快推进工作，经市政府同意，现就有关事项通知如下。" * 12


def test_cells_merged_over_rows_and_columns_are_written_once():
    table = (
        "<table><thead><tr><th>类别<th colspan=2>指标</thead><tr><td rowspan=2>质量<td>合格率<td>不低于\n 95%"
        "<tr><td>满意度<td>90%<tr><td rowspan=0>安全<td>事故<td>0<tr><td>培训<td>2次</table>"
    )
    lines = read(page(f"<p>{LONG}</p>{table}"), "a.html").splitlines()
    assert lines[1:] == ["类别\t指标\t", "质量\t合格率\t不低于95%", "\t满意度\t90%", "安全\t事故\t0", "\t培训\t2次"]


def test_the_number_of_the_index_box_and_the_title_are_kept_where_the_article_lacks_them():
    index = (
        "<table><tr><td>索 引 号：<td>000014349/2018-00001<td>主题分类：<td>教育</tr>"
        "<tr><td>发文机关：<td>某市政府<td>成文日期：<td>2018年1月4日</tr>"
        "<tr><td>标　　题：<td colspan=3>某市通知</tr>"
        "<tr><td>发文字号：<td>某政〔2018〕2号<td>发布日期：<td>2018年1月9日</tr></table>"
    )
    lines = read(
        page(f"<div><h1>某市关于工作的通知</h1>{index}<div><p>{LONG}</p></div></div>", title="某市关于工作的通知 - 某市政府"),
        "a.html",
    ).splitlines()
    assert lines == ["某市关于工作的通知", "某政〔2018〕2号", LONG]


@pytest.mark.parametrize("box", ["TRS_Editor", "unknown"])
def test_a_short_letter_before_a_long_table_is_kept(box):
    letter = ["某市通知", "某政〔2018〕2号", "各单位：", "现将任务表印发给你们，请认真贯彻执行。", "某市人民政府", "2018年1月4日"]
    table = [["序号", "任务", "责任单位"], *([str(n), "开展培训，" * 20, "市教育局"] for n in range(1, 60))]
    lines = read(to_html([*letter, table], box=box, title="某市通知"), "a.html").splitlines()
    assert lines == [*letter, *map("\t".join, table)]


def test_a_table_that_lays_out_the_page_is_no_table():
    text = read(
        page(
            f"<table><tr><td>栏目<td><table><tr><td><p>{LONG}</p><p>一、任务</p><p>{LONG}</p></td></tr></table></td></tr></table>"
        ),
        "a.html",
    )
    assert "\t" not in text
    assert text.splitlines()[-3:] == [LONG, "一、任务", LONG]


def test_lists_blanks_and_breaks_are_as_a_browser_prints_them():
    body = (
        f"<p>{LONG}</p><ol start=3><li>甲<li>四、已有序号</ol><p>中\n文 <b>粗</b>&nbsp;体<br>新行</p>"
        "<p hidden>隐</p><p style='display: none'>藏</p><pre>一\n二</pre>"
    )
    assert read(page(body), "a.html").splitlines()[1:] == ["3.甲", "四、已有序号", "中文 粗 体", "新行", "一", "二"]


# --- PDF ----------------------------------------------------------------------------------------------


def test_page_numbers_and_running_heads_are_dropped_and_sentences_joined_across_pages():
    paragraphs = [
        f"（{n}）" + f"到2025年，全市培训{n}万人次以上，由市教育局会同市财政局负责落实并按时报送进展情况，" * 7 + "完。"
        for n in range(1, 16)
    ]
    assert read(to_pdf(["某市关于工作的通知", "各单位：", *paragraphs]), "a.pdf").splitlines() == [
        "某市关于工作的通知",
        "各单位：",
        *paragraphs,
    ]


def pdf_table(rows, style, widths=(60, 160, 160)):
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    look = ParagraphStyle("cell", fontName="STSong-Light", fontSize=10, leading=14, wordWrap="CJK")
    made = [[Paragraph(text, look) for text in cells] for cells in rows]
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=1).build(
        [Table(made, colWidths=widths, style=[("GRID", (0, 0), (-1, -1), 0.5, (0, 0, 0)), *style])]
    )
    return out.getvalue()


def test_drawn_tables_are_exact_with_cells_merged_over_rows_and_columns():
    rows = [
        ["序号", "任务", "责任单位"],
        ["一、总则", "", ""],
        ["1", "完善职业教育" * 9, "市教育局<br/>市财政局"],
        ["", "乙", "市教育局"],
    ]
    content = pdf_table(rows, [("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 2), (0, 3))])
    expected = ["序号\t任务\t责任单位", "一、总则\t\t", "1\t" + "完善职业教育" * 9 + "\t市教育局 市财政局", "\t乙\t市教育局"]
    assert read(content, "a.pdf").splitlines() == expected


def test_a_row_that_a_page_break_cuts_is_one_row():
    """As Word prints it: its columns end on the page without a rule below, and begin overleaf without one above."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    columns = (100, 140, 270, 360)

    def draw(top, bottom, rules, texts):
        canvas.setFont("STSong-Light", 10)
        for x in columns:
            canvas.line(x, top, x, bottom)
        for y in rules:
            canvas.line(columns[0], y, columns[-1], y)
        for x, y, text in texts:
            canvas.drawString(columns[x] + 6, y, text)
        canvas.showPage()

    head = [(0, 205, "序号"), (1, 205, "任务"), (2, 205, "单位")]
    draw(
        220,
        160,
        (220, 200),
        [*head, (0, 185, "1"), (1, 185, "完善职业教育生均拨款"), (1, 170, "制度，健全职业教育经"), (2, 185, "市教育局")],
    )
    draw(
        700,
        640,
        (660, 640),
        [(1, 685, "费稳定增长的长效机制"), (1, 670, "并抓好落实。"), (0, 645, "2"), (1, 645, "开展培训"), (2, 645, "市财政局")],
    )
    canvas.save()
    text = "完善职业教育生均拨款制度，健全职业教育经费稳定增长的长效机制并抓好落实。"
    assert read(out.getvalue(), "a.pdf").splitlines() == ["序号\t任务\t单位", f"1\t{text}\t市教育局", "2\t开展培训\t市财政局"]


def picture_pdf(*, text):
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    pixel = b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        for kind, data in ((b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"), (b"IDAT", zlib.compress(b"\0\xff")), (b"IEND", b""))
    )
    out = io.BytesIO()
    canvas = Canvas(out)
    if text:
        canvas.drawString(90, 700, "some text on the first page")
        canvas.showPage()
    canvas.drawImage(ImageReader(io.BytesIO(pixel)), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def locked_pdf():
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(90, 700, "text")
    canvas.save()
    return out.getvalue()


# --- what is refused ----------------------------------------------------------------------------------


def packed(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
REFUSED = {
    "a scanned PDF": (lambda: picture_pdf(text=False), "a.pdf", "scanned PDF"),
    "a PDF with a scanned page": (lambda: picture_pdf(text=True), "a.pdf", "page 2"),
    "an encrypted PDF": (locked_pdf, "a.pdf", "encrypted"),
    "a cut PDF": (lambda: to_pdf(["正文"])[:400], "a.pdf", "damaged"),
    "old Word": (lambda: OLE + "WordDocument".encode("utf-16-le"), "a.doc", "save it as .docx"),
    "old Excel": (lambda: OLE + "Workbook".encode("utf-16-le"), "a.xls", "Excel"),
    "WPS": (lambda: OLE, "a.wps", "WPS"),
    "encrypted Word": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted"),
    "RTF": (lambda: b"{\\rtf1\\ansi text}", "a.rtf", "RTF"),
    "OFD": (lambda: packed(OFD_xml="<ofd/>"), "a.ofd", "OFD"),
    "a workbook": (lambda: packed(xl__workbook_xml="<w/>"), "a.xlsx", "Excel"),
    "OpenDocument": (lambda: packed(content_xml="<w/>"), "a.odt", "OpenDocument"),
    "any ZIP file": (lambda: packed(a_txt="text"), "a.zip", "without a Word document"),
    "a PNG": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), "a.png", "image"),
    "a JPEG": (lambda: b"\xff\xd8\xff\xe0" + bytes(50), "a.jpg", "image"),
    "a web archive": (lambda: b"MIME-Version: 1.0\r\n\r\n<html>", "a.mht", "archive"),
    "XML": (lambda: b'<?xml version="1.0"?><pkg:package/>', "a.xml", "XML"),
    "binary": (lambda: b"abc\x00\x01\x02", "a.txt", "NUL"),
    "no encoding": (lambda: b"\xff\x80\x80", "a.txt", "GB18030"),
    "a page without an article": (lambda: page("<script>load()</script>"), "a.html", "without an article"),
    "a Word file without text": (lambda: word("<w:p/>"), "a.docx", "no text"),
    "an empty ZIP file": (lambda: packed(), "a.docx", "ZIP"),
    "a cut Word file": (lambda: to_docx(["正文"])[:9000], "a.docx", "damaged"),
    "too many bytes": (lambda: b"a" * (MAX_BYTES + 1), "a.txt", "split it"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(what):
    make, name, words = REFUSED[what]
    with pytest.raises(SourceError, match=words) as caught:
        read_source(make(), name)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    assert ";" in message or what == "a Word file without text"


# --- hostile files ------------------------------------------------------------------------------------


def bomb():
    return word("<w:p><w:r><w:t>" + "甲" * (70 << 20) + "</w:t></w:r></w:p>")


def lying_bomb():
    """A bomb whose directory says that it is small."""
    content = bytearray(word("<w:p><w:r><w:t>" + " " * (1 << 20) + "</w:t></w:r></w:p>"))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(content)


def many_entries():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for n in range(10_001):
            file.writestr(f"{n}", "")
    return out.getvalue()


def with_main_part(xml):
    return packed(word__document_xml=xml)


LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 20}'>" for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]>"
)
TEXT_ENTITY = f"<w:document {W}><w:body><w:p><w:r><w:t>&h;</w:t></w:r></w:p></w:body></w:document>"
FILE_ENTITY = "<!DOCTYPE l [<!ENTITY h SYSTEM 'file:///etc/passwd'>]>"


def looping_pdf(content=b"/X Do", extra=b""):
    """A PDF whose form draws itself."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2/Parent 2 0 R>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), extra, content),
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 11>>stream\n/X Do /X Do\nendstream",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


HOSTILE = {
    "zip bomb": bomb,
    "zip bomb that lies": lying_bomb,
    "ten thousand entries": many_entries,
    "entity bomb": lambda: with_main_part(LAUGHS + TEXT_ENTITY),
    "entity of a file": lambda: with_main_part(FILE_ENTITY + TEXT_ENTITY),
    "nested Word tables": lambda: word("<w:tbl><w:tr><w:tc>" * 300 + "</w:tc></w:tr></w:tbl>" * 300),
    "a Word table of a million cells": lambda: word("<w:tbl>" + row(*["<w:tc/>"] * 400) * 2500 + "</w:tbl>"),
    "nested elements of a page": lambda: page("<div>" * 5000 + LONG),
    "a PDF that draws itself": looping_pdf,
    "a PDF bomb": lambda: looping_pdf(zlib.compress(b"BT (a) Tj ET " * (60 << 20), 1), b"/Filter/FlateDecode"),
    "a PDF of one loop of pages": lambda: looping_pdf().replace(b"3 0 R 2 0 R", b"2 0 R 2 0 R"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused(what):
    with pytest.raises(SourceError):
        read_source(HOSTILE[what](), "a.docx")


@pytest.mark.parametrize(
    "body",
    [
        "<table>" + "<tr><td>" * 3000 + LONG,
        "<table><tr>" + "<td rowspan=65534 colspan=1000>a" * 3 + "</table>" + LONG,
        "<ol>" + "<li>a" * 20_000 + "</ol>" + LONG,
        "<div class=share>" * 1500 + LONG,
        "<p>" + "&lt;" * 100_000 + LONG,
        "<b>" * 1500 + LONG,
    ],
)
def test_a_broken_page_is_read_or_refused(body):
    refused = refusal(read, page(body), "a.html")
    assert refused is None or "nested too deeply" in refused or "columns" in refused


def test_a_file_that_keeps_the_processor_too_long_is_given_up_and_said_to():
    drawn = looping_pdf(zlib.compress(b"BT (a) Tj ET " * (4 << 20), 1), b"/Filter/FlateDecode")
    with pytest.raises(SourceError, match="took more than 1 seconds"):
        read_apart("pdf", drawn, seconds=1)


def test_a_file_that_takes_too_long_is_given_up():
    with pytest.raises(SourceError, match="seconds"):
        read_apart("pdf", to_pdf(["正文"]), seconds=0.01)


@pytest.mark.parametrize("kind", ["pdf", "html", "zip"])
@pytest.mark.parametrize(
    "deed",
    ["open('/etc/passwd')", "__import__('socket').socket()", "open('made.txt', 'w')", "__import__('subprocess').run(['true'])"],
)
def test_the_process_that_reads_can_do_nothing_else(kind, deed, tmp_path):
    code = (
        "import socket, subprocess, sys\nfrom vetkb.read.worker import give_up_rights, reader_of\n"
        f"reader_of('{kind}'); give_up_rights('{kind}', 10)\n"
        f"try:\n    {deed}\nexcept OSError:\n    sys.stdout.write('refused')\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert shown.stdout == "refused", shown.stderr
    assert list(tmp_path.iterdir()) == []


# --- mutated files ------------------------------------------------------------------------------------

SMALL = {
    "zip": word(
        numbered("甲", 0) + p("乙") + f"<w:tbl>{row(cell('a', SPAN), cell('b', DOWN))}{row(cell('c'), cell('d'))}</w:tbl>",
        numbering=NUMBERING,
    ),
    "html": to_html([*ARTICLE, [["序号", "任务"], ["1", "甲"]]]),
    "pdf": to_pdf([*ARTICLE, [["序号", "任务"], ["1", "甲"]]]),
}


TABLE = f"<w:tbl>{row(cell('a', SPAN), cell('b', DOWN))}</w:tbl>"
XML = f"<w:document {W}><w:body>{numbered('甲', 0)}{TABLE}</w:body></w:document>".encode()


@st.composite
def mutations(draw, content):
    """Some bytes of a file replaced, cut out or doubled."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        length = draw(st.integers(0, 40))
        match draw(st.sampled_from(("replace", "cut", "double", "truncate"))):
            case "replace":
                changed[at : at + length] = draw(st.binary(max_size=40))
            case "cut":
                del changed[at : at + length]
            case "double":
                changed[at:at] = changed[at : at + length]
            case _:
                del changed[max(at, 1) :]
    return bytes(changed)


def read_or_refuse(kind, content):
    """Read in this process, where an exception that is not caught would show."""
    refused = refusal(convert, reader_of(kind), content)
    assert refused is None or "\n" not in refused


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutations(SMALL["html"]))
def test_a_mutated_page_is_read_or_refused(content):
    read_or_refuse("html", content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutations(SMALL["zip"]))
def test_a_mutated_word_file_is_read_or_refused(content):
    read_or_refuse("zip", content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutations(XML))
def test_a_word_file_with_mutated_xml_is_read_or_refused(content):
    read_or_refuse("zip", with_main_part(content))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutations(SMALL["pdf"]))
def test_a_mutated_pdf_is_read_or_refused(content):
    refused = refusal(read_source, content, "a.pdf")
    assert refused is None or refused.startswith("a.pdf: ")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"\xfe\xff\xd8\x00")
@example(b"<html")
def test_any_bytes_are_read_or_refused(content):
    if content.startswith((b"PK", b"%PDF")):
        return
    refused = refusal(read_source, content, "a")
    assert refused is None or refused.startswith("a: ")
