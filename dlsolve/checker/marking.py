"""Marks written answers against a derivation: right, right given an earlier slip, or wrong and why.

A value is `correct` where its window meets the true value, or the image of the student's earlier
windows none of which was judged wrong: rounding is never an error. It `follows` where it meets the
image only through an earlier wrong value. For a wrong one the rules that lead to it are looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from dlsolve.checker.judge import remarks as near_misses
from dlsolve.checker.report import Report, ReportItem, Verdict
from dlsolve.checker.runs import Following, Trusting, Written, rerun
from dlsolve.checker.search import Search
from dlsolve.checker.texts import own_line, shown, stated, symbol
from dlsolve.checker.windows import Answer
from dlsolve.checker.worth import Worth
from dlsolve.named import keys_by_name
from dlsolve.numbers.matrix import Matrix
from dlsolve.solver import Solution
from dlsolve.trace import Key


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
        meta = self.solution.meta
        title = str(meta.get("title") or self.solution.topic.title)
        report = Report(str(meta.get("id") or self.solution.topic.name), items, student, title=title)
        for item in items:
            if item.verdict == "wrong":
                self._explain(item)
        for item in items:
            item.asked = item.name in self.worth.asked or item.name.partition("[")[0] in self.worth.asked
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
        item.expected = self._stated(name, answer.figures)
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
            self._by_own_values(item, answer)
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
        item.expected = self._stated(name)
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

    def _stated(self, name: str, figures: int | None = None) -> str | None:
        """The true value of `name` as the solution prints it."""
        value = self._true_value(name)
        key = self.keys.get(name)
        if key is None:
            return shown(value, self.solution.digits, figures)
        return stated(self.solution, key, value, figures)

    def _by_own_values(self, item: ReportItem, answer: Answer) -> None:
        """What the rule gives with the student's own values, and that line."""
        image = self.following.images.get(item.name)
        line = own_line(self.second, item.name, self.answers)
        if line is not None:
            item.line, item.maths, item.uses = line.ascii, line.maths, line.uses
            if not isinstance(image, str | None) and line.value is not None:
                image = line.value
        item.from_your_values = shown(image, self.solution.digits, answer.figures)

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

    def _symbol(self, name: str) -> str:
        base, _, entry = name.partition("[")
        key: Key | None = self.keys.get(name, self.keys.get(base))
        if key is None:
            return name
        text = symbol(self.true, key)
        return text if name in self.keys else f"{text}[{entry}"


def _same(a: Answer, b: Answer) -> bool:
    return (
        bool(a.rows)
        and len(a.windows()) == len(b.windows())
        and all(x.middle == y.middle for x, y in zip(a.windows(), b.windows(), strict=True))
    )


__all__ = ["Worth", "mark"]
