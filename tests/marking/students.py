"""Simulated students: policies of a run that write down every named value as a person would.

A student rounds (or cuts) to a number of significant figures, and hands on what was written, what
was computed, or now one and now the other. An eigenvalue, a vector or a row reduction is only
written, never carried: rounded it would make another problem.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Literal

from flint import arb, fmpq

from dlsolve.checker.policies import NUMBERS, kind_of
from dlsolve.checker.windows import tamed
from dlsolve.formula.rules import Change, Rule
from dlsolve.formula.text import python
from dlsolve.formula.tree import Tree
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import Digits, bounds, decimal, exponent10, round_to
from dlsolve.policy import Policy, entry_text
from dlsolve.trace import Key, Trace

Carrying = Literal["rounded", "full", "mixed"]
POINTS = ("integer", "label")
MOST_BITS = 1_000


class Student(Policy):
    """Solves and writes: `texts` holds what stands on the paper, by answer name."""

    name = "student"
    passive = False

    def __init__(
        self,
        chance: random.Random,
        figures: int,
        carrying: Carrying,
        *,
        truncates: bool = False,
        keeps_zeros: bool = False,
        by_entries: bool = False,
        share: float = 1.0,
        slip: Rule | Change | None = None,
        at: str | None = None,
        spoils: Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        self.seed = chance.random()
        self.figures = figures
        self.carrying = carrying
        self.truncates = truncates
        self.keeps_zeros = keeps_zeros
        self.by_entries = by_entries
        self.share = share
        self.slip = slip
        self.at = at
        self.spoils = spoils or {}
        """By answer name, what is written in place of what was worked out."""
        self.ways: dict[str, bool] = {}
        """Questions of the true run, by their text, with their answers."""
        self.true: Trace | None = None
        self.texts: dict[str, str] = {}
        self.cuts = 0
        """Numbers that were cut off to what no rounding gives."""
        self.slipped: list[str] = []
        self.rules: dict[str, Rule] = {}
        """The rule used at each step."""
        self._trace: Trace | None = None

    @property
    def lenient(self) -> bool:
        return False

    # -- the run ---------------------------------------------------------------------------------

    def _start(self, trace: Trace) -> None:
        if trace is not self._trace:  # the run again, more precisely
            self._trace = trace
            self.texts, self.slipped, self.rules, self.cuts = {}, [], {}, 0
            self.chance = random.Random(self.seed)

    def replaced(self, trace: Trace, rule: Rule, key: Key) -> Rule:
        self._start(trace)
        self.rules[trace.name(key)] = rule
        if self.slip is None or (self.at is not None and trace.name(key) != self.at):
            return rule
        if isinstance(self.slip, Rule):
            other = self.slip if rule.id == self.slip.id else None
        else:
            other = self.slip(rule)
        if other is None:
            return rule
        self.slipped.append(trace.name(key))
        return other

    def hand_on(self, trace: Trace, key: Key, value: Any) -> Any:
        self._start(trace)
        name = trace.name(key)
        if name in self.spoils:
            value = self.spoils[name](value)
        if self.chance.random() >= self.share:
            return value  # not written down, so not rounded either
        kind = kind_of(trace.symbols, key)
        written = self._write(name, value, kind)
        if written is None or kind in POINTS:
            return value
        return written if self._carries() else value

    def hand_on_operation(self, trace: Trace, key: Key, value: Any) -> Any:
        self._start(trace)
        if self.chance.random() < self.share:
            kind = kind_of(trace.symbols, key)
            if kind in ("label", "choice") and self.true is not None and key in self.true.steps and not self.slip:
                value = self.true.env[key]  # nor which of two equal ones is larger
            written = self._write(trace.name(key), value, kind)
            if written is not None and kind in NUMBERS and kind not in POINTS and self._carries():
                return written
        return value

    def _carries(self) -> bool:
        return self.carrying == "rounded" or (self.carrying == "mixed" and self.chance.random() < 0.5)

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        # whether two values agree is not asked of rounded ones
        return self.ways.get(question, bool(truth))

    # -- the paper -------------------------------------------------------------------------------

    def _write(self, name: str, value: Any, kind: str) -> Any:
        """Puts `value` on the paper; returns it as written, None where it is no number."""
        if isinstance(value, Matrix):
            cells = [[self._number(e, kind) for e in row] for row in value.rows]
            texts = [[c[0] for c in row] for row in cells]
            if self.by_entries and kind in ("matrix", "real"):
                for i, row in enumerate(texts):
                    for j, text in enumerate(row):
                        self.texts[f"{name}[{entry_text(value, i, j)}]"] = text
            elif value.shape[1] == 1:
                self.texts[name] = "[" + ", ".join(row[0] for row in texts) + "]"
            else:
                self.texts[name] = "[" + ", ".join("[" + ", ".join(row) + "]" for row in texts) + "]"
            numbers = [[number for _, number in row if number is not None] for row in cells]
            return Matrix(numbers) if [len(row) for row in numbers] == [len(row) for row in cells] else None
        if isinstance(value, str):
            self.texts[name] = value
            return None
        if isinstance(value, Tree):
            self.texts[name] = python(value)
            return None
        text, number = self._number(value, kind)
        self.texts[name] = text
        return number

    def _number(self, value: Any, kind: str) -> tuple[str, fmpq | None]:
        if isinstance(value, bool):
            value = fmpq(int(value))
        value = tamed(value)
        if value is None or (isinstance(value, fmpq) and value.height_bits() > MOST_BITS):
            raise ValueError("nobody writes a number as long as this")
        if not isinstance(value, fmpq | arb):
            if isinstance(value, Algebraic):
                value = number_ball(value)
            if isinstance(value, arb):
                return self._number(value, kind)[0], None
            real, imag = (self._number(part, kind)[0] for part in (value.real, value.imag))
            return f"{real}{'' if imag.startswith('-') else '+'}{imag}i", None
        if (
            isinstance(value, fmpq)
            and value.q == 1
            and (kind in POINTS or value == 0 or (not self.keeps_zeros and abs(value) < 10**self.figures))
        ):
            return str(int(value.p)), value
        low, high = bounds(value)
        if self.truncates:
            below, above = cut(low, self.figures), cut(high, self.figures)
        else:
            below, above = (round_to(end, Digits(self.figures)) for end in (low, high))
        if below != above:
            raise UndecidedError("a written digit", value)
        # in a vector up to scale a whole number is taken for an exact one
        text = self._text(below, self.keeps_zeros or kind in ("direction", "basis", "row state", "multiset"))
        self.cuts += abs(low - below) > _half_unit(text)
        return text, below

    def _text(self, value: fmpq, zeros: bool) -> str:
        """Decimals, or a power of ten where places before the point were rounded away."""
        if value == 0:
            return "0"
        top = exponent10(value)
        places = self.figures - 1 - top
        if places < 0 or top < -5:
            head = decimal(value / fmpq(10) ** top)
            return f"{self._padded(head, self.figures - 1 if zeros else 0)}*10^{top}"
        return self._padded(decimal(value), places if zeros else 0)

    def _padded(self, text: str, places: int) -> str:
        if places <= 0 or "e" in text:
            return text
        whole, _, rest = text.partition(".")
        return f"{whole}.{rest.ljust(places, '0')}"


def _half_unit(text: str) -> fmpq:
    """Half a unit of the last place of `text`; of a bare whole number as much as it takes."""
    head, _, power = text.partition("*10^")
    places = len(head.partition(".")[2])
    return fmpq(10) ** (int(power or 0) - places) / 2


def cut(value: fmpq, figures: int) -> fmpq:
    """`value` cut off after `figures` significant figures."""
    if value == 0:
        return value
    unit = fmpq(10) ** (exponent10(value) - figures + 1)
    count = abs(value) / unit
    whole = unit * (int(count.p) // int(count.q))
    return whole if value > 0 else -whole
