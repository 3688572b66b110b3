"""Confusion matrices against scikit-learn, in both layouts, with everything that can be 0/0."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.evaluation.confusion import TOPIC
from dlsolve.trace import Step
from tests.values import array, number, solved

COUNT = st.integers(0, 6)


@st.composite
def labelled(draw: st.DrawFn, least: int = 2, most: int = 4) -> dict[str, Any]:
    classes = draw(st.integers(least, most))
    n = draw(st.integers(1, 12))
    words = draw(st.booleans())
    names: list[Any] = ["ant", "big bee", "cat", "dog"][:classes] if words else list(range(classes))
    pick = st.sampled_from(names)
    y = [draw(pick) for _ in range(n)]
    hat = [draw(pick) for _ in range(n)]
    given_: dict[str, Any] = {"y_true": y, "y_pred": hat, "labels": names}
    if draw(st.booleans()):
        given_["beta"] = draw(st.sampled_from(["2", "1/2", "3"]))
    given_["zero_division"] = draw(st.sampled_from([0, 1]))
    given_["per_class"] = draw(st.booleans())
    if classes == 2:
        given_["positive"] = names[draw(st.integers(0, 1))]
    return given_


@st.composite
def tabled(draw: st.DrawFn) -> dict[str, Any]:
    size = draw(st.integers(2, 3))
    rows = [[draw(COUNT) for _ in range(size)] for _ in range(size)]
    rows[0][0] += not any(map(any, rows))
    return {"matrix": rows, "per_class": draw(st.booleans())}


@st.composite
def counted(draw: st.DrawFn) -> dict[str, Any]:
    tp, fp, fn, tn = (draw(COUNT) for _ in range(4))
    tn += not (tp or fp or fn or tn)
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return {"TP": tp, "FP": fp, "FN": fn, "TN": tn, "per_class": draw(st.booleans())}
    if kind == 1:
        return {"TP": tp, "positives": tp + fn, "predicted_positives": tp + fp, "N": tp + fp + fn + tn}
    return {"FN": fn, "positives": tp + fn, "FP": fp, "negatives": fp + tn}


@st.composite
def scored(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 8))
    scores = [draw(st.decimals(0, 1, places=1).map(str)) for _ in range(n)]
    return {
        "y_true": [draw(st.integers(0, 1)) for _ in range(n)],
        "y_score": scores,
        "threshold": draw(st.sampled_from(["0.5", "0.3"])),
    }


PROBLEMS = st.one_of(labelled(), tabled(), counted(), scored())


def steps(trace: Any) -> dict[Any, Any]:
    return {k: s.handed for k, s in trace.steps.items() if isinstance(s, Step)}


def quiet(function: Any, *args: Any, **kwargs: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


@settings(max_examples=100)
@given(labelled())
def test_agrees_with_scikit_learn(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    y, hat, names = problem["y_true"], problem["y_pred"], problem["labels"]
    zero = problem["zero_division"]
    expected: dict[Any, float] = {"accuracy": sk.accuracy_score(y, hat), "MCC": quiet(sk.matthews_corrcoef, y, hat)}
    if set(y) <= set(names):
        expected["balanced_accuracy"] = quiet(sk.balanced_accuracy_score, y, hat)
    beta = float(eval_fraction(problem.get("beta", "1")))
    by = {"labels": names, "zero_division": zero}
    if len(names) > 2 or problem["per_class"]:
        p, r, f, s = quiet(sk.precision_recall_fscore_support, y, hat, **by)
        for name, values in (("precision", p), ("recall", r), ("F1", f)):
            expected |= {f"macro_{name}": values.mean(), f"weighted_{name}": np.average(values, weights=s)}
            expected[f"micro_{name}"] = expected["accuracy"]
        fb = quiet(sk.fbeta_score, y, hat, beta=beta, average=None, **by)
        for k, name in enumerate(map(str, names)):
            expected |= {("precision", name): p[k], ("recall", name): r[k], ("F1", name): f[k], ("support", name): s[k]}
            if "beta" in problem:
                expected["F_beta", name] = fb[k]
    if len(names) == 2:
        one = {"pos_label": problem["positive"], "average": "binary", "zero_division": zero}
        p, r, f, _ = quiet(sk.precision_recall_fscore_support, y, hat, **one)
        other = next(n for n in names if n != problem["positive"])
        expected |= {"precision": p, "recall": r, "F1": f}
        expected["specificity"] = quiet(sk.recall_score, y, hat, pos_label=other, zero_division=zero)
        expected["NPV"] = quiet(sk.precision_score, y, hat, pos_label=other, zero_division=zero)
        if "beta" in problem:
            expected["F_beta"] = quiet(sk.fbeta_score, y, hat, beta=beta, **one)
    for key, value in expected.items():
        assert number(trace.env[key]) == pytest.approx(value, abs=1e-12), key
    table = sk.confusion_matrix(y, hat, labels=names)
    assert (array(trace.env["M"]) == table.T).all()
    assert all(c.holds for c in trace.checks)


def eval_fraction(text: str) -> float:
    top, _, below = text.partition("/")
    return int(top) / int(below or 1)


@settings(max_examples=60)
@given(tabled())
def test_the_layout_swaps_precision_and_recall(problem: dict[str, Any]) -> None:
    one = solved(TOPIC, problem, {"confusion": "predicted_rows"})
    other = solved(TOPIC, {**problem, "matrix": np.array(problem["matrix"]).T.tolist()}, {"confusion": "actual_rows"})
    swapped = solved(TOPIC, problem, {"confusion": "actual_rows"})
    assert all(number(v) == number(other.env[k]) for k, v in steps(one).items())
    names = ["precision"] if len(problem["matrix"]) == 2 else [("precision", "1"), ("precision", "2")]
    for name in names:
        twin = "recall" if name == "precision" else ("recall", name[1])
        assert one.env[name] == swapped.env[twin]


@settings(max_examples=60)
@given(counted())
def test_totals_give_the_counts(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    tp, fp, fn, tn = (int(number(trace.env[n])) for n in ("TP", "FP", "FN", "TN"))
    again = solved(TOPIC, {"TP": tp, "FP": fp, "FN": fn, "TN": tn})
    for name in ("accuracy", "precision", "recall", "F1", "MCC", "FPR", "FOR"):
        assert again.env[name] == trace.env[name] or number(again.env[name]) == pytest.approx(number(trace.env[name]))
    rates = {"FPR": (fp, fp + tn), "FNR": (fn, fn + tp), "FDR": (fp, fp + tp), "FOR": (fn, fn + tn)}
    for name, (above, below) in rates.items():
        assert number(trace.env[name]) == pytest.approx(above / below if below else 0)


@settings(max_examples=40)
@given(scored())
def test_scores_fire_at_the_threshold(problem: dict[str, Any]) -> None:
    bound = float(problem["threshold"])
    fires: dict[str, Callable[[float], bool]] = {"ge": lambda s: s >= bound, "gt": lambda s: s > bound}
    for fire, hits in fires.items():
        trace = solved(TOPIC, problem, {"fire": fire})
        hat = [int(hits(float(s))) for s in problem["y_score"]]
        assert [int(number(trace.env["y_pred", i + 1])) for i in range(len(hat))] == hat
        tn, fp, fn, tp = sk.confusion_matrix(problem["y_true"], hat, labels=[0, 1]).ravel()
        assert [number(trace.env[n]) for n in ("TP", "FP", "FN", "TN")] == [tp, fp, fn, tn]


def test_text_labels_run_in_floats_too() -> None:
    trace = solved(TOPIC, {"y_true": ["a", "b"], "y_pred": ["a", "a"]}, arithmetic=FLOAT64)
    assert number(trace.env["accuracy"]) == 0.5


def test_the_matrix_of_the_notes_and_its_labels_disagree() -> None:
    given_ = {"matrix": [[1, 1], [2, 1]], "y_true": [0, 1, 0, 1, 0]}
    assert any("disagree" in r and "rows actual" in r for r in solved(TOPIC, given_).remarks)
    assert any("fit" in r for r in solved(TOPIC, given_, {"confusion": "actual_rows"}).remarks)
    both = {**given_, "y_pred": [1, 1, 0, 0, 1]}
    assert any("rows actual" in r for r in solved(TOPIC, both).remarks)
    assert any("not that of the labels" in r for r in solved(TOPIC, {**both, "y_pred": [1, 1, 1, 1, 1]}).remarks)


def test_nothing_called_positive_is_said() -> None:
    trace = solved(TOPIC, {"TP": 0, "FP": 0, "FN": 3, "TN": 97})
    assert number(trace.env["precision"]) == number(trace.env["F1"]) == number(trace.env["MCC"]) == 0
    assert any("0/0 in" in r and "precision" in r for r in trace.remarks)
    assert number(solved(TOPIC, {"TP": 0, "FP": 0, "FN": 3, "TN": 97, "zero_division": 1}).env["precision"]) == 1


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw: dict[str, Any] = {"TP": 40, "FP": 10, "FN": 5, "TN": 45, "beta": 2}
    if "[k]" in slip.rule.id or "macro" in slip.id:
        raw = {"matrix": [[5, 1, 0], [2, 6, 1], [0, 1, 4]]}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in true.steps if k != "M")


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "needs labels"),
        ({"TP": 1, "FP": 0, "FN": 0}, "$.given.TN"),
        ({"TP": 0, "FP": 0, "FN": 0, "TN": 0}, "no sample"),
        ({"TP": 5, "positives": 4, "FP": 0, "TN": 1}, "FN would be -1"),
        ({"TP": 1, "FP": 1, "FN": 1, "TN": 1, "N": 5}, "$.given.N"),
        ({"TP": -1, "FP": 0, "FN": 0, "TN": 1}, "$.given.TP"),
        ({"TP": 1, "FP": 1, "FN": 1, "TN": 1, "matrix": [[1, 1], [1, 1]]}, "one of them"),
        ({"y_pred": [1, 0]}, "$.given.y_true"),
        ({"y_true": [1, 0, 1], "y_pred": [1, 0]}, "$.given.y_pred"),
        ({"y_true": [1, 0], "y_pred": [1, 0], "threshold": 0.5}, "$.given.threshold"),
        ({"y_true": ["a", "a"], "y_pred": ["a", "a"]}, "one class only"),
        ({"y_true": ["a", "b"], "y_pred": ["a", "c"], "labels": ["a", "b"]}, "'c'"),
        ({"y_true": ["a", "b"], "y_pred": ["a", "b"], "labels": ["a", "a"]}, "twice"),
        ({"y_true": ["a", "b"], "y_pred": ["a", "b"], "positive": "d"}, "$.given.positive"),
        ({"y_true": [0, 1, 2], "y_pred": [0, 1, 2], "positive": 1}, "no positive one"),
        ({"y_true": [0, 1, 2], "y_score": [0, 1, 2]}, "two classes"),
        ({"matrix": [[1, 2, 3], [1, 2, 3]]}, "not a square table"),
        ({"matrix": [[1, 2], [3, -4]]}, "$.given.matrix[1][1]"),
        ({"matrix": [[1, 2], [3, 4]], "labels": ["a"]}, "$.given.labels"),
        ({"y_true": ["a b", "a-b"], "y_pred": ["a b", "a-b"]}, "share the answer name"),
        ({"TP": 1, "FP": 1, "FN": 1, "TN": 1, "beta": 0}, "$.given.beta"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
