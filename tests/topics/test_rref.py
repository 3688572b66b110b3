"""Row reduction against SymPy."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.checker.answers import read_answer
from dlsolve.checker.judge import fit
from dlsolve.errors import InputError
from dlsolve.topics.linear_algebra.rref import TOPIC
from dlsolve.trace import Operation
from tests.matrices import Rows, grid, oracle, rectangular, to_sympy
from tests.values import solved

MATRICES = rectangular(5)
PROBLEMS = st.fixed_dictionaries({"matrix": rectangular(4), "form": st.sampled_from(["reduced", "echelon"])})


@given(MATRICES)
@settings(max_examples=120)
def test_the_reduced_form_is_sympys(matrix: Rows) -> None:
    trace = solved(TOPIC, {"matrix": matrix})
    form, pivots = oracle(matrix).rref()
    assert to_sympy(trace.env["R"]) == form
    assert to_sympy(trace.env["rank"]) == len(pivots)
    told = trace.env["pivots"]
    assert told == "none" if not pivots else [int(e) - 1 for e in told.entries()] == list(pivots)
    assert all(c.holds for c in trace.checks)


@given(MATRICES)
@settings(max_examples=100)
def test_echelon_form_is_a_staircase_with_the_same_rows(matrix: Rows) -> None:
    trace = solved(TOPIC, {"matrix": matrix, "form": "echelon"})
    form, a = to_sympy(trace.env["E"]), oracle(matrix)
    starts = [next((j for j in range(form.cols) if form[i, j] != 0), form.cols + i) for i in range(form.rows)]
    assert starts == sorted(set(starts))
    assert form.rref()[0] == a.rref()[0]
    assert all(c.holds for c in trace.checks)
    if a.rows == a.cols:
        swaps = sum("↔" in i.rule for i in trace.items if isinstance(i, Operation))
        assert form.det() * (-1) ** swaps == a.det()


def test_nothing_to_do_is_said() -> None:
    for form in ("reduced", "echelon"):
        trace = solved(TOPIC, {"matrix": [[1, 0], [0, 1]], "form": form})
        assert any("already" in getattr(i, "text", "") for i in trace.items)


def test_the_zero_matrix_has_no_pivots() -> None:
    trace = solved(TOPIC, {"matrix": [[0, 0]]})
    assert trace.env["pivots"] == "none"
    assert trace.env["rank"] == 0


def test_every_operation_is_named() -> None:
    trace = solved(TOPIC, {"matrix": [[0, 2], [1, 4], ["1/2", 0]]})
    rules = [i.rule for i in trace.items if isinstance(i, Operation) and i.rule.startswith("R")]
    assert rules == ["R₁ ↔ R₂", "R₃ → R₃ − (1/2)·R₁", "R₁ → R₁ − 2·R₂", "R₃ → R₃ + R₂", "R₂ → R₂ / 2"]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"matrix": [[0] * 21]}, r"\$\.given\.matrix: too large \(found 1×21\); at most 20×20"),
        ({"matrix": [[1, 2], [3]]}, r"row 2 has 1 entry"),
        ({"matrix": []}, r"an empty matrix"),
        ({"matrix": [[1]], "form": "row"}, r"\$\.given\.form"),
    ],
)
def test_what_is_refused(given_: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solved(TOPIC, given_)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("[[1, 2], [0, 3]]", True),
        ("[[1, 5], [0, 1]]", True),
        ("[[1, 2], [1, 5]]", False),
        ("[[1, 2], [0, 0]]", False),
        ("[[1, 2]]", False),
    ],
)
def test_any_echelon_form_with_the_same_rows_is_right(text: str, right: bool) -> None:
    value = solved(TOPIC, {"matrix": [[1, 2], [1, 5]], "form": "echelon"}).env["E"]
    assert (fit(read_answer("E", text), value, "row state") != "no") is right


@given(grid(3, 3, st.integers(-3, 3)))
@settings(max_examples=20)
def test_the_rank_is_that_of_the_transpose(matrix: Rows) -> None:
    turned = [list(column) for column in zip(*matrix, strict=True)]
    assert solved(TOPIC, {"matrix": matrix}).env["rank"] == solved(TOPIC, {"matrix": turned}).env["rank"]
    assert sympy.Matrix(matrix).rank() == int(solved(TOPIC, {"matrix": matrix}).env["rank"])
