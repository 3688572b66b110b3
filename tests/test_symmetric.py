"""Certified eigenvalues of symmetric matrices against NumPy, equal and coupled ones among them."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dlsolve.linalg.symmetric import eigenvalues
from dlsolve.numbers.precision import precision


@pytest.mark.oracle
@settings(max_examples=100)
@given(st.lists(st.integers(-3, 3), min_size=2, max_size=5), st.integers(0, 10**6))
@example([-1, 1, -3, -2, -1], 94)  # an approximate solver that gives up
def test_known_eigenvalues_are_enclosed(values: list[int], seed: int) -> None:
    """Q·diag(values)·Qᵀ for a reflection Q in irrational numbers."""
    draw = np.random.default_rng(seed)
    n = len(values)
    with precision(128):
        v = arb_mat([[arb(int(draw.integers(1, 20))).sqrt() * int(draw.choice([-1, 0, 1]))] for _ in range(n)])
        size = sum((v[i, 0] ** 2 for i in range(n)), arb(0))
        one = arb_mat([[arb(int(i == j)) for j in range(n)] for i in range(n)])
        q = one - (v * v.transpose()) * (2 / size) if not size.contains(0) else one
        middle = arb_mat([[arb(values[i] if i == j else 0) for j in range(n)] for i in range(n)])
        turned = q * middle * q.transpose()
        rows = [[turned[min(i, j), max(i, j)] for j in range(n)] for i in range(n)]
        found = eigenvalues(rows)
    assert len(found) == n
    for value, true in zip(found, sorted(values, reverse=True), strict=True):
        assert value.contains(true)
        assert float(value.rad()) < 1e-9
