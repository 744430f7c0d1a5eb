"""Questions in Chinese and English → answers with proof, by rules alone.

    link names → tag every character → parse → resolve descriptions → SPARQL → phrase

The knowledge is data in ontology/ask: zh.toml and en.toml hold the words of questions, *.lark the orders in which
they make one, text.toml what has to be known of the texts, wording.toml the sentences of answers.
"""

from __future__ import annotations

from vetkb.ask.answer import Answer, Evidence, Result
from vetkb.ask.asker import LONGEST_QUESTION, Asker, answer

__all__ = ["LONGEST_QUESTION", "Answer", "Asker", "Evidence", "Result", "answer"]
