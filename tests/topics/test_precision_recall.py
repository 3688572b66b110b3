"""Precision–recall curves and average precision against scikit-learn."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn import metrics as sk

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.evaluation.precision_recall import TOPIC
from tests.topics.test_roc import counted, scored
from tests.values import number, solved

PROBLEMS = scored() | counted()


@settings(max_examples=120)
@given(scored())
def test_agrees_with_scikit_learn(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    y = np.array([v in (1, "yes", "ill") for v in problem["y_true"]], dtype=int)
    scores = np.array([float(Fraction(str(s))) for s in problem["y_score"]])
    precision, recall, levels = sk.precision_recall_curve(y, scores)
    for k, (p, r) in enumerate(zip(precision[::-1], recall[::-1], strict=True)):
        assert number(trace.env["precision", k]) == pytest.approx(p)
        assert number(trace.env["recall", k]) == pytest.approx(r)
        if k:
            assert number(trace.env["threshold", k]) == pytest.approx(levels[::-1][k - 1])
            assert number(trace.env["F1", k]) == pytest.approx(2 * p * r / (p + r) if p + r else 0)
    assert number(trace.env["AP"]) == pytest.approx(sk.average_precision_score(y, scores))
    assert number(trace.env["base_rate"]) == pytest.approx(y.mean())
    assert all(c.holds for c in trace.checks)


@settings(max_examples=60)
@given(counted())
def test_a_table_of_counts_gives_the_steps(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    rows = sorted(zip(*(problem[n] for n in ("TP", "FP", "FN")), strict=True), key=lambda r: r[0] + r[1])
    total, before = 0.0, 0.0
    for tp, fp, fn in rows:
        total += (tp / (tp + fn) - before) * (tp / (tp + fp) if tp + fp else 1)
        before = tp / (tp + fn)
    assert number(trace.env["AP"]) == pytest.approx(total)


def test_floats_agree() -> None:
    trace = solved(TOPIC, TOPIC.example, arithmetic=FLOAT64)
    assert number(trace.env["AP"]) == pytest.approx(11 / 12)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"y_true": [0, 1, 0, 0, 1, 0], "y_score": [9, 8, 8, 7, 5, 3]}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert number(true.env["AP"]) != pytest.approx(number(slipped.env["AP"]))


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "needs y_true and y_score"),
        ({"y_true": [1, 0], "y_score": [1, 2], "TP": [1], "FP": [1], "FN": [1], "TN": [1]}, "one of them"),
        ({"y_true": [1, 0]}, "$.given.y_score"),
        ({"y_true": [0, 0], "y_score": [1, 2]}, "one class only"),
        ({"TP": [1], "FP": [1], "FN": [1]}, "$.given.TN"),
        ({"TP": [1, 0], "FP": [0, 2], "FN": [0, 1], "TN": [2, 0]}, "one count falls"),
        ({"TP": [-1], "FP": [1], "FN": [1], "TN": [1]}, "$.given.TP[0]"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
