"""Hostile input without end: what must hold of every text and file, whatever is in it.

    python tests/fuzz.py [--minutes 10] [--seed 0] [--texts FOLDER] [--keep FOLDER]

Arbitrary text, the words that rules look for in random order, one piece repeated, documents cut up and put together
wrongly, and Word, web and PDF files with broken bytes. Each must be read or refused with SourceError; the outline
covers every character once, every quotation is the slice of the source, and 100 KB end in two seconds. What breaks
one of these is printed and, with --keep, saved. `test_fuzz.py` runs a short fixed piece of it, without the clock.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

from make_documents import blocks_of, to_docx, to_html, to_pdf

from vetkb.compiler import Compilation, compile_source
from vetkb.errors import SourceError
from vetkb.extract.citations import RULES as TITLES
from vetkb.extract.deadline_rules import RULES as TIMES
from vetkb.extract.effects import RULES as EFFECTS
from vetkb.extract.numbers import RULES as NUMBERS
from vetkb.extract.wording import RULES as FORCE
from vetkb.graph.lexicon import load_lexicon
from vetkb.model import Lexicon
from vetkb.paths import CORPUS
from vetkb.read import read_source
from vetkb.text import Quote, Source
from vetkb.zh.bounds import AFTER, BEFORE
from vetkb.zh.units import ALL_UNITS

SIZE = 100_000  # bytes that must end in
SECONDS = 2.0
_HANGS = 30  # seconds after which a run is given up
_MARKS = "，。；：、！？（）()《》〈〉“”〔〕[]|/·—-~\n\t\r\u3000\x00\ufeff\u2028 0123456789０５〇一二十百千万亿%％"
_FRAGMENTS = (
    "一、", "（一）", "1.", "第一条 ", "附件1\n", "附件\n", "序号\t任务\t责任单位\t完成时限\n", "1\t任务\t市财政局\t2020年\n",
    "| 序号 | 任务 | 责任单位 |\n", "各县（市、区）人民政府：\n", "关于印发《方案》的通知\n", "安政办〔2018〕2号\n",
    "2018年1月4日\n", "市财政局、", "（市教育局牵头，市财政局配合）", "由市财政局会同", "责任单位：", "抄送：", "主办：",
    "（此件公开发布）\n", "同时废止", "以下简称",
)  # fmt: skip


def examples() -> list[str]:
    """Return the words and phrases that rules look for."""
    rules = (*TIMES, *EFFECTS, *NUMBERS, *TITLES, *FORCE)
    phrases = [text for rule in rules for text, _ in rule.examples] + [text for rule in rules for text in rule.counterexamples]
    return [*phrases, *(w for b in (*BEFORE, *AFTER) for w in b.words), *ALL_UNITS, *_FRAGMENTS, *_MARKS]


# --- inputs ---------------------------------------------------------------------------------------------


class Inputs:
    """A stream of hostile inputs that a seed determines; each is a text, or the bytes of a file with its name."""

    def __init__(self, seed: int, documents: list[str], size: int = SIZE) -> None:
        self.random = random.Random(seed)  # noqa: S311 (no secret)
        self.documents, self.size = documents, size
        self.pieces = examples()
        self.files: list[tuple[str, bytes]] = []

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, text) without end."""
        makers: list[Callable[[], str]] = [self.arbitrary, self.words, self.repeated, self.mutated, self.chained]
        while True:
            maker = self.random.choice(makers)
            yield maker.__name__, fitting(maker(), self.size)

    def arbitrary(self) -> str:
        kinds = [(0, 0x7F), (0x80, 0x2FFF), (0x3000, 0x9FFF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)]
        low, high = self.random.choice(kinds)
        return "".join(chr(self.random.randint(low, high)) for _ in range(self.random.randint(0, 3000)))

    def words(self) -> str:
        chosen = self.random.choices(self.pieces, k=self.random.randint(1, 60))
        return "".join(self.random.choice(chosen) for _ in range(self.random.randint(1, 4000)))

    def repeated(self) -> str:
        piece = "".join(self.random.choices(self.pieces, k=self.random.randint(1, 4)))
        return piece * (self.size // len(piece.encode(errors="replace")) + 1)

    def mutated(self) -> str:
        text = self.random.choice(self.documents)
        for _ in range(self.random.randint(1, 12)):
            text = self.change(text)
        return text

    def chained(self) -> str:
        cuts = []
        for _ in range(self.random.randint(2, 20)):
            text = self.random.choice(self.documents)
            start = self.random.randrange(len(text))
            cuts.append(text[start : start + self.random.randint(1, 3000)])
        return self.random.choice(["", "\n"]).join(cuts)

    def change(self, text: str) -> str:
        """Cut, repeat, move, replace or insert a piece."""
        start = self.random.randrange(len(text) + 1)
        end = min(len(text), start + self.random.choice([1, 1, 3, 20, 300]))
        piece = text[start:end]
        inserted = self.random.choice([*self.random.choices(self.pieces, k=3), chr(self.random.randint(0, 0x2FFF)), piece * 20])
        return self.random.choice(
            [
                text[:start] + text[end:],
                text[:start] + inserted + text[end:],
                text[:start] + inserted + text[start:],
                text[:end] + text[start:],
                text.replace(piece, inserted, 5) if piece else text,
                text.replace("\n", self.random.choice(["", "\r\n", "\n\n", "\u2028"])),
            ]
        )

    def broken_files(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield (kind, name, bytes): Word, web and PDF files with bytes changed, cut off or put elsewhere."""
        while True:
            if not self.files:
                blocks = blocks_of(self.documents[0])
                self.files = [("a.docx", to_docx(blocks)), ("a.html", to_html(blocks)), ("a.pdf", to_pdf(blocks))]
            name, content = self.random.choice(self.files)
            change = self.random.choice([self.flipped, self.cut, self.spliced, self.inner])
            yield f"{name[2:]} {change.__name__}", name, change(content)

    def flipped(self, content: bytes) -> bytes:
        changed = bytearray(content)
        for _ in range(self.random.choice([1, 4, 40, 400])):
            changed[self.random.randrange(len(changed))] = self.random.randrange(256)
        return bytes(changed)

    def cut(self, content: bytes) -> bytes:
        start = self.random.randrange(len(content))
        return self.random.choice([content[:start], content[start:], content[: start // 2] + content[start:]])

    def spliced(self, content: bytes) -> bytes:
        start = self.random.randrange(len(content))
        piece = content[start : start + self.random.randint(1, 500)] * self.random.choice([1, 3, 50])
        at = self.random.randrange(len(content))
        return content[:at] + piece + content[at:]

    def inner(self, content: bytes) -> bytes:
        """Change a part of a Word file and pack it again; other files, their text."""
        if not content.startswith(b"PK"):
            return self.change(content.decode("latin-1")).encode("latin-1", errors="replace")
        packed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
            chosen = self.random.choice(["word/document.xml", "word/document.xml", *before.namelist()])
            for part in before.namelist():
                data = before.read(part)
                if part == chosen:
                    data = self.change(data.decode("utf-8", errors="replace")).encode(errors="replace")
                after.writestr(part, data)
        return packed.getvalue()


def fitting(text: str, size: int) -> str:
    """Return the beginning of a text that has at most `size` bytes, with nothing in it that no file can hold."""
    return text.encode(errors="replace")[:size].decode(errors="ignore")


# --- what must hold -------------------------------------------------------------------------------------


def faults(compiled: Compilation) -> Iterator[str]:
    """Yield what is wrong with a compilation: gaps in the outline, quotations that are no slices."""
    text, at = compiled.source.text, 0
    for leaf in compiled.document.outline:
        if leaf.span.start != at or leaf.span.end < at:
            yield f"the outline has a gap or an overlap at {at}: {leaf}"
        at = leaf.span.end
    if at != len(text):
        yield f"the outline ends at {at} of {len(text)}"
    for quote in quotations((compiled.document, compiled.facts)):
        if text[quote.start : quote.end] != quote.text:
            yield f"no slice of the source: {quote}"
    for finding in compiled.findings:
        if finding.span is not None and not 0 <= finding.span.start <= finding.span.end <= len(text):
            yield f"a finding outside the text: {finding}"


def quotations(value: object) -> Iterator[Quote]:
    """Yield every quotation in a value, however deep."""
    if isinstance(value, Quote):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from quotations(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from quotations(getattr(value, field.name))


# --- a run against the clock ----------------------------------------------------------------------------


@dataclass
class Run:
    """What a run has seen so far: inputs of each kind, the slowest of each, and what went wrong."""

    lexicon: Lexicon
    keep: Path | None
    counts: Counter[str]
    slowest: dict[str, float]
    wrong: list[str]

    def compile(self, kind: str, source: Source) -> None:
        began = time.process_time()
        try:
            with time_limit(_HANGS):
                found = list(faults(compile_source(source, self.lexicon)))
        except Exception as error:  # noqa: BLE001 (whatever it is, it is what is looked for)
            found = [f"{type(error).__name__}: {error}"]
        self.note(kind, time.process_time() - began, found, source.text.encode())

    def read(self, kind: str, name: str, content: bytes) -> None:
        began = time.perf_counter()
        try:
            source = read_source(content, name)
        except SourceError:
            self.note(f"{kind} refused", time.perf_counter() - began, [], content)
        except Exception as error:  # noqa: BLE001
            self.note(kind, time.perf_counter() - began, [f"{type(error).__name__}: {error}"], content)
        else:
            self.note(f"{kind} read", time.perf_counter() - began, [], content)
            self.compile(kind, source)

    def note(self, kind: str, seconds: float, found: list[str], content: bytes) -> None:
        self.counts[kind] += 1
        self.slowest[kind] = max(self.slowest.get(kind, 0.0), seconds)
        if seconds > SECONDS and len(content) <= SIZE + 8:
            found = [*found, f"{seconds:.1f} s for {len(content)} bytes"]
        for fault in found[:3]:
            self.wrong.append(f"{kind}: {fault[:300]}")
            print(self.wrong[-1], flush=True)
        if found and self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{len(self.wrong):04}-{kind.replace(' ', '-')}").write_bytes(content)


@contextlib.contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--texts", type=Path, default=CORPUS, help="folder of .txt documents that are mutated")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where inputs that went wrong are saved")
    options = parser.parse_args()
    documents = [path.read_text(encoding="utf-8") for path in sorted(options.texts.glob("*.txt"))]
    inputs = Inputs(options.seed, documents)
    run = Run(load_lexicon(), options.keep, Counter(), {}, [])
    compile_source(Source.from_text("热身"), run.lexicon)
    texts, files = inputs.texts(), inputs.broken_files()
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end:
        for _ in range(10):
            kind, text = next(texts)
            run.compile(kind, Source.from_text(text))
        run.read(*next(files))
    for kind, count in sorted(run.counts.items()):
        print(f"{kind:24} {count:7,} inputs, slowest {run.slowest[kind]:.2f} s")
    print(f"{sum(run.counts.values()):,} inputs, {len(run.wrong)} faults")
    return int(bool(run.wrong))


if __name__ == "__main__":
    sys.exit(main())
