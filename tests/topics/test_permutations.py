"""Equivalent configurations counted, and counted again by trying every renumbering."""

from __future__ import annotations

import math
from itertools import permutations as every
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.networks.permutations import TOPIC
from tests.values import solved


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    odd = draw(st.booleans())
    if draw(st.booleans()):
        return {"n": draw(st.integers(1, 12)), "l": draw(st.integers(1, 6)), "odd": odd}
    return {"widths": draw(st.lists(st.integers(1, 40), min_size=1, max_size=5)), "odd": odd}


PROBLEMS = problems()


@settings(max_examples=150)
@given(problems())
def test_the_product_of_factorials(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    widths = problem.get("widths") or [problem["n"]] * problem["l"]
    count = math.prod(math.factorial(w) for w in widths)
    assert trace.env["count"] == fmpq(count)
    if problem["odd"]:
        assert trace.env["total"] == fmpq(count * 2 ** sum(widths))
    assert all(c.holds for c in trace.checks)


def test_every_renumbering_computes_the_same_and_no_two_are_alike() -> None:
    rng = np.random.default_rng(7)
    W1, W2, W3 = rng.normal(size=(3, 2)), rng.normal(size=(2, 3)), rng.normal(size=(1, 2))
    x = rng.normal(size=2)
    seen = set()
    for p in every(range(3)):
        for q in every(range(2)):
            a, b, c = W1[list(p)], W2[:, list(p)][list(q)], W3[:, list(q)]
            assert c @ np.tanh(b @ np.tanh(a @ x)) == pytest.approx(W3 @ np.tanh(W2 @ np.tanh(W1 @ x)))
            seen.add((a.tobytes(), b.tobytes(), c.tobytes()))
    assert fmpq(len(seen)) == solved(TOPIC, {"widths": [3, 2]}).env["count"]


def test_large_counts_are_whole_numbers() -> None:
    assert solved(TOPIC, {"widths": [200, 50]}).env["count"] == fmpq(math.factorial(200) * math.factorial(50))


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"n": 4, "l": 3, "odd": True} if slip.rule.id in ("count:equal", "ways", "total") else {"widths": [3, 5]}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(true.env[k] != slipped.env[k] for k in true.answers)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "widths, or n and l"),
        ({"n": 3}, "widths, or n and l"),
        ({"n": 3, "l": 1, "widths": [3]}, "$.given.widths"),
        ({"n": 0, "l": 1}, "$.given.n"),
        ({"widths": [3, 0]}, "$.given.widths"),
        ({"widths": [200, 200]}, "more than 250"),
        ({"n": 2.5, "l": 1}, "whole number"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
