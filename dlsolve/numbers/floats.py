"""float64 arithmetic with the same operations: plain floats, and NumPy arrays for matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from dlsolve.errors import DomainError


def _np() -> Any:
    import numpy

    return numpy


def is_array(x: Any) -> bool:
    return hasattr(x, "shape")


def _either(name: str, scalar: Callable[[float], float]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        if is_array(x):
            return getattr(_np(), name)(x)
        try:
            return scalar(x)
        except ValueError as fault:
            raise DomainError(f"{name} of {x!r}") from fault
        except OverflowError:
            return math.inf

    return apply


def _total(x: Any) -> Any:
    return float(x.sum()) if is_array(x) else x


def _mean(x: Any) -> Any:
    return float(x.mean()) if is_array(x) else x


def _softmax(x: Any) -> Any:
    if x.shape[0] == 1 and x.shape[1] > 1:
        return _softmax(x.T).T
    powers = _np().exp(x - x.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


def _erfinv(x: Any) -> Any:
    from statistics import NormalDist

    if is_array(x):
        return _np().vectorize(_erfinv)(x)
    if not -1 < x < 1:
        raise DomainError("erf lies between −1 and 1, never at either")
    return NormalDist().inv_cdf((1 + x) / 2) / math.sqrt(2)


def _whole(x: Any) -> int:
    if x < 0 or x != round(x):
        raise DomainError("a factorial or a number of choices is taken of whole numbers from 0")
    return int(x)


def _erf(x: Any) -> Any:
    return _np().vectorize(math.erf)(x) if is_array(x) else math.erf(x)


def _extreme(name: str, pick: Callable[..., float]) -> Callable[..., Any]:
    def apply(*args: Any) -> Any:
        if len(args) == 1:
            return float(getattr(args[0], name)())
        if any(is_array(a) for a in args):
            out = args[0]
            for a in args[1:]:
                out = getattr(_np(), name + "imum")(out, a)
            return out
        return pick(args)

    return apply


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent, refusing what has no real value."""
    if is_array(base):
        return base**exponent
    if base < 0 and exponent != int(exponent):
        raise DomainError("a negative number to a power that is no integer")
    if base == 0 and exponent < 0:
        raise ZeroDivisionError
    try:
        return base ** (int(exponent) if exponent == int(exponent) else exponent)
    except OverflowError:
        return math.inf


def test(op: str, left: Any, right: Any) -> Any:
    """``left op right``, entry by entry for arrays."""
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case _:
            return left != right


def choose(cond: Any, then: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """``then if cond else other``, entry by entry where `cond` is an array."""
    if is_array(cond):
        return _np().where(cond, then(), other())
    return then() if cond else other()


def reduce_(kind: str, terms: Sequence[Any]) -> Any:
    """``sum|mean|prod|max|min|count`` over the listed terms, summed in the order given."""
    match kind:
        case "sum" | "mean":
            out: Any = 0.0
            for term in terms:
                out = out + term
            return out if kind == "sum" else out / len(terms)
        case "prod":
            return math.prod(terms)
        case "count":
            return float(sum(bool(t) for t in terms))
        case "max":
            return max(terms)
        case _:
            return min(terms)


NATIVE: dict[str, Callable[..., Any]] = {
    "exp": _either("exp", math.exp),
    "sqrt": _either("sqrt", math.sqrt),
    "ln": _either("log", math.log),
    "log": _either("log", math.log),
    "log2": _either("log2", math.log2),
    "log10": _either("log10", math.log10),
    "abs": _either("abs", abs),
    "tanh": _either("tanh", math.tanh),
    "sin": _either("sin", math.sin),
    "cos": _either("cos", math.cos),
    "cospi": lambda x: _np().cos(math.pi * x) if is_array(x) else math.cos(math.pi * x),
    "acos": _either("arccos", math.acos),
    "tan": _either("tan", math.tan),
    "erf": _erf,
    "erfinv": _erfinv,
    "factorial": lambda x: math.gamma(_whole(x) + 1),
    "comb": lambda n, k: float(math.comb(_whole(n), _whole(k))),
    "floor": _either("floor", lambda x: float(math.floor(x))),
    "sum": _total,
    "mean": _mean,
    "rowsum": lambda x: x.sum(axis=1, keepdims=True),
    "colsum": lambda x: x.sum(axis=0, keepdims=True),
    "max": _extreme("max", max),
    "min": _extreme("min", min),
    "softmax": _softmax,
    "rowsoftmax": lambda x: _softmax(x.T).T if x.shape[0] > 1 else _softmax(x),
    "ones": lambda x: _np().ones_like(x) if is_array(x) else 1.0,
    "transpose": lambda x: x.T if is_array(x) else x,
}
