"""Values of a Python program -> raw values, as a problem file holds them; and results that cannot be changed."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields.found import path_key, short
from dlsolve.fields.hostile import MAX_DEPTH
from dlsolve.fields.kinds import NumberText
from dlsolve.numbers.exact import MAX_CHARS

_MOST_BITS = 4 * MAX_CHARS
_REMEDY = "give numbers, texts, lists, or mappings of them"


def raw_value(value: Any, path: str = "$", floats: Callable[[float], str] = repr, depth: int = 0) -> Any:
    """`value` as a parsed problem file would hold it: numbers as their text (a float by `floats`), arrays and
    other sequences as lists, mappings as objects. Raises `InputError` for what no file can hold."""
    if value is None or isinstance(value, bool | str | fmpq):
        return value
    if depth > MAX_DEPTH:
        raise InputError(path, "nested too deeply", remedy=f"at most {MAX_DEPTH} levels are read")
    if isinstance(value, float):
        return _float(float(value), path, floats)
    if isinstance(value, numbers.Rational):
        return _exact(value, path)
    if isinstance(value, Decimal):
        return NumberText(value)
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        return {
            _key(key, path): raw_value(one, f"{path}.{path_key(key)}", floats, depth + 1) for key, one in value.items()
        }
    if hasattr(value, "tolist") and not getattr(value, "ndim", 0):
        return _scalar(value, path, floats)
    if hasattr(value, "tolist") or (isinstance(value, Sequence) and not isinstance(value, bytes | bytearray)):
        return [raw_value(one, f"{path}[{n}]", floats, depth + 1) for n, one in enumerate(value)]
    raise InputError(path, "not a value of a problem", found=short(type(value).__name__), remedy=_REMEDY)


def _float(value: float, path: str, floats: Callable[[float], str]) -> NumberText:
    if not math.isfinite(value):
        raise InputError(path, "not a number", found=str(value), remedy="give a finite number")
    return NumberText(floats(value))


def _exact(value: Any, path: str) -> NumberText:
    """A whole number or a fraction, its size bounded before it is written out."""
    over, under = int(value.numerator), int(value.denominator)
    if max(over.bit_length(), under.bit_length()) > _MOST_BITS:
        raise InputError(path, "too long a number", remedy=f"at most {MAX_CHARS} characters are read")
    return NumberText(over if under == 1 else f"{over}/{under}")


def _scalar(value: Any, path: str, floats: Callable[[float], str]) -> Any:
    """One number of an array. A float of 32 bits is taken as it is printed: 0.1, not 0.10000000149."""
    item = value.tolist()
    if not isinstance(item, float):
        return raw_value(item, path, floats)
    try:
        return _float(float(str(value)), path, floats)
    except ValueError:  # tensor(0.1000)
        return _float(item, path, floats)


def _key(key: Any, path: str) -> str:
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise InputError(path, "a name that is no text", found=short(repr(key)), remedy="give every value a name")
    return str(key)


def frozen(value: Any) -> Any:
    """`value` with its lists as tuples and its mappings read-only."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(one) for key, one in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(one) for one in value)
    return value
