"""Column and row spaces against SymPy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.checker.answers import read_answer
from dlsolve.checker.judge import fit
from dlsolve.errors import InputError
from dlsolve.topics.linear_algebra.colspace import TOPIC
from tests.matrices import Rows, oracle, rectangular, to_sympy
from tests.values import solved

PROBLEMS = st.fixed_dictionaries({"matrix": rectangular(4), "space": st.sampled_from(["column", "row"])})


@given(rectangular(5))
@settings(max_examples=120)
def test_column_and_row_space_are_sympys(matrix: Rows) -> None:
    a = oracle(matrix)
    columns, rows = (solved(TOPIC, {"matrix": matrix, "space": s}) for s in ("column", "row"))
    pivots = a.columnspace()
    basis, other = to_sympy(columns.env["col_space"]), to_sympy(rows.env["row_space"])
    assert int(columns.env["rank"]) == a.rank() == int(rows.env["rank"])
    assert int(columns.env["nullity"]) == a.cols - a.rank()
    if pivots:
        assert [basis[:, k] for k in range(basis.cols)] == pivots
        assert other.T.rref()[0] == a.rref()[0][: a.rank(), :]
    else:
        assert basis.is_zero_matrix
        assert other.is_zero_matrix
    for trace in (columns, rows):
        assert all(c.holds for c in trace.checks)


def test_the_one_of_the_notes() -> None:
    trace = solved(TOPIC, {"matrix": [[2, 3], [4, 5]]})
    assert trace.steps["col_space"].shown == "c₁·(2, 4) + c₂·(3, 5)"  # type: ignore[union-attr]
    assert trace.env["det"] == -2
    assert any("all of ℝ²" in r for r in trace.remarks)


def test_a_dependent_column_is_a_combination() -> None:
    trace = solved(TOPIC, {"matrix": [[1, 2, 3], [0, 1, 1]]})
    lines = [str(getattr(i, "rule", "")) for i in trace.items]
    assert "column 3, read off R" in lines
    assert not any("column 1, read" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "right"),
    [("c1(1, 2) + c2(0, 1)", True), ("[[1, 0], [0, 1]]", True), ("(1, 2)", False), ("[[1, 2], [2, 4]]", False)],
)
def test_any_basis_of_the_plane_is_right(text: str, right: bool) -> None:
    value = solved(TOPIC, {"matrix": [[2, 3], [4, 5]]}).env["col_space"]
    assert (fit(read_answer("col_space", text), value, "basis") != "no") is right


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match="at most 20×20"):
        solved(TOPIC, {"matrix": [[1]] * 21})
    with pytest.raises(InputError, match=r"\$\.given\.space.*choose column or row"):
        solved(TOPIC, {"matrix": [[1]], "space": "null"})
