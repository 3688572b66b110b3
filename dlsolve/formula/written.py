"""Exact values as trees: fractions, surds, polynomials, matrices of them, products of factors.

So what is no formula of a topic (a matrix with λ in its cells, a factorised polynomial) is still
written by every hand, and reads back as what it says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from flint import fmpq, fmpq_poly

from dlsolve.formula.text import python
from dlsolve.formula.tree import Bin, Call, Mat, Name, Neg, Num, Tree
from dlsolve.numbers.algebraic import Algebraic

LAM = Name("lam")
IMAGINARY = Name("i")


def exact_number(value: Any) -> Tree:
    """A rational, or a number of a quadratic field, exactly: −3/4, (5 + √33)/2, 1 + 2i.

    A number of a higher field is written in its root: λ² − 2.
    """
    if isinstance(value, Algebraic):
        return _surd(value) if value.surd is not None else polynomial(value.poly)
    p, q = int(value.p), int(value.q)
    top: Tree = Num(str(abs(p)))
    whole = top if q == 1 else Bin("/", top, Num(str(q)))
    return Neg(whole) if p < 0 else whole


def _surd(value: Algebraic) -> Tree:
    assert value.surd is not None
    a, b, m = value.surd
    below = math.lcm(int(a.q), int(b.q))
    p, q = int(a.p) * below // int(a.q), int(b.p) * below // int(b.q)
    radical: list[Tree] = [] if abs(int(m)) == 1 else [Call("sqrt", (Num(str(abs(int(m)))),))]
    radical += [IMAGINARY] if m < 0 else []
    term = product(([] if abs(q) == 1 else [Num(str(abs(q)))]) + radical)
    over: Tree = term
    if p:
        over = Bin("-" if q < 0 else "+", exact_number(fmpq(p)), term)
    if below > 1:
        over = Bin("/", over, Num(str(below)))
    return Neg(over) if q < 0 and not p else over


def written_exact(value: Algebraic) -> str | None:
    """``(5+sqrt(33))/2`` or ``1+2i``; None where only decimals say what it is."""
    if value.surd is None:
        return None
    return python(_surd(value)).replace(" ", "").replace("*i", "i")


def polynomial(poly: fmpq_poly, variable: Tree = LAM) -> Tree:
    """By descending powers, zero terms left out: λ² − 5λ − 6, −λ³ + λ²; a number less the variable
    stays one, as on the diagonal of A − λI: 1 − λ."""
    out: Tree | None = None
    order = range(poly.degree(), -1, -1)
    for n in reversed(order) if poly.degree() == 1 and poly[1] < 0 else order:
        c = poly[n]
        if c == 0:
            continue
        size = monomial(abs(c), n, variable)
        if out is None:
            out = Neg(size) if c < 0 else size
        else:
            out = Bin("-" if c < 0 else "+", out, size)
    return out if out is not None else Num("0")


def monomial(coefficient: fmpq, power: int, variable: Tree = LAM) -> Tree:
    """c·λⁿ for c ≥ 0, without a factor 1."""
    if power == 0:
        return exact_number(coefficient)
    raised = variable if power == 1 else Bin("**", variable, Num(str(power)))
    return raised if coefficient == 1 else Bin("*", exact_number(coefficient), raised)


def product(factors: Iterable[Tree]) -> Tree:
    """The factors multiplied; 1 for none."""
    out: Tree | None = None
    for factor in factors:
        out = factor if out is None else Bin("*", out, factor)
    return out if out is not None else Num("1")


def total(terms: Iterable[tuple[bool, Tree]]) -> Tree:
    """(minus?, term) added up; 0 for none."""
    out: Tree | None = None
    for minus, term in terms:
        if out is None:
            out = Neg(term) if minus else term
        else:
            out = Bin("-" if minus else "+", out, term)
    return out if out is not None else Num("0")


def powers(factors: Sequence[tuple[fmpq_poly, int]], leading: fmpq | None = None, variable: Tree = LAM) -> Tree:
    """leading · (λ − 6)·(λ + 1)²: a factorised polynomial."""
    trees: list[Tree] = []
    for factor, count in factors:
        tree = polynomial(factor, variable)
        trees.append(tree if count == 1 else Bin("**", tree, Num(str(count))))
    if leading is None or leading == 1:
        return product(trees)
    return Neg(product(trees)) if leading == -1 else product([exact_number(leading), *trees])


def cells(rows: Iterable[Iterable[Any]], variable: Tree = LAM) -> Mat:
    """Rows of exact numbers or polynomials in λ, or in another variable, as a matrix."""
    return Mat(
        tuple(
            tuple(polynomial(e, variable) if isinstance(e, fmpq_poly) else exact_number(e) for e in row) for row in rows
        )
    )


def linear(coefficients: Iterable[Any], unknowns: Sequence[Tree]) -> Tree:
    """2x₁ − x₃: the terms of a linear equation, zero terms left out."""
    return total(linear_terms(coefficients, unknowns))


def linear_terms(coefficients: Iterable[Any], unknowns: Sequence[Tree]) -> list[tuple[bool, Tree]]:
    """(minus?, term) of `linear`, for a sum that goes on."""
    terms: list[tuple[bool, Tree]] = []
    for c, unknown in zip(coefficients, unknowns, strict=True):
        if c == 0:
            continue
        if isinstance(c, Algebraic):
            tree = exact_number(c)
            minus = isinstance(tree, Neg)
            terms.append((minus, Bin("*", tree.arg if isinstance(tree, Neg) else tree, unknown)))
        else:
            terms.append((c < 0, unknown if abs(c) == 1 else Bin("*", exact_number(abs(c)), unknown)))
    return terms
