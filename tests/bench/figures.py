"""The figures: what is measured, against what, and the bound that it keeps."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq

from dlsolve import catalog
from dlsolve.fields import read_problem
from dlsolve.linalg import polynomial as poly
from dlsolve.linalg.spectrum import spectrum
from dlsolve.numbers import elementary, functions
from dlsolve.numbers.precision import precision
from dlsolve.solver import run
from tests.bench import batches, classes, markings
from tests.bench.measure import ROOT, Ratio, against, process

ADAM = "problems/adam/adam-3steps.json"
DLSOLVE = ["-m", "dlsolve"]


def start() -> Ratio:
    """A whole process, its tables drawn, against the least Typer and Rich program."""
    return against(
        "start",
        f"dlsolve adam {ADAM} / a Typer program with one Rich table",
        process([*DLSOLVE, "adam", ADAM, "--format", "terminal"]),
        process([str(ROOT / "tests" / "bench" / "minimal.py"), ADAM]),
        rounds=21,
        bound=1.7,
    )


def help_() -> Ratio:
    return against(
        "help",
        "dlsolve --help / the help of a Typer program",
        process([*DLSOLVE, "--help"]),
        process([str(ROOT / "tests" / "bench" / "minimal.py"), "--help"]),
        rounds=11,
        bound=None,
    )


def adam() -> Ratio:
    """A traced, exact run of 1,000 steps against the same arithmetic alone."""
    topic = catalog.topic("adam")
    rng = random.Random(1)
    given: dict[str, Any] = {
        "g": [f"{rng.randint(-999, 999)}e-3" for _ in range(1000)],
        "lr": "0.01", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8",
    }  # fmt: skip
    problem = read_problem(topic.problem, given)
    g = [fmpq(e) if isinstance(e, int) else e for e in _scalars(problem.g)]
    traced = run(topic, problem)
    ours = traced.env["theta", 1000]
    with precision(traced.bits):
        gap = ours - untraced_adam(g)
        assert gap == 0 or gap.contains(0), "the two do not work out the same"

    def theirs() -> None:
        with precision(traced.bits):
            untraced_adam(g)

    return against(
        "adam",
        "Adam, 1,000 steps, exact: a traced solve / the same arithmetic",
        lambda: run(topic, problem),
        theirs,
        rounds=7,
        bound=4,
    )


def _scalars(values: Sequence[Any]) -> list[Any]:
    return [v.rows[0][0] if hasattr(v, "rows") else v for v in values]


def untraced_adam(g: Sequence[fmpq]) -> Any:
    """θ after the last step, by the operations of the rules and nothing else."""
    one, lr = fmpq(1), fmpq(1, 100)
    beta1, beta2, eps = fmpq(9, 10), fmpq(999, 1000), fmpq(1, 10**8)
    power, sqrt, settle = functions.power, functions.NATIVE["sqrt"], elementary.settle
    m: Any = fmpq(0)
    v: Any = fmpq(0)
    theta: Any = fmpq(0)
    for t, gradient in enumerate(g, 1):
        m = settle(beta1 * m + (one - beta1) * gradient)
        v = settle(beta2 * v + (one - beta2) * gradient**2)
        m_hat = settle(m / (one - power(beta1, t)))
        v_hat = settle(v / (one - power(beta2, t)))
        theta = settle(theta - lr * m_hat / (sqrt(v_hat) + eps))
    return theta


def _grids() -> list[list[list[int]]]:
    rng = random.Random(6)
    return [[[rng.randint(-5, 5) for _ in range(6)] for _ in range(6)] for _ in range(5)]


def eigen() -> Ratio:
    """Exact eigenvalues and vectors of random 6×6 integer matrices, every row operation recorded."""
    import sympy

    grids = _grids()
    matrices = [sympy.Matrix(g) for g in grids]

    def solve(grid: list[list[int]]) -> None:
        rows = tuple(tuple(fmpq(e) for e in row) for row in grid)
        factors = poly.factorise(poly.from_faddeev(poly.faddeev_leverrier(rows))).factors
        found = spectrum(rows, factors)
        assert sum(e.algebraic for e in found) == 6
        assert all(e.reduction.operations and e.vectors for e in found)

    def ours() -> None:
        with precision(128):
            for grid in grids:
                solve(grid)

    return against(
        "eigen",
        "five random 6×6 integer matrices: values, vectors, row operations / sympy.Matrix.eigenvects",
        ours,
        lambda: [m.eigenvects() for m in matrices],
        rounds=5,
        bound=5,
        faster=True,
    )


def eigen_traced() -> Ratio:
    """The same matrices solved as a topic: every step of the derivation and its checks as well."""
    import sympy

    topic = catalog.topic("eigen")
    grids = _grids()
    problems = [read_problem(topic.problem, {"matrix": [[str(e) for e in row] for row in g]}) for g in grids]
    matrices = [sympy.Matrix(g) for g in grids]
    return against(
        "eigen-run",
        "the same five, the whole derivation written / sympy.Matrix.eigenvects",
        lambda: [run(topic, p) for p in problems],
        lambda: [m.eigenvects() for m in matrices],
        rounds=5,
        bound=None,
        faster=True,
    )


FIGURES: dict[str, Callable[[], Ratio]] = {
    "start": start,
    "help": help_,
    "adam": adam,
    "eigen": eigen,
    "eigen-run": eigen_traced,
    **batches.FIGURES,
    **markings.FIGURES,
    **classes.FIGURES,
}
