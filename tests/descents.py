"""Random descents, for the tests of every optimiser: gradients, or a function from a start point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.solver import run
from dlsolve.topic import Topic
from dlsolve.trace import Trace
from tests.values import array

DECIMALS = st.integers(-400, 400).map(lambda n: n / 100)
RATES = st.sampled_from([0.001, 0.01, 0.05, 0.1, 0.5, 1])
DECAYS = st.sampled_from([0, 0.1, 0.5, 0.9, 0.95, 0.999])
EPSILONS = st.sampled_from(["1e-8", "1e-7", "1e-3", "0.1"])
FUNCTIONS: dict[str, tuple[list[str], Any]] = {
    "100*w1^2 + w2^2": (["w1", "w2"], lambda s, a, b: 100 * a**2 + b**2),
    "(w - 3)^2": (["w"], lambda s, w: (w - 3) ** 2),
    "(1 - x)^2 + 2*(y - x^2)^2": (["x", "y"], lambda s, x, y: (1 - x) ** 2 + 2 * (y - x**2) ** 2),
    "exp(x/4) + y^2 - x*y": (["x", "y"], lambda s, x, y: s.exp(x / 4) + y**2 - x * y),
    "ln(1 + exp(x)) + x^2/8": (["x"], lambda s, x: s.log(1 + s.exp(x)) + x**2 / 8),
    "a*b + a^2 + 3*b^2 + c^2": (["a", "b", "c"], lambda s, a, b, c: a * b + a**2 + 3 * b**2 + c**2),
}
"""By what is typed: its variables, and the same function over SymPy's."""

Gradient = Callable[[np.ndarray], np.ndarray]


@st.composite
def from_gradients(draw: st.DrawFn, steps: int = 5) -> dict[str, Any]:
    """Scalar or vector gradients, zero ones among them, and now and then a start."""
    count = draw(st.integers(1, steps))
    size = draw(st.integers(0, 3))
    one = st.lists(DECIMALS, min_size=size, max_size=size) if size else DECIMALS
    found: dict[str, Any] = {"g": draw(st.lists(one, min_size=count, max_size=count))}
    if draw(st.booleans()):
        found["start"] = draw(st.lists(DECIMALS, min_size=max(1, size), max_size=max(1, size)))
    return found


@st.composite
def from_functions(draw: st.DrawFn, steps: int = 3) -> dict[str, Any]:
    """A typed function from a start point, by name or in order."""
    f = draw(st.sampled_from(sorted(FUNCTIONS)))
    point = {v: draw(st.integers(-20, 20)) / 10 for v in FUNCTIONS[f][0]}
    start: Any = point if draw(st.booleans()) else list(point.values())
    return {"f": f, "start": start, "steps": draw(st.integers(1, steps))}


def with_constants(
    problems: st.SearchStrategy[dict[str, Any]], **constants: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """`problems` with the constants of an optimiser."""
    return st.builds(lambda p, c: {**p, **c}, problems, st.fixed_dictionaries(constants))


def start_of(p: Mapping[str, Any]) -> np.ndarray:
    """θ₀ as a flat array."""
    if "f" in p:
        by = FUNCTIONS[p["f"]][0]
        start = p["start"]
        return np.array([start[v] for v in by] if isinstance(start, dict) else start, dtype=float)
    return np.array(p.get("start", [0.0] * np.atleast_1d(p["g"][0]).size), dtype=float)


def slopes_of(p: Mapping[str, Any]) -> list[Gradient]:
    """Where the gradient of each step comes from: a list of functions of θ."""
    if "f" in p:
        return [symbolic(p["f"])] * int(p["steps"])
    return [lambda _, g=g: np.atleast_1d(np.array(g, dtype=float)) for g in p["g"]]  # type: ignore[misc]


@cache
def symbolic(f: str) -> Gradient:
    """The gradient of a typed function as SymPy derives it."""
    import sympy

    by, make = FUNCTIONS[f]
    symbols = sympy.symbols(" ".join(by), seq=True)
    slopes = [sympy.lambdify(symbols, sympy.diff(make(sympy, *symbols), v), "math") for v in symbols]

    def at(theta: np.ndarray) -> np.ndarray:
        g = np.array([s(*theta) for s in slopes], dtype=float)
        # what is left of a slope that is exactly 0 would be blown up by a division by its own size
        return np.where(np.abs(g) < 1e-12, 0.0, g)

    return at


def agree(trace: Trace, rows: list[dict[str, np.ndarray]], rtol: float = 1e-8, atol: float = 1e-10) -> None:
    """Each named value of each step is that of the loop."""
    for k, row in enumerate(rows, 1):
        for name, value in row.items():
            ours = array(trace.env[name, k]).ravel()
            np.testing.assert_allclose(ours, value, rtol=rtol, atol=atol, err_msg=f"{name} at {k}")


def same_as_torch(trace: Trace, p: Mapping[str, Any], base: str, make: Callable[[Any], Any]) -> None:
    """The parameters after each step are those of a PyTorch optimiser (`make` builds it)."""
    torch = pytest.importorskip("torch")
    theta = torch.tensor(start_of(p), dtype=torch.float64, requires_grad=True)
    optimiser = make([theta])
    for k, slope in enumerate(slopes_of(p), 1):
        theta.grad = torch.tensor(slope(theta.detach().numpy()), dtype=torch.float64)
        optimiser.step()
        ours = array(trace.env[base, k]).ravel()
        np.testing.assert_allclose(ours, theta.detach().numpy(), rtol=1e-7, atol=1e-9)


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({}, "$.given"),
    ({"g": [0.1], "f": "w^2"}, "$.given"),
    ({"g": [[1, 2], [1]]}, "$.given.g[1]"),
    ({"g": [[1, 2]], "start": [1]}, "$.given.start"),
    ({"g": [1, 2], "start": {"w": 1}}, "$.given.start"),
    ({"g": [1, 2], "steps": 3}, "$.given.steps"),
    ({"g": [1], "lr": 0}, "$.given.lr"),
    ({"f": "3 + 4", "start": [1]}, "$.given.f"),
    ({"f": "w^2", "start": {"x": 1}}, "$.given.start.x"),
    ({"f": "w1^2 + w2", "start": {"w1": 1}}, "$.given.start"),
]
"""What no optimiser takes, and the place that the error names."""


def refused(topic: Topic[Any], given: Mapping[str, Any]) -> InputError:
    """The error that `given` meets."""
    with pytest.raises(InputError) as fault:
        run(topic, read_problem(topic.problem, given))
    return fault.value
