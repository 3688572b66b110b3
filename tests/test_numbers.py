"""Numbers: read exactly, rounded half up, kept exact where a person would, refused where undefined."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from dlsolve.errors import DomainError, InputError
from dlsolve.numbers import elementary, floats, functions
from dlsolve.numbers.exact import NumberError, read
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import LADDER, UndecidedError, precision
from dlsolve.numbers.show import Digits, decimal, fraction, round_to, settle_all, show, terminates, to_float

rationals = st.fractions(max_denominator=10**6).map(lambda f: fmpq(f.numerator, f.denominator))
small = st.integers(-50, 50)


def q(text: str) -> fmpq:
    over, _, under = text.partition("/")
    return fmpq(int(over), int(under or 1))


# -- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("-0.0541", "-541/10000"),
        ("\u22120.5", "-1/2"),
        ("+7", "7"),
        (".5", "1/2"),
        ("5.", "5"),
        ("1e-8", "1/100000000"),
        ("2.5E3", "2500"),
        ("5/2", "5/2"),
        ("-1 / 3", "-1/3"),
        ("0.1/0.3", "1/3"),
        (" 0.10 ", "1/10"),
    ],
)
def test_a_typed_number_is_read_exactly(text: str, value: str) -> None:
    assert read(text) == q(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a number"),
        ("abc", "is not a number"),
        ("1,5", "is not a number"),
        ("0x10", "is not a number"),
        ("1_000", "is not a number"),
        ("nan", "is not a number"),
        ("inf", "is not a number"),
        ("1/0", "divides by 0"),
        ("1/2/3", "is not a number"),
        ("1e999", "exponents beyond"),
        ("1e99999999999", "exponents beyond"),
        ("١", "is not a number"),
        ("9" * 401, "401 characters"),
    ],
)
def test_what_is_no_number_is_refused_before_it_is_built(text: str, says: str) -> None:
    with pytest.raises(NumberError, match=says):
        read(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_written_out_reads_back(x: float) -> None:
    assert to_float(read(repr(x))) == x


# -- rounding and showing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "digits", "shown", "exact"),
    [
        ("0.125", "2sf", "0.13", False),
        ("-0.125", "2sf", "-0.13", False),
        ("0.5", "0dp", "1", False),
        ("2.5", "1sf", "3", False),
        ("0.05", "1dp", "0.1", False),
        ("9.9996", "4sf", "10", False),
        ("0.99995", "4dp", "1", False),
        ("47/190", "5sf", "0.24737", False),
        ("1/4", "5sf", "0.25", True),
        ("0.10000", "5sf", "0.1", True),
        ("123456", "3sf", "123456", True),
        ("123456.5", "3sf", "123000", False),
        ("-999999999999999", "5sf", "-999999999999999", True),
        ("1234567890123456", "5sf", "1234600000000000", False),
        ("0.00004", "4dp", "0", False),
        ("0.0000123456", "3sf", "0.0000123", False),
        ("0.000000123456", "3sf", "1.23e-7", False),
        ("0", "5sf", "0", True),
        ("1e-8", "5sf", "1e-8", True),
        ("1e16", "5sf", "1e16", True),
        ("1/3", "1sf", "0.3", False),
        ("2/3", "3dp", "0.667", False),
    ],
)
def test_showing_rounds_half_up_and_drops_trailing_zeros(value: str, digits: str, shown: str, exact: bool) -> None:
    out = show(read(value), Digits.parse(digits))
    assert (out.text, out.exact) == (shown, exact)


@given(rationals, st.integers(1, 12))
def test_rounding_to_figures_agrees_with_decimal(value: fmpq, count: int) -> None:
    f = Fraction(int(value.p), int(value.q))
    with localcontext() as context:
        context.prec = 60
        d = Decimal(f.numerator) / Decimal(f.denominator)
        places = count - 1 - d.adjusted() if d else 0
        expected = d.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) if d else Decimal(0)
    assert Fraction(expected) == Fraction(decimal(round_to(value, Digits(count))))


@given(rationals, st.integers(0, 8))
def test_rounding_to_places_is_within_half_a_unit(value: fmpq, count: int) -> None:
    assert abs(round_to(value, Digits(count, "dp")) - value) <= fmpq(1, 2 * 10**count)


@given(rationals, st.integers(1, 30))
def test_a_shown_number_reads_back_as_the_rounded_one(value: fmpq, count: int) -> None:
    digits = Digits(count)
    whole = value.q == 1 and abs(value) < 10**15
    assert read(show(value, digits).text) == (value if whole else round_to(value, digits))


@pytest.mark.parametrize("text", ["0", "0sf", "101", "5 digits", "-3", "", "4dpp", "٣"])
def test_digits_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--digits"):
        Digits.parse(text)


@given(rationals.filter(bool), st.integers(1, 12), st.sampled_from(["sf", "dp"]), st.integers(-40, 40))
def test_an_enclosure_shows_what_its_exact_value_shows(value: fmpq, count: int, unit: str, shift: int) -> None:
    digits, value = Digits(count, unit), value * fmpq(10) ** shift
    assume(value.q != 1)  # whole numbers show all their digits, where they are known to be whole
    with precision(512):
        try:
            shown = show(arb(value), digits)
        except UndecidedError:
            return  # a tie, or a value of few digits, at the edge of the enclosure
    assert shown.text == show(value, digits).text


@given(rationals)
def test_fraction_and_terminates(value: fmpq) -> None:
    f = Fraction(int(value.p), int(value.q))
    assert Fraction(fraction(value)) == f
    rest = f.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    assert terminates(value) is (rest == 1)


def test_an_enclosure_shows_only_decided_digits() -> None:
    with precision(128):
        assert show(arb(2).sqrt(), Digits(5)).text == "1.4142"
        assert not show(arb(2).sqrt(), Digits(5)).exact
        with pytest.raises(UndecidedError):
            show(arb(2).sqrt(), Digits(60))
        with pytest.raises(UndecidedError):
            show(arb(2).sqrt() - arb(2).sqrt(), Digits(5))
    with precision(256):
        assert show(arb(2).sqrt(), Digits(60)).text.startswith("1.41421356237309504880168872420969807856967187537694")
    with precision(LADDER[-1]):
        assert show(arb(2).sqrt() - arb(2).sqrt(), Digits(5)).text == "0"


def test_precision_is_put_back_after_an_error() -> None:
    import flint

    before = flint.ctx.prec
    with pytest.raises(RuntimeError), precision(1024):
        raise RuntimeError
    assert flint.ctx.prec == before


# -- what stays exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fn", "x", "value"),
    [
        ("sqrt", "0", "0"),
        ("sqrt", "9/4", "3/2"),
        ("sqrt", "0.0001", "1/100"),
        ("exp", "0", "1"),
        ("ln", "1", "0"),
        ("log2", "8", "3"),
        ("log2", "1/32", "-5"),
        ("log2", "1", "0"),
        ("log10", "0.001", "-3"),
        ("log10", "100", "2"),
        ("tanh", "0", "0"),
        ("erf", "0", "0"),
        ("abs", "-2/3", "2/3"),
        ("floor", "-0.5", "-1"),
        ("floor", "7/2", "3"),
    ],
)
def test_kept_exact(fn: str, x: str, value: str) -> None:
    out = functions.NATIVE[fn](read(x))
    assert isinstance(out, fmpq)
    assert out == q(value)


@pytest.mark.parametrize(
    ("fn", "x", "value"),
    [
        ("sqrt", "2", math.sqrt(2)),
        ("exp", "1", math.e),
        ("ln", "2", math.log(2)),
        ("log2", "3", math.log2(3)),
        ("log2", "3/8", math.log2(3 / 8)),
        ("log10", "2", math.log10(2)),
        ("tanh", "0.5", math.tanh(0.5)),
        ("erf", "0.5", math.erf(0.5)),
    ],
)
def test_irrational_values_are_certified(fn: str, x: str, value: float) -> None:
    with precision(128):
        out = functions.NATIVE[fn](read(x))
        assert isinstance(out, arb)
        assert abs(float(out.mid()) - value) < 1e-14
        assert float(out.rad()) < 1e-30


@pytest.mark.parametrize(
    ("fn", "x", "says"),
    [
        ("sqrt", "-2", "square root of -2"),
        ("ln", "0", "logarithm of 0"),
        ("log2", "-1/2", "logarithm of -1/2"),
        ("log10", "0", "logarithm of 0"),
    ],
)
def test_outside_the_domain(fn: str, x: str, says: str) -> None:
    with pytest.raises(DomainError, match=says):
        functions.NATIVE[fn](read(x))
    with pytest.raises(DomainError):
        floats.NATIVE[fn](to_float(read(x)))


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [
        ("2", "10", "1024"),
        ("-1/2", "3", "-1/8"),
        ("2", "-2", "1/4"),
        ("9", "1/2", "3"),
        ("0", "0", "1"),
        ("0", "1/2", "0"),
        ("-1", "1000001", "-1"),
        ("-1", "1000000", "1"),
        ("1", "999999999999", "1"),
    ],
)
def test_powers_that_stay_exact(base: str, exponent: str, value: str) -> None:
    assert functions.power(read(base), read(exponent)) == q(value)


def test_powers_without_a_value() -> None:
    with pytest.raises(DomainError, match="negative power"):
        functions.power(fmpq(0), -1)
    with pytest.raises(DomainError, match="no integer"):
        functions.power(fmpq(-2), fmpq(1, 2))


def test_a_power_too_long_to_write_is_enclosed() -> None:
    out = functions.power(fmpq(3, 7), 10**6)
    assert isinstance(out, arb)


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "==", "!="])
@given(a=small, b=small)
def test_comparisons(op: str, a: int, b: int) -> None:
    expected = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[op]
    assert functions.test(op, fmpq(a), fmpq(b)) is expected
    assert floats.test(op, float(a), float(b)) is expected


def test_a_comparison_that_an_enclosure_straddles_is_undecided() -> None:
    with precision(128), pytest.raises(UndecidedError):
        elementary.compare(">=", arb(2).sqrt() ** 2, fmpq(2))
    with precision(LADDER[-1]):
        assert elementary.compare(">=", arb(2).sqrt() ** 2, fmpq(2))  # a tie


# -- matrices -------------------------------------------------------------------------------------

sizes = st.integers(1, 4)


def grid(rows: int, cols: int) -> st.SearchStrategy[list[list[int]]]:
    return st.lists(st.lists(small, min_size=cols, max_size=cols), min_size=rows, max_size=rows)


def exact(rows: list[list[int]]) -> Matrix:
    return Matrix([[fmpq(e) for e in row] for row in rows])


def array(value: Any) -> Any:
    return np.array([[to_float(e) for e in row] for row in value.rows])


@given(st.data(), sizes, sizes, sizes)
def test_products_agree_with_numpy(data: st.DataObject, n: int, k: int, m: int) -> None:
    a, b = data.draw(grid(n, k)), data.draw(grid(k, m))
    assert (array(exact(a) @ exact(b)) == np.array(a) @ np.array(b)).all()
    assert (array(exact(a).T) == np.array(a).T).all()


@given(st.data(), sizes, sizes)
def test_entrywise_operations_spread_as_in_numpy(data: st.DataObject, n: int, m: int) -> None:
    a = data.draw(grid(n, m))
    for rows, cols in ((n, m), (n, 1), (1, m), (1, 1)):
        b = data.draw(grid(rows, cols))
        for name in ("__add__", "__sub__", "__mul__"):
            ours = getattr(exact(a), name)(exact(b))
            assert (array(ours) == getattr(np.array(a), name)(np.array(b))).all()
    s = data.draw(small)
    assert (array(fmpq(s) - exact(a)) == s - np.array(a)).all()
    assert (array(exact(a) * fmpq(s)) == np.array(a) * s).all()
    assert (array(-exact(a)) == -np.array(a)).all()
    assert (array(exact(a) ** 2) == np.array(a) ** 2).all()


@given(st.data(), sizes, sizes)
def test_sums_and_extremes_agree_with_numpy(data: st.DataObject, n: int, m: int) -> None:
    rows = data.draw(grid(n, m))
    a, b = exact(rows), np.array(rows, dtype=float)
    for fn in ("sum", "mean", "max", "min"):
        assert to_float(functions.NATIVE[fn](a)) == pytest.approx(floats.NATIVE[fn](b), rel=1e-14)
    for fn in ("rowsum", "colsum", "transpose"):
        assert (array(functions.NATIVE[fn](a)) == floats.NATIVE[fn](b)).all()
    with precision(128):
        assert array(functions.softmax(a)) == pytest.approx(floats.NATIVE["softmax"](b), rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [((2, 3), (2, 3)), ((1, 2), (3, 1)), ((4, 1), (2, 2))])
def test_matrices_that_do_not_multiply_say_their_sizes(a: tuple[int, int], b: tuple[int, int]) -> None:
    left, right = (Matrix([[fmpq(0)] * cols] * rows) for rows, cols in (a, b))
    with pytest.raises(DomainError, match=rf"{a[0]}×{a[1]} .* {b[0]}×{b[1]}"):
        left @ right


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(DomainError, match="shapes do not fit: 2×2 "):
        exact([[1, 2], [3, 4]]) + exact([[1, 2, 3]])


def test_entries_are_counted_from_one() -> None:
    m = exact([[1, 2], [3, 4]])
    assert m.at(2, 1) == 3
    assert exact([[5], [6]]).at(2) == exact([[5, 6]]).at(2) == 6
    for outside in ((0, 1), (3, 1), (1, 3)):
        with pytest.raises(IndexError):
            m.at(*outside)


@given(st.integers(-(10**9), 10**9), st.integers(0, 12), st.integers(1, 8), st.sampled_from(["sf", "dp"]))
def test_digits_are_settled_by_floats_only_where_they_are(n: int, places: int, count: int, unit: str) -> None:
    """Enclosures near ties and powers of ten are told as `show` tells them."""
    digits = Digits(count, unit)
    for away in (0, 1, 3, 10**9):
        value = fmpq(2 * n + 1, 2 * 10**places) + fmpq(away, 10**40)
        with precision(128):
            ball = arb(value) + arb(0, 1e-39)
            try:
                show(ball, digits)
            except UndecidedError:
                with pytest.raises(UndecidedError):
                    settle_all([ball], digits)
            else:
                settle_all([ball], digits)
