"""Worked lines: the numbers put in, each link against the next, the result; an error keeps its place."""

from __future__ import annotations

import pytest

from dlsolve import catalog
from dlsolve.checker.attempt import of_pairs, of_text
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.report import Report
from dlsolve.fields import read_problem
from dlsolve.problem import ProblemFile
from dlsolve.solver import Solution, solve_problem
from tests.cases import FILES
from tests.runner import run

NOTES = r"""
A: The velocity update is given by: $v_t = \beta v_{t-1} + \eta g_t$ [t=step]

For 1st step ($t=1$): $w_0 = 0, \eta = 0.1, \beta = 0.9, g_1 = 0.5$

$$v_1 = \beta v_0 + \eta g_1 = 0.9(0) + (0.1)(0.5) = 0.05$$

$$w_1 = w_0 - v_1 = 0 - 0.05 = -0.05$$

$$v_2 = \beta v_1 + \eta g_2 = 0.9(-0.05) + (0.1)(0.4) = 0.045 + 0.04 = 0.085$$

$$w_2 = w_1 - v_2 = -0.05 - 0.085 = 0.135$$

So, updated weights: $w_2 = -0.135$
"""
"""A page as a lecturer writes it: two wrong numbers put in, one wrong sign of a result."""


def solved(topic: str, **given: object) -> Solution:
    found = catalog.topic(topic)
    return solve_problem(found, read_problem(found.problem, given or found.example))


@pytest.fixture(scope="module")
def adam() -> Solution:
    return solved("adam", g=["0.3", "0.2", "0.1"], lr="0.01")


def judged(solution: Solution, text: str) -> Report:
    return mark_attempt(solution, ProblemFile(topic=solution.topic.name, given={}), of_text(text), only_written=True)


def links(report: Report, name: str) -> list[str]:
    return [x.verdict for item in report.items if item.name == name for x in item.links]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("m_2 = 0.9(0.03) + 0.1(0.2) = 0.027 + 0.02 = 0.047", ["correct"] * 3),
        ("m_2 = 0.9(-0.03) + 0.1(0.2) = 0.027 + 0.02 = 0.047", ["wrong", "correct", "correct"]),
        ("m_2 = 0.9(-0.03) + 0.1(0.2) = -0.027 + 0.02 = -0.007", ["wrong", "follows", "follows"]),
        ("m_2 = 0.9(0.03) + 0.1(0.2) = 0.027 + 0.03 = 0.057", ["correct", "wrong", "follows"]),
        ("m_2 = 0.9(0.03) + 0.1(0.2) = 0.027 + 0.03 = 0.047", ["correct", "wrong", "correct"]),
        ("m_2 = 0.9(0.03) + 0.1(0.2) = 0.027 + 0.02 = 0.057", ["correct", "correct", "wrong"]),
        ("m_2 = 0.9 m_1 + 0.1 g_2 = 0.047", ["correct", "correct"]),
        ("m_2 = 0.1 m_1 + 0.9 g_2 = 0.183", ["wrong", "follows"]),
        ("m_hat_3 = 0.0523/(1 - 0.9^3) = 0.0523/0.271 = 0.19299", ["correct"] * 3),
        ("m_hat_3 = 0.0523/(1 - 0.9^3) = 0.0523/0.27 = 0.194", ["correct"] * 3),  # rounded twice
        ("m_hat_3 = 0.0523/(1 - 0.9^3) = 0.192", ["correct"] * 2),  # cut off
        ("m_hat_3 = 0.0523/(1 - 0.9^3) = 0.191", ["correct", "wrong"]),
        (r"\hat{m}_3 = \frac{0.0523}{1-0.9^{3}} \approx 0.193", ["correct"] * 2),
        ("m_1 = 0.03", ["correct"]),
    ],
)
def test_each_equals_sign_is_judged(adam: Solution, line: str, found: list[str]) -> None:
    report = judged(adam, line)
    assert links(report, report.items[0].name) == found


def test_an_earlier_wrong_value_is_put_in_rightly(adam: Solution) -> None:
    report = judged(adam, "m_1 = 0.3\nm_2 = 0.9(0.3) + 0.1(0.2) = 0.29")
    assert [item.verdict for item in report.items] == ["wrong", "follows"]
    assert links(report, "m_2") == ["correct", "correct"]


def test_a_page_of_notes_taken_as_it_stands() -> None:
    momentum = solved("momentum", g=["0.5", "0.4", "-0.2"], lr="0.1", beta="0.9")
    report = judged(momentum, NOTES)
    found = {item.name: item for item in report.items}
    assert {item.verdict for item in found.values()} == {"correct"}
    broken = [(name, x.text) for name, item in found.items() for x in item.links if x.verdict == "wrong"]
    assert broken == [("v_2", "0.9(-0.05) + (0.1)(0.4)"), ("w_2", "0.135")]
    assert not report.all_right
    first = report.first_slip()
    assert first is not None
    assert first.name == "v_2"
    why = next(x.why for x in first.links if x.verdict == "wrong")
    assert why.startswith("0.9·(−0.05) + 0.1·0.4 has the wrong numbers in it: it comes to −0.005")
    assert why.endswith("the rule gives 0.9·0.05 + 0.1·0.4")


def test_links_say_where_they_stand(adam: Solution) -> None:
    text = "Then m_2 = 0.9(0.03) + 0.1(0.2) = 0.047."
    report = judged(adam, text)
    for link in report.items[0].links:
        assert text[link.at[0] : link.at[1]] == link.text


def test_a_chain_as_one_answer(adam: Solution) -> None:
    attempt = of_pairs([("m_2", "0.9(0.03) + 0.1(0.2) = 0.047")])
    report = mark_attempt(adam, ProblemFile(topic="adam", given={}), attempt, only_written=True)
    assert report.items[0].verdict == "correct"
    assert links(report, "m_2") == ["correct", "correct"]


def test_rounding_by_hand_breaks_no_link(adam: Solution) -> None:
    for places in range(3, 7):
        m, top = round(0.0523, places), 0.0523 / 0.271
        v, below = 0.000139780 / 0.002997001, (0.000139780 / 0.002997001) ** 0.5
        step = 0.01 * top / below
        text = (
            f"m_hat_3 = {m}/(1 - 0.9^3) = {m}/0.271 = {top:.{places}f}\n"
            f"v_hat_3 = 0.00013978/0.002997 = {v:.{places}f}\n"
            f"Delta_3 = 0.01*{top:.{places}f}/sqrt({v:.{places}f}) = {0.01 * top:.{places + 2}f}/{below:.{places}f}"
            f" = {step:.{places + 1}f}"
        )
        report = judged(adam, text)
        wrong = [(i.name, x.text) for i in report.items for x in i.links if x.verdict != "correct"]
        assert wrong == [], text


@pytest.mark.parametrize(
    "text",
    [
        "m_2 = " + " = ".join(["1+1"] * 500),
        "m_2 = " + "(" * 400 + "1",
        "m_2 = 9^9^9^9 = 1",
        "m_2 = 1/0 = 0.047",
        "m_2 = = = =",
    ],
)
def test_hostile_lines_end_quietly(adam: Solution, text: str) -> None:
    judged(adam, text)


def test_the_command_reads_a_page() -> None:
    page = "> the question\n\nm_3 = 0.9*0.047 + 0.1*0.1 = 0.0523\nm_hat_3 = 0.0523/(1-0.9^3) = 0.191\n"
    result = run("check", "problems/adam/adam-3steps.json", "-", "--format", "plain", stdin=page)
    assert result.status == 1
    assert "First slip: m̂₃ = 0.191." in result.out


RIGHT = {
    "eigen/eigen-2x2": ["λ1 = 6, λ2 = -1\nv1 = (2, 5)\nv2 = (1, -1)",
                        "λ1 = (5 - 7)/2 = -1, λ2 = (5 + 7)/2 = 6\nv1 = (3, -3) = 3(1, -1)\nv2 = (2, 5)"],
    "hessian/three-coupled": ["λ1 = 1.1716, λ2 = 4, λ3 = 6.8284"],
    "vanishing-gradient/exploding": ["product = 59605"],
    "eigen/surd-2x2": ["λ1 = (1+√5)/2 ≈ 1.618\nλ2 = (1-√5)/2 = -0.618"],
    "information-gain/outlook-three-branches": ["gain_ratio = 0.246/1.577 = 0.156"],
    "updates/partial-last-batch": ["updates per epoch = 60000/128 = 468.75 ≈ 469"],
    "lr-decay/step-drops": ["w_5 = 3"],
}  # fmt: skip
"""Lines of what is right: as an answer, and so as a link; in any order, up to scale, rounded on the way."""


@pytest.mark.parametrize(("file", "text"), [(file, text) for file, texts in RIGHT.items() for text in texts])
def test_what_is_right_as_an_answer_is_no_broken_link(file: str, text: str) -> None:
    report = judged(solution_of(file), text)
    assert {i.verdict for i in report.items} == {"correct"}
    assert report.all_right
    assert report.first_slip() is None


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("eigen/eigen-2x2", "λ1 = (5 - 7)/2 = 6"),
        ("eigen/eigen-2x2", "v1 = (1, 1) + (1, 3) = (2, 5)"),
        ("information-gain/outlook-three-branches", "gain_ratio = 0.346/1.577 = 0.156"),
        ("updates/partial-last-batch", "updates per epoch = 60000/100 = 600 ≈ 469"),
    ],
)
def test_a_wrong_line_of_a_right_answer_is_still_found(file: str, text: str) -> None:
    report = judged(solution_of(file), text)
    assert [i.verdict for i in report.items] == ["correct"]
    assert report.items[0].broken


def solution_of(file: str) -> Solution:
    return next(case for case in FILES if case.id == file).solution()
