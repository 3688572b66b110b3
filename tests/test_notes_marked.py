"""The course notes as a student's work: their printed values, and their own worked pages as they stand.

What is wrong in them is known (`printed` values that cite an erratum; the pages below, with the number
of the erratum beside each slip); the marking has to find that and nothing else.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dlsolve.assignment import solve
from dlsolve.checker.answers import canonical
from dlsolve.checker.attempt import of_file, of_json
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.report import Report
from dlsolve.problem import Item, ProblemFile, items, printed_of
from dlsolve.solver import Solution
from tests.runner import run

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "tests" / "notes" / "pages"

ROUNDED = {"E116 F1_denominator", "E140", "E141 norm_A", "E142", "E150"}
"""Errata of values that are right as they are rounded, cut off or carried."""


@cache
def printed() -> dict[str, ProblemFile]:
    """Every problem whose source's values are given."""
    found = {}
    for path in sorted((ROOT / "problems").rglob("*.json")):
        for item in items(str(path)):
            assert isinstance(item, Item), item
            problem = item.read()
            if problem.printed:
                found[str(problem.id)] = problem
    return found


@cache
def solved(name: str) -> Solution:
    return solve(printed()[name])


def marked(name: str, answers: dict[str, str]) -> Report:
    return mark_attempt(solved(name), printed()[name], of_json(answers, "answers"), only_written=True)


PRINTED = sorted(printed())


# -- printed values ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRINTED)
def test_every_wrong_printed_value_is_found_and_no_right_one_is_called_wrong(name: str) -> None:
    stated = printed_of(printed()[name].printed)
    report = marked(name, {n: t.value for n, t in stated.items()})
    found = {i.name: i.verdict for i in report.items if i.written is not None}
    told = {canonical(solved(name).trace, n): t for n, t in stated.items()}
    expected = {n for n, t in told.items() if t.erratum and not {t.erratum, f"{t.erratum} {n}"} & ROUNDED}
    assert {n for n, v in found.items() if v in ("wrong", "follows", "unreadable")} == expected
    assert {n for n, v in found.items() if v in ("correct", "ambiguous")} == set(told) - expected


def test_adam_as_printed() -> None:
    told = printed_of(printed()["adam-3steps"].printed)
    found = {i.name: i for i in marked("adam-3steps", {n: t.value for n, t in told.items()}).items}
    assert found["m_hat_3"].verdict == "wrong"
    assert found["Delta_3"].verdict == "follows"
    assert found["v_hat_3"].verdict == "correct", "0.0467 is right within the rounding of 0.0001398"
    alone = {i.name: i.verdict for i in marked("adam-3steps", {"v_hat_3": "0.0467"}).items}
    assert alone["v_hat_3"] == "wrong", "from the exact value it is not"


@pytest.mark.parametrize("name", PRINTED)
def test_zeros_everywhere_earn_nothing_but_where_zero_is_right(name: str) -> None:
    solution, problem = solved(name), printed()[name]
    report = mark_attempt(solution, problem, of_json(dict.fromkeys(solution_answers(solution), "0"), "answers"))
    for item in report.items:
        if item.written is not None and item.earned > 0:
            assert item.expected in ("0", "c·0", "(0, 0)") or set(str(item.expected)) <= set("0()[],; "), item


def solution_answers(solution: Solution) -> list[str]:
    asked = solution.meta.get("asked") or [solution.trace.name(key) for key in solution.trace.answers]
    return [str(name) for name in asked]


# -- pages ---------------------------------------------------------------------------------------

SLIPS: dict[str, dict[str, Any]] = {
    "momentum/momentum-3steps": {
        "links": {
            ("v_2", "0.9(-0.05) + (0.1)(0.4)"): "E143",
            ("w_2", "0.135"): "E144",
            ("v_3", "0.9(0.135) + (0.1)(-0.2)"): "E145",
        },
        "right": ["v_1", "w_1", "v_2", "w_2", "v_3", "w_3"],
    },
    "adam/adam-3steps": {
        "links": {("m_hat_3", "0.191"): "E149"},
        "wrong": {"m_hat_3": "E149"},
        "follows": {"Delta_3": "E151"},
        "right": [f"{n}_{t}" for t in (1, 2, 3) for n in ("m", "v", "v_hat")] + ["Delta_1", "Delta_2", "m_hat_2"],
    },
    "gd/minibatch-gd": {
        "links": {
            ("dw_1", r"\frac{1}{2} [(2-0)1 + (4-0)2]"): "E104",
            ("dw_2", r"\frac{1}{2} (35.4)"): "E106",
        },
        "wrong": {"dw_2": "E106"},
        "notes": {"Read as an equals sign: the minus before 3.065.": "E107"},
        "right": ["dw_1", "db_1", "w_1", "b_1", "y_hat_2[1]", "y_hat_2[2]", "db_2", "w_2", "b_2", "J_0", "J_2",
                  "y_all_2[1]", "y_all_2[2]", "y_all_2[3]", "y_all_2[4]"],
    },
    "confusion/confusion-spam": {
        "links": {
            ("recall", r"\frac{10}{40+5}"): "E115",
            ("F1", r"\frac{1.378}{1.688}"): "E116",
            ("F1", "0.80"): "E116",
        },
        "wrong": {"F1": "E116"},
        "right": ["recall", "accuracy", "precision"],
    },
    "backprop/backprop-2-2-1": {
        "links": {
            ("y_hat", r"1 \times 0.5 + 1.7 \times 0.4"): "E087",
            ("dW2", r"-2(y - \hat{y}) \begin{bmatrix} 1 \\ 1.7 \end{bmatrix}^2"): "E090",
            ("dW1", r"\begin{bmatrix} 0.5 \\ 0.1 \end{bmatrix}_{2 \times 1} \begin{bmatrix} 1 & 2 \end{bmatrix}"):
                "E092",
            ("dW1", r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}"): "E092",
        },
        "wrong": {"dW2": "E090", "db1": "E091", "dW1": "E092"},
        "unreadable": {"x_2": "E088", r"\left[\frac{\partial z_2}{\partial w_2}": "E089"},
        "right": ["z1", "y_hat", "L"],
    },
    "lr-decay/lr-sqrt-decay": {"right": [f"{n}_{t}" for t in (1, 2, 3) for n in ("eta", "Delta", "w")]},
    "gd/gd-linear-batch-sgd": {"right": ["dw_1", "w_1"]},
    "gd/gd-linear-batch-sgd-sgd": {"right": ["w_1", "dw_2", "w_2", "dw_3", "w_3"]},
    "perceptron/perceptron-sigmoid-3in": {"right": ["y_hat"]},
    "perceptron/perceptron-step-3in": {"right": ["z"]},
    "perceptron/perceptron-train-and": {
        "links": {("w1", "1.2 + 0.5(0-1)"): "E039", ("b", "-0.5 + 0.5(1-0)"): "the notes stop before the last update"},
        "wrong": {"w1": "E039", "b": "the notes stop before the last update"},
        "right": ["z_1[1]", "z_1[2]", "z_1[3]", "w1_1", "w2_1", "b_1", "z_2[1]", "z_2[2]", "z_2[3]", "z_2[4]",
                  "w1_2", "w2_2", "b_2", "z_3[1]"],
    },
    "eigen/eigen-2x2": {"right": ["lam_1", "lam_2"]},
    "eigen/eigen-3x3": {"unreadable": {"x_3": "an unknown of the equations"}, "right": ["lam_1", "lam_2", "lam_3"]},
    "nullspace/nullspace-3x2-line": {"right": ["null_space"]},
    "nullspace/nullspace-3x2-trivial": {"right": ["null_space"]},
    "probability/coins-conditional": {
        "links": {("P_A", r"\frac{3}{8}"): "E011"},
        "wrong": {"P_A": "E011"},
        "right": ["P_B", "P_A_and_B", "P_A_given_B"],
    },
    "random-variable/expectation-coin": {"right": ["E_X"]},
    "random-variable/expectation-six": {"right": ["E_X"]},
    "random-variable/rv-heads-tails": {
        "links": {("X_HTH", "1"): "E015", ("Y_HTH", "2"): "E016"},
        "wrong": {"X_HTH": "E015", "Y_HTH": "E016"},
        "unreadable": {"x": "values of a table"},
        "right": ["X_HHH", "X_HHT", "X_TTT", "Y_HHH", "Y_HHT", "Y_TTT"],
    },
    "entropy/entropy-3class": {"right": ["H"]},
    "entropy/ce-kl-3class": {"right": ["CE", "KL"]},
    "hessian/hessian-quadratic": {"right": ["H"]},
    "gd/gd-sgd-two-epochs": {"right": []},
}  # fmt: skip
"""By page: broken links, wrong values, values that follow, what cannot be read, each with its erratum;
and what has to be found right."""


def read(name: str) -> Report:
    path = PAGES / f"{name.partition('/')[2]}.txt"
    item = next(iter(items(str(ROOT / "problems" / f"{name}.json"))))
    assert isinstance(item, Item)
    problem = item.read()
    return mark_attempt(solve(problem), problem, of_file(path.read_bytes(), str(path)))


@pytest.mark.parametrize("name", SLIPS)
def test_the_slips_of_a_page_are_found_and_nothing_else_is_called_wrong(name: str) -> None:
    known, report = SLIPS[name], read(name)
    links = [(i.name, x.text) for i in report.items for x in i.links if x.verdict == "wrong"]
    assert set(links) == set(known.get("links", {}))
    values: dict[str, list[str]] = {}
    for item in report.items:
        values.setdefault(item.verdict, []).append(item.name)
    assert set(values.get("wrong", [])) == set(known.get("wrong", {}))
    assert set(values.get("follows", [])) == set(known.get("follows", {}))
    assert set(known["right"]) <= set(values.get("correct", []))
    unread = values.get("unreadable", []) + [x.text for i in report.items for x in i.links if x.verdict == "unreadable"]
    expected = known.get("unreadable", {})
    assert len(unread) == len(expected)
    assert all(any(text.startswith(start) for text in unread) for start in expected)
    read_otherwise = {note for note in report.notes if note.startswith("Read as")}
    assert read_otherwise == set(known.get("notes", {}))


def test_the_momentum_line_is_caught_at_the_substitution_not_at_its_result() -> None:
    found = {i.name: i for i in read("momentum/momentum-3steps").items}
    assert [x.verdict for x in found["v_2"].links] == ["correct", "wrong", "correct", "correct"]
    assert found["v_2"].verdict == "correct"
    why = next(x.why for x in found["v_2"].links if x.verdict == "wrong")
    assert why.startswith("0.9·(−0.05) + 0.1·0.4 has the wrong numbers in it: it comes to −0.005")


def test_the_command_takes_a_page_as_it_stands() -> None:
    page = PAGES / "minibatch-gd.txt"
    result = run("check", str(ROOT / "problems/gd/minibatch-gd.json"), str(page), "--format", "json")
    assert result.status == 0, "all that the problem asks for is right"
    found = {i["name"]: i["verdict"] for i in json.loads(result.out)["items"]}
    assert (found["dw_2"], found["J_2"]) == ("wrong", "correct")
    assert not result.err


def test_a_formula_in_latex_is_shown_as_it_was_understood() -> None:
    page = str(PAGES / "backprop-2-2-1.txt")
    out = run("check", str(ROOT / "problems/backprop/backprop-2-2-1.json"), page, "--format", "plain").out
    assert "-2*(y - y_hat)" in out
    assert "()" not in out
    assert "\\frac" not in out
