"""What a written value hands on to the steps after it.

A student goes on with what stands on the paper or with what was computed before it was rounded.
Both lie between the written digits and what the rule can give, so no more than that is handed on.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from dlsolve.checker.judge import Fit
from dlsolve.checker.windows import Answer, Window, ends, fitted, vanishes
from dlsolve.numbers.matrix import Matrix

Ends = tuple[fmpq, fmpq]
FINER = 1_000
"""How much nearer than a unit of its last place a written number is to a value that it states in full."""
MOST_BESIDE = 4
"""So many entries in a line are handed on where the true value has fewer."""


def handed(answer: Answer, image: Any, true: Any, how: Fit, *, cuts: bool = False, whole: bool = False) -> Any:
    """The enclosure that `answer` hands on. `image` is what the rule gives on the values before it,
    `true` the true value, which stands in where nothing can be handed on. `cuts`: this student cuts
    digits off, so that what was computed may lie beyond half a unit. `whole`: everything that the
    written digits can mean is handed on, not only what can have been computed."""
    if not answer.rows or any(w.imag is not None for w in answer.windows()):
        return true
    if not isinstance(true, Matrix | fmpq | arb):
        return true
    if not isinstance(true, Matrix) and answer.scalar is not None and not isinstance(image, Matrix):
        return _cell(answer.scalar, image, true, how, cuts, whole)
    like = image if isinstance(image, Matrix) else true if isinstance(true, Matrix) else None
    cells = fitted(answer.rows, like.shape) if like is not None else None
    if cells is None or like is None or not isinstance(true, Matrix):
        return _as_it_stands(answer, true)
    same = like.shape == true.shape
    truth = true.rows if same else like.rows
    return Matrix(
        [
            [_cell(w, like.rows[i][j], truth[i][j], how, cuts, whole) for j, w in enumerate(row)]
            for i, row in enumerate(cells)
        ]
    )


def _as_it_stands(answer: Answer, true: Any) -> Any:
    """Windows in the shape in which they were written, which is none that the rule gives; `true` where that is
    far too large."""
    if answer.scalar is not None:
        return answer.scalar.ball
    if not _within(answer, true):
        return true
    return Matrix([[w.ball for w in row] for row in answer.rows])


def _within(answer: Answer, true: Any) -> bool:
    """Whether no side of what was written is longer than the true value's longest: a long row and a long column, one
    in each of two answers, would be multiplied out to a table."""
    longest = max(*true.shape, MOST_BESIDE) if isinstance(true, Matrix) else MOST_BESIDE
    return max(len(answer.rows), len(answer.rows[0])) <= longest


def as_written(answer: Answer, true: Any) -> Any:
    """The written digits as exact numbers, in the shape of `true`; `true` itself where that is none."""
    if not answer.rows or any(w.imag is not None for w in answer.windows()):
        return true
    if isinstance(true, Matrix):
        cells: Any = fitted(answer.rows, true.shape) or (answer.rows if _within(answer, true) else None)
        if cells is None:
            return true
        return Matrix([[w.middle for w in row] for row in cells])
    return answer.scalar.middle if answer.scalar is not None and isinstance(true, fmpq | arb) else true


def without_certainties(value: Any, answer: Answer, true: Any, *, ones: bool, kept: bool) -> Any:
    """`value` as handed on, with the true value for each wrong 0 (and 1, where that is certainty); or,
    where they are `kept`, with the bare number for its window, which would let anything pass."""

    def other(window: Window, exact: Any, own: Any) -> Any:
        if not (window.zero or (ones and window.middle == 1)) or (isinstance(exact, fmpq) and window.middle == exact):
            return own
        if not kept:
            return exact
        return window.middle if window.zero or window.unit >= fmpq(1, 10) else own

    if not isinstance(true, Matrix):
        return other(answer.scalar, true, value) if answer.scalar is not None else value
    cells = fitted(answer.rows, true.shape)
    if cells is None or not isinstance(value, Matrix) or value.shape != true.shape:
        return true if answer.blank and not kept else value
    rows = zip(cells, value.rows, true.rows, strict=True)
    return Matrix([[other(w, t, v) for w, v, t in zip(*row, strict=True)] for row in rows])


def with_zeros(value: Any, exact: Any) -> Any:
    """`value` with 0 wherever `exact`, the same on bare digits, is 0."""
    if isinstance(value, Matrix) and isinstance(exact, Matrix) and value.shape == exact.shape:
        cells = (zip(*rows, strict=True) for rows in zip(value.rows, exact.rows, strict=True))
        return Matrix([[with_zeros(v, e) for v, e in row] for row in cells])
    return exact if isinstance(exact, fmpq) and exact == 0 else value


def with_vanished(value: Any, true: Any) -> Any:
    """A matrix of enclosures with 0 in them where the true entries are 0 as far as anybody can tell: a written 0
    is right there, although rounding before it leaves room for other small numbers."""
    if not isinstance(value, Matrix) or not isinstance(true, Matrix) or value.shape != true.shape:
        return value

    def entry(own: Any, exact: Any) -> Any:
        nothing = isinstance(exact, arb) and vanishes(exact) and isinstance(own, arb) and bool(own.contains(0))
        return fmpq(0) if nothing else own

    rows = (zip(*both, strict=True) for both in zip(value.rows, true.rows, strict=True))
    return Matrix([[entry(own, exact) for own, exact in row] for row in rows])


def _cell(window: Window, image: Any, true: Any, how: Fit, cuts: bool, whole: bool) -> fmpq | arb:
    """One number: a point where it is exact, else its window, unless `whole` cut to what can have been computed.
    A bare 0 has no digits that could mean anything else, nor has what is the true value to many more digits."""
    middle = window.middle
    if isinstance(true, fmpq) and middle == true and isinstance(image, fmpq) and image == true:
        return true
    if window.low == window.high:
        return middle
    low, high = window.low, window.high
    if how != "no":
        # cut off, not rounded: the digits stand at one end of what was computed
        cut = window.truncated()
        possible = _span(image, true)
        if possible is not None:
            if cuts or how == "truncated" or not _overlap((low, high), _span(true, true) or possible):
                low, high = min(low, cut.low), max(high, cut.high)
            least, most = max(low, possible[0]), min(high, possible[1])
            near = _span(true, true)
            known = near is not None and max(abs(end - middle) for end in near) <= window.unit / FINER
            if least <= most and (known or (window.zero and window.unit >= 1) or not whole):
                low, high = min(least, middle), max(most, middle)
    return middle if low == high else arb((low + high) / 2, (high - low) / 2)


def _overlap(a: Ends, b: Ends) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _span(image: Any, true: Any) -> Ends | None:
    """From the least to the greatest of what the rule can give and the true value."""
    known = [e for e in (ends(image), ends(true)) if e is not None]
    if len(known) < 2:
        return None
    return min(e[0] for e in known), max(e[1] for e in known)
