"""A ReLU neuron over a data set, against NumPy and PyTorch's autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.neurons.dying_relu import TOPIC
from tests.values import number, solved

QUARTERS = st.integers(-12, 12).map(lambda n: n / 4)


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n, d = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    out: dict[str, Any] = {
        "X": [[draw(QUARTERS) for _ in range(d)] for _ in range(n)],
        "w": [draw(QUARTERS) for _ in range(d)],
        "b": draw(st.one_of(QUARTERS, st.just(-20))),
    }
    if draw(st.booleans()):
        out |= {"g": [draw(QUARTERS) for _ in range(n)], "lr": draw(st.sampled_from([0.25, 0.1, 2]))}
    if draw(st.booleans()):
        out["leak"] = draw(st.sampled_from([0.01, 0.5]))
    return out


PROBLEMS = problems()


@settings(max_examples=150)
@given(problems(), st.sampled_from(["mean", "sum"]), st.sampled_from(["0", "1"]))
def test_agrees_with_numpy(problem: dict[str, Any], reduce: str, corner: str) -> None:
    trace = solved(TOPIC, problem, {"reduce": reduce, "relu_at_0": corner})
    X, w, b = np.array(problem["X"], dtype=float), np.array(problem["w"]), problem["b"]
    g, lr = np.array(problem.get("g", [1.0] * len(X))), problem.get("lr", 0.1)
    z = X @ w + b
    slope = (z >= 0) * 1.0 if corner == "1" else (z > 0) * 1.0
    scale = len(X) if reduce == "mean" else 1
    dw, db = (g * slope) @ X / scale, (g * slope).sum() / scale
    for j in range(len(w)):
        assert number(trace.env["dw", j + 1]) == pytest.approx(dw[j])
        assert number(trace.env["w_new", j + 1]) == pytest.approx(w[j] - lr * dw[j])
    assert number(trace.env["b_new"]) == pytest.approx(b - lr * db)
    assert trace.env["dead"] == ("no" if slope.any() else "yes")
    if "leak" in problem:
        leaky = np.where(z > 0, 1.0, problem["leak"])
        for j in range(len(w)):
            moved = w[j] - lr * ((g * leaky) @ X / scale)[j]
            assert number(trace.env["w_leaky", j + 1]) == pytest.approx(moved)
    assert all(c.holds for c in trace.checks)


def test_agrees_with_autograd() -> None:
    torch = pytest.importorskip("torch")
    X, w, b, g = [[1.0, -2.0], [0.5, 3.0]], [0.5, 0.25], 0.125, [2.0, -1.0]
    tensor_w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    a = torch.relu(torch.tensor(X).double() @ tensor_w + b)
    (a * torch.tensor(g)).sum().backward()
    trace = solved(TOPIC, {"X": X, "w": w, "b": b, "g": g}, {"reduce": "sum"})
    assert [number(trace.env["dw", j]) for j in (1, 2)] == pytest.approx(tensor_w.grad.tolist())


def test_a_dead_neuron_stays_and_leaky_relu_moves() -> None:
    trace = solved(TOPIC, {"X": [[1, 2], [0, 1]], "w": [-1, -0.5], "b": -0.2, "leak": 0.01})
    assert trace.env["dead"] == "yes"
    assert trace.env["w_new", 1] == trace.env["w", 1]
    assert trace.env["w_leaky", 1] != trace.env["w", 1]
    assert number(trace.env["rise"]) == pytest.approx(0.7)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"X": [[1, -2], [0.5, 3], [1, 1]], "w": [0.5, 0.25], "b": -0.25, "g": [2, -1, 1]}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    names = [k for k in true.steps if k != "dead" and k in slipped.env]
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in names)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "$.given.X"),
        ({"X": [[1, 2]]}, "$.given.w"),
        ({"X": [[1, 2]], "w": [1]}, "$.given.w"),
        ({"X": [[1], [2], [3]], "w": [1], "g": [1, 2]}, "$.given.g"),
        ({"X": [[1]], "w": [1], "lr": 0}, "$.given.lr"),
        ({"X": [[1]], "w": [1], "leak": 0}, "$.given.leak"),
        ({"X": [[1, 2], [3]], "w": [1, 2]}, "$.given.X"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
