"""What a written value can mean: half a unit of its last written place to either side.

`0.191` is anything from 0.1905 to 0.1915; `47/190`, and a whole number of kind integer or label,
are points. A written zero has no significant digit and is judged apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flint import arb, fmpq

from dlsolve.numbers.matrix import Matrix

VANISHING = arb(2) ** -60
"""Rounding in the arithmetic stays far below this, what a student wrote far above."""

LARGEST = arb(2) ** 4096
SMALLEST = arb(2) ** -4096
"""Beyond these a number is no longer written out: its digits would fill books, and memory."""


def tamed(value: Any) -> Any:
    """`value` as what can be written out: too small is an enclosure of 0. None where a number is too
    large, or not finite."""
    if isinstance(value, Matrix):
        cells = [[tamed(e) for e in row] for row in value.rows]
        return None if any(c is None for row in cells for c in row) else Matrix(cells)
    if not isinstance(value, arb):
        return value
    if not value.is_finite() or not bool(abs(value) < LARGEST):
        return None
    if not bool(value == 0) and bool(abs(value) < SMALLEST):
        return arb(0, SMALLEST)
    return value


def ends(value: Any) -> tuple[fmpq, fmpq] | None:
    """The least and the greatest number that `value` can be; None where it has no bounds."""
    if isinstance(value, fmpq):
        return value, value
    value = tamed(value)
    if not isinstance(value, arb):
        return None
    parts = (value.mid(), value.rad())
    mid, rad = (p.fmpq() if bool(p == 0) or bool(abs(p) >= SMALLEST) else fmpq(0) for p in parts)
    return mid - rad, mid + rad


@dataclass(frozen=True, slots=True)
class Window:
    """One written number: every value from `low` to `high`.

    `unit` is one unit of its last written place (0 for a point), `figures` how many significant
    figures were written (None for a fraction or an exact form). `imag` is the imaginary part of a
    complex number.
    """

    low: fmpq
    high: fmpq
    unit: fmpq
    figures: int | None
    text: str
    imag: Window | None = None

    @classmethod
    def of(cls, value: fmpq, unit: fmpq, figures: int | None, text: str) -> Window:
        half = unit / 2
        return cls(value - half, value + half, unit, figures, text)

    @property
    def middle(self) -> fmpq:
        return (self.low + self.high) / 2

    @property
    def zero(self) -> bool:
        """Whether 0 was written (``0``, ``0.00``)."""
        return self.middle == 0 and (self.imag is None or self.imag.zero)

    @property
    def ball(self) -> fmpq | arb:
        """The window as an enclosure; a point stays exact."""
        if self.low == self.high:
            return self.low
        return arb(self.middle, (self.high - self.low) / 2)

    def truncated(self) -> Window:
        """Every value that is cut off, not rounded, to what was written."""
        mid = self.middle
        if mid >= 0:
            return Window(mid, mid + self.unit, self.unit, self.figures, self.text)
        return Window(mid - self.unit, mid, self.unit, self.figures, self.text)

    def scaled(self, factor: fmpq) -> Window:
        """The window of the written number times `factor`."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Window(low, high, self.unit * abs(factor), self.figures, self.text)

    def meets(self, value: Any) -> bool:
        """Whether `value` (a number or an enclosure) can be what was written."""
        if isinstance(value, fmpq):
            return bool(self.low <= value <= self.high)
        if isinstance(value, arb):
            return value.is_finite() and not bool(value < self.low) and not bool(value > self.high)
        return False

    def is_right_zero(self, value: Any) -> bool:
        """For a written zero: the value is 0, or places were written to which it rounds to 0."""
        exact = value == 0 if isinstance(value, fmpq) else isinstance(value, arb) and vanishes(value)
        return bool(exact) or (self.unit < 1 and self.unit > 0 and self.meets(value))


def vanishes(ball: arb) -> bool:
    """Whether an enclosure is 0 as far as anybody can tell: narrow, and around 0."""
    return bool(ball.contains(0)) and bool(ball.rad() < VANISHING)


@dataclass(frozen=True, slots=True)
class Answer:
    """One written answer: a number, rows of them, or words; `unreadable` says why it is none."""

    name: str
    text: str
    rows: tuple[tuple[Window, ...], ...] = ()
    words: str | None = None
    remarks: tuple[str, ...] = ()
    unreadable: str | None = None
    tree: Any = None
    """What was written, as a tree, where it is a formula (a polynomial)."""

    @property
    def scalar(self) -> Window | None:
        """The one number written, if it is one."""
        one = len(self.rows) == 1 and len(self.rows[0]) == 1
        return self.rows[0][0] if one else None

    @property
    def figures(self) -> int | None:
        """The fewest significant figures written in any cell."""
        counts = [w.figures for row in self.rows for w in row if w.figures is not None]
        return min(counts) if counts else None

    @property
    def blank(self) -> bool:
        """Whether nothing but zeros was written."""
        return bool(self.rows) and all(w.zero for w in self.windows())

    @property
    def weight(self) -> int | None:
        """The significant figures of all cells together; None where one is exact."""
        counts = [w.figures for w in self.windows() if not w.zero]
        return None if None in counts else sum(n for n in counts if n is not None)

    def windows(self) -> list[Window]:
        """Every cell, row by row."""
        return [w for row in self.rows for w in row]

    @property
    def plain(self) -> str:
        """Its numbers in plain text: ``(1, 1.7)``, ``[1, 2; 3, 4]``; the formula where it is one."""
        if not self.rows:
            return self.words if self.words is not None and self.tree is not None else ""
        rows = [", ".join(w.text for w in row) for row in self.rows]
        if len(rows) == 1:
            return rows[0] if len(self.rows[0]) == 1 else f"({rows[0]})"
        column = all(len(row) == 1 for row in self.rows)
        return f"({', '.join(rows)})" if column else f"[{'; '.join(rows)}]"

    def alike(self, other: Answer) -> bool:
        """Whether both can be one value written twice, by their digits."""
        mine, others = self.windows(), other.windows()
        return bool(mine) and len(mine) == len(others) and all(map(_alike, mine, others))

    def handed(self, like: Any) -> Any:
        """The written value as enclosures, in the shape of `like`."""
        if isinstance(like, Matrix):
            rows = fitted(self.rows, like.shape)
            return None if rows is None else Matrix([[w.ball for w in row] for row in rows])
        return self.scalar.ball if self.scalar is not None else None


def _alike(a: Window, b: Window) -> bool:
    if a.imag is not None and b.imag is not None:
        return _alike(replace(a, imag=None), replace(b, imag=None)) and _alike(a.imag, b.imag)
    return a.imag is b.imag and (a.middle == b.middle or (a.low < b.high and b.low < a.high))


def fitted(rows: Sequence[Sequence[Window]], shape: tuple[int, int]) -> list[list[Window]] | None:
    """`rows` in `shape`; a vector may be written as a row or a column. None where it does not fit."""
    size = (len(rows), len(rows[0]) if rows else 0)
    if size == shape:
        return [list(row) for row in rows]
    if 1 in shape and 1 in size and size[0] * size[1] == shape[0] * shape[1]:
        flat = [w for row in rows for w in row]
        return [[w] for w in flat] if shape[1] == 1 else [flat]
    return None
