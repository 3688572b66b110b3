"""Row reduction: echelon forms, pivots and rank.

Three row operations leave the solutions of Ax = 0 as they are: two rows swapped, a row multiplied by a
number other than 0, a multiple of one row added to another. They bring any matrix to echelon form
(each row starts further right than the one above), and on to the one reduced form, in which every
pivot is 1 and alone in its column. The number of pivots is the rank.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.linalg.reduce import reduce_rows
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import sequels, slips_of_spaces, spaces
from dlsolve.worked.rows import operations


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[Matrix, Field("the matrix (with a letter in it: see matrix-parameter)", aliases=("A",))]
    form: Annotated[
        Literal["reduced", "echelon"], Field("reduced (every pivot 1 and alone in its column), or echelon")
    ] = "reduced"


NOTATION = Notation(
    [
        spaces.A,
        spaces.R,
        Quantity("E", "A in echelon form", shape="m×n", kind="row state"),
        spaces.PIVOTS,
        spaces.RANK,
        spaces.COLUMNS,
        spaces.NULLITY,
    ]
)

RULES = rules(spaces.NULLITY_RULE)

SLIPS = (
    DeclaredSlip(
        "rank-for-nullity", rule("nullity", "rank"), "the rank was taken for the number of free unknowns, n − rank"
    ),
)


def solve(p: Problem, t: Trace) -> None:
    spaces.refuse_large(p.matrix)
    t.given("A", p.matrix)
    rows: list[tuple[Any, ...]] = list(p.matrix.rows)
    reduction = reduce_rows(rows, form=p.form)
    t.section("Row operations")
    name = "R" if p.form == "reduced" else "E"
    if p.form == "reduced":
        spaces.reduced(t, reduction)
    else:
        if not reduction.operations:
            t.note("A is in echelon form already.")
        operations(t, reduction, exact=True)
    words = "reduced row echelon form" if p.form == "reduced" else "echelon form"
    t.operation(words, None, t.number(Matrix(reduction.states[-1])), key=name)
    t.section("Pivots and rank")
    spaces.name_pivots(t, reduction)
    t.operation("columns of A", None, t.number(p.matrix.shape[1]), key="n")
    t.let("nullity")
    t.answer(name, "rank", "pivots")
    full = reduction if p.form == "reduced" else reduce_rows(rows)
    t.check("A = (pivot columns of A)·(rows of R)", spaces.pivot_columns_times_rows(rows, full))
    across = reduce_rows(list(zip(*rows, strict=True)))
    t.check("the columns have the same rank as the rows", len(across.pivots) == len(reduction.pivots))


TOPIC = Topic(
    "rref", "Row reduction, pivots and rank", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapter 3",
    example={"matrix": [[1, 2, 3], [2, 4, 7], [3, 6, 10]]},
    aliases=("row-reduction", "row-reduce", "echelon", "rank", "gauss-jordan", "gaussian-elimination", "pivots"),
    slips=SLIPS,
    results=slips_of_spaces.RANK + slips_of_spaces.REDUCED,
    sequels=sequels.REDUCED,
    text=__doc__ or "",
)  # fmt: skip
