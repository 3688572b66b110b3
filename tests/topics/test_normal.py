"""The normal distribution against SciPy and the standard library."""

from __future__ import annotations

from fractions import Fraction
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.probability.normal import TOPIC
from tests.values import number, solved

POINT = st.integers(-30, 30).map(lambda n: Fraction(n, 4))


@st.composite
def stated(draw: st.DrawFn) -> dict[str, Any]:
    out: dict[str, Any] = {"mu": str(draw(POINT))}
    out[draw(st.sampled_from(["sigma", "var"]))] = f"{draw(st.integers(1, 40))}/4"
    low, high = sorted((draw(POINT), draw(POINT)))
    if draw(st.booleans()):
        out["low"] = str(low)
    if draw(st.booleans()):
        out["high"] = str(high)
    if draw(st.booleans()):
        out["q"] = f"{draw(st.integers(1, 39))}/40"
    if draw(st.booleans()):
        out["x"] = [str(draw(POINT))]
    return out


PROBLEMS = stated()


@settings(max_examples=150)
@given(stated(), st.booleans())
def test_agrees_with_the_standard_library(p: dict[str, Any], floats: bool) -> None:
    trace = solved(TOPIC, p, arithmetic=FLOAT64) if floats else solved(TOPIC, p)
    sigma = float(Fraction(p["sigma"])) if "sigma" in p else float(Fraction(p["var"])) ** 0.5
    model = NormalDist(float(Fraction(p["mu"])), sigma)
    if "low" in p or "high" in p:
        below = model.cdf(float(Fraction(p["low"]))) if "low" in p else 0.0
        above = model.cdf(float(Fraction(p["high"]))) if "high" in p else 1.0
        assert number(trace.env["P"]) == pytest.approx(above - below, abs=1e-9)
    if "q" in p:
        assert number(trace.env["x_q"]) == pytest.approx(model.inv_cdf(float(Fraction(p["q"]))), abs=1e-6)
    for key in trace.env:
        if isinstance(key, tuple) and key[0] == "f":
            assert number(trace.env[key]) == pytest.approx(model.pdf(number(trace.env["x", key[1]])), abs=1e-9)
    assert all(c.holds for c in trace.checks)


def test_far_out_in_the_tail_digits_are_certified() -> None:
    scipy = pytest.importorskip("scipy.stats")
    trace = solved(TOPIC, {"low": 9})
    assert number(trace.env["P"]) == pytest.approx(scipy.norm.sf(9), rel=1e-6)


def test_entropy_by_each_logarithm() -> None:
    scipy = pytest.importorskip("scipy.stats")
    trace = solved(TOPIC, {"sigma": 2}, {"log": "e"})
    assert number(trace.env["H"]) == pytest.approx(scipy.norm(0, 2).entropy())


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    for p in ({"mu": 1, "var": 4, "low": 0, "high": 2}, {"mu": 1, "sigma": 2, "low": 4}):
        true, wrong = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(slip.rule))
        if any(number(true.env[k]) != number(wrong.env[k]) for k in true.steps):
            return
    pytest.fail(f"{slip.id} changes nothing")


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"sigma": 0}, "$.given.sigma"),
        ({"var": -1}, "$.given.var"),
        ({"sigma": 1, "var": 1}, "both given"),
        ({"low": 2, "high": 1}, "lies below low"),
        ({"q": 1}, "$.given.q"),
        ({"q": 0}, "$.given.q"),
        ({"mu": "x"}, "$.given.mu"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
