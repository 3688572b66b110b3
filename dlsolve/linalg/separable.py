"""Whether a system of linear inequalities has a solution, with a proof either way, in exact rationals.

The system is a_i·v > c_i or a_i·v ≥ c_i. By Motzkin's theorem exactly one of these holds: some v
satisfies it, or some multipliers λ ≥ 0 add it up to a contradiction, 0 > 0 or 0 ≥ (more than 0).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from dlsolve.errors import LimitError
from dlsolve.numbers.show import decimal, fraction, terminates

MAX_NUMBERS = 20_000


@dataclass(frozen=True)
class Inequality:
    """``left · v > right`` where `strict`, else ``left · v ≥ right``; `left` has one entry per unknown."""

    left: tuple[fmpq, ...]
    right: fmpq
    strict: bool

    def holds(self, v: Sequence[fmpq]) -> bool:
        gap = _dot(self.left, v) - self.right
        return bool(gap > 0) if self.strict else bool(gap >= 0)


@dataclass(frozen=True)
class Verdict:
    """Either `solution`, a point that satisfies every inequality, or `multipliers`: whole numbers,
    one per inequality, at most as many of them above 0 as there are unknowns, plus 2."""

    solution: tuple[fmpq, ...] | None = None
    multipliers: tuple[int, ...] | None = None


def decide(system: Sequence[Inequality]) -> Verdict:
    """Solve `system` or prove that it has no solution. Raises `LimitError` for a very large one.

    Phase 1 of the simplex method with Bland's rule on the dual: λ ≥ 0, s ≥ 0 with Σ λ_i a_i = 0,
    Σ λ_i c_i = s and s + Σ_strict λ_i = 1. Where that is infeasible its own dual is a solution.
    """
    unknowns = len(system[0].left)
    if len(system) * (unknowns + 2) > MAX_NUMBERS:
        raise LimitError(f"more than {MAX_NUMBERS} numbers in a proof of separability; give fewer samples")
    columns = [[*one.left, one.right, fmpq(int(one.strict))] for one in system]
    columns.append([fmpq(0)] * unknowns + [fmpq(-1), fmpq(1)])
    basis, values, price = _phase_one(columns, unknowns + 2)
    if price[-1] > 0:  # a part of 1 that no multipliers reach: the price gives the solution
        return Verdict(solution=tuple(-p / price[-2] for p in price[:-2]))
    weights = [fmpq(0)] * len(columns)
    for column, value in zip(basis, values, strict=True):
        if column < len(columns):
            weights[column] = value
    return Verdict(multipliers=_whole(weights[:-1]))


def proves(system: Sequence[Inequality], multipliers: Sequence[int]) -> bool:
    """Whether `multipliers` add `system` up to a contradiction: an independent check."""
    parts = [(fmpq(m), one) for m, one in zip(multipliers, system, strict=True) if m]
    sums = [sum((m * one.left[k] for m, one in parts), fmpq(0)) for k in range(len(system[0].left))]
    right = sum((m * one.right for m, one in parts), fmpq(0))
    strict = any(one.strict for _, one in parts)
    return min(multipliers) >= 0 and not any(sums) and bool(right > 0 or (right == 0 and strict))


def _phase_one(columns: list[list[fmpq]], rows: int) -> tuple[list[int], list[fmpq], list[fmpq]]:
    """Reach A x = (0, …, 0, 1), x ≥ 0 as nearly as possible.

    Returns the basic columns (artificial ones from ``len(columns)`` on), their values and the
    prices of the rows; the last price is 0 exactly where the system is feasible.
    """
    count = len(columns)
    # the inverse of the basis, and the values of its columns, updated pivot by pivot
    inverse = [[fmpq(int(i == k)) for k in range(rows)] for i in range(rows)]
    basis = list(range(count, count + rows))
    values = [fmpq(0)] * (rows - 1) + [fmpq(1)]
    while True:
        artificial = [i for i in range(rows) if basis[i] >= count]
        price = [sum((inverse[i][k] for i in artificial), fmpq(0)) for k in range(rows)]
        entering = next((c for c in range(count) if c not in basis and _dot(price, columns[c]) > 0), None)
        if entering is None:
            total = sum((values[i] for i in artificial), fmpq(0))
            return basis, values, price if total > 0 else [fmpq(0)] * rows
        step = [_dot(row, columns[entering]) for row in inverse]
        # Bland: among the tightest rows, the one whose column has the lowest number leaves
        leaving = min((i for i in range(rows) if step[i] > 0), key=lambda i: (values[i] / step[i], basis[i]))
        pivot = step[leaving]
        inverse[leaving] = [e / pivot for e in inverse[leaving]]
        values[leaving] /= pivot
        for i in range(rows):
            if i != leaving and step[i] != 0:
                inverse[i] = [e - step[i] * top for e, top in zip(inverse[i], inverse[leaving], strict=True)]
                values[i] -= step[i] * values[leaving]
        basis[leaving] = entering


def _dot(left: Sequence[fmpq], right: Sequence[fmpq]) -> fmpq:
    total = fmpq(0)
    for a, b in zip(left, right, strict=True):
        total += a * b
    return total


def _whole(weights: Sequence[fmpq]) -> tuple[int, ...]:
    """`weights` scaled to the smallest whole numbers."""
    scale = math.lcm(*(int(w.q) for w in weights))
    whole = [int((w * scale).p) for w in weights]
    common = math.gcd(*whole)
    return tuple(n // common for n in whole)


@dataclass(frozen=True)
class Side:
    """The samples of one class, added up with their multipliers: ``left · v`` `sign` ``right``."""

    left: tuple[fmpq, ...]
    sign: str
    right: fmpq


def added(system: Sequence[Inequality], multipliers: Sequence[int], classes: Sequence[bool]) -> tuple[Side, Side]:
    """The proof as it is written by hand: the lines of class 1 (which ask for > or ≥) and those of
    class 0 (turned round to < or ≤), each added up with its multipliers. The left sides agree; the
    right sides contradict each other."""
    sides = []
    for positive in (True, False):
        turn = 1 if positive else -1
        parts = [
            (fmpq(turn * m), one)
            for m, one, c in zip(multipliers, system, classes, strict=True) if m and c == positive
        ]  # fmt: skip
        left = tuple(sum((m * one.left[k] for m, one in parts), fmpq(0)) for k in range(len(system[0].left)))
        right = sum((m * one.right for m, one in parts), fmpq(0))
        sides.append(Side(left, sign(positive, any(one.strict for _, one in parts)), right))
    return sides[0], sides[1]


def sign(positive: bool, strict: bool) -> str:
    """What a sample asks of its weighted sum."""
    return {(True, True): ">", (True, False): "≥", (False, True): "<", (False, False): "≤"}[positive, strict]


def linear(coefficients: Sequence[fmpq], names: Sequence[str]) -> str:
    """``w₁ + 2·w₂ − b`` for people; ``0`` where nothing is left."""
    text = ""
    for c, name in zip(coefficients, names, strict=True):
        if c == 0:
            continue
        text += (" − " if c < 0 else " + ") if text else ("−" if c < 0 else "")
        text += name if abs(c) == 1 else f"{written(abs(c))}·{name}"
    return text or "0"


def written(value: fmpq) -> str:
    """A number for people: its decimals where they end soon, else a fraction."""
    text = decimal(value) if terminates(value) and value.q <= 10**6 else fraction(value)
    return text.replace("-", "−", 1)
