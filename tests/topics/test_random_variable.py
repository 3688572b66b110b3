"""Discrete random variables against SciPy's rv_discrete, NumPy on data, and every outcome counted."""

from __future__ import annotations

import statistics
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import DomainError, InputError
from dlsolve.named import keys_by_name
from dlsolve.policy import Slip
from dlsolve.topics.probability.random_variable import TOPIC
from dlsolve.trace import Trace
from tests.values import number, solved

VALUES = st.integers(-40, 40).map(lambda n: Fraction(n, 4))
WEIGHTS = st.integers(0, 12)


@st.composite
def laws(draw: st.DrawFn) -> dict[Fraction, Fraction]:
    """Probabilities by value, some of them 0."""
    values = draw(st.lists(VALUES, min_size=1, max_size=6, unique=True))
    weights = [draw(st.integers(1, 12)), *(draw(WEIGHTS) for _ in values[1:])]
    return {v: Fraction(w, sum(weights)) for v, w in zip(values, weights, strict=True)}


@st.composite
def stated(draw: st.DrawFn, law: dict[Fraction, Fraction] | None = None) -> dict[str, Any]:
    law = law or draw(laws())
    values = [str(v) for v in law]
    masses = [str(m) for m in law.values()]
    layouts: list[dict[str, Any]] = [
        {"p": dict(zip(values, masses, strict=True))},
        {"x": values, "p": masses},
        {"x": values, "weights": [str(m * 7) for m in law.values()]},
    ]
    if len(values) > 1:
        layouts.append({"x": values, "p": masses[:-1]})
    out: dict[str, Any] = draw(st.sampled_from(layouts))
    if draw(st.booleans()):
        out["g"] = draw(st.sampled_from(["2*x + 1", "x^2", "(x - 1)^2", "3", "-X"]))
    if draw(st.booleans()):
        out["low"] = draw(st.integers(-12, 5))
    return out


DATA = st.lists(VALUES, min_size=1, max_size=8)
EXPERIMENTS = st.sampled_from(
    [{"experiment": "2 dice", "X": x} for x in ("sum", "max", "first - second", "number of sixes")]
    + [{"experiment": f"{n} coins", "X": "heads", "Y": "tails"} for n in (1, 3)]
    + [{"urn": {"red": 3, "blue": 2}, "draws": 2, "replacement": back, "X": "red"} for back in (True, False)]
)
PROBLEMS = st.one_of(stated(), DATA.map(lambda d: {"data": [str(v) for v in d]}), EXPERIMENTS)


@settings(max_examples=100)
@given(st.data())
def test_agrees_with_scipy(data: st.DataObject) -> None:
    scipy = pytest.importorskip("scipy.stats")
    law = data.draw(laws())
    trace = solved(TOPIC, data.draw(stated(law)))
    model = scipy.rv_discrete(values=([float(v) for v in law], [float(m) for m in law.values()]))
    assert number(trace.env["E_X"]) == pytest.approx(model.mean(), abs=1e-9)
    assert number(trace.env["Var_X"]) == pytest.approx(model.var(), abs=1e-6)
    assert all(c.holds for c in trace.checks)
    names = keys_by_name(trace)
    for v in law:
        key = f"{'minus_' if v < 0 else ''}{abs(v)}".replace("/", "_")
        assert number(trace.env[names[f"f_{key}"]]) == pytest.approx(float(law[v]))
        assert number(trace.env[names[f"F_{key}"]]) == pytest.approx(float(sum(m for u, m in law.items() if u <= v)))


@settings(max_examples=100)
@given(laws(), st.integers(-3, 3), st.integers(-3, 3))
def test_a_linear_function(law: dict[Fraction, Fraction], a: int, b: int) -> None:
    trace = solved(TOPIC, {"p": {str(v): str(m) for v, m in law.items()}, "g": f"{a}*x + {b}"})
    assert trace.env["E_g"] == a * trace.env["E_X"] + b
    assert trace.env["Var_g"] == a * a * trace.env["Var_X"]


@settings(max_examples=100)
@given(st.lists(VALUES, min_size=2, max_size=9))
def test_data_agree_with_the_standard_library(data: list[Fraction]) -> None:
    trace = solved(TOPIC, {"data": [str(v) for v in data]}, {"variance": "sample"})
    assert exact(trace, "E_X") == statistics.mean(data)
    assert exact(trace, "Var_X") == statistics.pvariance(data)
    assert exact(trace, "s2") == statistics.variance(data)


def exact(trace: Trace, name: str) -> Fraction:
    value = trace.env[name]
    assert isinstance(value, fmpq)
    return Fraction(int(value.p), int(value.q))


def test_heads_and_tails_of_the_notes() -> None:
    trace = solved(TOPIC, {"experiment": "3 coins", "X": "heads", "Y": "tails"})
    assert trace.env["X", "HTH"] == 2  # E015: printed 1
    assert trace.env["Y", "HTH"] == 1  # E016: printed 2
    for o in map("".join, product("HT", repeat=3)):
        assert (trace.env["X", o], trace.env["Y", o]) == (o.count("H"), o.count("T"))
    assert [trace.env["F", str(v)] for v in range(4)] == [fmpq(1, 8), fmpq(1, 2), fmpq(7, 8), fmpq(1)]


def test_many_outcomes_are_counted_but_not_listed() -> None:
    trace = solved(TOPIC, {"experiment": "6 coins", "X": "heads"})
    assert trace.env["n", "3"] == 20
    assert not any(isinstance(k, tuple) and k[0] == "X" for k in trace.steps)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    p = {"p": {"1": 0.5, "2": 0.3, "6": 0.2}}
    true = solved(TOPIC, p)
    try:
        wrong = solved(TOPIC, p, policy=Slip(slip.rule))
    except DomainError:
        return  # a negative variance has no root
    assert any(str(true.env[k]) != str(wrong.env[k]) for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "one of p, weights, data"),
        ({"p": {"0": 1}, "data": [1]}, "p and data"),
        ({"p": [0.5, 0.5]}, "$.given.x"),
        ({"p": {"0": 0.5, "1": 0.4}}, "sum to 0.9"),
        ({"p": {"0": 0.5, "1": 0.6}}, "sum to 1.1"),
        ({"p": {"0": 1.5}}, "$.given.p"),
        ({"p": {"a": 1}}, "a value of X is a number"),
        ({"p": {"1": 0.5, "1.0": 0.5}}, "stands twice"),
        ({"x": [1, 2, 3], "p": [1]}, "1 for 3 values"),
        ({"x": [1, 2], "p": [0.7, 0.7]}, "sum to 1.4"),
        ({"x": [1, 2], "weights": [0, 0]}, "all weights are 0"),
        ({"x": [1], "data": [1]}, "$.given.x"),
        ({"experiment": "3 coins"}, "what does X count"),
        ({"experiment": "3 coins", "X": "frogs"}, "'frogs'"),
        ({"experiment": "3 coins", "X": "sum"}, "no numbers"),
        ({"experiment": "3 coins", "X": "heads", "x": [1]}, "$.given.x"),
        ({"data": [1], "X": "heads"}, "$.given.X"),
        ({"p": {"0": 1}, "g": "x*y"}, "x alone"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


def test_a_sample_variance_needs_two_values() -> None:
    with pytest.raises(InputError, match="two values"):
        solved(TOPIC, {"data": [1]}, {"variance": "sample"})
