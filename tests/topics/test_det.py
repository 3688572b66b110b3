"""Determinants against SymPy, by every method; declared slips."""

from __future__ import annotations

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.rules import Rule
from dlsolve.policy import Slip
from dlsolve.topics.linear_algebra.det import TOPIC
from tests.matrices import Rows, of_shape, oracle, square, to_sympy
from tests.values import solved

PROBLEMS = square(4).map(lambda m: {"matrix": m})
METHODS = {1: ["auto", "row", "elimination"], 2: ["auto", "row", "elimination"],
           3: ["auto", "sarrus", "row", "elimination"], 4: ["auto", "row", "elimination"]}  # fmt: skip


@given(square(4))
@settings(max_examples=120)
def test_every_method_gives_sympys_determinant(matrix: Rows) -> None:
    wanted = oracle(matrix).det()
    for method in METHODS[len(matrix)]:
        trace = solved(TOPIC, {"matrix": matrix, "method": method})
        assert to_sympy(trace.env["det"]) == wanted, method
        assert trace.env["invertible"] == ("no" if wanted == 0 else "yes")
        assert all(c.holds for c in trace.checks)


@given(st.integers(5, 7).flatmap(lambda n: of_shape(n, n)))
@settings(max_examples=30)
def test_larger_ones(matrix: Rows) -> None:
    assert to_sympy(solved(TOPIC, {"matrix": matrix}).env["det"]) == oracle(matrix).det()


@given(square(4), st.integers(-3, 3))
@settings(max_examples=30)
def test_a_multiple_of_a_row_added_to_another_changes_nothing(matrix: Rows, factor: int) -> None:
    a = oracle(matrix)
    if a.rows > 1:
        a[0, :] += factor * a[1, :]
    changed = [[str(e) for e in row] for row in a.tolist()]
    assert solved(TOPIC, {"matrix": changed}).env["det"] == solved(TOPIC, {"matrix": matrix}).env["det"]


def test_triangular_matrices_are_noticed() -> None:
    trace = solved(TOPIC, {"matrix": [[2, 1, 5], [0, 3, 7], [0, 0, -1]]})
    assert any("upper triangular" in getattr(i, "text", "") for i in trace.items)
    assert trace.env["det"] == -6


@pytest.mark.parametrize(
    ("slip", "matrix", "method", "wrong"),
    [
        ("products-added", [[1, 2], [3, 4]], "auto", 10),
        ("other-diagonal-first", [[1, 2], [3, 4]], "auto", 2),
        ("no-chessboard", [[1, 2, 0], [3, 4, 1], [0, 5, 6]], "row", 55),
        ("upwards-left-out", [[1, 1, 1], [1, 2, 3], [2, 1, 1]], "sarrus", 9),
        ("swaps-ignored", [[0, 1], [1, 0]], "elimination", 1),
    ],
)
def test_a_slip_gives_what_it_says(slip: str, matrix: Rows, method: str, wrong: int) -> None:
    rule = next(s.rule for s in TOPIC.slips if s.id == slip)
    assert isinstance(rule, Rule)
    given_ = {"matrix": matrix, "method": method}
    assert solved(TOPIC, given_, policy=Slip(rule)).env["det"] == fmpq(wrong)
    assert solved(TOPIC, given_).env["det"] != fmpq(wrong)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"matrix": [[1, 2, 3]]}, r"\$\.given\.matrix: not square \(found 1×3\)"),
        ({"matrix": [[1, 2], [3, 4]], "method": "sarrus"}, r"\$\.given\.method: sarrus is not for 2×2; choose elim"),
        ({"matrix": [[1] * 5] * 5, "method": "row"}, r"\$\.given\.method: row is not for 5×5"),
        ({"matrix": [[0] * 21] * 21}, "at most 20×20"),
    ],
)
def test_what_is_refused(given_: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solved(TOPIC, given_)
