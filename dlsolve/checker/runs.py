"""The two runs behind a mark: one over what is right so far, one over all that was written.

Both are the topic's own run with the student's values handed on as windows. In the first, a value
that is not right hands on the true one, so that what meets an image here is right. In the second
everything written is handed on: what meets an image only here follows from an earlier slip.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import arb

from dlsolve.checker.enclose import WINDOWS
from dlsolve.checker.handing import as_written, handed, without_certainties
from dlsolve.checker.judge import Fit, fit
from dlsolve.checker.windows import Answer, tamed
from dlsolve.errors import DlsolveError
from dlsolve.notation import Kind, Symbols
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.policy import Policy, entry_text
from dlsolve.solver import Solution
from dlsolve.trace import Branch, Key, Trace

BITS = 128
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


class Marking(Policy):
    """Hands on what the student wrote. `images` collects, by answer name, what the rules give."""

    name = "follow"
    passive = False

    def __init__(self, true: Trace, written: Written) -> None:
        self.true = true
        self.written = written
        self.images: dict[str, Any] = {}
        self.fits: dict[str, Fit] = {}
        self.branches = {b.asked: b.truth for b in true.items if isinstance(b, Branch)}

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
            self.images[name] = value
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
        # what is no formula goes on from the true value: a rounded eigenvalue is another problem
        self.hand_on(trace, key, value)
        return value

    def rescue(self, trace: Trace, key: Key) -> Any:
        return self.true.env.get(key)

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        return self.branches.get(question, False) if truth is None else truth

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

    def branch(self, trace: Trace, question: str, truth: bool | None) -> bool:
        # what is right but for its rounding does not change the way
        return self.branches.get(question, bool(truth))

    def passed(self, name: str, answer: Answer, image: Any, true: Any, kind: Kind) -> Any:
        how = fit(answer, true, kind)
        if how != "yes":
            by_image = fit(answer, image, kind)
            if how == "truncated" and by_image == "yes":
                self.cut.add(name)
            how = by_image if by_image == "yes" or how == "no" else how
        if how == "no":
            how = self.granted.get(name, "no")
        self.fits[name] = how
        if how == "no":
            return true
        # rounding is never an error: all that the digits can mean may have been gone on with
        return handed(answer, image, true, how, cuts=self.cuts, whole=True)


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
        self.fits[name] = fit(answer, image, kind)
        right = self.trusted.get(name, "no")
        if self.digits:
            value = as_written(answer, true)
        else:
            value = handed(answer, image, true, right if right != "no" else self.fits[name])
        if right == "no":
            return without_certainties(value, answer, true, ones=kind == "probability", kept=self.zeros)
        return value


def following(solution: Solution, written: Written, trusted: Mapping[str, Fit]) -> tuple[Following, Trace]:
    """The second run, with what only the written digits prove."""
    true = solution.trace
    bare = Following(true, written, trusted, digits=True)
    way = rerun(solution, bare)
    policy = Following(true, written, trusted)
    # where windows leave the way open the written digits take it
    policy.branches |= {b.asked: b.truth for b in way.items if isinstance(b, Branch)}
    trace = rerun(solution, policy)

    def unsettled() -> list[str]:
        return [n for n, how in policy.fits.items() if how == "no" and trusted.get(n, "no") == "no"]

    for digits, zeros in ((True, False), (True, True), (False, True)):
        if len(unsettled()) < 2:
            break  # what is wrong by itself has nothing to follow from
        other = bare
        if zeros:
            other = Following(true, written, trusted, digits=digits, zeros=True)
            other.branches = policy.branches
            rerun(solution, other)
        # by the digits a run may come to values that windows never reach
        policy.fits |= {n: "no" for n in other.fits if n not in policy.fits}
        blank_before = False
        for name in unsettled():
            answer = written.answer(name)
            blank = answer is not None and answer.blank
            # a 0 is not paid for by a wrong 0 before it
            how: Fit = "no" if zeros and blank and blank_before else other.fits.get(name, "no")
            if how == "no" and blank and not blank_before and _around_zero(policy.images.get(name)):
                how = "yes"
            if how != "no":
                policy.fits[name] = how
                policy.images[name] = other.images.get(name, policy.images.get(name))
            blank_before = blank_before or (blank and how == "no")
    return policy, trace


def _around_zero(image: Any) -> bool:
    """Whether what was written before leaves open that a difference is 0."""
    return isinstance(image, arb) and bool(image.contains(0)) and image.is_finite()


def kind_of(symbols: Symbols, key: Key) -> Kind:
    """The declared kind of a named value."""
    row = symbols.quantity(key if isinstance(key, str) else str(key[0]))
    return row.kind if row is not None else "real"


MOST_ROUNDS = 3
STOPS = (DlsolveError, UndecidedError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError)


def trusting(solution: Solution, written: Written) -> tuple[Trusting, Trace]:
    """The first run, again where the written digits themselves prove more than their windows."""
    true = solution.trace
    granted: dict[str, Fit] = {}
    cuts = False
    for _ in range(MOST_ROUNDS):
        policy = Trusting(true, written, granted)
        policy.cuts = cuts
        trace = rerun(solution, policy)
        wrong = any(how == "no" for how in policy.fits.values())
        if not wrong and not policy.cut:
            break
        points = Points(true, written, policy.fits)
        rerun(solution, points)
        policy.fits |= {n: "truncated" for n in policy.cut if points.fits.get(n) != "yes"}
        more = {n: how for n, how in points.fits.items() if how != "no" and policy.fits.get(n, "no") == "no"}
        cutting = bool(policy.cut) or "truncated" in policy.fits.values()
        if not wrong or (not more and cutting == cuts):
            break
        granted |= more
        cuts = cutting
    return policy, trace


def rerun(solution: Solution, policy: Policy) -> Trace:
    """The topic's run under `policy`; stops quietly where the student's values leave every path."""
    topic, true = solution.topic, solution.trace
    with precision(BITS):
        symbols = Symbols(topic.notation, true.symbols.course)
        trace = Trace(symbols, topic.rules, true.choices, WINDOWS, policy, BITS)
        with contextlib.suppress(*STOPS):
            topic.solve(solution.problem, trace)
    return trace
