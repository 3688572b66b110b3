"""One step of a row reduction: whether its rows come of those before it, or what the operation that was meant gives.

Any rows of full rank are combinations of any others; nobody reduces so. A row comes of the one before it by what a
person does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq

from dlsolve.letters import subscript
from dlsolve.linalg.reduce import rank, reduce_rows
from dlsolve.numbers.show import fraction

Row = Sequence[fmpq]
Rows = Sequence[Row]


def wrong_rows(before: Rows, after: Rows) -> list[int]:
    """The rows of `after` (from 0) that do not come of `before`; none where it is their reduced form."""
    if reduce_rows(before).states[-1] == tuple(map(tuple, after)):
        return []
    return [i for i, row in enumerate(after) if not _comes(before, i, row)]


def is_reduced(rows: Rows) -> bool:
    """Whether rows are in reduced row echelon form."""
    return reduce_rows(rows).states[-1] == tuple(map(tuple, rows))


def _comes(before: Rows, i: int, row: Row) -> bool:
    """Whether `row` is one of those before it, or a multiple of one, or row i with others added to it; or row i and
    one other so combined that a column is cleared without fractions, or that it begins with 1."""
    new = list(row)
    if any(list(other) == new or (any(other) and any(row) and rank([new, list(other)]) == 1) for other in before):
        return True
    own, others = list(before[i]), [list(other) for j, other in enumerate(before) if j != i]
    for sign in (1, -1):
        change = [b - sign * a for a, b in zip(own, row, strict=True)]
        if rank([*others, change]) == rank(others):
            return True
    return any(_crossed(own, other, new) for other in others)


def _crossed(own: list[fmpq], other: list[fmpq], new: list[fmpq]) -> bool:
    """``2·R₃ − 3·R₁``, which has no fractions; or any combination that begins with 1."""
    lead = next((k for k, e in enumerate(other) if e != 0), None)
    if lead is None or own[lead] == 0 or rank([own, other, new]) > rank([own, other]) or new[lead] != 0:
        return False
    first = next((e for e in new if e != 0), fmpq(1))
    cleared = [other[lead] * a - own[lead] * b for a, b in zip(own, other, strict=True)]
    factor = next((a / b for a, b in zip(new, cleared, strict=True) if b != 0), fmpq(1))
    # what is left out of it is a common divisor
    return first == 1 or ((1 / factor).q == 1 and all(e.q == 1 for e in new))


def why_not(before: Rows, after: Rows, bad: Sequence[int], start: bool = False) -> str:
    """Why the rows `bad` do not come of those before: the operation that leads nearest to the first of them, and
    what it gives; of a matrix that is only written down, where it differs."""
    i = bad[0]
    row = after[i]
    if start:
        k = next(k for k, (a, b) in enumerate(zip(before[i], row, strict=True)) if a != b)
        return f"the matrix has {_number(before[i][k])} in row {i + 1}, column {k + 1}, not {_number(row[k])}"
    meant = _nearest(before, i, row)
    if meant is None:
        return f"row {i + 1}, {_text(row)}, does not come of the rows before it"
    says, gives = meant
    return f"{says} gives {_text(gives)}, not {_text(row)}"


def _nearest(before: Sequence[Row], i: int, row: Row) -> tuple[str, list[fmpq]] | None:
    """The operation on row i that agrees with `row` in most places, all but one at least or more than half."""
    best: tuple[int, fmpq, str, list[fmpq]] | None = None
    for says, size, gives in _operations(before, i, row):
        agree = sum(a == b for a, b in zip(gives, row, strict=True))
        if 2 * agree > len(row) and (best is None or (agree, -size) > (best[0], -best[1])):
            best = (agree, size, says, gives)
    return (best[2], best[3]) if best is not None else None


def _operations(before: Sequence[Row], i: int, row: Row) -> Iterator[tuple[str, fmpq, list[fmpq]]]:
    """Operations that bring one entry of row i to where it is in `row`: in words, how large the factor is, and
    what they give."""
    own, name = before[i], f"R{subscript(str(i + 1))}"
    for k, (old, new) in enumerate(zip(own, row, strict=True)):
        if old != 0 and new not in (0, old):
            factor = new / old
            yield f"{name} → {_factor(factor)}{name}", abs(factor), [factor * e for e in own]
        for j, other in enumerate(before):
            if j == i or other[k] == 0 or new == old:
                continue
            factor = (new - old) / other[k]
            sign = "+" if factor > 0 else "−"
            says = f"{name} → {name} {sign} {_factor(abs(factor))}R{subscript(str(j + 1))}"
            yield says, abs(factor), [a + factor * b for a, b in zip(own, other, strict=True)]


def _factor(value: fmpq) -> str:
    text = _number(value)
    return "" if value == 1 else f"({text})·" if value.q != 1 or value < 0 else f"{text}·"


def _text(row: Row) -> str:
    return "(" + ", ".join(map(_number, row)) + ")"


def _number(value: fmpq) -> str:
    return fraction(value).replace("-", "−")


__all__ = ["is_reduced", "why_not", "wrong_rows"]
