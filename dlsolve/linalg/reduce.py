"""Row reduction with every operation recorded, over any exact field: fmpq or Q(λ)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flint import fmpq

from dlsolve.numbers.algebraic import Algebraic, Root
from dlsolve.numbers.matrix import Matrix

Row = tuple[Any, ...]
Rows = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class RowOperation:
    """One step, rows counted from 1.

    swap: rows `target` and `source` change places; add: `factor` times row `source` is taken from
    row `target`; scale: row `target` is divided by `factor`.
    """

    kind: Literal["swap", "add", "scale"]
    target: int
    source: int = 0
    factor: Any = None


@dataclass(frozen=True, slots=True)
class Reduction:
    """`states[0]` reduced to `states[-1]`; ``operations[n]`` leads from state n to n + 1.

    `pivots` are the pivot columns, from 0. At another root of the same polynomial the same
    operations hold with that root in place (`at`).
    """

    states: tuple[Rows, ...]
    operations: tuple[RowOperation, ...]
    pivots: tuple[int, ...]
    root: Root | None = None

    def at(self, root: Root) -> Reduction:
        return Reduction(self.states, self.operations, self.pivots, root)

    def state(self, n: int) -> Matrix:
        """State n as a matrix, at this reduction's root."""
        return State(self.states[n], self.root) if self.root else Matrix(self.states[n])

    def number(self, value: Any) -> Any:
        """A number of the record, at this reduction's root."""
        return moved(value, self.root)


class State(Matrix):
    """A state of a reduction at a root; its entries are made when somebody reads them."""

    __slots__ = ("_raw", "_root")

    def __init__(self, raw: Rows, root: Root) -> None:
        self._raw = raw
        self._root = root
        self.shape = (len(raw), len(raw[0]))

    @property
    def rows(self) -> Rows:  # type: ignore[override]
        return tuple(tuple(moved(e, self._root) for e in row) for row in self._raw)


def moved(value: Any, root: Root | None) -> Any:
    """`value` with its root replaced by another of the same polynomial."""
    return value.at(root) if root is not None and isinstance(value, Algebraic) else value


def reduce_rows(
    rows: Sequence[Sequence[Any]], columns: int | None = None, *, form: Literal["reduced", "echelon"] = "reduced"
) -> Reduction:
    """Reduced row echelon form of `rows`, pivots sought in the first `columns` columns.

    Each pivot clears its column above and below before any row is scaled: so the numbers stay
    whole as long as they can. In `form` echelon a pivot clears only below itself and no row is
    scaled: the determinant changes by the sign of each swap and by nothing else.
    """
    state = [tuple(r) for r in rows]
    width = len(state[0]) if columns is None else columns
    states: list[Rows] = [tuple(state)]
    operations: list[RowOperation] = []
    pivots: list[int] = []
    inverses: list[Any] = []

    def record(operation: RowOperation) -> None:
        operations.append(operation)
        states.append(tuple(state))

    top = 0
    for col in range(width):
        candidates = [i for i in range(top, len(state)) if state[i][col] != 0]
        if not candidates:
            continue
        best = min(candidates, key=lambda i: (_effort(state[i][col]), i))
        if best != top:
            state[top], state[best] = state[best], state[top]
            record(RowOperation("swap", top + 1, best + 1))
        pivot = state[top]
        inverse = 1 / pivot[col]
        for i in range(top + 1 if form == "echelon" else 0, len(state)):
            if i == top or state[i][col] == 0:
                continue
            factor = state[i][col] * inverse
            state[i] = tuple(
                a if not b else (fmpq(0) if j == col else a - factor * b)
                for j, (a, b) in enumerate(zip(state[i], pivot, strict=True))
            )
            record(RowOperation("add", i + 1, top + 1, factor))
        pivots.append(col)
        inverses.append(inverse)
        top += 1
        if top == len(state):
            break
    for i, col in enumerate(pivots):
        lead = state[i][col]
        if form == "reduced" and lead != 1:
            state[i] = tuple(e * inverses[i] if j != col else fmpq(1) for j, e in enumerate(state[i]))
            record(RowOperation("scale", i + 1, factor=lead))
    return Reduction(tuple(states), tuple(operations), tuple(pivots))


def _effort(value: Any) -> int:
    """How awkward a pivot is by hand: 1 or −1, then a rational, then an irrational."""
    if isinstance(value, Algebraic):
        return 2
    return 0 if value in (1, -1) else 1


def kernel(reduction: Reduction, width: int) -> list[tuple[int, Row]]:
    """(free column, solution of state · x = 0 with that variable 1 and the other free ones 0)."""
    end = reduction.states[-1]
    out = []
    for free in (j for j in range(width) if j not in reduction.pivots):
        vector: list[Any] = [fmpq(0)] * width
        vector[free] = fmpq(1)
        for i, col in enumerate(reduction.pivots):
            vector[col] = -end[i][free]
        out.append((free, tuple(vector)))
    return out


def particular(reduction: Reduction, width: int) -> Row | None:
    """A solution of the augmented system, free variables 0; None where it has none."""
    end = reduction.states[-1]
    if any(row[width] != 0 for row in end[len(reduction.pivots) :]):
        return None
    vector: list[Any] = [fmpq(0)] * width
    for i, col in enumerate(reduction.pivots):
        vector[col] = end[i][width]
    return tuple(vector)


def times(rows: Sequence[Sequence[Any]], vector: Sequence[Any]) -> Row:
    """rows · vector."""
    out = []
    for row in rows:
        total: Any = fmpq(0)
        for a, b in zip(row, vector, strict=True):
            if a != 0 and b != 0:
                total = total + a * b
        out.append(total)
    return tuple(out)


def rank(rows: Sequence[Sequence[Any]]) -> int:
    """The number of pivots."""
    return len(reduce_rows(rows).pivots)
