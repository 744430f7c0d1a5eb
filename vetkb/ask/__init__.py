"""Questions in Chinese and English → answers with proof, by rules alone.

    link names → tag every character → parts → a form → resolve descriptions → SPARQL → phrase
                                      none that holds → sentences that hold every word, quoted

The knowledge is data in ontology/ask: zh.toml and en.toml hold the words of questions, question.lark the conditions
that they make and what each governs, kinds/*.toml which parts make a question together, glossary.toml and english.toml
what English words and names mean, reading.toml what a question may leave to a quotation, text.toml what has to be
known of the texts, wording.toml the sentences of answers.
"""

from __future__ import annotations

from vetkb.ask.answer import Answer, Evidence, Result
from vetkb.ask.asker import LONGEST_QUESTION, Asker, answer
from vetkb.ask.suggest import Completion, unanswered

__all__ = ["LONGEST_QUESTION", "Answer", "Asker", "Completion", "Evidence", "Result", "answer", "unanswered"]
