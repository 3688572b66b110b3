"""Conditional probability and independence from a table.

A table sorts every case by two features. What is counted in a cell, divided by all cases, is the
joint probability of its row and column; the sums at the margins give each feature alone. Once the
column is known, only its cases are left:

    P(row | column) = P(row ∩ column) / P(column) = n(row, column) / n(column).

"P(girl | passed)" looks at those who passed, "P(passed | girl)" at the girls, and "a girl and passed" at
everybody: three different questions. The features are independent if every joint probability is
the product of its margins; one cell that is not is enough against it.

A 2×2 table may also be told by its margins: `total`, `A`, `B` and `both`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.letters import slug
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.show import decimal, fraction, terminates
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

Cells = dict[str, dict[str, fmpq]]


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    counts: Annotated[
        dict[str, dict[str, fmpq]] | None, Field("cases by row and column: {row: {column: count}}", ("table",), ge="0")
    ] = None
    joint: Annotated[
        dict[str, dict[str, fmpq]] | None,
        Field("joint probabilities by row and column, in place of counts", ge="0", le="1"),
    ] = None
    total: Annotated[fmpq | None, Field("all cases, where a 2×2 table is told by its margins", ("N",), gt="0")] = None
    A: Annotated[fmpq | None, Field("cases with the first feature", ge="0")] = None
    B: Annotated[fmpq | None, Field("cases with the second feature", ge="0")] = None
    both: Annotated[fmpq | None, Field("cases with both features", ("A_and_B",), ge="0")] = None
    names: Annotated[list[str] | None, Field("what the two features are called: girl, passed")] = None


NOTATION = Notation(
    [
        Quantity("n", "cases in row r and column c", "r c", kind="integer", template="n({r}, {c})"),
        Quantity("n_row", "cases in row r", "r", kind="integer", template="n({r})"),
        Quantity("n_col", "cases in column c", "c", kind="integer", template="n({c})"),
        Quantity("N", "all cases", kind="integer"),
        Quantity("P_and", "joint probability of row r and column c", "r c", kind="probability",
                 template="P({r} ∩ {c})"),
        Quantity("P_row", "probability of row r", "r", kind="probability", template="P({r})"),
        Quantity("P_col", "probability of column c", "c", kind="probability", template="P({c})"),
        Quantity("P_row_given", "probability of row r, once column c is known", "r c", kind="probability",
                 template="P({r} | {c})"),
        Quantity("P_col_given", "probability of column c, once row r is known", "c r", kind="probability",
                 template="P({c} | {r})"),
        Quantity("P_or", "probability of row r or column c", "r c", kind="probability", template="P({r} ∪ {c})"),
        Quantity("product", "what the joint probability would be under independence", "r c", kind="probability",
                 template="P({r}) × P({c})"),
        Quantity("independent", "whether rows and columns are independent", kind="choice", symbol="rows and columns"),
    ],
    {"r": "label", "c": "label"},
)  # fmt: skip

RULES = rules("""
    n_row[r] = sum(n[r, c] for c in columns)            # across the row
    n_col[c] = sum(n[r, c] for r in rows)               # down the column
    N = sum(n_row[r] for r in rows)
    P_and[r, c] = n[r, c] / N                           # relative frequency among all cases
    P_row[r]:counts = n_row[r] / N                      # relative frequency among all cases
    P_col[c]:counts = n_col[c] / N                      # relative frequency among all cases
    P_row[r]:joint = sum(P_and[r, c] for c in columns)  # margin
    P_col[c]:joint = sum(P_and[r, c] for r in rows)     # margin
    P_row_given[r, c] = P_and[r, c] / P_col[c]          # definition: only column c is left
    P_col_given[c, r] = P_and[r, c] / P_row[r]          # definition: only row r is left
    P_or[r, c] = P_row[r] + P_col[c] - P_and[r, c]      # inclusion–exclusion
    product[r, c] = P_row[r]*P_col[c]
""")

SLIPS = (
    DeclaredSlip("other-way", rule("P_row_given[r, c]", "P_and[r, c] / P_row[r]"),
                 "it was divided by the row, not by the column, which is the condition"),
    DeclaredSlip("other-way-col", rule("P_col_given[c, r]", "P_and[r, c] / P_col[c]"),
                 "it was divided by the column, not by the row, which is the condition"),
    DeclaredSlip("and-for-given", rule("P_row_given[r, c]", "P_and[r, c]"),
                 "“and” was taken for “given”, out of all cases and not the column's"),
    DeclaredSlip("and-for-given-col", rule("P_col_given[c, r]", "P_and[r, c]"),
                 "“and” was taken for “given”, out of all cases and not the row's"),
    DeclaredSlip("counted-twice", rule("P_or[r, c]", "P_row[r] + P_col[c]"), "what both share was counted twice"),
    DeclaredSlip("assumed-independent", rule("P_and[r, c]", "n_row[r]/N * (n_col[c]/N)"),
                 "the margins were multiplied, and the cell itself not counted"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    cells, counted = _cells(p)
    rows, columns = list(cells), list(next(iter(cells.values())))
    t.index_set("rows", rows)
    t.index_set("columns", columns)
    for r in rows:
        t.given("n" if counted else "P_and", cells[r], r)
    t.section("Margins")
    if counted:
        t.through(rows, "n_row[r]")
        t.through(columns, "n_col[c]")
        t.let("N")
    t.section("Probabilities")
    way = "counts" if counted else "joint"
    t.through(rows, f"P_row[r]:{way}")
    t.through(columns, f"P_col[c]:{way}")
    pairs = [(r, c) for r in rows for c in columns]
    for r, c in pairs if counted else ():
        t.let("P_and[r, c]", r, c)
    t.section("Once a column is known")
    col_possible = [c for c in columns if any(cells[r][c] for r in rows)]
    row_possible = [r for r in rows if any(cells[r].values())]
    for r, c in pairs:
        if c in col_possible:
            t.let("P_row_given[r, c]", r, c)
    t.section("Once a row is known")
    for r, c in pairs:
        if r in row_possible:
            t.let("P_col_given[c, r]", c, r)
    t.section("At least one")
    for r, c in pairs:
        t.let("P_or[r, c]", r, c)
    _independence(t, pairs)
    _names(t, rows, columns)
    lines: list[list[Key | str]] = [[f" {r}", *(("P_and", r, c) for c in columns), ("P_row", r)] for r in rows]
    lines.append([" sum", *(("P_col", c) for c in columns), " 1"])
    t.table("Joint probabilities and margins", ["", *columns, "sum"], lines)
    t.answer(*(k for base in ("P_row_given", "P_col_given") for k in t.steps if k[0] == base), "independent")
    t.check("all joint probabilities sum to 1", "sum(P_row[r] for r in rows) == 1")
    for c in col_possible:
        t.check("given a column, the rows sum to 1", "sum(P_row_given[r, c] for r in rows) == 1", str(c), c=c)


def _independence(t: Trace, pairs: list[tuple[str, str]]) -> None:
    t.section("Independence")
    every = True
    for r, c in pairs:
        t.let("product[r, c]", r, c)
        if not t.when(
            "P_and[r, c] == product[r, c]", ("this cell is as independence has it", "not independent"), r=r, c=c
        ):
            every = False
            break
    t.operation("every cell is the product of its margins" if every else "one cell that is not the product is enough",
                None, "independent" if every else "not independent", key="independent")  # fmt: skip


def _names(t: Trace, rows: list[str], columns: list[str]) -> None:
    """P_girl, P_girl_and_passed, P_girl_given_passed: what people write for rows and columns."""
    for key in list(t.steps):
        base = key if isinstance(key, str) else str(key[0])
        labels = [t.symbols.slug(str(i)) for i in key[1:]] if not isinstance(key, str) else []
        word = {"P_and": "_and_", "P_or": "_or_", "P_row_given": "_given_", "P_col_given": "_given_", "P_row": "",
                "P_col": ""}.get(base)  # fmt: skip
        if word is not None and not set(rows) & set(columns):
            t.alias("P_" + word.join(labels), key)


def _cells(p: Problem) -> tuple[Cells, bool]:
    """The table and whether it holds counts. Raises `InputError`."""
    margins = [name for name in ("total", "A", "B", "both") if getattr(p, name) is not None]
    ways = [name for name in ("counts", "joint") if getattr(p, name) is not None] + (["margins"] if margins else [])
    if len(ways) != 1:
        raise InputError(
            "$.given",
            "one of counts, joint, and total with A, B and both is needed",
            found=" and ".join(ways),
            remedy='give "counts": {"girl": {"passed": 20, "failed": 10}, …}',
        )
    if margins:
        return _from_margins(p), True
    cells = p.joint if p.counts is None else p.counts
    assert cells is not None
    where = f"$.given.{ways[0]}"
    columns = list(next(iter(cells.values()), {}))
    for r, row in cells.items():
        if list(row) != columns and set(row) == set(columns):
            cells[r] = {c: row[c] for c in columns}
        elif set(row) != set(columns):
            odd = sorted(set(row) ^ set(columns))[0]
            raise InputError(
                f"{where}.{r}", f"the rows have different columns ({odd!r})", remedy="give every cell, 0 too"
            )
    if not columns:
        raise InputError(where, "an empty table", remedy="give at least one row and one column")
    whole = sum((v for row in cells.values() for v in row.values()), fmpq(0))
    if p.joint is not None and whole != 1:
        raise InputError(where, f"the joint probabilities sum to {_text(whole)}, not to 1",
                         remedy="give them as fractions, or give counts")  # fmt: skip
    if whole == 0:
        raise InputError(where, "no case at all", remedy="give at least one count above 0")
    return cells, p.counts is not None


def _from_margins(p: Problem) -> Cells:
    """The four cells of a 2×2 table told by all, both margins and what they share."""
    if p.total is None or p.A is None or p.B is None or p.both is None:
        missing = [n for n in ("total", "A", "B", "both") if getattr(p, n) is None]
        raise InputError(f"$.given.{missing[0]}", "is missing", remedy="give total, A, B and both")
    names = p.names or ["A", "B"]
    if len(names) != 2 or slug(names[0], names[0]) == slug(names[1], names[1]):
        raise InputError("$.given.names", "two different names are needed", found=", ".join(names))
    cells = {"both": p.both, "A without B": p.A - p.both, "B without A": p.B - p.both,
             "neither": p.total - p.A - p.B + p.both}  # fmt: skip
    for what, count in cells.items():
        if count < 0:
            raise InputError(
                "$.given",
                f"these counts cannot belong together: {what} would be {_text(count)}",
                remedy="what is shared is at most A and at most B, and together they are at most total",
            )
    a, b = names
    return {
        a: {b: cells["both"], f"not {b}": cells["A without B"]},
        f"not {a}": {b: cells["B without A"], f"not {b}": cells["neither"]},
    }


def _text(value: fmpq) -> str:
    return decimal(value) if terminates(value) else fraction(value)


TOPIC = Topic(
    "contingency", "Conditional probability from a table", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), sections 3.2, 3.4 and 6.1",
    example={"counts": {"girl": {"passed": 20, "failed": 10}, "boy": {"passed": 15, "failed": 5}}},
    aliases=("contingency-table", "two-way-table", "crosstab", "joint-table", "conditional"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
