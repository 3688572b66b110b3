"""What a run is made of: steps, operations, branches, notes, givens, tables, checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import Index, Tree

Key = str | tuple[Index, ...]
"""A named value of a run: its base name, or the base with index values."""


class Step(msgspec.Struct, eq=False, gc=False):
    """One named value: `rule` at `index` gave `value`; `handed` is what later steps see."""

    key: Key
    rule: Rule
    index: tuple[Index, ...]
    value: Any
    handed: Any
    section: int
    branch: str | None = None


class Operation(msgspec.Struct):
    """What is no formula: a named rule (``R2 → R2 − 2·R1``), the state before and after.

    `key` names the result where it is an answer; `shown` replaces the drawing of `after`.
    """

    rule: str
    before: Any
    after: Any
    section: int
    key: Key | None = None
    why: str = ""
    shown: str | None = None
    branch: str | None = None
    ties: Sequence[Any] = ()
    """Other results that are as right: the members of a tie, of which the first is taken."""


class Branch(msgspec.Struct):
    """A question asked of the trace and its answer: ``z = 1.2 ≥ 1``, so …"""

    question: Tree
    index: Mapping[str, Index]
    truth: bool
    so: str
    section: int
    asked: str = ""
    """The question as the topic asked it, with its index values: one text a question of a run."""


class Note(msgspec.Struct):
    """A sentence of the derivation."""

    text: str
    section: int


class Gap(msgspec.Struct):
    """So many items that a long run did not keep."""

    missing: int
    section: int


Item = Step | Operation | Branch | Note | Gap


class Given(msgspec.Struct):
    """A typed quantity, by key. `part` says in words what it is of the values above it, in place of
    showing these again: ``batch 1: samples 1–2``."""

    base: str
    keys: Sequence[Key]
    assumed: bool = False
    part: str = ""


class RunTable(msgspec.Struct):
    """The table of the run: one row per step, epoch, sample or hypothesis; cells are keys. `row` makes the
    cells of one of `rows` when it is looked at; `foot` stands below."""

    title: str
    header: Sequence[str]
    rows: Sequence[Any]
    row: Callable[[Any], Sequence[Key | str]]
    foot: Sequence[Sequence[Key | str]] = ()

    def __len__(self) -> int:
        return len(self.rows) + len(self.foot)

    def cells(self, start: int = 0, stop: int | None = None) -> list[Sequence[Key | str]]:
        """The rows from `start` to before `stop`."""
        count = len(self.rows)
        last = len(self) if stop is None else stop
        made = [self.row(row) for row in self.rows[start : min(last, count)]]
        return [*made, *self.foot[max(0, start - count) : max(0, last - count)]]


class Check(msgspec.Struct):
    """An independent check line: `text` says what was compared, `holds` how it came out."""

    name: str
    holds: bool
    text: str = ""
