"""`vetkb mcp` as a model client meets it: the SDK's own client over stdio."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import pytest

from vetkb.paths import QUERIES

pytest.importorskip("mcp", reason="the MCP SDK is an extra: pip install 'vetkb[mcp]'")

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

NUMBER = "安政办〔2018〕2号"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CONTEXT = '{"@context": "http://127.0.0.1:1/", "p": 1}'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
LOW = "indicator,about,about_type,area,value,unit,year\n生均财政拨款水平,某职业技术学院,公办高等职业院校,安阳市,11500,元,2018\n"


async def _talk(calls):
    server = StdioServerParameters(command=sys.executable, args=["-m", "vetkb", "mcp"], env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        return await calls(session)


@pytest.fixture(scope="module")
def said(bundled):
    """All that is asked of the server, in one conversation."""

    async def calls(session):
        async def call(tool, **arguments):
            return await session.call_tool(tool, arguments)

        return {
            "tools": (await session.list_tools()).tools,
            "resources": (await session.list_resources()).resources,
            "templates": (await session.list_resource_templates()).resourceTemplates,
            "documents": await session.read_resource("vetkb://documents"),
            "text": await session.read_resource("vetkb://documents/%E5%AE%89%E6%94%BF%E5%8A%9E%E3%80%942018%E3%80%952%E5%8F%B7"),
            "ask": await call("ask", question="市财政局负责哪些任务？"),
            "too long": await call("ask", question="问" * 501),
            "query": await call("query", name="tasks-of-agency", parameters={"agency": "市财政局"}),
            "unknown": await call("query", name="tasks-of-agency", parameters={"agency": "市财务局"}),
            "sparql": await call("sparql", query="SELECT ?s { ?s ?p ?o }", max_rows=3),
            "construct": await call("sparql", query="CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 1"),
            "service": await call("sparql", query="SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"),
            "heavy": await call("sparql", query=HEAVY, timeout=0.2),
            "schema": await call("describe_schema"),
            "clause": await call("get_clause", document=NUMBER, item="五/2"),
            "no clause": await call("get_clause", document=NUMBER, item="五/99"),
            "validate": await call("validate", data=LOW, as_of="2018-12-31"),
            "bad date": await call("validate", data=LOW, as_of="yesterday"),
            "bad type": await call("validate", data=LOW, media_type="image/png"),
            "entities": await call("validate", data=ENTITIES, media_type="application/rdf+xml"),
            "context": await call(
                "validate", data='{"@context": "http://127.0.0.1:1/", "p": 1}', media_type="application/ld+json"
            ),
            "long": await call("validate", data=" " * (10 << 20) + "x"),
        }

    return asyncio.run(asyncio.wait_for(_talk(calls), 120))


def content(result):
    assert not result.isError, result.content
    return json.loads(result.content[0].text)


def refusal(result):
    assert result.isError
    return result.content[0].text


def test_the_tools_only_read_and_say_what_they_take(said):
    tools = {tool.name: tool for tool in said["tools"]}
    assert set(tools) == {"ask", "query", "sparql", "describe_schema", "get_clause", "validate"}
    assert all(tool.annotations.readOnlyHint and tool.description for tool in tools.values())
    assert tools["get_clause"].inputSchema["required"] == ["document", "item"]


def test_the_corpus_is_there_as_resources(said, bundled):
    assert {str(resource.uri) for resource in said["resources"]} == {"vetkb://schema", "vetkb://documents"}
    assert [template.uriTemplate for template in said["templates"]] == ["vetkb://documents/{number}"]
    assert json.loads(said["documents"].contents[0].text)[0]["identifier"] == NUMBER
    assert said["text"].contents[0].text == bundled.store.source(NUMBER).text


def test_ask_and_query_answer_as_the_base_does(said, bundled):
    assert content(said["ask"]) == bundled.ask("市财政局负责哪些任务？").to_json()
    assert content(said["query"])["rows"] == bundled.query("tasks-of-agency", {"agency": "市财政局"}).to_json()["rows"]


def test_sparql_says_when_it_was_cut(said):
    found = content(said["sparql"])
    assert (found["columns"], len(found["rows"]), found["truncated"]) == (["s"], 3, True)
    assert content(said["construct"])["turtle"].startswith("@prefix")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("too long", "bad-parameter"),
        ("unknown", "财政局"),
        ("service", "query-refused"),
        ("heavy", "query-timeout"),
        ("no clause", "unknown-name"),
        ("bad date", "2018-12-31"),
        ("bad type", "text/csv"),
        ("entities", "unreadable-data"),
        ("context", "unreadable-data"),
        ("long", "bytes that are read"),
    ],
)
def test_what_is_refused_says_why(said, call, words):
    assert words in refusal(said[call])


def test_the_schema_names_terms_and_the_whole_catalogue(said):
    schema = content(said["schema"])
    task = next(term for term in schema["terms"] if term["term"] == "vk:Task")
    assert task["label"] == {"zh": "任务", "en": "task"}
    assert {query["name"] for query in schema["queries"]} == {path.stem for path in QUERIES.glob("*.rq")}


def test_a_clause_comes_with_its_text_neighbours_and_facts(said):
    clause = content(said["clause"])
    assert "不低于12000元" in clause["text"]
    assert (clause["previous"]["path"], clause["next"]["path"]) == ("五/1", "五/3")
    assert [one["path"] for one in clause["above"]] == ["五"]
    assert {"kind": "target", "quote": "不低于12000元"}.items() <= clause["facts"][0].items()


def test_reported_data_are_checked(said):
    report = content(said["validate"])
    assert report["conforms"] is False
    assert report["results"][0]["clause"]["item"] == "五/2"


def test_a_missing_sdk_is_one_clear_line(bundled):
    code = "import sys; sys.modules['mcp'] = None; from vetkb.cli import main; sys.exit(main(['mcp']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "vetkb[mcp]" in done.stderr
