"""Files of a report → `Reported`: the door of this room. The format is told by name, media type or first bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from vetkb.engine import Iri
from vetkb.reporting.delimited import read_delimited
from vetkb.reporting.graphs import read_graph
from vetkb.reporting.model import Limits, Observation, Place, ProgressReport, Record, Remark, refusal
from vetkb.reporting.names import Names
from vetkb.reporting.remarks import Remarks
from vetkb.reporting.resolve import Resolver
from vetkb.reporting.structured import is_jsonld, parse_json, read_rows
from vetkb.reporting.triples import Naming, Reported
from vetkb.reporting.workbook import read_workbook

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".json": "json",
    ".jsonld": "jsonld",
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".rdf": "rdfxml",
    ".owl": "rdfxml",
    ".xml": "rdfxml",
}
MEDIA_TYPES = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "text/plain": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/json": "json",
    "application/ld+json": "jsonld",
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/n-quads": "nquads",
    "application/trig": "trig",
    "application/rdf+xml": "rdfxml",
}
_STREAMED = frozenset({"turtle", "ntriples", "nquads", "trig"})
FORMATS = ("csv", "xlsx", "json", "jsonld", "turtle", "ntriples", "nquads", "trig", "rdfxml")


def read_file(path: Path, limits: Limits | None = None) -> bytes:
    """Return the bytes of a file, or raise ReportError where it is missing or too large; never reads beyond the cap."""
    most = _most(SUFFIXES.get(path.suffix.casefold()), limits or Limits())
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise refusal(str(path), "文件无法打开", f"cannot be read: {error.strerror or error}") from None
    _check_size(data, str(path), most)
    return data


def _most(syntax: str | None, limits: Limits) -> int:
    return limits.graph if syntax in _STREAMED else limits.size


def _check_size(data: bytes, source: str, most: int) -> None:
    if len(data) > most:
        zh, en = f"超过{most}字节，请分批报送", f"larger than {most} bytes; split the report and send the parts one by one"
        raise refusal(source, zh, en)


def format_of(data: bytes, source: str, media_type: str | None = None) -> str:
    """Tell the format of a report, or raise ReportError."""
    named = MEDIA_TYPES.get((media_type or "").partition(";")[0].strip().casefold())
    suffix = SUFFIXES.get(PurePosixPath(source.replace("\\", "/")).suffix.casefold())
    known = named or suffix
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(source, "旧版Excel文件（.xls），请另存为.xlsx或.csv", "an old Excel file (.xls); save it as .xlsx or .csv")
    if known is not None:
        return known
    if start.startswith((b"[", b"{")):
        return "json"
    if start.startswith((b"<?xml", b"<rdf:")):
        return "rdfxml"
    if start.startswith((b"@prefix", b"@base", b"PREFIX", b"prefix", b"BASE", b"<http", b"_:")):
        return "turtle"
    return "csv"


def read_reports(
    files: Iterable[tuple[str, bytes | None]], names: Names, media_type: str | None = None, limits: Limits | None = None
) -> Reported:
    """Read the files of one report, each given as (name, bytes), or (path, None) for one on disk.

    Raises ReportError for a file that is broken as a whole; what is wrong with a row is in `remarks`.
    """
    limits = limits or Limits()
    observations: list[Observation] = []
    progress: list[ProgressReport] = []
    remarks: list[Remark] = []
    places: dict[Iri, Place] = {}
    naming = Naming()
    for source, given in files:
        data = read_file(Path(source), limits) if given is None else given
        resolver, told = Resolver(names, source), Remarks()
        nowhere = Place(source, None)
        for record in _records(data, source, media_type, limits):
            for found in [record] if isinstance(record, Remark) else resolver.resolve(record):
                if isinstance(found, Remark):
                    told.add(found)
                    continue
                one = naming.name(found)
                places[one.node or Iri("")] = nowhere if one.row is None else Place(source, one.row)
                if isinstance(one, Observation):
                    observations.append(one)
                else:
                    progress.append(one)
        remarks += (*told, *resolver.remarks())
    return Reported(tuple(observations), tuple(progress), tuple(remarks), places, names.broader)


def _records(data: bytes, source: str, media_type: str | None, limits: Limits) -> Iterator[Record | Remark]:
    if not data.strip():
        raise refusal(source, "文件是空的", "the file is empty")
    syntax = format_of(data, source, media_type)
    _check_size(data, source, _most(syntax, limits))
    if syntax == "csv":
        return read_delimited(data, source, limits)
    if syntax == "xlsx":
        return read_workbook(data, source, limits)
    if syntax == "json":
        parsed = parse_json(data, source)
        return read_graph(data, "jsonld", source, limits) if is_jsonld(parsed) else read_rows(parsed, source, limits)
    return read_graph(data, syntax, source, limits)
