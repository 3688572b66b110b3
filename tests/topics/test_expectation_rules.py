"""The rules of expectation and variance against a joint distribution worked out pair by pair."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.probability.expectation_rules import TOPIC
from dlsolve.trace import Trace
from tests.values import number, solved

Joint = list[tuple[int, int, int]]


@st.composite
def joints(draw: st.DrawFn) -> tuple[Joint, dict[str, int], bool]:
    """Values of X and Y with a weight each, the factors, and whether Y is asked of."""
    pairs = draw(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.integers(1, 5)), min_size=1, max_size=5))
    factors = {"a": draw(st.integers(-3, 3)), "b": draw(st.integers(-3, 3)), "c": draw(st.integers(-5, 5))}
    return pairs, factors, draw(st.booleans())


def mean(pairs: Joint, of: Any) -> Fraction:
    return Fraction(sum(w * of(x, y) for x, y, w in pairs), sum(w for _, _, w in pairs))


def stated(pairs: Joint, factors: dict[str, int], two: bool, square: bool) -> dict[str, Any]:
    ex, ey = mean(pairs, lambda x, y: x), mean(pairs, lambda x, y: y)
    ex2, ey2 = mean(pairs, lambda x, y: x * x), mean(pairs, lambda x, y: y * y)
    out: dict[str, Any] = {"E_X": str(ex), **({"E_X2": str(ex2)} if square else {"Var_X": str(ex2 - ex**2)})}
    if not two:
        return {**out, "a": factors["a"], "c": factors["c"]}
    exy = mean(pairs, lambda x, y: x * y)
    return {**out, "E_Y": str(ey), "Var_Y": str(ey2 - ey**2), **factors,
            **({"E_XY": str(exy)} if square else {"cov": str(exy - ex * ey)})}  # fmt: skip


PROBLEMS = st.builds(lambda j, square: stated(j[0], j[1], j[2], square), joints(), st.booleans())


def fraction(trace: Trace, name: str) -> Fraction:
    value = trace.env[name]
    assert isinstance(value, fmpq)
    return Fraction(int(value.p), int(value.q))


@settings(max_examples=100)
@given(joints(), st.booleans())
def test_moments_of_a_linear_combination(joint: tuple[Joint, dict[str, int], bool], square: bool) -> None:
    pairs, f, two = joint
    trace = solved(TOPIC, stated(pairs, f, two, square))

    def z(x: int, y: int) -> int:
        return f["a"] * x + (f["b"] * y if two else 0) + f["c"]

    first, second = mean(pairs, z), mean(pairs, lambda x, y: z(x, y) ** 2)
    assert fraction(trace, "E_Z") == first
    assert fraction(trace, "E_Z2") == second
    assert fraction(trace, "Var_Z") == second - first**2
    assert number(trace.env["sigma_Z"]) == pytest.approx(float(second - first**2) ** 0.5, abs=1e-9)


def test_independence_gives_a_covariance_of_0() -> None:
    trace = solved(TOPIC, {"E_X": 3, "Var_X": 4, "E_Y": 1, "Var_Y": 9, "independent": True, "a": 2, "b": -3})
    assert trace.env["Var_Z"] == 4 * 4 + 9 * 9
    assert trace.env["E_XY"] == 3


def test_without_the_covariance_only_the_mean_follows() -> None:
    trace = solved(TOPIC, {"E_X": 3, "Var_X": 4, "E_Y": 1, "Var_Y": 9})
    assert trace.env["E_Z"] == 4
    assert any("cov(X, Y) is not known" in r for r in trace.remarks)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "nothing is known"),
        ({"a": 3}, "nothing is known"),
        ({"E_X": 3, "E_X2": 5}, "Var(X) would be -4"),
        ({"E_X": 3, "E_X2": 13, "Var_X": 5}, "the others give"),
        ({"Var_X": 1, "Var_Y": 1, "cov": 2}, "cov² is at most"),
        ({"Var_X": -1}, "$.given.Var_X"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    cases: list[dict[str, Any]] = [
        {"E_X": 3, "Var_X": 4, "a": 2, "c": 1}, {"E_X": 3, "Var_X": 9, "E_Y": 1, "Var_Y": 2, "cov": 2, "a": 2, "b": 2},
    ]  # fmt: skip
    for p in cases:
        true, wrong = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(slip.rule))
        if any(number(true.env[k]) != number(wrong.env[k]) for k in true.steps):
            return
    pytest.fail(f"{slip.id} changes nothing")
