"""A letter in the matrix: for which values it is singular.

The determinant of a square matrix with a letter k in it is a polynomial in k. Where it is not 0, A is
invertible, its rank is full, and Ax = b has exactly one solution. Its roots are the values at which A
is singular: there row reduction decides what the rank is and whether Ax = b has no solution or
infinitely many, by rank(A) < rank[A | b] or rank(A) = rank[A | b] < n.

A number λ is an eigenvalue where det(A − λI) = 0: the same question for A − λI. A determinant that is
to have a given value is solved for in the same way.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flint import fmpq, fmpq_poly

from dlsolve.errors import InputError
from dlsolve.fields import Field, Written
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import Name
from dlsolve.formula.written import cells, polynomial
from dlsolve.handwriting import expression
from dlsolve.linalg.lettered import entry, letter_of, put_in, values
from dlsolve.linalg.polynomial import determinant, factorise
from dlsolve.linalg.reduce import reduce_rows
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Sequel, Topic
from dlsolve.trace import Trace
from dlsolve.worked import determinant as expanded
from dlsolve.worked import roots, sequels, slips_of_spaces
from dlsolve.worked import rows as written_rows
from dlsolve.worked.text import is_exact, text_of

MAX_SIDE = 6


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[list[list[Written]], Field("square matrix with one letter: 1 k; k 4", ("A",))]
    b: Annotated[list[Written] | None, Field("right-hand sides: asks how many solutions Ax = b has", ("rhs",))] = None
    eigenvalue: Annotated[
        fmpq | None, Field("asks for which values this is an eigenvalue", ("lam", "lambda", "eig"))
    ] = None
    value: Annotated[fmpq | None, Field("asks for which values the determinant is this, not 0", ("det",))] = None


NOTATION = Notation(
    [
        Quantity("det_poly", "determinant, a polynomial in the letter", kind="polynomial", symbol="det"),
        Quantity("k", "value of the letter", "i"),
        Quantity("rank", "rank of A there", "i", kind="integer", symbol="rank"),
        Quantity("n", "rows and columns of A", kind="integer"),
        Quantity(
            "nullity", "dimension of the null space there", "i", kind="integer", symbol="dim N(A)", latex=r"\dim N(A)"
        ),
        Quantity("rank_Ab", "rank of [A | b] there", "i", kind="integer", symbol="rank[A | b]"),
        Quantity("solutions", "how many solutions there: none, infinitely many", "i", kind="choice"),
        Quantity("otherwise", "what holds for all other values", kind="choice"),
    ],
    {"i": "step"},
)


RULES = rules("""
    nullity[i] = n - rank[i]                            # every column without a pivot leaves an unknown free
""")

SLIPS = (
    DeclaredSlip(
        "rank-for-nullity", rule("nullity[i]", "rank[i]"), "the rank was taken for the number of free columns, n − rank"
    ),
)


def solve(p: Problem, t: Trace) -> None:
    rows, right, letter = _read(p)
    n, variable = len(rows), Name(letter)
    t.symbols.declare(Quantity("k", f"value of {letter}", "i", symbol=letter))
    t.given("n", n)
    t.section("Determinant")
    drawn = cells(rows, variable)
    t.operation("the matrix", None, drawn)
    shifted, goal = rows, p.value or fmpq(0)
    if p.eigenvalue is not None:
        shift = fmpq_poly([p.eigenvalue])
        shifted = [[e - shift if i == j else e for j, e in enumerate(row)] for i, row in enumerate(rows)]
        t.operation(f"A − λI with λ = {text_of(t, p.eigenvalue)}", drawn, cells(shifted, variable))
    det = expanded.of_polynomials(t, shifted, variable)
    t.operation("determinant", None, polynomial(det, variable), key="det_poly", why=f"by powers of {letter}")
    t.answer("det_poly")
    t.check("det again, at three values of the letter", all(_at(shifted, x) == det(fmpq(x)) for x in (-2, 3, 7)))
    missing = det - fmpq_poly([goal])
    what = "singular" if goal == 0 else f"of determinant {text_of(t, goal)}"
    if missing.degree() < 1:
        always = missing.is_zero()
        t.remark(f"The determinant does not depend on {letter}: the matrix is {what} "
                 f"{'for every' if always else 'for no'} value.")  # fmt: skip
        t.operation("no root to look at", None, what if always else f"never {what}", key="otherwise")
        t.answer("otherwise")
        return
    t.section(f"For which {letter}?")
    if goal != 0:
        t.operation(f"det − {text_of(t, goal, bracket=True)}", None, polynomial(missing, variable))
    parts = factorise(missing)
    roots.factorise(t, parts, variable)
    found: list[tuple[int, fmpq_poly, int]] = []
    for factor, _ in parts.factors:
        for place, value in enumerate(values(factor)):
            found.append((len(found) + 1, factor, place))
            says, line = roots.root_line(value, factor, variable)
            t.operation(says, line, value, key=("k", len(found)))
            t.answer(("k", len(found)))
    if all(not _real(value) for factor, _ in parts.factors for value in values(factor)):
        t.remark(f"No real {letter} does it: all roots are complex.")
    for k, factor, place in found if goal == 0 else ():
        there = None if right is None else put_in([right], factor, place)[0]
        _there(t, k, (letter, values(factor)[place]), put_in(shifted, factor, place), there)
    if goal == 0 and p.eigenvalue is None:
        t.section(f"Every other {letter}")
        other = "exactly one solution" if right is not None else "invertible"
        t.operation(f"det ≠ 0, so rank(A) = {n}", None, other, key="otherwise")
        t.answer("otherwise")


def _there(t: Trace, k: int, at: tuple[str, Any], rows: list[list[Any]], right: list[Any] | None) -> None:
    """The rank, and how many solutions there are, at one root: the letter and its value."""
    letter, value = at
    exact = is_exact(value)
    n = len(rows)
    t.section(f"{letter} {'=' if exact else '≈'} {text_of(t, value)}")
    reduction = reduce_rows([(*row, e) for row, e in zip(rows, right, strict=True)] if right else rows, n)
    t.operation(
        "put in", None, written_rows.state(reduction, 0, exact=exact), why="the last column is b" if right else ""
    )
    written_rows.operations(t, reduction, exact=exact)
    rank = len(reduction.pivots)
    t.operation("columns with a pivot", None, t.number(rank), key=("rank", k))
    t.let("nullity[i]", k)
    t.answer(("rank", k), ("nullity", k))
    if right is None:
        return
    contradiction = any(row[n] != 0 for row in reduction.states[-1][rank:])
    t.operation("pivots, counted in [A | b]", None, t.number(rank + contradiction), key=("rank_Ab", k))
    why = "a row says 0 = c" if contradiction else f"{n - rank} unknown{'s' if n - rank != 1 else ''} free"
    t.operation(why, None, "none" if contradiction else "infinitely many", key=("solutions", k))
    t.answer(("solutions", k))


def _read(p: Problem) -> tuple[list[list[fmpq_poly]], list[fmpq_poly] | None, str]:
    """The entries as polynomials, and their letter. Raises `InputError`."""
    where = "$.given.matrix"
    n = len(p.matrix)
    if any(len(row) != n for row in p.matrix) or n > MAX_SIDE:
        raise InputError(where, "not square" if n <= MAX_SIDE else "too large", found=f"{n}×{len(p.matrix[0])}",
                         remedy=f"give as many rows as columns, at most {MAX_SIDE}")  # fmt: skip
    if p.b is not None and len(p.b) != n:
        raise InputError("$.given.b", f"A has {n} rows", found=str(len(p.b)), remedy="give one right-hand side a row")
    asked = [name for name in ("b", "eigenvalue", "value") if getattr(p, name) is not None]
    if len(asked) > 1:
        raise InputError("$.given", f"{' and '.join(asked)} are different questions", remedy="ask one at a time")
    trees = [
        [expression(str(e), where=f"{where}[{i}][{j}]") for j, e in enumerate(row)] for i, row in enumerate(p.matrix)
    ]
    sides = [expression(str(e), where=f"$.given.b[{i}]") for i, e in enumerate(p.b or ())]
    letter = letter_of([tree for row in trees for tree in row] + sides, where)
    rows = [[entry(e, letter, f"{where}[{i}][{j}]") for j, e in enumerate(row)] for i, row in enumerate(trees)]
    right = [entry(e, letter, f"$.given.b[{i}]") for i, e in enumerate(sides)]
    return rows, right if p.b is not None else None, letter


def _at(rows: list[list[fmpq_poly]], x: int) -> fmpq:
    """The determinant of the numbers at one value."""
    return fmpq(determinant([[fmpq_poly([e(fmpq(x))]) for e in row] for row in rows])[0])


def _real(value: Any) -> bool:
    return isinstance(value, fmpq) or bool(value.real)


TOPIC = Topic(
    "matrix-parameter", "A letter in the matrix: singular, rank, solutions", "Linear algebra", Problem, solve, NOTATION,
    RULES,
    "Strang, Introduction to Linear Algebra, chapters 2 and 5",
    example={"matrix": [["1", "k"], ["k", "4"]], "b": ["1", "2"]},
    aliases=("parameter", "letter", "unknown-entry", "symbolic-matrix"),
    results=slips_of_spaces.LETTER,
    sequels=(Sequel("k", ("det_poly",), lambda p, written: sequels.roots(written, p.value)),),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
