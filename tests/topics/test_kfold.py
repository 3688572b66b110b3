"""k-fold cross-validation against scikit-learn's folds and NumPy's mean and deviation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import KFold

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.topics.training.kfold import TOPIC
from tests.values import number, solved


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    k = draw(st.integers(2, 9))
    scores = [draw(st.decimals(0, 1, places=2).map(str)) for _ in range(k)]
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return {"scores": scores}
    out: dict[str, Any] = {"N": draw(st.integers(k, 60)), "k": k}
    return out if kind == 1 else {**out, "scores": scores if kind == 2 else [scores[0]] * k}


PROBLEMS = problems()


@settings(max_examples=150)
@given(problems())
def test_agrees_with_scikit_learn_and_numpy(problem: dict[str, Any]) -> None:
    for choice, lost in (("population", 0), ("sample", 1)):
        trace = solved(TOPIC, problem, {"variance": choice})
        if "N" in problem:
            splits = KFold(problem["k"]).split(np.zeros(problem["N"]))
            for i, (train, validate) in enumerate(splits, 1):
                assert number(trace.env["fold", i]) == len(validate)
                assert number(trace.env["train", i]) == len(train)
        if "scores" in problem:
            scores = np.array([float(s) for s in problem["scores"]])
            assert number(trace.env["average"]) == pytest.approx(scores.mean())
            assert number(trace.env["std"]) == pytest.approx(scores.std(ddof=lost), abs=1e-12)
            if "weighted_average" in trace.env:
                weights = [number(trace.env["fold", i + 1]) for i in range(len(scores))]
                assert number(trace.env["weighted_average"]) == pytest.approx(np.average(scores, weights=weights))
        assert all(c.holds for c in trace.checks)


def test_floats_agree() -> None:
    trace = solved(TOPIC, TOPIC.example, arithmetic=FLOAT64)
    assert number(trace.env["std"]) == pytest.approx(np.std([0.8, 0.9, 0.7]))


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    true, slipped = solved(TOPIC, TOPIC.example), solved(TOPIC, TOPIC.example, policy=Slip(slip.rule))
    assert any(number(true.env[key]) != pytest.approx(number(slipped.env[key])) for key in true.steps)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "needs N and k"),
        ({"k": 5}, "needs N and k"),
        ({"N": 10}, "$.given.k"),
        ({"N": 10, "k": 1}, "$.given.k"),
        ({"N": 3, "k": 5}, "more folds than the 3 samples"),
        ({"N": 10, "k": 5, "scores": [1, 2]}, "5 folds make 5 scores"),
        ({"scores": [1]}, "at least 2 rounds"),
        ({"N": 10, "k": 2.5}, "not a whole number"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
