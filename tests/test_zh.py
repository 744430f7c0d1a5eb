"""Reading Chinese figures: exhaustive where the set is small, properties where it is not."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb import zh

DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """Write 1 … 9999 as Chinese public documents do."""
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + DIGITS[digit] + name
        gap = False
    return words.removeprefix("一") if 10 <= number < 20 else words


@pytest.mark.parametrize("number", [*range(1, 120), 200, 205, 310, 999, 1000, 1001, 1010, 1100, 2018, 9999])
def test_chinese_numerals_are_read_as_they_are_written(number):
    assert zh.parse_numeral(in_chinese(number)) == number


@given(st.integers(1, 9999))
def test_every_chinese_numeral_below_ten_thousand_is_read(number):
    assert zh.parse_chinese(in_chinese(number)) == number


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["", "万", "亿"]))
def test_both_widths_and_multiples_come_out_in_base_units(value, multiple):
    factor = {"": 1, "万": 10**4, "亿": 10**8}[multiple]
    printed = f"{value}{multiple}"
    wide = printed.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    assert zh.parse_numeral(printed) == zh.parse_numeral(wide) == value * factor


@given(st.text(max_size=30))
def test_any_text_is_a_numeral_or_none(text):
    for read in (
        zh.parse_numeral,
        zh.parse_share,
        zh.parse_date,
        zh.parse_year,
        zh.parse_period,
        zh.parse_document_number,
        zh.parse_rate,
    ):
        read(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("五分之一", 20),
        ("三分之二", Decimal("66.666667")),
        ("百分之三十五", 35),
        ("七成", 70),
        ("两成半", 25),
        ("一半", 50),
        ("百分之12.5", Decimal("12.5")),
    ],
)
def test_shares_are_per_cent(text, share):
    assert zh.parse_share(text) == share


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_dates_are_read_in_figures_and_in_numerals(day):
    figures = f"{day.year}年{day.month}月{day.day}日"
    numerals = (
        f"{''.join('〇一二三四五六七八九'[int(c)] for c in str(day.year))}年{in_chinese(day.month)}月{in_chinese(day.day)}日"
    )
    assert zh.parse_date(figures) == day
    if str(day.year)[0] in "12":
        assert zh.parse_date(numerals) == day


@pytest.mark.parametrize("year", [1999, 2000, 2019, 2020, 2100])
def test_months_and_quarters_fill_a_year_without_gaps(year):
    for names in (
        [f"{year}年{m}月" for m in range(1, 13)],
        [f"{year}年第{q}季度" for q in "一二三四"],
        [f"{year}年上半年", f"{year}年下半年"],
    ):
        periods = [zh.parse_period(name) for name in names]
        assert periods[0][0] == date(year, 1, 1)
        assert periods[-1][1] == date(year, 12, 31)
        assert all(a[1] + timedelta(days=1) == b[0] for a, b in itertools.pairwise(periods))


@pytest.mark.parametrize("text", ["2018年2月30日", "2018年13月1日", "18年1月1日", "2018年1月", ""])
def test_what_is_no_date_is_none(text):
    assert zh.parse_date(text) is None


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "［］", "【】", "（）", "()", "﹝﹞"])
def test_every_bracket_gives_the_standard_document_number(brackets):
    printed = f"安政办{brackets[0]}2018{brackets[1]}2号"
    assert zh.normalise_document_number(printed) == "安政办〔2018〕2号"
    assert [str(n) for _, _, n in zh.find_document_numbers(f"（{printed}）精神")] == ["安政办〔2018〕2号"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("按照国办发〔2018〕118号文件", "国办发〔2018〕118号"),
        ("依据教职成（2019）6号执行", "教职成〔2019〕6号"),
        ("和政办〔2018〕3号", "和政办〔2018〕3号"),
        ("沪府办规〔２０２５〕１５号", "沪府办规〔2025〕15号"),
    ],
)
def test_document_numbers_are_found_without_the_words_before_them(text, number):
    assert [str(n) for _, _, n in zh.find_document_numbers(text)] == [number]


def test_a_wide_comma_after_narrow_figures_is_punctuation():
    import re

    from vetkb.zh.numerals import ARABIC

    assert re.match(ARABIC, "2020，300家")[0] == "2020"
    assert re.match(ARABIC, "１２，０００元")[0] == "１２，０００"
    assert re.match(ARABIC, "12,000元")[0] == "12,000"
