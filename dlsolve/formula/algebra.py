"""Trees put together as a person writes them: no terms of 0, no factors of 1, one sign in front."""

from __future__ import annotations

from flint import fmpq

from dlsolve.formula.tree import Bin, Neg, Num, Tree
from dlsolve.numbers.exact import read

ZERO = Num("0")
ONE = Num("1")


def number(tree: Tree) -> fmpq | None:
    """The value of a literal number or fraction, with its sign; None for anything else."""
    if isinstance(tree, Num):
        return read(tree.text)
    if isinstance(tree, Neg):
        inner = number(tree.arg)
        return None if inner is None else -inner
    if isinstance(tree, Bin) and tree.op == "/" and isinstance(tree.left, Num) and isinstance(tree.right, Num):
        return read(tree.left.text) / read(tree.right.text)
    return None


def literal(value: fmpq) -> Tree:
    """A whole number or a fraction as a tree."""
    top: Tree = Num(str(abs(int(value.p))))
    tree: Tree = top if value.q == 1 else Bin("/", top, Num(str(int(value.q))))
    return Neg(tree) if value < 0 else tree


def add(a: Tree, b: Tree) -> Tree:
    """a + b, a term of 0 left out, a negative one subtracted."""
    x, y = number(a), number(b)
    if x == 0:
        return b
    if y == 0:
        return a
    if x is not None and y is not None:
        return literal(x + y)
    if isinstance(b, Neg):
        return Bin("-", a, b.arg)
    return Bin("+", a, b)


def neg(a: Tree) -> Tree:
    """−a; of a difference, the difference the other way round."""
    if isinstance(a, Neg):
        return a.arg
    if number(a) == 0:
        return a
    if isinstance(a, Bin) and a.op == "-":
        return Bin("-", a.right, a.left)
    return Neg(a)


def sub(a: Tree, b: Tree) -> Tree:
    """a − b, a term of 0 left out."""
    if number(b) == 0:
        return a
    if number(a) == 0:
        return neg(b)
    return add(a, Neg(b)) if not isinstance(b, Neg) else add(a, b.arg)


def mul(a: Tree, b: Tree) -> Tree:
    """a·b, number first, 0 and 1 and signs taken care of."""
    x, y = number(a), number(b)
    if x == 0 or y == 0:
        return ZERO
    if x == 1:
        return b
    if y == 1:
        return a
    if x is not None and y is not None:
        return literal(x * y)
    if isinstance(a, Neg):
        return neg(mul(a.arg, b))
    if isinstance(b, Neg):
        return neg(mul(a, b.arg))
    if y is not None:
        return mul(b, a)
    if isinstance(a, Bin) and a.op == "/" and number(a.left) == 1:
        return div(b, a.right)
    if isinstance(b, Bin) and b.op == "/" and number(b.left) == 1:
        return div(a, b.right)
    if x is not None:
        return _scaled(x, b)
    if isinstance(b, Bin) and b.op == "*" and number(b.left) is not None:
        return mul(b.left, mul(a, b.right))
    return Bin("*", a, b)


def _scaled(x: fmpq, b: Tree) -> Tree:
    """A number times a tree: one number in front, its denominator below."""
    if isinstance(b, Bin) and b.op in "*/":
        inner = number(b.left)
        if inner is not None:
            return _scaled(x * inner, b.right) if b.op == "*" else div(literal(x * inner), b.right)
        below = number(b.right) if b.op == "/" else None
        if below is not None:
            return _scaled(x / below, b.left)
        if b.op == "/":
            return div(_scaled(x, b.left), b.right)
        if isinstance(b.left, Bin) and b.left.op == "/" and number(b.left.right) is not None:
            return mul(_scaled(x, b.left), b.right)  # 2·(λ/2)·w is λ·w
    if x < 0:
        return neg(_scaled(-x, b))
    top = b if x.p == 1 else Bin("*", Num(str(int(x.p))), b)
    return top if x.q == 1 else Bin("/", top, Num(str(int(x.q))))


def div(a: Tree, b: Tree) -> Tree:
    """a / b, numbers put together, the sign in front."""
    x, y = number(a), number(b)
    if x == 0:
        return ZERO
    if y == 1:
        return a
    if isinstance(a, Neg):
        return neg(div(a.arg, b))
    if x is not None and y is not None and y != 0:
        return literal(x / y)
    if y is not None and y != 0:
        return _scaled(1 / y, a)
    if isinstance(a, Bin) and a.op == "/" and number(a.right) is not None:
        return Bin("/", a.left, mul(a.right, b))
    return Bin("/", a, b)


def power(a: Tree, b: Tree) -> Tree:
    """a to the power of b, exponents 0 and 1 taken care of."""
    n = number(b)
    if n == 0:
        return ONE
    if n == 1:
        return a
    return Bin("**", a, b)


def over(tree: Tree, count: int) -> Tree:
    """`tree` divided by a count, its own numbers left as they are."""
    if count == 1:
        return tree
    if isinstance(tree, Neg):
        return neg(over(tree.arg, count))
    return ZERO if number(tree) == 0 else Bin("/", tree, Num(str(count)))
