"""Reports over HTTP are checked in processes that can be killed: the same answer, and an end for whatever would have none."""

from __future__ import annotations

import asyncio
import datetime
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from vetkb.errors import ReportError
from vetkb.isolation import Bounds
from vetkb.report_workers import FORMATS, check, checker
from vetkb.reporting import ENCODINGS, MEDIA_TYPES
from vetkb.validate import KINDS
from vetkb.web.app import create_app
from vetkb.web.site import Limits

DAY = datetime.date(2018, 12, 31)
ROWS = "".join(f"生均财政拨款水平,第{n}职业技术学院,公办高等职业院校,安阳市,{11_500 + n},元,2018\n" for n in range(25))
FIGURES = f"indicator,about,about_type,area,value,unit,year\n{ROWS}".encode()
USUAL = {"media_type": "text/csv", "as_of": DAY.isoformat(), "shapes": "compliance", "tolerance": None}
# many rows whose names nobody knows
SLOW = b"indicator,value,year\n" + b"".join(b"name %d,1,2018\n" % n for n in range(100_000))
# twenty times as large once it is read
LARGE = b'[{"indicator": [' + b"{}," * 3_000_000 + b"{}]}]"


@pytest.fixture(scope="module")
def pool(bundled):
    with checker(bundled.store, bundled.build_id, Bounds(60.0, 1 << 30), 1) as made:
        yield made


def asked_over_http(base, limits, body, kind="text/csv"):
    """Return the answer of an application of these limits to one report, and how the checks of it ended."""
    app = create_app(base, limits)
    site = app.site

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            found = await client.post(f"/validate?as_of={DAY}", content=body, headers={"content-type": kind})
            again = await client.post(f"/validate?as_of={DAY}", content=b"indicator\n", headers={"content-type": "text/csv"})
            return found, again

    try:
        return asyncio.run(ask()), site.checker.ends()
    finally:
        site.close()
        site.lanes.close()


def test_a_report_over_http_is_the_one_that_the_base_makes(bundled, served):
    found = httpx.post(f"{served}/validate?as_of={DAY}", content=FIGURES, headers={"content-type": "text/csv"}, timeout=60)
    report = bundled.validate([("body", FIGURES)], as_of=DAY, media_type="text/csv")
    assert found.json() == json.loads(report.render("json", "en"))
    assert len(found.json()["results"]) == 25


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("shapes", KINDS)
def test_everything_that_a_report_needs_is_loaded_before_rights_are_given_up(pool, shapes, form):
    before = pool.ends().get("died", 0)
    assert check(pool, FIGURES, **{**USUAL, "shapes": shapes}, format=form, language="zh")
    assert pool.ends().get("died", 0) == before


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_table_in_every_encoding_is_read_in_a_process_that_can_load_nothing_any_more(pool, encoding):
    content = check(pool, FIGURES.decode().encode(encoding), **USUAL, format="json", language="zh")
    assert len(json.loads(content)["results"]) == 25


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_body_that_is_nothing_is_refused_in_words_or_has_nothing_to_report(pool, kind):
    with suppress(ReportError):
        content = check(pool, b"\xff\xfe\x00", **{**USUAL, "media_type": kind}, format="json", language="zh")
        assert json.loads(content)["targets"] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5", "utf-7", "latin-1"])
def test_a_report_is_read_in_the_encoding_of_a_spreadsheet_or_refused_in_words(pool, encoding):
    usual = {**USUAL, "format": "json", "language": "zh"}
    body = FIGURES.decode().encode(encoding, "replace")
    if encoding in ("big5", "utf-7", "latin-1"):
        with suppress(ReportError):
            check(pool, body, **usual)
    else:
        assert check(pool, body, **usual) == check(pool, FIGURES, **usual)
    with suppress(ReportError):
        check(pool, body, **{**usual, "media_type": "application/json"})


def test_what_workers_are_forked_from_has_one_thread():
    code = "import os; from vetkb.report_handler import prepare; prepare({}); print(len(os.listdir('/proc/self/task')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


def is_problem(response, status, code):
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_report_that_takes_too_long_ends_and_the_next_is_checked(bundled):
    (slow, after), ends = asked_over_http(bundled, Limits(check=Bounds(1.0, 1 << 30)), SLOW)
    is_problem(slow, 504, "timeout")
    assert after.status_code in (200, 400)
    assert ends["timeout"] == 1


def test_a_report_that_takes_too_much_memory_ends_and_the_next_is_checked(bundled):
    (large, after), _ = asked_over_http(bundled, Limits(check=Bounds(60.0, 24 << 20)), LARGE, "application/json")
    is_problem(large, 507, "memory")
    assert after.status_code in (200, 400)


def test_a_process_that_dies_is_replaced(pool):
    usual = {**USUAL, "format": "json", "language": "zh"}
    first = check(pool, FIGURES, **usual)
    with ThreadPoolExecutor(1) as threads:
        job = threads.submit(check, pool, SLOW, **usual)
        while not pool.running():
            pass
        assert pool.cancel(pool.running()[0].id)
        assert type(job.exception()).__name__ == "JobCancelledError"
    assert check(pool, FIGURES, **usual) == first


def test_a_worker_that_checked_a_large_report_checks_the_next(pool):
    large = FIGURES + b"".join(line + b"\n" for line in ROWS.encode().splitlines() * 40)
    usual = {**USUAL, "format": "csv", "language": "zh"}
    check(pool, FIGURES, **usual)
    ready = {child.pid for child in pool._crew.idle}
    check(pool, large, **usual)
    assert ready <= {child.pid for child in pool._crew.idle}  # another may have been started ahead of need
