"""Raw JSON or typed text -> one value of an annotation. Numbers are counted before they are built."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from flint import fmpq
from msgspec import Struct

from dlsolve.errors import InputError
from dlsolve.fields import scalars, typed
from dlsolve.fields.found import found, path_key
from dlsolve.fields.hostile import parse_json
from dlsolve.fields.kinds import (
    PLAIN,
    Expression,
    Field,
    NumberText,
    Params,
    Samples,
    Typed,
    Vector,
    Written,
    joined,
)
from dlsolve.fields.specs import parts
from dlsolve.numbers.matrix import Matrix

MAX_ENTRIES = 2_500_000
"""Numbers of a problem: a million samples of one feature and one target fit."""
_FUNCTION = 'write it as "100*w1^2 + w2^2"'
_LIST = 'write a list such as [0.3, 0.2, 0.1] or "0.3 0.2 0.1"'
_MATRIX = 'write rows as [[1, 2], [5, 4]] or "1 2; 5 4"'


def read_value(hint: Any, raw: Any, field: Field, path: str, budget: list[int]) -> Any:
    """`raw` as `hint`, every number within the bounds of `field`, from a `budget` of entries.

    Raises `InputError` with the path of what is wrong.
    """
    hint, inner = parts(hint)
    field = inner if inner is not PLAIN else field
    reader = _SINGLE.get(hint)
    if reader is not None:
        return reader(raw, field, path)
    if hint in (Matrix, Vector, Params, Samples):
        return _array(hint, raw, field, path, budget)
    if hint is Any:
        return raw
    origin = get_origin(hint)
    if origin is Literal:
        return scalars.choice(raw, get_args(hint), path)
    if origin is list:
        return _list(get_args(hint)[0], raw, field, path, budget)
    if origin is dict:
        return _mapping(hint, raw, field, path, budget)
    if origin is typing.Union:
        return _either(get_args(hint), raw, field, path, budget)
    if _is_struct(hint):
        from dlsolve.fields.read import read_struct

        return read_struct(hint, raw, path)
    raise TypeError(f"{path}: no reader for {hint}")


def _expression(raw: Any, field: Field, path: str) -> Expression:
    from dlsolve.handwriting import function

    if not isinstance(raw, str) or not raw.strip():
        raise InputError(path, "not a function", found=found(raw), remedy=_FUNCTION)
    try:
        return Expression(str(raw).strip(), function(str(raw), where=path))
    except InputError as fault:
        # a reader of handwriting says what is wrong; what a function looks like is said here
        remedy = fault.remedy or _FUNCTION
        raise InputError(fault.where, fault.problem, found=fault.found, remedy=remedy) from fault


_SINGLE: dict[Any, Any] = {
    fmpq: scalars.number,
    int: scalars.whole,
    bool: lambda raw, _, path: scalars.truth(raw, path),
    str: lambda raw, _, path: scalars.words(raw, path),
    Written: lambda raw, _, path: scalars.written(raw, path),
    Expression: _expression,
}


def _array(hint: Any, raw: Any, field: Field, path: str, budget: list[int]) -> Any:
    if isinstance(raw, Matrix):
        return raw
    if hint is Params and not isinstance(raw, list | tuple) and not (isinstance(raw, str) and _several(raw)):
        return scalars.number(raw, field, path)
    if hint in (Vector, Params):
        entries = _entries(raw, path, budget)
        return Matrix.column(scalars.numbers([_lone(e) for e in entries], field, path))
    if hint is Samples and (isinstance(raw, NumberText) or not isinstance(raw, list | tuple | str)):
        raw = [raw]
    return _matrix(raw, field, path, budget)


def _several(text: str) -> bool:
    return (len(text.split()) > 1 and "/" not in text) or any(c in text for c in ",;[(\n")


def _lone(entry: Any) -> Any:
    """The number of a one-entry row: a column written as [[1], [2]]."""
    return entry[0] if isinstance(entry, list | tuple) and len(entry) == 1 else entry


def _matrix(raw: Any, field: Field, path: str, budget: list[int]) -> Matrix:
    if isinstance(raw, str) and not isinstance(raw, NumberText):
        rows: list[Any] = list(typed.rows(raw, path))
    elif isinstance(raw, list | tuple):
        rows = list(raw) if raw and isinstance(raw[0], list | tuple) else [raw] if raw else []
    else:
        raise InputError(path, "not a matrix", found=found(raw), remedy=_MATRIX)
    if not rows or not len(rows[0]):
        raise InputError(path, "an empty matrix", found=found(raw), remedy=_MATRIX)
    for n, row in enumerate(rows):
        if not isinstance(row, list | tuple):
            raise InputError(f"{path}[{n}]", "not a row", found=found(row), remedy=_MATRIX)
        _spend(budget, len(row), path)
        if len(row) != len(rows[0]):
            raise InputError(
                path,
                f"row {n + 1} has {_count(len(row))}, row 1 has {_count(len(rows[0]))}",
                remedy="give every row as many entries",
            )  # fmt: skip
    return Matrix([scalars.numbers(row, field, f"{path}[{i}]") for i, row in enumerate(rows)])


def _count(n: int) -> str:
    return "1 entry" if n == 1 else f"{n} entries"


def _list(inner: Any, raw: Any, field: Field, path: str, budget: list[int]) -> list[Any]:
    """A list; rows of one entry count as entries where entries are single values."""
    base = parts(inner)[0]
    rows = get_origin(base) is list or base in (Vector, Matrix, Samples)
    if base is Params and isinstance(raw, str):
        rows = ";" in raw or "[[" in raw.replace(" ", "")
    entries = _entries(raw, path, budget, matrix=rows)
    if base in (fmpq, int) or (base is Params and all(isinstance(e, list) and len(e) == 1 for e in entries)):
        entries = [_lone(e) for e in entries]
    if base is fmpq:
        inner = parts(inner)[1]
        return scalars.numbers(entries, field if inner is PLAIN else inner, path)
    return [read_value(inner, e, field, f"{path}[{n}]", budget) for n, e in enumerate(entries)]


def _entries(raw: Any, path: str, budget: list[int], *, matrix: bool = False) -> list[Any]:
    if isinstance(raw, str) and not isinstance(raw, NumberText):
        raw = typed.rows(raw, path) if matrix else typed.items(raw, path)
    elif isinstance(raw, NumberText | fmpq | int | float) and not isinstance(raw, bool):
        raw = [raw]
    if not isinstance(raw, list | tuple):
        raise InputError(path, "not a list", found=found(raw), remedy=_LIST)
    if not raw:
        raise InputError(path, "an empty list", remedy=_LIST)
    _spend(budget, len(raw), path)
    return list(raw)


def _mapping(hint: Any, raw: Any, field: Field, path: str, budget: list[int]) -> dict[Any, Any]:
    _, value = get_args(hint)
    if isinstance(raw, str) and not isinstance(raw, NumberText):
        raw = _typed_mapping(raw, path)
    if not isinstance(raw, Mapping):
        raise InputError(path, "not an object", found=found(raw), remedy='write {"spam": 0.3, "ham": 0.7}')
    _spend(budget, len(raw), path)
    out = {}
    for key, one in raw.items():
        if not str(key).strip():
            raise InputError(path, "an empty label", remedy="give every value a label")
        out[scalars.label(key, path)] = read_value(value, one, field, f"{path}.{path_key(key)}", budget)
    return out


def _typed_mapping(text: str, path: str) -> Any:
    if text.lstrip()[:1] == "{" and '"' in text:
        return parse_json(text, path)
    return typed.pairs(text, path)


def _either(arms: tuple[Any, ...], raw: Any, field: Field, path: str, budget: list[int]) -> Any:
    """The type among `arms` that has the shape of `raw`; where several have, the first that reads it."""
    fits = [arm for arm in arms if _fits(arm, raw)]
    if isinstance(raw, str) and not _several(raw):
        fits.sort(key=lambda arm: _shape(parts(arm)[0]) != "one")
    if not fits:
        kinds = joined([_shape_words(arm) for arm in arms])
        raise InputError(path, "not usable here", found=found(raw), remedy=f"write {kinds}")
    for arm in fits[:-1]:
        try:
            return read_value(arm, raw, field, path, budget)
        except InputError:
            continue
    return read_value(fits[-1], raw, field, path, budget)


def _shape(hint: Any) -> str:
    origin = get_origin(hint)
    if origin is dict or _is_struct(hint):
        return "labels"
    return "list" if origin is list or hint in (Matrix, Vector, Samples, Params) else "one"


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct) and hint is not Expression


def _shape_words(hint: Any) -> str:
    return {"labels": 'values by label as {"a": 1}', "list": "a list as [1, 2]", "one": "one value"}[_shape(hint)]


def _fits(hint: Any, raw: Any) -> bool:
    """Whether `raw` has the shape of `hint`; text has that of what is typed in it."""
    shape = _shape(parts(hint)[0])
    if isinstance(raw, Mapping):
        return shape == "labels"
    if hint is Written:
        return True
    if isinstance(raw, list | tuple | Matrix):
        return shape == "list"
    if not isinstance(raw, str) or isinstance(raw, NumberText):
        return shape == "one" or hint is Params
    if hint is str:
        # the text of a flag may be a list of words; text in JSON is one text
        return not isinstance(raw, Typed) or not any(c in raw for c in ",;[")
    labels = "=" in raw or ":" in raw or raw.lstrip()[:1] == "{"
    several = _several(raw)
    if shape == "one":
        return (not labels and not (several and hint in (fmpq, int))) or hint is Expression
    return labels if shape == "labels" else not labels


def _spend(budget: list[int], entries: int, path: str) -> None:
    budget[0] -= entries
    if budget[0] < 0:
        raise InputError(path, f"more than {MAX_ENTRIES} entries", remedy="give fewer numbers")
