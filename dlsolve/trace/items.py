"""What a run is made of: steps, operations, branches, notes, givens, tables, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import Index, Tree

Key = str | tuple[Index, ...]
"""A named value of a run: its base name, or the base with index values."""


class Step:
    """One named value: `rule` at `index` gave `value`; `handed` is what later steps see."""

    __slots__ = ("branch", "handed", "index", "key", "rule", "section", "value")

    def __init__(self, key: Key, rule: Rule, index: tuple[Index, ...], value: Any, handed: Any, section: int) -> None:
        self.key = key
        self.rule = rule
        self.index = index
        self.value = value
        self.handed = handed
        self.section = section
        self.branch: str | None = None


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


Item = Step | Operation | Branch | Note


class Given(msgspec.Struct):
    """A typed quantity, by key. `part` says in words what it is of the values above it, in place of
    showing these again: ``batch 1: samples 1–2``."""

    base: str
    keys: list[Key]
    assumed: bool = False
    part: str = ""


class RunTable(msgspec.Struct):
    """The table of the run: one row per step, epoch, sample or hypothesis; cells are keys."""

    title: str
    header: Sequence[str]
    rows: list[list[Key | str]]


class Check(msgspec.Struct):
    """An independent check line: `text` says what was compared, `holds` how it came out."""

    name: str
    holds: bool
    text: str = ""
