"""The 23 errata of the course notes that change a result, each dealt with, a test apiece, by its number.

Most are printed values that the solution ends with; some are inputs that are refused; one is decided
by the arithmetic, one is right within rounding carried by hand.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dlsolve.assignment import solve
from dlsolve.printed import Differs, differs
from dlsolve.problem import Item, ProblemFile, items, printed_of
from tests.runner import run

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "problems").rglob("*.json"))

RESULTS = [
    "E008", "E011", "E015", "E016", "E039", "E045", "E046", "E058", "E060", "E084", "E085", "E090", "E092", "E106",
    "E116", "E121", "E140", "E141", "E142", "E144", "E149", "E150", "E151",
]  # fmt: skip
"""The errata with effect `result`."""
OTHERWISE = {"E058", "E085", "E121"}
"""Those that no printed value of a run shows: refused, remarked, decided by the arithmetic."""


@cache
def problems() -> dict[str, tuple[Path, ProblemFile]]:
    """Every problem with an id."""
    found = {}
    for path in PAGES:
        for item in items(str(path)):
            assert isinstance(item, Item), item
            problem = item.read()
            if problem.id:
                found[str(problem.id)] = (path, problem)
    return found


def differing(problem: str) -> dict[str, Differs]:
    return {d.name: d for d in differs(solve(problems()[problem][1]))}


def cited(erratum: str) -> dict[str, list[str]]:
    """Problem -> the printed names that cite an erratum."""
    out: dict[str, list[str]] = {}
    for name, (_, problem) in problems().items():
        for value, told in printed_of(problem.printed).items():
            if told.erratum == erratum:
                out.setdefault(name, []).append(value)
    return out


def line(problem: str, start: str) -> str:
    """The line of a printed solution that says where the source differs, folded lines joined."""
    path, _ = problems()[problem]
    out = run("solve", str(path), "--format", "plain").out
    part = out.partition("Where the source differs\n")[2]
    rows = re.sub(r"\n {2,}", " ", part.partition("\n\n")[0]).splitlines()
    found = next((row.strip() for row in rows if row.strip().startswith(start)), "")
    assert found, f"{problem}: no line {start}"
    return found


def test_every_erratum_of_a_result_has_its_test() -> None:
    here = set(re.findall(r"^def test_(e\d{3})_", Path(__file__).read_text(encoding="utf-8"), re.MULTILINE))
    assert {name.upper() for name in here} == set(RESULTS)
    assert len(RESULTS) == 23
    assert {e for e in RESULTS if not cited(e)} == OTHERWISE


def test_what_differs_says_why_and_what_says_why_differs() -> None:
    """No printed value of the notes differs without a reason; no reason stands by a value that is right."""
    for name, (_, problem) in problems().items():
        told = printed_of(problem.printed)
        if not told:
            continue
        found = differing(name)
        assert [d.name for d in found.values() if not d.why] == [], name
        bases = {n.partition("[")[0] if n not in told else n for n in found}
        reasons = {n for n, t in told.items() if t.why or t.erratum}
        assert reasons <= bases, f"{name}: {reasons - bases} do not differ"
        if problem.source.startswith("course notes"):
            assert {n for n, d in found.items() if not d.erratum} == set(), f"{name}: no erratum is cited"


# -- linear algebra and probability --------------------------------------------------------------


def test_e008_an_eigenvector_with_a_wrong_sign() -> None:
    found = differing("eigen-3x3")
    assert list(found) == ["v_3"], "every other value of the problem is right, up to a factor"
    assert found["v_3"].shown == "[1, -1, 1]"
    assert line("eigen-3x3", "v₃").endswith("the third sign was not turned (erratum E008)")


def test_e011_no_heads_are_an_even_number_of_heads() -> None:
    found = differing("coins-conditional")
    assert list(found) == ["P_A"], "P(A and B) and P(A | B) are right"
    assert line("coins-conditional", "P(A)") == (
        "P(A): printed 3/8, here 0.5; TTT has 0 heads, and 0 is even (erratum E011)"
    )
    document = json.loads(run("solve", str(problems()["coins-conditional"][0]), "--format", "json").out)
    assert next(s["value"] for s in document["steps"] if s["name"] == "independent") == "independent"


def test_e015_heads_of_hth() -> None:
    assert differing("rv-heads-tails")["X_HTH"].shown == "2"
    assert "two heads" in line("rv-heads-tails", "X(HTH)")


def test_e016_tails_of_hth() -> None:
    assert set(differing("rv-heads-tails")) == {"X_HTH", "Y_HTH"}
    assert line("rv-heads-tails", "Y(HTH)").startswith("Y(HTH): printed 2, here 1")


# -- the perceptron ------------------------------------------------------------------------------


def test_e039_an_update_that_forgets_its_input() -> None:
    found = differing("perceptron-train-and")
    assert list(found) == ["w1_3"]
    assert found["w1_3"].why == "the input x is left out of the weight update", "the slip is found, not told"
    document = json.loads(run("solve", str(problems()["perceptron-train-and"][0]), "--format", "json").out)
    ends = {s["name"]: s["shown"] for s in document["steps"]}
    assert (ends["w1_3"], ends["w2_3"], ends["b_3"]) == ("1.2", "0.6", "-0.5")
    assert document["answers"]["updates"]["shown"] == "3"


def test_e045_a_right_sample_called_wrong() -> None:
    assert differing("perceptron-train-or")["y_hat_2[2]"].shown == "1"
    assert "reaches the threshold" in line("perceptron-train-or", "ŷ₂")


def test_e046_a_second_update_that_is_none() -> None:
    found = differing("perceptron-train-or")
    assert [n for n, d in found.items() if not d.shown] == ["w1_2", "w2_2", "b_2"]
    assert line("perceptron-train-or", "b_2").startswith("b_2: printed 0.5, here there is no such step; all samples")


def test_e121_floating_point_decides_the_answer() -> None:
    path = str(problems()["perceptron-python-and"][0])
    ends: dict[str, Any] = {}
    for arith in ("exact", "float64"):
        answers = json.loads(run("solve", path, "--arith", arith, "--format", "json").out)["answers"]
        ends[arith] = [answers[n]["shown"] for n in ("w1", "w2", "b", "updates")]
    assert ends == {"exact": ["0.2", "0.1", "-0.3", "14"], "float64": ["0.2", "0.1", "-0.2", "11"]}
    assert "in float64" in run("solve", path, "--format", "plain").out, "the exact solution says that floats part"
    displayed = problems()["perceptron-python-and-displayed"][1]
    fired = solve(displayed).trace.env["y_hat"]
    assert [int(e.p) for e in fired.entries()] == [0, 0, 1, 1], "what a program displays does not compute AND by hand"


# -- information ---------------------------------------------------------------------------------


def test_e058_a_density_that_integrates_to_4() -> None:
    result = run("continuous-entropy", "--f", "1 on [0, 1]", "--g", "2 on [0, 2]")
    assert (result.status, result.out) == (2, "")
    assert "--g" in result.err
    assert "4" in result.err
    assert result.err.count("\n") == 1


def test_e060_the_integral_runs_over_the_support_of_f() -> None:
    found = differing("uniform-ce-kl")
    assert list(found) == ["CE_f_g"]
    assert found["CE_f_g"].shown == "1"


# -- softmax and networks ------------------------------------------------------------------------


def test_e084_the_highest_score_decides_the_class() -> None:
    found = differing("softmax-table")
    assert {n: d.shown for n, d in found.items()} == {"class[2]": "3", "class[3]": "2", "class[4]": "3"}


def test_e085_rows_that_are_no_probabilities() -> None:
    said = run("solve", str(problems()["softmax-table"][0]), "--format", "plain").out
    assert "Rows that do not sum to 1 are no probabilities" in said
    right = run("softmax", "--probabilities", "0.2 0.3 0.5", "--format", "plain")
    assert "no probabilities" not in right.out
    refused = run("entropy", "--p", "0.97 0.3 0.4 0.4")
    assert refused.status == 2
    assert "sum to 2.07, not to 1" in refused.err


def test_e090_a_transpose_read_as_a_square() -> None:
    found = differing("backprop-2-2-1")["dW2"]
    assert (found.shown, found.why) == ("[-5.94, -10.098]", "a₁ᵀ was read as a square")


def test_e092_a_gradient_of_garbled_matrices() -> None:
    found = differing("backprop-2-2-1")
    assert set(found) == {"dW2", "dW1"}, "the forward pass and the loss are right"
    assert found["dW1"].shown == "[[-2.97, -5.94], [-5.346, -10.692]]"


def test_e106_a_sign_lost_in_batch_2() -> None:
    found = differing("minibatch-gd")
    assert list(found) == ["dw_2"], "w, b and both losses are right in their digits"
    assert found["dw_2"].why == "the other sign", "the slip is found, not told"


# -- evaluation, similarity, optimisers -----------------------------------------------------------


def test_e116_f1() -> None:
    found = differing("confusion-spam")
    assert list(found) == ["F1_numerator", "F1_denominator", "F1"]
    assert found["F1"].shown == "0.84211"


def test_e140_a_value_cut_off() -> None:
    assert line("perceptron-sigmoid-3in", "ŷ") == (
        "ŷ: printed 0.7310, here 0.73106; cut off, not rounded (erratum E140)"
    )
    marked = run("check", str(problems()["perceptron-sigmoid-3in"][0]), "-a", "y_hat=0.7310", "--format", "json")
    item = next(i for i in json.loads(marked.out)["items"] if i["name"] == "y_hat")
    assert (item["earned"], item["verdict"], item["remarks"]) == ("1", "correct", ["truncated"])


def test_e141_norms() -> None:
    found = differing("cosine-similarity")
    assert {n: d.shown for n, d in found.items()} == {"norm_A": "0.96954", "norm_B": "0.88318"}, "0.98 is right"
    assert "cut off" in found["norm_A"].why


def test_e142_cosines_that_are_impossible_together() -> None:
    told = {"norms": {"A": 0.9695, "B": 0.88, "C": 0.97}, "dots": {"A B": 0.84, "A C": 0.92, "B C": 0.51}}
    result = run("solve", "-", stdin=json.dumps({"topic": "similarity", "given": told}))
    assert result.status == 2
    assert "impossible together" in result.err
    assert result.err.count("\n") == 1
    told["dots"]["B C"] = 0.82
    assert run("solve", "-", stdin=json.dumps({"topic": "similarity", "given": told})).status == 0
    assert differing("cosine-similarity-ac") == {}, "0.95 is right for the numbers it was worked out from"
    assert differing("cosine-similarity-bc")["cos_sim_B_C"].shown == "0.59747"


def test_e144_a_sign_lost_in_w2() -> None:
    found = differing("momentum-3steps")
    assert list(found) == ["w_2"], "v and w of the third step are right"
    assert line("momentum-3steps", "w₂") == "w₂: printed 0.135, here −0.135; the other sign (erratum E144)"


def test_e149_a_division() -> None:
    assert line("adam-3steps", "m̂₃") == (
        "m̂₃: printed 0.191, here 0.19299; 0.0523/0.271 is 0.193: a slip in the division (erratum E149)"
    )


def test_e150_right_within_rounding_carried_by_hand() -> None:
    assert differing("adam-3steps")["v_hat_3"].why == "right within the rounding of v₃ as printed"
    path = str(problems()["adam-3steps"][0])
    carried = json.loads(run("solve", path, "--carry", "3sf", "--format", "json").out)
    assert next(s["shown"] for s in carried["steps"] if s["name"] == "v_hat_3") == "0.0467"
    marked = run("check", path, "-a", "v_3=0.0001398", "-a", "v_hat_3=0.0467", "--format", "json")
    assert [i["verdict"] for i in json.loads(marked.out)["items"] if i["name"] == "v_hat_3"] == ["correct"]


def test_e151_what_follows_from_the_division() -> None:
    found = differing("adam-3steps")["Delta_3"]
    assert (found.shown, found.why) == ("0.0089362", "it follows from m̂₃ and v̂₃ as printed")
    document = json.loads(run("solve", str(problems()["adam-3steps"][0]), "--format", "json").out)
    assert [(d["name"], d["erratum"]) for d in document["differs"]] == [
        ("m_hat_3", "E149"), ("v_hat_3", "E150"), ("Delta_3", "E151"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ({"m_1": {"wert": "1"}}, "$.printed.m_1"),
        ({"m_1": {"why": "so"}}, "$.printed.m_1.value: missing"),
        ({"m": "1"}, "$.printed.m: no value of that name"),
        ({"m_1": None}, "$.printed.m_1"),
    ],
)
def test_printed_values_that_are_none(printed: dict[str, Any], said: str) -> None:
    problem = {"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "lr": 0.01}, "printed": printed}
    result = run("solve", "-", stdin=json.dumps(problem))
    assert result.status == 2
    assert said in result.err
    assert result.err.count("\n") == 1
