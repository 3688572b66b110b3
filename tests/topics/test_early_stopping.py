"""Early stopping against a plain loop over the curve."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.training.early_stopping import TOPIC
from tests.values import number, solved

LOSS = st.decimals(0, 2, places=1).map(str)


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 10))
    out: dict[str, Any] = {"validation": [draw(LOSS) for _ in range(n)], "patience": draw(st.integers(1, 4))}
    if draw(st.booleans()):
        out["train"] = [draw(LOSS) for _ in range(n)]
    if draw(st.booleans()):
        out["min_delta"] = draw(st.sampled_from(["0.1", "0.3"]))
    out["mode"] = draw(st.sampled_from(["min", "max"]))
    return out


PROBLEMS = problems()


def by_loop(problem: dict[str, Any]) -> tuple[int, int, Fraction]:
    """Best epoch, last epoch, best loss."""
    sign = 1 if problem["mode"] == "min" else -1
    best_epoch, best, bad = 0, Fraction(0), 0
    for epoch, text in enumerate(problem["validation"], 1):
        loss = sign * Fraction(text)
        if epoch == 1 or loss < best - Fraction(problem.get("min_delta", "0")):
            best_epoch, best, bad = epoch, loss, 0
        else:
            bad += 1
            if bad >= problem["patience"]:
                return best_epoch, epoch, sign * best
    return best_epoch, len(problem["validation"]), sign * best


@settings(max_examples=150)
@given(problems())
def test_agrees_with_a_plain_loop(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    best_epoch, stop_epoch, best = by_loop(problem)
    assert number(trace.env["best_epoch"]) == best_epoch
    assert number(trace.env["stop_epoch"]) == stop_epoch
    assert number(trace.env["best_loss"]) == pytest.approx(float(best))
    assert all(c.holds for c in trace.checks)


@settings(max_examples=40)
@given(problems())
def test_more_patience_never_ends_with_a_worse_epoch(problem: dict[str, Any]) -> None:
    problem = {**problem, "mode": "min"}
    few, many = (solved(TOPIC, {**problem, "patience": n}) for n in (problem["patience"], problem["patience"] + 2))
    assert number(many.env["stop_epoch"]) >= number(few.env["stop_epoch"])
    assert number(many.env["best_loss"]) <= number(few.env["best_loss"])


def test_what_the_patience_missed_is_said() -> None:
    trace = solved(TOPIC, {"validation": [0.9, 0.6, 0.5, 0.55, 0.52, 0.4], "patience": 2})
    assert any("Epoch 6" in r and "patience of 3" in r for r in trace.remarks)
    again = solved(TOPIC, {"validation": [0.9, 0.6, 0.5, 0.55, 0.52, 0.4], "patience": 3})
    assert number(again.env["best_epoch"]) == 6
    assert any("not stopped" in r for r in again.remarks)


def test_floats_agree() -> None:
    assert number(solved(TOPIC, TOPIC.example, arithmetic=FLOAT64).env["stop_epoch"]) == 5


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    given_ = {
        "validation": [0.9, 0.95, 0.7, 0.6, 0.65, 0.7, 0.8],
        "train": [1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3],
        "patience": 3,
    }
    true, slipped = solved(TOPIC, given_), solved(TOPIC, given_, policy=Slip(slip.rule))
    both = set(true.steps) & set(slipped.steps)
    assert any(number(true.env[key]) != pytest.approx(number(slipped.env[key])) for key in both)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "validation"),
        ({"validation": []}, "empty list"),
        ({"validation": [1, 2], "train": [1]}, "$.given.train"),
        ({"validation": [1, 2], "patience": 0}, "$.given.patience"),
        ({"validation": [1, 2], "min_delta": -1}, "$.given.min_delta"),
        ({"validation": [1, 2], "mode": "less"}, "$.given.mode"),
        ({"validation": [1, "x"]}, "$.given.validation[1]"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
