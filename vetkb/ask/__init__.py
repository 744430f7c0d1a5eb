"""Questions in Chinese and English → answers with proof, by rules alone.

    link names → tag every character → parse (grammar.lark) → resolve descriptions → SPARQL → phrase

The knowledge is data: ontology/ask/zh.toml and en.toml hold the words of questions, wording.toml the sentences of
answers, grammar.lark how tags make a question.
"""

from __future__ import annotations

from vetkb.ask.answer import Answer, Evidence, Result
from vetkb.ask.asker import LONGEST_QUESTION, Asker, answer

__all__ = ["LONGEST_QUESTION", "Answer", "Asker", "Evidence", "Result", "answer"]
