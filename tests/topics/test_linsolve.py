"""Linear systems against SymPy and NumPy: one solution, none, many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.topics.linear_algebra.linsolve import TOPIC
from dlsolve.trace import Trace
from tests.matrices import WHOLE, Rows, grid, of_shape, oracle, to_sympy
from tests.values import number, solved


def _system(size: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    """Any right-hand side, or one that some x gives."""
    m, n = size
    free = st.fixed_dictionaries({"matrix": of_shape(m, n), "b": st.lists(WHOLE, min_size=m, max_size=m)})
    solvable = st.tuples(grid(m, n, st.integers(-3, 3)), st.lists(st.integers(-3, 3), min_size=n, max_size=n)).map(
        lambda p: {"matrix": p[0], "b": [sum(a * x for a, x in zip(row, p[1], strict=True)) for row in p[0]]}
    )
    return st.one_of(free, solvable)


PROBLEMS = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(_system)


def _unique(trace: Trace, n: int) -> list[Any]:
    return [to_sympy(trace.env["x", i]) for i in range(1, n + 1)]


@given(PROBLEMS)
@settings(max_examples=150)
def test_it_agrees_with_sympy(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    a = oracle(problem["matrix"])
    b = oracle([[e] for e in problem["b"]])
    rank, wide = a.rank(), a.row_join(b).rank()
    assert (int(trace.env["rank"]), int(trace.env["rank_Ab"])) == (rank, wide)
    verdict = trace.env["solutions"]
    assert verdict == ("none" if wide > rank else "one" if rank == a.cols else "infinitely many")
    if verdict == "one":
        assert a * sympy.Matrix(_unique(trace, a.cols)) == b
    if verdict == "infinitely many":
        assert a * to_sympy(trace.env["x_p"]) == b
        count = a.cols - rank
        vectors = sympy.Matrix.hstack(*(to_sympy(trace.env["v", k]) for k in range(1, count + 1)))
        assert (a * vectors).is_zero_matrix
        assert vectors.rank() == count
    assert trace.checks
    assert all(c.holds for c in trace.checks)


@given(grid(4, 4, st.integers(-9, 9)), st.lists(st.integers(-9, 9), min_size=4, max_size=4))
@settings(max_examples=30)
def test_it_agrees_with_numpy(matrix: Rows, b: list[int]) -> None:
    trace = solved(TOPIC, {"matrix": matrix, "b": b})
    if trace.env["solutions"] == "one":
        wanted = np.linalg.solve(np.array(matrix, float), np.array(b, float))
        assert np.allclose([number(trace.env["x", i]) for i in range(1, 5)], wanted, rtol=1e-6, atol=1e-9)


def test_a_contradiction_is_told_from_the_equations() -> None:
    trace = solved(TOPIC, {"matrix": [[1, 2], [2, 4]], "b": [1, 3]})
    assert trace.env["solutions"] == "none"
    assert trace.checks[0].text == "times (−2, 1) and added they say 0 = 1"


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        (
            {"matrix": [[1, 2], [3, 4]], "b": [1]},
            r"\$\.given\.b: A has 2 rows \(found 1\); give one right-hand side",
        ),
        ({"matrix": [[1, 2], [3, 4]]}, r"\$\.given\.b: missing"),
        ({"matrix": [[1]] * 21, "b": [1] * 21}, "at most 20×20"),
    ],
)
def test_what_is_refused(given_: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solved(TOPIC, given_)
