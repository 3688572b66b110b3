"""Linear layers in one, against NumPy and PyTorch."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.networks.collapse import TOPIC
from tests.values import array, solved

DECIMALS = st.integers(-20, 20).map(lambda n: n / 10)


def matrix(rows: int, cols: int) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(st.lists(DECIMALS, min_size=cols, max_size=cols), min_size=rows, max_size=rows)


@st.composite
def problems(draw: st.DrawFn, layout: str = "Wx") -> dict[str, Any]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=3, max_size=5))
    out: dict[str, Any] = {}
    for k, (n, m) in enumerate(pairwise(sizes), 1):
        out[f"W{k}"] = draw(matrix(m, n) if layout == "Wx" else matrix(n, m))
        if draw(st.booleans()):
            out[f"b{k}"] = draw(matrix(1, m))[0]
    if draw(st.booleans()):
        out["x"] = draw(matrix(draw(st.integers(1, 3)), sizes[0]))
    return out


PROBLEMS = problems()


@pytest.mark.parametrize("layout", ["Wx", "xW"])
def test_agrees_with_numpy(layout: str) -> None:
    @settings(max_examples=100)
    @given(problems(layout))
    def agrees(problem: dict[str, Any]) -> None:
        trace = solved(TOPIC, problem, {"layout": layout})
        assert all(c.holds for c in trace.checks)
        depth = sum(k.startswith("W") for k in problem)
        inputs = np.array(problem["W1"]).shape[1 if layout == "Wx" else 0]

        def through(x: np.ndarray) -> np.ndarray:
            for k in range(1, depth + 1):
                W = np.array(problem[f"W{k}"], dtype=float)
                x = x @ (W.T if layout == "Wx" else W) + np.array(problem.get(f"b{k}", 0.0))
            return x

        shift = through(np.zeros((1, inputs)))
        weights = through(np.eye(inputs)) - shift
        ours_W, ours_b = array(trace.env["W_total"]), array(trace.env["b_total"])
        if layout == "Wx":
            ours_W, ours_b = ours_W.T, ours_b.T
        assert ours_W == pytest.approx(weights, abs=1e-8)
        assert ours_b == pytest.approx(shift, abs=1e-8)
        if "x" in problem:
            ours = array(trace.env["y_hat"])
            assert (ours.T if layout == "Wx" else ours) == pytest.approx(through(np.array(problem["x"])), abs=1e-8)

    agrees()


def test_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch")
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)).double()
    p: dict[str, Any] = {}
    for k, layer in enumerate(net, 1):
        p |= {f"W{k}": layer.weight.tolist(), f"b{k}": layer.bias.tolist()}
    x = [0.5, -1.25, 3.0]
    trace = solved(TOPIC, p | {"x": x})
    assert array(trace.env["y_hat"]).T[0] == pytest.approx(net(torch.tensor(x).double()).detach().numpy(), abs=1e-9)


def test_what_multiplied_out_looks_like() -> None:
    p = {f"W{k}": [[1]] for k in (1, 2, 3)}
    notes = [getattr(i, "text", "") for i in solved(TOPIC, p).items]
    assert "ŷ = W₃·W₂·W₁·x + W₃·W₂·b₁ + W₃·b₂ + b₃" in notes
    notes = [getattr(i, "text", "") for i in solved(TOPIC, p, {"layout": "xW"}).items]
    assert "ŷ = x·W₁·W₂·W₃ + b₁·W₂·W₃ + b₂·W₃ + b₃" in notes


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {
        "W1": [[1, 2], [0, -1]],
        "b1": [1, 3],
        "W2": [[3, 1], [2, 2]],
        "b2": [-2, 1],
        "W3": [[1, 1], [0, 4]],
        "b3": [1, 1],
    }
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(array(true.env[k]) != pytest.approx(array(slipped.env[k])) for k in true.answers)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "$.given.W"),
        ({"W1": [[1, 2]]}, "one layer already"),
        ({"W1": [[1, 2]], "W3": [[1]]}, "$.given.W2"),
        ({"W1": [[1, 2]], "W2": [[1, 2]]}, "$.given.W2"),
        ({"W1": [[1, 2]], "W2": [[1]], "b1": [1, 2]}, "$.given.b1"),
        ({"W1": [[1, 2]], "W2": [[1]], "x": [1]}, "$.given.W1"),
        ({"W1": [[1, 2], [3]], "W2": [[1]]}, "$.given.W1"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
