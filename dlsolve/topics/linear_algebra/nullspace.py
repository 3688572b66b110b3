"""The null space of a matrix: every x with Ax = 0.

Written out, Ax = 0 is one equation a row. Elimination leaves an equation for each pivot; the unknowns
without a pivot are free. Setting one of them to 1 and the others to 0 gives a vector, one for each
free unknown, and every solution is a combination of these. Without a free unknown only x = 0 is left.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flint import fmpq

from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.linalg.reduce import kernel, reduce_rows, times
from dlsolve.notation import Notation, Quantity, subscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import rows as written_rows
from dlsolve.worked import sequels, slips_of_spaces, spaces
from dlsolve.worked.text import vector_text


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[Matrix, Field("the matrix", aliases=("A",))]


NOTATION = Notation(
    [
        spaces.A,
        spaces.R,
        spaces.PIVOTS,
        spaces.RANK,
        spaces.COLUMNS,
        spaces.NULLITY,
        Quantity("v", "vector for free unknown number k", "k", shape="n×1", kind="direction"),
        Quantity("null_space", "vectors that span the null space, as columns", shape="n×k", kind="basis",
                 symbol="N(A)", latex="N(A)"),
        Quantity("x", "unknown i", "i"),
        Quantity("c", "parameter, any number", "k"),
    ],
    {"k": "step", "i": "feature"},
)  # fmt: skip

RULES = rules(spaces.NULLITY_RULE)

SLIPS = (
    DeclaredSlip("rank-for-nullity", rule("nullity", "rank"), "the rank was taken for the dimension, n − rank"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    spaces.refuse_large(p.matrix)
    t.given("A", p.matrix)
    n = p.matrix.shape[1]
    rows: list[tuple[Any, ...]] = list(p.matrix.rows)
    reduction = reduce_rows(rows)
    t.section("Ax = 0")
    written_rows.equations(t, reduction, n)
    t.section("Elimination")
    spaces.reduced(t, reduction)
    t.operation("reduced row echelon form", None, t.number(Matrix(reduction.states[-1])), key="R")
    spaces.name_pivots(t, reduction)
    t.section("Null space")
    written_rows.read_off(t, reduction, n, exact=True)
    t.operation("columns of A", None, t.number(n), key="n")
    t.let("nullity")
    found = kernel(reduction, n)
    for k, (free, vector) in enumerate(found, 1):
        c = "c" + (subscript(str(k)) if len(found) > 1 else "")
        others = ", other free unknowns 0" if len(found) > 1 else ""
        t.operation(
            f"x{subscript(str(free + 1))} = {c}{others}", None, t.number(Matrix([(e,) for e in vector])),
            key=("v", k), shown=f"{c}·{vector_text(t, vector)}",
        )  # fmt: skip
    vectors = [v for _, v in found]
    zero = (fmpq(0),) * n
    if vectors:
        t.operation("all combinations", None, t.number(spaces.as_columns(vectors)), key="null_space",
                    shown=spaces.combination(t, vectors))  # fmt: skip
    else:
        why = "no unknown is free: the null space is trivial"
        t.operation("only the zero vector", None, t.number(Matrix([(e,) for e in zero])), key="null_space",
                    shown=f"{{{vector_text(t, zero)}}}", why=why)  # fmt: skip
    t.answer("null_space", "nullity", "rank")
    for k, vector in enumerate(vectors, 1):
        t.check(f"A·v{subscript(str(k)) if len(vectors) > 1 else ''} = 0", not any(times(rows, vector)))
    across = reduce_rows(list(zip(*rows, strict=True)))
    t.check("rank, counted in the columns, + dim N(A) = n", len(across.pivots) + len(vectors) == n,
            f"{len(across.pivots)} + {len(vectors)} = {n}")  # fmt: skip


TOPIC = Topic(
    "nullspace", "Null space", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapter 3",
    example={"matrix": [[2, -4], [1, -2], [-4, 8]]},
    aliases=("null-space", "kernel", "nullity"),
    slips=SLIPS,
    results=slips_of_spaces.RANK + slips_of_spaces.REDUCED + slips_of_spaces.KERNEL,
    sequels=sequels.REDUCED,
    text=__doc__ or "",
)  # fmt: skip
