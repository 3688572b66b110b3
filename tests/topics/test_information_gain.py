"""Splits against SciPy's entropy and scikit-learn's decision tree."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from dlsolve.errors import DomainError, InputError
from dlsolve.policy import Slip
from dlsolve.topics.information.information_gain import TOPIC
from tests.values import number, solved

BRANCHES, CLASSES = ["low", "middle", "very high"], ["yes", "no", "k3"]
BASES = {"2": 2.0, "e": np.e, "10": 10.0}


@st.composite
def splits(draw: st.DrawFn) -> dict[str, Any]:
    """One split, one that tells nothing, one into pure branches, or several of the same cases."""
    branches, classes = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    criterion = {"criterion": draw(st.sampled_from(["entropy", "entropy", "gini"]))}
    if draw(st.integers(0, 3)) == 0:
        cases = draw(st.lists(st.tuples(*[st.sampled_from("abc")] * 3), min_size=1, max_size=8))
        shape, colour, y = ([case[n] for case in cases] for n in range(3))
        return {"features": {"shape": shape, "colour": colour}, "y": y, **criterion}
    kind = draw(st.sampled_from(["any", "any", "alike", "pure"]))
    if kind == "alike":
        row = draw(st.lists(st.integers(1, 5), min_size=classes, max_size=classes))
        cells = [[f * v for v in row] for f in draw(st.lists(st.integers(1, 3), min_size=branches, max_size=branches))]
    elif kind == "pure":
        cells = [[4 * int(j == i % classes) for j in range(classes)] for i in range(branches)]
    else:
        cells = [[draw(st.integers(0, 9)) for _ in range(classes)] for _ in range(branches)]
        cells[0][0] += 1
    return {"counts": {b: dict(zip(CLASSES, row, strict=False)) for b, row in zip(BRANCHES, cells, strict=False)},
            **criterion}  # fmt: skip


PROBLEMS = splits()


def tables(p: dict[str, Any]) -> dict[str, np.ndarray]:
    if "counts" in p:
        return {"split": np.array([[float(v) for v in row.values()] for row in p["counts"].values()])}
    y = p["y"]
    return {
        a: np.array([[sum(u == b and k == c for u, k in zip(v, y, strict=True)) for c in dict.fromkeys(y)]
                     for b in dict.fromkeys(v)], float)
        for a, v in p["features"].items()
    }  # fmt: skip


def impurity(row: np.ndarray, criterion: str, base: float) -> float:
    if criterion == "gini":
        return float(1 - ((row / row.sum()) ** 2).sum())
    return float(scipy_entropy(row, base=base))


@settings(max_examples=120)
@given(splits(), st.sampled_from(sorted(BASES)))
def test_agrees_with_scipy(p: dict[str, Any], log: str) -> None:
    trace, base, criterion = solved(TOPIC, p, {"log": log}), BASES[log], p["criterion"]
    gains = {}
    for a, table in tables(p).items():
        cells = table[table.sum(1) > 0]
        before = impurity(cells.sum(0), criterion, base)
        weights = cells.sum(1) / cells.sum()
        after = sum(w * impurity(row, criterion, base) for w, row in zip(weights, cells, strict=True))
        gains[a] = before - after
        assert number(trace.env["gain", a]) == pytest.approx(before - after, abs=1e-9)
        if ("gain_ratio", a) in trace.steps:
            ratio = (before - after) / scipy_entropy(weights, base=base)
            assert number(trace.env["gain_ratio", a]) == pytest.approx(ratio, abs=1e-9)
    if len(gains) > 1:
        assert gains[str(trace.env["best"])] == pytest.approx(max(gains.values()), abs=1e-9)
    assert all(c.holds for c in trace.checks)


@pytest.mark.parametrize("criterion", ["entropy", "gini"])
def test_a_tree_of_scikit_learn_measures_the_same(criterion: str) -> None:
    tree = pytest.importorskip("sklearn.tree")
    x, y = [0] * 6 + [1] * 7, [0] * 5 + [1] * 3 + [0] * 2 + [1] * 3
    found = tree.DecisionTreeClassifier(criterion=criterion, max_depth=1).fit(np.array(x)[:, None], y).tree_
    trace = solved(TOPIC, {"features": {"x": [str(v) for v in x]}, "y": [str(v) for v in y], "criterion": criterion})
    name = "H" if criterion == "entropy" else "G"
    assert number(trace.env[f"{name}_before"]) == pytest.approx(found.impurity[0])
    assert [number(trace.env[name, "x", b]) for b in "01"] == pytest.approx(list(found.impurity[1:]))


def test_pure_branches_gain_everything_exactly() -> None:
    trace = solved(
        TOPIC, {"counts": {"a": {"yes": 3, "no": 0}, "b": {"yes": 0, "no": 3}, "empty": {"yes": 0, "no": 0}}}
    )
    assert (trace.env["gain", "split"], trace.env["H_after", "split"]) == (1, 0)
    assert ("H", "split", "empty") not in trace.steps


EXAMPLE = {"counts": {"sunny": {"yes": 2, "no": 3}, "overcast": {"yes": 8, "no": 1}, "rain": {"yes": 3, "no": 2}}}


def test_the_tennis_split() -> None:
    trace = solved(TOPIC, TOPIC.example)
    assert number(trace.env["gain", "split"]) == pytest.approx(0.24674981977443894)
    assert trace.env["weight", "split", "sunny"] == fmpq(5, 14)
    assert Fraction(5, 14) == Fraction(int(trace.env["weight", "split", "rain"].p), 14)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    p = {**EXAMPLE, "criterion": "gini" if "gini" in slip.id else "entropy"}
    true = solved(TOPIC, p)
    try:
        wrong = solved(TOPIC, p, policy=Slip(slip.rule))
    except DomainError:
        return
    assert any(number(true.env[k]) != pytest.approx(number(wrong.env[k])) for k in true.answers)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "one of counts, splits"),
        ({"counts": {"a": {"u": 1}, "b": {"v": 1}}}, "different columns"),
        ({"counts": {"a": {"u": 0}}}, "no case"),
        ({"counts": {"a": {"u": -1}}}, "$.given.counts"),
        ({"counts": {"a": {"u": 1}}, "criterion": "chi2"}, "$.given.criterion"),
        ({"splits": {"f": {"a": {"u": 1}}, "g": {"a": {"u": 2}}}}, "first split"),
        ({"features": {"f": ["a"]}}, "$.given.y"),
        ({"y": ["a"]}, "$.given.features"),
        ({"features": {"f": ["a", "b"]}, "y": ["u"]}, "one for one"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
