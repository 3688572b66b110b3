"""Eigenvalues and eigenvectors against SymPy and NumPy, and against themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sympy
from flint import acb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.polys.matrices import DomainMatrix

from dlsolve.errors import InputError, LimitError
from dlsolve.fields import read_problem
from dlsolve.formula.entries import substitute
from dlsolve.formula.evaluate import evaluate
from dlsolve.formula.tree import Call, Mat, Name, Neg, Num, Tree, nodes
from dlsolve.linalg.polynomial import factorise, faddeev_leverrier, from_faddeev
from dlsolve.linalg.reduce import Reduction, reduce_rows
from dlsolve.linalg.spectrum import spectrum
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits
from dlsolve.policy import Carry
from dlsolve.readings import exact_text, json_value
from dlsolve.solver import run
from dlsolve.topics.linear_algebra.eigen import TOPIC, Problem
from dlsolve.trace import Operation, Trace

Rows = list[list[Any]]


def _square(entries: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[Rows]:
    def grid(n: int) -> st.SearchStrategy[Rows]:
        return st.lists(st.lists(entries, min_size=n, max_size=n), min_size=n, max_size=n)

    return st.integers(1, most).flatmap(grid)


def _similar(blocks: tuple[list[tuple[int, int]], list[int]]) -> Rows:
    """L·J·L⁻¹ for Jordan blocks (eigenvalue, size) and the entries of a unit lower triangular L."""
    sizes, below = blocks
    n = sum(size for _, size in sizes)
    jordan = sympy.zeros(n)
    at = 0
    for value, size in sizes:
        for k in range(size):
            jordan[at + k, at + k] = value
            if k:
                jordan[at + k - 1, at + k] = 1
        at += size
    low = sympy.eye(n)
    for k, entry in enumerate(below):
        i, j = 1 + k % max(1, n - 1), k % max(1, n - 1)
        if i < n:
            low[i, j] = entry
    return [[int(e) for e in row] for row in (low * jordan * low.inv()).tolist()]


JORDAN = st.tuples(
    st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 3)), min_size=1, max_size=3).filter(
        lambda b: sum(size for _, size in b) <= 5
    ),
    st.lists(st.integers(-2, 2), min_size=4, max_size=4),
).map(_similar)
FRACTIONS = st.builds(lambda p, q: f"{p}/{q}", st.integers(-6, 6), st.integers(1, 6))
COMPANION = st.lists(st.integers(-3, 3), min_size=2, max_size=4).map(
    lambda c: [[int(j == i + 1) for j in range(len(c))] for i in range(len(c) - 1)] + [c]
)
MATRICES = st.one_of(
    _square(st.integers(-4, 4), 4), _square(st.integers(-1, 1), 5), _square(FRACTIONS, 3), JORDAN, COMPANION
)
PROBLEMS = MATRICES.map(lambda m: {"matrix": m})


def solve(matrix: Any, **how: Any) -> Trace:
    return run(TOPIC, read_problem(Problem, {"matrix": matrix}), **how)


def exact(matrix: Rows) -> list[list[fmpq]]:
    return [[fmpq(*map(int, str(e).split("/"))) for e in row] for row in matrix]


def number(value: Any) -> complex:
    ball = acb(number_ball(value))
    return complex(float(ball.real.mid()), float(ball.imag.mid()))


def values(trace: Trace, name: str) -> dict[int, Any]:
    """By number, every value called ``name_k``, as computed."""
    found = {k: s for k, s in trace.steps.items() if isinstance(k, tuple) and k[0] == name}
    return {int(k[1]): s.after for k, s in found.items() if isinstance(s, Operation)}


def checks_hold(trace: Trace) -> bool:
    assert trace.checks
    return all(c.holds for c in trace.checks)


# -- oracles --------------------------------------------------------------------------------------


def _oracle(matrix: Rows) -> tuple[sympy.Poly, sympy.Matrix]:
    a = sympy.Matrix([[sympy.Rational(str(e)) for e in row] for row in matrix])
    coefficients = DomainMatrix.from_Matrix(a).to_field().charpoly()
    x = sympy.Symbol("x")
    return sympy.Poly([sympy.QQ.to_sympy(sympy.QQ.convert(c)) for c in coefficients], x), a


def _roots(p: sympy.Poly) -> Iterator[tuple[complex, int]]:
    """Every root with its multiplicity, one irreducible factor at a time."""
    for factor, count in p.factor_list()[1]:
        for root in factor.nroots(n=20):
            yield complex(root), count


@given(MATRICES)
@settings(max_examples=220)
def test_it_agrees_with_sympy_and_numpy(matrix: Rows) -> None:
    trace = solve(matrix)
    p, a = _oracle(matrix)
    n = len(matrix)
    wanted = sorted((z for z, count in _roots(p) for _ in range(count)), key=lambda z: (round(z.real, 9), z.imag))
    found = values(trace, "lam")
    with precision(trace.bits):
        got = sorted((number(v) for v in found.values()), key=lambda z: (round(z.real, 9), z.imag))
        assert np.allclose(got, wanted, rtol=1e-9, atol=1e-9)
        # A v = λ v in plain doubles, and as many independent vectors as NumPy's rank leaves room for
        numeric = np.array(a.tolist(), dtype=complex)
        vectors = {k: np.array([number(e) for e in v.entries()]) for k, v in values(trace, "v").items()}
        for k, v in vectors.items():
            assert np.allclose(numeric @ v, number(found[k]) * v, rtol=1e-7, atol=1e-7 * max(1, np.abs(v).max()))
    assert checks_hold(trace)
    # diagonalisable exactly where the squarefree part of the polynomial annihilates A
    free = sympy.Poly(sympy.prod(f.as_expr() for f, _ in p.factor_list()[1]), p.gen)
    power = sympy.zeros(n)
    for c in free.all_coeffs():
        power = power * a + c * sympy.eye(n)
    assert trace.env["diagonalisable"] == ("yes" if power.is_zero_matrix else "no")
    assert len(vectors) + len(values(trace, "u")) == n
    for k, geometric in values(trace, "geo").items():
        if isinstance(found[k], fmpq):
            shifted = DomainMatrix.from_Matrix(a - sympy.Rational(str(found[k])) * sympy.eye(n)).to_field()
            assert geometric == n - shifted.rank()


@given(MATRICES)
@settings(max_examples=60)
def test_trace_and_determinant_are_sympys(matrix: Rows) -> None:
    trace = solve(matrix)
    _, a = _oracle(matrix)
    assert str(trace.env["trace"]) == str(a.trace())
    assert str(trace.env["det"]) == str(a.det())


@given(st.lists(st.lists(st.integers(-5, 5), min_size=6, max_size=6), min_size=6, max_size=6))
@settings(max_examples=15)
def test_six_by_six(matrix: Rows) -> None:
    trace = solve(matrix)
    p, _ = _oracle(matrix)
    assert checks_hold(trace)
    found = factorise(from_faddeev(faddeev_leverrier(exact(matrix)))).factors
    wanted = sorted((int(f.degree()), int(count)) for f, count in p.factor_list()[1])
    assert sorted((f.degree(), count) for f, count in found) == wanted


# -- what is written ------------------------------------------------------------------------------


def _lines(trace: Trace) -> Iterator[Tree]:
    """The lines of the determinant that are formulas in λ alone."""
    for item in trace.items:
        if isinstance(item, Operation) and trace.sections[item.section] == "Characteristic polynomial":
            whole = isinstance(item.after, Tree) and not isinstance(item.after, Mat)
            if whole and "minor " not in item.rule and not any(isinstance(n, Call | Mat) for n in nodes(item.after)):
                yield item.after


@given(_square(st.integers(-3, 3), 4))
@settings(max_examples=40)
def test_every_line_of_the_determinant_is_the_determinant(matrix: Rows) -> None:
    lines = list(_lines(solve(matrix)))
    assert lines
    for at in (-2, 0, 3):
        here: Tree = Neg(Num(str(-at))) if at < 0 else Num(str(at))
        found = {str(evaluate(substitute(line, {"lam": here}))) for line in lines}
        shifted = sympy.Matrix(matrix) - at * sympy.eye(len(matrix))
        assert found == {str(shifted.det())}


def _replayed(reduction: Reduction) -> None:
    for n, step in enumerate(reduction.operations):
        rows = [list(r) for r in reduction.states[n]]
        target, source = step.target - 1, step.source - 1
        if step.kind == "swap":
            rows[target], rows[source] = rows[source], rows[target]
        elif step.kind == "scale":
            rows[target] = [e / step.factor for e in rows[target]]
        else:
            rows[target] = [a - step.factor * b for a, b in zip(rows[target], rows[source], strict=True)]
        assert tuple(map(tuple, rows)) == reduction.states[n + 1]


@given(MATRICES)
@settings(max_examples=60)
def test_row_operations_replayed_give_the_states(matrix: Rows) -> None:
    rows = exact(matrix)
    _replayed(reduce_rows(rows))
    end = sympy.Matrix([[sympy.Rational(str(e)) for e in r] for r in rows]).rref()[0]
    assert [[str(e) for e in r] for r in reduce_rows(rows).states[-1]] == [[str(e) for e in r] for r in end.tolist()]
    with precision(128):
        for e in spectrum(rows, factorise(from_faddeev(faddeev_leverrier(rows))).factors):
            _replayed(e.reduction)
            for link in e.links:
                if link.reduction:
                    _replayed(link.reduction)


# -- the notes, and each sort of matrix -------------------------------------------------------------


def test_the_two_by_two_of_the_notes() -> None:
    trace = solve([[1, 2], [5, 4]])
    assert values(trace, "lam") == {1: fmpq(6), 2: fmpq(-1)}
    shown = {k: s.shown for k, s in trace.steps.items() if isinstance(s, Operation)}
    assert shown["v", 1] == "c·(1, 5/2)"
    assert shown["v", 2] == "c·(1, −1)"
    assert json_value(trace.env["char_poly"]) == "lam**2 - 5*lam - 6"
    split = next(i for i in trace.items if isinstance(i, Operation) and i.rule == "split the middle term")
    assert json_value(split.after) == "lam**2 + lam - 6*lam - 6 == 0"


def test_the_three_by_three_of_the_notes_is_defective() -> None:
    trace = solve([[1, 1, 1], [-1, -1, -1], [0, 0, 1]])
    assert trace.env["multiplicities"] == "0 twice, 1 once"
    assert trace.env["diagonalisable"] == "no"
    assert values(trace, "v")[1] == Matrix.column([fmpq(1), fmpq(-1), fmpq(0)])
    assert values(trace, "v")[3] == Matrix.column([fmpq(1), fmpq(-1), fmpq(1)])  # the notes print (1, -1, -1)
    assert values(trace, "u")[2] == Matrix.column([fmpq(1), fmpq(0), fmpq(0)])


@pytest.mark.parametrize(
    ("matrix", "texts", "told"),
    [
        ([[1, 2], [3, 4]], ["(5+sqrt(33))/2", "(5-sqrt(33))/2"], [5.372281323269014, -0.3722813232690143]),
        ([[1, -2], [2, 1]], ["1+2i", "1-2i"], ["1+2i", "1-2i"]),
        ([[0, -1], [1, 0]], ["i", "-i"], ["i", "-i"]),
        ([["1/2", 0], [0, "-1/3"]], ["1/2", "-1/3"], [0.5, -1 / 3]),
        ([[0, 0], [0, 0]], ["0", "0"], [0, 0]),
        ([[7]], ["7"], [7]),
        ([[0, 1, 0], [0, 0, 1], [2, 0, 0]], [None] * 3, [1.2599210498948732, "-0.6299605249474366+1.0911236359717214i",
                                                         "-0.6299605249474366-1.0911236359717214i"]),
    ],
)  # fmt: skip
def test_exact_texts_and_json_values(matrix: Rows, texts: list[str | None], told: list[Any]) -> None:
    trace = solve(matrix)
    with precision(trace.bits):
        found = list(values(trace, "lam").values())
        assert [exact_text(v) for v in found] == texts
        assert [json_value(v) for v in found] == pytest.approx(told) if all(
            isinstance(v, float | int) for v in told) else [json_value(v) for v in found] == told  # fmt: skip


@pytest.mark.parametrize(
    ("matrix", "shape"),
    [
        ([[2, 0], [0, 3]], "diagonal"),
        ([[2, 1], [0, 3]], "upper triangular"),
        ([[2, 0], [1, 3]], "lower triangular"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], "diagonal"),
    ],
)
def test_diagonal_and_triangular_matrices_are_noticed(matrix: Rows, shape: str) -> None:
    assert any(getattr(i, "text", "").startswith(f"A is {shape}:") for i in solve(matrix).items)


def test_two_chains_of_one_eigenvalue() -> None:
    nilpotent = [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]
    trace = solve(nilpotent)
    assert len(values(trace, "v")) == 2
    assert len(values(trace, "u")) == 3
    assert checks_hold(trace)


@given(MATRICES, st.sampled_from(["unit", "integer"]))
@settings(max_examples=40)
def test_normalisations(matrix: Rows, how: str) -> None:
    trace = solve(matrix, conventions={"normalise": how})
    assert checks_hold(trace)
    with precision(trace.bits):
        for v in values(trace, "v").values():
            if how == "unit":
                assert sum(abs(number(e)) ** 2 for e in v.entries()) == pytest.approx(1)
            elif not any(isinstance(e, Algebraic) for e in v.entries()):
                assert all(e.q == 1 for e in v.entries())


@given(MATRICES)
@settings(max_examples=25)
def test_carrying_rounds_what_is_written_and_nothing_else(matrix: Rows) -> None:
    carried, full = solve(matrix, policy=Carry(Digits(3)), digits=Digits(3)), solve(matrix)
    assert carried.env["multiplicities"] == full.env["multiplicities"]
    assert checks_hold(carried)


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match=r"\$\.given\.matrix.*not square.*2×3"):
        solve([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(InputError, match="at most 12×12"):
        solve([[0] * 13] * 13)
    with pytest.raises(LimitError, match="irreducible factor of degree 12"):
        solve([[(i * 7919 + j * 104729 + i * j) ** 9 % (10**50 + 151) for j in range(12)] for i in range(12)])


def test_a_name_of_a_formula_is_declared() -> None:
    trace = solve([[2, -1, 0], [1, 3, 1], [0, 1, 1]])
    known = {*TOPIC.notation.table, "i"}
    for item in trace.items:
        if isinstance(item, Operation):
            for side in (item.before, item.after):
                if isinstance(side, Tree):
                    assert {n.id for n in nodes(side) if isinstance(n, Name)} <= known
