"""Two-way tables of cases: counts or probabilities by row and column, or labels in pairs."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.numbers.show import decimal, fraction, terminates

Cells = dict[str, dict[str, fmpq]]
"""{row: {column: value}}; every row has the columns of the first, in its order."""


def square(cells: Cells, where: str) -> Cells:
    """`cells` with the columns of every row in the order of the first. Raises `InputError`."""
    columns = list(next(iter(cells.values()), {}))
    if not columns:
        raise InputError(where, "an empty table", remedy="give at least one row and one column")
    for name, row in cells.items():
        if set(row) != set(columns):
            odd = sorted(set(row) ^ set(columns))[0]
            raise InputError(f"{where}.{name}", f"the rows have different columns ({odd!r})",
                             remedy="give every cell, 0 too")  # fmt: skip
    return {name: {c: row[c] for c in columns} for name, row in cells.items()}


def counted(cells: Cells, where: str) -> Cells:
    """A table of counts with a case in it. Raises `InputError`."""
    table = square(cells, where)
    if not any(v for row in table.values() for v in row.values()):
        raise InputError(where, "no case at all", remedy="give at least one count above 0")
    return table


def shared(cells: Cells, where: str) -> Cells:
    """A table of joint probabilities, which sum to 1. Raises `InputError`."""
    table = square(cells, where)
    whole = sum((v for row in table.values() for v in row.values()), fmpq(0))
    if whole != 1:
        written = decimal(whole) if terminates(whole) else fraction(whole)
        raise InputError(where, f"the joint probabilities sum to {written}, not to 1",
                         remedy="give them as fractions, or give counts")  # fmt: skip
    return table


def tallied(left: Sequence[str], right: Sequence[str], where: str, names: tuple[str, str]) -> Cells:
    """Counts of the pairs of two lists of labels, given one for one. Raises `InputError`."""
    if len(left) != len(right):
        raise InputError(where, f"{len(left)} values of {names[0]} and {len(right)} of {names[1]}",
                         remedy="give them one for one")  # fmt: skip
    columns = list(dict.fromkeys(right))
    table = {row: dict.fromkeys(columns, fmpq(0)) for row in dict.fromkeys(left)}
    for row, column in zip(left, right, strict=True):
        table[row][column] += 1
    return table
