"""The value of a written tree, every power and every size checked before it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import arb, fmpq

from dlsolve.errors import DlsolveError, DomainError
from dlsolve.formula.compiled import EXACT, entrywise_function
from dlsolve.formula.functions import DEFINED
from dlsolve.formula.tree import Bin, Call, Mat, Name, Neg, Num, Transpose, Tree
from dlsolve.handwriting.tokens import UnreadableError
from dlsolve.numbers.exact import read
from dlsolve.numbers.functions import power
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision

MAX_POWER = 64
"""Largest integer exponent of an exact power; a larger one is computed as an enclosure."""
MAX_ENCLOSED_POWER = 1_000_000
MAX_BITS = 4096
MAX_ARGUMENT = 40_000
"""Largest size of an exponent to e, and of the argument of any other curved function."""
MAX_MAGNITUDE = 65_536
"""Numbers beyond 2 to this power, or nearer to 0 than its inverse, are not computed with."""
WORKING_BITS = 128

_SCALAR = frozenset(("exp", "ln", "log", "log2", "log10", "sqrt", "abs", "tanh", "sin", "cos", "tan", "erf", "floor",
                     "erfinv", "factorial"))  # fmt: skip
_SEVERAL = frozenset(("max", "min"))
_WHOLE = frozenset(("sum", "mean", "softmax", "rowsoftmax", "rowsum", "colsum", "transpose"))
_UNBOUNDED = frozenset(("ln", "log", "log2", "log10", "sqrt", "abs", "floor", "max", "min", *_WHOLE))

Value = fmpq | arb | Matrix


def guarded_value(tree: Tree, env: Mapping[str, Any] | None = None) -> Any:
    """The value of `tree`: `fmpq` where exact, else `arb`, or a `Matrix` of them.

    `env` gives the values of names. Raises `UnreadableError` for what has no value, is not a
    number (a comparison, an unknown name), or is beyond the bounds above.
    """
    with precision(WORKING_BITS, least=True):
        try:
            return _value(tree, env or {})
        except UnreadableError:
            raise
        except ZeroDivisionError as fault:
            raise UnreadableError("a division by 0") from fault
        except UndecidedError as fault:
            raise UnreadableError(f"{fault.what} that cannot be decided") from fault
        except DlsolveError as fault:
            raise UnreadableError(str(fault)) from fault


def _value(tree: Tree, env: Mapping[str, Any]) -> Any:
    match tree:
        case Num(text):
            return read(text)
        case Name(id_):
            return _name(id_, env)
        case Neg(arg):
            return -_value(arg, env)
        case Bin("**", base, exponent):
            return _bounded(_power(_value(base, env), _value(exponent, env)))
        case Bin(op, left, right):
            return _bounded(_binary(op, _value(left, env), _value(right, env)))
        case Transpose(arg):
            inner = _value(arg, env)
            return inner.T if isinstance(inner, Matrix) else inner
        case Call(fn, args):
            return _bounded(_call(fn, [_value(a, env) for a in args]))
        case Mat(rows):
            cells = [[_value(cell, env) for cell in row] for row in rows]
            if any(isinstance(cell, Matrix) for row in cells for cell in row):
                raise UnreadableError("a matrix inside a matrix")
            return Matrix(cells)
    raise UnreadableError("this is not a number")


def _name(id_: str, env: Mapping[str, Any]) -> Any:
    if id_ in env:
        return env[id_]
    if id_ == "pi":
        return arb.pi()
    if id_ == "e":
        return arb.const_e()
    raise UnreadableError(f"{id_} has no value here", remedy="write numbers")


def _binary(op: str, left: Any, right: Any) -> Any:
    if op == "@" and not (isinstance(left, Matrix) and isinstance(right, Matrix)):
        op = "*"
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return _product(left, right)
        case "/":
            below = right.entries() if isinstance(right, Matrix) else (right,)
            if any(b == 0 or (isinstance(b, arb) and b.contains(0)) for b in below):
                raise UnreadableError("a division by 0")
            return left / right
        case _:
            return left @ right


def _product(left: Any, right: Any) -> Any:
    """Two matrices side by side are a matrix product; two of one shape multiply entry by entry."""
    if isinstance(left, Matrix) and isinstance(right, Matrix) and left.shape != right.shape:
        return left @ right if left.shape[1] == right.shape[0] else left * right
    return left * right


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(exponent, Matrix):
        raise UnreadableError("a matrix as an exponent")
    if isinstance(base, Matrix):
        return base.map(lambda entry: _power(entry, exponent))
    if not abs(exponent) <= MAX_ENCLOSED_POWER:
        raise UnreadableError(f"an exponent beyond {MAX_ENCLOSED_POWER}")
    if isinstance(exponent, fmpq) and exponent.q == 1 and isinstance(base, fmpq):
        n = int(exponent.p)
        if n < 0 and base == 0:
            raise UnreadableError("a division by 0")
        if abs(n) > MAX_POWER or abs(n) * int(base.height_bits()) > MAX_BITS:
            return arb(base) ** n
        return base**n
    if isinstance(base, fmpq) and base < 0:
        raise UnreadableError("a negative number to a power that is no integer")
    return power(base, exponent)


def _call(fn: str, args: list[Any]) -> Any:
    prime = fn.removesuffix("_prime")
    if not (fn in _SCALAR | _SEVERAL | _WHOLE or prime in DEFINED or (prime != fn and prime in _SCALAR)):
        raise UnreadableError(f"{fn} is not computed here")
    if fn in _SCALAR and len(args) != 1:
        raise UnreadableError(f"{fn} takes one number")
    if fn in _WHOLE and not (len(args) == 1 and isinstance(args[0], Matrix)):
        raise UnreadableError(f"{fn} takes a list or a matrix")
    if fn not in _UNBOUNDED:
        for entry in _entries(args):
            if not abs(entry) <= MAX_ARGUMENT:
                raise UnreadableError(f"{fn} of a number beyond {MAX_ARGUMENT}")
    try:
        return entrywise_function(fn, EXACT)(*args)
    except TypeError as fault:
        raise UnreadableError(f"{fn} does not take {len(args)} numbers") from fault


def _entries(values: list[Any]) -> list[Any]:
    return [e for v in values for e in (v.entries() if isinstance(v, Matrix) else (v,))]


def _bounded(value: Any) -> Any:
    """`value`, its long fractions as enclosures. Raises where it is not finite or out of bounds."""
    if isinstance(value, Matrix):
        return value.map(_bounded)
    if isinstance(value, fmpq):
        bits = int(value.height_bits())
        if bits <= MAX_BITS:
            return value
        value = arb(value)
    if not isinstance(value, arb):
        raise UnreadableError("this is not a number")
    if not value.is_finite():
        raise DomainError("a number without bounds")
    size = abs(value)
    if not size < arb(2) ** MAX_MAGNITUDE or (size != 0 and size < arb(2) ** -MAX_MAGNITUDE):
        raise UnreadableError(f"a number beyond 2^±{MAX_MAGNITUDE}")
    return value
