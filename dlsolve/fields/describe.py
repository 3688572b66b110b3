"""What people read of a field: its kind in a word, its default, how many numbers a problem holds."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

import msgspec
from flint import fmpq

from dlsolve.fields.kinds import Expression, Params, Samples, Vector, Written
from dlsolve.fields.read import family_member
from dlsolve.fields.specs import Spec, specs
from dlsolve.numbers.exact import read
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import decimal, fraction, terminates, to_float

_METAVARS: dict[Any, tuple[str, str]] = {
    fmpq: ("NUMBER", "a number"),
    int: ("WHOLE", "a whole number"),
    bool: ("", "true or false"),
    str: ("TEXT", "a text"),
    Written: ("TEXT", "a text or a number"),
    Matrix: ("MATRIX", "a matrix"),
    Samples: ("MATRIX", "a matrix, or one row"),
    Vector: ("NUMBERS", "a vector"),
    Params: ("NUMBERS", "a number or a vector"),
    Expression: ("FUNCTION", "a function"),
}
_LISTS = {
    Params: "a list of numbers or vectors",
    fmpq: "a list of numbers",
    int: "a list of whole numbers",
    str: "a list of words",
}


def metavar(hint: Any) -> str:
    """``NUMBER``, ``MATRIX``, …: what stands after a flag."""
    return _words(hint)[0]


def kind(hint: Any) -> str:
    """``a number``, ``a matrix``, …: for help and explanations."""
    return _words(hint)[1]


def _words(hint: Any) -> tuple[str, str]:
    if hint in _METAVARS:
        return _METAVARS[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "|".join(map(str, args)), "one of " + ", ".join(map(str, args))
    if origin is list:
        many = "NUMBERS" if args[0] in (fmpq, int, Params) else "LISTS" if get_origin(args[0]) is list else "WORDS"
        return many, _LISTS.get(args[0], "a list of lists" if get_origin(args[0]) is list else "a list")
    if origin is dict:
        return ("LABEL=VALUE…", "values by label") if args[0] is str else _words(args[1])
    if origin is typing.Union:
        texts = [_words(a) for a in args]
        names = list(dict.fromkeys(t[0] for t in texts))
        return names[0] if len(names) == 1 else "VALUES", " or ".join(dict.fromkeys(t[1] for t in texts))
    return "VALUE", "a value"


def default(spec: Spec) -> str:
    """A field's default as text; empty where it has none."""
    return "" if spec.required or spec.default is None or spec.default in ({}, []) else plain(spec.default)


def inputs(known: Mapping[str, Spec]) -> list[tuple[str, str, str, str]]:
    """Every field as a row: its name, what it is, its type, its default."""
    return [_input(spec) for spec in known.values()]


def _input(spec: Spec) -> tuple[str, str, str, str]:
    name = f"{spec.name}1, {spec.name}2, …" if spec.field.family else spec.name
    doc = spec.field.doc
    if spec.field.bounds:
        doc += f", {spec.field.bounds}"
    if spec.field.aliases:
        doc += f" (also {', '.join(spec.field.aliases)})"
    if spec.field.csv:
        doc += "; --data FILE.csv"
    hint = get_args(spec.hint)[1] if spec.field.family else spec.hint
    otherwise = "required" if spec.required else default(spec)
    return name, doc, kind(hint), otherwise


def plain(value: Any) -> str:
    """A read value as it might be typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, fmpq):
        return decimal(value) if terminates(value) else fraction(value)
    if isinstance(value, Matrix):
        return "; ".join(" ".join(plain(e) for e in row) for row in value.rows)
    if isinstance(value, list | tuple):
        return " ".join(plain(e) for e in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{k}={plain(v)}" for k, v in value.items())
    return value.text if isinstance(value, Expression) else str(value)


def count(value: Any) -> int:
    """How many numbers a problem, or one of its fields, holds."""
    if isinstance(value, Matrix):
        return value.shape[0] * value.shape[1]
    if isinstance(value, msgspec.Struct):
        return sum(count(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, Mapping):
        return sum(count(v) for v in value.values())
    if isinstance(value, list | tuple):
        return sum(count(v) for v in value)
    return int(isinstance(value, fmpq | int) and not isinstance(value, bool))


def jsonable(given: Iterable[str], problem: msgspec.Struct) -> dict[str, Any]:
    """The fields that were `given`, as read, in plain JSON values."""
    known = specs(type(problem))
    out = {}
    for name in given:
        base, member = family_member(known, name)
        value = getattr(problem, name) if base is None else getattr(problem, base)[member]
        hint = known[name if base is None else base].hint
        flat = isinstance(value, Matrix) and value.shape[1] == 1 and (hint is Vector or hint is Params)
        out[name] = _json(list(value.entries()) if flat else value)
    return out


def _json(value: Any) -> Any:
    if isinstance(value, fmpq):
        return _json_number(value)
    if isinstance(value, Matrix):
        return [[_json(e) for e in row] for row in value.rows]
    if isinstance(value, list | tuple):
        return [_json(e) for e in value]
    if isinstance(value, Mapping):
        return {str(k): _json(v) for k, v in value.items()}
    return value.text if isinstance(value, Expression) else value if isinstance(value, bool | int) else str(value)


def _json_number(value: fmpq) -> int | float | str:
    """A number that JSON readers get back as it was; else its text."""
    if value.q == 1 and abs(value) < 2**53:
        return int(value.p)
    if terminates(value):
        near = to_float(value)
        return near if abs(near) != float("inf") and read(repr(near)) == value else decimal(value)
    return fraction(value)
