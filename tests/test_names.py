"""Names for things: every path has one fragment and every fragment one path; documents are named by their number."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb.graph import names
from vetkb.model import Citation, Document, Lexicon, SourceReference, Stated
from vetkb.text import Quote

PREFIXES = {"安政办": ("anzhengban", "410500"), "国办发": ("guobanfa", "000000"), "国办函": ("guobanhan", "000000")}
LEXICON = Lexicon((), (), (), (), document_prefixes=PREFIXES)

FRAGMENTS = {
    "五": "sec_5",
    "五/2": "sec_5__para_2",
    "一/（二）/3": "sec_1__subsec_2__para_3",
    "二/17": "sec_2__para_17",
    "二十一": "sec_21",
    "附件": "att_1",
    "附件1": "att_01",
    "附件2": "att_2",
    "附件/row 15": "att_1__row_15",
    "附件2/row 3": "att_2__row_3",
    "附件/五": "att_1__sec_5",
    "附件/一/1": "att_1__sec_1__para_1",
    "附件/一/（一）/（1）": "att_1__sec_1__subsec_1__point_1",
    "第二章/第五条": "chp_2__art_5",
    "附件/第二章/第五条": "att_1__chp_2__art_5",
    "第一编/第三节/第一百零二条": "part_1__subchp_3__art_102",
    "3）": "subpoint_3",
    "①/⑳": "indent_1__indent_20",
}
SEGMENTS = st.sampled_from(
    [
        *"一二十百5①（）()",
        "附件",
        "附件1",
        "附件01",
        "附件٣",
        "row 1",
        "row 01",
        "row 1.5",
        "第1条",
        "第一条",
        "一十",
        "十",
        "〇",
        "05",
        "x_",
        "__",
        "%5F",
        "",
    ]
) | st.text(max_size=6)


@pytest.mark.parametrize(("path", "fragment"), FRAGMENTS.items())
def test_a_path_has_the_fragment_of_its_marks(path, fragment):
    assert names.fragment_of(path) == fragment
    assert names.path_of(fragment) == path


@given(st.lists(SEGMENTS, min_size=1, max_size=5).map("/".join))
def test_every_path_comes_back_from_its_fragment(path):
    fragment = names.fragment_of(path)
    assert names.path_of(fragment) == path
    assert re.fullmatch(r"[A-Za-z0-9%_.~-]*", fragment)


def test_numerals_are_written_as_documents_write_them():
    written = [names.chinese_numeral(number) for number in range(1, 10000)]
    assert len(set(written)) == len(written)
    assert written[9:21] == ["十", "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十", "二十一"]
    assert (written[999], written[1000], written[1009], written[1999]) == ("一千", "一千零一", "一千零一十", "二千")


def test_a_name_that_is_no_fragment_is_refused():
    with pytest.raises(ValueError, match="not a fragment"):
        names.path_of("statement_1")


def document(identifier=None, title=None, issued=None, printed=None):
    def stated(value):
        return None if value is None else Stated(value, Quote(0, 0, ""))

    source = SourceReference("a.txt", "f" * 64, 1)
    return Document(
        source, stated(identifier), stated(title), None, (), stated(issued), stated(printed), (), (), None, (), (), (), ()
    )


def test_a_numbered_document_is_named_by_division_issuer_year_and_number():
    named = names.document_iri(document("安政办〔2018〕2号", "某意见"), "410500", LEXICON)
    assert named == "https://w3id.org/vetkb/eli/cn/410500/anzhengban/2018/2"


def test_brackets_of_any_kind_give_the_same_name():
    forms = ("安政办〔2018〕2号", "安政办[2018]2号", "安政办（２０１８）２号", "安政办〔2018〕 2 号")
    assert len({names.document_iri(document(form), "410500", LEXICON) for form in forms}) == 1


def test_the_whole_code_of_the_issuer_makes_the_slug():
    first, second = (names.document_iri(document(f"国办{kind}〔2018〕1号"), "000000", LEXICON) for kind in "发函")
    assert first.endswith("/guobanfa/2018/1")
    assert second.endswith("/guobanhan/2018/1")


def test_a_code_that_the_data_do_not_have_is_written_in_pinyin():
    assert names.slug_of("濮政办", {}) == "puzhengban"


def test_a_document_without_number_is_named_by_date_and_title():
    named = names.document_iri(document(None, "某规划", date(2021, 1, 4)), None, LEXICON)
    assert re.fullmatch(r"https://w3id\.org/vetkb/eli/cn/000000/2021-01-04/[0-9a-f]{8}", named)
    assert names.document_iri(document(None, "某规划", None, date(2021, 1, 4)), None, LEXICON) == named
    assert names.document_iri(document(None, "某规划"), None, LEXICON) == named.replace("2021-01-04", "undated")
    assert names.document_iri(document(None, "另一规划", date(2021, 1, 4)), None, LEXICON) != named


def test_an_order_without_year_is_named_like_a_document_without_number():
    assert "/undated/" in names.document_iri(document("国务院令第722号", "条例"), "000000", LEXICON)


def test_the_base_is_a_parameter():
    named = names.document_iri(document("安政办〔2018〕2号"), "410500", LEXICON, base="https://example.org/kb/")
    assert named == "https://example.org/kb/eli/cn/410500/anzhengban/2018/2"


def test_a_citation_names_the_document_that_names_itself_so():
    cited = Citation(None, Quote(0, 0, ""), "某意见", "安政办〔2018〕2号", None, "r")
    assert names.cited_iri(cited, "410500", LEXICON) == names.document_iri(document("安政办〔2018〕2号"), "410500", LEXICON)


@given(st.text(max_size=400))
def test_a_party_of_any_spelling_has_a_short_plain_name(surface):
    name = names.unresolved_party(names.Iri("https://x.org/d"), surface).removeprefix("https://x.org/d/party/")
    assert len(name) <= 300
    assert re.fullmatch(r"[A-Za-z0-9%.~-]*", name)


@given(st.text(max_size=20))
def test_a_key_comes_back_from_its_name(key):
    assert names.key_of(names.organ(key)) == key
    assert names.key_of(names.group_kind(key)) == key
