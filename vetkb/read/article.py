"""正文 — Which part of a web page is the article, and which lines of it belong to the site.

Chinese government sites are made with a few systems that name the box of the article (TRS_Editor, UCAP-CONTENT, zoom …);
where none is known, the article is the smallest box with nearly all running text of the page. Text in links, hidden
text and named site parts are no running text. Nothing here drops a line from the middle of an article.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from vetkb.zh.document_numbers import find_document_numbers

Element = Any  # lxml's elements
_NOT_READ = frozenset(
    (
        "applet", "audio", "button", "canvas", "datalist", "embed", "footer", "head", "iframe", "img", "input", "map", "nav",
        "noframes", "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
    )
)  # fmt: skip
# What the systems that make the sites call the box of the article, as whole words of id or class.
_ARTICLE = re.compile(
    r"(?:^|\s)(?:UCAP-CONTENT|TRS_Editor|TRS_UEDITOR|trs_editor_view|pages_content|pages-content|view|zoom|article[-_]?(?:content|body|con|main|text)?"
    r"|(?:main|news|info|xxgk|detail|text|zw|doc)[-_]?(?:content|con|text|body|article)|content[-_]?(?:text|body|main)|con_?text|bt_content|wz_content"
    r"|j-fontContent|vsb_content\w*|Custom_UnionStyle|ewb-article-info|zhengwen|rich_media_content)(?=\s|$)",
    re.IGNORECASE,
)
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:share|bdshare\w*|jiathis\w*|social|print|printer|qrcode|ewm|erweima|breadcrumbs?|crumbs?|position|dqwz|location"
    r"|footer|foot|copyright|pagination|prevnext|prev|next|related|relevant|xgwj|xglj|toolbar|tools?|fontsize|navbar|navigation|nav|menu"
    r"|sidebar|topbar|search|login|comments?|editor-name|zrbj|statement)(?=[\s_-]|$)",
    re.IGNORECASE,
)
_CHROME_TEXT = 300
# What may stay outside of a box that a site's system names as the article: a short page has as much of the site as a long one.
_MOST_OUTSIDE = 600
_SHARE_OUTSIDE = 0.15
# Where no box is named: what the smallest box holds at least, and the signs of running text that may stand outside of it.
_SMALLEST_SHARE = 0.9
_SIGNS_OUTSIDE = 2
_NO_BOXES = frozenset(("p", "table", "thead", "tbody", "tr", "span", "font", "ol", "ul", "pre"))
_DATE = r"\d{4}年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_SIGN = re.compile(rf"[，。；《〔]|{_DATE}")
_STRONG_SIGN = re.compile(rf"〔|{_DATE}")
_ENDS = 15  # lines at either end of the article among which lines of the site are looked for
_INDEX_LINES = 3  # an index box has at least so many entries
_LONGEST_SITE_LINE = 200
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SITE_LINE = re.compile(
    r"(?:(?:发布|更新|发文|公开|生成)(?:时间|日期)|(?:信息|文章|稿件)?来\s*源|(?:浏览|点击|访问|阅读)(?:次数|量|数)?|字\s*体|字号|责任编辑|责编|编辑|作者|审核|供稿"
    r"|您?(?:现在)?的?(?:当前)?位置|分享(?:到|至)?|视力保护色|上一篇|下一篇|上一条|下一条|附件下载|相关(?:链接|文档|文件|解读|稿件|阅读|新闻|附件)|扫码?)\s*[:：].*"
    r"|[\[【（(]?\s*(?:打印|关闭|收藏|返回|复制|纠错|下载|转发|我要纠错|打印本页|关闭窗口|返回顶部|大|中|小|分享)(?:本页|窗口)?\s*[\]】）)]?"
    r"(?:[\s|/\[【】\]（）()]*(?:打印|关闭|收藏|返回|复制|纠错|下载|转发|打印本页|关闭窗口|返回顶部|大|中|小|分享)(?:本页|窗口)?)*[\s\]】）)]*"
    r"|扫一扫.{0,30}|微信|微博|QQ空间|首页\s*[>＞»/].*|[（(]?责任编辑.{0,20}|.{0,10}手机(?:打开|查看|阅读).{0,15}"
)
_LABELS = (
    r"(?:索引号|主题分类|发文机关|发布机构|发布机关|发文机构|公开主体|成文日期|成文时间|发文日期|发布日期|发布时间|生成日期|公开日期|公开时间|公开形式|公开方式|公开范围"
    r"|公开时限|标题|名称|文件名称|信息名称|发文字号|发布文号|文件编号|文号|文件字号|主题词|关键词|有效性|效力状态|文件状态|时效|信息分类|信息类别|体裁分类|分类|信息来源"
    r"|生效日期|实施日期|失效日期|废止日期|责任部门|组配分类|服务对象|服务对象分类|所属机构|公文种类|体裁)"
)
_LABEL_CELL = re.compile(_LABELS + r"[:：]?$")
_LABEL_LINE = re.compile(_LABELS + r"[:：]")
_NUMBER_LABEL = re.compile(r"(?:发文字号|发布文号|文件编号|文号|文件字号)[:：]?")
_TITLE_LIKE = re.compile(r"(?:^|[\s_-])(?:\w*title|biaoti|bt)(?=[\s_\d-]|$)", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def tag_of(element: Element) -> str:
    """Return the name of an element; none for what is no element (comments)."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _names(element: Element) -> str:
    return f"{element.get('id', '')} {element.get('class', '')}"[:500]


def is_hidden(element: Element) -> bool:
    """Whether an element is never printed."""
    if tag_of(element) in _NOT_READ or "hidden" in element.attrib:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style[:2000]))


def is_chrome(element: Element) -> bool:
    """Whether an element is a small part of the site by its name (share, print, footer …), and holds no table."""
    if element.get("title") in ("header", "footer"):  # as office programs write those of a printed page
        return True
    names = _names(element)
    if not _CHROME.search(names) or next(element.iter("table"), None) is not None:
        return False
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > _CHROME_TEXT:
            return False
    return True


def choose_article(root: Element) -> list[Element]:
    """Return the elements that hold the article, in order."""
    body = next(root.iter("body"), root)
    weights = _weigh(body)
    whole = weights.get(body, _NOTHING)
    known = _outermost([e for e in body.iter() if isinstance(e.tag, str) and _is_article(e)])
    known = [e for e in known if weights.get(e, _NOTHING).characters > 0]
    outside = whole.characters - sum(weights[e].characters for e in known)
    if known and outside <= min(max(_MOST_OUTSIDE, _SHARE_OUTSIDE * whole.characters), 0.7 * whole.characters):
        return known
    chosen = body
    while True:
        inner = max(chosen, key=lambda e: weights.get(e, _NOTHING), default=None)
        if inner is None or tag_of(inner) in _NO_BOXES:
            return [chosen]
        here, there = weights.get(chosen, _NOTHING), weights.get(inner, _NOTHING)
        lost = here.signs - there.signs
        if not there.characters or there.characters < _SMALLEST_SHARE * here.characters or lost > _SIGNS_OUTSIDE:
            return [chosen]
        chosen = inner


class _Weight(NamedTuple):
    """Running text in an element: its characters, and the signs in it that sites have little of and documents much."""

    characters: int
    signs: int


_NOTHING = _Weight(0, 0)


def _weight(text: str | None) -> _Weight:
    plain = (text or "").strip()
    return _Weight(len(plain), len(_SIGN.findall(plain)) + 2 * len(_STRONG_SIGN.findall(plain))) if plain else _NOTHING


def _is_article(element: Element) -> bool:
    return tag_of(element) in ("article", "main") or bool(_ARTICLE.search(_names(element)))


def _outermost(elements: list[Element]) -> list[Element]:
    found = set(elements)
    return [e for e in elements if not any(above in found for above in e.iterancestors())]


def _weigh(body: Element) -> dict[Element, _Weight]:
    """Return the running text below each element: not in links, not hidden, not of the site."""
    weights: dict[Element, _Weight] = {}
    left_out: set[Element] = set()
    ordered = [e for e in body.iter() if isinstance(e.tag, str)]
    for element in ordered:
        if element.getparent() in left_out or tag_of(element) == "a" or is_hidden(element) or is_chrome(element):
            left_out.add(element)
    for element in reversed(ordered):
        if element not in left_out:
            parts = [_weight(element.text)]
            for part in element:
                parts += [_weight(part.tail), weights.get(part, _NOTHING)]
            weights[element] = _Weight(sum(p.characters for p in parts), sum(p.signs for p in parts))
    return weights


def title_of(root: Element) -> str | None:
    """Return the title that the page prints above its article: a heading that its <title> repeats, else its only h1."""
    named = _BLANKS.sub("", "".join(t.text or "" for t in root.iter("title")))[:500]
    headings = [e for e in root.iter("h1", "h2", "h3", "div", "p", "td", "span") if _could_be_title(e)]
    for heading in headings:
        text = _BLANKS.sub(" ", "".join(heading.itertext())).strip()
        if 6 <= len(text) <= 150 and _BLANKS.sub("", text) in named:
            return text
    only = [e for e in headings if tag_of(e) == "h1"]
    text = _BLANKS.sub(" ", "".join(only[0].itertext())).strip() if len(only) == 1 else ""
    return text if 6 <= len(text) <= 150 and not named else None


def _could_be_title(element: Element) -> bool:
    return (tag_of(element) in ("h1", "h2", "h3") or bool(_TITLE_LIKE.search(_names(element)))) and not is_hidden(element)


def without_site_lines(lines: list[str]) -> tuple[list[str], str | None]:
    """Return an article without the lines of the site at its ends, and the document number that its index box names."""
    index = _index_box(lines)
    number = next((found for place in sorted(index) if (found := _number_in(lines[place]))), None)
    kept = []
    for place, line in enumerate(lines):
        at_end = (place < _ENDS or place >= len(lines) - _ENDS) and len(line) <= _LONGEST_SITE_LINE
        if place not in index and not (at_end and _SITE_LINE.fullmatch(line.strip())):
            kept.append(line)
    return kept, number


def _index_box(lines: list[str]) -> set[int]:
    """Return the places of the index box (索引号, 发文机关 …): lines of label and value, several in a row."""
    box: set[int] = set()
    run: list[int] = []
    for place, line in enumerate([*lines[: 2 * _ENDS], ""]):
        if _labelled(line):
            run.append(place)
            continue
        if len(run) >= _INDEX_LINES:
            box.update(run)
        run = []
    return box


def _labelled(line: str) -> bool:
    """Whether a line is label and value, in cells (one or two pairs) or with a colon."""
    if len(line) > _LONGEST_SITE_LINE:
        return False
    cells = [_BLANKS.sub("", cell) for cell in line.split("\t")]
    if len(cells) == 1:
        return bool(_LABEL_LINE.match(cells[0]))
    return bool(_LABEL_LINE.match(cells[0])) or (
        bool(_LABEL_CELL.match(cells[0])) and all(not cell or _LABEL_CELL.match(cell) for cell in cells[2::2])
    )


def _number_in(line: str) -> str | None:
    label = _NUMBER_LABEL.search(_BLANKS.sub("", line))
    found = find_document_numbers(line) if label else ()
    return line[found[0][0] : found[0][1]] if found else None
