"""Linear equations Ax = b: one solution, none, or many.

The equations are written as the rows of [A | b]; row operations change the rows and keep the solutions.
In the reduced form every pivot column gives its unknown. A row 0 = c with c ≠ 0 says that there is no
solution (the rank of [A | b] is larger than that of A). Unknowns without a pivot are free: then every
solution is one solution of Ax = b plus a combination of solutions of Ax = 0.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Vector
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import Cmp, Num
from dlsolve.formula.written import cells, exact_number
from dlsolve.linalg.reduce import Reduction, Row, kernel, particular, reduce_rows, times
from dlsolve.notation import Notation, Quantity, subscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import rows as written_rows
from dlsolve.worked import slips_of_spaces, spaces
from dlsolve.worked.text import vector_text


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[
        Matrix,
        Field(
            "the coefficients, one equation a row (with a letter in it: see matrix-parameter)",
            aliases=("A", "coefficients"),
        ),
    ]
    b: Annotated[Vector, Field("the right-hand sides", aliases=("rhs",))]


NOTATION = Notation(
    [
        spaces.A,
        Quantity("b", "the right-hand sides", shape="m×1", kind="matrix"),
        Quantity("R", "[A | b] in reduced row echelon form", shape="m×(n+1)", kind="matrix"),
        spaces.PIVOTS,
        spaces.RANK,
        Quantity("rank_Ab", "rank of [A | b]", kind="integer", symbol="rank[A | b]",
                 latex=r"\operatorname{rank}[A \mid b]"),
        spaces.COLUMNS,
        Quantity("free", "number of free unknowns", kind="integer", symbol="free"),
        Quantity("solutions", "how many solutions: one, none, infinitely many", kind="choice", symbol="solutions"),
        Quantity("x", "unknown i", "i"),
        Quantity("x_p", "the solution with every free unknown 0", shape="n×1", kind="matrix", symbol="xₚ",
                 latex="x_{p}"),
        Quantity("v", "solution of Ax = 0 for free unknown number k", "k", shape="n×1", kind="direction"),
        Quantity("c", "parameter, any number", "k"),
    ],
    {"k": "step", "i": "feature"},
)  # fmt: skip

RULES = rules("""
    free = n - rank                           # every unknown without a pivot is free
""")

SLIPS = (
    DeclaredSlip("rank-for-free", rule("free", "rank"), "the rank was taken for the number of free unknowns, n − rank"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    spaces.refuse_large(p.matrix)
    m, n = p.matrix.shape
    if p.b.shape[0] != m:
        raise InputError("$.given.b", f"A has {m} row{'s' if m != 1 else ''}", found=str(p.b.shape[0]),
                         remedy="give one right-hand side an equation")  # fmt: skip
    t.given("A", p.matrix)
    t.given("b", p.b)
    right: list[Any] = [row[0] for row in p.b.rows]
    rows: list[Row] = [(*row, b) for row, b in zip(p.matrix.rows, right, strict=True)]
    reduction = reduce_rows(rows, n)
    t.section("Ax = b")
    written_rows.equations(t, reduction, n)
    t.section("Elimination")
    t.operation("[A | b]", None, cells(rows), why="the last column is b")
    spaces.reduced(t, reduction, of="[A | b]")
    t.operation("reduced row echelon form", None, t.number(Matrix(reduction.states[-1])), key="R")
    spaces.name_pivots(t, reduction)
    t.section("Solutions")
    one = particular(reduction, n)
    extra = 0 if one is not None else 1
    t.operation("pivots, counted in [A | b]", None, t.number(len(reduction.pivots) + extra), key="rank_Ab")
    if one is None:
        _none(t, rows, reduction, n)
    else:
        _some(t, p.matrix.rows, right, reduction, one)


def _none(t: Trace, rows: list[Row], reduction: Reduction, n: int) -> None:
    """The row 0 = c, and the combination of the equations that gives it."""
    r = len(reduction.pivots)
    i = next(i for i in range(r, len(rows)) if reduction.states[-1][i][n] != 0)
    c = reduction.states[-1][i][n]
    t.operation(f"row {i + 1} says", None, Cmp("==", Num("0"), exact_number(c)), why="no x makes this true")
    t.operation("rank[A | b] > rank(A)", None, "none", key="solutions")
    t.answer("solutions", "rank", "rank_Ab")
    # left solutions of yᵀA = 0: one of them tells the contradiction from the equations themselves
    across = reduce_rows(list(zip(*(row[:n] for row in rows), strict=True)))
    for _, y in kernel(across, len(rows)):
        gap = sum((a * row[n] for a, row in zip(y, rows, strict=True)), fmpq(0))
        if gap != 0:
            sums = times(list(zip(*(row[:n] for row in rows), strict=True)), y)
            t.check("the equations contradict one another", not any(sums),
                    f"times {vector_text(t, y)} and added they say 0 = {gap}")  # fmt: skip
            return


def _some(t: Trace, rows: Any, right: list[fmpq], reduction: Reduction, one: Row) -> None:
    n = len(one)
    found = kernel(reduction, n)
    if found:
        written_rows.read_off(t, reduction, n, exact=True)
    t.operation("columns of A", None, t.number(n), key="n")
    t.let("free")
    if not found:
        t.operation("no unknown is free", None, "one", key="solutions")
        for i, value in enumerate(one, 1):
            t.operation(f"x{subscript(str(i))} read off", None, t.number(value), key=("x", i))
            if n <= 3:
                t.alias("xyz"[i - 1], ("x", i))
        t.answer(*(("x", i) for i in range(1, n + 1)), "solutions")
        t.check("A·x = b", times(rows, one) == tuple(right), f"both {vector_text(t, right)}")
        return
    t.operation("an unknown is free", None, "infinitely many", key="solutions")
    t.operation("free unknowns 0", None, _column(t, one), key="x_p", shown=vector_text(t, one))
    for k, (free, vector) in enumerate(found, 1):
        c = "c" + (subscript(str(k)) if len(found) > 1 else "")
        t.operation(f"Ax = 0 with x{subscript(str(free + 1))} = {c}", None, _column(t, vector), key=("v", k),
                    shown=f"{c}·{vector_text(t, vector)}")  # fmt: skip
    whole = f"{vector_text(t, one)} + {spaces.combination(t, [v for _, v in found])}"
    t.operation("every solution", None, None, why=f"x = {whole}")
    t.answer("solutions", "x_p", *(("v", k) for k in range(1, len(found) + 1)))
    t.check("A·xₚ = b", times(rows, one) == tuple(right), f"both {vector_text(t, right)}")
    for k, (_, vector) in enumerate(found, 1):
        t.check(f"A·v{subscript(str(k))} = 0", not any(times(rows, vector)))


def _column(t: Trace, vector: Row) -> Any:
    return t.number(Matrix([(e,) for e in vector]))


TOPIC = Topic(
    "linsolve", "Systems of linear equations", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapters 2 and 3",
    example={"matrix": [[2, 1, -1], [-3, -1, 2], [-2, 1, 2]], "b": [8, -11, -3]},
    aliases=("linear-system", "solve-system", "equations", "linear-equations", "system"),
    slips=SLIPS,
    results=slips_of_spaces.RANK + slips_of_spaces.KERNEL[:1] + slips_of_spaces.SYSTEM,
    text=__doc__ or "",
)  # fmt: skip
