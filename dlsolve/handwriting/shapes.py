"""The shapes of written answers, told from their trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flint import fmpq

from dlsolve.formula.text import python
from dlsolve.formula.tree import Bin, Mat, Neg, Num, Transpose, Tree
from dlsolve.handwriting.complexes import complex_parts
from dlsolve.handwriting.evaluate import guarded_value
from dlsolve.handwriting.numerals import Numeral, free_names, numeral
from dlsolve.handwriting.tokens import UnreadableError

Shape = Literal["number", "list", "matrix", "set", "scaled", "span", "complex", "formula", "words"]


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote for one value.

    - ``number``: `tree` and `numeral`; - ``list``: `items` in order, `tree` a column; - ``matrix``:
    `items` row by row, `size` its rows and columns; - ``set``: `items` ("6 and -1", "3 ± 2");
    - ``scaled``: `items` of the vector, `scale` its factor (None for a letter: any factor);
    - ``span``: `items` are the vectors; - ``complex``: `items` are the real and imaginary part;
    - ``formula``: `tree` with names; - ``words``: `text`
    alone (`tree` is a name where it is one: a letter, ``spam``).
    """

    text: str
    shape: Shape
    tree: Tree | None = None
    items: tuple[Written, ...] = ()
    size: tuple[int, int] = (1, 1)
    numeral: Numeral = field(default_factory=lambda: Numeral("expression"))
    scale: Written | None = None
    name: str = ""
    relation: Literal["=", "≈"] = "="
    percent_sign: bool = False
    unit: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def half(self) -> fmpq:
        """Half a unit of the last written place of a decimal; 0 for fractions and integers."""
        return self.numeral.half

    def value(self) -> Any:
        """The value of `tree`: `fmpq`, `arb` or `Matrix`. Raises `UnreadableError`."""
        if self.tree is None:
            raise UnreadableError("this is not a number", found=repr(self.text[:60]))
        return guarded_value(self.tree)

    def numbers(self) -> Iterator[Written]:
        """The written numbers inside, in order."""
        if self.shape == "number":
            yield self
        for item in self.items:
            yield from item.numbers()


def describe(tree: Tree, text: str) -> Written:
    """`tree` as a written answer: its shape, its entries, how its numbers were written."""
    match tree:
        case Transpose(Mat() as inner):
            return describe(Mat(tuple(zip(*inner.rows, strict=True))), text)
        case Mat(rows):
            items = tuple(describe(cell, python(cell)) for row in rows for cell in row)
            flat = len(rows) == 1 or len(rows[0]) == 1
            return Written(text, "list" if flat else "matrix", tree, items, (len(rows), len(rows[0])))
    factor = _factored(tree)
    if factor is not None:
        by, vector = factor
        scale = None if by is None or free_names(by) else describe(by, python(by))
        found = describe(vector, text)
        return replace(found, shape="scaled", tree=tree if scale else None, scale=scale)
    terms = _terms(tree)
    if len(terms) > 1 and all(_factored(t) is not None for t in terms):
        vectors = [describe(t, python(t)) for t in terms]
        return Written(text, "span", items=tuple(vectors), size=(len(vectors), 1))
    free = free_names(tree)
    if free and free <= {"i", "j"} and (parts := complex_parts(tree)) is not None:
        return Written(text, "complex", tree, tuple(describe(p, python(p)) for p in parts), (2, 1))
    return Written(text, "formula" if free else "number", tree, numeral=numeral(tree))


def _factored(tree: Tree) -> tuple[Tree | None, Tree] | None:
    """(factor, vector) of ``c(1, -1, 0)``, ``(1, 1)/√2``; the factor −1 of ``-(1, 1)``."""
    match tree:
        case Neg(arg):
            inner = _vector(arg)
            return (Neg(inner[0] or Num("1")), inner[1]) if inner else None
        case Bin("*" | "/", _, _):
            return _vector(tree)
    return None


def _vector(tree: Tree) -> tuple[Tree | None, Tree] | None:
    match tree:
        case Mat() | Transpose(Mat()):
            return None, tree
        case Bin("*", left, right):
            inner = _vector(right)
            if inner:
                return (left if inner[0] is None else Bin("*", left, inner[0])), inner[1]
            inner = _vector(left)
            return ((right if inner[0] is None else Bin("*", inner[0], right)), inner[1]) if inner else None
        case Bin("/", left, right):
            inner = _vector(left)
            return (Bin("/", inner[0] or Num("1"), right), inner[1]) if inner else None
    return None


def _terms(tree: Tree) -> list[Tree]:
    out: list[Tree] = []
    while isinstance(tree, Bin) and tree.op == "+":
        out.insert(0, tree.right)
        tree = tree.left
    return [tree, *out]
