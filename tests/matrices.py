"""Random matrices of every sort for the topics of linear algebra, and their values for oracles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from flint import fmpq
from hypothesis import strategies as st

from dlsolve.numbers.matrix import Matrix

Rows = list[list[Any]]
WHOLE = st.integers(-5, 5)
SPARSE = st.sampled_from([0, 0, 0, 1, -1, 2])
FRACTIONS = st.one_of(
    st.builds(lambda p, q: f"{p}/{q}", st.integers(-6, 6), st.integers(1, 6)),
    st.integers(-30, 30).map(lambda n: n / 10),
)


def grid(m: int, n: int, entries: st.SearchStrategy[Any]) -> st.SearchStrategy[Rows]:
    """m×n."""
    return st.lists(st.lists(entries, min_size=n, max_size=n), min_size=m, max_size=m)


def _dependent(m: int, n: int) -> st.SearchStrategy[Rows]:
    """Rows of which some are combinations of the others: a rank smaller than the size, often."""
    return st.tuples(grid(m, 2, st.integers(-2, 2)), grid(2, n, st.integers(-3, 3))).map(
        lambda p: [
            [sum(a * b for a, b in zip(row, col, strict=True)) for col in zip(*p[1], strict=True)] for row in p[0]
        ]
    )


def of_shape(m: int, n: int) -> st.SearchStrategy[Rows]:
    """m×n: whole numbers, many zeros, fractions and decimals, or of small rank."""
    return st.one_of(grid(m, n, WHOLE), grid(m, n, SPARSE), grid(m, n, FRACTIONS), _dependent(m, n))


def rectangular(most: int) -> st.SearchStrategy[Rows]:
    return st.tuples(st.integers(1, most), st.integers(1, most)).flatmap(lambda s: of_shape(*s))


def square(most: int) -> st.SearchStrategy[Rows]:
    return st.integers(1, most).flatmap(lambda n: of_shape(n, n))


def oracle(rows: Sequence[Sequence[Any]]) -> sympy.Matrix:
    """The same matrix in SymPy."""
    return sympy.Matrix([[sympy.Rational(str(e)) for e in row] for row in rows])


def to_sympy(value: Any) -> Any:
    """A value of a run in SymPy."""
    if isinstance(value, Matrix):
        return sympy.Matrix([[to_sympy(e) for e in row] for row in value.rows])
    assert isinstance(value, fmpq)
    return sympy.Rational(int(value.p), int(value.q))
