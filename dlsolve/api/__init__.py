"""The library: `solve` and `check`, as `from dlsolve import solve, check`.

Both take a problem as a mapping, a path, or a `ProblemFile`, keep nothing between calls, may be called from
any thread, and raise `DlsolveError` alone for what a user can mend. What they return holds plain values:
texts, numbers, tuples.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from dlsolve import assignment
from dlsolve.api.asked import attempt_of, overlay, placed, raw_problem, solved
from dlsolve.api.results import Report
from dlsolve.api.solution import Solution
from dlsolve.errors import InputError
from dlsolve.problem import ProblemFile, items, read_envelope

Problem = Mapping[str, Any] | str | os.PathLike[str] | ProblemFile
"""A problem: what its file would hold, where that file is, or the file as `load` reads it."""
Arithmetic = Literal["auto", "exact", "float64"]


def solve(
    problem: Problem,
    *,
    digits: int | str | None = None,
    carry: int | str | None = None,
    arith: Arithmetic = "auto",
    conventions: Mapping[str, str] | None = None,
    symbols: Mapping[str, str] | None = None,
    course: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    limit: int | None = None,
) -> Solution:
    """Solve one problem.

    Numbers may be Python's or NumPy's, or texts such as ``"1/3"``; a float is taken as it is printed (0.1 is
    1/10). The options are those of the command line: `digits` to show and to `carry` by hand (``5``,
    ``"4sf"``, ``"4dp"``), `arith`, conventions and symbols laid over the problem's, a `course` file or what
    it would hold, and at most `limit` named values worked out.

        >>> done = solve({"topic": "eigen", "given": {"matrix": [[1, 2], [5, 4]]}})
        >>> [(name, answer.shown) for name, answer in done.answers.items()][:2]
        [('lam_1', '6'), ('lam_2', '-1')]

    Raises `DlsolveError`: an `InputError` names the field and the remedy, a `DomainError` the rule that has
    no value, a `LimitError` the limit.
    """
    raw, item = raw_problem(problem)
    over = overlay(digits, carry, arith, conventions, symbols, course, limit)
    return Solution(raw, over, item, solved(raw, over, item))


def check(
    problem: Problem,
    answers: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    *,
    digits: int | str | None = None,
    course: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    decimal_comma: bool = False,
    only_written: bool = False,
    student: str | None = None,
) -> Report:
    """Mark answers to a problem, step by step.

    `answers` maps names to what was written, or is the text of worked lines, or the path (a `Path`) of a file
    of either; none stands for the problem's own ``attempt``. A float counts as 12 significant digits; a text
    as the digits that it has. With `only_written`, what is not written is not asked, unless the problem asks.

        >>> problem = {"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "lr": 0.01}}
        >>> report = check(problem, {"m_hat_3": "0.0523", "theta_3": "-0.0286"})
        >>> [(item.name, item.verdict) for item in report.items]
        [('m_hat_3', 'wrong'), ('theta_3', 'correct')]

    Raises `DlsolveError` for a problem or a file that cannot be used; never for what an answer says: one that
    cannot be read has the verdict ``unreadable``.
    """
    from dlsolve.checker.known import refuse_blank
    from dlsolve.checker.paper import mark_attempt

    raw, item = raw_problem(problem)
    over = overlay(digits, None, "exact", None, None, course, None)
    with placed(item):
        envelope = read_envelope(raw)
        attempt = attempt_of(envelope, answers)
        solution = assignment.solve(envelope, over)
        marked = mark_attempt(
            solution, envelope, attempt, course=over.course.marking, decimal_comma=decimal_comma,
            only_written=only_written, student=student,
        )  # fmt: skip
        refuse_blank(attempt, marked, "answers")
    return Report.of(marked)


def load(path: str | os.PathLike[str]) -> Iterator[ProblemFile]:
    """The problems of a file, one after another: one problem, ``{"problems": [...]}``, or a line each (.jsonl).

    Raises `InputError`, with the line, at the first that cannot be read.
    """
    for item in items(os.fspath(path)):
        if isinstance(item, InputError):
            raise item
        with placed(item):
            yield item.read()


__all__ = ["Arithmetic", "Problem", "Report", "Solution", "check", "load", "solve"]
