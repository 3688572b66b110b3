"""Your own rules: values against SymPy, gradients against SymPy and against PyTorch's autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.solver import run
from dlsolve.topics.own.rules import TOPIC, Problem
from tests.values import array, number, solved

LEAVES = ["x", "y", "z"]
HALVES = st.integers(-6, 6).map(lambda n: n / 4)
SHAPES = ["{a} + {b}", "{a} - {b}", "{a}*{b}", "{a}/(1 + {b}^2)", "{a}^2", "{a}^3/4", "-{a} + 2{b}", "exp({a}/4)",
          "sigmoid({a})", "tanh({a})", "ln(1 + {a}^2)", "sqrt(1 + {a}^2)", "sin({a}) + cos({b})"]  # fmt: skip
"""Right-hand sides in two earlier names; written as a student types them."""


@st.composite
def circuits(draw: st.DrawFn) -> dict[str, Any]:
    """Scalar rules, each in earlier values; a value may be used twice, or not at all."""
    values = {v: draw(HALVES) for v in LEAVES}
    known, rows = list(values), []
    for n in range(1, draw(st.integers(1, 5)) + 1):
        shape = draw(st.sampled_from(SHAPES))
        one = st.sampled_from(known)
        rows.append(f"q{n} = " + shape.format(a=draw(one), b=draw(one)))
        known.append(f"q{n}")
    return {"rules": draw(st.sampled_from(["; ", "\n"])).join(rows), "values": values, "differentiate": known[-1]}


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """A layer and a squared error, in matrices typed by the user."""
    d, h = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    entry = st.integers(-8, 8).map(lambda n: n / 8)

    def matrix(rows: int, cols: int) -> list[list[float]]:
        return [[draw(entry) for _ in range(cols)] for _ in range(rows)]

    act = draw(st.sampled_from(["tanh", "sigmoid", "relu"]))
    return {
        "rules": f"z = W@x + b; a = {act}(z); y = V@a; L = sum((y - t)^2)",
        "values": {"W": matrix(h, d), "x": matrix(d, 1), "b": matrix(h, 1), "V": matrix(2, h), "t": matrix(2, 1)},
        "differentiate": "L",
        "wrt": ["W", "b", "V", "x"],
    }


PROBLEMS = st.one_of(circuits(), networks())


@pytest.mark.oracle
@settings(max_examples=150)
@given(circuits())
def test_circuits_agree_with_sympy(p: dict[str, Any]) -> None:
    import sympy

    trace = solved(TOPIC, p)
    symbols = {v: sympy.Symbol(v) for v in LEAVES}
    known: dict[str, Any] = dict(symbols)
    words = {"ln": sympy.log, "sigmoid": lambda z: 1 / (1 + sympy.exp(-z))}
    point = {symbols[v]: sympy.Rational(str(x)) for v, x in p["values"].items()}
    for row in p["rules"].replace("\n", ";").split(";"):
        name, text = (side.strip() for side in row.split("="))
        # SymPy wants its products written out
        text = text.replace("2q", "2*q").replace("2x", "2*x").replace("2y", "2*y").replace("2z", "2*z")
        known[name] = sympy.sympify(text.replace("^", "**"), locals={**known, **words}, rational=True)
        assert number(trace.env[name]) == pytest.approx(float(known[name].subs(point).evalf(30)), rel=1e-9, abs=1e-9)
    target = known[p["differentiate"]]
    for v, symbol in symbols.items():
        slope = float(sympy.diff(target, symbol).subs(point).evalf(30))
        ours = number(trace.env[f"d{v}"]) if f"d{v}" in trace.env else 0.0
        assert ours == pytest.approx(slope, rel=1e-8, abs=1e-8), v


@pytest.mark.oracle
@settings(max_examples=100)
@given(networks())
def test_matrices_agree_with_autograd(p: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    trace = solved(TOPIC, p)
    v = {k: torch.tensor(m, dtype=torch.float64, requires_grad=True) for k, m in p["values"].items()}
    act = next(a for a in ("tanh", "sigmoid", "relu") if a in p["rules"])
    y = v["V"] @ getattr(torch, act)(v["W"] @ v["x"] + v["b"])
    loss = ((y - v["t"]) ** 2).sum()
    loss.backward()
    assert number(trace.env["L"]) == pytest.approx(float(loss.detach()), rel=1e-9, abs=1e-12)
    for name in p["wrt"]:
        expected = v[name].grad.numpy()
        np.testing.assert_allclose(array(trace.env[f"d{name}"]).reshape(expected.shape), expected, atol=1e-9)


# -- what exam papers ask --------------------------------------------------------------------------


def test_the_circuit_of_every_lecture() -> None:
    trace = solved(TOPIC, {"rules": "q = x + y; f = q*z", "values": {"x": -2, "y": 5, "z": -4}, "differentiate": "f"})
    assert [trace.env[k] for k in ("q", "f", "dx", "dy", "dz", "dq")] == [3, -12, -4, -4, 3, -4]


def test_a_sigmoid_neuron() -> None:
    rules = "a = w0*x0; b = w1*x1; s = a + b + w2; f = 1/(1 + e^(-s))"
    values = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
    trace = solved(TOPIC, {"rules": rules, "values": values, "differentiate": "f"})
    found = {k: number(trace.env[f"d{k}"]) for k in values}
    slope = 0.19661193324148185
    expected = {"w0": -1, "x0": 2, "w1": -2, "x1": -3, "w2": 1}
    assert found == pytest.approx({k: v * slope for k, v in expected.items()}, rel=1e-12)


def test_values_alone_need_no_derivative() -> None:
    trace = solved(TOPIC, {"rules": "F1 = 2*p*r/(p + r)", "values": {"p": "1/2", "r": "1/3"}})
    assert trace.env["F1"] == fmpq(2, 5)
    assert trace.answers == ["F1"]


def test_only_the_wanted_gradients_are_answers() -> None:
    p = {"rules": "f = a*b^2", "values": {"a": 3, "b": 2}, "differentiate": "f", "wrt": ["b"]}
    trace = solved(TOPIC, p)
    assert trace.answers == ["f", "db"]
    assert trace.env["db"] == 12


def test_a_value_that_the_target_does_not_use_is_said() -> None:
    trace = solved(TOPIC, {"rules": "f = a^2", "values": {"a": 3, "b": 2}, "differentiate": "f"})
    assert any("does not depend on b" in getattr(i, "text", "") for i in trace.items)


@pytest.mark.parametrize(
    ("given_", "where"),
    [
        ({}, "$.given"),
        ({"rules": "  "}, "$.given.rules"),
        ({"rules": "q + 1", "values": {"q": 1}}, "$.given.rules, rule 1"),
        ({"rules": "q == 1", "values": {"x": 1}}, "$.given.rules, rule 1"),
        ({"rules": "q = x; x = q", "values": {"x": 1}}, "$.given.rules, rule 2"),
        ({"rules": "q = x; q = 2x", "values": {"x": 1}}, "$.given.rules, rule 2"),
        ({"rules": "pi = x", "values": {"x": 1}}, "$.given.rules, rule 1"),
        ({"rules": "q = x + y", "values": {"x": 1}}, "$.given.rules, rule 1"),
        ({"rules": "q = __import__('os')", "values": {"x": 1}}, "$.given.rules, rule 1"),
        ({"rules": "q = 2"}, "$.given.values"),
        ({"rules": "q = x", "values": {"x": 1}, "differentiate": "r"}, "$.given.differentiate"),
        ({"rules": "q = A", "values": {"A": [[1, 2]]}, "differentiate": "q"}, "$.given.differentiate"),
        ({"rules": "q = floor(x)", "values": {"x": 1}, "differentiate": "q"}, "$.given.differentiate"),
        ({"rules": "q = x", "values": {"x": 1}, "differentiate": "q", "wrt": ["y"]}, "$.given.wrt"),
        ({"rules": "dx = x^2; f = dx", "values": {"x": 1}, "differentiate": "f"}, "$.given.rules"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as fault:
        run(TOPIC, read_problem(Problem, given_))
    assert fault.value.where.startswith(where), fault.value
