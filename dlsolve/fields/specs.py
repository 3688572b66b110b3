"""The annotations of a `Problem` class, taken apart once."""

from __future__ import annotations

import types
import typing
from typing import Annotated, Any, get_args, get_origin

import msgspec

from dlsolve.fields.kinds import PLAIN, Field


class Spec(typing.NamedTuple):
    """One field of a `Problem`: its annotation taken apart."""

    name: str
    hint: Any
    field: Field
    required: bool
    default: Any


_KNOWN: dict[type[Any], dict[str, Spec]] = {}


def specs(kind: type[Any]) -> dict[str, Spec]:
    """The fields of a `Problem` by name, in order."""
    if kind in _KNOWN:
        return _KNOWN[kind]
    out = _KNOWN[kind] = {}
    for info in msgspec.structs.fields(kind):
        hint, field = parts(info.type)
        default = info.default if info.default is not msgspec.NODEFAULT else None
        if info.default_factory is not msgspec.NODEFAULT:
            default = info.default_factory()
        out[info.name] = Spec(info.name, hint, field, info.required, default)
    return out


def parts(hint: Any) -> tuple[Any, Field]:
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
