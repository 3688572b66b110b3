"""Softmax against SciPy, and what a row of scores may be."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Follow, Slip
from dlsolve.topics.neurons.softmax import TOPIC
from tests.values import number, solved

SCORES = st.one_of(st.integers(-9, 9), st.decimals(-9, 9, places=2).map(str), st.integers(1000, 1030))


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    rows, classes = draw(st.integers(1, 3)), draw(st.integers(2, 5))
    z: list[list[Any]] = [[draw(SCORES) for _ in range(classes)] for _ in range(rows)]
    out: dict[str, Any] = {}
    if any(max(map(float, row)) - min(map(float, row)) > 39 for row in z):
        z = [[float(e) % 40 for e in row] for row in z]
    out["z"] = z
    kind = draw(st.integers(0, 5))
    if kind == 0:
        counts = [[draw(st.integers(0, 5)) for _ in range(classes - 1)] + [1] for _ in range(rows)]
        return {"probabilities": [[str(Fraction(n, sum(row))) for n in row] for row in counts]}
    if kind == 1:
        z[0] = [z[0][0]] * classes
    if draw(st.booleans()):
        out["T"] = draw(st.sampled_from(["1/2", "2", "0.1", "10", "1"]))
    if draw(st.booleans()):
        out["shift"] = draw(st.booleans())
    out["derivative"] = classes < 4 and draw(st.booleans())
    return out


PROBLEMS = problems()


def floats(rows: list[list[Any]]) -> np.ndarray:
    return np.array([[float(Fraction(str(e))) for e in row] for row in rows])


@settings(max_examples=150)
@given(problems())
def test_agrees_with_scipy(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    if "probabilities" in problem:
        p = floats(problem["probabilities"])
    else:
        p = scipy_softmax(floats(problem["z"]) / float(Fraction(problem.get("T", "1"))), axis=1)
    warm = float(Fraction(problem.get("T", "1")))
    for r, row in enumerate(p, 1):
        for c, expected in enumerate(row, 1):
            assert number(trace.env["p", r, c]) == pytest.approx(expected, rel=1e-9, abs=1e-300)
        chosen = int(number(trace.env["class", r]))
        assert row[chosen - 1] == pytest.approx(row.max())
        if problem.get("derivative"):
            jacobian = (np.diag(row) - np.outer(row, row)) / warm
            for i in range(len(row)):
                for j in range(len(row)):
                    assert number(trace.env["J", r, i + 1, j + 1]) == pytest.approx(jacobian[i, j], rel=1e-6, abs=1e-12)
    assert all(c.holds for c in trace.checks)


@settings(max_examples=40)
@given(st.lists(st.integers(-20, 20), min_size=2, max_size=5), st.integers(-500, 500))
def test_a_shift_of_all_scores_changes_nothing(z: list[int], by: int) -> None:
    one, other = solved(TOPIC, {"z": z}), solved(TOPIC, {"z": [e + by for e in z]})
    for c in range(1, len(z) + 1):
        assert number(one.env["p", 1, c]) == pytest.approx(number(other.env["p", 1, c]), rel=1e-12)
    assert one.env["class", 1] == other.env["class", 1]


def test_the_rows_of_the_notes_are_no_probabilities() -> None:
    rows = [[0.97, 0.3, 0.4, 0.4], [0.8, 0.4, 0.98, 0.2], [0.3, 0.97, 0.2, 0.5], [0.8, 0.4, 0.98, 0.7]]
    trace = solved(TOPIC, {"probabilities": rows})
    assert [int(number(trace.env["class", r])) for r in (1, 2, 3, 4)] == [1, 3, 2, 3]
    assert [number(trace.env["row_sum", r]) for r in (1, 2, 3, 4)] == [2.07, 2.38, 1.97, 2.88]
    assert number(trace.env["p", 1, 1]) == pytest.approx(0.37839236485855804)
    assert any("no probabilities" in said for said in trace.remarks)


def test_a_distribution_is_taken_as_it_is() -> None:
    trace = solved(TOPIC, {"probabilities": [["1/2", "1/3", "1/6"]], "classes": ["a", "b", "c"]})
    assert trace.env["class", 1] == "a"
    assert ("exp_z", 1, 1) not in trace.env
    assert not trace.remarks


def test_large_scores_do_not_overflow_in_floats() -> None:
    trace = solved(TOPIC, {"z": [1000, 1001]}, arithmetic=FLOAT64)
    assert number(trace.env["p", 1, 2]) == pytest.approx(0.7310585786300049)


def test_a_tie_takes_the_first_and_says_so() -> None:
    trace = solved(TOPIC, {"z": [1, 3, 3]})
    assert number(trace.env["class", 1]) == 2
    assert "same score" in trace.remarks[0]


def test_the_class_follows_what_was_written() -> None:
    trace = solved(TOPIC, {"z": [0.5, 1.5, 0.1]}, policy=Follow({"p[2]": solved(TOPIC, {"z": [0, 0]}).env["z", 1, 1]}))
    assert number(trace.env["class", 1]) == 1


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw: dict[str, Any] = {"z": [0.5, 1.5, 0.1], "derivative": True}
    if "warm" in slip.rule.id:
        raw["T"] = 2
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(number(true.env[k]) != pytest.approx(number(slipped.env[k])) for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "needs scores z"),
        ({"z": [1, 2], "probabilities": [1, 0]}, "one of them"),
        ({"z": [1]}, "single class"),
        ({"z": [0, 500]}, "400 apart"),
        ({"z": [0, 50], "T": "1/10"}, "divided by T"),
        ({"z": [1, 2], "T": 0}, "$.given.T"),
        ({"z": [1, 2], "classes": ["a"]}, "$.given.classes"),
        ({"probabilities": [1, 0], "T": 2}, "$.given.T"),
        ({"z": list(range(9)), "derivative": True}, "$.given.derivative"),
        ({"z": [[1, 2], [1]]}, "row 2"),
        ({"z": ["a", 2]}, "$.given.z"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
