"""Values that come in any order: eigenvalues, and the vectors and multiplicities that go with them."""

from __future__ import annotations

from collections.abc import Mapping

from dlsolve.checker.report import Report
from dlsolve.checker.windows import Answer
from dlsolve.solver import Solution
from dlsolve.trace import Trace


def spread(trace: Trace, values: Mapping[str, str]) -> dict[str, str]:
    return dict(values)


def aligned(solution: Solution, answers: Mapping[str, Answer]) -> tuple[dict[str, Answer], dict[str, str]]:
    return dict(answers), {}


def restored(solution: Solution, report: Report, back: Mapping[str, str]) -> None:
    pass
