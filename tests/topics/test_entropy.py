"""Entropy, cross-entropy and KL against SciPy and NumPy, and against the notes."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.numbers.show import Digits
from dlsolve.policy import Carry, Follow, Slip
from dlsolve.topics.information.entropy import TOPIC
from dlsolve.trace import Key, Trace
from tests.values import number, solved

BASES = {"2": 2.0, "e": math.e, "10": 10.0}
LABELS = ["sun", "rain", "heavy snow", "fog", "w5", "w6", "w7", "w8"]


@st.composite
def weights(draw: st.DrawFn, size: int) -> list[int]:
    """Counts with at least one above 0: any, all equal, one-hot, or powers of two."""
    kind = draw(st.sampled_from(["any", "any", "any", "equal", "one", "powers"]))
    if kind == "equal":
        return [draw(st.integers(1, 9))] * size
    if kind == "one":
        at = draw(st.integers(0, size - 1))
        return [int(n == at) for n in range(size)]
    if kind == "powers":
        return [2 ** draw(st.integers(0, 6)) for _ in range(size)]
    return [draw(st.integers(1, 40)), *(draw(st.integers(0, 40)) for _ in range(size - 1))]


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    size = draw(st.integers(1, 8))
    named = draw(st.booleans())
    out: dict[str, Any] = {}
    for share, count in (("p", "counts"), ("q", "counts_q")):
        if share == "q" and draw(st.integers(0, 3)) == 0:
            break
        row = draw(weights(size))
        counted = draw(st.integers(0, 2)) == 0
        values: list[Any] = row if counted else [str(Fraction(n, sum(row))) for n in row]
        out[count if counted else share] = dict(zip(LABELS, values, strict=False)) if named else values
    if "q" in out or "counts_q" in out:
        out["reverse"] = draw(st.booleans())
    return out


PROBLEMS = problems()


def shares(p: dict[str, Any], name: str, counted: str) -> np.ndarray | None:
    values = p.get(name, p.get(counted))
    if values is None:
        return None
    row = [float(Fraction(v)) for v in (values.values() if isinstance(values, dict) else values)]
    return np.array(row) / (sum(row) if name not in p else 1.0)


def value(trace: Trace, key: Key) -> float:
    held = trace.env[key]
    return math.inf if held == "inf" else number(held)


def cross(p: np.ndarray, q: np.ndarray, base: float) -> float:
    """Cross-entropy by NumPy."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(p > 0, -p * np.log(q), 0.0).sum() / math.log(base))


@settings(max_examples=250)
@given(problems(), st.sampled_from(sorted(BASES)))
def test_agrees_with_scipy(problem: dict[str, Any], log: str) -> None:
    trace = solved(TOPIC, problem, {"log": log})
    p, q, base = shares(problem, "p", "counts"), shares(problem, "q", "counts_q"), BASES[log]
    assert p is not None
    expected = {"H": scipy_entropy(p, base=base)}
    if q is not None:
        expected |= {"CE": cross(p, q, base), "KL": scipy_entropy(p, q, base=base)}
        if problem["reverse"]:
            expected |= {
                "H_q": scipy_entropy(q, base=base), "CE_qp": cross(q, p, base), "KL_qp": scipy_entropy(q, p, base=base)
            }  # fmt: skip
    assert list(trace.answers) == list(expected)
    for name, one in expected.items():
        assert value(trace, name) == pytest.approx(float(one), abs=1e-9), name
    assert all(c.holds for c in trace.checks)
    for unit, factor in (("nats", math.log(base)), ("bits", math.log2(base))):
        for name in ("H", "CE", "KL"):
            if f"{name}_{unit}" in trace.steps:
                assert value(trace, f"{name}_{unit}") == pytest.approx(float(expected[name]) * factor, abs=1e-9)


@settings(max_examples=60)
@given(problems())
def test_floats_and_hand_rounding_stay_close(problem: dict[str, Any]) -> None:
    exact = solved(TOPIC, problem)
    for other, room in ((solved(TOPIC, problem, arithmetic=FLOAT64), 1e-9),
                        (solved(TOPIC, problem, policy=Carry(Digits(6))), 1e-3)):  # fmt: skip
        for key in exact.answers:
            assert value(other, key) == pytest.approx(value(exact, key), abs=room)
        assert all(c.holds for c in other.checks)


NOTES = {"p": [0.7, 0.2, 0.1], "q": [0.6, 0.3, 0.1], "reverse": True}


def test_the_three_classes_of_the_notes() -> None:
    trace = solved(TOPIC, NOTES)
    for name, true in {
        "H": 1.1567796494470395, "CE": 1.1954618442383218, "KL": 0.038682194791282314, "H_nats": 0.8018185525433373,
        "CE_nats": 0.8286310068007853, "KL_nats": 0.026812454257447937, "KL_qp": 0.0420532974144781,
        "H_q": 1.295461844238322, "CE_qp": 1.3375151416528, "H_max": 1.584962500721156,
    }.items():  # fmt: skip
        assert number(trace.env[name]) == pytest.approx(true, abs=1e-14)
    assert trace.env["ratio", 1] == fmpq(7, 6)
    terms = [number(trace.env["term", i]) for i in (1, 2, 3)]
    assert terms == pytest.approx([0.3602012209808308, 0.4643856189774725, 0.33219280948873625])


def test_powers_of_two_stay_exact() -> None:
    trace = solved(TOPIC, {"p": ["1/2", "1/4", "1/8", "1/8"]})
    assert trace.env["H"] == fmpq(7, 4)


def test_zero_and_infinity() -> None:
    trace = solved(TOPIC, {"p": {"sun": 0.5, "rain": 0.5, "snow": 0}, "q": {"rain": 1, "sun": 0, "snow": 0}})
    assert trace.env["H"] == 1
    assert trace.env["term", "snow"] == 0
    assert (trace.env["CE"], trace.env["KL"]) == ("inf", "inf")
    assert "sun" in trace.remarks[0]
    assert not any(name in trace.steps for name in ("CE_nats", "KL_nats"))


def test_a_thousand_outcomes_in_floats() -> None:
    trace = solved(TOPIC, {"counts": list(range(1, 1001))}, arithmetic=FLOAT64)
    assert trace.env["H"] == pytest.approx(scipy_entropy(np.arange(1, 1001), base=2))


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    assert slip.rule.id in TOPIC.rules.plain
    true, slipped = solved(TOPIC, NOTES), solved(TOPIC, NOTES, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in true.answers)


def test_what_follows_from_a_written_value() -> None:
    trace = solved(TOPIC, NOTES, policy=Follow({"term_1": fmpq(1, 2)}))
    assert number(trace.env["H"]) == pytest.approx(0.5 + 0.4643856189774725 + 0.33219280948873625)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"p": [0.5, 0.4]}, "sum to 0.9"),
        ({"p": ["1/3", "1/3"]}, "sum to 2/3"),
        ({"p": [0.5, 0.5], "q": [0.5, 0.6]}, "$.given.q"),
        ({"p": [0.5, 0.5], "q": [1]}, "p has 2"),
        ({"p": {"a": 1, "b": 0}, "q": {"a": 0.5, "c": 0.5}}, "different outcomes"),
        ({"p": [1.5, -0.5]}, "$.given.p"),
        ({"counts": [-1, 3]}, "$.given.counts"),
        ({"counts": [0, 0]}, "no outcome"),
        ({"p": [1], "counts": [1]}, "not both"),
        ({"q": [1]}, "p and counts"),
        ({"p": [1], "reverse": True}, "$.given.reverse"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=5), st.lists(st.integers(1, 30), min_size=5, max_size=5))
def test_vectors_that_do_not_sum_to_1_are_taken_as_they_are_where_asked(p: list[int], q: list[int]) -> None:
    a, b = [n / 30 for n in p], [n / 30 for n in q[: len(p)]]
    stated = {"p": [f"{n}/30" for n in p], "q": [f"{n}/30" for n in q[: len(p)]], "as_given": True}
    trace = solved(TOPIC, stated)
    assert number(trace.env["CE"]) == pytest.approx(-sum(x * math.log2(y) for x, y in zip(a, b, strict=True)))
    assert number(trace.env["KL"]) == pytest.approx(
        sum(x * math.log2(x / y) for x, y in zip(a, b, strict=True)), abs=1e-9
    )
    odd = sum(p) != 30 or sum(q[: len(p)]) != 30
    assert any("taken as they stand" in r for r in trace.remarks) == odd
