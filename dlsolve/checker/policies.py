"""What a student wrote, handed on in the topic's own run: the policies behind a mark.

`Trusting` judges what is right so far, `Points` what a calculator gives that is fed from the paper,
`Following` what comes of everything that was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.handing import as_written, handed, with_vanished, without_certainties
from dlsolve.checker.judge import Fit, fit
from dlsolve.checker.windows import Answer, tamed, vanishes
from dlsolve.notation import Kind, Symbols
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.policy import Policy, entry_text
from dlsolve.trace import Branch, Key, Trace

_ENTRY = re.compile(r"(?P<name>.+)\[(?P<entry>[\d,]+)\]")


@dataclass
class Written:
    """A student's readable answers by answer name, whole values and single entries apart."""

    whole: dict[str, Answer] = field(default_factory=dict)
    entries: dict[str, dict[str, Answer]] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Mapping[str, Answer], whole_names: set[str]) -> Written:
        out = cls()
        for name, answer in answers.items():
            match = _ENTRY.fullmatch(name)
            if name not in whole_names and match:
                out.entries.setdefault(match["name"], {})[match["entry"]] = answer
            # what no run has met yet may be a value of its own: e_1[2]
            if name in whole_names or not match or match["name"] not in whole_names:
                out.whole[name] = answer
        return out

    def answer(self, name: str) -> Answer | None:
        """The answer under `name`, whole or a single entry."""
        if name in self.whole:
            return self.whole[name]
        match = _ENTRY.fullmatch(name)
        return self.entries.get(match["name"], {}).get(match["entry"]) if match else None

    @property
    def words(self) -> set[str]:
        """The names that were answered in words."""
        return {name for name, answer in self.whole.items() if answer.words is not None}

    def names_of(self, trace: Trace) -> list[str]:
        """The names of the answers that are values worked out in `trace`, whole ones first."""
        steps = {trace.name(key) for key in trace.steps}
        split = [f"{name}[{entry}]" for name, cells in self.entries.items() if name in steps for entry in cells]
        return [name for name in self.whole if name in steps] + split


def as_counted(answer: Answer, true: Any, kind: Kind) -> Any:
    """A whole number that counts or labels, or a matrix of them, as it stands; None for all else."""
    if kind not in ("integer", "label") or any(w.imag is not None or w.middle.q != 1 for w in answer.windows()):
        return None
    return as_written(answer, true) if answer.rows and isinstance(true, Matrix | fmpq | arb) else None


NUMBERS = ("real", "integer", "probability", "matrix")
"""Kinds of values that stand for themselves."""


class Marking(Policy):
    """Hands on what the student wrote. `images` collects, by answer name, what the rules give."""

    name = "follow"
    passive = False

    def __init__(self, true: Trace, written: Written) -> None:
        self.true = true
        self.written = written
        self.images: dict[str, Any] = {}
        self.kinds: dict[str, Kind] = {}
        self.fits: dict[str, Fit] = {}
        self.branches = {b.asked: b.truth for b in true.items if isinstance(b, Branch)}
        self.opened: dict[str, bool] = {}
        """Questions that the windows leave open, and the way taken."""
        self.always: bool | None = None
        """The answer to every question that the windows leave open, where it is set."""

    @property
    def lenient(self) -> bool:
        return True

    # -- the three answers of a policy -----------------------------------------------------------

    def hand_on(self, trace: Trace, key: Key, value: Any) -> Any:
        name = trace.name(key)
        bounded = tamed(value)
        if bounded is None and key not in self.true.steps:
            raise UndecidedError("a value without bounds")
        value = self._true(key, value) if bounded is None else bounded
        answer = self.written.whole.get(name)
        kind = kind_of(trace.symbols, key)
        if answer is not None:
            self.images[name], self.kinds[name] = value, kind
            return self.passed(name, answer, value, self._true(key, value), kind)
        entries = self.written.entries.get(name)
        if entries is None or not isinstance(value, Matrix):
            return value
        true = self._true(key, value)
        rows = []
        for i, row in enumerate(value.rows):
            cells = []
            for j, image in enumerate(row):
                entry = entry_text(value, i, j)
                full = f"{name}[{entry}]"
                if entry in entries:
                    self.images[full] = image
                    exact = true.rows[i][j] if isinstance(true, Matrix) and true.shape == value.shape else image
                    cells.append(self.passed(full, entries[entry], image, exact, "real"))
                else:
                    cells.append(image)
            rows.append(cells)
        return Matrix(rows)

    def hand_on_operation(self, trace: Trace, key: Key, value: Any) -> Any:
        # rules after it see what was written; what is known up to order, scale or span stays the true one
        handed = self.hand_on(trace, key, value)
        return handed if kind_of(trace.symbols, key) in NUMBERS else value

    def rescue(self, trace: Trace, key: Key) -> Any:
        return self.true.env.get(key)

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        if truth is None:
            own = self.branches.get(question, False)
            truth = self.opened[question] = own if self.always is None else self.always
        return truth

    # -- what the two runs do differently ---------------------------------------------------------

    def passed(self, name: str, answer: Answer, image: Any, true: Any, kind: Kind) -> Any:
        raise AssertionError

    def _true(self, key: Key, otherwise: Any) -> Any:
        return self.true.env[key] if key in self.true.steps else otherwise


class Trusting(Marking):
    """The first run: judges against the true value and the image of what is right so far; `granted`
    are right by the written digits themselves."""

    def __init__(self, true: Trace, written: Written, granted: Mapping[str, Fit] | None = None) -> None:
        super().__init__(true, written)
        self.granted = granted or {}
        self.cuts = False
        """Whether the student is known to cut digits off."""
        self.cut: set[str] = set()
        """Cut off from the true value, unless rounded from what the student had."""
        self.by_windows: list[str] = []
        """Right by what the values before can mean, not by the true value."""

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        # what is right but for its rounding does not change the way
        return self.branches.get(question, bool(truth))

    def passed(self, name: str, answer: Answer, image: Any, true: Any, kind: Kind) -> Any:
        how = fit(answer, true, kind)
        if how != "yes":
            by_image = fit(answer, with_vanished(image, true), kind)
            if how == "truncated" and by_image == "yes":
                self.cut.add(name)
            if how == "no" and by_image != "no":
                self.by_windows.append(name)
            how = by_image if by_image == "yes" or how == "no" else how
        if how == "no":
            how = self.granted.get(name, "no")
        self.fits[name] = how
        if how == "no":
            return true
        # rounding is never an error: all that the digits can mean may have been gone on with
        counted = as_counted(answer, true, kind)
        return handed(answer, image, true, how, cuts=self.cuts, whole=True) if counted is None else counted


class Points(Marking):
    """A run on the written digits as they stand: what a calculator gives that is fed from the paper.

    Where windows lead nowhere (a difference of equal digits below a fraction bar, a rounded 0) this
    still tells what was computed.
    """

    def __init__(self, true: Trace, written: Written, trusted: Mapping[str, Fit]) -> None:
        super().__init__(true, written)
        self.trusted = trusted

    def passed(self, name: str, answer: Answer, image: Any, true: Any, kind: Kind) -> Any:
        self.fits[name] = fit(answer, image, kind)
        right = self.trusted.get(name, "no") != "no" or self.fits[name] != "no"
        return as_written(answer, true) if right else true


class Following(Marking):
    """The second run: everything written is handed on, but a wrong 0 (or probability 0 or 1).

    With `digits` the written digits are handed on instead of their windows, and with `zeros` wrong
    zeros too: a value other than 0 that comes of them follows from them.
    """

    def __init__(
        self, true: Trace, written: Written, trusted: Mapping[str, Fit], *, digits: bool = False, zeros: bool = False
    ) -> None:
        super().__init__(true, written)
        self.trusted = trusted
        self.digits = digits
        self.zeros = zeros

    def given(self, trace: Trace, key: Key, value: Any) -> Any:
        name = trace.name(key)
        answer = self.written.whole.get(name)
        if answer is None or self.trusted.get(name, "yes") != "no":
            return value
        # a number that was misread is gone on with
        ones = kind_of(trace.symbols, key) == "probability"
        return without_certainties(as_written(answer, value), answer, value, ones=ones, kept=self.zeros)

    def passed(self, name: str, answer: Answer, image: Any, true: Any, kind: Kind) -> Any:
        right = self.trusted.get(name, "no")
        self.fits[name] = "no" if right == "no" and vague(image) else fit(answer, image, kind)
        if self.digits:
            value = as_written(answer, true)
        elif (counted := as_counted(answer, true, kind)) is not None:
            value = counted
        else:
            value = handed(answer, image, true, right if right != "no" else self.fits[name])
        if right == "no":
            return without_certainties(value, answer, true, ones=kind == "probability", kept=self.zeros)
        return value


def vague(image: Any) -> bool:
    """Whether what was written before leaves so much open that anything would follow: 1 − 1, each to one figure."""
    wide = isinstance(image, arb) and image.is_finite() and bool(image.rad() > abs(image.mid()) / 2)
    return wide and not vanishes(image)


def kind_of(symbols: Symbols, key: Key) -> Kind:
    """The declared kind of a named value."""
    row = symbols.quantity(key if isinstance(key, str) else str(key[0]))
    return row.kind if row is not None else "real"
