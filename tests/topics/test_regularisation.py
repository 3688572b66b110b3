"""L2, L1 and elastic-net penalties against PyTorch's autograd and plain loops."""

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
from dlsolve.topics.training.regularisation import TOPIC
from tests.values import array, number, solved

WEIGHT = st.one_of(st.integers(-3, 3), st.decimals(-2, 2, places=2).map(str))
STRENGTH = st.sampled_from(["0", "0.1", "0.01", "1/3", "2"])


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 4))
    out: dict[str, Any] = {"w": [draw(WEIGHT) for _ in range(n)], "lam": draw(STRENGTH)}
    out["penalty"] = draw(st.sampled_from(["l2", "l1", "elastic"]))
    if out["penalty"] == "elastic" and draw(st.booleans()):
        out["lam1"] = draw(STRENGTH)
    if draw(st.booleans()):
        out["L"] = draw(WEIGHT)
    if draw(st.booleans()):
        out["grad"] = [draw(WEIGHT) for _ in range(n)]
    if draw(st.booleans()):
        out["lr"] = draw(st.sampled_from(["0.1", "1/2"]))
    if n == 1 and draw(st.booleans()):
        out |= {key: out[key][0] for key in ("w", "grad") if key in out}
    return out


PROBLEMS = problems()


def flat(value: Any) -> np.ndarray:
    return np.array([float(Fraction(str(v))) for v in (value if isinstance(value, list) else [value])])


@settings(max_examples=120)
@given(problems(), st.sampled_from([("full", 1.0), ("half", 0.5)]))
def test_agrees_with_autograd(problem: dict[str, Any], reading: tuple[str, float]) -> None:
    torch = pytest.importorskip("torch")
    choice, factor = reading
    trace = solved(TOPIC, problem, {"l2": choice})
    w = torch.tensor(flat(problem["w"]), requires_grad=True)
    lam = float(Fraction(problem["lam"]))
    lam1 = float(Fraction(problem.get("lam1", problem["lam"])))
    square, absolute = factor * lam * (w**2).sum(), w.abs().sum()
    penalty = {"l2": square, "l1": lam * absolute, "elastic": square + lam1 * absolute}[problem["penalty"]]
    penalty.backward()
    assert number(trace.env["R"]) == pytest.approx(penalty.item())
    slope = w.grad.numpy()
    assert array(trace.env["dR"]).reshape(-1) == pytest.approx(slope)
    if "L" in problem:
        assert number(trace.env["L_reg"]) == pytest.approx(float(flat(problem["L"])[0]) + penalty.item())
    whole = slope + (flat(problem["grad"]) if "grad" in problem else 0)
    if "lr" in problem:
        moved = flat(problem["w"]) - float(Fraction(problem["lr"])) * whole
        assert array(trace.env["w_new"]).reshape(-1) == pytest.approx(moved)
    assert all(c.holds for c in trace.checks)


def test_pytorch_weight_decay_is_half() -> None:
    torch = pytest.importorskip("torch")
    w = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    optimiser = torch.optim.SGD([w], lr=0.1, weight_decay=0.1)
    w.grad = torch.tensor([0.5, 0.3], dtype=torch.float64)
    optimiser.step()
    trace = solved(TOPIC, TOPIC.example, {"l2": "half"})
    assert array(trace.env["w_new"]).reshape(-1) == pytest.approx(w.detach().numpy())


def test_a_weight_of_zero_is_said() -> None:
    trace = solved(TOPIC, {"w": [1, 0], "lam": 1, "penalty": "l1"})
    assert array(trace.env["dR"]).tolist() == [[1], [0]]
    assert any("no derivative" in r for r in trace.remarks)


def test_floats_agree() -> None:
    trace = solved(TOPIC, TOPIC.example, arithmetic=FLOAT64)
    assert array(trace.env["w_new"]).reshape(-1) == pytest.approx([0.93, -1.99])


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    changed = 0
    for penalty in ("l2", "l1"):
        raw = {**TOPIC.example, "w": [2, -3], "penalty": penalty}
        true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
        changed += any((array(true.env[k]) != array(slipped.env[k])).any() for k in true.steps)
    assert changed


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "w"),
        ({"w": [1, 2]}, "lam"),
        ({"w": [1, 2], "lam": -1}, "$.given.lam"),
        ({"w": [1, 2], "lam": 1, "grad": [1]}, "$.given.grad"),
        ({"w": [1, 2], "lam": 1, "lam1": 1}, "$.given.lam1"),
        ({"w": [1, 2], "lam": 1, "lr": 0}, "$.given.lr"),
        ({"w": [1, 2], "lam": 1, "penalty": "l3"}, "$.given.penalty"),
        ({"w": [], "lam": 1}, "empty list"),
        ({"w": [1, "a"], "lam": 1}, "$.given.w"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
