"""The one reader of a topic's inputs: flags, JSON, schema and help derive from the `Problem` class.

A topic's `Problem` is a keyword-only `msgspec.Struct` whose annotations are among

    fmpq  int  bool  str  Literal[...]           one value
    list[fmpq]  list[str]  list[int]             a list ("0.3 0.2 0.1" as a flag)
    Matrix                                       a matrix ("1 2; 5 4" or [[1,2],[5,4]])
    Vector                                       an n×1 column from a list
    Params                                       a number or a vector (kept as fmpq or Matrix)
    dict[str, fmpq]  dict[str, list[fmpq]]       values by label
    dict[int, Matrix]                            a field family: W1, W2, … (`family=True`)
    Expression                                   a typed function of named variables

each wrapped as ``Annotated[type, Field("what it is", ...)]``; optional ones end in ``| None = None``.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.numbers.exact import NumberError, read
from dlsolve.numbers.matrix import Matrix


class Vector(Matrix):
    """An n×1 column."""


class Params(Matrix):
    """A number or an n×1 column; read to an `fmpq` or a `Matrix`."""


@dataclass(frozen=True)
class Field:
    """What help, schema and errors say of a field, and the bounds it must keep."""

    doc: str
    aliases: tuple[str, ...] = ()
    gt: str | None = None
    ge: str | None = None
    lt: str | None = None
    le: str | None = None
    family: bool = False


def read_problem(kind: type[Any], given: Mapping[str, Any]) -> Any:
    """Build `kind` from raw JSON values. Raises `InputError`."""
    hints = typing.get_type_hints(kind, include_extras=True)
    values = {name: _read(hints[name], raw, f"$.given.{name}") for name, raw in given.items()}
    return kind(**values)


def _read(hint: Any, raw: Any, path: str) -> Any:
    if get_origin(hint) is Annotated:
        return _read(get_args(hint)[0], raw, path)
    if hint is fmpq:
        try:
            return read(str(raw))
        except NumberError as fault:
            raise InputError(path, str(fault)) from fault
    if hint is Matrix:
        return Matrix([[read(str(e)) for e in row] for row in raw])
    if hint is Vector:
        return Matrix.column([read(str(e)) for e in raw])
    if hint is Params:
        return Matrix.column([read(str(e)) for e in raw]) if isinstance(raw, list) else read(str(raw))
    if get_origin(hint) is list:
        return [_read(get_args(hint)[0], e, f"{path}[{n}]") for n, e in enumerate(raw)]
    if get_origin(hint) is dict:
        key, value = get_args(hint)
        return {(int(k) if key is int else k): _read(value, v, f"{path}.{k}") for k, v in raw.items()}
    if get_origin(hint) is typing.Union or type(hint).__name__ == "UnionType":
        return None if raw is None else _read(next(h for h in get_args(hint) if h is not type(None)), raw, path)
    return raw
