"""Naive Bayes against fractions of its own, and scikit-learn's CategoricalNB."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import CategoricalNB

from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.policy import Slip
from dlsolve.topics.probability.naive_bayes import TOPIC, Problem
from tests.values import number, solved

VALUES = {"outlook": ["sunny", "overcast", "rain"], "wind": ["weak", "strong"], "humid": ["high", "normal"]}


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(2, 9))
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True))
    features = {j: draw(st.lists(st.sampled_from(VALUES[j]), min_size=n, max_size=n)) for j in names}
    y = draw(st.lists(st.sampled_from(["yes", "no", "maybe"]), min_size=n, max_size=n))
    asked = draw(st.lists(st.sampled_from(names), min_size=1, max_size=len(names), unique=True))
    case = {j: draw(st.sampled_from(features[j])) for j in asked}
    return {"features": features, "y": y, "case": case, "alpha": draw(st.sampled_from(["0", "1", "1/2"]))}


PROBLEMS = problems()


def scores(p: dict[str, Any]) -> dict[str, Fraction]:
    """The score of each class, by counting."""
    alpha, n = Fraction(p["alpha"]), len(p["y"])
    out = {}
    for c in dict.fromkeys(p["y"]):
        of_class = [i for i in range(n) if p["y"][i] == c]
        score = Fraction(len(of_class), n)
        for j, value in p["case"].items():
            seen = sum(p["features"][j][i] == value for i in of_class)
            score *= (seen + alpha) / (len(of_class) + alpha * len(set(p["features"][j])))
        out[c] = score
    return out


@settings(max_examples=100)
@given(PROBLEMS)
def test_scores_and_posteriors_by_counting(p: dict[str, Any]) -> None:
    trace = solved(TOPIC, p)
    true = scores(p)
    whole = sum(true.values())
    for c, score in true.items():
        assert number(trace.env["score", c]) == pytest.approx(float(score))
        if whole:
            assert number(trace.env["posterior", c]) == pytest.approx(float(score / whole))
    if whole:
        assert true[str(trace.env["chosen"])] == max(true.values())
    else:
        assert any("factor 0" in r for r in trace.remarks)
    assert all(c.holds for c in trace.checks)


@settings(max_examples=60)
@given(PROBLEMS)
def test_smoothed_posteriors_are_those_of_scikit_learn(p: dict[str, Any]) -> None:
    assume(Fraction(p["alpha"]) > 0 and set(p["case"]) == set(p["features"]))
    names = list(p["features"])
    codes = {j: {v: k for k, v in enumerate(dict.fromkeys(p["features"][j]))} for j in names}
    X = np.array([[codes[j][p["features"][j][i]] for j in names] for i in range(len(p["y"]))])
    model = CategoricalNB(alpha=float(Fraction(p["alpha"])), min_categories=[len(codes[j]) for j in names])
    model.fit(X, p["y"])
    case = np.array([[codes[j][p["case"][j]] for j in names]])
    trace = solved(TOPIC, p)
    for c, theirs in zip(model.classes_, model.predict_proba(case)[0], strict=True):
        assert number(trace.env["posterior", str(c)]) == pytest.approx(theirs)


def test_a_table_is_read_as_it_is_pasted() -> None:
    table = (
        "| outlook | wind | play |\n|---|---|---|\n| sunny | weak | no |\n| rain | weak | yes |\n| rain | strong | no |"
    )
    p = read_problem(Problem, {"data": table, "case": "outlook=rain wind=weak"})
    assert p.y == ["no", "yes", "no"]
    assert p.case == {"outlook": "rain", "wind": "weak"}


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"features": {"a": ["1", "2"]}, "y": ["x"], "case": {"a": "1"}}, "2 values for 1 cases"),
        ({"features": {"a": ["1"]}, "y": ["x"], "case": {"b": "1"}}, "$.given.case.b"),
        ({"features": {"a": ["1"]}, "y": ["x"], "case": {"a": "7"}}, "no case has"),
        ({"features": {"a": ["1"]}, "y": ["x"], "case": {}}, "names no feature"),
        ({"features": {"a": ["1"]}, "y": ["x"], "case": {"a": "1"}, "alpha": -1}, "$.given.alpha"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    p = {"features": {"a": ["u", "u", "v", "v", "w"], "b": ["s", "t", "s", "t", "t"]}, "y": ["y", "n", "y", "n", "n"],
         "case": {"a": "u", "b": "t"}}  # fmt: skip
    for alpha in (0, 1):
        true, wrong = solved(TOPIC, {**p, "alpha": alpha}), solved(TOPIC, {**p, "alpha": alpha}, policy=Slip(slip.rule))
        if any(true.env[k] != wrong.env[k] for k in true.answers if k in wrong.env):
            return
    pytest.fail(f"{slip.id} changes nothing")
