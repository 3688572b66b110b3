"""Binomial probabilities, mean and variance against SciPy."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.probability.binomial import TOPIC
from tests.values import number, solved


@st.composite
def stated(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 12))
    out: dict[str, Any] = {"n": n, "p": f"{draw(st.integers(0, 20))}/20"}
    top = n
    low, high = sorted((draw(st.integers(-1, 14)), draw(st.integers(-1, 14))))
    if draw(st.booleans()):
        out["k"] = [draw(st.integers(0, top))]
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
    model = scipy.binom(p["n"], float(Fraction(p["p"])))
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
    cases: list[dict[str, Any]] = [
        {"n": 4, "p": 0.3, "k": [1], "low": 1, "high": 3, "normal": True},
        {"n": 4, "p": 0.3, "low": 1},
    ]
    for p in cases:
        true, wrong = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(slip.rule))
        if any(number(true.env[k]) != number(wrong.env[k]) for k in true.steps):
            return
    pytest.fail(f"{slip.id} changes nothing")


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"p": 1.2}, "$.given.p"),
        ({"n": 0, "p": 0.5}, "$.given.n"),
        ({"n": 3, "p": 0.5, "k": [4]}, "takes the values 0 to 3"),
        ({"n": 3}, "p"),
        ({"n": 3, "p": 0.5, "low": 3, "high": 1}, "lies below low"),
        ({"n": 10000, "p": 0.5, "low": 1000, "high": 6000}, "more than 500 terms"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@settings(max_examples=60)
@given(
    st.fixed_dictionaries({"n": st.integers(1, 40), "p": st.integers(1, 19).map(lambda k: f"{k}/20")}),
    st.integers(1, 99),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_quantiles_and_the_normal_curve(p: dict[str, Any], share: int, a: int, b: int) -> None:
    scipy = pytest.importorskip("scipy.stats")
    low, high = sorted((a, b))
    trace = solved(TOPIC, {**p, "q": f"{share}/100", "low": low, "high": high, "normal": True})
    model = scipy.binom(p["n"], float(Fraction(p["p"])))
    k = int(number(trace.env["k_q"]))
    assert model.cdf(k) >= share / 100 - 1e-12
    assert k == 0 or model.cdf(k - 1) < share / 100 + 1e-12
    curve = scipy.norm(model.mean(), model.std())
    assert number(trace.env["P_normal"]) == pytest.approx(curve.cdf(high + 0.5) - curve.cdf(low - 0.5), abs=1e-9)
    if low != high:
        assert number(trace.env["P_plain"]) == pytest.approx(curve.cdf(high) - curve.cdf(low), abs=1e-9)


def test_a_range_is_needed_for_the_normal_curve() -> None:
    with pytest.raises(InputError, match="no range to approximate"):
        solved(TOPIC, {"n": 5, "p": 0.5, "normal": True})
