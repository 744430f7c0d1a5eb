"""How much processor time each query of the catalogue takes on a base.

    python benchmarks/catalogue_time.py [--store DIR] [--runs 9] [--limit 50]

Prints the median and the largest of some runs in milliseconds (of the processor, so that others on the machine do not count), the
slowest query first, and ends with 1 if a median is over the limit. A query is run as `vetkb query` runs it: parameters resolved,
rows read; needed parameters have the example of the file (`--agency` and `--task` name others, for a base without the bundled
document), or what it may mean first, where it means several things. What a fixed loop takes on this machine is printed as well:
other programs share its caches, and a query beside them takes up to twice as long.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from vetkb.base import KnowledgeBase, open_base
from vetkb.errors import UnknownNameError


def timed(call: Callable[[], object], runs: int) -> list[float]:
    call()  # the first one reads the store's files
    times = []
    for _ in range(runs):
        start = time.process_time()
        call()
        times.append(1e3 * (time.process_time() - start))
    return times


def loop() -> int:
    """A million steps of the interpreter: the yardstick."""
    return sum(step * step for step in range(1_000_000))


def known(base: KnowledgeBase, name: str, given: dict[str, str]) -> dict[str, str]:
    """Return the parameters, an agency that several documents have as the first of them."""
    try:
        base.query(name, given)
    except UnknownNameError as error:
        return given | {key: error.suggestions[0] for key in given if key == "agency" and error.suggestions}
    return given


def measure(base: KnowledgeBase, runs: int, given: dict[str, str | None]) -> list[tuple[float, float, str, int]]:
    """Return (median, largest, name, rows) of each query, the slowest first."""
    found = []
    for name, query in base.catalogue.items():
        needed = known(base, name, {p.name: given.get(p.name) or p.example or "" for p in query.parameters if p.required})
        rows = len(base.query(name, needed).rows)
        times = timed(lambda name=name, needed=needed: base.query(name, needed), runs)  # type: ignore[misc]
        found.append((statistics.median(times), max(times), name, rows))
    return sorted(found, reverse=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--store", help="the base (default: the bundled corpus)")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--limit", type=float, default=50.0, help="milliseconds")
    parser.add_argument("--agency")
    parser.add_argument("--task")
    options = parser.parse_args()
    with open_base(options.store) as base:
        print(f"{len(base.documents())} documents, {len(base.store.rdf)} triples; the loop takes {min(timed(loop, 5)):.0f} ms")
        found = measure(base, options.runs, {"agency": options.agency, "task": options.task})
    for middle, largest, name, rows in found:
        print(f"{name:32} median {middle:7.1f} ms   max {largest:7.1f} ms   {rows:5} rows")
    return int(any(middle > options.limit for middle, *_ in found))


if __name__ == "__main__":
    sys.exit(main())
