"""Dropout against NumPy, and its average over all masks."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.training.dropout import TOPIC
from tests.values import array, number, solved

RATE = st.sampled_from(["0", "0.2", "0.5", "1/3", "0.75", "0.9"])


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    rate = draw(RATE)
    out: dict[str, Any] = {"p": rate} if draw(st.booleans()) else {"keep": str(1 - Fraction(rate))}
    n = draw(st.integers(0, 5))
    if n:
        out["a"] = [draw(st.decimals(-2, 2, places=1).map(str)) for _ in range(n)]
        if draw(st.booleans()):
            out["mask"] = [draw(st.integers(0, 1)) for _ in range(n)]
        if n == 1 and draw(st.booleans()):
            out["a"] = out["a"][0]
    return out


PROBLEMS = problems()


@settings(max_examples=150)
@given(problems())
def test_agrees_with_numpy(problem: dict[str, Any]) -> None:
    keep = float(Fraction(problem["keep"])) if "keep" in problem else 1 - float(Fraction(problem["p"]))
    for choice, train, test in (("test", 1.0, keep), ("inverted", 1 / keep, 1.0)):
        trace = solved(TOPIC, problem, {"dropout": choice})
        assert number(trace.env["keep"]) == pytest.approx(keep)
        assert number(trace.env["train_scale"]) == pytest.approx(train)
        assert number(trace.env["test_scale"]) == pytest.approx(test)
        if "a" not in problem:
            continue
        listed = problem["a"] if isinstance(problem["a"], list) else [problem["a"]]
        a = np.array([float(v) for v in listed])
        assert array(trace.env["a_test"]).reshape(-1) == pytest.approx(test * a)
        assert number(trace.env["expected_kept"]) == pytest.approx(len(a) * keep)
        if "mask" in problem:
            assert array(trace.env["a_train"]).reshape(-1) == pytest.approx(train * np.array(problem["mask"]) * a)
            assert number(trace.env["kept"]) == sum(problem["mask"])
        assert all(c.holds for c in trace.checks)


@pytest.mark.parametrize("choice", ["test", "inverted"])
def test_the_average_over_all_masks_is_what_test_time_sees(choice: str) -> None:
    total = np.zeros(3)
    for mask in product((0, 1), repeat=3):
        trace = solved(TOPIC, {"p": 0.2, "a": [1, -2, 0.5], "mask": list(mask)}, {"dropout": choice})
        weight = 0.8 ** sum(mask) * 0.2 ** (3 - sum(mask))
        total += weight * array(trace.env["a_train"]).reshape(-1)
    assert total == pytest.approx(array(trace.env["a_test"]).reshape(-1))
    assert total == pytest.approx(array(trace.env["expected"]).reshape(-1))


def test_floats_agree() -> None:
    trace = solved(TOPIC, TOPIC.example, arithmetic=FLOAT64)
    assert array(trace.env["a_test"]).reshape(-1) == pytest.approx([0.1, 0.4, 0.25, 0.5])


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"p": 0.2, "a": [1, -2, 0.5], "mask": [1, 0, 1]}
    choice = {"dropout": "inverted" if slip.id == "divided_by_rate" else "test"}
    true, slipped = solved(TOPIC, raw, choice), solved(TOPIC, raw, choice, policy=Slip(slip.rule))
    assert any((array(true.env[k]) != array(slipped.env[k])).any() for k in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "needs the drop rate"),
        ({"p": 0.5, "keep": 0.5}, "one of them"),
        ({"p": 1}, "$.given.p"),
        ({"p": -0.1}, "$.given.p"),
        ({"keep": 0}, "$.given.keep"),
        ({"p": 0.5, "mask": [1]}, "$.given.a"),
        ({"p": 0.5, "a": [1, 2], "mask": [1]}, "2 activations"),
        ({"p": 0.5, "a": [1, 2], "mask": [1, 2]}, "$.given.mask[1]"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
