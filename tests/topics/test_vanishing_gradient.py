"""Products of chain-rule factors against NumPy and PyTorch's autograd."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.neurons.vanishing_gradient import TOPIC
from tests.values import number, solved

VALUES = st.one_of(
    st.integers(-5, 5), st.decimals(-5, 5, places=2).map(str), st.sampled_from(["1/4", "0.1", "1/3", "0"])
)


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 8))
    out: dict[str, Any] = {}
    if draw(st.booleans()):
        out["factors"] = [draw(VALUES) for _ in range(n)]
    else:
        out |= {"z": [draw(VALUES) for _ in range(n)], "activation": draw(st.sampled_from(["sigmoid", "tanh", "relu"]))}
        if draw(st.booleans()):
            out["weights"] = [draw(VALUES) for _ in range(n)]
    if draw(st.booleans()):
        out |= {"w": draw(VALUES), "lr": draw(st.sampled_from(["0.1", "1/2", "1"]))}
    return out


PROBLEMS = problems()


def floats(values: list[Any]) -> np.ndarray:
    return np.array([float(Fraction(str(v))) for v in values])


@settings(max_examples=150)
@given(problems())
def test_agrees_with_numpy(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    if "factors" in problem:
        factors = floats(problem["factors"])
    else:
        z = floats(problem["z"])
        slopes = {"sigmoid": expit(z) * expit(-z), "tanh": np.cosh(z) ** -2.0, "relu": (z > 0) * 1.0}
        factors = slopes[problem["activation"]] * (floats(problem["weights"]) if "weights" in problem else 1.0)
    assert number(trace.env["product"]) == pytest.approx(factors.prod(), rel=1e-9, abs=1e-300)
    if "w" in problem:
        w, lr = floats([problem["w"], problem["lr"]])
        assert number(trace.env["w_new"]) == pytest.approx(w - lr * factors.prod(), rel=1e-9, abs=1e-12)
    assert all(c.holds for c in trace.checks)


def test_agrees_with_autograd() -> None:
    torch = pytest.importorskip("torch")
    weights = [1.5, -0.75, 2.0]
    x = torch.tensor(0.25, dtype=torch.float64, requires_grad=True)
    a, sums = x, []
    for w in weights:
        z = w * a
        sums.append(z.item())
        a = torch.sigmoid(z)
    a.backward()
    trace = solved(TOPIC, {"z": sums, "weights": weights})
    assert number(trace.env["product"]) == pytest.approx(x.grad.item())


def test_one_value_serves_all_layers() -> None:
    trace = solved(TOPIC, {"z": [0], "layers": 10})
    assert trace.env["product"] == trace.env["bound"] == fmpq(1, 4**10)
    assert solved(TOPIC, {"factors": ["1/10"], "layers": 5}).env["product"] == fmpq(1, 10**5)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw: dict[str, Any] = {"z": [0.5, -1, 2], "w": 1, "lr": 0.1}
    if slip.rule.id == "factor[k]":
        raw["weights"] = [2, 3, -1]
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in true.answers)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "factors or z"),
        ({"factors": [1], "z": [1]}, "factors or z"),
        ({"factors": [1, 2], "weights": [1, 2]}, "$.given.weights"),
        ({"factors": [1, 2], "layers": 3}, "$.given.factors"),
        ({"z": [1, 2], "weights": [1, 2, 3]}, "$.given.z"),
        ({"factors": [1], "lr": 0.1}, "$.given.w"),
        ({"factors": [1], "w": 0.1}, "$.given.lr"),
        ({"factors": [1], "layers": 201}, "$.given.layers"),
        ({"z": [13]}, "$.given.z"),
        ({"factors": list(range(201))}, "more than 200"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
