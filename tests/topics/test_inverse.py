"""Inverses against SymPy, by every method; singular matrices say why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.topics.linear_algebra.inverse import TOPIC
from tests.matrices import Rows, oracle, square, to_sympy
from tests.values import array, solved

PROBLEMS = square(4).map(lambda m: {"matrix": m})
METHODS = {1: ["auto", "formula", "gauss-jordan"], 2: ["auto", "formula", "gauss-jordan"],
           3: ["auto", "adjugate", "gauss-jordan"], 4: ["auto"], 5: ["auto"]}  # fmt: skip


@given(square(5))
@settings(max_examples=120)
def test_every_method_gives_sympys_inverse(matrix: Rows) -> None:
    a = oracle(matrix)
    singular = a.det() == 0
    for method in METHODS[len(matrix)]:
        trace = solved(TOPIC, {"matrix": matrix, "method": method})
        assert trace.env["invertible"] == ("no" if singular else "yes")
        assert all(c.holds for c in trace.checks)
        if singular:
            assert "A_inv" not in trace.env
        else:
            assert to_sympy(trace.env["A_inv"]) == a.inv()
            assert len(trace.checks) == 2


def test_a_singular_matrix_says_why() -> None:
    by_formula = solved(TOPIC, {"matrix": [[1, 2], [2, 4]]})
    assert by_formula.env["det"] == 0
    by_rows = solved(TOPIC, {"matrix": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]})
    assert any("Row 3 is 0 on the left" in getattr(i, "text", "") for i in by_rows.items)
    assert by_rows.env["rank"] == 2
    for trace in (by_formula, by_rows):
        assert trace.steps["invertible"].shown == "no: A is singular"  # type: ignore[union-attr]


@pytest.mark.parametrize("matrix", [[[2, 1], [5, 3]], [[0, 1, 2], [1, 0, 3], [4, -3, 8]]])
def test_float64_gives_the_same(matrix: Rows) -> None:
    plain = solved(TOPIC, {"matrix": matrix}, arithmetic=FLOAT64)
    assert array(plain.env["A_inv"]) == pytest.approx(array(solved(TOPIC, {"matrix": matrix}).env["A_inv"]))
    assert all(c.holds for c in plain.checks)


@given(square(3))
@settings(max_examples=30)
def test_the_inverse_of_the_inverse_is_the_matrix(matrix: Rows) -> None:
    a = oracle(matrix)
    if a.det() != 0:
        back = [[str(e) for e in row] for row in a.inv().tolist()]
        assert to_sympy(solved(TOPIC, {"matrix": back}).env["A_inv"]) == a


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"matrix": [[1, 2, 3]]}, r"\$\.given\.matrix: not square \(found 1×3\)"),
        (
            {"matrix": [[1, 2], [3, 4]], "method": "adjugate"},
            r"\$\.given\.method: adjugate is not for 2×2; choose gauss",
        ),
        ({"matrix": [[1] * 4] * 4, "method": "formula"}, r"\$\.given\.method: formula is not for 4×4"),
        ({"matrix": [[0] * 11] * 11}, "at most 10×10"),
    ],
)
def test_what_is_refused(given_: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solved(TOPIC, given_)
