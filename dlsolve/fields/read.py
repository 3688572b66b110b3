"""Raw JSON values or typed text -> the fields of a `Problem`, with a place for every error.

Paths in errors are JSON paths from `root`; a caller that knows which fields were flags says so
in its own words. Numbers are counted before they are built.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import scalars, typed
from dlsolve.fields.found import ascii_quotes, found, meant
from dlsolve.fields.kinds import PLAIN, Expression, Field, NumberText, Params, Samples, Vector, Written, joined
from dlsolve.numbers.matrix import Matrix

MAX_ENTRIES = 1_000_000
MAX_MEMBERS = 200
"""How many members a field family may have: layers of a network."""

S = TypeVar("S")
_LIST = 'write a list such as [0.3, 0.2, 0.1] or "0.3 0.2 0.1"'
_MATRIX = 'write rows as [[1, 2], [5, 4]] or "1 2; 5 4"'


class Spec(typing.NamedTuple):
    """One field of a `Problem`: its annotation taken apart."""

    name: str
    hint: Any
    field: Field
    required: bool
    default: Any


@lru_cache(maxsize=256)
def specs(kind: type[Any]) -> dict[str, Spec]:
    """The fields of a `Problem` by name, in order."""
    out = {}
    for info in msgspec.structs.fields(kind):
        hint, field = _parts(info.type)
        default = info.default if info.default is not msgspec.NODEFAULT else None
        if info.default_factory is not msgspec.NODEFAULT:
            default = info.default_factory()
        out[info.name] = Spec(info.name, hint, field, info.required, default)
    return out


def _parts(hint: Any) -> tuple[Any, Field]:
    """An annotation without its wrapping, and its `Field`."""
    field = PLAIN
    while True:
        if get_origin(hint) is Annotated:
            field = next((m for m in get_args(hint)[1:] if isinstance(m, Field)), field)
            hint = get_args(hint)[0]
        elif get_origin(hint) in (typing.Union, types.UnionType):
            arms = [a for a in get_args(hint) if a is not type(None)]
            if len(arms) > 1:
                return typing.Union[tuple(arms)], field  # noqa: UP007 - built at run time
            hint = arms[0]
        else:
            return hint, field


def canonical(kind: type[Any], given: Mapping[str, Any], root: str = "$.given") -> dict[str, Any]:
    """`given` with every alias under its field's name; null counts as not given. Raises `InputError`."""
    known = specs(kind)
    aliases = {a: s.name for s in known.values() for a in s.field.aliases}
    out: dict[str, Any] = {}
    written: dict[str, str] = {}
    for key, raw in given.items():
        if raw is None:
            continue
        name = key if key in known else aliases.get(key, key)
        base, member = family_member(known, name)
        if base is None and name not in known:
            raise unknown(known, key, root)
        if base is None and known[name].field.family:
            raise InputError(f"{root}.{key}", "one field a number", remedy=f"write {name}1, {name}2, …")
        target = name if base is None else f"{base}{member}"
        if target in out:
            raise InputError(
                f"{root}.{key}", f"another name of {written[target]}, also given", remedy="keep one of the two"
            )
        out[target], written[target] = raw, key
    return out


def family_member(known: Mapping[str, Spec], name: str) -> tuple[str | None, int]:
    """(``W``, 2) for ``W2`` where W is a field family, else (None, 0)."""
    base = name.rstrip("0123456789")
    digits = name[len(base) :]
    if not digits or digits[0] == "0" or len(digits) > 3 or not name.isascii():
        return None, 0
    if base not in known:
        base = next((s.name for s in known.values() if base in s.field.aliases), base)
    if base in known and known[base].field.family:
        return base, int(digits)
    return None, 0


def unknown(known: Mapping[str, Spec], key: str, root: str) -> InputError:
    """The error for a field that is not there."""
    names = [f"{s.name}1" if s.field.family else s.name for s in known.values()]
    every = [*names, *(a for s in known.values() for a in s.field.aliases)]
    return InputError(
        f"{root}.{_key(key)}", "no such field", remedy=meant(key, every, f"the fields are {joined(names, 'and')}")
    )


def read_problem(kind: type[S], given: Mapping[str, Any], root: str = "$.given") -> S:
    """Build the `Problem` class `kind` from raw values. Raises `InputError`."""
    known = specs(kind)
    values: dict[str, Any] = {}
    budget = [MAX_ENTRIES]
    for name, raw in canonical(kind, given, root).items():
        base, member = family_member(known, name)
        if base is None:
            spec = known[name]
            values[name] = _read(spec.hint, raw, spec.field, f"{root}.{name}", budget)
        else:
            hint = get_args(known[base].hint)[1]
            read = _read(hint, raw, known[base].field, f"{root}.{name}", budget)
            values.setdefault(base, {})[member] = read
    _complete(known, values, root)
    return kind(**values)


def _complete(known: Mapping[str, Spec], values: dict[str, Any], root: str) -> None:
    missing = [s for s in known.values() if s.required and s.name not in values]
    if missing:
        first, *rest = missing
        also = f"; also missing: {', '.join(s.name + '1' * s.field.family for s in rest)}" if rest else ""
        name = f"{first.name}1" if first.field.family else first.name
        raise InputError(f"{root}.{name}", f"missing ({first.field.doc or 'required'})", remedy=f"give it{also}")
    for spec in known.values():
        members = values.get(spec.name)
        if spec.field.family and members:
            most = max(members)
            if most > MAX_MEMBERS:
                raise InputError(f"{root}.{spec.name}{most}", "too many", remedy=f"at most {MAX_MEMBERS} are read")
            gap = next((n for n in range(1, most) if n not in members), None)
            if gap is not None:
                raise InputError(
                    f"{root}.{spec.name}{gap}",
                    f"missing, but {spec.name}{most} is given",
                    remedy="number them from 1 without gaps",
                )
            values[spec.name] = dict(sorted(members.items()))


def read_struct(kind: type[S], raw: Any, root: str = "$") -> S:
    """Build any struct of these annotations from a JSON object (an envelope, a course). Raises `InputError`."""
    if not isinstance(raw, dict):
        raise InputError(root, "not an object", found=found(raw), remedy='write {"name": value, …}')
    return read_problem(kind, raw, root)


# -- one value ----------------------------------------------------------------------------------


def _read(hint: Any, raw: Any, field: Field, path: str, budget: list[int]) -> Any:
    hint, inner = _parts(hint)
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
        entries = _entries(raw, path, budget, matrix=get_origin(get_args(hint)[0]) is list)
        return [_read(get_args(hint)[0], e, field, f"{path}[{n}]", budget) for n, e in enumerate(entries)]
    if origin is dict:
        return _mapping(hint, raw, field, path, budget)
    if origin is typing.Union:
        return _either(get_args(hint), raw, field, path, budget)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return read_struct(hint, raw, path)
    raise TypeError(f"{path}: no reader for {hint}")


def _expression(raw: Any, field: Field, path: str) -> Expression:
    from dlsolve.handwriting import expression

    if not isinstance(raw, str) or not raw.strip():
        raise InputError(path, "not a function", found=found(raw), remedy='write it as "100*w1^2 + w2^2"')
    return Expression(str(raw).strip(), expression(str(raw), where=path))


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
        return Matrix.column([scalars.number(_lone(e), field, f"{path}[{n}]") for n, e in enumerate(entries)])
    if hint is Samples and not isinstance(raw, list | tuple | str):
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
                f"{path}[{n}]", f"row {n + 1} has {_count(len(row))}, row 1 has {_count(len(rows[0]))}",
                remedy="give every row as many entries",
            )  # fmt: skip
    return Matrix(
        [[scalars.number(e, field, f"{path}[{i}][{j}]") for j, e in enumerate(row)] for i, row in enumerate(rows)]
    )


def _count(n: int) -> str:
    return "1 entry" if n == 1 else f"{n} entries"


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
        out[scalars.label(key, path)] = _read(value, one, field, f"{path}.{_key(key)}", budget)
    return out


def _typed_mapping(text: str, path: str) -> Any:
    if text.lstrip()[:1] == "{" and '"' in text:
        from dlsolve.fields.hostile import parse_json

        return parse_json(text, path)
    return typed.pairs(text, path)


def _either(arms: tuple[Any, ...], raw: Any, field: Field, path: str, budget: list[int]) -> Any:
    """The first of several types that `raw` fits; the last error where none does."""
    for arm in arms[:-1]:
        try:
            return _read(arm, raw, field, path, budget)
        except InputError:
            continue
    return _read(arms[-1], raw, field, path, budget)


def _spend(budget: list[int], entries: int, path: str) -> None:
    budget[0] -= entries
    if budget[0] < 0:
        raise InputError(path, f"more than {MAX_ENTRIES} entries", remedy="give fewer numbers")


def _key(key: Any) -> str:
    """A key as it stands in a path."""
    text = str(key)
    return text if text.replace("_", "a").replace("-", "a").isalnum() and len(text) <= 40 else ascii_quotes(text)
