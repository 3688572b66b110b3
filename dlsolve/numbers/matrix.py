"""Small matrices of exact or certified entries, with NumPy's operators.

Every vector is an n×1 column. `*`, `/`, `**` act entry by entry; `@` multiplies matrices; an n×1
column spreads over the columns of an n×m matrix and a 1×m row over its rows, as a bias does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flint import arb, fmpq

from dlsolve.errors import DomainError

Entry = fmpq | arb


def whole_power(x: Any, n: int) -> Any:
    """x**n for a whole n; a ball that holds 0, whose power flint makes nan, by its ends."""
    if type(x) is arb and n > 0 and x.contains(0):
        most = x.abs_upper() ** n
        return most.union(arb(0) if n % 2 == 0 else -most)
    return x**n


class Matrix:
    """An immutable matrix; `rows` holds its entries, `shape` its (rows, columns)."""

    __slots__ = ("_floats", "_turned", "rows", "shape")
    rows: tuple[tuple[Entry, ...], ...]
    shape: tuple[int, int]
    _turned: Matrix | None
    _floats: Any

    def __init__(self, rows: Sequence[Sequence[Entry]]) -> None:
        self.rows = tuple(tuple(row) for row in rows)
        self.shape = (len(self.rows), len(self.rows[0]) if self.rows else 0)
        self._turned = self._floats = None

    @classmethod
    def column(cls, entries: Sequence[Entry]) -> Matrix:
        return cls([(e,) for e in entries])

    @property
    def T(self) -> Matrix:
        if self._turned is None:
            self._turned = Matrix(list(zip(*self.rows, strict=True)))
        return self._turned

    def floats(self) -> Any:
        """The same as an array of floats, read-only; made once."""
        if self._floats is None:
            import numpy

            from dlsolve.numbers.show import to_float

            self._floats = numpy.array([[to_float(e) for e in row] for row in self.rows], dtype=float)
            self._floats.setflags(write=False)
        return self._floats

    def map(self, change: Callable[[Entry], Any]) -> Matrix:
        return Matrix([[change(e) for e in row] for row in self.rows])

    def entries(self) -> Iterator[Entry]:
        """Every entry, row by row."""
        for row in self.rows:
            yield from row

    def at(self, *index: int) -> Entry:
        """The entry at a 1-based position: (row, column), or one number into a row or column."""
        if len(index) == 1:
            flat = self.shape[1] == 1 or self.shape[0] != 1
            index = (index[0], 1) if flat else (1, index[0])
        i, j = index
        if not (1 <= i <= self.shape[0] and 1 <= j <= self.shape[1]):
            raise IndexError(index)
        return self.rows[i - 1][j - 1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Matrix) and self.rows == other.rows

    def __hash__(self) -> int:
        return hash(self.shape)

    def __repr__(self) -> str:
        return f"Matrix({[list(r) for r in self.rows]})"

    def __neg__(self) -> Matrix:
        return self.map(lambda e: -e)

    def __add__(self, other: Matrix | Entry) -> Matrix:
        return _spread(self, other, lambda a, b: a + b, "+")

    def __radd__(self, other: Entry) -> Matrix:
        return self.map(lambda e: other + e)

    def __sub__(self, other: Matrix | Entry) -> Matrix:
        return _spread(self, other, lambda a, b: a - b, "-")

    def __rsub__(self, other: Entry) -> Matrix:
        return self.map(lambda e: other - e)

    def __mul__(self, other: Matrix | Entry) -> Matrix:
        return _spread(self, other, lambda a, b: a * b, "*")

    def __rmul__(self, other: Entry) -> Matrix:
        return self.map(lambda e: other * e)

    def __truediv__(self, other: Matrix | Entry) -> Matrix:
        return _spread(self, other, lambda a, b: a / b, "/")

    def __rtruediv__(self, other: Entry) -> Matrix:
        return self.map(lambda e: other / e)

    def __pow__(self, power: Any) -> Matrix:
        return self.map(lambda e: whole_power(e, power))

    def __matmul__(self, other: Matrix) -> Matrix:
        if self.shape[1] != other.shape[0]:
            raise DomainError(
                f"a {_size(self)} matrix cannot be multiplied by a {_size(other)} matrix: "
                f"{self.shape[1]} columns against {other.shape[0]} rows"
            )
        columns = list(zip(*other.rows, strict=True))
        return Matrix([[dot(row, col) for col in columns] for row in self.rows])


def dot(left: Sequence[Entry], right: Sequence[Entry]) -> Entry:
    """Σ left_i right_i of two sequences of one length."""
    total: Entry = fmpq(0)
    for a, b in zip(left, right, strict=True):
        total = total + a * b
    return total


def _size(m: Matrix) -> str:
    return f"{m.shape[0]}×{m.shape[1]}"


def _spread(left: Matrix, right: Matrix | Entry, op: Callable[[Any, Any], Any], sign: str) -> Matrix:
    if not isinstance(right, Matrix):
        return Matrix([[op(e, right) for e in row] for row in left.rows])
    (a, b), (c, d) = left.shape, right.shape
    if left.shape == right.shape:
        return Matrix(
            [[op(x, y) for x, y in zip(r, s, strict=True)] for r, s in zip(left.rows, right.rows, strict=True)]
        )
    if (a != c and 1 not in (a, c)) or (b != d and 1 not in (b, d)):
        raise DomainError(f"shapes do not fit: {_size(left)} {sign} {_size(right)}")
    rows, cols = max(a, c), max(b, d)
    return Matrix([[op(left.rows[i % a][j % b], right.rows[i % c][j % d]) for j in range(cols)] for i in range(rows)])
