"""Random problems of every topic, the same in each run."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dlsolve import catalog
from dlsolve.errors import DlsolveError
from dlsolve.fields import read_problem
from dlsolve.numbers.precision import UndecidedError
from dlsolve.problem import ProblemFile
from dlsolve.solver import Solution, solve_problem
from tests.cases import problems
from tests.values import as_typed

MOST_STEPS = 150
"""Longer runs are left out of the simulations."""


@cache
def solutions(topic: str, count: int) -> tuple[tuple[Solution, ProblemFile], ...]:
    """Solved problems of `topic`: its example, then up to `count` - 1 random ones."""
    found = catalog.topic(topic)
    out: list[tuple[Solution, ProblemFile]] = []
    for raw in [found.example, *_drawn(topic, 2 * count)]:
        if len(out) >= count:
            break
        try:
            typed = as_typed(dict(raw))
            solution = solve_problem(found, read_problem(found.problem, typed), arith="exact")
        except (DlsolveError, UndecidedError):
            continue  # a problem without a solution: the topic's own tests speak of those
        if solution.trace.steps and len(solution.trace.steps) <= MOST_STEPS:
            out.append((solution, ProblemFile(topic=topic, given=typed)))
    return tuple(out)


def _drawn(topic: str, count: int) -> list[dict[str, Any]]:
    strategy = problems(topic)
    if strategy is None or count <= 2:
        return []
    out: list[dict[str, Any]] = []

    @settings(
        max_examples=count, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        out.append(dict(data.draw(strategy)))

    draw()
    # the first draws of hypothesis are the smallest: take them from all over
    return out[::-1]
