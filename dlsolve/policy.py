"""What a named step hands on to the steps after it.

exact   what was computed
carry   rounded as it is written down by hand
follow  what the student wrote, where something was written
slip    one rule replaced for the whole run, or at one step
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from dlsolve.formula.rules import Change, Rule
from dlsolve.numbers.algebraic import Algebraic
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import Digits, bounds, from_float, round_to

if TYPE_CHECKING:
    from dlsolve.trace import Key, Trace


class Policy:
    """The exact policy; the others change one of its three answers."""

    name = "exact"
    passive = True
    """Whether values are handed on as computed (the trace then skips `hand_on`)."""

    @property
    def lenient(self) -> bool:
        """Whether values are windows: a comparison that they leave open is put to `branch`, and the
        topic's own checks are left out."""
        return False

    def replaced(self, trace: Trace, rule: Rule, key: Key) -> Rule:
        """The rule used for one step."""
        return rule

    def given(self, trace: Trace, key: Key, value: Any) -> Any:
        """A number of the problem, as the run sees it."""
        return value

    def hand_on(self, trace: Trace, key: Key, value: Any) -> Any:
        """The value that later steps see."""
        return value

    def hand_on_operation(self, trace: Trace, key: Key, value: Any) -> Any:
        """The result of what is no formula, as later steps see it."""
        return self.hand_on(trace, key, value)

    def rescue(self, trace: Trace, key: Key) -> Any:
        """A value where the rule gives none for the values handed on; None lets the error stand."""
        return None

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        """The branch taken; `truth` is None where enclosures do not settle it."""
        return bool(truth)


EXACT_POLICY = Policy()


class Carry(Policy):
    """Every named value rounded to `digits` as it is written down; what is counted stays whole."""

    name = "carry"
    passive = False

    def __init__(self, digits: Digits) -> None:
        self.digits = digits

    def hand_on(self, trace: Trace, key: Key, value: Any) -> Any:
        quantity = trace.symbols.quantity(key if isinstance(key, str) else str(key[0]))
        counted = quantity is not None and quantity.kind == "integer"
        return value if counted else map_scalars(value, self._round)

    def _round(self, value: Any) -> Any:
        if not isinstance(value, fmpq | arb | float | Algebraic) or (isinstance(value, Algebraic) and not value.real):
            return value  # a truth, words, a formula, a complex number: written in full
        if isinstance(value, float):
            return float(round_to(from_float(value), self.digits))
        if isinstance(value, fmpq):
            return round_to(value, self.digits)
        low, high = bounds(value)
        below, above = round_to(low, self.digits), round_to(high, self.digits)
        if below != above:
            from dlsolve.numbers.precision import UndecidedError, at_most

            if not at_most():
                raise UndecidedError("a carried digit")
        return below


class Follow(Policy):
    """The student's values by answer name (``y_hat_1[3]`` for an entry); branches by `branches`,
    a question's text -> the way the student took."""

    name = "follow"
    passive = False

    def __init__(self, written: Mapping[str, Any], branches: Mapping[str, bool] | None = None) -> None:
        self.written = written
        self.branches = branches or {}

    @property
    def lenient(self) -> bool:
        return True

    def hand_on(self, trace: Trace, key: Key, value: Any) -> Any:
        name = trace.name(key)
        if name in self.written:
            return self.written[name]
        if isinstance(value, Matrix):
            rows = [
                [self.written.get(f"{name}[{entry_text(value, i, j)}]", e) for j, e in enumerate(row)]
                for i, row in enumerate(value.rows)
            ]
            return Matrix(rows)
        return value

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        return self.branches.get(question, bool(truth))


class Slip(Policy):
    """`replacement` used instead of its target's rule, or made by a change from each rule that it
    touches: everywhere, or only at the step `at`."""

    name = "slip"
    passive = False

    def __init__(self, replacement: Rule | Change, at: str | None = None, under: Policy = EXACT_POLICY) -> None:
        self.replacement = replacement
        self.at = at
        self.under = under

    def replaced(self, trace: Trace, rule: Rule, key: Key) -> Rule:
        if self.at is not None and trace.name(key) != self.at:
            return rule
        if isinstance(self.replacement, Rule):
            return self.replacement if rule.id == self.replacement.id else rule
        return self.replacement(rule) or rule

    def hand_on(self, trace: Trace, key: Key, value: Any) -> Any:
        return self.under.hand_on(trace, key, value)

    @property
    def lenient(self) -> bool:
        return self.under.lenient

    def hand_on_operation(self, trace: Trace, key: Key, value: Any) -> Any:
        return self.under.hand_on_operation(trace, key, value)

    def rescue(self, trace: Trace, key: Key) -> Any:
        return self.under.rescue(trace, key)

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        return self.under.branch(trace, question, truth)


def map_scalars(value: Any, change: Any) -> Any:
    """`change` on a scalar, or on every entry of a matrix or array."""
    if isinstance(value, Matrix):
        return value.map(change)
    if hasattr(value, "shape"):
        import numpy

        return numpy.vectorize(change, otypes=[float])(value)
    return change(value)


def entry_text(value: Matrix, i: int, j: int) -> str:
    """The 1-based entry part of an answer name: one number into a column or row."""
    if value.shape[1] == 1:
        return str(i + 1)
    return str(j + 1) if value.shape[0] == 1 else f"{i + 1},{j + 1}"
