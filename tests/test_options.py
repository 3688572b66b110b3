"""Multiple choice: the right option by its printed digits, how far off the nearest is, the slip behind each other."""

from __future__ import annotations

import json

import pytest

from dlsolve import catalog
from dlsolve.checker.choices import Choice, choose, read_options
from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.solver import Solution, solve_problem
from tests.runner import run


def solved(topic: str, **given: object) -> Solution:
    found = catalog.topic(topic)
    return solve_problem(found, read_problem(found.problem, given or found.example))


@pytest.fixture(scope="module")
def adam() -> Solution:
    return solved("adam", g=["0.3", "0.2", "0.1"], lr="0.01")


def labels(choice: Choice) -> list[str]:
    return [o.label for o in choice.right]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A 0.82, B 0.88, C 1.76, D none", [("A", "0.82"), ("B", "0.88"), ("C", "1.76"), ("D", "none")]),
        ("a) 0.82; b) 1/3", [("a", "0.82"), ("b", "1/3")]),
        ("(A) (1, 2), (B) (2, 1)", [("A", "(1, 2)"), ("B", "(2, 1)")]),
        ("A. 6, -1, B. 5, 2", [("A", "6, -1"), ("B", "5, 2")]),
        ("A: 0.5\nB: 0.6", [("A", "0.5"), ("B", "0.6")]),
        ("0.82, 0.88", [("1", "0.82"), ("2", "0.88")]),
        ("A=1, B=2", [("A", "1"), ("B", "2")]),
        ("(A) 1.75 bits (B) 1.21 bits", [("A", "1.75 bits"), ("B", "1.21 bits")]),
        ("a) 1.75 b) 1.21", [("a", "1.75"), ("b", "1.21")]),
        ("A. 1.75 B. 1.21 C. .5", [("A", "1.75"), ("B", "1.21"), ("C", ".5")]),
        ("A 1.75 B 1.21 C none", [("A", "1.75"), ("B", "1.21"), ("C", "none")]),
        ("1) 2 2) 3 3) 4", [("1", "2"), ("2", "3"), ("3", "4")]),
        ("(a) (1, 2) (b) 3(1, b)", [("a", "(1, 2)"), ("b", "3(1, b)")]),
    ],
)
def test_options_as_they_are_printed(text: str, found: list[tuple[str, str]]) -> None:
    assert read_options(text) == found


@pytest.mark.parametrize("text", ["", "A 1, A 2", " ,;"])
def test_what_is_no_list_of_options(text: str) -> None:
    with pytest.raises(InputError):
        read_options(text)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A 0.191, B 0.193, C 0.047", ["B"]),  # 0.192989
        ("A 0.192, B 0.190", ["A"]),  # cut off, and nothing rounded among them
        ("A 0.192, B 0.193", ["B"]),  # rounded before cut off
        ("A 0.2, B 0.193, C 0.19", ["B"]),  # the finest that fits
        ("A 0.191, B none of these", ["B"]),
        ("A 0.193, B none", ["A"]),
        ("A 523/2710, B 0.193", ["A"]),  # exactly
        ("A 0.191, B 0.2001", []),
        ("A x(, B 0.193", ["B"]),
    ],
)
def test_the_right_option_by_its_digits(adam: Solution, text: str, right: list[str]) -> None:
    assert labels(choose(adam, "m_hat_3", text)) == right


def test_where_none_fits_the_nearest_is_named(adam: Solution) -> None:
    found = choose(adam, "m̂_3", "A 0.191, B 0.25, C none")
    assert labels(found) == ["C"]
    assert found.nearest is not None
    assert (found.nearest.label, found.off) == ("A", "0.002")


def test_wrong_options_by_the_slips_that_lead_to_them(adam: Solution) -> None:
    found = choose(adam, "m_hat_3", "A 0.193, B 0.0523, C 0.523, D 0.7777")
    says = {o.label: o.slips for o in found.options}
    assert says["A"] == []
    assert says["B"] == ["the bias correction of m is left out"]
    assert says["C"] == ["β₁ is not raised to the power t"]
    assert says["D"] == []


def test_a_slip_before_the_value_asked_for(adam: Solution) -> None:
    # nothing but the last value is written: declared slips are tried over the whole run
    found = choose(adam, "theta_3", "A -0.02864, B 0.02864")
    assert labels(found) == ["A"]
    assert found.options[1].slips == ["the step is added instead of subtracted"]


def test_nats_for_bits() -> None:
    found = choose(solved("entropy", p=["0.7", "0.2", "0.1"]), "H", "A 1.157, B 0.802, C 0.7")
    assert labels(found) == ["A"]
    assert "natural" in found.options[1].slips[0]


def test_vectors_and_words() -> None:
    eigen = solved("eigen", matrix=[[1, 2], [5, 4]])
    assert labels(choose(eigen, "v_1", "A (2, 5), B (1, -1), C (5, 2)")) == ["A"]
    assert labels(choose(eigen, "diagonalisable", "A yes, B no")) == ["A"]


def test_an_unknown_name_is_one_clear_error(adam: Solution) -> None:
    with pytest.raises(InputError, match="did you mean m_hat_3"):
        choose(adam, "m_hatt_3", "A 1")


def test_the_command() -> None:
    args = ("options", "problems/adam/adam-3steps.json", "m_hat_3=A 0.0523, B 0.193, C <b>, D none")
    result = run(*args)
    assert result.status == 0
    assert "✓ right" in result.out
    assert "the bias correction of m is left out" in result.out
    assert result.out.rstrip().endswith("Right: B.")
    data = json.loads(run(*args, "--format", "json").out)
    assert data["questions"][0]["right"] == ["B"]
    missed = run("options", "problems/adam/adam-3steps.json", "m_hat_3=A 0.191")
    assert missed.status == 1
    assert "No option is right: m̂₃ is 0.19299. The nearest is A (0.191), off by 0.002." in " ".join(missed.out.split())
    assert run("options", "problems/adam/adam-3steps.json", "m_hat_3").status == 2
    assert run("options", "problems/adam/adam-3steps.json").status == 2


def test_an_exact_value_is_said_to_be_exact() -> None:
    problem = "problems/confusion/confusion-5sample.json"
    said = run("options", problem, "precision=(A) 2/3 (B) 0.25", "--format", "plain").out
    assert said.startswith("precision = 0.5\n")
    assert run("options", "problems/entropy/entropy-3class.json", "H=1.2", "--format", "plain").out.startswith(
        "H(p) ≈ 1.1568\n"
    )
