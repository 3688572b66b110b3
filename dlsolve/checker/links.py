"""Worked lines, link by link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlsolve.checker.report import Report
from dlsolve.checker.windows import Answer
from dlsolve.handwriting import WorkedLine
from dlsolve.solver import Solution


def judge_lines(
    solution: Solution, report: Report, answers: Mapping[str, Answer], worked: Mapping[str, Sequence[WorkedLine]]
) -> None:
    pass
