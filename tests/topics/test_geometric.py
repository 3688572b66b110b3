"""Geometric probabilities, mean and variance against SciPy."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.probability.geometric import TOPIC
from tests.values import number, solved


@st.composite
def stated(draw: st.DrawFn) -> dict[str, Any]:
    out: dict[str, Any] = {"p": f"{draw(st.integers(1, 20))}/20"}
    top = 12
    low, high = sorted((draw(st.integers(-1, 14)), draw(st.integers(-1, 14))))
    if draw(st.booleans()):
        out["k"] = [draw(st.integers(1, top))]
    if draw(st.booleans()):
        out["low"] = low
    if draw(st.booleans()):
        out["high"] = high
    return out


PROBLEMS = stated()


@settings(max_examples=150)
@given(stated(), st.booleans())
def test_agrees_with_scipy(p: dict[str, Any], floats: bool) -> None:
    scipy = pytest.importorskip("scipy.stats")
    trace = solved(TOPIC, p, arithmetic=FLOAT64) if floats else solved(TOPIC, p)
    if p["p"] == "20/20":
        assert trace.env["E_X"] == 1
        assert trace.env["Var_X"] == 0
        return  # SciPy warns of log 0
    model = scipy.geom(float(Fraction(p["p"])))
    assert number(trace.env["E_X"]) == pytest.approx(model.mean(), abs=1e-9)
    assert number(trace.env["Var_X"]) == pytest.approx(model.var(), abs=1e-9)
    for k in p.get("k", ()):
        assert number(trace.env["f", k]) == pytest.approx(model.pmf(k), abs=1e-9)
    if "low" in p or "high" in p:
        below = model.cdf(p["low"] - 1) if "low" in p else 0.0
        above = model.cdf(p["high"]) if "high" in p else 1.0
        assert number(trace.env["P"]) == pytest.approx(above - below, abs=1e-9)
    assert all(c.holds for c in trace.checks)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    cases: list[dict[str, Any]] = [{"p": 0.3, "k": [3], "low": 3}]
    for p in cases:
        true, wrong = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(slip.rule))
        if any(number(true.env[k]) != number(wrong.env[k]) for k in true.steps):
            return
    pytest.fail(f"{slip.id} changes nothing")


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"p": 0}, "$.given.p"),
        ({}, "p"),
        ({"p": 0.5, "k": [0]}, "$.given.k"),
        ({"p": 0.5, "low": 3, "high": 1}, "lies below low"),
        ({"p": 0.5, "low": 600}, "more than 500 terms"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
