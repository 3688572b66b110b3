"""Closed forms against SymPy and against their own decimals; what has none is left alone."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
import sympy
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from dlsolve.formula.closed import closed
from dlsolve.formula.compiled import EXACT
from dlsolve.formula.evaluate import evaluate
from dlsolve.formula.parse import parse
from dlsolve.formula.rules import rules
from dlsolve.formula.text import python
from dlsolve.notation import Notation, Quantity, Symbols
from dlsolve.numbers.closed import Closed, combine, square_root
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits
from dlsolve.policy import Carry
from dlsolve.trace import Step, Trace

NAMES = Notation([Quantity(n, n) for n in ("a", "b", "x", "y", "z", "u")])
SMALL = st.fractions(0, 50, max_denominator=40).filter(lambda f: f > 0)


def form(expr: str, earlier: str = "", **values: Any) -> str | None:
    """The closed form of ``z = expr``, in the rule language."""
    book = rules(f"    {earlier}\n    z = {expr}" if earlier else f"    z = {expr}")
    with precision(128):
        t = Trace(Symbols(NAMES), book, {}, EXACT)
        for name, value in values.items():
            t.given(name, value)
        for one in book:
            t.let(one.id)
        step = t.steps["z"]
        assert isinstance(step, Step)
        tree = closed(t, step)
    return None if tree is None else python(tree)


@pytest.mark.parametrize(
    ("expr", "shown"),
    [
        ("sqrt(8)", "2*sqrt(2)"),
        ("1/sqrt(2)", "sqrt(2)/2"),
        ("sqrt(3/4)", "sqrt(3)/2"),
        ("(1 + sqrt(5))/2", "1/2 + sqrt(5)/2"),
        ("sqrt(6)*sqrt(10)", "2*sqrt(15)"),
        ("sqrt(2)*sqrt(2)", None),  # rational: a fraction says it
        ("log2(10)", "log2(10)"),
        ("log2(12)", "log2(3) + 2"),
        ("log10(5)", "1 - log10(2)"),
        ("ln(6)/ln(2)", "log2(3) + 1"),
        ("log2(3)*ln(2)", "ln(3)"),
        ("-(0.7*log2(0.7) + 0.2*log2(0.2) + 0.1*log2(0.1))", "log2(10) - 7/10*log2(7) - 1/5"),
        ("exp(-1/2)", "exp(-1/2)"),
        ("exp(2)*exp(-1)/3", "exp(1)/3"),
        ("log2(3)*log2(5)", None),
        ("1/(1 + exp(-1))", None),
        ("sqrt(2 + sqrt(2))", None),
        ("tanh(1)", None),
        ("pi*2", None),
        ("sqrt(1000003)", None),
    ],
)
def test_what_a_person_writes(expr: str, shown: str | None) -> None:
    assert form(expr) == (shown and python(parse(shown)))


@given(
    st.lists(st.tuples(st.integers(-9, 9), SMALL), min_size=1, max_size=4),
    st.sampled_from(["log2", "ln", "log10", "sqrt"]),
)
def test_a_form_has_the_value_of_its_formula(parts: list[tuple[int, Fraction]], fn: str) -> None:
    text = " + ".join(f"({n})*{fn}({f.numerator}/{f.denominator})" for n, f in parts)
    shown = form(text)
    true = sum(n * {"log2": math.log2, "ln": math.log, "log10": math.log10, "sqrt": math.sqrt}[fn](f) for n, f in parts)
    if shown is not None:
        read = evaluate(parse(shown), EXACT)
        assert float(read.mid() if hasattr(read, "mid") else Fraction(int(read.p), int(read.q))) == pytest.approx(true)


@given(st.integers(1, 99), st.integers(1, 99))
def test_roots_agree_with_sympy(p: int, q: int) -> None:
    exact = sympy.sqrt(sympy.Rational(p, q))
    found = square_root(fmpq(p, q))
    with precision(128):
        number = float(found.ball().mid()) if isinstance(found, Closed) else int(found.p) / int(found.q)
    assert number == pytest.approx(float(exact))
    assert isinstance(found, Closed) != exact.is_Rational


def test_through_earlier_steps_and_matrices() -> None:
    assert form("x/2 + 1", "x = sqrt(a)", a=fmpq(12)) == "1 + sqrt(3)"
    unit = form("u/sqrt(sum(u*u))", u=Matrix.column([fmpq(1), fmpq(1)]))
    assert unit == python(parse("[[sqrt(2)/2], [sqrt(2)/2]]"))


def test_nothing_is_claimed_of_rounded_values() -> None:
    with precision(128):
        t = Trace(Symbols(NAMES), rules("    z = sqrt(a)"), {}, EXACT, Carry(Digits(4)))
        t.given("a", fmpq(2))
        t.let("z")
        step = t.steps["z"]
        assert isinstance(step, Step)
        assert closed(t, step) is None


def test_sums_stay_small() -> None:
    assert combine([((), fmpq(1)), (("sqrt", 2), fmpq(0))]) == 1
