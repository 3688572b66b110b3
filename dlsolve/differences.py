"""Finite differences: a check of gradients that knows nothing of how they were derived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import arb, fmpq

from dlsolve.backward import chain
from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import EXACT, compiled
from dlsolve.formula.tree import Ref, Tree, nodes
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import from_float
from dlsolve.trace import Environment, Key, Trace

STEP = fmpq(1, 10**8)
MAX_PROBES = 40
"""Gradient entries that one check compares at most."""
NEAR = 1e-5
"""How far a gradient may lie from its difference quotient, relative to 1 or its size."""


def finite_differences(trace: Trace, loss: Key, gradients: Mapping[Key, Key]) -> None:
    """Check gradients (parameter key -> gradient key) by central differences of the same rules.

    Written as a check line. Left out under other policies than exact; an entry at a kink (ReLU at
    0), where the slopes to the left and right differ, is passed over.
    """
    if not trace.policy.passive:
        return
    steps = chain(trace, loss, list(gradients))
    worst, probes, kinks = 0.0, 0, 0
    try:
        here = _exact(trace.env[loss])
        for parameter, gradient in gradients.items():
            for place in _places(trace.env[parameter]):
                if probes + kinks >= MAX_PROBES:
                    break
                up = _loss_at(trace, steps, loss, parameter, place, STEP)
                down = _loss_at(trace, steps, loss, parameter, place, -STEP)
                right, left = _float((up - here) / STEP), _float((here - down) / STEP)
                scale = max(1.0, abs(right), abs(left))
                if abs(right - left) > 100 * NEAR * scale:
                    kinks += 1
                    continue
                probes += 1
                worst = max(worst, abs((right + left) / 2 - _entry(trace.env[gradient], place)) / scale)
    except (UndecidedError, DlsolveError):
        return
    if probes:
        passed = f"; {kinks} at a kink left out" if kinks else ""
        entries = "1 entry" if probes == 1 else f"{probes} entries"
        trace.check("gradients agree with finite differences", worst < NEAR,
                    f"{entries}, central differences with h = 10⁻⁸{passed}")  # fmt: skip


def _places(value: Any) -> list[tuple[int, int]]:
    rows, cols = value.shape if hasattr(value, "shape") else (1, 1)
    return [(i, j) for i in range(rows) for j in range(cols)]


def _float(value: Any) -> float:
    return float(value.mid()) if isinstance(value, arb) else float(arb(value).mid())


def _entry(value: Any, place: tuple[int, int]) -> float:
    i, j = place
    if isinstance(value, Matrix):
        return _float(value.rows[i][j])
    return float(value[i, j]) if hasattr(value, "shape") else value if isinstance(value, float) else _float(value)


def _exact(value: Any) -> Any:
    """A value as it stands: exact numbers stay exact, so that 0 is seen to be 0 at a kink."""
    if hasattr(value, "shape") and not isinstance(value, Matrix):
        return Matrix([[from_float(e) for e in row] for row in value.tolist()])
    return from_float(value) if isinstance(value, float) else value


def _loss_at(
    trace: Trace, steps: Mapping[Key, Tree], loss: Key, parameter: Key, place: tuple[int, int], by: fmpq
) -> Any:
    """The loss, with one entry of a parameter moved."""
    env = Environment()
    used = {n for expr in steps.values() for n in nodes(expr) if isinstance(n, Ref)}
    for leaf in used:
        key: Key = (leaf.base, *leaf.index) if leaf.index else leaf.base
        if key in trace.env:
            env[key] = _exact(trace.env[key])
    value = env[parameter]
    if isinstance(value, Matrix):
        rows = [list(r) for r in value.rows]
        rows[place[0]][place[1]] += by
        env[parameter] = Matrix(rows)
    else:
        env[parameter] = value + by
    for key, expr in steps.items():
        env[key] = compiled(expr, (), EXACT)(env)
    return env[loss]
