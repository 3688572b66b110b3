"""Text files as students hand them in: words, prose around values, headings, Markdown, copied questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlsolve.checker.attempt import of_json, of_text
from dlsolve.checker.known import unread
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.report import Report
from dlsolve.errors import InputError
from tests.cases import FILES, ROOT, Case
from tests.runner import run

CASES = {case.id: case for case in FILES}


def marked(name: str, page: str, *, decimal_comma: bool = False) -> Report:
    case: Case = CASES[name]
    return mark_attempt(case.solution(), case.read()[2], of_text(page, "page"), decimal_comma=decimal_comma)


def found(name: str, page: str) -> dict[str, str]:
    """What is read on a page, by name: its text where that is right, else the verdict before it."""
    items = [i for i in marked(name, page).items if i.written is not None]
    return {i.name: str(i.written) if i.verdict == "correct" else f"{i.verdict}: {i.written}" for i in items}


SPAM, ADAM, MOMENTUM = "confusion/confusion-spam", "adam/adam-3steps", "momentum/momentum-3steps"
PAGES = [
    # answers in words
    ("xor/xor-two-layers", "y_hat = [0,1,1,0]\nsolved = Yes!", {"y_hat": "[0,1,1,0]", "solved": "Yes!"}),
    ("linsolve/no-solution", "solutions = none", {"solutions": "none"}),
    ("softmax/temperature-cold", 'predicted class: "cat"', {"class": '"cat"'}),
    ("contingency/joint-weather", "independent = not independent", {"independent": "not independent"}),
    ("dying-relu/never-on", "Yes, it is dead.\ndead = yes", {"dead": "yes"}),
    # prose is no answer
    (SPAM, "Recall: see above\nrecall = the share of the positives\nPrecision is what we want = high.", {}),
    ("hessian/hessian-quadratic", "curvature: as one sees from both of the eigenvalues being positive", {}),
    # names with brackets and operators
    ("activation/relu-derivative", "relu[1] = 0\nReLU′(1) = 1\nReLU'(0) = 0", {"relu[1]": "0", "relu_prime[3]": "1",
                                                                                "relu_prime[2]": "0"}),
    ("loss/svm-margins", "margin[4] = -0.9", {"margin[4]": "-0.9"}),
    ("nullspace/one-equation", "dim N(A) = 3", {"nullity": "3"}),
    ("confusion/two-raters", "macro F1 = 0.476", {"macro_F1": "0.476"}),
    ("collapse/undone", "b = (4, -5)", {"b_total": "(4, -5)"}),
    ("eigen/eigen-2x2", r"$\det A$ is what it is and rank A = 2" + "\nlam_1 = 6", {"lam_1": "6"}),
    ("matmul/fibonacci-power", "A^8 = [34 21; 21 13]", None),
    ("regularisation/single-weight", "dR/dw = 2", None),
    ("events/bounds", "max P(A n B) = 0.6", None),
    # the question, copied
    (ADAM, ("Gradients 0.3, 0.2 and 0.1 in three iterations, m₀ = v₀ = 0, θ₀ = 0. Find m, v, m̂, v̂, the step and θ.\n"
           "theta_3 = -0.02864"), {"theta_3": "-0.02864"}),
    (ADAM, "Start: m0 = 0, v0 = 0, theta0 = 0. lr = 0.01\nm_1 = 0.03", {"m_1": "0.03"}),
    (SPAM, "> recall = 0.889\n> Find recall, accuracy, precision and F1.", {"recall": "0.889"}),
    # headings, and several equations in a row
    (MOMENTUM, "v_1: 0.05\nv_2: 0.9*0.05 + 0.1*0.4 = 0.085", {"v_1": "0.05", "v_2": "0.085"}),
    (MOMENTUM, "t=1: v=0.05, w=-0.05\nt=2: v=0.085, w=-0.135", {"v_1": "0.05", "w_1": "-0.05", "v_2": "0.085",
                                                               "w_2": "-0.135"}),
    (MOMENTUM, "v1=0.05  w1=-0.05\nv2=0.085 w2=-0.135", {"v_1": "0.05", "w_1": "-0.05", "v_2": "0.085",
                                                        "w_2": "-0.135"}),
    ("perceptron/perceptron-train-and", "w = (1.2, 0.6)\nb = -0.5", {"w1": "1.2", "w2": "0.6", "b": "-0.5"}),
    (SPAM, "recall = 0.889\nso\nRecall: 0.9", {"recall": "0.889"}),
    # numbers said again, units, Markdown
    (SPAM, "accuracy=0.85 (85 %)\nRecall: 40/45 = 0.889 (≈ 89 %)", {"accuracy": "0.85", "recall": "0.889"}),
    (SPAM, "**recall = 0.889**\n`ACC = 0.85`\nprecision = 0.8 ✓\nF1 = 0.842 # the harmonic mean",
     {"recall": "0.889", "accuracy": "0.85", "precision": "0.8", "F1": "0.842"}),
    (SPAM, "| quantity | value |\n|---|---|\n| recall | 40/45 = 0.889 |", {"recall": "0.889"}),
    (ADAM, "| t | m | m_hat |\n|--|--|--|\n| 1 | 0.03 | 0.3 |\n| 3 | 0.0523 | 0.193 |",
     {"m_1": "0.03", "m_hat_1": "0.3", "m_3": "0.0523", "m_hat_3": "0.193"}),
    (SPAM, "recall\t0.889\nThe accuracy is 85 %.\n- [x] F1 = 0.842\nThe precision is good.",
     {"recall": "0.889", "accuracy": "85 %", "F1": "0.842"}),
    ("similarity/opposite-and-parallel", "angle(u, v) = 180°\nangle_v_w = 180deg", {"angle_u_v": "180°",
                                                                                  "angle_v_w": "180deg"}),
    # names of one neuron, of hidden units, of the last layer
    ("backprop/sigmoid-chain-rule", "∂E/∂w = -0.1774\ndE/db = -0.1774\nz = 0.5", {"dW1": "-0.1774", "db1": "-0.1774",
                                                                                "z1": "0.5"}),
    ("backprop/backprop-2-2-1", "h1 = 1\nh2 = 1.7\na2 = 2.03", {"a1[1]": "1", "a1[2]": "1.7", "y_hat": "2.03"}),
    ("backprop/backprop-2-2-1", "grad W1 = [-2.97 -5.94; -5.346 -10.692]", {"dW1": "[-2.97 -5.94; -5.346 -10.692]"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "page", "answers"), PAGES)
def test_what_stands_on_a_page_is_read(name: str, page: str, answers: dict[str, str] | None) -> None:
    read = found(name, page)
    if answers is None:
        assert len(read) == 1
        assert not any(": " in text for text in read.values())
    else:
        assert read == answers


def test_a_number_typed_for_another_quantity_is_still_wrong() -> None:
    assert found(SPAM, "accuracy = 0.58 (58 %)") == {"accuracy": "wrong: 0.58"}
    assert found(SPAM, "recall = 0.9 (0.05)")["recall"].startswith("wrong")  # a product


def test_a_page_with_decimal_commas_says_how_they_are_read() -> None:
    page = "v1 = 0,9·0 + 0,1·0,5 = 0,05\nv_2 = 0,085"
    plain = marked(MOMENTUM, page)
    assert {i.verdict for i in plain.items if i.written} == {"unreadable"}
    assert any("--decimal-comma" in note for note in plain.notes)
    read = marked(MOMENTUM, page, decimal_comma=True)
    assert [(i.name, i.verdict) for i in read.items if i.written] == [("v_1", "correct"), ("v_2", "correct")]
    assert all(link.verdict == "correct" for i in read.items for link in i.links)
    assert not read.notes


def test_a_page_without_an_answer_is_quoted(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("I could not do it\nsorry\nreally\n")
    done = run("check", str(ROOT / "problems/xor/xor-two-layers.json"), str(page))
    assert done.status == 2
    assert '"I could not do it", "sorry", …' in done.err
    assert unread(of_text("> the question\ny_hat = \n")) == ""


def test_answers_by_name_go_before_a_page() -> None:
    case = CASES[SPAM]
    both = of_json({"answers": {"recall": "0.889"}, "work": "recall = 0.5\naccuracy = 0.85"}, "sheet")
    report = mark_attempt(case.solution(), case.read()[2], both)
    assert {i.name: i.written for i in report.items if i.written} == {"recall": "0.889", "accuracy": "0.85"}


def test_a_sheet_that_is_not_filled_in_is_refused() -> None:
    from dlsolve import check

    with pytest.raises(InputError, match="nothing is answered"):
        check(ROOT / "problems/xor/xor-two-layers.json", "> y\ny_hat = \n\nsolved = \n")
