"""Batch normalisation against PyTorch, forward and backward, and what its gradient must satisfy."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.training.batchnorm import TOPIC
from tests.values import array, number, solved

VALUE = st.one_of(st.integers(-4, 4), st.decimals(-2, 2, places=1).map(str))
EPS = st.sampled_from(["1e-5", "0.001", "1/10"])


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    m, features = draw(st.integers(2, 5)), draw(st.integers(1, 2))

    def batch() -> list[list[Any]]:
        return [[draw(VALUE) for _ in range(features)] for _ in range(m)]

    out: dict[str, Any] = {"x": batch(), "eps": draw(EPS)}
    if draw(st.booleans()):
        out |= {"gamma": draw(VALUE), "beta": draw(VALUE)}
    elif draw(st.booleans()):
        out["gamma"] = [draw(VALUE) for _ in range(features)]
    if draw(st.booleans()):
        out["dy"] = batch()
    if features == 1 and draw(st.booleans()):
        out |= {key: [row[0] for row in out[key]] for key in ("x", "dy") if key in out}
    return out


PROBLEMS = problems()


def floats(value: Any) -> np.ndarray:
    rows = [[float(Fraction(str(e))) for e in (row if isinstance(row, list) else [row])] for row in value]
    return np.array(rows)


@settings(max_examples=120)
@given(problems())
def test_agrees_with_pytorch(problem: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    trace = solved(TOPIC, problem)
    x = torch.tensor(floats(problem["x"]), requires_grad=True)
    features = x.shape[1]

    def each(name: str, default: float) -> Any:
        told = problem.get(name, default)
        listed = told if isinstance(told, list) else [told] * features
        return torch.tensor([float(Fraction(str(v))) for v in listed], dtype=torch.float64, requires_grad=True)

    gamma, beta = each("gamma", 1), each("beta", 0)
    eps = float(Fraction(problem["eps"]))
    y = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
    if "dy" in problem:
        y.backward(torch.tensor(floats(problem["dy"])))
    for j in range(1, features + 1):
        assert number(trace.env["mu", j]) == pytest.approx(x[:, j - 1].mean().item())
        assert number(trace.env["var", j]) == pytest.approx(x[:, j - 1].var(correction=0).item())
        assert array(trace.env["y", j]).reshape(-1) == pytest.approx(y[:, j - 1].detach().numpy(), abs=1e-9)
        if "dy" in problem:
            assert array(trace.env["dx", j]).reshape(-1) == pytest.approx(x.grad[:, j - 1].numpy(), rel=1e-6, abs=1e-7)
            assert number(trace.env["dgamma", j]) == pytest.approx(gamma.grad[j - 1].item(), abs=1e-9)
            assert number(trace.env["dbeta", j]) == pytest.approx(beta.grad[j - 1].item(), abs=1e-9)
    assert all(c.holds for c in trace.checks), [c for c in trace.checks if not c.holds]


@settings(max_examples=40)
@given(problems(), st.integers(-5, 5))
def test_a_shift_of_the_batch_changes_nothing(problem: dict[str, Any], by: int) -> None:
    moved = {
        **problem,
        "x": [[str(Fraction(str(e)) + by) for e in (r if isinstance(r, list) else [r])] for r in problem["x"]],
    }
    one, other = solved(TOPIC, problem), solved(TOPIC, moved)
    for key in [k for k in one.steps if k[0] in ("x_hat", "y", "dx")]:
        assert array(one.env[key]) == pytest.approx(array(other.env[key]), abs=1e-12)


def test_the_gradient_has_no_vector_of_ones() -> None:
    trace = solved(TOPIC, TOPIC.example)
    assert "ones" not in str(trace.steps["dx", 1].rule)


def test_one_sample_is_its_own_mean() -> None:
    trace = solved(TOPIC, {"x": [5], "beta": 3})
    assert number(trace.env["x_hat", 1]) == 0
    assert any("one sample" in r for r in trace.remarks)


def test_floats_agree() -> None:
    exact, plain = solved(TOPIC, TOPIC.example), solved(TOPIC, TOPIC.example, arithmetic=FLOAT64)
    assert array(plain.env["dx", 1]) == pytest.approx(array(exact.env["dx", 1]))


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    true, slipped = solved(TOPIC, TOPIC.example), solved(TOPIC, TOPIC.example, policy=Slip(slip.rule))
    assert any((abs(array(true.env[k]) - array(slipped.env[k])) > 1e-9).any() for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "x"),
        ({"x": [1, 1, 1], "eps": 0}, "its variance is 0"),
        ({"x": [1, 2], "eps": -1}, "$.given.eps"),
        ({"x": [1, 2], "gamma": [1, 2]}, "$.given.gamma"),
        ({"x": [[1, 2], [3, 4]], "beta": [1, 2, 3]}, "$.given.beta"),
        ({"x": [1, 2, 3], "dy": [1, 2]}, "$.given.dy"),
        ({"x": [[1, 2], [3]]}, "row 2"),
        ({"x": [1, "a"]}, "$.given.x"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
