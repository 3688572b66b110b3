"""Whether a written answer can be a value: by kind, with rounding and cutting off."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from flint import acb, arb, fmpq

from dlsolve.checker.windows import Answer, Window, ends, fitted
from dlsolve.checker.words import same_words
from dlsolve.formula.tree import Tree
from dlsolve.linalg.reduce import kernel, rank, reduce_rows
from dlsolve.notation import Kind
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import WHOLE_DIGITS, exponent10

Fit = Literal["yes", "truncated", "no"]


def fit(answer: Answer, value: Any, kind: Kind) -> Fit:
    """Whether `answer` can be `value`, a number, an enclosure, a matrix of them, words or a formula."""
    if isinstance(value, str):
        return "yes" if same_words(answer.words if answer.words is not None else answer.text, value) else "no"
    if isinstance(value, Tree):
        return "yes" if answer.tree is not None and same_polynomial(answer.tree, value, kind) else "no"
    if isinstance(value, Algebraic | acb):
        value = number_ball(value)
    if isinstance(value, Matrix) and kind in ("basis", "row state") and _rational(value):
        return _rounded_or_cut(same_span, answer.rows, value, kind)
    if isinstance(value, Matrix):
        rows = fitted(answer.rows, value.shape)
        if rows is None:
            return "no"
        true = [plain(e) for e in value.entries()]
        cells = [w for row in rows for w in row]
        if kind == "direction":
            return _rounded_or_cut(_along, [cells], true)
        fits = [_number(w, e) for w, e in zip(cells, true, strict=True)]
        return "no" if "no" in fits else "truncated" if "truncated" in fits else "yes"
    if answer.scalar is None:
        return "no"
    window = answer.scalar
    if kind in ("integer", "label") and isinstance(value, fmpq) and value.q == 1:
        if len(str(abs(value.p))) <= WHOLE_DIGITS:
            return "yes" if (window.low == window.high and window.meets(value)) or window.middle == value else "no"
        # too long to be printed in full: the solution rounds it, and so may an answer
    return _number(window, value)


def _rounded_or_cut(test: Callable[..., bool], rows: Sequence[Sequence[Window]], *args: Any) -> Fit:
    """How written vectors pass `test`: as rounded ones, or as ones that are cut off."""
    flat = points([w for row in rows for w in row])
    width = len(rows[0]) if rows else 1
    cells = [flat[i : i + width] for i in range(0, len(flat), width)]
    if test(cells, *args):
        return "yes"
    return "truncated" if test([[_cut(w) for w in row] for row in cells], *args) else "no"


def _cut(window: Window) -> Window:
    if window.imag is not None:
        return replace(_cut(replace(window, imag=None)), imag=_cut(window.imag))
    return window.truncated() if window.unit > 0 and not window.zero else window


def plain(entry: Any) -> Any:
    return number_ball(entry) if isinstance(entry, Algebraic) else entry


def _number(window: Window, value: Any) -> Fit:
    if window.imag is not None or isinstance(value, acb):
        real, imag = (value.real, value.imag) if isinstance(value, acb) else (value, fmpq(0))
        fits = [_number(replace(window, imag=None), real), _number(window.imag or _NOTHING, imag)]
        return "no" if "no" in fits else "truncated" if "truncated" in fits else "yes"
    if window.zero:
        return "yes" if window.is_right_zero(value) else "no"
    if window.meets(value):
        return "yes"
    if window.unit != 0 and window.truncated().meets(value):
        return "no" if isinstance(value, fmpq) and value == _next(window) else "truncated"
    return "no"


def _next(window: Window) -> fmpq:
    """One unit away from 0: a value there is not cut off to what was written."""
    return window.middle + (window.unit if window.middle >= 0 else -window.unit)


_NOTHING = Window(fmpq(0), fmpq(0), fmpq(0), None, "0")


def along(cells: list[Window], true: list[Any]) -> bool:
    """Whether one factor c ≠ 0 brings the true direction into every window, rounded or cut off."""
    return _rounded_or_cut(_along, [cells], true) != "no"


def _along(rows: Sequence[Sequence[Window]], true: list[Any]) -> bool:
    cells = list(rows[0])
    if any(w.imag is not None for w in cells) or any(isinstance(e, acb) for e in true):
        return _along_complex(cells, [acb(e) for e in true])
    low: fmpq | None = None
    high: fmpq | None = None
    if all(w.zero for w in cells):
        return False
    for window, entry in zip(cells, true, strict=True):
        exactly_zero = entry == 0 if isinstance(entry, fmpq) else isinstance(entry, arb) and entry.contains(0)
        if exactly_zero:
            if not (window.low <= 0 <= window.high):
                return False
            continue
        ball = arb(entry)
        factors = [ends(arb(end) / ball) for end in (window.low, window.high)]
        known = [e for e in factors if e is not None]
        if len(known) < 2:
            return False
        below, above = min(e[0] for e in known), max(e[1] for e in known)
        low = below if low is None or below > low else low
        high = above if high is None or above < high else high
    return low is not None and high is not None and low <= high and not (low == 0 == high)


def _along_complex(cells: list[Window], true: list[acb]) -> bool:
    """The same for complex entries: c from the largest true entry, then held against all others."""
    boxes = [acb(w.ball, w.imag.ball if w.imag is not None else 0) for w in cells]
    lead = max(range(len(true)), key=lambda n: float(abs(true[n]).mid()))
    if true[lead].contains(0) or boxes[lead] == 0:
        return False
    factor = boxes[lead] / true[lead]
    return all(box.overlaps(factor * entry) for box, entry in zip(boxes, true, strict=True))


def points(cells: Sequence[Window]) -> list[Window]:
    """A whole number in a vector that is known up to scale or span is no rounded one; beside decimals
    it has as many figures as they have, two at least: (1, 3.6, 13) may be (1.0, 3.57, 12.7)."""
    rounded = max((w.figures for w in cells if 0 < w.unit < 1 and w.figures and not w.zero), default=None)
    return [_point(w, rounded and max(2, rounded)) for w in cells]


def _point(window: Window, figures: int | None) -> Window:
    if window.imag is not None:
        return replace(_point(replace(window, imag=None), figures), imag=_point(window.imag, figures))
    if window.unit < 1:
        return window
    unit = fmpq(0)
    if figures is not None and not window.zero:
        unit = min(window.unit, fmpq(10) ** (exponent10(window.middle) - figures + 1))
    return Window.of(window.middle, unit, window.figures, window.text)


def _rational(value: Matrix) -> bool:
    return all(isinstance(e, fmpq) for e in value.entries())


def same_span(rows: Sequence[Sequence[Window]], true: Matrix, kind: Kind) -> bool:
    """Whether the written vectors span what the columns of `true` do (a basis, written as columns or
    as rows), or the written rows what its rows do (a state of a row reduction).

    Every written vector must lie, within its windows, in the true space, and as many of them must
    be independent as it has dimensions; a basis holds no vector too many.
    """
    if not rows:
        return False
    vectors = [list(v) for v in (true.rows if kind == "row state" else zip(*true.rows, strict=True))]
    cells = [list(row) for row in rows]
    readings = [cells]
    if kind == "row state":
        if (len(rows), len(rows[0])) != true.shape or _leads(cells) != _leads(true.rows):
            return False
    else:
        readings.append([list(column) for column in zip(*cells, strict=True)])
    return any(_spans(written, vectors, exactly=kind == "basis") for written in readings)


def same_rows(rows: Sequence[Sequence[Window]], true: Sequence[Sequence[fmpq]]) -> bool:
    """Whether written rows span, within their windows, what the rows of `true` do."""
    flat = points([w for row in rows for w in row])
    width = len(rows[0])
    cells = [flat[i : i + width] for i in range(0, len(flat), width)]
    return _spans(cells, [list(row) for row in true], exactly=False)


def _leads(rows: Sequence[Sequence[Any]]) -> list[int | None]:
    """Where each row has its first entry that is not 0."""
    zero = [[e.zero if isinstance(e, Window) else e == 0 for e in row] for row in rows]
    return [row.index(False) if False in row else None for row in zero]


def _spans(written: list[list[Window]], true: list[list[Any]], *, exactly: bool) -> bool:
    size = len(true[0])
    if any(len(v) != size for v in written):
        return False
    dimension = len(reduce_rows(true).pivots)
    if not all(_lies_in(vector, true) for vector in written):
        return False
    middle = [[w.middle for w in vector] for vector in written]
    count = len(written) if dimension else 1
    return rank(middle) == dimension and (not exactly or count == max(1, dimension))


def lies_in(vector: Sequence[Window], true: list[list[Any]]) -> bool:
    """Whether a written vector lies, within its windows, in the space of the rational vectors `true`."""
    return _lies_in(points(vector), true)


def _lies_in(cells: Sequence[Window], true: list[list[Any]]) -> bool:
    # it does where it is orthogonal to everything that the space is orthogonal to
    for _, across in kernel(reduce_rows(true), len(cells)):
        sides = [sorted((w.low * c, w.high * c)) for w, c in zip(cells, across, strict=True)]
        if not sum((s[0] for s in sides), fmpq(0)) <= 0 <= sum((s[1] for s in sides), fmpq(0)):
            return False
    return True


MOST_LETTERS = 6
POINTS = (fmpq(3, 7), fmpq(-11, 5), fmpq(13), fmpq(29, 3), fmpq(-101, 9))
"""Where two formulas are compared."""


def same_polynomial(written: Tree, true: Tree, kind: Kind) -> bool:
    """Whether two formulas agree, up to a factor for kind polynomial; a single letter may be another one (x for λ)."""
    from dlsolve.errors import DlsolveError
    from dlsolve.formula.compiled import EXACT, compiled
    from dlsolve.formula.tree import names

    letters = sorted(names(written) | names(true))
    if len(names(written)) == len(names(true)) == 1:
        letters = [*names(true)]
    if len(letters) > MOST_LETTERS:
        return False
    own = dict.fromkeys(names(written), letters[0]) if len(letters) == 1 else {}
    ratios = set()
    for n in range(len(POINTS)):
        # every letter has another value at a point
        at = {letter: POINTS[(n + k) % len(POINTS)] * (k + 1) for k, letter in enumerate(letters)}
        try:
            a = compiled(written, (), EXACT)({name: at[own.get(name, name)] for name in names(written)})
            b = compiled(true, (), EXACT)(at)
        except (DlsolveError, ZeroDivisionError, TypeError):
            return False
        if not isinstance(a, fmpq) or not isinstance(b, fmpq) or (a == 0) != (b == 0):
            return False
        if b != 0:
            ratios.add(a / b)
    return len(ratios) == 1 and (kind == "polynomial" or ratios == {fmpq(1)})


def remarks(answer: Answer, value: Any, kind: Kind = "real") -> list[str]:
    """For a wrong number: whether a sign, a power of ten or a percent sign would make it right."""
    window = answer.scalar
    if isinstance(value, Matrix) and value.shape == (1, 1):
        value = value.rows[0][0]
    if window is None or window.zero or not isinstance(value, fmpq | arb):
        return []
    if window.scaled(fmpq(-1)).meets(value):
        return ["sign"]
    percent = kind == "probability" or "%" in answer.text
    if percent and any(window.scaled(fmpq(10) ** power).meets(value) for power in (2, -2)):
        return ["percent_sign"]
    if len(re.sub(r"[eE×·*\\].*|\D", "", window.text).strip("0")) < 2:
        return []  # 10 for 1: one digit is right by chance
    for power in (2, -2, 1, -1, 3, -3, 4, -4, 5, -5, 6, -6):
        if window.scaled(fmpq(10) ** power).meets(value):
            return ["power_of_ten"]
    return []
