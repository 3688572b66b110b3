"""Losses against scikit-learn, SciPy and PyTorch."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import huber, log_softmax, xlogy

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.losses.loss import TOPIC
from tests.values import number, solved

VALUES = st.one_of(st.integers(-9, 9), st.decimals(-9, 9, places=2).map(str))
CHANCES = st.sampled_from(["0.5", "0.9", "0.1", "1/3", "0.999", "0.37", "1e-6"])


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n, kind = draw(st.integers(1, 5)), draw(st.sampled_from(["regression", "bce", "cce", "hinge", "logits", "softmax"]))
    if kind == "regression":
        some = draw(st.lists(st.sampled_from(["mae", "mse", "rmse", "huber"]), min_size=1, max_size=4, unique=True))
        out: dict[str, Any] = {"y_true": [draw(VALUES) for _ in range(n)], "y_pred": [draw(VALUES) for _ in range(n)]}
        return out | {"loss": some, "delta": draw(st.sampled_from(["1", "1/2", "3"]))}
    if kind == "hinge":
        labels = [draw(st.sampled_from([-1, 1])) for _ in range(n)]
        return {"y_true": labels, "y_pred": [draw(VALUES) for _ in range(n)], "loss": ["hinge"]}
    if kind in ("bce", "logits"):
        labels = [draw(st.sampled_from([0, 1])) for _ in range(n)]
        if kind == "logits":
            scores = st.one_of(VALUES, st.integers(-60, 60))
            return {"y_true": labels, "y_pred": [draw(scores) for _ in range(n)], "loss": ["bce"], "logits": True}
        sure = [str(y) if draw(st.integers(0, 5)) == 0 else draw(CHANCES) for y in labels]
        out = {"y_true": labels, "y_pred": sure, "loss": ["bce"]}
        return out | ({"clip": "1e-3"} if draw(st.booleans()) else {})
    columns = draw(st.integers(2, 4))
    classes = [draw(st.integers(1, columns)) for _ in range(n)]
    if kind == "softmax":
        rows: list[list[Any]] = [[draw(VALUES) for _ in range(columns)] for _ in range(n)]
        return {"classes": classes, "y_pred": rows, "logits": True}
    counts = [[draw(st.integers(int(k == c), 4)) for k in range(1, columns + 1)] for c in classes]
    return {"classes": classes, "y_pred": [[str(Fraction(e, sum(row))) for e in row] for row in counts]}


PROBLEMS = problems()


def floats(value: Any) -> np.ndarray:
    if isinstance(value, list) and value and isinstance(value[0], list):
        return np.array([floats(row) for row in value])
    return np.array([float(Fraction(str(e))) for e in value])


def expected(p: dict[str, Any]) -> dict[str, float]:
    """Mean losses by library functions."""
    seen = floats(p["y_pred"])
    if "classes" in p:
        logs = log_softmax(seen, axis=1) if p.get("logits") else np.log(np.where(seen > 0, seen, 1))
        return {"CCE": float(-np.mean([logs[s, k - 1] for s, k in enumerate(p["classes"])]))}
    true = floats(p["y_true"])
    e = true - seen
    if p["loss"] == ["bce"]:
        if p.get("logits"):
            return {"BCE": float(np.mean(np.logaddexp(0, (1 - 2 * true) * seen)))}
        q = np.clip(seen, 1e-3, 1 - 1e-3) if "clip" in p else seen
        return {"BCE": float(-np.mean(xlogy(true, q) + xlogy(1 - true, 1 - q)))}
    every = {
        "MAE": np.mean(abs(e)), "MSE": np.mean(e**2), "RMSE": math.sqrt(np.mean(e**2)),
        "huber": np.mean(huber(float(Fraction(p.get("delta", "1"))), e)),
        "hinge": np.mean(np.maximum(0, 1 - true * seen)),
    }  # fmt: skip
    return {name: float(v) for name, v in every.items() if name.lower() in p["loss"]}


@settings(max_examples=120)
@given(problems())
def test_agrees_with_numpy_and_scipy(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    wanted = expected(problem)
    assert {str(k) for k in trace.answers} == set(wanted)
    for name, value in wanted.items():
        assert number(trace.env[name]) == pytest.approx(value, rel=1e-9, abs=1e-12), name
    assert all(c.holds for c in trace.checks)


@settings(max_examples=40)
@given(problems(), st.sampled_from(["2", "10"]))
def test_the_base_only_scales_and_the_sum_is_n_means(problem: dict[str, Any], base: str) -> None:
    trace = solved(TOPIC, problem, {"log": base, "reduce": "sum"})
    n = len(problem["y_pred"])
    for name, value in expected(problem).items():
        if name in ("BCE", "CCE"):
            assert number(trace.env[name]) == pytest.approx(n * value / math.log(int(base)), rel=1e-9, abs=1e-12)
        elif name in ("MAE", "huber", "hinge"):
            assert number(trace.env[name]) == pytest.approx(n * value, rel=1e-9)
    assert all(c.holds for c in trace.checks)


def test_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch")
    z, y = [[2.0, 1.0, 0.1], [0.5, -1.0, 3.0]], [1, 2]
    ours = solved(TOPIC, {"classes": y, "y_pred": z, "logits": True}).env["CCE"]
    theirs = torch.nn.functional.cross_entropy(torch.tensor(z).double(), torch.tensor(y) - 1)
    assert number(ours) == pytest.approx(theirs.item(), rel=1e-6)
    ours = solved(TOPIC, {"y_true": [1, 0], "y_pred": [3, -2], "loss": ["bce"], "logits": True}).env["BCE"]
    both = torch.tensor([3.0, -2.0]).double(), torch.tensor([1.0, 0.0]).double()
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(*both)
    assert number(ours) == pytest.approx(theirs.item(), rel=1e-9)
    ours = solved(TOPIC, {"y_true": [1, 5], "y_pred": [2.5, 1], "loss": ["huber"], "delta": 2}).env["huber"]
    theirs = torch.nn.functional.huber_loss(torch.tensor([2.5, 1.0]), torch.tensor([1.0, 5.0]), delta=2.0)
    assert number(ours) == pytest.approx(theirs.item(), rel=1e-6)


def test_agrees_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    y, q = [1, 0, 1, 1], [0.9, 0.2, 0.6, 0.55]
    assert number(solved(TOPIC, {"y_true": y, "y_pred": q}).env["BCE"]) == pytest.approx(metrics.log_loss(y, q))
    signs = [1, -1, 1]
    ours = solved(TOPIC, {"y_true": signs, "y_pred": [0.3, 0.2, 2]}).env["hinge"]
    assert number(ours) == pytest.approx(metrics.hinge_loss(signs, [0.3, 0.2, 2]))


def test_sure_predictions() -> None:
    trace = solved(TOPIC, {"y_true": [1, 0, 0], "y_pred": [1, 0.25, 1]})
    assert trace.env["bce_term", 1] == 0
    assert (trace.env["bce_term", 3], trace.env["BCE"]) == ("inf", "inf")
    assert "sure and wrong" in trace.remarks[-1]
    trace = solved(TOPIC, {"classes": [1, 2], "y_pred": [[1, 0], [1, 0]]})
    assert trace.env["cce_term", 1] == 0
    assert trace.env["CCE"] == "inf"


def test_rows_that_do_not_sum_to_1_are_remarked() -> None:
    trace = solved(TOPIC, {"y_true": [[1, 1, 0]], "y_pred": [[0.5, 0.3, 0.1]], "loss": ["cce"]})
    assert len(trace.remarks) == 2
    assert number(trace.env["CCE"]) == pytest.approx(-math.log(0.15))


@pytest.mark.parametrize(
    ("given_", "loss"),
    [
        ({"y_true": [1, 0], "y_pred": [0.3, 0.6]}, "BCE"),
        ({"y_true": [[1, 0], [0, 1]], "y_pred": [["1/2", "1/2"], ["1/2", "1/2"]]}, "CCE"),
        ({"classes": [1], "y_pred": [["1/2", "1/2"]]}, "CCE"),
        ({"y_true": [1, -1], "y_pred": [0.3, 0.6]}, "hinge"),
        ({"y_true": [1, 2], "y_pred": [0.3, 0.6]}, "RMSE"),
        ({"y_true": [1, 0], "y_pred": [3, -6], "logits": True}, "BCE"),
        ({"y_true": [1, 0], "y_pred": [0.3, 0.6], "loss": ["log-loss"]}, "BCE"),
        ({"y_true": [1, 0], "y_pred": [0.3, 0.6], "loss": ["L1"]}, "MAE"),
    ],
)
def test_the_loss_is_inferred_or_known_by_other_names(given_: dict[str, Any], loss: str) -> None:
    assert loss in solved(TOPIC, given_).answers


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    kind = slip.rule.id.partition("_")[0].partition("[")[0]
    raw: dict[str, Any] = {
        "bce": {"y_true": [1, 0, 1], "y_pred": [0.9, 0.2, 0.6]},
        "cce": {"classes": [1, 3], "y_pred": [[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]]},
        "hinge": {"y_true": [1, -1, 1], "y_pred": [0.3, 0.2, 2]},
    }.get(kind, {"y_true": [1, 2, 9], "y_pred": [3, 1, 2], "loss": ["mae", "mse", "rmse", "huber"]})
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in true.answers)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"y_pred": [1]}, "y_true or classes"),
        ({"y_true": [1, 2], "y_pred": [1]}, "$.given.y_pred"),
        ({"y_true": [1], "y_pred": [1], "loss": ["mape"]}, "$.given.loss[0]"),
        ({"y_true": [1, 0], "y_pred": [0.5, 1.5], "loss": ["bce"]}, "logits"),
        ({"y_true": [1, 2], "y_pred": [0.5, 0.5], "loss": ["bce"]}, "$.given.y_true[1]"),
        ({"y_true": [1, 2], "y_pred": [0.5, 0.5], "loss": ["hinge"]}, "write −1"),
        ({"y_true": [1, 0], "y_pred": [0.5, 0.5], "loss": ["mse", "cce"]}, "on its own"),
        ({"y_true": [1, 1], "y_pred": [0.5, 0.5], "loss": ["bce", "hinge"]}, "one at a time"),
        ({"y_true": [1, 2], "y_pred": [0.5, 0.5], "loss": ["mse"], "logits": True}, "$.given.logits"),
        ({"y_true": [1, 2], "y_pred": [0.5, 0.5], "loss": ["mse"], "clip": 0.1}, "$.given.clip"),
        ({"y_true": [1, 0], "y_pred": [0.5, 0.5], "logits": True, "clip": 0.1}, "$.given.clip"),
        ({"classes": [3], "y_pred": [[0.5, 0.5]]}, "counted from 1"),
        ({"classes": [1, 1], "y_pred": [[0.5, 0.5]]}, "$.given.classes"),
        ({"classes": [0], "y_pred": [[0.5, 0.5]]}, "$.given.classes"),
        ({"y_true": [1], "y_pred": [900], "logits": True}, "beyond"),
        ({"y_true": [1], "y_pred": [1], "loss": ["cce"]}, "single class"),
        ({"y_true": [1], "y_pred": [0.5], "delta": 0, "loss": ["huber"]}, "$.given.delta"),
        ({"y_true": [1], "y_pred": [0.5], "clip": 0.5}, "$.given.clip"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@given(st.lists(st.tuples(st.booleans(), st.integers(-20, 20)), min_size=2, max_size=6))
def test_labels_of_the_other_habit_are_rewritten(rows: list[tuple[bool, int]]) -> None:
    labels = [int(yes) for yes, _ in rows]
    assume(len(set(labels)) == 2)
    scores = [n / 10 for _, n in rows]
    hinge = solved(TOPIC, {"y_true": labels, "y_pred": scores, "loss": "hinge"})
    same = solved(TOPIC, {"y_true": [2 * y - 1 for y in labels], "y_pred": scores, "loss": "hinge"})
    assert hinge.env["hinge"] == same.env["hinge"]
    assert any("−1 and 1" in r for r in hinge.remarks)
    bce = solved(TOPIC, {"y_true": [2 * y - 1 for y in labels], "y_pred": scores, "loss": "bce", "logits": True})
    # the logistic loss of labels ±1: ln(1 + e^(−y·z))
    by_hand = [math.log1p(math.exp(-(2 * y - 1) * z)) for y, z in zip(labels, scores, strict=True)]
    assert number(bce.env["BCE"]) == pytest.approx(sum(by_hand) / len(by_hand))
