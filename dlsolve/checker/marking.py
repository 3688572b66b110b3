"""Marks written answers against a derivation: right, right given an earlier slip, or wrong and why.

A value is `correct` where its window meets the true value, or the image of the student's earlier
windows none of which was judged wrong: rounding is never an error. It `follows` where it meets the
image only through an earlier wrong value. For a wrong one the rules that lead to it are looked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.judge import fit
from dlsolve.checker.judge import remarks as near_misses
from dlsolve.checker.report import NOTHING, Report, ReportItem, Verdict
from dlsolve.checker.runs import BITS, Following, Trusting, Written, kind_of, rerun
from dlsolve.checker.search import Search
from dlsolve.checker.windows import Answer
from dlsolve.errors import DlsolveError
from dlsolve.formula.text import one_line, python
from dlsolve.named import keys_by_name
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits, Shown
from dlsolve.readings import instantiate, put, shown_value
from dlsolve.solver import Solution
from dlsolve.trace import Key, Step, Trace


@dataclass(frozen=True)
class Worth:
    """What is asked and what it is worth."""

    asked: Sequence[str]
    points: Mapping[str, fmpq]
    min_figures: int = 2
    follow_penalty: fmpq = NOTHING
    repeated_once: bool = True
    accept: Mapping[str, Sequence[Answer]] | None = None

    def of(self, name: str) -> fmpq:
        """The points of `name`: what was set, 1 for what is asked, else 0."""
        return self.points.get(name, fmpq(1) if name in self.asked else fmpq(0))


def mark(solution: Solution, answers: Mapping[str, Answer], worth: Worth, student: str | None = None) -> Report:
    """Mark `answers` (by answer name of the run) against a solution carried exactly."""
    return _Marker(solution, answers, worth).report(student)


class _Marker:
    def __init__(self, solution: Solution, answers: Mapping[str, Answer], worth: Worth) -> None:
        self.solution = solution
        self.true = solution.trace
        self.answers = answers
        self.worth = worth
        self.keys = keys_by_name(self.true)
        readable = {n: a for n, a in answers.items() if a.unreadable is None}
        self.written = Written.of(readable, set(self.keys))
        self.trusting = Trusting(self.true, self.written)
        self.first = rerun(solution, self.trusting)
        self.pending = [n for n in readable if self.trusting.fits.get(n, "no") == "no"]
        self.following = Following(self.true, self.written, self.trusting.fits)
        # where all is right the second run would say nothing new
        self.second = rerun(solution, self.following) if self.pending else self.first
        self.search = Search(solution, self.second, self.following, self.written)

    def report(self, student: str | None) -> Report:
        items = [self._item(name) for name in self._order()]
        for name in self.worth.asked:
            if name not in self.answers and not any(n.startswith(name + "[") for n in self.answers):
                items.append(self._missing(name))
        report = Report(str(self.solution.meta.get("id") or self.solution.topic.name), items, student)
        for item in items:
            if item.verdict == "wrong":
                self._explain(item)
        for item in items:
            self._pay(item)
        return report

    def _order(self) -> list[str]:
        """The answered names as the derivation meets them; unknown ones last."""
        place = {self.second.name(k): n for n, k in enumerate(self.second.steps)}
        place |= {self.true.name(k): n for n, k in enumerate(self.true.steps)}
        given = {name: n for n, name in enumerate(self.answers)}
        return sorted(self.answers, key=lambda n: (place.get(n.partition("[")[0], place.get(n, 10**9)), given[n]))

    # -- one item ----------------------------------------------------------------------------------

    def _item(self, name: str) -> ReportItem:
        answer = self.answers[name]
        item = ReportItem(name, answer.text, "unreadable", symbol=self._symbol(name), remarks=list(answer.remarks))
        item.expected = self._shown(self._true_value(name), answer)
        if answer.unreadable is not None:
            item.why = answer.unreadable
            return item
        how = self.trusting.fits.get(name)
        if how is None and name not in self.following.images:
            item.why = "not a value of this derivation"
            return item
        item.verdict = self._verdict(name, answer)
        if item.verdict == "correct":
            if how == "truncated":
                item.remarks.append("truncated")
            if self._short(answer) and not self._exactly(name, answer):
                item.remarks.append("short")
        elif item.verdict == "wrong":
            item.remarks += near_misses(answer, self._true_value(name))
        if item.verdict in ("wrong", "follows"):
            item.from_your_values = self._shown(self.following.images.get(name), answer)
            item.line = self._line(name)
        return item

    def _verdict(self, name: str, answer: Answer) -> Verdict:
        if self._accepted(name, answer):
            return "correct"
        if self.trusting.fits.get(name, "no") != "no":
            if self._short(answer) and not self._exactly(name, answer) and self.search.declared_fits(name, answer):
                return "ambiguous"
            return "correct"
        return "follows" if self.following.fits.get(name, "no") != "no" else "wrong"

    def _accepted(self, name: str, answer: Answer) -> bool:
        others = (self.worth.accept or {}).get(name, ())
        return any(other.text.strip() == answer.text.strip() or _same(other, answer) for other in others)

    def _short(self, answer: Answer) -> bool:
        return (
            answer.figures is not None
            and answer.figures < self.worth.min_figures
            and not any(w.zero for w in answer.windows())
        )

    def _exactly(self, name: str, answer: Answer) -> bool:
        true = self._true_value(name)
        cells = list(true.entries()) if isinstance(true, Matrix) else [true]
        windows = answer.windows()
        return len(cells) == len(windows) and all(
            isinstance(c, fmpq) and w.middle == c for c, w in zip(cells, windows, strict=True)
        )

    def _missing(self, name: str) -> ReportItem:
        item = ReportItem(name, None, "missing", symbol=self._symbol(name))
        item.expected = self._shown(self._true_value(name), None)
        return item

    def _explain(self, item: ReportItem) -> None:
        item.slips = self.search.explain(item.name, self.answers[item.name])

    def _pay(self, item: ReportItem) -> None:
        item.possible = self.worth.of(item.name)
        base = item.name.partition("[")[0]
        if item.possible == 0 and base in self.worth.asked and item.name != base:
            item.possible = self.worth.of(base) / max(1, sum(n.startswith(base + "[") for n in self.answers))
        match item.verdict:
            case "correct" | "ambiguous":
                item.earned = item.possible
            case "follows":
                item.earned = max(fmpq(0), item.possible * (1 - self.worth.follow_penalty))
            case "wrong" if self.worth.repeated_once and any(s.repeat for s in item.slips):
                item.earned = item.possible

    # -- texts -------------------------------------------------------------------------------------

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

    def _shown(self, value: Any, answer: Answer | None) -> str | None:
        if value is None:
            return None
        count = max(self.solution.digits.count, (answer.figures or 0) if answer else 0)
        wide = isinstance(value, arb) and value.rel_accuracy_bits() <= 40
        with precision(BITS):
            try:
                shown = shown_value(_middle(value) if wide else value, Digits(min(count, 12)))
            except (UndecidedError, DlsolveError):
                shown = shown_value(_middle(value), Digits(5))
        if isinstance(shown, Shown):
            return shown.text
        return (
            shown[0][0].text
            if len(shown) == 1 == len(shown[0])
            else ("[" + "; ".join(" ".join(c.text for c in row) for row in shown) + "]")
        )

    def _line(self, name: str) -> str | None:
        """The rule with the student's own values put in."""
        key = next((k for k in self.second.steps if self.second.name(k) == name), None)
        step = self.second.steps.get(key) if key is not None else None
        if not isinstance(step, Step):
            return None
        with precision(BITS):
            try:
                at_step = instantiate(
                    self.second, step.rule.expr, dict(zip(step.rule.letters, step.index, strict=False))
                )
                return python(put(_Middles(self.second, self.answers), at_step, Digits(6)), self.second.symbols)  # type: ignore[arg-type]
            except (DlsolveError, UndecidedError, KeyError):
                return None

    def _symbol(self, name: str) -> str:
        key: Key | None = self.keys.get(name)
        if key is None:
            return name
        if isinstance(key, str):
            return self.true.symbols.unicode(key)
        return self.true.symbols.unicode(str(key[0]), [str(i) for i in key[1:]])


class _Middles:
    """The environment of a run as the student wrote it: the middle of each window."""

    def __init__(self, trace: Trace, answers: Mapping[str, Answer]) -> None:
        self.env = _MiddleEnv(trace)


class _MiddleEnv:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def __getitem__(self, key: Any) -> Any:
        return _middle(self.trace.env[key])


def _middle(value: Any) -> Any:
    if isinstance(value, Matrix):
        return value.map(_middle)
    if isinstance(value, arb) and value.is_finite() and value.rel_accuracy_bits() < 60:
        return value.mid().fmpq()
    return value


def _same(a: Answer, b: Answer) -> bool:
    return (
        bool(a.rows)
        and len(a.windows()) == len(b.windows())
        and all(x.middle == y.middle for x, y in zip(a.windows(), b.windows(), strict=True))
    )


__all__ = ["Worth", "fit", "kind_of", "mark", "one_line"]
