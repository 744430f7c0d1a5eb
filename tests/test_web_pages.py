"""All pages that links lead to: nothing of a document or a question becomes markup, and everybody can use them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from running import serving

import vetkb.web.pages
from vetkb.base import build

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
# a document whose every name wants to be markup
HOSTILE = """安阳市人民政府办公室文件
安政办〔2019〕9号

安阳市人民政府办公室
关于加快<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e工程的意见

各县（市、区）人民政府，市人民政府各部门：
为贯彻落实《<svg onload=alert(3)>关于<u>职业</u>教育的意见》（豫政办〔2017〕110号），提出如下意见。
一、加快<script>alert(4)</script>发展
1. 做优高等职业教育'"><script>alert(5)</script>。到2020年，公办高等职业院校生均财政拨款水平不低于12000元。
市<script>alert(6)</script>局、市财政局负责落实。
二、javascript:alert(7)//建设
（一）完善{{7*7}}${7*7}制度。市财政局牵头，市教育局配合。
安阳市人民政府办公室
2019年1月4日
"""
STARTS = (
    *("/ask", "/documents", "/queries", "/sparql", "/docs", "/shapes", "/ns", "/.well-known/void", "/nowhere"),
    *("/ask?q=市财政局负责哪些任务？", "/ask?q=<script>alert(8)</script>", "/sparql?query=SELECT * { ?s ?p ?o } LIMIT 200"),
    *("/queries/targets", "/queries/citations?lang=en", "/queries/agencies", "/sparql?query=SELECT * { <script>"),
)
DATA = re.compile(r"\.(ttl|jsonld|json|nt|trig|nq|rdf|txt)(\?|$)|[?&]format=")
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "background")


class Page(HTMLParser):
    """What stands in a page: its elements in order, its links, the fields that have names for people."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.ids, self.labelled, self.fields = [], [], set(), []
        self.addresses, self.attributes, self.headings, self.language = [], set(), [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.elements.append(tag)
        self.attributes |= set(given)
        self.addresses += [given[name] for name in ADDRESSES if given.get(name)]
        self.ids += [given["id"]] if "id" in given else []
        if tag == "html":
            self.language = given.get("lang")
        elif tag == "label":
            self.labelled.add(given.get("for"))
        elif tag in ("input", "textarea", "select") and given.get("type") != "hidden":
            self.fields.append(given.get("id"))
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every page that can be reached from the first ones: its address → what stands in it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    build([folder / "hostile.txt"], str(folder / "base"))
    found, left = {}, list(STARTS)
    with serving("--store", folder / "base") as (_, url), httpx.Client(base_url=url, headers=BROWSER, timeout=60) as client:
        while left and len(found) < 150:
            address = left.pop(0)
            if address in found:
                continue
            response = client.get(address, follow_redirects=True)
            assert response.headers["content-type"] == "text/html; charset=utf-8", address
            assert response.status_code < 500
            found[address] = Page(response.text)
            inside = [link.partition("#")[0] for link in found[address].addresses if link.startswith("/")]
            left += [link for link in inside if link and not link.startswith("/static/") and not DATA.search(link)]
    assert len(found) > 100
    return found


def test_nothing_of_a_document_or_a_question_becomes_markup(pages):
    for address, page in pages.items():
        assert not {"script", "img", "svg", "iframe", "object", "embed", "base", "style", "u"} & set(page.elements), address
        assert not {name for name in page.attributes if name.startswith("on") or name == "style"}, address
        for link in page.addresses:
            assert re.match(r"/|#|https?://|\?", link), (address, link)


def test_every_page_can_be_used_without_sight_and_without_a_mouse(pages):
    for address, page in pages.items():
        assert page.language in ("zh-CN", "en"), address
        assert page.elements.count("main") == page.elements.count("title") == page.headings.count(1) == 1, address
        assert page.headings[0] == 1, address
        assert all(below <= above + 1 for above, below in zip(page.headings, page.headings[1:], strict=False)), address
        assert len(page.ids) == len(set(page.ids)), address
        assert set(page.fields) <= page.labelled, address


# --- colours -----------------------------------------------------------------------------------------

CSS = (Path(vetkb.web.pages.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "muted", "link") for ground in ("ground", "card", "quote")),
    *(("accent", "card"), ("accent", "ground"), ("accent-ink", "accent"), ("ink", "warn")),
]
OUTLINES = [(line, ground) for line in ("focus", "field") for ground in ("ground", "card")]


def colours(scheme):
    """The colours of the light scheme, or those of the dark one, which begins with the light one's."""
    named = [dict(re.findall(r"--([a-z-]+): #([0-9a-f]+)", block)) for block in re.findall(r":root {(.*?)}", CSS, re.DOTALL)]
    return named[0] if scheme == "light" else {**named[0], **named[1]}


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    full = "".join(digit * 2 for digit in colour) if len(colour) == 3 else colour
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 4.5), (OUTLINES, 3.0)])
def test_text_and_outlines_stand_out_from_what_they_stand_on(scheme, pairs, least):
    named = colours(scheme)
    for one, other in pairs:
        low, high = sorted((luminance(named[one]), luminance(named[other])))
        assert (high + 0.05) / (low + 0.05) >= least, (one, other)
