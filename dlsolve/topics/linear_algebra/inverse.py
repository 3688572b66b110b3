"""Inverse of a matrix: by formula, Gauss–Jordan or adjugate.

A⁻¹ is the matrix with A·A⁻¹ = I; it exists exactly where det(A) ≠ 0. For 2×2 the diagonal changes places,
the other two entries change signs, and all is divided by the determinant. Gauss–Jordan writes I beside A
and reduces the rows until A has become I: beside it stands A⁻¹. For 3×3 the adjugate is the transposed
matrix of the cofactors, and A⁻¹ the adjugate divided by the determinant. Where a row of 0 comes out on
the left, or the determinant is 0, A is singular, and has no inverse.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.written import cells
from dlsolve.linalg.reduce import Row, reduce_rows
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import minors, spaces
from dlsolve.worked.rows import operations

MOST = 10


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[Matrix, Field("square matrix", aliases=("A",))]
    method: Annotated[
        Literal["auto", "formula", "adjugate", "gauss-jordan"],
        Field("formula (2×2), adjugate (3×3), gauss-jordan, or auto: the formula up to 2×2, else gauss-jordan"),
    ] = "auto"


NOTATION = Notation(
    [
        Quantity("A", "the matrix", shape="n×n", kind="matrix"),
        *minors.QUANTITIES,
        Quantity("adj", "adjugate: the cofactors, transposed", shape="n×n", kind="matrix", symbol="adj(A)",
                 latex=r"\operatorname{adj}(A)"),
        Quantity("A_inv", "the inverse", shape="n×n", kind="matrix", symbol="A⁻¹", latex="A^{-1}",
                 also=("inv(A)", "A^-1", "inverse")),
        spaces.RANK,
        Quantity("invertible", "whether A has an inverse", kind="choice", symbol="invertible"),
    ],
    minors.INDICES,
)  # fmt: skip

RULES = rules(f"""
    det:1 = A[1,1]
    {minors.DET_2.strip()}
{minors.COFACTORS}
    adj:1 = [[1]]
    adj:2 = [[A[2,2], -A[1,2]], [-A[2,1], A[1,1]]]      # diagonal swapped, the others with their signs changed
    adj:3 = [[cof[1,1], cof[2,1], cof[3,1]], [cof[1,2], cof[2,2], cof[3,2]], [cof[1,3], cof[2,3], cof[3,3]]]   # transposed
    A_inv = adj/det
""")  # noqa: E501 - a rule is one line

SLIPS = (
    DeclaredSlip("not-divided", rule("A_inv", "adj"), "the adjugate was not divided by the determinant"),
    DeclaredSlip("multiplied", rule("A_inv", "adj*det"), "the adjugate was multiplied by the determinant, not divided"),
    DeclaredSlip("signs-kept", rule("adj:2", "[[A[2,2], A[1,2]], [A[2,1], A[1,1]]]"),
                 "the signs of the entries beside the diagonal were kept"),
    DeclaredSlip("not-swapped", rule("adj:2", "[[A[1,1], -A[1,2]], [-A[2,1], A[2,2]]]"),
                 "the entries of the diagonal were not exchanged"),
    DeclaredSlip("beside-swapped", rule("adj:2", "[[A[2,2], -A[2,1]], [-A[1,2], A[1,1]]]"),
                 "the entries beside the diagonal were exchanged"),
    DeclaredSlip("not-transposed", rule("adj:3", "[[cof[1,1], cof[1,2], cof[1,3]], [cof[2,1], cof[2,2], cof[2,3]], "
                                                 "[cof[3,1], cof[3,2], cof[3,3]]]"),
                 "the matrix of the cofactors was not transposed"),
    DeclaredSlip("no-chessboard", rule("cof[i,j]", "minor[i,j]"), "the signs of the cofactors were left out"),
    DeclaredSlip("products-added", rule("det:2", "A[1,1]*A[2,2] + A[1,2]*A[2,1]"), "the products were added, ad + bc"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    spaces.refuse_not_square(p.matrix)
    n = p.matrix.shape[0]
    if n > MOST:
        raise InputError("$.given.matrix", "too large", found=f"{n}×{n}", remedy=f"at most {MOST}×{MOST}")
    method = p.method if p.method != "auto" else "formula" if n <= 2 else "gauss-jordan"
    if (method == "formula" and n > 2) or (method == "adjugate" and n != 3):
        raise InputError("$.given.method", f"{method} is not for {n}×{n}", remedy="choose gauss-jordan or auto")
    t.given("A", p.matrix)
    found = _gauss_jordan(t, p.matrix) if method == "gauss-jordan" else _by_adjugate(t, n)
    t.answer(*(["A_inv"] if found else []), "invertible")
    if found:
        one = str([[int(i == j) for j in range(n)] for i in range(n)])
        t.check("A·A⁻¹ = I", f"A @ A_inv == {one}")
        t.check("A⁻¹·A = I", f"A_inv @ A == {one}")


def _by_adjugate(t: Trace, n: int) -> bool:
    """det, adjugate, quotient. Returns whether there is an inverse."""
    t.section("Determinant")
    if n == 3:
        t.index_set("J", (1, 2, 3))
        for i in (1, 2, 3):
            for j in (1, 2, 3):
                minors.minor_of(t, 3, i, j)
        t.let("det:row at i", 1)
    else:
        t.let(f"det:{n}")
    if t.when("det == 0", ("so A is singular: it has no inverse", "so A has an inverse")):
        t.operation("det(A) = 0", None, "no", key="invertible", shown="no: A is singular")
        t.answer("det")
        return False
    t.operation("det(A) ≠ 0", None, "yes", key="invertible")
    t.section("Inverse")
    t.let(f"adj:{n}")
    t.let("A_inv")
    return True


def _gauss_jordan(t: Trace, a: Matrix) -> bool:
    """[A | I] reduced until A is I. Returns whether there is an inverse."""
    n = a.shape[0]
    rows: list[Row] = [(*row, *(fmpq(int(i == j)) for j in range(n))) for i, row in enumerate(a.rows)]
    reduction = reduce_rows(rows, n)
    t.section("[A | I]")
    t.operation("[A | I]", None, cells(rows), why="I written beside A")
    operations(t, reduction, exact=True)
    t.operation("number of pivots on the left", None, t.number(len(reduction.pivots)), key="rank")
    if len(reduction.pivots) < n:
        t.note(f"Row {len(reduction.pivots) + 1} is 0 on the left: the rows of A depend on one another, "
               f"and no row operation makes A into I.")  # fmt: skip
        t.operation(f"rank(A) < {n}", None, "no", key="invertible", shown="no: A is singular")
        t.answer("rank")
        return False
    t.operation(f"rank(A) = {n}", None, "yes", key="invertible")
    inverse = Matrix([row[n:] for row in reduction.states[-1]])
    t.operation("the right half, where A is I", None, t.number(inverse), key="A_inv")
    return True


TOPIC = Topic(
    "inverse", "Inverse of a matrix", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapters 2 and 5",
    example={"matrix": [[2, 1], [5, 3]]},
    aliases=("inv", "matrix-inverse", "adjugate", "adjoint"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
