"""A value as it is printed: its decimals entry by entry, its exact form, its JSON."""

from __future__ import annotations

from typing import Any

from flint import acb, arb, fmpq

from dlsolve.formula.compiled import EXACT
from dlsolve.formula.text import python
from dlsolve.formula.tree import Mat, Tree
from dlsolve.formula.written import written_exact
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import Digits, Shown, decimal, figures, fraction, round_to, show, terminates, to_float

SMALL_DENOMINATOR = 10_000
"""A fraction up to this denominator is written beside its decimals."""
LONG_WHOLE = 40
"""A whole number of up to so many digits is written out beside its leading digits."""

Printed = Shown | tuple[tuple[Shown, ...], ...]
"""A number as printed, or the rows of a matrix, entry by entry."""


def shown_value(value: Any, digits: Digits) -> Printed:
    """`value` as printed: a `Shown`, or rows of them for a matrix. Words and formulas (a
    polynomial, a cell with λ) stand as they are, in the rule language."""
    if isinstance(value, str):
        return Shown(value, exact=True)
    if isinstance(value, Tree) and not isinstance(value, Mat):
        return Shown(python(value), exact=True)
    rows = rows_of(value)
    if rows is None:
        return show(value, digits)
    if isinstance(value, Mat):
        return tuple(tuple(Shown(python(e), exact=True) for e in row) for row in value.rows)
    return tuple(tuple(show(e, digits) for e in row) for row in rows)


LARGE = 64
"""Rows or columns above which the middle of a matrix is not even read for a drawing."""
_HEAD, _TAIL = 10, 5
"""More than a drawing keeps, so that it leaves a middle out by itself."""


def ends(value: Any) -> Any:
    """A matrix or array of more than `LARGE` rows or columns without its middle ones; else `value`."""
    for axis, size in enumerate(getattr(value, "shape", ())):
        if size > LARGE:
            kept = [*range(_HEAD), *range(size - _TAIL, size)]
            if not isinstance(value, Matrix):
                value = value.take(kept, axis)
            elif axis:
                value = Matrix([[row[n] for n in kept] for row in value.rows])
            else:
                value = Matrix([value.rows[n] for n in kept])
    return value


def all_exact(value: Any, digits: Digits) -> bool:
    """Whether every entry of a matrix is printed as it is."""
    return all(show(e, digits).exact for e in {e for row in rows_of(value) or () for e in row})


def as_carried(shown: Any, computed: Any, written: Any) -> Any:
    """`shown`, the printed form of `written`, exact only where rounding by hand left `computed` as it was."""
    if isinstance(shown, Shown):
        same = type(computed) is type(written) and bool(computed == written)
        return Shown(shown.text, shown.exact and same)
    rows = zip(shown, rows_of(computed) or (), rows_of(written) or (), strict=True)
    return tuple(tuple(as_carried(s, a, b) for s, a, b in zip(*row, strict=True)) for row in rows)


def matches(value: Any, shown: Printed, digits: Digits) -> bool:
    """Whether `value`, printed to `digits`, is `shown`; a number may stand for a matrix of one entry."""
    cells = ((shown,),) if isinstance(shown, Shown) else shown
    rows = rows_of(value) or [[value]]
    if len(rows) != len(cells) or len(rows[0]) != len(cells[0]):
        return False
    return all(_agrees(e, s, digits) for pair in zip(rows, cells, strict=True) for e, s in zip(*pair, strict=True))


def _agrees(value: Any, shown: Shown, digits: Digits) -> bool:
    digits = figures(shown, digits)
    again = shown_value(value, digits)
    if isinstance(again, Shown) and again.text == shown.text:
        return True
    # a rounded value may be met by a whole number, which prints in full
    return not shown.exact and isinstance(value, fmpq) and decimal(round_to(value, digits)) == shown.text


def rows_of(value: Any) -> list[list[Any]] | None:
    """The rows of a matrix or array, None for a number."""
    if isinstance(value, Matrix | Mat):
        return [list(row) for row in value.rows]
    return value.tolist() if hasattr(value, "shape") else None


def exact_text(value: Any, form: Tree | None = None) -> str | None:
    """An exact number as a fraction or surd (``(5+sqrt(33))/2``, ``1+2i``), a matrix as
    ``[[1, 2], [5/2, 0]]``, a column as ``[1, 5/2]``, a formula as it is; else the closed `form`,
    None for what is known to its decimals only."""
    if isinstance(value, fmpq):
        return fraction(value)
    if isinstance(value, Tree):
        return python(value)
    if isinstance(value, Algebraic):
        return written_exact(value)
    if isinstance(value, Matrix):
        cells = [[exact_text(e) for e in row] for row in value.rows]
        if all(cell is not None for row in cells for cell in row):
            return str(as_listed(cells)).replace("'", "")
    return python(form) if form is not None else None


def small_fraction(value: Any) -> str | None:
    """The fraction a person would write beside a decimal that is cut: of one that does not end, or of
    halves of halves (25/64, as coins have it); a large whole number in full."""
    if not isinstance(value, fmpq) or value.q > SMALL_DENOMINATOR:
        return None
    if value.q == 1:
        return fraction(value) if abs(value.p) < 10**LONG_WHOLE else None
    halves = value.q & (value.q - 1) == 0 and abs(value.p) <= SMALL_DENOMINATOR
    return fraction(value) if halves or not terminates(value) else None


def as_listed(rows: list[list[Any]]) -> Any:
    """Rows as one would type them: a matrix as rows, an n×1 column as one list, a 1×1 as its entry."""
    if all(len(row) == 1 for row in rows):
        return rows[0][0] if len(rows) == 1 else [row[0] for row in rows]
    return rows


def json_value(value: Any) -> Any:
    """A value for JSON: a number, a list for a column, rows for a matrix, or text for what lies
    outside a double."""
    rows = rows_of(value)
    if rows is not None:
        return as_listed([[json_value(e) for e in row] for row in rows])
    if isinstance(value, str | bool):
        return value
    if isinstance(value, Tree):
        return python(value)
    if isinstance(value, Algebraic | acb):
        ball = number_ball(value)
        if isinstance(ball, acb):
            return _complex_text(float(ball.real.mid()), float(ball.imag.mid()))
    number = to_float(value)
    if abs(number) == float("inf") and isinstance(value, fmpq | arb) and (isinstance(value, fmpq) or value.is_finite()):
        return show(value, Digits(17)).text  # finite, but outside a double
    if number != number or abs(number) == float("inf"):
        return "inf" if number > 0 else "-inf" if number < 0 else "nan"
    return int(number) if number == int(number) and abs(number) < 2**53 and EXACT and _whole(value) else number


def _complex_text(real: float, imag: float) -> str:
    """``1+2i``, as JSON holds a complex number."""
    over = "" if abs(imag) == 1 else repr(abs(imag)).removesuffix(".0")
    near = repr(real).removesuffix(".0") if real else ""
    return f"{near}{'-' if imag < 0 else '+' if near else ''}{over}i"


def _whole(value: Any) -> bool:
    return isinstance(value, fmpq) and value.q == 1
