"""Finite differences: a check of gradients that knows nothing of how they were derived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import arb, fmpq

from dlsolve.backward import chain
from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import EXACT, FLOAT64, compiled
from dlsolve.formula.tree import Ref, Tree, nodes
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import from_float
from dlsolve.trace import Environment, Key, Trace

STEP = fmpq(1, 10**8)
MAX_PROBES = 40
"""Gradient entries that one check compares at most."""
MANY = 1_000
"""Entries beyond which a run in float64 is checked in float64, all gradients at once."""
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
    if trace.arithmetic is FLOAT64 and sum(map(_size, map(trace.env.__getitem__, _used(steps)))) > MANY:
        _along_a_line(trace, steps, loss, gradients)
        return
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
                scale, own = max(1.0, abs(right), abs(left)), _entry(trace.env[gradient], place)
                off = abs((right + left) / 2 - own) / scale
                # at a shallow kink the gradient is the slope of one side
                one_sided = off >= NEAR and min(abs(right - own), abs(left - own)) < NEAR * scale
                if one_sided or abs(right - left) > 100 * NEAR * scale:
                    kinks += 1
                    continue
                probes += 1
                worst = max(worst, off)
    except (UndecidedError, DlsolveError):
        return
    if probes:
        passed = f"; {kinks} at a kink left out" if kinks else ""
        entries = "1 entry" if probes == 1 else f"{probes} entries"
        trace.check("gradients agree with finite differences", worst < NEAR,
                    f"{entries}, central differences with h = 10⁻⁸{passed}")  # fmt: skip


def _along_a_line(trace: Trace, steps: Mapping[Key, Tree], loss: Key, gradients: Mapping[Key, Key]) -> None:
    """One check of all gradients together: how fast the loss grows in a direction that moves every
    parameter, against the gradients' share of that direction. Costs one pass forward."""
    import numpy

    sizes = {key: _size(trace.env[key]) for key in gradients}
    pattern = numpy.sin(numpy.arange(1, 62) ** 2)  # of a prime length: no two rows of weights move alike
    way = {key: numpy.resize(pattern, size) for key, size in sizes.items()}
    slope = sum(float(numpy.ravel(trace.env[gradients[key]]) @ way[key]) for key in gradients)
    steep = sum(float(numpy.square(trace.env[grad]).sum()) for grad in gradients.values()) ** 0.5
    h = 1e-6 / sum(sizes.values()) ** 0.5
    start = {key: trace.env[key] for key in _used(steps)}
    here = trace.env[loss]
    room = 1e-3 * steep + 1e-13 * max(1.0, abs(here)) / h

    def quotient(h: float) -> float:
        env = Environment(start)
        for key, direction in way.items():
            moved = numpy.ravel(env[key]) + h * direction
            env[key] = moved.reshape(env[key].shape) if hasattr(env[key], "shape") else float(moved[0])
        for key, expr in steps.items():
            env[key] = compiled(expr, (), FLOAT64)(env)
        return float((env[loss] - here) / h)

    right = quotient(h)
    if abs(right - slope) > room and abs(right - quotient(-h)) > room:
        return  # at a kink the slopes to the left and right differ
    trace.check("gradients agree with a finite difference", abs(right - slope) <= room,
                f"along one direction through all {sum(sizes.values())} parameters")  # fmt: skip


def _size(value: Any) -> int:
    rows, cols = value.shape if hasattr(value, "shape") else (1, 1)
    return int(rows * cols)


def _used(steps: Mapping[Key, Tree]) -> list[Key]:
    """The values that `steps` start from."""
    leaves = dict.fromkeys(n for expr in steps.values() for n in nodes(expr) if isinstance(n, Ref))
    keys: list[Key] = [(leaf.base, *leaf.index) if leaf.index else leaf.base for leaf in leaves]
    return [key for key in keys if key not in steps]


def _places(value: Any) -> list[tuple[int, int]]:
    rows, cols = value.shape if hasattr(value, "shape") else (1, 1)
    return [(i, j) for i in range(rows) for j in range(cols)]


def _float(value: Any) -> float:
    if isinstance(value, Matrix):  # 1×1: a number
        value = value.rows[0][0]
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
    for key in _used(steps):
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
