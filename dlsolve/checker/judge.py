"""Whether a written answer can be a value: by kind, with rounding and cutting off."""

from __future__ import annotations

import re
from typing import Any, Literal

from flint import acb, arb, fmpq

from dlsolve.checker.windows import Answer, Window, fitted
from dlsolve.formula.tree import Name, Tree
from dlsolve.notation import Kind
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.matrix import Matrix

Fit = Literal["yes", "truncated", "no"]


def fit(answer: Answer, value: Any, kind: Kind) -> Fit:
    """Whether `answer` can be `value`, a number, an enclosure, a matrix of them, words or a formula."""
    if isinstance(value, str):
        return "yes" if answer.words is not None and _word(answer.words) == _word(value) else "no"
    if isinstance(value, Tree):
        return "yes" if answer.tree is not None and same_polynomial(answer.tree, value, kind) else "no"
    if isinstance(value, Algebraic | acb):
        ball = number_ball(value)
        if isinstance(ball, acb):
            return "no"
        value = ball
    if isinstance(value, Matrix):
        rows = fitted(answer.rows, value.shape)
        if rows is None:
            return "no"
        plain = [_plain(e) for e in value.entries()]
        cells = [w for row in rows for w in row]
        if kind == "direction":
            return "yes" if along(cells, plain) else "no"
        fits = [_number(w, e) for w, e in zip(cells, plain, strict=True)]
        return "no" if "no" in fits else "truncated" if "truncated" in fits else "yes"
    if answer.scalar is None:
        return "no"
    window = answer.scalar
    if kind in ("integer", "label"):
        return "yes" if (window.low == window.high and window.meets(value)) or window.middle == value else "no"
    return _number(window, value)


def _plain(entry: Any) -> Any:
    return number_ball(entry) if isinstance(entry, Algebraic) else entry


def _number(window: Window, value: Any) -> Fit:
    if window.zero:
        return "yes" if window.is_right_zero(value) else "no"
    if window.meets(value):
        return "yes"
    if window.unit != 0 and window.truncated().meets(value):
        return "truncated"
    return "no"


def along(cells: list[Window], true: list[Any]) -> bool:
    """Whether one factor c ≠ 0 brings the true direction into every window."""
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
        ends = [_ends(arb(end) / ball) for end in (window.low, window.high)]
        below, above = min(e[0] for e in ends), max(e[1] for e in ends)
        low = below if low is None or below > low else low
        high = above if high is None or above < high else high
    return low is not None and high is not None and low <= high and not (low == 0 == high)


def _ends(ball: arb) -> tuple[fmpq, fmpq]:
    mid, rad = ball.mid().fmpq(), ball.rad().fmpq()
    return mid - rad, mid + rad


def same_polynomial(written: Tree, true: Tree, kind: Kind) -> bool:
    """Whether two formulas in one variable agree, up to a factor for kind polynomial."""
    from dlsolve.errors import DlsolveError
    from dlsolve.formula.compiled import EXACT, compiled
    from dlsolve.formula.tree import names

    variables = names(written) | names(true)
    if len(variables) > 1:
        return False
    letter = next(iter(variables), "lam")
    ratios = set()
    for point in (fmpq(3, 7), fmpq(-11, 5), fmpq(13), fmpq(29, 3), fmpq(-101, 9)):
        try:
            a = compiled(written, (), EXACT)({letter: point})
            b = compiled(true, (), EXACT)({letter: point})
        except (DlsolveError, ZeroDivisionError, TypeError):
            return False
        if not isinstance(a, fmpq) or not isinstance(b, fmpq) or (a == 0) != (b == 0):
            return False
        if b != 0:
            ratios.add(a / b)
    if not ratios or Name(letter) is None:
        return False
    return len(ratios) == 1 and (kind == "polynomial" or ratios == {fmpq(1)})


def _word(text: str) -> str:
    return re.sub(r"[\s_\-]+", " ", text.strip().lower().rstrip("."))


def remarks(answer: Answer, value: Any) -> list[str]:
    """For a wrong number: whether a sign, a power of ten or a percent sign would make it right."""
    window = answer.scalar
    if isinstance(value, Matrix) and value.shape == (1, 1):
        value = value.rows[0][0]
    if window is None or window.zero or not isinstance(value, fmpq | arb):
        return []
    if window.scaled(fmpq(-1)).meets(value):
        return ["sign"]
    for power in (2, -2):
        if window.scaled(fmpq(10) ** power).meets(value):
            return ["percent_sign"]
    for power in (1, -1, 3, -3, 4, -4, 5, -5, 6, -6):
        if window.scaled(fmpq(10) ** power).meets(value):
            return ["power_of_ten"]
    return []
