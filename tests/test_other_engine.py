"""A SHACL engine of others, given shapes and data alone, finds the same: the shapes carry the truth, not our code.

The engine is rudof (Rust, https://github.com/rudof-project/rudof), which shares no code with ours or with pySHACL. The
as-of date and the tolerance are in the data (vk:Assumptions).
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from city_year import city_year

from vetkb.engine import XSD, Literal, parse_rdf, serialise_rdf
from vetkb.reporting import names_of, read_reports
from vetkb.validate import Data
from vetkb.validate.data_graph import Surroundings, data_graph, quads_of
from vetkb.validate.engines import run_all, shape_files

pyrudof = pytest.importorskip("pyrudof", reason="pyrudof is not installed (the extra dev has it)")

CASES = tomllib.loads((Path(__file__).parent / "cases" / "compliance" / "410500-anzhengban-2018-2.toml").read_text("utf-8"))
HEADERS = {
    "figure": "indicator,about,about_type,area,value,unit,year\n",
    "task": "task,status,date,reporter,document\n",
}
YEAR = city_year()


def examples(kind):
    return [(f"{t}s.csv", (HEADERS[t] + "\n".join(c[kind] for c in CASES[t]) + "\n").encode()) for t in HEADERS]


REPORTS = {
    "every shape's failing example": (examples("fails"), CASES["as_of"], 10),
    "every shape's passing example": (examples("passes"), CASES["as_of"], 10),
    "a city's year": (YEAR.files, YEAR.as_of, 10),
    "every shape's failing example before the year ended": (examples("fails"), date(2018, 6, 30), 10),
    "every shape's failing example without tolerance": (examples("fails"), CASES["as_of"], 0),
}


QUIET = {"every shape's passing example", "every shape's failing example before the year ended"}
ILL_FORMED = """@prefix vk: <https://w3id.org/vetkb/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix i: <https://w3id.org/vetkb/id/indicator/> .
<urn:no-period> a vk:Observation ; vk:indicator i:vocational-enrolment ; vk:value 57000.0 ; vk:unit "人" .
<urn:no-value> a vk:Observation ; vk:indicator i:vocational-enrolment ; vk:unit "人" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:text> a vk:Observation ; vk:indicator i:vocational-enrolment ; vk:value "57000" ; vk:unit "人" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:negative> a vk:Observation ; vk:indicator i:vocational-enrolment ; vk:value -1.0 ; vk:unit "人" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:unit> a vk:Observation ; vk:indicator i:vocational-enrolment ; vk:value 5.0 ; vk:unit "元" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:backwards> a vk:Observation ; vk:indicator i:vocational-enrolment ; vk:value 5.5 ; vk:unit "人" ; vk:from "2018-12-31"^^xsd:date ; vk:to "2018-01-01"^^xsd:date .
<urn:unknown> a vk:Observation ; vk:indicator i:none ; vk:value 5.0 ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:once> a vk:Observation ; vk:about <urn:who> ; vk:indicator i:vocational-enrolment ; vk:value 57000.0 ; vk:unit "人" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:again> a vk:Observation ; vk:about <urn:who> ; vk:indicator i:vocational-enrolment ; vk:value 58000.0 ; vk:unit "人" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:twice> a vk:Observation ; vk:about <urn:who> ; vk:indicator i:vocational-enrolment ; vk:value 58000.0 ; vk:unit "人" ; vk:from "2018-01-01"^^xsd:date ; vk:to "2018-12-31"^^xsd:date .
<urn:progress> a vk:ProgressReport ; vk:status vk:Perhaps .
"""  # noqa: E501 - one report a line
SHAPES = (*shape_files("compliance"), *shape_files("reporting"))


def found_here(data):
    return {(str(r.focus), str(r.shape), shown(r.value)) for r in run_all(data, SHAPES).raws}


def found_there(data):
    session = pyrudof.Rudof(pyrudof.RudofConfig())
    session.read_data(str(serialise_rdf(data, "ntriples"), "utf-8"), pyrudof.RDFFormat.NTriples)
    session.read_shacl(str(serialise_rdf(SHAPES, "ntriples"), "utf-8"), pyrudof.ShaclFormat.NTriples)
    report = session.validate_shacl(pyrudof.ShaclValidationMode.Native)
    return {(v.focus_node, v.source_shape, None if v.value is None else v.value.replace("^^xsd:", f"^^{XSD}")) for v in report}


def shown(value):
    """Return a term as rudof prints it, with datatypes in full."""
    if not isinstance(value, Literal):
        return None if value is None else str(value)
    suffix = f"@{value.language}" if value.language else f"^^{value.datatype}" if value.datatype else ""
    return f'"{value.value}"{suffix}'


@pytest.mark.parametrize("name", REPORTS)
def test_another_engine_finds_the_same_figures_shapes_and_values(bundled, name):
    files, as_of, tolerance = REPORTS[name]
    base = bundled.store.rdf
    reported = read_reports(files, names_of(base, bundled.lexicon.divisions))
    data = list(quads_of(data_graph(Surroundings(base), reported, as_of, Decimal(tolerance))))
    found = found_here(data)
    assert found_there(data) == found
    assert bool(found) == (name not in QUIET)


def test_another_engine_finds_the_same_wrong_with_the_report_itself(bundled):
    """Only what is the report's own: its figures are held against the policy too."""
    said = Data(tuple(parse_rdf(ILL_FORMED.encode(), "turtle")))
    data = list(quads_of(data_graph(Surroundings(bundled.store.rdf), said, YEAR.as_of, Decimal(10))))
    found = found_here(data)
    assert found_there(data) == found
    told = {node for focus, shape, value in found if "/shapes/reporting#" in shape for node in (focus, value)}
    assert set(re.findall("^<(urn:[a-z-]+)>", ILL_FORMED, re.MULTILINE)) <= told
