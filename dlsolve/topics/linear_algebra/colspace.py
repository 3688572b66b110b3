"""Column space and row space: basis and dimension.

The column space C(A) is the set of all combinations c₁a₁ + c₂a₂ + … of the columns of A (the matrix is
not equal to such a combination; the space is the set of them all). Row operations keep every relation
between columns, so the columns with a pivot are independent and the others are combinations of them:
the pivot columns of A itself, not of its reduced form, are a basis. The rows of the reduced form that
are not 0 are a basis of the row space. Both have as many vectors as there are pivots: the rank.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from flint import fmpq

from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import At, Cmp, Num, Tree
from dlsolve.formula.written import linear
from dlsolve.linalg.reduce import Reduction, Row, rank, reduce_rows
from dlsolve.notation import Notation, Quantity, superscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import minors, sequels, slips_of_spaces, spaces
from dlsolve.worked.text import vector_text


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[Matrix, Field("the matrix", aliases=("A",))]
    space: Annotated[Literal["column", "row"], Field("the space asked for: column, or row")] = "column"


NOTATION = Notation(
    [
        spaces.A,
        spaces.R,
        spaces.PIVOTS,
        spaces.RANK,
        spaces.COLUMNS,
        spaces.NULLITY,
        minors.QUANTITIES[0],
        Quantity("a", "column k of A", "k", shape="m×1", kind="matrix"),
        Quantity("col_space", "a basis of the column space, as columns", shape="m×r", kind="basis",
                 symbol="C(A)", latex="C(A)"),
        Quantity("row_space", "a basis of the row space, as columns", shape="n×r", kind="basis",
                 symbol="C(Aᵀ)", latex=r"C(A^{\top})"),
        Quantity("c", "parameter, any number", "k"),
    ],
    {"k": "step"},
)  # fmt: skip

RULES = rules(spaces.NULLITY_RULE + minors.DET_2)

SLIPS = (
    DeclaredSlip("rank-for-nullity", rule("nullity", "rank"),
                 "the rank was taken for the dimension of the null space, n − rank"),
    DeclaredSlip("products-added", rule("det:2", "A[1,1]*A[2,2] + A[1,2]*A[2,1]"), "the products were added, ad + bc"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    spaces.refuse_large(p.matrix)
    t.given("A", p.matrix)
    m, n = p.matrix.shape
    rows: list[Row] = list(p.matrix.rows)
    columns: list[Row] = list(zip(*rows, strict=True))
    if p.space == "column":
        t.section("Columns of A")
        for k, column in enumerate(columns, 1):
            t.operation(f"column {k}", None, _column(t, column), key=("a", k), shown=vector_text(t, column))
        t.note(f"C(A) is the set of all {spaces.combination(t, columns)}, each factor any number.")
    else:
        t.note(f"The row space is the set of all {spaces.combination(t, rows)}, each factor any number.")
    t.section("Elimination")
    reduction = reduce_rows(rows)
    spaces.reduced(t, reduction)
    t.operation("reduced row echelon form", None, t.number(Matrix(reduction.states[-1])), key="R")
    spaces.name_pivots(t, reduction)
    t.section("Basis")
    basis = _columns(t, columns, reduction) if p.space == "column" else _rows(t, reduction, n)
    t.operation("columns of A", None, t.number(n), key="n")
    t.let("nullity")
    if m == n == 2:
        t.let("det:2")
        t.when("det == 0", ("so the columns lie on one line", "so the columns are independent"))
    size = m if p.space == "column" else n
    if len(basis) == size:
        t.remark(f"The rank is {size}: this is all of ℝ{_power(size)}.")
    t.answer("col_space" if p.space == "column" else "row_space", "rank", "nullity")
    t.check("A = (pivot columns of A)·(rows of R)", spaces.pivot_columns_times_rows(rows, reduction))
    t.check("rank of the columns = rank of the rows", rank(columns) == len(reduction.pivots))


def _columns(t: Trace, columns: list[Row], reduction: Reduction) -> list[Row]:
    """The other columns as combinations of the pivot columns; the basis."""
    end = reduction.states[-1]
    names: list[Tree] = [At("a", (Num(str(j + 1)),)) for j in reduction.pivots]
    for k in (j for j in range(len(columns)) if j not in reduction.pivots):
        factors = [end[i][k] for i in range(len(names))]
        t.operation(f"column {k + 1}, read off R", None, Cmp("==", At("a", (Num(str(k + 1)),)), linear(factors, names)))
    basis = [columns[j] for j in reduction.pivots]
    _name(t, "the pivot columns of A", "col_space", basis, len(columns[0]))
    return basis


def _rows(t: Trace, reduction: Reduction, n: int) -> list[Row]:
    """The rows of R that are not 0."""
    basis = list(reduction.states[-1][: len(reduction.pivots)])
    _name(t, "the rows of R that are not 0", "row_space", basis, n)
    return basis


def _name(t: Trace, rule: str, key: str, basis: list[Row], size: int) -> None:
    zero = (fmpq(0),) * size
    value = spaces.as_columns(basis) if basis else _column(t, zero)
    shown = spaces.combination(t, basis) if basis else f"{{{vector_text(t, zero)}}}"
    t.operation(rule if basis else "only the zero vector", None, t.number(value), key=key, shown=shown)


def _column(t: Trace, vector: Row) -> Any:
    return t.number(Matrix([(e,) for e in vector]))


def _power(n: int) -> str:
    return superscript(str(n)) or f"^{n}"


TOPIC = Topic(
    "colspace", "Column space and row space", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapter 3",
    example={"matrix": [[1, 2, 3], [2, 4, 7], [3, 6, 10]]},
    aliases=("column-space", "row-space", "range", "span", "basis"),
    slips=SLIPS,
    results=slips_of_spaces.RANK + slips_of_spaces.REDUCED + slips_of_spaces.COLUMN_SPACE,
    sequels=sequels.REDUCED,
    text=__doc__ or "",
)  # fmt: skip
