"""What other systems send → observations: RDF in any syntax, CSV, XLSX and JSON, in Chinese or English.

`read_reports(files, names)` is the door; `names_of(base)` reads the names a report may use from a base.
"""

from __future__ import annotations

from vetkb.reporting.delimited import ENCODINGS
from vetkb.reporting.model import Limits, Observation, Place, ProgressReport, Remark
from vetkb.reporting.names import Names, names_of
from vetkb.reporting.read import FORMATS, MEDIA_TYPES, SUFFIXES, read_file, read_reports
from vetkb.reporting.template import render_template
from vetkb.reporting.triples import Reported

__all__ = [
    "ENCODINGS",
    "FORMATS",
    "MEDIA_TYPES",
    "SUFFIXES",
    "Limits",
    "Names",
    "Observation",
    "Place",
    "ProgressReport",
    "Remark",
    "Reported",
    "names_of",
    "read_file",
    "read_reports",
    "render_template",
]
