"""A report is read, checked and written in a process that may open nothing any more: a handler for `vetkb.isolation`.

Parsers of seven formats read bytes of strangers here. Whatever loads late has to be loaded before rights are given up, so a
worker first checks a few small reports of its own: one in each format, one against each kind of shapes, one with a name that
nobody knows.
"""

from __future__ import annotations

import codecs
import datetime
import json
import traceback
from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from vetkb.engine import MEDIA_TYPES as RDF_TYPES
from vetkb.engine import Iri, RdfStore, formats_of, parse_rdf, serialise_rdf, write_rdf
from vetkb.errors import VetkbError
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.terms import PREFIXES
from vetkb.isolation import Answer, Open
from vetkb.report_workers import FORMATS, UNKNOWN, USUAL
from vetkb.reporting import ENCODINGS, MEDIA_TYPES, Names, names_of, read_reports, render_template
from vetkb.store import Store
from vetkb.validate import KINDS, Demands, Report, blank_rows, validate
from vetkb.validate.formats import to_json, to_quads

if TYPE_CHECKING:
    from vetkb.model import Lexicon

# how many of the documents have their requirements read before the first report comes
_MOST_READ = 16
_UNKNOWN_JSON = b'[{"indicator": "no such name", "area": "no such area", "value": 1, "year": 2000}]'
_OBSERVED = b"""
@prefix vk: <https://w3id.org/vetkb/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:x:observed> a vk:Observation ; vk:indicator <urn:x:indicator> ; vk:about <urn:x:body> ; vk:value 1.0 .
"""


def prepare(settings: Mapping[str, Any]) -> Open:
    """Load what workers share, and return what opens the base in one: an open base has threads, and must not be forked."""
    lexicon, empty = load_lexicon(), RdfStore.memory()
    for encoding in ENCODINGS:
        codecs.lookup(encoding)  # each is a module that is loaded with the first text
    day = datetime.date(2000, 1, 1)
    reported = read_reports([("body", UNKNOWN)], names_of(empty, lexicon.divisions))
    # not a workbook: what reads those brings a library with threads
    for kind in KINDS:
        validate(empty, reported, day, kind)
    return partial(_open, settings, lexicon)


def _open(settings: Mapping[str, Any], lexicon: Lexicon) -> Answer:
    base = _Base(Store.open(settings["folder"]), lexicon, settings["build"])
    for document in base.store.documents()[:_MOST_READ]:
        base.demands.of(frozenset((str(document.iri),)))
    answer = partial(_answer, base)
    for asked, body in _first_reports(base):
        answer(asked, body)
    return answer


class _Base:
    """What reports are checked against."""

    def __init__(self, store: Store, lexicon: Lexicon, build: str) -> None:
        self.store = store
        self._lexicon = lexicon
        self._build = build
        self.demands = Demands(store.rdf)

    @cached_property
    def names(self) -> Names:
        return names_of(self.store.rdf, self._lexicon.divisions)

    def validate(self, body: bytes, asked: Mapping[str, Any]) -> Report:
        reported = read_reports([("body", body)], self.names, asked["media_type"])
        day = datetime.date.fromisoformat(asked["as_of"])
        rdf = self.store.rdf
        return validate(rdf, reported, day, asked["shapes"], asked["tolerance"], self._build, demands=self.demands)


def _answer(base: _Base, asked: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Return a report as bytes, or the code and message of what is wrong."""
    try:
        report = base.validate(body, asked)
        return {}, _written(report, asked["format"], asked["language"])
    except VetkbError as error:
        return {"error": error.code, "message": str(error)}, b""
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (told to the server, which logs it: this process has no log)
        return {"error": "internal", "message": traceback.format_exc()}, b""


def _written(report: Report, format: str, language: str) -> bytes:  # noqa: A002 (as everywhere: format)
    if format in formats_of("construct"):
        return write_rdf(to_quads(report), format, PREFIXES)
    if format == "json":
        # without line ends the library's native encoder writes it
        return json.dumps(to_json(report), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return report.to_bytes(format, language)


def _first_reports(base: _Base) -> list[tuple[dict[str, Any], bytes]]:
    """Return reports that let everything load: (what is asked, the data)."""
    observed = list(parse_rdf(_OBSERVED, "turtle"))
    names = {syntax: media_type for media_type, syntax in MEDIA_TYPES.items()}
    # a codec, too, is a file that is opened when it is first asked for
    bodies = [("csv", UNKNOWN.decode().encode(encoding)) for encoding in ("utf-8", "gb18030", "utf-16")]
    bodies += [("csv", b"\xff"), ("json", _UNKNOWN_JSON)]
    bodies += [(name, serialise_rdf(observed, name)) for name in RDF_TYPES if name in names and name in formats_of("construct")]
    bodies += [
        ("xlsx", render_template(blank_rows(base.store.rdf, Iri(document.iri), []), "xlsx"))
        for document in base.store.documents()[:1]
    ]
    found = [({**USUAL, "media_type": names[name]}, body) for name, body in bodies]
    found += [({**USUAL, "shapes": kind}, UNKNOWN) for kind in KINDS]
    found += [({**USUAL, "media_type": "text/turtle", "shapes": kind}, _OBSERVED) for kind in KINDS]
    return found + [({**USUAL, "format": name}, UNKNOWN) for name in FORMATS]
