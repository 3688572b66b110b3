"""Values of a run for comparison with libraries that compute in floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flint import arb, fmpq

from dlsolve.fields import read_problem
from dlsolve.fields.kinds import NumberText
from dlsolve.formula.compiled import EXACT, Arithmetic
from dlsolve.numbers.matrix import Matrix
from dlsolve.policy import EXACT_POLICY, Policy
from dlsolve.solver import run
from dlsolve.topic import Topic
from dlsolve.trace import Trace


def number(value: Any) -> float:
    """A value of a run as a float; a 1×1 matrix as its entry."""
    if isinstance(value, Matrix):
        ((value,),) = value.rows
    if isinstance(value, arb):
        return float(value.mid())
    return int(value.p) / int(value.q) if isinstance(value, fmpq) else float(np.asarray(value).reshape(()))


def array(value: Any) -> np.ndarray:
    """A value of a run as an array of two dimensions."""
    if isinstance(value, Matrix):
        return np.array([[number(e) for e in row] for row in value.rows])
    return np.atleast_2d(np.asarray(value if hasattr(value, "shape") else number(value), dtype=float))


def solved(
    topic: Topic[Any],
    given: Mapping[str, Any],
    conventions: Mapping[str, str] | None = None,
    *,
    policy: Policy = EXACT_POLICY,
    arithmetic: Arithmetic = EXACT,
) -> Trace:
    """The run of a problem stated as in a problem file, its numbers read from their text."""
    problem = read_problem(topic.problem, as_typed(given))
    return run(topic, problem, conventions=conventions, policy=policy, arithmetic=arithmetic)


def as_typed(value: Any) -> Any:
    """JSON values with numbers as the text they have in a file: 0.1 is exact."""
    match value:
        case bool() | None | str():
            return value
        case int() | float():
            return NumberText(repr(value))
        case Mapping():
            return {k: as_typed(v) for k, v in value.items()}
        case list() | tuple():
            return [as_typed(v) for v in value]
    return value
