"""Joint and conditional entropy and mutual information against SciPy and scikit-learn."""

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
from dlsolve.topics.information.mutual_information import TOPIC
from tests.values import number, solved

BASES = {"2": 2.0, "e": np.e, "10": 10.0}
ROWS, COLUMNS = ["rain", "dry", "heavy snow"], ["late", "on time", "z3"]


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Any table, one of independent margins, a diagonal one, or one with empty rows; as counts or shares."""
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["any", "any", "product", "diagonal"]))
    if kind == "product":
        left = draw(st.lists(st.integers(0, 5), min_size=height, max_size=height))
        right = draw(st.lists(st.integers(0, 5), min_size=width, max_size=width))
        cells = [[a * b for b in right] for a in left]
    elif kind == "diagonal":
        cells = [[2 * int(i == j) for j in range(width)] for i in range(height)]
    else:
        cells = [[draw(st.integers(0, 12)) for _ in range(width)] for _ in range(height)]
    if not any(map(sum, cells)):
        cells[0][0] = 1
    counts = draw(st.booleans())
    whole = sum(map(sum, cells))
    named = {r: {c: v if counts else str(Fraction(v, whole)) for c, v in zip(COLUMNS, row, strict=False)}
             for r, row in zip(ROWS, cells, strict=False)}  # fmt: skip
    return {"counts" if counts else "joint": named}


PROBLEMS = tables()


def shares(p: dict[str, Any]) -> Any:
    (named,) = p.values()
    cells = np.array([[float(Fraction(v)) for v in row.values()] for row in named.values()])
    return cells / cells.sum()


@settings(max_examples=100)
@given(tables(), st.sampled_from(sorted(BASES)))
def test_agrees_with_scipy(p: dict[str, Any], log: str) -> None:
    trace, joint, base = solved(TOPIC, p, {"log": log}), shares(p), BASES[log]
    h_x, h_y, h_xy = (scipy_entropy(v, base=base) for v in (joint.sum(1), joint.sum(0), joint.ravel()))
    by_rows = sum(row.sum() * scipy_entropy(row, base=base) for row in joint if row.sum())
    divergence = scipy_entropy(joint.ravel(), np.outer(joint.sum(1), joint.sum(0)).ravel(), base=base)
    expected = {
        "H_X": h_x,
        "H_Y": h_y,
        "H_XY": h_xy,
        "H_Y_given_X": by_rows,
        "H_X_given_Y": h_xy - h_y,
        "I": divergence,
    }
    for name, one in expected.items():
        assert number(trace.env[name]) == pytest.approx(float(one), abs=1e-9), name
    assert trace.env["independent"] == ("independent" if divergence < 1e-12 else "not independent")
    assert all(c.holds for c in trace.checks)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("uvw")), min_size=1, max_size=12))
def test_observed_pairs_agree_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    trace = solved(TOPIC, {"x": x, "y": y}, {"log": "e"})
    assert number(trace.env["I"]) == pytest.approx(metrics.mutual_info_score(x, y), abs=1e-9)


def test_powers_of_two_stay_exact() -> None:
    # Cover and Thomas, example 2.2.1
    table: dict[str, list[Any]] = {"1": ["1/8", "1/16", "1/32", "1/32"], "2": ["1/16", "1/8", "1/32", "1/32"],
                                   "3": ["1/16"] * 4, "4": ["1/4", 0, 0, 0]}  # fmt: skip
    trace = solved(TOPIC, {"joint": {y: dict(zip("abcd", row, strict=True)) for y, row in table.items()}})
    assert [trace.env[k] for k in ("H_X", "H_Y", "H_XY", "H_X_given_Y", "H_Y_given_X", "I")] == [
        2, fmpq(7, 4), fmpq(27, 8), fmpq(13, 8), fmpq(11, 8), fmpq(3, 8)
    ]  # fmt: skip


EXAMPLE = dict(TOPIC.example)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    true = solved(TOPIC, EXAMPLE)
    try:
        wrong = solved(TOPIC, EXAMPLE, policy=Slip(slip.rule))
    except DomainError:
        return
    keys = [k for k in true.answers if k != "independent"]
    assert any(number(true.env[k]) != pytest.approx(number(wrong.env[k])) for k in keys)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "one of joint, counts"),
        ({"joint": {"a": {"u": 0.5, "v": 0.4}}}, "sum to 0.9"),
        ({"joint": {"a": {"u": "1/3", "v": "1/3"}}}, "sum to 2/3"),
        ({"joint": {"a": {"u": 1.5, "v": -0.5}}}, "$.given.joint"),
        ({"counts": {"a": {"u": 1}, "b": {"v": 1}}}, "different columns"),
        ({"counts": {"a": {"u": 0}}}, "no case"),
        ({"counts": {"a": {"u": -1}}}, "$.given.counts"),
        ({"counts": {"a": {"u": 1}}, "joint": {"a": {"u": 1}}}, "joint and counts"),
        ({"x": ["a"]}, "$.given.y"),
        ({"x": ["a"], "y": ["u", "v"]}, "one for one"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
