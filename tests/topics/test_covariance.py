"""Covariance and correlation against NumPy and the standard library."""

from __future__ import annotations

import statistics
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.probability.covariance import TOPIC
from tests.values import number, solved

VALUE = st.integers(-20, 20).map(lambda n: Fraction(n, 2))
PAIRS = st.lists(st.tuples(VALUE, VALUE), min_size=1, max_size=7)


def data(pairs: list[tuple[Fraction, Fraction]]) -> dict[str, Any]:
    return {"x": [str(a) for a, _ in pairs], "y": [str(b) for _, b in pairs]}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, dict[str, int]]:
    xs = draw(st.lists(st.integers(-5, 5), min_size=1, max_size=3, unique=True))
    ys = draw(st.lists(st.integers(-5, 5), min_size=1, max_size=3, unique=True))
    table = {str(x): {str(y): draw(st.integers(0, 9)) for y in ys} for x in xs}
    table[str(xs[0])][str(ys[0])] += 1
    return table


def as_joint(table: dict[str, dict[str, int]]) -> dict[str, Any]:
    whole = sum(sum(row.values()) for row in table.values())
    return {"joint": {x: {y: str(Fraction(n, whole)) for y, n in row.items()} for x, row in table.items()}}


@st.composite
def known(draw: st.DrawFn) -> dict[str, Any]:
    a, b = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    out: dict[str, Any] = {"Var_X": a * a, "Var_Y": b * b, "a": draw(st.integers(-3, 3))}
    if draw(st.booleans()):
        return {**out, "corr": f"{draw(st.integers(-10, 10))}/10"}
    return {**out, "cov": draw(st.integers(-a * b, a * b))}


COINS = st.sampled_from([{"experiment": "3 coins", "X": "heads", "Y": "tails"},
                         {"experiment": "2 dice", "X": "max", "Y": "sum"}])  # fmt: skip
PROBLEMS = st.one_of(
    PAIRS.map(data), tables().map(lambda table: {"counts": table}), tables().map(as_joint), known(), COINS
)


@settings(max_examples=150)
@given(st.lists(st.tuples(VALUE, VALUE), min_size=2, max_size=8), st.booleans())
def test_data_agree_with_numpy(pairs: list[tuple[Fraction, Fraction]], sample: bool) -> None:
    trace = solved(TOPIC, data(pairs), {"variance": "sample" if sample else "population"})
    x, y = (np.array([float(p[k]) for p in pairs]) for k in (0, 1))
    matrix = np.cov(x, y, ddof=int(sample))
    assert number(trace.env["cov"]) == pytest.approx(matrix[0, 1], abs=1e-9)
    assert number(trace.env["Var_X"]) == pytest.approx(matrix[0, 0], abs=1e-9)
    assert number(trace.env["Var_sum"]) == pytest.approx(np.var(x + y, ddof=int(sample)), abs=1e-9)
    assert number(trace.env["Var_diff"]) == pytest.approx(np.var(x - y, ddof=int(sample)), abs=1e-9)
    if np.ptp(x) and np.ptp(y):
        assert number(trace.env["corr"]) == pytest.approx(statistics.correlation(x.tolist(), y.tolist()), abs=1e-9)
    else:
        assert "corr" not in trace.env
    assert all(c.holds for c in trace.checks)


@settings(max_examples=100)
@given(tables(), st.booleans())
def test_tables_agree_with_numpy(table: dict[str, dict[str, int]], joint: bool) -> None:
    trace = solved(TOPIC, as_joint(table) if joint else {"counts": table})
    cells = [(int(x), int(y), n) for x, row in table.items() for y, n in row.items()]
    x, y, n = (np.array([c[k] for c in cells], dtype=float) for k in range(3))
    assert number(trace.env["E_XY"]) == pytest.approx(np.average(x * y, weights=n), abs=1e-9)
    assert number(trace.env["cov"]) == pytest.approx(np.cov(x, y, aweights=n, ddof=0)[0, 1], abs=1e-9)


def test_heads_and_tails() -> None:
    trace = solved(TOPIC, {"experiment": "3 coins", "X": "heads", "Y": "tails"})
    assert trace.env["cov"] == fmpq(-3, 4)
    assert trace.env["Var_sum"] == 0
    assert trace.env["corr"] == -1


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    table = {"joint": {"0": {"0": 0.3, "1": 0.2}, "2": {"0": 0.1, "1": 0.4}}}
    p = {**({"x": [1, 2, 5], "y": [2, 3, 3]} if slip.id.endswith("-data") else table), "a": 2, "b": 3}
    true, wrong = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(slip.rule))
    assert any(str(true.env[k]) != str(wrong.env[k]) for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "one of joint, counts"),
        ({"x": [1, 2]}, "$.given.y"),
        ({"x": [1, 2], "y": [1]}, "2 values of X and 1 of Y"),
        ({"x": [1], "y": [1], "counts": {"1": {"1": 1}}}, "counts and x and y"),
        ({"joint": {"0": {"0": 0.5}}}, "sum to 0.5"),
        ({"joint": {"a": {"0": 1}}}, "a value of X is a number"),
        ({"counts": {"0": {"0": 0}}}, "no pair"),
        ({"counts": {"0": {"1": 1}, "0.0": {"1": 1}}}, "stands twice"),
        ({"Var_X": 1, "Var_Y": 1}, "one of cov and corr"),
        ({"Var_X": 1, "cov": 1}, "$.given.Var_Y"),
        ({"Var_X": 1, "Var_Y": 4, "cov": 3}, "larger than the variances allow"),
        ({"Var_X": 1, "Var_Y": 4, "corr": 1.5}, "$.given.corr"),
        ({"Var_X": 1, "Var_Y": 4, "corr": 0.5, "x": [1]}, "not both"),
        ({"experiment": "3 coins", "X": "heads"}, "$.given.Y"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


def test_dividing_by_one_less_needs_two_pairs() -> None:
    with pytest.raises(InputError, match="two pairs"):
        solved(TOPIC, {"x": [1], "y": [2]}, {"variance": "sample"})
