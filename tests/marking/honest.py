"""Honest students: what they write is never called wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dlsolve.checker.attempt import Attempt
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.report import Report
from dlsolve.errors import DlsolveError
from dlsolve.formula.tree import Tree
from dlsolve.numbers.precision import UndecidedError
from dlsolve.problem import ProblemFile
from dlsolve.solver import Solution, run
from dlsolve.trace import Branch, Operation
from tests.marking.problems import solutions
from tests.marking.students import Carrying, Student

LONGEST = 300
WAYS: tuple[Carrying, ...] = ("rounded", "full", "mixed")


@dataclass
class Tally:
    """How the values of one topic's students were judged."""

    topic: str
    students: int = 0
    stuck: int = 0
    """Students whose own rounding leaves the problem without an answer."""
    verdicts: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[str, str, str]] = field(default_factory=list)
    cut: int = 0
    cut_remarked: int = 0

    def add(self, other: Tally) -> None:
        """Counts of another topic too."""
        self.students += other.students
        self.verdicts += other.verdicts
        self.bad += other.bad
        self.cut += other.cut
        self.cut_remarked += other.cut_remarked

    def row(self) -> str:
        """A part of one line of the table."""
        judged = sum(self.verdicts.values())
        return f"{self.students:8}{judged:8}{len(self.bad):5}{self.cut_remarked:6}/{self.cut:<5}"


HEAD = f"{'honest':>8}{'values':>8}{'bad':>5}{'cut':>8}"


def paper(solution: Solution, student: Student) -> dict[str, str] | None:
    """What `student` writes on a solved problem; None where the student's way has no answer."""
    choices = {k: v for k, v in solution.trace.choices.items() if k in solution.topic.conventions}
    student.true = solution.trace
    slips = student.slip is not None or student.spoils
    student.ways = {} if slips else {b.asked: b.truth for b in solution.trace.items if isinstance(b, Branch)}
    try:
        run(solution.topic, solution.problem, conventions=choices, policy=student)
    except (DlsolveError, UndecidedError, ArithmeticError, TypeError, ValueError, LookupError):
        return None
    for key, step in solution.trace.steps.items():
        name = solution.trace.name(key)
        if isinstance(step, Operation) and step.shown and isinstance(step.after, Tree) and name in student.texts:
            student.texts[name] = step.shown  # letters are written as they stand there, not as the rules have them
    if slips:  # a slip may lead round in circles for thousands of steps
        return student.texts if len(student.texts) <= LONGEST else None
    names = {solution.trace.name(key) for key in solution.trace.steps}
    if any(n not in names and n.partition("[")[0] not in names for n in student.texts):
        return None  # rounding led where the true run does not go: another problem
    return student.texts


def marked(solution: Solution, envelope: ProblemFile, texts: dict[str, str]) -> Report:
    return mark_attempt(solution, envelope, Attempt(values=dict(texts)))


def students(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Ways of working, without end."""
    while True:
        for figures in range(2, 7):
            for way in WAYS:
                yield {
                    "figures": figures,
                    "carrying": way,
                    "truncates": chance.random() < 0.2,
                    "keeps_zeros": chance.random() < 0.5,
                    "by_entries": chance.random() < 0.2,
                    "share": chance.choice((1.0, 1.0, 0.7, 0.4)),
                }


def honest(topic: str, count: int, problems: int, seed: int = 1) -> Tally:
    """`count` students over `problems` problems of `topic`."""
    chance = random.Random(f"{topic}-{seed}")
    tally = Tally(topic)
    tasks = solutions(topic, problems)
    ways = students(chance)
    for n in range(count):
        solution, envelope = tasks[n % len(tasks)]
        how = next(ways)
        student = Student(chance, **how)
        texts = paper(solution, student)
        if texts is None:
            tally.stuck += 1
            student = Student(chance, **{**how, "carrying": "full"})
            texts = paper(solution, student)
            if texts is None:
                continue
        report = marked(solution, envelope, texts)
        tally.students += 1
        if student.cuts and how["carrying"] == "full":
            tally.cut += 1
            tally.cut_remarked += any("truncated" in i.remarks for i in report.items)
        for item in report.items:
            if item.verdict == "missing":
                continue
            tally.verdicts[item.verdict] += 1
            if item.verdict not in ("correct", "ambiguous"):
                tally.bad.append((item.name, f"{item.verdict} {item.written} {item.why}", f"{how} {envelope.given}"))
    return tally
