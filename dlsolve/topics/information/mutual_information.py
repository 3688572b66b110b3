"""Joint and conditional entropy, mutual information.

Joint and conditional entropy, and mutual information, of a table.
X names the row and Y the column. The margins have entropies H(X) and H(Y), the cells together
the joint entropy H(X, Y). Once X is known to be x, Y has the distribution of row x; its entropy,
averaged over the rows, is the conditional entropy

    H(Y | X) = Σ p(x)·H(Y | X = x) = H(X, Y) − H(X)        (chain rule).

What X tells about Y is what it takes off the entropy of Y, the mutual information

    I(X; Y) = H(Y) − H(Y | X) = H(X) + H(Y) − H(X, Y) = Σ p(x, y)·log[p(x, y) / (p(x)·p(y))].

It is the divergence of the table from the product of its margins, so never below 0, the same
either way round, and 0 only if X and Y are independent. A cell of probability 0 adds nothing.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace
from dlsolve.worked.information.tables import Cells, counted, shared, tallied


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    joint: Annotated[
        dict[str, dict[str, fmpq]] | None,
        Field("joint probabilities: {value of X: {value of Y: probability}}", ("p",), ge="0", le="1"),
    ] = None
    counts: Annotated[
        dict[str, dict[str, fmpq]] | None, Field("in place of joint: how often each pair came up", ("table",), ge="0")
    ] = None
    x: Annotated[list[str] | None, Field("observed pairs: the values of X", ("X",))] = None
    y: Annotated[list[str] | None, Field("observed pairs: the values of Y, one for one", ("Y",))] = None


NOTATION = Notation(
    [
        Quantity("n", "cases with X = x and Y = y", "x y", kind="integer", template="n({x}, {y})"),
        Quantity("n_x", "cases with X = x", "x", kind="integer", template="n({x})"),
        Quantity("N", "all cases", kind="integer"),
        Quantity("p", "joint probability of x and y", "x y", kind="probability", template="p({x}, {y})"),
        Quantity("p_x", "probability of x: sum of its row", "x", kind="probability", template="p({x})"),
        Quantity("p_y", "probability of y: sum of its column", "y", kind="probability", template="p({y})"),
        Quantity("p_y_given", "probability of y, once x is known", "x y", kind="probability", template="p({y} | {x})"),
        Quantity("x_term", "what x adds to the entropy of X", "x", template="h({x})"),
        Quantity("y_term", "what y adds to the entropy of Y", "y", template="h({y})"),
        Quantity("term", "what the cell adds to the joint entropy", "x y", template="h({x}, {y})"),
        Quantity("given_term", "what y adds to the entropy of row x", "x y", template="h({y} | {x})"),
        Quantity("row_sum", "what the row adds to the joint entropy", "x", template="h({x}, ·)"),
        Quantity("H_X", "entropy of X", symbol="H(X)"),
        Quantity("H_Y", "entropy of Y", symbol="H(Y)"),
        Quantity("H_XY", "joint entropy", symbol="H(X, Y)"),
        Quantity("H_row", "entropy of Y, once x is known", "x", template="H(Y | {x})"),
        Quantity("H_Y_given_X", "conditional entropy: mean over the rows", symbol="H(Y | X)", latex=r"H(Y \mid X)"),
        Quantity("H_X_given_Y", "conditional entropy the other way", symbol="H(X | Y)", latex=r"H(X \mid Y)"),
        Quantity("product", "p(x)·p(y), what p(x, y) would be under independence", "x y", kind="probability",
                 template="q({x}, {y})"),
        Quantity("ratio", "p(x, y) over the product of its margins", "x y", template="r({x}, {y})"),
        Quantity("I_term", "what the cell adds to the mutual information", "x y", template="i({x}, {y})"),
        Quantity("I_row", "what the row adds to the mutual information", "x", template="i({x}, ·)"),
        Quantity("I", "mutual information", symbol="I(X; Y)", also=("MI", "I(X, Y)")),
        Quantity("independent", "whether X and Y are independent", kind="choice", symbol="X and Y"),
    ],
    {"x": "label", "y": "label"},
)  # fmt: skip

RULES = rules("""
    n_x[x] = sum(n[x, y] for y in columns)                          # across the row
    N = sum(n_x[x] for x in rows)
    p[x, y] = n[x, y] / N                                           # relative frequency
    p_x[x] = sum(p[x, y] for y in columns)                          # margin: across the row
    p_y[y] = sum(p[x, y] for x in rows)                             # margin: down the column
    x_term[x] = -p_x[x]*log(p_x[x])                                 # surprise −log p, weighted by p
    H_X = sum(x_term[x] for x in rows)                              # entropy −Σ p·log p
    y_term[y] = -p_y[y]*log(p_y[y])
    H_Y = sum(y_term[y] for y in columns)
    term[x, y] = -p[x, y]*log(p[x, y])
    row_sum[x] = sum(term[x, y] for y in columns)                   # the row's share
    H_XY = sum(row_sum[x] for x in rows)                            # joint entropy −Σ p(x, y)·log p(x, y)
    p_y_given[x, y] = p[x, y] / p_x[x]                              # definition: only row x is left
    given_term[x, y] = -p_y_given[x, y]*log(p_y_given[x, y])
    H_row[x] = sum(given_term[x, y] for y in columns)               # entropy of the row alone
    H_Y_given_X = sum(p_x[x]*H_row[x] for x in possible)            # rows weighted by their probability
    H_X_given_Y = H_XY - H_Y                                        # chain rule
    product[x, y] = p_x[x]*p_y[y]                                   # what independence would give
    ratio[x, y] = p[x, y] / product[x, y]
    I_term[x, y] = p[x, y]*log(ratio[x, y])
    I_row[x] = sum(I_term[x, y] for y in columns)                   # the row's share
    I = sum(I_row[x] for x in rows)                                 # Σ p(x, y)·log[p(x, y)/(p(x)·p(y))]
""")

SLIPS = (
    DeclaredSlip("minus-forgotten", rule("term[x, y]", "p[x, y]*log(p[x, y])"), "the minus sign was forgotten"),
    DeclaredSlip("rows-not-weighted", rule("H_Y_given_X", "sum(H_row[x] for x in possible)"),
                 "the rows were not weighted by p(x)"),
    DeclaredSlip("rows-averaged", rule("H_Y_given_X", "mean(H_row[x] for x in possible)"),
                 "every row was weighted alike, not by p(x)"),
    DeclaredSlip("joint-for-conditional", rule("given_term[x, y]", "-p[x, y]*log(p[x, y])"),
                 "p(x, y) was taken for p(y | x) (that is the joint entropy)"),
    DeclaredSlip("wrong-margin-subtracted", rule("H_X_given_Y", "H_XY - H_X"),
                 "H(X) was taken off H(X, Y) (that is H(Y | X))"),
    DeclaredSlip("divided-by-column", rule("p_y_given[x, y]", "p[x, y] / p_y[y]"),
                 "it was divided by p(y) (that is p(x | y))"),
    DeclaredSlip("ratio-upside-down", rule("ratio[x, y]", "product[x, y] / p[x, y]"),
                 "the ratio was turned upside down, the product of the margins over p(x, y)"),
    DeclaredSlip("weighted-by-product", rule("I_term[x, y]", "product[x, y]*log(ratio[x, y])"),
                 "each cell was weighted by the product of its margins, not by p(x, y)"),
    DeclaredSlip("sign-of-information", rule("I", "H_XY - H_X - H_Y"),
                 "the difference was taken the other way round, H(X, Y) − H(X) − H(Y)"),
)  # fmt: skip


def solve(given: Problem, t: Trace) -> None:
    cells, from_counts = _cells(given)
    rows, columns = list(cells), list(next(iter(cells.values())))
    pairs = [(x, y) for x in rows for y in columns]
    possible = [x for x in rows if any(cells[x].values())]
    t.index_set("rows", rows)
    t.index_set("columns", columns)
    t.index_set("possible", possible)
    if set(rows) & set(columns):  # p(a) would not say whose a
        for letter, labels in (("x", rows), ("y", columns)):
            for label in labels:
                t.phrase(letter, label, **{letter: f"{letter.upper()} = {label}"})
    for x in rows:
        t.given("n" if from_counts else "p", cells[x], x)
    if from_counts:
        t.section("Relative frequencies")
        t.through(rows, "n_x[x]")
        t.let("N")
        for x, y in pairs:
            t.let("p[x, y]", x, y)
    t.section("Margins")
    t.through(rows, "p_x[x]")
    t.through(columns, "p_y[y]")
    t.section("Entropy of X and of Y")
    for x in rows:
        _term(t, "x_term[x]", x in possible, x)
    t.let("H_X")
    for y in columns:
        _term(t, "y_term[y]", any(cells[x][y] for x in rows), y)
    t.let("H_Y")
    t.section("Joint entropy")
    for x in rows:
        for y in columns:
            _term(t, "term[x, y]", bool(cells[x][y]), x, y)
        t.let("row_sum[x]", x)
    t.let("H_XY")
    t.section("Conditional entropy")
    for x in possible:
        t.through(columns, "p_y_given[x, y]", at=(x,))
        for y in columns:
            _term(t, "given_term[x, y]", bool(cells[x][y]), x, y)
        t.let("H_row[x]", x)
    t.let("H_Y_given_X")
    t.let("H_X_given_Y")
    t.section("Mutual information")
    for x in rows:
        for y in columns:
            t.let("product[x, y]", x, y)
            if cells[x][y]:
                t.let("ratio[x, y]", x, y)
            _term(t, "I_term[x, y]", bool(cells[x][y]), x, y)
        t.let("I_row[x]", x)
    t.let("I")
    _independence(t, pairs)
    lines: list[list[Key | str]] = [[f" {x}", *(("p", x, y) for y in columns), ("p_x", x)] for x in rows]
    t.table(
        "Joint probabilities and margins",
        ["", *columns, "sum"],
        [*lines, [" sum", *(("p_y", y) for y in columns), " 1"]],
    )
    t.answer("H_X", "H_Y", "H_XY", "H_Y_given_X", "H_X_given_Y", "I", "independent")
    _checks(t)


def _term(t: Trace, target: str, possible: bool, *index: str) -> None:
    """One term of a sum; what has probability 0 adds nothing."""
    if possible:
        t.let(target, *index)
    else:
        base = target.partition("[")[0]
        t.operation("probability 0 adds nothing: 0·log 0 = 0", None, t.number(0), key=(base, *index))


def _independence(t: Trace, pairs: list[tuple[str, str]]) -> None:
    t.section("Independence")
    every = True
    for x, y in pairs:
        if not t.when("p[x, y] == product[x, y]", ("this cell is as independence has it", "not independent"), x=x, y=y):
            every = False
            break
    t.operation("every cell is the product of its margins" if every else "one cell that is not the product is enough",
                None, "independent" if every else "not independent", key="independent")  # fmt: skip
    if every:
        t.check("independent: I = 0", "I == 0")


def _checks(t: Trace) -> None:
    t.check("all joint probabilities sum to 1", "sum(p_x[x] for x in rows) == 1")
    t.check("chain rule: H(X, Y) = H(X) + H(Y | X)", "H_XY == H_X + H_Y_given_X")
    t.check("I = H(X) + H(Y) − H(X, Y)", "I == H_X + H_Y - H_XY")
    t.check("I = H(Y) − H(Y | X)", "I == H_Y - H_Y_given_X")
    t.check("I = H(X) − H(X | Y)", "I == H_X - H_X_given_Y")


def _cells(p: Problem) -> tuple[Cells, bool]:
    """The table and whether it holds counts. Raises `InputError`."""
    ways = [name for name in ("joint", "counts") if getattr(p, name) is not None]
    ways += ["x and y"] if p.x is not None or p.y is not None else []
    if len(ways) != 1:
        raise InputError("$.given", "one of joint, counts, and x with y is needed", found=" and ".join(ways),
                         remedy='give "joint": {"rain": {"late": 0.2, "on time": 0.1}, …}')  # fmt: skip
    if p.joint is not None:
        return shared(p.joint, "$.given.joint"), False
    if p.counts is not None:
        return counted(p.counts, "$.given.counts"), True
    if p.x is None or p.y is None:
        raise InputError(f"$.given.{'x' if p.x is None else 'y'}", "is missing", remedy="give x and y, one for one")
    return tallied(p.x, p.y, "$.given.y", ("X", "Y")), True


TOPIC = Topic(
    "mutual-information", "Mutual information and conditional entropy", "Information", Problem, solve, NOTATION, RULES,
    "T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), eq. 2.8, 2.10 and 2.28",
    example={"joint": {"rain": {"late": 0.2, "on time": 0.1}, "dry": {"late": 0.2, "on time": 0.5}}},
    aliases=("conditional-entropy", "joint-entropy", "mi"),
    conventions={"log": "2"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
