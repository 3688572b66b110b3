"""ROC curves against scikit-learn: points, area by trapezoids and by ranks, ties, tables of counts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.evaluation.roc import TOPIC
from tests.values import number, solved

SCORE = st.one_of(st.integers(0, 4), st.decimals(-1, 1, places=1).map(str), st.sampled_from(["1/3", "2/3"]))


@st.composite
def scored(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(0, 8))
    y = draw(st.permutations([0, 1, *(draw(st.integers(0, 1)) for _ in range(n))]))
    given_: dict[str, Any] = {"y_true": list(y), "y_score": [draw(SCORE) for _ in y]}
    words = draw(st.integers(0, 3))
    if words == 0:
        given_ |= {"y_true": ["yes" if v else "no" for v in y]}
    if words == 1:
        given_ |= {"y_true": ["ill" if v else "well" for v in y], "positive": "ill"}
    return given_


@st.composite
def counted(draw: st.DrawFn) -> dict[str, Any]:
    positives, negatives = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    rows = draw(st.integers(1, 4))
    tp = sorted(draw(st.integers(0, positives)) for _ in range(rows))
    fp = sorted(draw(st.integers(0, negatives)) for _ in range(rows))
    order = draw(st.permutations(range(rows)))
    columns = {"TP": tp, "FP": fp, "FN": [positives - v for v in tp], "TN": [negatives - v for v in fp]}
    given_: dict[str, Any] = {k: [v[i] for i in order] for k, v in columns.items()}
    if draw(st.booleans()):
        given_["thresholds"] = [rows - i for i in order]
    return given_


@st.composite
def points(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 4))
    rates = [sorted(draw(st.fractions(0, 1, max_denominator=9)) for _ in range(count)) for _ in range(2)]
    return {"fpr": list(map(str, rates[0])), "tpr": list(map(str, rates[1]))}


PROBLEMS = st.one_of(scored(), counted(), points())


@settings(max_examples=120)
@given(scored())
def test_agrees_with_scikit_learn(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    y = np.array([v in (1, "yes", "ill") for v in problem["y_true"]], dtype=int)
    scores = np.array([float(Fraction(str(s))) for s in problem["y_score"]])
    fpr, tpr, levels = sk.roc_curve(y, scores, drop_intermediate=False)
    for k in range(len(levels)):
        assert number(trace.env["FPR", k]) == pytest.approx(fpr[k])
        assert number(trace.env["TPR", k]) == pytest.approx(tpr[k])
        if k:
            assert number(trace.env["threshold", k]) == pytest.approx(levels[k])
            called = scores >= levels[k]
            assert number(trace.env["TP", k]) == (called & (y == 1)).sum()
            assert number(trace.env["TN", k]) == (~called & (y == 0)).sum()
    auc = sk.roc_auc_score(y, scores)
    assert number(trace.env["AUC"]) == pytest.approx(auc)
    assert number(trace.env["AUC_ranks"]) == pytest.approx(auc)
    assert trace.env["AUC"] == trace.env["AUC_ranks"]
    gaps = (tpr - fpr)[1:]
    # equal gaps may differ by an ulp in floats: any of the largest will do
    best = levels[1:][gaps >= gaps.max() - 1e-12]
    assert any(number(trace.env["best_threshold"]) == pytest.approx(level) for level in best)


@settings(max_examples=60)
@given(counted())
def test_a_table_of_counts_gives_points_and_area(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    tp, fp, fn, tn = (np.array(problem[n]) for n in ("TP", "FP", "FN", "TN"))
    fpr, tpr = fp / (fp + tn), tp / (tp + fn)
    for k in range(len(tp)):
        assert number(trace.env["FPR", k + 1]) == pytest.approx(fpr[k])
        assert number(trace.env["TPR", k + 1]) == pytest.approx(tpr[k])
    rates = sorted([(0.0, 0.0), *zip(fpr, tpr, strict=True), (1.0, 1.0)])
    assert number(trace.env["AUC"]) == pytest.approx(sk.auc(*zip(*rates, strict=True)))


@settings(max_examples=60)
@given(points())
def test_points_give_the_area(problem: dict[str, Any]) -> None:
    rates = [[0.0, *(float(Fraction(v)) for v in problem[n]), 1.0] for n in ("fpr", "tpr")]
    assert number(solved(TOPIC, problem).env["AUC"]) == pytest.approx(sk.auc(*rates))


@settings(max_examples=40)
@given(scored())
def test_turned_scores_have_the_rest_of_the_area(problem: dict[str, Any]) -> None:
    turned = {**problem, "y_score": [str(-Fraction(str(s))) for s in problem["y_score"]]}
    assert solved(TOPIC, problem).env["AUC"] + solved(TOPIC, turned).env["AUC"] == 1


def test_the_formula_of_the_notes_for_fpr_is_a_known_slip() -> None:
    slip = next(s for s in TOPIC.slips if s.id == "fpr_over_fn")
    trace = solved(TOPIC, {"TP": 40, "FP": 10, "FN": 5, "TN": 45}, policy=Slip(slip.rule))
    assert number(trace.env["FPR", 1]) == pytest.approx(2 / 3)


def test_floats_agree() -> None:
    trace = solved(TOPIC, TOPIC.example, arithmetic=FLOAT64)
    assert number(trace.env["AUC"]) == pytest.approx(8 / 9)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"y_true": [0, 1, 0, 0, 1, 0], "y_score": [9, 8, 8, 7, 5, 3]}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "needs y_true and y_score"),
        ({"y_true": [1, 0]}, "$.given.y_score"),
        ({"y_score": [1, 0]}, "$.given.y_true"),
        ({"y_true": [1, 0], "y_score": [1]}, "1 scores"),
        ({"y_true": [1, 1], "y_score": [1, 2]}, "one class only"),
        ({"y_true": [0, 1, 2], "y_score": [1, 2, 3]}, "more than two classes"),
        ({"y_true": ["a", "b"], "y_score": [1, 2], "positive": "c"}, "$.given.positive"),
        ({"TP": [1], "FP": [1], "FN": [1]}, "$.given.TN"),
        ({"TP": [1, 2], "FP": [1, 2], "FN": [1, 1], "TN": [2, 1]}, "$.given.TP[1]"),
        ({"TP": [0], "FP": [1], "FN": [0], "TN": [1]}, "one class only"),
        ({"TP": [1, 2], "FP": [1], "FN": [1, 0], "TN": [1, 1]}, "$.given.FP"),
        ({"TP": [1], "FP": [1], "FN": [1], "TN": [1], "thresholds": [1, 2]}, "$.given.thresholds"),
        ({"TP": [2, 1], "FP": [1, 2], "FN": [0, 1], "TN": [1, 0]}, "finds fewer"),
        ({"fpr": [0.1], "tpr": [0.1, 0.2]}, "$.given.tpr"),
        ({"fpr": [0.1]}, "one of them"),
        ({"fpr": [0.1], "tpr": [1.2]}, "$.given.tpr[0]"),
        ({"fpr": [0.1, 0.2], "tpr": [0.5, 0.4]}, "finds fewer"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@pytest.mark.parametrize(
    ("scores", "tied"), [(["0.9", "0.5", "-0.4123456", "-2"], "−0.4123456"), (["0.9", "0.5", "-1/3", "-2"], "−1/3")]
)
def test_a_tied_threshold_is_written_as_it_is(scores: list[str], tied: str) -> None:
    """As elsewhere in the solution: exactly, with a true minus."""
    trace = solved(TOPIC, {"y_true": [1, 0, 1, 0], "y_score": scores})
    assert f"J is just as large at threshold {tied}; the first is taken." in trace.remarks
