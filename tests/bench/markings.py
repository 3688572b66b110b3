"""Marking: what it costs to mark a paper, against solving its problem and writing the solution out."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from dlsolve.checker.attempt import Attempt, of_json
from dlsolve.checker.paper import mark_attempt
from dlsolve.problem import ProblemFile
from dlsolve.render import Options, render
from dlsolve.solver import Solution
from tests.bench.measure import Ratio, against
from tests.cases import FILES, Case
from tests.marking.honest import paper
from tests.marking.students import Student

EACH = 7
"""Every so many of the problem files, so that each chapter is met."""
SOLVED, SLIPPED = 5, 60
"""Solves that marking may cost where all is right, and where slips are to be named."""


def _cases() -> list[Case]:
    return [case for case in FILES[::EACH] if case.solution().arith == "exact" and case.solution().trace.steps]


def _own(solution: Solution) -> Attempt:
    """Every named value as the solution shows it; a count in full."""
    steps = json.loads(render(solution, "json", Options(steps_all=True)))["steps"]
    return of_json({s["name"]: s["exact"] if s["kind"] == "integer" else s["shown"] for s in steps
                    if s["kind"] not in ("operation", "note", "branch")}, "answers")  # fmt: skip


def _slipped(solution: Solution) -> Attempt | None:
    """What a student writes with four figures who makes a declared slip all through."""
    for slip in solution.topic.slips:
        student = Student(random.Random(3), 4, "rounded", keeps_zeros=True, slip=slip.rule)
        texts = paper(solution, student)
        if texts is not None and student.slipped:
            return Attempt(values=texts)
    return None


def _against(name: str, what: str, papers: list[tuple[Case, Attempt]], bound: float) -> Ratio:
    ready: list[tuple[Solution, ProblemFile, Attempt]] = [(c.solution(), c.read()[2], a) for c, a in papers]

    def ours() -> None:
        for solution, envelope, attempt in ready:
            mark_attempt(solution, envelope, attempt)

    def theirs() -> None:
        for case, _ in papers:
            render(case.solve(), "plain", Options())

    what = f"{len(papers)} papers marked, {what} / their problems solved, written as text"
    return against(name, what, ours, theirs, rounds=5, bound=bound)


def marking() -> Ratio:
    """Papers with every value of the derivation, all right."""
    return _against("marking", "all right", [(c, _own(c.solution())) for c in _cases()], SOLVED)


def slips() -> Ratio:
    """Papers with every value, and one slip made all through, which is named."""
    papers = [(c, a) for c in _cases() if (a := _slipped(c.solution())) is not None]
    return _against("slips", "slips named", papers, SLIPPED)


FIGURES: dict[str, Callable[[], Ratio]] = {"marking": marking, "slips": slips}
