"""What strangers send as bodies and on connections ends in time with a clean error, reads and asks nothing, keeps nobody away."""

from __future__ import annotations

import gzip
import io
import json
import resource
import socket
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from hostile import CLIENT, Peak, canary, in_time, is_problem, resident
from running import BODY_SECONDS, HEAD_SECONDS, REST_SECONDS, serving, slowness
from test_web_crashes import descendants

# of the check of a report: docs/operations.md
DEADLINE = 60.0
MEMORY = 1 << 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def url(hurried):
    return hurried[1]


# --- reports -----------------------------------------------------------------------------------------

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
PREFIXES = """@prefix vk: <https://w3id.org/vetkb/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."""
OBSERVED = "<urn:o> a vk:Observation ; vk:indicator <https://w3id.org/vetkb/id/indicator/vocational-enrolment> ; vk:value {} ."
ROW = "indicator,about,about_type,area,value,unit,year\n生均财政拨款水平,某职业技术学院,公办高等职业院校,安阳市,{},元,{}\n"


def rdfxml(declared, inside):
    head = f'<?xml version="1.0"?>{declared}<rdf:RDF {RDF}><rdf:Description rdf:about="urn:x">'
    return f'{head}<p xmlns="urn:">{inside}</p></rdf:Description></rdf:RDF>'


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in parts.items():
            with archive.open(name.replace("__", "/").replace("_xml", ".xml"), "w", force_zip64=True) as part:
                for piece in pieces:
                    part.write(piece)
    return out.getvalue()


def workbook(*sheet, declared=""):
    """A workbook of one sheet, whose rows are given."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types]_xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels__.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl__workbook_xml": f'<workbook xmlns="{namespace}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="r"/>'
        "</sheets></workbook>",
        "xl___rels__workbook_xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    begin = f'<?xml version="1.0"?>{declared}<worksheet xmlns="{namespace}"><sheetData>'.encode()
    return zipped(
        **{name: [text.encode()] for name, text in parts.items()},
        xl__worksheets__sheet1_xml=[begin, *sheet, b"</sheetData></worksheet>"],
    )


def jsonld(context):
    return json.dumps({"@context": context, "@id": "urn:x", "p": 1})


TRAPS = {
    "entities": ("application/rdf+xml", rdfxml(f"{LAUGHS}]>", "&i;")),
    "external-file": ("application/rdf+xml", rdfxml('<!DOCTYPE x [<!ENTITY a SYSTEM "FILE">]>', "&a;")),
    "external-http": ("application/rdf+xml", rdfxml('<!DOCTYPE x [<!ENTITY a SYSTEM "HTTP">]>', "&a;")),
    "parameter-entity": ("application/rdf+xml", rdfxml('<!DOCTYPE x [<!ENTITY % a SYSTEM "HTTP"> %a;]>', "1")),
    "context": ("application/ld+json", jsonld("HTTP")),
    "context-file": ("application/ld+json", jsonld("FILE")),
    "context-import": ("application/ld+json", jsonld({"@version": 1.1, "@import": "HTTP"})),
    "context-nested": ("application/ld+json", jsonld({"p": {"@id": "urn:p", "@context": "HTTP"}})),
    "context-among-others": ("application/ld+json", jsonld([{"p": "urn:p"}, "HTTP"])),
    "json-depth": ("application/json", "[" * 1_000_000),
    "jsonld-depth": ("application/ld+json", '{"urn:p":' * 100_000),
    "turtle-depth": ("text/turtle", "<urn:s> <urn:p> " + "[ <urn:p> " * 500_000),
    "xml-depth": ("application/rdf+xml", f"<rdf:RDF {RDF}>" + "<a xmlns='urn:'><b>" * 10_000),
    "zip-bomb": (XLSX, zipped(**{"[Content_Types]_xml": [b"<Types/>"], "xl__worksheets__sheet1_xml": [b" " * (1 << 20)] * 300})),
    "workbook-bomb": (XLSX, workbook(*[b" " * (1 << 20)] * 300)),
    "workbook-entities": (XLSX, workbook(b'<row><c t="inlineStr"><is><t>&i;</t></is></c></row>', declared=f"{LAUGHS}]>")),
    "workbook-external": (
        XLSX,
        workbook(
            b'<row><c t="inlineStr"><is><t>&a;</t></is></c></row>',
            declared='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        ),
    ),
    "workbook-far-row": (XLSX, workbook(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    "workbook-many-rows": (XLSX, workbook(*[b"<row><c><v>1</v></c></row>" * 10_000] * 20)),
    "not-a-zip": (XLSX, "PK\x03\x04" + "\0" * 1000),
    "many-columns": ("text/csv", "a," * 1_000_000 + "\n" + "1," * 1_000_000),
    "cut-off": ("application/rdf+xml", rdfxml("", "1").partition("</rdf:RDF>")[0]),
    "null-characters": ("text/csv", ROW.format(1, 2018) + "\0" * 1_000_000),
    "too-many-rows": ("application/json", "[" + "{}," * 1_000_000 + "{}]"),
    "not-a-number": ("application/json", '[{"indicator": "x", "value": NaN, "year": Infinity}]'),
    "owner-of-the-base": ("application/n-quads", "<urn:s> <urn:p> <urn:o> <not an IRI> ."),
}
# what is read, and must not do what it says
INERT = {
    "imports": ("text/turtle", f"{PREFIXES} <urn:x> owl:imports <HTTP>, <FILE> ; sh:shapesGraph <HTTP> ; sh:entailment <HTTP> ."),
    "shapes": (
        "text/turtle",
        f"""{PREFIXES} {OBSERVED.format(1)} <urn:shape> a sh:NodeShape ; sh:targetClass vk:Observation ; sh:node <urn:shape> ;
        sh:sparql [ sh:select "SELECT $this {{ SERVICE <HTTP> {{ $this ?p ?o }} }}" ] ; sh:rule [ a sh:SPARQLRule ; sh:construct
        "CONSTRUCT {{ $this a <urn:evil> }} {{ SERVICE SILENT <HTTP> {{ }} }}" ] ; sh:property [ sh:path vk:value ;
        sh:pattern "(a*)*b" ; sh:minCount 99 ] ; sh:js [ sh:jsFunctionName "f" ; sh:jsLibrary [ sh:jsLibraryURL "HTTP" ] ] .""",
    ),
    "circles": (
        "text/turtle",
        f"""{PREFIXES} @prefix skos: <http://www.w3.org/2004/02/skos/core#> . {OBSERVED.format(1)} <urn:o> vk:about <urn:a> .
        <urn:a> vk:entityType <urn:b> . <urn:b> skos:broader <urn:c> . <urn:c> skos:broader <urn:b> .""",
    ),
    "external-dtd": ("application/rdf+xml", rdfxml('<!DOCTYPE x SYSTEM "HTTP">', "1")),
    "resources": ("application/rdf+xml", rdfxml("", '<q rdf:resource="FILE"/>').replace("<p ", '<p rdf:parseType="Resource" ')),
    "addresses": ("text/csv", ROW.format(1, 2018).replace("某职业技术学院", "HTTP").replace("安阳市", "FILE")),
    "formulas": ("text/csv", ROW.format("=cmd|' /C calc'!A0", 2018)),
    "exponents": ("text/csv", ROW.format("1e999999999", 2018)),
    "negative-exponents": ("text/csv", ROW.format("1e-999999999", 2018)),
    "digits": ("text/csv", ROW.format("9" * 1_000_000, "9" * 100_000)),
    "json-digits": ("application/json", '[{"indicator": "x", "value": ' + "9" * 1_000_000 + ', "year": 2018}]'),
    "json-exponents": ("application/json", '[{"indicator": "x", "value": 1e999999999, "year": 2018}]'),
    "turtle-digits": ("text/turtle", f"{PREFIXES} {OBSERVED.format('9' * 1_000_000)}"),
    "not-finite": ("text/turtle", f'{PREFIXES} {OBSERVED.format(chr(34) + "NaN" + chr(34) + "^^xsd:double, 1e999")}'),
    "names-of-the-base": (
        "text/turtle",
        f"{PREFIXES} <https://w3id.org/vetkb/id/indicator/vocational-enrolment> a <urn:evil> . {OBSERVED.format(1)}",
    ),
    "unclosed": ("text/csv", ROW.format(1, 2018) + '"' + "x\n" * 20_000),
    "one-long-field": ("text/csv", ROW.format(1, 2018) + '"' + "x" * 5_000_000 + '"'),
}  # fmt: skip


def checked(server, trap, kind, body, **headers):
    """Send a report; hold that it ended in time, within its memory, and touched nothing. Return the answer."""
    process, url = server
    content = trap.planted(body).encode() if isinstance(body, str) else body
    before = max(resident(pid) for pid in descendants(process.pid))
    send = {"content": content, "headers": {"content-type": kind, **headers}}
    with Peak(process.pid) as peak:
        response = in_time(lambda: CLIENT.post(f"{url}/validate?as_of=2018-12-31", **send), DEADLINE, tries=1)
    assert peak.bytes < before + MEMORY
    trap.is_untouched_by(response)
    return response


@pytest.mark.parametrize("name", TRAPS)
def test_data_that_are_a_trap_are_refused_and_reach_nothing(hurried, trap, name):
    response = checked(hurried, trap, *TRAPS[name])
    assert is_problem(response)["status"] in (400, 413, 504, 507)
    assert "root:" not in response.text


@pytest.mark.parametrize("name", INERT)
def test_what_data_say_is_never_done(hurried, trap, name):
    kind, body = INERT[name]
    response = checked(hurried, trap, kind, body)
    assert response.status_code == 200
    assert "urn:evil" not in response.text


def test_a_report_is_shown_without_anything_in_it_that_a_browser_would_run(hurried, trap):
    body = ROW.format(1, 2018).replace("某职业技术学院", "</td><script>alert(1)</script><img src=x onerror=alert(1)>")
    shown = checked(hurried, trap, "text/csv", body, accept="text/html").text
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "<img" not in shown


# --- sizes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/sparql", "application/sparql-query"), ("/sparql", "application/x-www-form-urlencoded"), ("/validate", "text/csv"),
     ("/ask", "application/json"), ("/ask", "application/x-www-form-urlencoded"), ("/nowhere", "text/plain"),
     ("/health", "text/plain")],
)  # fmt: skip
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_a_hundred_megabytes_is_not_kept_and_its_answer_is_read(hurried, path, kind, announced):
    process, url = hurried
    before = resident(process.pid)
    parts = (b" " * (1 << 20) for _ in range(100))
    headers = {"content-type": kind, **({"content-length": str(100 << 20)} if announced else {})}
    response = in_time(lambda: CLIENT.post(f"{url}{path}", content=parts, headers=headers), 10.0, tries=1)
    assert is_problem(response)["status"] in ((413,) if path not in ("/nowhere", "/health") else (404, 405))
    assert resident(process.pid) < before + (20 << 20)


@pytest.mark.parametrize(
    ("path", "kind"), [("/sparql", "application/sparql-query"), ("/validate", "text/csv"), ("/ask", "application/json")]
)
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_compressed_body_is_not_unpacked(hurried, path, kind, coding):
    process, url = hurried
    before = resident(process.pid)
    body = gzip.compress(b"ASK {}" + b" " * 50_000_000)
    response = CLIENT.post(f"{url}{path}", content=body, headers={"content-type": kind, "content-encoding": coding})
    assert is_problem(response)["status"] == 415
    assert resident(process.pid) < before + (20 << 20)


# --- connections -------------------------------------------------------------------------------------


def connected(url):
    where = urlsplit(url)
    return socket.create_connection((where.hostname, where.port), timeout=60)


def all_of(connection):
    """Return what comes until the other side closes."""
    received = b""
    try:
        while part := connection.recv(1 << 16):
            received += part
    except ConnectionResetError:
        pass
    return received


def drip(url, first, rest, every):
    """Send a beginning at once and then a byte at a time, until there is an answer. Return it, and when it ended."""
    began = time.monotonic()
    with connected(url) as connection:
        connection.sendall(first)
        connection.settimeout(every)
        received = b""
        while True:
            try:
                part = connection.recv(1 << 16)
            except TimeoutError:
                connection.sendall(rest)
            except ConnectionResetError:
                break
            else:
                received += part
                if not part:
                    break
    return received, time.monotonic() - began


POST = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: {}\r\nContent-Length: 60000\r\n\r\n"
# what is sent at once, what follows slowly, the status, the seconds
SLOW = {
    "head": (b"GET /health HTTP/1.1\r\n", b"a", 408, HEAD_SECONDS),
    "request line": (b"GET /", b"a", 408, HEAD_SECONDS),
    "query": (POST.format("/sparql", "application/sparql-query").encode(), b" ", 408, BODY_SECONDS),
    "report": (POST.format("/validate", "text/csv").encode(), b"x", 408, BODY_SECONDS),
    "question": (POST.format("/ask", "application/json").encode(), b" ", 408, BODY_SECONDS),
    "body of nothing": (POST.format("/nowhere", "text/plain").encode(), b"x", 404, 0.0),
}


def test_slow_clients_are_ended_in_time_and_keep_nobody_else_away(url):
    with ThreadPoolExecutor(len(SLOW)) as threads:
        sent = {name: threads.submit(drip, url, first, rest, 0.2) for name, (first, rest, _, _) in SLOW.items()}
        while not all(job.done() for job in sent.values()):
            assert CLIENT.post(f"{url}/sparql", data={"query": "ASK {}"}).json()["boolean"] is True
            time.sleep(0.05)
    for name, job in sent.items():
        received, seconds = job.result()
        _, _, status, deadline = SLOW[name]
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status), (name, received[:200])
        assert json.loads(body)["status"] == status
        # then its connection is ended too, within the seconds that the rest of a request is waited for
        assert seconds < deadline + REST_SECONDS + 0.2 + 2.0 * slowness(), (name, seconds)


def test_many_idle_and_slow_connections_keep_nobody_else_away(url):
    held = [connected(url) for _ in range(300)]
    try:
        for number, connection in enumerate(held):
            connection.sendall(b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\n"[: number % 50])
        assert CLIENT.get(f"{url}/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
    finally:
        for connection in held:
            connection.close()


def test_connections_beyond_the_most_are_told_to_come_again(bundled):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    held = []
    try:
        with serving() as (_, url):
            held += [connected(url) for _ in range(2000)]
            for connection in held:
                connection.sendall(b"G")
            with connected(url) as one:
                received = all_of(one)
            assert received.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: " in received
            for connection in held:
                connection.close()
            in_time(lambda: until_served(url), 10.0)
    finally:
        for connection in held:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def until_served(url):
    while True:
        try:
            response = httpx.get(f"{url}/health")
        except httpx.HTTPError:
            continue
        if response.status_code == 200:
            return response


def test_a_client_that_does_not_read_its_answer_keeps_nobody_else_away(url):
    query = "SELECT%20%2A%20%7B%3Fs%20%3Fp%20%3Fo%7D"
    with connected(url) as connection:
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 20)
        assert CLIENT.get(f"{url}/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


# --- the command line --------------------------------------------------------------------------------


def word(body, declared=""):
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = [
        f'<?xml version="1.0"?>{declared}<w:document xmlns:w="{namespace}"><w:body>'.encode(),
        *body,
        b"</w:body></w:document>",
    ]
    return zipped(**{"[Content_Types]_xml": [b"<Types/>"], "word__document_xml": document})


FILES = {
    "bomb.docx": lambda _: word([b" " * (1 << 20)] * 400),
    "paragraphs.docx": lambda _: word([b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 30_000] * 60),
    "entities.docx": lambda _: word([b"<w:p><w:r><w:t>&i;</w:t></w:r></w:p>"], f"{LAUGHS}]>"),
    "external.docx": lambda file: word([b"<w:p><w:r><w:t>&a;</w:t></w:r></w:p>"], f'<!DOCTYPE x [<!ENTITY a SYSTEM "{file}">]>'),
}


@pytest.mark.parametrize("name", FILES)
def test_a_document_that_is_a_bomb_ends_the_command_in_one_line(tmp_path, name):
    folder = tmp_path / "watched"
    folder.mkdir()
    with canary(folder) as trap:
        (tmp_path / name).write_bytes(FILES[name](trap.file))
        (status, complaint, peak) = in_time(lambda: compiled(tmp_path / name), 10.0)
        assert trap.openings() == 0
    assert (status, complaint.count("\n")) == (2, 1), complaint
    assert peak < 512 << 20


# What the system counts for a process includes the memory of the one that forked it: the command has to tell itself.
_COMPILE = """
import sys
from vetkb.cli import main
try:
    sys.exit(main(["compile", sys.argv[1]]))
finally:
    print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def compiled(path):
    """Run the command; return its exit code, what it says and the bytes that it had at most."""
    done = subprocess.run([sys.executable, "-c", _COMPILE, str(path)], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, int(done.stdout) << 10
