"""One text in many layouts says the same: lines cut at one width, blank lines, page numbers, half and full width."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from vetkb.extract.agencies import AgencyResolver, division_of
from vetkb.extract.parties import extract_responsibilities
from vetkb.extract.tasks import extract_tasks
from vetkb.graph.lexicon import load_lexicon
from vetkb.parse import parse
from vetkb.paths import CORPUS
from vetkb.text import Source

_FULL = str.maketrans("0123456789()", "０１２３４５６７８９（）")
_HALF = str.maketrans("０１２３４５６７８９（）：；，", "0123456789():;,")


def cut(text, width, indent=""):
    """Cut every paragraph into lines of one width; rows of tables stay whole."""
    lines = []
    for line in text.split("\n"):
        whole = indent + line if indent and len(line) > width else line
        lines += [line] if "\t" in line or len(line) <= width else [whole[at : at + width] for at in range(0, len(whole), width)]
    return "\n".join(lines)


def numbered_pages(text, lines_a_page):
    """Put a page number between blank lines behind every so many lines."""
    printed = []
    for number, line in enumerate(text.split("\n"), 1):
        printed.append(line)
        if number % lines_a_page == 0:
            page = number // lines_a_page
            printed += ["", f"— {page} —" if page % 2 else f"- {page} -", ""]
    return "\n".join(printed)


def spaced(text):
    return re.sub(r"(?m)^([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+\.)", r"　　\1 ", text)


LAYOUTS = {
    "cut at 28": lambda text: cut(text, 28),
    "cut at 30": lambda text: cut(text, 30),
    "cut at 35": lambda text: cut(text, 35),
    "cut at 30, indented": lambda text: cut(text, 30, "　　"),
    "no blank lines": lambda text: re.sub(r"\n\s*\n+", "\n", text),
    "blank lines everywhere": lambda text: text.replace("\n", "\n\n"),
    "full width": lambda text: text.translate(_FULL),
    "half width": lambda text: text.translate(_HALF),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "spaces behind marks": spaced,
    "page numbers": lambda text: numbered_pages(text, 12),
    "cut, page numbers": lambda text: numbered_pages(cut(text, 32), 22),
    "indented": lambda text: "\n".join("　　" + line if line and "\t" not in line else line for line in text.split("\n")),
}


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


def plain(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def said(text, lexicon):
    """Return what a text says, whatever its layout."""
    source = Source.from_text(text)
    document = parse(source)
    parties, _ = extract_responsibilities(document, source, AgencyResolver(lexicon, division_of(document, lexicon)))
    stated = (document.identifier, document.title, document.issued, document.printed)
    named = (document.issuers, document.addressees, document.copied_to)
    facts = [
        ("meta", *(plain(str(s.value)) if s else None for s in stated), *(tuple(plain(n.value) for n in ns) for ns in named))
    ]
    facts += [("item", plain(i.path), plain(i.heading)) for i in document.items]
    facts += [
        (
            "party",
            plain(r.item or ""),
            r.open,
            r.inherited,
            tuple((plain(p.surface.words), p.role, p.basis, p.kind) for p in r.parties),
        )
        for r in parties
    ]
    for task in extract_tasks(document, source, parties):
        schedule = plain(task.schedule.text) if task.schedule else None
        facts.append(("task", task.ordinal, plain(task.item), plain(task.text), plain(task.group or ""), schedule))
    return Counter(facts)


def texts(folder):
    return sorted(Path(folder).glob("*.txt"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_bundled_document_says_the_same_in_every_layout(layout, lexicon):
    for path in texts(CORPUS):
        text = path.read_text(encoding="utf-8")
        assert said(LAYOUTS[layout](text), lexicon) == said(text, lexicon)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_other_documents_say_the_same_in_every_layout(layout, lexicon, shared):
    for path in texts(shared / "corpus"):
        text = path.read_text(encoding="utf-8")
        assert said(LAYOUTS[layout](text), lexicon) == said(text, lexicon), path.stem
