"""How much longer an answer takes in a base of many documents: clones of the bundled one in other cities.

    python benchmarks/answer_growth.py [--documents 2000] [--runs 15] [--folder DIR]

A clone is the graph of the bundled document with another city, year and number in its names and sentences: what compiling its
text would give, without the time. All of it is loaded and indexed as `vetkb build` does. The base is kept in the folder, so that
a second run only measures. Asks questions that name one agency or one document of it, beside the same questions to the bundled
base; prints the median of the processor time of each, so that others on the machine do not count, and ends with 1 if one takes
more than twice as long.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from vetkb.base import KnowledgeBase, open_base
from vetkb.engine import Iri, RdfStore, parse_rdf
from vetkb.graph.lexicon import load_lexicon
from vetkb.store import Part, Store
from vetkb.store.build import build_store
from vetkb.text import Source

CITY, CODE, NAME, SLUG = "安阳", "410500", "安政办〔2018〕2号", "anzhengban/2018/2"
QUESTIONS = (
    "安阳市财政局负责哪些任务？",
    "安阳市财政局负责多少项任务？",
    "安阳市财政局牵头哪些任务？",
    "安阳市团市委负责什么？",
    "安阳市财政局负责但安阳市教育局不负责的任务有哪些？",
    "安阳市财政局或安阳市教育局负责哪些任务？",
    "安阳市财政居负责哪些任务？",
    "安政办〔2018〕2号中，第18项任务由谁负责？",
    "安政办〔2018〕2号第18项任务什么时候完成？",
    "安政办〔2018〕2号的主办单位是谁？",
    "安政办〔2018〕2号有多少项任务？",
    "安政办〔2018〕2号有哪些任务持续实施？",
    "安政办〔2018〕2号中哪个单位负责的任务最多？",
    "安政办〔2018〕2号依据哪个文件？",
    "安政办〔2018〕2号中生均财政拨款标准是多少？",
    "安政办〔2018〕2号对现代学徒制有什么规定？",
    "How many tasks in 安政办〔2018〕2号 are continuous?",
)


@dataclass(frozen=True)
class Clone:
    """Another city, year and number for the bundled document."""

    city: str
    code: str
    year: int
    place: int

    def renamed(self, text: str) -> str:
        text = text.replace(NAME, f"{self.city[0]}{self.city[-1]}政办〔{self.year}〕{self.place}号")
        text = text.replace(SLUG, f"clone{self.code}/{self.year}/{self.place}")
        return text.replace(CODE, self.code).replace(CODE[:4], self.code[:4]).replace(CITY, self.city)


def clones(number: int) -> Iterator[Clone]:
    """Yield so many clones: all cities with a name as long as the original's, so that what is quoted stays where it is."""
    places = [(one.name.removesuffix("市"), one.code) for one in load_lexicon().divisions if one.level == "municipal"]
    cities = [(name, code) for name, code in places if len(name) == len(CITY) and name != CITY and code.endswith("00")]
    rounds = ((city, code, year) for year in count(2019) for city, code in cities)
    return (Clone(*one, place) for place, one in enumerate(islice(rounds, number), 3))


def parts_of(store: Store, number: int) -> Iterator[Part]:
    """Yield the bundled document and its clones."""
    (entry,) = store.documents()
    graph, source = store.part(entry.id).decode(), store.source(entry.id)
    title = entry.title or ""
    yield Part(entry.iri, entry.identifier, title, source, list(parse_rdf(graph.encode(), "nquads")))
    for clone in clones(number - 1):
        iri = Iri(clone.renamed(entry.iri))
        text = Source(f"{clone.place}.txt", clone.renamed(source.text), str(clone.place))
        quads = list(parse_rdf(clone.renamed(graph).encode(), "nquads"))
        yield Part(iri, clone.renamed(NAME), clone.renamed(title), text, quads)


def made(folder: Path, number: int) -> Path:
    base = folder / f"base-{number}"
    if not (base / "builds").exists():
        base.mkdir(parents=True, exist_ok=True)
        with open_base() as small:
            store = small.store
            ontology = store.folder / "parts" / "ontology.nq"
            shared = list(parse_rdf(ontology, "nquads"))
            known = {
                *ontology.read_text(encoding="utf-8").splitlines(),
                *store.part(store.documents()[0].id).decode().splitlines(),
            }
            # what rules added, to graphs of their own and to that of the ontology, but for the description of the whole base
            added = "".join(
                f"{line}\n"
                for graph in store.rdf.graph_names
                if "/.well-known/" not in graph
                for line in store.rdf.serialise("nquads", graph).decode().splitlines()
                if line not in known
            )

            def derive(rdf: RdfStore) -> None:
                lines = base / "derived.nq"
                with lines.open("w", encoding="utf-8") as out:
                    out.write(added)
                    out.writelines(clone.renamed(added) for clone in clones(number - 1))
                rdf.bulk_load(lines)
                lines.unlink()

            build_store(parts_of(store, number), base, shared=shared, derive=derive).close()
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
            start = time.perf_counter()
            large.asker.prepare()
            large.asker.prepare_sounds()
            large.ask(QUESTIONS[0])
            print(f"{len(large.documents())} documents; ready after {time.perf_counter() - start:.1f} s")
            worst = 0.0
            for question in QUESTIONS:
                (one, _), (many, status) = (milliseconds(base, question, options.runs) for base in (small, large))
                worst = max(worst, many / one)
                print(f"{question:34} {one:7.1f} ms → {many:7.1f} ms   × {many / one:4.1f}   {status}")
    return int(worst > 2)


if __name__ == "__main__":
    sys.exit(main())
