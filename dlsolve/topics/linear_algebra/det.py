"""Determinant: by formula, Sarrus, along a row, elimination.

For 2×2 it is ad − bc. For 3×3 the rule of Sarrus adds the products along the diagonals downwards and
takes away those upwards; it holds for 3×3 only. Along a row, each entry is multiplied by its cofactor,
the determinant of what is left without its row and column, with a sign as on a chessboard: a row with
many zeros saves work. Elimination brings A to echelon form; the determinant is then the product of the
diagonal, its sign changed by every swap of rows. A is invertible exactly where its determinant is not 0.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.linalg.reduce import Row
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import minors, spaces

MOST = {"sarrus": (3, 3), "row": (1, 4), "elimination": (1, spaces.MAX_SIDE), "auto": (1, spaces.MAX_SIDE)}
"""The sizes that each method takes by hand."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[Matrix, Field("square matrix (with a letter in it: see matrix-parameter)", aliases=("A",))]
    method: Annotated[
        Literal["auto", "sarrus", "row", "elimination"],
        Field("sarrus (3×3), row (cofactors along the best row, up to 4×4), elimination, or auto for what is shortest"),
    ] = "auto"


NOTATION = Notation(
    [
        Quantity("A", "the matrix", shape="n×n", kind="matrix"),
        *minors.QUANTITIES,
        *minors.ELIMINATION,
        Quantity("invertible", "whether A has an inverse", kind="choice", symbol="invertible"),
    ],
    minors.INDICES,
)

RULES = rules(minors.DETERMINANT)

SLIPS = (
    DeclaredSlip("products-added", rule("det:2", "A[1,1]*A[2,2] + A[1,2]*A[2,1]"), "the products were added, ad + bc"),
    DeclaredSlip("other-diagonal-first", rule("det:2", "A[1,2]*A[2,1] - A[1,1]*A[2,2]"),
                 "the difference was taken the other way round, bc − ad"),
    DeclaredSlip("rows-multiplied", rule("det:2", "A[1,1]*A[1,2] - A[2,1]*A[2,2]"),
                 "the entries were multiplied along the rows, not along the diagonals"),
    DeclaredSlip("minor-added", rule("minor[i,j] at h, k, r, s", "A[h,r]*A[k,s] + A[h,s]*A[k,r]"),
                 "in a minor the products were added, ad + bc"),
    DeclaredSlip("no-chessboard", rule("cof[i,j]", "minor[i,j]"), "the signs of the cofactors were left out"),
    DeclaredSlip("chessboard-reversed", rule("cof[i,j]", "-(-1)**(i + j)*minor[i,j]"),
                 "the chessboard of signs was started with − at row 1, column 1"),
    DeclaredSlip("upwards-added", rule("det:sarrus", "down + up"), "the upward diagonals were added, not taken away"),
    DeclaredSlip("upwards-left-out", rule("det:sarrus", "down"), "the upward diagonals were left out"),
    DeclaredSlip("swaps-ignored", rule("det:elimination", "prod(U[k,k] for k in N)"),
                 "the sign was not changed for the swaps of rows"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    spaces.refuse_not_square(p.matrix)
    spaces.refuse_large(p.matrix)
    n = p.matrix.shape[0]
    low, high = MOST[p.method]
    if not low <= n <= high:
        raise InputError("$.given.method", f"{p.method} is not for {n}×{n}", remedy="choose elimination or auto")
    t.given("A", p.matrix)
    t.index_set("N", range(1, n + 1))
    t.section("Determinant")
    rows: list[Row] = list(p.matrix.rows)
    minors.determinant(t, rows, p.method)
    singular = t.when("det == 0", ("so A is singular: it has no inverse", "so A is invertible"))
    rule_name = f"det(A) {'=' if singular else '≠'} 0"
    t.operation(rule_name, None, "no" if singular else "yes", key="invertible")
    t.answer("det", "invertible")
    minors.checked(t, rows, "worked out again, without fractions")


TOPIC = Topic(
    "det", "Determinant", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapter 5",
    example={"matrix": [[2, 1, 3], [4, -1, 2], [1, 5, -2]]},
    aliases=("determinant", "sarrus", "cofactor"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
