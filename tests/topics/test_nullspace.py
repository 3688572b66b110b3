"""Null spaces against SymPy; marking of a basis that another path leads to."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.checker.answers import read_answer
from dlsolve.checker.judge import fit
from dlsolve.errors import InputError
from dlsolve.topics.linear_algebra.nullspace import TOPIC
from dlsolve.trace import Operation
from tests.matrices import Rows, oracle, rectangular, to_sympy
from tests.values import solved

PROBLEMS = rectangular(4).map(lambda m: {"matrix": m})


@given(rectangular(5))
@settings(max_examples=120)
def test_it_is_sympys_null_space(matrix: Rows) -> None:
    trace = solved(TOPIC, {"matrix": matrix})
    a = oracle(matrix)
    wanted = a.nullspace()
    found = to_sympy(trace.env["null_space"])
    assert int(trace.env["nullity"]) == len(wanted)
    assert (a * found).is_zero_matrix
    assert found.rank() == len(wanted)
    if not wanted:
        assert found == sympy.zeros(a.cols, 1)
    assert all(c.holds for c in trace.checks)


def test_the_two_of_the_notes() -> None:
    trivial = solved(TOPIC, {"matrix": [[4, 6], [2, 7], [5, 8]]})
    line = solved(TOPIC, {"matrix": [[2, -4], [1, -2], [-4, 8]]})
    shown = [t.steps["null_space"].shown for t in (trivial, line)]  # type: ignore[union-attr]
    assert shown == ["{(0, 0)}", "c·(2, 1)"]
    equations = [i.rule for i in trivial.items if isinstance(i, Operation)][:3]
    assert equations == ["(i)", "(ii)", "(iii)"]


def _marked(matrix: Rows, text: str) -> bool:
    value: Any = solved(TOPIC, {"matrix": matrix}).env["null_space"]
    answer = read_answer("null_space", text)
    assert answer.unreadable is None, answer.unreadable
    return fit(answer, value, "basis") != "no"


PLANE = [[1, 1, 1]]


@pytest.mark.parametrize(
    ("matrix", "text", "right"),
    [
        ([[1, -2]], "(2, 1)", True),
        ([[1, -2]], "c(2, 1)", True),
        ([[1, -2]], "(4, 2)", True),
        ([[1, -2]], "(3, 2)", False),
        ([[1, -2]], "(1, 2)", False),
        ([[1, -2]], "(0, 0)", False),
        ([[3, 1]], "(-0.33, 1)", True),
        ([[3, 1]], "(0.33, 1)", False),
        (PLANE, "[[-1, -1], [1, 0], [0, 1]]", True),
        (PLANE, "[[1, -1, 0], [0, 1, -1]]", True),
        (PLANE, "c1(1, -1, 0) + c2(1, 0, -1)", True),
        (PLANE, "[[1, -1, 0], [2, -2, 0]]", False),
        (PLANE, "[[1, -1, 0]]", False),
        (PLANE, "[[1, -1, 0], [0, 1, -1], [1, 0, -1]]", False),
        ([[1, 0], [0, 1]], "(0, 0)", True),
        ([[1, 0], [0, 1]], "(1, 0)", False),
    ],
)
def test_any_basis_of_the_same_space_is_right(matrix: Rows, text: str, right: bool) -> None:
    assert _marked(matrix, text) is right


@given(rectangular(4), st.integers(1, 5))
@settings(max_examples=40)
def test_multiples_of_the_rows_have_the_same_null_space(matrix: Rows, factor: int) -> None:
    scaled = [[str(sympy.Rational(str(e)) * factor) for e in row] for row in matrix]
    once, again = (solved(TOPIC, {"matrix": m}) for m in (matrix, [*matrix, *scaled]))
    assert once.env["null_space"] == again.env["null_space"]


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match=r"\$\.given\.matrix: missing"):
        solved(TOPIC, {})
    with pytest.raises(InputError, match="at most 20×20"):
        solved(TOPIC, {"matrix": [[1]] * 21})
