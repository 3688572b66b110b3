"""Entropy, cross-entropy and KL of densities against numerical integration and SciPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from dlsolve.errors import DomainError, InputError
from dlsolve.policy import Slip
from dlsolve.topics.information.continuous_entropy import TOPIC
from dlsolve.worked.information.densities import Density, density
from tests.values import number, solved

BASES = {"2": 2.0, "e": math.e, "10": 10.0}
END = st.integers(-6, 6)


@st.composite
def densities(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["uniform", "pieces", "pieces", "normal"]))
    if kind == "uniform":
        a = draw(END)
        return f"U({a}, {a + draw(st.integers(1, 6))}/1)" if a == 0 else f"U({a}/2, {a + draw(st.integers(1, 6))}/2)"
    if kind == "normal":
        return f"N({draw(END)}/2, {draw(st.integers(1, 9))}/4)"
    cuts = sorted(draw(st.sets(END, min_size=2, max_size=4)))
    weights = [draw(st.integers(0, 4)) for _ in cuts[1:]]
    weights[0] += 1
    area = sum(w * (b - a) for w, a, b in zip(weights, cuts, cuts[1:], strict=False))
    return "; ".join(f"{Fraction(w, area)} on [{a}, {b}]" for w, a, b in zip(weights, cuts, cuts[1:], strict=False))


@st.composite
def stated(draw: st.DrawFn) -> dict[str, Any]:
    out: dict[str, Any] = {"f": draw(densities())}
    if draw(st.integers(0, 4)):
        out["g"] = out["f"] if draw(st.integers(0, 5)) == 0 else draw(densities())
        out["reverse"] = draw(st.booleans())
    return out


PROBLEMS = stated()


def log_density(one: Density) -> Callable[[float], float]:
    if one.normal is not None:
        mean, var = (number(v) for v in one.normal)
        return lambda x: -((x - mean) ** 2) / (2 * var) - math.log(2 * math.pi * var) / 2

    def value(x: float) -> float:
        return next((math.log(number(h)) for a, b, h in one.pieces if number(a) < x < number(b)), -math.inf)

    return value


def cross(one: Density, other: Density, base: float) -> float:
    """−∫ f·log g by quadrature, from one cut to the next."""
    log_f, log_g = log_density(one), log_density(other)
    if one.normal is not None:
        if other.normal is None:
            return math.inf
        mean, sd = number(one.normal[0]), math.sqrt(number(one.normal[1]))
        area = quad(lambda x: -math.exp(log_f(x)) * log_g(x), mean - 12 * sd, mean + 12 * sd, limit=200)[0]
        return float(area) / math.log(base)
    cuts = sorted({number(e) for d in (one, other) for a, b, _ in d.pieces for e in (a, b)})
    total = 0.0
    for a, b in pairwise(cuts):
        middle = (a + b) / 2
        if log_f(middle) == -math.inf:
            continue
        if log_g(middle) == -math.inf:
            return math.inf
        total -= math.exp(log_f(middle)) * quad(log_g, a, b)[0]
    return total / math.log(base)


@settings(max_examples=100)
@given(stated(), st.sampled_from(sorted(BASES)))
def test_agrees_with_numerical_integration(p: dict[str, Any], log: str) -> None:
    trace, base = solved(TOPIC, p, {"log": log}), BASES[log]
    found = {d: density(p[d], "") for d in "fg" if d in p}
    pairs = [("f", "g")] * ("g" in p) + [("g", "f")] * p.get("reverse", False)
    entropies = {d: cross(one, one, base) for d, one in found.items()}
    for d, one in entropies.items():
        assert number(trace.env["H", d]) == pytest.approx(one, abs=1e-7)
    for d, o in pairs:
        expected = cross(found[d], found[o], base)
        if math.isinf(expected):
            assert trace.env["CE", d, o] == trace.env["KL", d, o] == "inf"
        else:
            assert number(trace.env["CE", d, o]) == pytest.approx(expected, abs=1e-7)
            assert number(trace.env["KL", d, o]) == pytest.approx(expected - entropies[d], abs=1e-7)
    assert all(c.holds for c in trace.checks)


def test_the_uniform_densities_of_the_notes() -> None:
    trace = solved(TOPIC, {"f": "U(0, 1)", "g": "1/2 on [0, 2]", "reverse": True})
    assert [trace.env[k] for k in trace.answers] == [0, 1, 1, 1, "inf", "inf"]


def test_a_narrow_density_has_an_entropy_below_zero() -> None:
    assert solved(TOPIC, {"f": "U(0, 1/2)"}).env["H", "f"] == -1


@pytest.mark.parametrize(
    ("text", "same"),
    [("N(1, 4)", "N(mu=1, sigma=2)"), ("N(1, 2^2)", "normal(1, var=4)"), ("N(0, 2²)", "N(0, 4)"),
     ("0.5 for 0 <= x <= 2", "1/2 on [0, 2]"), ("1/4 on [1,3]; 1/2 on [0,1]", "1/2 on [0, 1]; 1/4 on [1, 3]"),
     ("uniform(0, 2)", "U[0, 2]")],
)  # fmt: skip
def test_ways_of_writing(text: str, same: str) -> None:
    assert density(text, "") == density(same, "")


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    problems = [{"f": "3/4 on [0, 1]; 1/8 on [1, 3]", "g": "U(0, 4)"}, {"f": "N(0, 4)", "g": "N(1, 9)"}]
    changed = False
    for p in problems:
        true = solved(TOPIC, p)
        try:
            wrong = solved(TOPIC, p, policy=Slip(slip.rule))
        except DomainError:
            continue
        changed = changed or any(number(true.env[k]) != pytest.approx(number(wrong.env[k])) for k in true.answers)
    assert changed


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"f": "U(0,1)", "g": "2 on [0, 2]"}, "integrates to 4, not to 1"),
        ({"f": "1/3 on [0, 1]"}, "integrates to 1/3"),
        ({"f": "U(1, 0)"}, "first end"),
        ({"f": "U(1)"}, "two numbers"),
        ({"f": "N(0, 0)"}, "above 0"),
        ({"f": "N(0, -1)"}, "above 0"),
        ({"f": "sin(x)"}, "not a density"),
        ({"f": "U(a, b)"}, "not a number"),
        ({"f": "1 on [1, 0]"}, "below its end"),
        ({"f": "-1 on [0, 1]; 2 on [1, 2]"}, "never below 0"),
        ({"f": "1 on [0, 1]; 1 on [0.5, 1]"}, "overlap"),
        ({"f": "0 on [0, 1]"}, "integrates to 0"),
        ({"f": ""}, "0 pieces"),
        ({"f": "U(0, 1)", "reverse": True}, "$.given.reverse"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
