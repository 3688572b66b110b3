"""What writing a derivation costs beside its arithmetic: a solve of each topic against the same values, bare.

Every topic is measured on its own example, which shows what a small problem costs at all; those whose problems
grow are measured at a size where the steps outweigh the beginning; scalar ones have to keep the bound.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from dlsolve import catalog
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import EXACT, FLOAT64, Arithmetic
from dlsolve.solver import run
from dlsolve.trace import Operation, Step
from tests.bench.measure import Ratio, against
from tests.bench.untraced import untraced

BOUND = 3
SCALAR = ("adam", "adagrad", "rmsprop", "momentum", "lr-decay", "gd", "entropy", "covariance", "mutual-information")
"""Topics whose values are numbers worked out by rules. The others look for something as well (an order, a line
that parts), or their checks work out as much again."""
MANY = 400


def _random(count: int, low: int = -999, high: int = 999) -> list[str]:
    rng = random.Random(count)
    return [f"{rng.randint(low, high)}e-3" for _ in range(count)]


def _labels(count: int) -> list[int]:
    rng = random.Random(count + 1)
    return [rng.randint(0, 1) for _ in range(count - 2)] + [0, 1]


def _counts(count: int) -> list[int]:
    rng = random.Random(count)
    return [rng.randint(1, 999) for _ in range(count)]


def _points(count: int) -> list[list[int]]:
    """Points that a line parts, with room: a perceptron takes many updates."""
    rng = random.Random(3)
    every = [(rng.randint(-50, 50), rng.randint(-50, 50)) for _ in range(3 * count)]
    return [[a, b] for a, b in every if abs(3 * a - 2 * b - 5) > 9][:count]


SIZED: dict[str, dict[str, Any]] = {
    "adam": {"g": _random(1000), "lr": "0.01"},
    "adagrad": {"g": _random(MANY), "lr": "0.1"},
    "rmsprop": {"g": _random(MANY), "lr": "0.01"},
    "momentum": {"g": _random(MANY), "lr": "0.1", "beta": "0.9"},
    "lr-decay": {"g": _random(MANY), "lr": "0.1", "schedule": "sqrt"},
    "gd": {"f": "(w - 3)^2 + w", "start": "1", "lr": "0.1", "epochs": MANY},
    "perceptron": {"X": _points(60), "y": [int(3 * a - 2 * b > 5) for a, b in _points(60)], "lr": "1"},
    "bayes": {
        "prior": {f"h{n}": f"1/{MANY}" for n in range(MANY)},
        "likelihood": {f"h{n}": p for n, p in enumerate(_random(MANY, 1, 999))},
        "evidence": "e",
    },
    "entropy": {"counts": _counts(MANY), "counts_q": _counts(MANY)[::-1]},
    "softmax": {"z": _random(MANY)},
    "loss": {"y_true": _labels(MANY), "y_pred": _random(MANY, 1, 999), "loss": ["bce"]},
    "roc": {"y_true": _labels(MANY), "y_score": _random(MANY, 1, 999)},
    "precision-recall": {"y_true": _labels(MANY), "y_score": _random(MANY, 1, 999)},
    "covariance": {"x": _random(MANY), "y": _random(MANY)[::-1]},
    "mutual-information": {
        "counts": {f"r{i}": {f"c{j}": i * j % 7 + 1 for j in range(20)} for i in range(20)},
    },
    "vanishing-gradient": {"factors": _random(200, 1, 999)},
}  # fmt: skip
"""Larger problems by topic, in the words of a problem file."""


def solves() -> Iterator[Ratio]:
    """Each topic on its own example."""
    for topic in catalog.all_topics():
        found = _one(topic.name, f"solve {topic.name}", dict(topic.example), None)
        if found is not None:
            yield found


def traced() -> Iterator[Ratio]:
    """The topics whose problems grow, at a size."""
    for name, given in SIZED.items():
        found = _one(name, f"trace {name}", given, BOUND if name in SCALAR else None)
        assert found is not None, name
        yield found


def floats() -> Iterator[Ratio]:
    """The same in float64, for interest: a float costs less than its bookkeeping."""
    for name in ("adam", "momentum", "entropy", "roc"):
        found = _one(name, f"float64 {name}", SIZED[name], None, FLOAT64)
        assert found is not None, name
        yield found


def _one(
    name: str, figure: str, given: dict[str, Any], bound: float | None, arithmetic: Arithmetic = EXACT
) -> Ratio | None:
    """One topic; None where it has no step by rule."""
    topic = catalog.topic(name)
    problem = read_problem(topic.problem, given)
    trace = run(topic, problem, arithmetic=arithmetic)
    steps = sum(isinstance(item, Step) for item in trace.items)
    if not steps:
        return None
    told = sum(isinstance(item, Operation) for item in trace.items)
    beside = f" and {told} by other ways" if told else ""
    bare = untraced(trace)
    times = max(1, 1000 // steps)

    def ours() -> None:
        for _ in range(times):
            run(topic, problem, arithmetic=arithmetic)

    def theirs() -> None:
        for _ in range(times):
            bare()

    what = f"{steps} values by rules{beside}, {arithmetic.name}: a traced solve / the same arithmetic"
    return against(figure, what, ours, theirs, rounds=7, bound=bound)
