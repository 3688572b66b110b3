"""What follows from a wrong value without a formula: roots of a student's own polynomial, D from own eigenvalues."""

from __future__ import annotations

from typing import Any

import pytest
from flint import fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from dlsolve.checker.attempt import of_text
from dlsolve.checker.paper import mark_attempt
from dlsolve.formula.written import polynomial
from dlsolve.handwriting.parser import expression
from dlsolve.linalg.lettered import read_polynomial
from dlsolve.problem import ProblemFile
from dlsolve.worked.sequels import roots
from tests.test_check import marked, solved, verdicts

A = {"matrix": [[1, 2], [5, 4]]}  # p(λ) = λ² − 5λ − 6


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"char_poly": "λ^2 - 5λ + 6", "lam_1": "3", "lam_2": "2", "D": "[3 0; 0 2]"}, "wrong follows follows follows"),
        ({"char_poly": "λ^2 - 5λ + 6", "lam_1": "2", "lam_2": "3", "D": "[3 0; 0 2]"}, "wrong follows follows follows"),
        ({"char_poly": "λ^2 - 5λ + 6", "lam_1": "3", "lam_2": "3"}, "wrong follows wrong"),  # 3 is a root once
        ({"char_poly": "(λ - 3)^2", "lam_1": "3", "lam_2": "3"}, "wrong follows follows"),
        ({"char_poly": "λ^2 - 6λ - 5", "lam_1": "6.742", "lam_2": "-0.742"}, "wrong follows follows"),
        ({"char_poly": "λ^2 - 6λ - 5", "lam_1": "6.75", "lam_2": "-0.742"}, "wrong wrong follows"),
        ({"char_poly": "λ^2 - 4λ + 5", "lam_1": "2 + i", "lam_2": "2 - i"}, "wrong follows follows"),
        ({"char_poly": "λ^2 - 5λ - 6", "lam_1": "3", "lam_2": "2"}, "correct wrong wrong"),
        ({"char_poly": "λ^2 - 7λ - 6", "lam_1": "6", "lam_2": "-1"}, "wrong correct correct"),
        ({"char_poly": "λ^2", "lam_1": "0", "lam_2": "0"}, "wrong wrong wrong"),  # a 0 is not paid by a 0
        ({"char_poly": "((λ+1)^99)^99", "lam_1": "5"}, "wrong wrong"),
        ({"char_poly": "λ^2 - 5μ", "lam_1": "5"}, "wrong wrong"),
        ({"lam_1": "7", "lam_2": "-1", "D": "[7 0; 0 -1]"}, "wrong correct follows"),
        ({"lam_1": "7", "lam_2": "-1", "D": "[7 0; 0 1]"}, "wrong correct wrong"),
        ({"v_1": "(1, 2)", "v_2": "(1, -1)", "P": "[1 1; 2 -1]"}, "wrong correct follows"),
        ({"v_1": "(1, 2)", "v_2": "(1, -1)", "P": "[1 1; -1 2]"}, "wrong correct follows"),
        ({"v_1": "(1, 2)", "v_2": "(1, -1)", "P": "[1 2; 1 -1]"}, "wrong correct wrong"),
        ({"v_1": "(1, 2)", "P": "[1 1; 2 -1]"}, "wrong wrong"),
    ],
)
def test_eigenvalues_of_a_wrong_polynomial_follow(answers: dict[str, str], found: str) -> None:
    report = marked(solved("eigen", A), answers)
    by_name = verdicts(report)
    assert [by_name[name] for name in answers] == found.split()


@pytest.mark.parametrize("name", ["p(λ)", "p(x)", "det(A - λI)", "|A − λI|", "characteristic polynomial", "χ(λ)"])
@pytest.mark.parametrize("text", ["λ² − 5λ − 6", "x^2 - 5x - 6", "6 + 5λ - λ^2", "(λ - 6)(λ + 1)"])
def test_a_characteristic_polynomial_is_known_by_its_names(name: str, text: str) -> None:
    assert verdicts(marked(solved("eigen", A), {name: text})) == {"char_poly": "correct"}


def test_the_reason_names_what_it_comes_of() -> None:
    report = marked(solved("eigen", A), {"char_poly": "λ^2 - 5λ + 6", "lam_1": "3"})
    assert report.items[1].why == "right with your p(λ)"
    assert not report.items[1].slips


@pytest.mark.parametrize(
    ("given_", "answers", "found"),
    [
        ({}, {"det_poly": "4 + k^2 - 5k", "k_1": "4", "k_2": "1"}, "wrong follows follows"),
        ({"value": 3}, {"det_poly": "7 - k", "k_1": "4"}, "wrong follows"),
        ({"value": 3}, {"det_poly": "7 - k", "k_1": "7"}, "wrong wrong"),
    ],
)  # fmt: skip
def test_the_letter_of_a_wrong_determinant_follows(given_: dict[str, Any], answers: dict[str, str], found: str) -> None:
    problem = {"matrix": [["1", "k"], ["k", "4"]], **given_}
    by_name = verdicts(marked(solved("matrix-parameter", problem), answers))
    assert list(by_name.values()) == found.split()


@given(st.lists(st.fractions(-9, 9, max_denominator=9), min_size=2, max_size=6))
def test_a_polynomial_is_read_back(coefficients: list[Any]) -> None:
    poly = fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients])
    read = read_polynomial(expression(_text(poly)))
    assert poly.degree() < 1 or read == poly


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=5))
def test_the_roots_of_a_product_are_those_of_its_factors(values: list[int]) -> None:
    text = "*".join(f"(x - ({v}))" for v in values)
    assert sorted(map(int, roots({"p": expression(text)}))) == sorted(values)


@pytest.mark.parametrize("text", ["x^13", "1/x", "exp(x)", "x*y", "7", "x^x", "(x^9)^9", "x^99999", "3^40*x + 7^40"])
def test_what_is_no_small_polynomial_has_no_roots(text: str) -> None:
    assert list(roots({"p": expression(text)})) == []


def _text(poly: fmpq_poly) -> str:
    from dlsolve.formula.text import python

    return python(polynomial(poly))


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("λ² - 5λ - 6 = 0\n(λ-6)(λ+1) = 0\nλ1 = 6, λ2 = -1", "correct correct correct"),
        ("det = (1-λ)(4-λ) - 10 = λ^2 - 5λ - 6 = 0\nλ1 = 6, λ2 = -1", "correct correct correct"),
        ("$$\\lambda^2 - 5\\lambda + 6 = 0$$\n$$\\lambda_1 = 3$$\n$$\\lambda_2 = 2$$", "wrong follows follows"),
        ("|A-λI| = (1-λ)(4-λ) - 10 = λ^2 - 5λ - 6\nλ1 = 6, λ2 = -1", "correct correct correct"),
        ("λ - 6 = 0\nλ1 = 6, λ2 = -1", "correct correct"),  # a factor is not the polynomial
        ("p(λ) = λ^2 - 5λ - 6\nλ^2 - 7λ = 0\nλ1 = 6, λ2 = -1", "correct correct correct"),  # the named one counts
        ("x + y^2 = 0\nλ1 = 6, λ2 = -1", "correct correct"),
    ],
)
def test_an_equation_without_a_name_is_the_polynomial(page: str, found: str) -> None:
    report = mark_attempt(solved("eigen", A), ProblemFile(topic="eigen", given={}), of_text(page, "p"))
    assert [item.verdict for item in report.items if item.verdict != "missing"] == found.split()


@pytest.mark.parametrize("topic", ["rref", "nullspace", "colspace"])
def test_rank_and_pivots_follow_from_ones_own_matrix(topic: str) -> None:
    solution = solved(topic, {"matrix": [[1, 2, 3], [2, 5, 7], [3, 7, 11]]})
    found = verdicts(marked(solution, {"R": "[1 0 1; 0 1 1; 0 0 0]", "rank": "2", "pivots": "1, 2"}))
    assert found == {"R": "wrong", "rank": "follows", "pivots": "follows"}
    found = verdicts(marked(solution, {"R": "[1 0 1; 0 1 1; 0 0 0]", "rank": "1"}))
    assert found["rank"] == "wrong"
    assert verdicts(marked(solution, {"R": "[1 0 0; 0 1 0; 0 0 1]", "rank": "2"}))["rank"] == "wrong"
