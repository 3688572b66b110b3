"""Raw JSON values or typed text -> the fields of a `Problem`, with a place for every error.

Paths in errors are JSON paths from `root`; a caller that knows which fields were flags says so
in its own words. Numbers are counted before they are built.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

import msgspec

from dlsolve.errors import InputError
from dlsolve.fields.found import MAX_FOUND, found, meant, path_key
from dlsolve.fields.kinds import Expression, joined
from dlsolve.fields.specs import Spec, specs
from dlsolve.fields.values import MAX_ENTRIES, read_value

MAX_MEMBERS = 200
"""How many members a field family may have: layers of a network."""

S = TypeVar("S")


def canonical(kind: type[Any], given: Mapping[str, Any], root: str = "$.given") -> dict[str, Any]:
    """`given` with every alias under its field's name; null counts as not given. Raises `InputError`."""
    known = specs(kind)
    if isinstance(given.get("data"), str) and "data" not in known and any(s.field.csv for s in known.values()):
        from dlsolve.fields.table import samples

        rest = {name: raw for name, raw in given.items() if name not in ("data", "target_column")}
        given = {**samples(kind, given["data"].strip() + "\n", f"{root}.data", given.get("target_column")), **rest}
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
        f"{root}.{path_key(key)}", "no such field", remedy=meant(key, every, f"the fields are {joined(names, 'and')}")
    )


def read_problem(
    kind: type[S], given: Mapping[str, Any], root: str = "$.given", example: Mapping[str, Any] | None = None
) -> S:
    """Build the `Problem` class `kind` from raw values. Raises `InputError`; for a field that is missing
    the remedy shows that of `example`."""
    known = specs(kind)
    values: dict[str, Any] = {}
    budget = [MAX_ENTRIES]
    for name, raw in canonical(kind, given, root).items():
        base, member = family_member(known, name)
        if base is None:
            spec = known[name]
            struct = isinstance(spec.hint, type) and issubclass(spec.hint, msgspec.Struct)
            if struct and spec.hint is not Expression:
                values[name] = read_struct(spec.hint, raw, f"{root}.{name}")
            else:
                values[name] = read_value(spec.hint, raw, spec.field, f"{root}.{name}", budget)
        else:
            hint = get_args(known[base].hint)[1]
            read = read_value(hint, raw, known[base].field, f"{root}.{name}", budget)
            values.setdefault(base, {})[member] = read
    _complete(known, values, root, example or {})
    return kind(**values)


def _complete(known: Mapping[str, Spec], values: dict[str, Any], root: str, example: Mapping[str, Any]) -> None:
    missing = [s for s in known.values() if s.required and s.name not in values]
    if missing:
        first, *rest = missing
        also = f"; also missing: {', '.join(s.name + '1' * s.field.family for s in rest)}" if rest else ""
        name = f"{first.name}1" if first.field.family else first.name
        raise InputError(
            f"{root}.{name}",
            f"missing ({first.field.doc or 'required'})",
            remedy=f"give it{_such_as(example, name)}{also}",
        )
    for spec in known.values():
        members = values.get(spec.name)
        if spec.field.family and members:
            most = max(members)
            if most > MAX_MEMBERS:
                raise InputError(f"{root}.{spec.name}{most}", "too many", remedy=f"at most {MAX_MEMBERS} are read")
            gap = next((n for n in range(1, most) if n not in members), None)
            if gap is not None and spec.required:
                raise InputError(
                    f"{root}.{spec.name}{gap}",
                    f"missing, but {spec.name}{most} is given",
                    remedy="number them from 1 without gaps",
                )
            values[spec.name] = dict(sorted(members.items()))


def _such_as(example: Mapping[str, Any], name: str) -> str:
    if name not in example:
        return ""
    text = str(example[name]).replace("'", '"').replace("e-0", "e-")
    return f", such as {text}" if len(text) <= MAX_FOUND else ""


def read_struct(kind: type[S], raw: Any, root: str = "$") -> S:
    """Build any struct of these annotations from a JSON object (an envelope, a course). Raises `InputError`."""
    if not isinstance(raw, dict):
        raise InputError(root, "not an object", found=found(raw), remedy='write {"name": value, …}')
    return read_problem(kind, raw, root)
