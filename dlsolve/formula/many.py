"""The vector reading of a rule, for runs in float64: one value for each of many indices, at once.

An index letter stands for a `Many`; a name at it is read from its family. What does not work entry by
entry has no such reading, and is worked out one by one.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from dlsolve.formula.compiled import FLOAT64, Build, Compiled, local
from dlsolve.formula.tree import Bin, Call, Index, Mat, Reduce, Transpose, Tree
from dlsolve.numbers import floats
from dlsolve.numbers.families import Family, Many, NotEntrywiseError

_ENTRYWISE = {"exp", "sqrt", "ln", "log", "log2", "log10", "abs", "tanh", "sin", "cos", "cospi", "acos", "tan", "floor"}
_KINDS = {"sum": "sum", "mean": "mean", "prod": "prod", "max": "max", "min": "min"}


def values(tree: Tree, letters: tuple[str, ...], env: Any, index: Sequence[Index | Many]) -> Any:
    """`tree` at `index`, the values of its `letters`, as one array (or a float that is the same for all).

    Raises `NotEntrywiseError`. What has no finite value is inf or nan.
    """
    import numpy

    function = _entrywise(tree, letters)
    if function is None:
        raise NotEntrywiseError("no vector reading")
    with numpy.errstate(all="ignore"):
        return function(env, *index)


def total(kind: str, members: Sequence[Index], env: Any, term: tuple[Tree, tuple[str, ...]], index: Any) -> Any:
    """The reduction of many terms; None where they have no vector reading. The letter that runs over
    `members` is the last of the term's."""
    import numpy

    tree, letters = term
    try:
        found = values(tree, letters, env, (*index, Many(members)))
    except NotEntrywiseError:
        return None
    every = numpy.broadcast_to(found, (len(members),))
    return float(numpy.count_nonzero(every) if kind == "count" else getattr(every, _KINDS[kind])())


@lru_cache(maxsize=512)
def _entrywise(tree: Tree, letters: tuple[str, ...]) -> Compiled | None:
    build = _Vectors(FLOAT64, set(letters))
    try:
        body = build.expr(tree)
    except NotEntrywiseError:
        return None
    return build.program(["E", *map(local, letters)], [ast.Return(body)])


class _Vectors(Build):
    """As for single values, but names are gathered from families."""

    def __init__(self, arithmetic: Any, letters: set[str]) -> None:
        super().__init__(arithmetic, letters)
        self.scope |= {"_index": _numbers, "_power": _powers, "_gather": _gather}

    def expr(self, tree: Tree) -> ast.expr:
        match tree:
            case Reduce() | Transpose() | Mat() | Bin("@"):
                raise NotEntrywiseError(tree)
            case Call(fn, args) if fn not in _ENTRYWISE and not (fn in ("max", "min") and len(args) > 1):
                raise NotEntrywiseError(fn)
        return super().expr(tree)

    def lookup(self, parts: list[ast.expr]) -> ast.expr:
        return self.call("_gather", ast.Name("E", ast.Load()), *parts)


def _numbers(index: int | Many) -> Any:
    return index.numbers.astype(float) if isinstance(index, Many) else float(index)


def _powers(base: Any, exponent: Any) -> Any:
    import numpy

    exponent = _numbers(exponent) if isinstance(exponent, Many) else exponent
    return numpy.power(base, exponent) if floats.is_array(exponent) else floats.power(base, exponent)


def _gather(env: Any, base: str, *index: Index | Many) -> Any:
    """The values of `base` at `index`: an array where one of these is many."""
    import numpy

    many = [i for i in index if isinstance(i, Many)]
    if not many:
        value = env[(base, *index) if index else base]
        if not isinstance(value, float):
            raise NotEntrywiseError(base)
        return value
    families: Mapping[str, Family] = env.families
    if len(index) == 1 and base in families:
        return families[base].take(many[0], lambda i: float(env[base, i]))
    columns = [_members(i) if isinstance(i, Many) else [i] * len(_members(many[0])) for i in index]
    found = [env[(base, *at)] for at in zip(*columns, strict=True)]
    if not all(isinstance(value, float) for value in found):
        raise NotEntrywiseError(base)
    return numpy.array(found)


def _members(many: Many) -> Sequence[Index]:
    return many.members if len(many.members) else many.numbers.tolist()  # type: ignore[no-any-return]
