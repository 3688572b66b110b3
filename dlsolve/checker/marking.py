"""Marks written answers against a derivation: right, right given an earlier slip, or wrong and why.

A value is `correct` where its window meets the true value, or the image of the student's earlier
windows none of which was judged wrong: rounding is never an error. It `follows` where it meets the
image only through an earlier wrong value. For a wrong one the rules that lead to it are looked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flint import fmpq

from dlsolve.checker.chains import Chain
from dlsolve.checker.judge import fit, points
from dlsolve.checker.judge import remarks as near_misses
from dlsolve.checker.judged import Judged
from dlsolve.checker.links import LinkJudge, Target
from dlsolve.checker.made import Consequences
from dlsolve.checker.report import Report, ReportItem, Verdict
from dlsolve.checker.runs import BITS
from dlsolve.checker.sequel import Sequels
from dlsolve.checker.texts import is_number, own_line, shown, sources, symbol
from dlsolve.checker.windows import Answer
from dlsolve.checker.worth import Worth
from dlsolve.fields.kinds import joined
from dlsolve.handwriting import WorkedLine
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.solver import Solution
from dlsolve.trace import Key

MOST_SAID = 3
"""Values listed in one sentence."""


def mark(
    solution: Solution,
    answers: Mapping[str, Answer],
    worth: Worth,
    student: str | None = None,
    settled: Mapping[str, str] | None = None,
    worked: Mapping[str, Sequence[WorkedLine]] | None = None,
    reduced: Mapping[str, Chain] | None = None,
) -> Report:
    """Mark `answers` (by answer name of the run) against a solution carried exactly.

    `settled` ones were judged before, together with others: what is wrong with each, or nothing.
    `worked` holds the worked lines of some, `reduced` the row reductions that lead to some.
    """
    return _Marker(solution, answers, worth, settled or {}).report(student, worked or {}, reduced or {})


class _Marker(Judged):
    """What a report says of each answer, and what it pays."""

    def __init__(
        self, solution: Solution, answers: Mapping[str, Answer], worth: Worth, settled: Mapping[str, str]
    ) -> None:
        super().__init__(solution, answers, worth, settled)
        self.consequences = Consequences(solution, self.written, self.trusting.fits)
        self.sequels = Sequels(solution, self.answers)
        self.amiss: set[str] = set()
        """What is wrong, or follows from what is."""
        self.paid: set[str] = set()  # slips that have cost something: at a step worth nothing they have not

    def report(
        self, student: str | None, worked: Mapping[str, Sequence[WorkedLine]], reduced: Mapping[str, Chain]
    ) -> Report:
        items = [self._item(name) for name in self._order()]
        for name in self.worth.asked:
            if name not in self.answers and len(self._entries(name)) < self._size(name):
                items.append(self._missing(name))
        # what is missing stands where the derivation has it
        items.sort(key=lambda i: self._at(i.name))
        meta = self.solution.meta
        title = str(meta.get("title") or self.solution.topic.title)
        report = Report(str(meta.get("id") or self.solution.topic.name), items, student, title=title)
        for item in items:
            chain = reduced.get(item.name)
            if item.verdict == "wrong" and chain is not None and chain.follows:
                item.verdict, item.why = "follows", "right with your own rows before it"
        for item in items:
            if item.verdict == "wrong" and not self._comes_of_slips(item):
                self._explain(item)
            if item.verdict == "follows" and not item.why:
                self._led_by(item)
            if item.verdict in ("wrong", "follows"):
                self.amiss.add(item.name)
        for item in items:
            item.asked = item.name in self.worth.asked or item.name.partition("[")[0] in self.worth.asked
            self._pay(item)
        if any(item.name in worked for item in items):
            judge = LinkJudge(self.true, self.second, self.own)
            for item in items:
                if item.name in self.given:
                    continue  # it is read off, not worked out
                item.links = list(judge.judge(self._target(item), worked.get(item.name, ())))
        for item in items:
            if item.name in reduced:
                item.links = [*reduced[item.name].links, *item.links]
        return report

    def _target(self, item: ReportItem) -> Target:
        """What the lines of a value should come to; one that was judged right is right in its line too."""
        name, true, kind = item.name, self._true_value(item.name), self._kind(item.name)
        sound = item.verdict in ("correct", "ambiguous", "follows")
        answer = self.answers.get(name)
        if answer is not None and kind == "direction":  # whole numbers in it are points
            answer = replace(answer, rows=tuple((window,) for window in points(answer.windows())))
        written = answer.handed(true) if sound and answer is not None else None
        return Target(name, true, self.following.images.get(name), item.verdict == "wrong", written, kind)

    def _order(self) -> list[str]:
        """The answered names as the derivation meets them; unknown ones last."""
        return sorted(self.answers, key=self._at)

    def _at(self, name: str) -> int:
        """Where the derivation meets a name: given numbers first, unknown names last."""
        return self.place.get(name.partition("[")[0], self.place.get(name, 10**9))

    # -- one item ----------------------------------------------------------------------------------

    def _item(self, name: str) -> ReportItem:
        answer = self.answers[name]
        item = ReportItem(name, answer.text, "unreadable", symbol=self._symbol(name), remarks=list(answer.remarks))
        item.expected = self._stated(name, answer.figures)
        item.read = answer.plain if "\\" in answer.text else ""
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
            if self._short(name, answer):
                item.remarks.append("short")
        elif item.verdict == "wrong":
            item.why = self.settled.get(name, "")
            if name.partition("[")[0] in self.given or name in self.given:
                item.why = f"the problem gives {item.expected}"
            item.remarks += near_misses(answer, self._true_value(name), self._kind(name))
        if item.verdict in ("wrong", "follows"):
            self._by_own_values(item, answer)
        return item

    def _verdict(self, name: str, answer: Answer) -> Verdict:
        if self._accepted(name, answer):
            return "correct"
        if self.settled.get(name):
            return "wrong"
        if self.trusting.fits.get(name, "no") != "no":
            if self._short(name, answer) and self.search.declared_fits(name, answer):
                return "ambiguous"
            return "correct"
        return "follows" if self.following.fits.get(name, "no") != "no" else "wrong"

    def _accepted(self, name: str, answer: Answer) -> bool:
        others = (self.worth.accept or {}).get(name, ())
        return self._as_printed(name, answer) or any(
            other.text.strip() == answer.text.strip() or _same(other, answer) for other in others
        )

    def _missing(self, name: str) -> ReportItem:
        item = ReportItem(name, None, "missing", self._stated(name), symbol=self._symbol(name))
        if done := len(self._entries(name)):
            item.why = f"{self._size(name) - done} of its {self._size(name)} entries"
        return item

    def _size(self, name: str) -> int:
        """How many numbers stand in a value: 1 where it is no matrix."""
        return v.shape[0] * v.shape[1] if isinstance(v := self._true_value(name), Matrix) else 1

    def _entries(self, name: str) -> list[str]:
        """The entries of `name` that were written one by one."""
        return [n for n in self.answers if n.startswith(name + "[") and self._true_value(n) is not None]

    def _explain(self, item: ReportItem) -> None:
        found, leading = self.search.explain(item.name, self.answers[item.name])
        # one that another right value denies, v = βv − ηg where v is βv + ηg, stands back behind another slip
        item.slips = [s for s in found if len(found) == 1 or not self._denied(s.id, item.name)] or found
        self.consequences.add(*leading)

    def _denied(self, slip: str, name: str) -> bool:
        """Whether another right value denies a convention that several rules share."""
        if "=" not in slip:
            return False
        right = [n for n in self.own if self._base(n) != self._base(name) and self.trusting.fits.get(n, "no") != "no"]
        return any(self.search.reading_fits(slip, n, self.own[n]) is False for n in right)

    def _base(self, name: str) -> str:
        key = self.keys.get(name.partition("[")[0], name)
        return key if isinstance(key, str) else str(key[0])

    def _comes_of_slips(self, item: ReportItem) -> bool:
        """Whether a value is what slips before it lead to, by no rule or with nothing rounded on the way."""
        own = self.sequels.come_of(item.name, self.answers[item.name], self.amiss)
        if own:
            item.verdict, item.why = "follows", f"right with your {joined(self._listed(own), 'and')}"
            return True
        found = self.consequences.value(item.name, self.answers[item.name])
        if found is None:
            return False
        value, convention = found
        item.verdict, item.line, item.maths, item.uses = "follows", None, "", ()
        self.following.images[item.name] = value
        item.from_your_values = shown(value, self.solution.digits, self.answers[item.name].figures)
        made = joined(self._listed(list(self.consequences.slips)), "and")
        item.why = (
            f"right with the convention of your {made}"
            if convention
            else f"right with your {made} carried in full, not as rounded on the page"
        )
        return True

    def _led_by(self, item: ReportItem) -> None:
        """Name the wrong values that a following one comes of, not the right ones in the same line; say so where
        only their rounding leads to it."""
        key = self.second_keys.get(item.name, self.second_keys.get(item.name.partition("[")[0]))
        found = sources(self.second, key, self.own) if key is not None else []
        entries = {name.partition("[")[0] for name in self.amiss} | self.amiss
        wrong = [symbol(self.second, k) for k in found if self.second.name(k) in entries]
        if wrong:
            item.uses = tuple(dict.fromkeys(wrong[:MOST_SAID]))
        line = own_line(self.search.digits, key, self.own) if item.line is not None else None
        if line is not None and is_number(line.value) and item.name in self.second_keys:
            with precision(BITS):
                if fit(self.answers[item.name], line.value, self._kind(item.name)) == "no":
                    item.line, item.maths = None, ""
                    item.why = f"right within the rounding of your {joined(item.uses or ('values',), 'and')}"

    def _listed(self, names: Sequence[str]) -> list[str]:
        """The symbols of a few names."""
        return [self._symbol(name) for name in names] if len(names) <= MOST_SAID else ["earlier values"]

    def _pay(self, item: ReportItem) -> None:
        item.possible = self.worth.of(item.name)
        base = item.name.partition("[")[0]
        if item.verdict == "missing":
            item.possible *= 1 - fmpq(len(self._entries(item.name)), self._size(item.name))
        elif item.name != base and base not in self.answers and item.name in self._entries(base):
            item.possible += self.worth.of(base) / self._size(base)
        match item.verdict:
            case "correct" | "ambiguous":
                item.earned = item.possible
            case "follows":
                item.earned = max(fmpq(0), item.possible * (1 - self.worth.follow_penalty))
            case "wrong":
                made = {s.id if s.declared else s.says for s in item.slips}
                if self.worth.repeated_once and made & self.paid and not self.answers[item.name].blank:
                    item.earned = item.possible  # but a 0 shows no slip made again
                elif item.possible:
                    self.paid |= made

    # -- texts -------------------------------------------------------------------------------------

    def _by_own_values(self, item: ReportItem, answer: Answer) -> None:
        """What the rule gives with the student's own values, and that line."""
        image = self.following.images.get(item.name)
        key = self.second_keys.get(item.name)
        line = own_line(self.second, key, self.own)
        if line is not None and line.rough and key in self.search.digits.steps:
            # what is not on the page comes of the digits that are, not of the middle of what they may mean
            line = own_line(self.search.digits, key, self.own) or line
        if line is not None:
            item.line, item.maths, item.uses = line.ascii, line.maths, line.uses
            if not isinstance(image, str | None) and line.value is not None:
                image = line.value
        elif item.verdict == "wrong":
            item.from_your_values = item.expected
            return
        item.from_your_values = shown(image, self.solution.digits, answer.figures)

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
