"""How a class did: each step, the slips, wrong values that several students wrote and nothing explains."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec
from flint import fmpq

from dlsolve.checker.report import Report, ReportItem
from dlsolve.errors import DlsolveError
from dlsolve.grade.journal import Entry
from dlsolve.grade.key import Known
from dlsolve.grade.names import visible
from dlsolve.grade.work import number, unpacked
from dlsolve.numbers.exact import read
from dlsolve.numbers.show import fraction

VERDICTS = ("correct", "follows", "wrong", "ambiguous", "missing", "unreadable")
MOST_SHARED = 40
"""Shared wrong values that are listed."""
MOST_NAMED = 12
"""Students named with each of them."""


class Paper(msgspec.Struct, frozen=True):
    """One line of the journal, its report unpacked."""

    entry: Entry
    report: Report | None


class Student(msgspec.Struct, frozen=True):
    """All papers of one student: by the number of their problem, and those that belong to none."""

    name: str
    papers: dict[int, Paper]
    loose: list[Entry]

    def earned(self, problem: int) -> fmpq | None:
        """What a paper earned; None where there is none that is marked."""
        paper = self.papers.get(problem)
        return paper.report.earned if paper is not None and paper.report is not None else None

    @property
    def whole(self) -> bool:
        """Whether nothing of theirs is left unmarked."""
        return all(p.report is not None for p in self.papers.values()) and all(e.kind == "blank" for e in self.loose)

    @property
    def total(self) -> fmpq:
        return sum((p.report.earned for p in self.papers.values() if p.report is not None), fmpq(0))


def students(entries: Iterable[Entry], numbers: dict[str, int]) -> Iterator[Student]:
    """The papers of a journal, in order, student by student."""
    for name, own in groupby(entries, key=lambda entry: entry.student):
        student = Student(name, {}, [])
        for entry in own:
            if entry.problem in numbers:
                report = unpacked(entry.report) if bytes(entry.report) != b"null" else None
                student.papers[numbers[entry.problem]] = Paper(entry, report)
            else:
                student.loose.append(entry)
        yield student


class StepCount(msgspec.Struct):
    """How a step went: by verdict, and how many worked lines of it have a broken link."""

    name: str
    symbol: str
    rule: str
    asked: bool
    counts: dict[str, int]
    broken_lines: int = 0

    @property
    def written(self) -> int:
        return sum(self.counts.values()) - self.counts["missing"]


class ProblemCount(msgspec.Struct):
    """How a problem went. `earned` is the sum over the papers that are marked."""

    id: str
    title: str
    topic: str
    possible: fmpq
    handed_in: int = 0
    marked: int = 0
    blank: int = 0
    earned: fmpq = msgspec.field(default_factory=lambda: fmpq(0))
    steps: dict[str, StepCount] = msgspec.field(default_factory=dict)

    @property
    def mean(self) -> fmpq | None:
        return self.earned / self.marked if self.marked else None


class SlipCount(msgspec.Struct):
    """A slip: how many students made it, for how many more it is one of several that fit, and at which steps."""

    problem: str
    id: str
    says: str
    declared: bool
    students: int = 0
    perhaps: int = 0
    times: int = 0
    steps: dict[str, int] = msgspec.field(default_factory=dict)


class Shared(msgspec.Struct, frozen=True):
    """A wrong value that several students wrote and no slip explains."""

    problem: str
    name: str
    symbol: str
    written: str
    students: int
    named: list[str]


class Tally:
    """Counts one student after the other. `known` are the problems that could be solved, by number."""

    def __init__(self, known: dict[int, Known]) -> None:
        self.students = self.handed_in = self.marked = self.blank = self.unmarked = self.whole = 0
        self.earned = fmpq(0)
        self.possible = sum((number(k.possible) for k in known.values()), fmpq(0))
        self.problems = {
            n: ProblemCount(k.id, k.title, k.topic, number(k.possible), steps={
                s.name: StepCount(s.name, s.symbol, s.rule, s.asked, dict.fromkeys(VERDICTS, 0)) for s in k.steps
            }) for n, k in known.items()
        }  # fmt: skip
        self.slips: dict[tuple[int, str, str], SlipCount] = {}
        self._wrong = sqlite3.connect("")
        self._wrong.execute("create table wrong(problem int, name text, value text, written text, student text)")
        self._wrong.execute("create table strange(problem int, name text, student text)")

    @property
    def mean(self) -> fmpq | None:
        """Of the students of whom nothing is left unmarked."""
        return self.earned / self.whole if self.whole else None

    def add(self, student: Student) -> None:
        """Count all papers of one student."""
        self.students += 1
        if student.whole:
            self.whole += 1
            self.earned += student.total
        for entry in student.loose:
            self.handed_in += entry.kind != "blank"
            self.unmarked += entry.kind != "blank"
            self.blank += entry.kind == "blank"
        for place, paper in student.papers.items():
            self.handed_in += 1
            count = self.problems.get(place)
            if count is not None:
                count.handed_in += 1
            if paper.report is None:
                self.unmarked += 1
                continue
            self.marked += 1
            assert count is not None
            count.marked += 1
            count.earned += paper.report.earned
            if paper.entry.kind == "blank":
                self.blank += 1
                count.blank += 1
                continue
            self._steps(place, count, paper.report, student.name)

    def _steps(self, place: int, count: ProblemCount, report: Report, name: str) -> None:
        made: dict[tuple[int, str, str], bool] = {}
        for item in report.items:
            if item.verdict == "unreadable" and item.expected is None:
                # a name that is none of the solution's
                self._wrong.execute("insert into strange values (?, ?, ?)", (place, visible(item.name), name))
                continue
            step = count.steps.get(item.name)
            if step is None:
                step = StepCount(item.name, item.symbol or item.name, "", item.asked, dict.fromkeys(VERDICTS, 0))
                count.steps[item.name] = step
            step.counts[item.verdict] += 1
            step.broken_lines += any(x.verdict == "wrong" and x.text != item.written for x in item.links)
            if item.verdict == "wrong":
                self._slips(place, count.id, item, made)
                if not item.slips:
                    row = (place, item.name, _value(item), visible(item.written or ""), name)
                    self._wrong.execute("insert into wrong values (?, ?, ?, ?, ?)", row)
        for key, sure in made.items():
            self.slips[key].students += sure
            self.slips[key].perhaps += not sure

    def _slips(self, place: int, problem: str, item: ReportItem, made: dict[tuple[int, str, str], bool]) -> None:
        for slip in item.slips:
            key = (place, slip.id if slip.declared else "", slip.says)
            found = self.slips.setdefault(key, SlipCount(problem, slip.id, slip.says, slip.declared))
            found.times += 1
            found.steps[item.name] = found.steps.get(item.name, 0) + 1
            made[key] = made.get(key, False) or len(item.slips) == 1

    # -- what is told ------------------------------------------------------------------------------

    def histogram(self) -> list[SlipCount]:
        """The slips, those of most students first."""
        found = sorted(self.slips.items(), key=lambda s: (-s[1].students, -s[1].perhaps, -s[1].times, *s[0]))
        return [slip for _, slip in found]

    def shared(self) -> list[Shared]:
        """Wrong values that several students wrote, those of most first."""
        found = self._wrong.execute(
            "select problem, name, value, min(written), count(distinct student) as many from wrong"
            " group by problem, name, value having many > 1 order by many desc, problem, name, value limit ?",
            (MOST_SHARED,),
        ).fetchall()
        out = []
        for place, name, value, written, many in found:
            who = self._wrong.execute(
                "select distinct student from wrong where problem = ? and name = ? and value = ?"
                " order by rowid limit ?", (place, name, value, MOST_NAMED)
            ).fetchall()  # fmt: skip
            count = self.problems[place]
            symbol = count.steps[name].symbol
            out.append(Shared(count.id, name, symbol, written, many, [w for (w,) in who]))
        return out

    def strange(self, problem: str) -> list[tuple[str, int]]:
        """Names that are none of a problem's, with how many students wrote each; those of several."""
        place = next((n for n, p in self.problems.items() if p.id == problem), -1)
        return self._wrong.execute(
            "select name, count(distinct student) as many from strange where problem = ? group by name"
            " having many > 1 order by many desc, name limit ?", (place, MOST_NAMED)
        ).fetchall()  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The summary as it stands in JSON; marks are exact text."""
        return {
            "students": self.students, "handed_in": self.handed_in, "marked": self.marked, "blank": self.blank,
            "not_marked": self.unmarked,
            "score": {"mean": None if self.mean is None else fraction(self.mean), "possible": fraction(self.possible)},
            "problems": [{
                "id": p.id, "title": p.title, "possible": fraction(p.possible), "handed_in": p.handed_in,
                "blank": p.blank, "mean": None if p.mean is None else fraction(p.mean),
                "steps": [{"name": s.name, "asked": s.asked, **s.counts, "broken_lines": s.broken_lines}
                          for s in p.steps.values() if s.asked or s.written],
            } for p in self.problems.values()],
            "slips": [{"problem": s.problem, "id": s.id if s.declared else None, "says": s.says,
                       "students": s.students, "perhaps": s.perhaps, "times": s.times, "steps": s.steps}
                      for s in self.histogram()],
            "unexplained": [{"problem": s.problem, "name": s.name, "written": s.written, "students": s.students}
                            for s in self.shared()],
        }  # fmt: skip

    def close(self) -> None:
        self._wrong.close()


def _value(item: ReportItem) -> str:
    """What was written, the same for the same number however its digits stand."""
    text = " ".join(visible(item.written or "").replace("\N{MINUS SIGN}", "-").split())[:200]
    try:
        return str(read(text))
    except DlsolveError:
        return text.replace(" ", "")
