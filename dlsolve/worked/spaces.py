"""What the topics on row reduction share: the sizes they take, pivots and rank, spans in a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.linalg.reduce import Reduction, Row
from dlsolve.notation import Quantity, subscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace
from dlsolve.worked import rows as written_rows
from dlsolve.worked.text import vector_text

MAX_SIDE = 20
"""Rows and columns of a matrix that is reduced by hand."""

A = Quantity("A", "the matrix", shape="m×n", kind="matrix")
R = Quantity("R", "A in reduced row echelon form", shape="m×n", kind="matrix")
PIVOTS = Quantity("pivots", "columns with a pivot", shape="1×r", kind="label", symbol="pivots")
RANK = Quantity("rank", "rank: number of pivots", kind="integer", symbol="rank(A)", latex=r"\operatorname{rank}(A)")
COLUMNS = Quantity("n", "number of columns", kind="integer")
NULLITY = Quantity("nullity", "dimension of the null space", kind="integer", symbol="dim N(A)", latex=r"\dim N(A)")
NULLITY_RULE = """
    nullity = n - rank                        # every column without a pivot leaves an unknown free
"""


def refuse_large(matrix: Matrix, field: str = "matrix") -> None:
    """Raises `InputError` for a matrix with more than `MAX_SIDE` rows or columns."""
    m, n = matrix.shape
    if max(m, n) > MAX_SIDE:
        raise InputError(f"$.given.{field}", "too large", found=f"{m}×{n}", remedy=f"at most {MAX_SIDE}×{MAX_SIDE}")


def refuse_not_square(matrix: Matrix, field: str = "matrix") -> None:
    """Raises `InputError` for a matrix that is not square."""
    m, n = matrix.shape
    if m != n:
        raise InputError(f"$.given.{field}", "not square", found=f"{m}×{n}", remedy="give as many rows as columns")


def reduced(t: Trace, reduction: Reduction, *, of: str = "A") -> None:
    """Every row operation; a note where none is needed."""
    if not reduction.operations:
        t.note(f"{of} is in reduced row echelon form already.")
    written_rows.operations(t, reduction, exact=True)


def name_pivots(t: Trace, reduction: Reduction) -> None:
    """Name ``pivots`` and ``rank``."""
    columns = [fmpq(c + 1) for c in reduction.pivots]
    text = ", ".join(str(c) for c in columns)
    value: Any = t.number(Matrix([columns])) if columns else "none"
    t.operation("columns with a pivot", None, value, key="pivots", shown=text or "none")
    t.operation("number of pivots", None, t.number(len(columns)), key="rank")


def combination(t: Trace, vectors: Sequence[Row]) -> str:
    """``c·(2, 1)``, ``c₁·(2, 4) + c₂·(3, 5)``: all combinations of exact `vectors`."""
    several = len(vectors) > 1
    return " + ".join(f"c{subscript(str(k)) if several else ''}·{vector_text(t, v)}" for k, v in enumerate(vectors, 1))


def as_columns(vectors: Sequence[Row]) -> Matrix:
    """The vectors as columns of a matrix."""
    return Matrix(list(zip(*vectors, strict=True)))


def pivot_columns_times_rows(rows: Sequence[Row], reduction: Reduction) -> bool:
    """Whether A = C·R, C the pivot columns of A and R the rows of its reduced form that are not 0."""
    c = [[row[j] for j in reduction.pivots] for row in rows]
    r = reduction.states[-1][: len(reduction.pivots)]
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            if sum((c[i][k] * r[k][j] for k in range(len(r))), fmpq(0)) != entry:
                return False
    return True
