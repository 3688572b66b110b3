"""One hand for people: trees, names, values and sentences as pieces of Unicode (or ASCII) text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flint import acb, arb, fmpq

from dlsolve.formula.text import Grid, Piece, number, python, unicode
from dlsolve.formula.tree import Cmp, If, Index, Mat, Name, Ref, Tree, rebuild
from dlsolve.formula.written import exact_number
from dlsolve.numbers.algebraic import Algebraic
from dlsolve.numbers.show import Digits, Shown, decimal, fraction, terminates
from dlsolve.readings import (
    NEGATED,
    all_exact,
    as_carried,
    branch_text,
    ends,
    question_lines,
    rows_of,
    shown_value,
    small_fraction,
)
from dlsolve.render.words import ascii_text, clean
from dlsolve.trace import Branch, Key, Trace

_INNER_SIGN = re.compile(r"(?<=[\d.])([+-])(?=[\d.i])")
"""The sign between the parts of a complex number."""
MAX_LEVEL = 6
"""Entries of a column that is written on one line."""
_SIGN = {">=": "≥", "<=": "≤", "!=": "≠", "==": "="}


class Hand:
    """Writes for one trace; `digits` of the values, ASCII only where `ascii`, large matrices with their
    middle only where `whole`."""

    def __init__(self, trace: Trace, digits: Digits, *, ascii: bool = False, whole: bool = False) -> None:
        self.trace = trace
        self.digits = digits
        self.ascii = ascii
        self.whole = whole

    def text(self, text: str) -> str:
        """A sentence or label: typed by a user or a topic, safe to print."""
        text = clean(text)
        return ascii_text(text) if self.ascii else text

    def name(self, key: Key) -> str:
        if self.ascii:
            return clean(self.trace.name(key))
        base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
        return clean(self.trace.symbols.unicode(base, [str(i) for i in index]))

    def meaning(self, base: str, keys: Sequence[Key]) -> str:
        """What the typed values at `keys` are: “weights of layer 2”; an index that varies keeps its letter."""
        row = self.trace.symbols.quantity(base)
        if row is None:
            return ""
        at = {
            letter: {str(v) for v in values}
            for letter, values in zip(row.letters, zip(*map(index_of, keys), strict=True), strict=False)
        }
        words = {letter: next(iter(at[letter])) if len(at.get(letter, ())) == 1 else letter for letter in row.letters}
        return self.text(row.given.format_map(words) if row.given else row.meaning)

    def number(self, text: str) -> str:
        if text.endswith("i"):
            text = _INNER_SIGN.sub(r" \1 ", text)
            return text if self.ascii else text.replace("-", "−")
        return text if self.ascii else number(text)

    def maths(self, tree: Tree) -> list[Piece]:
        pieces = _ascii_pieces(tree, self.trace) if self.ascii else unicode(tree, self.trace.symbols)
        return [clean(p) if isinstance(p, str) else _clean_grid(p) for p in pieces]

    def room(self, text: str) -> int:
        """How many characters of `text` a reader sees."""
        return len(text)

    # -- values --------------------------------------------------------------------------------

    def about(self) -> str:
        return "~ " if self.ascii else "≈ "

    def shown(
        self, shown: Shown | tuple[tuple[Shown, ...], ...], value: Any = None, form: Tree | None = None, most: int = 16
    ) -> list[Piece]:
        """A printed value after its sign: ``= 47/190 ≈ 0.24737``, ``= (5 + √33) / 2 ≈ 5.3723``. A closed
        `form` stands beside it where it takes at most `most` characters."""
        if isinstance(shown, Shown):
            beside = None if shown.exact else self.exactly(value)
            if beside is None and form is not None and not shown.exact:
                text = self.line(form)
                beside = text if self.room(text) <= most else None
            if beside:
                return [f"= {beside}", f" {self.about()}{self.number(shown.text)}"]
            return [("= " if shown.exact else self.about()) + self.number(shown.text)]
        exact = all(s.exact for row in shown for s in row)
        if exact and self.ends(value) is not value:
            exact = all_exact(value, self.digits)
        decimals = Grid(tuple(tuple(self.number(s.text) for s in row) for row in shown))
        rows = rows_of(self.ends(value))
        if exact or rows is None or len(rows) * len(rows[0]) > 16:
            return ["= " if exact else self.about(), decimals]
        cells = [[self.exactly(e) or self._whole(s) for e, s in zip(*pair, strict=True)]
                 for pair in zip(rows, shown, strict=True)]  # fmt: skip
        if all(0 < self.room(cell) <= 12 for row in cells for cell in row):
            return ["= ", Grid(tuple(map(tuple, cells))), f" {self.about()}", decimals]
        return [self.about(), decimals]

    def _whole(self, shown: Shown) -> str:
        """A whole number as it stands; nothing for a decimal, which does not mix with fractions."""
        return self.number(shown.text) if shown.exact and "." not in shown.text else ""

    def exactly(self, value: Any) -> str | None:
        """What a person writes beside decimals: a small fraction, a surd."""
        if isinstance(value, Algebraic):
            return self.line(exact_number(value)) if value.surd is not None else None
        beside = small_fraction(value)
        return self.number(beside) if beside else None

    def value(self, value: Any, computed: Any = None, form: Tree | None = None) -> list[Piece]:
        """Any held value after its sign; words and formulas as they are. Where `value` is carried by
        hand, `computed` is what was rounded. `form` is its closed form."""
        if isinstance(value, fmpq | arb | float | Algebraic | acb) or hasattr(value, "shape"):
            drawn = self.ends(value)
            shown = shown_value(drawn, self.digits)
            if computed is not None:
                shown = as_carried(shown, self.ends(computed), drawn)
            return self.shown(shown, value, form, 48)
        return ["= ", *self.state(value)] if not isinstance(value, str) else [f"= {self.text(value)}"]

    def level(self, pieces: list[Piece]) -> list[Piece]:
        """`pieces` with their columns on one line, as outside a derivation: (1, 2)ᵀ."""
        mark = "^T" if self.ascii else "ᵀ"
        return [
            "(" + ", ".join(row[0] for row in p.rows) + f"){mark}"
            if isinstance(p, Grid) and 1 < len(p.rows) <= MAX_LEVEL and all(len(row) == 1 for row in p.rows) else p
            for p in pieces
        ]  # fmt: skip

    def state(self, value: Any) -> list[Piece]:
        """A value without its sign: a state of an operation, a cell of a table."""
        if value is None:
            return []
        if isinstance(value, str):
            return [self.text(value)]
        if isinstance(value, bool | int):
            return [str(value)]
        if isinstance(value, list | tuple):
            out: list[Piece] = []
            for one in value:
                out += [", "] if out else []
                out += self.state(one)
            return ["(", *out, ")"]
        if isinstance(value, Tree):
            return self.maths(value)
        rows = rows_of(self.ends(value))
        if rows is not None:
            return [Grid(tuple(tuple(self.scalar(e) for e in row) for row in rows))]
        return [self.scalar(value)]

    def ends(self, value: Any) -> Any:
        """`value`, a large matrix without the middle that is not drawn."""
        return value if self.whole else ends(value)

    def scalar(self, value: Any) -> str:
        """A number alone: exactly where that is short, else its digits."""
        if isinstance(value, str):
            return self.text(value)
        beside = self.exactly(value)
        if beside is not None and self.room(beside) <= 12:
            return beside
        shown = shown_value(value, self.digits)
        assert isinstance(shown, Shown)
        return self.number(shown.text)

    def header(self, text: str) -> str:
        """A column's head: the symbol of a declared quantity, else words."""
        if text.isidentifier() and text.isascii() and self.trace.symbols.quantity(text) and not self.ascii:
            return clean(self.trace.symbols.unicode(text))
        return self.text(text)

    def cell(self, value: Any) -> list[Piece]:
        """A value in a table: digits only; a column as (a, b)."""
        if isinstance(value, str | list | tuple | bool | int | Tree) or value is None:
            return self.state(value)
        drawn = self.ends(value)
        shown = shown_value(drawn, self.digits)
        if isinstance(shown, Shown):
            return [self.number(shown.text)]
        if len(shown[0]) == 1 or len(shown) == 1:
            flat = [self.number(s.text) for row in shown for s in row]
            if drawn is not value:
                flat = [*flat[:6], "..." if self.ascii else "…", *flat[-3:]]
            return [flat[0]] if len(flat) == 1 else ["(" + ", ".join(flat) + ")"]
        return [Grid(tuple(tuple(self.number(s.text) for s in row) for row in shown))]

    def typed(self, value: Any) -> list[Piece]:
        """A given value, never rounded: its decimals where they end, else its fraction."""
        rows = rows_of(self.ends(value))
        if rows is not None:
            return [Grid(tuple(tuple(self._typed(e) for e in row) for row in rows))]
        return [self._typed(value)] if isinstance(value, fmpq | float) else self.cell(value)

    def _typed(self, value: Any) -> str:
        if isinstance(value, fmpq):
            return self.number(decimal(value) if terminates(value) else fraction(value))
        return self.number(repr(value).removesuffix(".0")) if isinstance(value, float) else self.scalar(value)

    # -- branches ------------------------------------------------------------------------------

    def branch(self, branch: Branch) -> str:
        """``z₃ = 1.2 ≥ 1, so ŷ₃ = 1``"""
        at_step, numbers = question_lines(self.trace, branch.question, branch.index, branch.truth, self.digits)
        return self._because(self.reason(at_step, numbers, branch.truth), self.text(branch.so).strip())

    def taken(self, name: str, at_step: Tree, numbers: Tree) -> str | None:
        """The same for a step whose rule is ``a if c else b``; None for any other rule."""
        if not (isinstance(at_step, If) and isinstance(numbers, If)):
            return None
        found = branch_text(numbers)
        if found is None:
            return None
        truth = found[0] == numbers.cond
        return self._because(self.reason(at_step.cond, numbers.cond, truth), f"{name} = {self.line(found[1])}")

    def reason(self, at_step: Tree, numbers: Tree, truth: bool) -> str:
        """A question with its numbers, turned round where the answer is no: ``z = 0.6 < 1``."""
        if not (isinstance(at_step, Cmp) and isinstance(numbers, Cmp)):
            return f"{self.line(numbers)}: {'yes' if truth else 'no'}"
        op = numbers.op if truth else NEGATED[numbers.op]
        left, right = self.line(numbers.left), self.line(numbers.right)
        if at_step.left != numbers.left:
            left = f"{self.line(at_step.left)} = {left}"
        if at_step.right != numbers.right and (op in ("==", "!=") or self._worked_out(at_step.right)):
            # equal sides: the name says whose number it is
            right = self.line(at_step.right) if op == "==" else f"{right} = {self.line(at_step.right)}"
        if op == "==" and at_step.left != numbers.left and numbers.left == numbers.right == at_step.right:
            return f"{self.line(at_step.left)} = {right}"  # z = 0, not z = 0 = 0
        return f"{left} {op if self.ascii else _SIGN.get(op, op)} {right}"

    def _worked_out(self, tree: Tree) -> bool:
        """Whether `tree` mentions a value of the run (a typed threshold needs no name beside it)."""
        key: Key | None = None
        if isinstance(tree, Ref):
            key = (tree.base, *tree.index) if tree.index else tree.base
        elif isinstance(tree, Name):
            key = tree.id
        return key is None or key in self.trace.steps

    def _because(self, reason: str, so: str) -> str:
        if not so:
            return reason
        return f"{reason}, {so}" if so.startswith(("so ", "hence ")) else f"{reason}, so {so}"

    def line(self, tree: Tree) -> str:
        """A tree in one line, matrices as ``[1 2; 3 4]``."""
        return "".join(
            p if isinstance(p, str) else "[" + "; ".join(" ".join(r) for r in p.rows) + "]" for p in self.maths(tree)
        )


def _clean_grid(grid: Grid) -> Grid:
    return Grid(tuple(tuple(clean(c) for c in row) for row in grid.rows))


def _ascii_pieces(tree: Tree, trace: Trace) -> list[Piece]:
    """`tree` in the rule language, its matrices drawn."""
    grids: list[Grid] = []

    def change(node: Tree) -> Tree:
        if isinstance(node, Mat):
            grids.append(Grid(tuple(tuple(python(c, trace.symbols) for c in row) for row in node.rows)))
            return Name(f"\x00{len(grids) - 1}\x00")
        return rebuild(node, change)

    out: list[Piece] = []
    for n, part in enumerate(python(change(tree), trace.symbols).split("\x00")):
        if n % 2:
            out.append(grids[int(part)])
        else:
            out += [p for p in re.split(r"(?= (?:[+\-/@]|if|else) )", part) if p]
    return out


def index_of(key: Key) -> Sequence[Index]:
    return () if isinstance(key, str) else key[1:]
