"""How much longer an answer takes in a base of many documents: clones of the bundled one in other cities.

    python benchmarks/answer_growth.py [--documents 2000] [--runs 15] [--folder DIR]

Builds the base (kept in the folder, so that a second run only measures) and asks questions that name one agency or one
document of it, beside the same questions to the bundled base. Prints the median of the processor time of each, so that others on
the machine do not count, and ends with 1 if one takes more than twice as long.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from itertools import count, islice
from pathlib import Path

from vetkb.base import KnowledgeBase, build, open_base
from vetkb.graph.lexicon import load_lexicon
from vetkb.paths import CORPUS

ORIGINAL = CORPUS / "anyang-2018-2.txt"
CITY, SIGN = "安阳", "安政办"
QUESTIONS = (
    "安阳市财政局负责哪些任务？",
    "安阳市团市委负责什么？",
    "安政办〔2018〕2号中，第18项任务由谁负责？",
    "安政办〔2018〕2号的主办单位是谁？",
    "安政办〔2018〕2号有哪些任务持续实施？",
    "安政办〔2018〕2号对现代学徒制有什么规定？",
)


def clones(number: int) -> list[tuple[str, str]]:
    """Return the names and texts of so many documents: other cities, years and numbers, the same tasks."""
    text = ORIGINAL.read_text(encoding="utf-8")
    cities = [
        one.name.removesuffix("市") for one in load_lexicon().divisions if one.level == "municipal" and one.name != f"{CITY}市"
    ]
    rounds = ((city, year) for year in count(2019) for city in cities)
    return [
        (
            f"{city}-{year}.txt",
            text.replace(f"{SIGN}〔2018〕2号", f"{city[0]}{city[-1]}政办〔{year}〕{place + 3}号").replace(CITY, city),
        )
        for place, (city, year) in enumerate(islice(rounds, number - 1))
    ]


def made(folder: Path, number: int) -> Path:
    base = folder / f"base-{number}"
    if not base.exists():
        texts = folder / f"texts-{number}"
        texts.mkdir(parents=True, exist_ok=True)
        (texts / ORIGINAL.name).write_bytes(ORIGINAL.read_bytes())
        for name, text in clones(number):
            (texts / name).write_text(text, encoding="utf-8")
        build(sorted(texts.glob("*.txt")), store=str(base))
    return base


def milliseconds(base: KnowledgeBase, question: str, runs: int) -> tuple[float, str]:
    status = base.ask(question).status
    times = []
    for _ in range(runs):
        start = time.process_time()
        base.ask(question)
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times), status


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--folder", type=Path, help="where the base is made and kept (default: a folder for this run)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = made(options.folder or Path(scratch), options.documents)
        with open_base() as small, open_base(str(folder)) as large:
            print(f"{len(large.documents())} documents, {len(large.store.rdf)} triples")
            worst = 0.0
            for question in QUESTIONS:
                (one, _), (many, status) = (milliseconds(base, question, options.runs) for base in (small, large))
                worst = max(worst, many / one)
                print(f"{question:32} {one:7.1f} ms → {many:7.1f} ms   × {many / one:4.1f}   {status}")
    return int(worst > 2)


if __name__ == "__main__":
    sys.exit(main())
