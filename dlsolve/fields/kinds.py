"""What a field of a topic's `Problem` may be, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from dlsolve.numbers.matrix import Matrix


class Vector(Matrix):
    """An n×1 column, from a list."""


class Params(Matrix):
    """A number or an n×1 column; read to an `fmpq` or a `Matrix`."""


class Samples(Matrix):
    """A matrix whose rows are samples; a flat list is one row, a number is 1×1. Read to a `Matrix`."""


class Written(str):
    """A value as somebody wrote it, number or text, digits and all."""


class Expression(msgspec.Struct, frozen=True):
    """A typed function: its text and the tree that it was read to."""

    text: str
    tree: Any


class NumberText(str):
    """A number of a JSON text, kept as it is written, so that 0.1 stays exact."""


class Typed(str):
    """The text of a flag: its commas separate, where JSON text in quotes is one text."""


class Field(msgspec.Struct, frozen=True):
    """What help, schema and errors say of a field, and the bounds that every number of it keeps.

    `aliases` are other names for it. A `family` is one field a number: W1, W2, … as ``dict[int, …]``.
    `csv` fills the field from a data table: ``features`` takes every column but the target
    (a matrix, one row a sample, or a map of the columns), ``target`` the target column, ``column`` the
    column that has the field's name or an alias of it.
    """

    doc: str
    aliases: tuple[str, ...] = ()
    gt: str | None = None
    ge: str | None = None
    lt: str | None = None
    le: str | None = None
    family: bool = False
    csv: Literal["features", "target", "column"] | None = None

    @property
    def bounds(self) -> str:
        """``> 0 and < 1``, or nothing."""
        pairs = ((">", self.gt), ("≥", self.ge), ("<", self.lt), ("≤", self.le))
        return " and ".join(f"{sign} {bound}" for sign, bound in pairs if bound is not None)


PLAIN = Field("")
"""What is known of a field without an annotation."""


def joined(words: Sequence[str], last: str = "or") -> str:
    """``a, b or c``."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
