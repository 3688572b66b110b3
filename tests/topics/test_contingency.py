"""Tables against NumPy: margins, both conditionals, unions, and independence as a matrix of rank 1."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.named import keys_by_name
from dlsolve.policy import Slip
from dlsolve.topics.probability.contingency import TOPIC
from tests.values import number, solved

ROWS = ["girl", "boy", "other one"]
COLUMNS = ["passed", "failed", "not there", "x"]


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    if draw(st.booleans()):  # independent: the product of two margins
        a = [draw(st.integers(1, 6)) for _ in range(rows)]
        b = [draw(st.integers(0, 6)) for _ in range(columns)]
        cells = [[x * y for y in b] for x in a]
    else:
        cells = [[draw(st.integers(0, 30)) for _ in range(columns)] for _ in range(rows)]
    assume(any(map(any, cells)))
    return cells


def labelled(cells: list[list[Any]]) -> dict[str, dict[str, Any]]:
    return {r: dict(zip(COLUMNS, row, strict=False)) for r, row in zip(ROWS, cells, strict=False)}


def as_joint(cells: list[list[int]]) -> dict[str, Any]:
    whole = sum(map(sum, cells))
    return {"joint": labelled([[str(Fraction(v, whole)) for v in row] for row in cells])}


def from_margins(neither: int, both: int, a: int, b: int) -> dict[str, Any]:
    return {"total": neither + both + a + b, "A": both + a, "B": both + b, "both": both}


COUNT = st.integers(0, 20)
PROBLEMS = st.one_of(
    tables().map(lambda cells: {"counts": labelled(cells)}),
    tables().map(as_joint),
    st.builds(from_margins, st.integers(1, 20), COUNT, COUNT, COUNT),
)


@settings(max_examples=150)
@given(tables(), st.booleans())
def test_agrees_with_numpy(cells: list[list[int]], joint: bool) -> None:
    trace = solved(TOPIC, as_joint(cells) if joint else {"counts": labelled(cells)})
    p = np.array(cells, dtype=float) / sum(map(sum, cells))
    for i, r in enumerate(ROWS[: len(cells)]):
        assert number(trace.env["P_row", r]) == pytest.approx(p[i].sum())
        for j, c in enumerate(COLUMNS[: len(cells[0])]):
            assert number(trace.env["P_and", r, c]) == pytest.approx(p[i, j])
            assert number(trace.env["P_or", r, c]) == pytest.approx(p[i].sum() + p[:, j].sum() - p[i, j])
            assert (("P_row_given", r, c) in trace.env) == (p[:, j].sum() > 0)
            if p[:, j].sum():
                assert number(trace.env["P_row_given", r, c]) == pytest.approx(p[i, j] / p[:, j].sum())
            if p[i].sum():
                assert number(trace.env["P_col_given", c, r]) == pytest.approx(p[i, j] / p[i].sum())
    rank = np.linalg.matrix_rank(np.array(cells)) <= 1
    assert (trace.env["independent"] == "independent") == rank
    assert all(check.holds for check in trace.checks)


STUDENTS = {"total": 50, "A": 30, "B": 35, "both": 20, "names": ["girl", "passed"]}


def test_a_student_who_passed() -> None:
    trace = solved(TOPIC, STUDENTS)
    names = keys_by_name(trace)
    for name, value in (("P_girl_given_passed", fmpq(4, 7)), ("P_passed_given_girl", fmpq(2, 3)),
                        ("P_girl_and_passed", fmpq(2, 5)), ("P_girl_or_passed", fmpq(9, 10)),
                        ("P_girl", fmpq(3, 5)), ("P_not_passed", fmpq(3, 10))):  # fmt: skip
        assert trace.env[names[name]] == value, name


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    true, wrong = solved(TOPIC, STUDENTS), solved(TOPIC, STUDENTS, policy=Slip(slip.rule))
    assert any(true.env[k] != wrong.env[k] for k in true.steps if k in wrong.env)


TWO = {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 4}}


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "one of counts, joint"),
        ({"counts": TWO, "joint": TWO}, "$.given.joint"),
        ({"counts": TWO, "total": 10}, "counts and margins"),
        ({"counts": {"a": {"x": 1}, "b": {"y": 2}}}, "different columns"),
        ({"counts": {"a": {"x": -1}}}, "$.given.counts.a.x"),
        ({"counts": {"a": {"x": 0}}}, "no case at all"),
        ({"counts": {}}, "empty"),
        ({"counts": {"a": {}}}, "empty"),
        ({"joint": {"a": {"x": 0.5, "y": 0.4}}}, "sum to 0.9"),
        ({"joint": {"a": {"x": 1.5}}}, "$.given.joint.a.x"),
        ({"total": 50, "A": 30}, "$.given.B"),
        ({"total": 50, "A": 30, "B": 35, "both": 40}, "A without B would be -10"),
        ({"total": 50, "A": 30, "B": 35, "both": 5}, "neither would be -10"),
        ({**STUDENTS, "names": ["girl"]}, "two different names"),
        ({"counts": {"a b": {"x": 1}, "a-b": {"x": 2}}}, "a_b"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
