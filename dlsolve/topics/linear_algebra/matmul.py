"""Matrix products, sums, powers and transposes, with shapes.

A·B exists where A has as many columns as B has rows: an m×n times an n×p matrix is m×p. Its entry in row
i and column j is row i of A times column j of B: Σₖ aᵢₖ·bₖⱼ. The order matters (A·B and B·A differ, and
one may exist without the other); the brackets do not: (A·B)·C = A·(B·C). Sums and differences are taken
entry by entry, and need equal shapes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity, superscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import spaces

Factors = dict[str, Matrix]


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    A: Annotated[Matrix, Field("first matrix", aliases=("matrix", "a"))]
    B: Annotated[Matrix | None, Field("second matrix", aliases=("b",))] = None
    C: Annotated[Matrix | None, Field("third matrix", aliases=("c",))] = None
    D: Annotated[Matrix | None, Field("fourth matrix", aliases=("d",))] = None
    op: Annotated[
        Literal["product", "sum", "difference", "transpose", "power"],
        Field("product (in the order given), sum, difference, transpose or power"),
    ] = "product"
    n: Annotated[int | None, Field("the power", aliases=("power",), ge="2", le="12")] = None


_SHAPES = {"A": "m×n", "B": "n×p", "C": "p×q", "D": "q×r"}
NOTATION = Notation(
    [
        *(Quantity(name, "given matrix", shape=shape, kind="matrix") for name, shape in _SHAPES.items()),
        Quantity("AB", "the product A·B", shape="m×p", kind="matrix", symbol="AB", latex="AB"),
        Quantity("ABC", "the product A·B·C", shape="m×q", kind="matrix", symbol="ABC", latex="ABC"),
        Quantity("ABCD", "the product of all four", shape="m×r", kind="matrix", symbol="ABCD", latex="ABCD"),
        Quantity("S", "the sum", shape="m×n", kind="matrix"),
        Quantity("diff", "the difference A − B", shape="m×n", kind="matrix", symbol="A − B", latex="A - B"),
        Quantity("A_T", "A transposed: rows become columns", shape="n×m", kind="matrix", symbol="Aᵀ",
                 latex=r"A^{\top}"),
        Quantity("P", "A to the power k", "k", shape="m×m", kind="matrix", template="A^{k}"),
    ],
    {"k": "step"},
)  # fmt: skip

RULES = rules("""
    AB = A @ B                                # rows of A times columns of B
    ABC = AB @ C
    ABCD = ABC @ D
    S:2 = A + B                               # entry by entry
    S:3 = A + B + C
    S:4 = A + B + C + D
    diff = A - B                              # entry by entry
    A_T = A.T                                 # row i becomes column i
    P[k]:2 = A @ A
    P[k] = P[k-1] @ A
""")

SLIPS = (
    DeclaredSlip("entry-by-entry", rule("AB", "A * B"), "entry was multiplied by entry, not row by column"),
    DeclaredSlip("other-order", rule("AB", "B @ A"), "B·A was worked out in place of A·B"),
    DeclaredSlip("rows-times-rows", rule("AB", "A @ B.T"), "rows of A were multiplied by rows of B, not by columns"),
    DeclaredSlip("columns-times-columns", rule("AB", "A.T @ B"), "columns of A were multiplied, not its rows"),
    DeclaredSlip("added", rule("AB", "A + B"), "the matrices were added"),
    DeclaredSlip("third-first", rule("ABC", "C @ AB"), "C was multiplied from the left"),
    DeclaredSlip("entries-squared", rule("P[k]:2", "A * A"), "every entry was squared in place of A·A"),
    DeclaredSlip("subtracted-the-other-way", rule("diff", "B - A"), "B − A was worked out in place of A − B"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    given = {name: m for name in "ABCD" if (m := getattr(p, name)) is not None}
    _refuse(p, given)
    for name, matrix in given.items():
        t.given(name, matrix)
    shapes = ", ".join(f"{name} is {_shape(m)}" for name, m in given.items())
    match p.op:
        case "product":
            _product(t, given, shapes)
        case "sum":
            t.section("Sum")
            t.note(f"{shapes}: equal shapes, entry by entry.")
            t.let(f"S:{len(given)}")
            t.answer("S")
            t.check("the entries add up", f"sum(S) == {' + '.join(f'sum({name})' for name in given)}")
        case "difference":
            t.section("Difference")
            t.let("diff")
            t.answer("diff")
            t.check("(A − B) + B = A", "diff + B == A")
        case "transpose":
            t.section("Transpose")
            t.note(f"{shapes}: its transpose is {p.A.shape[1]}×{p.A.shape[0]}.")
            t.let("A_T")
            t.answer("A_T")
            t.check("(Aᵀ)ᵀ = A", "A_T.T == A")
        case _:
            _power(t, p.n or 2)


def _product(t: Trace, given: Factors, shapes: str) -> None:
    """One product after the other, from the left."""
    t.section("Shapes")
    names = list(given)
    m, n = given[names[0]].shape[0], given[names[-1]].shape[1]
    t.note(f"{shapes}: the inner numbers agree, and {'·'.join(names)} is {m}×{n}.")
    t.section("Product")
    for k in range(2, len(names) + 1):
        t.let("".join(names[:k]))
    whole = "".join(names)
    t.answer(whole)
    # the sum of all entries, from the outside in
    middle = "".join(f" @ {name}" for name in names[1:-1])
    t.check("sum of all entries", f"sum({whole}) == colsum({names[0]}){middle} @ rowsum({names[-1]})",
            "column sums of the first times row sums of the last")  # fmt: skip
    if len(names) == 2 and given["B"].shape == given["A"].shape[::-1] and given["A"].shape[0] == given["A"].shape[1]:
        other, here = given["B"] @ given["A"], given["A"] @ given["B"]
        t.remark("Here A·B = B·A." if other == here else "B·A is another matrix: the order matters.")


def _power(t: Trace, n: int) -> None:
    t.section("Powers")
    t.let("P[k]:2", 2)
    t.through(range(3, n + 1), "P[k]")
    t.answer(("P", n))
    half = (n + 1) // 2
    if n - half >= 2:
        name = [f"A{superscript(str(k))}" for k in (n, half, n - half)]
        t.check(f"{name[0]} = {name[1]}·{name[2]}", f"P[{n}] == P[{half}] @ P[{n - half}]")
    else:
        name = [f"A{superscript(str(n))}", f"A{superscript(str(n - 1))}" if n > 2 else "A"]
        t.check(f"{name[0]} = A·{name[1]}", f"P[{n}] == A @ {'A' if n == 2 else f'P[{n - 1}]'}")


def _refuse(p: Problem, given: Factors) -> None:
    """Raises `InputError` where the matrices and the operation do not fit together."""
    for name, matrix in given.items():
        spaces.refuse_large(matrix, name)
    names = list(given)
    if names != list("ABCD"[: len(names)]):
        gap = next(x for x in "ABCD" if x not in given)
        raise InputError(f"$.given.{gap}", f"missing, but {names[-1]} is given", remedy="name them A, B, C, D in order")
    if p.op in ("transpose", "power"):
        if len(names) > 1:
            raise InputError("$.given.B", f"the {p.op} is of one matrix", remedy="give A only")
    elif len(names) < 2:
        raise InputError("$.given.B", "missing (second matrix)", remedy=f"a {p.op} needs A and B")
    if p.n is not None and p.op != "power":
        raise InputError("$.given.n", "only a power has it", remedy='choose op "power", or leave n out')
    if p.op == "difference" and len(names) > 2:
        raise InputError("$.given.C", "a difference is of two matrices", remedy="give A and B only")
    if p.op == "power" and p.A.shape[0] != p.A.shape[1]:
        raise InputError("$.given.A", "not square: it has no powers", found=_shape(p.A))
    for left, right in pairwise(names):
        a, b = given[left], given[right]
        if p.op in ("sum", "difference") and a.shape != b.shape:
            raise InputError(f"$.given.{right}", f"{left} is {_shape(a)}; they need the same shape", found=_shape(b),
                             remedy="sums and differences are taken entry by entry")  # fmt: skip
        if p.op == "product" and a.shape[1] != b.shape[0]:
            raise InputError(
                f"$.given.{right}",
                f"{left}·{right} does not exist: {left} is {_shape(a)} with {_count(a.shape[1], 'column')}, "
                f"{right} has {_count(b.shape[0], 'row')}",
                found=_shape(b),
                remedy=_other(left, right, a, b),
            )  # fmt: skip


def _other(left: str, right: str, a: Matrix, b: Matrix) -> str:
    """What does exist."""
    if a.shape[1] == b.shape[1]:
        return f"{left}·{right}ᵀ exists: give {right} transposed"
    if b.shape[1] == a.shape[0]:
        return f"{right}·{left} exists: give them in the other order"
    return f"give {right} as many rows as {left} has columns"


def _shape(m: Matrix) -> str:
    return f"{m.shape[0]}×{m.shape[1]}"


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'s' if n != 1 else ''}"


TOPIC = Topic(
    "matmul", "Products, sums and powers of matrices", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapter 2",
    example={"A": [[1, 2, 3], [4, 5, 6]], "B": [[7, 8], [9, 10], [11, 12]]},
    aliases=("matrix-product", "matrix-multiplication", "product", "transpose", "matrix-sum", "matrix-power"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
