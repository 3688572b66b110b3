"""A pocket calculator that shares no code with dlsolve: types a printed line in, reads the value.

Fractions while they last, 200 digits after that; matrices are NumPy arrays of such numbers.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from mpmath import mp, mpf

mp.dps = 200
LONGEST_POWER = 4_000


class Cannot(Exception):
    """The line is no line of numbers."""


def _real(x: Any) -> Any:
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def _both(op: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(a: Any, b: Any) -> Any:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return op(a, b)
        return op(_real(a), _real(b))

    return apply


def _power(a: Any, b: Any) -> Any:
    if isinstance(b, Fraction) and b.denominator == 1:
        n = int(b)
        size = a.numerator.bit_length() + a.denominator.bit_length() if isinstance(a, Fraction) else 0
        return a**n if not isinstance(a, Fraction) or abs(n) * size < 16 * LONGEST_POWER else _real(a) ** n
    if b == Fraction(1, 2):
        return _sqrt(a)
    return mp.power(_real(a), _real(b))


def _sqrt(x: Any) -> Any:
    if isinstance(x, Fraction) and x >= 0:
        top, bottom = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if top * top == x.numerator and bottom * bottom == x.denominator:
            return Fraction(top, bottom)
    if x < 0:
        raise ValueError(f"sqrt({x})")
    return mp.sqrt(_real(x))


def _cos(x: Any) -> Any:
    """0, ±1/2 and ±1, the cosines of multiples of π/3 and π/2, as fractions: ties are then rounded as ties."""
    value = mp.cos(_real(x))
    near = Fraction(int(mp.nint(2 * value)), 2)
    return near if abs(value - _real(near)) < mpf(10) ** (10 - mp.dps) else value


def _log(base: int | None) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        if x <= 0:
            raise ValueError(f"log({x})")
        if x == 1:
            return Fraction(0)
        out = mp.log(_real(x)) if base is None else mp.log(_real(x), base)
        near = round(float(out))
        if base is not None and isinstance(x, Fraction) and Fraction(base) ** near == x:
            return Fraction(near)
        return out

    return apply


def _exp(x: Any) -> Any:
    return Fraction(1) if x == 0 else mp.exp(_real(x))


def _sigmoid(x: Any) -> Any:
    return _divide(Fraction(1), _add(Fraction(1), _exp(-x)))


_add, _divide, _times = _both(operator.add), _both(operator.truediv), _both(operator.mul)
_OPS: dict[type[Any], Callable[[Any, Any], Any]] = {
    ast.Add: _add,
    ast.Sub: _both(operator.sub),
    ast.Mult: _times,
    ast.Div: _divide,
    ast.Pow: _power,
    ast.Lt: _both(operator.lt),
    ast.LtE: _both(operator.le),
    ast.Gt: _both(operator.gt),
    ast.GtE: _both(operator.ge),
    ast.Eq: _both(operator.eq),
    ast.NotEq: _both(operator.ne),
}
_ONE, _ZERO = Fraction(1), Fraction(0)
_EACH: dict[str, Callable[..., Any]] = {
    "exp": _exp,
    "sqrt": _sqrt,
    "ln": _log(None),
    "log": _log(None),
    "log2": _log(2),
    "log10": _log(10),
    "abs": abs,
    "tanh": lambda x: _ZERO if x == 0 else mp.tanh(_real(x)),
    "erf": lambda x: _ZERO if x == 0 else mp.erf(_real(x)),
    "erfinv": lambda x: _ZERO if x == 0 else mp.erfinv(_real(x)),
    # far to the left 1 + erf cancels: Φ(−19) is 8.5e-81
    "Phi": lambda x: Fraction(1, 2) if x == 0 else mp.erfc(-_real(x) / mp.sqrt(2)) / 2,
    "factorial": lambda x: Fraction(math.factorial(int(x))),
    "comb": lambda n, k: Fraction(math.comb(int(n), int(k))),
    "sin": lambda x: _ZERO if x == 0 else mp.sin(_real(x)),
    "cos": lambda x: _ONE if x == 0 else _cos(x),
    "acos": lambda x: _ZERO if x == 1 else mp.acos(_real(x)),
    "tan": lambda x: _ZERO if x == 0 else mp.tan(_real(x)),
    "floor": lambda x: Fraction(math.floor(x)),
    "ones": lambda x: _ONE,
    "linear": lambda x: x,
    "linear_prime": lambda x: _ONE,
    "step": lambda x: _ONE if x >= 0 else _ZERO,
    "sigmoid": _sigmoid,
    "sigmoid_prime": lambda x: _times(_sigmoid(x), 1 - _sigmoid(x)),
    "tanh_prime": lambda x: _ONE if x == 0 else 1 - mp.tanh(_real(x)) ** 2,
    "relu": lambda x: max(x, _ZERO),
    "relu_prime": lambda x: _ONE if x > 0 else _ZERO,
    "leaky_relu": lambda x, slope: x if x > 0 else _times(slope, x),
    "leaky_relu_prime": lambda x, slope: _ONE if x > 0 else slope,
    "elu": lambda x, alpha: x if x > 0 else _times(alpha, _exp(x) - 1),
    "elu_prime": lambda x, alpha: _ONE if x > 0 else _times(alpha, _exp(x)),
    "gelu": lambda x: _times(x, _divide(_add(_ONE, _EACH["erf"](_divide(x, _sqrt(Fraction(2))))), Fraction(2))),
    "abs_prime": lambda x: Fraction((x > 0) - (x < 0)),
}


def _array(x: Any) -> bool:
    return isinstance(x, np.ndarray)


def _spread(fn: Callable[..., Any], *args: Any) -> Any:
    return np.frompyfunc(fn, len(args), 1)(*args) if any(map(_array, args)) else fn(*args)


def _total(x: Any, axis: int | None = None) -> Any:
    if not _array(x):
        return x
    add = np.frompyfunc(_add, 2, 1)
    return add.reduce(x.reshape(-1)) if axis is None else add.reduce(x, axis=axis, keepdims=True)


def _matmul(a: Any, b: Any) -> Any:
    rows = [[_total(_spread(_times, a[i], b[:, j])) for j in range(b.shape[1])] for i in range(a.shape[0])]
    return _matrix(rows)


def _matrix(rows: list[list[Any]]) -> Any:
    out = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            out[i, j] = cell
    return out


def _softmax(x: Any, by_row: bool) -> Any:
    powers = _spread(_exp, x)
    axis = 1 if by_row or (x.shape[0] == 1 and x.shape[1] > 1) else 0
    return _spread(_divide, powers, _total(powers, axis))


def _call(fn: str, args: list[Any]) -> Any:
    match fn:
        case "sum":
            return _total(args[0]) if len(args) == 1 else _total(np.array(args, dtype=object))
        case "mean":
            return _divide(_total(args[0]), Fraction(args[0].size if _array(args[0]) else 1))
        case "rowsum" | "colsum":
            return _total(args[0], 1 if fn == "rowsum" else 0)
        case "softmax" | "rowsoftmax":
            return _softmax(args[0], by_row=fn == "rowsoftmax")
        case "transpose":
            return args[0].T if _array(args[0]) else args[0]
        case "count":
            return Fraction(sum(map(bool, args)))
        case "max" | "min":
            pick = max if fn == "max" else min
            if len(args) == 1:
                return pick(args[0].reshape(-1)) if _array(args[0]) else args[0]
            return _spread(lambda *each: pick(each), *args)
    if fn in _EACH:
        return _spread(_EACH[fn], *args)
    raise Cannot(fn)


def calculate(text: str) -> Any:
    """The value of a line of numbers: a Fraction, an mpf, or an array of them.

    Raises `Cannot` where the line holds names, `ValueError` or `ZeroDivisionError` where it has no value.
    """
    value = _value(ast.parse(text, mode="eval").body, text)
    return value.reshape(-1)[0] if _array(value) and value.size == 1 else value


def _value(node: ast.expr, text: str) -> Any:
    def sub(child: ast.expr) -> Any:
        return _value(child, text)

    match node:
        case ast.Constant():
            return Fraction(ast.get_source_segment(text, node) or "")
        case ast.UnaryOp(op=ast.USub(), operand=arg):
            return -sub(arg)
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            a, b = sub(left), sub(right)
            return _matmul(a, b) if _array(a) and _array(b) else _spread(_times, a, b)
        case ast.BinOp(left=left, op=op, right=right):
            return _spread(_OPS[type(op)], sub(left), sub(right))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _spread(_OPS[type(op)], sub(left), sub(right))
        case ast.IfExp(test=test, body=then, orelse=other):
            truth = sub(test)
            if not _array(truth):
                return sub(then if truth else other)
            return _spread(lambda c, a, b: a if c else b, truth, sub(then), sub(other))
        case ast.Attribute(value=arg, attr="T"):
            return _call("transpose", [sub(arg)])
        case ast.List(elts=rows):
            return _matrix([[sub(c) for c in row.elts] for row in rows if isinstance(row, ast.List)])
        case ast.Call(func=ast.Name(id=fn), args=args):
            return _call(fn, [sub(a) for a in args])
        case ast.Name(id="pi"):
            return +mp.pi
        case ast.Name(id="e"):
            return +mp.e
    raise Cannot(ast.unparse(node))


def rounded(value: Any, count: int, unit: str) -> Fraction:
    """`value` rounded half away from zero to `count` significant figures (``sf``) or places (``dp``)."""
    if value == 0:
        return Fraction(0)
    if isinstance(value, mpf):
        sign, man, exp, _ = value._mpf_
        value = (-1) ** sign * Fraction(int(man)) * Fraction(2) ** int(exp)
    places = count
    if unit == "sf":
        e = len(str(abs(value.numerator))) - len(str(value.denominator))
        e -= abs(value) < Fraction(10) ** e
        places = count - 1 - e
    scaled = abs(value) * Fraction(10) ** places + Fraction(1, 2)
    return Fraction(math.floor(scaled)) / Fraction(10) ** places * (1 if value > 0 else -1)
