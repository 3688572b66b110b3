"""Values at many members at once: what a reduction, or a loop over members, runs over."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from dlsolve.formula.tree import Index


class Columns(dict[Any, Any]):
    """Values by key, in which no name is assigned twice: those at many members are gathered once."""

    def __init__(self, *start: Any) -> None:
        super().__init__(*start)
        self._columns: dict[tuple[str, tuple[Index, ...]], tuple[Sequence[Index], list[Any]]] = {}

    def column(self, base: str, members: Sequence[Index], *before: Index) -> list[Any]:
        """The values of ``base[*before, member]`` for each of `members`, in order."""
        known = self._columns.get((base, before))
        if known is None or not _same(known[0], members):
            self._columns[base, before] = known = (members, gathered(self, base, members, *before))
        return known[1]


def gathered(env: Any, base: str, members: Sequence[Index], *before: Index) -> list[Any]:
    """As `Columns.column`, from whatever holds values by key."""
    return [env[base, *before, member] for member in members]


def column(env: Any, base: str, members: Sequence[Index], *before: Index) -> list[Any]:
    """The values of ``base[*before, member]`` for each of `members`, gathered once where `env` can keep them."""
    if isinstance(env, Columns):
        return env.column(base, members, *before)
    return gathered(env, base, members, *before)


def _same(one: Sequence[Index], other: Sequence[Index]) -> bool:
    return one is other or (len(one) == len(other) and all(map(operator.eq, one, other)))
