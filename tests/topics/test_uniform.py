"""The uniform distribution against SciPy, its integrals against SymPy."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import DomainError, InputError
from dlsolve.policy import Slip
from dlsolve.topics.probability.uniform import TOPIC
from tests.values import number, solved

END = st.integers(-40, 40).map(lambda n: Fraction(n, 4))


@st.composite
def stated(draw: st.DrawFn) -> dict[str, Any]:
    a, length = draw(END), draw(st.integers(1, 60))
    out: dict[str, Any] = {"a": str(a), "b": str(a + Fraction(length, 4))}
    low, high = sorted((draw(END), draw(END)))
    if draw(st.booleans()):
        out["low"] = str(low)
    if draw(st.booleans()):
        out["high"] = str(high)
    if draw(st.booleans()):
        out["q"] = f"{draw(st.integers(0, 20))}/20"
    if draw(st.booleans()):
        out["x"] = sorted({str(draw(END)), str(a)})
    return out


PROBLEMS = stated()


@settings(max_examples=150)
@given(stated())
def test_agrees_with_scipy(p: dict[str, Any]) -> None:
    scipy = pytest.importorskip("scipy.stats")
    trace = solved(TOPIC, p)
    a, b = (float(Fraction(p[k])) for k in "ab")
    model = scipy.uniform(a, b - a)
    assert number(trace.env["E_X"]) == pytest.approx(model.mean(), abs=1e-9)
    assert number(trace.env["Var_X"]) == pytest.approx(model.var(), abs=1e-9)
    if "low" in p or "high" in p:
        low = float(Fraction(p.get("low", "-1000")))
        high = float(Fraction(p.get("high", "1000")))
        assert number(trace.env["P"]) == pytest.approx(model.cdf(high) - model.cdf(low), abs=1e-9)
    if "q" in p:
        assert number(trace.env["x_q"]) == pytest.approx(model.ppf(float(Fraction(p["q"]))), abs=1e-9)
    for key in trace.env:
        if isinstance(key, tuple) and key[0] == "F":
            at = number(trace.env["x", key[1]])
            assert number(trace.env[key]) == pytest.approx(model.cdf(at), abs=1e-9)
            assert number(trace.env["f", key[1]]) == pytest.approx(model.pdf(at), abs=1e-9)
    assert all(c.holds for c in trace.checks)


def test_the_integrals_of_the_notes() -> None:
    sympy = pytest.importorskip("sympy")
    x, a, b = sympy.symbols("x a b")
    mean = sympy.integrate(x / (b - a), (x, a, b))
    var = sympy.simplify(sympy.integrate((x - mean) ** 2 / (b - a), (x, a, b)))
    assert sympy.simplify(var - (b - a) ** 2 / 12) == 0
    trace = solved(TOPIC, {"a": 0, "b": 1})
    assert (trace.env["E_X"], trace.env["Var_int"]) == (fmpq(1, 2), fmpq(1, 12))


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    p = {"a": 1, "b": 4, "low": 2, "high": 6}
    true = solved(TOPIC, p)
    try:
        wrong = solved(TOPIC, p, policy=Slip(slip.rule))
    except DomainError:
        return  # a negative variance has no root
    assert any(str(true.env[k]) != str(wrong.env[k]) for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"a": 1, "b": 1}, "b must lie above"),
        ({"a": 3, "b": 1}, "b must lie above a = 3"),
        ({"a": 0, "b": 1, "low": 2, "high": 1}, "lies below low"),
        ({"a": 0, "b": 1, "q": 1.5}, "$.given.q"),
        ({"a": "x", "b": 1}, "$.given.a"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
