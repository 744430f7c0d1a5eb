"""Speed and memory of the compiler against the length of a text: does either grow faster than the text?

    python benchmarks/compile_speed.py [--texts FOLDER] [--sizes 0.1 0.3 1 3 10] [--plot FOLDER]

Documents of a folder (the bundled ones) are chained to texts of 100 KB to 10 MB of UTF-8, and each is compiled in a
process of its own by `compile_source` (parse + extract, one core). Printed are characters a second, their ratio to the
first size, and bytes of memory a character: the highest resident size above that of the process before it, the text itself
included, and what stays allocated afterwards. `--plot` writes compile_speed.svg and .png (needs matplotlib).
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from vetkb.compiler import compile_source
from vetkb.graph.lexicon import load_lexicon
from vetkb.paths import CORPUS, ONTOLOGY
from vetkb.text import Source

MEGABYTE = 1_000_000
_ENOUGH = 2.0  # seconds of runs, of which the quickest counts
_PAGE = resource.getpagesize()
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


@dataclass(frozen=True)
class Measured:
    """One size: characters, seconds of processor time, bytes at the peak and kept."""

    megabytes: float
    characters: int
    seconds: float
    peak: int
    kept: int

    @property
    def speed(self) -> float:
        return self.characters / self.seconds


def chained(documents: Sequence[str], size: float) -> str:
    """Chain documents, again and again, until the text has `size` bytes of UTF-8."""
    parts: list[str] = []
    left = int(size)
    for document in cycle(documents):
        if left <= 0:
            return "\n".join(parts)
        parts.append(document)
        left -= len(document.encode())
    raise SystemExit("no documents to chain")


def resident() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * _PAGE if statm.exists() else 0


def measure(documents: Sequence[str], megabytes: float) -> Measured:
    """Compile in this process: once small to load everything, then the text, for memory; short ones again, for time."""
    lexicon = load_lexicon(ONTOLOGY)
    compile_source(Source.from_text(documents[0]), lexicon)
    text = chained(documents, megabytes * MEGABYTE)
    before = resident()
    seconds = [-time.process_time()]
    compiled = compile_source(Source.from_text(text), lexicon)
    seconds[0] += time.process_time()
    kept = resident() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT - before
    assert compiled.document.outline
    del compiled
    while len(seconds) < 2 or sum(seconds) < _ENOUGH:
        start = time.process_time()
        compile_source(Source.from_text(text), lexicon)
        seconds.append(time.process_time() - start)
    text_bytes = sys.getsizeof(text)
    return Measured(megabytes, len(text), min(seconds), peak + text_bytes, kept + text_bytes)


def report(results: Sequence[Measured]) -> None:
    print(f"{'MB':>6} {'characters':>12} {'seconds':>8} {'char/s':>10} {'to first':>8} {'peak B/char':>12} {'kept B/char':>12}")
    for one in results:
        ratio = one.speed / results[0].speed
        sizes = f"{one.peak / one.characters:12.1f} {one.kept / one.characters:12.1f}"
        print(f"{one.megabytes:6.1f} {one.characters:12,} {one.seconds:8.2f} {one.speed:10,.0f} {ratio:8.2f} {sizes}")


def plot(results: Sequence[Measured], folder: Path) -> None:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise SystemExit("--plot needs matplotlib: pip install matplotlib") from None
    figure = Figure(figsize=(9, 4), layout="constrained")
    characters = [one.characters for one in results]
    speed, memory = figure.subplots(1, 2)
    speed.plot(characters, [one.speed / 1000 for one in results], marker="o")
    speed.set(
        xscale="log", ylim=(0, None), xlabel="characters", ylabel="thousand characters/s", title="parse + extract, one core"
    )
    memory.plot(characters, [one.peak / one.characters for one in results], marker="o", label="peak")
    memory.plot(characters, [one.kept / one.characters for one in results], marker="s", label="kept")
    memory.set(xscale="log", ylim=(0, None), xlabel="characters", ylabel="bytes per character", title="memory, text included")
    memory.legend()
    folder.mkdir(parents=True, exist_ok=True)
    for ending in ("svg", "png"):
        figure.savefig(folder / f"compile_speed.{ending}")
        print(folder / f"compile_speed.{ending}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=CORPUS, help="folder of .txt documents to chain")
    parser.add_argument("--sizes", type=float, nargs="+", default=[0.1, 0.3, 1, 3, 10], metavar="MB")
    parser.add_argument("--plot", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    documents = [path.read_text(encoding="utf-8") for path in sorted(options.texts.glob("*.txt"))]
    results = []
    for size in options.sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # a fresh process: what a size leaves behind is its own
            results.append(pool.apply(measure, (documents, size)))
    report(results)
    if options.plot is not None:
        plot(results, options.plot)


if __name__ == "__main__":
    main()
