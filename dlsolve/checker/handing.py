"""What a written value hands on to the steps after it.

A student goes on with what stands on the paper or with what was computed before it was rounded.
Both lie between the written digits and what the rule can give, so no more than that is handed on.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from dlsolve.checker.judge import Fit
from dlsolve.checker.windows import Answer, Window, fitted
from dlsolve.numbers.matrix import Matrix

Ends = tuple[fmpq, fmpq]


def handed(answer: Answer, image: Any, true: Any, how: Fit, *, cuts: bool = False) -> Any:
    """The enclosure that `answer` hands on. `image` is what the rule gives on the values before it,
    `true` the true value, which stands in where nothing can be handed on. `cuts`: this student cuts
    digits off, so that what was computed may lie beyond half a unit."""
    if not answer.rows or any(w.imag is not None for w in answer.windows()):
        return true
    if not isinstance(true, Matrix):
        if isinstance(image, Matrix) or answer.scalar is None or not isinstance(true, fmpq | arb):
            return true
        return _cell(answer.scalar, image, true, how, cuts)
    like = image if isinstance(image, Matrix) else true
    cells = fitted(answer.rows, like.shape)
    if cells is None:
        return true
    same = like.shape == true.shape
    truth = true.rows if same else like.rows
    return Matrix(
        [[_cell(w, like.rows[i][j], truth[i][j], how, cuts) for j, w in enumerate(row)] for i, row in enumerate(cells)]
    )


def as_written(answer: Answer, true: Any) -> Any:
    """The written digits as exact numbers, in the shape of `true`; `true` itself where that is none."""
    if not answer.rows or any(w.imag is not None for w in answer.windows()):
        return true
    if isinstance(true, Matrix):
        cells = fitted(answer.rows, true.shape)
        return true if cells is None else Matrix([[w.middle for w in row] for row in cells])
    return answer.scalar.middle if answer.scalar is not None and isinstance(true, fmpq | arb) else true


def _cell(window: Window, image: Any, true: Any, how: Fit, cuts: bool) -> fmpq | arb:
    """One number: a point where it is exact, else its window cut to what can have been computed."""
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
            if least <= most:
                low, high = min(least, middle), max(most, middle)
    return middle if low == high else arb((low + high) / 2, (high - low) / 2)


def _overlap(a: Ends, b: Ends) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _span(image: Any, true: Any) -> Ends | None:
    """From the least to the greatest of what the rule can give and the true value."""
    ends = [e for e in (_ends(image), _ends(true)) if e is not None]
    if len(ends) < 2:
        return None
    return min(e[0] for e in ends), max(e[1] for e in ends)


def _ends(value: Any) -> Ends | None:
    if isinstance(value, fmpq):
        return value, value
    if isinstance(value, arb) and value.is_finite():
        mid, rad = value.mid().fmpq(), value.rad().fmpq()
        return mid - rad, mid + rad
    return None
