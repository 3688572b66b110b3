"""One student's paper on one problem: what was written, judged and put into a report."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from dlsolve.checker.answers import canonical, read_answer, read_answers
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.families import aligned, restored, spread
from dlsolve.checker.links import judge_lines
from dlsolve.checker.marking import mark
from dlsolve.checker.report import Report
from dlsolve.checker.worth import Worth, worth_of
from dlsolve.handwriting import UnreadableError
from dlsolve.named import keys_by_name
from dlsolve.problem import Marking, ProblemFile
from dlsolve.solver import Solution

Reveal = Literal["none", "first", "all"]
_HINTS = ("sign", "percent_sign", "power_of_ten")
"""Remarks on a wrong value that say how to mend it."""


def mark_attempt(
    solution: Solution,
    problem: ProblemFile,
    attempt: Attempt,
    *,
    course: Marking | None = None,
    decimal_comma: bool = False,
    only_written: bool = False,
    student: str | None = None,
) -> Report:
    """Mark `attempt`; with `only_written` what is written is what is asked, where the problem asks for nothing.

    `solution` is carried exactly. Raises `InputError` for a problem whose marking is not usable.
    """
    worth = worth_of(solution, problem, course)
    known = keys_by_name(solution.trace)
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    for written, text in spread(solution.trace, attempt.values).items():
        try:
            names[written] = canonical(solution.trace, written, known)
        except UnreadableError:
            if written in attempt.loose:
                continue  # worked text speaks of much that is no answer
            names[written] = written
        if names[written] in (names[other] for other in values):
            # several spellings of one name in one page: the last one counts
            if written in attempt.lines:
                values = {n: t for n, t in values.items() if names[n] != names[written]}
        values[written] = text
    answers = read_answers(solution.trace, values, decimal_comma=decimal_comma)
    if only_written and not problem.asked:
        worth = replace(worth, asked=list(answers))
    answers, back = aligned(solution, answers)
    report = mark(solution, answers, worth, student)
    judge_lines(solution, report, answers, {names[w]: x for w, x in attempt.lines.items() if w in names})
    restored(solution, report, back)
    report.notes += attempt.notes
    return report


def revealed(report: Report, how: Reveal) -> Report:
    """`report` with only what a student may see: verdicts alone, the first slip, or everything."""
    if how == "all":
        return report
    first = report.first_slip() if how == "first" else None
    items = []
    for item in report.items:
        if item is first:
            items.append(item)
            continue
        why = item.why if item.verdict == "unreadable" else ""
        items.append(
            replace(
                item, expected=None, from_your_values=None, line=None, maths="", uses=(), slips=[], why=why,
                links=[replace(link, why="") for link in item.links],
                remarks=[r for r in item.remarks if r not in _HINTS],
            )
        )  # fmt: skip
    return replace(report, items=items)


__all__ = ["Attempt", "Reveal", "Worth", "mark_attempt", "read_answer", "revealed"]
