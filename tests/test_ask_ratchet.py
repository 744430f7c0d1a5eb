"""How many questions of three sets are answered right: figures that only go up, and wrong answers that only go down.

Expectations are those of a reader of the texts: results by ordinal, label, value or date, words that the answer must
have, or that it must be refused. A refusal where an answer is expected is not right, but not wrong either.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from vetkb.base import build, open_base

CASES = Path(__file__).parent / "cases"
# Raise the first figure of a pair when more questions are right, lower the second when fewer are wrong; never the reverse.
RIGHT_BUNDLED, WRONG_BUNDLED = 789, 0
RIGHT_CORPUS, WRONG_CORPUS = 538, 3
RIGHT_TEXTS, WRONG_TEXTS = 182, 0
TEXTS = ("gbf-2018-126", "gf-2018-39", "gf-2018-41", "sh-food-tech", "sh-g60", "gbf-2019-3-", "gf-2019-5")


def rows(name):
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def plain(label):
    label = label.translate(str.maketrans("（），：", "(),:")).replace(" ", "")
    for prefix in ("安阳市", "安阳", "市"):
        if label.startswith(prefix) and len(label) > len(prefix):
            return label.removeprefix(prefix).strip("“”")
    return label.strip("“”")


def same_number(got, wanted):
    for key in ("value", "min", "max"):
        if key in wanted and (got.get(key) is None or abs(float(got[key]) - wanted[key]) > 1e-9):
            return False
    if wanted.get("comparator", got.get("comparator")) != got.get("comparator"):
        return False
    return wanted.get("unit", "") in (got.get("unit") or "")


def is_right(answer, expected):
    results = answer["results"]
    statuses = expected.get("status", "answered")
    if answer["status"] not in (statuses if isinstance(statuses, list) else [statuses]):
        return False
    labels = {plain(one["label"]) for one in results}
    numbers = [one for one in results if any(one.get(key) is not None for key in ("value", "min", "max"))]
    said = json.dumps([answer["answer"], results], ensure_ascii=False).replace("(", "（").replace(")", "）")
    return all(
        (
            "ordinals" not in expected
            or sorted({one["ordinal"] for one in results if one.get("ordinal") is not None}) == sorted(expected["ordinals"]),
            "labels" not in expected or labels == {plain(one) for one in expected["labels"]},
            {plain(one) for one in expected.get("labels_include", ())} <= labels,
            "values" not in expected
            or (
                len(numbers) == len(expected["values"])
                and all(any(same_number(got, one) for got in numbers) for one in expected["values"])
            ),
            "value" not in expected or answer["value"] == expected["value"],
            all(
                {one[field] for one in results if one.get(field)} == set(expected[key])
                for key, field in (("identifiers", "identifier"), ("dates", "date"))
                if key in expected
            ),
            all(text.replace("(", "（").replace(")", "）") in said for text in expected.get("text", ())),
        )
    )


def score(base, cases):
    counted = Counter()
    wrong = []
    for case in cases:
        answer = base.ask(case["q"], document=case.get("document")).to_json()
        right = is_right(answer, case["expect"])
        verdict = "right" if right else "wrong" if answer["status"] == "answered" else "declined"
        counted[verdict] += 1
        if verdict == "wrong":
            wrong.append(case["q"])
    return counted, wrong


def test_questions_to_the_bundled_document_are_answered_at_least_as_well_as_before(bundled):
    counted, wrong = score(bundled, rows("ask_ratchet.jsonl"))
    assert counted["right"] >= RIGHT_BUNDLED, counted
    assert counted["wrong"] <= WRONG_BUNDLED, wrong


def test_questions_to_texts_of_other_styles_are_answered_at_least_as_well_as_before(tmp_path):
    """Plans with boxes and tables of figures, notices of a city and of ministries, rules in articles: all made up."""
    build(sorted((CASES / "ask_texts").glob("*.txt")), str(tmp_path / "base"))
    with open_base(str(tmp_path / "base")) as base:
        counted, wrong = score(base, rows("ask_texts.jsonl"))
    assert counted["right"] >= RIGHT_TEXTS, counted
    assert counted["wrong"] <= WRONG_TEXTS, wrong


def test_questions_to_seven_other_documents_are_answered_at_least_as_well_as_before(shared, tmp_path):
    texts = [path for path in sorted((shared / "corpus").glob("*.txt")) if path.name.startswith(TEXTS)]
    if len(texts) < len(TEXTS):
        pytest.skip("the evaluation texts are not all there")
    build(texts, str(tmp_path / "base"))
    with open_base(str(tmp_path / "base")) as base:
        counted, wrong = score(base, rows("ask_corpus.jsonl"))
    assert counted["right"] >= RIGHT_CORPUS, counted
    assert counted["wrong"] <= WRONG_CORPUS, wrong
