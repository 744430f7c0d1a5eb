"""Which numbers of a text demand something: each reason claims its own examples and leaves its counterexamples alone."""

from __future__ import annotations

import pytest

from vetkb.validate.demands import TABLE, marked, why_no_demand


def reason(example, *, exact):
    before, _, after = marked(example)
    found = why_no_demand("target", "所", "=" if exact else ">=", before, after)
    return None if found is None else found[0]


@pytest.mark.parametrize(
    ("one", "example"), [(one, e) for one in TABLE for e in one.examples], ids=lambda v: getattr(v, "name", v)
)
def test_a_number_that_demands_nothing_is_set_aside_for_its_reason(one, example):
    assert reason(example, exact=one.exact) == one.name


@pytest.mark.parametrize(
    ("one", "example"), [(one, e) for one in TABLE for e in one.counterexamples], ids=lambda v: getattr(v, "name", v)
)
def test_a_number_that_demands_something_is_kept(one, example):
    assert reason(example, exact=one.exact) != one.name


def test_a_cap_on_what_is_allowed_still_binds():
    before, _, after = marked("可申请【最高不超过15万元】的贷款")
    assert why_no_demand("standard", "元", "<=", before, after) is None
    assert why_no_demand("standard", "元", "=", before, after) is not None


@pytest.mark.parametrize("role", ["baseline", "duration", "count"])
def test_a_role_that_demands_nothing_is_enough(role):
    assert why_no_demand(role, "所", ">=", "建设", "学校") is not None
