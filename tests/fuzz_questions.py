"""Questions that nobody should ask: cut, spliced, doubled, with characters swapped, from other scripts, hostile or half typed.

    python tests/fuzz_questions.py --number 1000 --seed 0 [--show 100]

asks them all of the bundled base and prints the slowest and, to be read by eye, a sample of what was answered.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from vetkb.ask import LONGEST_QUESTION
from vetkb.ask.kinds import load_kinds
from vetkb.base import open_base
from vetkb.errors import UsageError

CASES = Path(__file__).parent / "cases"
HOSTILE = (
    "} } DROP ALL #",
    '" . ?s ?p ?o . "',
    "'; DELETE WHERE { ?s ?p ?o } --",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "{{7*7}}",
    "${jndi:x}",
    "%s%n",
    "\x00",
    "\x07\x1b[31m",
    "\u202e",
    "\u200b\u200d",
    "\ud800",
    "\ufeff",
    "SELECT * WHERE { ?s ?p ?o }",
    "SERVICE <http://x/>",
    "../../etc/passwd",
    "<https://w3id.org/vetkb/id/agency/410500/finance>",
    "NEAR(财政 教育) OR NOT *",
    "\n\n",
    "\t",
    "\\",
    "''''",
    "(((((",
    "）））",
)
SCRIPTS = "абвгд αβγδ אבגד ابتث देवनागरी ไทย 한국어 ひらがな ꀀꀁ 😀🎓👨‍👩‍👧 𠀀𠮷 ⅣⅫ①⑳ ﬁ ﷺ ẞ İ"
STRANGERS = (
    "北京市财政局",
    "省教育厅",
    "公安局",
    "火星办",
    "财政居",
    "教育部",
    "郑州市",
    "普通高中",
    "幼儿园",
    "2025年",
    "1999年",
    "2019年",
    "第99项任务",
    "第0项任务",
    "任务100",
    "不",
    "没有",
    "只",
    "除了",
    "GDP",
    "天气",
    "局长",
    "为什么",
    "去年",
    "已经",
    "可能",
)


def sources() -> list[str]:
    """Return real questions: the cases of the tests and the examples of the kinds."""
    found = [question for kind in load_kinds() for questions in kind.examples.values() for question in questions]
    for name in ("ask_bundled", "ask_bundled", "ask_ratchet", "ask_ratchet", "ask_corpus"):  # most have answers here
        lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [json.loads(line)["q"] for line in lines if line.strip()]
    return found


class Questions:
    """Draws questions without end, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.sources = sources()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        changes: tuple[Callable[[str], str], ...] = (
            self.cut,
            self.typed,
            self.spliced,
            self.doubled,
            self.swapped,
            self.dropped,
            self.repeated,
            self.foreign,
            self.hostile,
            self.replaced,
            self.strange,
            self.strange,
            self.shuffled,
            self.punctuated,
            self.long,
            self.mixed,
        )
        while True:
            change = self.random.choice(changes)
            yield change.__name__, change(self.random.choice(self.sources))

    def _place(self, text: str) -> int:
        return self.random.randrange(len(text) + 1)

    def cut(self, text: str) -> str:
        return text[self._place(text) :]

    def typed(self, text: str) -> str:
        return text[: self._place(text)]

    def spliced(self, text: str) -> str:
        other = self.random.choice(self.sources)
        return text[: self._place(text)] + other[self._place(other) :]

    def doubled(self, text: str) -> str:
        return text * self.random.choice((2, 3))

    def swapped(self, text: str) -> str:
        letters = list(text)
        for _ in range(self.random.randint(1, 3)):
            one, other = self.random.randrange(len(letters)), self.random.randrange(len(letters))
            letters[one], letters[other] = letters[other], letters[one]
        return "".join(letters)

    def dropped(self, text: str) -> str:
        if not text:
            return text
        at = self.random.randrange(len(text))
        return text[:at] + text[at + self.random.randint(1, 3) :]

    def repeated(self, text: str) -> str:
        at = self._place(text)
        return text[:at] + text[max(0, at - 3) : at] * self.random.randint(1, 20) + text[at:]

    def foreign(self, text: str) -> str:
        at = self._place(text)
        return text[:at] + "".join(self.random.choices(SCRIPTS, k=self.random.randint(1, 8))) + text[at:]

    def hostile(self, text: str) -> str:
        at = self._place(text)
        return text[:at] + self.random.choice(HOSTILE) + text[at:]

    def replaced(self, text: str) -> str:
        other = self.random.choice(self.sources)
        at, size = self._place(text), self.random.randint(1, 6)
        start = self._place(other)
        return text[:at] + other[start : start + size] + text[at + size :]

    def strange(self, text: str) -> str:
        at = self._place(text)
        return text[:at] + self.random.choice(STRANGERS) + text[at:]

    def shuffled(self, text: str) -> str:
        parts = [text[at : at + 3] for at in range(0, len(text), 3)]
        self.random.shuffle(parts)
        return "".join(parts)

    def punctuated(self, text: str) -> str:
        return "".join(letter + self.random.choice(("", "", "", "，", "、", "？", " ", "“", "。")) for letter in text)

    def long(self, text: str) -> str:
        return (text * 10_000)[: self.random.choice((450, 500, 501, 10_000))]

    def mixed(self, text: str) -> str:
        return self.strange(self.dropped(self.spliced(text)) or text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    counted: Counter[str] = Counter()
    slow: list[tuple[float, str]] = []
    answered = []
    with open_base() as base:
        base.asker.prepare()
        base.asker.prepare_sounds()
        base.ask("市财政局负责哪些任务？")
        for (kind, question), _ in zip(Questions(options.seed), range(options.number), strict=False):
            began = time.process_time()
            try:
                answer = base.ask(question)
            except UsageError:
                counted["refused"] += 1
                if 0 < len(question.strip()) <= LONGEST_QUESTION:
                    raise
                continue
            slow.append((time.process_time() - began, question))
            counted[answer.status] += 1
            if answer.status == "answered":
                answered.append((kind, question, answer))
    slow.sort(reverse=True)
    print(dict(counted), f"median {slow[len(slow) // 2][0] * 1000:.1f} ms, slowest {slow[0][0] * 1000:.0f} ms")
    for seconds, question in slow[:5]:
        print(f"  {seconds * 1000:.0f} ms {question[:100]!r}")
    random = Random(options.seed)  # noqa: S311
    for kind, question, answer in random.sample(answered, min(options.show, len(answered))):
        print(f"{kind}: {question!r}\n    {answer.understood} → {answer.value} {answer.answer[:160]!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
