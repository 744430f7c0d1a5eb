"""The parts of the web room that are pure: negotiation, reading of requests, the table of problems, ETags, words."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import threading
from contextlib import suppress
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.requests import Request

from vetkb import errors
from vetkb.errors import BusyError, QueryRefusedError, QuerySyntaxError, UnknownNameError, UsageError, VetkbError
from vetkb.paths import SCHEMAS
from vetkb.web import bodies, wire
from vetkb.web.bodies import read_body
from vetkb.web.cache import ByteCache
from vetkb.web.caching import entity_tag, is_volatile, matches
from vetkb.web.description import SD, triples
from vetkb.web.envelope import Envelope
from vetkb.web.headers import SECURITY
from vetkb.web.lanes import Lane
from vetkb.web.negotiate import Offer, accepts_gzip, choose, language, wants_page, weighted
from vetkb.web.operations import is_local
from vetkb.web.pages import load_texts
from vetkb.web.problems import (
    TABLE,
    BadRequestError,
    NotAllowedError,
    RequestError,
    TooLargeError,
    TooSlowError,
    UnsupportedTypeError,
    problem_of,
)
from vetkb.web.protocol import DIRECT, FORM, SparqlRequest, read_get, read_post
from vetkb.web.questions import read_date, read_question
from vetkb.web.rate import Rate
from vetkb.web.site import Limits, Site
from vetkb.web.sparql import offers_of
from vetkb.web.validation import read_tolerance

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture(scope="module")
def problem_schema():
    return Draft202012Validator(json.loads((SCHEMAS / "problem.json").read_text(encoding="utf-8")))


# --- negotiation -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "accept", "chosen"),
    [
        ("select", None, "application/sparql-results+json"),
        ("select", "", "application/sparql-results+json"),
        ("select", "*/*", "application/sparql-results+json"),
        ("select", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("select", "application/json", "application/json"),
        ("select", "text/csv;q=0.5, text/tab-separated-values;q=0.9", "text/tab-separated-values; charset=utf-8"),
        ("select", "application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("select", "TEXT/CSV", "text/csv; charset=utf-8"),
        ("select", BROWSER, "text/html; charset=utf-8"),
        ("select", "text/turtle", None),
        ("select", "text/csv;q=0", None),
        ("select", "nonsense", None),
        ("ask", "application/xml", "application/xml"),
        ("construct", None, "text/turtle; charset=utf-8"),
        ("construct", "application/*", "application/n-triples"),
        ("construct", "application/rdf+xml, text/turtle;q=0.9", "application/rdf+xml"),
        ("construct", "application/n-quads", "application/n-quads"),
        ("construct", "application/sparql-results+json", None),
        ("construct", "text/html;q=0.1, text/turtle;q=0.2", "text/turtle; charset=utf-8"),
    ],
)
def test_the_format_is_the_one_that_accept_likes_best(kind, accept, chosen):
    offer = choose(accept, offers_of(kind))
    assert (offer.media_type if offer else None) == chosen


def test_the_most_specific_range_decides_over_a_wider_one():
    offers = [Offer("csv", "text/csv"), Offer("tsv", "text/tab-separated-values")]
    assert choose("text/*, text/csv;q=0.1", offers).name == "tsv"


@given(st.text(max_size=200))
def test_any_accept_header_can_be_read(header):
    choose(header, offers_of("select"))
    wants_page(header)
    accepts_gzip(header)
    assert language(None, header) in ("zh", "en")


def test_a_very_long_accept_header_is_read_in_part():
    assert len(weighted("text/csv," * 100_000)) == 100


@pytest.mark.parametrize(
    ("accept", "page"),
    [(BROWSER, True), (None, False), ("*/*", False), ("application/json", False), ("text/html;q=0.2, application/json", False)],
)
def test_only_a_browser_gets_a_page_unasked(accept, page):
    assert wants_page(accept) is page


@pytest.mark.parametrize(
    ("asked", "header", "spoken"),
    [
        (None, None, "zh"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr, en;q=0.3", "en"),
        (None, "fr", "zh"),
        ("en", "zh-CN", "en"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_browsers(asked, header, spoken):
    assert language(asked, header) == spoken


@pytest.mark.parametrize(("header", "yes"), [("gzip, br", True), ("gzip;q=0", False), ("*", True), ("br", False), (None, False)])
def test_an_answer_is_compressed_only_where_the_client_reads_that(header, yes):
    assert accepts_gzip(header) is yes


# --- requests to /sparql -----------------------------------------------------------------------------


def test_a_query_keeps_every_character_of_its_literals():
    assert read_get(b"query=ASK+%7B%22a%2Bb%2050%2525%22%7D").query == 'ASK {"a+b 50%25"}'
    assert read_get("query=ASK {'汉字'}".encode()).query == "ASK {'汉字'}"
    assert read_post(b"", FORM, b"query=%E6%B1%89%20%2B%20%2525").query == "汉 + %25"
    assert read_post(b"", DIRECT, b"ASK { ?s ?p 'a+b%20%25' }").query == "ASK { ?s ?p 'a+b%20%25' }"


def test_graphs_of_the_dataset_may_be_given_several_times():
    asked = read_get(b"query=ASK{}&default-graph-uri=urn:a&default-graph-uri=urn:b&named-graph-uri=urn:c")
    assert asked == SparqlRequest("ASK{}", ("urn:a", "urn:b"), ("urn:c",))


def test_graphs_may_stand_in_the_address_of_a_direct_post():
    asked = read_post(b"named-graph-uri=urn:c", DIRECT + "; charset=UTF-8", b"ASK {}")
    assert asked == SparqlRequest("ASK {}", (), ("urn:c",))


def test_a_get_without_a_query_asks_for_the_service_description():
    assert read_get(b"").query is None


@pytest.mark.parametrize(
    ("read", "error"),
    [
        (lambda: read_get(b"query=ASK{}&query=ASK{}"), BadRequestError),
        (lambda: read_get(b"update=CLEAR%20ALL"), QueryRefusedError),
        (lambda: read_get(b"query=%FF"), BadRequestError),
        (lambda: read_get(b"&".join([b"a=1"] * 201)), BadRequestError),
        (lambda: read_get(b"query=ASK{}&default-graph-uri="), BadRequestError),
        (lambda: read_get(b"query=ASK{}&named-graph-uri=relative"), BadRequestError),
        (lambda: read_get(b"query=ASK{}&named-graph-uri=urn:a+b"), BadRequestError),
        (lambda: read_get(b"query=ASK{}&timeout=-1"), UsageError),
        (lambda: read_get(b"query=ASK{}&timeout=nan"), UsageError),
        (lambda: read_get(b"query=ASK{}&maxrows=1e3"), UsageError),
        (lambda: read_post(b"", None, b"query=ASK%20%7B%7D"), UnsupportedTypeError),
        (lambda: read_post(b"", "text/plain", b"ASK {}"), UnsupportedTypeError),
        (lambda: read_post(b"", DIRECT + ";charset=UTF-16", b"ASK {}"), UnsupportedTypeError),
        (lambda: read_post(b"", FORM, b"query=ASK{}&query=ASK{}"), BadRequestError),
        (lambda: read_post(b"query=ASK{}", FORM, b"query=ASK{}"), BadRequestError),
        (lambda: read_post(b"query=ASK{}", DIRECT, b"ASK {}"), BadRequestError),
        (lambda: read_post(b"", FORM, b"default-graph-uri=urn:a"), BadRequestError),
        (lambda: read_post(b"", FORM, b"update=CLEAR%20ALL"), QueryRefusedError),
        (lambda: read_post(b"", "application/sparql-update", b"CLEAR ALL"), QueryRefusedError),
        (lambda: read_post(b"", DIRECT, b"ASK { \xff }"), BadRequestError),
    ],
)
def test_a_request_that_breaks_the_protocol_is_refused(read, error):
    with pytest.raises(error):
        read()


@given(st.binary(max_size=300))
def test_any_bytes_in_an_address_are_read_or_refused(encoded):
    with suppress(BadRequestError, QueryRefusedError, UsageError):
        read_get(encoded)


# --- parameters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"lang": "fr"}, {"as_of": "2018-13-01"}, {"as_of": "昨天"}])
def test_a_malformed_parameter_of_a_question_is_refused(fields):
    with pytest.raises(UsageError):
        read_question({"q": "?", **fields})


def test_empty_parameters_of_a_form_count_as_absent():
    question = read_question({"q": "x", "lang": "", "document": "", "as_of": ""})
    assert (question.language, question.document, question.as_of) == (None, None, None)


def test_dates_and_percentages_are_read():
    assert read_date("2018-12-31", "as_of").isoformat() == "2018-12-31"
    assert read_tolerance("2.5") == 2.5
    for text in ("-1", "101", "nan", "inf", "x"):
        with pytest.raises(UsageError):
            read_tolerance(text)


# --- problems ----------------------------------------------------------------------------------------


def exceptions(root: type[VetkbError]) -> list[type[VetkbError]]:
    return [e for child in root.__subclasses__() for e in (child, *exceptions(child))]


def test_every_exception_has_a_row_in_the_table():
    named = {row.error for row in TABLE}
    assert {e for e in exceptions(VetkbError) if e.__module__.startswith("vetkb.")} - {RequestError} == named


def test_a_row_stands_above_the_row_of_what_it_derives_from():
    for place, row in enumerate(TABLE):
        assert not any(issubclass(row.error, above.error) for above in TABLE[:place])


@pytest.mark.parametrize(
    ("error", "status", "extra"),
    [
        (QuerySyntaxError("cannot be read", 3, 7), 400, {"line": 3, "column": 7}),
        (QuerySyntaxError("cannot be read"), 400, {}),
        (UnknownNameError("no such agency", ["市财政局"]), 404, {"suggestions": ["市财政局"]}),
        (UsageError("bad"), 422, {}),
        (BusyError("busy"), 503, {}),
        (errors.QueryTimeoutError("late"), 504, {}),
        (errors.QueryMemoryError("big"), 507, {}),
        (errors.QueryRefusedError("SERVICE"), 400, {}),
        (NotAllowedError("POST only", "POST"), 405, {}),
    ],
)
def test_a_problem_tells_what_is_wrong_in_the_shape_of_its_schema(error, status, extra, problem_schema):
    body = problem_of(error).to_json()
    problem_schema.validate(body)
    assert (body["status"], body["detail"], body["code"]) == (status, str(error), error.code)
    assert {key: body[key] for key in extra} == extra


def test_who_is_turned_away_is_told_when_to_come_back():
    assert problem_of(BusyError("busy")).headers == {"retry-after": "2"}


def test_a_fault_of_ours_tells_nothing_of_itself(problem_schema):
    body = problem_of(ZeroDivisionError("secret/path.py")).to_json()
    problem_schema.validate(body)
    assert body["status"] == 500
    assert "secret" not in json.dumps(body)


# --- ETags -------------------------------------------------------------------------------------------


def test_a_tag_follows_from_its_parts_and_where_they_part():
    assert entity_tag("a", "b") == entity_tag("a", "b")
    assert len({entity_tag("a", "b"), entity_tag("ab"), entity_tag("a", "c"), entity_tag("ab", "")}) == 4


def test_a_tag_is_found_among_those_a_client_has():
    tag = entity_tag("x")
    assert matches(f'"other", {tag}', tag)
    assert matches(tag.removeprefix("W/"), tag)
    assert not matches('W/"other"', tag)
    assert not matches(None, tag)


@pytest.mark.parametrize(
    ("query", "volatile"),
    [("SELECT (now() AS ?n) {}", True), ("SELECT (RAND ( ) AS ?n) {}", True), ("SELECT ?now { ?now ?p ?o }", False)],
)
def test_a_query_that_answers_differently_each_time_is_known(query, volatile):
    assert is_volatile(query) is volatile


# --- what is kept, and who may ask how often ---------------------------------------------------------


def test_a_cache_keeps_what_was_asked_for_last_within_its_bytes():
    cache = ByteCache(10_000)
    for name in "abcdef":
        cache.keep(name, name.upper(), 600)
    assert cache.get("a") == "A"
    for name in "ghijk":
        cache.keep(name, name.upper(), 600)
        assert cache.size <= 10_000
    assert (cache.get("a"), cache.get("b"), cache.get("k")) == ("A", None, "K")


def test_a_cache_does_not_keep_what_would_push_out_most_of_the_rest():
    cache = ByteCache(10_000)
    cache.keep("a", "A", 2_000)
    assert (len(cache), cache.size) == (0, 0)


def test_a_cache_counts_an_entry_that_is_replaced_once():
    cache = ByteCache(10_000)
    for size in (100, 500, 100):
        cache.keep("a", size, size)
    once = ByteCache(10_000)
    once.keep("a", 100, 100)
    assert (len(cache), cache.size) == (1, once.size)


def test_a_client_may_ask_as_often_as_the_rate_says_and_others_are_not_counted_with_it():
    rate, client = Rate(2.0), ("203.0.113.7", 1)
    assert [rate.exceeded(client, now=0.0) for _ in range(11)] == [False] * 10 + [True]
    assert not rate.exceeded(("203.0.113.8", 1), now=0.0)
    assert not rate.exceeded(client, now=0.6)
    assert rate.exceeded(client, now=0.6)
    assert rate.retry_after() == 1


def test_a_client_with_many_addresses_of_one_network_is_one_client():
    rate = Rate(0.2)
    assert not rate.exceeded(("2001:db8::1", 1), now=0.0)
    assert rate.exceeded(("2001:db8::2", 1), now=0.0)
    assert not rate.exceeded(("2001:db8:0:1::1", 1), now=0.0)


@pytest.mark.parametrize(
    ("client", "headers", "local"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8000"}, True),
        ("::1", {"host": "[::1]:8000"}, True),
        ("127.0.0.1", {"host": "localhost"}, True),
        ("203.0.113.7", {"host": "localhost:8000"}, False),
        ("127.0.0.1", {"host": "localhost:8000", "x-forwarded-for": "203.0.113.7"}, False),
        ("127.0.0.1", {"host": "localhost:8000", "x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"host": "localhost:8000", "forwarded": "for=203.0.113.7"}, False),
        ("127.0.0.1", {"host": "localhost:8000", "x-forwarded-server": "proxy"}, False),
        ("127.0.0.1", {"host": "localhost:8000", "cf-connecting-ip": "203.0.113.7"}, False),
        ("203.0.113.7", {"host": "localhost:8000", "x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"host": "rebound.example.org:8000"}, False),
        ("127.0.0.1", {"host": "localhost.example.org"}, False),
        ("127.0.0.1", {"host": "localhost:8000", "origin": "https://example.org"}, False),
        ("127.0.0.1", {"host": "localhost:8000", "sec-fetch-site": "cross-site"}, False),
        ("127.0.0.1", {}, False),
        ("", {"host": "localhost"}, False),
    ],
)
def test_only_a_program_on_the_machine_is_the_operator(client, headers, local):
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "client": (client, 5), "path": "/admin/queries", "headers": raw})
    assert is_local(request) is local


# --- lanes and bodies --------------------------------------------------------------------------------


def test_a_lane_that_is_full_turns_the_next_away_and_takes_work_again_later():
    async def scenario():
        lane, gate = Lane("test", threads=1, queue=1), threading.Event()
        try:
            running = [asyncio.ensure_future(lane.run(gate.wait)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(BusyError):
                await lane.run(gate.wait)
            gate.set()
            assert await asyncio.gather(*running) == [True, True]
            return await lane.run(lambda: "done")
        finally:
            gate.set()
            lane.close()

    assert run(scenario()) == "done"


def request_with(receive, headers=()):
    return Request({"type": "http", "method": "POST", "path": "/", "headers": list(headers)}, receive)


def test_a_body_that_does_not_arrive_is_not_waited_for():
    async def never():
        await asyncio.Event().wait()

    with pytest.raises(TooSlowError):
        run(read_body(request_with(never), 10, seconds=0.01))


def test_a_body_is_read_up_to_its_cap():
    def sending(*parts):
        left = [*parts]

        async def receive():
            part = left.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(left)}

        return receive

    assert run(read_body(request_with(sending(b"12345", b"67890")), 10)) == b"1234567890"
    with pytest.raises(TooLargeError):
        run(read_body(request_with(sending(b"12345", b"678901")), 10))
    with pytest.raises(TooLargeError):
        run(read_body(request_with(sending(b"1"), [(b"content-length", b"11")]), 10))


# --- the envelope ------------------------------------------------------------------------------------


async def talk(app, *, method="GET", headers=()):
    """Run one request through an ASGI application and return status, headers and body."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": "/x", "query_string": b"", "headers": list(headers)}
    await app(scope, receive, send)
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], named, b"".join(m.get("body", b"") for m in sent[1:])


def answering(body: bytes, status: int = 200):
    async def app(scope, receive, send):
        assert scope["method"] == "GET"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": body})

    return app


def enveloped(app):
    site = Site(None, Limits())
    return Envelope(app, lambda: site)


def run(coroutine):
    return asyncio.run(coroutine)


@pytest.mark.parametrize("size", [2_000, 200_000])
def test_a_large_answer_is_compressed_for_who_can_read_that(size):
    app = enveloped(answering(b"x" * size))
    _, headers, body = run(talk(app, headers=[(b"accept-encoding", b"gzip")]))
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))
    assert gzip.decompress(body) == b"x" * size
    _, plain, whole = run(talk(app))
    assert "content-encoding" not in plain
    assert (plain["vary"], len(whole)) == ("Accept-Encoding", size)


def test_a_small_answer_is_sent_as_it_is():
    _, headers, body = run(talk(enveloped(answering(b"x" * 1000)), headers=[(b"accept-encoding", b"gzip")]))
    assert "content-encoding" not in headers
    assert body == b"x" * 1000


def test_every_answer_carries_the_security_headers_and_may_be_read_from_anywhere():
    for app in (answering(b"x"), answering(b"", 304)):
        _, headers, _ = run(talk(enveloped(app)))
        assert {name: headers[name] for name in SECURITY} == SECURITY
        assert headers["access-control-allow-origin"] == "*"


def test_a_head_gets_the_headers_of_a_get_and_no_body():
    _, got, _ = run(talk(enveloped(answering(b"x" * 5000))))
    status, headers, body = run(talk(enveloped(answering(b"x" * 5000)), method="HEAD"))
    assert (status, headers, body) == (200, got, b"")


def test_a_handler_that_fails_ends_in_a_problem_without_internals(problem_schema):
    async def app(scope, receive, send):
        raise RuntimeError("secret")

    status, headers, body = run(talk(enveloped(app)))
    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert headers["x-content-type-options"] == "nosniff"
    problem_schema.validate(json.loads(body))
    assert b"secret" not in body


def test_a_preflight_is_answered_for_reading():
    status, headers, body = run(talk(enveloped(answering(b"x")), method="OPTIONS"))
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert "Content-Type" in headers["access-control-allow-headers"]


# --- words and descriptions --------------------------------------------------------------------------


def test_both_languages_say_the_same_things_and_fill_in_the_same_values():
    def holes(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, message in load_texts().items():
        assert message.zh, key
        assert message.en, key
        assert holes(message.zh) == holes(message.en), key


def test_the_service_description_names_its_endpoint_and_its_graphs():
    found = {(q.subject, q.predicate, q.object) for q in triples("http://host/sparql", {"urn:g": 3})}
    assert ("http://host/sparql#service", SD + "endpoint", "http://host/sparql") in found
    assert ("http://host/sparql#named-graph-1", SD + "name", "urn:g") in found


# --- what operators are told -------------------------------------------------------------------------


def test_the_bounds_that_the_documentation_names_are_those_that_hold():
    """The tests of deadlines have a server with shorter ones."""
    told = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", told, re.MULTILINE))
    assert rows["a request's head"] == f"{wire.HEAD_BYTES >> 10} KB, {wire.HEAD_FIELDS} fields, {wire.HEAD_SECONDS:g} seconds"
    assert rows["a body"].startswith(f"{bodies.SECONDS:g} seconds; ")
    assert rows["what is still sent behind an answer"].startswith(f"read for {wire.REST_SECONDS:g} seconds")
    assert f"less than {wire.DRAIN_BYTES >> 10} KB in {wire.DRAIN_SECONDS:g} seconds" in rows["connections"]
    limits = Limits()
    assert rows["the check of a report"].startswith(f"{limits.check.seconds:g} s, {limits.check.memory >> 30} GB, ")
    for size in (f"{limits.query_body >> 20} MB", f"{limits.validate_body >> 20} MB", f"{limits.question_body >> 10} KB"):
        assert size in rows["a body"]
