"""Eigenvalues and vectors against SymPy: of random integer matrices, and of those with whole eigenvalues."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from flint import fmpq

from dlsolve import catalog
from dlsolve.fields import read_problem
from dlsolve.linalg import polynomial as poly
from dlsolve.linalg.spectrum import spectrum
from dlsolve.numbers.precision import precision
from dlsolve.solver import run
from tests.bench.measure import Ratio, against

Grid = list[list[int]]
LIMIT = 15
"""Seconds of processor time that one matrix may take; what takes longer counts as so many."""
BOUNDS = {("random", 6): 5, ("random", 8): 10, ("whole", 8): 2}


def random_grid(n: int, rng: random.Random) -> Grid:
    return [[rng.randint(-5, 5) for _ in range(n)] for _ in range(n)]


def whole_grid(n: int, rng: random.Random) -> Grid:
    """P·D·P⁻¹ with P a product of row operations: its eigenvalues are whole numbers."""
    grid = [[rng.randint(-4, 4) if i == j else 0 for j in range(n)] for i in range(n)]
    for _ in range(2 * n):
        i, j = rng.sample(range(n), 2)
        c = rng.choice((-1, 1))
        grid[i] = [a + c * b for a, b in zip(grid[i], grid[j], strict=True)]
        for row in grid:
            row[j] -= c * row[i]
    return grid


def eigen() -> Iterator[Ratio]:
    """Values, vectors and row operations for n = 2 … 12; the whole derivation, as a topic; DomainMatrix."""
    import sympy
    from sympy.polys.matrices import DomainMatrix
    from sympy.polys.matrices.eigen import dom_eigenvects

    for kind, make in (("random", random_grid), ("whole", whole_grid)):
        for n in range(2, 13):
            rng = random.Random(n)
            grids = [make(n, rng) for _ in range(3)]
            matrices = [sympy.Matrix(g) for g in grids]
            domain = [DomainMatrix.from_Matrix(m).to_field() for m in matrices]
            what = f"three {n}×{n} integer matrices{', whole eigenvalues' if kind == 'whole' else ''}"
            others = [
                ("eigenvects", "sympy.Matrix.eigenvects", partial(_each, [m.eigenvects for m in matrices])),
                ("DomainMatrix", "SymPy's DomainMatrix", partial(_each, [partial(dom_eigenvects, d) for d in domain])),
            ]
            for short, name, theirs in others:
                yield against(
                    f"{kind} {n} {short}",
                    f"{what}: values, vectors, row operations / {name}, times faster",
                    lambda g=grids: _spectra(g),  # type: ignore[misc]
                    theirs,
                    rounds=3,
                    bound=BOUNDS.get((kind, n)) if short == "eigenvects" else None,
                    faster=True,
                )
            if n in (2, 4, 8):
                yield _derivation(f"{kind} {n} written", what, grids, others[0][2])


def _spectra(grids: list[Grid]) -> None:
    with precision(128):
        for grid in grids:
            rows = tuple(tuple(fmpq(e) for e in row) for row in grid)
            factors = poly.factorise(poly.from_faddeev(poly.faddeev_leverrier(rows))).factors
            found = spectrum(rows, factors)
            assert sum(e.algebraic for e in found) == len(grid)
            assert all(e.vectors for e in found)


def _derivation(name: str, what: str, grids: list[Grid], theirs: Callable[[], object]) -> Ratio:
    topic = catalog.topic("eigen")
    problems = [read_problem(topic.problem, {"matrix": [[str(e) for e in row] for row in g]}) for g in grids]
    says = f"{what}: the whole derivation written / sympy.Matrix.eigenvects, times faster"
    return against(name, says, lambda: [run(topic, p) for p in problems], theirs, rounds=3, bound=None, faster=True)


class _TooLongError(Exception):
    pass


def _each(works: Sequence[Callable[[], object]]) -> None:
    for work in works:
        _bounded(work)


def _bounded(work: Callable[[], object]) -> object:
    """Work for at most `LIMIT` seconds of processor time."""

    def stop(*_: Any) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        return work()
    except _TooLongError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
