"""Solving a polynomial in λ as by hand: rational roots divided out, the middle term split, the formula."""

from __future__ import annotations

from flint import fmpq, fmpq_poly

from dlsolve.formula.text import one_line, unicode
from dlsolve.formula.tree import Bin, Call, Num, Tree
from dlsolve.formula.written import LAM, exact_number, polynomial, powers, product, total
from dlsolve.linalg.polynomial import Factorisation, middle_split, whole
from dlsolve.numbers.algebraic import Algebraic
from dlsolve.trace import Trace
from dlsolve.worked.text import equals_zero, text_of


def factorise(t: Trace, parts: Factorisation, variable: Tree = LAM) -> None:
    """Write the way from p(λ) = 0 to its factors over the rationals."""
    letter = one_line(unicode(variable, t.symbols))
    first = line = equals_zero(polynomial(parts.primitive, variable))
    by = parts.multiplied_by
    t.operation(f"p({letter}) = 0" + (f", times {text_of(t, by, bracket=True)}" if by != 1 else ""), None, line)
    end = equals_zero(powers([(whole(f), m) for f, m in parts.factors], variable=variable))
    rest, done = parts.primitive, list[tuple[fmpq_poly, int]]()
    for factor, count in sorted(parts.factors, key=lambda f: f[0] != fmpq_poly([0, 1])):
        if rest.degree() <= 2 or factor.degree() > 1:
            break
        rest = _divided(rest, factor, count)
        done.append((whole(factor), count))
        after = equals_zero(
            product([powers(done, variable=variable), *([polynomial(rest, variable)] if rest.degree() > 0 else [])])
        )
        root = text_of(t, -factor[0])
        name = (
            "common factor"
            if factor[0] == 0
            else f"{letter} = {root} is a root: divide by {letter} − {text_of(t, -factor[0], bracket=True)}"
        )
        t.operation(name + (f", {count} times" if count > 1 else ""), line, after)
        line = after
    if rest.degree() == 2 and _quadratic(t, rest, variable) and end not in (line, first):
        t.operation("factorised", None, end)
    elif rest.degree() > 2 and line != end:
        t.operation("factors over the rationals", line, end)
    for factor, _ in parts.factors:
        if factor.degree() == 2 and rest.degree() > 2:
            _formula(t, whole(factor), variable)
        elif factor.degree() > 2:
            tree = one_line(unicode(polynomial(whole(factor), variable), t.symbols))
            t.note(f"{tree} has no factor with rational coefficients: its roots are certified decimals, "
                   f"each settled in every digit shown.")  # fmt: skip


def _divided(poly: fmpq_poly, factor: fmpq_poly, count: int) -> fmpq_poly:
    for _ in range(count):
        poly = poly // factor
    return whole(poly)


def _quadratic(t: Trace, q: fmpq_poly, variable: Tree) -> bool:
    """The last quadratic factor, in whole numbers. Returns whether it has rational roots."""
    found = middle_split(q)
    if found is None:
        _formula(t, q, variable)
        return False
    if q[1] == 0 or q[0] == 0:
        return True  # λ² − 4 and λ² + 3λ are factorised at sight
    m, n = (fmpq(k) for k in found)
    terms = [(k < 0, polynomial(fmpq_poly([0, abs(k)]), variable)) for k in (m, n)]
    square: Tree = polynomial(fmpq_poly([0, 0, q[2]]), variable)
    line = total([(False, square), *terms, (q[0] < 0, exact_number(abs(q[0])))])
    near, far = (text_of(t, k, bracket=True) for k in (m, n))
    why = f"{text_of(t, m)} + {far} = {text_of(t, q[1])} and {near}·{far} = {text_of(t, q[2] * q[0])}"
    t.operation("split the middle term", equals_zero(polynomial(q, variable)), equals_zero(line), why=why)
    return True


def _formula(t: Trace, q: fmpq_poly, variable: Tree) -> None:
    """Δ = b² − 4ac of a quadratic without rational roots."""
    a, b, c = (exact_number(q[k]) for k in (2, 1, 0))
    inside = Bin("-", Bin("**", b, Num("2")), Bin("*", Bin("*", Num("4"), a), c))
    disc = _discriminant(q)
    letter = one_line(unicode(variable, t.symbols))
    t.note(f"The middle term does not split in whole numbers; the formula: {letter} = (−b ± √Δ) / (2a), Δ = b² − 4ac.")
    t.operation("Δ = b² − 4ac", inside, exact_number(disc), why="Δ < 0: a complex pair" if disc < 0 else "")


def _discriminant(q: fmpq_poly) -> fmpq:
    return q[1] ** 2 - 4 * q[2] * q[0]


def root_line(value: fmpq | Algebraic, factor: fmpq_poly, variable: Tree = LAM) -> tuple[str, Tree]:
    """(rule, line) from which the root `value` of the irreducible `factor` is read."""
    q = whole(factor)
    if not isinstance(value, Algebraic) or value.surd is None:
        rule = "root of" if factor.degree() == 1 else "certified root of"
        return rule, equals_zero(polynomial(q, variable))
    disc = Call("sqrt", (exact_number(_discriminant(q)),))
    sign = "+" if value.surd[1] > 0 else "-"
    return "(−b ± √Δ) / (2a)", Bin("/", Bin(sign, exact_number(-q[1]), disc), Bin("*", Num("2"), exact_number(q[2])))
