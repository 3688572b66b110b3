"""The derivative as a reading of the tree: partials of scalar functions, and reverse mode.

No backward rule is written by hand. `partial` gives ∂f/∂x of a scalar formula; `pull` sends the
gradient of a loss from a rule's value back to the quantities in its expression, with matrices.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from dlsolve.errors import RuleError
from dlsolve.formula.algebra import ONE, ZERO, add, div, literal, mul, neg, number, over, power, sub
from dlsolve.formula.entries import substitute
from dlsolve.formula.functions import CONSTANTS, DEFINED, NATIVE_DERIVATIVES, body_of
from dlsolve.formula.parse import parse
from dlsolve.formula.tree import At, Bin, Call, Cmp, If, Mat, Name, Neg, Num, Ref, Transpose, Tree, nodes

Shape = tuple[int, int]
BY_OUTPUT = {"sigmoid": "s*(1 - s)", "tanh": "1 - s**2", "exp": "s"}
"""Derivatives written with the function's own value s, as a person does."""


# -- scalar partials ----------------------------------------------------------------------------


def partial(tree: Tree, by: Tree) -> Tree:
    """∂tree/∂by for a scalar formula; `by` is a name as it stands in the tree.

    Raises `RuleError` where a function has no derivative rule.
    """
    if tree == by:
        return ONE
    if by not in nodes(tree):
        return ZERO

    def d(node: Tree) -> Tree:
        return partial(node, by)

    match tree:
        case Bin("+", a, b):
            return add(d(a), d(b))
        case Bin("-", a, b):
            return sub(d(a), d(b))
        case Bin("*", a, b):
            return add(mul(d(a), b), mul(a, d(b)))
        case Bin("/", a, b):
            if by not in nodes(b):
                return div(d(a), b)
            return sub(div(d(a), b), div(mul(a, d(b)), power(b, Num("2"))))
        case Bin("**", a, b) if by not in nodes(b):
            n = number(b)
            lower = literal(n - 1) if n is not None else Bin("-", b, ONE)
            return mul(mul(b, power(a, lower)), d(a))
        case Bin("**", a, b):
            return mul(tree, add(mul(d(b), Call("ln", (a,))), div(mul(b, d(a)), a)))
        case Neg(a):
            return neg(d(a))
        case If(then, cond, other):
            return If(d(then), cond, d(other))
        case Call("max" | "min" as fn, (a, b)):
            return If(d(a), Cmp(">" if fn == "max" else "<", a, b), d(b))
        case Call(fn, args):
            return mul(derivative_call(fn, args), d(args[0]))
    raise RuleError(f"no derivative rule for {tree}")


def derivative_call(fn: str, args: tuple[Tree, ...]) -> Tree:
    """f′ at its first argument, written out. Raises `RuleError`."""
    if fn in DEFINED:
        definition = DEFINED[fn]
        if definition.derivative is None:
            raise RuleError(f"{fn} has no derivative that descent could use")
        return substitute(definition.derivative, dict(zip(definition.params, args, strict=True)))
    if fn in NATIVE_DERIVATIVES:
        return substitute(parse(NATIVE_DERIVATIVES[fn]), {"z": args[0]})
    raise RuleError(f"no derivative rule for {fn}")


# -- reverse mode -------------------------------------------------------------------------------


class Pull:
    """Sends a gradient back through one expression.

    `shape` gives the (rows, columns) of a quantity; `found` collects, for each quantity, the
    contributions to its gradient.
    """

    def __init__(self, shape: Callable[[Tree], Shape]) -> None:
        self.leaf_shape = shape
        self.found: dict[Tree, list[Tree]] = {}

    def shape(self, tree: Tree) -> Shape:
        """The shape of an expression over quantities."""
        match tree:
            case Num():
                return (1, 1)
            case Name("pi" | "e"):
                return (1, 1)
            case Name() | At() | Ref():
                return self.leaf_shape(tree)
            case Mat(rows):
                return len(rows), len(rows[0])
            case Transpose(a):
                n, m = self.shape(a)
                return m, n
            case Bin("@", a, b):
                return self.shape(a)[0], self.shape(b)[1]
            case Bin(_, a, b) | Cmp(_, a, b):
                (n, m), (k, j) = self.shape(a), self.shape(b)
                return max(n, k), max(m, j)
            case Neg(a):
                return self.shape(a)
            case If(a, cond, b):
                shapes = [self.shape(a), self.shape(cond), self.shape(b)]
                return max(s[0] for s in shapes), max(s[1] for s in shapes)
            case Call("sum" | "mean", _):
                return (1, 1)
            case Call("rowsum", (a,)):
                return self.shape(a)[0], 1
            case Call("colsum", (a,)):
                return 1, self.shape(a)[1]
            case Call(_, args):
                return self.shape(args[0])
        return (1, 1)

    def back(self, tree: Tree, g: Tree, output: Tree | None = None) -> None:
        """`g` is the gradient by the value of `tree`; `output` names that value where it has a name."""
        match tree:
            case Name(id_) if id_ in CONSTANTS:
                return
            case Name() | At() | Ref():
                self.found.setdefault(tree, []).append(self._full(g, tree))
            case Bin("+", a, b):
                self.back(a, self._fit(g, a))
                self.back(b, self._fit(g, b))
            case Bin("-", a, b):
                self.back(a, self._fit(g, a))
                self.back(b, self._fit(neg(g), b))
            case Bin("*", a, b):
                self.back(a, self._fit(mul(g, b), a))
                self.back(b, self._fit(mul(g, a), b))
            case Bin("/", a, b):
                self.back(a, self._fit(div(g, b), a))
                if not isinstance(b, Num):
                    self.back(b, self._fit(neg(div(mul(g, a), power(b, Num("2")))), b))
            case Bin("**", a, b):
                if number(b) is None:
                    raise RuleError("a power of a matrix needs a number as its exponent")
                self.back(a, mul(g, mul(b, power(a, literal((number(b) or fmpq(0)) - 1)))))
            case Bin("@", a, b):
                g = self._full(g, tree)
                self.back(a, Bin("@", g, Transpose(b)))
                self.back(b, Bin("@", Transpose(a), g))
            case Transpose(a):
                self.back(a, Transpose(self._full(g, tree)))
            case Neg(a):
                self.back(a, neg(g))
            case If(a, cond, b):
                self.back(a, If(g, cond, ZERO))
                self.back(b, If(ZERO, cond, g))
            case Call("sum", (a,)):
                self.back(a, g)
            case Call("mean", (a,)):
                self._mean(a, g)
            case Call("softmax" | "rowsoftmax" as fn, (a,)):
                s = output or tree
                down = fn == "softmax" and (self.shape(a)[0] > 1 or self.shape(a)[1] == 1)
                total = Call("colsum" if down else "rowsum", (mul(g, s),))
                self.back(a, mul(s, sub(g, total)))
            case Call("max" | "min" as fn, (a, b)):
                test = Cmp(">" if fn == "max" else "<", a, b)
                self.back(a, If(g, test, ZERO))
                self.back(b, If(ZERO, test, g))
            case Call(fn, args):
                self.back(args[0], mul(g, self._slope(fn, args, output)))
            case _:
                return

    def _mean(self, a: Tree, g: Tree) -> None:
        """Through a mean: as through the sum, divided by the number of values in the end, so that
        the factor 2 of a square and the n stand apart, as they are written: −2·(y − ŷ) / 4."""
        n, m = self.shape(a)
        inner = Pull(self.leaf_shape)
        inner.back(a, g)
        for leaf, terms in inner.found.items():
            total = terms[0]
            for term in terms[1:]:
                total = add(total, term)
            self.found.setdefault(leaf, []).append(over(total, n * m))

    def _slope(self, fn: str, args: tuple[Tree, ...], output: Tree | None) -> Tree:
        if fn == "linear":
            return ONE
        if output is not None and fn in BY_OUTPUT:
            return substitute(parse(BY_OUTPUT[fn]), {"s": output})
        if fn in NATIVE_DERIVATIVES and fn not in DEFINED and not isinstance(parse(NATIVE_DERIVATIVES[fn]), If):
            return derivative_call(fn, args)
        if body_of(fn + "_prime") is None:
            raise RuleError(f"{fn} has no derivative that descent could use")
        return Call(fn + "_prime", args)

    def _fit(self, g: Tree, node: Tree) -> Tree:
        """`g` summed over the directions along which `node` was spread (a bias over a batch)."""
        (n, m), (k, j) = self.shape(node), self.shape(g)
        if (n, m) == (1, 1) and (k, j) != (1, 1):
            return Call("sum", (g,))
        if n == k and m == 1 and j > 1:
            return Call("rowsum", (g,))
        if m == j and n == 1 and k > 1:
            return Call("colsum", (g,))
        return g

    def _full(self, g: Tree, node: Tree) -> Tree:
        """`g` in the shape of `node`, where a sum left it a single number."""
        if self.shape(g) == (1, 1) and self.shape(node) != (1, 1):
            return mul(g, Call("ones", (node,)))
        return g
