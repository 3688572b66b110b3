"""A student's answers judged: the two runs over them, and the search for the slips behind the wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.judge import fit
from dlsolve.checker.made import FEWEST_FIGURES
from dlsolve.checker.policies import Following, Written, kind_of, vague
from dlsolve.checker.roundings import Roundings
from dlsolve.checker.runs import following, trusting
from dlsolve.checker.search import Search
from dlsolve.checker.texts import shown, stated
from dlsolve.checker.windows import Answer, Window, ends
from dlsolve.checker.words import same_words
from dlsolve.checker.worth import Worth
from dlsolve.formula.tree import Tree
from dlsolve.named import keys_by_name
from dlsolve.notation import Kind
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits, round_to
from dlsolve.solver import Solution
from dlsolve.trace import Operation, Step

LARGEST_UNIT = fmpq(1, 1_000)
NEGLIGIBLE = 1_000
"""How many times a probability is smaller than the last place of a 0 that may stand for it."""


class Judged:
    """A student's answers, judged in both runs; `following` and `second` are the run over everything
    that was written, `search` looks for slips in it."""

    def __init__(
        self, solution: Solution, answers: Mapping[str, Answer], worth: Worth, settled: Mapping[str, str]
    ) -> None:
        self.solution = solution
        self.true = solution.trace
        places = worth.places if solution.digits.unit == "sf" else solution.digits.count
        self.worth = worth
        self.keys = keys_by_name(self.true)
        tiny = {n for n, a in answers.items() if self._next_to_nothing(n, a)}
        self.answers = answers = {n: _certain(_zeros_of(a, places), self._kind(n)) for n, a in answers.items()}
        readable = {n: a for n, a in answers.items() if a.unreadable is None}
        # nobody goes on with 0 for what is only written so
        self.written = Written.of({n: a for n, a in readable.items() if n not in tiny}, set(self.keys))
        self.settled = settled
        right = [n for n, a in readable.items() if settled.get(n) == "" or self._as_printed(n, a) or self._tied(n, a)]
        self.roundings = Roundings(self.true, self.written)
        self.trusting, self.first = trusting(solution, self.written, dict.fromkeys(right, "yes"))
        self.trusting.fits |= dict.fromkeys(tiny, "yes")
        self._unreached(readable)
        self.trusting.fits |= {n: "no" if wrong else "yes" for n, wrong in settled.items() if n in readable}
        self._follow(readable)
        slipped = [n for n in self.trusting.by_windows if self._slipped(n)]
        if slipped:
            self.trusting.fits |= dict.fromkeys(slipped, "no")
            self._follow(readable)
            self.following.fits |= dict.fromkeys(slipped, "no")
        self.place = {self.second.name(k): n for n, k in enumerate(self.second.steps)}
        self.place |= {self.true.name(k): n for n, k in enumerate(self.true.steps)}
        self.given = {self.true.name(k) for row in self.true.givens for k in row.keys} - self.place.keys()
        self.place |= dict.fromkeys(self.given, -1)
        again = {n for n in self.given if self.trusting.fits.get(n, "no") != "no"}
        self.own = {n: a for n, a in answers.items() if n not in again and n.partition("[")[0] not in again}
        """What is the student's own: a given number that was only written down again is not."""

    def _next_to_nothing(self, name: str, answer: Answer) -> bool:
        """Whether 0.000 was written for a probability that is so small."""
        true, window = self._true_value(name), answer.scalar
        if self._kind(name) != "probability" or window is None or not isinstance(true, fmpq | arb):
            return False
        return window.zero and 0 < window.unit <= LARGEST_UNIT and bool(abs(arb(true)) < window.unit / NEGLIGIBLE)

    def _as_printed(self, name: str, answer: Answer) -> bool:
        """Whether words or a formula stand as the solution has them."""
        return isinstance(self._true_value(name), str | Tree) and same_words(answer.text, self._stated(name) or "")

    def _tied(self, name: str, answer: Answer) -> bool:
        """Whether another member of a tie was written, which is as right as the first."""
        step = self.true.steps.get(self.keys.get(name, ""))
        with precision(self.true.bits):
            return isinstance(step, Operation) and any(fit(answer, v, self._kind(name)) == "yes" for v in step.ties)

    def _stated(self, name: str, figures: int | None = None) -> str | None:
        """The true value of `name` as the solution prints it."""
        value = self._true_value(name)
        key = self.keys.get(name)
        if key is None:
            return shown(value, self.solution.digits, figures, self.true.bits)
        return stated(self.solution, key, value, figures)

    def _follow(self, readable: Mapping[str, Answer]) -> None:
        """The second run, where it can say anything new, and the search on what it comes to."""
        fits = self.trusting.fits
        self.following, self.second = Following(self.true, self.written, fits), self.first
        if self.trusting.by_windows or any(fits.get(n, "no") == "no" for n in readable):
            self.following, self.second = following(self.solution, self.written, fits)
        self.second_keys = self.keys if self.second is self.first else keys_by_name(self.second)
        self.search = Search(self.solution, self.second, self.following, self.written)

    def _slipped(self, name: str) -> bool:
        """Whether what only the windows before leave open comes of no way of rounding, and of a slip: the
        difference of two large numbers with its sign turned round. Where they leave everything open, no way of
        rounding is enough."""
        answer = self.answers[name]
        few = answer.weight is not None and answer.weight < FEWEST_FIGURES
        if self.trusting.granted.get(name, "no") != "no" or few or self._short(name, answer):
            return False
        step = self.true.steps.get(self.keys.get(name, ""))
        rounded = self.roundings.lead(step, answer) if isinstance(step, Step) else None
        if not isinstance(step, Step) or rounded is None:
            return self.following.fits.get(name, "yes") == "no" and self.search.declared_fits(name, answer)
        if rounded:
            return False
        others = (c.rule for c in self.search.candidates(step, answer))
        return vague(self.trusting.images.get(name)) or any(self.roundings.lead(step, answer, o) for o in others)

    def _unreached(self, readable: Mapping[str, Answer]) -> None:
        """Given values written again, and what a run over windows did not come to: against the true value."""
        for name, answer in readable.items():
            value = self._true_value(name)
            if name not in self.trusting.fits and value is not None:
                with precision(self.true.bits):
                    self.trusting.fits[name] = fit(answer, value, self._kind(name))

    def _kind(self, name: str) -> Kind:
        key = self.keys.get(name)
        return kind_of(self.true.symbols, key) if key is not None else "real"

    def _true_value(self, name: str) -> Any:
        key = self.keys.get(name)
        if key is not None:
            return self.true.env[key]
        base, _, entry = name.partition("[")
        whole = self.true.env.get(self.keys.get(base, ""))
        if isinstance(whole, Matrix) and entry:
            try:
                return whole.at(*(int(i) for i in entry.rstrip("]").split(",")))
            except (ValueError, IndexError):
                return None
        return None

    def _short(self, name: str, answer: Answer) -> bool:
        """Whether too few digits were written to prove the value. A cell that is exact, or as many
        digits as are asked with zeros dropped at the end (0.01 for 0.010), is not short."""
        if name in self.settled or self._kind(name) in ("direction", "basis", "row state", "polynomial"):
            return False  # whole numbers are exact there
        if self._tied(name, answer):
            return False
        true = self._true_value(name)
        cells = list(true.entries()) if isinstance(true, Matrix) else [true]
        windows = answer.windows()
        return len(cells) == len(windows) and any(self._few(w, c) for w, c in zip(windows, cells, strict=True))

    def _few(self, window: Window, true: Any) -> bool:
        if window.zero or window.figures is None or window.imag is not None or not isinstance(true, fmpq | arb):
            return False
        if self.worth.places is not None:
            few = window.unit > fmpq(10) ** -self.worth.places
            digits = Digits(self.worth.places, "dp")
        else:
            few, digits = window.figures < self.worth.min_figures, Digits(max(1, self.worth.min_figures))
        return few and round_to(_mid(true), digits) != window.middle and true != window.middle


def _zeros_of(answer: Answer, places: int | None) -> Answer:
    """A written zero has no digits, unless that many decimal places were asked for."""
    if answer.unreadable is not None or not any(w.zero and 0 < w.unit < 1 for w in answer.windows()):
        return answer
    least = fmpq(10) ** -places if places is not None else fmpq(0)

    def bare(window: Window) -> Window:
        if not window.zero or window.unit == 0 or window.unit <= least:
            return window
        return Window.of(fmpq(0), fmpq(1), window.figures, window.text)

    return replace(answer, rows=tuple(tuple(map(bare, row)) for row in answer.rows))


def _certain(answer: Answer, kind: Kind) -> Answer:
    """A bare 1 is no probability rounded to a whole number: 0.9 is not certain. It may be 1.0."""
    if kind != "probability" or not any(w.unit == 1 and w.middle == 1 for w in answer.windows()):
        return answer

    def sure(window: Window) -> Window:
        if window.unit != 1 or window.middle != 1:
            return window
        return Window.of(fmpq(1), fmpq(1, 10), window.figures, window.text)

    return replace(answer, rows=tuple(tuple(map(sure, row)) for row in answer.rows))


def _mid(value: fmpq | arb) -> fmpq:
    both = ends(value)
    return (both[0] + both[1]) / 2 if both is not None else fmpq(0)
