"""Linked data as clients meet it: IRIs, documents, vocabularies, over a real server of the bundled document."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import quote

import httpx
import pytest
from rdflib import RDFS, Graph, URIRef

from vetkb.engine import XSD, Iri, parse_rdf
from vetkb.graph.terms import BASE, PREFIXES
from vetkb.web.linked import ALTERNATES, find

DOCUMENT = "/eli/cn/410500/anzhengban/2018/2"
CLAUSE = f"{DOCUMENT}/sec_5__para_2"
TASK = f"{DOCUMENT}/att_1__row_15__task"
FINANCE = "/id/agency/410500/finance"
NUMBER = "安政办〔2018〕2号"
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(served):
    with httpx.Client(base_url=served, timeout=30) as made:
        yield made


def turtle(client, path):
    response = client.get(path, headers={"accept": "text/turtle"}, follow_redirects=True)
    assert response.status_code == 200, response.text
    return Graph().parse(data=response.text, format="turtle")


def iri(path):
    return URIRef(BASE + path.removeprefix("/"))


# --- IRIs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [DOCUMENT, CLAUSE, f"{CLAUSE}__sent_1", "/ns", "/rule/responsible-agency", f"{DOCUMENT}/graph"])
def test_what_is_written_is_answered_itself(client, path):
    assert client.get(path, headers={"accept": "text/turtle"}).status_code == 200


@pytest.mark.parametrize(
    "path", [FINANCE, "/id/division/410500", "/id/indicator/digital-campus-share", "/id/genre/opinion", TASK]
)
@pytest.mark.parametrize(
    ("accept", "suffix"), [("text/turtle", ".ttl"), ("text/html", ".html"), ("application/ld+json", ".jsonld")]
)
def test_a_thing_leads_to_a_description_of_it(client, path, accept, suffix):
    response = client.get(path, headers={"accept": accept})
    assert (response.status_code, response.headers["location"]) == (303, path + suffix)
    described = client.get(response.headers["location"])
    assert described.status_code == 200
    assert described.headers["content-type"].startswith(accept)


def test_every_iri_of_the_base_resolves(client, bundled):
    quads = bundled.store.rdf.quads()
    named = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object, quad.graph) if isinstance(term, Iri)}
    paths = sorted({term.partition("#")[0].removeprefix(BASE) for term in named if term.startswith(BASE)})
    # one of each shape: the same words and other numbers are of the same make
    one_each = {re.sub(r"\d+", "0", path): path for path in paths}
    assert len(one_each) > 300
    for path in one_each.values():
        assert find(bundled, path) == (BASE + path, "")
    for path in list(one_each.values())[::10]:
        assert client.get(f"/{path}").status_code in (200, 303), path


@pytest.mark.parametrize("path", [FINANCE, CLAUSE, TASK, "/id/division/610100", "/ns", DOCUMENT])
def test_a_description_names_every_iri_it_mentions(client, path):
    graph = turtle(client, path)
    labelled = set(graph.subjects(RDFS.label)) | set(graph.subjects(URIRef(PREFIXES["skos"] + "prefLabel")))
    mentioned = {term for triple in graph for term in triple if isinstance(term, URIRef)} - {RDFS.label}
    assert mentioned - labelled == set()


def test_names_come_in_both_languages(client):
    graph = turtle(client, CLAUSE)
    names = {label.language: str(label) for label in graph.objects(iri("/ns#heading"), RDFS.label)}
    assert set(names) == {"zh", "en"}


def test_what_a_rule_concluded_says_so_in_every_syntax(client):
    rule = iri("/rule/responsible-agency")
    graph = turtle(client, FINANCE)
    marks = list(graph.subjects(URIRef(PREFIXES["prov"] + "wasGeneratedBy"), rule))
    assert len(marks) == 19
    assert {graph.value(mark, URIRef(PREFIXES["rdf"] + "object")) for mark in marks} == {iri(FINANCE)}
    trig = parse_rdf(client.get(f"{FINANCE}.trig").content, "trig")
    assert sum(quad.graph == str(rule) for quad in trig) == 19
    shown = client.get(f"{FINANCE}.html", headers={"accept-language": "en"}).text
    assert shown.count("derived: Who answers for a task") == 19


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".json", ".nt", ".nq", ".trig", ".rdf", ".html"])
def test_a_suffix_names_the_syntax_and_the_bytes_stay_the_same(client, suffix):
    first, again = (client.get(FINANCE + suffix) for _ in range(2))
    assert first.status_code == 200
    assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
    cached = client.get(FINANCE + suffix, headers={"if-none-match": first.headers["etag"]})
    assert (cached.status_code, cached.content) == (304, b"")


def test_all_syntaxes_say_the_same(client):
    sizes = {suffix: len(Graph().parse(data=client.get(FINANCE + suffix).text, format=name)) for suffix, name in SYNTAXES}
    assert len(set(sizes.values())) == 1, sizes


SYNTAXES = ((".ttl", "turtle"), (".nt", "nt"), (".rdf", "xml"))


@pytest.mark.parametrize(
    "path", ["/id/nothing", "/eli/cn/410500/anzhengban/2018/2/sec_99", "/ns.xyz", "/id/", "/eli/%00", "/id/a%20b"]
)
def test_an_unknown_iri_is_not_found(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.json()["code"] in ("unknown-name", "not-found")


def test_percent_encoding_in_either_case_names_the_same(client, bundled):
    node = next(q.subject for q in bundled.store.rdf.quads() if "/party/%" in q.subject)
    path = "/" + node.removeprefix(BASE)
    lower = re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), path)
    for spelled in (path, lower):
        assert client.get(f"{spelled}.nt").status_code == 200


def test_a_graph_is_answered_as_it_was_compiled(client, bundled):
    served = set(parse_rdf(client.get(f"{DOCUMENT}/graph.nq").content, "nquads"))
    assert served == set(parse_rdf(bundled.store.part(NUMBER), "nquads"))


def test_the_file_of_a_document_is_its_source_text(client, bundled):
    response = client.get(f"{DOCUMENT}/zho/txt")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text == bundled.store.source(NUMBER).text
    assert "x-vetkb-truncated" not in response.headers


# --- pages -------------------------------------------------------------------------------------------


def test_a_clause_is_shown_marked_inside_its_document(client):
    shown = client.get(CLAUSE, headers=PAGE).text
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", shown, re.DOTALL))
    words = unescape(re.sub(r"<[^>]+>", "", marked))
    assert "不低于12000元" in words
    assert "做强中等职业教育" not in words
    assert "做强中等职业教育" in shown
    assert re.search(r'rel="prev" href="[^"]*/sec_5__para_1"', shown)
    assert re.search(r'rel="next" href="[^"]*/sec_5__para_3"', shown)


def test_the_page_of_a_document_has_its_text_tasks_and_targets(client):
    shown = client.get(f"/documents/{quote(NUMBER)}", headers=PAGE).text
    body = shown.partition("<main")[2]
    assert body == client.get(DOCUMENT, headers=PAGE).text.partition("<main")[2]
    for words in ("五、加快构建现代职业教育体系", 'id="att_1__row_15"', 'id="tasks"', 'id="targets"', "≥ 12,000 元"):
        assert words in shown


@pytest.mark.parametrize(
    "path", [CLAUSE, f"{FINANCE}.html", "/ns", "/rule/responsible-agency", "/shapes", "/documents", DOCUMENT]
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_speak_the_language_asked_for_and_their_links_lead_somewhere(client, path, language):
    shown = client.get(path, headers={**PAGE, "accept-language": language})
    assert shown.status_code == 200
    assert f'<html lang="{language}"' in shown.text
    assert "<script" not in shown.text
    links = {unescape(link).partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', shown.text)}
    for link in sorted(links)[:: max(1, len(links) // 8)]:
        assert client.get(link, headers=PAGE, follow_redirects=True).status_code == 200, link


def test_the_page_of_a_rule_shows_what_it_does_and_its_conclusions(client):
    shown = client.get("/rule/responsible-agency", headers={**PAGE, "accept-language": "en"}).text
    for words in ("Who answers for a task", "CONSTRUCT", "安阳市财政局"):
        assert words in shown
    assert "derived:" not in shown


def test_a_page_names_its_other_syntaxes(client):
    shown = client.get(CLAUSE, headers=PAGE).text
    for _, suffix in ALTERNATES:
        assert f'href="{CLAUSE}{suffix}"' in shown


# --- documents ---------------------------------------------------------------------------------------


def test_documents_are_listed_with_counts_and_can_be_filtered(client, bundled):
    body = client.get("/documents").json()
    assert (body["total"], body["build"]) == (1, bundled.build_id)
    assert body["documents"][0]["counts"]["tasks"] == 33
    assert client.get(body["documents"][0]["address"]).status_code == 200
    assert client.get("/documents", params={"q": "职业教育"}).json()["total"] == 1
    assert client.get("/documents", params={"q": "没有这样的文件"}).json() == {**body, "documents": [], "total": 0}
    assert client.get("/documents", params={"limit": 0}).json()["truncated"] is True
    assert client.get("/documents", params={"limit": "x"}).status_code == 422


@pytest.mark.parametrize(
    "name",
    [
        NUMBER,
        "安政办[2018]2号",
        "410500/anzhengban/2018/2",
        f"{BASE}eli/cn/410500/anzhengban/2018/2",
        "eli/cn/410500/anzhengban/2018/2",
    ],
)
def test_a_document_is_found_by_number_path_and_iri(client, name, bundled):
    for path in (quote(name), quote(name, safe="")):
        body = client.get(f"/documents/{path}").json()
        assert body["identifier"] == NUMBER
        assert body["text"] == bundled.store.source(NUMBER).text
        assert (len(body["tasks"]), len(body["targets"]), body["findings"]) == (33, 37, [])


def test_an_unknown_document_is_not_found_and_names_are_suggested(client):
    response = client.get(f"/documents/{quote('豫政〔2001〕1号')}")
    assert response.status_code == 404
    assert response.json()["suggestions"] == [NUMBER]


# --- vocabularies ------------------------------------------------------------------------------------


def test_the_ontology_is_what_its_namespace_says(client):
    assert client.get("/ontology", headers={"accept": "text/turtle"}).text == client.get("/ns.ttl").text
    assert (iri("/ns#Task"), RDFS.label, None) in turtle(client, "/ontology")


@pytest.mark.parametrize(
    ("path", "shape"), [("/shapes", "shapes/quality/Position"), ("/shapes/reporting", "shapes/reporting#Observation")]
)
def test_shapes_come_in_the_syntax_asked_for(client, path, shape):
    graph = turtle(client, path)
    assert (iri(shape), None, None) in graph
    assert len(Graph().parse(data=client.get(f"{path}?format=ntriples").text, format="nt")) == len(graph)
    assert client.get(path).content == client.get(path).content


def test_the_context_reads_our_json_ld(client):
    response = client.get("/context.jsonld")
    assert response.headers["content-type"] == "application/ld+json"
    written = {**response.json(), "id": "urn:x", "type": "Task", "ordinal": 3, "inDocument": "urn:doc"}
    said = {q.predicate.rpartition("#")[2]: q.object for q in parse_rdf(json.dumps(written).encode(), "jsonld")}
    assert said["type"] == iri("/ns#Task").toPython()
    assert said["inDocument"] == Iri("urn:doc")
    assert said["ordinal"].datatype == XSD + "integer"


# --- the catalogue, page by page ---------------------------------------------------------------------


def test_every_query_of_the_catalogue_comes_in_pages_that_make_up_the_whole(bundled):
    for query in bundled.catalogue.values():
        given = {p.name: p.example for p in query.parameters if p.required}
        whole = bundled.query(query.name, given).rows
        size = max(1, len(whole) // 3 + 1)
        pages = [
            bundled.query(query.name, {**given, "limit": str(size), "offset": str(at)}) for at in range(0, len(whole) + 1, size)
        ]
        assert [row for page in pages for row in page.rows] == list(whole), query.name
        assert [page.truncated for page in pages] == [at + size < len(whole) for at in range(0, len(whole) + 1, size)]


def test_link_headers_lead_through_all_rows_and_back(client):
    whole = client.get("/queries/targets").json()["rows"]
    seen, address = [], "/queries/targets?limit=10&lang=en"
    while address:
        response = client.get(address)
        seen.append(response.json()["rows"])
        last = response
        address = response.links.get("next", {}).get("url")
    assert [row for rows in seen for row in rows] == whole
    assert (len(seen), "next" in last.links, "x-vetkb-truncated" in last.headers) == (4, False, False)
    assert client.get(last.links["prev"]["url"]).json()["rows"] == seen[-2]
    assert "prev" not in client.get("/queries/targets?limit=10").links


def test_each_query_is_an_operation_with_typed_parameters_in_two_languages(client, bundled):
    paths = client.get("/openapi.json").json()["paths"]
    for query in bundled.catalogue.values():
        made = paths[f"/queries/{query.name}"]["get"]
        assert query.title.zh in made["summary"]
        assert query.description.en in made["description"]
        by_name = {parameter["name"]: parameter for parameter in made["parameters"]}
        for parameter in query.parameters:
            described = by_name[parameter.name]
            assert described["required"] is parameter.required
            assert described["schema"]["type"] == ("integer" if parameter.type == "xsd:integer" else "string")
            assert parameter.description.zh in described["description"]


def test_the_statistics_say_where_sparql_is_answered(client):
    graph = turtle(client, "/.well-known/void")
    (endpoint,) = graph.objects(iri("/id/dataset"), URIRef("http://rdfs.org/ns/void#sparqlEndpoint"))
    assert str(endpoint) == f"{client.base_url}/sparql"
    assert client.get(str(endpoint), params={"query": "ASK {}"}).json()["boolean"] is True
    assert client.get("/.well-known/void", headers=PAGE).status_code == 200
    assert len(turtle(client, "/.well-known/sparql-examples")) > 100


# --- attacks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/id/../../../../etc/passwd",
        "/id/..%2f..%2f..%2fetc%2fpasswd",
        "/documents/..%2f..%2fetc%2fpasswd",
        "/documents/%00",
        "/documents/" + "9" * 5000,
        "/id/" + "a" * 20_000,
        "/id/%ff%fe%fd",
        "/id/%ED%A0%80",
        "/id/%3Cscript%3Ealert(1)%3C/script%3E",
        "/id/%0d%0aSet-Cookie:%20a=b",
        "/eli/cn/410500/anzhengban/2018/2.ttl.ttl",
        "/eli//cn/410500/anzhengban/2018/2",
        "/shapes/../../../etc/passwd",
        "/shapes/nothing",
        "/schemas/..%2f..%2fbase.py",
        "/.well-known/../etc/passwd",
        "/rule/extract/%2e%2e",
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_no_path_leads_outside_or_breaks_anything(client, path, accept):
    address = httpx.URL(str(client.base_url), raw_path=path.encode())
    response = client.send(client.build_request("GET", address, headers={"accept": accept}))
    assert response.status_code in (400, 404, 406), response.text
    assert "root:" not in response.text
    assert "<script" not in response.text
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "query", ["?format=exe", "?format=turtle&format=html", "?lang=%22%3E%3Cscript%3E", "?%ff=%ff", "?format=" + "x" * 5000]
)
def test_odd_parameters_of_a_description_are_refused_or_ignored(client, query):
    response = client.get(f"{CLAUSE}{query}", headers=PAGE)
    assert response.status_code in (200, 400, 406, 422)
    assert "<script" not in response.text


def test_the_host_of_a_request_does_not_reach_a_description(client):
    response = client.get(FINANCE, headers={"host": "evil.example", "accept": "text/turtle"})
    assert response.headers["location"] == f"{FINANCE}.ttl"
    response = client.get(f"{FINANCE}.ttl", headers={"host": 'a"><script>'})
    assert "evil.example" not in response.text
    assert "<script" not in response.text


def test_a_description_is_never_taken_for_a_page(client):
    for suffix in (".ttl", ".nt", ".json", ".nq"):
        headers = client.get(FINANCE + suffix).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert not headers["content-type"].startswith("text/html")
