"""Determinants of numbers as by hand: by formula, along a row, down the diagonals, by elimination.

The rules are stated here once, for every topic that needs a determinant; a topic puts the blocks it
uses into its own rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from dlsolve.linalg.polynomial import flint_matrix, shape
from dlsolve.linalg.reduce import reduce_rows
from dlsolve.notation import IndexKind, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace
from dlsolve.worked import rows as written_rows

DET_2 = """
    det:2 = A[1,1]*A[2,2] - A[1,2]*A[2,1]                                   # ad − bc
"""
COFACTORS = """
    minor[i,j] at h, k, r, s = A[h,r]*A[k,s] - A[h,s]*A[k,r]                # rows h, k and columns r, s are left
    cof[i,j] = (-1)**(i + j)*minor[i,j]                                     # + and − like a chessboard
    det:row at i = sum(A[i,j]*cof[i,j] for j in J)                          # expanded along row i
"""
DETERMINANT = f"""
    det:1 = A[1,1]
{DET_2}
{COFACTORS}
    minor[i,j]:3 at h, k, l, r, s, t = A[h,r]*A[k,s]*A[l,t] + A[h,s]*A[k,t]*A[l,r] + A[h,t]*A[k,r]*A[l,s] - A[l,r]*A[k,s]*A[h,t] - A[l,s]*A[k,t]*A[h,r] - A[l,t]*A[k,r]*A[h,s]   # the 3×3 left, by Sarrus
    down = A[1,1]*A[2,2]*A[3,3] + A[1,2]*A[2,3]*A[3,1] + A[1,3]*A[2,1]*A[3,2]   # the three diagonals downwards
    up = A[3,1]*A[2,2]*A[1,3] + A[3,2]*A[2,3]*A[1,1] + A[3,3]*A[2,1]*A[1,2]     # the three diagonals upwards
    det:sarrus = down - up                                                  # rule of Sarrus
    det:triangular = prod(A[k,k] for k in N)                                # zeros on one side of the diagonal
    det:elimination = (-1)**swaps*prod(U[k,k] for k in N)                   # each swap changes the sign
"""  # noqa: E501 - a rule is one line

QUANTITIES = (
    Quantity("det", "determinant", symbol="det(A)", latex=r"\det(A)"),
    Quantity("minor", "minor: determinant without row i and column j", "i j", symbol="M"),
    Quantity("cof", "cofactor: the minor with its sign", "i j", symbol="C"),
)
ELIMINATION = (
    Quantity("down", "products along the diagonals downwards"),
    Quantity("up", "products along the diagonals upwards"),
    Quantity("U", "A in echelon form, no row scaled", shape="n×n", kind="row state"),
    Quantity("swaps", "how many times two rows were swapped", kind="integer", symbol="s"),
)
INDICES: dict[str, IndexKind] = {"i": "entry", "j": "entry"}


def minor_of(t: Trace, n: int, i: int, j: int) -> None:
    """Name the minor and the cofactor at row i, column j (from 1) of the n×n matrix, n 3 or 4."""
    rows = [k for k in range(1, n + 1) if k != i]
    columns = [k for k in range(1, n + 1) if k != j]
    t.let("minor[i,j] at h, k, r, s" if n == 3 else "minor[i,j]:3 at h, k, l, r, s, t", i, j, *rows, *columns)
    t.let("cof[i,j]", i, j)


def along_row(t: Trace, rows: Sequence[Sequence[fmpq]]) -> None:
    """det of a 3×3 or 4×4 along the row with the most zeros; cofactors of zeros are not needed."""
    n = len(rows)
    i = max(range(n), key=lambda r: (sum(e == 0 for e in rows[r]), -r))
    places = [j + 1 for j, e in enumerate(rows[i]) if e != 0] or [1]
    zeros = n - len(places)
    why = f", the one with the most zeros: {zeros} of {n} cofactors are not needed" if zeros else ""
    t.note(f"Expand along row {i + 1}{why}.")
    t.index_set("J", places)
    for j in places:
        minor_of(t, n, i + 1, j)
    t.let("det:row at i", i + 1)


def by_elimination(t: Trace, rows: Sequence[Sequence[fmpq]]) -> None:
    """det of any square matrix: echelon form, then the product of its diagonal and the sign of the swaps."""
    reduction = reduce_rows(rows, form="echelon")
    written_rows.operations(t, reduction, exact=True)
    swaps = sum(o.kind == "swap" for o in reduction.operations)
    t.operation("echelon form", None, t.number(Matrix(reduction.states[-1])), key="U")
    t.operation("rows swapped", None, t.number(swaps), key="swaps", why="once each" if swaps else "never")
    t.let("det:elimination")


def determinant(t: Trace, rows: Sequence[Sequence[fmpq]], method: str = "auto") -> None:
    """Name ``det`` of the square given ``A``, whose numbers are `rows`; ``N`` counts its rows.

    `method` is sarrus (3×3), row (up to 4×4), elimination, or auto.
    """
    n = len(rows)
    kind = shape(rows) if n > 2 else ""
    if n <= 2 and method in ("auto", "row"):
        t.let(f"det:{n}")
    elif kind and method == "auto":
        t.note(f"A is {kind}: the determinant is the product of its diagonal.")
        t.let("det:triangular")
    elif method == "sarrus" or (method == "auto" and n == 3 and not any(e == 0 for row in rows for e in row)):
        t.let("down")
        t.let("up")
        t.let("det:sarrus")
    elif method == "row" or (method == "auto" and n == 3):
        along_row(t, rows)
    else:
        by_elimination(t, rows)


def checked(t: Trace, rows: Sequence[Sequence[fmpq]], text: str = "by another way") -> None:
    """The check line of a determinant: worked out a second time, without fractions."""
    t.check(f"det(A) {text}", t.close(t.env["det"], t.number(_again(rows))))


def _again(rows: Sequence[Sequence[fmpq]]) -> Any:
    return fmpq(flint_matrix(rows).det())
