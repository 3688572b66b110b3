"""The exponential distribution against SciPy."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.probability.exponential import TOPIC
from tests.values import number, solved

WAIT = st.integers(0, 40).map(lambda n: Fraction(n, 4))


@st.composite
def stated(draw: st.DrawFn) -> dict[str, Any]:
    out: dict[str, Any] = {draw(st.sampled_from(["lam", "mean"])): f"{draw(st.integers(1, 24))}/8"}
    low, high = sorted((draw(WAIT), draw(WAIT)))
    if draw(st.booleans()):
        out["low"] = str(low)
    if draw(st.booleans()):
        out["high"] = str(high)
    if draw(st.booleans()):
        out["q"] = f"{draw(st.integers(0, 19))}/20"
    if draw(st.booleans()):
        out["x"] = [str(draw(WAIT))]
    if draw(st.booleans()):
        out |= {"since": str(low), "more": str(draw(WAIT))}
    return out


PROBLEMS = stated()


@settings(max_examples=150)
@given(stated(), st.booleans())
def test_agrees_with_scipy(p: dict[str, Any], floats: bool) -> None:
    scipy = pytest.importorskip("scipy.stats")
    trace = solved(TOPIC, p, arithmetic=FLOAT64) if floats else solved(TOPIC, p)
    model = scipy.expon(scale=float(Fraction(p["mean"]) if "mean" in p else 1 / Fraction(p["lam"])))
    assert number(trace.env["E_X"]) == pytest.approx(model.mean())
    assert number(trace.env["Var_X"]) == pytest.approx(model.var())
    assert number(trace.env["median"]) == pytest.approx(model.median())
    if "low" in p or "high" in p:
        below = model.cdf(float(Fraction(p["low"]))) if "low" in p else 0.0
        above = model.cdf(float(Fraction(p["high"]))) if "high" in p else 1.0
        assert number(trace.env["P"]) == pytest.approx(above - below, abs=1e-9)
    if "q" in p:
        assert number(trace.env["x_q"]) == pytest.approx(model.ppf(float(Fraction(p["q"]))), abs=1e-9)
    if "since" in p:
        assert number(trace.env["P_more"]) == pytest.approx(model.sf(float(Fraction(p["more"]))), abs=1e-9)
    for key in trace.env:
        if isinstance(key, tuple) and key[0] == "f":
            assert number(trace.env[key]) == pytest.approx(model.pdf(number(trace.env["x", key[1]])), abs=1e-9)
    assert all(c.holds for c in trace.checks)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    p = {"mean": 4, "low": 5, "x": [2], "since": 1, "more": 3}
    true, wrong = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != number(wrong.env[k]) for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "one of lam and mean"),
        ({"lam": 1, "mean": 1}, "one of lam and mean"),
        ({"lam": 0}, "$.given.lam"),
        ({"lam": 1, "x": [-1]}, "$.given.x"),
        ({"lam": 1, "low": 3, "high": 1}, "lies below low"),
        ({"lam": 1, "since": 3}, "$.given.more"),
        ({"lam": 1, "q": 1}, "$.given.q"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
