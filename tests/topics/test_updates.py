"""Updates per epoch, counted by walking through the batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.training.updates import TOPIC
from tests.values import number, solved


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 300))
    out: dict[str, Any] = {"N": n, "epochs": draw(st.integers(1, 20))}
    kind = draw(st.integers(0, 4))
    if kind == 0:
        out["method"] = draw(st.sampled_from(["batch", "stochastic"]))
    elif kind == 1:
        out["batches"] = draw(st.integers(1, n))
    else:
        out["batch_size"] = draw(st.integers(1, n))
        out["drop_last"] = draw(st.booleans())
    if kind == 4:
        del out["epochs"]
        out["updates"] = draw(st.integers(1, 500))
    if draw(st.booleans()):
        out["seconds"] = "0.01"
    return out


PROBLEMS = problems()


def walked(problem: dict[str, Any]) -> list[int]:
    """The size of each batch of an epoch, by walking through the samples."""
    n = problem["N"]
    if "batches" in problem:
        return [len(part) for part in np.array_split(np.arange(n), problem["batches"])]
    size = problem.get("batch_size", n if problem.get("method") == "batch" else 1)
    sizes = [len(range(start, min(start + size, n))) for start in range(0, n, size)]
    return [s for s in sizes if s == size] if problem.get("drop_last") else sizes


@settings(max_examples=150)
@given(problems())
def test_agrees_with_a_walk_through_the_batches(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    sizes = walked(problem)
    assert number(trace.env["updates_per_epoch"]) == len(sizes)
    if "updates" in problem:
        assert number(trace.env["epochs"]) == pytest.approx(problem["updates"] / len(sizes))
    else:
        assert number(trace.env["updates"]) == problem["epochs"] * len(sizes)
    assert number(trace.env["B"]) == (min(sizes) if "batches" in problem else max(sizes))
    if "seconds" in problem:
        assert number(trace.env["time"]) == pytest.approx(number(trace.env["updates"]) / 100)
    if "batches" in problem:
        by_size = walked({"N": problem["N"], "batch_size": problem["batches"]})
        assert number(trace.env["batches_if_size"]) == len(by_size)
        assert number(trace.env["rest"]) == problem["N"] % problem["batches"]
    assert all(c.holds for c in trace.checks)


def test_floats_agree() -> None:
    assert number(solved(TOPIC, TOPIC.example, arithmetic=FLOAT64).env["updates"]) == 35


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    given_: dict[str, Any] = {"N": 50, "epochs": 5, "batch_size": 8}
    if slip.id == "number_is_size":
        given_ = {"N": 50, "epochs": 5, "batches": 10}
    if slip.id == "size_is_number":
        given_["batch_size"] = 10
    true, slipped = solved(TOPIC, given_), solved(TOPIC, given_, policy=Slip(slip.rule))
    assert number(true.env["updates"]) != number(slipped.env["updates"])


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"epochs": 5, "batch_size": 3}, "N"),
        ({"N": 50}, "needs a method"),
        ({"N": 0, "method": "batch"}, "$.given.N"),
        ({"N": 50, "batch_size": 5, "batches": 10}, "exclude each other"),
        ({"N": 50, "batch_size": 51}, "more than the 50 samples"),
        ({"N": 50, "batches": 51}, "$.given.batches"),
        ({"N": 50, "method": "batch", "batch_size": 5}, "has no mini-batches"),
        ({"N": 50, "method": "mini-batch"}, "size or a number"),
        ({"N": 50, "method": "sgd"}, "$.given.method"),
        ({"N": 50, "batches": 7, "drop_last": True}, "$.given.drop_last"),
        ({"N": 50, "batch_size": 7, "epochs": 2, "updates": 10}, "$.given.updates"),
        ({"N": 50.5, "batch_size": 7}, "not a whole number"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
