"""Pages on which a run stands as people write it: the same names over and over."""

from __future__ import annotations

import json

import pytest

from dlsolve.checker.attempt import of_text
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.report import Report
from dlsolve.render import Options, render
from tests.cases import EXAMPLES, FILES, Case

RUNS = ("adagrad", "adam", "gd", "momentum", "perceptron", "rmsprop")
CASES = {case.id: case for case in FILES if case.topic in RUNS and case.solution().arith == "exact"}


def page_of(case: Case) -> tuple[str, int]:
    """The values of a run as a page without a count of its turns, and how many were written so."""
    solution = case.solution()
    symbols = solution.trace.symbols
    shown = {s["name"]: s["shown"] for s in json.loads(render(solution, "json", Options(steps_all=True)))["steps"]}
    rows, count = [], 0
    for key in solution.trace.steps:
        name = solution.trace.name(key)
        found = symbols.turns(str(key[0]), key[1:]) if isinstance(key, tuple) else None
        label = found[0] if found else name
        count += found is not None
        text = shown[name]
        rows.append(f"{label} = {text if isinstance(text, str) else _list(text)}")
    return "\n".join(rows), count


def _list(rows: list[object]) -> str:
    return json.dumps(rows).replace('"', "")


def marked(case: Case, page: str) -> Report:
    return mark_attempt(case.solution(), case.read()[2], of_text(page))


@pytest.mark.parametrize("case", CASES.values(), ids=lambda c: c.id)
def test_a_run_written_without_its_turns_is_right(case: Case) -> None:
    page, count = page_of(case)
    report = marked(case, page)
    wrong = {i.name: (i.verdict, i.written, i.why) for i in report.items if i.verdict not in ("correct", "missing")}
    assert wrong == {}
    assert sum(i.verdict == "correct" for i in report.items) >= min(count, 2)


AND = "perceptron/perceptron-train-and"


def verdicts(report: Report) -> dict[str, str]:
    return {i.name: i.verdict for i in report.items if i.verdict != "missing"}


def test_samples_passes_and_comparisons_of_a_perceptron() -> None:
    page = """
        z1 = 1.2*0 + 0.6*0 = 0 < 1, ŷ = 0 ok
        z2 = 0.6 < 1
        z3 = 1.2(1) + 0.6(0) = 1.2 > 1
        ŷ = 1
        e = 0 - 1 = -1
        w1 (new) = 1.2 + 0.5(-1)(1) = 0.7
        w2 = 0.6 + 0.5(-1)(0) = 0.6
        b = 0 + 0.5(-1) = -0.5
        z1 = -0.5
        z2 = 0.6 - 0.5 = 0.1
        z3 = 0.7 - 0.5 = 0.3
        w1 = 0.7
    """
    report = marked(CASES[AND], page)
    found = verdicts(report)
    assert {n for n, v in found.items() if v == "wrong"} == {"z_2[3]", "w1_2", "w1"}
    right = {"z_1[1]", "y_hat_1[1]", "z_1[2]", "z_1[3]", "y_hat_1[3]", "e_1[3]", "w1_1", "z_2[1]", "z_2[2]"}
    assert {n for n, v in found.items() if v == "correct"} >= right
    slip = next(i for i in report.items if i.name == "z_2[3]")
    assert [x.why for x in slip.links if x.why] == ["0.7 − 0.5 is 0.2, not 0.3"]


def test_a_student_who_updates_otherwise_is_followed_on_the_own_way() -> None:
    # an update at sample 2, where none is due; from there on all is right with it
    page = """
        z1 = 0
        z2 = 0.6
        y_hat = 1
        e = -1
        w1 = 1.2
        w2 = 0.1
        b = -0.5
        z1 = -0.5
        z2 = -0.4
        z3 = 0.7
        z4 = 0.8
        y_hat = 0
        e = 1
        w1 = 1.7
        w2 = 0.6
        b = 0
    """
    found = verdicts(marked(CASES[AND], page))
    assert {n for n, v in found.items() if v == "wrong"} == {"y_hat_1[2]", "w1", "b"}, "stopped before the end"
    assert {n for n, v in found.items() if v == "follows"} == {
        "e_1[2]", "w1_1", "w2_1", "z_2[2]", "z_2[3]", "w1_2", "w2_2"
    }  # fmt: skip


def test_a_formula_waits_for_its_value_and_a_value_that_is_written_again_counts_once() -> None:
    page = """
        m = 0.1*0.3
          = 0.03
        m̂ = m/(1 - 0.9)
        m̂ = 0.03/0.1 = 0.3
        m̂ = 0.3
        m = 0.9*0.03 + 0.1*0.2 = 0.047
        m̂ = 0.247
        θ = 0 - 0.01*0.3/0.3 = -0.01
    """
    report = marked(CASES["adam/adam-3steps"], page)
    assert verdicts(report) == dict.fromkeys(("m_1", "m_hat_1", "m_2", "m_hat_2", "theta_1"), "correct")
    assert not [x for i in report.items for x in i.links if x.verdict == "wrong"], "an ε left out is no slip"


def test_what_is_given_may_be_written_down_before_the_run() -> None:
    report = marked(CASES[AND], "w1 = 1.2\nw2 = 0.6\nb = 0\nw1 = 0.7\nw2 = 0.6\nb = -0.5\nw1 = 1.2\nb = 0\n")
    found = verdicts(report)
    assert {n: v for n, v in found.items() if n in ("w1_1", "w1_2", "b_1", "b_2")} == dict.fromkeys(
        ("w1_1", "w1_2", "b_1", "b_2"), "correct"
    )


def test_an_eigenvector_goes_with_the_eigenvalue_above_it() -> None:
    page = """
        det(A - λI) = (1-λ)(4-λ) - 10 = 0
        λ = 6, -1
        For λ = 6:
        -5x1 + 2x2 = 0
        v = c(2, 5)
        For λ = -1:
        x = -y
        v = c(1, 1)
    """
    case = next(c for c in FILES if c.id == "eigen/eigen-2x2")
    report = marked(case, page)
    found = {"char_poly": "correct", "lam_1": "correct", "lam_2": "correct", "v_1": "correct", "v_2": "wrong"}
    assert verdicts(report) == found


def test_a_repeated_eigenvalue_on_a_page_stands_for_its_copies() -> None:
    case = next(c for c in FILES if c.id == "eigen/eigen-3x3")
    report = marked(case, "eigenvalues: 0, 0, 1\nλ = 0\neigenvector = (1, -1, 0)\nλ = 1\neigenvector = (1, -1, 1)\n")
    assert verdicts(report) == dict.fromkeys(("lam_1", "lam_2", "lam_3", "v_1", "v_3"), "correct")


def solved(topic: str) -> Case:
    return next(c for c in EXAMPLES if c.topic == topic)


def test_a_value_that_its_own_line_shows_to_be_exact_is_no_rounding_of_another() -> None:
    case = solved("covariance")
    page = "E[X] = (1 + 2 + 3)/3 = 2\nE[Y] = (2+1+5+4)/4 = 3\nE[XY] = 35/4 = 9"
    found = verdicts(marked(case, page))
    assert found == {"E_X": "wrong", "E_Y": "correct", "E_XY": "correct"}


def test_a_vector_in_one_piece_and_unknowns_called_x_y_z() -> None:
    case = solved("linsolve")
    right = dict.fromkeys(("x1", "x2", "x3"), "correct")
    assert verdicts(marked(case, "x = 2, y = 3, z = -1")) == right
    assert verdicts(marked(case, "x = (2, 3, -1)")) == right
    assert verdicts(marked(case, "x = (2, 4, -1)")) == {**right, "x2": "wrong"}


def test_matrices_of_a_page_in_latex_and_weights_called_new() -> None:
    page = r"""
        \begin{align*}
        z_1 &= W_1 x + b_1 = \begin{bmatrix} 1 \\ 1.7 \end{bmatrix} \\
        \hat{y} &= 0.5 \cdot 1 + 0.9 \cdot 1.7 = 2.03 \\
        \frac{\partial L}{\partial W_2} &= -5.94 [1, 1.7] = [-5.94, -10.1] \\
        \delta_1 &= [-2.97, -5.35] \\
        W_2^{new} &= [0.5, 0.9] - 0.01 [-5.94, -10.1] = [0.559, 1.0]
        \end{align*}
    """
    report = marked(next(c for c in FILES if c.id == "backprop/backprop-2-2-1"), page)
    assert verdicts(report) == dict.fromkeys(("z1", "y_hat", "dW2", "dz1", "W2_1"), "correct")
    assert not [link for item in report.items for link in item.links if link.verdict == "wrong"]
    assert next(i for i in report.items if i.name == "z1").read == "(1, 1.7)"
