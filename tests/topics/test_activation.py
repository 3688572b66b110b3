"""Activation functions against SciPy and PyTorch."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import erf, expit

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.neurons.activation import SYMBOLS, TOPIC
from tests.values import number, solved

POINTS = st.one_of(
    st.integers(-6, 6), st.decimals(-6, 6, places=2).map(str), st.sampled_from(["1/3", "-2/7", "0", "1e-3", "-1e-9"])
)
FAR = st.integers(-40, 40)


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    functions = draw(st.lists(st.sampled_from(sorted(SYMBOLS)), min_size=1, max_size=3, unique=True))
    points = POINTS if "gelu" in functions else st.one_of(POINTS, FAR)
    out: dict[str, Any] = {"function": functions, "z": draw(st.lists(points, min_size=1, max_size=4))}
    if draw(st.booleans()):
        out |= {"slope": draw(st.sampled_from(["0.3", "0.2", "0"])), "alpha": draw(st.sampled_from(["1/2", "2", "1"]))}
    if draw(st.booleans()):
        out["threshold"] = draw(st.sampled_from(["1/2", "-1", "0"]))
    return out


PROBLEMS = problems()


def expected(f: str, z: float, p: dict[str, Any]) -> tuple[float, float | None]:
    slope, alpha = float(Fraction(p.get("slope", "0.01"))), float(Fraction(p.get("alpha", "1")))
    sigma, theta = float(expit(z)), float(Fraction(p.get("threshold", "0")))
    slopes = sigma * float(expit(-z))
    below = z <= 0
    return {
        "step": (float(z >= theta), None if z == theta else 0.0),
        "sigmoid": (sigma, slopes),
        "tanh": (math.tanh(z), 1 / math.cosh(z) ** 2),
        "relu": (max(0.0, z), float(z > 0)),
        "leaky_relu": (slope * z if below else z, slope if below else 1.0),
        "elu": (alpha * math.expm1(min(z, 0)) if below else z, alpha * math.exp(min(z, 0)) if below else 1.0),
        "gelu": (
            z * float(1 + erf(z / math.sqrt(2))) / 2,
            float(1 + erf(z / math.sqrt(2))) / 2 + z * math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi),
        ),
        "silu": (z * sigma, sigma + z * slopes),
        "softplus": (math.log1p(math.exp(-abs(z))) + max(z, 0), sigma),
    }[f]


@settings(max_examples=150)
@given(problems())
def test_agrees_with_scipy(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    for f in problem["function"]:
        for i, z in enumerate(problem["z"], 1):
            value, slope = expected(f, float(Fraction(str(z))), problem)
            assert number(trace.env[f, i]) == pytest.approx(value, rel=1e-9, abs=1e-12), (f, z)
            if slope is None:
                assert trace.env[f + "_prime", i] == "none"
            else:
                assert number(trace.env[f + "_prime", i]) == pytest.approx(slope, rel=1e-7, abs=1e-12), (f, z)
    assert all(c.holds for c in trace.checks)


def test_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch")
    names = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "leaky_relu": "leaky_relu", "elu": "elu",
             "gelu": "gelu", "silu": "silu", "softplus": "softplus"}  # fmt: skip
    points = [-2.5, -1.0, 0.0, 0.5, 3.0]
    trace = solved(TOPIC, {"function": sorted(names), "z": points})
    for f, theirs in names.items():
        z = torch.tensor(points, dtype=torch.float64, requires_grad=True)
        out = getattr(torch.nn.functional, theirs)(z)
        out.sum().backward()
        for i in range(5):
            assert number(trace.env[f, i + 1]) == pytest.approx(out[i].item(), abs=1e-9), f
            assert number(trace.env[f + "_prime", i + 1]) == pytest.approx(z.grad[i].item(), abs=1e-9), f


def test_at_the_corner() -> None:
    assert number(solved(TOPIC, {"function": ["relu"], "z": [0]}).env["relu_prime", 1]) == 0
    assert number(solved(TOPIC, {"function": ["relu"], "z": [0]}, {"relu_at_0": "1"}).env["relu_prime", 1]) == 1
    assert "corner" in solved(TOPIC, {"function": ["leaky-relu"], "z": [0]}).remarks[0]
    assert not solved(TOPIC, {"function": ["elu"], "z": [0]}).remarks
    assert number(solved(TOPIC, {"function": ["step"], "z": [0]}, {"fire": "gt"}).env["step", 1]) == 0


def test_other_names_and_all() -> None:
    trace = solved(TOPIC, {"function": ["swish", "LeakyReLU"], "z": [1]})
    assert ("silu", 1) in trace.env
    assert ("leaky_relu", 1) in trace.env
    assert all((f, 1) in solved(TOPIC, {"function": ["all"], "z": [1]}).env for f in SYMBOLS)
    assert len(solved(TOPIC, {"function": ["tanh"]}).sets["points"]) == 5


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"function": ["sigmoid", "tanh", "relu", "leaky_relu", "elu"], "z": [-2, -1, 3]}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in true.answers)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "function"),
        ({"function": ["sigmoyd"], "z": [1]}, "$.given.function[0]"),
        ({"function": ["softmax"], "z": [1]}, "see `softmax`"),
        ({"function": ["sigmoid"], "z": [301]}, "beyond ±300"),
        ({"function": ["gelu"], "z": [7]}, "beyond ±6"),
        ({"function": ["elu"], "z": [1], "alpha": 0}, "$.given.alpha"),
        ({"function": ["sigmoid"], "z": []}, "empty"),
        ({"function": ["sigmoid"], "z": ["x"]}, "$.given.z"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
