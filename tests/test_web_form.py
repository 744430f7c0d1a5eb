"""The page on which a person hands data in: what a browser sends is read strictly, and checked like any other report."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb.errors import UsageError, VetkbError
from vetkb.reporting import render_template
from vetkb.web.forms import MOST_PARTS, Part, read_parts
from vetkb.web.problems import BadRequestError
from vetkb.web.validation import read_form

KIND = "multipart/form-data; boundary=----x"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HEADER = "indicator,about,about_type,area,value,unit,year\n"
LOW = "生均财政拨款水平,某职业技术学院,公办高等职业院校,安阳市,11500,元,2018\n"
ROWS = HEADER + LOW
CHINESE = "指标,对象,对象类型,地区,数值,单位,年份\n" + LOW
ON = {"as_of": "2018-12-31", "shapes": "compliance", "tolerance": ""}


def part(name, content, more=""):
    return f'------x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


END = b"------x--\r\n"


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.binary(max_size=50), max_size=MOST_PARTS))
def test_what_a_browser_sends_is_read_as_it_was_typed(fields):
    body = b"".join(part(name, content) for name, content in fields.items()) + END
    if not any(b"\r\n------x" in b"\r\n" + content for content in fields.values()) and fields:
        assert {name: one.content for name, one in read_parts(KIND, body).items()} == fields


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", part("a", b"1") + END),
        (KIND, b""),
        (KIND, b"a=1"),
        (KIND, part("a", b"1")),
        (KIND, b"before\r\n" + part("a", b"1") + END),
        (KIND, part("a", b"1") + END + b"behind"),
        (KIND, part("a", b"1") + part("a", b"2") + END),
        (KIND, b"------x\r\n\r\nno head\r\n" + END),
        (KIND, b"------x\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n" + END),
        (KIND, b"------x\r\nContent-Disposition: form-data\r\n\r\n1\r\n" + END),
        (KIND, b"------x\r\nX: " + b"y" * 5000 + b"\r\n\r\n1\r\n" + END),
        (KIND, b"".join(part(str(number), b"1") for number in range(MOST_PARTS + 1)) + END),
        (KIND, b"------x\r\n" * 300_000),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(kind, body):
    with pytest.raises(BadRequestError):
        read_parts(kind, body)


@given(st.text(max_size=80), st.binary(max_size=300))
def test_any_bytes_are_a_form_or_refused(parameters, body):
    for content_type in (f"multipart/form-data;{parameters}", KIND):
        try:
            read_parts(content_type, b"------x" + body)
        except VetkbError:
            continue


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.csv", "text/csv"), ("A.TTL", "text/turtle"), ("x.json", "application/json"), ("a", None), ("../a.b/x.exe", None)],
)
def test_the_name_of_a_file_tells_its_format(name, kind):
    data, empty = Part("data", b"x", name), Part("text", b"\r\n")
    assert read_form({"data": data, "text": empty, "as_of": Part("as_of", b"2018-12-31")}) == (
        {"as_of": "2018-12-31"},
        kind,
        b"x",
    )


def test_there_is_one_thing_to_check():
    rows, file, none = Part("text", b"x"), Part("data", b"x", "a.csv"), Part("data", b"", "")
    assert read_form({"text": rows, "data": none})[2] == b"x"
    for wrong in ({"text": rows, "data": file}, {"data": none}, {}):
        with pytest.raises(UsageError):
            read_form(wrong)


def handed_in(served, data=None, text="", **fields):
    files = {"data": data or ("", b""), **{name: (None, value) for name, value in {"text": text, **ON, **fields}.items()}}
    return httpx.post(f"{served}/validate", files=files, headers=BROWSER, timeout=60)


@pytest.mark.parametrize("text", [ROWS, CHINESE, ROWS.replace("\n", "\r\n")])
def test_rows_that_are_pasted_are_checked(served, text):
    page = handed_in(served, text=text)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "11500" in page.text
    assert "12000" in page.text


def test_a_file_is_checked_as_it_is_by_the_api(served):
    sheet = render_template([dict(zip(HEADER.strip().split(","), LOW.strip().split(","), strict=True))], "xlsx")
    for name, content in (("a.csv", ROWS.encode()), ("a.csv", ROWS.encode("gb18030")), ("a.xlsx", sheet)):
        page = handed_in(served, (name, content))
        assert page.status_code == 200, name
        assert "12000" in page.text


def test_what_is_handed_in_never_becomes_markup(served):
    page = handed_in(served, text=ROWS.replace("某职业技术学院", "<script>alert(1)</script>"))
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text
    problem = handed_in(served, text="<img src=x>", shapes="<u>")
    assert (problem.status_code, "<u>" in problem.text) == (422, False)


def test_what_is_wrong_with_a_form_is_said_on_a_page(served):
    for fields, status in (
        ({}, 422),
        ({"text": ROWS, "as_of": "soon"}, 422),
        ({"text": "x"}, 400),
        ({"text": " " * (11 << 20)}, 413),
    ):
        page = handed_in(served, **fields)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
